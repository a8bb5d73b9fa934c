"""What came of one question, and of all of them: metrics with intervals, overall and by slice."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from thesis_qa.errors import one_line
from thesis_qa.evaluate import metrics
from thesis_qa.evaluate.conversations import ConversationOutcome
from thesis_qa.evaluate.metrics import LEVEL, Counts, Floats, Metric, Statistic, interval
from thesis_qa.evaluate.question_set import GoldPlace
from thesis_qa.lang.data import SPOKEN, text
from thesis_qa.types import Citation

Verdict = Literal[
    "right", "wrong-place", "answered", "declined", "answered-anyway", "rightly-declined"
]


@dataclass(frozen=True, slots=True)
class SearchHit:
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
    evidence: tuple[GoldPlace, ...]
    key_facts: tuple[str, ...]
    answered: bool
    confidence: float
    text: str
    citations: tuple[Citation, ...]
    nearest: tuple[Citation, ...]  # the evidence considered, also where declined
    passages: tuple[SearchHit, ...]
    hits: tuple[bool, ...]  # whether each passage is right; () where that can't be said
    cited_hits: tuple[bool, ...]  # the same of each citation
    right: bool | None  # answered rightly; None where that can't be said
    seconds: float
    scores: dict[str, tuple[float, float]]

    @property
    def good(self) -> bool | None:
        """Answered rightly, or rightly declined; None where that can't be said."""
        return self.right if self.answerable else not self.answered

    @property
    def verdict(self) -> Verdict:
        """What came of the question, in a word."""
        if not self.answerable:
            return "answered-anyway" if self.answered else "rightly-declined"
        if not self.answered:
            return "declined"
        return "answered" if self.right is None else "right" if self.right else "wrong-place"

    @property
    def languages(self) -> str:
        """Those of question and document."""
        return f"{self.question_lang or '?'} × {self.document_lang or '?'}"

    @property
    def plain(self) -> bool:
        """Whether its text says little beside the quotes, which are shown anyway."""
        rest = self.text
        for citation in self.citations:
            rest = rest.replace(citation.quote, "")
        return len(rest) < len(self.text) / 3


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
    conversations: tuple[ConversationOutcome, ...] = ()

    def __str__(self) -> str:
        """Every metric that could be measured, with its interval; then the slices."""
        rows = [_row(name, metric) for name, metric in self.metrics.items() if metric.n]
        parts = [aligned([(*heads("metric", "value", "interval"), "n"), *rows])]
        parts += [_slice_table(kind, values) for kind, values in self.slices.items()]
        parts += [one_line(say("unchecked", document=gone)) for gone in self.unchecked]
        return "\n\n".join(parts)


def read_outcomes(saved: Any) -> tuple[Outcome, ...]:
    """The questions of a run from what JSON made of them; unknown fields are ignored.

    Raises ValueError where they don't fit.
    """
    from pydantic import TypeAdapter

    return TypeAdapter(tuple[Outcome, ...]).validate_python(saved)


# Metrics of all


RANKING = (*(f"page_hit@{k}" for k in metrics.KS), "mrr")
QUOTING = (
    "sentence_hit@1",
    "answer_page_hit",
    "citation_precision",
    "quote_verbatim",
    "key_fact_recall",
)
READING = ("answer_f1", "contains_answer")  # SQuAD-style
DECLINING = ("answered_rate", "false_answer_rate")
MEANS = (*RANKING, *QUOTING, *READING, *DECLINING)
CONFIDENCE = ("abstention_auroc", "brier", "calibration_error")
NAMES = (*MEANS, *CONFIDENCE, "latency_p50", "latency_p95")

Measurable = tuple[Statistic, int]
"""A metric over some questions, and how many things it is a mean over."""


def measure(outcomes: Iterable[Outcome]) -> dict[str, Metric]:
    """Every metric of NAMES with its interval, the same in whatever order the questions come."""
    ordered = sorted(outcomes, key=lambda outcome: outcome.id)
    found = statistics(ordered)
    return {name: interval(found[name][0], len(ordered), found[name][1]) for name in NAMES}


def statistics(outcomes: Sequence[Outcome]) -> dict[str, Measurable]:
    """The metrics of NAMES as functions of how often each of `outcomes` is drawn."""
    found = {name: _mean(outcomes, name) for name in (*MEANS, "brier")}
    confidence = np.array([o.confidence for o in outcomes], np.float64)
    answerable = np.array([o.answerable for o in outcomes], np.bool_)
    both = len(outcomes) if answerable.any() and not answerable.all() else 0
    found["abstention_auroc"] = (lambda c: metrics.auroc(confidence, answerable, c)), both
    found["calibration_error"] = _calibration(outcomes)
    for name, share in (("latency_p50", 0.5), ("latency_p95", 0.95)):
        found[name] = _latency(outcomes, share)
    return found


