"""Reading-comprehension sets: SQuAD 2.0 JSON and the flat list of IDK-MRC.

Rajpurkar et al., "Know What You Don't Know: Unanswerable Questions for SQuAD", ACL 2018;
Putri & Oh, "IDK-MRC: Unanswerable Questions for Indonesian Machine Reading Comprehension",
EMNLP 2022. Each distinct context becomes a document of its own.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

from thesis_qa.evaluate.formats import Entry, RawSet
from thesis_qa.evaluate.matching import nearest, occurrences
from thesis_qa.evaluate.questions import Gold, Question, broken


def read_squad(path: Path, raw: RawSet) -> tuple[tuple[Question, ...], dict[str, str]]:
    """The questions and the contexts by name. Raises QuestionSetError, naming the line."""
    names: dict[str, str] = {}  # by context
    questions: list[Question] = []
    for entry in raw.entries:
        context, asked = _paragraph(path, entry)
        name = names.setdefault(context, f"context-{len(names) + 1:04d}")
        line = entry.line
        for qa in asked:
            question = _question(path, line, qa, name, context)
            line = raw.line_of(question.question, line)
            questions.append(replace(question, line=line))
    return tuple(questions), {name: context for context, name in names.items()}


def _paragraph(path: Path, entry: Entry) -> tuple[str, list[Any]]:
    if entry.problem or not isinstance(entry.value, dict):
        raise broken(path, entry.line, entry.problem or "not a paragraph with 'context' and 'qas'")
    context, asked = entry.value.get("context"), entry.value.get("qas")
    if not isinstance(context, str) or not context.strip():
        raise broken(path, entry.line, "'context' must be a text")
    if not isinstance(asked, list):
        raise broken(path, entry.line, "'qas' must be a list of questions")
    return context, asked


def _question(path: Path, line: int, qa: Any, name: str, context: str) -> Question:
    if not isinstance(qa, dict):
        raise broken(path, line, "each item of 'qas' must be an object")
    identifier, question = qa.get("id"), qa.get("question")
    if not isinstance(identifier, str | int) or isinstance(identifier, bool) or identifier == "":
        raise broken(path, line, "'id' must be a text or a number")
    if not isinstance(question, str) or not question.strip():
        raise broken(path, line, "'question' must be a text")
    answers = qa.get("answers") or []
    impossible = qa.get("is_impossible", False)
    if not isinstance(impossible, bool) or not isinstance(answers, list):
        raise broken(path, line, "'is_impossible' must be true or false, 'answers' a list")
    golds = () if impossible else tuple(_gold(path, line, item, context) for item in answers)
    return Question(
        id=str(identifier),
        question=question,
        answerable=not impossible,
        answer=golds[0].text if golds else "",
        context=name,
        golds=tuple(dict.fromkeys(golds)),
        line=line,
    )


def _gold(path: Path, line: int, item: Any, context: str) -> Gold:
    if not isinstance(item, dict) or not isinstance(item.get("text"), str):
        raise broken(path, line, "each item of 'answers' must be an object with a 'text'")
    start = item.get("answer_start", 0)
    if not isinstance(start, int):
        raise broken(path, line, "'answer_start' must be a whole number")
    text = item["text"]
    lead = len(text) - len(text.lstrip())
    found = nearest(occurrences(context, text.strip()), start + lead)
    return Gold(text.strip(), found)
