"""The lines of title and approval pages, and the abstracts, from which metadata is read."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from thesis_qa.lang.detect import language_of
from thesis_qa.read.glyphs import PLACES_PER_POINT, Places, unpack
from thesis_qa.structure.front_cues import (
    is_name,
    is_person_number,
    without_item_mark,
    year_of,
)
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
COLUMN_GAP = 1.5  # heights of a line: wider than the spaces of justified text
SLACK = 12.0  # points that a name may begin beside the label above it
INDENT = 20.0  # points from a label to where its value goes on below
PARAGRAPH = 1.8  # heights from one line of a paragraph to the next
SAME_SIZE = 0.9  # of the larger: lines of one title
SUBTITLE = 0.7  # … of a subtitle that stands right below
MAX_TITLE = 45  # words
MAX_PITCH = 2.4  # heights from the first line of a title to the next
LOOSER = 1.35  # times the pitch of a title's lines: another paragraph
WHOLE_WIDTH = 1000.0  # of a line where the format has no places


Found = tuple[str, tuple[Span, ...]]
"""A field's text and where it stands."""


@dataclass(frozen=True, slots=True)
class FrontLine:
    """A line before the first chapter, or what one column has of it."""

    text: str
    span: Span
    kind: Kind
    size: float  # height of its characters in points; 0 where the format has no places
    block: int  # number of its block
    top: float  # in points; lines are counted where the format has no places
    left: float
    right: float

    def part(self, text: str, start: int = 0) -> Span:
        """Where a part of the line stands."""
        start = self.span.start + max(0, self.text.find(text, start))
        return Span(self.span.page, start, min(self.span.end, start + len(text)))

    def beside(self, other: "FrontLine") -> bool:
        """Whether both stand on one height."""
        near = abs(self.top - other.top) <= 0.5 * min(self.size, other.size)
        return self.span.page == other.span.page and near

    def is_near(self, after: "FrontLine") -> bool:
        """Whether another line follows as in a paragraph."""
        return after.top - self.top <= PARAGRAPH * max(self.size, 1)

    def is_among(self, spans: Sequence[Span]) -> bool:
        """Whether any of `spans` has a part of the line."""
        own = self.span
        return any(own.page == s.page and own.start < s.end and s.start < own.end for s in spans)

    def shares_column(self, other: "FrontLine") -> bool:
        """Whether one may stand below the other."""
        overlap = self.left < other.right + SLACK and other.left < self.right + SLACK
        return self.span.page == other.span.page and overlap


def front_lines(pages: Sequence[Page], blocks: Sequence[Block]) -> list[FrontLine]:
    """The lines before the first chapter, without running heads and contents pages."""
    lines: list[FrontLine] = []
    places: dict[int, Places] = {}
    for number, block in enumerate(blocks):
        outside = not block.spans or block.spans[0].page >= MAX_PAGES or len(lines) > MAX_LINES
        if outside or _in_chapter(block):
            break
        for row, span in enumerate(_lines(pages, block), start=len(lines)):
            if span.page not in places:
                places[span.page] = unpack(pages[span.page])
            own = places[span.page][span.start : span.end]
            text = pages[span.page].text[span.start : span.end]
            for line in _columns(FrontLine(text, span, block.kind, 0, number, row, 0, 0), own):
                whole = _one_line(lines[-1], line, pages) if lines else None
                lines[-1:] = [whole] if whole else [*lines[-1:], line]
    return lines


def _one_line(line: FrontLine, after: FrontLine, pages: Sequence[Page]) -> FrontLine | None:
    """Two cells of a row that are one line, or a label and what stands behind its colon."""
    if not line.size or not line.beside(after) or after.left < line.right - SLACK:
        return None
    between = pages[line.span.page].text[line.span.end : after.span.start]
    near = after.left - line.right < COLUMN_GAP * line.size or after.text.startswith(":")
    if between.strip() or not near:
        return None
    span = Span(line.span.page, line.span.start, after.span.end)
    text = pages[span.page].text[span.start : span.end]
    return replace(line, text=text, span=span, right=after.right)


