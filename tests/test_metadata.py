"""Title, author, year … are what the pages say, with the place where they say it."""

from pathlib import Path

import pytest

from pdfs import WIDTH, lines, prose, write_pdf
from thesis_qa.structure.document import load
from thesis_qa.types import Document, Metadata

SENTENCE = "Penelitian ini memakai metode kualitatif dengan wawancara mendalam di Jakarta."
ENGLISH = "This study uses qualitative methods and interviews that were held in the city."


def title_page(*texts: str) -> list[tuple[float, float, str]]:
    """Centred lines of one size, as the title page of a thesis has them."""
    return [(WIDTH / 2 - 3.3 * len(text), 100 + 30 * i, text) for i, text in enumerate(texts)]


def read(folder: Path, *pages: list[tuple[float, float, str]], title: str = "") -> Document:
    chapter = [(250.0, 100.0, "BAB I"), (220.0, 120.0, "PENDAHULUAN")]
    body = [*chapter, *lines(*prose(SENTENCE), top=160)]
    path = write_pdf(folder / "a.pdf", [*pages, body], title=title)
    return load(path, "a.pdf")


def stated(document: Document, name: str) -> str:
    """What stands where a field was found."""
    spans = document.metadata.places[name]
    return " ".join(" ".join(document.pages[s.page].text[s.start : s.end] for s in spans).split())


INDONESIAN = title_page(
    "UPAYA PEMERINTAH DAERAH KHUSUS IBUKOTA JAKARTA",
    "DALAM REVITALISASI KAWASAN KOTA TUA",
    "SKRIPSI",
    "Diajukan untuk memperoleh gelar Sarjana Ilmu Politik",
    "Oleh:",
    "SITI NURHALIZA PUTRI",
    "NPM. 1710412093",
    "PROGRAM STUDI HUBUNGAN INTERNASIONAL",
    "FAKULTAS ILMU SOSIAL DAN ILMU POLITIK",
    "UNIVERSITAS PEMBANGUNAN NASIONAL",
    '"VETERAN" JAKARTA',
    "2021",
)
ISLAMIC = title_page(
    "PENGARUH MODEL PEMBELAJARAN TERHADAP",
    "HASIL BELAJAR SISWA KELAS VIII",
    "TESIS",
    "Disusun oleh",
    "Muhammad Rizky, S.Pd.",
    "NIM: 2180050012",
    "FAKULTAS TARBIYAH DAN KEGURUAN",
    "UNIVERSITAS ISLAM NEGERI",
    "SUNAN GUNUNG DJATI",
    "BANDUNG",
    "2019 M / 1440 H",
)
WESTERN = title_page(
    "Learning to Rank Passages of Long Documents",
    "Across Two Languages",
    "by",
    "Jane Q. Doe",
    "A thesis submitted in partial fulfilment of the requirements",
    "for the degree of Master of Science in Computer Science",
    "Supervisor: Prof. John Smith",
    "Faculty of Engineering",
    "University of Exampleton",
    "May 2020",
)


def test_an_indonesian_title_page(tmp_path: Path) -> None:
    document = read(tmp_path, INDONESIAN)
    metadata = document.metadata
    assert metadata.title == (
        "UPAYA PEMERINTAH DAERAH KHUSUS IBUKOTA JAKARTA DALAM REVITALISASI KAWASAN KOTA TUA"
    )
    assert metadata.author == "SITI NURHALIZA PUTRI"
    assert metadata.student_number == "1710412093"
    assert metadata.year == 2021
    assert metadata.degree == "Sarjana Ilmu Politik"
    assert metadata.faculty == "FAKULTAS ILMU SOSIAL DAN ILMU POLITIK"
    assert metadata.university == 'UNIVERSITAS PEMBANGUNAN NASIONAL "VETERAN" JAKARTA'
    for name in ("title", "author", "student_number", "degree", "faculty", "university"):
        assert stated(document, name) == getattr(metadata, name)


def test_a_name_that_goes_on_below(tmp_path: Path) -> None:
    metadata = read(tmp_path, ISLAMIC).metadata
    assert metadata.university.startswith("UNIVERSITAS ISLAM NEGERI SUNAN GUNUNG DJATI")
    assert metadata.author == "Muhammad Rizky, S.Pd."
    assert metadata.year == 2019


def test_an_english_title_page(tmp_path: Path) -> None:
    metadata = read(tmp_path, WESTERN).metadata
    assert metadata.title == "Learning to Rank Passages of Long Documents Across Two Languages"
    assert (metadata.author, metadata.year) == ("Jane Q. Doe", 2020)
    assert metadata.supervisors == ("Prof. John Smith",)
    assert metadata.degree == "Master of Science in Computer Science"
    assert metadata.university == "University of Exampleton"
    assert metadata.faculty == "Faculty of Engineering"


