"""Tables of a page: rows of cells under heads.

A table is a grid of rules, or three or more rules of one width one below the other (as typesetters
set tables), or levels of cells next to a caption.
"""

import re
from bisect import bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from thesis_qa.read.pdf.lines import TextLine
from thesis_qa.structure.grids import (
    NARROW_GAP,
    PROSE,
    TOUCH,
    Grid,
    beyond,
    gaps,
    levels_of,
    ruled_grids,
    stands_in,
    stretches,
    unruled_grids,
)
from thesis_qa.structure.heads import (
    Cell,
    Table,
    captions_of,
    same_columns,
    shared_columns,
    undivided_columns,
    with_labels_raised,
)
from thesis_qa.structure.kinds import ends_sentence
from thesis_qa.types import Box

MIN_ROWS = 2
NUMBERED = 0.3  # of the rows, from which they are equations and no table
MAX_UNPARTED = 250  # characters of a cell that no upright rule parts from the next
MAX_CELL = 1200  # characters; what is longer is text in a frame
WORD_GAP = 0.15  # of the letters' size, between two words
RUNNING = 0.25  # of the levels, from which they are running text between two rules
FULL_WORDS = 3  # of a line that filled its column, so that its cell may go on
PARTED = 0.6  # of the levels of a column that rules part, to be several without them
HANGING = 0.75  # of the way up to the line above: as far down a line still is the top of a row
SPARSE = 0.5  # of the rows of a table have cells in two columns at least

_EQUATION = re.compile(r"\((?:[A-Z]\s?\.?\s?)?\d{1,2}(?:\s?[.-]\s?\d{1,3})?\)")


def find_tables(
    lines: Sequence[TextLine],
    rules: Sequence[Box],
    furniture: Collection[int] = (),
    above: Sequence[float] = (),
) -> list[Table]:
    """The tables of a page, in the order in which their first lines come; `above`: the borders of
    columns of one that may go on from the page before, of which few cells may be left."""
    tables: list[Table] = []
    taken = set(furniture)
    for grid in ruled_grids(rules, lines):
        if table := _table(lines, grid, taken, goes_on=same_columns(grid.xs, above)):
            tables.append(table)
            taken |= table.used
    captioned = captions_of(tables, lines).values()
    for grid in unruled_grids(lines, taken, captioned):
        if table := _table(lines, grid, taken):
            tables.append(table)
            taken |= table.used
    return sorted(tables, key=lambda table: min(table.used))


@dataclass(frozen=True)
class _Piece:
    line: TextLine
    column: int
    last: int  # column that its cell covers
    band: int  # between two level rules


def _table(
    lines: Sequence[TextLine], grid: Grid, taken: Collection[int], goes_on: bool = False
) -> Table | None:
    inside = {
        number: line
        for number, line in enumerate(lines)
        if number not in taken and stands_in(line, grid.box)
    }
    unparted = not grid.xs and (_sticks_out(lines, grid.box) or _is_prose(list(inside.values())))
    if not inside or unparted:
        return None
    if grid.ys:
        inside |= beyond(lines, grid, inside, taken)
    xs, pieces = _pieces(list(inside.values()), grid)
    if len(xs) < 3:
        return None
    drawn = bool(grid.xs)
    rows = _rows(pieces, xs if drawn else (), ruled=len(grid.ys) >= 4 and drawn)
    apart = [_cells(row, len(xs) - 1) for row in rows]
    undivided = undivided_columns(apart, xs, grid)
    cells = with_labels_raised(apart, undivided, grid)
    if not goes_on and not _is_table(cells, list(inside.values()), drawn):
        return None
    first = sum(row[0].band == rows[0][0].band for row in rows)
    return Table(
        tuple(cells),
        grid.box,
        frozenset(inside),
        tuple(xs),
        tuple(shared_columns(cells, row, own, drawn) for row, own in enumerate(undivided)),
        tuple(_across(row, len(xs) - 1) for row in rows),
        first if grid.ys and not drawn and rows[0][0].band and first < len(rows) else 0,
    )


