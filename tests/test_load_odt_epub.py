"""ODT and EPUB, by files made here."""

import zipfile
from pathlib import Path

import pytest

from thesis_qa.errors import DocumentError
from thesis_qa.read.epub import load_epub
from thesis_qa.read.odt import load_odt
from thesis_qa.types import Block, Document


def text_of(document: Document, block: Block) -> str:
    return "".join(document.pages[s.page].text[s.start : s.end] for s in block.spans)


def texts(document: Document, kind: str | None = None) -> list[str]:
    return [text_of(document, b) for b in document.blocks if kind in (None, b.kind)]


def block_of(document: Document, beginning: str) -> Block:
    return next(b for b in document.blocks if text_of(document, b).startswith(beginning))


def zipped(path: Path, members: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for member, content in members.items():
            archive.writestr(member, content)
    return path


NAMESPACES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in {
        "office": "office",
        "text": "text",
        "table": "table",
        "style": "style",
        "draw": "drawing",
        "fo": "xsl-fo-compatible",
        "meta": "meta",
    }.items()
)
STYLES = """<style:style style:name="Tebal"><style:text-properties fo:font-weight="bold"/>
  </style:style><style:style style:name="P1" style:parent-style-name="Tebal"/>
  <text:list-style style:name="L1"><text:list-level-style-number text:level="1"
    style:num-format="1" style:num-suffix="."/><text:list-level-style-number text:level="2"
    style:num-format="a" style:num-suffix=")"/></text:list-style>
  <text:list-style style:name="L2"><text:list-level-style-bullet text:level="1"/>
  </text:list-style>"""
OUTLINE = """<text:outline-style><text:outline-level-style text:level="1" style:num-format="I"
  style:num-prefix="BAB "/><text:outline-level-style text:level="2" style:num-format="1"
  text:display-levels="2"/></text:outline-style>"""


def odt(tmp_path: Path, body: str, **members: str) -> Document:
    content = (
        f"<office:document-content {NAMESPACES}><office:automatic-styles>{STYLES}"
        f"</office:automatic-styles><office:body><office:text>{body}</office:text></office:body>"
        "</office:document-content>"
    )
    styles = f"<office:document-styles {NAMESPACES}>{OUTLINE}</office:document-styles>"
    path = zipped(tmp_path / "tesis.odt", {"content.xml": content, "styles.xml": styles, **members})
    document = load_odt(path, path.name)
    assert document == load_odt(path, path.name)
    return document


class TestOdt:
    def test_headings_are_numbered_and_make_the_path(self, tmp_path: Path) -> None:
        document = odt(
            tmp_path,
            '<text:h text:outline-level="1">HASIL</text:h><text:h text:outline-level="2">Izin'
            "</text:h><text:p>Izin sulit.</text:p>"
            '<text:h text:outline-level="1">PENUTUP</text:h><text:p>Akhir.</text:p>',
        )
        assert block_of(document, "Izin sulit").section == ("BAB I HASIL", "I.1 Izin")
        assert block_of(document, "Akhir").section == ("BAB II PENUTUP",)

    def test_bold_paragraphs_head_what_follows(self, tmp_path: Path) -> None:
        document = odt(
            tmp_path,
            '<text:h text:outline-level="1">HASIL</text:h>'
            '<text:p text:style-name="P1">Dana</text:p>'
            '<text:p>Dana <text:span text:style-name="Tebal">kurang</text:span>.</text:p>',
        )
        assert block_of(document, "Dana kurang.").section == ("BAB I HASIL", "Dana")

    def test_lists_count_and_nest(self, tmp_path: Path) -> None:
        def item(text: str) -> str:
            return f"<text:list-item><text:p>{text}</text:p></text:list-item>"

        document = odt(
            tmp_path,
            f'<text:list text:style-name="L1">{item("izin")}<text:list-item><text:p>dana</text:p>'
            f"<text:list>{item('pusat')}{item('daerah')}</text:list></text:list-item></text:list>"
            f'<text:list text:style-name="L1" text:continue-numbering="true">{item("lagi")}'
            f'</text:list><text:list text:style-name="L2">{item("bulat")}</text:list>',
        )
        assert texts(document, "list") == [
            *("1. izin", "2. dana", "a) pusat", "b) daerah", "3. lagi", "bulat")
        ]

    def test_spaces_tabs_notes_and_frames(self, tmp_path: Path) -> None:
        document = odt(
            tmp_path,
            '<text:p>Izin<text:s text:c="3"/>sulit<text:note><text:note-citation>1'
            "</text:note-citation><text:note-body><text:p>Wawancara.</text:p></text:note-body>"
            "</text:note><text:tab/>sekali<text:line-break/>lagi.<draw:frame><draw:text-box>"
            "<text:p>Kotak.</text:p></draw:text-box></draw:frame></text:p>",
        )
        assert texts(document, "text") == ["Izin sulit sekali lagi.", "Kotak."]
        assert texts(document, "footnote") == ["1 Wawancara."]

    def test_tables(self, tmp_path: Path) -> None:
        def row(*cells: str) -> str:
            inside = "".join(
                f"<table:table-cell><text:p>{cell}</text:p></table:table-cell>" for cell in cells
            )
            return f"<table:table-row>{inside}</table:table-row>"

        document = odt(
            tmp_path,
            "<text:p>Tabel 4.1 Izin per Tahun</text:p><table:table><table:table-header-rows>"
            f"{row('Tahun', 'Izin')}</table:table-header-rows>{row('2018', '7')}</table:table>",
        )
        assert block_of(document, "2018").context == "Tabel 4.1 Izin per Tahun: Tahun | Izin"
        assert texts(document, "table") == ["Tahun\tIzin", "2018\t7"]

    def test_deleted_text_is_out(self, tmp_path: Path) -> None:
        document = odt(
            tmp_path,
            "<text:tracked-changes><text:changed-region><text:deletion><text:p>Dihapus.</text:p>"
            "</text:deletion></text:changed-region></text:tracked-changes><text:p>Tetap.</text:p>",
        )
        assert texts(document) == ["Tetap."]

    def test_contents_pages_are_marked(self, tmp_path: Path) -> None:
        document = odt(
            tmp_path,
            "<text:table-of-content><text:index-body><text:p>BAB I HASIL<text:tab/>1</text:p>"
            "</text:index-body></text:table-of-content>"
            '<text:h text:outline-level="1">HASIL</text:h>',
        )
        assert texts(document, "contents") == ["BAB I HASIL 1"]

    def test_properties(self, tmp_path: Path) -> None:
        meta = (
            f'<office:document-meta {NAMESPACES} xmlns:dc="http://purl.org/dc/elements/1.1/">'
            "<office:meta><dc:title>Judul</dc:title><dc:creator>Ani</dc:creator>"
            "<meta:keyword>izin</meta:keyword></office:meta></office:document-meta>"
        )
        metadata = odt(tmp_path, "<text:p>Isi.</text:p>", **{"meta.xml": meta}).metadata
        assert (metadata.title, metadata.author, metadata.keywords) == ("Judul", "Ani", ("izin",))

    def test_a_password_is_said(self, tmp_path: Path) -> None:
        manifest = "<manifest><file-entry><encryption-data/></file-entry></manifest>"
        with pytest.raises(DocumentError, match="password"):
            odt(tmp_path, "<text:p>x</text:p>", **{"META-INF/manifest.xml": manifest})


