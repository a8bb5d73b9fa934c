"""The thesis card: what is asked of any thesis, answered in its own words, or "not stated"."""

from collections.abc import Iterator
from dataclasses import dataclass

from thesis_qa.answer.cite import cite
from thesis_qa.answer.under_headings import of_topic
from thesis_qa.library import Index
from thesis_qa.question.topics import TOPICS
from thesis_qa.types import Citation


@dataclass(frozen=True, slots=True)
class CardEntry:
    """A topic of the card and what the thesis says to it."""

    topic: str
    citations: tuple[Citation, ...]  # empty where it isn't stated


def fill_card(index: Index, document: str) -> Iterator[CardEntry]:
    """The entries of a thesis's card, in the order of TOPICS, in the language of the thesis.

    Raises QuestionError if the index has no such document.
    """
    index.check_documents([document])
    for topic, shown in of_topic(index.catalog, document, TOPICS):
        yield CardEntry(topic.name, cite(index.catalog, shown))
