"""What came of a run of a question set: its metrics, and what went wrong beside the pages."""

import re
from typing import Any

from thesis_qa.evaluate import Comparison, Metric, Outcome, Report
from thesis_qa.evaluate.fresh import find_document
from thesis_qa.evaluate.gold import GoldPlace
from thesis_qa.evaluate.summary import LOWER_IS_BETTER
from thesis_qa.library import Index
from thesis_qa.types import Citation
from thesis_qa.web.places import Highlight, cited_page, link_to, place_link
from thesis_qa.web.render import fragment
from thesis_qa.web.texts import Texts

MAX_SHOWN = 40  # questions that went wrong; the report has all
WIDTH = 520  # pixels of the pictures, two beside each other
BESIDE = 2  # places that are shown of what was expected, and of what was given


def results_markup(
    report: Report,
    comparison: Comparison | None,
    since: str,
    done: str,
    index: Index,
    texts: Texts,
) -> str:
    """The results as HTML: table, comparison, failures."""
    wrong = [outcome for outcome in report.questions if outcome.good is False]
    return fragment(
        "results.html",
        texts,
        name=str(report.settings.get("questions", "")),
        done=done,
        since=since.replace("T", " ").replace("+00:00", " UTC"),
        comparison=comparison,
        metrics={name: metric for name, metric in report.metrics.items() if metric.n},
        lower=LOWER_IS_BETTER,
        change=_change,
        bar=_bar,
        wrong=len(wrong),
        failures=[_failure(outcome, index, texts) for outcome in wrong[:MAX_SHOWN]],
    )


def _change(name: str, comparison: Comparison) -> tuple[str, float] | None:
    """The change of a metric, and whether it is for the better or worse beyond chance."""
    difference = comparison.differences.get(name)
    value = difference.change.value if difference else None
    if difference is None or value is None:
        return None
    good = (value < 0) == (name in LOWER_IS_BETTER)
    return ("better" if good else "worse") if difference.certain and value else "", value


def _bar(metric: Metric) -> dict[str, float]:
    """Percentages of a bar's width."""
    value, low, high = (100 * (v or 0.0) for v in (metric.value, metric.low, metric.high))
    return {"at": value, "low": low, "wide": max(high - low, 1)}


# What went wrong


def _failure(outcome: Outcome, index: Index, texts: Texts) -> dict[str, Any]:
    kind = "invented" if not outcome.answerable else "wrong" if outcome.answered else "silent"
    considered = outcome.citations if outcome.answered else outcome.nearest
    not_stated = texts.evaluation.not_stated
    return {
        "kind": kind,
        "outcome": outcome,
        "given": [_given(citation, texts) for citation in considered[:BESIDE]],
        "expected": [_expected(outcome, e, index, texts) for e in outcome.evidence[:BESIDE]],
        "otherwise": outcome.expected if outcome.answerable else not_stated,
    }


def _given(citation: Citation, texts: Texts) -> dict[str, Any]:
    place = " · ".join(filter(None, (citation.document, cited_page(citation, texts))))
    drawn = any(span.boxes for span in citation.spans)
    return {
        "quote": citation.quote,
        "place": place,
        "page": citation.page,
        "link": place_link("place", citation, texts),
        "picture": place_link("picture", citation, texts, width=WIDTH) if drawn else "",
    }


def _expected(outcome: Outcome, evidence: GoldPlace, index: Index, texts: Texts) -> dict[str, Any]:
    """What was to be cited, marked on its page where the page holds it word for word."""
    names = {info.name: info.path for info in index.documents()}
    only = next(iter(names)) if len(names) == 1 else None
    document = find_document(outcome.document, names) if outcome.document else only
    if document is None or evidence.pdf_page is None:
        return {"quote": evidence.quote, "link": ""}
    page = texts.page.format(label=evidence.printed_page or evidence.pdf_page)
    marks = _marks(index, document, evidence.quote, evidence.pdf_page)
    return {
        "quote": evidence.quote,
        "place": f"{document} · {page}",
        "page": evidence.pdf_page,
        "link": link_to("place", document, evidence.pdf_page, marks, texts),
        "picture": link_to("picture", document, evidence.pdf_page, marks, texts, width=WIDTH),
    }


def _marks(index: Index, document: str, quote: str, page: int) -> list[Highlight]:
    try:
        text = index.catalog.page(document, page - 1).text
    except KeyError:
        return []
    words = r"\s+".join(map(re.escape, quote.split()))
    found = re.search(words, text) if words else None
    return [Highlight(page, *found.span())] if found else []
