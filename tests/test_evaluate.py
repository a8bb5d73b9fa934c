"""Runs over small sets whose every metric can be computed by hand."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pdfs import write_pdf
from thesis_qa.assistant import Assistant
from thesis_qa.errors import QuestionSetError, SettingError
from thesis_qa.evaluate import (
    check_set,
    compare,
    evaluate,
    read_gate,
    read_questions,
    read_run,
    report_json,
    run_set,
)
from thesis_qa.evaluate.judge import judge, verbatim
from thesis_qa.evaluate.outcome import Outcome, measure, read_outcomes
from thesis_qa.evaluate.question_set import GoldAnswer, GoldPlace, QuestionSet, SetQuestion
from thesis_qa.evaluate.verify import FreshPages, TextPages
from thesis_qa.library import Index
from thesis_qa.read.glyphs import boxes
from thesis_qa.structure.document import load
from thesis_qa.types import Answer, Box, Citation, CitedSpan, Page, Passage, to_json


def passage(page: int | None, document: str = "a.pdf", last: int | None = None, **more) -> Passage:  # type: ignore[no-untyped-def]
    fields = {"text": f"text of page {page}", "passage_id": f"{document}:{page}", **more}
    return Passage(
        document=document, title="", page=page, page_label=None, last_page=last or page,
        section="", language="id", **fields,
    )  # fmt: skip


def citation(quote: str, page: int | None = 1, document: str = "a.pdf", start: int = 0) -> Citation:
    span = CitedSpan(page, None, start, start + len(quote))
    return Citation(1, document, "", "", None, page, None, "", "id", quote, (span,))


def answer(*citations: Citation, confidence: float = 0.9, declined: bool = False) -> Answer:
    return Answer(
        question="?",
        language="id",
        answered=not declined,
        confidence=confidence,
        text=" ".join(c.quote for c in citations) if not declined else "Tidak disebutkan.",
        citations=() if declined else citations,
        passages=(),
        model="quotes",
        timings={},
        nearest=citations,
    )


def question(identifier: str = "q", answerable: bool = True, **more) -> SetQuestion:  # type: ignore[no-untyped-def]
    return SetQuestion(identifier, f"Apa isi {identifier}?", answerable, document="a.pdf", **more)


PAGES = {1: "Hambatan pertama adalah perizinan.", 2: "Jumlahnya 730 definisi, 24,9% dari semua."}


def pages_of(document: str) -> Sequence[Page]:
    return [Page(number, str(number), text) for number, text in PAGES.items()]


def judged(asked: SetQuestion, given: Answer, passages: Sequence[Passage] = ()) -> Outcome:
    return judge(asked, given, passages, 0.1, home="a.pdf", document_lang="id", pages_of=pages_of)


ON_PAGE_2 = (GoldPlace(2, "2", "Jumlahnya 730 definisi"),)


def test_a_passage_hits_if_it_begins_or_ends_on_an_evidence_page_of_the_document() -> None:
    asked = question(evidence=ON_PAGE_2)
    found = [passage(2, "other.pdf"), passage(3), passage(1, last=2), passage(2)]
    outcome = judged(asked, answer(), found)
    assert outcome.hits == (False, False, True, True)
    assert outcome.scores["page_hit@1"] == (0, 1)
    assert outcome.scores["page_hit@3"] == (1, 1)
    assert outcome.scores["mrr"] == (pytest.approx(1 / 3), 1)


def test_without_pages_the_passage_that_holds_the_quote_takes_their_part() -> None:
    asked = question(evidence=(GoldPlace(None, None, "hambatan berupa perizinan"),))
    found = [
        passage(None, text="Lain."),
        passage(None, text="Ada hambatan  berupa per\u00adizinan."),
    ]
    assert judged(asked, answer(), found).hits == (False, True)


def test_questions_without_evidence_are_skipped_by_the_page_metrics() -> None:
    outcome = judged(question(), answer(citation(PAGES[1])), [passage(1)])
    assert outcome.hits == ()
    assert outcome.right is None
    assert outcome.scores.keys() == {"answered_rate", "quote_verbatim"}


def test_answered_rightly_needs_one_of_the_first_three_citations_on_an_evidence_page() -> None:
    asked = question(evidence=ON_PAGE_2)
    wrong, good = citation(PAGES[1], 1), citation(PAGES[2], 2)
    third = judged(asked, answer(wrong, wrong, good))
    fourth = judged(asked, answer(wrong, wrong, wrong, good))
    assert third.right
    assert third.scores["answer_page_hit"] == (1, 1)
    assert third.scores["citation_precision"] == (pytest.approx(1 / 3), 1)
    assert not fourth.right
    assert fourth.scores["answer_page_hit"] == (0, 1)


def test_declining_an_answerable_question_is_not_right_but_its_evidence_is_judged() -> None:
    declined = judged(question(evidence=ON_PAGE_2), answer(citation(PAGES[2], 2), declined=True))
    assert declined.right is False
    assert declined.scores["answered_rate"] == declined.scores["answer_page_hit"] == (0, 1)
    assert declined.scores["sentence_hit@1"] == (1, 1)
    assert "citation_precision" not in declined.scores


def test_an_unanswerable_question_is_never_answered_rightly() -> None:
    asked = question(answerable=False)
    given = judged(asked, answer(citation(PAGES[1]), confidence=0.8))
    assert given.scores["false_answer_rate"] == (1, 1)
    assert not given.good
    assert given.scores["brier"] == (pytest.approx(0.64), 1)
    assert judged(asked, answer(declined=True)).good


def test_a_sentence_hits_if_it_overlaps_a_gold_quote_by_half_of_the_shorter() -> None:
    asked = question(evidence=(GoldPlace(2, None, "Jumlahnya 730 definisi, 24,9% dari semua"),))
    assert judged(asked, answer(citation("730 definisi", 2))).scores["sentence_hit@1"] == (1, 1)
    assert judged(asked, answer(citation("perizinan.", 2))).scores["sentence_hit@1"] == (0, 1)
    elsewhere = answer(citation("730 definisi", 1))
    assert judged(asked, elsewhere).scores["sentence_hit@1"] == (0, 1)


def test_key_facts_are_looked_for_in_text_and_quotes() -> None:
    evidence = (GoldPlace(2, None, PAGES[2]),)
    asked = question(evidence=evidence, key_facts=("730", "24.9%", "tujuh ratus"))
    outcome = judged(asked, answer(citation("Jumlahnya 730 definisi", 2)))
    assert outcome.scores["key_fact_recall"] == (1, 2)


@pytest.mark.parametrize(
    ("quote", "page", "found"),
    [
        ("Hambatan pertama adalah perizinan.", 1, 1),
        ("Hambatan  pertama ada-\nlah perizinan.", 1, 1),
        ("Hambatan pertama adalah perizinan.", 2, 0),
        ("Hambatan kedua adalah perizinan.", 1, 0),
        ("Hambatan pertama adalah perizinan.", 9, 0),
    ],
)
def test_a_quote_is_verbatim_if_its_page_says_so_word_for_word(
    quote: str, page: int, found: int
) -> None:
    assert verbatim(citation(quote, page), pages_of) == (found, 1)


def test_each_part_of_a_quote_must_stand_on_its_own_page() -> None:
    spans = (CitedSpan(1, None, 0, 8), CitedSpan(2, None, 0, 9))
    divided = replace(citation("Hambatan … Jumlahnya"), spans=spans)
    assert verbatim(divided, pages_of) == (2, 2)
    assert verbatim(replace(divided, quote="Hambatan … Lainnya"), pages_of) == (1, 2)


def test_spans_of_a_vanished_file_are_not_counted() -> None:
    assert verbatim(citation("Hambatan"), lambda document: ()) == (0, 0)


def test_a_quote_is_checked_against_the_order_of_the_file_itself(tmp_path: Path) -> None:
    lines = [(72, 120, "Hambatan pertama adalah"), (72, 140, "ARSIP"), (72, 160, "perizinan.")]
    path = write_pdf(tmp_path / "a.pdf", [lines])
    (page,) = load(path, "a.pdf").pages
    places = [boxes(page, page.text.index(part), page.text.index(part) + len(part))
              for part in ("Hambatan pertama adalah", "ARSIP", "perizinan.")]  # fmt: skip
    pages = FreshPages({"a.pdf": str(path)})
    pages._read["a.pdf"] = (replace(page, text="Hambatan pertama adalah perizinan."),)

    def quoted(quote: str, *within: Sequence[Box]) -> Citation:
        around = tuple(box for own in within for box in own)
        return replace(citation(quote), spans=(CitedSpan(1, None, 0, len(quote), around),))

    assert verbatim(quoted("Hambatan pertama adalah", places[0]), pages) == (1, 1)
    skipping = quoted("Hambatan pertama adalah perizinan.", places[0], places[2])
    assert verbatim(skipping, pages) == (0, 1)


def test_what_runs_off_the_page_stands_with_what_it_goes_on_with(tmp_path: Path) -> None:
    path = write_pdf(
        tmp_path / "a.pdf", [[(480, 120, "CronJob Namespaced Tidak"), (72, 150, "Lain")]]
    )
    (page,) = load(path, "a.pdf").pages
    pages = FreshPages({"a.pdf": str(path)})
    end = page.text.index("Tidak") + len("Tidak")
    whole = CitedSpan(1, None, 0, end, boxes(page, 0, end))
    quoted = replace(citation("CronJob Namespaced Tidak"), spans=(whole,))
    assert verbatim(quoted, pages) == (1, 1)
    pages._read["a.pdf"] = (replace(page, text="CronJob Namespaced Tidak Lain"),)
    assert verbatim(replace(quoted, quote="CronJob Namespaced Tidak Lain"), pages) == (0, 1)


# SQuAD-style

CONTEXT = "Jakarta ibu kota Indonesia. Hanoi ibu kota Vietnam. Jakarta berdiri tahun 1527."


def reading(*citations: Citation, golds: tuple[GoldAnswer, ...], declined: bool = False) -> Outcome:
    asked = SetQuestion("s", "Di mana?", True, context="c1", golds=golds)
    pages = TextPages({"c1": CONTEXT, "c2": CONTEXT})
    found = [passage(None, "c2"), passage(None, "c1")]
    given = answer(*citations, declined=declined)
    return judge(asked, given, found, 0.1, home="c1", document_lang="id", pages_of=pages)


def in_context(part: str, document: str = "c1") -> Citation:
    return citation(part, None, document, CONTEXT.rindex(part))


def test_the_right_context_is_the_page_of_a_reading_set() -> None:
    outcome = reading(in_context("Hanoi ibu kota Vietnam."), golds=(GoldAnswer("Hanoi", 28),))
    assert outcome.hits == (False, True)
    assert outcome.scores["page_hit@1"] == (0, 1)
    assert outcome.scores["mrr"] == (0.5, 1)


def test_a_sentence_must_hold_the_place_of_the_answer_not_just_its_words() -> None:
    golds = (GoldAnswer("Jakarta", 0),)
    first, last = "Jakarta ibu kota Indonesia.", "Jakarta berdiri tahun 1527."
    hit = reading(in_context(first), golds=golds)
    missed = reading(in_context(last), golds=golds)
    assert hit.right
    assert hit.scores["sentence_hit@1"] == (1, 1)
    assert missed.right is False
    assert missed.scores["answer_page_hit"] == (1, 1)
    assert missed.scores["contains_answer"] == (1, 1)
    assert reading(in_context(first, "c2"), golds=golds).right is False


def test_f1_reads_the_marked_answer_or_the_whole_quote() -> None:
    golds = (GoldAnswer("Hanoi", 28),)
    quote = in_context("Hanoi ibu kota Vietnam.")
    assert reading(quote, golds=golds).scores["answer_f1"] == (pytest.approx(2 / 5), 1)
    marked = replace(quote, answer=(0, 5))
    assert reading(marked, golds=golds).scores["answer_f1"] == (1, 1)
    declined = reading(marked, golds=golds, declined=True)
    assert declined.scores["answer_f1"] == declined.scores["contains_answer"] == (0, 1)


# Whole runs


class QuotingAssistant:
    """Answers by a fixed list, and counts how often it is asked."""

    writing = None

    def __init__(self, answers: dict[str, Answer], passages: dict[str, list[Passage]]) -> None:
        self.answers, self.passages, self.asked = answers, passages, 0
        document = SimpleNamespace(name="a.pdf", path="gone.pdf", languages={"id": 1.0}, passages=2)
        self.index = SimpleNamespace(
            documents=lambda: [document],
            catalog=SimpleNamespace(about=lambda: {"generation": "1"}),
            rerank="none",
        )

    def stream(
        self, text: str, documents: Sequence[str] | None = None, top_k: int = 5
    ) -> Iterator[Answer]:
        self.asked += 1
        assert documents == ["a.pdf"]
        yield replace(self.answers[text], passages=tuple(self.passages[text][:top_k]))


def four_questions() -> tuple[QuestionSet, QuotingAssistant]:
    """Right at .9, wrong page at .6, unanswerable answered at .7 and declined at .1."""
    q = [question("q1", evidence=ON_PAGE_2, type="list"), question("q2", evidence=ON_PAGE_2)]
    q += [question("q3", answerable=False), question("q4", answerable=False)]
    answers = [
        answer(citation(PAGES[2], 2), confidence=0.9),
        answer(citation(PAGES[1], 1), confidence=0.6),
        answer(citation(PAGES[1], 1), confidence=0.7),
        answer(citation(PAGES[1], 1), confidence=0.1, declined=True),
    ]
    found = {text.question: [passage(1), passage(2)] for text in q}
    by_text = {asked.question: given for asked, given in zip(q, answers, strict=True)}
    return QuestionSet("set.jsonl", tuple(q)), QuotingAssistant(by_text, found)


def run(**more):  # type: ignore[no-untyped-def]
    asked, assistant = four_questions()
    return evaluate(assistant, asked, **more)  # type: ignore[arg-type]


def test_a_run_by_hand() -> None:
    values = {name: metric.value for name, metric in run().metrics.items()}
    assert values["page_hit@1"] == 0
    assert values["page_hit@3"] == 1
    assert values["mrr"] == 0.5
    assert values["answered_rate"] == 1
    assert values["false_answer_rate"] == 0.5
    assert values["answer_page_hit"] == 0.5
    assert values["citation_precision"] == 0.5
    # (.9,.7) (.9,.1) (.6,.1) won, (.6,.7) lost
    assert values["abstention_auroc"] == 0.75
    # .1² .6² .7² .1²
    assert values["brier"] == pytest.approx((0.01 + 0.36 + 0.49 + 0.01) / 4)
    assert values["calibration_error"] == pytest.approx((0.1 + 0.6 + 0.7 + 0.1) / 4)
    assert values["quote_verbatim"] is None  # the file is gone: said, not made up


def test_a_vanished_file_is_reported() -> None:
    assert run().unchecked == ("a.pdf: its file is gone",)


def test_risk_and_coverage_of_the_run() -> None:
    assert run().risk_coverage == (
        (0.9, 0.25, 0.0), (0.7, 0.5, 0.5), (0.6, 0.75, pytest.approx(2 / 3)), (0.1, 1.0, 0.75),
    )  # fmt: skip


def test_slices_hold_the_same_metrics() -> None:
    slices = run().slices
    assert "difficulty" not in slices
    assert "language" not in slices
    report = evaluate_typed()
    assert report.slices["type"]["list"]["answer_page_hit"].value == 1
    assert report.slices["type"]["why"]["answer_page_hit"].value == 0


def evaluate_typed():  # type: ignore[no-untyped-def]
    asked, assistant = four_questions()
    first, second, *others = asked.questions
    typed = (first, replace(second, type="why"), *others)
    return evaluate(assistant, replace(asked, questions=typed))  # type: ignore[arg-type]


def test_a_document_that_the_index_lacks_stops_the_run_before_it_starts() -> None:
    asked, assistant = four_questions()
    stray = replace(asked.questions[0], document="b.pdf", line=7)
    with pytest.raises(QuestionSetError, match=r"line 7.*'b\.pdf'"):
        evaluate(assistant, replace(asked, questions=(stray,)))  # type: ignore[arg-type]
    assert assistant.asked == 0


def test_the_json_of_a_run_can_be_read_back_and_compared(tmp_path: Path) -> None:
    report = run()
    saved = tmp_path / "run.json"
    saved.write_text(json.dumps(report_json(report)), encoding="utf-8")
    assert read_run(saved) == report.questions
    same = compare(read_run(saved), report.questions)
    assert not same.better
    assert not same.worse
    assert same.questions == 4
    for name, difference in same.differences.items():
        assert difference.change.value in (0, None), name


def test_flips_are_listed_both_ways() -> None:
    before = run().questions
    now = [
        replace(o, right=o.id == "q2", answered=o.id != "q3", scores={"mrr": (1.0, 1.0)})
        for o in before
    ]
    compared = compare(before, now)
    assert [flip.id for flip in compared.better] == ["q2", "q3"]
    assert [flip.id for flip in compared.worse] == ["q1", "q4"]
    change = compared.differences["mrr"].change
    assert change.value == 0.5
    assert compared.differences["mrr"].certain


def test_runs_of_different_sets_can_not_be_compared() -> None:
    before = run().questions
    with pytest.raises(QuestionSetError, match="share no question"):
        compare(before, [replace(o, question="Lain?") for o in before])


def test_gates_bound_a_metric_from_the_side_that_is_bad() -> None:
    report = run()
    assert read_gate("answer_page_hit=0.5").missed(report) is None
    assert "at least 0.6" in str(read_gate("answer_page_hit=0.6").missed(report))
    assert read_gate("false_answer_rate=0.5").missed(report) is None
    assert "at most 0.4" in str(read_gate("false_answer_rate=0.4").missed(report))
    assert "could not be measured" in str(read_gate("answer_f1=0.1").missed(report))


@pytest.mark.parametrize("text", ["speed=1", "mrr", "mrr=high", "mrr=nan"])
def test_a_gate_that_makes_no_sense_is_refused(text: str) -> None:
    with pytest.raises(SettingError):
        read_gate(text)


# Properties

outcomes = st.lists(
    st.tuples(st.booleans(), st.booleans(), st.booleans(), st.floats(0, 1)), min_size=1, max_size=12
)


def made(rows: list[tuple[bool, bool, bool, float]]) -> list[Outcome]:
    found = []
    for i, (answerable, declined, hit, confidence) in enumerate(rows):
        asked = question(f"q{i}", answerable, evidence=ON_PAGE_2 if answerable else ())
        given = answer(citation(PAGES[2 if hit else 1], 2 if hit else 1), declined=declined,
                       confidence=confidence)  # fmt: skip
        found.append(judged(asked, given, [passage(2 if hit else 1)]))
    return found


@settings(max_examples=25, deadline=None)
@given(outcomes, st.randoms(use_true_random=False))
def test_the_order_of_the_questions_does_not_matter(rows, random) -> None:  # type: ignore[no-untyped-def]
    found = made(rows)
    shuffled = found.copy()
    random.shuffle(shuffled)
    assert measure(found) == measure(shuffled)


@settings(max_examples=25, deadline=None)
@given(outcomes)
def test_an_interval_always_holds_its_value(rows) -> None:  # type: ignore[no-untyped-def]
    for name, metric in measure(made(rows)).items():
        if metric.value is not None:
            assert metric.low <= metric.value <= metric.high, name  # type: ignore[operator]


@settings(max_examples=25, deadline=None)
@given(outcomes)
def test_an_outcome_survives_json(rows) -> None:  # type: ignore[no-untyped-def]
    found = tuple(made(rows))
    assert read_outcomes(json.loads(json.dumps(to_json(found)))) == found


def test_perfect_answers_score_one_and_empty_ones_zero() -> None:
    perfect = measure(made([(True, False, True, 1.0), (False, True, False, 0.0)]))
    for name in ("page_hit@1", "mrr", "answer_page_hit", "citation_precision", "quote_verbatim",
                 "sentence_hit@1", "answered_rate", "abstention_auroc"):  # fmt: skip
        assert perfect[name].value == 1, name
    for name in ("false_answer_rate", "brier", "calibration_error"):
        assert perfect[name].value == 0, name
    nothing = judged(question(evidence=ON_PAGE_2, key_facts=("730",)), answer(declined=True))
    empty = measure([nothing])
    for name in ("page_hit@10", "mrr", "answer_page_hit", "sentence_hit@1", "key_fact_recall",
                 "answered_rate"):  # fmt: skip
        assert empty[name].value == 0, name


def test_the_gold_sets_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "set.jsonl"
    path.write_text('{"id": 3, "question": "Apa?", "answerable": true}\n\n', encoding="utf-8")
    assert read_questions(path).questions[0].id == "3"


# With the real thing


GATES = (
    "page_hit@1=0.6",
    "page_hit@5=0.95",
    "mrr=0.75",
    "sentence_hit@1=0.85",
    "citation_precision=0.9",
    "quote_verbatim=1",
    "key_fact_recall=0.8",
    "answer_page_hit=0.76",
    "answered_rate=0.76",
    "abstention_auroc=0.76",
    "false_answer_rate=0.43",
)
"""What no change may fall below on the sister-city set; raise them when it got better.

