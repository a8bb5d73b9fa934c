"""What stands on page after page and is none of the text: running heads and feet, printed page
numbers (12, xii, IV-2, A.3), watermarks, stamps, notices along the margin."""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from thesis_qa.lang.data import alternatives, cue
from thesis_qa.lang.numbers import roman_numeral, roman_value
from thesis_qa.read.pdf.lines import SLANTED, TextLine
from thesis_qa.structure.headings import certain_heading

SUPPORT = 3  # pages that must agree before printed numbers decide

_VALUE = r"\d{1,4}|[ivxlc]{1,7}|[IVXLC]{1,7}"
_NUMBER = r"(?:[IVXLC]{1,5}|\d{1,2}|[A-Z])"  # of a chapter
_PARTED = rf"(?:{_NUMBER}\s?[-–—.]|[IVXLC]{{1,5}}\s?[:/|])\s?"  # "12/90" are pages
_MARKS = str.maketrans(dict.fromkeys("-–—.:/|,", " "))
_WITHIN = re.compile(rf"(?<![\w.])((?:[IVXLC]{{1,5}}|\d{{1,2}}|[A-Z])[-–—])?({_VALUE})(?![\w.])")


class PageNumber(NamedTuple):
    """A number that a page bears; of two pages in a row with the same chapter and style, the values
    differ by one."""

    chapter: str  # "IV-", "A."; empty where pages are counted through
    style: str  # "arabic" or "roman"
    value: int

    def offset(self, position: int) -> tuple[str, str, int]:
        """What all pages of a sequence have in common."""
        return self.chapter, self.style, position - self.value

    def moved(self, steps: int) -> "PageNumber":
        return self._replace(value=self.value + steps)

    def __str__(self) -> str:
        value = roman_numeral(self.value) if self.style == "roman" else str(self.value)
        return self.chapter + value


@cache
def _alone() -> re.Pattern[str]:
    words = f"{alternatives('headings.chapter')}|{alternatives('headings.appendix')}"
    page = rf"(?:(?:{alternatives('pdf.page_words')})\s*\|?\s*)"
    chapter = rf"(?:{words})\s+{_NUMBER}(?:\s*[-–—.:/|,]\s*{page}?|\s+{page})|{_PARTED}"
    return re.compile(
        rf"[-–—|~\s]*{page}?((?:{chapter})(?=\d))?({_VALUE})"
        r"(?:\s*(?:/|of|dari)\s*\d{1,4})?[-–—|~.\s]*",
        re.IGNORECASE,
    )


def is_page_number(line: str) -> bool:
    """Whether a line is a page number and nothing else."""
    return _alone().fullmatch(line) is not None


def printed_labels(
    labels: Sequence[str | None], margins: Sequence[Sequence[str]]
) -> list[str | None]:
    """The printed number of every page, None where none is printed.

    `labels` are the file's own, `margins` the running heads and feet of every page. What is
    printed beats what the file says: a number counts if at least SUPPORT pages of the same style
    have the same distance between it and the page of the file (two in a row, if it stands alone);
    pages between take their place in the sequence. Where too little is printed, the file's labels
    stand.
    """
    trusted = sequences(margins)
    printed = [
        next((n for n in page_numbers_in(lines) if n.offset(position) in trusted), None)
        for position, lines in enumerate(margins)
    ]
    if not any(printed):
        return [label or None for label in labels]
    filled = [str(number) if number else None for number in _filled(printed)]
    return [number or label or None for number, label in zip(filled, labels, strict=True)]


def sequences(margins: Sequence[Sequence[str]]) -> set[tuple[str, str, int]]:
    """What the numbers of many pages agree on, or of two in a row that are alone on their lines;
    where most pages are numbered by chapters, also that of a chapter of one page."""
    found = [page_numbers_in(lines) for lines in margins]
    alone = [page_numbers_in(filter(is_page_number, lines))[:1] for lines in margins]
    counts = Counter(
        number.offset(position) for position, numbers in enumerate(found) for number in set(numbers)
    )
    trusted = {key for key, count in counts.items() if count >= SUPPORT}
    trusted |= {
        number.offset(position)
        for position, (numbers, following) in enumerate(pairwise(alone))
        for number in numbers
        if number.moved(1) in following
    }
    by_chapter = [n.offset(at) for at, numbers in enumerate(alone) for n in numbers if n.chapter]
    if len(by_chapter) >= SUPPORT and trusted.intersection(by_chapter):
        trusted.update(by_chapter)
    return trusted


def page_numbers_in(lines: "Sequence[str] | filter[str]") -> list[PageNumber]:
    """The numbers in running heads and feet, those that stand alone first."""
    found: list[PageNumber] = []
    for line in sorted(lines, key=lambda line: not is_page_number(line)):
        alone = _alone().fullmatch(line)
        for chapter, value in [alone.groups("")] if alone else _WITHIN.findall(line):
            found += _page_numbers(chapter, value)
    return found


