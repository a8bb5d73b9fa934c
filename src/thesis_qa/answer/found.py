"""What passes between finding and composing an answer, and what strategies draw on."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from thesis_qa.library import Index
from thesis_qa.question.read import Question
from thesis_qa.retrieve.rank import Floats, Ranking
from thesis_qa.types import AnswerKind, Passage, Route, Sentence

if TYPE_CHECKING:
    from thesis_qa.model.span_reader import Reader

CANDIDATES = 12  # passages whose sentences are weighed
MAX_DOCUMENTS = 8  # that are answered for one by one
MAX_CITATIONS = 8

STATED = 0.8  # that a page or heading that states what is asked for was taken rightly: 34 of 43
UNSTATED = 0.1  # that it is stated all the same, where those seem not to

NOWHERE: Floats = np.zeros(0, np.float32)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence that may answer the question, and how well each signal speaks for it."""

    passage: Passage
    sentence: Sentence
    score: float = 0.0  # logit; higher is better
    signals: Mapping[str, float] = field(default_factory=dict)  # empty where nothing was weighed
    vector: Floats = field(default_factory=lambda: NOWHERE, compare=False, repr=False)
    """Language-centred, shape (dimensions,)."""
    answer: tuple[int, int] | None = None  # where in the sentence the answer itself stands


@dataclass(frozen=True, slots=True)
class Shown:
    """A statement as it is shown."""

    evidence: Evidence
    lead: Sentence | None = None  # the sentence it leans on
    places: tuple[Evidence, ...] = ()  # where else the same is stated
    translation: Evidence | None = None
    contradicts: bool = False  # the statement before says the same with other numbers
    label: str | None = None  # the field of the metadata that it states
    under: str = ""  # the heading it is shown under


@dataclass(frozen=True, slots=True)
class Found:
    """What the documents hold for one question."""

    probability: float
    shown: tuple[Shown, ...] = ()  # the best evidence, also where it is too weak
    kind: AnswerKind = "decline"
    silent: tuple[str, ...] = ()  # titles of theses that say nothing
    missing: tuple[str, ...] = ()  # words of the question that none of the passages holds
    text: str = ""  # what is said instead of quotes, by small talk, lists of theses …
    documents: tuple[str, ...] = ()  # theses that are listed
    route: Route | None = None  # what the question was taken for, where only finding told it
    read: tuple[Passage, ...] = ()  # the passages that were read for it, best first

    @property
    def answers(self) -> bool:
        return self.kind in ("answer", "library")

    @property
    def readable(self) -> bool:
        """Whether a language model may read on: not where a title page says it, or a list."""
        return self.kind == "decline" or any(not s.label for s in self.shown)


class Library:
    """The index as one asking sees it: each question is searched for once. `read` keeps theses
    that were read whole, from one asking to the next."""

    def __init__(
        self,
        index: Index,
        candidates: int = CANDIDATES,
        read: dict[tuple[int, str], list[Passage]] | None = None,
    ) -> None:
        self._read = {} if read is None else read
        self.index, self.catalog = index, index.catalog
        self._candidates = max(candidates, CANDIDATES)
        self.weighed: dict[object, Found] = {}  # what passages.weigh made of them
        self._found: dict[tuple[str, tuple[str, ...]], list[Passage]] = {}

    @cached_property
    def ranking(self) -> Ranking:
        """The numbers of the embedding model: language means, spread."""
        return self.index.retriever.fitted

    @property
    def reader(self) -> "Reader | None":
        return self.index.reader

    def passages(self, question: Question, most: int = 0) -> list[Passage]:
        """The best passages for `question`, best first; at least `most` if there are so many."""
        wanted = max(most, self._candidates)
        key = question.text, question.documents
        if len(self._found.get(key, ())) < wanted:
            self._found[key] = self.index.passages(question, wanted)
        return self._found[key][:wanted]

    def thesis(self, name: str) -> list[Passage]:
        """All passages of a document, in order."""
        key = self.catalog.generation, name
        found = self._read.get(key)
        if found is None:
            for old in list(self._read)[: 1 - MAX_DOCUMENTS]:
                self._read.pop(old, None)
            found = self._read[key] = self.catalog.passages_of(name)
        return found

    def names(self, question: Question) -> Sequence[str]:
        """The documents that `question` is asked of."""
        return question.documents or self.catalog.names()

    def asked_apart(self, question: Question) -> bool:
        """Whether each of several theses is asked by itself."""
        several = len(self.names(question)) > 1
        return several and bool(question.documents or question.each)

    def title(self, name: str) -> str:
        """The title of a document, or its name where it has none."""
        return self.catalog.document(name).metadata.title or name


Strategy = Callable[[Question, Library], Found | None]
"""One way to answer; None where it has nothing to say to a question, so that the next one may."""


def by_thesis(stated: Mapping[str, Sequence[Shown]], library: Library) -> Found:
    """What theses state, an equal share of each, and which of them are silent."""
    silent = tuple(library.title(name) for name, shown in stated.items() if not shown)
    if len(silent) == len(stated):
        return Found(UNSTATED)
    share = max(1, MAX_CITATIONS // (len(stated) - len(silent)))
    shown = tuple(s for several in stated.values() for s in several[:share])[:MAX_CITATIONS]
    return Found(STATED, shown, "answer", silent)
