"""Reading-comprehension sets: SQuAD 2.0 JSON and the flat list of IDK-MRC.

Rajpurkar et al., "Know What You Don't Know: Unanswerable Questions for SQuAD", ACL 2018;
Putri & Oh, "IDK-MRC: Unanswerable Questions for Indonesian Machine Reading Comprehension",
EMNLP 2022. Each distinct context becomes a document of its own.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from thesis_qa.evaluate.gold import GoldAnswer, SetQuestion
from thesis_qa.evaluate.matching import nearest, occurrences
from thesis_qa.evaluate.row_models import ParagraphModel, checked
from thesis_qa.evaluate.set_files import SetFile


def read_paragraphs(path: Path, file: SetFile) -> tuple[tuple[SetQuestion, ...], dict[str, str]]:
    """The questions and the contexts by name. Raises QuestionSetError, naming the line."""
    names: dict[str, str] = {}  # by context
    questions: list[SetQuestion] = []
    for entry in file.entries:
        paragraph = checked(path, entry, ParagraphModel)
        context = paragraph["context"]
        name = names.setdefault(context, f"context-{len(names) + 1:04d}")
        questions += [_question(entry.line, row, name, context) for row in paragraph["qas"]]
    return tuple(questions), {name: context for context, name in names.items()}


def _question(line: int, row: Mapping[str, Any], name: str, context: str) -> SetQuestion:
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
