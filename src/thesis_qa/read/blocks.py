"""What a file without pages gives: blocks in their order, as it marks them."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby

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
