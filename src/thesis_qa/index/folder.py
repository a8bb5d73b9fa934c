"""An index's folder: made, filled, cleared, or not writable, and who is told how far that is."""

import json
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING

from thesis_qa.errors import DocumentError, IndexStateError
from thesis_qa.index.catalog import Catalog
from thesis_qa.index.held import FOLDER, write_whole
from thesis_qa.index.rows import FILE_NAME, vector_key
from thesis_qa.lang.data import SPOKEN, text
from thesis_qa.read.files import Source, unread_links, written
from thesis_qa.split import split
from thesis_qa.types import Document, DocumentReport, OnProgress, Progress, Status

if TYPE_CHECKING:
    from thesis_qa.model.encoder import Embedding


LOCK = "writer.lock"
READING = "reading.json"  # how often a file was begun and the program didn't live to finish it
MOST_TIMES = 2


def new_catalog(folder: Path, embedding: str) -> Catalog:
    """An empty catalog in `folder`. Raises IndexStateError where that can't be written."""
    try:
        return Catalog.create(folder, {"embedding": embedding})
    except (OSError, sqlite3.OperationalError) as error:
        raise not_writable(folder, error) from error


def not_writable(folder: Path, error: Exception) -> IndexStateError:
    """What is wrong with a folder that can't be written."""
    return IndexStateError("index-not-writable", folder=str(folder), reason=error)


def clear_index(folder: Path) -> None:
    """Remove what we wrote, and nothing else that may be in the folder."""
    rmtree(folder / FOLDER, ignore_errors=True)
    for name in (FILE_NAME, f"{FILE_NAME}-wal", f"{FILE_NAME}-shm"):
        (folder / name).unlink(missing_ok=True)


@contextmanager
def one_writer(folder: Path, changing: AbstractContextManager[object]) -> Iterator[None]:
    """One writer at a time: threads wait for `changing`, another process is told; its lock goes
    with it."""
    beside = sqlite3.connect(folder / LOCK, timeout=0, isolation_level=None)
    with changing, closing(beside) as lock:
        try:
            lock.execute("BEGIN EXCLUSIVE")
            yield
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise not_writable(folder, error) from error
            raise IndexStateError("index-locked", folder=str(folder)) from error


class Unfinished:
    """Which file is being read, written down so that one that kills the program is known by it."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / READING
        try:
            self._times: dict[str, int] = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            self._times = {}

    def killed(self, source: Source) -> int:
        """How often the program was killed while it read this."""
        return self._times.get(source.sha256, 0)

    @contextmanager
    def of(self, source: Source) -> Iterator[None]:
        """While it is read. What goes wrong otherwise is no reason to leave it out next time."""
        self._write(self._times | {source.sha256: self.killed(source) + 1})
        try:
            yield
        finally:
            self._write({key: n for key, n in self._times.items() if key != source.sha256})

    def _write(self, times: dict[str, int]) -> None:
        self._times = times
        write_whole(self._path, times)


def vanished(
    sources: Mapping[str, Source], folder: Path, files: Sequence[Path], known: Mapping[str, Source]
) -> list[str]:
    """Documents `known` from under `folder` whose file is no longer there."""
    root, present = folder.resolve(), {str(file.resolve()) for file in files}
    return [
        source.name
        for source in sources.values()
        if source.path not in present
        and source.name in known
        and Path(source.path).is_relative_to(root)
    ]


def reporter(
    progress: OnProgress | None, document: str, number: int, documents: int
) -> Callable[..., None]:
    """What tells `progress` how far one of several documents is."""

    def report(done: int, total: int, page: int = 0, scanned: int = 0) -> None:
        if progress:
            progress(Progress(document, number, documents, done, total, page, scanned))

    return report


def link_reports(path: Path) -> list[DocumentReport]:
    """What is said of the links under a folder that aren't followed."""
    errors = [DocumentError("linked", file=written(link)) for link in unread_links(path)]
    names = [str(error.values["file"]) for error in errors]
    return [
        DocumentReport(name, "failed", error=str(error), failure=error)
        for name, error in zip(names, errors, strict=True)
    ]


def read(file: Path, name: str, report: Callable[..., None], killed: int) -> Document:
    """The document in a file, with a note if the program was killed while it read it before."""
    from thesis_qa.structure.document import load

    document = load(file, name, partial(report, 0, 0))
    note = (text("reading.again", SPOKEN, file=name),) if killed else ()
    return replace(document, warnings=(*note, *document.warnings))


def store(
    catalog: Catalog,
    embedding: "Embedding",
    source: Source,
    document: Document,
    started: float,
    report: Callable[..., None],
    status: Status = "added",
) -> DocumentReport:
    """Split and embed a document, and put it in place of what was known under its name."""
    passages = split(document, embedding.count_tokens)
    texts = dict.fromkeys(t for p in passages for t in (p.text, *(s.text for s in p.sentences)))
    hashes = {text: vector_key(text) for text in texts}
    known = catalog.known_hashes(hashes.values())
    missing = [text for text, key in hashes.items() if key not in known]
    made = embedding.reported_vectors(missing, report)
    vectors = {hashes[text]: vector for text, vector in made.items()}
    if "model" not in catalog.about():
        made_by = {"model": embedding.name, "dimensions": str(embedding.dimensions)}
        catalog.describe(made_by)
    seconds = round(time.perf_counter() - started, 3)
    catalog.replace(
        source,
        document.pages,
        passages,
        hashes,
        vectors,
        metadata=document.metadata,
        warnings=document.warnings,
        seconds=seconds,
    )
    info = catalog.document(source.name)
    return DocumentReport(
        source.name, status, info.pages, info.passages, info.languages, seconds, info.warnings
    )
