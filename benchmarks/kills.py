"""Kill what changes an index at random moments, with the real model: is it as right afterwards?

    python benchmarks/kills.py FOLDER [--times N] [--seed N]

A process of its own brings in, changes, removes or uploads theses and is killed (SIGKILL) somewhere
in the midst. What it was doing is done once more, as whoever started the program again would, and
the index is compared with one that nobody disturbed: every page, passage, sentence and vector, what
Chroma holds, and what a search finds with which scores. FOLDER is for what is written meanwhile.
"""

import argparse
import hashlib
import random
import shutil
import sqlite3
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

import chromadb  # noqa: F401  imported before the processes are forked
import onnxruntime  # noqa: F401

import thesis_qa.structure.flow  # noqa: F401
from thesis_qa import Index
from thesis_qa.assistant import Assistant
from thesis_qa.errors import QuestionError
from thesis_qa.index.rows import FILE_NAME
from thesis_qa.settings import Settings
from thesis_qa.web.changes import add_files
from thesis_qa.web.context import AppContext
from thesis_qa.web.texts import TEXTS

GIVEN = Path(__file__).parents[1] / "evaluation" / "conversations" / "documents"
QUESTIONS = ("What method was used?", "Apa kesimpulan penelitian ini?", "Berapa jumlah responden?")
CHANGED = 3  # theses by each change
ALL = (
    "SELECT d.name, d.summary, p.passage_id, p.page, p.section, p.text, s.spans, s.text, v.vector,"
    " w.text FROM documents d JOIN passages p ON p.document = d.id JOIN sentences s ON"
    " s.passage = p.id JOIN vectors v ON v.hash = s.vector JOIN words w ON w.rowid = p.id"
    " ORDER BY d.name, p.id, s.id"
)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("folder", type=Path)
    options.add_argument("--times", type=int, default=50)
    options.add_argument("--seed", type=int, default=7)
    given = options.parse_args()
    chance = random.Random(given.seed)
    given.folder.mkdir(parents=True, exist_ok=True)
    base = made(given.folder / "base")
    right, seconds = {}, {}
    for name in CHANGES:
        undisturbed = copied(base, given.folder / f"{name} undisturbed", name)
        seconds[name] = killed(undisturbed, name, None)
        right[name] = afterwards(undisturbed, None)
    results: Counter[str] = Counter()
    for number in range(given.times):
        name = chance.choice(CHANGES)
        folder = copied(base, given.folder / "killed", name)
        after = chance.uniform(0.0, seconds[name])
        killed(folder, name, after)
        same = afterwards(folder, name) == right[name]
        results[f"{name} {'same' if same else 'DIFFERENT'}"] += 1
        print(f"{number + 1:3} {name:7} killed after {after:.2f} s: {same}", flush=True)
        if not same:
            shutil.move(folder, given.folder / f"different {number}")
    print(dict(results))
    sys.exit(any("DIFFERENT" in name for name in results))


def made(folder: Path) -> Path:
    if not folder.exists():
        documents = folder / "documents"
        shutil.copytree(GIVEN, documents)
        building = get_context("fork").Process(
            target=Index.build, args=(documents, folder / "index")
        )
        building.start()
        building.join()
    return folder


def copied(base: Path, folder: Path, name: str) -> Path:
    """The index before a change, and the files of the change beside it."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(base, folder)
    files = sorted((folder / "documents").iterdir())[:CHANGED]
    sent = folder / "sent"
    sent.mkdir()
    for number, file in enumerate(files):
        text = "\n\n".join(reversed(file.read_text(encoding="utf-8").split("\n\n")))
        if name == "index":
            (folder / "documents" / f"new {number}.md").write_text(text, encoding="utf-8")
        elif name == "update":
            file.write_text(text, encoding="utf-8")
        elif name == "upload":
            (sent / f"sent {number}.md").write_text(text, encoding="utf-8")
    return folder


def killed(folder: Path, name: str, after: float | None) -> float:
    """How long a change took that was killed after so many seconds, or not at all."""
    ready, child = started(change, folder, name)
    ready.recv()  # it has loaded what it needs
    begun = time.monotonic()
    child.join(after)
    child.kill()
    child.join()
    return time.monotonic() - begun


def afterwards(folder: Path, name: str | None) -> object:
    """What there is of an index after a change, done once more if `name` says so."""
    told, child = started(look, folder, name)
    found = told.recv()
    child.join()
    return found


def started(
    task: Callable[..., None], folder: Path, name: str | None
) -> tuple[Connection, BaseProcess]:
    """A process that has imported everything and opened nothing, as Chroma can't be forked."""
    forking = get_context("fork")
    mine, other = forking.Pipe()
    child = forking.Process(target=task, args=(other, folder, name), daemon=True)
    child.start()
    other.close()
    return mine, child


def change(told: Connection, folder: Path, name: str) -> None:
    index = Index.open(folder / "index")
    index.embedding.query_vector("")
    told.send("ready")
    DONE[name](index, folder)
    index.close()


def look(told: Connection, folder: Path, name: str | None) -> None:
    if name:
        index = Index.open(folder / "index")
        DONE[name](index, folder)
        index.close()
    told.send(contents(folder))


def remove(index: Index, folder: Path) -> None:
    for file in sorted((folder / "documents").iterdir())[:CHANGED]:
        with suppress(QuestionError):  # it was gone already
            index.remove(file.name)


def upload(index: Index, folder: Path) -> None:
    settings = Settings(index=str(folder / "index"), documents=str(folder / "documents"))
    app = AppContext(Assistant(index), settings)
    files = sorted((folder / "sent").glob("*.md"))
    sent = [(file.with_suffix(".part"), file.name) for file in files]
    for file, (part, _) in zip(files, sent, strict=True):  # moved; the visitor still has it
        shutil.copy(file, part)
    for _ in add_files(app, sent, TEXTS["en"]):
        pass


DONE: dict[str, Callable[[Index, Path], object]] = {
    "index": lambda index, folder: index.update(folder / "documents"),
    "update": lambda index, folder: index.update(folder / "documents"),
    "remove": remove,
    "upload": upload,
}
CHANGES = (*DONE,)


def contents(folder: Path) -> list[object]:
    """All that there is of an index, and what is found in it."""
    index = Index.open(folder / "index")
    with sqlite3.connect(folder / "index" / FILE_NAME) as db:
        rows = db.execute(ALL).fetchall()
        unused = db.execute(
            "SELECT count(*) FROM vectors WHERE hash NOT IN (SELECT vector FROM passages)"
            " AND hash NOT IN (SELECT vector FROM sentences)"
        ).fetchall()
        sound = db.execute("PRAGMA integrity_check").fetchall()
        db.execute("INSERT INTO words (words) VALUES ('integrity-check')")
    held = index.vectors.keys() == {u.passage for u in index.catalog.units(index.catalog.ids())}
    found = [
        (passage.passage_id, round(passage.score, 5))
        for question in QUESTIONS
        for passage in index.search(question, 10)
    ]
    index.close()
    return [hashlib.sha256(repr(rows).encode()).hexdigest(), unused, sound, held, found]


if __name__ == "__main__":
    main()
