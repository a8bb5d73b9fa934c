"""The catalog: one SQLite file that holds all that is known about the documents.

It is the only truth. Documents, pages, passages, sentences, their vectors and the full-text index
change together in one transaction a document, with a generation number written last, so a kill at
any moment loses at most the document in work. The vector search (vectors.py) is derived from it.
"""

import json
import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from shutil import rmtree
from typing import Any

from thesis_qa.errors import IndexStateError
from thesis_qa.index.database import Database, is_writable, merge_words
from thesis_qa.index.feedback import forget_answers, forget_feedback
from thesis_qa.index.rows import (
    EVALUATIONS,
    FILE_NAME,
    FORMAT,
    INFO,
    LAYOUT,
    PAGE,
    SCHEMA,
    SOURCE,
    DocumentInfo,
    Unit,
    advance,
    batches,
    delete_document,
    delete_unused,
    dump_metadata,
    insert_passage,
    load_headings,
    load_marks,
    load_metadata,
    marks,
    matrix,
    page_of,
    source_values,
    summarise,
    summary_of,
    upgrade,
)
from thesis_qa.lang.words import stem
from thesis_qa.model.weights import Vectors
from thesis_qa.read.files import Source
from thesis_qa.types import Metadata, Page, Passage, Sentence, Span

REMEMBERED = 20_000  # words whose frequency is kept
ERASING = 0.15  # seconds that a removal may spend on what was deleted, beside deleting it


