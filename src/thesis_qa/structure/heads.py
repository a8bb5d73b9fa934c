"""A table as it was found on a page: what its cells say, and which heads stand over them."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from statistics import mean, median

from thesis_qa.read.pdf.lines import TextLine
from thesis_qa.structure.grids import TOUCH, Grid
from thesis_qa.structure.headings import parse_caption
from thesis_qa.structure.page_text import read_on
from thesis_qa.types import Box

CAPTION_DISTANCE = 70.0  # points between a table and its caption
SAME_COLUMN = 6.0  # points that the borders of a table that goes on may be off
LONGEST_HEAD = 60  # characters
MAX_HEADS = 3  # rows
CENTRAL = 0.3  # of a row's height, that a label may be off the middle of the rows it stands for
FORM_WORDS = 3  # of the head of the second of two columns

_YEAR = re.compile(r"(?:19|20)\d\d(?:\s?[/–-]\s?(?:(?:19|20)?\d\d))?\*?")

Cell = tuple[TextLine, ...]
Row = tuple[Cell, ...]


@dataclass(frozen=True)
class Table:
    """Rows of cells of lines; `used` are the numbers of the page's lines that it is made of."""

    rows: tuple[Row, ...]
    box: Box
    used: frozenset[int]
    xs: tuple[float, ...]
    shared: tuple[frozenset[int], ...]  # for every row the columns whose cell the row above shares
    across: tuple[tuple[int, ...], ...]  # … and for each column the one whose cell covers it
    first_band: int = 0  # rows above the first rule below the top, where only rules part rows

    @cached_property
    def texts(self) -> list[list[str]]:
        """What every cell says; one that several rows share says it in each."""
        rows = [[read_on(line.text for line in cell) for cell in row] for row in self.rows]
        for above, row, shared in zip(rows, rows[1:], self.shared[1:], strict=False):
            for column in shared:
                row[column] = row[column] or above[column]
        return rows

    @cached_property
    def head_rows(self) -> int:
        """How many rows are heads."""
        depth = 1
        if 0 < self.first_band <= MAX_HEADS:
            depth = self.first_band
        else:
            while depth < min(MAX_HEADS, len(self.rows)) and self._heads_on(depth):
                depth += 1
        found = _is_head(self._names(depth), self.texts[depth:], 0 < depth == self.first_band)
        return depth if (found and not self._is_form()) or self._is_set_off() else 0

    def _heads_on(self, row: int) -> bool:
        """Whether a row is one of heads, below others: it goes on with a cell of theirs, or names
        the columns that one of them goes over."""
        over = [at for at, first in enumerate(self.across[row - 1]) if first != at]
        texts, above = self.texts[row], self.texts[row - 1]
        if over and self.shared[row] and any(above[at] for at in self.shared[row]):
            return True
        blank = [at for at, text in enumerate(texts) if text and not above[at]]
        under = over or (blank if not self.rows[row][0] else [])
        named = [texts[at] for at in {*under, *(self.across[row - 1][at] for at in under)}]
        return sum(map(bool, texts)) >= 2 and any(named) and all(map(_is_name, filter(None, named)))

    def _is_form(self) -> bool:
        """Whether the first row is a label and what is filled in, as all others are."""
        if len(self.texts[0]) != 2 or self.first_band:
            return False
        filled = self.texts[0][1]
        return len(filled.split()) > FORM_WORDS or any(map(str.isdigit, filled))

    def _is_set_off(self) -> bool:
        """Whether the first row, and hardly any other, is bold, or numbers the columns."""
        if _is_series(self.texts[0][1:]) and not _is_series(self.texts[1][1:]):
            return True
        bold = [[line.bold for cell in row for line in cell] for row in self.rows]
        body = [each for row in bold[1:] for each in row]
        return sum(map(bool, self.rows[0])) > 1 and all(bold[0]) and 4 * sum(body) < len(body)

    def _names(self, depth: int) -> list[str]:
        """What stands over each column in the first rows."""
        rows = [
            [text or row[first] for text, first in zip(row, self._covering(at), strict=True)]
            for at, row in enumerate(self.texts[:depth])
        ]
        return [" ".join(filter(None, dict.fromkeys(names))) for names in zip(*rows, strict=True)]

    def _covering(self, row: int) -> Sequence[int]:
        """For each column the one whose cell in a row of heads stands over it; where no rule tells,
        the nearest that has a head below it too."""
        above, below = self.texts[row], self.texts[row + 1] if row + 1 < len(self.rows) else []
        drawn = self.across[row]
        if drawn != tuple(range(len(drawn))) or not any(map(_is_name, below)):
            return drawn
        heads = {
            at: (min(line.left for line in cell), max(line.right for line in cell))
            for at, cell in enumerate(self.rows[row])
            if cell and below[at]
        }

        def nearest(column: int) -> int:
            middle = (self.xs[column] + self.xs[column + 1]) / 2
            away = {at: max(a - middle, middle - b) for at, (a, b) in heads.items()}
            return min(away, key=lambda at: away[at]) if heads else column

        blank = [bool(under and not text) for text, under in zip(above, below, strict=True)]
        return [nearest(at) if empty and at else at for at, empty in enumerate(blank)]

    @cached_property
    def heads(self) -> tuple[str, ...]:
        """What stands over each column; empty without head rows."""
        return tuple(self._names(self.head_rows)) if self.head_rows else ()

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


