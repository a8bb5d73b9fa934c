"""An index follows its folder, loses nothing, and says what it can't do."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext, suppress
from pathlib import Path

import pytest

from thesis_qa.errors import IndexStateError, QuestionError
from thesis_qa.index.folder import one_writer
from thesis_qa.index.rows import FILE_NAME
from thesis_qa.library import Index
from thesis_qa.types import IndexReport, Progress

IZIN = "Penelitian ini menemukan bahwa perizinan sulit didapatkan oleh pemerintah kota."
DANA = "Anggaran kegiatan berasal dari kementerian dan disalurkan setiap tahun."
BOATS = "The fishing boats of the village leave the harbour before sunrise."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    documents = tmp_path / "documents"
    documents.mkdir()
    (documents / "izin.txt").write_text(IZIN)
    (documents / "dana.txt").write_text(DANA)
    return documents


def update(folder: Path, index: Path) -> IndexReport:
    opened = Index.create(index)
    try:
        return opened.update(folder)
    finally:
        opened.close()


def statuses(report: IndexReport) -> dict[str, str]:
    return {d.document: d.status for d in report.documents}


def found(index: Path, question: str) -> list[str]:
    opened = Index.open(index)
    try:
        return [p.document for p in opened.search(question)]
    finally:
        opened.close()


def passage_rows(index: Index) -> set[int]:
    """Of all passages in the catalog."""
    return {unit.passage for unit in index.catalog.units(index.catalog.ids())}


def contents(index: Path) -> list[tuple[object, ...]]:
    """All that matters of an index: text, places and vectors, by document."""
    opened = Index.open(index)
    opened.refresh()
    rows = sqlite3.connect(index / FILE_NAME).execute(
        "SELECT d.name, p.passage_id, p.page, p.section, p.text, s.spans, s.text, v.vector"
        " FROM documents d JOIN passages p ON p.document = d.id JOIN sentences s ON"
        " s.passage = p.id JOIN vectors v ON v.hash = s.vector ORDER BY d.name, p.id, s.id"
    )
    assert opened.vectors.keys() == passage_rows(opened)
    opened.close()
    return rows.fetchall()


def test_new_changed_unchanged_and_vanished_files(folder: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    assert statuses(update(folder, index)) == {"dana.txt": "added", "izin.txt": "added"}
    assert statuses(update(folder, index)) == {"dana.txt": "unchanged", "izin.txt": "unchanged"}
    (folder / "izin.txt").write_text(IZIN + " " + BOATS)
    (folder / "dana.txt").unlink()
    (folder / "boats.md").write_text(BOATS)
    assert statuses(update(folder, index)) == {
        "boats.md": "added",
        "izin.txt": "updated",
        "dana.txt": "removed",
    }
    assert "dana.txt" not in found(index, "Dari mana anggaran berasal?")


def test_a_single_file_is_added_and_removes_no_others(folder: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    update(folder, index)
    boats = tmp_path / "elsewhere" / "boats.txt"
    boats.parent.mkdir()
    boats.write_text(BOATS)
    assert statuses(update(boats, index)) == {"boats.txt": "added"}
    assert statuses(update(folder, index)) == {"dana.txt": "unchanged", "izin.txt": "unchanged"}
    assert found(index, "When do the boats leave?")[0] == "boats.txt"
    assert statuses(update(folder / "izin.txt", index)) == {"izin.txt": "unchanged"}


def test_a_renamed_file_embeds_nothing(folder: Path, tmp_path: Path) -> None:
    update(folder, tmp_path / "index")
    (folder / "izin.txt").rename(folder / "perizinan.txt")
    seen: list[Progress] = []
    index = Index.create(tmp_path / "index")
    report = index.update(folder, progress=seen.append)
    index.close()
    assert statuses(report)["perizinan.txt"] == "added"
    assert statuses(report)["izin.txt"] == "removed"
    assert {p.total for p in seen} == {0}


def test_progress_counts_every_character_to_embed(folder: Path, tmp_path: Path) -> None:
    seen: list[Progress] = []
    index = Index.create(tmp_path / "index")
    index.update(folder, progress=seen.append)
    index.close()
    assert [p.number for p in seen if p.done == p.total] == [1, 2]
    assert all(p.documents == 2 and 0 <= p.done <= p.total for p in seen)


def test_a_file_that_fails_is_named_and_the_rest_goes_on(folder: Path, tmp_path: Path) -> None:
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7 not really")
    report = update(folder, tmp_path / "index")
    assert statuses(report)["broken.pdf"] == "failed"
    (error,) = (d.error for d in report.documents if d.error)
    assert "broken.pdf" in error
    assert statuses(report)["izin.txt"] == "added"


def test_a_file_that_breaks_later_keeps_what_was_indexed(folder: Path, tmp_path: Path) -> None:
    update(folder, tmp_path / "index")
    (folder / "izin.txt").write_bytes(b"")
    assert statuses(update(folder, tmp_path / "index"))["izin.txt"] == "failed"
    assert found(tmp_path / "index", "Apa yang sulit didapatkan?")[0] == "izin.txt"


@pytest.mark.parametrize("name", ["a b.txt", 'it\'s "so".txt', "📚 skripsi.txt", "dua\nbaris.txt"])
def test_any_file_name_will_do(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / name).write_text(IZIN)
    update(folder, tmp_path / "index")
    assert found(tmp_path / "index", "Apa yang sulit?") == [name]


def test_the_same_files_give_the_same_ids(folder: Path, tmp_path: Path) -> None:
    update(folder, tmp_path / "one")
    update(folder, tmp_path / "two")
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_equal_boilerplate_in_two_theses_stays_apart(folder: Path, tmp_path: Path) -> None:
    (folder / "copy.txt").write_text(IZIN)
    update(folder, tmp_path / "index")
    assert {"copy.txt", "izin.txt"} <= set(found(tmp_path / "index", "Apa yang sulit?"))


def test_a_removed_document_is_gone_for_real(folder: Path, tmp_path: Path) -> None:
    secret = "Nama narasumber rahasia adalah Wiratmaja."
    (folder / "secret.txt").write_text(secret)
    update(folder, tmp_path / "index")
    index = Index.open(tmp_path / "index")
    index.remove("secret.txt")
    index.close()
    assert "secret.txt" not in found(tmp_path / "index", "Siapa narasumber rahasia?")
    left = b"".join(p.read_bytes() for p in (tmp_path / "index").rglob("*") if p.is_file())
    assert b"Wiratmaja" not in left
    assert b"wiratmaja" not in left


def test_removing_what_isnt_there_removes_nothing(folder: Path, tmp_path: Path) -> None:
    index = Index.build(folder, tmp_path / "index")
    with pytest.raises(QuestionError, match=r"no document 'none\.pdf'"):
        index.remove("izin.txt", "none.pdf")
    assert len(index.documents()) == 2
    index.close()


def test_closing_waits_for_what_is_being_read(folder: Path, tmp_path: Path) -> None:
    index = Index.build(folder, tmp_path / "index")
    counted = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 1000000)"
    begun = threading.Event()

    def read() -> int:
        begun.set()
        return int(index.catalog.read(f"{counted} SELECT count(*) FROM n")[0][0])

    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(read)
        begun.wait()
        time.sleep(0.02)  # until the query runs; if it doesn't yet, it finds a closed catalog
        index.close()
        with suppress(sqlite3.ProgrammingError):
            assert reading.result() == 1_000_000


def test_a_missing_index_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(IndexStateError, match="thesis-qa index"):
        Index.open(tmp_path / "nowhere")


def test_an_index_of_another_version_or_model_is_refused(folder: Path, tmp_path: Path) -> None:
    update(folder, tmp_path / "index")
    with pytest.raises(IndexStateError, match="--rebuild"):
        Index.create(tmp_path / "index", embedding="sentence-transformers:other")
    db = sqlite3.connect(tmp_path / "index" / FILE_NAME)
    with db:
        db.execute("UPDATE about SET value = '0' WHERE key = 'format'")
    db.close()
    with pytest.raises(IndexStateError, match="--rebuild"):
        Index.open(tmp_path / "index")
    rebuilt = Index.build(folder, tmp_path / "index", rebuild=True)
    assert len(rebuilt.documents()) == 2
    rebuilt.close()


def test_a_damaged_index_is_refused(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"this is not a database" * 100)
    with pytest.raises(IndexStateError, match="--rebuild"):
        Index.open(tmp_path)


def test_one_writer_at_a_time(folder: Path, tmp_path: Path) -> None:
    first, second = Index.create(tmp_path / "index"), Index.open(tmp_path / "index")
    writing = one_writer(first.folder, nullcontext())
    with writing, pytest.raises(IndexStateError, match="Another process"):
        second.update(folder)
    second.update(folder)
    first.close()
    second.close()


def test_a_reader_sees_what_another_process_wrote(folder: Path, tmp_path: Path) -> None:
    reader = Index.build(folder, tmp_path / "index")
    (folder / "boats.txt").write_text(BOATS)
    command = [sys.executable, "-m", "thesis_qa.cli", "index", str(folder)]
    subprocess.run([*command, "--index", str(tmp_path / "index")], check=True, timeout=120)
    assert reader.search("When do the boats leave?")[0].document == "boats.txt"
    reader.close()


KILL = """
import os, signal, sys
from thesis_qa import cli, library
from thesis_qa.index import catalog, vectors
calls = 0
def die_at(owner, name, call):
    original = getattr(owner, name)
    def wrapper(*args, **kwargs):
        global calls
        calls += 1
        if calls == call:
            os.kill(os.getpid(), signal.SIGKILL)
        return original(*args, **kwargs)
    setattr(owner, name, wrapper)