class Catalog:
    """The tables of one index folder. Safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE_NAME
        self._database = Database(self.path)
        self._rows = self._database.rows
        self._known: tuple[int, list[DocumentInfo]] = -1, []
        self._counted: tuple[int, dict[str, int]] = -1, {}

    @classmethod
    def create(cls, folder: Path, about: dict[str, str]) -> "Catalog":
        """A new, empty catalog; `about` records what makes the index."""
        folder.mkdir(parents=True, exist_ok=True)
        catalog = cls(folder)
        catalog._database.write_ahead()
        with catalog.transaction() as db:
            for statement in SCHEMA:
                db.execute(statement)
            upgrade(db)
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
        if catalog._made < LAYOUT and is_writable(folder):
            with catalog.transaction() as db:
                upgrade(db)
        return catalog

    @property
    def _made(self) -> int:
        """Which LAYOUT the tables have."""
        return int(self._rows("PRAGMA user_version")[0][0])

    def close(self) -> None:
        """Give the file back, once what others read is read."""
        self._database.close()

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

    def transaction(self) -> AbstractContextManager[sqlite3.Connection]:
        """All of it or nothing."""
        return self._database.transaction()

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
            before = delete_document(db, source.name)
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
            summarise(db, row)
            self._forget(db, before)
        if before:
            self._database.checkpoint()

    def touch(self, source: Source) -> None:
        """A file was moved or its date changed; its content and name are the same."""
        with self.transaction() as db:
            db.execute(
                "UPDATE documents SET name = ?, path = ?, root = ?, size = ?, modified = ?,"
                " sha256 = ?, splitter = ? WHERE name = ?",
                (*source_values(source), source.name),
            )
            advance(db)

    def remove(self, names: Iterable[str]) -> None:
        """Forget documents: their text, the vectors nothing else needs, and what quotes them."""
        names = list(names)
        with self.transaction() as db:
            self._forget(db, [key for name in names for key in delete_document(db, name)])
        self._database.checkpoint()
        forget_feedback(self.path.parent, names)
        forget_answers(self.path.parent, names)
        rmtree(self.path.parent / EVALUATIONS, ignore_errors=True)

    def _forget(self, db: sqlite3.Connection, hashes: Sequence[bytes]) -> None:
        if hashes:  # of documents that were deleted
            delete_unused(db, hashes)
            merge_words(db, ERASING)
        advance(db)

    # Reading

    def sources(self) -> dict[str, Source]:
        """What is known about every file, by document name."""
        return {row[0]: Source(*row) for row in self._rows(f"{SOURCE} ORDER BY name")}

    def source(self, name: str) -> Source | None:
        """What is known about the file of one document."""
        rows = self._rows(f"{SOURCE} WHERE name = ?", (name,))
        return Source(*rows[0]) if rows else None

    def names(self) -> list[str]:
        """The names of all documents, sorted."""
        return [name for (name,) in self._rows("SELECT name FROM documents ORDER BY name")]

    def documents(self) -> list[DocumentInfo]:
        """Every document, by name."""
        generation, known = self._known  # another thread may replace it
        if generation != (now := self.generation):
            known = [self._info(*row) for row in self._rows(f"{self._infos} ORDER BY d.name")]
            self._known = now, known
        return [*known]

    def document(self, name: str) -> DocumentInfo:
        """One document. Raises KeyError where the index has none of that name."""
        rows = self._rows(f"{self._infos} WHERE d.name = ?", (name,))
        if not rows:
            raise KeyError(name)
        return self._info(*rows[0])

    @property
    def _infos(self) -> str:
        return f"SELECT {INFO}, {'d.summary' if self._made >= LAYOUT else 'NULL'} FROM documents d"

    def _info(self, row: int, *values: Any) -> DocumentInfo:
        name, path, seconds, metadata, warnings, summary = values
        pages, passages, languages = json.loads(summary or summary_of(self._rows, row))
        known, told = load_metadata(metadata), tuple(json.loads(warnings))
        return DocumentInfo(name, path, pages, passages, seconds, languages, known, told)

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
        return self._in_order(rows)

    def passages_of(self, document: str) -> list[Passage]:
        """All passages of a document, in reading order."""
        rows = self._rows(
            "SELECT p.id FROM passages p JOIN documents d ON d.id = p.document WHERE d.name = ?"
            " ORDER BY p.id",
            (document,),
        )
        return self._in_order(rows)

    def passages_on(self, document: str, number: int | None) -> list[Passage]:
        """Passages that begin on a page (None in a format without pages), in reading order."""
        rows = self._rows(
            "SELECT p.id FROM passages p JOIN documents d ON d.id = p.document"
            " WHERE d.name = ? AND p.page IS ? ORDER BY p.id",
            (document, number),
        )
        return self._in_order(rows)

    def _in_order(self, rows: Sequence[tuple[int]]) -> list[Passage]:
        found = self.passages([row for (row,) in rows])
        return [found[row] for (row,) in rows if row in found]

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

    def ids(self, names: Sequence[str] | None = None) -> list[int]:
        """The rows of all documents, or of some; never used again when a document goes."""
        if names is None:
            return [row for (row,) in self._rows("SELECT id FROM documents ORDER BY id")]
        named = "SELECT id FROM documents WHERE name IN"
        return [row for batch in batches(names) for (row,) in self._rows(
            f"{named} ({marks(batch)}) ORDER BY id", batch)]  # fmt: skip

    def rows_of(self, documents: Collection[int]) -> dict[int, tuple[int, int]]:
        """First and last row of the passages of documents, which have those between to themselves;
        (0, -1) where there are none."""
        query = "SELECT min(id), max(id) FROM passages WHERE document = ?"
        found = {document: self._rows(query, (document,))[0] for document in documents}
        return {
            d: (0, -1) if first is None else (first, last) for d, (first, last) in found.items()
        }

    def units(self, documents: Collection[int]) -> list[Unit]:
        """The passages of documents with the hashes of their vectors, in order of their rows."""
        return [Unit(*row) for batch in batches(sorted(documents)) for row in self._rows(
            "SELECT document, id, coalesce(language, ''), vector FROM passages"
            f" WHERE document IN ({marks(batch)}) ORDER BY id", batch)]  # fmt: skip

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
        found = self.frequencies([*stems.values()])
        return {word: found[term] for word, term in stems.items() if found[term]}

    def frequencies(self, terms: Sequence[str]) -> dict[str, int]:
        """In how many passages each of `terms`, which are stems, occurs."""
        generation, counted = self._counted  # another thread may replace it
        if generation != (now := self.generation) or len(counted) > REMEMBERED:
            self._counted = now, (counted := {})
        new = [term for term in dict.fromkeys(terms) if term not in counted]
        query = f"SELECT term, doc FROM vocabulary WHERE term IN ({marks(new)})"
        counted |= dict.fromkeys(new, 0) | dict(self._rows(query, new) if new else ())
        return {term: counted[term] for term in terms}

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
        return sum(document.passages for document in self.documents())

    def read(self, query: str, values: Sequence[object] = ()) -> list[tuple]:  # type: ignore[type-arg]
        """Rows of a query that changes nothing, for what the search needs (corpus.py)."""
        return self._rows(query, values)
