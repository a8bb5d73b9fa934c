"""Rank passages for a question, within and across languages, in one list."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from thesis_qa.errors import IndexStateError, QuestionError
from thesis_qa.index.catalog import Catalog
from thesis_qa.index.vectors import VectorSearch
from thesis_qa.lang.glossary import readings
from thesis_qa.lang.words import stem, stop_words, words
from thesis_qa.model.rerank import Reranker
from thesis_qa.question.read import Question
from thesis_qa.retrieve.corpus import (
    NO_PAGE,
    Corpus,
    CorpusReader,
    Mask,
    UnitVectors,
    read_passage_vectors,
    read_postings,
    read_vectors,
    sample_vectors,
)
from thesis_qa.retrieve.rank import (
    LANGUAGES,
    Floats,
    Ints,
    Ranking,
    dense_scores,
    fitted_to,
    keyword_scores,
    ranking,
    same_language,
)
from thesis_qa.types import Kind, Language, Passage, Role

MAX_TOP_K = 200

ATTEMPTS = 20  # of a search while documents come and go; each takes less than a change
FITTED_MODEL = "multilingual-e5-small"  # whose numbers are shipped; others are measured
EXACT = 3000  # passages up to which a search compares every one; to open Chroma takes longer
NEAR = 500  # nearest passages looked at in each language; more for a larger top_k
MATCHES = 100  # best keyword matches looked at besides
READ = 300  # of them, the best of which the sentences are compared; see benchmarks/scale.py
RERANKED = 30  # passages the reranker reads

PAGE_NAMED = 6.0  # logits; the best passages on a subject lie within about three of each other
SECTION_NAMED = 3.0
FRONT_WANTED = 4.0
FRONT: frozenset[Role] = frozenset({"cover", "approval", "declaration"})
FRONT_PAGES = 3  # of the file, that may be cover, title page and approval
NOTHING_STATED: dict[Kind, float] = {"heading": -3.0, "references": -3.0, "contents": -6.0}
"""Passages that name a subject and say nothing about it."""

SAME_WORDS = 0.9  # share of words two passages have in common from which one adds nothing
SPARE = 10  # passages fetched beyond top_k, to fill the places of near copies


@dataclass(frozen=True, slots=True)
class ScoredPassage:
    """A passage found, and how its score came about; all parts in logits."""

    passage: Passage
    dense: float  # language-centred likeness of passage and best sentence
    keyword: float
    language: float  # what being in the question's language counts
    place: float  # for lying where the question says to look, or for stating nothing
    reranked: float | None = None  # of the cross-encoder, if there is one; then it decides

    @property
    def why(self) -> str:
        parts = {"dense": self.dense, "keyword": self.keyword, "language": self.language}
        parts |= {"place": self.place} if self.place else {}
        parts |= {} if self.reranked is None else {"reranked": self.reranked}
        return ", ".join(f"{name} {value:+.2f}" for name, value in parts.items())


class Retriever:
    """Search over one index, for questions that it has read (Index.question)."""

    def __init__(
        self,
        catalog: Catalog,
        vectors: VectorSearch,
        model: str,
        reranker: Reranker | None = None,
    ) -> None:
        """`model` is the name of the embedding model."""
        self._catalog = catalog
        self._vectors = vectors
        self._model = model
        self._reranker = reranker
        self._corpora = CorpusReader(catalog)
        self._narrowed: tuple[object, UnitVectors] | None = None

    def ranked(
        self,
        question: Question,
        top_k: int = 5,
        *,
        section: str | None = None,
        language: Language | None = None,
    ) -> list[ScoredPassage]:
        """The `top_k` best passages with how their scores came about, best first.

        Raises QuestionError for a `top_k` out of bounds.
        """
        if not 1 <= top_k <= MAX_TOP_K:
            raise QuestionError("top-k", top_k=top_k, most=MAX_TOP_K)
        for _ in range(ATTEMPTS):
            corpus = self._corpora.corpus()
            among = self._catalog.ids(question.documents) if question.documents else None
            allowed = corpus.mask(among, section, language)
            if not allowed.any():
                return []
            found = self._rank(question, top_k, corpus, allowed)
            if found is not None:
                return found
        raise IndexStateError("index-changing")

    def _rank(
        self, question: Question, top_k: int, corpus: Corpus, allowed: Mask
    ) -> list[ScoredPassage] | None:
        """None if documents came or went meanwhile: what was read doesn't fit together then."""
        keyword = self._keyword_scores(question, corpus, allowed)
        place = place_gains(question, corpus)
        if int(allowed.sum()) <= EXACT:
            chosen = np.flatnonzero(allowed)
        else:
            found = candidates(self._near(question, top_k, corpus), keyword, place, allowed, top_k)
            chosen = self._likely(question, top_k, corpus, found, keyword[found] + place[found])
        units = self._unit_vectors(corpus, chosen)
        if self._catalog.generation != corpus.generation:
            return None
        languages = corpus.languages[chosen]
        dense = dense_scores(
            question.vector, units.passages, units.sentences, units.owners, languages, self.fitted
        )
        spoken = self.fitted.weights.same_language * same_language(question.language, languages)
        parts = np.stack([dense, keyword[chosen], spoken, place[chosen]])
        return self._selected(question, top_k, corpus.rows[chosen], parts)

    def _likely(
        self, question: Question, top_k: int, corpus: Corpus, found: Ints, gains: Floats
    ) -> Ints:
        """Those of the positions `found` that are best without a look at their sentences."""
        vectors = read_passage_vectors(self._catalog, corpus.rows[found].tolist())
        if len(vectors) != len(found):  # a document went meanwhile, as is noticed next
            return found[:0]
        nobody, languages = np.zeros(0, np.int64), corpus.languages[found]
        whole = dense_scores(question.vector, vectors, vectors[:0], nobody, languages, self.fitted)
        spoken = self.fitted.weights.same_language * same_language(question.language, languages)
        best = np.argsort(-(whole + spoken + gains), kind="stable")[: max(READ, 2 * top_k)]
        likely: Ints = np.sort(found[best])
        return likely

    @cached_property
    def fitted(self) -> Ranking:
        """The numbers that fit the embedding model of this index."""
        if self._model.startswith(FITTED_MODEL):
            return ranking()
        return fitted_to(sample_vectors(self._catalog))

    def _keyword_scores(self, question: Question, corpus: Corpus, allowed: Mask) -> Floats:
        asked = search_words(question.text)
        read = {
            code: [readings(word, question.language, language) for word in asked]
            for code, language in enumerate(LANGUAGES)
        }
        terms = sorted({term for group in read.values() for word in group for term in word})
        postings = read_postings(self._catalog, terms, corpus)
        scores = np.zeros(len(corpus), np.float32)
        if postings:
            held = np.unique(np.concatenate([places for places, _ in postings.values()]))
            within = {t: (np.searchsorted(held, p), counts) for t, (p, counts) in postings.items()}
            scores[held] = self.fitted.weights.keyword * keyword_scores(
                read, within, corpus.lengths[held], corpus.languages[held], allowed[held],
                corpus.sizes(allowed),
            )  # fmt: skip
        return scores

    def _near(self, question: Question, top_k: int, corpus: Corpus) -> Ints:
        """Positions of the passages that are, or hold, the nearest units in each language."""
        limit, documents = max(NEAR, 4 * top_k), question.documents or None
        found = {
            neighbour.passage
            for language in LANGUAGES
            for neighbour in self._vectors.nearest(
                question.vector, limit, documents=documents, language=language or ""
            )
        }
        return corpus.places(sorted(found))

    def _unit_vectors(self, corpus: Corpus, chosen: Ints) -> UnitVectors:
        """Vectors of the passages at `chosen`; those of the last narrowed search are kept."""
        key = (corpus.generation, chosen.tobytes())
        kept = self._narrowed  # another thread may replace it
        if kept is None or kept[0] != key:
            kept = key, read_vectors(self._catalog, corpus.rows[chosen].tolist())
            self._narrowed = kept
        return kept[1]

    def _selected(
        self, question: Question, top_k: int, rows: Ints, parts: Floats
    ) -> list[ScoredPassage]:
        """The best of `rows`; `parts` has shape (4, n): dense, keyword, language, place."""
        total = parts.sum(axis=0)
        order = np.lexsort((rows, -total))[: max(top_k + SPARE, RERANKED if self._reranker else 0)]
        passages = self._catalog.passages(rows[order].tolist())
        found = [
            ScoredPassage(
                replace(passages[int(rows[i])], score=float(total[i])), *parts[:, i].tolist()
            )
            for i in order
            if int(rows[i]) in passages
        ]
        found = without_copies(self._reranked(question, found))[:top_k]
        return [
            replace(item, passage=replace(item.passage, rank=rank))
            for rank, item in enumerate(found, start=1)
        ]

    def _reranked(self, question: Question, found: list[ScoredPassage]) -> list[ScoredPassage]:
        if self._reranker is None:
            return found
        head, rest = found[:RERANKED], found[RERANKED:]
        scores = self._reranker.scores(question.text, [item.passage.text for item in head])
        read = [replace(item, reranked=float(s)) for item, s in zip(head, scores, strict=True)]
        return sorted(read, key=lambda item: -(item.reranked or 0.0)) + rest


