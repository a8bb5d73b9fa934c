"""A run as a table on the terminal and as JSON."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from thesis_qa.errors import one_line
from thesis_qa.evaluate.metrics import LEVEL, Metric
from thesis_qa.evaluate.remarks import Finding
from thesis_qa.lang.data import SPOKEN, entry, text
from thesis_qa.types import to_json

if TYPE_CHECKING:
    from thesis_qa.evaluate.compare import Comparison, Difference, Flip
    from thesis_qa.evaluate.outcome import Report

SHOWN_FLIPS = 20


def report_table(report: "Report") -> str:
    """Every metric that could be measured, with its interval; then the slices."""
    rows = [_row(name, metric) for name, metric in report.metrics.items() if metric.n]
    parts = [_aligned([(*_heads("metric", "value", "interval"), "n"), *rows])]
    parts += [_slice_table(kind, values) for kind, values in report.slices.items()]
    parts += [one_line(_say("unchecked", document=gone)) for gone in report.unchecked]
    return "\n\n".join(parts)


def _say(key: str, **values: object) -> str:
    return text(f"text.evaluate.report.{key}", SPOKEN, **values)


def _heads(*keys: str) -> list[str]:
    return [_say(key, level=f"{LEVEL:.0%}") for key in keys]


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
        (value, str(slice_size(metrics)), *(decimals(metrics[c].value) for c in columns))
        for value, metrics in values.items()
    ]
    return _aligned([(_say(f"slices.{kind}"), "n", *columns), *rows])


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


def _aligned(rows: Sequence[Sequence[str]]) -> str:
    rows = [[one_line(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if i == 0 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def comparison_table(comparison: "Comparison") -> str:
    """Paired differences, then the questions that flipped, both ways."""
    measured = {n: d for n, d in comparison.differences.items() if d.change.value is not None}
    head = [*_heads("metric", "before", "now", "change", "interval"), ""]
    counts = _say(
        "in_both",
        count=comparison.questions,
        before=comparison.only_before,
        now=comparison.only_now,
    )
    return "\n\n".join([
        _aligned([head, *(_difference_row(*item) for item in measured.items())]),
        counts,
        _flip_lines("better", comparison.better),
        _flip_lines("worse", comparison.worse),
    ])  # fmt: skip


def _flip_lines(name: str, flips: "Sequence[Flip]") -> str:
    lines = [_say(name, count=len(flips))]
    for flip in flips[:SHOWN_FLIPS]:
        lines.append(f"  {one_line(flip.id)}: {one_line(flip.question)}")
        lines += [f"    {_say('before')}: {one_line(flip.before)}"]
        lines += [f"    {_say('now')}: {one_line(flip.now)}"]
    if len(flips) > SHOWN_FLIPS:
        lines.append(f"  … +{len(flips) - SHOWN_FLIPS}")  # all are in --json and --report
    return "\n".join(lines)


def _difference_row(name: str, difference: "Difference") -> tuple[str, ...]:
    change = difference.change
    signed = [
        f"{v:+.3f}" if v is not None else "–" for v in (change.value, change.low, change.high)
    ]
    mark = "*" if difference.certain else ""
    return (
        name,
        decimals(difference.before),
        decimals(difference.now),
        signed[0],
        f"{signed[1]} – {signed[2]}",
        mark,
    )


def findings_table(findings: Sequence[Finding]) -> str:
    """One line for each finding, and how many there are."""
    levels = entry("text.evaluate.levels", SPOKEN).items()
    counts = [
        (one if n == 1 else many).format(count=n)
        for level, (one, many) in levels
        if (n := sum(finding.level == level for finding in findings))
    ]
    lines = (one_line(str(finding)) for finding in findings)
    return "\n".join([*lines, ", ".join(counts) or text("text.evaluate.check.nothing", SPOKEN)])


def report_json(report: "Report", comparison: "Comparison | None" = None) -> dict[str, Any]:
    """What `eval --json` prints."""
    found: dict[str, Any] = to_json(report)
    if comparison:
        found["comparison"] = to_json(comparison)
    return found