def _columns(line: FrontLine, places: Places) -> Iterator[FrontLine]:
    """A line cut where it has a wide gap, each piece with its place."""
    boxes = places.astype(float) / PLACES_PER_POINT
    seen = np.array([not letter.isspace() for letter in line.text])
    inked: list[int] = np.flatnonzero((boxes[:, 3] > boxes[:, 1]) & seen).tolist()
    if not inked:
        text = line.text
        apart = [i for i in range(1, len(text)) if text[i - 1] == "\t" or text[i - 3 : i] == "   "]
        cuts = [i for i in apart if not text[i].isspace()]
        pieces = list(pairwise([0, *cuts, len(line.text)]))
        for number, (start, end) in enumerate(pieces):
            left = WHOLE_WIDTH * number
            right = left + WHOLE_WIDTH / 2 if cuts else 9 * WHOLE_WIDTH
            yield _piece(replace(line, left=left, right=right), start, end)
        return
    height = round(float(np.median(boxes[inked, 3] - boxes[inked, 1])), 1)
    gaps = [boxes[b, 0] - boxes[a, 2] for a, b in pairwise(inked) if b > a + 1]
    justified = len(gaps) > 1 and min(gaps) > COLUMN_GAP * height / 2
    start = 0
    for a, b in pairwise([*inked, len(line.text)]):
        last = b == len(line.text)
        wide = not (last or justified) and boxes[b, 0] - boxes[a, 2] > COLUMN_GAP * height
        if last or (wide and _parts(line.text[start : a + 1].strip(), line.text[b:])):
            own = boxes[[i for i in inked if start <= i < b]]
            top, left, right = own[:, 1].min(), own[:, 0].min(), own[:, 2].max()
            whole = replace(line, size=height, top=top, left=left, right=right)
            yield _piece(whole, start, b)
            start = b


def _parts(left: str, right: str) -> bool:
    """Whether a gap parts columns, and not a label or an item's mark from what it is for."""
    label = left.endswith(":") and not right.rstrip().endswith(":")
    number = is_person_number(right.strip()) and not is_person_number(left)
    return not (right.startswith(":") or label or number or without_item_mark(f"{left} .") == ".")


def _piece(line: FrontLine, start: int, end: int) -> FrontLine:
    text = line.text[start:end].strip()
    start = line.span.start + line.text.index(text, start)
    return replace(line, text=text, span=Span(line.span.page, start, start + len(text)))


def _in_chapter(block: Block) -> bool:
    first = block.headings[0] if block.headings else None
    named = first is not None and first.level == CHAPTER_LEVEL and is_named_chapter(first.text)
    return named and first is not None and first.role != "appendix"


def _lines(pages: Sequence[Page], block: Block) -> Iterator[Span]:
    for span in block.spans:
        start = span.start
        for text in pages[span.page].text[span.start : span.end].split("\n"):
            line = text.strip()
            listed = block.kind == "contents" and not is_keywords(line)
            dated = span.page == 0 and year_of(line) is not None  # at the foot of the title page
            if line and (block.kind != "furniture" or dated) and not listed:
                at = start + text.index(line)
                yield Span(span.page, at, at + len(line))
            start += len(text) + 1


# Titles


def runs(lines: Sequence[FrontLine], without: Collection[FrontLine]) -> list[list[FrontLine]]:
    """Runs of lines of one size and pitch, cut at those in `without`."""
    found: list[list[FrontLine]] = [[]]
    for line in lines:
        if line in without or (found[-1] and not _goes_on(found[-1], line)):
            found.append([])
        if line not in without and (found[-1] or any(map(str.isalpha, line.text))):
            found[-1].append(line)
    return [run for run in found if run]


def _goes_on(run: Sequence[FrontLine], line: FrontLine) -> bool:
    """Whether a line goes on with the title that `run` begins, or is its subtitle."""
    last = run[-1]
    if len(joined(run)[0].split()) > MAX_TITLE:
        return False
    if not line.size:
        shouted = line.text.isupper() and last.text.isupper()
        return line.block == last.block or shouted or line.text[:1] == "("
    pitch = line.top - last.top
    usual = run[1].top - run[0].top if len(run) > 1 else MAX_PITCH * last.size
    near = 0 <= pitch <= LOOSER * max(usual, last.size) or last.text.endswith(":")
    alike = min(line.size, last.size) >= SAME_SIZE * max(line.size, last.size)
    subtitle = last.size > line.size >= SUBTITLE * last.size and pitch < 2 * last.size
    return (near and (alike or subtitle)) or (alike and line.text[:1] == "(")


def joined(lines: Sequence[FrontLine]) -> Found:
    """Lines as one text, and where they stand."""
    return " ".join(" ".join(line.text for line in lines).split()), tuple(
        line.span for line in lines
    )


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
