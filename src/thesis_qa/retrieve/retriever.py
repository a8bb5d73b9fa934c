"""Rank passages for a question, within and across languages, in one list."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from thesis_qa.errors import IndexStateError, QuestionError
from thesis_qa.index.catalog import Catalog
from thesis_qa.index.vectors import VectorSearch
from thesis_qa.lang.glossary import readings
from thesis_qa.lang.language import CHAT, STOP_WORDS, language_of, stem, words
from thesis_qa.model.rerank import Reranker
from thesis_qa.question.hints import Hints, at_front, hints, in_section, on_page
from thesis_qa.retrieve.corpus import (
    Corpus,
    Mask,
    UnitVectors,
    read_corpus,
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
from thesis_qa.types import Kind, Language, Passage

if TYPE_CHECKING:
    from thesis_qa.model.encoder import Embedding

MAX_QUESTION = 2000
MAX_TOP_K = 200

ATTEMPTS = 20  # of a search while documents come and go; each takes less than a change
FITTED_MODEL = "multilingual-e5-small"  # whose numbers are shipped; others are measured
EXACT = 3000  # passages up to which a narrowed search compares every one
UNITS = 150  # nearest passages and sentences looked at in each language; more for a larger top_k
MATCHES = 100  # best keyword matches looked at besides
RERANKED = 30  # passages the reranker reads

PAGE_NAMED = 6.0  # logits; the best passages on a subject lie within about three of each other
SECTION_NAMED = 3.0
FRONT_WANTED = 4.0
NOTHING_STATED: dict[Kind, float] = {"heading": -3.0, "references": -3.0, "contents": -6.0}
"""Passages that name a subject and say nothing about it."""

SAME_WORDS = 0.9  # share of words two passages have in common from which one adds nothing
SPARE = 10  # passages fetched beyond top_k, to fill the places of near copies


@dataclass(frozen=True, slots=True)
class Ranked:
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
    """Search over one index."""

    def __init__(
        self,
        catalog: Catalog,
        vectors: VectorSearch,
        embedding: "Embedding",
        reranker: Reranker | None = None,
    ) -> None:
        self._catalog = catalog
        self._vectors = vectors
        self._embedding = embedding
        self._reranker = reranker
        self._corpus: Corpus | None = None
        self._narrowed: tuple[object, UnitVectors] | None = None

    def search(
        self,
        question: str,
        top_k: int = 5,
        *,
        documents: Sequence[str] | None = None,
        section: str | None = None,
        language: Language | None = None,
    ) -> list[Passage]:
        """The `top_k` best passages; see `ranked`."""
        found = self.ranked(
            question, top_k, documents=documents, section=section, language=language
        )
        return [item.passage for item in found]

    def ranked(
        self,
        question: str,
        top_k: int = 5,
        *,
        documents: Sequence[str] | None = None,
        section: str | None = None,
        language: Language | None = None,
    ) -> list[Ranked]:
        """The `top_k` best passages with how their scores came about, best first.

        Raises QuestionError for a question or a `top_k` that can't be asked.
        """
        question = checked_question(question)
        if not 1 <= top_k <= MAX_TOP_K:
            raise QuestionError(f"top_k is {top_k}", f"Choose 1 to {MAX_TOP_K}")
        for _ in range(ATTEMPTS):
            corpus = self._read()
            allowed = corpus.mask(documents, section, language)
            if not allowed.any():
                return []
            found = self._rank(spelt_out(question), top_k, corpus, allowed, documents)
            if found is not None:
                return found
        raise IndexStateError("The index keeps changing while it is searched", "Ask again")

    def _rank(
        self,
        question: str,
        top_k: int,
        corpus: Corpus,
        allowed: Mask,
        documents: Sequence[str] | None,
    ) -> list[Ranked] | None:
        """None if documents came or went meanwhile: what was read doesn't fit together then."""
        vector = self._embedding.query_vector(question)
        asked_in = language_of(question)
        keyword = self._keyword_scores(question, asked_in, corpus, allowed)
        place = places(hints(question), corpus)
        if (narrowed := int(allowed.sum())) <= EXACT and narrowed < len(corpus):
            chosen = np.flatnonzero(allowed)
        else:
            near = self._near(vector, top_k, corpus, documents)
            chosen = candidates(near, keyword, place, allowed, top_k)
        units = self._unit_vectors(corpus, chosen)
        if self._catalog.generation != corpus.generation:
            return None
        languages = corpus.languages[chosen]
        w = self.fitted.weights
        parts = np.stack(
            [
                dense_scores(
                    vector, units.passages, units.sentences, units.owners, languages, self.fitted
                ),
                w.keyword * keyword[chosen],
                w.same_language * same_language(asked_in, languages),
                place[chosen],
            ]
        )
        return self._selected(question, top_k, corpus.rows[chosen], parts)

    def _read(self) -> Corpus:
        corpus = self._corpus  # another thread may replace it
        if corpus is None or corpus.generation != self._catalog.generation:
            self._corpus = corpus = read_corpus(self._catalog)
        return corpus

    @cached_property
    def fitted(self) -> Ranking:
        """The numbers that fit the embedding model of this index."""
        if self._embedding.name.startswith(FITTED_MODEL):
            return ranking()
        return fitted_to(sample_vectors(self._catalog))

    def _keyword_scores(
        self, question: str, asked_in: Language | None, corpus: Corpus, allowed: Mask
    ) -> Floats:
        asked = search_words(question)
        read = {
            code: [readings(word, asked_in, language) for word in asked]
            for code, language in enumerate(LANGUAGES)
        }
        terms = sorted({term for group in read.values() for word in group for term in word})
        postings = read_postings(self._catalog, terms, corpus)
        return keyword_scores(read, postings, corpus.lengths, corpus.languages, allowed)

    def _near(
        self, vector: Floats, top_k: int, corpus: Corpus, documents: Sequence[str] | None
    ) -> Ints:
        """Positions of the passages that are, or hold, the nearest units in each language."""
        limit = max(UNITS, 4 * top_k)
        found = {
            neighbour.passage
            for language in LANGUAGES
            for neighbour in self._vectors.nearest(
                vector, limit, documents=documents, language=language or ""
            )
        }
        known = np.intersect1d(np.array(sorted(found), np.int64), corpus.rows)
        return corpus.places(known)

    def _unit_vectors(self, corpus: Corpus, chosen: Ints) -> UnitVectors:
        """Vectors of the passages at `chosen`; those of the last narrowed search are kept."""
        key = (corpus.generation, chosen.tobytes())
        kept = self._narrowed  # another thread may replace it
        if kept is None or kept[0] != key:
            kept = key, read_vectors(self._catalog, corpus.rows[chosen].tolist())
            self._narrowed = kept
        return kept[1]

    def _selected(self, question: str, top_k: int, rows: Ints, parts: Floats) -> list[Ranked]:
        """The best of `rows`; `parts` has shape (4, n): dense, keyword, language, place."""
        total = parts.sum(axis=0)
        order = np.lexsort((rows, -total))[: max(top_k + SPARE, RERANKED if self._reranker else 0)]
        passages = self._catalog.passages(rows[order].tolist())
        found = [
            Ranked(replace(passages[int(rows[i])], score=float(total[i])), *parts[:, i].tolist())
            for i in order
            if int(rows[i]) in passages
        ]
        found = without_copies(self._reranked(question, found))[:top_k]
        return [
            replace(item, passage=replace(item.passage, rank=rank))
            for rank, item in enumerate(found, start=1)
        ]

    def _reranked(self, question: str, found: list[Ranked]) -> list[Ranked]:
        if self._reranker is None:
            return found
        head, rest = found[:RERANKED], found[RERANKED:]
        scores = self._reranker.scores(question, [item.passage.text for item in head])
        read = [replace(item, reranked=float(s)) for item, s in zip(head, scores, strict=True)]
        return sorted(read, key=lambda item: -(item.reranked or 0.0)) + rest