def _is_head(first: Sequence[str], body: Sequence[Sequence[str]], ruled: bool = False) -> bool:
    """Whether every cell of a row has words or a year, and no bare number. Above a rule they may be
    long."""
    named = 0
    for column, text in enumerate(first):
        below = [row[column] for row in body if column < len(row) and row[column]]
        year = _YEAR.fullmatch(text) and not any(map(_YEAR.fullmatch, below))
        named += bool(any(map(str.isalpha, text)) or year)
    short = max(map(len, first)) <= (2 if ruled else 1) * LONGEST_HEAD
    enough = named >= max(0.6 * sum(map(bool, first)), 0.5 * len(first))
    return short and enough and len(set(filter(None, first))) >= 2


def _is_series(texts: Sequence[str]) -> bool:
    """Whether cells are numbers that rise or fall by the same step, as columns are numbered."""
    try:
        numbers = [float(text.replace(",", ".")) for text in texts]
    except ValueError:
        return False
    steps = {round(b - a, 3) for a, b in pairwise(numbers)}
    return len(numbers) > 2 and len(steps) == 1 and steps != {0.0}


def _is_name(text: str) -> bool:
    return any(map(str.isalpha, text)) or _YEAR.fullmatch(text) is not None


# Cells over several rows


def undivided_columns(rows: Sequence[Row], xs: Sequence[float], grid: Grid) -> list[frozenset[int]]:
    """For every row the columns in which no rule parts it from the row above, though one does in
    others; where white space parts columns, only the first, and without any rule too."""
    found: list[frozenset[int]] = [frozenset()]
    for above, row in pairwise(rows):
        ends = (  # most cells': one may stand across the rule
            median(max(line.bottom for line in cell) for cell in above if cell),
            median(min(line.top for line in cell) for cell in row if cell),
        )
        low, high = min(ends) - TOUCH, max(ends) + TOUCH
        between = [r for r in grid.levels if low <= (r[1] + r[3]) / 2 <= high]
        columns = range(len(xs) - 1 if between else 0) if grid.xs else range(1)
        middles = [(column, (xs[column] + xs[column + 1]) / 2) for column in columns]
        found.append(
            frozenset(at for at, x in middles if not any(r[0] < x < r[2] for r in between))
        )
    return found


def with_labels_raised(
    rows: Sequence[Row], undivided: Sequence[Collection[int]], grid: Grid
) -> Sequence[Row]:
    """`rows`, what stands in the middle of a cell over several rows in the first of these."""
    if not grid.levels:
        return rows
    found = [list(row) for row in rows]
    for column in set().union(*undivided):
        starts = [row for row, own in enumerate(undivided) if column not in own]
        for start, end in pairwise([*starts, len(rows)]):
            own = [row for row in range(start, end) if rows[row][column]]
            if not own or own == [start] or own[-1] - own[0] >= len(own):
                continue
            one = bool(grid.xs) and len(own) == 1
            few = len(own) < end - start
            if one or (few and _is_central(rows, own, column, (start, end - 1))):
                for row in own:
                    found[row][column] = ()
                found[start][column] = tuple(line for row in own for line in rows[row][column])
    return [tuple(row) for row in found]


def _is_central(
    rows: Sequence[Row], own: Sequence[int], column: int, ends: tuple[int, int]
) -> bool:
    """Whether what some rows have in a column stands half way between a first and a last row."""
    label = mean(line.middle for row in own for line in rows[row][column])
    others = [[cell for at, cell in enumerate(rows[end]) if at != column] for end in ends]
    first, last = (mean([e.middle for c in row for e in c] or [label]) for row in others)
    return abs(label - (first + last) / 2) <= CENTRAL * (last - first) / (ends[1] - ends[0])


def shared_columns(
    rows: Sequence[Row], row: int, undivided: Collection[int], drawn: bool
) -> frozenset[int]:
    """The columns whose cell a row shares with the row above; without rules only one that is empty
    there."""
    if not drawn:
        label = row > 0 and any(line.text[:1].isalpha() for line in rows[row - 1][0])
        return frozenset(undivided if not rows[row][0] and (label or row > 1) else ())
    return frozenset(c for c in undivided if not (rows[row][c] and rows[row - 1][c]))


def same_columns(xs: Sequence[float], others: Sequence[float]) -> bool:
    """Whether two tables have the same borders of columns."""
    alike = len(xs) == len(others) > 0
    return alike and all(abs(a - b) <= SAME_COLUMN for a, b in zip(xs, others, strict=True))


def captions_of(tables: Sequence[Table], lines: Sequence[TextLine]) -> dict[int, int]:
    """The numbers of the captions among `lines`, by the place of their tables: each is that of the
    table nearest to it, one below it rather than above."""
    best: dict[int, tuple[float, int]] = {}
    for at, line in enumerate(lines):
        if not parse_caption(line.text) or any(at in table.used for table in tables):
            continue
        distances = []
        for table in tables:
            below, above = table.box[1] - line.bottom, line.top - table.box[3]
            distances.append(
                below if below > -3 else 1.5 * above if above > -3 else CAPTION_DISTANCE
            )
        distance = min(distances, default=CAPTION_DISTANCE)
        nearest = distances.index(distance) if distances else 0
        if distance < best.get(nearest, (CAPTION_DISTANCE, 0))[0]:
            best[nearest] = (distance, at)
    return {table: line for table, (_, line) in best.items()}
