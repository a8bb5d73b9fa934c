"""A user can state what a document doesn't, in a file beside it."""

from pathlib import Path

import pytest

from pdfs import lines, write_pdf
from thesis_qa.errors import DocumentError
from thesis_qa.read.files import find_files, read_source
from thesis_qa.structure.document import load
from thesis_qa.types import Document


def read(folder: Path, meta: str = "", text: str = "# Judul di dalam\n\nIsi tulisan.") -> Document:
    file = folder / "a.md"
    file.write_text(text, encoding="utf-8")
    if meta:
        (folder / "a.md.meta.toml").write_text(meta, encoding="utf-8")
    return load(file, "a.md")


def test_it_goes_before_what_the_document_says(tmp_path: Path) -> None:
    meta = """
    title = "Kerja Sama  Kota"
    author = "Ani"
    year = 2021
    supervisors = ["Dr. Budi", "Dr. Citra"]
    keywords = "paradiplomasi"
    """
    metadata = read(tmp_path, meta).metadata
    assert (metadata.title, metadata.author, metadata.year) == ("Kerja Sama Kota", "Ani", 2021)
    assert metadata.supervisors == ("Dr. Budi", "Dr. Citra")
    assert metadata.keywords == ("paradiplomasi",)
    assert "title" not in metadata.places  # it isn't what the page says any more


def test_the_folder_speaks_for_all_its_files(tmp_path: Path) -> None:
    (tmp_path / ".meta.toml").write_text('title = "Skripsi"\nauthor = "Ani"', encoding="utf-8")
    metadata = read(tmp_path, 'author = "Budi"').metadata
    assert (metadata.title, metadata.author) == ("Skripsi", "Budi")
    assert [file.name for file in find_files(tmp_path)] == ["a.md"]


@pytest.mark.parametrize(
    ("meta", "says"),
    [
        ("title = ", "can't be read"),
        ('tittle = "x"', "'tittle' is not known"),
        ('year = "2021"', "'year' must be a number"),
        ("title = 3", "'title' must be a text"),
        ("keywords = [1]", "'keywords' must be a list of texts"),
    ],
)
def test_a_mistake_is_a_warning_and_the_document_is_read(
    tmp_path: Path, meta: str, says: str
) -> None:
    document = read(tmp_path, meta)
    assert document.metadata.title == "Judul di dalam"
    (warning,) = document.warnings
    assert "a.md.meta.toml" in warning
    assert says in warning


def test_a_password_opens_the_file(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "a.pdf", [lines("Isi yang dilindungi.")], password="rahasia")
    beside = tmp_path / "a.pdf.meta.toml"
    with pytest.raises(DocumentError, match=r"a\.pdf\.meta\.toml"):
        load(path, "a.pdf")
    beside.write_text('password = "salah"', encoding="utf-8")
    with pytest.raises(DocumentError, match="needs another password"):
        load(path, "a.pdf")
    beside.write_text('password = "rahasia"', encoding="utf-8")
    assert "Isi yang dilindungi." in load(path, "a.pdf").pages[0].text


def test_stating_something_makes_the_document_a_changed_one(tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    read(tmp_path)
    before = read_source(file, tmp_path, "a.md", "1", None)
    (tmp_path / ".meta.toml").write_text('title = "Skripsi"', encoding="utf-8")
    assert read_source(file, tmp_path, "a.md", "1", before).sha256 != before.sha256
