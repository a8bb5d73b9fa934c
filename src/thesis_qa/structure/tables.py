"""Tables of a page, from the straight lines drawn on it.

A table is a grid of rules, or three or more rules of one width one below the other (as
typesetters set tables). Text without rules is never taken for a table.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from thesis_qa.read.glyphs import PLACES_PER_POINT
from thesis_qa.read.pdf.lines import TextLine
from thesis_qa.structure.hyphens import read_on
from thesis_qa.types import Box

TOUCH = 3.0  # points: rules nearer than that meet
FULL = 0.6  # of the table's width: a rule that parts two rows
MAX_RULES = 1500  # on a page; more are a drawing
COLUMN_GAP = 1.0  # of the letters' size: between cells of a table without upright rules
MIN_ROWS = 2
MIN_WIDTH = 100.0  # points, of a table without upright rules
MAX_CELL = 1200  # characters; what is longer is text in a frame

_WORD = re.compile(r"\S+")

Cell = tuple[TextLine, ...]


@dataclass(frozen=True)
class Table:
    """Rows of cells of lines; `used` are the numbers of the page's lines that it is made of."""

    rows: tuple[tuple[Cell, ...], ...]
    box: Box
    used: frozenset[int]

    @property
    def columns(self) -> int:
        return max(len(row) for row in self.rows)


def find_tables(lines: Sequence[TextLine], rules: Sequence[Box]) -> list[Table]:
    """The tables of a page, in the order in which their first lines come."""
    if not 2 < len(rules) <= MAX_RULES:
        return []
    tables: list[Table] = []
    taken: set[int] = set()
    for grid in [*_grids(rules), *_stacks(rules)]:
        table = _table(lines, grid, taken)
        if table:
            tables.append(table)
            taken |= table.used
    return sorted(tables, key=lambda table: min(table.used))


@dataclass(frozen=True)
class _Grid:
    box: Box
    xs: tuple[float, ...]  # borders of columns
    uprights: tuple[Box, ...]  # rules that part cells; without any, white space does
    ys: tuple[float, ...]  # of level rules as wide as the table


def _grids(rules: Sequence[Box]) -> list[_Grid]:
    """Rules that meet, with columns between them."""
    boxes = np.array(rules)
    grids = []
    for members in _connected(boxes):
        part = boxes[members]
        level = (part[:, 2] - part[:, 0]) >= (part[:, 3] - part[:, 1])
        x0, y0, x1, y1 = part[:, 0].min(), part[:, 1].min(), part[:, 2].max(), part[:, 3].max()
        uprights = [((r[0] + r[2]) / 2, r[3] - r[1]) for r in part[~level]]
        levels = [((r[1] + r[3]) / 2, r[2] - r[0]) for r in part[level]]
        xs = _ends(_long(uprights, 0.3 * (y1 - y0)), x0, x1)
        ys = _ends(_long(levels, FULL * (x1 - x0)), y0, y1)
        if uprights and len(xs) >= 3 and len(ys) >= 2:
            box = (float(x0), float(y0), float(x1), float(y1))
            grids.append(_Grid(box, xs, tuple(map(_box, part[~level].tolist())), ys))
    return grids


def _connected(boxes: "np.ndarray[tuple[int, int], np.dtype[np.float64]]") -> list[list[int]]:
    """Numbers of boxes that touch, directly or through others."""
    low, high = boxes[:, :2] - TOUCH / 2, boxes[:, 2:] + TOUCH / 2
    touching = np.all((low[:, None] <= high[None]) & (low[None] <= high[:, None]), axis=2)
    left = set(range(len(boxes)))
    groups = []
    while left:
        group, edge = set(), {min(left)}
        while edge:
            group |= edge
            left -= edge
            edge = set(np.flatnonzero(touching[sorted(edge)].any(axis=0)).tolist()) & left
        groups.append(sorted(group))
    return groups


def _long(rules: Iterable[tuple[float, float]], least: float) -> list[float]:
    """Positions at which rules of together at least `least` stand."""
    clusters: list[tuple[list[float], float]] = []
    for at, length in sorted(rules):
        if clusters and at - clusters[-1][0][-1] <= TOUCH:
            clusters[-1] = ([*clusters[-1][0], at], clusters[-1][1] + length)
        else:
            clusters.append(([at], length))
    return [sum(places) / len(places) for places, length in clusters if length >= least]


