"""What a file without pages gives: blocks in their order, as it marks them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from thesis_qa.lang.numbers import roman_numeral, years_in
from thesis_qa.types import Kind, Metadata

_INVISIBLE = dict.fromkeys(  # controls, soft hyphen, zero width, marks of byte order
    [*range(9), *range(14, 28), 0x7F, 0xAD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0xFFFE]
)
_SPACED = str.maketrans("-./,", " " * 4)  # in dates
MAX_HEAD = 80  # characters of the name of a column


@dataclass(frozen=True, slots=True)
class RawBlock:
    """A paragraph, heading, list item, table row, piece of code … as a file gives it."""

    text: str
    kind: Kind = "text"
    level: int | None = None  # of what the file marks as a heading, 1 the highest
    strong: bool = False  # bold from its first letter to its last
    title: bool = False  # marked as the title of the document
    numbered: bool = False  # an item of a list, or a heading, that the file numbers
    wrapped: bool = False  # several lines: paragraphs, or parts of one that was only wrapped
    context: str | None = None  # column heads of a table row


@dataclass(frozen=True, slots=True)
class RawDocument:
    """A file without pages, as it was read."""

    blocks: tuple[RawBlock, ...]
    stated: Metadata = field(default_factory=Metadata)  # what the file says about itself


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
    """`text` on one line, without the characters nobody sees (soft hyphens, zero width …)."""
    return " ".join(text.translate(_INVISIBLE).split())


def code_lines(text: str) -> str:
    """`text` with its line ends and indents as they are, tabs widened."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.translate(_INVISIBLE).expandtabs(4).rstrip() for line in lines).strip(
        "\n"
    )


def table_row(cells: Iterable[str]) -> str:
    """Cells as one row, parted by tabs."""
    return "\t".join(filter(None, map(folded, cells)))


def table_blocks(rows: Sequence[Sequence[str]], heads: Sequence[str] = ()) -> Iterator[RawBlock]:
    """The rows of a table, each with the column heads as its context.

    Without `heads` the first row is taken as the heads if it can be one.
    """
    body = [[folded(cell) for cell in row] for row in rows]
    heads = [folded(head) for head in heads]
    if not heads and _has_heads(body):
        heads, body = body[0], body[1:]
    if any(heads):
        yield RawBlock(table_row(heads), "table")
    context = " | ".join(filter(None, heads)) or None
    yield from (RawBlock(table_row(row), "table", context=context) for row in body if any(row))


def _has_heads(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row names the columns: every cell has words, and it is no form
    ("Nama | : | …")."""
    if len(rows) < 2 or len(rows[0]) < 2:
        return False
    form = all(":" in row[0][-1:] + "".join(row[1:2])[:1] for row in rows if len(row) > 1)
    return not form and all(len(c) <= MAX_HEAD and any(map(str.isalpha, c)) for c in rows[0])


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
