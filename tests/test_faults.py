"""Files on which reading once went wrong, read as people expect it: the folder `faults` of
THESIS_QA_DATA, each file with what was expected beside it."""

import unicodedata
from pathlib import Path

import pytest

from thesis_qa.split import split
from thesis_qa.structure.document import load
from thesis_qa.types import Document


@pytest.fixture
def faults(data: Path) -> Path:
    if not (data / "faults").is_dir():
        pytest.skip(f"no folder {data / 'faults'}")
    return data / "faults"


def read(folder: Path, name: str) -> Document:
    if not (folder / name).exists():
        pytest.skip(f"no {name} in {folder}")
    return load(folder / name, name)


def sentences(document: Document) -> list[str]:
    """What can be quoted."""
    texts = [s.text for passage in split(document, len) for s in passage.sentences]
    return [unicodedata.normalize("NFC", text) for text in texts]


def without_marks(texts: list[str]) -> list[str]:
    return [text.rstrip("⁰¹²³⁴⁵⁶⁷⁸⁹ ") for text in texts]


def rows(document: Document) -> list[tuple[str, str]]:
    """Heads and cells of every row of a table."""
    found = []
    for block in (b for b in document.blocks if b.kind == "table"):
        (span,) = block.spans
        text = document.pages[span.page].text[span.start : span.end]
        found.append(((block.context or "").rpartition(": ")[2], text))
    return found


def labels(document: Document) -> list[str | None]:
    return [page.label for page in document.pages]


def test_arabic_verses_and_words(faults: Path) -> None:
    found = sentences(read(faults, "pdf-arabic-verse-and-inline.pdf"))
    verse = "وَأَحَلَّ اللَّهُ الْبَيْعَ وَحَرَّمَ الرِّبَا"
    assert unicodedata.normalize("NFC", verse) in found
    (riba,) = (text for text in found if text.startswith("Kata riba"))
    assert unicodedata.normalize("NFC", "(رِبًا) secara bahasa berarti tambahan") in riba
    assert "(مضاربة) berarti kerja sama" in riba


@pytest.mark.parametrize("name", ["pdf-chapter-page-numbers", "pdf-chapter-page-numbers-CONTROL"])
def test_numbers_of_chapter_and_page(faults: Path, name: str) -> None:
    document = read(faults, f"{name}.pdf")
    control = name.endswith("CONTROL")
    assert labels(document) == [str(45 + n) if control else f"IV-{n + 1}" for n in range(4)]
    assert (
        "Madu hutan dari lereng gunung dikumpulkan oleh tiga kelompok tani perempuan yang dijual "
        "dengan harga dua belas ribu rupiah per liter di pasar kota." in sentences(document)
    )


def test_exponents(faults: Path) -> None:
    text = " ".join(sentences(read(faults, "pdf-exponent-becomes-digits.pdf")))
    assert "3 × 10⁵ CFU/mL" in text
    assert "18 ¹² persen" in text
    assert "2 × 10⁻³ mol/L" in text


def test_the_mark_of_a_note_behind_a_number(faults: Path) -> None:
    document = read(faults, "pdf-footnote-mark-behind-number.pdf")
    assert "Jumlah informan yang diwawancarai adalah 25 ¹⁴ orang dari tiga dusun." in without_marks(
        sentences(document)
    )
    assert labels(document)[0] == "31"


def test_marks_of_notes_between_sentences(faults: Path) -> None:
    marked = without_marks(sentences(read(faults, "pdf-footnote-marks-join-sentences.pdf")))
    control = sentences(read(faults, "pdf-footnote-marks-join-sentences-CONTROL.pdf"))
    assert [text for text in control if text not in marked] == []


def test_form_fields(faults: Path) -> None:
    text = read(faults, "pdf-form-fields.pdf").pages[0].text
    assert "Nama mahasiswa: Ratna Dewi Lestari" in text
    assert "Nilai akhir: A minus" in text


def test_a_sideways_table(faults: Path) -> None:
    document = read(faults, "pdf-sideways-table.pdf")
    heads = "Desa | Sebelum (Rp) | Sesudah (Rp)"
    assert (heads, "Suntenjaya\t1.100.000\t1.640.000") in rows(document)
    assert {b.section for b in document.blocks} == {("BAB IV HASIL PENELITIAN",)}
    assert labels(document) == ["45", "46", "47"]


def test_a_table_over_pages(faults: Path) -> None:
    found = rows(read(faults, "pdf-table-over-pages-cell-questions.pdf"))
    heads = "Nama desa | Luas kebun (ha) | Jumlah petani"
    assert [text for context, text in found if context == heads][-1] == "Desa Cikole\t17\t47"
    assert sum(context == heads for context, _ in found) == 8


def test_years_as_heads(faults: Path) -> None:
    found = rows(read(faults, "pdf-table-year-heads-empty-cells.pdf"))
    assert ("Kecamatan | 2021", "Cempaka\t\t\t47") in found
    assert ("Kecamatan | 2019 | 2021", "Melati\t12\t\t31") in found


def test_accents_of_tex(faults: Path) -> None:
    text = " ".join(sentences(read(faults, "pdf-tex-accents.pdf")))
    assert "teorema Poincaré," in text
    assert "Metode Schrödinger dipakai" in text


def test_a_notice_along_the_margin(faults: Path) -> None:
    document = read(faults, "pdf-vertical-copyright-notice.pdf")
    assert labels(document) == ["45", "46", "47", "48"]
    assert document.metadata.title == document.metadata.university == ""
    assert not any("Hak cipta" in text for text in sentences(document))


def test_a_watermark(faults: Path) -> None:
    document = read(faults, "pdf-watermark-becomes-chapter.pdf")
    chapter = "BAB IV HASIL PENELITIAN"
    found = dict.fromkeys(b.section for b in document.blocks if b.kind == "text")
    assert list(found) == [(chapter,), (chapter, "4.2 Pembahasan")]
    assert not any("UPT" in text for text in sentences(document))
