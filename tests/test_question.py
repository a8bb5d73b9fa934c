"""What a question expects, in both languages."""

import pytest

from thesis_qa.question.query import (
    Expected,
    expected_answer,
    holds,
    squeezed,
    two_questions,
    understand,
)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Kapan wawancara dilakukan?", "date"),
        ("When was the survey held?", "date"),
        ("In which year was it founded?", "date"),
        ("Di alamat repositori mana kodenya dipublikasikan?", "address"),
        ("What is the URL of the code?", "address"),
        ("Berapa jumlah responden?", "number"),
        ("Berapa lama penelitian berlangsung?", "duration"),
        ("How long did the training take?", "duration"),
        ("What years does the study cover?", "date"),
        ("How many respondents took part?", "number"),
        ("Siapa yang menyusun kuesioner?", "person"),
        ("Who wrote the questionnaire?", "person"),
        ("Di mana penelitian dilakukan?", "place"),
        ("Mengapa metode ini dipilih?", "reason"),
        ("Why was this method chosen?", "reason"),
        ("Apa yang dimaksud paradiplomasi?", "definition"),
        ("What happened when the bridge was closed?", "any"),
        ("Which tool do the experts who rated it prefer?", "any"),
        ("Jelaskan hasil penelitian.", "any"),
    ],
)
def test_the_first_question_word_decides_what_is_expected(question: str, expected: str) -> None:
    assert expected_answer(question) == expected


@pytest.mark.parametrize(
    "question",
    [
        "Apa saja saran peneliti?",
        "Sebutkan tahapan penelitian.",
        "What obstacles occurred?",
        "List the limitations.",
        "Bandingkan kedua metode.",
        "What are the differences between A and B?",
    ],
)
def test_lists_and_comparisons_want_several_sentences(question: str) -> None:
    assert understand(question).several


@pytest.mark.parametrize("question", ["Kapan survei dilakukan?", "What is the sample size?"])
def test_a_fact_wants_one_sentence(question: str) -> None:
    assert not understand(question).several


def test_a_sentence_holds_what_was_asked_for() -> None:
    assert holds("Survei dilakukan pada Maret 2019.", "date")
    assert not holds("Survei dilakukan di Jakarta.", "date")
    assert holds("Ditolak karena izin tidak keluar.", "reason")
    assert not holds("As stated in [3], it works.", "number")


@pytest.mark.parametrize(
    ("question", "both"),
    [
        (
            "Which model writes the answer, and why?",
            ("Which model writes the answer?", "why?"),
        ),
        (
            "Berapa definisi yang valid dan berapa di antaranya objek akar?",
            ("Berapa definisi yang valid?", "berapa di antaranya objek akar?"),
        ),
        (
            "Bagaimana kondisi air dan di mana letaknya?",
            ("Bagaimana kondisi air?", "di mana letaknya?"),
        ),
        (
            "Siapa penulisnya dan apa kesimpulannya?",
            ("Siapa penulisnya?", "apa kesimpulannya?"),
        ),
        ("How did GELU and SiLU compare with ReLU?", None),
        ("Apa hubungan antara Jakarta dan Hanoi?", None),
        ("What and when?", None),
    ],
)
def test_two_questions_in_one_are_told_apart(question: str, both: tuple[str, str] | None) -> None:
    assert two_questions(question) == both


@pytest.mark.parametrize(
    ("sentence", "expected", "held"),
    [
        ("Penelitian berlangsung selama tiga bulan.", "duration", True),
        ("Perang itu terjadi dari 1914 hingga 1922.", "duration", True),
        ("Graf memuat 725 definisi dan 18 jenis relasi.", "duration", False),
        ("1. Membangun graf dari spesifikasi.", "number", False),  # the number of the item
        ("1. Sampel berjumlah 84 petani.", "number", True),
    ],
)
def test_a_number_or_a_time_is_told_from_what_only_looks_like_one(
    sentence: str, expected: Expected, held: bool
) -> None:
    assert holds(sentence, expected) is held


def test_only_what_is_counted_or_timed_needs_a_figure() -> None:
    assert understand("Berapa petani yang diwawancarai?").figure
    assert understand("How long did the training take?").figure
    assert understand("Apa alamat email penulis?").figure
    assert holds("Kodenya ada di https://github.com/contoh/kode.", "address")
    assert not holds("Kodenya ada di src/experiments.", "address")
    assert not understand("Seberapa besar pengaruhnya?").figure  # "very large" would do
    assert not understand("How much does it help?").figure


@pytest.mark.parametrize(
    ("question", "codes"),
    [
        ("Bagaimana hasil dengan GPT-5?", {"gpt5"}),
        ("Harga beras tahun 1980-an dan pada abad ke-19?", {"1980", "19"}),
        ("What changed between 2019-2020 and the 1990s?", {"2019", "2020", "1990"}),
        ("What score did cronjob_backup get?", {"cronjobbackup"}),
        ("Apa isi tabel 4.12 di bab 3?", set()),  # texts may spell out what is small
        ("Apa tujuan penelitian ini?", set()),
    ],
)
def test_numbers_and_identifiers_that_a_question_names(question: str, codes: set[str]) -> None:
    found = dict(understand(question).codes)
    assert found.keys() == codes
    assert all(code in squeezed(question) for code in codes)
    assert all(written in question for written in found.values())


def test_an_indonesian_imperative_tells_the_language_of_a_question_full_of_english_terms() -> None:
    assert understand("Jelaskan machine learning pipeline").language == "id"
    assert understand("Sebutkan stakeholder").language == "id"
    assert understand("Explain machine learning").language == "en"