def _ends(places: list[float], first: float, last: float) -> tuple[float, ...]:
    """`places` with both borders, which an open table lacks."""
    inner = [at for at in places if first + TOUCH < at < last - TOUCH]
    return (float(first), *inner, float(last))


def _stacks(rules: Sequence[Box]) -> list[_Grid]:
    """Level rules of one width, one below the other: head, body and foot of a table."""
    level = sorted((r for r in rules if r[2] - r[0] > 20 * (r[3] - r[1])), key=lambda r: r[1])
    stacks: list[list[Box]] = []
    for rule in level:
        for stack in stacks:
            if abs(stack[-1][0] - rule[0]) <= TOUCH and abs(stack[-1][2] - rule[2]) <= TOUCH:
                stack.append(rule)
                break
        else:
            stacks.append([rule])
    grids = []
    for stack in stacks:
        ys = _long([((r[1] + r[3]) / 2, r[2] - r[0]) for r in stack], 0)
        if len(ys) >= 3 and stack[0][2] - stack[0][0] >= MIN_WIDTH:
            box = (stack[0][0], stack[0][1], stack[0][2], stack[-1][3])
            grids.append(_Grid(box, (), (), tuple(ys)))
    return grids


@dataclass(frozen=True)
class _Piece:
    line: TextLine
    column: int
    band: int  # between two level rules

    @property
    def middle(self) -> float:
        return (self.line.top + self.line.bottom) / 2


def _table(lines: Sequence[TextLine], grid: _Grid, taken: set[int]) -> Table | None:
    inside = {
        number: line
        for number, line in enumerate(lines)
        if number not in taken and _within(line.box, grid.box)
    }
    if not inside or (not grid.xs and _sticks_out(lines, grid.box)):
        return None
    xs = grid.xs or _gaps(list(inside.values()))
    if len(xs) < 3:
        return None
    pieces = [
        _Piece(part, column, bisect_right(grid.ys, (part.box[1] + part.box[3]) / 2))
        for line in inside.values()
        for column, part in _split(line, xs, grid.uprights)
    ]
    rows = _rows(pieces, ruled=len(grid.ys) >= 4 and bool(grid.xs))
    filled = [row for row in rows if 2 * sum(map(bool, row)) >= len(row)]
    longest = max((sum(len(p.text) for p in cell) for row in rows for cell in row), default=0)
    code = sum(len(line.text) * line.fixed for line in inside.values())
    if (
        len(filled) < max(MIN_ROWS, 0.5 * len(rows))
        or longest > MAX_CELL
        or 2 * code > sum(len(line.text) for line in inside.values())
    ):
        return None
    return Table(tuple(rows), grid.box, frozenset(inside))


def _sticks_out(lines: Sequence[TextLine], box: Box) -> bool:
    """Whether text runs across the sides of a stack of rules: they only underline something."""
    return any(
        box[1] <= (line.top + line.bottom) / 2 <= box[3]
        and (line.left < box[0] - TOUCH < line.right or line.left < box[2] + TOUCH < line.right)
        for line in lines
    )


def _within(box: Box, outer: Box) -> bool:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return outer[0] <= x <= outer[2] and outer[1] <= y <= outer[3]


def _gaps(lines: Sequence[TextLine]) -> tuple[float, ...]:
    """The borders of columns that only white space parts: where no line has ink."""
    inked: list[tuple[float, float]] = []
    for line in lines:
        inked += [(a, b) for a, b in _words(line, COLUMN_GAP * line.size)]
    inked.sort()
    borders = [inked[0][0]]
    reach = inked[0][1]
    for start, end in inked[1:]:
        if start > reach:
            borders.append((reach + start) / 2)
        reach = max(reach, end)
    return (*borders, reach)


