"""Tables of a page: rows of cells under heads.

A table is a grid of rules, or three or more rules of one width one below the other (as typesetters
set tables), or levels of cells next to a caption.
"""

import re
from bisect import bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from thesis_qa.read.glyphs import PLACES_PER_POINT
from thesis_qa.read.pdf.lines import TextLine
from thesis_qa.structure.grids import (
    PROSE,
    TOUCH,
    Grid,
    levels_of,
    ruled_grids,
    stands_in,
    stretches,
    unruled_grids,
)
from thesis_qa.structure.hyphens import read_on
from thesis_qa.structure.kinds import ends_sentence
from thesis_qa.types import Box

MIN_ROWS = 2
NUMBERED = 0.3  # of the rows, from which they are equations and no table
MAX_UNPARTED = 250  # characters of a cell that no upright rule parts from the next
MAX_CELL = 1200  # characters; what is longer is text in a frame
CROSSING = 0.15  # of the levels of a table, which may run across a gap between its columns: heads
BESIDE = 0.3  # of the levels, which must have cells on either side of a gap between columns
NARROW_GAP = 0.7  # of the letters' size, between columns of what is a table for sure
LONGEST_HEAD = 60  # characters
WORD_GAP = 0.15  # of the letters' size, between two words
RUNNING = 0.25  # of the levels, from which they are running text between two rules
FULL_WORDS = 3  # of a line that filled its column, so that its cell may go on
SPARSE = 0.5  # of the rows of a table have cells in two columns at least

_EQUATION = re.compile(r"\((?:[A-Z]\s?\.?\s?)?\d{1,2}(?:\s?[.-]\s?\d{1,3})?\)")
_WORD = re.compile(r"\S+")
_YEAR = re.compile(r"(?:19|20)\d\d(?:\s?[/–-]\s?(?:(?:19|20)?\d\d))?\*?")

Cell = tuple[TextLine, ...]


@dataclass(frozen=True)
class Table:
    """Rows of cells of lines; `used` are the numbers of the page's lines that it is made of."""

    rows: tuple[tuple[Cell, ...], ...]
    box: Box
    used: frozenset[int]
    xs: tuple[float, ...]
    spans: tuple[frozenset[int], ...]  # for every row the columns whose cell the row above shares

    @cached_property
    def texts(self) -> list[list[str]]:
        """What every cell says; one that several rows share says it in each."""
        rows = [[read_on(line.text for line in cell) for cell in row] for row in self.rows]
        for above, row, shared in zip(rows, rows[1:], self.spans[1:], strict=False):
            for column in shared:
                row[column] = row[column] or above[column]
        for row, above, shared in zip(rows[-2::-1], rows[:0:-1], self.spans[:0:-1], strict=False):
            for column in shared:  # where the words stand in the middle of the cell
                row[column] = row[column] or above[column]
        return rows

    @cached_property
    def head_rows(self) -> int:
        """How many rows are heads: none, one, or two where the first heads several columns."""
        if not _is_head(self.texts[0], self.texts[1:]):
            return 0
        if len(self.rows) < 3 or all(self.rows[0]):
            return 1
        second = self.texts[1]
        under = [bool(text) for text in second]
        words = all(any(map(str.isalpha, text)) or _YEAR.fullmatch(text) for text in second if text)
        return 2 if words and sum(under) >= 2 and not self.rows[1][0] else 1

    @cached_property
    def heads(self) -> tuple[str, ...]:
        """What stands over each column; empty without head rows."""
        if not self.head_rows:
            return ()
        first = list(self.texts[0])
        if self.head_rows == 1:
            return tuple(first)
        for column in range(1, len(first)):  # what heads several columns
            if not first[column] and self.texts[1][column]:
                first[column] = first[column - 1]
        pairs = zip(first, self.texts[1], strict=True)
        return tuple(" ".join(filter(None, dict.fromkeys(pair))) for pair in pairs)

    def row_heads(self, row: int, heads: Sequence[str]) -> list[str]:
        """The heads of the cells that a row has, with what its shared cells say."""
        named = []
        for column, (cell, said) in enumerate(zip(self.rows[row], self.texts[row], strict=True)):
            head = heads[column] if column < len(heads) else ""
            if cell:
                named.append(head)
            elif said:
                named.append(f"{head} {said}".strip())
        return list(filter(None, named))