def _mean(outcomes: Sequence[Outcome], name: str) -> Measurable:
    pairs = [outcome.scores.get(name, (0.0, 0.0)) for outcome in outcomes]
    numerators, denominators = np.array(pairs, np.float64).reshape(-1, 2).T
    return (lambda c: metrics.ratio(numerators, denominators, c)), round(denominators.sum())


def _calibration(outcomes: Sequence[Outcome]) -> Measurable:
    known, confidence, right = judged(outcomes)

    def statistic(counts: Counts) -> Floats:
        return metrics.calibration_error(confidence, right, counts[:, known])

    return statistic, len(known)


def judged(outcomes: Sequence[Outcome]) -> tuple[Counts, Floats, Floats]:
    """Position, confidence and 1 or 0 for "answered rightly" of the questions where it is known."""
    known = [i for i, outcome in enumerate(outcomes) if outcome.right is not None]
    confidence = np.array([outcomes[i].confidence for i in known], np.float64)
    right = np.array([bool(outcomes[i].right) for i in known], np.float64)
    return np.array(known, np.int64), confidence, right


def _latency(outcomes: Sequence[Outcome], share: float) -> Measurable:
    seconds = np.array([outcome.seconds for outcome in outcomes], np.float64)
    return (lambda c: metrics.quantile(seconds, share, c)), len(outcomes)


SLICES: dict[str, Callable[[Outcome], str | None]] = {
    "language": lambda o: o.languages,
    "type": lambda o: o.type,
    "difficulty": lambda o: o.difficulty,
}
"""Kinds of slices: question language × document language, type, difficulty."""


def measure_slices(outcomes: Sequence[Outcome]) -> dict[str, dict[str, dict[str, Metric]]]:
    """The metrics of each slice; a kind whose questions all have one value is left out."""
    found = {}
    for kind, value_of in SLICES.items():
        values = sorted({v for outcome in outcomes if (v := value_of(outcome)) is not None})
        if len(values) > 1:
            found[kind] = {
                value: measure(o for o in outcomes if value_of(o) == value) for value in values
            }
    return found


def risk_points(outcomes: Sequence[Outcome]) -> tuple[tuple[float, float, float], ...]:
    """(confidence, coverage, risk) points, see `metrics.risk_coverage`."""
    _, confidence, right = judged(outcomes)
    return tuple(metrics.risk_coverage(confidence, right))


def reliability_bins(outcomes: Sequence[Outcome]) -> tuple[tuple[float, float, float], ...]:
    """(questions, mean confidence, share right) of the bins of the calibration error."""
    _, confidence, right = judged(outcomes)
    bins = metrics.reliability(confidence, right, np.ones((1, len(right)), np.int64))[0]
    return tuple((float(n), float(c), float(r)) for n, c, r in bins if n)


# As a table


def say(key: str, **values: object) -> str:
    """A text of reports."""
    return text(f"text.evaluate.report.{key}", SPOKEN, **values)


def heads(*keys: str) -> list[str]:
    """What stands above columns."""
    return [say(key, level=f"{LEVEL:.0%}") for key in keys]


COUNTED = ("latency_p50", "turn_right")  # metrics over everything that was asked
SLICE_COLUMNS = (
    "page_hit@1",
    "page_hit@5",
    "mrr",
    "sentence_hit@1",
    "answer_page_hit",
    "answered_rate",
    "false_answer_rate",
)


def _slice_table(kind: str, values: Mapping[str, Mapping[str, Metric]]) -> str:
    columns = slice_columns(values)
    rows = [
        (value, str(slice_size(found)), *(decimals(found[c].value) for c in columns))
        for value, found in values.items()
    ]
    return aligned([(say(f"slices.{kind}"), "n", *columns), *rows])


def slice_columns(values: Mapping[str, Mapping[str, Metric]]) -> list[str]:
    """The metrics that are shown of slices: a few of those of questions, all of conversations."""
    measured = next(iter(values.values()), {})
    return [name for name in SLICE_COLUMNS if name in measured] or list(measured)


def slice_size(measured: Mapping[str, Metric]) -> int:
    """How many questions or turns are in a slice."""
    return max(metric.n for name, metric in measured.items() if name in COUNTED)


def _row(name: str, metric: Metric) -> tuple[str, ...]:
    return (
        name,
        decimals(metric.value),
        f"{decimals(metric.low)} – {decimals(metric.high)}",
        str(metric.n),
    )


def decimals(value: float | None) -> str:
    """Three decimals; a dash for nothing."""
    return "–" if value is None else f"{value:.3f}"


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Rows as lines, their columns below each other."""
    rows = [[one_line(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if i == 0 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )
