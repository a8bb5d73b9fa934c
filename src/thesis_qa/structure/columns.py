"""Lines of a page set in two columns, in the order in which they are read."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from thesis_qa.read.glyphs import PLACES_PER_POINT
from thesis_qa.read.pdf.lines import TextLine

MIN_LINES = 8  # in each column
GAP = 1.2  # of the letters' size: wider than between the words of a justified line
ACROSS = 0.3  # of the lines, at most, run across the gap between two columns
WORDS = 0.7  # of the characters of a column of text are letters
MAX_TURNS = 4  # from one column to the other in a file that keeps its columns together


def in_reading_order(lines: Sequence[TextLine], width: float) -> list[TextLine]:
    """`lines`, the left column before the right one wherever the file mixes them.

    Most files hold their text in reading order, which is then kept: it knows more than places do.
    """
    lines = _parted(lines, width)
    gutter = _gutter(lines, width)
    if gutter is None:
        return list(lines)
    sides = [_side(line, gutter) for line in lines]
    turns = sum(a != b for a, b in pairwise(sides))
    if turns <= MAX_TURNS + 2 * sides.count(0):
        return list(lines)
    ordered: list[TextLine] = []
    columns: tuple[list[TextLine], list[TextLine]] = ([], [])
    for line in sorted(lines, key=lambda line: (line.top, line.left)):
        side = _side(line, gutter)
        if side:
            columns[side > 0].append(line)
        else:  # a line across both ends what stands above it
            ordered += [*columns[0], *columns[1], line]
            columns = ([], [])
    return [*ordered, *columns[0], *columns[1]]


def _parted(lines: Sequence[TextLine], width: float) -> Sequence[TextLine]:
    """`lines`, where the file sets two columns line by line, each line of it cut in two."""
    gaps = [_widest_gap(line) for line in lines]
    middles = sorted((start + end) / 2 for _, start, end in filter(None, gaps))
    if len(middles) < MIN_LINES:
        return lines
    middle = middles[len(middles) // 2]
    parted = [
        part for line, gap in zip(lines, gaps, strict=True) for part in _cut(line, gap, middle)
    ]
    return lines if _gutter(parted, width) is None else parted


def _widest_gap(line: TextLine) -> tuple[int, float, float] | None:
    """The widest gap between two characters of a line: the character behind it, and its ends;
    None where it is narrow."""
    lefts, rights = line.places[line.inked[1:], 0], line.places[line.inked[:-1], 2]
    if not len(lefts):
        return None
    widest = int(np.argmax(lefts - rights))
    start, end = rights[widest] / PLACES_PER_POINT, lefts[widest] / PLACES_PER_POINT
    wide = end - start > GAP * line.size
    return (int(line.inked[widest + 1]), float(start), float(end)) if wide else None


def _cut(line: TextLine, gap: tuple[int, float, float] | None, x: float) -> list[TextLine]:
    """The two parts of a line with a wide gap around `x`, or the line."""
    if gap is None or not gap[1] < x < gap[2]:
        return [line]
    left = len(line.text[: gap[0]].rstrip())
    return [line.cut(0, left), line.cut(gap[0], len(line.text))]


def _gutter(lines: Sequence[TextLine], width: float) -> float | None:
    """The x between two columns of running text, if there are any."""
    long = [line for line in lines if line.width > 0.25 * width]
    lefts, rights = np.array([(line.left, line.right) for line in long]).reshape(-1, 2).T
    xs = np.unique(rights)[::-1]
    before, behind = (rights <= xs[:, None]).sum(axis=1), (lefts >= xs[:, None]).sum(axis=1)
    enough = np.minimum(before, behind) >= MIN_LINES
    for x in xs[enough & (len(long) - before - behind <= ACROSS * len(long))].tolist():
        left = [line for line in long if line.right <= x]
        right = [line for line in long if line.left >= x]
        if _are_words(left) and _are_words(right):
            return float(x + min(line.left for line in right)) / 2
    return None


def _are_words(lines: Sequence[TextLine]) -> bool:
    """Whether lines are text, and no columns of a table."""
    text = "".join(line.text for line in lines)
    return sum(c.isalpha() for c in text) > WORDS * (len(text) - text.count(" "))


def _side(line: TextLine, gutter: float) -> int:
    """-1 for the left column, 1 for the right one, 0 for a line across both."""
    if line.right <= gutter:
        return -1
    return 1 if line.left >= gutter else 0
