"""Files without pages on which reading once went wrong, read as people expect it: the folder
`faults` of THESIS_QA_DATA, and variants made here."""

import unicodedata
import zipfile
from pathlib import Path

import pytest

from thesis_qa.errors import DocumentError
from thesis_qa.read.files import document_name, find_files, unread_links
from thesis_qa.structure.apart import read_flow
from thesis_qa.structure.document import load
from thesis_qa.types import Document

ATTACK = "epub-spine-100000.epub"


def fault(data: Path, name: str) -> Document:
    path = data / "faults" / name
    if not path.exists():
        pytest.skip(f"no {name} in {data / 'faults'}")
    return read_flow(path, name)


def texts(document: Document, *kinds: str) -> list[str]:
    return [
        document.pages[s.page].text[s.start : s.end]
        for block in document.blocks
        for s in block.spans
        if not kinds or block.kind in kinds
    ]


def sections(document: Document) -> list[str]:
    return [" › ".join(block.section) for block in document.blocks]


# The cases of the folder


def test_exponents_symbols_and_formulas(data: Path) -> None:
    found = "\n".join(texts(fault(data, "docx-exponent-symbol-formula.docx")))
    for expected in ("3 × 10⁵ CFU/mL", "2 × 10⁻³ mol/L", "H₂O", "CO₂", "250 m²"):
        assert expected in found
    assert "α = 0,05 dengan suhu 25 °C" in found
    assert "Y=2¹⁰+(a+b)×3" in found
    assert "x̄=(∑ᵢ₌₁ⁿ xᵢ)/n" in found


def test_files_and_diagrams_within_a_file(data: Path) -> None:
    found = texts(fault(data, "docx-altchunk-smartart.docx"))
    assert "Teori motivasi Herzberg membedakan faktor higiene dan faktor motivator." in found
    assert {"Budaya organisasi", "Kepuasan kerja", "Kinerja karyawan"} <= set(found)


def test_hidden_text_and_deleted_marks(data: Path) -> None:
    found = texts(fault(data, "docx-hidden-style-and-deleted-mark.docx"))
    assert not any("JANGAN LUPA" in text for text in found)
    assert any("bahwa kinerja pegawai meningkat sebesar 18 persen." in text for text in found)


def test_indonesian_names_of_styles(data: Path) -> None:
    found = sections(fault(data, "docx-style-judul-1.docx"))
    assert "Pendahuluan › Latar belakang masalah" in found
    assert found[-1] == "Metode"


def test_merged_rows(data: Path) -> None:
    found = texts(fault(data, "docx-table-merged-rows.docx"), "table")
    assert found == texts(fault(data, "docx-table-merged-rows-CONTROL.docx"), "table")
    assert "Perempuan\tTidak setuju\t22" in found


def test_years_as_heads_and_empty_cells(data: Path) -> None:
    document = fault(data, "docx-table-year-heads-empty-cells.docx")
    assert "Cempaka\t–\t–\t47" in texts(document, "table")
    row = next(b for b in document.blocks if b.context and "2019" in b.context)
    assert (row.context or "").endswith("Kecamatan | 2019 | 2020 | 2021")


def test_parts_by_their_relationships(data: Path) -> None:
    online = fault(data, "docx-word-online-part-names.docx")
    usual = fault(data, "docx-word-online-part-names-CONTROL.docx")
    assert texts(online) == texts(usual)
    assert sections(online) == sections(usual)
    assert any("Wawancara dengan Kepala Dinas" in text for text in texts(online, "footnote"))


def test_a_stated_title_beside_a_lone_heading(data: Path) -> None:
    document = fault(data, "md-front-matter-title-lost.md")
    assert document.metadata.title == "Pengaruh Pupuk Organik terhadap Hasil Padi"
    assert sections(document)[1] == "Hasil dan Pembahasan"
    assert sections(document)[-1] == "Hasil dan Pembahasan › Hasil uji lapangan"


def test_a_book_that_names_one_chapter_without_end(data: Path) -> None:
    path = data / "attack" / ATTACK
    if not path.exists():
        pytest.skip(f"no {path}")
    with pytest.raises(DocumentError, match="names 100000 chapters"):
        load(path, ATTACK)


# Variants


def read(tmp_path: Path, name: str, content: str) -> Document:
    (tmp_path / name).write_text(content, encoding="utf-8")
    return read_flow(tmp_path / name, name)


