"""Many theses, and many who ask while others change them."""

import json
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path

import pytest

from thesis_qa.errors import IndexStateError
from thesis_qa.index.bundle import export_index, import_index
from thesis_qa.index.folder import MOST_TIMES, READING, one_writer
from thesis_qa.index.vectors import VectorSearch
from thesis_qa.library import Index
from thesis_qa.retrieve.corpus import CorpusReader
from thesis_qa.types import Document

BOATS = "The fishing boats of the village leave the harbour before sunrise."
HERBS = "Ramuan jahe dan kunyit menurunkan tekanan darah pasien lanjut usia."


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    texts = {f"{n}.txt": f"Penelitian nomor {n} tentang perizinan kota." for n in range(5)}
    index = Index.from_texts({**texts, "boats.txt": BOATS}, tmp_path / "index")
    index.synchronise()
    yield index
    index.close()


def test_asking_goes_on_while_another_process_changes_the_index(index: Index) -> None:
    reader = Index.open(index.folder)
    with one_writer(index.folder, nullcontext()):
        assert reader.search("When do the boats leave?")[0].document == "boats.txt"
        with pytest.raises(IndexStateError, match="Another process"):
            reader.remove("boats.txt")
    reader.close()


def test_what_another_process_has_added_is_found_at_once(index: Index) -> None:
    reader = Index.open(index.folder)
    reader.vectors.reopen()  # as a large library, whose passages aren't all compared, is searched
    vector = index.embedding.query_vector("Apa khasiat jahe?")
    index._add([Document.of_lines("jahe.txt", HERBS)])  # its vectors aren't in Chroma yet
    [(row, _)] = index.catalog.rows_of(index.catalog.ids(["jahe.txt"])).values()
    assert reader.vectors.nearest(vector, 1)[0].passage == row
    assert reader.search("Apa khasiat jahe?")[0].document == "jahe.txt"
    index.remove("jahe.txt")
    assert "jahe.txt" not in {p.document for p in reader.search("Apa khasiat jahe?")}
    reader.close()