def search_words(question: str) -> list[str]:
    """Stems to look for, once each; function words only where there is nothing else."""
    found = list(dict.fromkeys(words(question)))
    telling = [word for word in found if word not in stop_words()]
    return list(dict.fromkeys(stem(word) for word in telling or found))


def place_gains(question: Question, corpus: Corpus) -> Floats:
    """What each passage gains by lying where the question says to look, or loses by its kind."""
    gains = corpus.kinds.each(lambda kind: NOTHING_STATED.get(kind, 0.0))
    places, fields = question.places, question.fields
    if places.pages:
        named = [int(page) for page in places.pages if page.isdecimal()]
        counted = np.isin(corpus.pages, named)
        gains += PAGE_NAMED * (counted | corpus.labels.where(lambda p: places.on_page(None, p)))
    if places.chapters or places.sections:
        gains += SECTION_NAMED * corpus.headings.where(places.in_section)
    if fields.about:
        gains += FRONT_WANTED * corpus.roles.where(lambda role: role == "abstract")
    elif fields:
        first = (corpus.pages != NO_PAGE) & (corpus.pages <= FRONT_PAGES)
        gains += FRONT_WANTED * (first | corpus.roles.where(lambda role: role in FRONT))
    return gains


def candidates(near: Ints, keyword: Floats, place: Floats, allowed: Mask, top_k: int) -> Ints:
    """Positions worth a full score: near, best by keyword, or where the question says to look."""
    most = max(MATCHES, top_k)
    found = np.concatenate([near, best_of(keyword, allowed, most), best_of(place, allowed, most)])
    chosen: Ints = np.unique(found[allowed[found]]).astype(np.int64)
    return chosen


def best_of(gains: Floats, allowed: Mask, most: int) -> Ints:
    """Positions of the highest gains above 0."""
    gaining = np.flatnonzero((gains > 0) & allowed)
    best: Ints = gaining[np.argsort(-gains[gaining], kind="stable")[:most]]
    return best


def without_copies(found: Sequence[ScoredPassage]) -> list[ScoredPassage]:
    """Near copies of a better passage of the same document go to the end."""
    kept: list[tuple[str, frozenset[str]]] = []
    first: list[ScoredPassage] = []
    back: list[ScoredPassage] = []
    for item in found:
        document, said = item.passage.document, frozenset(words(item.passage.text))
        if any(document == other and repeats(said, before) for other, before in kept):
            back.append(item)
        else:
            first.append(item)
            kept.append((document, said))
    return first + back


def repeats(said: frozenset[str], before: frozenset[str]) -> bool:
    """Whether two passages have nearly the same words."""
    if min(len(said), len(before)) < SAME_WORDS * max(len(said), len(before)):
        return False
    return len(said & before) >= SAME_WORDS * len(said | before)
