"""Find what the documents hold for a question, and whether it answers.

Tried in this order: what title, approval and abstract pages state; what stands under the headings
that a standing question asks for, or that any question names; sentences, weighed and read.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from thesis_qa.answer.about import STATED, UNSTATED, Asks, answer_about, asks_about_document
from thesis_qa.answer.confidence import confidence, likely, signals
from thesis_qa.answer.evidence import Asked, Evidence, asked, find_evidence, passages_of, terms_held
from thesis_qa.answer.lists import introduces
from thesis_qa.answer.reading import read_again
from thesis_qa.answer.sections import (
    asks_to_explain,
    section_beginning,
    section_named,
)
from thesis_qa.answer.select import Shown, select
from thesis_qa.answer.standing import answer_standing, asks_standing
from thesis_qa.library import Index
from thesis_qa.question.query import Query, holds, squeezed, two_questions, understand
from thesis_qa.question.topics import Topic
from thesis_qa.types import Passage

if TYPE_CHECKING:
    from thesis_qa.model.span_reader import Reader

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
class Found:
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


class Finder:
    """Finds what the documents of an index hold for a question."""

    def __init__(self, index: Index) -> None:
        self.index = index

    @cached_property
    def _reader(self) -> "Reader | None":
        from thesis_qa.model.span_reader import open_reader

        return open_reader(self.index.rerank, self.index.embedding)

    def find(
        self, query: Query, documents: Sequence[str] | None, top_k: int, said: str = ""
    ) -> tuple[tuple[Passage, ...], Found]:
        """The passages found, and what answers among them; `said` was answered before."""
        self.index.check_documents(documents)
        passages = self.index.search(query.text, max(top_k, CANDIDATES), documents=documents)
        found = self._found(query, documents, passages, said)
        if not said and (both := two_questions(query.text)):
            first, second = (understand(question) for question in both)
            found = _joined(found, self._alone(first, documents))
            if _of_thesis(first, second):
                found = _joined(found, self._alone(second, documents))
        return tuple(passages[:top_k]), found

    def _alone(self, query: Query, documents: Sequence[str] | None) -> Found:
        """What is found for one of two questions by itself."""
        passages = self.index.search(query.text, CANDIDATES, documents=documents)
        return self._found(query, documents, passages)

    def _found(
        self,
        query: Query,
        documents: Sequence[str] | None,
        passages: Sequence[Passage],
        said: str = "",
    ) -> Found:
        """What answers: a page that states it, a heading that announces it, or a sentence."""
        names = list(documents or self.index.catalog.names())
        apart = len(names) > 1 and bool(documents is not None or _EACH.search(query.text))
        if asks := asks_about_document(query):
            return self._stated(query, asks, names)
        question = self._asked(query)
        by_heading = not said and len(names) <= MAX_DOCUMENTS
        if by_heading and (topics := asks_standing(query)):
            found = self._standing(question, topics, names)
            if not found.answers:
                found = _doubted(self._evident(question, names, passages, said, apart))
            return found
        if by_heading and not apart:
            found = self._in_section(question, names, passages)
            if found.answers:
                return found
        return self._evident(question, names, passages, said, apart)

    def _evident(
        self,
        question: Asked,
        names: Sequence[str],
        passages: Sequence[Passage],
        said: str,
        apart: bool,
    ) -> Found:
        """What sentences answer; thesis by thesis where they are asked `apart`."""
        if apart and len(names) <= MAX_DOCUMENTS:
            found = self._by_document(question, names)
            if found.answers:
                return found
        return self._weighed(question, passages, said)

    def _asked(self, query: Query) -> Asked:
        vector = self.index.embedding.query_vector(query.text)
        return asked(self.index.catalog, self.index.retriever.fitted, query, vector)

    def _weighed(self, question: Asked, passages: Sequence[Passage], said: str = "") -> Found:
        evidence = [e for e in find_evidence(question, passages) if e.sentence.text not in said]
        if not evidence:
            return Found(0.0, ())
        if self._reader:
            evidence = read_again(self._reader, question, evidence)
        seen = signals(question, evidence)
        shown = select(self.index.catalog, question.query, evidence)
        codes, figure = _codes_missing(question, evidence), question.query.figure
        missing = tuple(dict.fromkeys([*codes, *_missing(question, evidence)]))
        if codes or (figure and not any(_has_figure(question.query, s) for s in shown)):
            return Found(min(confidence(seen), UNSTATED), tuple(shown), missing=missing)
        return Found(confidence(seen), tuple(shown), likely(seen), missing=missing)

    def _by_document(self, question: Asked, names: Sequence[str]) -> Found:
        """The best answer of each document; the most confident first."""
        found: dict[str, Found] = {}
        for name in names:
            passages = self.index.search(question.query.text, CANDIDATES, documents=[name])
            found[name] = self._weighed(question, passages)
        stating = sorted((f for f in found.values() if f.answers), key=lambda f: -f.probability)
        if not stating:
            return Found(max((f.probability for f in found.values()), default=0.0), ())
        share = max(1, MAX_CITATIONS // len(stating))
        shown = tuple(s for f in stating for s in f.shown[:share])[:MAX_CITATIONS]
        silent = tuple(self.title(name) for name, f in found.items() if not f.answers)
        return Found(stating[0].probability, shown, True, silent)

    def _stated(self, query: Query, asks: Asks, names: Sequence[str]) -> Found:
        """What title, approval and abstract pages state."""
        stated = {
            name: answer_about(self.index.catalog, query, asks, name)
            for name in names[:MAX_DOCUMENTS]
        }
        return self._by_thesis(stated)

    def _by_thesis(self, stated: Mapping[str, Sequence[Shown]]) -> Found:
        """What theses state, an equal share of each, and which of them are silent."""
        silent = tuple(self.title(name) for name, shown in stated.items() if not shown)
        if len(silent) == len(stated):
            return Found(UNSTATED, ())
        share = max(1, MAX_CITATIONS // (len(stated) - len(silent)))
        shown = tuple(s for several in stated.values() for s in several[:share])[:MAX_CITATIONS]
        return Found(STATED, shown, True, silent)

    def _standing(self, question: Asked, topics: Sequence[Topic], names: Sequence[str]) -> Found:
        """What theses state under the headings and in the phrases for topics."""
        stated = {name: answer_standing(question, topics, name) for name in names}
        return self._by_thesis(stated)

    def _in_section(
        self, question: Asked, names: Sequence[str], passages: Sequence[Passage]
    ) -> Found:
        """What the sections say that the question names; who has no such section isn't silent."""
        catalog, query = question.catalog, question.query
        paths = {name: section_named(catalog, query, name) for name in names}
        named = {name: path for name, path in paths.items() if path}
        if not named:
            return Found(UNSTATED, ())
        if asks_to_explain(query):
            begun = {n: section_beginning(question, n, path) for n, path in named.items()}
            if any(begun.values()):
                return self._by_thesis({name: shown for name, shown in begun.items() if shown})
        there = [p for p in passages if p.document in named and p.lies_under(named[p.document])]
        return self._weighed(question, there)

    def title(self, name: str) -> str:
        """The title of a document, or its name where it has none."""
        return self.index.catalog.document(name).metadata.title or name


