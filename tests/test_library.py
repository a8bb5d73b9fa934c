"""Visitors bring theses into the library and look after them, unless it is read-only."""

import ast
import threading
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import thesis_qa
from thesis_qa.assistant import Assistant
from thesis_qa.errors import DocumentError
from thesis_qa.library import Index
from thesis_qa.settings import Settings
from thesis_qa.structure.document import load
from thesis_qa.types import Progress
from thesis_qa.web import library
from thesis_qa.web.contents import headings, outline
from thesis_qa.web.described import FIELDS, Described
from thesis_qa.web.desk import Desk
from thesis_qa.web.reasons import reason
from thesis_qa.web.shelf import book, shelf
from thesis_qa.web.texts import TEXTS
from thesis_qa.web.uploads import MAX_FILES
from thesis_qa.web.work import Work, work_markup, working

EN = TEXTS["en"]
SOURCE = Path(thesis_qa.__file__).parent
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
def desk(tmp_path: Path) -> Iterator[Desk]:
    documents = tmp_path / "documents"
    documents.mkdir()
    (documents / NAME).write_text(THESIS)
    index = Index.build(documents, tmp_path / "index")
    yield Desk(Assistant(index), Settings(documents=str(documents), max_upload_mb=1))
    index.close()


def last(works: Iterator[Work]) -> Work:
    *_, done = works
    assert done.done
    return done


def line(works: Iterator[Work]) -> str:
    return last(works).lines[-1]


def names(desk: Desk) -> list[str]:
    return [document.name for document in desk.assistant.index.documents()]


def upload(folder: Path, name: str, content: str | bytes) -> tuple[Path, str]:
    """A file as Gradio hands it over: in a folder of its own, under the name it was sent with."""
    sent = folder / "sent" / str(len(list(folder.glob("sent/*"))))
    sent.mkdir(parents=True)
    (sent / "file").write_bytes(content.encode() if isinstance(content, str) else content)
    return sent / "file", name


def described(desk: Desk, **changed: str) -> Described:
    """What the form holds, after some of it was typed over."""
    known = desk.assistant.index.catalog.document(NAME).metadata
    return Described.parse({**Described.of(known).form(), **changed})


def test_several_files_are_brought_in_and_each_says_what_became_of_it(
    desk: Desk, tmp_path: Path
) -> None:
    files = [
        upload(tmp_path, "kopi.txt", "Harga kopi gayo naik karena cuaca buruk."),
        upload(tmp_path, "../../bukan.pdf", b"MZ" + b"\0" * 500),
        upload(tmp_path, "kopi.txt", "Harga kopi gayo naik karena cuaca buruk."),
    ]
    done = last(library.add_files(desk, files, EN))
    assert ["ready to be asked" in said for said in done.lines] == [True, False, False]
    assert done.lines[1].startswith("Not added: 'bukan.pdf'")
    assert done.lines[2] == "kopi.txt is already here"
    assert names(desk) == ["kopi.txt", NAME]
    assert sorted(path.name for path in desk.documents.iterdir()) == ["kopi.txt", NAME]
    assert not any(path.is_file() for path in (tmp_path / "sent").rglob("*"))


def test_more_files_than_may_be_sent_at_once_are_left_out(desk: Desk, tmp_path: Path) -> None:
    files = [upload(tmp_path, "x.exe", b"MZ") for _ in range(MAX_FILES + 1)]
    done = last(library.add_files(desk, files, EN))
    assert len(done.lines) == MAX_FILES + 1
    assert done.lines[-1].startswith("At most 20 files")
    assert not any(path.is_file() for path in (tmp_path / "sent").rglob("*"))


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("skripsi.exe", b"MZ", "type that can't be read"),
        ("skripsi.txt", b"%PDF-1.7\n", "is a PDF"),
        ("skripsi.md", b"\x89PNG\r\n\x1a\n" + b"\0" * 99, "a picture"),
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
    desk: Desk, tmp_path: Path, name: str, content: bytes, reason: str
) -> None:
    said = line(library.add_files(desk, [upload(tmp_path, name, content)], EN))
    assert said.startswith("Not added:")
    assert reason in said
    assert "\n" not in said
    assert [path.name for path in desk.documents.iterdir()] == [NAME]
    assert names(desk) == [NAME]


