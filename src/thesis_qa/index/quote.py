"""What stands at places of a document: verbatim, with page, section and boxes."""

from collections.abc import Mapping, Sequence
from itertools import accumulate
from pathlib import Path

from thesis_qa.errors import DocumentError
from thesis_qa.index.catalog import Catalog
from thesis_qa.notebook import QuotePicture
from thesis_qa.read.files import with_stated
from thesis_qa.read.glyphs import boxes
from thesis_qa.structure.page_text import CELL_END
from thesis_qa.types import Citation, CitedSpan, Page, Passage, Span

PART_SEPARATOR = " … "
AROUND_QUOTE = 36.0  # points of the page above and below it, about three lines


def quoted(
    catalog: Catalog, number: int, document: str, spans: Sequence[Span], passage: Passage | None
) -> Citation:
    """A citation of what stands at `spans`, in `passage`."""
    metadata = catalog.document(document).metadata
    pages = pages_at(catalog, document, spans)
    first = pages[spans[0].page]
    whole = (s for s in (passage.sentences if passage else ()) if s.spans == tuple(spans))
    return Citation(
        number=number,
        document=document,
        title=metadata.title or document,
        author=metadata.author,
        year=metadata.year,
        page=first.number,
        page_label=first.label,
        section=passage.section if passage else "",
        language=passage.language if passage else None,
        quote=quote(pages, spans),
        spans=cited_spans(pages, spans),
        context=next((sentence.context for sentence in whole), None),
        passage_id=passage.passage_id if passage else "",
        cells=_cells(pages, spans),
    )


def quote(pages: Mapping[int, Page], spans: Sequence[Span]) -> str:
    """What stands at `spans`, white space folded, parts joined by " … "."""
    parts = (pages[span.page].text[span.start : span.end] for span in spans)
    return PART_SEPARATOR.join(" ".join(part.split()) for part in parts)


def _cells(pages: Mapping[int, Page], spans: Sequence[Span]) -> tuple[tuple[int, int], ...]:
    """Where in the quote of a table's row its cells stand; empty for anything else."""
    [first, *more] = spans
    text = "" if more else pages[first.page].text[first.start : first.end]
    lengths = [len(" ".join(cell.split())) for cell in text.split(CELL_END) if cell.strip()]
    starts = accumulate((length + 1 for length in lengths), initial=0)
    return tuple((a, a + n) for a, n in zip(starts, lengths, strict=False) if len(lengths) > 1)


def pages_at(catalog: Catalog, document: str, spans: Sequence[Span]) -> dict[int, Page]:
    """The pages of spans, by position."""
    return {number: catalog.page(document, number) for number in {span.page for span in spans}}


def cited_spans(pages: Mapping[int, Page], spans: Sequence[Span]) -> tuple[CitedSpan, ...]:
    """Spans with their page and boxes."""
    return tuple(_cited_span(pages[span.page], span) for span in spans)


def _cited_span(page: Page, span: Span) -> CitedSpan:
    places = boxes(page, span.start, span.end)
    return CitedSpan(page.number, page.label, span.start, span.end, places)


def picture_of_quote(catalog: Catalog, citation: Citation, width: int) -> QuotePicture:
    """The part of the page that a quote begins on, with the quote marked, so many pixels wide.

    Raises DocumentError for a format without pages, and for a file that isn't as it was read.
    """
    from thesis_qa.read.pdf.page_picture import draw_page

    path, page = unchanged_file(catalog, citation.document), citation.page or 1
    marks = [box for span in citation.spans if span.page == page for box in span.boxes]
    if not marks:
        raise DocumentError("page-not-drawn", page=page, file=repr(path.name))
    sheet = catalog.page(citation.document, page - 1)
    top = max(0.0, min(box[1] for box in marks) - AROUND_QUOTE)
    bottom = min(sheet.height, max(box[3] for box in marks) + AROUND_QUOTE)
    return QuotePicture(draw_page(str(path), page, marks, width, (0.0, top, sheet.width, bottom)))


def unchanged_file(catalog: Catalog, document: str) -> Path:
    """The file a document was read from. Raises DocumentError if it changed since, or is gone."""
    source = catalog.source(document)
    if source is None:
        raise DocumentError("file-unknown", document=repr(document))
    path = Path(source.path)
    if not path.is_file():
        raise DocumentError("file-missing", document=repr(document))
    if sum(part.stat().st_size for part in with_stated(path)) != source.size:
        raise DocumentError("file-changed", document=repr(document))
    return path