def _page_numbers(chapter: str, value: str) -> list[PageNumber]:
    """What "IV-2" can mean, the likeliest first: a page of a chapter, or just page 2."""
    if not value.isdigit():
        number = roman_value(value.lower())
        return [PageNumber("", "roman", number)] if number else []
    plain = PageNumber("", "arabic", int(value))
    if not chapter:
        return [plain]
    words = chapter.translate(_MARKS).split()
    named = next((w for w in words if re.fullmatch(_NUMBER, w, re.IGNORECASE)), "")
    mark = chapter.partition(named)[2].strip()[:1]
    mark = mark if mark in (".", "/") else "-"
    return [PageNumber(named + mark, "arabic", int(value)), plain]


def _filled(printed: Sequence[PageNumber | None]) -> list[PageNumber | None]:
    """Pages without a number that stand between two of one sequence have their place in it."""
    filled = list(printed)
    known = [position for position, number in enumerate(printed) if number]
    for left, right in pairwise(known):
        before, after = printed[left], printed[right]
        assert before is not None
        assert after is not None
        for position in range(left + 1, right):
            counted = before.offset(left) == after.offset(right)
            if counted or after.value - (right - position) < 1:
                filled[position] = before.moved(position - left)
            else:  # a new sequence has begun
                filled[position] = after.moved(position - right)
    return filled


MARGIN = 0.12  # of the page height: where running heads and feet are
REPEATED = 3  # pages on which a line in the margin is a running head, and one turned a notice
STAMPED = 0.5  # of all pages, on which an upright line in the midst of the text is a stamp
OVER = 0.4  # of a line's height that another covers: it is printed over it
SLOT = 2.0  # points: heads of one document stand at the same height
SMALLEST = 0.75  # times the usual size: an upright line that small is a stamp
LARGEST = 1.25  # times the usual size of its page: a number set larger is a chapter's
OUTERMOST = 3  # lines at each edge that can be running heads
FULL = 0.7  # of the widest line
ASIDE = " ()[]<>*-–—.…:→"  # around what a table that goes on says at the foot of its page

_DIGITS = re.compile(r"\d+|\b[ivxlc]{1,7}\b", re.IGNORECASE)

PageOfLines = tuple[int, Sequence[TextLine], float]
"""Number of a page from 0, lines on it, and its height."""


@dataclass(frozen=True)
class Margins:
    """What repeats in the margins of a document."""

    patterns: frozenset[str]  # texts without their numbers
    twice: frozenset[str]  # those that stand on two pages only
    heights: frozenset[int]  # where such lines stand, in steps of SLOT points
    sequences: frozenset[tuple[str, str, int]]  # of page numbers

    @classmethod
    def of(cls, pages: Sequence[PageOfLines]) -> "Margins":
        """What repeats on at least `REPEATED` pages."""
        edges = [(number, _edges(lines, height)) for number, lines, height in pages]
        texts: list[list[str]] = [[] for _ in range(1 + max((n for n, _ in edges), default=0))]
        for number, lines in edges:
            texts[number] += [line.text for line in lines]
        counted = sequences(texts)
        counts = Counter(
            pattern for number, lines in edges for pattern in {_pattern(line) for line in lines}
        )
        told = {  # numbers apart from each other only: "CHAPTER 4", "CHAPTER 5"
            pattern
            for pattern, found in _by_pattern(edges).items()
            if len({text for _, text in found}) == len(found)
            and not any(
                n.offset(at) in counted for at, text in found for n in page_numbers_in([text])
            )
        }
        twice = frozenset(p for p, n in counts.items() if n > 1 and p.strip("#- ")) - told
        patterns = {pattern for pattern in twice if counts[pattern] >= REPEATED}
        slots = Counter(
            slot
            for _, lines in edges
            for slot in {_slot(line) for line in lines if _pattern(line) in patterns}
        )
        heights = frozenset(slot for slot, count in slots.items() if count >= REPEATED)
        return cls(frozenset(patterns), twice, heights, frozenset(counted))


def _by_pattern(
    edges: Sequence[tuple[int, Sequence[TextLine]]],
) -> dict[str, list[tuple[int, str]]]:
    """Pages and texts of the lines of each pattern."""
    found: dict[str, list[tuple[int, str]]] = {}
    for number, lines in edges:
        for line in lines:
            found.setdefault(_pattern(line), []).append((number, line.text))
    return found


