"""The one grammar of headings and captions: what a line is by its words, in every format.

`parse_heading("4.3 Hambatan")` is a `Heading` with number (4, 3) and title "Hambatan". What only a
look tells (bold, size, a style of the file) is judged by who reads that format. The words are in
the language files under `headings` and `captions`.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal, get_args

from thesis_qa.lang.data import alternatives, cue, word_set
from thesis_qa.lang.numbers import number_value, roman_value, words_up_to
from thesis_qa.types import Heading, Role

MAX_HEADING = 200  # characters; a longer paragraph in a heading style is a paragraph
MAX_INSTITUTION = 70  # characters of a name; a title that begins with "University" is longer
MAX_CONTENTS_TITLE = 70  # "DAFTAR SINGKATAN, ISTILAH, DAN LAMBANG" has 38
CHAPTER_LEVEL = 1
BOLD_LEVELS = (6, 7, 8, 9)  # of bold lines, below 4.3.1: "A. …", "1. …", "a. …", without number
LEADING = 4  # lines that end in a number, from which they are contents under any name
PURE = 0.3  # share of a title that the words of a role make up; "Hasil Wawancara Camat" is none

MATTER: tuple[Role, ...] = (
    *("cover", "approval", "declaration", "dedication", "acknowledgements", "abstract"),
    *("references", "appendix", "biography", "contents"),
)
"""Roles of what stands beside the chapters; they are known by whole titles only. "Daftar" of most
things are contents, so that these come last."""

TOPICAL: tuple[Role, ...] = tuple(role for role in get_args(Role) if role not in MATTER)

ENCLOSING: frozenset[Role] = frozenset({"contents", "references", "appendix"})
"""Under these, a heading's own words name no role: "Kesimpulan" of an interview."""

Number = tuple[int | str, ...]
"""Of a heading or caption: (4, 3) for "4.3" and for "IV.3", ("A", 1) for "A.1"."""

CaptionLabel = Literal["table", "figure", "listing", "algorithm"]