@pytest.mark.parametrize(
    "name",
    ["../../../etc/cron.d/x.txt", "/etc/passwd.txt", "..\\..\\x.txt", "a/../../x.txt", "\0x.txt"],
)
def test_no_name_leads_out_of_the_documents_folder(desk: Desk, tmp_path: Path, name: str) -> None:
    line(library.add_files(desk, [upload(tmp_path, name, "Perahu itu biru.")], EN))
    assert len(list(desk.documents.iterdir())) == 2
    line(library.rename(desk, NAME, f"../{name}", EN))
    assert len(list(desk.documents.iterdir())) == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["documents", "index", "sent"]


def test_a_file_that_was_there_is_not_lost_when_it_is_sent_and_cannot_be_read(
    desk: Desk, tmp_path: Path
) -> None:
    (desk.documents / "rusak.pdf").write_bytes(b"%PDF-1.7 nothing more")
    sent = upload(tmp_path, "rusak.pdf", b"%PDF-1.7 nothing more")
    assert line(library.add_files(desk, [sent], EN)).startswith("Not added")
    assert (desk.documents / "rusak.pdf").exists()


def test_what_is_typed_about_a_thesis_is_kept_beside_it_and_used(desk: Desk) -> None:
    given = described(desk, title="Perahu  Nelayan", author='Ana "Budi"', year="2021",
                      supervisors="Dr. Citra\nDr. Dewi", keywords="laut\nperahu")  # fmt: skip
    assert line(library.describe(desk, NAME, given, EN)) == f"Saved: {NAME}"
    beside = desk.documents / f"{NAME}.meta.toml"
    stated = tomllib.loads(beside.read_text())
    assert stated["author"] == 'Ana "Budi"'
    assert stated["supervisors"] == ["Dr. Citra", "Dr. Dewi"]
    known = desk.assistant.index.catalog.document(NAME).metadata
    assert (known.title, known.year) == ("Perahu Nelayan", 2021)
    assert known.keywords == ("laut", "perahu")
    answer = desk.assistant.ask("Berapa jumlah responden nelayan?")
    assert {c.author for c in (*answer.citations, *answer.nearest)} == {'Ana "Budi"'}
    assert line(library.describe(desk, NAME, described(desk), EN)) == "Nothing was changed."


def test_an_emptied_field_is_what_the_document_says_again(desk: Desk) -> None:
    before = described(desk).title
    beside = desk.documents / f"{NAME}.meta.toml"
    beside.write_text('password = "rahasia"\ntitle = "Lain"\n')
    line(library.read_again(desk, NAME, EN))
    assert described(desk).title == "Lain"
    line(library.describe(desk, NAME, described(desk, title=""), EN))
    assert described(desk).title == before
    assert tomllib.loads(beside.read_text()) == {"password": "rahasia"}  # what isn't shown stays


def test_what_stands_beside_it_and_cannot_be_read_is_not_overwritten(desk: Desk) -> None:
    beside = desk.documents / f"{NAME}.meta.toml"
    beside.write_text("title = ")
    assert "can't be read" in line(library.describe(desk, NAME, described(desk, title="X"), EN))
    assert beside.read_text() == "title = "


@pytest.mark.parametrize("year", ["21", "abcd", "20211", "²⁰²¹", "-202", "0999"])
def test_a_year_that_is_none_is_refused(desk: Desk, year: str) -> None:
    with pytest.raises(ValueError, match="year"):
        described(desk, year=year)


