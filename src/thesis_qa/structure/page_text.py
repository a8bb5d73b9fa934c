"""The stored text of PDF pages: lines in reading order, words that a line end divides made whole.

Where something else comes between the parts of a word (a footnote, the end of the page), its hyphen
stays in the text of the page and out of the span of the block: whoever joins spans leaves out the
space after a part that "-" follows in the text of the page.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

import numpy as np

from thesis_qa.read.glyphs import Places
from thesis_qa.read.pdf.lines import HYPHENS, TextLine, turned
from thesis_qa.types import Span

AS_HYPHEN = str.maketrans(dict.fromkeys(f"{HYPHENS}\u2010", "-"))

_WORD_AT_END = re.compile(r"([^\W\d_]+(?:-[^\W\d_]+)*)$")
_WORD_AT_START = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_WORD = re.compile(r"[^\W\d_]{2,}(?:-[^\W\d_]+)*")
_LONGEST = 60  # characters of a word


def vocabulary(texts: Iterable[str]) -> frozenset[str]:
    """Words that stand whole somewhere in the lines of a document: they tell "perizin-⏎an" (one
    word) from "anak-⏎anak" and "long-⏎term"."""
    return frozenset(
        word.lower() for text in texts for word in _WORD.findall(text.rstrip(HYPHENS + "-"))
    )


def is_divided(above: str, below: str) -> bool:
    """Whether the end of one line and the beginning of the next make one word, one range of
    numbers ("2017-⏎2019"), or one name ("COVID-⏎19")."""
    above, below = above.translate(AS_HYPHEN), below.lstrip().translate(AS_HYPHEN)
    if not above.endswith("-"):
        return False
    if above[-2:-1].isalnum() and below[:1].isdigit():
        return True
    return bool(_WORD_AT_END.search(above[-_LONGEST:-1]) and _WORD_AT_START.match(below))


def keeps_hyphen(above: str, below: str, words: frozenset[str]) -> bool:
    """Whether a divided word is written with a hyphen anyway: "anak-anak", "long-term"."""
    before = _WORD_AT_END.search(above.translate(AS_HYPHEN)[-_LONGEST:-1])
    after = _WORD_AT_START.match(below.lstrip().translate(AS_HYPHEN))
    if not before or not after:
        return True
    left, right = before[1].lower(), after[0].lower()
    if f"{left}-{right}" in words or (after[0][:1].isupper() and not before[1].isupper()):
        return True
    return left + right not in words and ("-" in left or _is_doubled(left, right))


def read_on(lines: Iterable[str]) -> str:
    """Lines as one, words that they divide made whole."""
    pieces = [""]
    for line in (line.strip() for line in lines):
        above = pieces[-1]
        if not is_divided(above, line):
            pieces.append(" ")
        elif not keeps_hyphen(above, line, frozenset()):
            pieces[-1] = above[:-1]
        pieces.append(line)
    return " ".join("".join(pieces).translate(AS_HYPHEN).split())


def _is_doubled(left: str, right: str) -> bool:
    """Whether `right` repeats the stem of `left`: "anak-anak", "sebenar-benarnya"."""
    if len(left) > 2 and right.startswith(left):
        return True
    return any(right.startswith(left[-length:]) for length in range(4, len(left)))


LINE_END, CELL_END = "\n", "\t"


@dataclass(frozen=True)
class BlockLine:
    """A line of a block."""

    page: int
    line: TextLine
    cell: int = 0  # of a table's row


@dataclass(frozen=True)
class PageText:
    """A page's stored text and the place of every character of it."""

    text: str
    places: Places


def lay_out(
    order: Sequence[Sequence[tuple[int, int]]],
    blocks: Sequence[Sequence[BlockLine]],
    sizes: Sequence[tuple[float, float]],
    words: frozenset[str],
) -> tuple[list[PageText], list[tuple[Span, ...]]]:
    """The text of every page, and the spans of every block in it.

    `order` says for every page how its lines are read: numbers of block and of part in the block;
    `sizes` are width and height of the pages.
    """
    spans: list[list[Span]] = [[] for _ in blocks]
    pages = []
    for number, members in enumerate(order):
        text: list[str] = []
        places: list[Places] = []
        length = 0
        for block, run in groupby(members, key=itemgetter(0)):
            if length:
                text.append(LINE_END)
                places.append(_nowhere(1))
                length += 1
            piece, where, tail = _run(
                blocks[block], [part for _, part in run], words, sizes[number]
            )
            spans[block].append(Span(number, length, length + len(piece) - tail))
            text.append(piece)
            places.append(where)
            length += len(piece)
        joined = np.concatenate(places) if places else _nowhere(0)
        pages.append(PageText("".join(text), joined))
    return pages, [tuple(span for span in found if span.start < span.end) for found in spans]


def _run(
    parts: Sequence[BlockLine],
    run: Sequence[int],
    words: frozenset[str],
    size: tuple[float, float],
) -> tuple[str, Places, int]:
    """The text of neighbouring parts of a block, the places, and how many characters at its end
    (a hyphen) are none of the block's."""
    text: list[str] = []
    places: list[Places] = []
    tail = 0
    for at in run:
        line = parts[at].line
        written, where = line.text.translate(AS_HYPHEN), _displayed(line, *size)
        following = parts[at + 1] if at + 1 < len(parts) else None
        divided = following is not None and _divided(parts[at], following)
        dropped = divided and not keeps_hyphen(line.text, parts[at + 1].line.text, words)
        if at == run[-1]:
            tail = int(dropped)
        else:
            same_cell = parts[at + 1].cell == parts[at].cell
            steps = parts[at + 1].cell - parts[at].cell
            gap = "" if divided else LINE_END if same_cell else CELL_END * max(1, steps)
            kept = len(written) - int(dropped)
            written = written[:kept] + gap
            where = np.concatenate([where[:kept], _nowhere(len(gap))])
        text.append(written)
        places.append(where)
    return "".join(text), np.concatenate(places), tail


def _divided(part: BlockLine, following: BlockLine) -> bool:
    return part.cell == following.cell and is_divided(part.line.text, following.line.text)


def _displayed(line: TextLine, width: float, height: float) -> Places:
    """The places of a line's characters on the page as it is displayed."""
    if line.turn in (90, 270):
        return turned(line.places, 360 - line.turn, height, width)
    return turned(line.places, line.turn, width, height) if line.turn == 180 else line.places


def _nowhere(count: int) -> Places:
    return np.zeros((count, 4), np.int16)