About one question below what is measured: another processor's rounding may turn one over.
"""


def test_the_sister_city_set_is_answered_as_well_as_before(sister_city: Index) -> None:
    path = Path(__file__).parent.parent / "evaluation" / "sister-city.jsonl"
    report = evaluate(Assistant(sister_city), path)
    assert len(report.questions) == 28
    assert [missed for gate in GATES if (missed := read_gate(gate).missed(report))] == []
    assert report.metrics["latency_p50"].n == 28
    assert {"type", "difficulty", "language"} <= report.slices.keys()


def test_the_sister_city_set_is_in_order(sister_city: Index) -> None:
    path = Path(__file__).parent.parent / "evaluation" / "sister-city.jsonl"
    found = check_set(path, sister_city.folder)
    assert [finding for finding in found if finding.level != "note"] == []


def test_a_reading_set_needs_no_index_and_leaves_nothing_behind(tmp_path: Path) -> None:
    texts = {
        "Jakarta adalah ibu kota Indonesia. Kota ini berdiri tahun 1527.": [
            {"id": "a", "question": "Tahun berapa Jakarta berdiri?", "is_impossible": False,
             "answers": [{"text": "1527", "answer_start": 58}]},
        ],
        "Danau Toba terletak di Sumatra Utara. Danau itu terbentuk oleh letusan gunung api.": [
            {"id": "b", "question": "Di mana letak Danau Toba?", "is_impossible": False,
             "answers": [{"text": "Sumatra Utara", "answer_start": 23}]},
            {"id": "c", "question": "Siapa presiden Prancis?", "is_impossible": True,
             "answers": []},
        ],
    }  # fmt: skip
    path = tmp_path / "set.json"
    path.write_text(json.dumps([{"context": c, "qas": q} for c, q in texts.items()]))
    gates = ["page_hit@1=1", "mrr=2"]
    done = run_set(path, tmp_path / "index", rerank="none", fail_under=gates)
    assert done.report.settings["rerank"] == "none"
    assert done.report.metrics["page_hit@1"].value == 1
    assert done.report.metrics["sentence_hit@1"].n == 2
    assert done.report.metrics["quote_verbatim"].value == 1
    assert len(done.missed) == 1
    assert "mrr is 1.0000, at least 2 is asked for" in done.missed[0]
    assert not (tmp_path / "index").exists()
