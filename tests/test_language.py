"""Which language a text is in, and how text is folded for search."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thesis_qa.lang.data import cue, entry, text, word_map, word_set
from thesis_qa.lang.detect import language_of
from thesis_qa.lang.words import chat_spellings, fold, stop_words, words


@pytest.mark.parametrize(
    "text",
    [
        "apa aja hambatannya",
        "gmn metodenya",
        "knp gagal",
        "hambatan",
        "metode penelitian",
        "batasan masalah",
        "siapa pembimbingnya",
        "tahun berapa?",
        "Apa itu GraphRAG?",
        "BAB IV HASIL DAN PEMBAHASAN",
        "Tabel 4.2 Hasil Pengujian",
        "Implementasi Algoritma Genetika Penjadwalan Perkuliahan Berbasis Web",
        "Responden berjumlah 120 orang (60%), rata-rata usia 21,4 tahun.",
    ],
)
def test_indonesian_is_recognised_however_short_or_informal(text: str) -> None:
    assert language_of(text) == "id"


@pytest.mark.parametrize(
    "text",
    [
        "limitations",
        "research methods",
        "main findings",
        "who supervised it",
        "What is GraphRAG?",
        "Which theses use paradiplomacy?",
        "return on investment",
        "The learning rate was set to 0.001 for 20 epochs.",
    ],
)
def test_english_is_recognised_however_short(text: str) -> None:
    assert language_of(text) == "en"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "12,5 % 30 45",
        "f(x) = ax + b",
        "𝑓(𝑥) = ∑ 𝑤ᵢ𝑥ᵢ",
        '{"name": "value", "type": "string"}',
        "for i in range(10): print(x)",
        "def main():\n    return 0",
        "SELECT * FROM users WHERE id=3",
        "https://example.org/the/name/of/this",
        "東京は日本の首都です",
    ],
)
def test_code_formulas_numbers_and_other_scripts_have_no_language(text: str) -> None:
    assert language_of(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "Kajian ini bertujuan untuk mengenal pasti cabaran pelajar universiti kerana pandemik.",
        "Adakah kaedah ini berkesan?",
        "¿Cuál es la capital de Francia?",
        "Quelle est la capitale de la France ?",
        "Was ist die Hauptstadt von Frankreich?",
        "Ano ang layunin ng pag-aaral?",
    ],
)
def test_malay_and_other_languages_are_not_taken_for_ours(text: str) -> None:
    assert language_of(text) is None


def test_a_mixed_question_has_the_language_of_its_function_words() -> None:
    assert language_of("What is hambatan penelitian?") == "en"
    assert language_of("apa research question skripsi ini?") == "id"


def test_math_italics_ligatures_quotes_and_dashes_fold_to_what_is_typed() -> None:
    assert fold("𝐴𝑢𝑡𝑜𝑒𝑛𝑐𝑜𝑑𝑒𝑟 ﬁne “naïve” Johnson–Lindenstrauss") == (
        'autoencoder fine "naive" johnson-lindenstrauss'
    )


def test_numbers_are_words_and_decimal_comma_equals_decimal_point() -> None:
    assert words("12,5 % dari 1.000") == words("12.5 % dari 1,000") == ["12.5", "dari", "1.000"]


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert words(fold(text)) == words(text)


@given(st.text())
def test_any_text_has_a_language_or_none(text: str) -> None:
    assert language_of(text) in ("id", "en", None)


def test_chat_spellings_stand_for_other_words() -> None:
    assert not chat_spellings().keys() & set(chat_spellings().values())
    assert not chat_spellings().keys() & stop_words("id")


# The language files


def test_a_text_is_filled_in_and_english_where_the_language_is_not_known() -> None:
    assert text("text.write.no_number", "id", what="[3]") == "tidak ada bukti bernomor [3]"
    assert text("text.write.no_number", None, what="[3]") == "there is no evidence [3]"


def test_a_cue_is_found_as_whole_words_in_either_language() -> None:
    pattern = cue("write.deny_nothing")
    assert pattern.search("Not only rice")
    assert pattern.search("TIDAK  hanya padi")
    assert not pattern.search("knot only rice")
    assert not cue("write.deny_nothing", "id").search("not only rice")


def test_words_are_of_one_language_or_of_both() -> None:
    assert word_set("write.turn") == word_set("write.turn", "id") | word_set("write.turn", "en")
    assert word_map("numbers.words")["dua"] == word_map("numbers.words")["two"] == 2


def test_a_key_that_is_not_there_is_an_error_of_ours() -> None:
    with pytest.raises(KeyError):
        entry("text.nothing", "en")
