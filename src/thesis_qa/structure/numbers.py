"""Numbers of chapters and sections, and which can follow which."""

import re
from dataclasses import dataclass

from thesis_qa.structure.labels import roman_value

WORDS = {
    word: value
    for words in (
        "satu dua tiga empat lima enam tujuh delapan sembilan sepuluh",
        "one two three four five six seven eight nine ten",
    )
    for value, word in enumerate(words.split(), start=1)
}
"""Numbers of chapters in words."""

_CHAPTER = re.compile(
    r"(?:BAB|CHAPTER|BAGIAN|PART|LAMPIRAN|APPENDIX)\s+"
    rf"([IVXLC]+|\d{{1,2}}|[A-Z]|{'|'.join(WORDS)})\b(?!\.\d)\s*[.:–—-]?\s*(.*)",
    re.IGNORECASE,
)
_SECTION = re.compile(
    r"((?:\d{1,2}|[IVXLC]{1,5}|[A-Z])(?:\s?\.\s?\d{1,2}){1,5})(?:\.(?=\s))?\s*(?=[^\W\d_]|[\"“'(])(\S.*)"
)
_WHOLE = re.compile(r"(\d{1,2}(?=[.\s])|[IVX]{1,4}(?=\.))\.?\s+([^\W\d_].*)")
_BARE = re.compile(r"\d{1,2}|[IVX]{1,5}")
_TITLE_END = re.compile(r"[.,;!]$")


@dataclass(frozen=True)
class Numbering:
    """The number of a heading: (4, 3, 1) for "4.3.1" and for "IV.3.1"."""

    parts: tuple[int, ...]
    lettered: bool = False  # of an appendix: "A.1"

    @property
    def depth(self) -> int:
        return len(self.parts)

    def follows(self, before: "Numbering | None") -> bool:
        """Whether it is the next one after `before`: a first child, or the next of its kind."""
        if before is None:
            return self.parts[-1] == 1 or self.depth == 1
        if self.parts == (*before.parts, 1):
            return True
        last, shared = self.parts[-1], self.parts[:-1]
        if self.depth > before.depth or shared != before.parts[: self.depth - 1]:
            return self.depth == 2 and self.parts == (before.parts[0] + 1, 1)
        return last == before.parts[self.depth - 1] + 1


def numbered_heading(text: str) -> Numbering | None:
    """The number that a line begins with, if words follow that can be a title."""
    if chapter := _CHAPTER.fullmatch(text):
        if chapter[2] and (not chapter[2][0].isupper() or _TITLE_END.search(chapter[2])):
            return None
        return Numbering((_value(chapter[1]),), lettered=_is_letter(chapter[1]))
    if (section := _SECTION.fullmatch(text)) and _is_title(section[2]):
        first, *rest = re.split(r"\s?\.\s?", section[1])
        return Numbering((_value(first), *map(int, rest)), lettered=_is_letter(first))
    if (whole := _WHOLE.fullmatch(text)) and _is_title(whole[2]):
        return Numbering((_value(whole[1]),))
    return None


def is_chapter(text: str) -> bool:
    """Whether `text` is "BAB IV …", "Chapter 4 …", "LAMPIRAN A …"."""
    return _CHAPTER.fullmatch(text) is not None and numbered_heading(text) is not None


def is_bare_chapter(text: str) -> bool:
    """Whether `text` is "BAB IV", "LAMPIRAN A" or "4" alone, its title being the next line."""
    chapter = _CHAPTER.fullmatch(text)
    return is_bare_number(text) or (chapter is not None and not chapter[2])


def is_bare_number(text: str) -> bool:
    return _BARE.fullmatch(text) is not None


def _is_title(rest: str) -> bool:
    return rest[:1].isupper() or not rest[:1].isalpha()


def _is_letter(text: str) -> bool:
    return len(text) == 1 and text.isalpha() and roman_value(text) is None


def _value(text: str) -> int:
    if text.isdigit():
        return int(text)
    named = WORDS.get(text.lower()) or roman_value(text)
    return named or ord(text.upper()[0]) - ord("A") + 1
