"""Every format of question sets, and what is said of those that can't be read."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thesis_qa.errors import QuestionSetError
from thesis_qa.evaluate import QuestionSet, read_questions
from thesis_qa.evaluate.metrics import bare_offset, bare_text
from thesis_qa.evaluate.question_set import GoldAnswer, GoldPlace
from thesis_qa.evaluate.set_files import read_set_file

ROW: dict[str, Any] = {
    "id": "q1",
    "question": "Apa hambatannya?",
    "question_lang": "id",
    "answerable": True,
    "document": "a.pdf",
    "evidence": [{"pdf_page": 35, "printed_page": "3", "quote": "sulitnya perizinan"}],
    "answer": "Perizinan.",
    "key_facts": ["perizinan"],
    "type": "obstacle",
    "difficulty": "easy",
}


def written(folder: Path, text: str, name: str = "set.jsonl") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def read(folder: Path, text: str, name: str = "set.jsonl") -> QuestionSet:
    return read_questions(written(folder, text, name))


def test_a_line_holds_a_question(tmp_path: Path) -> None:
    found = read(tmp_path, "\n" + json.dumps(ROW) + "\n").questions[0]
    assert (found.id, found.question_lang, found.answerable) == ("q1", "id", True)
    assert found.evidence == (GoldPlace(35, "3", "sulitnya perizinan"),)
    assert (found.answer, found.key_facts, found.line) == ("Perizinan.", ("perizinan",), 2)


def test_only_three_fields_are_required(tmp_path: Path) -> None:
    found = read(tmp_path, '{"id": "a", "question": "Why?", "answerable": false}').questions[0]
    assert (found.document, found.evidence, found.type) == (None, (), None)


def test_a_byte_order_mark_and_windows_line_ends_are_fine(tmp_path: Path) -> None:
    path = tmp_path / "set.jsonl"
    lines = [json.dumps(ROW), json.dumps({**ROW, "id": "q2"})]
    path.write_bytes(b"\xef\xbb\xbf" + "\r\n".join(lines).encode())
    assert [q.id for q in read_questions(path).questions] == ["q1", "q2"]


def test_a_line_separator_inside_a_quote_does_not_end_the_line(tmp_path: Path) -> None:
    text = json.dumps({**ROW, "answer": "a\u2028b"}, ensure_ascii=False)
    assert read(tmp_path, text).questions[0].answer == "a\u2028b"


YAML = """
- id: q1
  question: Apa hambatannya?
  answerable: true
  evidence:
    - {pdf_page: 35, printed_page: 3, quote: sulitnya perizinan}
- id: 2
  question: "How many?"
  answerable: no
