"""What every way in asks for: answers in line, documents, outlines, pages."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from thesis_qa.address import addressed, place_address
from thesis_qa.api.waiting import WaitingLine
from thesis_qa.assistant import Assistant
from thesis_qa.errors import QuestionError
from thesis_qa.index.rows import DocumentInfo
from thesis_qa.library import Index
from thesis_qa.types import Answer, Language, Match, Passage, Role
from thesis_qa.write.lookup import Lookup, SectionPlace

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


@dataclass(frozen=True, slots=True)
class Service:
    """The assistant and its index, for several callers at once."""

    assistant: Assistant
    line: WaitingLine
    draw: Draw | None = None

    @property
    def index(self) -> Index:
        return self.assistant.index

    async def growing(
        self,
        question: str,
        history: Sequence[tuple[str, str]] = (),
        documents: Sequence[str] | None = None,
        top_k: int = 5,
        language: Language | None = None,
    ) -> AsyncIterator[Answer]:
        """Growing answers, once it is one's turn. Raises QuestionError."""
        async with self._turn():
            answers = self.assistant.stream(question, history, documents or None, top_k, language)
            while answer := await asyncio.to_thread(next, answers, None):
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
        *_, answer = [answer async for answer in growing]
        return answer

    async def find(self, draft: str, documents: Sequence[str] | None = None) -> Matches:
        """Where the sentences of a draft stand, once it is one's turn. Raises QuestionError."""
        async with self._turn():
            return Matches(await asyncio.to_thread(self.index.find, draft, documents))

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
        return Documents([self._entry(document) for document in self.index.documents()])

    def _entry(self, d: DocumentInfo) -> DocumentEntry:
        m, url = d.metadata, self._address(d.name, 1)
        return DocumentEntry(
            d.name, m.title or d.name, m.author, m.year, m.university, m.faculty, m.degree,
            m.supervisors, m.keywords, d.languages, d.pages, d.passages, url,
        )  # fmt: skip

    def outline(self, name: str) -> Outline:
        """The sections of a document. Raises QuestionError for one that isn't there."""
        self.index.check_documents([name])
        found = Lookup(self.index).outline(name)
        return Outline(name, [self._section(name, place) for place in found])

    def _section(self, name: str, place: SectionPlace) -> OutlineSection:
        h, url = place.heading, self._address(name, place.page)
        return OutlineSection(
            place.section, h.text, h.level, h.role, place.page, place.page_label, url
        )

    def section(self, name: str, section: str) -> list[Passage]:
        """What stands in a section, named by its heading or a part of it. Raises QuestionError."""
        found = Lookup(self.index).read_section(name, section)
        return [addressed(passage, self.index.public_url) for passage in found]

    def table(self, name: str, subject: str) -> list[Passage]:
        """The rows of the table about a subject. Raises QuestionError."""
        found = Lookup(self.index).read_table(name, subject)
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
