"""How search, memory and disk grow with the library: 10⁴ passages, 10⁵, 10⁶.

    python benchmarks/scale.py INDEX FOLDER [--passages N]... [--questions FILE]...

INDEX is an index of real theses. Its documents are written again and again into FOLDER/N until
there are N passages: real texts, vectors with noise around the real ones, so that no two are alike.
Each size is then opened in a process of its own and asked the questions (JSON Lines), whose first
ten passages are compared with those of a search that compares every passage. Printed are wall and
processor time, the resident memory after the last question, and disk; FOLDER/scale.json keeps all.
"""

import argparse
import json
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from thesis_qa import Index
from thesis_qa.errors import ThesisQAError
from thesis_qa.index.rows import summarise, vector_key
from thesis_qa.model.weights import Vectors
from thesis_qa.retrieve import retriever

SIZES = (10_000, 100_000)
NOISE = 0.015  # a component, about a third of one of a vector: copies have a cosine of about .96
TOP = 10


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("index", type=Path)
    options.add_argument("folder", type=Path)
    options.add_argument("--passages", type=int, action="append")
    options.add_argument("--questions", type=Path, action="append", default=[])
    options.add_argument("--measure", action="store_true", help="an index that was made")
    given = options.parse_args()
    if given.measure:
        print(json.dumps(measured(given.folder, asked(given.questions))))
        return
    results = []
    for size in given.passages or SIZES:
        folder = given.folder / str(size)
        made = {} if folder.exists() else grown(given.index, folder, size)
        files = [part for f in given.questions for part in ("--questions", str(f))]
        command = [sys.executable, __file__, str(given.index), str(folder), "--measure", *files]
        said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
        results.append(made | json.loads(said))
        print("  ".join(f"{name} {value}" for name, value in results[-1].items()), flush=True)
    (given.folder / "scale.json").write_text(json.dumps(results, indent=1), encoding="utf-8")


def asked(files: list[Path]) -> list[str]:
    lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    return [json.loads(line)["question"] for line in lines]


# Making


