"""Rank passages for a question, within and across languages, in one list."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from thesis_qa.catalog import Catalog
from thesis_qa.errors import QuestionError
from thesis_qa.language import STOP_WORDS, words
from thesis_qa.schema import Language, Passage
from thesis_qa.vectors import VectorSearch

if TYPE_CHECKING:
    from thesis_qa.embed import Embedding

MAX_QUESTION = 2000
MAX_TOP_K = 200


class Retriever:
    """Search over one index."""

    def __init__(self, catalog: Catalog, vectors: VectorSearch, embedding: "Embedding") -> None:
        self._catalog = catalog
        self._vectors = vectors
        self._embedding = embedding

    def search(
        self,
        question: str,
        top_k: int = 5,
        *,
        documents: Sequence[str] | None = None,
        section: str | None = None,
        language: Language | None = None,
    ) -> list[Passage]:
        question = checked_question(question)
        if not 1 <= top_k <= MAX_TOP_K:
            raise QuestionError(f"top_k is {top_k}", f"Choose 1 to {MAX_TOP_K}")
        vector = self._embedding.query_vector(question)
        best: dict[int, float] = {}
        for tongue in (language,) if language else ("id", "en", ""):
            for n in self._vectors.nearest(
                vector, top_k * 20, documents=documents, language=tongue
            ):
                best[n.passage] = max(best.get(n.passage, -1.0), n.cosine)
        terms = [w for w in words(question) if w not in STOP_WORDS["id"] | STOP_WORDS["en"]]
        keyword = self._catalog.keyword_search(terms, top_k * 4, documents)
        top = keyword[0][1] if keyword else 1.0
        for row, score in keyword:
            if row in best:
                best[row] += 0.05 * score / top
        rows = sorted(best, key=lambda row: (-best[row], row))[: top_k * 4]
        found = self._catalog.passages(rows)
        wanted = [
            replace(found[row], score=best[row])
            for row in rows
            if row in found and (not section or section.casefold() in found[row].section.casefold())
        ]
        return [replace(p, rank=rank) for rank, p in enumerate(wanted[:top_k], start=1)]


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
