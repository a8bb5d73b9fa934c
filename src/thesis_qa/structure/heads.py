"""A table as it was found on a page: what its cells say, and which heads stand over them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from thesis_qa.read.pdf.lines import TextLine
from thesis_qa.structure.page_text import read_on
from thesis_qa.types import Box

LONGEST_HEAD = 60  # characters
MAX_HEADS = 3  # rows
FORM_WORDS = 3  # of the head of the second of two columns

_YEAR = re.compile(r"(?:19|20)\d\d(?:\s?[/–-]\s?(?:(?:19|20)?\d\d))?\*?")

Cell = tuple[TextLine, ...]


@dataclass(frozen=True)
class Table:
    """Rows of cells of lines; `used` are the numbers of the page's lines that it is made of."""

    rows: tuple[tuple[Cell, ...], ...]
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
        for row, above, shared in zip(rows[-2::-1], rows[:0:-1], self.shared[:0:-1], strict=False):
            for column in shared:  # where the words stand in the middle of the cell
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