def _is_head(first: Sequence[str], body: Sequence[Sequence[str]]) -> bool:
    """Whether every cell of a row has words or a year, and no bare number."""
    named = 0
    for column, text in enumerate(first):
        below = [row[column] for row in body if column < len(row) and row[column]]
        year = _YEAR.fullmatch(text) and not any(map(_YEAR.fullmatch, below))
        named += bool(any(map(str.isalpha, text)) or year)
    short = max(map(len, first)) <= LONGEST_HEAD
    return short and named >= 2 and named >= max(0.6 * sum(map(bool, first)), 0.5 * len(first))


def find_tables(
    lines: Sequence[TextLine], rules: Sequence[Box], furniture: Collection[int] = ()
) -> list[Table]:
    """The tables of a page, in the order in which their first lines come."""
    tables: list[Table] = []
    taken = set(furniture)
    for grids in (ruled_grids, unruled_grids):
        for grid in grids(rules) if grids is ruled_grids else unruled_grids(lines, taken):
            if table := _table(lines, grid, taken):
                tables.append(table)
                taken |= table.used
    return sorted(tables, key=lambda table: min(table.used))


@dataclass(frozen=True)
class _Piece:
    line: TextLine
    column: int
    band: int  # between two level rules


def _table(lines: Sequence[TextLine], grid: Grid, taken: Collection[int]) -> Table | None:
    inside = {
        number: line
        for number, line in enumerate(lines)
        if number not in taken and stands_in(line, grid.box)
    }
    unparted = not grid.xs and (_sticks_out(lines, grid.box) or _is_prose(list(inside.values())))
    if not inside or unparted:
        return None
    xs = grid.xs or _gaps(list(inside.values()))
    if len(xs) < 3:
        return None
    pieces = [
        _Piece(part, column, bisect_right(grid.ys, part.middle))
        for line in inside.values()
        for column, part in (_split(line, xs, grid.uprights) if grid.xs else _parts(line, xs))
    ]
    rows = _rows(pieces, len(xs) - 1, ruled=len(grid.ys) >= 4 and bool(grid.xs))
    parted = [row for row in rows if sum(map(bool, row)) >= 2]
    longest = max((sum(len(p.text) for p in cell) for row in rows for cell in row), default=0)
    code = sum(len(line.text) * line.fixed for line in inside.values())
    if (
        len(parted) < max(MIN_ROWS, SPARSE * len(rows))
        or sum(map(_numbers_equation, rows)) > NUMBERED * len(rows)
        or longest > (MAX_CELL if grid.xs else MAX_UNPARTED)
        or 2 * code > sum(len(line.text) for line in inside.values())
    ):
        return None
    spans = tuple(_shared(rows, row, xs, grid) for row in range(len(rows)))
    return Table(tuple(rows), grid.box, frozenset(inside), tuple(xs), spans)


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


def _gaps(lines: Sequence[TextLine]) -> tuple[float, ...]:
    """The borders of columns that only white space parts: where hardly any level has ink."""
    levels = [stretches(level, NARROW_GAP) for level in levels_of(lines)]
    parted = [parts for parts in levels if len(parts) > 1] or levels
    ends = sorted({end for parts in parted for part in parts for end in part})
    most = max(1, CROSSING * len(parted)) if len(parted) > MIN_ROWS + 1 else 0
    borders: list[float] = []
    widest: tuple[int, float, float] | None = None  # of the gaps next to each other
    for left, right in pairwise(ends):
        x = (left + right) / 2
        across = sum(any(a < x < b for a, b in parts) for parts in parted)
        before = sum(any(b <= x for _, b in parts) for parts in parted)
        behind = sum(any(a >= x for a, _ in parts) for parts in parted)
        if across > most:
            borders += [widest[2]] if widest else []
            widest = None
        elif right - left > TOUCH and min(before, behind) > BESIDE * len(parted):
            widest = max(widest or (-across, 0.0, 0.0), (-across, right - left, x))
    return (ends[0], *borders, ends[-1])


def _parts(line: TextLine, xs: Sequence[float]) -> list[tuple[int, TextLine]]:
    """The parts of `line` between borders, no word cut; each with the first column that it lies
    in."""
    starts = [0]
    for (_, _, left), (at, right, _) in pairwise(line.ink):
        if right - left > WORD_GAP * line.size and any(left < x < right for x in xs):
            starts.append(at)
    found = []
    for start, end in pairwise([*starts, len(line.text)]):
        part = line.cut(start, start + len(line.text[start:end].rstrip()))
        shares = [min(part.right, b) - max(part.left, a) for a, b in pairwise(xs)]
        spanned = [column for column, share in enumerate(shares) if share > TOUCH]
        found.append((spanned[0] if spanned else shares.index(max(shares)), part))
    return found


