"""Visitors bring theses into the library and look after them, unless it is read-only."""

import os
import subprocess
import sys
import threading
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from thesis_qa.assistant import Assistant
from thesis_qa.errors import IndexStateError
from thesis_qa.lang.data import LANGUAGES
from thesis_qa.library import Index
from thesis_qa.read import awaited
from thesis_qa.settings import Settings
from thesis_qa.types import Metadata, Progress
from thesis_qa.web import changes
from thesis_qa.web.changes import FIELDS, MAX_FILES, form_of, read_form
from thesis_qa.web.context import AppContext
from thesis_qa.web.library_tab import (
    library_markup,
    outline_entries,
    outline_markup,
    thesis_markup,
)
from thesis_qa.web.texts import TEXTS, error_line
from thesis_qa.web.work import Work, finished, work_markup, working

EN = TEXTS["en"]
THESIS = """# Perahu nelayan

## BAB I Pendahuluan

Perahu nelayan di Wakatobi berangkat sebelum matahari terbit.

### 1.1 Latar belakang

Ikan karang semakin jarang ditangkap sejak tahun 2015.

## BAB II Metode

Responden penelitian ini berjumlah 137 orang nelayan.
"""
NAME = "perahu.md"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[AppContext]:
    documents = tmp_path / "documents"
    documents.mkdir()
    (documents / NAME).write_text(THESIS)
    index = Index.build(documents, tmp_path / "index")
    yield AppContext(Assistant(index), Settings(documents=str(documents), max_upload_mb=1))
    index.close()


def last(works: Iterator[Work]) -> Work:
    *_, done = works
    assert done.done
    return done


def line(works: Iterator[Work]) -> str:
    return last(works).lines[-1]


def names(app: AppContext) -> list[str]:
    return [document.name for document in app.assistant.index.documents()]


def upload(folder: Path, name: str, content: str | bytes) -> tuple[Path, str]:
    """A file as Gradio hands it over: in a folder of its own, under the name it was sent with."""
    sent = folder / "sent" / str(len(list(folder.glob("sent/*"))))
    sent.mkdir(parents=True)
    (sent / "file").write_bytes(content.encode() if isinstance(content, str) else content)
    return sent / "file", name


def described(app: AppContext, **changed: str) -> Metadata:
    """What the form holds, after some of it was typed over."""
    known = app.assistant.index.catalog.document(NAME).metadata
    return read_form({**form_of(known), **changed})


def test_several_files_are_brought_in_and_each_says_what_became_of_it(
    app: AppContext, tmp_path: Path
) -> None:
    files = [
        upload(tmp_path, "kopi.txt", "Harga kopi gayo naik karena cuaca buruk."),
        upload(tmp_path, "../../bukan.pdf", b"MZ" + b"\0" * 500),
        upload(tmp_path, "kopi.txt", "Harga kopi gayo naik karena cuaca buruk."),
    ]
    done = last(changes.add_files(app, files, EN))
    assert ["ready to be asked" in said for said in done.lines] == [True, False, False]
    assert done.lines[1].startswith("Not added: 'bukan.pdf'")
    assert done.lines[2] == "kopi.txt is already here"
    assert names(app) == ["kopi.txt", NAME]
    assert sorted(path.name for path in app.documents.iterdir()) == ["kopi.txt", NAME]
    assert not any(path.is_file() for path in (tmp_path / "sent").rglob("*"))


def test_more_files_than_may_be_sent_at_once_are_left_out(app: AppContext, tmp_path: Path) -> None:
    files = [upload(tmp_path, "x.exe", b"MZ") for _ in range(MAX_FILES + 1)]
    done = last(changes.add_files(app, files, EN))
    assert len(done.lines) == MAX_FILES + 1
    assert done.lines[-1].startswith("At most 20 files")
    assert not any(path.is_file() for path in (tmp_path / "sent").rglob("*"))


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("skripsi.exe", b"MZ", "type that can't be read"),
        ("skripsi.txt", b"%PDF-1.7\n", "is a PDF"),
        ("skripsi.md", b"\x89PNG\r\n\x1a\n" + b"\0" * 99, "of type PNG"),
        ("skripsi.txt", b"PK\x03\x04" + b"\0" * 99, "zip archive"),
        ("skripsi.docx", b"%PDF-1.7\n" + b"\0" * 99, "is a PDF"),
        ("skripsi.pdf", b"PK\x03\x04" + b"\0" * 99, "skripsi.pdf"),
        ("skripsi.epub", b"GIF89a" + b"\0" * 99, "skripsi.epub"),
        ("skripsi.txt", bytes(range(256)) * 40, "binary"),
        ("skripsi.txt", b"x" * 1_000_001, "larger than 1 MB"),
        ("skripsi.txt", b"", "empty"),
    ],
)
def test_uploads_that_are_not_what_they_are_called_or_too_large_are_refused_and_not_kept(
    app: AppContext, tmp_path: Path, name: str, content: bytes, reason: str
) -> None:
    said = line(changes.add_files(app, [upload(tmp_path, name, content)], EN))
    assert said.startswith("Not added:")
    assert reason in said
    assert "\n" not in said
    assert [path.name for path in app.documents.iterdir()] == [NAME]
    assert names(app) == [NAME]