CONTAINER = '<container><rootfiles><rootfile full-path="OEBPS/a.opf"/></rootfiles></container>'
PACKAGE = """<package xmlns="http://www.idpf.org/2007/opf"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata><dc:title>Judul</dc:title>
 <dc:creator>Ani</dc:creator><dc:date>2021-05-04</dc:date></metadata><manifest>
 <item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
 <item id="two" href="bab%202.xhtml" media-type="application/xhtml+xml"/>
 <item id="one" href="bab1.xhtml" media-type="application/xhtml+xml"/>
 <item id="css" href="a.css" media-type="text/css"/></manifest>
 <spine><itemref idref="nav"/><itemref idref="one"/><itemref idref="two"/></spine></package>"""


def chapter(body: str) -> str:
    return (
        '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title>'
        f"</head><body>{body}</body></html>"
    )


def epub(tmp_path: Path, **members: str) -> Document:
    book = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": CONTAINER,
        "OEBPS/a.opf": PACKAGE,
        "OEBPS/nav.xhtml": chapter("<nav>Daftar</nav><p>Navigasi</p>"),
        "OEBPS/bab1.xhtml": chapter("<h1>BAB I HASIL</h1><h2>Izin</h2><p>Izin <i>sulit</i>.</p>"),
        "OEBPS/bab 2.xhtml": chapter("<h1>BAB II PENUTUP</h1><p>Akhir.</p>"),
        **members,
    }
    path = zipped(tmp_path / "tesis.epub", book)
    document = load_epub(path, path.name)
    assert document == load_epub(path, path.name)
    return document


class TestEpub:
    def test_chapters_come_in_the_order_of_the_spine(self, tmp_path: Path) -> None:
        document = epub(tmp_path)
        assert texts(document, "text") == ["Izin sulit.", "Akhir."]
        assert block_of(document, "Izin sulit").section == ("BAB I HASIL", "Izin")
        assert block_of(document, "Akhir").section == ("BAB II PENUTUP",)
        assert document.pages[0].number is None

    def test_metadata(self, tmp_path: Path) -> None:
        metadata = epub(tmp_path).metadata
        assert (metadata.title, metadata.author, metadata.year) == ("Judul", "Ani", 2021)

    def test_chapters_that_are_no_xml_are_read_as_html(self, tmp_path: Path) -> None:
        document = epub(tmp_path, **{"OEBPS/bab1.xhtml": "<p>Izin&nbsp;sulit<br>sekali."})
        assert texts(document, "text")[0] == "Izin sulit sekali."

    def test_named_characters_of_xhtml_are_text(self, tmp_path: Path) -> None:
        doctype = '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.1//EN" "http://localhost:9/x.dtd">'
        body = "<html><body><p>caf&eacute;&nbsp;tua</p></body></html>"
        document = epub(tmp_path, **{"OEBPS/bab1.xhtml": doctype + body})
        assert texts(document, "text")[0] == "café tua"

    def test_protected_books_are_said(self, tmp_path: Path) -> None:
        encryption = '<encryption><CipherReference URI="OEBPS/bab1.xhtml"/></encryption>'
        with pytest.raises(DocumentError, match="protected"):
            epub(tmp_path, **{"META-INF/encryption.xml": encryption})
