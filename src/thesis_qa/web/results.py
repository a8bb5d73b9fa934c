"""What came of a run of a question set: its metrics, and what went wrong beside the pages."""

import re
from collections.abc import Iterable, Mapping
from html import escape
from urllib.parse import urlencode

from thesis_qa.evaluate import Comparison, Metric, Outcome, Report
from thesis_qa.evaluate.fresh import find_document
from thesis_qa.evaluate.gold import GoldPlace
from thesis_qa.evaluate.summary import LOWER_IS_BETTER
from thesis_qa.library import Index
from thesis_qa.types import Citation
from thesis_qa.web.markup import flat, place_link, where
from thesis_qa.web.texts import Texts

MAX_SHOWN = 40  # questions that went wrong; the report has all
WIDTH = "520"  # pixels of the pictures


def results_markup(
    report: Report,
    comparison: Comparison | None,
    since: str,
    done: str,
    index: Index,
    texts: Texts,
) -> str:
    """The results as HTML: table, comparison, failures."""
    say = texts.evaluation
    name = escape(str(report.settings.get("questions", "")))
    against = say.since.format(when=_when(since)) if comparison else say.first_run
    return flat(
        f'<div class="results"><h2>{name}</h2><p class="byline">{escape(done)}</p>'
        f"{_table(report.metrics, comparison, texts)}"
        f'<p class="byline">{escape(against)}</p>{_flips(comparison, texts)}'
        f"{_failures(report.questions, index, texts)}</div>"
    )


def _when(finished: str) -> str:
    return finished.replace("T", " ").replace("+00:00", " UTC")


def _table(metrics: Mapping[str, Metric], comparison: Comparison | None, texts: Texts) -> str:
    say = texts.evaluation
    heads = [say.metric, say.value, say.interval, *([say.change] if comparison else []),
             say.questions]  # fmt: skip
    rows = "".join(_row(name, m, comparison, texts) for name, m in metrics.items() if m.n)
    return (
        f'<div class="wide" tabindex="0"><table><thead><tr>'
        f"{''.join(f'<th scope=col>{escape(head)}</th>' for head in heads)}</tr></thead>"
        f"<tbody>{rows}</tbody></table></div>"
    )


def _row(name: str, metric: Metric, comparison: Comparison | None, texts: Texts) -> str:
    say = texts.evaluation
    told = say.metrics.get(name, "")
    lower = f" · {say.lower}" if name in LOWER_IS_BETTER else ""
    change = f"<td>{_change(name, comparison)}</td>" if comparison else ""
    bar = "" if name.startswith("latency") else _bar(metric)
    return (
        f'<tr><th scope="row"><code>{escape(name)}</code>'
        f'<span class="told">{escape(told + lower)}</span></th>'
        f"<td>{_number(metric.value)}</td><td>{_number(metric.low)} – {_number(metric.high)}{bar}"
        f"</td>{change}<td>{metric.n}</td></tr>"
    )


def _bar(metric: Metric) -> str:
    value, low, high = (100 * (v or 0.0) for v in (metric.value, metric.low, metric.high))
    return (
        f'<span class="range" aria-hidden="true"><i style="left:{low:.1f}%;'
        f'width:{max(high - low, 1):.1f}%"></i><u style="left:{value:.1f}%"></u></span>'
    )


def _change(name: str, comparison: Comparison) -> str:
    difference = comparison.differences.get(name)
    value = difference.change.value if difference else None
    if difference is None or value is None:
        return "–"
    good = (value < 0) == (name in LOWER_IS_BETTER)
    style = ("better" if good else "worse") if difference.certain and value else ""
    return f'<span class="{style}">{value:+.3f}</span>'


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _flips(comparison: Comparison | None, texts: Texts) -> str:
    if comparison is None:
        return ""
    say = texts.evaluation
    groups = ((say.better, comparison.better), (say.worse, comparison.worse))
    return "".join(
        f"<details><summary>{escape(words.format(count=len(flips)))}</summary>"
        + "".join(
            f"<p><b>{escape(f.question)}</b><br>{escape(f.before)} → {escape(f.now)}</p>"
            for f in flips
        )
        + "</details>"
        for words, flips in groups
        if flips
    )


