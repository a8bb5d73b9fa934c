"""The thesis card: what is asked of any thesis, answered in its own words, or "not stated"; and
theses beside each other."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from thesis_qa.address import addressed
from thesis_qa.answer.cite import cite
from thesis_qa.answer.under_headings import of_topic
from thesis_qa.errors import QuestionError
from thesis_qa.library import Index
from thesis_qa.question.topics import TOPICS, Topic
from thesis_qa.types import Answer, Citation

USUAL = ("objectives", "method", "data", "findings", "conclusion")
"""The topics that theses are compared by where nothing else is named."""

MOST = 50  # theses beside each other
MOST_ASKED, MOST_CITED = 10, 4  # questions of one's own; quotes in a cell


@dataclass(frozen=True, slots=True)
class CardEntry:
    """A topic of the card and what the thesis says to it."""

    topic: str
    citations: tuple[Citation, ...]  # empty where it isn't stated


def fill_card(index: Index, document: str, topics: Sequence[Topic] = TOPICS) -> Iterator[CardEntry]:
    """The entries of a thesis's card, in the order of `topics`, in the language of the thesis.

    Raises QuestionError if the index has no such document.
    """
    index.check_documents([document])
    for topic, shown in of_topic(index.catalog, document, topics):
        yield CardEntry(topic.name, cite(index.catalog, shown))


# Theses beside each other


@dataclass(frozen=True, slots=True)
class ThesisCell:
    """What a thesis says to a topic or a question."""

    document: str
    column: str
    citations: tuple[Citation, ...]  # empty where it isn't stated


@dataclass(frozen=True, slots=True)
class ThesisTable:
    """A table of theses and topics or questions; a cell that isn't there is yet to be filled."""

    documents: tuple[str, ...]
    columns: tuple[str, ...]  # names of topics, then questions
    cells: tuple[ThesisCell, ...] = ()

    @property
    def done(self) -> bool:
        """Whether every cell is filled."""
        return len(self.cells) == len(self.documents) * len(self.columns)

    def cell(self, document: str, column: str) -> tuple[Citation, ...] | None:
        """What a thesis says there; None while that isn't known."""
        found = (c.citations for c in self.cells if (c.document, c.column) == (document, column))
        return next(found, None)


def comparing(
    index: Index,
    ask: Callable[..., Answer],
    documents: Sequence[str] = (),
    topics: Sequence[str] | None = None,
    questions: Sequence[str] = (),
) -> Iterator[ThesisTable]:
    """The table of these theses, or of all, growing cell by cell; `ask` is an assistant's.

    Without topics and questions it has those that are usual. Raises QuestionError for a thesis or
    a topic that isn't there.
    """
    names = tuple(dict.fromkeys(documents or index.catalog.names()))[:MOST]
    index.check_documents(names)
    asked = [question.strip() for question in questions if question.strip()][:MOST_ASKED]
    wanted = _topics(topics if topics is not None else () if asked else USUAL)
    table = ThesisTable(names, (*(topic.name for topic in wanted), *asked))
    yield table
    for name in names:
        for column, citations in _row(index, ask, name, wanted, asked):
            cited = tuple(addressed(c, index.public_url) for c in citations[:MOST_CITED])
            table = replace(table, cells=(*table.cells, ThesisCell(name, column, cited)))
            yield table


def _topics(names: Sequence[str]) -> list[Topic]:
    known = [topic.name for topic in TOPICS]
    for name in names:
        if name not in known:
            raise QuestionError("topic-unknown", topic=name, known=", ".join(known))
    return [topic for topic in TOPICS if topic.name in names]


def _row(
    index: Index,
    ask: Callable[..., Answer],
    name: str,
    topics: Sequence[Topic],
    questions: Sequence[str],
) -> Iterator[tuple[str, tuple[Citation, ...]]]:
    for entry in fill_card(index, name, topics) if topics else ():
        yield entry.topic, entry.citations
    for question in questions:
        yield question, ask(question, documents=[name]).citations