def test_the_title_as_set_in_mixed_case_elsewhere(tmp_path: Path) -> None:
    title = "Upaya Pemerintah Daerah Khusus Ibukota Jakarta"
    rest = "dalam Revitalisasi Kawasan Kota Tua"
    abstract = [(250.0, 80.0, "ABSTRAK"), (140.0, 110.0, title), (160.0, 125.0, rest)]
    document = read(tmp_path, INDONESIAN, [*abstract, *lines(*prose(SENTENCE), top=180)])
    assert document.metadata.title == f"{title} {rest}"
    assert document.metadata.places["title"][0].page == 1


@pytest.mark.parametrize(
    "page",
    [
        lines("Pembimbing I,", "Dr. Ani Wijaya, M.Si.", "NIP. 197001012000031001",
              "Pembimbing II,", "Budi Santoso, S.Kom., M.Kom.", "NIP. 198001012005011002"),
        [*lines("Pembimbing I", "Pembimbing II"), (72, 200, "Dr. Ani Wijaya, M.Si.")],
        lines("Dosen Pembimbing:", "(Dr. Ani Wijaya, M.Si.)"),
    ],
)  # fmt: skip
def test_supervisors_of_an_approval_page(
    tmp_path: Path, page: list[tuple[float, float, str]]
) -> None:
    approval = [(220.0, 80.0, "LEMBAR PERSETUJUAN"), *page]
    supervisors = read(tmp_path, INDONESIAN, approval).metadata.supervisors
    assert supervisors[0] == "Dr. Ani Wijaya, M.Si."
    assert set(supervisors[1:]) <= {"Budi Santoso, S.Kom., M.Kom."}


def test_an_approval_form_states_what_the_title_page_does_not(tmp_path: Path) -> None:
    form = [
        (220.0, 80.0, "HALAMAN PERSETUJUAN"),
        *lines("Judul : Hambatan Kerja Sama Kota Kembar", "Nama : Ani Wijaya", "NIM : 155410097"),
    ]
    metadata = read(tmp_path, form).metadata
    assert metadata.title == "Hambatan Kerja Sama Kota Kembar"
    assert (metadata.author, metadata.student_number) == ("Ani Wijaya", "155410097")


def test_abstracts_and_keywords_of_both_languages(tmp_path: Path) -> None:
    indonesian = [
        (250.0, 80.0, "ABSTRAK"),
        *lines(*prose(SENTENCE, 6), "", "Kata kunci: kota kembar, hambatan, Jakarta."),
    ]
    english = [
        (250.0, 80.0, "ABSTRACT"),
        *lines(*prose(ENGLISH, 6), "", "Keywords: sister city; obstacles; Jakarta"),
    ]
    document = read(tmp_path, INDONESIAN, indonesian, english)
    metadata = document.metadata
    assert set(metadata.abstracts) == {"id", "en"}
    assert {span.page for span in metadata.abstracts["en"]} == {2}
    assert metadata.keywords == ("kota kembar", "hambatan", "Jakarta", "sister city", "obstacles")
    assert "kota kembar, hambatan, Jakarta" in stated(document, "keywords")


def test_nothing_is_invented(tmp_path: Path) -> None:
    page = lines(*prose(SENTENCE))
    assert read(tmp_path, page, title="Microsoft Word - bab1.docx").metadata == Metadata()


def test_a_period_in_the_title_is_not_the_year(tmp_path: Path) -> None:
    page = title_page("KERJA SAMA KOTA KEMBAR JAKARTA DAN HANOI", "PERIODE", "2017-2019",
                      "SKRIPSI", "UNIVERSITAS INDONESIA")  # fmt: skip
    assert read(tmp_path, page).metadata.year is None


GOLD = {
    "theses/jijiau.pdf": Metadata(
        title="Implementasi Graph Retrieval-Augmented Generation Berbasis Knowledge Graph untuk"
        " Meningkatkan Kualitas Retrieval dan Validitas Konfigurasi Kubernetes",
        author="Jihan Aurelia",
        year=2026,
        university="Institut Teknologi Bandung",
        supervisors=("Dr. Ir. Dimitri Mahayana, M.Eng.",),
    ),
    "theses/ajb.pdf": Metadata(
        title="Mathematical Models of Superposition in Neural Network Architectures",
        author="Alexander Julius Busch",
        year=2025,
    ),
    "theses/hadihammurabi.docx": Metadata(
        title="PEMBUATAN FRAMEWORK REMOTE PROCEDURE CALL BERBASIS NODEJS UNTUK KOMUNIKASI DATA"
        " CLIENT-SERVER PADA APLIKASI MANAJEMEN KARYAWAN",
        author="Hadi Hidayat Hammurabi",
        year=2023,
        university="Universitas Teknologi Digital Indonesia",
        supervisors=("Thomas Edyson Tarigan, S. Kom., M. Cs.",),
    ),
}


@pytest.mark.parametrize("name", GOLD)
def test_real_theses(data: Path, name: str) -> None:
    found, gold = load(data / name, name).metadata, GOLD[name]
    for field in ("title", "author", "year", "university", "supervisors"):
        assert getattr(found, field) == getattr(gold, field)