def test_many_that_another_process_has_added_are_taken_over(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("thesis_qa.index.vectors.RECENT", 2)
    reader = Index.open(index.folder)
    reader.vectors.reopen()
    index._add([Document.of_lines(f"{n}.txt", f"{HERBS} Pasien {n}.") for n in range(10, 14)])
    index.synchronise()
    assert reader.vectors.far_behind()
    assert reader.search("Apa khasiat jahe?")[0].text.startswith("Ramuan jahe")
    assert reader.vectors.current()
    reader.close()


def test_a_search_waits_for_nobody_who_writes(index: Index) -> None:
    with ThreadPoolExecutor(1) as visitor, index.catalog.transaction() as db:
        db.execute("DELETE FROM documents WHERE name = 'boats.txt'")
        found = visitor.submit(index.search, "When do the boats leave?").result(60)
        assert found[0].document == "boats.txt"  # as it was last complete
        db.execute("ROLLBACK")
        db.execute("BEGIN")


def test_removing_a_thesis_touches_no_other(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    monkeypatch.setattr(VectorSearch, "_add", lambda self, documents: asked.append(documents))
    monkeypatch.setattr(type(index.catalog), "vectors", lambda self, hashes: asked.append(hashes))
    index.remove("boats.txt")
    assert not any(asked)
    monkeypatch.undo()
    assert index.vectors.current()
    rows = {unit.passage for unit in index.catalog.units(index.catalog.ids())}
    assert index.vectors.keys() == rows


def test_a_vector_that_another_thesis_needs_stays(index: Index) -> None:
    index._add([Document.of_lines("copy.txt", BOATS)])
    index.remove("boats.txt")
    assert index.search("When do the boats leave?")[0].document == "copy.txt"
    [unit] = index.catalog.units(index.catalog.ids(["copy.txt"]))
    assert index.catalog.known_hashes([unit.vector])
    index.remove("copy.txt")
    assert not index.catalog.known_hashes([unit.vector])


def test_only_what_changed_is_read_again(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    reader, read = CorpusReader(index.catalog), []
    whole = reader.corpus()
    original = index.catalog.read
    monkeypatch.setattr(
        index.catalog, "read", lambda query, values: read.extend(values) or original(query, values)
    )
    index._add([Document.of_lines("jahe.txt", HERBS)])
    index.remove("boats.txt")
    corpus = reader.corpus()
    assert read == index.catalog.ids(["jahe.txt"])
    assert len(corpus) == len(whole)
    anew = CorpusReader(index.catalog).corpus()
    for name in ("rows", "documents", "languages", "lengths", "pages"):
        assert getattr(corpus, name).tolist() == getattr(anew, name).tolist()
    for name in ("sections", "kinds", "labels", "roles", "headings"):
        mine, theirs = getattr(corpus, name), getattr(anew, name)
        assert [mine.values[c] for c in mine.codes] == [theirs.values[c] for c in theirs.codes]


def test_a_search_of_candidates_finds_what_one_of_everything_finds(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything = index.search("perizinan kota nomor 3", 3)
    monkeypatch.setattr("thesis_qa.retrieve.retriever.EXACT", 0)
    assert index.search("perizinan kota nomor 3", 3) == everything
    narrowed = index.search("perizinan kota nomor 3", 3, documents=["3.txt", "boats.txt"])
    assert {p.document for p in narrowed} == {"3.txt", "boats.txt"}


def test_an_index_of_before_is_brought_up_to_date_when_it_is_opened(index: Index) -> None:
    before = index.documents()
    index.close()
    with sqlite3.connect(index.catalog.path) as db:
        db.execute("DROP INDEX passages_vector")
        db.execute("DROP INDEX sentences_vector")
        db.execute("ALTER TABLE documents DROP COLUMN summary")
        db.execute("PRAGMA user_version = 0")
    db.close()
    again = Index.open(index.folder)
    assert again.documents() == before
    again.remove("boats.txt")
    assert len(again.documents()) == len(before) - 1
    again.close()


# A file that kills whoever reads it


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "a.txt").write_text(BOATS)
    (folder / "b.txt").write_text(HERBS)
    return folder


def killed_by(folder: Path, index: Index, name: str, times: int) -> None:
    index.update(folder / name)
    digest = index.catalog.sources()[name].sha256
    index.remove(name)
    (index.folder / READING).write_text(json.dumps({digest: times}))


def test_what_was_being_read_when_it_was_killed_is_read_last_and_said(
    folder: Path, index: Index
) -> None:
    killed_by(folder, index, "a.txt", 1)
    documents = index.update(folder).documents
    assert [d.document for d in documents] == ["b.txt", "a.txt"]
    assert "was being read when the program was killed" in documents[1].warnings[0]
    assert json.loads((index.folder / READING).read_text()) == {}


def test_what_killed_it_twice_is_left_out_until_it_is_asked_for(folder: Path, index: Index) -> None:
    killed_by(folder, index, "a.txt", MOST_TIMES)
    first = index.update(folder).documents[0]
    assert first.status == "failed"
    assert "'a.txt' was being read when the program was killed" in str(first.error)
    assert index.update(folder / "a.txt").documents[0].status == "added"
    assert index.update(folder).documents[0].status == "unchanged"


def test_a_file_that_merely_cannot_be_read_is_not_held_against_it(
    folder: Path, index: Index
) -> None:
    (folder / "a.txt").write_bytes(b"\0" * 100)
    for _ in range(3):
        assert "killed" not in str(index.update(folder).documents[0].error)


def test_a_backup_is_whole_though_somebody_writes_meanwhile(index: Index, tmp_path: Path) -> None:
    with index.catalog.transaction() as db:
        db.execute("DELETE FROM documents WHERE name = 'boats.txt'")
        export_index(index.folder, tmp_path / "backup")
    import_index(tmp_path / "backup", tmp_path / "again")
    again = Index.open(tmp_path / "again")
    assert again.search("When do the boats leave?")[0].document == "boats.txt"
    again.close()
