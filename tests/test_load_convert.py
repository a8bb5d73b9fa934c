"""Formats that LibreOffice converts: .doc, .odt, .rtf, .wps."""

import stat
import zipfile
from pathlib import Path

import pytest
from docx import Document as NewDocument

from thesis_qa.errors import DocumentError
from thesis_qa.read import convert, libreoffice
from thesis_qa.structure.document import load

RTF = rb"{\rtf1\ansi {\b BAB I PENDAHULUAN}\par Izin sulit didapat oleh peneliti.\par}"


def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> Path:
    """A program that stands in for LibreOffice, alone on the path; it notes how it was called."""
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "soffice"
    program.write_text(
        f'#!/bin/sh\necho "$@" > {tmp_path}/called\nenv > {tmp_path}/env\n{script}\n'
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return program


def thesis(tmp_path: Path, content: bytes = RTF, name: str = "tesis.rtf") -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("suffix", [".doc", ".odt", ".rtf", ".wps"])
def test_a_file_is_read_as_it_was_converted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    made = NewDocument()
    made.add_heading("BAB I PENDAHULUAN", 1)
    made.add_paragraph("Izin sulit didapat.")
    made.save(str(tmp_path / "made.docx"))
    copy = f'for last; do :; done; cp {tmp_path}/made.docx "$(dirname "$last")/document.docx"'
    fake(tmp_path, monkeypatch, copy)
    path = thesis(tmp_path, name=f"tesis{suffix}")
    document = load(path, path.name)
    assert document.name == path.name
    assert document.blocks[1].section == ("BAB I PENDAHULUAN",)
    assert document.pages[0].number is None


def test_it_runs_apart_from_the_users_own_office_and_without_a_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake(tmp_path, monkeypatch, "profile=${1#-env:UserInstallation=file://}; "
         f'cat "$profile"/user/registrymodifications.xcu > {tmp_path}/profile')  # fmt: skip
    path = thesis(tmp_path)
    with pytest.raises(DocumentError, match="can't be read by LibreOffice"):
        load(path, path.name)
    called = (tmp_path / "called").read_text()
    assert "--headless" in called
    assert str(path) not in called
    assert "MacrosExecution" in (tmp_path / "profile").read_text()
    environment = (tmp_path / "env").read_text()
    assert "http_proxy=http://127.0.0.1:9" in environment
    assert f"HOME={Path.home()}\n" not in environment
    assert path.read_bytes() == RTF


def test_a_program_that_hangs_is_ended_with_what_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake(tmp_path, monkeypatch, f"sleep 60 & echo $! > {tmp_path}/started; wait")
    monkeypatch.setattr(convert, "PATIENCE", 1)
    path = thesis(tmp_path)
    with pytest.raises(DocumentError, match="not done") as error:
        load(path, path.name)
    assert "belum selesai" in error.value.problem_in("id")
    started = Path("/proc", (tmp_path / "started").read_text().strip(), "stat")
    assert not started.exists() or started.read_text().split()[2] == "Z"


@pytest.mark.parametrize("name", ["tesis.doc", "tesis.odt", "tesis.rtf", "tesis.wps"])
def test_without_libreoffice_it_is_said_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    path = thesis(tmp_path, name=name)
    with pytest.raises(DocumentError, match="install LibreOffice") as error:
        load(path, path.name)
    assert error.value.code == "needs-libreoffice"
    assert "pasang LibreOffice" in error.value.remedy_in("id")


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"", "is empty"), (b"%PDF-1.7", "end in .pdf"), (b"PK\3\4x", "damaged")],
)
def test_what_is_something_else_is_not_tried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, reason: str
) -> None:
    fake(tmp_path, monkeypatch, "")
    path = thesis(tmp_path, content, "tesis.odt")
    with pytest.raises(DocumentError, match=reason):
        load(path, path.name)
    assert not (tmp_path / "called").exists()


def test_a_zip_bomb_is_not_given_to_libreoffice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake(tmp_path, monkeypatch, "")
    path = tmp_path / "bom.odt"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("content.xml", "\0" * 30_000_000)
    with pytest.raises(DocumentError, match="far more"):
        load(path, path.name)
    assert not (tmp_path / "called").exists()


@pytest.mark.skipif(libreoffice() is None, reason="LibreOffice isn't installed")
def test_libreoffice_itself_converts(tmp_path: Path) -> None:
    path = thesis(tmp_path)
    document = load(path, path.name)
    assert [block.section for block in document.blocks] == [("BAB I PENDAHULUAN",)] * 2
    assert list(tmp_path.iterdir()) == [path]
