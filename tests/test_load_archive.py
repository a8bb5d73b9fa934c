"""Zip based documents from an unknown hand: refused with a reason, never harmful."""

import struct
import zipfile
from pathlib import Path

import pytest
from docx import Document as NewDocument

from thesis_qa.errors import DocumentError
from thesis_qa.read import xml
from thesis_qa.read.archive import MAX_MEMBER_BYTES, Archive
from thesis_qa.structure.apart import read_flow
from thesis_qa.structure.document import load

NAMES = ("a.docx", "a.epub")


def zipped(path: Path, **members: str | bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, content in members.items():
            archive.writestr(member.replace("__", "/"), content)
    return path


def docx(path: Path) -> Path:
    made = NewDocument()
    made.add_paragraph("Izin sulit didapat.")
    made.save(str(path))
    return path


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b"%PDF-1.7 ...", "Rename it to end in .pdf"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 9, "Save it as DOCX or PDF"),
        (b"{\\rtf1 teks}", "RTF"),
        (b"bukan arsip sama sekali", "is damaged or no"),
        (b"PK\x03\x04" + b"x" * 50, "is damaged or no"),
    ],
)
def test_what_is_no_archive(tmp_path: Path, name: str, content: bytes, reason: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(DocumentError, match=reason) as caught:
        load(path, name)
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", NAMES)
def test_an_archive_of_another_kind(tmp_path: Path, name: str) -> None:
    path = zipped(tmp_path / name, foto="x")
    with pytest.raises(DocumentError, match=f"'{name}' is damaged or no"):
        load(path, name)


def test_a_cut_file(tmp_path: Path) -> None:
    path = docx(tmp_path / "a.docx")
    path.write_bytes(path.read_bytes()[:-500])
    with pytest.raises(DocumentError, match="is damaged"):
        load(path, path.name)


def test_a_flipped_byte(tmp_path: Path) -> None:
    path = docx(tmp_path / "a.docx")
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo("word/document.xml")
    data = bytearray(path.read_bytes())
    start = info.header_offset + 30 + len(info.filename) + info.compress_size // 2
    data[start : start + 8] = b"\0\xff\0\xff\0\xff\0\xff"
    path.write_bytes(data)
    with pytest.raises(DocumentError, match="is damaged"):
        load(path, path.name)


def test_an_encrypted_member(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.docx", word__document="x")
    data = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.index(signature) + offset
        data[at : at + 2] = struct.pack("<H", 1)
    path.write_bytes(data)
    with (
        Archive(path, path.name, "DOCX") as archive,
        pytest.raises(DocumentError, match="password"),
    ):
        archive.read("word/document")


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = zipped(tmp_path / "bom.docx", word__document="\0" * 30_000_000)
    assert path.stat().st_size < 100_000
    with pytest.raises(DocumentError, match=r"'bom\.docx' would unpack to far more"):
        load(path, path.name)


def test_a_bomb_that_lies_about_its_size(tmp_path: Path) -> None:
    path = zipped(tmp_path / "bom.docx", word__document="\0" * 30_000_000)
    data = path.read_bytes().replace(struct.pack("<I", 30_000_000), struct.pack("<I", 1000))
    path.write_bytes(data)
    with pytest.raises(DocumentError):
        load(path, path.name)


def test_members_over_the_limit_are_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MAX_MEMBER_BYTES >= 60_000_000  # 10,000 pages
    monkeypatch.setattr("thesis_qa.read.archive.MAX_MEMBER_BYTES", 1000)
    path = docx(tmp_path / "a.docx")
    with pytest.raises(DocumentError, match="far more than a thesis"):
        read_flow(path, path.name)


BILLION_LAUGHS = (
    b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]><x>&c;</x>'
)


@pytest.mark.parametrize(
    "content", [BILLION_LAUGHS, b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>']
)
def test_entities_are_refused(tmp_path: Path, content: bytes) -> None:
    path = zipped(tmp_path / "a.docx", **{"word/document.xml": content})
    with pytest.raises(DocumentError, match="declares entities"):
        load(path, path.name)


def test_external_document_types_are_not_fetched() -> None:
    root = xml.parse(
        b'<!DOCTYPE html PUBLIC "-//W3C//DTD" "http://localhost:9/x.dtd"><html>a</html>'
    )
    assert root.text == "a"


def test_deep_nesting_is_refused(tmp_path: Path) -> None:
    content = "<a>" * 100_000 + "</a>" * 100_000
    path = zipped(tmp_path / "a.docx", **{"word/document.xml": content})
    with pytest.raises(DocumentError, match="is damaged"):
        load(path, path.name)


def test_paths_lead_nowhere(tmp_path: Path) -> None:
    (tmp_path / "rahasia.xhtml").write_text("<p>RAHASIA</p>")
    container = '<c><rootfile full-path="OEBPS/a.opf"/></c>'
    package = """<package><manifest><item id="1" href="../../rahasia.xhtml"
    media-type="application/xhtml+xml"/></manifest><spine><itemref idref="1"/></spine></package>"""
    path = zipped(
        tmp_path / "a.epub", **{"META-INF__container.xml": container, "OEBPS__a.opf": package}
    )
    with pytest.raises(DocumentError, match="holds no text"):
        load(path, path.name)


def test_files_are_never_changed(tmp_path: Path) -> None:
    path = docx(tmp_path / "a.docx")
    before = (path.read_bytes(), path.stat().st_mtime_ns)
    load(path, path.name)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before


def test_names_in_messages_are_one_line(tmp_path: Path) -> None:
    name = 'ju"dul\n😀.docx'
    path = tmp_path / name
    path.write_bytes(b"")
    with pytest.raises(DocumentError) as caught:
        load(path, name)
    assert "\n" not in str(caught.value)
