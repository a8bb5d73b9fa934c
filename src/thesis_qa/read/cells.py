"""Tables as files without pages give them: cells that span, heads, and rows under their heads."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from thesis_qa.read.blocks import EMPTY_CELL, RawBlock, folded, table_row

MAX_HEAD = 80  # characters of the name of a column
MAX_ACROSS = 63  # columns of a table in Word
YEARS = range(1900, 2100)


@dataclass(frozen=True, slots=True)
class TableCell:
    """A cell as it is written down."""

    text: str
    across: int = 1
    down: int = 1  # 0 for one that only goes on with that above it


@dataclass(frozen=True, slots=True)
class _Place:
    """A place in the grid of a table."""

    text: str
    first: bool = True  # the first column of its cell


def table_blocks(
    rows: Sequence[Sequence[TableCell | str]], heads: int | None = None
) -> Iterator[RawBlock]:
    """The rows of a table, each with the column heads as its context.

    The first `heads` rows name the columns; None where the file doesn't say how many do.
    """
    cells = [[_cell(cell) for cell in row] for row in rows]
    grid = _grid(cells)
    while len(grid) > 1 and heads is None and _is_banner(grid[0]):
        yield RawBlock(grid[0][0].text, "table")
        cells, grid = cells[1:], grid[1:]
    count = _heads_in(cells, grid) if heads is None else heads and max(heads, _head_depth(cells))
    names = _names(grid[:count])
    if any(names):
        yield RawBlock(table_row(_once(names)), "table")
    context = " | ".join(filter(None, _once(names))) or None
    for row in grid[count:]:
        if any(place.text for place in row):
            yield RawBlock(table_row(_written(row, names)), "table", context=context)


def _cell(cell: TableCell | str) -> TableCell:
    if isinstance(cell, str):
        return TableCell(folded(cell))
    return TableCell(folded(cell.text), min(max(1, cell.across), MAX_ACROSS), cell.down)


def _grid(rows: Sequence[Sequence[TableCell]]) -> list[list[_Place]]:
    """Every cell at all the places that it covers."""
    grid: list[list[_Place]] = []
    left: dict[int, int] = {}  # rows that the cell above a column still covers
    above: list[_Place] = []
    for cells in rows:
        row: list[_Place] = []
        for cell in cells:
            _go_on(row, above, left)
            for column in range(cell.across):
                at = len(row)
                text = above[at].text if cell.down == 0 and at < len(above) else cell.text
                row.append(_Place(text, column == 0))
                left[at] = cell.down - 1
        _go_on(row, above, left)
        grid.append(row)
        above = row
    return grid


def _go_on(row: list[_Place], above: Sequence[_Place], left: dict[int, int]) -> None:
    """Repeat the cells above that cover the next places of `row`."""
    while left.get(len(row), 0) > 0 and len(row) < len(above):
        left[len(row)] -= 1
        row.append(above[len(row)])


def _is_banner(row: Sequence[_Place]) -> bool:
    """Whether one cell goes over the whole width."""
    return len(row) > 1 and sum(place.first for place in row) == 1


def _heads_in(cells: Sequence[Sequence[TableCell]], grid: Sequence[Sequence[_Place]]) -> int:
    """How many rows name the columns, where the file doesn't say."""
    depth = _head_depth(cells)
    texts = [[place.text for place in row] for row in grid]
    named = depth < len(texts) and all(map(_is_name, filter(None, texts[depth - 1])))
    return depth if named and _has_heads([_names(grid[:depth]), *texts[depth:]]) else 0


def _head_depth(cells: Sequence[Sequence[TableCell]]) -> int:
    """The rows that the first row's cells reach into: two, where one of them stands over others
    and another goes down beside them."""
    first = cells[0] if cells else ()
    if len(first) < 2 or all(cell.across == 1 for cell in first):
        return 1
    going_on = len(cells) > 1 and any(cell.down == 0 for cell in cells[1])
    return max(2 if going_on else 1, min(3, max(cell.down for cell in first)))


def _has_heads(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row names the columns: every cell has words or is one of several years,
    and it is no form ("Nama | : | …")."""
    heads = rows[0]
    if len(rows) < 2 or len(heads) < 2:
        return False
    if all(":" in row[0][-1:] + "".join(row[1:2])[:1] for row in rows if len(row) > 1):
        return False
    years = [at for at, head in enumerate(heads) if _is_year(head)]
    below = [row[at] for row in rows[1:] for at in years or range(1, len(heads)) if at < len(row)]
    if years and (len(years) < 2 or any(map(_is_year, below))):
        return False
    if not years and not heads[0] and not any(text[:1].isdigit() for text in below):
        return False
    return all(_is_name(head) for at, head in enumerate(heads) if at or head)


def _is_name(head: str) -> bool:
    return len(head) <= MAX_HEAD and (any(map(str.isalpha, head)) or _is_year(head))


def _is_year(text: str) -> bool:
    return text.isdecimal() and len(text) == 4 and int(text) in YEARS


def _names(grid: Sequence[Sequence[_Place]]) -> list[str]:
    """What each column is called: the heads above it, the highest first."""
    width = max(map(len, grid), default=0)
    columns = [dict.fromkeys(row[at].text for row in grid if at < len(row)) for at in range(width)]
    return [" ".join(filter(None, column)) for column in columns]


def _once(names: Sequence[str]) -> list[str]:
    """`names` without those that only repeat the one before (a cell over several columns)."""
    return [name for at, name in enumerate(names) if not at or name != names[at - 1]]


def _written(row: Sequence[_Place], names: Sequence[str]) -> Iterator[str]:
    """The cells of a row; under heads, an empty one is shown as such."""
    for at, place in enumerate(row):
        if place.first:
            named = at < len(names) and bool(names[at])
            yield place.text or (EMPTY_CELL if named else "")