def furniture(page: PageOfLines, repeated: Margins) -> set[int]:
    """The numbers of the lines of a page that are running heads and feet, or say that it is
    blank or that a table goes on."""
    number, lines, height = page
    edges = {id(line) for line in _edges(lines, height)}
    goes_on, blank = cue("pdf.goes_on"), cue("pdf.blank_page")
    found = {
        at
        for at, line in enumerate(lines)
        if (id(line) in edges and _repeats(line, number, lines, repeated))
        or goes_on.fullmatch(line.text.strip(ASIDE))
    }
    inner = [line for at, line in enumerate(lines) if at not in found]
    found |= {
        at for at, line in enumerate(lines) if id(line) in edges and _is_page_number(line, inner)
    }
    body = [line for at, line in enumerate(lines) if at not in found]
    if len(body) <= 3 and any(blank.search(line.text) for line in body):
        return set(range(len(lines)))
    return found


def stamps(pages: Sequence[tuple[int, Sequence[TextLine]]]) -> list[set[int]]:
    """The numbers of the lines of every page that are watermarks, stamps or notices: the same text
    at the same place on many pages (if upright, printed over the text, or not of its size), or
    large and slanted on any."""
    counts = Counter(key for _, lines in pages for key in set(map(_place, lines)))
    half = STAMPED * len({number for number, lines in pages if lines})
    sizes = [line.size for _, lines in pages for line in lines if line.turn == 0]
    usual = median(sizes) if sizes else 0.0

    def is_stamp(line: TextLine, lines: Sequence[TextLine]) -> bool:
        count, large = counts[_place(line)], line.size > LARGEST * usual
        if line.turn == SLANTED:
            return count >= 2 or large
        if count < max(REPEATED, 0 if line.turn else half) or is_page_number(line.text):
            return False
        set_apart = large or line.size < SMALLEST * usual
        return line.turn != 0 or set_apart or _is_over_others(line, lines)

    return [{at for at, line in enumerate(lines) if is_stamp(line, lines)} for _, lines in pages]


def _is_over_others(line: TextLine, lines: Sequence[TextLine]) -> bool:
    """Whether a line is printed over others."""
    return any(
        other is not line
        and min(other.right, line.right) > max(other.left, line.left)
        and min(other.bottom, line.bottom) - max(other.top, line.top) > OVER * other.height
        for other in lines
    )


def _place(line: TextLine) -> tuple[str, int, int, int]:
    return line.text, line.turn, round(line.left / 2 / SLOT), round(line.top / 2 / SLOT)


def _edges(lines: Sequence[TextLine], height: float) -> list[TextLine]:
    """The outermost lines in the margins at the top and at the bottom."""
    by_height = sorted(lines, key=lambda line: line.top)
    top = [line for line in by_height[:OUTERMOST] if line.bottom < height * MARGIN]
    bottom = [line for line in by_height[-OUTERMOST:] if line.top > height * (1 - MARGIN)]
    return [*top, *bottom]


def _is_page_number(line: TextLine, lines: Collection[TextLine]) -> bool:
    """Whether a line is a number at the edge of what is no running head, and not set large."""
    if not is_page_number(line.text):
        return False
    tops = [other.top for other in lines]
    usual = median(other.size for other in lines)
    outermost = line.top <= min(tops) + SLOT or line.top >= max(tops) - SLOT
    return outermost and line.size <= LARGEST * usual


def _repeats(line: TextLine, page: int, lines: Sequence[TextLine], repeated: Margins) -> bool:
    """Whether a line is a running head: it says what others say, or stands where they stand and
    bears the number of the page. A number alone is looked at apart."""
    if is_page_number(line.text):
        return False
    if _pattern(line) in repeated.patterns:
        return not _is_full(line, lines) or _apart(line, lines)
    usual = {_slot(line) - 1, _slot(line), _slot(line) + 1} & repeated.heights
    ends = page_numbers_in([f"{line.text.split()[0]} … {line.text.split()[-1]}"])
    numbered = any(number.offset(page) in repeated.sequences for number in ends)
    again = _pattern(line) in repeated.twice and not line.bold
    return bool(usual) and (numbered or again) and _apart(line, lines)


def _is_full(line: TextLine, lines: Sequence[TextLine]) -> bool:
    """Whether a line fills its column as only running text does, in the size of that."""
    widest = max(other.width for other in lines)
    return line.width > FULL * widest and line.size == median(other.size for other in lines)


def _apart(line: TextLine, lines: Sequence[TextLine]) -> bool:
    """Whether a wide gap parts a line from the text."""
    others = [other for other in lines if abs(other.top - line.top) > SLOT]
    return all(abs(other.top - line.top) > 1.5 * line.height for other in others)


def _pattern(line: TextLine) -> str:
    """The text with # for numbers; those that tell headings apart stay ("LAMPIRAN 2")."""
    text = " ".join(line.text.split())
    if certain_heading(text):
        return re.sub(r"\s\d+$", " #", text)
    return _DIGITS.sub("#", text)


def _slot(line: TextLine) -> int:
    return round(line.top / SLOT)