def _is_table(rows: Sequence[tuple[Cell, ...]], lines: Sequence[TextLine], ruled: bool) -> bool:
    """Whether cells are those of a table, and not of equations, code or text in a frame."""
    parted = [row for row in rows if sum(map(bool, row)) >= 2]
    longest = max((sum(len(line.text) for line in cell) for row in rows for cell in row), default=0)
    code = sum(len(line.text) * line.fixed for line in lines)
    first = [row[0][0].text for row in rows if row[0]]
    numbered = sum(text[-1:] == ":" and text[:-1].isdecimal() for text in first)  # algorithms
    return (
        len(parted) >= max(MIN_ROWS, SPARSE * len(rows))
        and sum(map(_numbers_equation, rows)) <= NUMBERED * len(rows)
        and longest <= (MAX_CELL if ruled else MAX_UNPARTED)
        and 2 * max(code, 0) <= sum(len(line.text) for line in lines)
        and 2 * numbered <= len(rows)
    )


def _cells(row: Sequence[_Piece], columns: int) -> tuple[Cell, ...]:
    return tuple(
        _in_order([piece.line for piece in row if piece.column == column])
        for column in range(columns)
    )


def _across(row: Sequence[_Piece], columns: int) -> tuple[int, ...]:
    """For each column the one whose cell covers it."""
    covering = list(range(columns))
    for piece in row:
        covering[piece.column : piece.last + 1] = [piece.column] * (piece.last - piece.column + 1)
    return tuple(covering)


def _numbers_equation(row: Sequence[Cell]) -> bool:
    """Whether a row ends in "(2.14)" as an equation does."""
    filled = [cell for cell in row if cell]
    return bool(filled) and _EQUATION.fullmatch(filled[-1][-1].text) is not None


def _sticks_out(lines: Sequence[TextLine], box: Box) -> bool:
    """Whether text runs across the sides of a stack of rules: they only underline something."""
    return any(
        box[1] <= line.middle <= box[3]
        and (line.left < box[0] - TOUCH < line.right or line.left < box[2] + TOUCH < line.right)
        for line in lines
    )


def _is_prose(lines: Sequence[TextLine]) -> bool:
    """Whether many levels are lines of running text, without gaps as between columns."""
    levels = [stretches(level) for level in levels_of(lines)]
    widest = max((parts[-1][1] - parts[0][0] for parts in levels if parts), default=0.0)
    whole = [
        parts for parts in levels if len(parts) == 1 and parts[0][1] - parts[0][0] > PROSE * widest
    ]
    return len(whole) > RUNNING * len(levels)


def _pieces(lines: Sequence[TextLine], grid: Grid) -> tuple[Sequence[float], list[_Piece]]:
    """The borders of the columns of a grid, and what stands between them."""
    if not grid.xs:
        xs = gaps(lines)
        return xs, [
            _Piece(part, first, last, bisect_right(grid.ys, part.middle))
            for line in lines
            for first, last, part in _parts(line, xs)
        ]
    split = [piece for line in lines for piece in _split(line, grid.xs, grid.uprights)]
    xs = _with_gaps(grid.xs, [part for _, _, part in split])
    if len(xs) > len(grid.xs):
        split = [piece for line in lines for piece in _split(line, xs, grid.uprights)]
    pieces = [
        _Piece(part, first, last, bisect_right(grid.ys, part.middle)) for first, last, part in split
    ]
    return xs, _side_by_side(pieces, xs)


def _with_gaps(xs: Sequence[float], parts: Sequence[TextLine]) -> tuple[float, ...]:
    """The borders of columns that rules part, and of those within that white space does."""
    found = list(xs)
    for left, right in pairwise(xs):
        own = [p for p in parts if left - TOUCH <= p.left and p.right <= right + TOUCH]
        levels = [stretches(level, NARROW_GAP) for level in levels_of(own)]
        several = sum(len(level) > 1 for level in levels)
        if several > MIN_ROWS and several >= PARTED * len(levels):
            most = RUNNING * len(levels)  # justified text has gaps, but none below another
            found += [
                x
                for x in gaps(own)[1:-1]
                if sum(any(a < x < b for a, b in level) for level in levels) <= most
            ]
    return tuple(sorted(found))


def _parts(line: TextLine, xs: Sequence[float]) -> list[tuple[int, int, TextLine]]:
    """The parts of `line` between borders, no word cut; each with the first column that it lies
    in."""
    found = []
    for part in _cut(line, xs, WORD_GAP):
        shares = [min(part.right, b) - max(part.left, a) for a, b in pairwise(xs)]
        spanned = [column for column, share in enumerate(shares) if share > TOUCH]
        first = spanned[0] if spanned else shares.index(max(shares))
        found.append((first, spanned[-1] if spanned else first, part))
    return found