@pytest.mark.parametrize(
    "name",
    ["../../../etc/cron.d/x.txt", "/etc/passwd.txt", "..\\..\\x.txt", "a/../../x.txt", "\0x.txt"],
)
def test_no_name_leads_out_of_the_documents_folder(
    app: AppContext, tmp_path: Path, name: str
) -> None:
    line(changes.add_files(app, [upload(tmp_path, name, "Perahu itu biru.")], EN))
    assert len(list(app.documents.iterdir())) == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["documents", "index", "sent"]


def test_a_file_that_was_there_is_not_lost_when_it_is_sent_and_cannot_be_read(
    app: AppContext, tmp_path: Path
) -> None:
    (app.documents / "rusak.pdf").write_bytes(b"%PDF-1.7 nothing more")
    sent = upload(tmp_path, "rusak.pdf", b"%PDF-1.7 nothing more")
    assert line(changes.add_files(app, [sent], EN)).startswith("Not added")
    assert (app.documents / "rusak.pdf").exists()


def test_what_is_typed_about_a_thesis_is_kept_beside_it_and_used(app: AppContext) -> None:
    given = described(app, title="Perahu  Nelayan", author='Ana "Budi"', year="2021",
                      supervisors="Dr. Citra\nDr. Dewi", keywords="laut\nperahu")  # fmt: skip
    assert line(changes.describe_thesis(app, NAME, given, EN)) == f"Saved: {NAME}"
    beside = app.documents / f"{NAME}.meta.toml"
    stated = tomllib.loads(beside.read_text())
    assert stated["author"] == 'Ana "Budi"'
    assert stated["supervisors"] == ["Dr. Citra", "Dr. Dewi"]
    known = app.assistant.index.catalog.document(NAME).metadata
    assert (known.title, known.year) == ("Perahu Nelayan", 2021)
    assert known.keywords == ("laut", "perahu")
    answer = app.assistant.ask("Berapa jumlah responden nelayan?")
    assert {c.author for c in (*answer.citations, *answer.nearest)} == {'Ana "Budi"'}
    assert line(changes.describe_thesis(app, NAME, described(app), EN)) == "Nothing was changed."


def test_an_emptied_field_is_what_the_document_says_again(app: AppContext) -> None:
    before = described(app).title
    beside = app.documents / f"{NAME}.meta.toml"
    beside.write_text('password = "rahasia"\ntitle = "Lain"\n')
    line(changes.read_thesis_again(app, NAME, EN))
    assert described(app).title == "Lain"
    line(changes.describe_thesis(app, NAME, described(app, title=""), EN))
    assert described(app).title == before
    assert tomllib.loads(beside.read_text()) == {"password": "rahasia"}  # what isn't shown stays


def test_what_stands_beside_it_and_cannot_be_read_is_not_overwritten(app: AppContext) -> None:
    beside = app.documents / f"{NAME}.meta.toml"
    beside.write_text("title = ")
    assert "can't be read" in line(
        changes.describe_thesis(app, NAME, described(app, title="X"), EN)
    )
    assert beside.read_text() == "title = "


@pytest.mark.parametrize("year", ["21", "abcd", "20211", "²⁰²¹", "-202", "0999"])
def test_a_year_that_is_none_is_refused(app: AppContext, year: str) -> None:
    with pytest.raises(ValueError, match="year"):
        described(app, year=year)


