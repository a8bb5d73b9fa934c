"""The catalog: one SQLite file that holds all that is known about the documents.

It is the only truth. Documents, pages, passages, sentences, their vectors and the full-text index
change together in one transaction a document, with a generation number written last, so a kill at
any moment loses at most the document in work. The vector search (vectors.py) is derived from it.
"""

import json
import os
import sqlite3
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from shutil import rmtree
from typing import Any

from thesis_qa.errors import IndexStateError
from thesis_qa.index.feedback import forget_answers, forget_feedback
from thesis_qa.index.rows import (
    EVALUATIONS,
    FILE_NAME,
    FORMAT,
    INFO,
    PAGE,
    SCHEMA,
    DocumentInfo,
    Unit,
    advance,
    batches,
    delete_document,
    dump_metadata,
    insert_passage,
    load_headings,
    load_marks,
    load_metadata,
    marks,
    matrix,
    page_of,
    source_values,
)
from thesis_qa.lang.words import stem
from thesis_qa.model.weights import Vectors
from thesis_qa.read.files import Source
from thesis_qa.types import Metadata, Page, Passage, Sentence, Span


def is_writable(folder: Path) -> bool:
    """Whether the index in `folder` can be changed, and not only read."""
    return os.access(folder, os.W_OK)


class Catalog:
    """The tables of one index folder. Safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE_NAME
        self._lock = threading.RLock()
        self._db = sqlite3.connect(
            _address(self.path), uri=True, check_same_thread=False, isolation_level=None, timeout=30
        )
        self._db.execute("PRAGMA foreign_keys = ON")

    @classmethod
    def create(cls, folder: Path, about: dict[str, str]) -> "Catalog":
        """A new, empty catalog; `about` records what makes the index."""
        folder.mkdir(parents=True, exist_ok=True)
        catalog = cls(folder)
        catalog._db.execute("PRAGMA journal_mode = WAL")
        with catalog.transaction() as db:
            for statement in SCHEMA:
                db.execute(statement)
            entries = {**about, "format": FORMAT, "generation": "0"}
            db.executemany("INSERT INTO about VALUES (?, ?)", entries.items())
        return catalog

    @classmethod
    def open(cls, folder: Path) -> "Catalog":
        """The catalog of an existing index.

        Raises IndexStateError where there is none, or one that this version can't read.
        """
        path = folder / FILE_NAME
        if not path.is_file():
            raise IndexStateError("index-missing", folder=str(folder))
        try:
            catalog = cls(folder)
            found = catalog.about().get("format", "?")
        except sqlite3.DatabaseError as error:
            raise IndexStateError("index-unreadable", file=str(path), reason=error) from error
        if found != FORMAT:
            catalog.close()
            raise IndexStateError("index-format", folder=str(folder), found=found, needed=FORMAT)
        return catalog

    def close(self) -> None:
        """Once what another thread reads is read: SQLite crashes if it is taken from under it."""
        with self._lock:
            self._db.close()

    def about(self) -> dict[str, str]:
        return dict(self._rows("SELECT key, value FROM about"))

    def describe(self, entries: Mapping[str, str]) -> None:
        """Add to what is recorded about the index."""
        with self.transaction() as db:
            db.executemany("INSERT OR REPLACE INTO about VALUES (?, ?)", entries.items())

    @property
    def generation(self) -> int:
        """Grows with every change; the vector search compares it with its own."""
        return int(self._rows("SELECT value FROM about WHERE key = 'generation'")[0][0])

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All of it or nothing."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            except BaseException:
                self._db.execute("ROLLBACK")
                raise

    def _rows(self, query: str, values: Sequence[object] = ()) -> list[tuple]:  # type: ignore[type-arg]
        with self._lock:
            return self._db.execute(query, values).fetchall()

    # Writing

    def replace(
        self,
        source: Source,
        document_pages: Sequence[Page],
        passages: Sequence[Passage],
        hashes: dict[str, bytes],
        vectors: dict[bytes, Vectors],
        *,
        metadata: Metadata,
        warnings: Sequence[str],
        seconds: float,
    ) -> None:
        """Put a document in place of what was known under its name.

        `hashes` maps every text of a passage or sentence to the hash of its vector; `vectors` are
        those the catalog doesn't hold yet.
        """
        with self.transaction() as db:
            delete_document(db, source.name)
            row = db.execute(
                "INSERT INTO documents (name, path, root, size, modified, sha256, splitter,"
                " metadata, warnings, seconds) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *source_values(source),
                    dump_metadata(metadata),
                    json.dumps(list(warnings)),
                    seconds,
                ),
            ).lastrowid
            db.executemany(
                "INSERT INTO pages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                ((row, i, p.number, p.label, p.text, p.width, p.height, p.glyphs, p.ocr)
                 for i, p in enumerate(document_pages)),
            )  # fmt: skip
            db.executemany(
                "INSERT OR IGNORE INTO vectors VALUES (?, ?)",
                ((key, vector.astype("<f2").tobytes()) for key, vector in vectors.items()),
            )
            for passage in passages:
                insert_passage(db, row, passage, hashes)
            advance(db)

    def touch(self, source: Source) -> None:
        """A file was moved or its date changed; its content and name are the same."""
        with self.transaction() as db:
            db.execute(
                "UPDATE documents SET name = ?, path = ?, root = ?, size = ?, modified = ?,"
                " sha256 = ?, splitter = ? WHERE name = ?",
                (*source_values(source), source.name),
            )

    def remove(self, names: Iterable[str]) -> None:
        """Forget documents: their text, the vectors nothing else needs, and what quotes them."""
        names = list(names)
        with self.transaction() as db:
            for name in names:
                delete_document(db, name)
            advance(db)
        self.prune()
        forget_feedback(self.path.parent, names)
        forget_answers(self.path.parent, names)
        rmtree(self.path.parent / EVALUATIONS, ignore_errors=True)

    def prune(self) -> None:
        """Drop vectors that nothing needs any more, and give their space and text back for real."""
        with self.transaction() as db:
            db.execute(
                "DELETE FROM vectors WHERE hash NOT IN (SELECT vector FROM passages)"
                " AND hash NOT IN (SELECT vector FROM sentences)"
            )
        with self._lock:  # deleted text would otherwise stay in free pages and the journal
            self._db.execute("INSERT INTO words (words) VALUES ('optimize')")
            self._db.execute("VACUUM")
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    # Reading

    def sources(self) -> dict[str, Source]:
        """What is known about every file, by document name."""
        rows = self._rows(
            "SELECT name, path, root, size, modified, sha256, splitter FROM documents ORDER BY name"
        )
        return {row[0]: Source(*row) for row in rows}

    def names(self) -> list[str]:
        """The names of all documents, sorted."""
        return [name for (name,) in self._rows("SELECT name FROM documents ORDER BY name")]

    def documents(self) -> list[DocumentInfo]:
        """Every document, by name."""
        return [self._info(*row) for row in self._rows(f"{INFO} ORDER BY d.name")]

    def document(self, name: str) -> DocumentInfo:
        """One document. Raises KeyError where the index has none of that name."""
        rows = self._rows(f"{INFO} WHERE d.name = ?", (name,))
        if not rows:
            raise KeyError(name)
        return self._info(*rows[0])

    def _info(self, row: int, metadata: str, warnings: str, *values: Any) -> DocumentInfo:
        name, path, pages, passages, seconds = values
        return DocumentInfo(
            name,
            path,
            pages,
            passages,
            seconds,
            self._languages(row),
            load_metadata(metadata),
            tuple(json.loads(warnings)),
        )

    def _languages(self, document: int) -> dict[str, float]:
        counts = self._rows(
            "SELECT language, sum(length(text)) FROM passages WHERE document = ? AND language IS"
            " NOT NULL GROUP BY language ORDER BY 2 DESC",
            (document,),
        )
        total = sum(count for _, count in counts)
        return {language: round(count / total, 3) for language, count in counts}

    def page(self, document: str, position: int) -> Page:
        """One page by its position from 0. Raises KeyError where there is none."""
        rows = self._rows(f"{PAGE} WHERE d.name = ? AND p.position = ?", (document, position))
        if not rows:
            raise KeyError(f"{document} has no page at position {position}")
        return page_of(rows[0])

    def pages(self, document: str, most: int = -1) -> list[Page]:
        """Every page of a document, in order, or the first of them."""
        first = f"{PAGE} WHERE d.name = ? ORDER BY position LIMIT ?"
        return [page_of(row) for row in self._rows(first, (document, most))]

    def known_hashes(self, hashes: Iterable[bytes]) -> set[bytes]:
        """Those of `hashes` whose vector is already here."""
        return {key for batch in batches(list(hashes)) for (key,) in self._rows(
            f"SELECT hash FROM vectors WHERE hash IN ({marks(batch)})", batch)}  # fmt: skip

    def passages(self, rows: Sequence[int]) -> dict[int, Passage]:
        """Passages with their sentences, by row; rows that are gone are left out."""
        found: dict[int, Passage] = {}
        for batch in batches(rows):
            for row, metadata, headings, role, *values in self._rows(
                "SELECT p.id, d.metadata, p.headings, p.role, p.passage_id, d.name, p.page,"
                " p.page_label, p.last_page, p.section, p.language, p.text, p.kind FROM passages p"
                f" JOIN documents d ON d.id = p.document WHERE p.id IN ({marks(batch)})",
                batch,
            ):
                title = json.loads(metadata).get("title", "")
                above = load_headings(headings)
                passage = Passage(values[0], values[1], title, *values[2:])
                found[row] = replace(passage, headings=above, role=role)
        sentences = self.sentences(list(found))
        return {row: replace(p, sentences=tuple(sentences[row])) for row, p in found.items()}

    def around(self, passage_id: str, before: int, after: int) -> list[Passage]:
        """A passage with those before and after it in its document, in reading order."""
        rows = self._rows(
            "SELECT o.id FROM passages p JOIN passages o ON o.document = p.document"
            " AND o.id BETWEEN p.id - ? AND p.id + ? WHERE p.passage_id = ? ORDER BY o.id",
            (before, after, passage_id),
        )
        found = self.passages([row for (row,) in rows])
        return [found[row] for (row,) in rows]

    def passages_of(self, document: str) -> list[Passage]:
        """All passages of a document, in reading order."""
        rows = self._rows(
            "SELECT p.id FROM passages p JOIN documents d ON d.id = p.document WHERE d.name = ?"
            " ORDER BY p.id",
            (document,),
        )
        found = self.passages([row for (row,) in rows])
        return [found[row] for (row,) in rows]

    def passages_on(self, document: str, number: int | None) -> list[Passage]:
        """Passages that begin on a page (None in a format without pages), in reading order."""
        rows = self._rows(
            "SELECT p.id FROM passages p JOIN documents d ON d.id = p.document"
            " WHERE d.name = ? AND p.page IS ? ORDER BY p.id",
            (document, number),
        )
        found = self.passages([row for (row,) in rows])
        return [found[row] for (row,) in rows]

    def sentences(self, passages: Sequence[int]) -> dict[int, list[Sentence]]:
        """Sentences in reading order, by row of their passage."""
        found: dict[int, list[Sentence]] = {row: [] for row in passages}
        for batch in batches(passages):
            for row, spans, cues, *values in self._rows(
                "SELECT passage, spans, marks, text, language, kind, context FROM sentences"
                f" WHERE passage IN ({marks(batch)}) ORDER BY id",
                batch,
            ):
                places = tuple(Span(*place) for place in json.loads(spans))
                found[row].append(replace(Sentence(places, *values), marks=load_marks(cues)))
        return found

    def units(self) -> dict[str, tuple[Unit, bytes]]:
        """Every passage and sentence with the hash of its vector, by key."""
        rows = self._rows(
            "SELECT 'p' || p.id, p.id, d.name, coalesce(p.language, ''), p.kind, p.vector"
            " FROM passages p JOIN documents d ON d.id = p.document"
            " UNION ALL"
            " SELECT 's' || s.id, p.id, d.name, coalesce(p.language, ''), s.kind, s.vector"
            " FROM sentences s JOIN passages p ON p.id = s.passage"
            " JOIN documents d ON d.id = p.document"
        )
        return {row[0]: (Unit(*row[:5]), row[5]) for row in rows}

    def vectors(self, hashes: Sequence[bytes]) -> Vectors:
        """Vectors by hash, float32 of shape (n, dimensions)."""
        found = {
            key: blob
            for batch in batches(hashes)
            for key, blob in self._rows(
                f"SELECT hash, vector FROM vectors WHERE hash IN ({marks(batch)})", batch
            )
        }
        return matrix([found[key] for key in hashes])

    def document_frequency(self, words: Sequence[str]) -> dict[str, int]:
        """In how many passages each word occurs, its other forms (language.stem) included."""
        stems = {word: stem(word) for word in words}
        query = f"SELECT term, doc FROM vocabulary WHERE term IN ({marks(list(stems))})"
        found = dict(self._rows(query, [*stems.values()]))
        return {word: found[term] for word, term in stems.items() if term in found}

    def holds_any(self, terms: Iterable[str], documents: Sequence[str]) -> bool:
        """Whether some passage of `documents` holds one of `terms`, which are stems."""
        wanted = list(terms)
        return any(
            self._rows(
                "SELECT 1 FROM occurrences o JOIN passages p ON p.id = o.doc"
                " JOIN documents d ON d.id = p.document"
                f" WHERE o.term IN ({marks(wanted)}) AND d.name IN ({marks(batch)}) LIMIT 1",
                [*wanted, *batch],
            )
            for batch in batches(documents, 500)
        )

    def holding(self, terms: Collection[str]) -> dict[str, int]:
        """How many passages of each document hold one of `terms`, which are stems; by name."""
        query = (
            "SELECT d.name, count(DISTINCT p.id) FROM occurrences o JOIN passages p ON p.id = o.doc"
            f" JOIN documents d ON d.id = p.document WHERE o.term IN ({marks([*terms])})"
            " GROUP BY d.name ORDER BY d.name"
        )
        return dict(self._rows(query, [*terms]))

    def count_passages(self) -> int:
        return int(self._rows("SELECT count(*) FROM passages")[0][0])

    def read(self, query: str, values: Sequence[object] = ()) -> list[tuple]:  # type: ignore[type-arg]
        """Rows of a query that changes nothing, for what the search needs (corpus.py)."""
        return self._rows(query, values)


def _address(path: Path) -> str:
    """`path` for SQLite. In a folder that can't be written it must not try to lock the file, and
    reads it as it is unless what was written last hasn't arrived in it."""
    log = path.with_name(f"{path.name}-wal")
    pending = log.is_file() and log.stat().st_size > 0
    mode = "" if is_writable(path.parent) else "?mode=ro" if pending else "?immutable=1"
    return path.resolve().as_uri() + mode
