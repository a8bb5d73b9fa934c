"""Where evaluation parts two things by a number, what lies just inside and just outside of it."""

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from thesis_qa.evaluate import evidence_check, html_report, judge, metrics, verify
from thesis_qa.evaluate.compare import Flip, _flip_lines, _short, in_short
from thesis_qa.evaluate.evidence_check import QuotedDocument
from thesis_qa.types import Page

LETTERS = "abcdefghijklmnopqrstuvwxyz"
FIRST_DRAWN = [0, 1, 1, 2, 1, 0, 0, 0, 1, 2, 4, 0]  # how often each of twelve questions


def test_ten_ranks_are_looked_at() -> None:
    assert metrics.reciprocal_rank([False] * 9 + [True]) == pytest.approx(0.1)
    assert metrics.reciprocal_rank([False] * 10 + [True]) == 0


@pytest.mark.parametrize(("rank", "hit"), [(3, 1.0), (4, 0.0)])
def test_one_of_three_citations_is_right(rank: int, hit: float) -> None:
    cited = [False] * (rank - 1) + [True] * (10 - rank)
    known = SimpleNamespace(placed=True, question=SimpleNamespace(answerable=True))
    answer = SimpleNamespace(answered=True, confidence=0.5)
    scores = judge._answer_scores(cast(Any, known), cast(Any, answer), cited, None)
    assert scores["answer_page_hit"][0] == hit


def test_calibration_is_told_in_ten_parts() -> None:
    confidence, right = np.linspace(0, 1, 100), np.ones(100)
    counts = np.ones((1, 100), np.int64)
    assert metrics.reliability(confidence, right, counts).shape[1] == 10


def test_an_interval_is_of_two_thousand_samples_in_blocks_of_four_million_numbers() -> None:
    assert sum(len(block) for block in metrics.draws(3)) == 2000
    assert [len(block) for block in metrics.draws(4000)] == [1000, 1000]
    assert [len(block) for block in metrics.draws(4001)] == [999, 999, 2]


def test_an_interval_holds_nineteen_of_twenty_and_is_always_the_same() -> None:
    values = np.arange(200.0)

    def mean(counts: Any) -> Any:
        return counts @ values / counts.sum(axis=1)

    found = metrics.interval(mean, 200, 200)
    assert found.low is not None
    assert found.high is not None
    assert found.high - found.low == pytest.approx(2 * 1.96 * values.std() / 200**0.5, rel=0.05)
    assert next(iter(metrics.draws(12)))[0].tolist() == FIRST_DRAWN


@pytest.mark.parametrize(("count", "more"), [(20, False), (21, True)])
def test_twenty_answers_that_changed_are_shown(count: int, more: bool) -> None:
    flips = [cast(Flip, SimpleNamespace(id=f"q{n}", question="?", before="a", now="b"))
             for n in range(count)]  # fmt: skip
    shown = _flip_lines("worse", flips)
    assert shown.count("  q") == 20
    assert ("+1" in shown) == more


@pytest.mark.parametrize(("length", "cut"), [(120, False), (121, True)])
def test_a_hundred_and_twenty_characters_tell_two_runs_apart(length: int, cut: bool) -> None:
    cited = SimpleNamespace(page=None, quote="a" * length)
    outcome = cast(Any, SimpleNamespace(answered=True, citations=[cited]))
    assert ("…" in in_short(outcome)) == cut
    assert len(_short("a " * 90)) <= 120


def test_a_quote_of_twelve_letters_proves_something() -> None:
    document = QuotedDocument("a.pdf", [Page(1, None, LETTERS)])
    short, long = (
        [r.code for r in evidence_check._check_other_places(LETTERS[:n], [], document)]
        for n in (11, 12)
    )
    assert "short-quote" in " ".join(short)
    assert "short-quote" not in " ".join(long)


@pytest.mark.parametrize(("same", "code"), [(40, "quote-changed"), (22, "quote-nowhere")])
def test_a_page_that_holds_half_of_a_quote_is_the_closest(same: int, code: str) -> None:
    text = (LETTERS * 9)[:60]
    quote = text[:same] + "0" * (60 - same)
    document = QuotedDocument("a.pdf", [Page(1, None, text)])
    texts = cast(Any, SimpleNamespace(documents=(), document=lambda name: document))
    [found] = evidence_check._check_quote(quote, 0, document, texts)
    assert code in found.code


def test_four_other_places_of_a_quote_are_named() -> None:
    pages = [Page(n, None, LETTERS) for n in range(1, 9)]
    document = QuotedDocument("a.pdf", pages)
    items = [{"pdf_page": 1}]
    assert len(list(evidence_check._check_other_places(LETTERS, items, document))) == 4


@pytest.mark.parametrize(("count", "more"), [(20, False), (21, True)])
def test_twenty_documents_of_a_report_are_listed(count: int, more: bool) -> None:
    assert html_report._listed([str(n) for n in range(count)]).endswith("…") == more


def test_forty_questions_that_went_wrong_are_shown_on_the_page(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: dict[str, Any] = {}
    template = SimpleNamespace(render=lambda **more: told.update(more) or "")
    monkeypatch.setattr(html_report, "_template", lambda: template)
    monkeypatch.setattr(html_report, "_risk_plot", lambda report: {})
    wrong = SimpleNamespace(good=False, verdict="wrong")
    report: Any = SimpleNamespace(questions=(wrong,) * 50, settings={}, index={})
    monkeypatch.setattr(html_report, "entry", lambda *given: {"wrong": "wrong"})
    html_report.report_html(report, fragment=True)
    assert (len(told["questions"]), told["left"]) == (40, 10)


def test_ten_pages_that_differ_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    (tmp_path / "a.pdf").touch()
    old, new = ([Page(n, None, text) for n in range(1, 31)] for text in ("a", "b"))
    catalog = SimpleNamespace(
        sources=lambda: {"a.pdf": SimpleNamespace(path=tmp_path / "a.pdf")},
        pages=lambda name: old,
    )
    from thesis_qa.structure import document

    monkeypatch.setattr(document, "load", lambda path, name: SimpleNamespace(pages=new))
    [found] = verify._verify_document(cast(Any, SimpleNamespace(catalog=catalog)), "a.pdf")
    assert "10" in str(found)
    assert "11" not in str(found)
