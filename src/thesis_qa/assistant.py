"""Ask a question, get an answer made of quotes."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from thesis_qa.address import addressed
from thesis_qa.answer.again import by_repeating, quoted_theses
from thesis_qa.answer.asked_places import by_places
from thesis_qa.answer.card import ThesisTable, comparing
from thesis_qa.answer.cite import cite
from thesis_qa.answer.collection import by_collection, thesis_about
from thesis_qa.answer.compose import answer_text, refusal_text, silence
from thesis_qa.answer.found import MAX_CITATIONS, UNSTATED, Found, Library, Shown, Strategy
from thesis_qa.answer.likeliest import meant
from thesis_qa.answer.lists import introduces
from thesis_qa.answer.metadata import by_metadata
from thesis_qa.answer.passages import best_first, by_passages, on_subject
from thesis_qa.answer.suggest import SECONDS, about_section, near_topics, next_questions
from thesis_qa.answer.talk import by_talk
from thesis_qa.answer.under_headings import by_headings
from thesis_qa.errors import SettingError
from thesis_qa.lang.data import cue, text, word_set
from thesis_qa.lang.words import stop_words, words
from thesis_qa.library import Index
from thesis_qa.question.conversation import Conversation, Resolved
from thesis_qa.question.expects import holds_expected
from thesis_qa.question.fields import AskedFields
from thesis_qa.question.follow_up import read_conversation, resolve
from thesis_qa.question.meanings import with_meanings
from thesis_qa.question.read import (
    Question,
    checked_question,
    read_question,
    spoken_language,
)
from thesis_qa.question.theses import ThesisNames
from thesis_qa.types import Answer, Citation, Language, Passage, Translation
from thesis_qa.write import LanguageModel, Writing

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessage
    from langchain_core.runnables import Runnable

STRATEGIES: tuple[Strategy, ...] = (
    by_talk, by_repeating, by_collection, by_places, by_metadata, by_headings, by_passages,
)  # fmt: skip
"""Tried in this order; the first that has anything to say to a question has the last word."""


SHORT = 2  # words that don't change the language of a conversation: "ok thanks"
NEAR = 0.2  # probability from which what doesn't answer is near, whatever words it has
NEARLY_ALL, FEW = 0.75, 0.5  # shares of a question's words: one of four may be spelt otherwise


class Assistant:
    """Answers questions from an index, by quotation; a language model may read and answer."""

    def __init__(
        self, index: Index, llm: "str | BaseChatModel | LanguageModel | None" = None
    ) -> None:
        """`llm` is a spec like "ollama:qwen3:4b", or a chat model of LangChain's.

        Raises SettingError for a spec that names no provider and model.
        """
        self.index = index
        self._whole: dict[tuple[int, str], list[Passage]] = {}  # theses, read whole
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
        for answer in self._growing(question, history, documents, top_k, language):
            yield addressed(answer, self.index.public_url)

    def _growing(
        self,
        question: str,
        history: Sequence[tuple[str, str]],
        documents: Sequence[str] | None,
        top_k: int,
        language: Language | None,
    ) -> Iterator[Answer]:
        started = time.perf_counter()
        asked = self._read(question, history, documents, language)
        library = Library(self.index, top_k, self._whole)
        asked, found = meant(asked, library, self._find)
        if not found.answers and (found.probability < NEAR or asked.route == "off-topic"):
            found = replace(found, shown=on_subject(asked, found.shown))
        best = best_first(found, library.passages(asked))
        retrieved = time.perf_counter()
        citations = cite(self.index.catalog, found.shown)
        answer = replace(_answer(question, asked, found, citations), passages=tuple(best[:top_k]))
        if found.answers and not found.text:
            for count in range(1, len(citations)):
                part = answer_text(asked, found, citations[:count])
                yield replace(answer, text=part, citations=citations[:count])
        elif not found.text:
            yield self._declined(answer, asked)
            answer = self._declined(answer, asked, self._suggestion(asked, found))
        answer = replace(answer, timings=_timings(started, retrieved))
        readable = found.readable or asked.parts  # half of it may stand on a title page
        if self.writing and readable and asked.route != "off-topic":
            after = silence(asked.language, found.silent)
            yield from self.writing.answered(answer, best, documents or (), after)
        else:
            yield answer

    def comparing(
        self,
        documents: Sequence[str] = (),
        topics: Sequence[str] | None = None,
        questions: Sequence[str] = (),
    ) -> Iterator[ThesisTable]:
        """These theses, or all, beside each other: a table that grows cell by cell."""
        return comparing(self.index, self.ask, documents, topics, questions)

    def compare(
        self,
        documents: Sequence[str] = (),
        topics: Sequence[str] | None = None,
        questions: Sequence[str] = (),
    ) -> ThesisTable:
        """The same, once it is whole. Raises QuestionError for what there is not."""
        *_, table = self.comparing(documents, topics, questions)
        return table

    def as_runnable(self) -> "Runnable[Any, AIMessage]":
        """This assistant in a chain of LangChain's: a question or messages in, a message out."""
        from thesis_qa.retrieve.langchain import answering

        return answering(self.ask)

    def can_answer(self, question: str, documents: Sequence[str] = ()) -> bool:
        """Whether `ask` would answer `question`, without putting the answer together."""
        asked = self.index.question(question, documents)
        return self._find(asked, Library(self.index, read=self._whole)).answers

    def next_questions(self, answer: Answer, seconds: float = SECONDS) -> tuple[str, ...]:
        """What could be asked after `answer`, each tried within `seconds`."""
        return next_questions(self.index.catalog, self.can_answer, answer, seconds)

    def translate(self, citation: Citation, language: Language) -> Translation:
        """A quote in `language`, by the language model.

        Raises SettingError where none is set.
        """
        if self.writing is None:
            raise SettingError("translating-needs-model")
        c = citation
        return self.writing.translated(c.quote, c.language, language, c.number)

    # The question

    def _read(
        self,
        question: str,
        history: Sequence[tuple[str, str]],
        documents: Sequence[str] | None,
        language: Language | None,
    ) -> Question:
        checked = checked_question(question)
        resolved = self._resolved(checked, history, documents)
        asks_back = resolved.unclear == "which_thesis"
        of_all = bool(documents) and set(self.index.catalog.names()) <= set(documents or ())
        told = () if asks_back or of_all else resolved.documents  # all by name: none is picked
        among = tuple(d for d in told if not documents or d in documents) or documents
        spoken = resolved.language or self._spoken(checked, history) or language
        asked = self.index.question(resolved.question, among or (), spoken)
        if asked.supposed and asked.fields.about and resolved.follows:  # "what follows from that?"
            asked = replace(asked, fields=AskedFields())
        return replace(
            asked,
            language=spoken or asked.language,
            resolved_from=checked if resolved.follows else None,
            repeat=resolved.repeat,
            quotes=resolved.quotes,
            choices=resolved.documents if asks_back else (),
            unclear=resolved.unclear or "",
            items=resolved.items,
            of_library=resolved.of_library,
            meanings=resolved.meanings,
            heard=resolved.heard,
            alone=resolved.alone,
            named_by=resolved.phrase or resolved.unknown,
        )

    @staticmethod
    def _spoken(question: str, history: Sequence[tuple[str, str]]) -> Language | None:
        """The language of a question; of a word or two, that of the conversation. In Indonesian
        English terms are spoken too, but not the other way round."""
        said = [text for text, _ in history if len(text.split()) > SHORT] or [t for t, _ in history]
        before = spoken_language(said[-1]) if said else None
        heard = spoken_language(question)
        if heard is None or before is None or heard == "id":
            return heard or before
        native = stop_words("id") | word_set("follow_up.joining", "id")
        terms = before == "id" and not native.isdisjoint(words(question))
        return before if terms or len(question.split()) <= SHORT else heard

    def _resolved(
        self,
        question: str,
        history: Sequence[tuple[str, str]],
        documents: Sequence[str] | None,
    ) -> Resolved:
        """What a follow-up asks, as the language model words it, or else by rules."""
        names = self.index.questions.thesis_names(documents)
        before = read_conversation(history, names, self.index.questions.intent, self._quoting)
        found = resolve(question, before, names, self.index.questions.intent)
        several = len(documents or self.index.catalog.names()) > 1  # of one none else can be meant
        if found.unknown and several:
            about = thesis_about(self.index, found.unknown, documents or ())
            both = tuple(dict.fromkeys([*found.documents, *about]))
            found = replace(found, documents=both, unclear=None if both else "no_such_thesis")
        kept = before.documents if before else ()
        if before and found.documents == kept and not found.phrase:
            found = replace(found, documents=self._still_about(found, before, names))
        if found.ambiguous:
            among = thesis_about(self.index, found.phrase, found.documents)
            found = replace(found, documents=among or found.documents)
        if self.writing is None or before is None or found.repeat:
            return with_meanings(question, found, before, self.index.questions.intent(question))
        reworded = self.writing.reworded(question, history)
        return (
            replace(found, question=reworded, follows=reworded != question) if reworded else found
        )

    def _quoting(self, quotes: Sequence[str]) -> tuple[str, ...]:
        return quoted_theses(self.index.catalog, quotes)

    def _still_about(
        self, found: Resolved, before: Conversation, names: ThesisNames
    ) -> tuple[str, ...]:
        """The theses that a conversation is about, unless a question has words that none of them
        holds, and there is another that holds them all, or nearly all where these hold few."""
        asked, catalog = self.index.question(found.question), self.index.catalog
        known = set(read_question(before.question).telling)
        telling = [term for term in asked.telling if term not in known]
        points_back = cue("follow_up.pronouns").search(found.otherwise or found.question)
        general = asked.topics or asked.fields or asked.places  # any thesis has them
        if general or points_back or not telling:
            return found.documents

        held = [catalog.holding(term) for term in telling]

        def share_held(among: Sequence[str]) -> float:
            return sum(any(n in each for n in among) for each in held) / len(held)

        here = share_held(found.documents)
        if not here and names.entitled(telling):
            return ()  # what these never mention is in another's title
        if here * len(telling) > len(telling) - 2:  # one word that they lack is no other subject
            return found.documents
        there = (share_held([n]) for n in names.documents if n not in found.documents)
        best = max(there, default=0.0)
        turned = here < best and (best == 1 or (best >= NEARLY_ALL and here <= FEW))
        return () if turned else found.documents

    # The answer

    def _find(self, question: Question, library: Library) -> Found:
        """What is found for a question, and for the parts of one that asks two things: whoever
        asks two things at once is understood worse than who asks one."""
        found = _tried(question, library)
        if question.repeat == "why" and found.answers and not any(map(_gives_reason, found.shown)):
            return replace(found, kind="decline", probability=min(found.probability, UNSTATED))
        if question.parts and not question.besides:
            first, second = (self.index.question(p, question.documents) for p in question.parts)
            found = _joined(found, _tried(first, library))
            if _of_thesis(first, second):
                found = _joined(found, _tried(second, library))
        return found

    def _declined(
        self, answer: Answer, question: Question, suggestion: str | None = None
    ) -> Answer:
        catalog, chosen = self.index.catalog, question.documents
        names = chosen or catalog.names()
        searched = sum(catalog.document(name).passages for name in chosen)
        only = catalog.document(names[0]).metadata.title or names[0] if len(names) == 1 else ""
        refusal = refusal_text(
            answer.language,
            passages=searched if chosen else catalog.count_passages(),
            documents=len(names),
            title=only,
            missing=answer.missing,
            nearest=answer.nearest,
            suggestion=suggestion,
        )
        return replace(answer, text=refusal, suggestion=suggestion)

    def _suggestion(self, question: Question, found: Found) -> str | None:
        """A question near to this one that can be answered; tried before it is offered."""
        language = question.language
        near = [s.evidence.passage for s in found.shown[:1]]
        near = [passage for passage in near if passage.language in (language, None)]
        sections = [p.headings[-1] for p in near if p.headings and p.role != "abstract"]
        offers = near_topics(question.text, language)
        offers += [offer for h in sections if (offer := about_section(h, language))]
        offers.append(text("answer.what_about", language))
        return next((o for o in offers if self.can_answer(o, question.documents)), None)


