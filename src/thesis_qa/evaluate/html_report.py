"""A run as one HTML file that opens offline: no request leaves it, and all text is escaped."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path

from thesis_qa.errors import ThesisQAError
from thesis_qa.evaluate.compare import Comparison, Flip
from thesis_qa.evaluate.intervals import LEVEL, Metric
from thesis_qa.evaluate.outcome import Outcome, Report
from thesis_qa.evaluate.plots import reliability_svg, risk_coverage_svg
from thesis_qa.evaluate.questions import Evidence
from thesis_qa.evaluate.report import SLICE_COLUMNS, number
from thesis_qa.evaluate.summary import LOWER_IS_BETTER
from thesis_qa.types import Citation

# No network, no plug-ins, no forms: only what stands in the file itself.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"

HEADLINES = {
    "page_hit@1": "right page first",
    "page_hit@5": "right page in the first five",
    "sentence_hit@1": "right sentence first",
    "answer_page_hit": "answered from the right page",
    "answer_f1": "overlap with the right answer",
    "false_answer_rate": "answered though not stated",
    "quote_verbatim": "quotes found verbatim",
    "latency_p50": "time for an answer (median)",
}

SHOWN = 20  # documents that are listed

Kind = tuple[str, str]  # what is shown, colour


def save_page(report: Report, path: Path, comparison: Comparison | None = None) -> None:
    """Write the page. Raises ThesisQAError if the file can't be written."""
    try:
        path.write_text(page(report, comparison), encoding="utf-8")
    except OSError as error:
        reason = error.strerror or str(error)
        raise ThesisQAError(f"{path} can't be written: {reason}", "Check the folder") from error


def page(report: Report, comparison: Comparison | None = None) -> str:
    """The HTML document."""
    here = Path(__file__).parent
    style = (here / "page.css").read_text(encoding="utf-8")
    script = (here / "page.js").read_text(encoding="utf-8")
    title = f"Evaluation on {escape(str(report.settings.get('questions', 'a question set')))}"
    parts = [
        _header(title, report),
        _comparison(comparison) if comparison else "",
        _metrics(report.metrics),
        _plots(report),
        *(_slices(kind, values) for kind, values in report.slices.items()),
        _questions(report.questions),
        _about(report),
    ]
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title>\n<style>\n{style}</style></head>\n"
        f"<body><main>\n{''.join(parts)}</main>\n<script>\n{script}</script></body></html>\n"
    )


def _header(title: str, report: Report) -> str:
    documents = report.index.get("documents", [])
    of = f"an index of {len(documents)} documents"
    of = escape(str(documents[0])) if len(documents) == 1 else of
    facts = f"{len(report.questions)} questions asked of {of}"
    when = escape(str(report.settings.get("finished", "")).replace("T", " ").replace("+00:00", ""))
    gone = "".join(
        f'<p class="small">Quotes not checked: {escape(text)}</p>' for text in report.unchecked
    )
    cards = "".join(
        _card(label, name, report.metrics[name])
        for name, label in HEADLINES.items()
        if name in report.metrics and report.metrics[name].n
    )
    return (
        f'<header><h1>{title}</h1><p class="soft">{facts} · {when} UTC</p>{gone}</header>'
        f'<div class="cards">{cards}</div>'
    )


def _card(label: str, name: str, metric: Metric) -> str:
    shown = _seconds if name.startswith("latency") else _percent
    return (
        f'<div class="card" title="{escape(name)}"><span class="small soft">{label}</span>'
        f'<b>{shown(metric.value)}</b><span class="small soft">{shown(metric.low)} – '
        f"{shown(metric.high)}</span></div>"
    )


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{value:.0%}"


def _seconds(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f} s"


def _metrics(metrics: Mapping[str, Metric]) -> str:
    rows = "".join(_metric_row(name, metric) for name, metric in metrics.items() if metric.n)
    return (
        "<h2>Metrics</h2><div class='scroll'><table><thead><tr><th>metric</th><th>value</th>"
        f"<th>{LEVEL:.0%} interval</th><th class='range'></th><th>n</th></tr></thead>"
        f"<tbody>{rows}</tbody>"
        "</table></div><p class='small soft'>Intervals: percentile bootstrap over questions. "
        "↓: lower is better. n: questions, spans or facts that the value is a mean over.</p>"
    )


def _metric_row(name: str, metric: Metric) -> str:
    arrow = " ↓" if name in LOWER_IS_BETTER else ""
    bar = "" if name.startswith("latency") else _bar(metric)
    return (
        f"<tr><td>{escape(name)}{arrow}</td><td>{number(metric.value)}</td>"
        f"<td>{number(metric.low)} – {number(metric.high)}</td>"
        f"<td class='range'>{bar}</td><td>{metric.n}</td></tr>"
    )


