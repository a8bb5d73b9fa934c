"""Nearest passages, with Chroma. Derived from the catalog, and never needed to be in line with it.

Chroma holds documents as they were when it was last brought into line; those that came since are
compared one by one, those that went aren't found in the catalog any more. So a question sees what
is in the catalog now, whoever writes meanwhile, and a change costs what the document costs.

One collection a language: a filter on the language costs 130 to 300 ms at 36,000 vectors, a
collection of its own 2 to 14 ms. Passages only: their sentences are read for those that are near,
which finds more of the best ten than sentences among the candidates, at a fifth of the memory.
"""

import atexit
import sqlite3
import threading
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from shutil import copyfile, copytree, rmtree
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import numpy as np

from thesis_qa.index.catalog import Catalog
from thesis_qa.index.database import is_writable
from thesis_qa.index.folder import not_writable
from thesis_qa.index.held import FOLDER, Held, Rows, alone, mark_held, read_held, together
from thesis_qa.index.rows import Unit, batches
from thesis_qa.model.telemetry import disable_telemetry
from thesis_qa.model.weights import Vectors

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.models.Collection import Collection as Passages
    from chromadb.api.types import Where
    from chromadb.config import System

COLLECTIONS = {"id": "indonesian", "en": "english", "": "neither"}
EF_SEARCH = 500  # see benchmarks/scale.py for what of the exact search it finds
SYNC = 10_000  # changes after which Chroma writes its graph anew; fewer are replayed when opened
BATCH = 5000  # Chroma refuses more than 5,461 at once
RECENT = 2000  # passages that are compared one by one before Chroma takes them in …
SHARE = 20  # … or a share of those it holds, so that opening it again costs each little
MOST_RECENT = 50_000  # that are compared in any case
STALE = 4  # made anew once more than a share of what it holds was deleted
STEP = 50  # documents taken in at once, while nobody else can open it
ATTEMPTS = 3
_OPENING = threading.Lock()  # Chroma's cache of systems belongs to the process


class Neighbour(NamedTuple):
    """A passage near a vector."""

    passage: int  # its row
    cosine: float  # higher is better


@dataclass(slots=True)
class Opened:
    """Collections that were opened, and who is searching in them."""

    system: "System"
    collections: "dict[str, Passages]"
    held: Held
    users: int = 0
    left: bool = False


@dataclass(frozen=True, slots=True)
class Recent:
    """Passages of documents that Chroma doesn't hold yet."""

    of: frozenset[int]
    units: tuple[Unit, ...] = ()
    vectors: Vectors = field(default_factory=lambda: np.zeros((0, 0), np.float32))


