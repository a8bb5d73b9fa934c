"""Ask a question, get an answer made of quotes."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from thesis_qa.answer.cite import cite
from thesis_qa.answer.compose import answer_text, refusal_text, silence
from thesis_qa.answer.find import Finder, Found
from thesis_qa.answer.phrases import phrases
from thesis_qa.answer.standing import KIN, asks_standing
from thesis_qa.answer.under_headings import zone
from thesis_qa.errors import SettingError
from thesis_qa.library import Index
from thesis_qa.question.follow_up import Resolved, resolve
from thesis_qa.question.query import Query, understand
from thesis_qa.retrieve.retriever import checked_question
from thesis_qa.types import Answer, Citation, Language, Passage, Translation
from thesis_qa.write import LanguageModel, Writing

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

MAX_TITLE = 60  # characters of a heading that can be asked about


class Assistant:
    """Answers questions from an index, by quotation; a language model may word the answer."""

    def __init__(
        self, index: Index, llm: "str | BaseChatModel | LanguageModel | None" = None
    ) -> None:
        """`llm` is a spec like "ollama:qwen3:4b", or a chat model of LangChain's.

        Raises SettingError for a spec that names no provider and model.
        """
        self.index = index
        self._finder = Finder(index)
        self.writing = Writing(index, llm) if llm is not None else None

    def ask(
        self,
        question: str,
        history: Sequence[tuple[str, str]] = (),
        documents: Sequence[str] | None = None,
        top_k: int = 5,
    ) -> Answer:
        """The answer to `question`. Raises QuestionError for one that can't be asked.

        `history` holds the questions and answers before it, oldest first; `top_k` is the number of
        passages returned beside the answer.
        """
        *_, answer = self.stream(question, history, documents, top_k)
        return answer

    def stream(
        self,
        question: str,
        history: Sequence[tuple[str, str]] = (),
        documents: Sequence[str] | None = None,
        top_k: int = 5,
        language: Language | None = None,
    ) -> Iterator[Answer]:
        """Growing answers: each holds one statement more, the last one is whole.

        `language` is spoken where the question doesn't tell which: "GraphRAG?".
        """
        started = time.perf_counter()
        question = checked_question(question)
        resolved = self._resolved(question, history)
        query = understand(checked_question(resolved.question))
        query = replace(query, language=query.language or language)
        said = history[-1][1] if resolved.more and history else ""
        passages, found = self._finder.find(query, documents, top_k, said)
        retrieved = time.perf_counter()
        citations = cite(self.index.catalog, found.shown)
        answer = self._answer(question, resolved, query, found, citations, passages)
        if found.answers:
            for count in range(1, len(citations)):
                text = answer_text(query.language, found.shown[:count], citations[:count])
                yield replace(answer, text=text, citations=citations[:count])
        else:
            yield self._declined(answer, found, documents)
            suggestion = self._suggestion(query, found, documents)
            answer = self._declined(answer, found, documents, suggestion)
        ended = time.perf_counter()
        timings = {"retrieve": retrieved - started, "answer": ended - retrieved}
        timings["total"] = ended - started
        answer = replace(answer, timings={name: round(s, 4) for name, s in timings.items()})
        if self.writing and found.plain:
            yield from self.writing.worded(answer, silence(query.language, found.silent))
        else:
            yield answer

    def translate(self, citation: Citation, language: Language) -> Translation:
        """A quote in `language`, by the language model.

        Raises SettingError where none is set.
        """
        if self.writing is None:
            raise SettingError("Translating needs a language model", "Set one: --llm SPEC")
        c = citation
        return self.writing.translated(c.quote, c.language, language, c.number)

    def _resolved(self, question: str, history: Sequence[tuple[str, str]]) -> Resolved:
        """What a follow-up asks, as the language model words it, or else by rules."""
        by_rules = resolve(question, history)
        if self.writing is None or by_rules.more:
            return by_rules
        reworded = self.writing.reworded(question, history)
        return Resolved(reworded, follows=reworded != question) if reworded else by_rules

    def can_answer(self, question: str, documents: Sequence[str] | None = None) -> bool:
        """Whether `ask` would answer `question`, without putting the answer together."""
        query = understand(checked_question(question))
        return self._finder.find(query, documents, 1)[1].answers

    # The answer

    def _answer(
        self,
        question: str,
        resolved: Resolved,
        query: Query,
        found: Found,
        citations: tuple[Citation, ...],
        passages: tuple[Passage, ...],
    ) -> Answer:
        text = answer_text(query.language, found.shown, citations, found.silent)
        return Answer(
            question=question,
            language=query.language,
            answered=found.answers,
            confidence=round(found.probability, 4),
            text=text if found.answers else "",
            citations=citations if found.answers else (),
            passages=passages,
            model="quotes",
            timings={},
            nearest=citations if found.answers else _unmarked(citations),
            resolved_question=resolved.question if resolved.follows else None,
            missing=() if found.answers else found.missing,
            kind="answer" if found.answers else "decline",
        )

    def _declined(
        self,
        answer: Answer,
        found: Found,
        documents: Sequence[str] | None,
        suggestion: str | None = None,
    ) -> Answer:
        names = list(documents or self.index.catalog.names())
        catalog = self.index.catalog
        chosen = [catalog.document(name).passages for name in documents or ()]
        text = refusal_text(
            answer.language,
            passages=sum(chosen) if documents else catalog.count_passages(),
            documents=len(names),
            title=self._finder.title(names[0]) if len(names) == 1 else "",
            missing=found.missing,
            nearest=answer.nearest,
            suggestion=suggestion,
        )
        return replace(answer, text=text, suggestion=suggestion)

    def _suggestion(
        self, query: Query, found: Found, documents: Sequence[str] | None
    ) -> str | None:
        """A question near to this one that can be answered; tried before it is offered."""
        say = phrases(query.language)
        offers = [say.topics[kin] for t in asks_standing(query)[:1] for kin in KIN.get(t.name, ())]
        nearest = [s.evidence.passage for s in found.shown[:1]]
        sections = [p.section.split(" › ")[-1] for p in nearest if zone(p) != "abstract"]
        offers += [say.section.format(section=n) for n in sections if 0 < len(n) <= MAX_TITLE]
        tried = (offer for offer in (*offers, say.what_about) if self.can_answer(offer, documents))
        return next(tried, None)


def _unmarked(nearest: Sequence[Citation]) -> tuple[Citation, ...]:
    """Quotes that are near but don't answer: no words in them are the answer."""
    return tuple(replace(citation, answer=None) for citation in nearest)
