"""What is asked, and what a right answer rests on."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from thesis_qa.evaluate.conversations import ScriptedTalk


@dataclass(frozen=True, slots=True)
class GoldPlace:
    """A place that answers a question."""

    pdf_page: int | None  # 1-based page of the file; None where the format has none
    printed_page: str | None
    quote: str  # verbatim; "" where only the page is known


@dataclass(frozen=True, slots=True)
class GoldAnswer:
    """A right answer of a SQuAD-style question and where it stands in its context."""

    text: str
    start: int | None  # character of the context; None where the text doesn't occur in it


@dataclass(frozen=True, slots=True)
class SetQuestion:
    """One question of a set. Only `id`, `question` and `answerable` are always there."""

    id: str
    question: str
    answerable: bool
    question_lang: str | None = None
    document: str | None = None  # search and answer are restricted to it
    evidence: tuple[GoldPlace, ...] = ()
    answer: str = ""
    key_facts: tuple[str, ...] = ()
    type: str | None = None
    difficulty: str | None = None
    context: str | None = None  # SQuAD-style: name of the document that the question is about
    golds: tuple[GoldAnswer, ...] = ()
    line: int = 0


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Questions in the order of their file; `contexts` are texts by name, for SQuAD-style sets."""

    name: str
    questions: tuple[SetQuestion, ...]
    contexts: Mapping[str, str] = field(default_factory=dict)
    digest: str = ""  # SHA-256 of the file
    conversations: tuple[ScriptedTalk, ...] = ()
