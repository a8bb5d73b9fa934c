"""What readers say of answers is kept, forgotten with its document, and becomes questions."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thesis_qa.assistant import Assistant
from thesis_qa.errors import IndexStateError
from thesis_qa.evaluate import check, read_questions
from thesis_qa.index.feedback import (
    FILE_NAME,
    Feedback,
    Quote,
    Verdict,
    all_feedback,
    draft_rows,
    feedback_on,
    forget_feedback,
    keep_feedback,
)
from thesis_qa.library import Index

VERDICTS: tuple[Verdict, ...] = ("helpful", "wrong answer", "wrong page")


def said(
    verdict: Verdict = "helpful",
    question: str = "Apa tujuannya?",
    note: str = "",
    *documents: str,
    answered: bool = True,
) -> Feedback:
    quotes = tuple(
        Quote(d, 61, "29", "Tujuannya adalah mengukur.") for d in documents or ("a.pdf",)
    )
    return Feedback(verdict, note, question, "id", answered, (), quotes if answered else ())


def test_the_last_word_on_an_answer_counts(tmp_path: Path) -> None:
    keep_feedback(tmp_path, "one", said("wrong page"))
    keep_feedback(tmp_path, "one", said("wrong page", note="halaman 30"))
    keep_feedback(tmp_path, "two", said())
    assert [(f.verdict, f.note) for f in all_feedback(tmp_path)] == [
        ("wrong page", "halaman 30"),
        ("helpful", ""),
    ]


def test_there_is_none_before_there_is_some(tmp_path: Path) -> None:
    assert all_feedback(tmp_path) == []
    assert not (tmp_path / FILE_NAME).exists()
    assert draft_rows([]) == ""


def test_it_is_forgotten_with_any_document_it_quotes(tmp_path: Path) -> None:
    keep_feedback(tmp_path, "one", said("helpful", "Rahasia satu?", "", "a.pdf", "b.pdf"))
    keep_feedback(tmp_path, "two", said("helpful", "Lain?", "", "b.pdf"))
    forget_feedback(tmp_path, ["a.pdf"])
    assert [f.question for f in all_feedback(tmp_path)] == ["Lain?"]
    assert b"Rahasia satu" not in (tmp_path / FILE_NAME).read_bytes()


def test_removing_a_document_forgets_what_was_said_of_it_and_runs_that_quote_it(
    tmp_path: Path,
) -> None:
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "air.txt").write_text("Sumur warga mengering pada bulan Agustus.")
    (tmp_path / "documents" / "api.txt").write_text("Kebakaran lahan terjadi pada bulan Juli.")
    index = Index.build(tmp_path / "documents", tmp_path / "index")
    answer = Assistant(index).ask("Kapan sumur warga mengering?")
    keep_feedback(index.folder, "one", feedback_on(answer, "helpful", among=["air.txt"]))
    runs = index.folder / "evaluations"
    runs.mkdir()
    (runs / "set.jsonl.last.json").write_text('{"quote": "Sumur warga mengering"}')
    index.remove("air.txt")
    assert all_feedback(index.folder) == []
    assert not runs.exists()
    index.close()


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(IndexStateError, match="can't be kept"):
        keep_feedback(tmp_path / "nowhere", "one", said())


@given(
    st.lists(
        st.builds(
            said,
            st.sampled_from(VERDICTS),
            st.text(min_size=1, max_size=40).filter(str.strip),
            st.text(max_size=40),
            answered=st.booleans(),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_drafts_are_a_question_set(
    tmp_path_factory: pytest.TempPathFactory, kept: list[Feedback]
) -> None:
    path = tmp_path_factory.mktemp("drafts") / "feedback.jsonl"
    path.write_text(draft_rows(kept), encoding="utf-8")
    questions = read_questions(path).questions
    assert {q.question for q in questions} == {f.question for f in kept}


def test_what_helped_is_the_expected_answer(tmp_path: Path) -> None:
    path = tmp_path / "feedback.jsonl"
    path.write_text(draft_rows([said(), said("helpful", "Siapa presidennya?", answered=False)]))
    stated, unstated = read_questions(path).questions
    assert stated.answerable
    assert stated.document == "a.pdf"
    assert stated.evidence[0].pdf_page == 61
    assert stated.evidence[0].quote == "Tujuannya adalah mengukur."
    assert not unstated.answerable
    assert not [f for f in check(path) if f.level == "error"]


def test_what_was_wrong_is_left_to_be_looked_up() -> None:
    [line] = draft_rows([said("wrong page", note="Lihat halaman 30")]).splitlines()
    draft = json.loads(line)
    assert draft["evidence"] == []
    assert draft["answer"] == "Lihat halaman 30"
    assert draft["answerable"]
