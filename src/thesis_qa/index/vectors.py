"""Nearest vectors, with Chroma. Derived from the catalog and rebuilt from it when they differ.

One collection a language: a filter on the language costs 130 to 300 ms at 36,000 vectors, a
collection of its own 2 to 14 ms.
"""

import atexit
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile, copytree, rmtree
from tempfile import mkdtemp
from threading import Lock, RLock
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from thesis_qa.index.catalog import Catalog, is_writable
from thesis_qa.index.rows import Unit
from thesis_qa.model.telemetry import disable_telemetry
from thesis_qa.model.weights import Vectors

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.models.Collection import Collection
    from chromadb.api.types import Where
    from chromadb.config import System

FOLDER = "chroma"
COLLECTIONS = {"id": "indonesian", "en": "english", "": "neither"}
MARK = "generation"  # a file, written last, that tells without opening Chroma what it holds
EF_SEARCH = 400  # recall@10 of .99 on 5,000 vectors; Chroma's default of 100 gives .70 to .92
_OPENING = Lock()  # Chroma's cache of systems belongs to the process
BATCH = 5000  # Chroma refuses more than 5,461 at once


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A passage or sentence near a vector."""

    key: str
    passage: int
    document: str
    language: str
    kind: str
    cosine: float  # higher is better


def is_current(folder: Path, catalog: Catalog) -> bool:
    """Whether the vector search of an index folder was left in line with the catalog.

    Costs nothing; Chroma takes a second to import.
    """
    return _marked(folder / FOLDER) == catalog.generation


class VectorSearch:
    """The Chroma collections beside a catalog. Safe to share between threads.

    They are opened when first needed: a search of a small index, which compares everything, never
    does. Nothing is searched while they are opened anew: Chroma would take them away from under a
    search that is on its way.
    """

    def __init__(self, folder: Path, catalog: Catalog) -> None:
        self._in_use = RLock()
        self._given, self._folder = folder, folder / FOLDER
        self._catalog = catalog
        self._opened: tuple[System, dict[str, Collection]] | None = None
        self._seen = _marked(self._folder)

    @property
    def _collections(self) -> dict[str, "Collection"]:
        with self._in_use:
            if self._opened is None:
                if self._folder.parent == self._given and not is_writable(self._given):
                    self._folder = _copied(self._folder)
                self._seen = _marked(self._folder)
                self._opened = _open(self._folder)
            return self._opened[1]

    def current(self) -> bool:
        """Whether it holds what the catalog holds."""
        return self._seen == self._catalog.generation

    def synchronise(self) -> None:
        """Bring the collections into line with the catalog; embeds nothing."""
        generation = self._catalog.generation
        if self._seen == generation:
            return
        collections = self._collections
        (self._folder / MARK).unlink(missing_ok=True)
        wanted: dict[str, dict[str, tuple[Unit, bytes]]] = defaultdict(dict)
        for key, unit in self._catalog.units().items():
            wanted[unit[0].language][key] = unit
        for language, collection in collections.items():
            self._synchronise(collection, wanted[language])
        _mark(self._folder, generation)
        self._seen = generation

    def _synchronise(
        self, collection: "Collection", wanted: Mapping[str, tuple[Unit, bytes]]
    ) -> None:
        present = set(collection.get(include=[])["ids"])
        for batch in _batches(sorted(present - wanted.keys())):
            collection.delete(ids=list(batch))
        for batch in _batches([key for key in wanted if key not in present]):
            self._add(collection, [wanted[key] for key in batch])

    def _add(self, collection: "Collection", units: Sequence[tuple[Unit, bytes]]) -> None:
        collection.add(
            ids=[unit.key for unit, _ in units],
            embeddings=self._catalog.vectors([key for _, key in units]),
            metadatas=[_metadata(unit) for unit, _ in units],
        )

    def keys(self) -> set[str]:
        """Keys of all passages and sentences it holds."""
        with self._in_use:
            return {key for c in self._collections.values() for key in c.get(include=[])["ids"]}

    def nearest(
        self,
        vector: Vectors,
        limit: int,
        *,
        documents: Sequence[str] | None = None,
        language: str | None = None,
    ) -> list[Neighbour]:
        """The `limit` nearest passages and sentences, best first.

        `vector` has shape (dimensions,). `language` is "id", "en" or "" (neither); None is all.
        """
        languages = COLLECTIONS if language is None else (language,)
        with self._in_use:
            found = [n for part in languages for n in self._nearest(part, vector, limit, documents)]
        return sorted(found, key=lambda n: -n.cosine)[:limit]

    def _nearest(
        self, language: str, vector: Vectors, limit: int, documents: Sequence[str] | None
    ) -> list[Neighbour]:
        found = self._collections[language].query(
            query_embeddings=np.asarray(vector, np.float32)[None],
            n_results=limit,  # fewer are found where there are fewer
            where=_among(documents),
            include=["metadatas", "distances"],
        )
        metadatas, distances = found["metadatas"], found["distances"]
        assert metadatas is not None  # both are in `include`
        assert distances is not None
        return [
            Neighbour(key, **cast("dict[str, Any]", metadata), language=language, cosine=1 - away)
            for key, metadata, away in zip(found["ids"][0], metadatas[0], distances[0], strict=True)
        ]

    def reopen(self) -> None:
        """See what another process has written since."""
        with self._in_use:
            self.close()
            self._folder = self._given / FOLDER
            self._seen = _marked(self._folder)

    def rebuild(self) -> None:
        """Make the collections anew from the catalog; nothing of forgotten documents remains."""
        with self._in_use:
            self.close()
            rmtree(self._folder, ignore_errors=True)
            self._seen = _marked(self._folder)
            self.synchronise()

    def close(self) -> None:
        """Give the files back."""
        with self._in_use:
            if self._opened is not None:
                self._opened[0].stop()
            self._opened = None


def _copied(folder: Path) -> Path:
    """A copy of a folder that can't be written, as Chroma can't do without; gone at the end."""
    copy = Path(mkdtemp(prefix="thesis-qa-"))
    atexit.register(rmtree, copy, ignore_errors=True)
    if folder.is_dir():
        copytree(folder, copy, copy_function=copyfile, dirs_exist_ok=True)
    for part in (copy, *copy.rglob("*")):
        part.chmod(0o700)
    return copy


def _open(folder: Path) -> tuple["System", dict[str, "Collection"]]:
    """A system of its own: Chroma would share one, whose state and end belong to others too."""
    disable_telemetry()
    import chromadb
    from chromadb.api.shared_system_client import SharedSystemClient
    from chromadb.config import Settings

    settings = Settings(anonymized_telemetry=False)
    with _OPENING:
        client = cast("Client", chromadb.PersistentClient(str(folder), settings))
        # Only ours is taken out: whoever uses Chroma beside this project keeps theirs.
        system = SharedSystemClient._identifier_to_system.pop(client._identifier)
        SharedSystemClient._identifier_to_refcount.pop(client._identifier)
    collections = {
        language: client.get_or_create_collection(
            name,
            configuration={"hnsw": {"space": "cosine", "ef_search": EF_SEARCH}},
            embedding_function=None,
        )
        for language, name in COLLECTIONS.items()
    }
    return system, collections


def _marked(folder: Path) -> int:
    """The generation of the catalog that the collections were left in line with; -1 if none."""
    mark = folder / MARK
    return int(mark.read_text(encoding="utf-8")) if mark.is_file() else -1


def _mark(folder: Path, generation: int) -> None:
    written = folder / f"{MARK}.new"
    written.write_text(str(generation), encoding="utf-8")
    written.replace(folder / MARK)  # whole or not at all: others read it meanwhile


def _among(documents: Sequence[str] | None) -> "Where | None":
    where = {"document": {"$in": list(documents)}} if documents is not None else None
    return cast("Where | None", where)


def _metadata(unit: Unit) -> dict[str, Any]:
    return {"passage": unit.passage, "document": unit.document, "kind": unit.kind}


def _batches(items: Sequence[Any]) -> list[Sequence[Any]]:
    return [items[start : start + BATCH] for start in range(0, len(items), BATCH)]
