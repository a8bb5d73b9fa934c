"""What a sentence is or holds, marked once, when it is indexed: it asks, it leads to a list, it
states a number. Whoever looks for an answer reads the marks, and no text.

The cues are phrases in the language files under `marks`.
"""

import re
from collections.abc import Callable
from functools import cache

from thesis_qa.lang.data import LANGUAGES, alternatives
from thesis_qa.lang.numbers import month_names
from thesis_qa.types import Kind, Mark

_LIST_NUMBER = re.compile(r"^\W*(?:\d{1,2}|[a-z])[.)]\s+", re.IGNORECASE)  # no number it states


def marks_of(text: str, kind: Kind = "text") -> frozenset[Mark]:
    """The marks of a sentence; `kind` is that of its block."""
    content = _LIST_NUMBER.sub("", text)
    found = {mark for mark, pattern in _in_text().items() if pattern.search(text)}
    found |= {mark for mark, pattern in _in_content().items() if pattern.search(content)}
    rules: dict[Mark, Callable[[], object]] = {
        Mark.POINTS: lambda: _points(kind == "list").search(text),
        Mark.PICTURED: lambda: kind == "caption" and _pictured().match(text),
        Mark.LEADS_IN: lambda: kind == "text" and not _ends(text),
    }
    return frozenset(found | {mark for mark, holds in rules.items() if holds()})


def _ends(text: str) -> bool:
    """Whether a sentence ends as one, in quotation marks or brackets too."""
    return text.rstrip().rstrip("\"'”’)]").endswith(tuple(".!?…"))


def _cues(key: str) -> str:
    return f"(?:{alternatives(f'marks.{key}')})"


def _months() -> str:
    return "|".join(name for language in LANGUAGES for name in month_names(language))


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


@cache
def _in_text() -> dict[Mark, re.Pattern[str]]:
    """Patterns for what a sentence as a whole is."""
    return {
        Mark.ASKS: _any(
            r"\?[\"'”’»)\]. ]*$",
            r"[\"“”‘'][^\"“”]{15,}\?[\"“”’']",  # quotes a whole question
        ),
        Mark.KEYWORDS: _any(rf"^\W*(?:{alternatives('front_matter.keywords')})\b"),
        Mark.ANNOUNCES: _announces(),
        Mark.LEANS: _any(
            rf"^\W*(?:{_cues('leaning_nouns')} {_cues('leaning_on')}|{_cues('leaning')})\b"
        ),
    }


def _announces() -> re.Pattern[str]:
    """A pattern for "Bab ini membahas …", "Tabel 2 menyajikan …", "In this chapter, we present …";
    not for "Tabel 2 menunjukkan bahwa …", which states something."""
    numbered = rf"{_cues('parts_pointed_to')} [\w.]+"
    this = rf"{_cues('which_part')}(?: \w+)? {_cues('parts_pointed_to')}"
    return _any(
        rf"^(?:{_cues('in_part')} )?{_cues('parts')} (?:{_cues('this_part')}|[IVX\d.]+)\b"
        rf".*\b{_cues('announcing')}\b",
        rf"^{_cues('shown')} [\w.]+ (?!.*\b{_cues('that')}\b){_cues('showing')}\b",
        rf"\bin (?:{this}|{numbered}),? {_cues('we')}(?: \w+)? {_cues('we_announce')}\b",
        rf"\b{_cues('organized')}\b",
        rf"^{_cues('captioned')} [\w.]+\W",
    )


@cache
def _points(item: bool) -> re.Pattern[str]:
    """A pattern for what says where something stands. An item of a list may end on "(Section 3)";
    one that begins so says what that is about."""
    place = rf"{_cues('parts_pointed_to')} (?:{_cues('here')}|[IVX\d])"
    if item:
        return _any(rf"^\W*(?:\w{{1,3}}[.)]\s+)?(?:{_cues('in_part')} )?{place}")
    return _any(rf"\b{place}", rf"\b{_cues('points')}\b")


@cache
def _pictured() -> re.Pattern[str]:
    return _any(rf"^{_cues('pictured')} [\w.]+ (?!.*\b{_cues('that')}\b)")


@cache
def _in_content() -> dict[Mark, re.Pattern[str]]:
    """Patterns for what a sentence states, its own list number left out."""
    name = r"[A-Z][\w'.-]+"
    return {
        Mark.NUMBER: _any(rf"(?<!\[)\b\d|\b{_cues('number')}\b"),
        Mark.DATE: re.compile(
            rf"\b(?:1[0-9]|20)\d\d\b|\b(?i:{_months()})\b|\b(?i:{_cues('centuries')}) "
            rf"|\b{_cues('era')}\b"
        ),
        Mark.DURATION: _any(
            rf"\b{_cues('duration')}\b|\d ?ms\b",
            rf"\b[1-9]\d{{2,3}}\b.{{0,20}}(?:[-–]|\b{_cues('until')}\b)"
            r".{0,20}\b[1-9]\d{2,3}\b",  # "from 1914 to 1922"
        ),
        Mark.PERSON: re.compile(
            rf"(?<=[a-z,(] ){name} (?:{name}|{_cues('name_particles')})\b|^{name} [A-Z]\w+"
        ),
        Mark.PLACE: re.compile(rf"\b{_cues('where')} (?:{_cues('where_kinds')} )?[A-Z]"),
        Mark.ADDRESS: _any(r"\bhttps?:|\bwww\.|\b[\w-]+\.(?:com|org|net|edu|io|id)\b|\w@\w"),
        Mark.REASON: _any(rf"\b{_cues('reason')}\b"),
        Mark.DEFINITION: _any(rf"\b{_cues('definition')}\b"),
    }
