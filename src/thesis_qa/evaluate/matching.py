"""When two pieces of text count as the same: the foldings that the metrics are defined with."""

import re
import unicodedata
from bisect import bisect_left
from difflib import SequenceMatcher
from functools import lru_cache

_JOINERS = "\u00ad\u0002\ufffe\u200b\u200c\u200d\u2060\ufeff"  # invisible; PDFium's line-end marks
_HYPHENS = "-\u2010\u2011\u2012\u2013\u2014\u2212"
_QUOTES = str.maketrans(dict.fromkeys('‘’‚‛ʼ“”„‟"`', "'"))
_INVISIBLE = re.compile(f"[{_JOINERS}]\\s*")
# followed by any white space: a quote has its line ends folded already
_LINE_END_HYPHEN = re.compile("(?<=\\w)[-\u2010\u2011](?:\\s+|\\Z)")
_DECIMAL_COMMA = re.compile(r"(?<=\d),(?=\d)")


@lru_cache(maxsize=512)
def fold_text(text: str) -> str:
    """`text` with white space, line-end hyphens and NFKC folded: what `quote_verbatim` compares."""
    text = _LINE_END_HYPHEN.sub("", _INVISIBLE.sub("", text))
    return " ".join(unicodedata.normalize("NFKC", text).split())


def fold_phrase(text: str) -> str:
    """`fold_text` that also ignores case and takes a comma inside a number for a point."""
    return _DECIMAL_COMMA.sub(".", fold_text(text).casefold())


def contains_phrase(text: str, phrase: str) -> bool:
    """Whether `phrase` occurs in `text`, both folded, beginning and ending at token boundaries.

    A number is one token: "730" does not occur in "1.730" nor in "730,5".
    """
    wanted = fold_phrase(phrase)
    if not wanted:
        return False
    before = r"(?<!\w)(?<!\d\.)" if wanted[0].isdigit() else r"(?<!\w)" if _wordy(wanted[0]) else ""
    after = r"(?!\w)(?!\.\d)" if wanted[-1].isdigit() else r"(?!\w)" if _wordy(wanted[-1]) else ""
    return re.search(before + re.escape(wanted) + after, fold_phrase(text)) is not None


def _wordy(character: str) -> bool:
    return character.isalnum() or character == "_"


class _Letters(dict[str, str]):
    """Character → what is left of it in `plain_letters`; filled as characters are met."""

    def __missing__(self, character: str) -> str:
        plain = unicodedata.normalize("NFKD", character.translate(_QUOTES))
        dropped = _HYPHENS + _JOINERS
        self[character] = "".join(c for c in plain if not c.isspace() and c not in dropped)
        return self[character]


_LETTERS = _Letters()


@lru_cache(maxsize=512)
def plain_letters(text: str) -> str:
    """`text` without white space, hyphens and typographic variants."""
    return "".join([_LETTERS[c] for c in text])


@lru_cache(maxsize=512)
def bare_text(text: str) -> str:
    """`plain_letters` without case: to find a text again that went through another extraction."""
    return plain_letters(text).casefold()


@lru_cache(maxsize=4096)
def bare_offset(text: str, position: int) -> int:
    """Where character `position` of `text` stands in `bare_text(text)`."""
    return len(bare_text(text[:position]))


def letters_alone(text: str) -> str:
    """The letters and digits of `text`, compatible characters alike, without accents and case."""
    apart = unicodedata.normalize("NFKD", text.replace("ı", "i"))
    return "".join(filter(str.isalnum, apart.casefold()))


def occurrences(text: str, part: str) -> list[int]:
    """Every place where `part` begins in `text`, overlapping ones too."""
    found, at = [], text.find(part) if part else -1
    while at >= 0:
        found.append(at)
        at = text.find(part, at + 1)
    return found


def nearest(places: list[int], wanted: int) -> int | None:
    """The one of the rising `places` that is closest to `wanted`; None if there are none."""
    if not places:
        return None
    at = bisect_left(places, wanted)
    return min(places[max(0, at - 1) : at + 1], key=lambda place: abs(place - wanted))


@lru_cache(maxsize=4096)
def shared_length(first: str, second: str) -> int:
    """Length of the longest stretch that two bare texts have in common."""
    if first in second or second in first:
        return min(len(first), len(second))
    return SequenceMatcher(None, first, second, autojunk=False).find_longest_match().size


def overlaps(first: str, second: str) -> bool:
    """Whether two texts share an unbroken stretch of at least half of the shorter one."""
    one, other = bare_text(first), bare_text(second)
    shorter = min(len(one), len(other))
    return shorter > 0 and 2 * shared_length(one, other) >= shorter


def holds_half(text: str, quote: str) -> bool:
    """Whether `text` holds at least half of `quote` in one stretch."""
    wanted = bare_text(quote)
    return bool(wanted) and 2 * shared_length(bare_text(text), wanted) >= len(wanted)
