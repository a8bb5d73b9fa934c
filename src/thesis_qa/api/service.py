"""What every way in asks for: answers in line, documents, outlines, pages.

A few questions are worked on at once; whoever asks another one stands in line.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from thesis_qa.address import addressed, place_address
from thesis_qa.answer.card import ThesisTable
from thesis_qa.assistant import Assistant
from thesis_qa.errors import QuestionError
from thesis_qa.index.rows import DocumentInfo
from thesis_qa.library import Index
from thesis_qa.types import Answer, Language, Match, Passage, Role
from thesis_qa.write.lookup import Lookup, SectionPlace

Given = TypeVar("Given")

ASKING = 4  # questions worked on at once; more make all of them slower on a small machine
WAITING = 64  # questions in line, a few minutes' work; more are told to come back
LOOK = 0.2  # seconds between two looks at the line

AROUND = 1  # passages before and after the one that is fetched

Draw = Callable[[str, int, list[str], int], Awaitable[bytes]]
"""Draws a page of a document, with marks, so many pixels wide, as PNG. Raises KeyError where there
is no such page, and DocumentError where it can't be drawn."""


@dataclass(frozen=True, slots=True)
class DocumentEntry:
    """A thesis of the library."""

    document: str  # its name, by which it is asked for
    title: str
    author: str
    year: int | None
    university: str
    faculty: str
    degree: str
    supervisors: tuple[str, ...]
    keywords: tuple[str, ...]
    languages: dict[str, float]  # share of its text
    pages: int  # 0 where the format has none
    passages: int
    url: str


@dataclass(frozen=True, slots=True)
class OutlineSection:
    """A section of a thesis, in reading order."""

    section: str  # with those above it: "BAB IV › 4.3 Hambatan"
    title: str
    level: int  # 1 for a chapter
    purpose: Role | None  # what it is for
    page: int | None  # of the file, where it begins
    page_label: str | None  # as printed
    url: str


@dataclass(frozen=True, slots=True)
class Documents:
    """The theses of the library, by name."""

    documents: list[DocumentEntry]


@dataclass(frozen=True, slots=True)
class Outline:
    """The sections of a thesis."""

    document: str
    sections: list[OutlineSection]


@dataclass(frozen=True, slots=True)
class Matches:
    """Each sentence of a draft with the places where it stands, or one that says "nowhere"."""

    matches: list[Match]


@dataclass(frozen=True, slots=True)
class PageContent:
    """What stands on a page; a format without pages is one page."""

    document: str
    title: str
    page: int
    page_label: str | None
    pages: int
    text: str
    url: str


class WaitingLine:
    """Lets `at_once` through, in the order they came, while at most `most` are in it."""

    def __init__(self, at_once: int = ASKING, most: int = WAITING) -> None:
        self._at_once, self._most = at_once, most
        self._tickets: list[object] = []  # the first of them are being worked on

    def __len__(self) -> int:
        return len(self._tickets)

    async def wait(self, ticket: object) -> AsyncIterator[int]:
        """One's place while it isn't one's turn, from 1, whenever it changes."""
        told = 0
        while (place := self._tickets.index(ticket) - self._at_once + 1) > 0:
            if place != told:
                yield place
                told = place
            await asyncio.sleep(LOOK)

    def enter(self) -> object:
        """A ticket; None where so many are waiting that one more would wait for minutes."""
        if len(self._tickets) >= self._most:
            return None
        ticket = object()
        self._tickets.append(ticket)
        return ticket

    def leave(self, ticket: object) -> None:
        """Give the ticket back, from wherever in the line."""
        self._tickets.remove(ticket)


