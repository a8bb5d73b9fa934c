"""What a question expects, in both languages."""

import pytest

from thesis_qa.assistant import Assistant
from thesis_qa.errors import QuestionError
from thesis_qa.library import Index
from thesis_qa.mark import marks_of
from thesis_qa.question.expects import Expected, expected_answer, holds_expected
from thesis_qa.question.named_places import named_places
from thesis_qa.question.read import read_question, squeezed, two_questions
from thesis_qa.structure.headings import parse_heading
from thesis_qa.types import Heading, Sentence, Span


def sentence(text: str) -> Sentence:
    return Sentence((Span(0, 0, len(text)),), text, None, marks=marks_of(text))


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
    assert read_question(question).several


@pytest.mark.parametrize("question", ["Kapan survei dilakukan?", "What is the sample size?"])
def test_a_fact_wants_one_sentence(question: str) -> None:
    assert not read_question(question).several


def test_a_sentence_holds_what_was_asked_for() -> None:
    assert holds_expected(sentence("Survei dilakukan pada Maret 2019."), "date")
    assert not holds_expected(sentence("Survei dilakukan di Jakarta."), "date")
    assert holds_expected(sentence("Ditolak karena izin tidak keluar."), "reason")
    assert not holds_expected(sentence("As stated in [3], it works."), "number")


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
        ("How did GELU and SiLU compare with ReLU?", ()),
        ("Apa hubungan antara Jakarta dan Hanoi?", ()),
        ("What and when?", ()),
    ],
)
def test_two_questions_in_one_are_told_apart(question: str, both: tuple[str, ...]) -> None:
    assert two_questions(question) == both


@pytest.mark.parametrize(
    ("text", "expected", "held"),
    [
        ("Penelitian berlangsung selama tiga bulan.", "duration", True),
        ("Perang itu terjadi dari 1914 hingga 1922.", "duration", True),
        ("Graf memuat 725 definisi dan 18 jenis relasi.", "duration", False),
        ("1. Membangun graf dari spesifikasi.", "number", False),  # the number of the item
        ("1. Sampel berjumlah 84 petani.", "number", True),
    ],
)
def test_a_number_or_a_time_is_told_from_what_only_looks_like_one(
    text: str, expected: Expected, held: bool
) -> None:
    assert holds_expected(sentence(text), expected) is held


def test_only_what_is_counted_or_timed_needs_a_figure() -> None:
    assert read_question("Berapa petani yang diwawancarai?").figure
    assert read_question("How long did the training take?").figure
    assert read_question("Apa alamat email penulis?").figure
    assert holds_expected(sentence("Kodenya ada di https://github.com/contoh/kode."), "address")
    assert not holds_expected(sentence("Kodenya ada di src/experiments."), "address")
    assert not read_question("Seberapa besar pengaruhnya?").figure  # "very large" would do
    assert not read_question("How much does it help?").figure


@pytest.mark.parametrize(
    ("question", "codes"),
    [
        ("Langkah2 apa yang gara2 GPT-2 gagal?", {"gpt2"}),
        ("Bagaimana hasil dengan GPT-5?", {"gpt5"}),
        ("Harga beras tahun 1980-an dan pada abad ke-19?", {"1980", "19"}),
        ("What changed between 2019-2020 and the 1990s?", {"2019", "2020", "1990"}),
        ("What score did cronjob_backup get?", {"cronjobbackup"}),
        ("Apa isi tabel 4.12 di bab 3?", set()),  # texts may spell out what is small
        ("Apa tujuan penelitian ini?", set()),
    ],
)
def test_numbers_and_identifiers_that_a_question_names(question: str, codes: set[str]) -> None:
    found = dict(read_question(question).codes)
    assert found.keys() == codes
    assert all(code in squeezed(question) for code in codes)
    assert all(written in question for written in found.values())


def test_an_indonesian_imperative_tells_the_language_of_a_question_full_of_english_terms() -> None:
    assert read_question("Jelaskan machine learning pipeline").language == "id"
    assert read_question("Sebutkan stakeholder").language == "id"
    assert read_question("Explain machine learning").language == "en"


def test_chat_spellings_are_written_out_in_indonesian_only() -> None:
    assert read_question("gmn metodenya yg dipakai").text == "bagaimana metodenya yang dipakai"
    assert read_question("What is PD in this org?").text == "What is PD in this org?"
    assert read_question("brp petani yg diwawancarai").expects == "number"


def test_a_question_that_does_not_tell_its_language_is_in_the_one_spoken() -> None:
    assert read_question("GraphRAG?", "id").language == "id"
    assert read_question("What is GraphRAG?", "id").language == "en"


