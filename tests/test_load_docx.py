"""DOCX: what Word shows is what is read, and nothing of it has a made-up page."""

import os
import zipfile
from pathlib import Path

import pytest
from docx import Document as NewDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from thesis_qa.errors import DocumentError
from thesis_qa.structure.document import load as load_docx
from thesis_qa.types import Block, Document

DATA = Path(os.environ.get("THESIS_QA_DATA", Path(__file__).parents[2] / "shared" / "data"))
W = nsdecls("w")


def text_of(document: Document, block: Block) -> str:
    return "".join(document.pages[s.page].text[s.start : s.end] for s in block.spans)


def texts(document: Document, kind: str | None = None) -> list[str]:
    return [text_of(document, b) for b in document.blocks if kind in (None, b.kind)]


def block_of(document: Document, beginning: str) -> Block:
    return next(b for b in document.blocks if text_of(document, b).startswith(beginning))


def load(tmp_path: Path, made: "NewDocument", parts: dict[str, str] | None = None) -> Document:
    """`made` saved and read; `parts` are members put into the archive as they are."""
    path = tmp_path / "tesis.docx"
    made.save(str(path))
    if parts:
        with zipfile.ZipFile(path) as archive:
            members = {n: archive.read(n) for n in archive.namelist() if n not in parts}
        with zipfile.ZipFile(path, "w") as archive:
            for member, content in {**members, **parts}.items():
                archive.writestr(member, content)
    return load_docx(path, path.name)


def add(made: "NewDocument", xml: str) -> None:
    """A block of WordprocessingML at the end of the body."""
    made.element.body.insert(len(made.element.body) - 1, parse_xml(xml))


class TestStructure:
    def test_headings_by_style_make_the_path(self, tmp_path: Path) -> None:
        made = NewDocument()
        made.add_heading("BAB IV HASIL", 1)
        made.add_heading("4.3 Hambatan", 2)
        made.add_paragraph("Izin sulit.")
        made.add_heading("BAB V PENUTUP", 1)
        made.add_paragraph("Selesai.")
        document = load(tmp_path, made)
        assert block_of(document, "Izin").section == ("BAB IV HASIL", "4.3 Hambatan")
        assert block_of(document, "Selesai").section == ("BAB V PENUTUP",)

    def test_headings_without_styles(self, tmp_path: Path) -> None:
        made = NewDocument()
        for text in ("BAB IV", "HASIL DAN PEMBAHASAN", "4.3.1 Hambatan"):
            made.add_paragraph().add_run(text).bold = True
        made.add_paragraph("Izin sulit.")
        made.add_paragraph().add_run("A. Sumber").bold = True
        made.add_paragraph().add_run("Dana").bold = True
        made.add_paragraph("Dana kurang.")
        document = load(tmp_path, made)
        chapter = ("BAB IV HASIL DAN PEMBAHASAN", "4.3.1 Hambatan")
        assert block_of(document, "Izin").section == chapter
        assert block_of(document, "Dana kurang").section == (*chapter, "A. Sumber", "Dana")

    def test_a_paragraph_in_a_heading_style_is_a_paragraph(self, tmp_path: Path) -> None:
        made = NewDocument()
        made.add_heading("Hasil", 1)
        long = "Gambar di atas merupakan tampilan data. " * 4
        made.add_heading(long, 1)
        assert block_of(load(tmp_path, made), "Gambar").kind == "text"

    def test_nothing_has_a_page(self, tmp_path: Path) -> None:
        made = NewDocument()
        made.add_paragraph("Satu.").add_run().add_break()
        made.add_page_break()
        made.add_paragraph("Dua.")
        (page,) = load(tmp_path, made).pages
        assert page.number is None
        assert page.label is None
        assert page.text == "Satu.\n\nDua."

    def test_contents_lines_are_marked_and_no_headings(self, tmp_path: Path) -> None:
        made = NewDocument()
        made.styles.add_style("toc 1", WD_STYLE_TYPE.PARAGRAPH)
        made.add_heading("DAFTAR ISI", 1)
        made.add_paragraph("BAB I PENDAHULUAN\t1", style="toc 1")
        made.add_heading("BAB I PENDAHULUAN", 1)
        document = load(tmp_path, made)
        assert texts(document, "contents") == ["BAB I PENDAHULUAN 1"]
        assert texts(document, "heading") == ["DAFTAR ISI", "BAB I PENDAHULUAN"]