"""


def test_yaml_is_read_with_its_lines(tmp_path: Path) -> None:
    first, second = read(tmp_path, YAML, "set.yaml").questions
    assert first.evidence == (GoldPlace(35, "3", "sulitnya perizinan"),)
    assert (second.id, second.answerable, second.line) == ("2", False, 7)


def test_a_json_list_of_questions_is_read_too(tmp_path: Path) -> None:
    text = json.dumps([ROW, {**ROW, "id": "q2"}], indent=1)
    found = read(tmp_path, text, "set.json").questions
    assert [q.id for q in found] == ["q1", "q2"]
    assert found[1].line == 1 + text[: text.index('"q2"')].count("\n") - 1


CONTEXT = "Jakarta adalah ibu kota. Hanoi bukan."


def qa(identifier: Any, answers: list[dict[str, Any]], impossible: bool = False) -> dict[str, Any]:
    return {
        "id": identifier,
        "question": f"Apa {identifier}?",
        "is_impossible": impossible,
        "answers": answers,
    }


FLAT = [
    {"context": CONTEXT, "qas": [qa("a", [{"text": "Hanoi", "answer_start": 25}])]},
    {"context": "Lain.", "qas": [qa("b", [], impossible=True)]},
    {"context": CONTEXT, "qas": [qa(3, [{"text": "Jakarta", "answer_start": 9}])]},
]
SQUAD = {"version": "v2.0", "data": [{"title": "T", "paragraphs": FLAT}]}


@pytest.mark.parametrize("value", [FLAT, SQUAD])
def test_each_distinct_context_becomes_a_document(tmp_path: Path, value: object) -> None:
    found = read(tmp_path, json.dumps(value, indent=1), "set.json")
    assert list(found.contexts.values()) == [CONTEXT, "Lain."]
    a, b, c = found.questions
    assert a.context == c.context != b.context
    assert (a.document, a.golds) == (None, (GoldAnswer("Hanoi", 25),))
    assert (b.answerable, b.golds) == (False, ())
    assert c.id == "3"
    assert c.line > b.line > a.line > 1


def test_a_wrong_answer_start_is_mended_by_the_text(tmp_path: Path) -> None:
    found = read(tmp_path, json.dumps(FLAT), "set.json").questions[2]
    assert found.golds == (GoldAnswer("Jakarta", 0),)


def test_an_answer_that_is_nowhere_has_no_place(tmp_path: Path) -> None:
    flat = [{"context": CONTEXT, "qas": [qa("a", [{"text": "Depok", "answer_start": 0}])]}]
    assert read(tmp_path, json.dumps(flat), "s.json").questions[0].golds == (
        GoldAnswer("Depok", None),
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"id": "a", "question": "Why?"}', "line 1: the field 'answerable' is missing"),
        ('{"id": "a", "question": "Why?", "answerable": "yes"}', "must be true or false"),
        ('\n{"id": "a", "question": " ", "answerable": true}', "line 2: 'question' is empty"),
        ('{"id": "a", "question": "Why?", "answerable": true,}', "line 1: not valid JSON"),
        ("[1, 2]", "line 1: not a question"),
        ("[]", "there is no question in it"),
        ("   ", "is empty"),
        (json.dumps(ROW) + "\n" + json.dumps(ROW), "line 2: the id 'q1' is that of line 1 too"),
        (json.dumps({**ROW, "evidence": {}}), "'evidence' must be a list"),
        (json.dumps({**ROW, "evidence": [{"pdf_page": "3"}]}), "'pdf_page' must be a whole number"),
        ('[{"context": 3, "qas": []}]', "'context' must be a text"),
        (
            '[{"context": "a", "qas": [{"id": 1}]}]',
            "line 1: question 1: the field 'question' is missing",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(QuestionSetError) as caught:
        read(tmp_path, text)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_broken_yaml_is_said_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(QuestionSetError, match="line 2: not valid YAML"):
        read(tmp_path, "- id: a\n  question: [", "set.yml")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(QuestionSetError, match=r"nowhere\.jsonl can't be read"):
        read_questions(tmp_path / "nowhere.jsonl")


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "set.jsonl").write_bytes(b'{"id": "caf\xe9"}')
    with pytest.raises(QuestionSetError, match="not UTF-8"):
        read_questions(tmp_path / "set.jsonl")


def problem(path: Path) -> str:
    """Why a set is refused; "" if it is read."""
    try:
        return "" if read_questions(path).questions else "\n"
    except QuestionSetError as error:
        return str(error)


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_with_one_line(tmp_path_factory: Any, text: str) -> None:
    folder = tmp_path_factory.mktemp("any")
    for name in ("set.jsonl", "set.json", "set.yaml"):
        path = folder / name
        path.write_text(text, encoding="utf-8", errors="replace")
        assert "\n" not in problem(path)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "question", "answerable", "evidence", "context", "qas", "data"])
            | st.text(max_size=5),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(json_values)
def test_any_json_is_read_or_refused_with_one_line(tmp_path_factory: Any, value: object) -> None:
    path = written(tmp_path_factory.mktemp("any"), json.dumps(value), "set.json")
    assert "\n" not in problem(path)
    assert read_set_file(path).entries is not None


@given(st.text(max_size=60), st.integers(0, 60))
def test_a_place_is_the_same_in_bare_text(text: str, position: int) -> None:
    position = min(position, len(text))
    assert bare_text(text)[: bare_offset(text, position)] == bare_text(text[:position])
