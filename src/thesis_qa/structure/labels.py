"""The page number as printed, for every page of a file."""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from thesis_qa.lang.numbers import roman_numeral, roman_value

PAGE_NUMBER = re.compile(
    r"[-–—\s]*(?:(?:halaman|page|hal\.?|p\.)\s*)?(\d{1,4}|[ivxlc]{1,7})"
    r"(?:\s*(?:/|of|dari)\s*\d{1,4})?[-–—\s.]*",
    re.IGNORECASE,
)
"""A line that is a page number and nothing else."""

_NUMBER = re.compile(r"(?<![\w.])(\d{1,4}|[ivxlc]{1,7})(?![\w.])", re.IGNORECASE)
SUPPORT = 3  # pages that must agree before printed numbers decide

Number = tuple[str, int]
"""Style ("arabic" or "roman") and value."""


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
    found = [_numbers(lines) for lines in margins]
    offsets = Counter(
        (style, position - value)
        for position, numbers in enumerate(found)
        for style, value in set(numbers)
    )
    trusted = {key for key, count in offsets.items() if count >= SUPPORT} | _paired(margins)
    printed = [_trusted(position, numbers, trusted) for position, numbers in enumerate(found)]
    if not any(printed):
        return [label or None for label in labels]
    filled = [_format(number) for number in _filled(printed)]
    return [number or label or None for number, label in zip(filled, labels, strict=True)]


def _paired(margins: Sequence[Sequence[str]]) -> set[tuple[str, int]]:
    """What the numbers of two pages in a row agree on that are the only thing on their line."""
    alone = [
        {number for line in lines if PAGE_NUMBER.fullmatch(line) for number in _numbers([line])[:1]}
        for lines in margins
    ]
    return {
        (style, position - value)
        for position, (numbers, following) in enumerate(pairwise(alone))
        for style, value in numbers
        if (style, value + 1) in following
    }


def _numbers(lines: Sequence[str]) -> list[Number]:
    """The numbers in running heads and feet, those that stand alone first."""
    found: list[Number] = []
    for line in sorted(lines, key=lambda line: PAGE_NUMBER.fullmatch(line) is None):
        for text in _NUMBER.findall(line):
            if text.isdigit():
                found.append(("arabic", int(text)))
            elif value := roman_value(text.lower()):
                found.append(("roman", value))
    return found


def _trusted(
    position: int, numbers: Sequence[Number], trusted: set[tuple[str, int]]
) -> Number | None:
    return next((n for n in numbers if (n[0], position - n[1]) in trusted), None)


def _filled(printed: Sequence[Number | None]) -> list[Number | None]:
    """Pages without a number that stand between two of one sequence have their place in it."""
    filled = list(printed)
    known = [position for position, number in enumerate(printed) if number]
    for left, right in pairwise(known):
        before, after = printed[left], printed[right]
        for position in range(left + 1, right):
            if before and after and before[0] == after[0] and after[1] - before[1] == right - left:
                filled[position] = (before[0], before[1] + position - left)
            elif after and after[1] - (right - position) >= 1:  # a new sequence has begun
                filled[position] = (after[0], after[1] - (right - position))
            elif before:
                filled[position] = (before[0], before[1] + position - left)
    return filled


def _format(number: Number | None) -> str | None:
    if number is None:
        return None
    return str(number[1]) if number[0] == "arabic" else roman_numeral(number[1])
