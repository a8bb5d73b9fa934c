"""Judge one answer: which passages and citations are right, and what each metric says of it."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from thesis_qa.evaluate import metrics
from thesis_qa.evaluate.metrics import (
    bare_offset,
    bare_text,
    fold_text,
    holds_half,
    letters_alone,
    nearest,
    occurrences,
    overlaps,
)
from thesis_qa.evaluate.outcome import Outcome, SearchHit
from thesis_qa.evaluate.question_set import GoldPlace, SetQuestion
from thesis_qa.evaluate.verify import FreshPages, PagesOf
from thesis_qa.index.quote import PART_SEPARATOR
from thesis_qa.types import Answer, Citation, CitedSpan, Passage

T = TypeVar("T", Passage, Citation)


@dataclass(frozen=True, slots=True)
class AnswerKey:
    """Knows where right answers stand: on pages, in quotes, or at a place in a context."""

    question: SetQuestion
    home: str | None  # the document that evidence pages belong to; None where it isn't known
    passages: Sequence[Passage]
    pages_of: PagesOf

    @property
    def placed(self) -> bool:
        """Whether it is known where a right answer stands."""
        return self.question.answerable and bool(self.question.context or self._evidence())

    def passage_hits(self) -> tuple[bool, ...]:
        """Whether each passage is right: begins or ends on an evidence page, or is of the right
        context."""
        return self._hits(self.passages, self._on_evidence)

    def cited_hits(self, citations: Sequence[Citation]) -> tuple[bool, ...]:
        """The same of citations, each by the pages that its spans lie on."""
        return self._hits(citations, self._cites_evidence)

    def _hits(self, found: Sequence[T], on_evidence: Callable[[T], bool]) -> tuple[bool, ...]:
        if not self.placed:
            return ()
        context = self.question.context
        return tuple(f.document == context if context else on_evidence(f) for f in found)

    def right(self, answered: bool, citations: Sequence[Citation]) -> bool | None:
        """Answered rightly: answerable, answered, and one of the first three citations is on an
        evidence page; SQuAD-style: holds the place of a right answer."""
        if not self.question.answerable:
            return False
        first = citations[: metrics.CITED]
        if self.question.context:
            covered = self._covers(first)
            return None if covered is None else answered and covered
        return answered and any(self.cited_hits(first)) if self.placed else None

    def sentence_hit(self, citations: Sequence[Citation]) -> bool | None:
        """Whether the first citation holds the place of a right answer, or overlaps a gold quote
        by half of the shorter; None where neither is known."""
        if not self.question.answerable:
            return None
        if self.question.context:
            return self._covers(citations[:1])
        quoted = [evidence for evidence in self._evidence() if evidence.quote]
        return any(self._quotes(e, c) for e in quoted for c in citations[:1]) if quoted else None

    def _covers(self, citations: Sequence[Citation]) -> bool | None:
        """Whether one holds the place of a right answer; None where none is known."""
        known = any(gold.start is not None for gold in self.question.golds)
        return any(map(self._covers_gold, citations)) if known else None

    def _evidence(self) -> tuple[GoldPlace, ...]:
        stated = (e for e in self.question.evidence if e.pdf_page is not None or e.quote)
        return tuple(stated) if self.home else ()

    def _on_evidence(self, passage: Passage) -> bool:
        return passage.document == self.home and any(
            e.pdf_page in (passage.page, passage.last_page)
            if e.pdf_page is not None
            else holds_half(passage.text, e.quote)
            for e in self._evidence()
        )

    def _cites_evidence(self, citation: Citation) -> bool:
        pages = {citation.page, *(span.page for span in citation.spans)}
        return citation.document == self.home and any(
            evidence.pdf_page in pages
            if evidence.pdf_page is not None
            else self._beside(citation, evidence)
            for evidence in self._evidence()
        )

    def _beside(self, citation: Citation, evidence: GoldPlace) -> bool:
        """Without pages, the passage that holds the evidence takes the page's part."""
        texts = (p.text for p in self.passages if p.passage_id == citation.passage_id)
        return overlaps(citation.quote, evidence.quote) or any(
            holds_half(text, evidence.quote) for text in texts
        )

    def _quotes(self, evidence: GoldPlace, citation: Citation) -> bool:
        pages = {citation.page, *(span.page for span in citation.spans)}
        here = evidence.pdf_page is None or evidence.pdf_page in pages
        return citation.document == self.home and here and overlaps(citation.quote, evidence.quote)

    def _covers_gold(self, citation: Citation) -> bool:
        if citation.document != self.question.context:
            return False
        text = self.pages_of(citation.document)[0].text
        golds = {bare_offset(text, g.start) for g in self.question.golds if g.start is not None}
        return any(start <= gold < end for start, end in _places(citation, text) for gold in golds)


def _places(citation: Citation, text: str) -> list[tuple[int, int]]:
    """Where the parts of a quote stand in `bare_text(text)`, found again near their spans."""
    whole, places = bare_text(text), []
    for span, part in zip(citation.spans, quote_parts(citation), strict=False):
        wanted = bare_text(part)
        at = nearest(occurrences(whole, wanted), bare_offset(text, span.start))
        if at is not None:
            places.append((at, at + len(wanted)))
    return places


def quote_parts(citation: Citation) -> list[str]:
    """The part of the quote for each span; none if the quote can't be divided so."""
    parts = citation.quote.split(PART_SEPARATOR)
    return parts if len(parts) == len(citation.spans) else []


