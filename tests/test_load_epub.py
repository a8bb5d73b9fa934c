"""EPUB, by files made here."""

import zipfile
from pathlib import Path

import pytest

from thesis_qa.errors import DocumentError
from thesis_qa.structure.document import load as load_epub
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


CONTAINER = '<container><rootfiles><rootfile full-path="OEBPS/a.opf"/></rootfiles></container>'
PACKAGE = """<package xmlns="http://www.idpf.org/2007/opf"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata><dc:title>Garam</dc:title>
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
        assert (metadata.title, metadata.author, metadata.year) == ("Garam", "Ani", 2021)

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