die_at({owner}, {name!r}, {call})
sys.exit(cli.main(["index", {folder!r}, "--index", {index!r}]))
"""


@pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")
@pytest.mark.parametrize(
    ("owner", "name", "call"),
    [
        ("library.Index", "_store", 2),  # one document done, the next being read
        ("catalog", "advance", 2),  # in the transaction of the second document
        ("vectors.VectorSearch", "_add", 1),  # catalog done, vector search not begun
    ],
)
def test_a_killed_indexer_loses_at_most_the_file_in_work(
    owner: str, name: str, call: int, folder: Path, tmp_path: Path
) -> None:
    index = tmp_path / "index"
    script = KILL.format(owner=owner, name=name, call=call, folder=str(folder), index=str(index))
    killed = subprocess.run([sys.executable, "-c", script], timeout=120)
    assert killed.returncode == -signal.SIGKILL
    if name != "_add":
        opened = Index.open(index)
        assert [d.name for d in opened.documents()] == ["dana.txt"]
        opened.close()
    update(folder, index)
    update(folder, tmp_path / "undisturbed")
    assert contents(index) == contents(tmp_path / "undisturbed")


def test_a_file_is_read_again_when_asked_to(folder: Path, tmp_path: Path) -> None:
    update(folder, tmp_path / "index")
    index = Index.open(tmp_path / "index")
    assert statuses(index.update(folder / "izin.txt")) == {"izin.txt": "unchanged"}
    assert statuses(index.update(folder / "izin.txt", again=True)) == {"izin.txt": "updated"}
    index.close()


def test_a_single_file_of_a_known_folder_is_named_as_its_folder_would(
    folder: Path, tmp_path: Path
) -> None:
    update(folder, tmp_path / "index")
    (folder / "2021").mkdir()
    (folder / "2021" / "kapal.txt").write_text(BOATS)
    index = Index.open(tmp_path / "index")
    assert statuses(index.update(folder / "2021" / "kapal.txt")) == {"2021/kapal.txt": "added"}
    assert set(statuses(index.update(folder)).values()) == {"unchanged"}
    index.close()


def test_an_index_that_cannot_be_written_can_be_asked(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = tmp_path / "index"
    update(folder, index)
    before = {path: path.read_bytes() for path in index.rglob("*") if path.is_file()}
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK)
    assert found(index, "Siapa yang sulit mendapat perizinan?")[0] == "izin.txt"
    (folder / "boats.txt").write_text(BOATS)
    with pytest.raises(IndexStateError, match="can't be written"):
        update(folder, index)
    opened = Index.open(index)
    with pytest.raises(IndexStateError, match="can't be written"):
        opened.remove("izin.txt")
    opened.close()
    after = {path: path.read_bytes() for path in index.rglob("*") if path.is_file()}
    assert after == before


@pytest.mark.skipif(sys.platform in ("darwin", "win32"), reason="names are UTF-8 there")
def test_a_file_whose_name_is_no_text_is_named(folder: Path, tmp_path: Path) -> None:
    (folder / os.fsdecode(b"ba\xffd.txt")).write_text(BOATS)
    report = update(folder, tmp_path / "index")
    assert statuses(report) == {
        "ba\\udcffd.txt": "failed",
        "dana.txt": "added",
        "izin.txt": "added",
    }
    (error,) = (d.error for d in report.documents if d.error)
    assert "'ba\\udcffd.txt'" in error
    assert "Rename it" in error