def test_whatever_is_typed_is_read_back_as_it_was(desk: Desk) -> None:
    hostile = '"]\nyear = 1\n[x]\\u0000 \x00\x7f <b>'
    given = described(desk, **{name: hostile for name in FIELDS if name != "year"})
    line(library.describe(desk, NAME, given, EN))
    assert Described.of(desk.assistant.index.catalog.document(NAME).metadata) == given


def test_a_renamed_thesis_keeps_what_was_said_about_it(desk: Desk) -> None:
    line(library.describe(desk, NAME, described(desk, author="Ana"), EN))
    done = last(library.rename(desk, NAME, "Kapal biru", EN))
    assert done.document == "Kapal biru.md"
    assert names(desk) == ["Kapal biru.md"]
    assert desk.assistant.index.catalog.document("Kapal biru.md").metadata.author == "Ana"
    kept = sorted(path.name for path in desk.documents.iterdir())
    assert kept == ["Kapal biru.md", "Kapal biru.md.meta.toml"]
    assert (
        desk.assistant.ask("Berapa jumlah responden nelayan?").passages[0].document == done.document
    )
    assert {d.status for d in desk.assistant.index.update(desk.documents).documents} == {
        "unchanged"
    }


def test_a_name_that_is_taken_or_none_is_refused(desk: Desk) -> None:
    (desk.documents / "kopi.md").write_text("Kopi.")
    assert "There is a file kopi.md already" in line(library.rename(desk, NAME, "kopi", EN))
    assert "needs a name" in line(library.rename(desk, NAME, " .. ", EN))
    assert "Nothing" in line(library.rename(desk, NAME, NAME, EN))
    assert names(desk) == [NAME]


def test_a_removed_thesis_cannot_be_asked_and_its_file_is_put_aside(
    desk: Desk, tmp_path: Path
) -> None:
    done = last(library.remove(desk, NAME, EN))
    assert done.lines == (f"Removed: {NAME}. Its file is in documents/.removed.",)
    assert names(desk) == []
    assert (desk.documents / ".removed" / NAME).read_text() == THESIS
    line(library.add_files(desk, [upload(tmp_path, NAME, THESIS)], EN))
    line(library.remove(desk, NAME, EN))
    aside = sorted(path.name for path in (desk.documents / ".removed").iterdir())
    assert aside == ["perahu (2).md", NAME]
    assert "no longer here" in line(library.remove(desk, NAME, EN))


def test_a_file_from_elsewhere_is_left_alone_when_it_is_removed(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "jauh.txt").write_text("Kapal itu jauh.")
    desk.assistant.index.update(tmp_path / "jauh.txt")
    assert "was not touched" in line(library.remove(desk, "jauh.txt", EN))
    assert (tmp_path / "jauh.txt").exists()


def test_a_read_only_library_changes_nothing_whatever_is_asked(desk: Desk, tmp_path: Path) -> None:
    closed = Desk(desk.assistant, Settings(documents=str(desk.documents), read_only=True))
    sent = upload(tmp_path, "kopi.txt", "Kopi.")
    for works in (
        library.add_files(closed, [sent], EN),
        library.describe(closed, NAME, described(desk, title="X"), EN),
        library.rename(closed, NAME, "kopi", EN),
        library.read_again(closed, NAME, EN),
        library.remove(closed, NAME, EN),
    ):
        assert line(works) == EN.shelf.read_only
    assert [path.name for path in desk.documents.iterdir()] == [NAME]
    assert names(desk) == [NAME]


def test_work_waits_for_other_work_and_says_so(desk: Desk) -> None:
    with desk.writing:
        works = library.read_again(desk, NAME, EN)
        next(works)
        assert EN.waiting in work_markup(next(works), EN)
    assert "was read again" in line(works)


