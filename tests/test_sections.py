"""A question that names a section is answered from it, as by whoever looks into the contents."""

from collections.abc import Iterator

import pytest

from thesis_qa.answer.named_sections import same_subject, section_named
from thesis_qa.assistant import Assistant
from thesis_qa.library import Index
from thesis_qa.question.read import read_question

THESIS = """# Pengolahan Sampah Pasar Cianjur

## BAB I PENDAHULUAN

Pengomposan aerob dan anaerob sering dibandingkan dalam banyak tulisan tentang sampah.

## BAB II TINJAUAN PUSTAKA

### 2.1 Pengomposan Aerob

Tumpukan yang dibalik setiap minggu memperoleh oksigen yang cukup.
Hasilnya ditampilkan pada Tabel 2.1.
Suhu tumpukan dijaga di bawah enam puluh derajat.
Cacing tidak diperlukan karena mikroba bekerja sendiri.
Bau tidak tercium selama tumpukan tetap lembap.

### 2.2 Rasio Karbon Nitrogen (C/N)

#### 2.2.1 Bahan Hijau

Daun segar mengandung banyak nitrogen.

#### 2.2.2 Bahan Cokelat

Serbuk gergaji mengandung banyak karbon.

## BAB III METODE

### 3.1 Lingkungan Pengamatan

Pengamatan dilakukan di lapak sayur sebelah timur selama musim kemarau.

### 3.2 Wadah Pemilah

1. Ember merah untuk plastik.
2. Ember hijau untuk sayur.
"""


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    folder = tmp_path_factory.mktemp("sections")
    (folder / "pasar.md").write_text(THESIS)
    index = Index.build(folder / "pasar.md", folder / "index")
    yield Assistant(index)
    index.close()


AEROBIC = [
    "Tumpukan yang dibalik setiap minggu memperoleh oksigen yang cukup.",
    "Suhu tumpukan dijaga di bawah enam puluh derajat.",
    "Cacing tidak diperlukan karena mikroba bekerja sendiri.",
]
MATERIALS = ["Daun segar mengandung banyak nitrogen.", "Serbuk gergaji mengandung banyak karbon."]
BINS = ["1. Ember merah untuk plastik.", "2. Ember hijau untuk sayur."]
PLACE = ["Pengamatan dilakukan di lapak sayur sebelah timur selama musim kemarau."]


@pytest.mark.parametrize(
    ("question", "quotes"),
    [
        ("Jelaskan pengomposan aerob", AEROBIC),  # without what only points to a table
        ("Apa itu pengomposan aerob?", AEROBIC),
        ("Apa yang dikatakan tentang 2.1 Pengomposan Aerob?", AEROBIC),
        ("Describe the observation environment", PLACE),
        ("Jelaskan rasio karbon nitrogen", MATERIALS),  # the parts, for nothing stands before them
        ("Sebutkan wadah pemilah", BINS),
    ],
)
def test_how_the_section_begins_or_its_list(
    market: Assistant, question: str, quotes: list[str]
) -> None:
    assert [citation.quote for citation in market.ask(question).citations] == quotes


def test_every_word_of_question_and_heading_is_the_other_s() -> None:
    def names(question: str, title: str) -> bool:
        return same_subject(read_question(question), title)

    assert names("Jelaskan pengomposan aerob", "Pengomposan Aerob")
    assert names("Explain the ablation study", "Ablation Study")
    assert not names("Jelaskan pengomposan", "Pengomposan Aerob")
    assert not names("Jelaskan biaya pengomposan aerob", "Pengomposan Aerob")
    assert not names("Jelaskan penelitian ini", "Penelitian")  # only the frame


@pytest.mark.parametrize(
    "question",
    [
        "Berapa suhu pengomposan aerob?",
        "Kapan lingkungan pengamatan ditetapkan?",
        "Siapa yang membeli wadah pemilah?",
        "Pengomposan aerob lebih baik, bukan?",
    ],
)
def test_a_question_for_something_in_a_section_names_none(market: Assistant, question: str) -> None:
    assert section_named(read_question(question), market.index.catalog, "pasar.md") is None
