"""Ask a question, get an answer made of quotes."""

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from thesis_qa.answer.about import STATED, UNSTATED, Asks, answer_about, asks_about_document
from thesis_qa.answer.compose import answer_text, refusal_text, silence
from thesis_qa.answer.confidence import confidence, likely, signals
from thesis_qa.answer.evidence import Asked, Evidence, asked, find_evidence, terms_held
from thesis_qa.answer.followup import Resolved, resolve
from thesis_qa.answer.phrases import phrases
from thesis_qa.answer.reading import read_again
from thesis_qa.answer.select import Shown, introduces, select
from thesis_qa.answer.standing import KIN, answer_standing, asks_standing, zone
from thesis_qa.cite import cite
from thesis_qa.errors import SettingError
from thesis_qa.index import Index
from thesis_qa.question import Query, first_of_two, holds, understand
from thesis_qa.retrieve import checked_question
from thesis_qa.schema import Answer, Citation, Language, Passage, Translation
from thesis_qa.topics import Topic
from thesis_qa.write import LanguageModel, Writing

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

    from thesis_qa.reader import Reader

CANDIDATES = 12  # passages whose sentences are weighed
MAX_DOCUMENTS = 8  # that are answered for one by one
MAX_CITATIONS = 8
DOUBTED = 0.5  # probability below which a sentence is no answer to a standing question