@dataclass(frozen=True, slots=True)
class Service:
    """The assistant and its index, for several callers at once."""

    assistant: Assistant
    line: WaitingLine
    draw: Draw | None = None

    @property
    def index(self) -> Index:
        return self.assistant.index

    @property
    def lookup(self) -> Lookup:
        return Lookup(self.index)

    async def growing(
        self,
        question: str,
        history: Sequence[tuple[str, str]] = (),
        documents: Sequence[str] | None = None,
        top_k: int = 5,
        language: Language | None = None,
    ) -> AsyncIterator[Answer]:
        """Growing answers, once it is one's turn. Raises QuestionError."""
        said = [turn for turn in history if any(map(str.isalnum, turn[0]))]  # else nothing asked
        answers = self.assistant.stream(question, said, documents or None, top_k, language)
        async for answer in self._in_steps(answers):
            yield answer

    async def ask(
        self,
        question: str,
        history: Sequence[tuple[str, str]] = (),
        documents: Sequence[str] | None = None,
        top_k: int = 5,
        language: Language | None = None,
    ) -> Answer:
        """The whole answer. Raises QuestionError."""
        growing = self.growing(question, history, documents, top_k, language)
        return await last(growing)

    async def search(
        self,
        question: str,
        top_k: int = 5,
        documents: Sequence[str] | None = None,
        section: str | None = None,
        language: Language | None = None,
    ) -> list[Passage]:
        """Passages, best first, once it is one's turn. Raises QuestionError."""
        return await self.in_turn(
            self.index.search, question, top_k, documents or None, section, language
        )

    async def find(self, draft: str, documents: Sequence[str] | None = None) -> Matches:
        """Where the sentences of a draft stand, once it is one's turn; of no sentence long enough
        to be looked for, nowhere. Raises QuestionError."""
        self.index.check_documents(documents or [])
        return Matches(await self.in_turn(self.lookup.find_quote, draft, list(documents or ())))

    def comparing(
        self,
        documents: Sequence[str] | None = None,
        topics: Sequence[str] | None = None,
        questions: Sequence[str] = (),
    ) -> AsyncIterator[ThesisTable]:
        """Theses beside each other, cell by cell, once it is one's turn. Raises QuestionError."""
        return self._in_steps(self.assistant.comparing(documents or (), topics, questions))

    async def in_turn(self, call: Callable[..., Given], *options: Any) -> Given:
        """What `call` gives, worked out in another thread once it is one's turn."""
        async with self._turn():
            return await asyncio.to_thread(call, *options)

    async def _in_steps(self, steps: Iterator[Given]) -> AsyncIterator[Given]:
        """What `steps` gives, worked out in another thread; no step more once the caller has
        gone."""
        async with self._turn():
            while (step := await asyncio.to_thread(next, steps, None)) is not None:
                yield step

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        if (ticket := self.line.enter()) is None:
            raise QuestionError("line-full")
        try:
            async for _ in self.line.wait(ticket):
                pass
            yield
        finally:  # also when the caller has gone
            self.line.leave(ticket)

    def documents(self) -> Documents:
        """Every thesis, by name."""
        return self.listed(self.index.documents())

    def listed(self, found: Sequence[DocumentInfo]) -> Documents:
        """Theses with their addresses."""
        return Documents([self._entry(document) for document in found])

    def _entry(self, d: DocumentInfo) -> DocumentEntry:
        m, url = d.metadata, self._address(d.name, 1)
        return DocumentEntry(
            d.name, m.title or d.name, m.author, m.year, m.university, m.faculty, m.degree,
            m.supervisors, m.keywords, d.languages, d.pages, d.passages, url,
        )  # fmt: skip

    def outline(self, name: str) -> Outline:
        """The sections of a document. Raises QuestionError for one that isn't there."""
        self.index.check_documents([name])
        return Outline(name, self.sections(self.lookup.outline(name)))

    def sections(self, found: Sequence[SectionPlace]) -> list[OutlineSection]:
        """Sections with their addresses."""
        return [
            OutlineSection(
                place.section, place.heading.text, place.heading.level, place.heading.role,
                place.page, place.page_label, self._address(place.document, place.page),
            )
            for place in found
        ]  # fmt: skip

    def addressed(self, found: Sequence[Passage]) -> list[Passage]:
        """Passages with their addresses."""
        return [addressed(passage, self.index.public_url) for passage in found]

    def page(self, name: str, number: int) -> PageContent:
        """A page, counted from 1. Raises KeyError where there is none."""
        catalog = self.index.catalog
        document, page = catalog.document(name), catalog.page(name, number - 1)
        title, pages = document.metadata.title or name, max(1, document.pages)
        url = self._address(name, number)
        return PageContent(name, title, number, page.label, pages, page.text, url)

    def passage(self, passage_id: str) -> tuple[Passage, str]:
        """A passage and its text with that around it. Raises KeyError where there is none."""
        around = self.index.catalog.around(passage_id, AROUND, AROUND)
        found = next((p for p in around if p.passage_id == passage_id), None)
        if found is None:
            raise KeyError(passage_id)
        text = "\n\n".join(passage.text for passage in around)
        return addressed(found, self.index.public_url), text

    def _address(self, document: str, page: int | None) -> str:
        return place_address(self.index.public_url, document, page)


async def last(steps: AsyncIterator[Given]) -> Given:
    """What grows, whole."""
    *_, whole = [step async for step in steps]
    return whole
