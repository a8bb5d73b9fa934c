"""Lines of a page set in two columns, in the order in which they are read."""

from collections.abc import Sequence
from itertools import pairwise

from thesis_qa.read.glyphs import PLACES_PER_POINT
from thesis_qa.read.pdf.lines import Line

MIN_LINES = 8  # in each column
GAP = 1.2  # of the letters' size: wider than between the words of a justified line
MAX_TURNS = 4  # from one column to the other in a file that keeps its columns together


def in_reading_order(lines: Sequence[Line], width: float) -> list[Line]:
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
    ordered: list[Line] = []
    columns: tuple[list[Line], list[Line]] = ([], [])
    for line in sorted(lines, key=lambda line: (line.box[1], line.box[0])):
        side = _side(line, gutter)
        if side:
            columns[side > 0].append(line)
        else:  # a line across both ends what stands above it
            ordered += [*columns[0], *columns[1], line]
            columns = ([], [])
    return [*ordered, *columns[0], *columns[1]]


def _parted(lines: Sequence[Line], width: float) -> Sequence[Line]:
    """`lines`, where the file sets two columns line by line, each line of it cut in two."""
    gaps = [gap for line in lines if (gap := _widest_gap(line))[1] - gap[0] > GAP * line.size]
    middles = sorted((start + end) / 2 for start, end in gaps)
    if len(middles) < MIN_LINES:
        return lines
    middle = middles[len(middles) // 2]
    parted = [part for line in lines for part in _cut(line, middle)]
    return lines if _gutter(parted, width) is None else parted


def _widest_gap(line: Line) -> tuple[float, float]:
    """Left and right end of the widest gap between two characters of a line."""
    inked = [place for place in line.places.tolist() if place[2]]
    gaps = [
        (left[2] / PLACES_PER_POINT, right[0] / PLACES_PER_POINT) for left, right in pairwise(inked)
    ]
    return max(gaps, key=lambda gap: gap[1] - gap[0], default=(0.0, 0.0))


def _cut(line: Line, x: float) -> list[Line]:
    """The two parts of a line with a wide gap around `x`, or the line."""
    start, end = _widest_gap(line)
    if not (start < x < end and end - start > GAP * line.size):
        return [line]
    at = next(
        i
        for i, place in enumerate(line.places.tolist())
        if place[0] / PLACES_PER_POINT >= end - 0.05
    )
    left = len(line.text[:at].rstrip())
    return [
        Line(line.text[a:b], line.places[a:b], line.size, line.bold, line.fixed)
        for a, b in ((0, left), (at, len(line.text)))
    ]


def _gutter(lines: Sequence[Line], width: float) -> float | None:
    """The x between two columns of running text, if there are any."""
    long = [line for line in lines if line.box[2] - line.box[0] > 0.25 * width]
    for x in sorted((line.box[2] for line in long), reverse=True):
        left = [line for line in long if line.box[2] <= x]
        right = [line for line in long if line.box[0] >= x]
        across = len(long) - len(left) - len(right)
        if min(len(left), len(right)) >= MIN_LINES and across <= 0.3 * len(long):
            return (x + min(line.box[0] for line in right)) / 2
    return None


def _side(line: Line, gutter: float) -> int:
    """-1 for the left column, 1 for the right one, 0 for a line across both."""
    if line.box[2] <= gutter:
        return -1
    return 1 if line.box[0] >= gutter else 0