def verbatim(citation: Citation, pages_of: PagesOf) -> tuple[int, int]:
    """(spans found on their page as extracted afresh, spans that could be checked). In a PDF what
    the file itself has within their boxes, in its own order, must say the same, and nothing else
    of the page stand between."""
    pages = pages_of(citation.document)
    if not pages:
        return 0, 0
    texts = {page.number: page.text for page in pages}
    there = [texts.get(span.page, "") for span in citation.spans]
    if parts := quote_parts(citation):
        read = map(_stands_in, there, parts)
        said = [
            _is_said(part, span, text[span.start : span.end], citation.document, pages_of)
            for part, span, text in zip(parts, citation.spans, there, strict=True)
        ]
        found = sum(both for both in map(all, zip(read, said, strict=True)))
    else:
        stretches = (t[s.start : s.end] for t, s in zip(there, citation.spans, strict=True))
        found = sum(_stands_in(citation.quote, stretch) for stretch in stretches)
    return found, len(citation.spans)


def _is_said(part: str, span: CitedSpan, fresh: str, document: str, pages_of: PagesOf) -> bool:
    """Whether the file has a part of a quote in one piece, read in its own order; a row of a table
    by its letters alone, since a file may give its cells line by line."""
    if not isinstance(pages_of, FreshPages) or span.page is None:
        return True
    found = pages_of.said(document, span.page, span.boxes)
    if found is None:
        return True
    own, run = map(letters_alone, found)
    if "\t" in fresh:
        return not Counter(letters_alone(part)) - Counter(own)
    return letters_alone(part) in run


def _stands_in(text: str, part: str) -> bool:
    wanted = fold_text(part)
    return bool(wanted) and wanted in fold_text(text)


def judge(
    question: SetQuestion,
    answer: Answer,
    passages: Sequence[Passage],
    seconds: float,
    *,
    home: str | None,
    document_lang: str | None,
    pages_of: PagesOf,
) -> Outcome:
    """What came of `question`: `passages` are the first ten found, best first."""
    known = AnswerKey(question, home, passages, pages_of)
    considered = answer.citations or answer.nearest
    hits = known.passage_hits()
    cited = known.cited_hits(answer.citations)
    right = known.right(answer.answered, answer.citations)
    scores = _ranking_scores(known, hits)
    scores |= _answer_scores(known, answer, cited, right)
    scores |= _counted("sentence_hit@1", known.sentence_hit(considered))
    scores |= _quote_scores(answer, pages_of)
    scores |= _reading_scores(question, answer)
    return Outcome(
        id=question.id,
        question=question.question,
        question_lang=question.question_lang or answer.language,
        answerable=question.answerable,
        document=question.context or question.document,
        document_lang=document_lang,
        type=question.type,
        difficulty=question.difficulty,
        expected=question.answer,
        evidence=question.evidence,
        key_facts=question.key_facts,
        answered=answer.answered,
        confidence=answer.confidence,
        text=answer.text,
        citations=answer.citations,
        nearest=answer.nearest,
        passages=tuple(map(_ranked, passages)),
        hits=hits,
        cited_hits=cited,
        right=right,
        seconds=seconds,
        scores=scores,
    )


Scores = dict[str, tuple[float, float]]


def _counted(name: str, value: float | bool | None) -> Scores:
    return {} if value is None else {name: (float(value), 1.0)}


def _ranking_scores(known: AnswerKey, hits: Sequence[bool]) -> Scores:
    if not known.placed:
        return {}
    scores: Scores = {f"page_hit@{k}": (metrics.hit_at(hits, k), 1.0) for k in metrics.KS}
    return scores | {"mrr": (metrics.reciprocal_rank(hits), 1.0)}


def _answer_scores(
    known: AnswerKey, answer: Answer, cited: Sequence[bool], right: bool | None
) -> Scores:
    scores: Scores = {}
    if known.placed:
        hit = answer.answered and any(cited[: metrics.CITED])
        scores |= _counted("answer_page_hit", hit)
        if answer.answered:
            scores |= _counted("citation_precision", sum(cited) / len(cited) if cited else 0.0)
    rate = "answered_rate" if known.question.answerable else "false_answer_rate"
    scores |= _counted(rate, answer.answered)
    if right is not None:
        scores |= _counted("brier", (answer.confidence - right) ** 2)
    return scores


def _quote_scores(answer: Answer, pages_of: PagesOf) -> Scores:
    checked = [verbatim(citation, pages_of) for citation in answer.citations]
    found, spans = sum(f for f, _ in checked), sum(n for _, n in checked)
    return {"quote_verbatim": (float(found), float(spans))} if spans else {}


def _reading_scores(question: SetQuestion, answer: Answer) -> Scores:
    if not question.answerable:
        return {}
    said = [answer.text, *(citation.quote for citation in answer.citations)]
    gold_quotes = [evidence.quote for evidence in question.evidence]
    found, facts = metrics.fact_counts(question.key_facts, gold_quotes, said)
    scores: Scores = {"key_fact_recall": (float(found), float(facts))} if facts else {}
    golds = [gold.text for gold in question.golds]
    if golds:
        scores |= _counted("answer_f1", metrics.token_f1(short_answer(answer), golds))
        contained = metrics.contains_any(said, golds) if answer.answered else 0.0
        scores |= _counted("contains_answer", contained)
    return scores


def short_answer(answer: Answer) -> str:
    """The words that answer, marked in the first quote; the whole quote where none are marked."""
    if not answer.answered or not answer.citations:
        return ""
    first = answer.citations[0]
    return first.quote[slice(*first.answer)] if first.answer else first.quote


def _ranked(passage: Passage) -> SearchHit:
    return SearchHit(
        passage.passage_id,
        passage.document,
        passage.page,
        passage.last_page,
        passage.score,
        passage.rank,
    )
