"""Turn evidence into citations: verbatim quotes with the place they were taken from."""

from collections.abc import Sequence
from dataclasses import replace

from thesis_qa.answer.found import Evidence, Shown
from thesis_qa.answer.metadata import holds_span
from thesis_qa.index.catalog import Catalog
from thesis_qa.index.quote import cited_spans, pages_at, quoted
from thesis_qa.types import Citation, CitedSpan, Passage, Span


def cite(catalog: Catalog, shown: Sequence[Shown]) -> tuple[Citation, ...]:
    """One citation for every statement shown, numbered from 1."""
    return tuple(_citation(catalog, number, s) for number, s in enumerate(shown, start=1))


def _citation(catalog: Catalog, number: int, shown: Shown) -> Citation:
    passage, sentence = shown.evidence.passage, shown.evidence.sentence
    cited = quoted(catalog, number, passage.document, sentence.spans, passage)
    context = [part for part in (sentence.context, shown.lead and shown.lead.text) if part]
    return replace(
        cited,
        language=sentence.language or passage.language,
        answer=_marked(cited.quote, shown.evidence),
        context="\n".join(context) or None,
        places=tuple(span for other in shown.places for span in _places(catalog, other)),
        translation=shown.translation.sentence.text if shown.translation else None,
    )


def _marked(quoted: str, evidence: Evidence) -> tuple[int, int] | None:
    """Where in the quote the answer itself stands; it may be quoted otherwise than it is read."""
    if evidence.answer is None:
        return None
    words = evidence.sentence.text[slice(*evidence.answer)]
    at = quoted.find(words, evidence.answer[0])
    return (at, at + len(words)) if words and at >= 0 else None


def recite(catalog: Catalog, number: int, document: str, spans: Sequence[Span]) -> Citation:
    """A citation of what stands at `spans` of a document now.

    Raises KeyError where the document, a page or the characters of a span aren't there.
    """
    pages = pages_at(catalog, document, spans)
    if not all(0 <= s.start < s.end <= len(pages[s.page].text) for s in spans):
        raise KeyError(f"{document} has no such characters")
    passage = _passage_at(catalog, document, pages[spans[0].page].number, spans[0])
    return quoted(catalog, number, document, spans, passage)


def _passage_at(catalog: Catalog, document: str, page: int | None, span: Span) -> Passage | None:
    begun = [page] if page is None else [page, page - 1]  # it may have begun a page before
    near = (p for number in begun for p in catalog.passages_on(document, number))
    return next((p for p in near if holds_span(p, span)), None)


def _places(catalog: Catalog, evidence: Evidence) -> tuple[CitedSpan, ...]:
    spans = evidence.sentence.spans
    return cited_spans(pages_at(catalog, evidence.passage.document, spans), spans)
