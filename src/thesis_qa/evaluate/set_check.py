"""`--check`: what is wrong with a question set, by line number."""

import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from thesis_qa.evaluate.conversations import PROSE
from thesis_qa.evaluate.evidence_check import (
    DocumentTexts,
    check_evidence,
    check_expectations,
    in_turn,
)
from thesis_qa.evaluate.question_set import read_questions
from thesis_qa.evaluate.set_files import (
    BrokenSetError,
    Finding,
    Remark,
    SetEntry,
    read_set_file,
    remark,
    suggestion,
)
from thesis_qa.lang.data import LANGUAGES, SPOKEN, cue
from thesis_qa.lang.detect import language_of
from thesis_qa.lang.words import words
from thesis_qa.types import Language

DIFFICULTIES = ("easy", "medium", "hard")
USUAL = 3 / 4  # a field that this share of the questions has is missed in the others
USUAL_FIELDS = ("question_lang", "document", "type", "difficulty", "key_facts")
TRIMMED = ("id", "question_lang", "document", "type", "difficulty")
MISREAD = ("\ufffd", "â€", "Ã©", "Ã¨", "Ã¼", "Ã¶", "Ã¤")  # UTF-8 that was taken for Windows-1252

Told = Iterator[tuple[SetEntry, Remark]]


def check(
    path: str | Path, documents: DocumentTexts | None = None, language: Language = SPOKEN
) -> list[Finding]:
    """Everything found in a question set, by line; with documents, its quotes are looked up there.

    Raises QuestionSetError only if the file can't be read as text.
    """
    path = Path(path)
    file = read_set_file(path)
    if file.paragraphs:
        return _check_reading_set(path, language)
    rows = [entry for entry in file.entries if isinstance(entry.value, dict)]
    told = [(entry, flaw) for entry in file.entries for flaw in _check_entry(entry)]
    told += _check_ids(rows)
    asked = [row for row in rows if "turns" not in row.value]
    told += [*_check_repeats(asked), *_check_values(asked), *_check_usual_fields(asked)]
    if documents:
        told += [(row, flaw) for row in asked for flaw in check_evidence(row.value, documents)]
        told += [
            (row, flaw) for row in rows for flaw in check_expectations(_turns(row.value), documents)
        ]
    if not rows:
        told.append((SetEntry(1, None), remark("error", "nothing-asked")))
    return sorted({
        Finding(entry.line, flaw.level, flaw.worded(language), _name(entry))
        for entry, flaw in told
    })  # fmt: skip


def _check_reading_set(path: Path, language: Language) -> list[Finding]:
    """The first thing that keeps a SQuAD-style set from being asked."""
    try:
        read_questions(path)
    except BrokenSetError as error:
        line, problem = error.values["line"], error.values["problem"]
        assert isinstance(line, int)
        assert isinstance(problem, Remark)
        return [Finding(line, "error", problem.worded(language))]
    return []


def _name(entry: SetEntry) -> str | None:
    """The id of a question, for showing."""
    value = entry.value.get("id") if isinstance(entry.value, dict) else None
    return str(value) if isinstance(value, str | int) else None


def _check_entry(entry: SetEntry) -> Iterator[Remark]:
    from thesis_qa.evaluate.row_models import flaws, model_of

    if entry.problem:
        yield entry.problem
        return
    for name in entry.repeated_keys:
        yield remark("error", "field-twice", name=name)
    yield from flaws(model_of(entry.value), entry.value)
    if isinstance(entry.value, dict) and "turns" in entry.value:
        yield from _check_turns(entry.value)
    elif isinstance(entry.value, dict):
        yield from _suspicious(entry.value)
        yield from _contradictions(entry.value)
        yield from _repeated_items(entry.value)


# One question


def _suspicious(row: dict[str, Any]) -> Iterator[Remark]:
    for where, text in _texts(row):
        if cue("evaluate.placeholders").search(text) or "???" in text:
            yield remark("warning", "placeholder", where=where)
        if any(mark in text for mark in MISREAD) or any(map(_invisible, text)):
            yield remark("warning", "damaged", where=where)
    for name in TRIMMED:
        value = row.get(name)
        if isinstance(value, str) and value and value != value.strip():
            yield remark("warning", "white-space", name=name)
    question, language = row.get("question"), row.get("question_lang")
    if isinstance(question, str) and question.strip() and not words(question):
        yield remark("warning", "no-words")
    found = language_of(question) if isinstance(question, str) else None
    if language in LANGUAGES and found and found != language:
        yield remark("warning", "other-language", language=language, found=found)


def _invisible(character: str) -> bool:
    """Whether a character is neither seen nor a space; soft hyphens are copied with a quote."""
    return unicodedata.category(character) in ("Cc", "Cf") and character not in "\t\n\r\xad"