_EACH = re.compile(
    r"\b(?:masing-masing|setiap|tiap|semua|seluruh|kedua|ketiga|antar|beberapa)(?:-tiap)? "
    r"(?:skripsi|tesis|disertasi|dokumen|penelitian|karya)\b|\b(?:skripsi|tesis|dokumen|penelitian)"
    r" (?:mana|apa) (?:saja|yang)\b"
    r"|\b(?:each|every|all|both|which|compare)(?: of)?(?: the)?"
    r" (?:thes[ie]s|documents?|papers?|stud(?:y|ies)|dissertations?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Found:
    """What the documents hold for one question."""

    probability: float
    shown: tuple[Shown, ...]  # the best evidence, also where it is too weak
    answers: bool = False
    silent: tuple[str, ...] = ()  # titles of theses that say nothing
    missing: tuple[str, ...] = ()  # words of the question that none of the passages holds

    @property
    def plain(self) -> bool:
        """Whether statements are all there is: no fields of a title page, no contradiction."""
        return self.answers and not any(s.label or s.contradicts for s in self.shown)


class Assistant:
    """Answers questions from an index, by quotation; a language model may word the answer."""

    def __init__(
        self, index: Index, llm: "str | BaseChatModel | LanguageModel | None" = None
    ) -> None:
        """`llm` is a spec like "ollama:qwen3:4b", or a chat model of LangChain's.

        Raises SettingError for a spec that names no provider and model.
        """
        self.index = index
        self.writing = Writing(index, llm) if llm is not None else None

    @cached_property
    def _reader(self) -> "Reader | None":
        from thesis_qa.reader import open_reader

        return open_reader(self.index.rerank, self.index.embedding)

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
    ) -> Iterator[Answer]:
        """Growing answers: each holds one statement more, the last one is whole."""
        started = time.perf_counter()
        question = checked_question(question)
        resolved = self._resolved(question, history)
        query = understand(checked_question(resolved.question))
        said = history[-1][1] if resolved.more and history else ""
        passages, found = self._find(query, documents, top_k, said)
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
        return self._find(query, documents, 1)[1].answers

    # What the documents say

    def _find(
        self, query: Query, documents: Sequence[str] | None, top_k: int, said: str = ""
    ) -> tuple[tuple[Passage, ...], _Found]:
        """The passages found, and what answers among them; `said` was answered before."""
        self.index.check_documents(documents)
        passages = self.index.search(query.text, max(top_k, CANDIDATES), documents=documents)
        found = self._found(query, documents, passages, said)
        if not said and (first := first_of_two(query.text)):
            passages_of_first = self.index.search(first, CANDIDATES, documents=documents)
            alone = self._found(understand(first), documents, passages_of_first)
            found = _joined(found, alone)
        return tuple(passages[:top_k]), found

    def _found(
        self,
        query: Query,
        documents: Sequence[str] | None,
        passages: Sequence[Passage],
        said: str = "",
    ) -> _Found:
        """What answers: a page that states it, a heading that announces it, or a sentence."""
        names = list(documents or self.index.catalog.names())
        apart = len(names) > 1 and bool(documents is not None or _EACH.search(query.text))
        if asks := asks_about_document(query):
            return self._stated(query, asks, names)
        if not said and len(names) <= MAX_DOCUMENTS and (topics := asks_standing(query)):
            found = self._standing(self._asked(query), topics, names)
            if not found.answers:
                found = _doubted(self._evident(query, names, passages, said, apart))
            return found
        return self._evident(query, names, passages, said, apart)

    def _evident(
        self,
        query: Query,
        names: Sequence[str],
        passages: Sequence[Passage],
        said: str,
        apart: bool,
    ) -> _Found:
        """What sentences answer; thesis by thesis where they are asked `apart`."""
        question = self._asked(query)
        if apart and len(names) <= MAX_DOCUMENTS:
            found = self._by_document(question, names)
            if found.answers:
                return found
        return self._weighed(question, passages, said)

    def _asked(self, query: Query) -> Asked:
        vector = self.index.embedding.query_vector(query.text)
        return asked(self.index.catalog, self.index.retriever.fitted, query, vector)

    def _weighed(self, question: Asked, passages: Sequence[Passage], said: str = "") -> _Found:
        evidence = [e for e in find_evidence(question, passages) if e.sentence.text not in said]
        if not evidence:
            return _Found(0.0, ())
        if self._reader:
            evidence = read_again(self._reader, question, evidence)
        seen = signals(question, evidence)
        shown = select(self.index.catalog, question.query, evidence)
        missing = _missing(question, evidence)
        if question.query.figure and not any(_has_figure(question.query, s) for s in shown):
            return _Found(min(confidence(seen), UNSTATED), tuple(shown), missing=missing)
        return _Found(confidence(seen), tuple(shown), likely(seen), missing=missing)

    def _by_document(self, question: Asked, names: Sequence[str]) -> _Found:
        """The best answer of each document; the most confident first."""
        found: dict[str, _Found] = {}
        for name in names:
            passages = self.index.search(question.query.text, CANDIDATES, documents=[name])
            found[name] = self._weighed(question, passages)
        stating = sorted((f for f in found.values() if f.answers), key=lambda f: -f.probability)
        if not stating:
            return _Found(max((f.probability for f in found.values()), default=0.0), ())
        share = max(1, MAX_CITATIONS // len(stating))
        shown = tuple(s for f in stating for s in f.shown[:share])[:MAX_CITATIONS]
        silent = tuple(self._title(name) for name, f in found.items() if not f.answers)
        return _Found(stating[0].probability, shown, True, silent)

    def _stated(self, query: Query, asks: Asks, names: Sequence[str]) -> _Found:
        """What title, approval and abstract pages state."""
        stated = {
            name: answer_about(self.index.catalog, query, asks, name)
            for name in names[:MAX_DOCUMENTS]
        }
        return self._by_thesis(stated)

    def _by_thesis(self, stated: Mapping[str, Sequence[Shown]]) -> _Found:
        """What theses state, an equal share of each, and which of them are silent."""
        silent = tuple(self._title(name) for name, shown in stated.items() if not shown)
        if len(silent) == len(stated):
            return _Found(UNSTATED, ())
        share = max(1, MAX_CITATIONS // (len(stated) - len(silent)))
        shown = tuple(s for several in stated.values() for s in several[:share])[:MAX_CITATIONS]
        return _Found(STATED, shown, True, silent)

    def _standing(self, question: Asked, topics: Sequence[Topic], names: Sequence[str]) -> _Found:
        """What theses state under the headings and in the phrases for topics."""
        stated = {name: answer_standing(question, topics, name) for name in names}
        return self._by_thesis(stated)

    def _title(self, name: str) -> str:
        return self.index.catalog.document(name).metadata.title or name

    # The answer

    def _answer(
        self,
        question: str,
        resolved: Resolved,
        query: Query,
        found: _Found,
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
        )

    def _declined(
        self,
        answer: Answer,
        found: _Found,
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
            title=self._title(names[0]) if len(names) == 1 else "",
            missing=found.missing,
            nearest=answer.nearest,
            suggestion=suggestion,
        )
        return replace(answer, text=text, suggestion=suggestion)

    def _suggestion(
        self, query: Query, found: _Found, documents: Sequence[str] | None
    ) -> str | None:
        """A question near to this one that can be answered; tried before it is offered."""
        say = phrases(query.language)
        offers = [say.topics[kin] for t in asks_standing(query)[:1] for kin in KIN.get(t.name, ())]
        nearest = [s.evidence.passage for s in found.shown[:1]]
        sections = [p.section.split(" › ")[-1] for p in nearest if zone(p) != "abstract"]
        offers += [say.section.format(section=name) for name in sections if name]
        tried = (offer for offer in (*offers, say.what_about) if self.can_answer(offer, documents))
        return next(tried, None)


def _doubted(found: _Found) -> _Found:
    """What was found for a topic that no heading or phrase announces: rather not an answer."""
    return found if found.probability >= DOUBTED else replace(found, answers=False)


def _joined(whole: _Found, first: _Found) -> _Found:
    """What is found for a question that asks two things, and for the first of them by itself.

    Whoever asks two things at once is understood worse than who asks one.
    """
    best, other = sorted((whole, first), key=lambda f: (f.answers, f.probability), reverse=True)
    if not other.answers:
        return best
    known = [s.evidence.sentence for s in best.shown]
    more = [s for s in other.shown if s.evidence.sentence not in known]
    if more and introduces(more[-1].evidence.sentence):  # its list is known already
        more.pop()
    return replace(best, shown=(*best.shown, *more)[:MAX_CITATIONS])


def _has_figure(query: Query, shown: Shown) -> bool:
    """Whether a statement holds the number or the time that is asked for."""
    return holds(f"{shown.context or ''} {shown.evidence.sentence.text}", query.expected)


def _unmarked(nearest: Sequence[Citation]) -> tuple[Citation, ...]:
    """Quotes that are near but don't answer: no words in them are the answer."""
    return tuple(replace(citation, answer=None) for citation in nearest)


def _missing(question: Asked, evidence: Sequence[Evidence]) -> tuple[str, ...]:
    """Words of the question that none of the passages weighed holds, as they were asked."""
    passages = {e.passage.passage_id: e.passage for e in evidence}.values()
    held = [terms_held(question, f"{p.section} {p.text}", p.language) for p in passages]
    return tuple(word for term, word in question.query.terms if not any(h[term] for h in held))
