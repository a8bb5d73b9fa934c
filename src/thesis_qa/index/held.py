"""What the vector search holds, as it is written beside it, and who may open it meanwhile."""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from thesis_qa.index.database import is_writable

FOLDER = "chroma"  # in the folder of the index
LOCK = "vectors.lock"
MARK = "held.json"
LAYOUT = 2  # of what is kept in Chroma; of another, it is made anew
WAIT = 10.0  # seconds for somebody else to have opened or written it

Rows = tuple[int, int]
"""First and last row of a document's passages, which are inserted together."""


@dataclass(frozen=True, slots=True)
class Held:
    """What Chroma holds, as written beside it."""

    version: int = 0
    documents: Mapping[int, Rows] = field(default_factory=dict)
    doing: Mapping[int, Rows] = field(default_factory=dict)  # half done, if it was killed there
    deleted: int = 0  # passages whose place in the graph is lost

    @property
    def passages(self) -> int:
        return sum(last - first + 1 for first, last in self.documents.values())


def read_held(folder: Path) -> Held:
    """What the mark says that Chroma holds; nothing without one that is understood."""
    try:
        said = json.loads((folder / MARK).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Held()
    if said["layout"] != LAYOUT:
        return Held()
    held, doing = (
        {int(document): (first, last) for document, (first, last) in said[name].items()}
        for name in ("documents", "doing")
    )
    return Held(said["version"], held, doing, said["deleted"])


def mark_held(folder: Path, held: Held) -> None:
    said: dict[str, object] = {"layout": LAYOUT, "version": held.version, "deleted": held.deleted}
    said |= {"documents": dict(held.documents), "doing": dict(held.doing)}
    write_whole(folder / MARK, said)


def write_whole(path: Path, said: Mapping[str, object]) -> None:
    """Write JSON, all of it or nothing: others read it meanwhile, and a kill may come."""
    written = path.with_name(f"{path.name}.new")
    written.write_text(json.dumps(said), encoding="utf-8")
    written.replace(path)


@contextmanager
def together(folder: Path) -> Iterator[None]:
    """While nobody writes. A lock of SQLite's goes with whoever holds it, however that ends."""
    if not is_writable(folder):
        yield
        return
    with closing(sqlite3.connect(folder / LOCK, timeout=WAIT, isolation_level=None)) as lock:
        lock.execute("BEGIN")
        lock.execute("SELECT 1 FROM sqlite_master").fetchall()
        yield


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """While nobody opens it."""
    with closing(sqlite3.connect(folder / LOCK, timeout=3 * WAIT, isolation_level=None)) as lock:
        lock.execute("BEGIN EXCLUSIVE")
        yield