def test_whatever_is_typed_is_read_back_as_it_was(app: AppContext) -> None:
    hostile = '"]\nyear = 1\n[x]\\u0000 \x00\x7f <b>'
    given = described(app, **{name: hostile for name in FIELDS if name != "year"})
    line(changes.describe_thesis(app, NAME, given, EN))
    assert form_of(app.assistant.index.catalog.document(NAME).metadata) == form_of(given)


def test_a_removed_thesis_cannot_be_asked_and_its_file_is_put_aside(
    app: AppContext, tmp_path: Path
) -> None:
    done = last(changes.remove_thesis(app, NAME, EN))
    assert done.lines == (f"Removed: {NAME}. Its file is in documents/.removed.",)
    assert names(app) == []
    assert (app.documents / ".removed" / NAME).read_text() == THESIS
    line(changes.add_files(app, [upload(tmp_path, NAME, THESIS)], EN))
    line(changes.remove_thesis(app, NAME, EN))
    aside = sorted(path.name for path in (app.documents / ".removed").iterdir())
    assert aside == ["perahu (2).md", NAME]
    assert "no longer here" in line(changes.remove_thesis(app, NAME, EN))


def test_what_is_removed_is_said_to_be_removed(app: AppContext, tmp_path: Path) -> None:
    line(changes.add_files(app, [upload(tmp_path, "pergi.txt", "Perahu itu pergi.")], EN))
    first, *_, last_one = changes.remove_thesis(app, "pergi.txt", EN)
    assert "Removing pergi.txt" in work_markup(first, EN)
    assert last_one.lines[0].startswith("Removed")


def test_what_failed_looks_otherwise_than_what_is_ready(app: AppContext, tmp_path: Path) -> None:
    sent = [upload(tmp_path, "baik.txt", "Perahu itu baik."), upload(tmp_path, "kosong.txt", b"")]
    states = list(changes.add_files(app, sent, EN))
    markup = work_markup(states[-1], EN)
    assert markup.count('class="good"') == markup.count('class="bad"') == 1
    assert "0 of 2 files done" in work_markup(states[0], EN)
    line(changes.remove_thesis(app, "baik.txt", EN))


def test_a_file_from_elsewhere_is_left_alone_when_it_is_removed(
    app: AppContext, tmp_path: Path
) -> None:
    (tmp_path / "jauh.txt").write_text("Kapal itu jauh.")
    app.assistant.index.update(tmp_path / "jauh.txt")
    assert "was not touched" in line(changes.remove_thesis(app, "jauh.txt", EN))
    assert (tmp_path / "jauh.txt").exists()


def test_a_read_only_library_changes_nothing_whatever_is_asked(
    app: AppContext, tmp_path: Path
) -> None:
    closed = AppContext(app.assistant, Settings(documents=str(app.documents), read_only=True))
    sent = upload(tmp_path, "kopi.txt", "Kopi.")
    for works in (
        changes.add_files(closed, [sent], EN),
        changes.describe_thesis(closed, NAME, described(app, title="X"), EN),
        changes.read_thesis_again(closed, NAME, EN),
        changes.remove_thesis(closed, NAME, EN),
    ):
        assert line(works) == EN.library.read_only
    assert [path.name for path in app.documents.iterdir()] == [NAME]
    assert names(app) == [NAME]


def test_work_waits_for_other_work_and_says_so(app: AppContext) -> None:
    with app.writing:
        works = changes.read_thesis_again(app, NAME, EN)
        next(works)
        assert EN.waiting in work_markup(next(works), EN)
    assert "was read again" in line(works)


def test_cancelled_work_stops_and_lets_others_go_on(app: AppContext) -> None:
    started, stopped = threading.Event(), threading.Event()

    def endless(progress: object) -> Work:
        try:
            while True:
                started.set()
                progress(Progress("x", 1, 1, 0, 1))  # type: ignore[operator]
        finally:
            stopped.set()

    works = working(app.writing, "x", endless, EN)
    next(works)
    next(works)
    started.wait(30)
    works.close()
    assert stopped.is_set()
    assert app.writing.acquire(blocking=False)
    app.writing.release()


def test_cancelling_ends_a_file_that_hangs_whoever_reads_it(app: AppContext) -> None:
    begun, ended = threading.Event(), threading.Event()

    def hanging(progress: object) -> Work:
        command = [sys.executable, "-c", "import time; time.sleep(600)"]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as child, awaited(child):
            begun.set()
            assert child.stdout is not None
            child.stdout.read()
        ended.set()
        return finished("done")

    works = working(app.writing, "x", hanging, EN)
    next(works)
    next(works)
    begun.wait(60)
    works.close()
    assert ended.is_set()


