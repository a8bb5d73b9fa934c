"""What is asked of any thesis is answered by its headings and fixed phrases, or not at all."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from thesis_qa import Assistant, Index
from thesis_qa.question.read import read_question
from thesis_qa.question.topics import ASKED, TOPICS, topic_named
from thesis_qa.types import Language

INDONESIAN = """# Pengolahan Sampah Organik di Pasar Tradisional

## BAB I PENDAHULUAN

### 1.1 Latar Belakang

Sampah pasar menumpuk setiap hari dan menjadi masalah utama bagi pengelola pasar.

### 1.2 Manfaat Penelitian

1. Pengelola pasar dapat menghemat biaya pengangkutan.
2. Petani memperoleh kompos yang murah.

## BAB II TINJAUAN PUSTAKA

### 2.1 Penelitian Terdahulu

Keterbatasan penelitian Wibowo adalah waktu pengamatan yang hanya tiga hari.

### 2.2 Landasan Teori

#### 2.2.1 Teori Pengomposan Aerob

Pengomposan aerob memerlukan oksigen dan kelembapan yang dijaga.

#### 2.2.2 Teori Perilaku Pedagang

Pedagang memilah sampah apabila wadahnya tersedia di dekat lapak.

## BAB IV HASIL DAN PEMBAHASAN

### 4.1 Pembahasan

Kompos matang dalam empat minggu pada suhu lima puluh derajat.
Penelitian ini memiliki beberapa keterbatasan yang perlu diakui.
Pertama, hanya satu pasar yang diamati selama musim kemarau.
Kedua, kadar logam berat di dalam kompos tidak diukur.
Suhu tumpukan diukur dengan termometer digital setiap pagi.

## BAB V PENUTUP

### 5.1 Kesimpulan

Sampah organik pasar dapat diolah menjadi kompos dalam empat minggu.

### 5.2 Saran

#### 1. Pengamatan pada Musim Hujan

Kelembapan musim hujan dapat memperlambat pengomposan.

#### 2. Pengukuran Logam Berat

