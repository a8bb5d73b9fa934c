"""A page that crashes or hangs the parser costs that page, not the file."""

from pathlib import Path

import pytest

from pdfs import lines, prose, write_pdf
from thesis_qa.errors import DocumentError
from thesis_qa.read.pdf import pages as pdf_pages
from thesis_qa.read.pdf.pages import read_pages
from thesis_qa.structure.document import load

SENTENCE = "Penelitian ini memakai metode kualitatif dengan wawancara mendalam di Jakarta"


@pytest.fixture
def four_pages(tmp_path: Path) -> Path:
    return write_pdf(tmp_path / "a.pdf", [lines(*prose(f"{SENTENCE} {n}", 5)) for n in range(4)])


def bad_child(folder: Path, monkeypatch: pytest.MonkeyPatch, happens: str) -> None:
    """A child process to which something happens at the second page."""
    (folder / "bad_child.py").write_text(
        f"""
import json, os, sys, time
from thesis_qa.read.pdf import child
good = child._page
def page(pdf, number, job):
    if number == 1:
        {happens}
    return good(pdf, number, job)
child._page = page
child.run(json.loads(sys.argv[1]), sys.stdout.buffer)
"""
    )
    monkeypatch.setenv("PYTHONPATH", str(folder))
    monkeypatch.setattr(pdf_pages, "CHILD", "bad_child")


@pytest.mark.parametrize(
    ("happens", "reason"),
    [("os._exit(139)", "crashed"), ("os.abort()", "crashed"), ("time.sleep(60)", "stuck")],
)
def test_the_other_pages_are_kept(
    four_pages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, happens: str, reason: str
) -> None:
    bad_child(tmp_path, monkeypatch, happens)
    monkeypatch.setattr(pdf_pages, "PATIENCE", 5.0)
    document = load(four_pages, "a.pdf")
    assert [bool(page.text) for page in document.pages] == [True, False, True, True]
    (warning,) = document.warnings
    assert warning.startswith("page 2 can't be read")
    assert reason in warning


def test_a_file_that_is_never_opened_is_said(
    four_pages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "dead_child.py").write_text("raise SystemExit(1)")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(pdf_pages, "CHILD", "dead_child")
    with pytest.raises(DocumentError, match=r"'a\.pdf'"):
        read_pages(four_pages, "a.pdf")


def test_a_file_whose_pages_all_crash_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_pdf(tmp_path / "a.pdf", [lines(SENTENCE)] * 6)
    bad_child(tmp_path, monkeypatch, "pass\n    if number >= 0:\n        os._exit(1)")
    monkeypatch.setattr(pdf_pages, "MAX_LOST", 2)
    pages = read_pages(path, "a.pdf").pages
    assert len(pages) == 6
    assert all(page.error for page in pages)


def test_the_right_password_opens(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "a.pdf", [lines(SENTENCE)], password="rahasia")
    with pytest.raises(DocumentError, match=r"protected by a password.*a\.pdf\.meta\.toml"):
        load(path, "a.pdf")
    (tmp_path / "a.pdf.meta.toml").write_text('password = "rahasia"')
    assert SENTENCE in load(path, "a.pdf").pages[0].text


def test_the_file_is_left_as_it_is(four_pages: Path) -> None:
    before = (four_pages.read_bytes(), four_pages.stat().st_mtime_ns)
    load(four_pages, "a.pdf")
    assert (four_pages.read_bytes(), four_pages.stat().st_mtime_ns) == before
