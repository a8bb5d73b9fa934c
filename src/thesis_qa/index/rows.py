"""The tables of the catalog, and how rows become the nouns of the pipeline."""

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, astuple, dataclass
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

import numpy as np

from thesis_qa.lang.words import terms
from thesis_qa.model.weights import Vectors
from thesis_qa.read.files import Source
from thesis_qa.types import Heading, Language, Mark, Metadata, Page, Passage, Span

FORMAT = "2"
"""Version of the tables below; an index of another version is refused."""

FILE_NAME = "catalog.sqlite"
EVALUATIONS = "evaluations"  # folder beside it: the last run of each question set

T = TypeVar("T")

SCHEMA = (
    "CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    """CREATE TABLE documents (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL UNIQUE,
        path TEXT NOT NULL, root TEXT NOT NULL,          -- where the file was, and the folder given
        size INTEGER NOT NULL, modified INTEGER NOT NULL, sha256 TEXT NOT NULL,
        splitter TEXT NOT NULL,
        metadata TEXT NOT NULL, warnings TEXT NOT NULL, seconds REAL NOT NULL)
    """,
    """CREATE TABLE pages (
        document INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
        position INTEGER NOT NULL, number INTEGER, label TEXT, text TEXT NOT NULL,
        width REAL NOT NULL, height REAL NOT NULL, glyphs BLOB, ocr INTEGER NOT NULL,
        PRIMARY KEY (document, position)) WITHOUT ROWID
    """,
    """CREATE TABLE passages (
        id INTEGER PRIMARY KEY AUTOINCREMENT,           -- never used twice: keys of the vectors
        passage_id TEXT NOT NULL UNIQUE,
        document INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
        page INTEGER, page_label TEXT, last_page INTEGER,
        section TEXT NOT NULL, kind TEXT NOT NULL, language TEXT, text TEXT NOT NULL,
        headings TEXT NOT NULL, role TEXT,              -- of `section`, which is their print
        vector BLOB NOT NULL)
    """,
    "CREATE INDEX passages_document ON passages (document)",
    """CREATE TABLE sentences (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        passage INTEGER NOT NULL REFERENCES passages ON DELETE CASCADE,
        spans TEXT NOT NULL, text TEXT NOT NULL, language TEXT, kind TEXT NOT NULL, context TEXT,
        marks TEXT NOT NULL, vector BLOB NOT NULL)
    """,
    "CREATE INDEX sentences_passage ON sentences (passage)",
    "CREATE TABLE vectors (hash BLOB PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID  -- float16",
    """CREATE VIRTUAL TABLE words                        -- stems: language.terms
        USING fts5 (text, section, tokenize = "unicode61 tokenchars '.'")""",
    "CREATE VIRTUAL TABLE vocabulary USING fts5vocab (words, row)",
    "CREATE VIRTUAL TABLE occurrences USING fts5vocab (words, instance)",
)

LAYOUT = 1
"""Of what stands beside these tables: added to an index that was made before, as `user_version`."""

BESIDE = (
    "CREATE INDEX IF NOT EXISTS passages_vector ON passages (vector)",
    "CREATE INDEX IF NOT EXISTS sentences_vector ON sentences (vector)",
    "ALTER TABLE documents ADD COLUMN summary TEXT",  # pages, passages, share of languages
    f"PRAGMA user_version = {LAYOUT}",
)

SOURCE = "SELECT name, path, root, size, modified, sha256, splitter FROM documents"

INFO = "d.id, d.name, d.path, d.seconds, d.metadata, d.warnings"

PAGE = (
    "SELECT p.number, p.label, p.text, p.width, p.height, p.glyphs, p.ocr FROM pages p"
    " JOIN documents d ON d.id = p.document"
)


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """What the index knows about a document."""

    name: str
    path: str
    pages: int
    passages: int
    seconds: float  # that reading and embedding it took
    languages: dict[str, float]  # share of the text by language
    metadata: Metadata
    warnings: tuple[str, ...]

    @property
    def main_language(self) -> Language:
        """The language that most of it is in; English where it is neither."""
        return "id" if self.languages.get("id", 0.0) > self.languages.get("en", 0.0) else "en"


class Unit(NamedTuple):
    """A passage as the vector search sees it."""

    document: int  # its row
    passage: int
    language: str
    vector: bytes  # hash


def page_of(row: tuple[Any, ...]) -> Page:
    number, label, text, width, height, glyphs, ocr = row
    return Page(number, label, text, width, height, glyphs, bool(ocr))


def vector_key(text: str) -> bytes:
    """Under which the vector of `text` is kept: 16 bytes of its SHA-256."""
    return hashlib.sha256(text.encode("utf-8", "replace")).digest()[:16]


def insert_passage(
    db: sqlite3.Connection, document: int | None, passage: Passage, hashes: dict[str, bytes]
) -> None:
    row = db.execute(
        "INSERT INTO passages (passage_id, document, page, page_label, last_page, section, kind,"
        " language, text, headings, role, vector) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (passage.passage_id, document, passage.page, passage.page_label, passage.last_page,
         passage.section, passage.kind, passage.language, passage.text,
         dump_headings(passage.headings), passage.role, hashes[passage.text]),
    ).lastrowid  # fmt: skip
    db.executemany(
        "INSERT INTO sentences (passage, spans, text, language, kind, context, marks, vector)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        ((row, json.dumps([(p.page, p.start, p.end) for p in s.spans]), s.text, s.language, s.kind,
          s.context, " ".join(sorted(s.marks)), hashes[s.text]) for s in passage.sentences),
    )  # fmt: skip
    db.execute(
        "INSERT INTO words (rowid, text, section) VALUES (?, ?, ?)",
        (row, " ".join(terms(passage.text)), " ".join(terms(passage.section))),
    )


def delete_document(db: sqlite3.Connection, name: str) -> list[bytes]:
    """Delete a document, if there is one; returns the hashes of its vectors."""
    found = db.execute("SELECT id FROM documents WHERE name = ?", (name,)).fetchone()
    if found is None:
        return []
    hashes = db.execute(
        "SELECT vector FROM passages WHERE document = ?1 UNION SELECT s.vector FROM passages p"
        " JOIN sentences s ON s.passage = p.id WHERE p.document = ?1",
        found,
    ).fetchall()
    db.execute(
        "DELETE FROM words WHERE rowid IN (SELECT id FROM passages WHERE document = ?)", found
    )
    db.execute("DELETE FROM documents WHERE id = ?", found)
    return [key for (key,) in hashes]


def delete_unused(db: sqlite3.Connection, hashes: Sequence[bytes]) -> None:
    """Delete those of some vectors that no passage or sentence needs any more."""
    db.executemany(
        "DELETE FROM vectors WHERE hash = ?1"
        " AND NOT EXISTS (SELECT 1 FROM passages WHERE vector = ?1)"
        " AND NOT EXISTS (SELECT 1 FROM sentences WHERE vector = ?1)",
        ((key,) for key in hashes),
    )


def upgrade(db: sqlite3.Connection) -> None:
    """Add what an index of an earlier LAYOUT lacks."""
    if db.execute("PRAGMA user_version").fetchone()[0] < LAYOUT:
        for statement in BESIDE:
            db.execute(statement)
        for (row,) in db.execute("SELECT id FROM documents").fetchall():
            summarise(db, row)


def summarise(db: sqlite3.Connection, document: int | None) -> None:
    """Keep what is told of a document, so that nobody need count its passages again."""

    def rows(query: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
        return db.execute(query, values).fetchall()

    summary = summary_of(rows, document)
    db.execute("UPDATE documents SET summary = ? WHERE id = ?", (summary, document))


def summary_of(rows: Callable[..., list[tuple[Any, ...]]], document: int | None) -> str:
    """How many pages and passages a document has, and the share of each language: JSON."""
    pages = "SELECT count(number) FROM pages WHERE document = ?"
    counted = "SELECT count(*) FROM passages WHERE document = ?"
    [[[pages]], [[passages]]] = (rows(query, (document,)) for query in (pages, counted))
    counts = rows(
        "SELECT language, sum(length(text)) FROM passages WHERE document = ? AND language IS"
        " NOT NULL GROUP BY language ORDER BY 2 DESC",
        (document,),
    )
    total = sum(count for _, count in counts)
    languages = {language: round(count / total, 3) for language, count in counts}
    return json.dumps((pages, passages, languages))


def advance(db: sqlite3.Connection) -> None:
    db.execute("UPDATE about SET value = value + 1 WHERE key = 'generation'")


def source_values(source: Source) -> tuple[object, ...]:
    return tuple(asdict(source).values())


def dump_headings(headings: Sequence[Heading]) -> str:
    return json.dumps([astuple(heading) for heading in headings], ensure_ascii=False)


@lru_cache(maxsize=4096)
def load_headings(text: str) -> tuple[Heading, ...]:
    return tuple(
        Heading(printed, tuple(number), *rest) for printed, number, *rest in json.loads(text)
    )


@lru_cache(maxsize=4096)
def load_marks(text: str) -> frozenset[Mark]:
    return frozenset(map(Mark, text.split()))


def dump_metadata(metadata: Metadata) -> str:
    return json.dumps(asdict(metadata), ensure_ascii=False)


def load_metadata(text: str) -> Metadata:
    values = json.loads(text)
    for name in ("abstracts", "places"):
        values[name] = {
            key: tuple(Span(**span) for span in spans) for key, spans in values[name].items()
        }
    for name in ("supervisors", "examiners", "keywords"):
        values[name] = tuple(values.get(name, ()))
    return Metadata(**values)


def matrix(blobs: Sequence[bytes]) -> Vectors:
    if not blobs:
        return np.zeros((0, 0), np.float32)
    return np.frombuffer(b"".join(blobs), "<f2").reshape(len(blobs), -1).astype(np.float32)


def batches(items: Sequence[T], size: int = 5000) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def marks(values: Sequence[object]) -> str:
    return ",".join("?" * len(values))