def _texts(row: dict[str, Any]) -> Iterator[tuple[str | Remark, str]]:
    for name in ("question", "answer"):
        if isinstance(row.get(name), str):
            yield repr(name), row[name]
    for number, item in enumerate(_items(row, "evidence"), start=1):
        if isinstance(item, dict) and isinstance(item.get("quote"), str):
            yield remark("note", "evidence-number", number=number), item["quote"]
    yield from ((remark("note", "a-key-fact"), fact) for fact in _facts(row))


def _items(row: dict[str, Any], name: str) -> list[Any]:
    value = row.get(name)
    return value if isinstance(value, list) else []


def _facts(row: dict[str, Any]) -> list[str]:
    return [fact for fact in _items(row, "key_facts") if isinstance(fact, str)]


def _contradictions(row: dict[str, Any]) -> Iterator[Remark]:
    """What the fields say about each other."""
    answer = row["answer"].strip() if isinstance(row.get("answer"), str) else ""
    evidence = _items(row, "evidence")
    if row.get("answerable") is False:
        if evidence:
            yield remark("error", "unanswerable-evidence")
        if _facts(row):
            yield remark("warning", "unanswerable-facts")
        if answer and not cue("evaluate.negations").search(answer):
            yield remark("warning", "unanswerable-answer")
    if row.get("answerable") is True:
        if not evidence:
            yield remark("warning", "answerable-no-evidence")
        if not answer:
            yield remark("warning", "answerable-no-answer")
        elif cue("evaluate.refusals").match(answer.lstrip("(“\"'–-. ")):
            yield remark("warning", "answerable-declined")


def _repeated_items(row: dict[str, Any]) -> Iterator[Remark]:
    for name, keys in (
        ("evidence", [repr(item) for item in _items(row, "evidence")]),
        ("key_facts", [fact.casefold() for fact in _facts(row)]),
    ):
        if len(set(keys)) < len(keys):
            yield remark("warning", f"twice.{name}")


# One conversation


def _turns(row: dict[str, Any]) -> list[dict[str, Any]]:
    """What is expected, turn by turn; {} for a turn that is broken."""
    turns = [turn if isinstance(turn, dict) else {} for turn in _items(row, "turns")]
    return [turn["expect"] if isinstance(turn.get("expect"), dict) else {} for turn in turns]


def _check_turns(row: dict[str, Any]) -> Iterator[Remark]:
    """What the expectations say about each other."""
    for number, expect in enumerate(_turns(row), start=1):
        kind = expect.get("kind")
        if kind in PROSE and (expect.get("documents") or expect.get("pages")):
            yield in_turn(number, remark("warning", "nothing-cited", kind=kind))
        if kind in ("answer", "library") and not (expect.get("documents") or expect.get("facts")):
            yield in_turn(number, remark("warning", "anything-goes", kind=kind))
        if (expect.get("only") or expect.get("every")) and not expect.get("documents"):
            yield in_turn(number, remark("error", "of-no-documents"))


# All of them


def _check_ids(rows: Sequence[SetEntry]) -> Told:
    known: dict[str, SetEntry] = {}
    for entry in rows:
        name = _name(entry)
        if name and (first := known.setdefault(name.strip().casefold(), entry)) is not entry:
            yield entry, remark("error", "same-id", name=name, line=first.line)


def _check_repeats(rows: Sequence[SetEntry]) -> Told:
    by_question: dict[tuple[str, ...], SetEntry] = {}
    for entry in rows:
        question = entry.value.get("question")
        asked = (*words(question),) if isinstance(question, str) else ()
        about = (str(entry.value.get("document")), *asked)
        if asked and (first := by_question.setdefault(about, entry)) is not entry:
            if entry.value.get("answerable") == first.value.get("answerable"):
                yield entry, remark("warning", "same-question", line=first.line)
            else:
                yield entry, remark("error", "contrary-question", line=first.line)


def _check_values(rows: Sequence[SetEntry]) -> Told:
    types = Counter(v for entry in rows if isinstance(v := entry.value.get("type"), str))
    usual = [known for known, n in types.items() if n > 1]
    for entry in rows:
        difficulty, kind = entry.value.get("difficulty"), entry.value.get("type")
        if isinstance(difficulty, str) and difficulty not in DIFFICULTIES:
            close = suggestion(difficulty, DIFFICULTIES)
            yield entry, remark("warning", "difficulty", name=difficulty, close=close)
        if isinstance(kind, str) and types[kind] == 1 and (close := suggestion(kind, usual)):
            yield entry, remark("warning", "rare-type", name=kind, close=close)


def _check_usual_fields(rows: Sequence[SetEntry]) -> Told:
    for name in USUAL_FIELDS:
        group = [e for e in rows if name != "key_facts" or e.value.get("answerable") is True]
        without = [entry for entry in group if not entry.value.get(name)]
        if len(without) <= (1 - USUAL) * len(group):
            yield from ((entry, remark("warning", "unlike-most", name=name)) for entry in without)
