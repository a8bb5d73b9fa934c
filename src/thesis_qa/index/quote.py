"""What stands at places of a document: verbatim, with page, section and boxes."""

from collections.abc import Mapping, Sequence

from thesis_qa.index.catalog import Catalog
from thesis_qa.read.glyphs import boxes
from thesis_qa.types import Citation, CitedSpan, Page, Passage, Span

PART_SEPARATOR = " … "


def quoted(
    catalog: Catalog, number: int, document: str, spans: Sequence[Span], passage: Passage | None
) -> Citation:
    """A citation of what stands at `spans`, in `passage`."""
    metadata = catalog.document(document).metadata
    pages = pages_at(catalog, document, spans)
    first = pages[spans[0].page]
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
        passage_id=passage.passage_id if passage else "",
    )


def quote(pages: Mapping[int, Page], spans: Sequence[Span]) -> str:
    """What stands at `spans`, white space folded, parts joined by " … "."""
    parts = (pages[span.page].text[span.start : span.end] for span in spans)
    return PART_SEPARATOR.join(" ".join(part.split()) for part in parts)


def pages_at(catalog: Catalog, document: str, spans: Sequence[Span]) -> dict[int, Page]:
    """The pages of spans, by position."""
    return {number: catalog.page(document, number) for number in {span.page for span in spans}}


def cited_spans(pages: Mapping[int, Page], spans: Sequence[Span]) -> tuple[CitedSpan, ...]:
    """Spans with their page and boxes."""
    return tuple(_cited_span(pages[span.page], span) for span in spans)


def _cited_span(page: Page, span: Span) -> CitedSpan:
    places = boxes(page, span.start, span.end)
    return CitedSpan(page.number, page.label, span.start, span.end, places)