class TestTables:
    def table(self, *rows: tuple[str, ...]) -> "NewDocument":
        made = NewDocument()
        made.add_paragraph("Tabel 4.1. Izin per Tahun")
        table = made.add_table(len(rows), len(rows[0]))
        for i, row in enumerate(rows):
            for j, cell in enumerate(row):
                table.cell(i, j).text = cell
        return made

    def test_rows_know_their_heads_and_caption(self, tmp_path: Path) -> None:
        made = self.table(("Tahun", "Jumlah Izin"), ("2018", "7"), ("2019", "5"))
        document = load(tmp_path, made)
        row = block_of(document, "2019")
        assert (row.kind, text_of(document, row)) == ("table", "2019\t5")
        assert row.context == "Tabel 4.1. Izin per Tahun: Tahun | Jumlah Izin"

    def test_a_form_has_no_heads(self, tmp_path: Path) -> None:
        document = load(tmp_path, self.table(("Nama", ":", "Ani"), ("NIM", ":", "123")))
        assert block_of(document, "NIM").context == "Tabel 4.1. Izin per Tahun"

    def test_merged_cells_are_repeated(self, tmp_path: Path) -> None:
        made = self.table(("Kota", "Tahun", "Izin"), ("Hanoi", "2018", "7"), ("", "2019", "5"))
        table = made.tables[0]
        table.cell(1, 0).merge(table.cell(2, 0))
        assert texts(load(tmp_path, made), "table")[1:] == ["Hanoi\t2018\t7", "Hanoi\t2019\t5"]

    def test_a_frame_around_text_is_no_table(self, tmp_path: Path) -> None:
        made = NewDocument()
        made.add_table(1, 1).cell(0, 0).text = "Izin sulit didapat."
        assert texts(load(tmp_path, made), "text") == ["Izin sulit didapat."]


class TestNumbering:
    NUMBERING = f"""<w:numbering {W}><w:abstractNum w:abstractNumId="7">
      <w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="upperRoman"/>
        <w:lvlText w:val="BAB %1"/></w:lvl>
      <w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:isLgl/>
        <w:lvlText w:val="%1.%2"/></w:lvl>
      <w:lvl w:ilvl="2"><w:start w:val="3"/><w:numFmt w:val="lowerLetter"/>
        <w:lvlText w:val="%3)"/></w:lvl>
      <w:lvl w:ilvl="3"><w:start w:val="1"/><w:numFmt w:val="bullet"/><w:lvlText w:val="x"/></w:lvl>
    </w:abstractNum>
    <w:num w:numId="7"><w:abstractNumId w:val="7"/></w:num>
    <w:num w:numId="8"><w:abstractNumId w:val="7"/>
      <w:lvlOverride w:ilvl="2"><w:startOverride w:val="1"/></w:lvlOverride></w:num>
    </w:numbering>"""

    def test_numbers_are_as_word_shows_them(self, tmp_path: Path) -> None:
        made = NewDocument()
        items = [(7, 0, "Satu"), (7, 0, "Dua"), (7, 1, "Latar"), (7, 1, "Tujuan"), (7, 2, "izin")]
        items += [
            (7, 2, "dana"),
            (7, 3, "bulat"),
            (7, 1, "Manfaat"),
            (7, 2, "lagi"),
            (8, 2, "baru"),
        ]
        for number, depth, text in items:
            add(
                made,
                f'<w:p {W}><w:pPr><w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/>'
                f"</w:numPr></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>",
            )
        made.part.numbering_part  # noqa: B018 (creates the member that is replaced)
        document = load(tmp_path, made, {"word/numbering.xml": self.NUMBERING})
        assert texts(document) == [
            *("BAB I Satu", "BAB II Dua", "2.1 Latar", "2.2 Tujuan", "c) izin", "d) dana"),
            *("bulat", "2.3 Manfaat", "c) lagi", "a) baru"),
        ]
        assert block_of(document, "a) baru").section == ("BAB II Dua", "2.3 Manfaat")


