"""Statements about evidence in both languages: the false are struck out, the true are not.

`data/statements.jsonl` has 60: 20 that the evidence supports, 20 of those with a number, name, date
or denial changed, 20 invented ones. Evidence is from the sister-city abstract, made-up examples,
and single sentences of two openly licensed theses (jijiau, MIT; ajb, CC BY 4.0).
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statements import Written, fresh_statements, written_statements
from thesis_qa.lang.numbers import months_in
from thesis_qa.library import Index
from thesis_qa.model.encoder import open_embedding
from thesis_qa.retrieve.rank import ranking
from thesis_qa.write.checker import Checker, Objection, Premise
from thesis_qa.write.facts import held_numbers, holds_name, proper_names, stated_numbers

STATEMENTS = Path(__file__).parent / "data" / "statements.jsonl"


@cache
def checker() -> Checker:
    return Checker(open_embedding(), ranking())


def statements() -> list[dict[str, Any]]:
    return [json.loads(line) for line in STATEMENTS.read_text(encoding="utf-8").splitlines()]


def objection(statement: str, *evidence: tuple[str, str]) -> Objection | None:
    return checker().objection(statement, [Premise(text, lang) for text, lang in evidence])  # type: ignore[arg-type]


def struck(kind: str) -> list[str]:
    return [
        s["statement"]
        for s in statements()
        if s["kind"] == kind
        and checker().objection(s["statement"], [Premise(**e) for e in s["evidence"]])
    ]


def test_there_are_sixty_in_both_languages() -> None:
    kinds = [s["kind"] for s in statements()]
    assert {kind: kinds.count(kind) for kind in set(kinds)} == {
        "supported": 20,
        "changed": 20,
        "invented": 20,
    }


def test_at_most_a_tenth_of_the_true_are_struck() -> None:
    assert len(struck("supported")) <= 2


def test_at_least_nine_tenths_of_the_false_are_struck() -> None:
    assert len(struck("changed")) + len(struck("invented")) >= 36


# As a good writer would put them, on the made-up theses


@pytest.fixture(scope="module")
def judged(eight: Index, sister_city: Index) -> list[tuple[Written, bool]]:
    found = written_statements(eight, sister_city)
    return [(s, checker().objection(s.text, s.evidence) is not None) for s in found]


def share_struck(judged: list[tuple[Written, bool]], *kinds: str, kept: bool = True) -> float:
    found = [struck for s, struck in judged if s.kept == kept and s.how in kinds]
    return sum(found) / len(found)


SEEN = ("-number", "-name", "-date", "-place", "-invented", "-denial", "-direction")
TRUE = ("joined", "shortened", "synonyms", "translated", "table")


def test_there_are_over_two_hundred(judged: list[tuple[Written, bool]]) -> None:
    true = [s.true for s, _ in judged if s.kept]
    assert len(judged) > 250
    assert true.count(True) > 50
    assert true.count(False) > 50


def test_changed_facts_denials_and_opposites_are_struck(judged: list[tuple[Written, bool]]) -> None:
    assert share_struck(judged, *SEEN) >= 0.95


def test_few_that_are_true_are_struck(judged: list[tuple[Written, bool]]) -> None:
    assert share_struck(judged, *TRUE, kept=False) <= 0.08
    assert share_struck(judged, *TRUE) <= 0.16
    assert share_struck(judged, "joined", "shortened") == 0


def test_few_fresh_ones_that_are_true_are_struck() -> None:
    struck = [
        checker().objection(s.text, s.evidence) is not None for s in fresh_statements() if s.true
    ]
    assert len(struck) > 50
    assert sum(struck) / len(struck) <= 0.15


SHRIMP = ("Udang vaname dipelihara dengan bioflok selama sepuluh minggu.", "id")


def test_a_word_that_only_begins_a_statement_is_no_name() -> None:
    assert objection("Shrimp were raised with biofloc for ten weeks.", SHRIMP) is None
    assert objection("Siregar (2016) raised shrimp with biofloc.", SHRIMP) is not None


EVIDENCE = ("Jumlah responden dalam penelitian ini adalah 84 petani di Kabupaten Cianjur.", "id")


@pytest.mark.parametrize(
    ("statement", "kind", "what"),
    [
        ("There were 48 farmers as respondents.", "number", "48"),
        ("Jumlah respondennya dua puluh petani.", "number", "dua puluh"),
        ("The respondents were 84 farmers in Garut.", "name", "Garut"),
        ("Respondennya 84 petani pada bulan Maret.", "month", "Maret"),
        ("Jumlah responden dalam penelitian ini bukan 84 petani.", "denial", ""),
        ("The farmers were paid for their answers.", "support", ""),
        ("", "support", ""),
        ("…", "support", ""),
    ],
)
def test_the_first_reason_is_given(statement: str, kind: str, what: str) -> None:
    assert objection(statement, EVIDENCE) == Objection(kind, what)  # type: ignore[arg-type]


def test_nothing_is_supported_by_no_evidence() -> None:
    assert objection("Jumlah responden adalah 84 petani.") == Objection("support")


def test_two_pieces_of_evidence_support_what_neither_does_alone() -> None:
    where = ("Penelitian dilakukan di Desa Sukamaju pada bulan Maret 2021.", "id")
    both = "Penelitian dilakukan di Desa Sukamaju dengan responden 84 petani."
    assert objection(both, where, EVIDENCE) is None
    assert objection(both, where)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1.204 orang", "1,204 people"),
        ("0,68", "0.680"),
        ("dua puluh lima", "twenty-five"),
        ("2,5 juta", "2.5 million"),
        ("seratus dua puluh", "one hundred and twenty"),
        ("abad ke-19", "the 19th century"),
        ("tujuh belas", "17"),
        ("BAB IV", "4"),
        ("kedua belah pihak", "2"),
        ("tahap ketiga", "the third stage"),
    ],
)
def test_numbers_are_the_same_in_both_languages(one: str, other: str) -> None:
    assert held_numbers(one) & held_numbers(other)


@pytest.mark.parametrize("text", ["one of them", "salah satu", "kedua pihak", "pertama", "May I?"])
def test_what_claims_no_number_is_not_held_against_a_statement(text: str) -> None:
    assert stated_numbers(text) == []


@given(st.integers(0, 10**9))
def test_a_number_is_read_however_it_is_grouped(number: int) -> None:
    written = [str(number), f"{number:,}", f"{number:,}".replace(",", ".")]
    values = [set.intersection(*[set(v) for _, v in stated_numbers(w)] or [set()]) for w in written]
    assert number == 1 or set.intersection(*values)


@given(st.text(max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    held = held_numbers(text)
    assert all(values <= held for _, values in stated_numbers(text))
    assert months_in(text) is not None
    assert all(holds_name(name, text, None, None) for name in proper_names(text))


@pytest.mark.parametrize(
    ("name", "text", "held"),
    [
        ("Normandy", "Normandia di Perancis", True),
        ("France", "Normandia di Perancis", True),
        ("Austria", "Australia", False),
        ("DKI", "Daerah Khusus Ibukota Jakarta", True),
        ("Hanoi", "Kota Hanover", False),
        ("Hanoi's", "Kota Hanoi", True),
        ("Joint-Venture", "Joint Venture antar lembaga", True),
    ],
)
def test_names_are_found_across_languages(name: str, text: str, held: bool) -> None:
    [found] = proper_names(f"the {name}")
    assert holds_name(found, text, "en", "id") == held