def test_cancelled_work_stops_and_lets_others_go_on(desk: Desk) -> None:
    started, stopped = threading.Event(), threading.Event()

    def endless(progress: object) -> Work:
        try:
            while True:
                started.set()
                progress(Progress("x", 1, 1, 0, 1))  # type: ignore[operator]
        finally:
            stopped.set()

    works = working(desk, "x", endless, EN)
    next(works)
    next(works)
    started.wait(30)
    works.close()
    assert stopped.is_set()
    assert desk.writing.acquire(blocking=False)
    desk.writing.release()


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


def test_the_contents_lead_to_where_each_heading_stands(desk: Desk) -> None:
    catalog = desk.assistant.index.catalog
    found = headings(catalog.passages_of(NAME))
    assert [h.path[-1] for h in found][-3:] == [
        "BAB I Pendahuluan", "1.1 Latar belakang", "BAB II Metode",
    ]  # fmt: skip
    text = catalog.page(NAME, 0).text
    for heading in found:
        span = heading.spans[0]
        assert text[span.start : span.end].strip() == heading.path[-1]
    markup = outline(NAME, found, EN)
    assert markup.count("<ol>") == markup.count("</ol>")
    assert markup.count("<li>") == markup.count("</li>") == len(found)
    assert f"/place?document={NAME}" in markup


def test_nothing_that_is_known_of_a_thesis_is_markup(desk: Desk, tmp_path: Path) -> None:
    hostile = "<img src=x onerror=hacked()> ![x](https://evil.example/x.png)"
    given = described(desk, **{name: hostile for name in FIELDS if name != "year"})
    line(library.describe(desk, NAME, given, EN))
    name = "a&b <i>'\".md"
    (desk.documents / name).write_text(f"# {hostile}\n\n{hostile} adalah perahu.\n")
    desk.assistant.index.update(desk.documents)
    documents = desk.assistant.index.documents()
    for markup in (shelf(documents, EN), book(desk, NAME, EN), book(desk, name, EN)):
        assert "<img" not in markup
        assert "<i>" not in markup
        assert "&lt;" in markup


# In the language of the page


def messages() -> Iterator[str]:
    """What the stages before say of a file that can't be read, with names and numbers filled in."""
    sources = [*(SOURCE / "load").rglob("*.py"), SOURCE / "files.py", SOURCE / "index.py"]
    for path in sources:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "DocumentError":
                for part in node.args:
                    if isinstance(part, ast.JoinedStr | ast.Constant):
                        yield filled(part)


def filled(part: ast.JoinedStr | ast.Constant) -> str:
    if isinstance(part, ast.Constant):
        return str(part.value)
    values = [v.value if isinstance(v, ast.Constant) else example(v) for v in part.values]
    return "".join(map(str, values)).replace("''", "'")


def example(part: ast.expr) -> str:
    """Of what is filled in: a quoted name, one of these words, or else a number."""
    name = ast.unparse(part).strip("f'\"{}")
    words = {"problem": "is empty", "kinds": ".md, .pdf", "what": "a picture"}
    return "'a.x'" if "!r" in name or "written" in name else words.get(name, "12")


def test_every_reason_why_a_file_cannot_be_read_is_told_in_indonesian() -> None:
    said = list(messages())
    assert len(said) > 25
    assert [m for m in said if reason(m, TEXTS["id"]) == m] == []
    assert all(reason(m, EN) == m for m in said)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.txt", b"", "'a.txt' kosong. Isi dengan teks, atau hapus"),
        ("a.doc", b"x", "'a.doc' berjenis yang tidak dapat dibaca. Simpan sebagai DOCX atau PDF"),
        ("a.docx", b"%PDF-1.4", "'a.docx' adalah PDF, bukan DOCX. Ubah namanya agar"),
        ("a.pdf", b"%PDF-1.4 broken", "tidak dapat dibaca sebagai PDF; berkasnya rusak"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_the_language_of_the_page(
    name: str, content: bytes, told: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(DocumentError) as refused:
        load(path, name)
    assert told in reason(str(refused.value), TEXTS["id"])
