"""The table, and the page: one file that opens offline, with nothing but text in it."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from thesis_qa.errors import ThesisQAError
from thesis_qa.evaluate import Comparison, Metric, Outcome, Report, compare, report_html, save_page
from thesis_qa.evaluate.html_report import report_json
from thesis_qa.evaluate.outcome import measure, measure_slices, reliability_bins, risk_points
from thesis_qa.evaluate.question_set import GoldPlace
from thesis_qa.types import Citation, CitedSpan

HOSTILE = "<img src=x onerror=alert(1)>\"'</script><script>alert(2)</script>&amp;"


def outcome(number: int, **changed: object) -> Outcome:
    span = CitedSpan(3, "iii", 0, 5)
    quote = Citation(1, "a.pdf", "", "", None, 3, "iii", "BAB I", "id", "kutipan kata", (span,))
    made = Outcome(
        id=f"q{number}",
        question=f"Pertanyaan {number}?",
        question_lang="id" if number % 2 else "en",
        answerable=True,
        document="a.pdf",
        document_lang="id",
        type="list" if number % 3 else "why",
        difficulty="easy",
        expected="yang benar",
        evidence=(GoldPlace(3, "iii", "kutipan emas"),),
        key_facts=("benar",),
        answered=True,
        confidence=0.1 * number,
        text="Jawaban [1].",
        citations=(quote,),
        nearest=(quote,),
        passages=(),
        hits=(False, True),
        cited_hits=(True,),
        right=True,
        seconds=0.25,
        scores={"page_hit@1": (0.0, 1.0), "answered_rate": (1.0, 1.0), "mrr": (0.5, 1.0)},
    )
    return replace(made, **changed)  # type: ignore[arg-type]


def report(*outcomes: Outcome) -> Report:
    return Report(
        metrics=measure(outcomes),
        slices=measure_slices(outcomes),
        questions=outcomes,
        risk_coverage=risk_points(outcomes),
        reliability=reliability_bins(outcomes),
        unchecked=(),
        index={"documents": ["a.pdf"], "embedding": "e5"},
        settings={"questions": "set.jsonl", "finished": "2026-01-01T00:00:00+00:00"},
    )


def three() -> Report:
    wrong = outcome(2, right=False, cited_hits=(False,))
    return report(outcome(1), wrong, outcome(3, answered=False, citations=(), right=False))


class Tags(HTMLParser):
    """Every tag with its attributes, and that each is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attributes)))
        if tag not in {"meta", "input"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attributes)))


def test_the_table_shows_value_interval_and_n() -> None:
    lines = str(three()).splitlines()
    assert re.match(r"page_hit@1 +0\.000 +0\.000 – 0\.000 +3$", lines[1])
    assert any(line.startswith("id × id") for line in lines)
    assert not any("answer_f1" in line for line in lines)  # nothing of the kind was asked


def test_the_page_asks_nothing_of_the_network() -> None:
    tags = Tags(report_html(three()))
    assert not tags.open
    for tag, attributes in tags.seen:
        assert tag not in {"link", "img", "iframe", "object", "embed", "base", "form"}
        assert not {"src", "href", "action", "srcset"} & attributes.keys()
    assert "url(" not in report_html(three())
    policy = next(a["content"] for t, a in tags.seen if a.get("http-equiv"))
    assert policy is not None
    assert policy.startswith("default-src 'none'")


def test_the_page_holds_every_question_with_quote_place_and_expectation() -> None:
    text = report_html(three())
    for wanted in ("Pertanyaan 1?", "“kutipan kata”", "a.pdf, page 3 (printed iii), BAB I",
                   "yang benar", "“kutipan emas”", "right page at rank 2"):  # fmt: skip
        assert wanted in text
    kinds = [a["data-kind"] for t, a in Tags(text).seen if t == "details"]
    assert kinds == ["right", "wrong place", "declined"]


def test_no_text_becomes_markup() -> None:
    quote = Citation(1, HOSTILE, "", "", None, 3, HOSTILE, HOSTILE, "id", HOSTILE, ())
    hostile = outcome(
        1, id=HOSTILE, question=HOSTILE, question_lang=HOSTILE, type=HOSTILE, difficulty=HOSTILE,
        expected=HOSTILE, evidence=(GoldPlace(1, HOSTILE, HOSTILE),), key_facts=(HOSTILE,),
        text=HOSTILE, citations=(quote,), document=HOSTILE,
    )  # fmt: skip
    shown = report(hostile, outcome(2))
    shown = replace(
        shown,
        unchecked=(HOSTILE,),
        index={"documents": [HOSTILE], HOSTILE: HOSTILE},
        settings={"questions": HOSTILE, "finished": HOSTILE},
    )
    flipped = compare([replace(hostile, right=False), outcome(2)], shown.questions)
    text = report_html(shown, flipped)
    plain = report_html(three(), compared())
    assert {t for t, _ in Tags(text).seen} <= {t for t, _ in Tags(plain).seen}
    assert "<img" not in text
    assert text.count("<script") == 1
    assert all(not name.startswith("on") for _, a in Tags(text).seen for name in a)


def compared() -> Comparison:
    before = [replace(o, right=not o.right) for o in three().questions]
    return compare(before, three().questions)


def test_the_page_shows_what_changed() -> None:
    text = report_html(three(), compared())
    assert "1 got better" in text
    assert "2 got worse" in text


def test_a_set_without_evidence_has_a_page_too() -> None:
    bare = outcome(1, right=None, hits=(), cited_hits=(), evidence=(), scores={})
    assert "Pertanyaan 1?" in report_html(report(bare))


def test_the_json_has_the_fields_of_the_contract() -> None:
    found = report_json(three(), compared())
    assert found["metrics"]["mrr"].keys() == {"value", "low", "high", "n"}
    assert found["questions"][0]["hits"] == [False, True]
    assert {"id", "answered", "confidence", "text", "citations"} <= found["questions"][0].keys()
    assert found["comparison"]["worse"][0]["id"] == "q2"
    assert {"index", "settings", "slices"} <= found.keys()


def test_a_page_that_can_not_be_written_is_said_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(ThesisQAError, match="can't be written"):
        save_page(three(), tmp_path / "nowhere" / "run.html")


def test_a_metric_that_was_not_measured_is_a_dash() -> None:
    nothing = Metric(None, None, None, 0)
    shown = replace(three(), metrics={"mrr": Metric(0.5, 0.4, 0.6, 3), "answer_f1": nothing})
    assert "answer_f1" not in str(shown)