def _bar(metric: Metric) -> str:
    value, low, high = (100 * (v or 0.0) for v in (metric.value, metric.low, metric.high))
    return (
        f"<div class='bar'><i style='left:{low:.1f}%;width:{high - low:.1f}%'></i>"
        f"<u style='left:{value:.1f}%'></u></div>"
    )


def _plots(report: Report) -> str:
    if not report.risk_coverage:
        return ""
    known = [outcome for outcome in report.questions if outcome.right is not None]
    answered = sum(outcome.answered for outcome in known) / len(known)
    return (
        "<h2>Confidence</h2><div class='plots'>"
        "<div class='card'><h3>Risk and coverage</h3>"
        f"{risk_coverage_svg(report.risk_coverage, answered)}"
        "<p class='small soft'>If only the questions it is surest of were answered: how many of "
        "those were not answered rightly. Low on the left is good; declined questions count as "
        "not right.</p></div>"
        f"<div class='card'><h3>Reliability</h3>{reliability_svg(report.reliability)}"
        "<p class='small soft'>Ten groups of questions by confidence. On the dashed line, the "
        "confidence is what it says it is.</p></div></div>"
    )


def _slices(kind: str, values: Mapping[str, Mapping[str, Metric]]) -> str:
    head = "".join(f"<th>{escape(column)}</th>" for column in ("n", *SLICE_COLUMNS))
    rows = "".join(
        f"<tr><td>{escape(value)}</td><td>{metrics['latency_p50'].n}</td>"
        + "".join(_slice_cell(metrics[column]) for column in SLICE_COLUMNS)
        + "</tr>"
        for value, metrics in values.items()
    )
    note = "question × document" if kind == "language" else ""
    return (
        f"<h2>By {escape(kind)} <span class='small soft'>{note}</span></h2><div class='scroll'>"
        f"<table><thead><tr><th></th>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _slice_cell(metric: Metric) -> str:
    tip = f"{number(metric.low)} – {number(metric.high)}, n = {metric.n}"
    return f'<td title="{tip}">{number(metric.value)}</td>'


def _comparison(comparison: Comparison) -> str:
    rows = "".join(
        f"<tr><td>{escape(name)}</td><td>{number(d.before)}</td><td>{number(d.now)}</td>"
        f"<td>{_signed(name, d.change, d.certain)}</td>"
        f"<td>{d.change.low:+.3f} – {d.change.high:+.3f}</td></tr>"
        for name, d in comparison.differences.items()
        if d.change.value is not None
    )
    flips = "".join(
        f"<h3>{len(group)} got {name}</h3>{''.join(map(_flip, group))}"
        for name, group in (("better", comparison.better), ("worse", comparison.worse))
    )
    return (
        "<h2>Compared with the run before</h2><div class='scroll'><table><thead><tr>"
        "<th>metric</th><th>before</th><th>now</th><th>change</th>"
        f"<th>{LEVEL:.0%} interval</th></tr></thead><tbody>{rows}</tbody></table></div>"
        f"<p class='small soft'>{comparison.questions} questions in both runs, paired. Coloured: "
        f"the interval leaves out zero.</p>{flips}"
    )


def _signed(name: str, change: Metric, certain: bool) -> str:
    value = change.value or 0.0
    good = (value < 0) == (name in LOWER_IS_BETTER)
    style = f' class="{"up" if good else "down"}"' if certain and value else ""
    return f"<span{style}>{value:+.3f}</span>"


def _flip(flip: Flip) -> str:
    return (
        f"<details><summary><span class='small soft'>{escape(flip.id)}</span>"
        f"<span class='asked'>{escape(flip.question)}</span></summary><div class='inside'>"
        f"<p><b>before</b> {escape(flip.before)}</p><p><b>now</b> {escape(flip.now)}</p>"
        "</div></details>"
    )


def kind_of(outcome: Outcome) -> Kind:
    """In a word what came of a question, and the colour that it has."""
    if not outcome.answerable:
        return ("answered anyway", "bad") if outcome.answered else ("rightly declined", "good")
    if outcome.right is None:
        return ("answered", "") if outcome.answered else ("declined", "unsure")
    if outcome.right:
        return "right", "good"
    return ("wrong place", "bad") if outcome.answered else ("declined", "unsure")


def _questions(outcomes: Sequence[Outcome]) -> str:
    kinds = sorted({kind_of(outcome)[0] for outcome in outcomes})
    slices = sorted({_slice_of(outcome) for outcome in outcomes})
    return (
        "<h2>Questions</h2><div class='tools'>"
        "<input id='typed' type='search' placeholder='Filter by words' aria-label='Words'>"
        f"{_select('kind', 'every outcome', kinds)}{_select('slice', 'every language', slices)}"
        "<span id='count' class='small soft' aria-live='polite'></span></div>"
        + "".join(map(_question, outcomes))
    )


def _slice_of(outcome: Outcome) -> str:
    return f"{outcome.question_lang or '?'} × {outcome.document_lang or '?'}"


def _select(name: str, every: str, values: Iterable[str]) -> str:
    options = "".join(f"<option>{escape(value)}</option>" for value in values)
    return (
        f"<select id='{name}' aria-label='{every}'><option value=''>{every}</option>"
        f"{options}</select>"
    )


def _question(outcome: Outcome) -> str:
    kind, colour = kind_of(outcome)
    return (
        f'<details data-kind="{escape(kind)}" data-slice="{escape(_slice_of(outcome))}">'
        f'<summary><span class="chip {colour}">{escape(kind)}</span>'
        f'<span class="asked">{escape(outcome.question)}</span>'
        f'<span class="small soft">{outcome.confidence:.2f}</span></summary>'
        f'<div class="inside"><p class="small soft">{_facts(outcome)}</p><div class="two">'
        f"<div>{_given(outcome)}</div><div>{_expected(outcome)}</div></div></div></details>"
    )


def _facts(outcome: Outcome) -> str:
    rank = next((i for i, hit in enumerate(outcome.hits, start=1) if hit), None)
    found = f"right page at rank {rank}" if rank else "right page not found"
    facts = [
        outcome.id,
        _slice_of(outcome),
        outcome.type,
        outcome.difficulty,
        found if outcome.hits else None,
        f"confidence {outcome.confidence:.2f}",
        f"{outcome.seconds:.2f} s",
    ]
    return " · ".join(escape(fact) for fact in facts if fact)


def _given(outcome: Outcome) -> str:
    if outcome.answered:
        hits = [*outcome.cited_hits, *([None] * len(outcome.citations))]
        quotes = "".join(map(_citation, outcome.citations, hits))
        told = "" if _only_quotes(outcome) else f"<p class='text'>{escape(outcome.text)}</p>"
        return f"<h3>Answer</h3>{told}{quotes}"
    nearest = "".join(_citation(citation, None) for citation in outcome.nearest[:3])
    considered = f"<p class='small soft'>The nearest it found:</p>{nearest}" if nearest else ""
    return f"<h3>Declined</h3><p class='text'>{escape(outcome.text)}</p>{considered}"


def _only_quotes(outcome: Outcome) -> bool:
    """Whether the text says little beside the quotes that are shown anyway."""
    rest = outcome.text
    for citation in outcome.citations:
        rest = rest.replace(citation.quote, "")
    return len(rest) < len(outcome.text) / 3


def _citation(citation: Citation, hit: bool | None) -> str:
    colour = {True: "good", False: "bad", None: ""}[hit]
    place = [citation.document, _page(citation.page, citation.page_label), citation.section]
    return (
        f'<blockquote class="{colour}">“{escape(citation.quote)}”<footer>[{citation.number}] '
        f"{escape(', '.join(part for part in place if part))}</footer></blockquote>"
    )


def _expected(outcome: Outcome) -> str:
    said = escape(outcome.expected) or "<span class='soft'>no reference answer</span>"
    if not outcome.answerable:
        said = f"Not stated in the documents. <span class='soft'>{escape(outcome.expected)}</span>"
    facts = ", ".join(map(escape, outcome.key_facts))
    told = f"<p class='small soft'>Key facts: {facts}</p>" if facts else ""
    evidence = "".join(_evidence(outcome.document, item) for item in outcome.evidence)
    return f"<h3>Expected</h3><p class='text'>{said}</p>{told}{evidence}"


def _evidence(document: str | None, evidence: Evidence) -> str:
    place = [document or "", _page(evidence.pdf_page, evidence.printed_page)]
    return (
        f"<blockquote>“{escape(evidence.quote)}”"
        f"<footer>{escape(', '.join(part for part in place if part))}</footer></blockquote>"
    )


def _page(number: int | None, label: str | None) -> str:
    if number is None:
        return ""
    return f"page {number}" + (f" (printed {label})" if label and label != str(number) else "")


def _about(report: Report) -> str:
    facts = {**report.settings, **report.index}
    rows = "".join(
        f"<tr><td>{escape(name)}</td><td>{escape(_written(value))}</td></tr>"
        for name, value in facts.items()
    )
    return (
        "<h2>What was measured with what</h2><div class='scroll'>"
        f"<table class='facts'><tbody>{rows}</tbody></table></div>"
    )


def _written(value: object) -> str:
    if not isinstance(value, list):
        return str(value)
    return ", ".join(map(str, value[:SHOWN])) + (" …" if len(value) > SHOWN else "")
