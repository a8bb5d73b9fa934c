"""`--check` finds what people get wrong when they write question sets, by line number."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from thesis_qa.evaluate import DocumentTexts, Finding, check
from thesis_qa.evaluate.set_files import findings_table, read_set_file
from thesis_qa.types import Page

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"

PAGES = {
    "a.pdf": [
        (1, "i", "Kata pengantar untuk pembaca skripsi ini."),
        (2, "1", "Hambatan utama adalah sulitnya mendapatkan perizinan revitalisasi di kota tua."),
        (3, "2", "Sampel penelitian berjumlah 120 responden dari tiga kecamatan berbeda."),
        (4, "3", "Kesimpulan: kerja sama tidak berjalan sebagaimana mes-\ntinya sampai akhir."),
    ],
    "b.pdf": [(1, None, "Biaya pembangunan mencapai dua miliar rupiah pada tahun pertama.")],
    "c.md": [(None, None, "Jakarta dan Hanoi bertukar informasi tata kelola kota.")],
}


def pages_of(document: str) -> Sequence[Page]:
    return [Page(number, label, text) for number, label, text in PAGES.get(document, [])]


LIBRARY = DocumentTexts(sorted(PAGES), pages_of)


def evidence(page: Any = 2, label: Any = "1", quote: Any = "sulitnya mendapatkan perizinan") -> Any:
    return {"pdf_page": page, "printed_page": label, "quote": quote}


def good(number: int) -> dict[str, Any]:
    return {
        "id": f"g{number}",
        "question": f"Apa hambatan utama yang terjadi dalam kegiatan {number}?",
        "question_lang": "id",
        "answerable": True,
        "document": "a.pdf",
        "evidence": [evidence()],
        "answer": "Sulitnya mendapatkan perizinan.",
        "key_facts": ["perizinan"],
        "type": "obstacle",
        "difficulty": "easy",
    }


def unanswerable(**changed: Any) -> dict[str, Any]:
    row = {**good(0), "answerable": False, "evidence": [], "key_facts": []}
    return {**row, "answer": "Tidak disebutkan.", **changed}


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in good(0).items() if key != name}


def with_evidence(**changed: Any) -> dict[str, Any]:
    return {**good(0), "evidence": [{**evidence(), **changed}]}


def checked(folder: Path, rows: Sequence[dict[str, Any] | str]) -> list[Finding]:
    path = folder / "set.jsonl"
    lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
    path.write_text("\n".join(lines), encoding="utf-8")
    return check(path, LIBRARY)


GOOD = [good(n) for n in range(1, 9)]

MISTAKES: list[tuple[str, Any, str]] = [
    ("broken JSON", '{"id": "x", "question": "Apa?", "answerable": true', "not valid JSON"),
    ("trailing comma", '{"id": "x", "answerable": true,}', "not valid JSON"),
    ("not an object", '["x"]', "an object with fields is needed"),
    ("field twice", '{"id": "x", "id": "y", "question": "A?", "answerable": true}', "twice"),
    ("no id", without("id"), "'id' is missing"),
    ("no question", without("question"), "'question' is missing"),
    ("no answerable", without("answerable"), "'answerable' is missing"),
    ("empty id", {**good(0), "id": " "}, "'id' is empty"),
    ("id of another", {**good(0), "id": "g3"}, "the id 'g3' is that of line 3 too"),
    ("id in another case", {**good(0), "id": "G3"}, "is that of line 3 too"),
    ("number as id", {**good(0), "id": 7}, "'id' must be a text, not the number 7"),
    ("null question", {**good(0), "question": None}, "'question' must be a text, not null"),
    ("empty question", {**good(0), "question": "  "}, "'question' is empty"),
    ("no words asked", {**good(0), "question": "?!"}, "holds no words"),
    ("answerable as text", {**good(0), "answerable": "true"}, "must be true or false"),
    ("answerable as number", {**good(0), "answerable": 1}, "must be true or false"),
    ("unknown language", {**good(0), "question_lang": "jv"}, "unknown language 'jv'"),
    ("language spelt out", {**good(0), "question_lang": "Indonesian"}, "unknown language"),
    ("wrong language", {**good(0), "question_lang": "en"}, "reads as 'id'"),
    ("stray document", {**good(0), "document": "aa.pdf"}, "did you mean 'a.pdf'?"),
    ("empty document", {**good(0), "document": ""}, "'document' is empty"),
    ("no document", without("document"), "no 'document'"),
    ("evidence as object", {**good(0), "evidence": evidence()}, "'evidence' must be a list"),
    ("evidence as text", {**good(0), "evidence": ["perizinan"]}, "evidence 1 must be an object"),
    ("no evidence", {**good(0), "evidence": []}, "answerable but has no evidence"),
    ("no answer", {**good(0), "answer": ""}, "answerable but has no answer"),
    ("page as text", with_evidence(pdf_page="2"), "'pdf_page' must be a whole number"),
    ("page 0", with_evidence(pdf_page=0), "'pdf_page' counts from 1"),
    ("fraction of a page", with_evidence(pdf_page=2.5), "'pdf_page' must be a whole number"),
    ("page off the end", with_evidence(pdf_page=99), "there is no page 99: 'a.pdf' has 4"),
    ("page missing", with_evidence(pdf_page=None), "no page is given; it is on page 2"),
    ("label as number", with_evidence(printed_page=1), "'printed_page' must be a text"),
    ("wrong label", with_evidence(printed_page="7"), "'printed_page' is '7', but on page 2"),
    ("printed for file page", with_evidence(pdf_page=1), "not on page 1 (printed i); it is on"),
    ("quote elsewhere", with_evidence(quote="berjumlah 120 responden"), "it is on page 3"),
    ("quote of another document", with_evidence(quote="mencapai dua miliar"), "it is in 'b.pdf'"),
    ("quote nowhere", with_evidence(quote="gajah terbang di atas awan"), "nor anywhere else"),
    (
        "quote retold",
        with_evidence(quote="Hambatan utama adalah susahnya mendapatkan perizinan revitalisasi"),
        "word for word",
    ),
    ("quote in capitals", with_evidence(quote="SULITNYA MENDAPATKAN perizinan"), "upper and lower"),
    ("empty quote", with_evidence(quote=" "), "evidence 1: 'quote' is empty"),
    ("quote missing", {**good(0), "evidence": [{"pdf_page": 2}]}, "'quote' is missing"),
    ("short quote", with_evidence(quote="utama"), "very short"),
    ("evidence field misspelt", with_evidence(qoute="x"), "did you mean 'quote'?"),
    ("field misspelt", {**good(0), "dificulty": "easy"}, "did you mean 'difficulty'?"),
    ("field unknown", {**good(0), "colour_of_page": "x"}, "'colour_of_page'; it is ignored"),
    ("unanswerable with evidence", unanswerable(evidence=[evidence()]), "but carries evidence"),
    ("unanswerable with facts", unanswerable(key_facts=["perizinan"]), "but has key facts"),
    ("unanswerable answered", unanswerable(answer="Sulitnya perizinan"), "reads like an answer"),
    ("answerable declined", {**good(0), "answer": "Tidak disebutkan."}, "nothing is stated"),
    ("facts as text", {**good(0), "key_facts": "perizinan"}, "'key_facts' must be a list"),
    ("fact as number", {**good(0), "key_facts": [120]}, "each of 'key_facts' must be a text"),
    ("fact in no quote", {**good(0), "key_facts": ["biaya"]}, "is in no quote"),
    ("fact twice", {**good(0), "key_facts": ["perizinan", "Perizinan"]}, "key fact stands there"),
    ("evidence twice", {**good(0), "evidence": [evidence()] * 2}, "evidence stands there twice"),
    ("wrong number", {**good(0), "answer": "Ada 130 responden."}, "gives 130"),
    ("difficulty misspelt", {**good(0), "difficulty": "eazy"}, "did you mean 'easy'?"),
    ("type misspelt", {**good(0), "type": "obstacel"}, "did you mean 'obstacle'?"),
    ("type as list", {**good(0), "type": ["obstacle"]}, "'type' must be a text, not a list"),
    ("no difficulty", without("difficulty"), "no 'difficulty', unlike most"),
    ("asked twice", {**good(0), "question": GOOD[4]["question"]}, "line 5 asks the same"),
    (
        "asked twice, contradicting",
        unanswerable(question=GOOD[4]["question"]),
        "says otherwise whether it is answerable",
    ),
    ("placeholder", {**good(0), "answer": "TODO"}, "placeholder"),
    ("wrong encoding", {**good(0), "answer": "perizinan â€œsulitâ€"}, "damaged or invisible"),
    ("invisible character", {**good(0), "answer": "Perizi\u200bnan."}, "invisible characters"),
    ("white space", {**good(0), "document": "a.pdf "}, "begins or ends with white space"),
    (
        "page in a file without pages",
        {**with_evidence(quote="bertukar informasi tata kelola"), "document": "c.md"},
        "has no pages",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("name", "row", "said"), MISTAKES, ids=[m[0] for m in MISTAKES])
def test_a_planted_mistake_is_found_on_its_line(
    tmp_path: Path, name: str, row: Any, said: str
) -> None:
    found = checked(tmp_path, [*GOOD[:7], row, GOOD[7]])
    about = [finding for finding in found if said in finding.text]
    assert [finding.line for finding in about] == [8], "\n".join(map(str, found))
    assert {finding.line for finding in found} == {8}


def test_all_mistakes_of_one_file_are_found_together(tmp_path: Path) -> None:
    rows = [m[1] for m in MISTAKES]
    found = checked(tmp_path, [*GOOD, *rows])
    assert {finding.line for finding in found} == set(range(9, 9 + len(rows)))


def test_a_good_set_has_nothing_to_complain_about(tmp_path: Path) -> None:
    rows = [*GOOD, unanswerable(id="u1", question="Berapa biaya yang dikeluarkan?")]
    found = checked(tmp_path, rows)
    assert not found
    assert findings_table(found) == "Nothing to complain about"


def test_a_quote_divided_by_a_line_end_hyphen_is_on_its_page(tmp_path: Path) -> None:
    row = with_evidence(pdf_page=4, printed_page="3", quote="tidak berjalan sebagaimana mestinya")
    found = checked(tmp_path, [*GOOD, {**row, "key_facts": ["tidak berjalan"]}])
    assert not found


def test_evidence_that_is_on_more_pages_is_noted(tmp_path: Path) -> None:
    pages = [Page(n, str(n), "Hambatan utama adalah sulitnya perizinan.") for n in (1, 2)]
    library = DocumentTexts(["a.pdf"], lambda document: pages)
    path = tmp_path / "s.jsonl"
    path.write_text(json.dumps(with_evidence(pdf_page=1, quote="utama adalah sulitnya perizinan")))
    found = check(path, library)
    assert any(f.level == "note" and "on page 2 (printed 2) too" in f.text for f in found)


def test_without_an_index_the_rest_is_still_checked(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    path.write_text('{"id": "a", "question": "Apa itu?"}', encoding="utf-8")
    assert [f.text for f in check(path)] == ["the field 'answerable' is missing"]


def reading_set_findings(monkeypatch: pytest.MonkeyPatch, path: Path) -> list[Finding]:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    from check_reading_set import check_reading_set  # type: ignore[import-not-found]

    return list(check_reading_set(read_set_file(path)))


def test_a_reading_set_that_can_not_be_asked_is_said_so(tmp_path: Path) -> None:
    path = tmp_path / "set.json"
    path.write_text(json.dumps([{"context": CONTEXT, "qas": [{"id": 1}]}]))
    assert [str(f) for f in check(path)] == [
        "line 1: error: question 1: the field 'question' is missing"
    ]
    assert check(path, language="id")[0].text == "pertanyaan 1: isian 'question' tidak ada"


CONTEXT = "Jakarta adalah ibu kota. Hanoi bukan."
SQUAD_MISTAKES: list[tuple[Any, str]] = [
    ({"id": "a", "question": "A?", "answers": [{"text": "Hanoi", "answer_start": 3}]}, "but at 25"),
    ({"id": "a", "question": "A?", "answers": [{"text": "X", "answer_start": 3}]}, "nor anywhere"),
    ({"id": "a", "question": "A?", "answers": []}, "answerable but has no answer"),
    ({"id": "a", "question": "A?", "answers": "Hanoi"}, "'answers' must be a list"),
    ({"id": "a", "question": "A?", "answers": ["Hanoi"]}, "an object with a 'text'"),
    ({"id": "a", "question": "A?", "answers": [{"text": "Hanoi"}]}, "'answer_start' must be"),
    ({"id": "a", "answers": [{"text": "Hanoi", "answer_start": 25}]}, "'question' is missing"),
    ({"question": "A?", "answers": [{"text": "Hanoi", "answer_start": 25}]}, "'id' is missing"),
    (
        {"id": "a", "question": "A?", "is_impossible": True,
         "answers": [{"text": "Hanoi", "answer_start": 25}]},
        "unanswerable but carries answers",
    ),
    ({"id": "a", "question": "A?", "is_impossible": "no", "answers": []}, "must be true or false"),
]  # fmt: skip


@pytest.mark.parametrize(("qa", "said"), SQUAD_MISTAKES)
def test_a_mistake_in_a_reading_set_is_found_on_its_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, qa: Any, said: str
) -> None:
    fine = {"id": "f", "question": "Apa?", "answers": [{"text": "Jakarta", "answer_start": 0}]}
    path = tmp_path / "set.json"
    path.write_text(json.dumps([{"context": CONTEXT, "qas": [fine, qa]}], indent=1))
    found = [f for f in reading_set_findings(monkeypatch, path) if said in f.text]
    assert len(found) == 1
    assert found[0].line > 2


def test_repeated_ids_and_contexts_of_a_reading_set_are_found(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fine = {"id": "f", "question": "Apa?", "answers": [{"text": "Jakarta", "answer_start": 0}]}
    path = tmp_path / "set.json"
    path.write_text(json.dumps([{"context": CONTEXT, "qas": [fine]}] * 2))
    assert sorted(f.level for f in reading_set_findings(monkeypatch, path)) == ["error", "note"]