def _timings(started: float, retrieved: float) -> dict[str, float]:
    """Seconds that finding and answering took."""
    ended = time.perf_counter()
    parts = {"retrieve": retrieved - started, "answer": ended - retrieved, "total": ended - started}
    return {name: round(seconds, 4) for name, seconds in parts.items()}


def _tried(question: Question, library: Library) -> Found:
    """What the first strategy found that has anything to say to a question."""
    found = (strategy(question, library) for strategy in STRATEGIES)
    return next((each for each in found if each is not None), Found(0.0))


def _gives_reason(shown: Shown) -> bool:
    return holds_expected(shown.evidence.sentence, "reason")


def _of_thesis(first: Question, second: Question) -> bool:
    """Whether the second of two questions asks of the thesis itself, and can stand alone.

    "Who wrote it, and what was found?" does; "How was it tested, and what was found?" asks of what
    stood before.
    """
    if first.fields or second.fields:
        return True
    topics = [topic for topic in second.topics if topic.expects != "reason"]
    return bool(topics and first.topics)


def _joined(whole: Found, first: Found) -> Found:
    """What is found for a question that asks two things, and for one of them by itself."""
    best, other = sorted((whole, first), key=lambda f: (f.answers, f.probability), reverse=True)
    if not other.answers:
        return best
    known = [s.evidence.sentence for s in best.shown]
    more = [s for s in other.shown if s.evidence.sentence not in known]
    if more and introduces(more[-1].evidence.sentence):  # its list is known already
        more.pop()
    return replace(best, shown=(*best.shown, *more)[:MAX_CITATIONS])


def _answer(
    asked_as: str, question: Question, found: Found, citations: tuple[Citation, ...]
) -> Answer:
    said = answer_text(question, found, citations) if found.shown else ""
    plain = found.kind in ("talk", "clarify")
    unmarked = tuple(replace(citation, answer=None) for citation in citations)
    return Answer(
        question=checked_question(asked_as),
        language=question.language,
        answered=found.answers,
        confidence=round(found.probability, 4),
        text=found.text or (said if found.answers else ""),
        citations=citations if found.answers else (),
        passages=(),
        model="quotes",
        timings={},
        nearest=() if plain else citations if found.answers else unmarked,  # those don't answer
        resolved_question=question.text if question.resolved_from else None,
        missing=() if found.answers else found.missing,
        kind=found.kind,
        route=found.route or question.route,
        documents=found.documents or question.documents,
    )
