"""Turn evidence into citations: verbatim quotes with the place they were taken from."""

from collections.abc import Sequence

from thesis_qa.answer import Evidence
from thesis_qa.catalog import Catalog
from thesis_qa.load.glyphs import boxes
from thesis_qa.schema import Citation, CitedSpan, Page, Span

PART_SEPARATOR = " … "


def cite(catalog: Catalog, evidence: Sequence[Evidence]) -> tuple[Citation, ...]:
    """One citation for every piece of evidence, numbered from 1."""
    return tuple(_citation(catalog, number, e) for number, e in enumerate(evidence, start=1))


def _citation(catalog: Catalog, number: int, evidence: Evidence) -> Citation:
    passage, sentence = evidence.passage, evidence.sentence
    pages = {s.page: catalog.page(passage.document, s.page) for s in sentence.spans}
    metadata = catalog.document(passage.document).metadata
    first = pages[sentence.spans[0].page]
    return Citation(
        number=number,
        document=passage.document,
        title=metadata.title or passage.document,
        author=metadata.author,
        year=metadata.year,
        page=first.number,
        page_label=first.label,
        section=passage.section,
        language=sentence.language or passage.language,
        quote=quote(pages, sentence.spans),
        spans=tuple(_cited_span(pages[span.page], span) for span in sentence.spans),
        context=sentence.context,
        passage_id=passage.passage_id,
    )


def quote(pages: dict[int, Page], spans: Sequence[Span]) -> str:
    """What stands at `spans`, white space folded, parts joined by " … "."""
    parts = (pages[span.page].text[span.start : span.end] for span in spans)
    return PART_SEPARATOR.join(" ".join(part.split()) for part in parts)


def _cited_span(page: Page, span: Span) -> CitedSpan:
    places = boxes(page, span.start, span.end)
    return CitedSpan(page.number, page.label, span.start, span.end, places)