class TestRuns:
    def read(self, tmp_path: Path, runs: str) -> list[str]:
        made = NewDocument()
        add(made, f"<w:p {W}>{runs}</w:p>")
        return texts(load(tmp_path, made))

    def test_tracked_changes(self, tmp_path: Path) -> None:
        runs = (
            "<w:r><w:t xml:space='preserve'>Izin </w:t></w:r><w:del w:id='1' w:author='x'>"
            "<w:r><w:delText>mudah</w:delText></w:r></w:del><w:ins w:id='2' w:author='x'>"
            "<w:r><w:t>sulit</w:t></w:r></w:ins>"
        )
        assert self.read(tmp_path, runs) == ["Izin sulit"]

    def test_hyphens_tabs_and_hidden_text(self, tmp_path: Path) -> None:
        runs = (
            "<w:r><w:t>ke</w:t><w:softHyphen/><w:t>pu\u00adtusan</w:t><w:tab/><w:t>anak</w:t>"
            "<w:noBreakHyphen/><w:t>anak</w:t><w:br/><w:t>baris</w:t></w:r>"
            "<w:r><w:rPr><w:vanish/></w:rPr><w:t>rahasia</w:t></w:r>"
        )
        assert self.read(tmp_path, runs) == ["keputusan anak-anak baris"]

    def test_fields_and_links_show_their_result(self, tmp_path: Path) -> None:
        runs = (
            "<w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText>REF x</w:instrText>"
            "</w:r><w:r><w:fldChar w:fldCharType='separate'/></w:r><w:r><w:t>Gambar 2</w:t></w:r>"
            "<w:r><w:fldChar w:fldCharType='end'/></w:r><w:hyperlink><w:r><w:t> itu</w:t></w:r>"
            "</w:hyperlink>"
        )
        assert self.read(tmp_path, runs) == ["Gambar 2 itu"]

    def test_text_boxes_are_read_once(self, tmp_path: Path) -> None:
        box = "<w:txbxContent><w:p><w:r><w:t>Kotak teks.</w:t></w:r></w:p></w:txbxContent>"
        mc = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
        runs = (
            f"<w:r><w:t>Luar.</w:t><mc:AlternateContent {mc}><mc:Choice Requires='wps'><w:drawing>"
            f"{box}</w:drawing></mc:Choice><mc:Fallback><w:pict>{box}</w:pict></mc:Fallback>"
            "</mc:AlternateContent></w:r>"
        )
        assert self.read(tmp_path, runs) == ["Luar.", "Kotak teks."]

    def test_formulas_are_in_the_text(self, tmp_path: Path) -> None:
        m = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
        runs = (
            f"<m:oMath {m}><m:r><m:t>x=</m:t></m:r><m:f><m:num><m:r><m:t>a</m:t></m:r></m:num>"
            "<m:den><m:r><m:t>b</m:t></m:r></m:den></m:f></m:oMath>"
        )
        assert self.read(tmp_path, runs) == ["x=a/b"]

    def test_footnotes_stand_apart_from_the_sentence(self, tmp_path: Path) -> None:
        made = NewDocument()
        add(
            made,
            f"<w:p {W}><w:r><w:t>Izin</w:t></w:r><w:r><w:footnoteReference w:id='2'/></w:r>"
            "<w:r><w:t xml:space='preserve'> sulit.</w:t></w:r></w:p>",
        )
        notes = (
            f"<w:footnotes {W}><w:footnote w:type='separator' w:id='0'><w:p/></w:footnote>"
            "<w:footnote w:id='2'><w:p><w:r><w:footnoteRef/></w:r><w:r><w:t>Wawancara, 2019.</w:t>"
            "</w:r></w:p></w:footnote></w:footnotes>"
        )
        document = load(tmp_path, made, {"word/footnotes.xml": notes})
        assert texts(document, "text") == ["Izin sulit."]
        assert texts(document, "footnote") == ["1 Wawancara, 2019."]