HTML = (
    "<p>Ada 3 × 10<sup>5</sup> sel, CO<sub>2</sub>, 25<sup>14</sup> orang, 20<sup>th</sup>.</p>"
    "<table><tr><td>Jenis</td><td>Jawaban</td><td>Jumlah</td></tr>"
    "<tr><td rowspan=2>Pria</td><td>Ya</td><td>40</td></tr><tr><td>Tidak</td><td>13</td></tr>"
    "</table><p>x</p><table><tr><th></th><th>2019</th><th>2020</th></tr>"
    "<tr><td>Melati</td><td></td><td>31</td></tr></table>"
)


def test_raised_characters_and_tables_in_html(tmp_path: Path) -> None:
    found = texts(read(tmp_path, "a.html", HTML))
    assert found[0] == "Ada 3 × 10⁵ sel, CO₂, 25 ¹⁴ orang, 20th."
    assert {"Pria\tYa\t40", "Pria\tTidak\t13", "Melati\t–\t31"} <= set(found)


def test_two_rows_of_heads_in_html(tmp_path: Path) -> None:
    document = read(
        tmp_path,
        "a.html",
        "<table><tr><th rowspan=2>Desa</th><th colspan=2>Padi</th></tr><tr><th>2019</th>"
        "<th>2020</th></tr><tr><td>Cibodas</td><td>12</td><td>15</td></tr></table>",
    )
    assert document.blocks[-1].context == "Desa | Padi 2019 | Padi 2020"


def test_raised_characters_and_tables_in_markdown(tmp_path: Path) -> None:
    table = "| Kota | 2019 | 2020 |\n|---|---|---|\n| Hanoi | | 7 |\n"
    text = f"Ada 10^5^ sel, 10<sup>-3</sup> mol, H~2~O dan ~~dicoret~~ ini.\n\n{table}"
    found = texts(read(tmp_path, "a.md", text))
    assert found[0] == "Ada 10⁵ sel, 10⁻³ mol, H₂O dan dicoret ini."
    assert found[-1] == "Hanoi\t–\t7"


def test_words_own_files_are_skipped(tmp_path: Path) -> None:
    for name in ("~$kripsi.docx", "skripsi.docx"):
        (tmp_path / name).write_bytes(b"x")
    assert [file.name for file in find_files(tmp_path)] == ["skripsi.docx"]


def test_names_are_kept_as_people_type_them(tmp_path: Path) -> None:
    typed = "Pemikiran Hüseyin é.txt"
    file = tmp_path / unicodedata.normalize("NFD", typed)
    file.write_text("x", encoding="utf-8")
    assert document_name(file, tmp_path, {}) == typed


def test_links_that_are_not_read_are_named(tmp_path: Path) -> None:
    (tmp_path / "lain").mkdir()
    folder = tmp_path / "dokumen"
    folder.mkdir()
    (folder / "skripsi").symlink_to(tmp_path / "lain")
    (folder / "hilang.pdf").symlink_to(tmp_path / "tidak-ada.pdf")
    assert unread_links(folder) == ["hilang.pdf", "skripsi"]


def test_no_link_leads_out_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "rahasia.txt").write_text("Sandi rahasia.")
    folder = tmp_path / "dokumen"
    folder.mkdir()
    (folder / "asli.txt").write_text("Isi skripsi.")
    (folder / "keluar.txt").symlink_to(tmp_path / "rahasia.txt")
    (folder / "juga.txt").symlink_to(folder / "asli.txt")
    assert [file.name for file in find_files(folder)] == ["asli.txt", "juga.txt"]
    assert unread_links(folder) == ["keluar.txt"]
    (tmp_path / "lain").symlink_to(folder)  # the folder itself may be given by a link
    assert len(find_files(tmp_path / "lain")) == 2


def test_a_file_that_unpacks_to_millions_of_paragraphs(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", f"<d><body>{'<p><r>x</r></p>' * 900_000}</body></d>")
    with pytest.raises(DocumentError, match="far more than a thesis") as caught:
        load(path, path.name)
    assert "\n" not in str(caught.value)


def test_a_chapter_that_is_missing_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.epub"
    chapters = "".join(
        f'<item id="{n}" href="{n}.xhtml" media-type="application/xhtml+xml"/>' for n in "ab"
    )
    spine = '<itemref idref="a"/><itemref idref="b"/>'
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            "META-INF/container.xml", '<container><rootfile full-path="p.opf"/></container>'
        )
        archive.writestr("p.opf", f"<package>{chapters}<spine>{spine}</spine></package>")
        archive.writestr("a.xhtml", "<html><body><p>Izin sulit didapat.</p></body></html>")
    document = read_flow(path, path.name)
    assert texts(document) == ["Izin sulit didapat."]
    assert document.warnings == ("chapter 'b.xhtml' is missing in it",)
