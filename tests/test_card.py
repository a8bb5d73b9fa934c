"""A thesis's card says what stands under its headings and in its fixed phrases, and no more."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from thesis_qa.answer.card import CardEntry, fill_card
from thesis_qa.errors import QuestionError
from thesis_qa.library import Index
from thesis_qa.question.topics import TOPICS
from thesis_qa.structure.headings import role_of
from thesis_qa.types import Heading

INDONESIAN = """# Pengaruh Pupuk terhadap Hasil Panen Padi

## BAB I PENDAHULUAN

### 1.1 Latar Belakang

Padi ditanam di seluruh desa sejak lama.
Permasalahan yang dihadapi petani adalah harga pupuk yang terus naik.

### 1.2 Rumusan Masalah

Rumusan masalah penelitian ini adalah sebagai berikut:

1. Bagaimana pengaruh pupuk terhadap hasil panen padi?
2. Apa yang menentukan harga pupuk di desa?

### 1.3 Tujuan Penelitian

Penelitian ini bertujuan untuk mengukur pengaruh pupuk terhadap hasil panen.

### 1.4 Batasan Masalah

1. Penelitian hanya dilakukan di Desa Sukamaju.
2. Pupuk yang diteliti hanya pupuk urea.

## BAB II TINJAUAN PUSTAKA

### 2.1 Penelitian Terdahulu

Penelitian sebelumnya membahas kendala irigasi di desa lain.

### 2.2 Landasan Teori

Teori produksi menjelaskan hubungan antara masukan dan hasil panen.

## BAB III METODE PENELITIAN

### 3.1 Jenis Penelitian

Penelitian ini menggunakan metode kuantitatif dengan regresi linear.

### 3.2 Populasi dan Sampel

Sampel penelitian terdiri atas 84 petani di Desa Sukamaju.

## BAB V PENUTUP

### 5.1 Kesimpulan

Pupuk urea menaikkan hasil panen sebesar dua belas persen.

### 5.2 Saran

1. Petani perlu mendapat pelatihan pemupukan.
2. Pemerintah perlu mengawasi harga pupuk.
"""
ENGLISH = """# Sparse Routing in Small Networks

## Abstract

In this thesis, we study sparse routing in small networks.
We show that sparse routing halves the number of messages.

## 1 Introduction

Routing in small networks remains a significant challenge.

## 4 Conclusion

Sparse routing halves the number of messages in every network tried.

## 5 Limitations

All networks tried had fewer than one hundred nodes.

## 6 Future Work

Larger networks could be tried with the same method.
"""


@pytest.fixture(scope="module")
def theses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    folder = tmp_path_factory.mktemp("cards")
    (folder / "documents").mkdir()
    (folder / "documents" / "pupuk.md").write_text(INDONESIAN)
    (folder / "documents" / "routing.md").write_text(ENGLISH)
    index = Index.build(folder / "documents", folder / "index")
    yield index
    index.close()


def quotes(entries: dict[str, CardEntry], topic: str) -> str:
    return "\n".join(citation.quote for citation in entries[topic].citations)


def card(index: Index, document: str) -> dict[str, CardEntry]:
    return {entry.topic: entry for entry in fill_card(index, document)}


@pytest.mark.parametrize(
    ("topic", "said"),
    [
        ("problem", "harga pupuk yang terus naik"),
        ("questions", "Apa yang menentukan harga pupuk di desa?"),
        ("objectives", "bertujuan untuk mengukur pengaruh pupuk"),
        ("scope", "hanya pupuk urea"),
        ("theory", "Teori produksi menjelaskan"),
        ("method", "metode kuantitatif dengan regresi linear"),
        ("data", "84 petani"),
        ("conclusion", "dua belas persen"),
        ("suggestions", "Pemerintah perlu mengawasi harga pupuk."),
    ],
)
def test_what_stands_under_a_heading_is_quoted(theses: Index, topic: str, said: str) -> None:
    assert said in quotes(card(theses, "pupuk.md"), topic)


def test_a_list_is_quoted_whole_and_in_its_order(theses: Index) -> None:
    entries = card(theses, "pupuk.md")
    asked = [c.quote for c in entries["questions"].citations]
    assert [quote[:2] for quote in asked] == ["1.", "2."]
    assert [c.number for c in entries["questions"].citations] == [1, 2]


def test_what_is_not_stated_is_said_not_to_be(theses: Index) -> None:
    """The obstacles in the chapter on earlier work are not this thesis's."""
    assert card(theses, "pupuk.md")["obstacles"].citations == ()