class TestMetadata:
    def test_properties_say_what_the_text_does_not(self, tmp_path: Path) -> None:
        made = NewDocument()
        made.core_properties.title = "Garam"
        made.core_properties.author = "Ani"
        made.core_properties.keywords = "izin; dana"
        made.add_paragraph("Isi.")
        metadata = load(tmp_path, made).metadata
        assert (metadata.title, metadata.author) == ("Garam", "Ani")
        assert metadata.keywords == ("izin", "dana")

    def test_the_title_page_goes_before_the_properties(self, tmp_path: Path) -> None:
        made = NewDocument()
        made.core_properties.title = "Microsoft Word - tesis_final2"
        made.add_paragraph().add_run("UPAYA PEMERINTAH DALAM REVITALISASI").bold = True
        made.add_paragraph("UNIVERSITAS INDONESIA")
        made.add_heading("ABSTRAK", 1)
        document = load(tmp_path, made)
        assert document.metadata.title == "UPAYA PEMERINTAH DALAM REVITALISASI"


class TestRefused:
    def test_old_word_files(self, tmp_path: Path) -> None:
        path = tmp_path / "lama.docx"
        path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 100)
        with pytest.raises(DocumentError, match="Save it as DOCX or PDF"):
            load_docx(path, path.name)

    def test_without_text(self, tmp_path: Path) -> None:
        with pytest.raises(DocumentError, match=r"'tesis\.docx' holds no text"):
            load(tmp_path, NewDocument())

    def test_without_a_document(self, tmp_path: Path) -> None:
        path = tmp_path / "a.docx"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("lain.txt", "x")
        with pytest.raises(DocumentError, match=r"'a\.docx' is damaged"):
            load_docx(path, path.name)


def test_loading_twice_gives_the_same(tmp_path: Path) -> None:
    made = NewDocument()
    made.add_heading("BAB I", 1)
    made.add_paragraph("Satu.", style="List Number")
    path = tmp_path / "a.docx"
    made.save(str(path))
    assert load_docx(path, "a.docx") == load_docx(path, "a.docx")


@pytest.fixture(scope="module")
def thesis() -> Document:
    return load_docx(DATA / "theses" / "hadihammurabi.docx", "hadihammurabi.docx")


@pytest.mark.skipif(not DATA.is_dir(), reason="THESIS_QA_DATA names no folder with the theses")
class TestARealThesis:
    def test_chapters_and_sections(self, thesis: Document) -> None:
        sections = dict.fromkeys(block.section for block in thesis.blocks)
        tops = list(dict.fromkeys(section[0] for section in sections if section))
        assert [top for top in tops if top.startswith("BAB ") and len(top) > 8] == [
            "BAB I PENDAHULUAN",
            "BAB II TINJAUAN PUSTAKA DAN DASAR TEORI",
            "BAB III METODE PENELITIAN",
            "BAB IV IMPLEMENTASI DAN PEMBAHASAN",
        ]
        assert ("BAB I PENDAHULUAN", "1.3. Ruang Lingkup") in sections
        chapter = ("BAB III METODE PENELITIAN", "3.3. Perancangan Aplikasi")
        assert (*chapter, "3.3.5. Rancangan Tabel") in sections

    def test_title(self, thesis: Document) -> None:
        assert thesis.metadata.title.startswith("PEMBUATAN FRAMEWORK REMOTE PROCEDURE CALL")

    def test_numbered_list(self, thesis: Document) -> None:
        items = [t for t in texts(thesis, "list") if t.startswith("7. ")]
        assert items == ["7. Versi NodeJS yang digunakan v18.14.0."]

    def test_table_row(self, thesis: Document) -> None:
        row = block_of(thesis, "2\tnip")
        assert text_of(thesis, row) == "2\tnip\tVarchar\t9\tkode unik kepegawaian"
        assert row.context is not None
        assert row.context.startswith("Tabel 3.13. Struktur tabel karyawan: Nomor | Nama Kolom")
