"""The vector search is derived from the catalog, and follows it."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from shutil import rmtree
from threading import Event

import pytest

from thesis_qa.index.vectors import FOLDER, VectorSearch
from thesis_qa.library import Index


def rows(index: Index) -> set[int]:
    return {unit.passage for unit in index.catalog.units(index.catalog.ids())}


def first_row(index: Index, name: str) -> int:
    [(first, _)] = index.catalog.rows_of(index.catalog.ids([name])).values()
    return first


@pytest.fixture
def index(tmp_path: Path) -> Index:
    texts = {
        "izin.txt": "Perizinan sulit didapatkan oleh pemerintah kota.",
        "boats.txt": "The fishing boats leave the harbour before sunrise.",
    }
    index = Index.from_texts(texts, tmp_path / "index")
    index.synchronise()
    return index


def test_a_lost_vector_search_is_rebuilt_without_embedding(index: Index) -> None:
    folder = index.folder
    index.close()
    rmtree(folder / FOLDER)
    again = Index.open(folder)
    again.synchronise()
    assert again.vectors.keys() == rows(again)
    assert "embedding" not in vars(again)
    again.close()


def test_it_says_when_the_catalog_is_ahead(index: Index) -> None:
    search = index.vectors
    assert search.current()
    index.catalog.remove(["boats.txt"])
    assert not search.current()
    search.synchronise()
    assert search.current()
    assert search.keys() == rows(index)
    index.close()


def test_the_nearest_come_first_and_can_be_narrowed(index: Index) -> None:
    search: VectorSearch = index.vectors
    question = index.embedding.query_vector("When do the boats leave?")
    found = search.nearest(question, 10)
    permits, boats = (first_row(index, name) for name in ("izin.txt", "boats.txt"))
    assert [n.passage for n in found] == [boats, permits]
    assert found[0].cosine > found[1].cosine
    assert [n.passage for n in search.nearest(question, 10, documents=["izin.txt"])] == [permits]
    assert [n.passage for n in search.nearest(question, 10, language="id")] == [permits]
    index.close()


def test_others_ask_while_documents_come_and_go(tmp_path: Path) -> None:
    documents = tmp_path / "documents"
    documents.mkdir()
    (documents / "kopi.txt").write_text("Kopi gayo mahal karena cuaca buruk di Aceh.")
    index, over = Index.build(documents, tmp_path / "index"), Event()

    def ask() -> set[str]:
        found: set[str] = set()
        while not over.is_set():
            found |= {p.document for p in index.search("Mengapa kopi mahal?")}
        return found

    with ThreadPoolExecutor() as visitors:
        asking = [visitors.submit(ask) for _ in range(3)]
        try:
            for number in range(4):
                extra = documents / f"pasar {number}.txt"
                extra.write_text(f"Pasar nomor {number} buka pada hari Senin.")
                index.update(documents)
                index.remove(extra.name)
        finally:
            over.set()
    assert all("kopi.txt" in visitor.result() for visitor in asking)