def _doubted(found: Found) -> Found:
    """What was found for a topic that no heading or phrase announces: rather not an answer, least
    of all what tells what a chapter is about."""
    if any(s.evidence.signals.get("announces") for s in found.shown[:1]):
        return replace(found, answers=False, probability=min(found.probability, UNSTATED))
    return found if found.probability >= DOUBTED else replace(found, answers=False)


def _of_thesis(first: Query, second: Query) -> bool:
    """Whether the second of two questions asks of the thesis itself, and can stand alone.

    "Who wrote it, and what was found?" does; "How was it tested, and what was found?" asks of what
    stood before.
    """
    if asks_about_document(first) or asks_about_document(second):
        return True
    topics = [topic for topic in asks_standing(second) if topic.expects != "reason"]
    return bool(topics and asks_standing(first))


def _joined(whole: Found, first: Found) -> Found:
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


def _codes_missing(question: Asked, evidence: Sequence[Evidence]) -> tuple[str, ...]:
    """Numbers and identifiers of the question that no passage weighed holds: "GPT-5", "2031".

    The year and the title of a thesis count as held: "What does the thesis of 2021 say of RPC?"

    Of 64 questions with such a code that are answered rightly (IDK-MRC, SQuAD, COVID-QA), 62 have
    it in a passage weighed; of the other 148, 58 lack it.
    """
    if not question.query.codes:
        return ()
    passages = passages_of(evidence)
    texts = [f"{p.document} {p.title} {p.section} {p.text}" for p in passages]
    names = {p.document for p in passages}
    years = [question.catalog.document(name).metadata.year for name in names]
    held = squeezed(" ".join([*texts, *map(str, years)]))
    return tuple(written for code, written in question.query.codes if code not in held)


def _has_figure(query: Query, shown: Shown) -> bool:
    """Whether a statement holds the number, time or address that is asked for."""
    return holds(f"{shown.context or ''} {shown.evidence.sentence.text}", query.expected)


def _missing(question: Asked, evidence: Sequence[Evidence]) -> tuple[str, ...]:
    """Words of the question that none of the passages weighed holds, as they were asked."""
    texts = [(f"{p.section} {p.text}", p.language) for p in passages_of(evidence)]
    held = [terms_held(question, text, language) for text, language in texts]
    return tuple(word for term, word in question.query.terms if not any(h[term] for h in held))
