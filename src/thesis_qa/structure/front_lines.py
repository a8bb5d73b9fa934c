"""The lines of title and approval pages, and the abstracts, from which metadata is read."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from thesis_qa.lang.detect import language_of
from thesis_qa.read.glyphs import PLACES_PER_POINT, unpack
from thesis_qa.structure.front_cues import is_name
from thesis_qa.structure.headings import (
    CHAPTER_LEVEL,
    certain_heading,
    is_keywords,
    is_named_chapter,
)
from thesis_qa.types import Block, Kind, Page, Span

MAX_PAGES = 25  # of the file in which title and approval pages, and abstracts, are looked for
MAX_LINES = 600  # … and lines: formats without pages are one page
MIN_ABSTRACT = 200  # characters
SHORT_LINE = 12  # characters: "oleh", "By:", a number above the first sentence

_LINE = re.compile(r"[^\n]+")


@dataclass(frozen=True, slots=True)
class FrontLine:
    """A line before the first chapter."""

    text: str
    span: Span
    kind: Kind
    size: float  # height of its characters in points; 0 where the format has no places
    block: int  # number of its block


def front_lines(pages: Sequence[Page], blocks: Sequence[Block]) -> list[FrontLine]:
    """The lines before the first chapter, without running heads and contents pages."""
    lines: list[FrontLine] = []
    heights: dict[int, npt.NDArray[np.float64]] = {}
    for number, block in enumerate(blocks):
        outside = not block.spans or block.spans[0].page >= MAX_PAGES or len(lines) > MAX_LINES
        if outside or _in_chapter(block):
            break
        for text, span in _lines(pages, block):
            size = _size(pages, span, heights)
            lines.append(FrontLine(text, span, block.kind, size, number))
    return lines


def _in_chapter(block: Block) -> bool:
    first = block.headings[0] if block.headings else None
    named = first is not None and first.level == CHAPTER_LEVEL and is_named_chapter(first.text)
    return named and first is not None and first.role != "appendix"


def _lines(pages: Sequence[Page], block: Block) -> Iterator[tuple[str, Span]]:
    for span in block.spans:
        text = pages[span.page].text[span.start : span.end]
        for found in _LINE.finditer(text):
            line = found.group().strip()
            listed = block.kind == "contents" and not is_keywords(line)
            if line and block.kind != "furniture" and not listed:
                start = span.start + found.start() + found.group().index(line)
                yield line, Span(span.page, start, start + len(line))


def _size(pages: Sequence[Page], span: Span, heights: dict[int, npt.NDArray[np.float64]]) -> float:
    """The usual height of the characters of a line."""
    if span.page not in heights:
        places = unpack(pages[span.page]).astype(float) / PLACES_PER_POINT
        heights[span.page] = places[:, 3] - places[:, 1]
    part = heights[span.page][span.start : span.end]
    return round(float(np.median(part[part > 0])), 1) if np.any(part > 0) else 0.0


# Abstracts


def abstracts(pages: Sequence[Page], blocks: Sequence[Block]) -> dict[str, tuple[Span, ...]]:
    """The spans of the abstract in each language."""
    found: dict[str, tuple[Span, ...]] = {}
    for at, block in enumerate(blocks):
        if block.spans and block.kind == "heading" and is_abstract(_text(pages, block)):
            spans, text = _abstract_below(pages, blocks[at + 1 :])
            language = language_of(text)
            if language and len(text) >= MIN_ABSTRACT:
                found.setdefault(language, spans)
    return found


def is_abstract(line: str) -> bool:
    """Whether a line opens an abstract."""
    heading = certain_heading(line.strip(" .:"))
    return heading is not None and heading.role == "abstract"


def _abstract_below(pages: Sequence[Page], blocks: Sequence[Block]) -> tuple[tuple[Span, ...], str]:
    """The paragraphs from the first long one to the keywords or the next part."""
    spans: list[Span] = []
    texts: list[str] = []
    for block in blocks:
        text = _text(pages, block) if block.kind != "furniture" else ""
        if is_keywords(text) or (block.kind == "heading" and (texts or certain_heading(text))):
            break
        if block.kind in ("text", "list", "formula") and (texts or len(text) >= MIN_ABSTRACT):
            own = block.spans if texts else _without_names(pages, block.spans)
            spans += own
            texts.append(_text(pages, replace(block, spans=own)))
    return tuple(spans), " ".join(texts)


def _without_names(pages: Sequence[Page], spans: Sequence[Span]) -> tuple[Span, ...]:
    """`spans` without the lines of author and number above the first sentence."""
    first, *rest = spans
    start = first.start
    for line in pages[first.page].text[first.start : first.end].split("\n"):
        if not (is_name(line) or not any(map(str.islower, line)) or len(line) < SHORT_LINE):
            break
        start += len(line) + 1
    return (Span(first.page, min(start, first.end), first.end), *rest)


def _text(pages: Sequence[Page], block: Block) -> str:
    parts = (pages[span.page].text[span.start : span.end] for span in block.spans)
    return " ".join(" ".join(parts).split())