class VectorSearch:
    """The Chroma collections beside a catalog. Safe to share between threads.

    They are opened when first needed: a search of a small index, which compares everything, never
    does.
    """

    def __init__(self, folder: Path, catalog: Catalog) -> None:
        self._given, self._folder, self._catalog = folder, folder / FOLDER, catalog
        self._lock, self._opening = threading.RLock(), threading.Lock()
        self._opened: Opened | None = None
        self._held = read_held(self._folder)
        self._missing: tuple[object, frozenset[int], int] = None, frozenset(), 0
        self._recent = Recent(frozenset())

    # Searching

    def nearest(
        self,
        vector: Vectors,
        limit: int,
        *,
        documents: Sequence[str] | None = None,
        language: str | None = None,
    ) -> list[Neighbour]:
        """The `limit` nearest passages, best first.

        `vector` has shape (dimensions,). `language` is "id", "en" or "" (neither); None is all.
        """
        among = None if documents is None else self._catalog.ids(documents)
        languages = COLLECTIONS if language is None else (language,)
        asked = np.asarray(vector, np.float32)
        with self._using() as opened:
            held = opened.held if opened else self._held
            found = [n for part in languages for n in self._held_near(part, asked, limit, among)]
        missing = self._not_in(held)[0]
        found += self._recent_near(missing, asked, languages, among)
        return sorted(found, key=lambda n: -n.cosine)[:limit]

    def _held_near(
        self, language: str, vector: Vectors, limit: int, among: Collection[int] | None
    ) -> list[Neighbour]:
        from chromadb.errors import ChromaError

        for _ in range(ATTEMPTS):
            with self._using() as opened:
                if opened is None or (among is not None and not among):
                    return []
                try:
                    found = opened.collections[language].query(
                        query_embeddings=vector[None],
                        n_results=limit,  # fewer are found where there are fewer
                        where=_among(among),
                        include=["distances"],
                    )
                    away = (found["distances"] or [[]])[0]
                    both = zip(found["ids"][0], away, strict=True)
                    return [Neighbour(int(key), 1 - distance) for key, distance in both]
                except ChromaError:  # another process deleted what is found here
                    pass
            self.reopen()
        return []  # words find something still

    def _recent_near(
        self,
        missing: frozenset[int],
        vector: Vectors,
        languages: Iterable[str],
        among: Collection[int] | None,
    ) -> Iterator[Neighbour]:
        recent = self._recent  # another thread may replace it
        if recent.of != missing:
            units = tuple(self._catalog.units(missing)[:MOST_RECENT])
            vectors = self._catalog.vectors([unit.vector for unit in units])
            self._recent = recent = Recent(missing, units, vectors)
        wanted = frozenset(languages)
        cosines = recent.vectors @ vector if recent.units else ()
        for unit, cosine in zip(recent.units, cosines, strict=True):
            if unit.language in wanted and (among is None or unit.document in among):
                yield Neighbour(unit.passage, float(cosine))

    def keys(self) -> set[int]:
        """Rows of all passages that Chroma holds."""
        with self._using() as opened:
            collections = opened.collections.values() if opened else ()
            return {int(key) for c in collections for key in c.get(include=[])["ids"]}

    # Keeping up

    def current(self) -> bool:
        """Whether Chroma holds just what the catalog holds."""
        held = self._now_held()
        return not (self._not_in(held)[0] or held.doing or held.documents.keys() - self._ids())

    def far_behind(self) -> bool:
        """Whether more came since than is well compared one by one."""
        held = self._now_held()
        return self._not_in(held)[1] > max(RECENT, held.passages // SHARE)

    def _now_held(self) -> Held:
        """By what is opened, or as written if nothing is: others may have gone on meanwhile."""
        with self._lock:
            if self._opened is None:
                self._held = read_held(self._folder)
            return self._opened.held if self._opened else self._held

    def _ids(self) -> frozenset[int]:
        return frozenset(self._catalog.ids())

    def _not_in(self, held: Held) -> tuple[frozenset[int], int]:
        """Documents that Chroma doesn't hold, and how many passages they have."""
        now = self._catalog.generation, held.version
        seen, missing, passages = self._missing  # another thread may replace it
        if seen != now:
            missing = self._ids() - held.documents.keys()
            rows = self._catalog.rows_of(missing).values()
            passages = sum(last - first + 1 for first, last in rows)
            self._missing = now, missing, passages
        return missing, passages

    def synchronise(self) -> None:
        """Bring Chroma into line with the catalog; embeds nothing. Only who may write the index."""
        if self.current() and self._held.version == read_held(self._folder).version:
            return
        from chromadb.errors import ChromaError

        while not self.current():
            try:
                with alone(self._given):
                    self._take_over()
                    self._step()
            except ChromaError as error:  # the disk is full
                raise not_writable(self._given, error) from error

    def _step(self) -> None:
        """Take out what went and some of what came; if it is killed here, that is done again."""
        held, ids = self._held, self._ids()
        gone = {d: rows for d, rows in held.documents.items() if d not in ids}
        going = {**held.doing, **gone}
        kept = {d: rows for d, rows in held.documents.items() if d not in going}
        coming = self._catalog.rows_of(sorted(ids - kept.keys())[:STEP])
        self._write(Held(held.version, kept, going | coming, held.deleted))
        deleted = held.deleted + self._delete(going)
        self._add(coming)
        self._write(Held(held.version + 1, kept | coming, {}, deleted))

    def _take_over(self) -> None:
        """Open what was written last, or begin anew where it can't be, or is full of holes."""
        held = read_held(self._folder)
        if not held.version or held.deleted > max(RECENT, held.passages) // STALE:
            self.close()
            rmtree(self._folder, ignore_errors=True)
            self._folder.mkdir(parents=True)
            self._write(Held(held.version + 1))
            held = read_held(self._folder)
        with self._lock:
            if self._opened is None or self._opened.held != held:
                opened = Opened(*_open(self._folder), held)
                self._load(opened)
                self._replace(opened)

    def _write(self, held: Held) -> None:
        mark_held(self._folder, held)
        with self._lock:
            self._held = held
            if self._opened:
                self._opened.held = held

    def _delete(self, documents: Mapping[int, Rows]) -> int:
        keys = [str(row) for first, last in documents.values() for row in range(first, last + 1)]
        deleted = 0
        with self._using() as opened:
            for collection in opened.collections.values() if opened else ():
                for batch in batches(keys, BATCH):
                    if there := collection.get(ids=list(batch), include=[])["ids"]:
                        collection.delete(ids=there)
                        deleted += len(there)
        return deleted

    def _add(self, documents: Collection[int]) -> None:
        wanted: dict[str, list[Unit]] = defaultdict(list)
        for unit in self._catalog.units(documents):
            wanted[unit.language].append(unit)
        with self._using() as opened:
            assert opened  # by whoever writes
            for language, units in wanted.items():
                for batch in batches(units, BATCH):
                    opened.collections[language].add(
                        ids=[str(unit.passage) for unit in batch],
                        embeddings=self._catalog.vectors([unit.vector for unit in batch]),
                        metadatas=[{"document": unit.document} for unit in batch],
                    )

    # Opening and closing

    @contextmanager
    def _using(self) -> Iterator[Opened | None]:
        """The collections, which stay open meanwhile; None where there are none to be opened."""
        if self._opened is None and self._now_held().version:
            self.reopen()
        with self._lock:
            if opened := self._opened:
                opened.users += 1
        try:
            yield opened
        finally:
            if opened:
                with self._lock:
                    opened.users -= 1
                    if opened.left and not opened.users:
                        opened.system.stop()

    def reopen(self) -> None:
        """See what another process has written since; who searches meanwhile isn't disturbed."""
        try:
            with self._opening, together(self._given):
                if self._folder.parent == self._given and not is_writable(self._given):
                    self._folder = _copied(self._folder)
                held = read_held(self._folder)
                with self._lock:
                    as_before = self._opened and self._opened.held == held
                if held.version and not as_before:
                    opened = Opened(*_open(self._folder), held)
                    self._load(opened)
                    with self._lock:
                        self._replace(opened)
        except sqlite3.OperationalError:  # is being written: what was opened before serves
            pass

    def _load(self, opened: Opened) -> None:
        """Have the graphs read now, as long as nobody writes them."""
        some = np.ones((1, int(self._catalog.about().get("dimensions", 1))), np.float32)
        for collection in opened.collections.values():
            if collection.count():
                collection.query(query_embeddings=some, n_results=1, include=["distances"])

    def _replace(self, opened: Opened | None) -> None:
        before, self._opened = self._opened, opened
        if opened:
            self._held = opened.held
        if before:
            before.left = True
            if not before.users:
                before.system.stop()

    def close(self) -> None:
        """Give the files back."""
        with self._lock:
            self._replace(None)


def _copied(folder: Path) -> Path:
    """A copy of a folder that can't be written, as Chroma can't do without; gone at the end."""
    copy = Path(mkdtemp(prefix="thesis-qa-"))
    atexit.register(rmtree, copy, ignore_errors=True)
    if folder.is_dir():
        copytree(folder, copy, copy_function=copyfile, dirs_exist_ok=True)
    for part in (copy, *copy.rglob("*")):
        part.chmod(0o700)
    return copy


def _open(folder: Path) -> "tuple[System, dict[str, Passages]]":
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
    graph = {"space": "cosine", "ef_search": EF_SEARCH, "sync_threshold": SYNC}
    collections = {
        language: client.get_or_create_collection(
            name,
            configuration=cast("Any", {"hnsw": graph}),
            embedding_function=None,
        )
        for language, name in COLLECTIONS.items()
    }
    return system, collections


def _among(documents: Collection[int] | None) -> "Where | None":
    where = {"document": {"$in": sorted(documents)}} if documents is not None else None
    return cast("Where | None", where)