def _split(
    line: TextLine, xs: Sequence[float], uprights: Sequence[Box]
) -> list[tuple[int, TextLine]]:
    """The parts of `line` in each column; a cell may span several, a word is never cut."""
    middle = line.middle
    drawn = [(r[0] + r[2]) / 2 for r in uprights if r[1] - TOUCH <= middle <= r[3] + TOUCH]
    borders = [x for x in xs if any(abs(x - at) <= TOUCH for at in drawn)]
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


def _rows(pieces: Sequence[_Piece], columns: int, ruled: bool) -> list[tuple[Cell, ...]]:
    """Cells of every row. Where rules don't part the rows, one begins at each height at which
    the first and most other columns have a line."""
    rows: list[list[_Piece]] = []
    for band in sorted({piece.band for piece in pieces}):
        members = [piece for piece in pieces if piece.band == band]
        starts = _starts(members) if not ruled or _is_stacked(members) else []
        groups: list[list[_Piece]] = [[] for _ in range(len(starts) + 1)]
        for piece in members:
            groups[bisect_right(starts, piece.line.middle)].append(piece)
        rows += [group for group in groups if group]
    return [
        tuple(_in_order([p.line for p in row if p.column == column]) for column in range(columns))
        for row in rows
    ]


def _in_order(lines: Sequence[TextLine]) -> Cell:
    """The lines of a cell from the top down; those of columns within it as the file has them."""
    columns = all(b.top > a.top - TOUCH or b.left > a.right for a, b in pairwise(lines))
    return tuple(lines if columns else sorted(lines, key=lambda line: line.middle))


def _is_stacked(pieces: Sequence[_Piece]) -> bool:
    """Whether several rows stand between two rules."""
    levels = levels_of(piece.line for piece in pieces)
    return sum(sum(_is_number(line.text) for line in level) > 1 for level in levels) > 1


def _starts(pieces: Sequence[_Piece]) -> list[float]:
    """Heights above which a new row begins: where the first column and another have a cell that
    doesn't go on with the one above, or two have a number."""
    height = max(piece.line.height for piece in pieces)
    columns = {id(piece.line): piece.column for piece in pieces}
    levels = levels_of(piece.line for piece in pieces)
    rights = {column: max(p.line.right for p in pieces if p.column == column)
              for column in columns.values()}  # fmt: skip
    starts = []
    above: dict[int, TextLine] = {}
    for level in levels:
        filled = {columns[id(line)]: line for line in level}
        numbers = sum(_is_number(line.text) for line in level)
        going = level[0].text[:1].islower() or any(  # "program", below "Breeding"
            _goes_on(above.get(at), line, rights[at]) for at, line in filled.items()
        )
        begins = min(rights) in filled and len(filled) > 1 and (numbers or not going)
        if begins or (len(filled) > 1 and numbers > 1):
            starts.append(min(line.middle for line in level) - 0.3 * height)
        above = filled
    return starts[1:]


def _goes_on(above: TextLine | None, line: TextLine, right: float) -> bool:
    """Whether a line goes on with the one above it in its cell, which filled its column."""
    if above is None or len(above.text.split()) < FULL_WORDS or ends_sentence(above.text):
        return False
    first = line.width * len(line.text.split()[0]) / len(line.text)
    return above.right + first > right


def _is_number(text: str) -> bool:
    return any(map(str.isdigit, text)) and not any(map(str.isalpha, text))


def _shared(
    rows: Sequence[tuple[Cell, ...]], row: int, xs: Sequence[float], grid: Grid
) -> frozenset[int]:
    """The columns whose cell a row shares with the row above: no rule parts them; without rules,
    the first if it is empty there."""
    if row == 0:
        return frozenset()
    if not grid.levels:
        label = any(line.text[:1].isalpha() for line in rows[row - 1][0])
        return frozenset({0} if not rows[row][0] and (label or row > 1) else ())
    above = max(line.bottom for cell in rows[row - 1] for line in cell)
    below = min(line.top for cell in rows[row] for line in cell)
    low, high = min(above, below) - TOUCH, max(above, below) + TOUCH
    between = [r for r in grid.levels if low <= (r[1] + r[3]) / 2 <= high]
    if not between:
        return frozenset()
    return frozenset(
        column
        for column, (left, right) in enumerate(pairwise(xs))
        if not any(r[0] < (left + right) / 2 < r[2] for r in between)
        and not (rows[row][column] and rows[row - 1][column])
    )


def crossing(rules: Sequence[Box], above: float, below: float) -> bool:
    """Whether a level rule stands between two heights: the stroke above footnotes."""
    return any(above <= r[1] <= below and r[2] - r[0] > 10 * (r[3] - r[1]) for r in rules)
