"""A run as a table on the terminal, as JSON, and as HTML: a file that opens offline, or a
fragment of the web page."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from thesis_qa.errors import ThesisQAError, one_line
from thesis_qa.evaluate.metrics import LEVEL, LOWER_IS_BETTER, Metric
from thesis_qa.evaluate.set_files import Finding
from thesis_qa.lang.data import SPOKEN, entry, text
from thesis_qa.types import Language, to_json

if TYPE_CHECKING:
    from jinja2 import Environment, Template

    from thesis_qa.evaluate.compare import Comparison, Difference, Flip
    from thesis_qa.evaluate.outcome import Outcome, Report


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


# HTML


SHOWN = 20  # documents that are listed
WRONG = 40  # questions that a fragment shows; the file has all
WIDTH, HEIGHT = 360, 260  # of a plot
LEFT, TOP, RIGHT, BOTTOM = 48, 14, 14, 44  # margins of its frame

LinkTo = Callable[[str | None, Any], str]
"""The address of a citation's or an evidence's place in a document; "" where there is none."""


def save_page(report: "Report", path: Path, comparison: "Comparison | None" = None) -> None:
    """Write the page. Raises ThesisQAError if the file can't be written."""
    try:
        path.write_text(report_html(report, comparison), encoding="utf-8")
    except OSError as error:
        reason = error.strerror or str(error)
        raise ThesisQAError("report-unwritable", file=path, reason=reason) from error


def report_html(
    report: "Report",
    comparison: "Comparison | None" = None,
    *,
    fragment: bool = False,
    language: Language = SPOKEN,
    link_to: LinkTo | None = None,
) -> str:
    """The HTML document; as a `fragment` only what went wrong of the questions, and no script."""
    shown = report.questions
    if fragment:
        shown = tuple(outcome for outcome in shown if outcome.good is False)
    verdicts = entry("text.evaluate.verdicts", language)
    return _template().render(
        report=report,
        comparison=comparison,
        fragment=fragment,
        language=language,
        link_to=link_to,
        t=entry("text.evaluate.report", language),
        verdicts=verdicts,
        verdicts_shown=sorted({verdicts[outcome.verdict] for outcome in shown}),
        questions=shown[:WRONG] if fragment else shown,
        left=max(0, len(shown) - WRONG) if fragment else 0,
        facts={**report.settings, **report.index},
        **_risk_plot(report),
    )


def html_environment(package: str) -> "Environment":
    """The templates in the folder `templates` of a package: what is filled in is escaped, and a
    name that isn't given is an error."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader(package),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _template() -> "Template":
    environment = html_environment("thesis_qa.evaluate")
    environment.filters |= {
        "decimals": decimals,
        "signed": lambda value: f"{value:+.3f}",
        "short": _short,
        "listed": _listed,
    }
    environment.globals |= {
        "LEVEL": f"{LEVEL:.0%}",
        "LOWER": LOWER_IS_BETTER,
        "columns_of": slice_columns,
        "size_of": slice_size,
        "rank_of": _rank_of,
        "plot": {"width": WIDTH, "height": HEIGHT, "left": LEFT, "top": TOP, "bottom": BOTTOM},
        "x": lambda share: round(LEFT + share * (WIDTH - LEFT - RIGHT), 1),
        "y": lambda share: round(HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM), 1),
    }
    return environment.get_template("report.html")


def _short(value: float | None, name: str) -> str:
    """A metric on its card: a share in percent, a time in seconds."""
    if value is None:
        return "–"
    return f"{value:.2f} s" if name.startswith("latency") else f"{value:.0%}"


def _listed(value: object) -> str:
    if not isinstance(value, list):
        return str(value)
    return ", ".join(map(str, value[:SHOWN])) + (" …" if len(value) > SHOWN else "")


def _rank_of(outcome: "Outcome") -> int | None:
    """The rank of the first right passage."""
    return next((i for i, hit in enumerate(outcome.hits, start=1) if hit), None)


def _risk_plot(report: "Report") -> Mapping[str, float]:
    """The highest risk that the plot has room for, and the share that was answered."""
    most = max([0.0, *(risk for _, _, risk in report.risk_coverage)])
    known = [outcome for outcome in report.questions if outcome.right is not None]
    answered = sum(outcome.answered for outcome in known)
    return {
        "risk_top": next(top for top in (0.1, 0.25, 0.5, 1.0) if most <= top),
        "answered": answered / len(known) if known else 0.0,
    }