# What went wrong


def _failures(outcomes: Iterable[Outcome], index: Index, texts: Texts) -> str:
    say = texts.evaluation
    wrong = [outcome for outcome in outcomes if outcome.good is False]
    if not wrong:
        return f'<p class="healthy">{escape(say.no_failures)}</p>'
    shown = "".join(_failure(outcome, index, texts) for outcome in wrong[:MAX_SHOWN])
    left = len(wrong) - MAX_SHOWN
    more = (
        f'<p class="byline">{escape(say.more_failures.format(count=left))}</p>' if left > 0 else ""
    )
    return f"<h3>{escape(say.failures.format(count=len(wrong)))}</h3>{shown}{more}"


def _failure(outcome: Outcome, index: Index, texts: Texts) -> str:
    say = texts.evaluation
    kind = "invented" if not outcome.answerable else "wrong" if outcome.answered else "silent"
    considered = outcome.citations if outcome.answered else outcome.nearest
    given = "".join(_cited(citation, texts) for citation in considered[:2])
    declined = "" if outcome.answered else f"<p>{escape(say.declined)}</p>"
    expected = "".join(_expected(outcome, item, index, texts) for item in outcome.evidence[:2])
    if not expected:
        text = outcome.expected if outcome.answerable else say.not_stated
        expected = f"<p>{escape(text)}</p>"
    return (
        f'<details class="failure"><summary><span class="kind {kind}">'
        f"{escape(say.outcomes[kind])}</span> {escape(outcome.question)}</summary>"
        f'<div class="beside"><div><h4>{escape(say.expected)}</h4>{expected}</div>'
        f"<div><h4>{escape(say.given)}</h4>{declined}{given}</div></div></details>"
    )


def _cited(citation: Citation, texts: Texts) -> str:
    place = " · ".join(filter(None, (citation.document, where(citation, texts))))
    link = place_link("place", citation, texts)
    picture = place_link("picture", citation, texts, width=WIDTH)
    drawn = any(span.boxes for span in citation.spans)
    return _place(citation.quote, place, link, picture if drawn else "", citation.page, texts)


def _expected(outcome: Outcome, evidence: GoldPlace, index: Index, texts: Texts) -> str:
    """What was to be cited, marked on its page where the page holds it word for word."""
    names = {info.name: info.path for info in index.documents()}
    only = next(iter(names)) if len(names) == 1 else None
    document = find_document(outcome.document, names) if outcome.document else only
    if document is None or evidence.pdf_page is None:
        return f"<blockquote>{escape(evidence.quote)}</blockquote>"
    page = texts.page.format(label=evidence.printed_page or evidence.pdf_page)
    known = [("document", document), ("language", texts.language), ("page", evidence.pdf_page)]
    marks = [("mark", mark) for mark in _marks(index, document, evidence)]
    link = f"/place?{urlencode([*known, *marks])}"
    picture = f"/picture?{urlencode([*known, ('width', WIDTH), *marks])}"
    return _place(evidence.quote, f"{document} · {page}", link, picture, evidence.pdf_page, texts)


def _marks(index: Index, document: str, evidence: GoldPlace) -> list[str]:
    assert evidence.pdf_page is not None
    try:
        text = index.catalog.page(document, evidence.pdf_page - 1).text
    except KeyError:
        return []
    words = r"\s+".join(map(re.escape, evidence.quote.split()))
    found = re.search(words, text) if words else None
    return [f"{evidence.pdf_page}:{found.start()}-{found.end()}"] if found else []


def _place(quote: str, place: str, link: str, picture: str, page: int | None, texts: Texts) -> str:
    alternative = escape(texts.page_picture.format(page=page, document=place))
    image = (
        f'<a class="sheet" href="{escape(link)}" data-reader title="{escape(texts.open_large)}">'
        f'<img loading="lazy" width="520" height="735" src="{escape(picture)}"'
        f' alt="{alternative}"></a>'
        if picture
        else ""
    )
    return (
        f'<blockquote>{escape(quote)} <a class="at" href="{escape(link)}" data-reader>'
        f"{escape(place)}</a></blockquote>{image}"
    )