@pytest.mark.parametrize(
    ("topic", "said"),
    [
        ("objectives", "we study sparse routing"),
        ("findings", "halves the number of messages"),
        ("obstacles", "fewer than one hundred nodes"),
        ("suggestions", "Larger networks could be tried"),
        ("problem", "remains a significant challenge"),
    ],
)
def test_an_english_thesis_too(theses: Index, topic: str, said: str) -> None:
    assert said in quotes(card(theses, "routing.md"), topic)


def test_the_abstract_of_the_first_document_gives_what_it_states(sister_city: Index) -> None:
    [name] = (document.name for document in sister_city.documents())
    entries = card(sister_city, name)
    assert "sulitnya mendapatkan perizinan" in quotes(entries, "obstacles")
    assert "metode penelitian kualitatif" in quotes(entries, "method")
    assert "konsep paradiplomasi" in quotes(entries, "theory")
    assert entries["suggestions"].citations == ()


def test_topics_come_one_by_one_in_their_order(theses: Index) -> None:
    filling = fill_card(theses, "pupuk.md")
    assert next(filling).topic == "problem"
    assert [entry.topic for entry in filling] == [topic.name for topic in TOPICS[1:]]


def test_quotes_are_what_stands_on_the_page(theses: Index) -> None:
    for document in ("pupuk.md", "routing.md"):
        text = theses.catalog.page(document, 0).text
        for entry in fill_card(theses, document):
            for citation in entry.citations:
                [span] = citation.spans
                assert " ".join(text[span.start : span.end].split()) == citation.quote


def test_only_documents_of_the_index_have_a_card(theses: Index) -> None:
    with pytest.raises(QuestionError, match=r"no document 'lain\.pdf'"):
        next(fill_card(theses, "lain.pdf"))


def share(name: str, title: str) -> float:
    topic = next(topic for topic in TOPICS if topic.name == name)
    return topic.share(Heading(title, (), title, 1, role_of(title)))


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("questions", "Perumusan Masalah"),
        ("scope", "Ruang Lingkup Penelitian"),
        ("theory", "KERANGKA TEORI"),
        ("theory", "Literature Review"),
        ("method", "Research Design"),
        ("data", "Teknik Pengumpulan Data"),
        ("findings", "Hasil dan Pembahasan"),
        ("obstacles", "Threats to Validity"),
        ("suggestions", "Outlook"),
    ],
)
def test_usual_headings_are_known(name: str, title: str) -> None:
    assert share(name, title) > 0


@pytest.mark.parametrize(
    ("name", "title"),
    [("data", "Analisis Keterhubungan Data Skema pada Kluster"), ("theory", "Probability Theory")],
)
def test_a_word_in_a_long_heading_is_not_its_topic(name: str, title: str) -> None:
    assert share(name, title) == 0


def test_a_real_thesis_fills_its_card(data: Path, tmp_path: Path) -> None:
    thesis = data / "theses" / "hadihammurabi.docx"
    index = Index.build(thesis, tmp_path / "index")
    entries = card(index, thesis.name)
    assert "bagaimana mengimplementasi RPC" in quotes(entries, "questions")
    assert "membangun sebuah framework RPC" in quotes(entries, "objectives")
    assert quotes(entries, "scope").count("\n") == 6
    assert entries["conclusion"].citations == ()  # it ends with chapter III
    index.close()
