"""The lines of title pages, approval pages and abstracts, as metadata.py reads them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from thesis_qa.read.glyphs import PLACES_PER_POINT, unpack
from thesis_qa.structure import headings
from thesis_qa.types import Block, Kind, Page, Span

MAX_PAGES = 25  # of the file in which title and approval pages, and abstracts, are looked for
MAX_LINES = 600  # … and lines: formats without pages are one page

_LINE = re.compile(r"[^\n]+")
_CHAPTER = re.compile(r"(?:bab|chapter)\s+(?:[ivxlc]+|\d+)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FrontLine:
    """A line before the first chapter."""

    text: str
    span: Span
    kind: Kind
    section: tuple[str, ...]
    size: float = 0.0  # height of its characters in points; 0 where the format has no places
    block: int = 0  # number of its block


def front_lines(pages: Sequence[Page], blocks: Sequence[Block]) -> list[FrontLine]:
    """The lines before the first chapter, without running heads and contents pages."""
    lines: list[FrontLine] = []
    for number, block in enumerate(blocks):
        outside = not block.spans or block.spans[0].page >= MAX_PAGES or len(lines) > MAX_LINES
        if outside or (block.section and _CHAPTER.match(block.section[0])):
            break
        lines += _lines(pages, block, number)
    return _sized(lines, pages)


def _lines(pages: Sequence[Page], block: Block, number: int) -> Iterator[FrontLine]:
    for span in block.spans:
        text = pages[span.page].text[span.start : span.end]
        for found in _LINE.finditer(text):
            line = found.group().strip()
            if not line or block.kind == "furniture" or _is_listed(block, line):
                continue
            start = span.start + found.start() + found.group().index(line)
            place = Span(span.page, start, start + len(line))
            yield FrontLine(line, place, block.kind, block.section, block=number)


def _is_listed(block: Block, line: str) -> bool:
    return block.kind == "contents" and not headings.is_keywords(line)


def _sized(lines: Sequence[FrontLine], pages: Sequence[Page]) -> list[FrontLine]:
    """`lines` with the size of their letters."""
    heights: dict[int, npt.NDArray[np.float64]] = {}
    sized = []
    for line in lines:
        page = line.span.page
        if page not in heights:
            places = unpack(pages[page]).astype(float) / PLACES_PER_POINT
            heights[page] = places[:, 3] - places[:, 1]
        part = heights[page][line.span.start : line.span.end]
        size = float(np.median(part[part > 0])) if np.any(part > 0) else 0.0
        sized.append(
            FrontLine(line.text, line.span, line.kind, line.section, round(size, 1), line.block)
        )
    return sized
