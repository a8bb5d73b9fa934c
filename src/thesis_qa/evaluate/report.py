"""A run as a table on the terminal and as JSON."""

from collections.abc import Mapping, Sequence
from typing import Any

from thesis_qa.errors import one_line
from thesis_qa.evaluate.compare import Comparison, Difference
from thesis_qa.evaluate.findings import Finding
from thesis_qa.evaluate.intervals import LEVEL, Metric
from thesis_qa.evaluate.outcome import Report
from thesis_qa.types import to_json

SHOWN_FLIPS = 20


def table(report: Report) -> str:
    """Every metric that could be measured, with its interval; then the slices."""
    rows = [_row(name, metric) for name, metric in report.metrics.items() if metric.n]
    head = ("metric", "value", f"{LEVEL:.0%} interval", "n")
    parts = [_aligned([head, *rows])]
    parts += [_slice_table(kind, values) for kind, values in report.slices.items()]
    for gone in report.unchecked:
        parts.append(one_line(f"Quotes not checked: {gone}"))
    return "\n\n".join(parts)


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
    rows = [
        (value, str(metrics["latency_p50"].n), *(number(metrics[c].value) for c in SLICE_COLUMNS))
        for value, metrics in values.items()
    ]
    return _aligned([(f"by {kind}", "n", *SLICE_COLUMNS), *rows])


def _row(name: str, metric: Metric) -> tuple[str, ...]:
    return (
        name,
        number(metric.value),
        f"{number(metric.low)} – {number(metric.high)}",
        str(metric.n),
    )


def number(value: float | None) -> str:
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


def comparison_table(comparison: Comparison) -> str:
    """Paired differences, then the questions that flipped, both ways."""
    measured = {n: d for n, d in comparison.differences.items() if d.change.value is not None}
    head = ("metric", "before", "now", "change", f"{LEVEL:.0%} interval", "")
    parts = [_aligned([head, *(_difference_row(*item) for item in measured.items())])]
    counts = f"{comparison.questions} questions in both runs"
    if comparison.only_before or comparison.only_now:
        counts += f", {comparison.only_before} only before, {comparison.only_now} only now"
    parts.append(counts)
    for name, flips in (("better", comparison.better), ("worse", comparison.worse)):
        lines = [f"{len(flips)} got {name}"]
        for flip in flips[:SHOWN_FLIPS]:
            lines.append(f"  {one_line(flip.id)}: {one_line(flip.question)}")
            lines += [f"    before: {one_line(flip.before)}", f"    now:    {one_line(flip.now)}"]
        if len(flips) > SHOWN_FLIPS:
            lines.append(
                f"  … and {len(flips) - SHOWN_FLIPS} more (all are in --json and --report)"
            )
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


def _difference_row(name: str, difference: Difference) -> tuple[str, ...]:
    change = difference.change
    signed = [
        f"{v:+.3f}" if v is not None else "–" for v in (change.value, change.low, change.high)
    ]
    mark = "*" if difference.certain else ""
    return (
        name,
        number(difference.before),
        number(difference.now),
        signed[0],
        f"{signed[1]} – {signed[2]}",
        mark,
    )


def findings_table(findings: Sequence[Finding]) -> str:
    """One line for each finding, and how many there are."""
    counts = [
        f"{n} {level}{'s' if n != 1 else ''}"
        for level in ("error", "warning", "note")
        if (n := sum(finding.level == level for finding in findings))
    ]
    lines = (one_line(str(finding)) for finding in findings)
    return "\n".join([*lines, ", ".join(counts) or "Nothing to complain about"])


def report_json(report: Report, comparison: Comparison | None = None) -> dict[str, Any]:
    """What `eval --json` prints."""
    found: dict[str, Any] = to_json(report)
    if comparison:
        found["comparison"] = to_json(comparison)
    return found
