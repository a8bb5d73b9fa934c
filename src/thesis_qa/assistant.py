"""Ask a question, get an answer made of quotes."""

import time
from collections.abc import Iterator, Sequence

from thesis_qa.answer import asked, confidence, find_evidence, likely, select
from thesis_qa.answer.confidence import signals
from thesis_qa.cite import cite
from thesis_qa.index import Index
from thesis_qa.question import understand
from thesis_qa.retrieve import checked_question
from thesis_qa.schema import Answer, Citation, Language

CANDIDATES = 12  # passages whose sentences are weighed
NEAREST = 3  # passages shown when nothing answers

ANSWERED = {
    "id": "Dalam kata-kata dokumennya sendiri:",
    "en": "In the document's own words:",
}
DECLINED = {
    "id": "Dokumen tidak menyatakan hal ini. Bagian yang paling dekat ditunjukkan di bawah.",
    "en": "The documents do not say. The nearest passages are shown below.",
}


class Assistant:
    """Answers questions from an index, by quotation."""

    def __init__(self, index: Index) -> None:
        self.index = index

    def ask(
        self,
        question: str,
        history: Sequence[tuple[str, str]] = (),
        documents: Sequence[str] | None = None,
        top_k: int = 5,
    ) -> Answer:
        """The answer to `question`. Raises QuestionError for one that can't be asked."""
        *_, answer = self.stream(question, history, documents, top_k)
        return answer

    def stream(
        self,
        question: str,
        history: Sequence[tuple[str, str]] = (),
        documents: Sequence[str] | None = None,
        top_k: int = 5,
    ) -> Iterator[Answer]:
        """Growing answers: the last one is whole."""
        started = time.perf_counter()
        question = checked_question(question)
        passages = self.index.search(question, max(top_k, CANDIDATES), documents=documents)
        retrieved = time.perf_counter()
        vector = self.index.embedding.query_vector(question)
        query = understand(question)
        about = asked(self.index.catalog, self.index.retriever.fitted, query, vector)
        evidence = find_evidence(about, passages)
        probability = confidence(signals(about, evidence))
        answered = probability >= likely()
        nearest = cite(self.index.catalog, select(self.index.catalog, query, evidence))
        language = query.language
        ended = time.perf_counter()
        yield Answer(
            question=question,
            language=language,
            answered=answered,
            confidence=round(probability, 4),
            text=_text(nearest, language) if answered else DECLINED[language or "en"],
            citations=nearest if answered else (),
            passages=tuple(passages[:top_k]),
            model="quotes",
            timings={
                "retrieve": round(retrieved - started, 4),
                "answer": round(ended - retrieved, 4),
                "total": round(ended - started, 4),
            },
            nearest=nearest,
        )


def _text(citations: Sequence[Citation], language: Language | None) -> str:
    quotes = (f"“{c.quote}” [{c.number}]" for c in citations)
    return "\n\n".join([ANSWERED[language or "en"], *quotes])
