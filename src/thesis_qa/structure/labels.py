"""The page number as printed, for every page of a file: 12, xii, IV-2, A.3."""

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from thesis_qa.lang.data import alternatives
from thesis_qa.lang.numbers import roman_numeral, roman_value

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
