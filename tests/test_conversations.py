"""Conversations: read, checked, judged turn by turn, and counted by hand."""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from thesis_qa.errors import QuestionSetError
from thesis_qa.evaluate import (
    DocumentTexts,
    Report,
    check,
    compare_run,
    evaluate,
    read_gate,
    read_questions,
    report_html,
    report_json,
)
from thesis_qa.evaluate.conversations import Expectation, SetTurn, judge_turn
from thesis_qa.evaluate.verify import FreshPages, TextPages
from thesis_qa.types import Answer, Citation, CitedSpan

SETS = Path(__file__).parent.parent / "evaluation"


def cited(quote: str, document: str = "a.pdf", page: int | None = 3) -> Citation:
    span = CitedSpan(page, None, 0, len(quote))
    return Citation(1, document, "", "", None, page, None, "", "id", quote, (span,))


def answer(*citations: Citation, text: str = "", **more: Any) -> Answer:
    return Answer("?", "id", True, 0.9, text, citations, (), "quotes", {}, **more)


def wrong(given: Answer, **expected: Any) -> tuple[str, ...]:
    turn = SetTurn("Berapa sampelnya?", Expectation(**{"kind": "answer", **expected}))
    return judge_turn(turn, given, 0.1).wrong


@pytest.mark.parametrize(
    ("expected", "why"),
    [
        ({}, ""),
        ({"kind": "clarify"}, "it is taken for answer, expected is clarify"),
        ({"documents": ("a.pdf",)}, ""),
        ({"documents": ("c.pdf",)}, "expected is a place in c.pdf"),
        ({"documents": ("a.pdf",), "pages": (3, 4)}, ""),
        ({"documents": ("a.pdf",), "pages": (4,)}, "expected is a place in a.pdf"),
        ({"documents": ("a.pdf", "c.pdf"), "every": True}, "nothing is cited of c.pdf"),
        ({"documents": ("a.pdf",), "only": True}, "something is cited of b.pdf"),
        ({"documents": ("a.pdf", "b.pdf"), "only": True, "every": True}, ""),
        ({"facts": ("delapan puluh|81", "12 orang")}, ""),
        ({"facts": ("8",)}, "8 is not stated"),
        ({"not_facts": ("62",)}, ""),
        ({"not_facts": ("81|delapan",)}, "81|delapan is stated"),
        ({"language": "id"}, ""),
        ({"language": "en"}, "it speaks id, expected is en"),
    ],
)
def test_a_turn_is_right_if_all_that_is_expected_is_true(
    expected: dict[str, Any], why: str
) -> None:
    found = wrong(answer(cited("81 responden"), cited("Ada 12 orang.", "b.pdf")), **expected)
    assert len(found) == bool(why), found
    assert why in "".join(found)


def test_the_place_must_be_among_the_first_three_citations() -> None:
    late = answer(*[cited("x", "b.pdf")] * 3, cited("81 responden"))
    assert "first citations are of a.pdf, b.pdf" in wrong(late, documents=("a.pdf",))[0]


def test_a_list_of_theses_may_name_them_without_a_citation() -> None:
    listed = answer(cited("x", "b.pdf"), kind="library", documents=("a.pdf", "b.pdf"))
    both = ("a.pdf", "b.pdf")
    assert not wrong(listed, kind="library", documents=both, every=True)
    assert wrong(listed, kind="library", documents=(*both, "c.pdf"), every=True)


def test_what_is_said_without_quotes_is_said_in_the_language_expected() -> None:
    greeting = answer(text="Hello! Ask me anything about these theses.", kind="talk")
    assert not wrong(greeting, kind="talk", language="en")
    assert wrong(greeting, kind="talk", language="id")


# Whole runs


