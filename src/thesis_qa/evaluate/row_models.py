"""What the lines of question sets must look like, as pydantic models, and what is wrong in one."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from thesis_qa.evaluate.set_files import BrokenSetError, Remark, SetEntry, remark, suggestion
from thesis_qa.lang.data import SPOKEN, entry
from thesis_qa.types import AnswerKind, Language

Details = Mapping[str, Any]
"""One of pydantic's errors: its type, where it is, and what stands there."""

Filled = Annotated[str, StringConstraints(pattern=r"\S")]
PageNumber = Annotated[int, Field(ge=1)]


class LineModel(BaseModel):
    """Nothing is taken for something else, and no field is unknown."""

    model_config = ConfigDict(strict=True, extra="forbid")


class EvidenceModel(LineModel):
    """A place that answers the question."""

    pdf_page: PageNumber | None
    printed_page: str | None = None
    quote: Filled


class QuestionModel(LineModel):
    """A line with a question."""

    id: Filled
    question: Filled
    answerable: bool
    question_lang: Language | None = None
    document: Filled | None = None
    evidence: list[EvidenceModel] | None = None
    answer: str | None = None
    key_facts: list[Filled] | None = None
    type: str | None = None
    difficulty: str | None = None


class ExpectModel(LineModel):
    """What is expected of the answer to a turn."""

    kind: AnswerKind
    documents: list[Filled] | None = None
    pages: list[PageNumber] | None = None
    facts: list[Filled] | None = None
    not_facts: list[Filled] | None = None
    only: bool = False
    every: bool = False
    language: Language | None = None


class TurnModel(LineModel):
    """What is said, and what should come of it."""

    say: Filled
    expect: ExpectModel


class ConversationModel(LineModel):
    """A line with a conversation."""

    id: Filled
    documents: list[Filled] | None = None
    turns: Annotated[list[TurnModel], Field(min_length=1)]


class AnswerModel(LineModel):
    """A right answer of a SQuAD-style question."""

    model_config = ConfigDict(extra="ignore")
    text: str
    answer_start: int = 0


class AskedModel(LineModel):
    """A SQuAD-style question."""

    model_config = ConfigDict(extra="ignore")
    id: Filled | int
    question: Filled
    answers: list[AnswerModel] | None = None
    is_impossible: bool = False


class ParagraphModel(LineModel):
    """A context with the questions about it."""

    model_config = ConfigDict(extra="ignore")
    context: Filled
    qas: list[AskedModel]


_EXACT = ("context", "qas")
_INNER: dict[str | int, type[LineModel]] = {
    "evidence": EvidenceModel,
    "turns": TurnModel,
    "expect": ExpectModel,
}


def model_of(value: Any) -> type[LineModel]:
    """What a line must look like: a conversation has turns."""
    talks = isinstance(value, dict) and "turns" in value
    return ConversationModel if talks else QuestionModel


def checked(path: Path, entry: SetEntry, model: type[LineModel]) -> dict[str, Any]:
    """The fields of an entry that fits `model`. Raises QuestionSetError if it can't be asked."""
    problem = entry.problem or next(flaws(model, entry.value, stopping=True), None)
    if problem:
        raise BrokenSetError(file=path, line=entry.line, problem=problem)
    fields: dict[str, Any] = entry.value
    return fields


def flaws(model: type[LineModel], value: Any, *, stopping: bool = False) -> Iterator[Remark]:
    """What is wrong with a line; with `stopping`, only what makes it impossible to ask."""
    try:
        model.model_validate(value)
    except ValidationError as error:
        for details in error.errors(include_url=False):
            if not stopping or _stops(details):
                yield _flaw(model, details)


def _stops(details: Details) -> bool:
    kind: str = details["type"]
    place: tuple[int | str, ...] = details["loc"]
    if kind in ("extra_forbidden", "literal_error", "greater_than_equal"):
        return kind != "extra_forbidden" and place[0] == "turns"
    if kind == "string_type" and type(details["input"]) is int and place[0] not in _EXACT:
        return False  # ids and page labels written without quotation marks
    if kind in ("missing", "string_pattern_mismatch"):
        return place[0] not in ("evidence", "key_facts", "document")
    return True


def _flaw(model: type[LineModel], details: Details) -> Remark:
    place = [part for part in details["loc"] if part not in ("int", "constrained-str")]
    if len(place) > 2 and isinstance(place[1], int):
        owner = next((_INNER[part] for part in reversed(place[:-1]) if part in _INNER), model)
        inner = _flaw_at(owner, place[2:], details)
        return remark(inner.level, "inside", flaw=inner, **_item(place))
    return _flaw_at(model, place, details)


def _item(place: Sequence[int | str]) -> dict[str, Any]:
    """What an item of a list is called: "evidence 1"."""
    return {"item": remark("note", f"items.{place[0]}"), "number": int(place[1]) + 1}


def _flaw_at(model: type[LineModel], place: Sequence[int | str], details: Details) -> Remark:
    kind, given = details["type"], details["input"]
    if not place:
        return remark("error", "no-object")
    if isinstance(place[-1], int):
        if kind == "model_type":
            return remark("error", "no-object-item", **_item(place[-2:]))
        return remark("error", "empty-item", name=place[-2], given=kind_of(given))
    name = str(place[-1])
    if kind == "extra_forbidden":
        close = suggestion(name, model.model_fields)
        if close:
            return remark("error", "no-such-field", name=name, close=close)
        return remark("warning", "no-field", name=name)
    if kind == "literal_error" and name in ("question_lang", "language"):
        kind = "unknown_language"
    wording = f"row.{kind}" if kind in entry("text.evaluate.check.row", SPOKEN) else "row.other"
    values = {"given": kind_of(given), "expected": details.get("ctx", {}).get("expected", "")}
    return remark("error", wording, name=name, value=given, message=details["msg"], **values)


def kind_of(value: Any) -> Remark:
    """What a value is: null, the number 3, a list."""
    if value is None or isinstance(value, bool):
        return remark("note", f"kinds.{json.dumps(value)}")
    if isinstance(value, str):
        return remark("note", "kinds.text" if value.strip() else "kinds.empty", value=value[:40])
    if isinstance(value, int | float):
        return remark("note", "kinds.number", value=value)
    return remark("note", "kinds.list" if isinstance(value, list) else "kinds.object")
