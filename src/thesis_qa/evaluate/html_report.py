"""A run as HTML, one file that opens offline or a fragment of the web page; and as JSON."""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from thesis_qa.errors import ThesisQAError
from thesis_qa.evaluate.compare import Comparison
from thesis_qa.evaluate.metrics import LEVEL, LOWER_IS_BETTER
from thesis_qa.evaluate.outcome import Outcome, Report, decimals, slice_columns, slice_size
from thesis_qa.lang.data import SPOKEN, entry
from thesis_qa.types import Language, to_json

if TYPE_CHECKING:
    from jinja2 import Environment, Template

SHOWN = 20  # documents that are listed
WRONG = 40  # questions that a fragment shows; the file has all
WIDTH, HEIGHT = 360, 260  # of a plot
LEFT, TOP, RIGHT, BOTTOM = 48, 14, 14, 44  # margins of its frame

LinkTo = Callable[[str | None, Any], str]
"""The address of a citation's or an evidence's place in a document; "" where there is none."""


def report_json(report: Report, comparison: Comparison | None = None) -> dict[str, Any]:
    """What `eval --json` prints."""
    found: dict[str, Any] = to_json(report)
    if comparison:
        found["comparison"] = to_json(comparison)
    return found


def save_page(report: Report, path: Path, comparison: Comparison | None = None) -> None:
    """Write the page. Raises ThesisQAError if the file can't be written."""
    try:
        path.write_text(report_html(report, comparison), encoding="utf-8")
    except OSError as error:
        reason = error.strerror or str(error)
        raise ThesisQAError("report-unwritable", file=path, reason=reason) from error


def report_html(
    report: Report,
    comparison: Comparison | None = None,
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


def _rank_of(outcome: Outcome) -> int | None:
    """The rank of the first right passage."""
    return next((i for i, hit in enumerate(outcome.hits, start=1) if hit), None)


def _risk_plot(report: Report) -> Mapping[str, float]:
    """The highest risk that the plot has room for, and the share that was answered."""
    most = max([0.0, *(risk for _, _, risk in report.risk_coverage)])
    known = [outcome for outcome in report.questions if outcome.right is not None]
    answered = sum(outcome.answered for outcome in known)
    return {
        "risk_top": next(top for top in (0.1, 0.25, 0.5, 1.0) if most <= top),
        "answered": answered / len(known) if known else 0.0,
    }
