"""Rows of pages to blocks: running heads, headings, paragraphs, lists, contents pages, code …"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from thesis_qa.load import headings
from thesis_qa.load.pdf_text import PageText, Row
from thesis_qa.schema import Block, Kind, Span

MARGIN = 0.1  # of the page height: where running heads and feet are
REPEATED = 3  # pages on which the same line in the margin is a running head
LARGER = 1.08  # times the size of the running text: set larger
PARAGRAPH_GAP = 1.5  # times the usual distance of two lines
INDENT = 8.0  # points
LOWEST = headings.BOLD_LEVELS[-1]  # of lines that only stand out: below all numbered headings
CONTENTS_SHARE = 0.5  # of lines that end in a page number on a contents page

_PAGE_NUMBER = re.compile(r"[-–—\s]*(?:\d{1,4}|[ivxlc]{1,7})[-–—\s]*", re.IGNORECASE)
_DIGITS = re.compile(r"\d+|\b[ivxlc]{1,7}\b", re.IGNORECASE)
_LEFT_BLANK = re.compile(
    r"(?:halaman|lembar) (?:ini )?(?:sengaja )?(?:di)?kosong(?:kan)?"
    r"|this page (?:is |was )?(?:intentionally )?(?:left )?blank",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?:;…][\"'”’»)\]]*$")
_FOOTNOTE = re.compile(r"\d{1,3}\s?[A-Z“\"]")


@dataclass(frozen=True, slots=True)
class LaidOut:
    """A row with the page it is on and what it is."""

    page: int
    row: Row
    kind: Kind
    level: int = 0  # of a heading, 1 the highest


@dataclass(frozen=True, slots=True)
class _Style:
    """What is usual in a document."""

    size: float
    leading: float  # distance from line to line
    width: float  # of a full line


def blocks(pages: Sequence[PageText], heights: Sequence[float]) -> tuple[Block, ...]:
    """The blocks of a document in reading order, with their sections."""
    style = _style(pages)
    margins = _running_lines(pages, heights)
    rows = [
        row
        for number, page in enumerate(pages)
        for row in _page_rows(number, page, heights[number], style, margins)
    ]
    return tuple(_with_sections(_paragraphs(_references(rows), style)))


def furniture(page: PageText, height: float, margins: frozenset[str]) -> list[Row]:
    """The running heads and feet of a page, page numbers among them."""
    return [row for row in page.rows if _is_furniture(row, page, height, margins)]


def running_lines(pages: Sequence[PageText], heights: Sequence[float]) -> frozenset[str]:
    """Lines that stand in the margin of several pages, numbers left out."""
    return _running_lines(pages, heights)


def _style(pages: Sequence[PageText]) -> _Style:
    lines = [row.line for page in pages for row in page.rows if len(row.line.text) > 40]
    lines = lines or [row.line for page in pages for row in page.rows]
    if not lines:
        return _Style(12.0, 14.0, 400.0)
    steps = [
        below.line.box[1] - above.line.box[1]
        for page in pages
        for above, below in zip(page.rows, page.rows[1:], strict=False)
        if len(above.line.text) > 40 and 0 < below.line.box[1] - above.line.box[1] < 60
    ]
    return _Style(
        size=median(line.size for line in lines),
        leading=median(steps) if steps else 14.0,
        width=median(line.box[2] - line.box[0] for line in lines),
    )


def _running_lines(pages: Sequence[PageText], heights: Sequence[float]) -> frozenset[str]:
    counts = Counter(
        pattern
        for page, height in zip(pages, heights, strict=True)
        for pattern in {_pattern(row) for row in page.rows if _in_margin(row, height)}
    )
    return frozenset(pattern for pattern, count in counts.items() if count >= REPEATED and pattern)


def _pattern(row: Row) -> str:
    return " ".join(_DIGITS.sub("#", row.text).split())


def _in_margin(row: Row, height: float) -> bool:
    top, bottom = row.line.box[1], row.line.box[3]
    return bottom < height * MARGIN or top > height * (1 - MARGIN)


def _is_furniture(row: Row, page: PageText, height: float, margins: frozenset[str]) -> bool:
    if not _in_margin(row, height):
        return False
    outermost = row in (page.rows[0], page.rows[-1]) or row.line.box[1] in (
        min(r.line.box[1] for r in page.rows),
        max(r.line.box[1] for r in page.rows),
    )
    if _PAGE_NUMBER.fullmatch(row.text):
        return outermost
    return _pattern(row) in margins and headings.level_by_number(row.text) is None


def _page_rows(
    number: int, page: PageText, height: float, style: _Style, margins: frozenset[str]
) -> Iterator[LaidOut]:
    body = [row for row in page.rows if not _is_furniture(row, page, height, margins)]
    contents = _is_contents(body)
    blank = len(body) <= 3 and any(_LEFT_BLANK.search(row.text) for row in body)
    for row in page.rows:
        if row not in body or blank:
            yield LaidOut(number, row, "furniture")
        else:
            yield _laid_out(number, row, height, style, contents)


def _is_contents(rows: Sequence[Row]) -> bool:
    """Whether a page is a table of contents, or a list of figures, tables or symbols."""
    titled = any(headings.in_words(row.text) in headings.CONTENTS for row in rows[:3])
    ending = sum(headings.is_contents_line(row.text, in_contents=titled) for row in rows)
    return len(rows) > 2 and (titled or ending >= CONTENTS_SHARE * len(rows))


def _laid_out(page: int, row: Row, height: float, style: _Style, contents: bool) -> LaidOut:
    text, line = row.text, row.line
    level = headings.level_by_number(text)
    if contents:
        title = headings.in_words(text) in headings.CONTENTS
        return LaidOut(page, row, "heading" if title else "contents", int(title))
    if line.fixed and line.size <= style.size:
        return LaidOut(page, row, "code")
    if headings.is_keywords(text):
        return LaidOut(page, row, "contents")
    stands_out = line.bold or line.size > style.size * LARGER or text.isupper()
    if level is not None and (stands_out or level == 1):
        return LaidOut(page, row, "heading", level)
    if headings.is_caption(text):
        return LaidOut(page, row, "caption")
    if stands_out and _is_short(line.box, style) and headings.looks_like_heading(text):
        large = line.size > style.size * 1.15
        return LaidOut(page, row, "heading", headings.level_by_look(text) if large else LOWEST)
    small = line.size < style.size * 0.9
    if small and line.box[1] > height * 0.6 and _FOOTNOTE.match(text):
        return LaidOut(page, row, "footnote")
    return LaidOut(page, row, "list" if headings.is_item(text) else "text")


def _is_short(box: tuple[float, float, float, float], style: _Style) -> bool:
    return box[2] - box[0] < 0.95 * style.width or box[3] - box[1] > style.size * 1.5


def _references(rows: Sequence[LaidOut]) -> Iterator[LaidOut]:
    """The rows, those below "DAFTAR PUSTAKA" until the next chapter marked as references."""
    inside = False
    for laid in rows:
        if laid.kind == "heading" and laid.level == 1:
            inside = headings.in_words(laid.row.text) in headings.REFERENCES
        elif inside and laid.kind in ("text", "list", "heading", "footnote"):
            laid = LaidOut(laid.page, laid.row, "references")
        yield laid


@dataclass(frozen=True, slots=True)
class _Paragraph:
    rows: tuple[LaidOut, ...]

    @property
    def kind(self) -> Kind:
        return self.rows[0].kind

    @property
    def level(self) -> int:
        return self.rows[0].level

    @property
    def text(self) -> str:
        return " ".join(laid.row.text for laid in self.rows)


def _paragraphs(rows: Iterator[LaidOut], style: _Style) -> Iterator[_Paragraph]:
    """Rows that belong together. What interrupts a paragraph at a page turn, running heads and
    footnotes, comes after it."""
    pending: list[LaidOut] = []
    waiting: list[_Paragraph] = []
    for laid in rows:
        if laid.kind == "furniture":
            waiting.append(_Paragraph((laid,)))
        elif pending and _goes_on(pending, laid, style):
            pending.append(laid)
        elif pending and laid.kind == "footnote" and pending[-1].kind in ("text", "list"):
            waiting.append(_Paragraph((laid,)))
        elif (
            waiting
            and waiting[-1].kind == "footnote"
            and laid.row.line.size < style.size * 0.9
            and laid.page == waiting[-1].rows[-1].page
        ):
            waiting[-1] = _Paragraph((*waiting[-1].rows, laid))
        else:
            if pending:
                yield _Paragraph(tuple(pending))
            yield from waiting
            waiting = []
            pending = [laid]
    if pending:
        yield _Paragraph(tuple(pending))
    yield from waiting


def _goes_on(pending: list[LaidOut], laid: LaidOut, style: _Style) -> bool:
    last, first = pending[-1], pending[0]
    above, line = last.row.line, laid.row.line
    if last.row.divided and laid.kind in ("text", "list", last.kind):
        return True
    gap = line.box[1] - above.box[1]
    if first.kind == "heading":
        return (
            laid.kind == "heading"
            and laid.page == last.page
            and abs(line.size - above.size) < 0.6
            and line.bold == above.bold
            and 0 < gap < PARAGRAPH_GAP * 1.1 * max(style.leading, above.height)
            and (headings.level_by_number(laid.row.text) is None)
        )
    if first.kind in ("contents", "caption", "footnote") and laid.kind == first.kind == "contents":
        return False
    if laid.kind != "text" and laid.kind != first.kind:
        return False
    if first.kind == "code":
        return laid.kind == "code" and laid.page == last.page and gap < 4 * style.leading
    if laid.kind in ("list", "footnote", "caption", "heading", "contents"):
        return False
    if first.kind == "references":
        return laid.kind == "references" and not _hangs_back(pending, laid)
    if laid.page != last.page:
        return not _SENTENCE_END.search(last.row.text) and (
            laid.row.text[:1].islower() or first.kind in ("text", "list")
        )
    if gap > PARAGRAPH_GAP * style.leading:
        return False
    if gap < -2 * style.leading:  # a new column
        return not _SENTENCE_END.search(last.row.text)
    indented = line.box[0] - min(p.row.line.box[0] for p in pending[-3:]) > INDENT
    ended = bool(_SENTENCE_END.search(last.row.text))
    short = above.box[2] - above.box[0] < 0.75 * style.width
    return not (ended and (indented or short))


def _hangs_back(pending: list[LaidOut], laid: LaidOut) -> bool:
    """Whether a reference begins: its first line stands out to the left of those below."""
    rows = pending[1:] or pending
    left = min(p.row.line.box[0] for p in rows)
    starts = bool(re.match(r"\[\d+\]", laid.row.text))
    return starts or (len(pending) > 1 and laid.row.line.box[0] < left - INDENT)


def _with_sections(paragraphs: Iterator[_Paragraph]) -> Iterator[Block]:
    path: list[tuple[int, str]] = []
    bare = False  # the heading right before was "BAB IV" alone
    for paragraph in paragraphs:
        if paragraph.kind == "heading":
            text = " ".join(paragraph.text.split())
            if bare and path:
                path[-1] = (path[-1][0], f"{path[-1][1]} {text}")
                bare = False
            else:
                path = [step for step in path if step[0] < paragraph.level]
                path.append((paragraph.level, text))
                bare = headings.is_chapter_number(text)
        elif paragraph.kind != "furniture":
            bare = False
        section = tuple(text for _, text in path)
        yield Block(_spans(paragraph.rows), paragraph.kind, section)


def _spans(rows: Sequence[LaidOut]) -> tuple[Span, ...]:
    """Neighbouring rows of a page as one span."""
    spans: list[Span] = []
    for laid in rows:
        new = Span(laid.page, laid.row.start, laid.row.end)
        if spans and spans[-1].page == new.page and 0 <= new.start - spans[-1].end <= 1:
            spans[-1] = Span(new.page, spans[-1].start, new.end)
        else:
            spans.append(new)
    return tuple(span for span in spans if span.start < span.end)