def grown(index: Path, folder: Path, size: int) -> dict[str, Any]:
    """An index of so many passages, and what making it took beyond reading and embedding."""
    shutil.copytree(index, folder, ignore=shutil.ignore_patterns("chroma", "*.lock*"))
    opened, rng = Index.open(folder), np.random.default_rng(7)
    names = opened.catalog.names()
    with timed() as catalog:
        copies = 0
        while (there := opened.catalog.count_passages()) < size:
            copies += 1
            for name in names[: max(1, len(names) * (size - there) // there + 1)]:
                copied(opened, name, f"{copies}/{name}", rng)
    with timed() as vectors:
        opened.synchronise()
    opened.close()
    return {"catalog made": catalog(), "chroma made": vectors()}


def copied(index: Index, name: str, as_name: str, rng: np.random.Generator) -> None:
    """Write a document of the catalog again under another name, its vectors a little off."""
    with index.catalog.transaction() as db:
        [old] = index.catalog.ids([name])
        new = db.execute(
            "INSERT INTO documents (name, path, root, size, modified, sha256, splitter, metadata,"
            " warnings, seconds) SELECT ?, path, root, size, modified, sha256, splitter, metadata,"
            " warnings, seconds FROM documents WHERE id = ?", (as_name, old),
        ).lastrowid  # fmt: skip
        moved = off(index, db.execute(
            "SELECT vector FROM passages WHERE document = ?1 UNION SELECT s.vector FROM sentences s"
            " JOIN passages p ON p.id = s.passage WHERE p.document = ?1", (old,)).fetchall(),
            as_name, rng)  # fmt: skip
        db.executemany(
            "INSERT OR IGNORE INTO vectors VALUES (?, ?)",
            ((key, vector.astype("<f2").tobytes()) for key, vector in moved.values()),
        )
        db.create_function("moved", 1, lambda key: moved[key][0])
        db.execute(
            "INSERT INTO pages SELECT ?, position, number, label, text, width, height, glyphs, ocr"
            " FROM pages WHERE document = ?", (new, old))  # fmt: skip
        for (row,) in db.execute("SELECT id FROM passages WHERE document = ?", (old,)).fetchall():
            again = db.execute(
                "INSERT INTO passages (passage_id, document, page, page_label, last_page, section,"
                " kind, language, text, headings, role, vector) SELECT passage_id || ?, ?, page,"
                " page_label, last_page, section, kind, language, text, headings, role,"
                " moved(vector) FROM passages WHERE id = ?", (f"-{new}", new, row),
            ).lastrowid  # fmt: skip
            db.execute(
                "INSERT INTO sentences (passage, spans, text, language, kind, context, marks,"
                " vector) SELECT ?, spans, text, language, kind, context, marks, moved(vector)"
                " FROM sentences WHERE passage = ?", (again, row))  # fmt: skip
            db.execute(
                "INSERT INTO words (rowid, text, section) SELECT ?, text, section FROM words"
                " WHERE rowid = ?", (again, row))  # fmt: skip
        summarise(db, new)
        db.execute("UPDATE about SET value = value + 1 WHERE key = 'generation'")


def off(
    index: Index, hashes: list[tuple[bytes]], name: str, rng: np.random.Generator
) -> dict[bytes, tuple[bytes, Vectors]]:
    keys = [key for (key,) in hashes]
    vectors = index.catalog.vectors(keys)
    vectors = vectors + NOISE * rng.normal(size=vectors.shape).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return {
        key: (vector_key(f"{name}{key.hex()}"), vector)
        for key, vector in zip(keys, vectors, strict=True)
    }


# Measuring


def measured(folder: Path, questions: list[str]) -> dict[str, Any]:
    """What opening and asking an index takes, and how much of the exact search is found."""
    with timed() as opening:
        index = Index.open(folder)
        index.search(questions[0], TOP)
    with timed() as asking:
        found, walls, processor = asked_all(index, questions)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    exact = exactly(index, questions)
    shares = [len({*a} & {*b}) / len(a) for a, b in zip(exact, found, strict=True) if a]
    name = index.catalog.names()[-1]
    with timed() as removing:
        index.remove(name)
    disk = {part: size_of(folder, part) for part in ("catalog", "chroma")}
    told = {
        "passages": index.catalog.count_passages(),
        "documents": len(index.documents()),
        "opened": opening(),
        "p50 ms": quantile(walls, 0.5),
        "p95 ms": quantile(walls, 0.95),
        "processor p50 ms": quantile(processor, 0.5),
        "processor p95 ms": quantile(processor, 0.95),
        "recall@10": round(float(np.mean(shares)), 4),
        "memory MB": memory,
        **{f"{part} MB": size for part, size in disk.items()},
        "removed": removing(),
        "asked in all": asking(),
    }
    index.close()
    return told


def asked_all(
    index: Index, questions: list[str]
) -> tuple[list[list[str]], list[float], list[float]]:
    found, walls, processor = [], [], []
    for question in questions:
        wall, used = time.perf_counter(), time.process_time()
        found.append([p.passage_id for p in index.search(question, TOP)])
        walls.append(time.perf_counter() - wall)
        processor.append(time.process_time() - used)
    return found, walls, processor


def exactly(index: Index, questions: list[str]) -> list[list[str]]:
    before, retriever.EXACT = retriever.EXACT, sys.maxsize
    try:
        return [[p.passage_id for p in index.search(question, TOP)] for question in questions]
    except (MemoryError, ThesisQAError) as error:
        print(error, file=sys.stderr)
        return [[] for _ in questions]
    finally:
        retriever.EXACT = before


def size_of(folder: Path, part: str) -> int:
    files = [
        f for f in folder.rglob("*") if f.is_file() and str(f.relative_to(folder)).startswith(part)
    ]
    return sum(file.stat().st_size for file in files) // 1_000_000


def quantile(seconds: list[float], share: float) -> float:
    return round(1000 * float(np.quantile(seconds, share)), 1)


@contextmanager
def timed() -> Iterator[Callable[[], str]]:
    """What was spent, once it is over: wall and processor seconds."""
    spent: list[float] = []
    wall, processor = time.perf_counter(), time.process_time()
    yield lambda: f"{spent[0]:.2f} s ({spent[1]:.2f} s processor)"
    spent[:] = time.perf_counter() - wall, time.process_time() - processor


if __name__ == "__main__":
    main()
