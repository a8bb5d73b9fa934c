"""Question sets: what is asked, and what a right answer rests on."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from thesis_qa.errors import QuestionSetError
from thesis_qa.evaluate.formats import Entry, RawSet, read_raw


@dataclass(frozen=True, slots=True)
class Evidence:
    """A place that answers a question."""

    pdf_page: int | None  # 1-based page of the file; None where the format has none
    printed_page: str | None
    quote: str  # verbatim; "" where only the page is known


@dataclass(frozen=True, slots=True)
class Gold:
    """A right answer of a SQuAD-style question and where it stands in its context."""

    text: str
    start: int | None  # character of the context; None where the text doesn't occur in it


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a set. Only `id`, `question` and `answerable` are always there."""

    id: str
    question: str
    answerable: bool
    question_lang: str | None = None
    document: str | None = None  # search and answer are restricted to it
    evidence: tuple[Evidence, ...] = ()
    answer: str = ""
    key_facts: tuple[str, ...] = ()
    type: str | None = None
    difficulty: str | None = None
    context: str | None = None  # SQuAD-style: name of the document that the question is about
    golds: tuple[Gold, ...] = ()
    line: int = 0


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Questions in the order of their file; `contexts` are texts by name, for SQuAD-style sets."""

    name: str
    questions: tuple[Question, ...]
    contexts: Mapping[str, str] = field(default_factory=dict)
    digest: str = ""  # SHA-256 of the file


def read_questions(path: str | Path) -> QuestionSet:
    """Read a question set: JSON Lines, YAML, SQuAD 2.0 JSON or the flat list of IDK-MRC.

    Raises QuestionSetError, naming the line, for the first question that can't be asked as it
    stands; `thesis_qa.evaluate.check` finds all of them and what else is wrong.
    """
    from thesis_qa.evaluate.squad import read_squad

    path = Path(path)
    raw = read_raw(path)
    digest = hashlib.sha256(raw.text.encode()).hexdigest()
    if raw.format == "squad":
        questions, contexts = read_squad(path, raw)
        found = QuestionSet(path.name, questions, contexts, digest)
    else:
        found = QuestionSet(path.name, _read_lines(path, raw), {}, digest)
    _refuse_duplicates(path, found.questions)
    return found


def _read_lines(path: Path, raw: RawSet) -> tuple[Question, ...]:
    return tuple(_question(path, entry) for entry in raw.entries)


def _refuse_duplicates(path: Path, questions: tuple[Question, ...]) -> None:
    if not questions:
        raise broken(path, 1, "there is no question in it")
    lines: dict[str, int] = {}
    for question in questions:
        if question.id in lines:
            problem = f"the id {question.id!r} is that of line {lines[question.id]} too"
            raise broken(path, question.line, problem)
        lines[question.id] = question.line


def broken(path: Path, line: int, problem: str) -> QuestionSetError:
    """The error for a set that can't be asked because of what stands at `line`."""
    return QuestionSetError(
        f"{path}, line {line}: {problem}", f"See all that is wrong: thesis-qa eval {path} --check"
    )


class _Fields:
    """The fields of one entry, each read with the type it must have."""

    def __init__(self, path: Path, line: int, values: Mapping[str, Any]) -> None:
        self.path, self.line, self.values = path, line, values

    def text(self, name: str, default: str | None = None) -> str:
        value = self.values.get(name)
        if value is None and default is not None:
            return default
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)  # ids and page labels written without quotation marks
        if not isinstance(value, str) or (default is None and not value.strip()):
            raise broken(self.path, self.line, f"{name!r} must be a text")
        return value

    def optional(self, name: str) -> str | None:
        return self.text(name, "").strip() or None

    def truth(self, name: str) -> bool:
        value = self.values.get(name)
        if not isinstance(value, bool):
            raise broken(self.path, self.line, f"{name!r} must be true or false")
        return value

    def number(self, name: str) -> int | None:
        value = self.values.get(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
            raise broken(self.path, self.line, f"{name!r} must be a whole number or null")
        return value

    def items(self, name: str) -> list[Any]:
        value = self.values.get(name)
        if value is not None and not isinstance(value, list):
            raise broken(self.path, self.line, f"{name!r} must be a list")
        return value or []


def _question(path: Path, entry: Entry) -> Question:
    if entry.problem or not isinstance(entry.value, dict):
        raise broken(path, entry.line, entry.problem or "not a question (an object with fields)")
    fields = _Fields(path, entry.line, entry.value)
    return Question(
        id=fields.text("id"),
        question=fields.text("question"),
        answerable=fields.truth("answerable"),
        question_lang=fields.optional("question_lang"),
        document=fields.optional("document"),
        evidence=tuple(_evidence(fields, item) for item in fields.items("evidence")),
        answer=fields.text("answer", ""),
        key_facts=tuple(_fact(fields, item) for item in fields.items("key_facts")),
        type=fields.optional("type"),
        difficulty=fields.optional("difficulty"),
        line=entry.line,
    )


def _evidence(parent: _Fields, item: Any) -> Evidence:
    if not isinstance(item, dict):
        raise broken(parent.path, parent.line, "each item of 'evidence' must be an object")
    fields = _Fields(parent.path, parent.line, item)
    return Evidence(
        fields.number("pdf_page"), fields.optional("printed_page"), fields.text("quote", "")
    )


def _fact(parent: _Fields, item: Any) -> str:
    if not isinstance(item, str):
        raise broken(parent.path, parent.line, "each item of 'key_facts' must be a text")
    return item
