"""The SQLite file under the catalog: read by many at once, written by one.

Every thread that reads lends a connection of its own, so it sees what was last complete and waits
for nobody who writes meanwhile.
"""

import os
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

CACHE = 16_000  # KiB of pages that a connection keeps
SPARE = 8  # connections kept for the next who read
MERGED = 100  # pages of the word index that are merged before the clock is looked at


def is_writable(folder: Path) -> bool:
    """Whether the index in `folder` can be changed, and not only read."""
    return os.access(folder, os.W_OK)


class Database:
    """Connections to one file. Safe to share between threads."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._address = _address(path)
        self._spare: list[sqlite3.Connection] = []
        self._lent, self._closed = 0, False
        self._returned = threading.Condition()
        self._writing = threading.RLock()
        self._writer = self._connected()
        self._writer.execute("PRAGMA foreign_keys = ON")
        self._writer.execute("PRAGMA secure_delete = ON")  # what is forgotten is overwritten

    def _connected(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._address, uri=True, check_same_thread=False, isolation_level=None, timeout=30
        )
        connection.execute(f"PRAGMA cache_size = -{CACHE}")
        return connection

    def close(self) -> None:
        """Once what other threads read is read: SQLite crashes if it is taken from under them."""
        with self._writing, self._returned:
            self._closed = True
            self._returned.wait_for(lambda: not self._lent)
            for connection in (*self._spare, self._writer):
                connection.close()
            self._spare.clear()

    def rows(self, query: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """What a query finds, as it was last complete."""
        with self._reading() as connection:
            return connection.execute(query, values).fetchall()

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._returned:
            if self._closed:
                raise sqlite3.ProgrammingError("closed")
            self._lent += 1
            connection = self._spare.pop() if self._spare else None
        try:
            connection = connection or self._connected()
            yield connection
        finally:
            with self._returned:
                self._lent -= 1
                if connection and len(self._spare) < SPARE:
                    self._spare.append(connection)
                elif connection:
                    connection.close()
                self._returned.notify_all()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All of it or nothing."""
        with self._writing:
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
                self._writer.execute("COMMIT")
            except BaseException:
                self._writer.execute("ROLLBACK")
                raise

    def write_ahead(self) -> None:
        """Let others read while it is written; for good, as the file remembers it."""
        self._writer.execute("PRAGMA journal_mode = WAL")

    def checkpoint(self) -> None:
        """Empty the journal, which holds what was deleted as it was written."""
        with self._writing:
            self._writer.execute("PRAGMA busy_timeout = 1000")  # for who still reads what was
            self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self._writer.execute("PRAGMA busy_timeout = 30000")


def merge_words(db: sqlite3.Connection, seconds: float) -> None:
    """Make the stems of deleted passages unreadable.

    The word index only notes what was deleted until its parts are merged. That costs the library,
    so that it is given `seconds` at a time and goes on when something else is deleted.
    """
    until, step = time.monotonic() + seconds, -MERGED
    while time.monotonic() < until:
        before = db.total_changes
        db.execute("INSERT INTO words (words, rank) VALUES ('merge', ?)", (step,))
        if db.total_changes - before < 2:  # SQLite's own sign of having ended
            return
        step = MERGED


def _address(path: Path) -> str:
    """`path` for SQLite. In a folder that can't be written it must not try to lock the file, and
    reads it as it is unless what was written last hasn't arrived in it."""
    log = path.with_name(f"{path.name}-wal")
    pending = log.is_file() and log.stat().st_size > 0
    mode = "" if is_writable(path.parent) else "?mode=ro" if pending else "?immutable=1"
    return path.resolve().as_uri() + mode