Laboratorium daerah dapat mengukur kadar timbal dan kadmium.
"""


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    folder = tmp_path_factory.mktemp("standing")
    (folder / "pasar.md").write_text(INDONESIAN)
    index = Index.build(folder / "pasar.md", folder / "index")
    yield Assistant(index)
    index.close()


def quotes(assistant: Assistant, question: str) -> str:
    return "\n".join(citation.quote for citation in assistant.ask(question).citations)


@pytest.mark.parametrize(
    ("question", "topics"),
    [
        ("Apa saja kendala yang dihadapi?", ["obstacles"]),
        ("What obstacles occurred?", ["obstacles"]),
        ("Apa keterbatasan penelitian ini?", ["limits"]),
        ("kesimpulannya apa sih", ["conclusion"]),
        ("What did the author conclude?", ["conclusion"]),
        ("Bagaimana metode penelitian yang digunakan?", ["method"]),
        ("Bagaimana teknik pengumpulan datanya?", ["data"]),
        ("What directions for future research are suggested?", ["suggestions"]),
        ("Apa kesimpulan dan sarannya?", ["conclusion", "suggestions"]),
        ("Apa rumusan masalah dan tujuan penelitian?", ["questions", "objectives"]),
        ("Mengapa penelitian ini dilakukan?", ["problem"]),
        ("Apa kelemahan metode yang diusulkan?", ["limits"]),
        ("What are the limitations of the data?", ["limits"]),
        ("What method limitations are acknowledged?", ["limits"]),
        ("What limitations were found?", ["limits"]),
        ("Compare the objectives with the conclusions", ["objectives", "conclusion"]),
        ("Bagaimana hasilnya menjawab rumusan masalah?", ["findings"]),
    ],
)
def test_a_standing_question_is_known_however_it_is_worded(
    question: str, topics: list[str]
) -> None:
    assert [topic.name for topic in read_question(question).topics] == topics


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_question_for_a_topic_asks_for_it(language: Language) -> None:
    for topic in (*TOPICS, *ASKED):
        question = topic.question(language)
        assert [found.name for found in read_question(question).topics] == [topic.name], question


@pytest.mark.parametrize(
    "question",
    [
        "Apa kendala petani dalam menjual kompos?",  # of someone else
        "Which method measures the temperature?",
        "Berapa data yang digunakan?",  # a number
        "Why was the method used?",
        "Apa saja kendala dan solusinya?",
        "What was not found?",
        "What is the result of multiplying two matrices?",
        "Apa tujuan Wibowo datang ke pasar?",
    ],
)
def test_a_question_with_a_subject_of_its_own_is_none(question: str) -> None:
    assert read_question(question).topics == ()


def test_what_earlier_work_lacks_is_not_what_this_thesis_lacks(market: Assistant) -> None:
    said = quotes(market, "Apa keterbatasan penelitian ini?")
    assert "hanya satu pasar" in said
    assert "logam berat" in said
    assert "Wibowo" not in said
    assert "termometer" not in said  # what follows is not counted among them


def test_a_list_and_the_sections_of_a_chapter_are_given_whole(market: Assistant) -> None:
    benefits = quotes(market, "Apa manfaat penelitian ini?")
    assert benefits.splitlines() == [
        "1. Pengelola pasar dapat menghemat biaya pengangkutan.",
        "2. Petani memperoleh kompos yang murah.",
    ]
    theory = quotes(market, "Teori apa yang digunakan?")
    assert theory.splitlines() == ["2.2.1 Teori Pengomposan Aerob", "2.2.2 Teori Perilaku Pedagang"]


def test_two_topics_in_one_question_are_both_answered(market: Assistant) -> None:
    said = quotes(market, "Apa kesimpulan dan sarannya?")
    assert "kompos dalam empat minggu" in said
    assert "Pengukuran Logam Berat" in said


@pytest.mark.parametrize(
    ("asked", "alone"),
    [
        ("Berapa bulan wadah dipakai, dan mengapa?", "Mengapa penelitian ini dilakukan?"),
        ("Bagaimana suhu tumpukan diukur, dan apa hasilnya?", "Apa hasil penelitian ini?"),
    ],
)
def test_what_asks_of_what_stood_before_is_not_asked_of_the_thesis(
    market: Assistant, asked: str, alone: str
) -> None:
    said = quotes(market, asked).splitlines()
    assert not set(said) & set(quotes(market, alone).splitlines())


def test_what_no_heading_or_phrase_announces_is_not_stated(market: Assistant) -> None:
    answer = market.ask("What obstacles occurred?")
    assert not answer.answered
    assert answer.suggestion == "What are the limitations?"  # which it does state
    assert not market.ask("Apa hipotesis penelitian ini?").answered


def test_of_two_abstracts_the_one_in_the_language_asked_for(sister_city: Index) -> None:
    [method] = Assistant(sister_city).ask("What method was used?").citations
    assert method.language == "en"
    assert method.translation
    assert "metode penelitian kualitatif" in method.translation


def test_what_only_the_other_abstract_states_is_found_there(sister_city: Index) -> None:
    [obstacles] = Assistant(sister_city).ask("What obstacles occurred?").citations
    assert obstacles.language == "id"
    assert "sulitnya mendapatkan perizinan" in obstacles.quote


def test_several_theses_answer_one_by_one(market: Assistant, tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "pasar.md").write_text(INDONESIAN)
    (folder / "sungai.md").write_text(
        "# Kualitas Air Sungai\n\n## BAB V PENUTUP\n\n### 5.1 Kesimpulan\n\n"
        "Air sungai di hilir tidak layak diminum tanpa diolah terlebih dahulu.\n"
    )
    index = Index.build(folder, tmp_path / "index")
    both = Assistant(index).ask("Apa kesimpulan tiap skripsi?")
    assert {c.document for c in both.citations} == {"pasar.md", "sungai.md"}
    one = Assistant(index).ask("Apa saran tiap skripsi?")
    assert {c.document for c in one.citations} == {"pasar.md"}
    assert "Kualitas Air Sungai: tidak dinyatakan." in one.text
    index.close()


def test_who_asks_for_more_is_not_told_the_same_again(market: Assistant) -> None:
    first = market.ask("Apa kesimpulannya?")
    more = market.ask("Jelaskan lebih lanjut", history=[(first.question, first.text)])
    assert not {c.quote for c in more.citations} & {c.quote for c in first.citations}


def test_what_lies_near_a_topic_is_a_topic() -> None:
    assert all(topic_named(near).name == near for topic in ASKED for near in topic.near)


@pytest.fixture
def compost(tmp_path: Path) -> Iterator[Callable[[str], Assistant]]:
    """Asks of a short English text."""
    made: list[Index] = []

    def asking(text: str) -> Assistant:
        (tmp_path / "compost.md").write_text(f"# Composting Market Waste\n\n{text}")
        made.append(Index.build(tmp_path / "compost.md", tmp_path / "index"))
        return Assistant(made[-1])

    yield asking
    for index in made:
        index.close()


def test_what_tells_what_a_chapter_is_about_states_nothing(
    compost: Callable[[str], Assistant],
) -> None:
    assistant = compost(
        "## 1 Overview\n\nHeaps of market waste grow warm within a week.\n\n"
        "- In Chapter 5, we summarize the suggestions and directions for future research.\n"
        "- In Chapter 2, we describe the heaps and their heat.\n"
    )
    assert not assistant.ask("What directions for future research are suggested?").answered


def test_contributions_are_listed_whole_with_the_sections_they_point_to(
    compost: Callable[[str], Assistant],
) -> None:
    assistant = compost(
        "## 1 Introduction\n\n"
        "Markets pay a lot of money for having their waste carried away.\n"
        "We make the following contributions:\n\n"
        "1. We measure the heat of forty compost heaps over a year (Section 2).\n"
        "2. We compare three ways of turning the heaps. Their cost is in Section 3.\n\n"
        "Section 4 tells which questions remain for later work on markets.\n"
    )
    assert quotes(assistant, "What are the contributions of this paper?").splitlines() == [
        "1. We measure the heat of forty compost heaps over a year (Section 2).",
        "2. We compare three ways of turning the heaps. Their cost is in Section 3.",
    ]


def test_what_stands_beside_the_chapters_answers_no_question_of_content(
    compost: Callable[[str], Assistant],
) -> None:
    assistant = compost(
        "## Acknowledgements\n\nThe sellers of Sukamaju market took part in this study"
        " with great patience.\n\n"
        "## 1 Introduction\n\nHeaps of market waste grow warm within a week.\n\n"
        "## References\n\nWibowo (2019). Sellers who took part in a study of markets.\n"
    )
    answer = assistant.ask("Who took part in the study?")
    assert not any("took part" in c.quote for c in (*answer.citations, *answer.nearest))