_SECTION = re.compile(
    r"((?:\d{1,2}|[IVXLC]{1,5}|[A-RT-Z])(?:\s?\.\s?\d{1,2}){1,5})"  # "S.1" is a degree
    r"(?:\.(?=\s))?\s*(?=[^\W\d_]|[\"“'(])(\S.*)"
)
_WHOLE = re.compile(r"(\d{1,2}(?=[.\s])|[IVX]{1,4}(?=\.)|[A-Z](?=\.))\.?\s+([^\W\d_].*)")
_POINTS = str.maketrans("-–", "..")  # of "2-1"
_ITEM = re.compile(r"(?:[-–•*▪◦·]|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)])\s+\S")
_LEADERS = re.compile(r"(?:[.…·_]{3,}|(?:\s?\.){3,}|\t)\s*(?:\d{1,4}|[ivxlc]{1,7})$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Caption:
    """What "Tabel 4.1 Hambatan" says of what stands beside it."""

    label: CaptionLabel
    number: Number
    title: str


# Headings


@lru_cache(maxsize=4096)
def parse_heading(line: str) -> Heading | None:
    """The heading that a line can be: "BAB IV HASIL", "4.3 Hambatan", "LAMPIRAN A", "Abstrak", and
    also "4 Hasil", "IV. HASIL", "H. Metode", which are items of lists as often."""
    return _first(line, _named, _section, _whole, _alone)


@lru_cache(maxsize=4096)
def certain_heading(line: str) -> Heading | None:
    """The heading that a line is by its words alone: without "1. …" and "A. …", and without what
    ends like a sentence."""
    heading = _first(line, _named, _section, _alone)
    return heading if heading and _is_title(heading.title) else None


def numbered_heading(line: str) -> Heading | None:
    """`parse_heading` of what begins with "BAB IV", "4.3", "4" or "IV.", and not with "A."."""
    heading = parse_heading(line)
    if heading is None or not heading.number:
        return None
    return None if heading.level == BOLD_LEVELS[0] and len(heading.number) == 1 else heading


def _first(line: str, *forms: Callable[[str], Heading | None]) -> Heading | None:
    text = " ".join(line.split())
    if len(text) > MAX_HEADING:
        return None
    return next((heading for form in forms if (heading := form(text))), None)


def _named(text: str) -> Heading | None:
    """ "BAB IV …", "Chapter Four", "LAMPIRAN A"."""
    found = _named_form().fullmatch(text)
    if not found or (found[3] and (not found[3][0].isupper() or found[3][-1] in ".,;!")):
        return None
    role = "appendix" if _is_word(found[1], "headings.appendix") else role_of(found[3])
    return Heading(text, _number(found[2]), found[3], CHAPTER_LEVEL, role)


def _section(text: str) -> Heading | None:
    """ "4.3 Hambatan", "IV.3 …", "A.1 …"."""
    found = _SECTION.fullmatch(text)
    if not found or not _begins_title(found[2]):
        return None
    number = _number(found[1])
    return Heading(text, number, found[2], len(number), role_of(found[2]))


def _whole(text: str) -> Heading | None:
    """ "4 Hasil", "IV. HASIL", "H. Metode"."""
    found = _WHOLE.fullmatch(text)
    if not found or not _begins_title(found[2]):
        return None
    number = _number(found[1])
    level = BOLD_LEVELS[0] if isinstance(number[0], str) else CHAPTER_LEVEL
    return Heading(text, number, found[2], level, role_of(found[2]))


def _alone(text: str) -> Heading | None:
    """What stands beside the chapters, whatever it looks like: "DAFTAR PUSTAKA"."""
    role = _titles_alone().get(folded_title(text))
    return Heading(text, (), text, CHAPTER_LEVEL, role) if role else None


def _number(text: str) -> Number:
    """(4, 3) for "4.3" and "IV.3", ("A", 1) for "A.1"; nobody has a hundred chapters, so that "C"
    is a letter."""
    first, *rest = (part.strip() for part in text.split("."))
    lone = len(first) == 1 and first.isalpha() and first.upper() not in "IVX"
    value = None if lone else roman_value(first.upper()) or number_value(first.lower())
    return (first.upper() if value is None else value, *map(int, rest))


def follows(number: Number, before: Number | None) -> bool:
    """Whether a number is the next one after `before`: a first child, or the next of its kind."""
    if before is None:
        return number[-1] == 1 or len(number) == 1
    if number == (*before, 1):
        return True
    if len(number) > len(before) or number[:-1] != before[: len(number) - 1]:
        return len(number) == 2 and number == (_next(before[0]), 1)
    return number[-1] == _next(before[len(number) - 1])


def _next(part: int | str) -> int | str:
    return part + 1 if isinstance(part, int) else chr(ord(part) + 1)


def is_bare_chapter(line: str) -> bool:
    """Whether a line is "BAB IV", "LAMPIRAN A" or "4" alone, its title being the next line."""
    return is_bare_number(line) or is_chapter_number(line)


def is_chapter_number(line: str) -> bool:
    """Whether a line is "BAB IV" or "LAMPIRAN A" alone, its title being the next line."""
    found = _named_form().fullmatch(line.strip())
    return found is not None and not found[3]


def is_bare_number(line: str) -> bool:
    """Whether a line is "4" or "IV" and nothing else."""
    digits = line.isdecimal() and len(line) <= 2
    return digits or (0 < len(line) <= 5 and not set(line) - set("IVX"))


def is_bare_caption(line: str) -> bool:
    """Whether a line is "Tabel 2.1" alone, its title being the next line."""
    caption = parse_caption(line)
    return (
        caption is not None
        and not caption.title
        and line[-1:].isalnum()
        and len(caption.number) > 1
    )


def is_named_chapter(line: str) -> bool:
    """Whether a line is "BAB IV …", "Chapter 4 …", "LAMPIRAN A …"."""
    return _named(" ".join(line.split())) is not None


def level_by_look(text: str) -> int:
    """The level of a heading in capitals or in bold whose words don't tell it."""
    mark, *title = text.removeprefix("(").split(maxsplit=1) or [""]
    if title and mark.endswith((".", ")")):
        bare = mark[:-1]
        letter = len(bare) == 1 and bare.isascii() and bare.isalpha()
        number = bare.isdecimal() and len(bare) <= 2
        kinds = (letter and bare.isupper(), number, letter and bare.islower())
        if any(kinds):
            return BOLD_LEVELS[kinds.index(True)]
    return CHAPTER_LEVEL if text.isupper() else BOLD_LEVELS[-1]


def looks_like_heading(text: str) -> bool:
    """Whether a paragraph in bold or in capitals can be a heading."""
    letters = sum(c.isalpha() for c in text)
    return (
        3 <= letters <= MAX_HEADING
        and 2 * letters > len(text)
        and text[0] not in '([“"'
        and text[-1] not in ".,;:?!"
        and not names_institution(text)
        and not is_caption(text)
    )


def is_paragraph(text: str) -> bool:
    """Whether what is set as a heading is a paragraph in the wrong style."""
    return len(text) > MAX_HEADING or (len(text) > MAX_HEADING / 2 and text.endswith("."))


def _is_title(rest: str) -> bool:
    """Whether what follows a number is a heading's words; a sentence has a full stop."""
    return not rest.rstrip(" )").endswith(tuple(".,;:?!"))


def _begins_title(rest: str) -> bool:
    return rest[:1].isupper() or not rest[:1].isalpha()


@cache
def _named_form() -> re.Pattern[str]:
    """ "BAB IV …": word, number, title; numbered once more by a list: "4 CHAPTER 04"."""
    words = f"{alternatives('headings.chapter')}|{alternatives('headings.appendix')}"
    return re.compile(
        rf"(?:\d{{1,2}}\.?\s+)?({words})[\s-]+([IVXLC]+|\d{{1,2}}|[A-Z]|{'|'.join(words_up_to(10))})\b(?!\.\d)"
        r"\s*[.:–—-]?\s*(.*)",
        re.IGNORECASE,
    )


# Roles


@lru_cache(maxsize=4096)
def role_of(title: str, ancestors: tuple[Heading, ...] = ()) -> Role | None:
    """What the section of a title is for, by its words; None where they don't say it, or where it
    lies in an appendix and the like, whose role it inherits."""
    if any(heading.role in ENCLOSING for heading in ancestors):
        return None
    words = folded_title(title)
    if not words:
        return None
    return _titles_alone().get(words) or _matter(words) or _topic(words)


def inherited(headings: Sequence[Heading]) -> Role | None:
    """The role of the nearest heading, from the last upwards, that has one."""
    return next((heading.role for heading in reversed(headings) if heading.role), None)


@cache
def _titles_alone() -> dict[str, Role]:
    """Titles that are headings wherever they stand on a line of their own, with their roles."""
    return {title: role for role in MATTER for title in word_set(f"headings.alone.{role}")}


def _matter(words: str) -> Role | None:
    """The role of a part beside the chapters that a whole title names."""
    return next((role for role in MATTER if cue(f"headings.matter.{role}").fullmatch(words)), None)


def _topic(words: str) -> Role | None:
    """The role whose words make up most of a title, and enough of it."""
    lengths = {role: _longest(f"headings.roles.{role}", words) for role in TOPICAL}
    role = max(lengths, key=lambda role: lengths[role])
    return role if lengths[role] >= PURE * len(words) else None


def _longest(key: str, words: str) -> int:
    """How many letters of `words` the longest phrase under `key` covers."""
    return max((len(found.group()) for found in cue(key).finditer(words)), default=0)


def folded_title(text: str) -> str:
    """A heading without number and marks, in lower case, to be compared with known ones."""
    if named := _named_form().fullmatch(text):
        text = named[3]
    return " ".join(re.sub(r"[^\w\s-]", " ", text).lower().split())


def is_contents_title(text: str) -> bool:
    """Whether `text` heads a table of contents, or a list of figures, tables, symbols …; not an
    entry that leads to one."""
    if len(text) > MAX_CONTENTS_TITLE or _is_entry(text):
        return False
    words = folded_title(text)
    return (_titles_alone().get(words) or _matter(words)) == "contents"


def _is_entry(text: str) -> bool:
    """Whether a line has a number or leaders in it."""
    return any(map(str.isdecimal, text)) or "…" in text or ".." in text.replace(" ", "")


def names_institution(text: str) -> bool:
    """Whether `text` is a title page's line: "FAKULTAS ILMU SOSIAL DAN ILMU POLITIK"."""
    return len(text) <= MAX_INSTITUTION and cue("headings.institutions").match(text) is not None


# Captions


@lru_cache(maxsize=4096)
def parse_caption(line: str) -> Caption | None:
    """What a line says that begins "Tabel 2.1. Tinjauan", "Algoritma 2.1: …"; None for "Tabel 2.1
    menunjukkan …". The words may go on with the next line."""
    found = _caption_form().match(line)
    if not found or len(line) > 2 * MAX_HEADING:
        return None
    label: CaptionLabel = next(
        label for label in get_args(CaptionLabel) if _is_word(found[1], f"captions.{label}")
    )
    number = _number(found[2].translate(_POINTS))
    return Caption(label, number, line[found.end() :].strip())


def is_caption(text: str) -> bool:
    """Whether a whole paragraph is a caption: "Tabel 2.1. Tinjauan Pustaka"."""
    caption = parse_caption(text)
    return caption is not None and _is_title(caption.title)


def is_table_caption(text: str) -> bool:
    caption = parse_caption(text)
    return caption is not None and caption.label == "table"


def _is_word(text: str, key: str) -> bool:
    return re.fullmatch(alternatives(key), text, re.IGNORECASE) is not None


@cache
def _caption_form() -> re.Pattern[str]:
    """Word, number; what follows can't go on the sentence that these begin."""
    words = "|".join(alternatives(f"captions.{kind}") for kind in get_args(CaptionLabel))
    return re.compile(
        rf"({words})\s+((?:\d{{1,3}}+|[ivxlc]{{1,5}}+|[a-z])(?:\s?[.\-–]\s?\d{{1,3}}+)*+)"
        r"(?:\s*(?:\([a-z]\)\s?)?:\s*(?=[^\s,])"  # "Figure 6 (a): block diagram"
        r"|\s*(?:[.–—-]\s*(?-i:(?=[^a-z\s,]))|\s(?-i:(?=[^a-z\s(,]|[a-z]+[A-Z])))|\s?[.:]?$)",
        re.IGNORECASE,
    )


# Other lines


def is_keywords(text: str) -> bool:
    """Whether `text` is the line of keywords below an abstract."""
    return _keywords_form().match(text) is not None


def keywords_start(text: str) -> int:
    """Where the keywords begin on their line, behind "Kata kunci:"."""
    mark = _keywords_form().match(text)
    return len(text) - len(text[mark.end() :].lstrip()) if mark else 0


@cache
def _keywords_form() -> re.Pattern[str]:
    words = alternatives("front_matter.keywords")
    return re.compile(rf"(?:{words})\s*[:：=–—-]", re.IGNORECASE)


def is_item(text: str) -> bool:
    """Whether a line begins an item of a list: "- …", "1. …", "a) …"."""
    return _ITEM.match(text) is not None


def is_contents_line(text: str, in_contents: bool) -> bool:
    """Whether `text` ends in a page number after dots or a tab (on a contents page: at all)."""
    plain = text.rstrip()
    ends = _ends_in_number(plain) if in_contents else _LEADERS.search(plain) is not None
    return len(text) <= MAX_HEADING and ends


def are_entries(lines: Sequence[str]) -> bool:
    """Whether most of some lines are headings with a number behind them: contents, whatever stands
    above; the rows of a table are no headings for sure."""
    ending = [line for line in lines if is_contents_line(line, in_contents=True)]
    certain = sum(certain_heading(line) is not None for line in ending)
    heads = sum(parse_heading(line) is not None for line in ending)
    return heads >= LEADING and 2 * heads >= len(lines) and certain > 1


def _ends_in_number(text: str) -> bool:
    *title, last = text.split() or [""]
    roman = len(last) <= 7 and not set(last) - set("ivxlc")
    return bool(title) and (roman or (last.isdecimal() and len(last) <= 4))
