"""Nearest vectors, with Chroma. Derived from the catalog and rebuilt from it when they differ."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from thesis_qa.catalog import Catalog
from thesis_qa.tables import Unit, Vectors

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.models.Collection import Collection

FOLDER = "chroma"
COLLECTION = "units"
MARK = "generation"  # a file that tells without opening Chroma what the collection holds
EF_SEARCH = 400  # recall@10 of .99 on 5,000 vectors; Chroma's default of 100 gives .70 to .92
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
    mark = folder / FOLDER / MARK
    return mark.is_file() and mark.read_text(encoding="utf-8") == str(catalog.generation)


class VectorSearch:
    """The Chroma collection beside a catalog. Safe to share between threads."""

    def __init__(self, folder: Path, catalog: Catalog) -> None:
        self._folder = folder / FOLDER
        self._catalog = catalog
        self._client, self._collection = _open(self._folder)

    def current(self) -> bool:
        """Whether it holds what the catalog holds."""
        return self._generation() == self._catalog.generation

    def _generation(self) -> int:
        return int((self._collection.metadata or {}).get("generation", -1))

    def synchronise(self) -> None:
        """Bring the collection into line with the catalog; embeds nothing."""
        generation = self._catalog.generation
        if self._generation() == generation:
            return
        units, present = self._catalog.units(), self.keys()
        for batch in _batches(sorted(present - units.keys())):
            self._collection.delete(ids=list(batch))
        for batch in _batches([key for key in units if key not in present]):
            self._add([units[key] for key in batch])
        self._collection.modify(metadata={"generation": generation})
        (self._folder / MARK).write_text(str(generation), encoding="utf-8")

    def keys(self) -> set[str]:
        """Keys of all passages and sentences it holds."""
        return set(self._collection.get(include=[])["ids"])

    def _add(self, units: Sequence[tuple[Unit, bytes]]) -> None:
        self._collection.add(
            ids=[unit.key for unit, _ in units],
            embeddings=self._catalog.vectors([key for _, key in units]),
            metadatas=[_metadata(unit) for unit, _ in units],
        )

    def nearest(
        self,
        vector: Vectors,
        limit: int,
        *,
        documents: Sequence[str] | None = None,
        language: str | None = None,
    ) -> list[Neighbour]:
        """The `limit` nearest passages and sentences, best first.

        `vector` has shape (dimensions,). `language` is "id", "en" or "" (neither).
        """
        where = _where(documents, language)
        count = self._collection.count()
        if not count:
            return []
        found = self._collection.query(
            query_embeddings=np.asarray(vector, np.float32)[None],
            n_results=min(limit, count),
            where=where,
            include=["metadatas", "distances"],
        )
        metadatas, distances = found["metadatas"], found["distances"]
        assert metadatas is not None  # both are in `include`
        assert distances is not None
        return [
            Neighbour(key, **cast("dict[str, Any]", metadata), cosine=1.0 - distance)
            for key, metadata, distance in zip(
                found["ids"][0], metadatas[0], distances[0], strict=True
            )
        ]

    def reopen(self) -> None:
        """See what another process has written since."""
        from chromadb.api.shared_system_client import SharedSystemClient

        self.close()
        SharedSystemClient.clear_system_cache()  # others in this process would keep the old state
        self._client, self._collection = _open(self._folder)

    def rebuild(self) -> None:
        """Make the collection anew from the catalog; nothing of forgotten documents remains."""
        self.close()
        rmtree(self._folder, ignore_errors=True)
        self._client, self._collection = _open(self._folder)
        self.synchronise()

    def close(self) -> None:
        """Give the files back."""
        self._client.close()


def _open(folder: Path) -> tuple["Client", "Collection"]:
    import chromadb
    from chromadb.config import Settings

    settings = Settings(anonymized_telemetry=False)
    client = cast("Client", chromadb.PersistentClient(str(folder), settings))
    collection = client.get_or_create_collection(
        COLLECTION,
        configuration={"hnsw": {"space": "cosine", "ef_search": EF_SEARCH}},
        embedding_function=None,
    )
    return client, collection


def _metadata(unit: Unit) -> dict[str, Any]:
    return {
        "passage": unit.passage,
        "document": unit.document,
        "language": unit.language,
        "kind": unit.kind,
    }


def _where(documents: Sequence[str] | None, language: str | None) -> dict[str, Any] | None:
    conditions: list[dict[str, Any]] = []
    if documents is not None:
        conditions.append({"document": {"$in": list(documents)}})
    if language is not None:
        conditions.append({"language": language})
    if len(conditions) > 1:
        return {"$and": conditions}
    return conditions[0] if conditions else None


def _batches(items: Sequence[Any]) -> list[Sequence[Any]]:
    return [items[start : start + BATCH] for start in range(0, len(items), BATCH)]