class Partner:
    """Answers by a fixed list, and keeps what it was told had been said before."""

    writing = None

    def __init__(self, answers: dict[str, Answer]) -> None:
        self.answers, self.heard = answers, list[tuple[tuple[str, ...], Any]]()
        names = [SimpleNamespace(name=name, path="", languages={"id": 1.0}, passages=1)
                 for name in ("f/a.pdf", "b.pdf")]  # fmt: skip
        self.index = SimpleNamespace(
            documents=lambda: names, catalog=SimpleNamespace(about=dict), rerank="none"
        )

    def ask(self, text: str, history: Any = (), documents: Any = None, top_k: int = 5) -> Answer:
        self.heard.append((tuple(f"{q} {a}" for q, a in history), documents))
        return self.answers[text]


def turn(say: str, **expect: Any) -> dict[str, Any]:
    return {"say": say, "expect": expect}


ROWS: list[dict[str, Any]] = [
    {"id": "c1", "documents": ["a.pdf"], "turns": [
        turn("Berapa sampelnya?", kind="answer", documents=["a.pdf"], facts=["81"]),
        turn("Kenapa?", kind="clarify"),
    ]},
    {"id": "c2", "documents": None, "turns": [
        turn("Hi there!", kind="talk", pages=None, language="en"),
    ]},
]  # fmt: skip


def written(folder: Path, rows: Sequence[dict[str, Any]]) -> Path:
    path = folder / "talks.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


def run(folder: Path, rows: Sequence[dict[str, Any]] = ROWS) -> tuple[Report, Partner]:
    partner = Partner({
        "Berapa sampelnya?": answer(cited("81 responden", "f/a.pdf"), text="81 [1]"),
        "Kenapa?": answer(text="Tidak disebutkan.", kind="decline"),
        "Hi there!": answer(text="Hello, what would you like to know?", kind="talk"),
    })  # fmt: skip
    return evaluate(partner, written(folder, rows)), partner  # type: ignore[arg-type]


def test_each_turn_is_asked_with_what_was_said_before_it(tmp_path: Path) -> None:
    _, partner = run(tmp_path)
    assert partner.heard == [
        ((), ["f/a.pdf"]),
        (("Berapa sampelnya? 81 [1]",), ["f/a.pdf"]),
        ((), None),
    ]


def test_turns_and_conversations_are_counted_overall_and_by_slice(tmp_path: Path) -> None:
    report, _ = run(tmp_path)
    assert report.metrics["turn_right"].value == pytest.approx(2 / 3)
    assert report.metrics["turn_right"].n == 3
    assert report.metrics["conversation_right"].value == 0.5
    assert 0 <= report.metrics["turn_right"].low < 1  # type: ignore[operator]
    right = {
        kind: {value: found["turn_right"].value for value, found in values.items()}
        for kind, values in report.slices.items()
    }
    assert right == {
        "turn_kind": {"answer": 1, "clarify": 0, "talk": 1},
        "turn_language": {"en": 1, "id": 0.5},
        "turn_place": {"first": 1, "later": 0},
    }
    assert "at least 0.9" in str(read_gate("turn_right=0.9").missed(report))


def test_the_table_the_json_and_the_page_show_what_went_wrong(tmp_path: Path) -> None:
    report, _ = run(tmp_path)
    assert "turn_right" in str(report)
    assert re.search(r"^clarify +1 +0\.000$", str(report), re.MULTILINE)
    saved = json.loads(json.dumps(report_json(report)))
    assert saved["conversations"][0]["turns"][1]["wrong"]
    page = report_html(report)
    assert "it is taken for decline, expected is clarify" in page
    assert "Hi there!" not in page  # nothing is wrong there
    assert "ditanggapi" not in page
    assert "Percakapan" in report_html(report, fragment=True, language="id")