def test_white_space_of_a_question_is_folded() -> None:
    assert read_question(" a\n\0 b ").text == "a b"


@pytest.mark.parametrize("question", ["", "  ", "?!…", "\0", "a" * 20_000])
def test_what_is_no_question_is_refused(question: str) -> None:
    with pytest.raises(QuestionError):
        read_question(question)


# Where it says to look


@pytest.mark.parametrize(
    ("question", "pages", "chapters"),
    [
        ("di bab 4 apa hasilnya", set(), {4}),
        ("What does chapter three say?", set(), {3}),
        ("isi bab keempat", set(), {4}),
        ("the fourth chapter", set(), {4}),
        ("BAB IV", set(), {4}),
        ("on page 29", {"29"}, set()),
        ("hlm. xii", {"xii"}, set()),
        ("Apa keterbatasan penelitian ini?", set(), set()),
    ],
)
def test_pages_and_chapters_named_are_understood(
    question: str, pages: set[str], chapters: set[int]
) -> None:
    found = named_places(question)
    assert (found.pages, found.chapters) == (pages, chapters)
    assert bool(found) == bool(pages or chapters)


def test_a_page_is_named_as_printed_or_as_counted() -> None:
    assert named_places("page 29").on_page(61, "29")
    assert named_places("page 61").on_page(61, "29")
    assert not named_places("page 6").on_page(61, "29")


def test_a_chapter_is_known_by_its_number_and_a_section_by_all_of_it() -> None:
    path = [heading("BAB IV HASIL"), heading("4.10 Data")]
    assert named_places("chapter 4").in_section(path)
    assert named_places("section 4.10").in_section(path)
    assert not named_places("section 4.1").in_section(path)
    assert not named_places("chapter 1").in_section([heading("Civil law"), *path])


def heading(text: str) -> Heading:
    return parse_heading(text) or Heading(text)


# What it is after


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("who supervised it?", ("supervisors",)),
        ("siapa pembimbingnya", ("supervisors",)),
        ("Apa judul skripsi ini?", ("title",)),
        ("when was it submitted?", ("year",)),
        ("Siapa yang menulis skripsi ini?", ("author",)),
        ("siapa pengujinya?", ("examiners",)),
        ("who were the examiners?", ("examiners",)),
        ("NIM penulis?", ("student_number",)),
        ("Siapa penulis dan pembimbingnya?", ("author", "supervisors")),
        ("siapa penulisnya, tahun berapa", ("author", "year")),
        ("siapa yang nulis dan kapan?", ("author", "year")),
        ("Apa hasil pengujian?", ()),
        ("Which contributions does the author put forward?", ()),
        ("Siapa penulis yang dikutip?", ()),
    ],
)
def test_what_is_asked_of_a_thesis_itself(question: str, names: tuple[str, ...]) -> None:
    asked = read_question(question)
    assert asked.fields.names == names
    assert (asked.route == "metadata") == bool(names)


@pytest.mark.parametrize("question", ["What is this thesis about?", "skripsi ini tentang apa?"])
def test_what_a_thesis_is_about(question: str) -> None:
    assert read_question(question).fields.about


@pytest.mark.parametrize(
    ("question", "route"),
    [
        ("Apa kesimpulan penelitian ini?", "standing"),
        ("apa isi bab 2?", "section"),
        ("Berapa petani yang diwawancarai?", "content"),
    ],
)
def test_what_a_question_is_taken_for(question: str, route: str) -> None:
    assert read_question(question).route == route


# It is read once


@pytest.mark.parametrize(
    ("question", "read"),
    [
        ("Bagaimana upaya Jakarta menyikapi kendala?", 1),
        ("What obstacles occurred?", 1),
        ("Apa judul skripsi ini?", 1),
        ("Apa fakultasnya dan apa hambatannya?", 3),  # the whole, and each of the two by itself
    ],
)
def test_a_question_is_embedded_once(
    sister_city: Index, monkeypatch: pytest.MonkeyPatch, question: str, read: int
) -> None:
    embedded: list[str] = []
    embed = sister_city.embedding.query_vector

    def counted(text: str) -> object:
        embedded.append(text)
        return embed(text)

    sister_city.__dict__.pop("questions", None)  # which remembers vectors
    monkeypatch.setattr(sister_city.embedding, "query_vector", counted)
    assert Assistant(sister_city).ask(question).answered
    assert len(embedded) == read
    assert len(set(embedded)) == read
