"""What came of one question, and of all of them."""

import types
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from thesis_qa.evaluate.intervals import Metric
from thesis_qa.evaluate.questions import Evidence
from thesis_qa.types import Citation

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Ranked:
    """A passage that the search found."""

    passage_id: str
    document: str
    page: int | None
    last_page: int | None
    score: float
    rank: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question: what was expected, what came, and how it was judged.

    `scores` holds (numerator, denominator) of each metric that is a mean; one that doesn't apply
    to the question is missing.
    """

    id: str
    question: str
    question_lang: str | None
    answerable: bool
    document: str | None
    document_lang: str | None
    type: str | None
    difficulty: str | None
    expected: str  # the reference answer
    evidence: tuple[Evidence, ...]
    key_facts: tuple[str, ...]
    answered: bool
    confidence: float
    text: str
    citations: tuple[Citation, ...]
    nearest: tuple[Citation, ...]  # the evidence considered, also where declined
    passages: tuple[Ranked, ...]
    hits: tuple[bool, ...]  # whether each passage is right; () where that can't be said
    cited_hits: tuple[bool, ...]  # the same of each citation
    right: bool | None  # answered rightly; None where that can't be said
    seconds: float
    scores: dict[str, tuple[float, float]]

    @property
    def good(self) -> bool | None:
        """Answered rightly, or rightly declined; None where that can't be said."""
        return self.right if self.answerable else not self.answered


@dataclass(frozen=True, slots=True)
class Report:
    """A finished run. `print(report)` shows the table; `save` writes the page."""

    metrics: dict[str, Metric]
    slices: dict[str, dict[str, dict[str, Metric]]]  # kind of slice → its value → metrics
    questions: tuple[Outcome, ...]
    risk_coverage: tuple[tuple[float, float, float], ...]  # confidence, coverage, risk
    reliability: tuple[tuple[float, float, float], ...]  # questions, mean confidence, share right
    unchecked: tuple[str, ...]  # documents whose file is gone, so that quotes can't be checked
    index: Mapping[str, Any]
    settings: Mapping[str, Any]

    def __str__(self) -> str:
        from thesis_qa.evaluate.report import table

        return table(self)


def from_json(kind: type[T], value: Any) -> T:
    """The inverse of `schema.to_json`: a value of type `kind` from what JSON made of it.

    Unknown fields are ignored. Raises TypeError, KeyError or ValueError where it doesn't fit.
    """
    return _read(kind, value)  # type: ignore[no-any-return]


def _read(kind: Any, value: Any) -> Any:
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return None if value is None else _read(_other_than_none(arguments), value)
    if origin is tuple:
        return _read_tuple(arguments, value)
    if origin in (dict, Mapping):
        return {key: _read(arguments[1], item) for key, item in value.items()}
    if isinstance(kind, type) and is_dataclass(kind):
        hints = get_type_hints(kind)
        known = {f.name: value[f.name] for f in fields(kind) if f.name in value}
        return kind(**{name: _read(hints[name], item) for name, item in known.items()})
    return float(value) if kind is float and value is not None else value


def _other_than_none(arguments: tuple[Any, ...]) -> Any:
    return next(argument for argument in arguments if argument is not type(None))


def _read_tuple(arguments: tuple[Any, ...], value: Any) -> tuple[Any, ...]:
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        return tuple(_read(arguments[0], item) for item in value)
    return tuple(_read(kind, item) for kind, item in zip(arguments, value, strict=True))