def test_a_run_is_compared_with_the_last_turn_by_turn(tmp_path: Path) -> None:
    now, _ = run(tmp_path)
    saved = json.loads(json.dumps(report_json(now)))
    first = saved["conversations"][0]["turns"]
    first[0]["wrong"], first[1]["wrong"] = ["another page"], []
    (tmp_path / "run.json").write_text(json.dumps(saved), encoding="utf-8")
    compared = compare_run(tmp_path / "run.json", now)
    assert [flip.question for flip in compared.better] == ["Berapa sampelnya?"]
    assert [flip.id for flip in compared.worse] == ["c1:2"]
    difference = compared.differences["turn_right"]
    assert difference.before == difference.now == pytest.approx(2 / 3)
    assert compared.questions == 3
    assert "Hi there!" not in report_html(now, compared)
    saved["conversations"] = []
    (tmp_path / "run.json").write_text(json.dumps(saved), encoding="utf-8")
    with pytest.raises(QuestionSetError, match="no question"):
        compare_run(tmp_path / "run.json", now)


def test_questions_and_conversations_may_stand_in_one_set(tmp_path: Path) -> None:
    asked = {"id": "q", "question": "Apa?", "answerable": True}
    found = read_questions(written(tmp_path, [*ROWS, asked]))
    assert [c.id for c in found.conversations] == ["c1", "c2"]
    assert [q.id for q in found.questions] == ["q"]


def broken(**changed: Any) -> dict[str, Any]:
    return {**ROWS[0], "id": "x", **changed}


MISTAKES: list[tuple[dict[str, Any], str, bool]] = [
    (broken(id="c2"), "the id 'c2' is that of line 2 too", True),
    (broken(turns=[]), "'turns' is empty", True),
    (broken(turns=["hi"]), "turn 1 must be an object", True),
    (broken(turns=[{"say": "hi"}]), "turn 1: the field 'expect' is missing", True),
    (broken(turns=[turn("hi", kind="chat")]), "turn 1: 'kind' must be 'answer', 'decline'", True),
    (broken(turns=[turn(" ", kind="talk")]), "turn 1: 'say' is empty", True),
    (broken(turns=[turn("hi", kind="talk", fact=["a"])]), "did you mean 'facts'?", False),
    (broken(turns=[turn("hi", kind="talk", documents=["a.pdf"])]), "which cites nothing", False),
    (broken(turns=[turn("hi", kind="answer", facts=["2"], only=True)]), "'only' and", False),
    (broken(turns=[turn("hi", kind="answer")]), "neither a document nor a fact", False),
    (broken(turns=[turn("a", kind="answer", documents=["aa.pdf"])]), "mean 'a.pdf'?", False),
    (
        broken(turns=[turn("a", kind="answer", documents=["a.pdf"], facts=["82"])]),
        "turn 1: the fact '82' is in none of the documents",
        False,
    ),
    (
        broken(turns=[turn("a", kind="answer", documents=["a.pdf"], pages=[9])]),
        "turn 1: there is no page 9",
        False,
    ),
]


@pytest.mark.parametrize(("row", "said", "stops"), MISTAKES, ids=[m[1] for m in MISTAKES])
def test_a_mistake_is_found_on_its_line(
    tmp_path: Path, row: dict[str, Any], said: str, stops: bool
) -> None:
    path = written(tmp_path, [*ROWS, row])
    texts = DocumentTexts(["a.pdf"], TextPages({"a.pdf": "Ada 81 responden."}))
    found = check(path, texts)
    assert [f.line for f in found] == [3], found
    assert said in found[0].text
    if stops:
        with pytest.raises(QuestionSetError, match="line 3"):
            read_questions(path)


def test_the_projects_own_conversations_are_in_order() -> None:
    folder = SETS / "conversations" / "documents"
    paths = {path.name: str(path) for path in folder.iterdir()}
    assert (
        check(SETS / "conversations.jsonl", DocumentTexts(sorted(paths), FreshPages(paths))) == []
    )
    asked = read_questions(SETS / "conversations.jsonl").conversations
    assert len(asked) >= 67
    assert {turn.expect.kind for talk in asked for turn in talk.turns} == {
        "answer", "decline", "library", "talk", "clarify",
    }  # fmt: skip
