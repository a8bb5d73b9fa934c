"""Read question sets: JSON Lines, YAML, and what is read as they are."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from thesis_qa.evaluate.conversations import ScriptedTalk, conversation_of
from thesis_qa.evaluate.gold import GoldPlace, QuestionSet, SetQuestion
from thesis_qa.evaluate.remarks import BrokenSetError, remark
from thesis_qa.evaluate.set_files import read_set_file


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
        from thesis_qa.evaluate.reading_set import read_paragraphs

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
