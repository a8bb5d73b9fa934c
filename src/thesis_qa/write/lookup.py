"""What can be looked up in a library, by its own agent and by others' (MCP): one home.

The methods that `TOOLS` names are tools: their names, parameters and docstrings are what an agent
is told of them. All only read. Two are others over MCP: a search takes nothing but a query, which
some clients need, and `compare` gives quotes, since whoever asks may not read whole passages.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from thesis_qa.errors import QuestionError
from thesis_qa.index.rows import DocumentInfo
from thesis_qa.lang.words import fold
from thesis_qa.library import Index
from thesis_qa.types import Heading, Language, Match, Passage, section_path

TOOLS = (
    "search", "read_section", "read_page", "read_table", "outline", "list_documents", "compare",
    "find_quote",
)  # fmt: skip
FOUND = 10  # passages that a search finds
EACH, MOST_COMPARED = 2, 8  # passages of each thesis that are compared, and theses
TABLES = 24  # passages among which a table is looked for
ALIKE = 85  # of 100: likeness from which words name a thesis or a section


@dataclass(frozen=True, slots=True)
class SectionPlace:
    """A section of a thesis and where it begins."""

    document: str
    section: str  # with those above it: "BAB IV › 4.3 Hambatan"
    heading: Heading
    page: int | None  # of the file
    page_label: str | None  # as printed


@dataclass(frozen=True, slots=True)
class Lookup:
    """An index to look things up in, or `among` a few of its documents."""

    index: Index
    among: tuple[str, ...] = ()

    def search(
        self,
        query: str,
        documents: list[str] | None = None,
        section: str | None = None,
        language: Language | None = None,
    ) -> list[Passage]:
        """Search theses for passages about a question or subject, in either language.

        `documents` names theses, `section` is text of a heading ("hasil"), `language` "id" or "en".
        """
        among = self._named(documents)
        return self.index.search(query, FOUND, among, section, language)

    def read_section(self, document: str, section: str) -> list[Passage]:
        """Read a section of a thesis, named by its heading or a part of it."""
        name, wanted = self.named(document), fold(section)
        passages = self.index.catalog.passages_of(name)
        found = [p for p in passages if wanted in fold(p.section)]
        if not found:
            best = max((_likeness(wanted, p.section) for p in passages), default=0.0)
            found = [p for p in passages if _likeness(wanted, p.section) == best >= ALIKE]
        return found

    def read_page(self, document: str, page: int) -> list[Passage]:
        """Read a page of a thesis; pages are those of the file and count from 1."""
        return self.index.catalog.passages_on(self.named(document), page)

    def read_table(self, document: str, subject: str) -> list[Passage]:
        """Read the table of a thesis that is about a subject, row by row."""
        name = self.named(document)
        near = [p for p in self.index.search(subject, TABLES, [name]) if p.kind == "table"]
        whole = [p for p in self.index.catalog.passages_of(name) if p.kind == "table"]
        return [p for p in whole if near and p.section == near[0].section] or near or whole

    def outline(self, document: str) -> list[SectionPlace]:
        """List the sections of a thesis, each with the page where it begins."""
        name, found = self.named(document), dict[str, SectionPlace]()
        for p in self.index.catalog.passages_of(name):
            for depth, heading in enumerate(p.headings, start=1):
                path = section_path(p.headings[:depth])
                found.setdefault(path, SectionPlace(name, path, heading, p.page, p.page_label))
        return [*found.values()]

    def list_documents(self) -> list[DocumentInfo]:
        """List the theses there are, with name, title, author and year."""
        known = self.index.documents()
        return [d for d in known if not self.among or d.name in self.among]

    def compare(self, question: str, documents: list[str] | None = None) -> list[Passage]:
        """Find what each of several theses says to one question, a few passages of each."""
        names = self._named(documents) or [d.name for d in self.list_documents()]
        asked = names[:MOST_COMPARED]
        return [p for name in asked for p in self.index.search(question, EACH, [name])]

    def find_quote(self, draft: str, documents: list[str] | None = None) -> list[Match]:
        """Find where each sentence of a draft stands: verbatim, nearly, or in the other language.

        `documents` names the theses to look in; all where it is left out.
        """
        try:
            return self.index.find(draft, self._named(documents))
        except QuestionError as error:
            if error.code == "text-short":  # no sentence long enough to be looked for
                return []
            raise

    def standing(self, matches: Sequence[Match]) -> list[Passage]:
        """The passages in which sentences of a draft stand."""
        places = [m.citation.passage_id for m in matches if m.citation]
        around = (self.index.catalog.around(id_, 0, 0) for id_ in dict.fromkeys(places))
        return [passage for passages in around for passage in passages]

    # Theses by what they are called

    def _named(self, documents: Sequence[str] | None) -> list[str] | None:
        """The names of theses; None for all. Raises QuestionError for one that isn't there."""
        if documents:
            return [self.named(document) for document in documents]
        return list(self.among) or None

    def named(self, document: str) -> str:
        """The name of a thesis by its name, title or author. Raises QuestionError."""
        known, wanted = self.list_documents(), fold(document)
        exact = [d.name for d in known if d.name == document]
        if exact:
            return exact[0]
        held = [d.name for d in known if wanted and wanted in fold(_called(d))]
        near = held or [d.name for d in known if _likeness(wanted, _called(d)) >= ALIKE]
        if len(near) != 1:
            listed = ", ".join(d.name for d in known[:MOST_COMPARED]) or "–"
            raise QuestionError("document-unknown", document=document, held=listed)
        return near[0]


def _called(document: DocumentInfo) -> str:
    about = document.metadata
    return f"{document.name} {about.title} {about.author} {about.year or ''}"


def _likeness(wanted: str, called: str) -> float:
    return fuzz.partial_ratio(wanted, fold(called))
