"""The stored text of PDF pages: lines joined, words that a line end divides made whole."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from thesis_qa.load.pdf_lines import HYPHENS, Line
from thesis_qa.schema import Box

_WORD_AT_END = re.compile(r"([^\W\d_]+(?:-[^\W\d_]+)*)$")
_WORD_AT_START = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_WORD = re.compile(r"[^\W\d_]{2,}(?:-[^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class Row:
    """A line and where it stands in the text of its page."""

    line: Line
    start: int
    end: int
    divided: bool = False  # ends within a word that the next row completes

    @property
    def text(self) -> str:
        return self.line.text.strip()


@dataclass(frozen=True, slots=True)
class PageText:
    """A page's stored text, the place of every character of it, and its rows."""

    text: str
    places: tuple[Box | None, ...]
    rows: tuple[Row, ...]


def vocabulary(pages: Sequence[Sequence[Line]]) -> frozenset[str]:
    """Words that stand whole somewhere in the document: they tell "perizin-⏎an" (one word) from
    "anak-⏎anak" and "long-⏎term"."""
    return frozenset(
        word.lower()
        for lines in pages
        for line in lines
        for word in _WORD.findall(line.text.rstrip(HYPHENS + "-"))
    )


def page_text(lines: Sequence[Line], words: frozenset[str], following: str = "") -> PageText:
    """The stored text of a page whose lines are in reading order.

    `following` is the first text of the next page: a word may be divided by the page turn.
    """
    text: list[str] = []
    places: list[Box | None] = []
    rows: list[Row] = []
    for line, next_line in zip_longest(lines, lines[1:]):
        start = len(places)
        below = next_line.text if next_line else following
        characters, divided = _end_of_line(line, below, words)
        for character, place in characters:
            text.append(character)
            places.extend([place] * len(character))
        rows.append(Row(line, start, len(places), divided))
        if next_line and not divided:
            text.append("\n")
            places.append(None)
    return PageText("".join(text), tuple(places), tuple(rows))


def _end_of_line(
    line: Line, below: str, words: frozenset[str]
) -> tuple[list[tuple[str, Box | None]], bool]:
    """The characters of a line; whether its end and the beginning of the next make one word."""
    characters = list(_characters(line))
    while characters and characters[-1][0].isspace():
        characters.pop()
    if not characters or characters[-1][0] != "-":
        return characters, False
    written = "".join(c for c, _ in characters[:-1])
    if _is_range(written, below.lstrip()):
        return characters, True
    before = _WORD_AT_END.search(written)
    after = _WORD_AT_START.match(below.lstrip().translate(_AS_HYPHEN))
    if not before or not after:
        return characters, False
    return (characters if _keeps_hyphen(before[1], after[0], words) else characters[:-1]), True


def _keeps_hyphen(before: str, after: str, words: frozenset[str]) -> bool:
    """Whether two parts of a word that a line end divides are written with a hyphen anyway."""
    left, right = before.lower(), after.lower()
    if f"{left}-{right}" in words or (after[:1].isupper() and not before.isupper()):
        return True
    return left + right not in words and ("-" in left or _is_doubled(left, right))


def _is_doubled(left: str, right: str) -> bool:
    """Whether `right` repeats the stem of `left`: "anak-anak", "sebenar-benarnya"."""
    if len(left) > 2 and right.startswith(left):
        return True
    return any(right.startswith(left[-length:]) for length in range(4, len(left)))


def _is_range(before: str, after: str) -> bool:
    """Whether a line end divides two numbers: "2017-⏎2019"."""
    return before[-1:].isdigit() and after[:1].isdigit()


_AS_HYPHEN = str.maketrans(dict.fromkeys(HYPHENS, "-"))


def _characters(line: Line) -> Iterator[tuple[str, Box | None]]:
    for character, place in zip(line.text, line.places, strict=True):
        yield character.translate(_AS_HYPHEN), place
