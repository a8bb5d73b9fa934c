"""Question sets: what is asked, what a right answer rests on, and how a file of them is read."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from thesis_qa.evaluate.conversations import ScriptedTalk, conversation_of
from thesis_qa.evaluate.metrics import nearest, occurrences
from thesis_qa.evaluate.set_files import BrokenSetError, SetFile, read_set_file, remark


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


def read_questions(path: str | Path) -> QuestionSet:
    """Read a question set: JSON Lines, YAML, SQuAD 2.0 JSON or the flat list of IDK-MRC.

    Raises QuestionSetError, naming the line, for the first question that can't be asked as it
    stands; `thesis_qa.evaluate.check` finds all of them and what else is wrong.
    """
    from thesis_qa.evaluate.row_models import checked, model_of

    path = Path(path)
    file = read_set_file(path)
    contexts: dict[str, str] = {}
    conversations: tuple[ScriptedTalk, ...] = ()
    if file.paragraphs:
        questions, contexts = read_paragraphs(path, file)
    else:
        rows = [(checked(path, e, model_of(e.value)), e.line) for e in file.entries]
        questions = tuple(_question(line, row) for row, line in rows if "turns" not in row)
        conversations = tuple(conversation_of(*row) for row in rows if "turns" in row[0])
    _refuse_duplicates(path, (*questions, *conversations))
    digest = hashlib.sha256(file.text.encode()).hexdigest()
    return QuestionSet(path.name, questions, contexts, digest, conversations)


def _refuse_duplicates(path: Path, questions: tuple[SetQuestion | ScriptedTalk, ...]) -> None:
    if not questions:
        raise BrokenSetError(file=path, line=1, problem=remark("error", "nothing-asked"))
    lines: dict[str, int] = {}
    for question in questions:
        if question.id in lines:
            problem = remark("error", "same-id", name=question.id, line=lines[question.id])
            raise BrokenSetError(file=path, line=question.line, problem=problem)
        lines[question.id] = question.line


def _question(line: int, row: Mapping[str, Any]) -> SetQuestion:
    return SetQuestion(
        id=str(row["id"]),
        question=str(row["question"]),
        answerable=row["answerable"],
        question_lang=_stated(row, "question_lang"),
        document=_stated(row, "document"),
        evidence=tuple(
            GoldPlace(item.get("pdf_page"), _stated(item, "printed_page"), item.get("quote") or "")
            for item in row.get("evidence") or ()
        ),
        answer=str(row.get("answer") or ""),
        key_facts=tuple(row.get("key_facts") or ()),
        type=_stated(row, "type"),
        difficulty=_stated(row, "difficulty"),
        line=line,
    )


def _stated(row: Mapping[str, Any], name: str) -> str | None:
    """A text without white space around it; None for nothing, numbers as they are written."""
    value = row.get(name)
    return None if value is None else str(value).strip() or None


def read_paragraphs(path: Path, file: SetFile) -> tuple[tuple[SetQuestion, ...], dict[str, str]]:
    """The questions and the contexts by name. Raises QuestionSetError, naming the line."""
    from thesis_qa.evaluate.row_models import ParagraphModel, checked

    names: dict[str, str] = {}  # by context
    questions: list[SetQuestion] = []
    for entry in file.entries:
        paragraph = checked(path, entry, ParagraphModel)
        context = paragraph["context"]
        name = names.setdefault(context, f"context-{len(names) + 1:04d}")
        questions += [_of_paragraph(entry.line, row, name, context) for row in paragraph["qas"]]
    return tuple(questions), {name: context for context, name in names.items()}


def _of_paragraph(line: int, row: Mapping[str, Any], name: str, context: str) -> SetQuestion:
    answerable = not row.get("is_impossible", False)
    answers = (row.get("answers") or ()) if answerable else ()
    golds = tuple(dict.fromkeys(_gold(answer, context) for answer in answers))
    return SetQuestion(
        id=str(row["id"]),
        question=row["question"],
        answerable=answerable,
        answer=golds[0].text if golds else "",
        context=name,
        golds=golds,
        line=line,
    )


def _gold(answer: Mapping[str, Any], context: str) -> GoldAnswer:
    """An answer at the place nearest to where it is said to begin."""
    text = answer["text"].lstrip()
    lead = len(answer["text"]) - len(text)
    places = occurrences(context, text.rstrip())
    return GoldAnswer(text.rstrip(), nearest(places, answer.get("answer_start", 0) + lead))