def test_messages_name_no_folder_of_this_machine() -> None:
    refused = IndexStateError(
        "index-not-writable",
        folder="/srv/secret/index",
        reason=PermissionError(13, "denied", "/srv"),
    )
    for language in LANGUAGES:
        assert "index" in error_line(refused, language)
        assert "/srv" not in error_line(refused, language)
    assert "/srv/secret/index" in str(refused)  # whoever started the program is told


def test_uploads_that_nobody_claimed_are_swept(tmp_path: Path) -> None:
    (tmp_path / "a1").mkdir()
    (tmp_path / "a1" / "old.pdf").write_text("x")
    (tmp_path / "b2").mkdir()
    new = tmp_path / "b2" / "new.pdf"
    new.write_text("x")
    now = time.time()
    os.utime(tmp_path / "a1" / "old.pdf", (now - 4000, now - 4000))
    changes.sweep(tmp_path, now)
    assert [path.name for path in tmp_path.rglob("*.pdf")] == ["new.pdf"]
    for hour in (1.2, 2.4):  # an empty folder goes once nothing was in it for as long
        changes.sweep(tmp_path, now + hour * 3600)
    assert not list(tmp_path.iterdir())


def test_a_full_disk_is_told_without_saying_where_the_files_are(app: AppContext) -> None:
    def failing(progress: object) -> Work:
        raise OSError(28, "No space left on device", "/srv/theses/secret/perahu.md")

    told = line(working(app.writing, NAME, failing, EN))
    assert told == "'perahu.md' can't be written or read: No space left on device"
    assert "tidak dapat ditulis" in line(working(app.writing, NAME, failing, TEXTS["id"]))


@pytest.mark.parametrize(
    ("progress", "said"),
    [
        (Progress("x", 1, 1, 0, 0, page=12, scanned=109), "recognising page 12 of 109"),
        (Progress("x", 1, 1, 30, 120), "25%"),
    ],
)
def test_progress_names_the_step_and_the_time_left(progress: Progress, said: str) -> None:
    markup = work_markup(Work("x.pdf", progress, left=200), EN)
    assert f"Reading x.pdf: {said}" in markup
    assert "about 3 min left" in markup


def test_the_contents_lead_to_where_each_heading_stands(app: AppContext) -> None:
    catalog = app.assistant.index.catalog
    found = outline_entries(catalog.passages_of(NAME))
    assert [h.path[-1] for h in found][-3:] == [
        "BAB I Pendahuluan", "1.1 Latar belakang", "BAB II Metode",
    ]  # fmt: skip
    text = catalog.page(NAME, 0).text
    for heading in found:
        span = heading.spans[0]
        assert text[span.start : span.end].strip() == heading.path[-1]
    markup = outline_markup(NAME, found, EN)
    assert markup.count("<ol>") == markup.count("</ol>")
    assert markup.count("<li>") == markup.count("</li>") == len(found)
    assert f"/place?document={NAME}" in markup


def test_nothing_that_is_known_of_a_thesis_is_markup(app: AppContext, tmp_path: Path) -> None:
    hostile = "<img src=x onerror=hacked()> ![x](https://evil.example/x.png)"
    given = described(app, **{name: hostile for name in FIELDS if name != "year"})
    line(changes.describe_thesis(app, NAME, given, EN))
    name = "a&b <i>'\".md"
    (app.documents / name).write_text(f"# {hostile}\n\n{hostile} adalah perahu.\n")
    app.assistant.index.update(app.documents)
    documents = app.assistant.index.documents()
    for markup in (
        library_markup(documents, EN),
        thesis_markup(app, NAME, EN),
        thesis_markup(app, name, EN),
    ):
        assert "<img" not in markup
        assert "<i>" not in markup
        assert "&lt;" in markup


def test_a_file_that_cannot_be_read_is_refused_in_the_language_of_the_page(
    app: AppContext, tmp_path: Path
) -> None:
    said = line(changes.remove_thesis(app, "x.md", TEXTS["id"]))
    assert said == "x.md sudah tidak ada di sini"
    said = line(changes.add_files(app, [upload(tmp_path, "a.txt", b"")], TEXTS["id"]))
    assert said.startswith("Tidak ditambahkan: ")