def _cut(line: TextLine, xs: Sequence[float], gap: float) -> list[TextLine]:
    """`line` cut where a gap of that width, of the letters' size, lies over a border."""
    starts = [0]
    for (_, _, left), (at, right, _) in pairwise(line.ink):
        if right - left > gap * line.size and any(left < x < right for x in xs):
            starts.append(at)
    return [_stripped(line, a, b) for a, b in pairwise([*starts, len(line.text)])]


def _split(
    line: TextLine, xs: Sequence[float], uprights: Sequence[Box]
) -> list[tuple[int, int, TextLine]]:
    """The parts of `line` in each cell, with its first and last column; a word is never cut. A
    border that isn't drawn at its height only parts what a gap parts too."""
    middle = line.middle
    drawn = [(r[0] + r[2]) / 2 for r in uprights if r[1] - TOUCH <= middle <= r[3] + TOUCH]
    walls = [
        at
        for at, x in enumerate(xs[1:-1], start=1)
        if any(abs(x - other) <= TOUCH for other in drawn)
    ]
    ends = [0, *walls, len(xs) - 1]
    inner = [xs[at] for at in walls]
    parts: list[tuple[int, int]] = []  # where each begins, its cell
    edge = 0.0
    for start, left, right in _words(line):
        cell = bisect_right(inner, (left + right) / 2)
        gap = left - edge > NARROW_GAP * line.size and any(edge < x < left for x in xs)
        if not parts or cell != parts[-1][1] or gap:
            parts.append((start, cell))
        edge = right
    bounds = [*(start for start, _ in parts), len(line.text)]
    return [
        (ends[cell], ends[cell + 1] - 1, _stripped(line, start, end))
        for (start, cell), end in zip(parts, bounds[1:], strict=True)
    ]


def _words(line: TextLine) -> Iterator[tuple[int, float, float]]:
    """First character, left and right end of every word."""
    ink = line.ink
    start = 0
    for at in range(1, len(ink) + 1):
        if at == len(ink) or ink[at][0] > ink[at - 1][0] + 1:
            yield ink[start][0], ink[start][1], ink[at - 1][2]
            start = at


def _stripped(line: TextLine, start: int, end: int) -> TextLine:
    return line.cut(start, start + len(line.text[start:end].rstrip()))


def _side_by_side(pieces: Sequence[_Piece], xs: Sequence[float]) -> list[_Piece]:
    """`pieces`, those of one cell that stand beside each other as cells of their own: a band of
    colour has no rules between its cells."""
    groups: dict[tuple[int, int, int], list[_Piece]] = {}
    for piece in pieces:
        groups.setdefault((piece.band, piece.column, piece.last), []).append(piece)
    found: list[_Piece] = []
    for (_, first, last), group in groups.items():
        levels = levels_of(piece.line for piece in group)
        if first == last or all(len(level) == 1 for level in levels):
            found += group
            continue
        for piece in group:
            middle = (piece.line.left + piece.line.right) / 2
            own = min(max(bisect_right(xs, middle) - 1, first), last)
            found.append(replace(piece, column=own, last=own))
    return found


def _rows(pieces: Sequence[_Piece], xs: Sequence[float], ruled: bool) -> list[list[_Piece]]:
    """The pieces of every row. Where rules don't part the rows, one begins at each height at which
    the first and most other columns have a line. `xs` are the borders of cells, where drawn."""
    rows: list[list[_Piece]] = []
    bands = sorted({piece.band for piece in pieces})
    for band in bands:
        members = [piece for piece in pieces if piece.band == band]
        whole = ruled or (bool(xs) and band == min(bands) < max(bands))  # a head above a rule
        starts = [] if whole and not _is_stacked(members) else _starts(members, xs)
        groups: list[list[_Piece]] = [[] for _ in range(len(starts) + 1)]
        for piece in members:
            groups[bisect_right(starts, piece.line.middle)].append(piece)
        rows += [group for group in groups if group]
    return rows