def _words(line: TextLine, gap: float) -> list[tuple[float, float]]:
    """The stretches of a line that no gap of that width parts, left and right end."""
    placed = [(p[0] / PLACES_PER_POINT, p[2] / PLACES_PER_POINT) for p, c in _inked(line)]
    stretches = [placed[0]] if placed else []
    for start, end in placed[1:]:
        if start - stretches[-1][1] > gap:
            stretches.append((start, end))
        else:
            stretches[-1] = (stretches[-1][0], max(end, stretches[-1][1]))
    return stretches


def _inked(line: TextLine) -> list[tuple[list[int], str]]:
    rows = zip(line.places.tolist(), line.text, strict=True)
    return [(place, c) for place, c in rows if place[2] and not c.isspace()]


def _split(
    line: TextLine, xs: Sequence[float], uprights: Sequence[Box]
) -> list[tuple[int, TextLine]]:
    """The parts of `line` in each column; a cell may span several, a word is never cut."""
    middle = (line.top + line.bottom) / 2
    drawn = [(r[0] + r[2]) / 2 for r in uprights if r[1] - TOUCH <= middle <= r[3] + TOUCH]
    borders = [x for x in xs if not uprights or any(abs(x - at) <= TOUCH for at in drawn)]
    parts: list[tuple[int, int, int]] = []  # cell, start, end
    for word in _WORD.finditer(line.text):
        placed = [p for p in line.places[word.start() : word.end()].tolist() if p[2]]
        if not placed:
            continue
        cell = bisect_right(borders, (placed[0][0] + placed[-1][2]) / 2 / PLACES_PER_POINT)
        if parts and parts[-1][0] == cell:
            parts[-1] = (cell, parts[-1][1], word.end())
        else:
            parts.append((cell, word.start(), word.end()))
    pieces = [line.cut(start, end) for _, start, end in parts]
    return [
        (min(max(bisect_right(xs, piece.left + TOUCH) - 1, 0), len(xs) - 2), piece)
        for piece in pieces
    ]


def _box(sides: Sequence[float]) -> Box:
    x0, y0, x1, y1 = sides
    return (x0, y0, x1, y1)


def _rows(pieces: Sequence[_Piece], ruled: bool) -> list[tuple[Cell, ...]]:
    """Cells of every row. Where rules don't part the rows, one begins at each height at which
    the first and most other columns have a line."""
    columns = 1 + max(piece.column for piece in pieces)
    rows: list[list[_Piece]] = []
    for band in sorted({piece.band for piece in pieces}):
        members = [piece for piece in pieces if piece.band == band]
        starts = [] if ruled else _starts(members)
        groups: list[list[_Piece]] = [[] for _ in range(len(starts) + 1)]
        for piece in members:
            groups[bisect_right(starts, piece.middle)].append(piece)
        rows += [group for group in groups if group]
    return [
        tuple(
            tuple(p.line for p in sorted(row, key=lambda p: p.middle) if p.column == column)
            for column in range(columns)
        )
        for row in rows
    ]


def _starts(pieces: Sequence[_Piece]) -> list[float]:
    """Heights above which a new row begins."""
    height = max(piece.line.height for piece in pieces)
    levels: list[list[_Piece]] = []
    for piece in sorted(pieces, key=lambda p: p.middle):
        if levels and piece.middle - levels[-1][0].middle < 0.6 * height:
            levels[-1].append(piece)
        else:
            levels.append([piece])
    used = {piece.column for piece in pieces}
    full = [
        level
        for level in levels
        if len({p.column for p in level}) >= 0.6 * len(used)
        and min(used) in {p.column for p in level}
    ]
    return [level[0].middle - 0.3 * height for level in full[1:]]


def heads(table: Table) -> tuple[str, ...]:
    """The column heads: the first row if every cell of it has words and no bare number."""
    first = [read_on(line.text for line in cell) for cell in table.rows[0]]
    named = [text for text in first if any(map(str.isalpha, text))]
    return tuple(first) if len(named) >= 2 and len(named) >= 0.6 * len(first) else ()


def crossing(rules: Sequence[Box], above: float, below: float) -> bool:
    """Whether a level rule stands between two heights: the stroke above footnotes."""
    return any(above <= r[1] <= below and r[2] - r[0] > 10 * (r[3] - r[1]) for r in rules)