def checked_question(question: str) -> str:
    """The question, white space folded. Raises QuestionError if it can't be asked."""
    question = " ".join(question.replace("\0", " ").split())
    if not any(c.isalnum() for c in question):
        raise QuestionError("The question is empty", "Ask in words, in Indonesian or English")
    if len(question) > MAX_QUESTION:
        raise QuestionError(
            f"The question has {len(question):,} characters; at most {MAX_QUESTION:,} are read",
            "Ask one thing at a time",
        )
    return question


def spelt_out(question: str) -> str:
    """An Indonesian question with its chat spellings written out: "gmn" as "bagaimana"."""
    if language_of(question) != "id":
        return question
    return " ".join(CHAT.get(word.lower(), word) for word in question.split())


def search_words(question: str) -> list[str]:
    """Stems to look for, once each; function words only where there is nothing else."""
    found = list(dict.fromkeys(words(question)))
    telling = [word for word in found if word not in STOP_WORDS["id"] | STOP_WORDS["en"]]
    return list(dict.fromkeys(stem(word) for word in telling or found))


def places(found: Hints, corpus: Corpus) -> Floats:
    """What each passage gains by lying where the question says to look, or loses by its kind."""
    gains = np.array([NOTHING_STATED.get(kind, 0.0) for kind in corpus.kinds], np.float32)
    if found:
        for i, (number, label, section) in enumerate(
            zip(corpus.pages, corpus.labels, corpus.sections, strict=True)
        ):
            gains[i] += (
                PAGE_NAMED * on_page(found, number, label)
                + SECTION_NAMED * in_section(found, section)
                + FRONT_WANTED * at_front(found, number, section)
            )
    return gains


def candidates(near: Ints, keyword: Floats, place: Floats, allowed: Mask, top_k: int) -> Ints:
    """Positions worth a full score: near, best by keyword, or where the question says to look."""
    most = max(MATCHES, top_k)
    matching = np.argsort(-np.where(allowed, keyword, 0.0), kind="stable")[:most]
    named = np.argsort(-np.where(allowed, place, 0.0), kind="stable")[:most]
    found = np.concatenate([near, matching[keyword[matching] > 0], named[place[named] > 0]])
    chosen: Ints = np.unique(found[allowed[found]]).astype(np.int64)
    return chosen


def without_copies(found: Sequence[Ranked]) -> list[Ranked]:
    """Near copies of a better passage of the same document go to the end."""
    kept: list[tuple[str, frozenset[str]]] = []
    first: list[Ranked] = []
    back: list[Ranked] = []
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


def by_document(passages: Iterable[Passage]) -> dict[str, list[Passage]]:
    """Passages grouped by thesis, the thesis of the best passage first."""
    groups: dict[str, list[Passage]] = {}
    for passage in sorted(passages, key=lambda p: p.rank):
        groups.setdefault(passage.document, []).append(passage)
    return groups
