"""What a file without pages gives: blocks in their order, as it marks them, and tables: cells that
span, heads, and rows under their heads."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from operator import itemgetter

from thesis_qa.errors import DocumentError
from thesis_qa.lang.numbers import roman_numeral, years_in
from thesis_qa.types import Kind, Metadata

_INVISIBLE = dict.fromkeys(  # controls, soft hyphen, zero width, marks of byte order
    [*range(9), *range(14, 28), 0x7F, 0xAD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0xFFFE]
)
_SPACED = str.maketrans("-./,", " " * 4)  # in dates
MAX_BLOCKS = 200_000  # paragraphs and rows; a thesis of 1,000 pages holds 20,000
MAX_CHARACTERS = 20_000_000  # … and 3 million characters
EMPTY_CELL = "–"  # how an empty cell under a head is written


@dataclass(frozen=True, slots=True)
class RawBlock:
    """A paragraph, heading, list item, table row, piece of code … as a file gives it."""

    text: str
    kind: Kind = "text"
    level: int | None = None  # of what the file marks as a heading, 1 the highest
    strong: bool = False  # bold from its first letter to its last
    title: bool = False  # marked as the title of the document
    lead: str = ""  # what of its beginning is bold
    numbered: bool = False  # an item of a list, or a heading, that the file numbers
    wrapped: bool = False  # several lines: paragraphs, or parts of one that was only wrapped
    context: str | None = None  # column heads of a table row


@dataclass(frozen=True, slots=True)
class RawDocument:
    """A file without pages, as it was read."""

    blocks: tuple[RawBlock, ...]
    stated: Metadata = field(default_factory=Metadata)  # what the file says about itself
    warnings: tuple[str, ...] = ()
    titled: bool = False  # the title stated is its author's, not one that a program filled in


def bounded(blocks: Iterable[RawBlock], name: str) -> tuple[RawBlock, ...]:
    """`blocks`, if they are no more than a thesis holds. Raises DocumentError otherwise."""
    found: list[RawBlock] = []
    characters = 0
    for block in blocks:
        found.append(block)
        characters += len(block.text)
        if len(found) > MAX_BLOCKS or characters > MAX_CHARACTERS:
            raise DocumentError("too-much", file=name)
    return tuple(found)


def first_year(text: str) -> int | None:
    """The year in what a file states of its date, "2021-08-17": the first since 1900."""
    return next((year for year in years_in(text.translate(_SPACED)) if year >= 1900), None)


def paragraphs_of(text: str) -> list[str]:
    """What blank lines part."""
    groups = groupby(text.split("\n"), key=lambda line: bool(line.strip()))
    return ["\n".join(lines) for written, lines in groups if written]


def keyword_list(text: str) -> list[str]:
    """Keywords that stand in one line, parted by commas or semicolons."""
    return [word.strip() for word in text.replace(";", ",").split(",")]


def folded(text: str) -> str:
    """`text` on one line, accents on their letters, without what nobody sees (soft hyphens …)."""
    return unicodedata.normalize("NFC", " ".join(text.translate(_INVISIBLE).split()))


def code_lines(text: str) -> str:
    """`text` with its line ends and indents as they are, tabs widened."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.translate(_INVISIBLE).expandtabs(4).rstrip() for line in lines).strip(
        "\n"
    )


def table_row(cells: Iterable[str]) -> str:
    """Cells as one row, parted by tabs."""
    return "\t".join(filter(None, map(folded, cells)))


def list_number(style: str, number: int) -> str:
    """`number` in a format of WordprocessingML (ECMA-376, ST_NumberFormat); "" for bullets."""
    if style in ("bullet", "none"):
        return ""
    if style in ("lowerLetter", "upperLetter"):
        text = _letters(number)
    elif style in ("lowerRoman", "upperRoman"):
        text = roman_numeral(number)
    else:
        return f"{number:02d}" if style == "decimalZero" else str(number)
    return text.upper() if style.startswith("upper") else text


def _letters(number: int) -> str:
    """a … z, then aa, bb … as Word counts."""
    if number < 1:
        return str(number)
    repeats, letter = divmod(number - 1, 26)
    return chr(ord("a") + letter) * min(repeats + 1, 50)


MAX_HEAD = 80  # characters of the name of a column
MAX_ACROSS = 63  # columns of a table in Word
YEARS = range(1900, 2100)
MIN_TYPED = 3  # lines of a table that is typed in plain text
TYPED_GAP = 2  # spaces between its columns


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


def text_blocks(text: str, strong: bool = False, lead: str = "") -> Iterator[RawBlock]:
    """A paragraph of plain text; of one whose lines are set in columns, the rows of a table."""
    lines = [line.rstrip() for line in text.split("\n")]
    first = next((at for at in range(len(lines)) if _typed_rows(lines[at:])), None)
    if first is None or strong:
        yield RawBlock(text, strong=strong, wrapped=not strong, lead=lead)
        return
    if above := "\n".join(lines[:first]):
        yield RawBlock(above, wrapped=True)
    yield from table_blocks(_typed_rows(lines[first:]))


def _typed_rows(lines: Sequence[str]) -> list[list[str]]:
    """The cells of lines that are typed as a table: parted by tabs, by bars, or by white space at
    the same places in all of them; none where they aren't."""
    lines = [line for line in lines if line.strip()]
    if lines and lines[0][:1] == "+" == lines[0][-1:]:
        return list(_between_bars(lines))
    rows = [line.split("\t") for line in lines]
    if len(rows) < MIN_TYPED or min(map(len, rows)) < 2:
        typed = [line for line in lines if line.strip(" -=")]
        rows = _in_columns(typed) if len(typed) >= MIN_TYPED else []
    return [] if any(row[1].lstrip()[:1] == ":" for row in rows) else rows  # "Nama   : Ani"


def _between_bars(lines: Sequence[str]) -> Iterator[list[str]]:
    """The rows of a grid drawn with + - and |, whose cells may have several lines."""
    row: list[str] = []
    for line in lines:
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line[:1] == "|":
            row = [f"{a} {b}" for a, b in zip(row or [""] * len(cells), cells, strict=False)]
        elif row:
            yield row
            row = []


def _in_columns(lines: Sequence[str]) -> list[list[str]]:
    """The cells of lines that have white space at the same places."""
    width = max(map(len, lines))
    inked = [any(line[at : at + 1].strip() for line in lines) for at in range(width)]
    runs = [(key, [at for at, _ in run]) for key, run in groupby(enumerate(inked), itemgetter(1))]
    gaps = [run for key, run in runs[1:] if not key and len(run) >= TYPED_GAP]
    edges = [0, *(gap[-1] + 1 for gap in gaps), width]
    rows = [[line[a:b].strip() for a, b in pairwise(edges)] for line in lines]
    return rows if gaps and all(map(_is_parted, lines)) else []


def _is_parted(line: str) -> bool:
    """Whether a line has a gap that isn't the one behind a sentence."""
    return any(part.rstrip()[-1:] not in ".!?" for part in line.split("  ")[:-1] if part.strip())


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