def _in_order(lines: Sequence[TextLine]) -> Cell:
    """The lines of a cell from the top down; those of columns within it as the file has them."""
    columns = all(b.top > a.top - TOUCH or b.left > a.right for a, b in pairwise(lines))
    return tuple(lines if columns else sorted(lines, key=lambda line: line.middle))


def _is_stacked(pieces: Sequence[_Piece]) -> bool:
    """Whether several rows stand between two rules."""
    levels = levels_of(piece.line for piece in pieces)
    return sum(sum(_is_number(line.text) for line in level) > 1 for level in levels) > 1


def _starts(pieces: Sequence[_Piece], xs: Sequence[float]) -> list[float]:
    """Heights above which a new row begins: where the first column and another have a cell that
    doesn't go on with the one above, or most have one, with numbers."""
    height = max(piece.line.height for piece in pieces)
    columns = {id(piece.line): piece.column for piece in pieces}
    wide = {id(piece.line) for piece in pieces if not xs and piece.column < piece.last}
    levels = levels_of(piece.line for piece in pieces)
    rights = {
        column: xs[column + 1] - 3 * TOUCH
        if xs
        else max(p.line.right for p in pieces if p.column == column)
        for column in columns.values()
    }
    first = min(rights)
    labels = [piece.line.text for piece in pieces if piece.column == first]
    lower = not xs and 2 * sum(text[:1].islower() for text in labels) > len(labels)
    rows = [{columns[id(line)]: line for line in level} for level in levels]
    starts = []
    begun = False
    for at, (level, filled) in enumerate(zip(levels, rows, strict=True)):
        above = rows[at - 1] if at else {}
        numbers = {columns[id(line)] for line in level if _is_number(line.text)}
        going = bool(above) and (
            (not lower and level[0].text[:1].islower())  # "program", below "Breeding"
            or _go_on(above, filled, rights, bool(xs))
        )
        begins = first in filled and len(filled) > 1 and (numbers or not going)
        over = any(id(line) in wide for line in above.values()) and len(filled) > len(above)
        most = len(numbers) > 1 or (numbers and not xs and len(filled) >= len(rights) - 1)
        if begins or over or (len(filled) > 1 and most):
            words = {column for column, line in above.items() if not _is_number(line.text)}
            headed = len(numbers) > 1 and numbers <= words
            if begun or headed:  # what stands above the first belongs to it, if it isn't heads
                top = levels[at - 1] if _hangs_over(levels[:at], level, columns) else level
                starts.append(min(line.middle for line in top) - 0.3 * height)
            begun = True
    return starts


def _hangs_over(
    above: Sequence[Sequence[TextLine]], level: Sequence[TextLine], columns: Mapping[int, int]
) -> bool:
    """Whether the last of the levels above a row is the top of a cell of it, whose middle stands
    beside the row: it is nearer to it than to what is above, and lacks the first column."""
    if len(above) < 2 or len(above[-1]) > 1 or not columns[id(above[-1][0])]:
        return False
    down, up = (abs(above[-1][0].middle - other[0].middle) for other in (level, above[-2]))
    return down < HANGING * up


def _go_on(
    above: Mapping[int, TextLine],
    filled: Mapping[int, TextLine],
    rights: Mapping[int, float],
    bordered: bool,
) -> bool:
    """Whether a level goes on with the one above it: a cell there filled its column, and where no
    borders part cells no more of them had room for what stands below."""
    both = [
        (above[column], line, rights[column]) for column, line in filled.items() if column in above
    ]
    going = sum(_goes_on(*cell, bordered) for cell in both)
    return going > 0 and (bordered or going >= sum(_had_room(*cell) for cell in both))


def _goes_on(above: TextLine, line: TextLine, right: float, bordered: bool) -> bool:
    """Whether a line goes on with the one above it in its cell, which filled its column; few words
    tell only where borders do, and the line begins in lower case."""
    if ends_sentence(above.text) or _had_room(above, line, right):
        return False
    return len(above.text.split()) >= FULL_WORDS or (bordered and line.text[:1].islower())


def _had_room(above: TextLine, line: TextLine, right: float) -> bool:
    """Whether the first word of a line had room behind the line above."""
    return above.right + line.width * len(line.text.split()[0]) / len(line.text) <= right


def _is_number(text: str) -> bool:
    return any(map(str.isdigit, text)) and not any(map(str.isalpha, text))
