"""Check a reading-comprehension set: answers must stand in their context where they are said to.

python benchmarks/check_reading_set.py SET.json …
"""

import json
import sys
from bisect import bisect_right
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from thesis_qa.evaluate import Finding, findings_table
from thesis_qa.evaluate.metrics import nearest, occurrences
from thesis_qa.evaluate.set_files import Level, SetEntry, SetFile, read_set_file
from thesis_qa.lang.data import SPOKEN

Said = Iterator[tuple[Level, str]]


def check_reading_set(raw: SetFile) -> Iterator[Finding]:
    """Everything found, by line of the question (of the context in a file of one line)."""
    ids: dict[str, int] = {}
    contexts: dict[str, int] = {}
    for number, entry in enumerate(raw.entries, start=1):
        paragraph = entry.value
        if entry.problem or not isinstance(paragraph, dict):
            why = entry.problem and entry.problem.worded(SPOKEN)
            text = why or f"paragraph {number} is not an object"
            yield Finding(entry.line, "error", text)
            continue
        context = paragraph.get("context")
        for level, text in _check_paragraph(paragraph, contexts, number):
            yield Finding(entry.line, level, f"paragraph {number}: {text}")
        asked = paragraph.get("qas")
        for qa in asked if isinstance(asked, list) else []:
            yield from _check_qa(raw, entry, qa, context if isinstance(context, str) else "", ids)


def _check_paragraph(paragraph: dict[str, Any], contexts: dict[str, int], number: int) -> Said:
    context, asked = paragraph.get("context"), paragraph.get("qas")
    if "context" not in paragraph:
        yield "error", "the field 'context' is missing"
    elif not isinstance(context, str) or not context.strip():
        yield "error", "'context' must be a text with something in it"
    elif (first := contexts.setdefault(context, number)) != number:
        yield "note", f"the context is that of paragraph {first} too"
    if "qas" not in paragraph:
        yield "error", "the field 'qas' is missing"
    elif not isinstance(asked, list):
        yield "error", "'qas' must be a list of questions"
    elif not asked:
        yield "note", "no question is asked about it"


def _check_qa(
    raw: SetFile, entry: SetEntry, qa: Any, context: str, ids: dict[str, int]
) -> Iterator[Finding]:
    if not isinstance(qa, dict):
        yield Finding(entry.line, "error", "each item of 'qas' must be an object")
        return
    question, identifier = qa.get("question"), qa.get("id")
    landmark = question if isinstance(question, str) else identifier
    line = _line_of(raw.text, landmark, entry.line) if isinstance(landmark, str) else entry.line
    name = str(identifier) if isinstance(identifier, str | int) else None
    if name and name in ids:
        yield Finding(line, "error", f"the id {name!r} is that of line {ids[name]} too", name)
    elif name:
        ids[name] = line
    for level, text in (*_check_fields(qa), *_check_answers(qa, context)):
        yield Finding(line, level, text, name)


def _check_fields(qa: dict[str, Any]) -> Said:
    for name in ("id", "question"):
        value = qa.get(name)
        good = isinstance(value, str) or (name == "id" and isinstance(value, int))
        if name not in qa:
            yield "error", f"the field {name!r} is missing"
        elif not good or not str(value).strip():
            yield "error", f"{name!r} must be a text with something in it"
    if not isinstance(qa.get("is_impossible", False), bool):
        yield "error", "'is_impossible' must be true or false"
    if not isinstance(qa.get("answers", []), list):
        yield "error", "'answers' must be a list"


def _check_answers(qa: dict[str, Any], context: str) -> Said:
    impossible, answers = qa.get("is_impossible", False), qa.get("answers", [])
    if not isinstance(answers, list):
        return
    if impossible is True and answers:
        yield "error", "it is said to be unanswerable but carries answers"
    if impossible is False and not answers:
        yield "error", "it is answerable but has no answer"
    for answer in answers:
        if not isinstance(answer, dict) or not isinstance(answer.get("text"), str):
            yield "error", "each of 'answers' must be an object with a 'text'"
        elif impossible is False:
            yield from _check_place(answer["text"], answer.get("answer_start"), context)


def _check_place(text: str, start: Any, context: str) -> Said:
    if not text.strip():
        yield "error", "the answer is empty"
    elif not isinstance(start, int) or isinstance(start, bool):
        yield "error", "'answer_start' must be a whole number"
    elif start < 0 or context[start : start + len(text)] != text:
        found = nearest(occurrences(context, text.strip()), start)
        where = "nor anywhere else in the context" if found is None else f"but at {found}"
        yield "error", f"the answer {text[:60]!r} is not at {start}, {where}"


def _line_of(text: str, value: str, first_line: int) -> int:
    """The first line at or after `first_line` where `value` is written in JSON."""
    starts = [0, *(i + 1 for i, character in enumerate(text) if character == "\n")]
    if len(starts) <= first_line:
        return first_line
    written = json.dumps(value, ensure_ascii=text.isascii())
    found = text.find(written, starts[first_line - 1])
    return first_line if found < 0 else bisect_right(starts, found)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        print(name, findings_table(sorted(check_reading_set(read_set_file(Path(name))))), sep="\n")
