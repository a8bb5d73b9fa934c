"""Change thirty constants, one at a time, and see which of the tests notice.

    python benchmarks/mutants.py --seed 20261127 --number 30

A mutant is a module's numeric constant (NAME = number) made a third larger, a whole number by at
least one. Seed, file and name pick them, so that a constant more or less changes one of the picks
at most. For each the test files are run that could notice, the nearest first, until one fails:
those that name its module, those named like it, those that name its room. A mutant that hangs is
ended after `--seconds` of CPU time a file (which a busy machine doesn't shorten) or ten times as
long, and counts as noticed, since the unchanged code needs less. Works on a copy, so the tree stays
as it is; `--only NAME` tries one again, `--list` only says which are picked and what would run.
"""

import argparse
import ast
import hashlib
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = Path("src") / "thesis_qa"
ANSWERING = {f"thesis_qa.{room}" for room in ("question", "retrieve", "answer")}


@dataclass(frozen=True)
class Constant:
    """A constant and where its value stands."""

    file: Path
    name: str
    line: int
    columns: tuple[int, int]
    value: float

    @property
    def changed(self) -> str:
        if isinstance(self.value, int):
            return str(self.value + max(1, self.value // 3))
        return repr(round(self.value * 4 / 3, 6))


def constants() -> Iterator[Constant]:
    """Every `NAME = number` at the top of a module, in the order of files and lines."""
    for file in sorted((ROOT / PACKAGE).rglob("*.py")):
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if not isinstance(node, ast.Assign) or len(node.targets) != 1:
                continue
            target, value = node.targets[0], node.value
            if (
                isinstance(target, ast.Name)
                and target.id.isupper()
                and isinstance(value, ast.Constant)
                and type(value.value) in (int, float)
            ):
                assert value.end_col_offset is not None
                yield Constant(
                    file.relative_to(ROOT), target.id, value.lineno,
                    (value.col_offset, value.end_col_offset), value.value,
                )  # fmt: skip


def picked(seed: int, number: int) -> list[Constant]:
    """The constants that a seed picks, in the order of files."""

    def lot(constant: Constant) -> str:
        return hashlib.sha256(f"{seed} {constant.file} {constant.name}".encode()).hexdigest()

    return sorted(sorted(constants(), key=lot)[:number], key=lambda c: (c.file, c.line))


def tests_of(constant: Constant) -> list[str]:
    """The test files that could notice, nearest first: those that name the constant, its module, a
    part of its path, or its room."""
    module = ".".join(constant.file.with_suffix("").parts[1:])
    room = ".".join(module.split(".")[:2])
    own = {part for name in module.split(".")[1:] for part in name.split("_")}
    found = []
    for path in (ROOT / "tests").glob("test_*.py"):
        text = path.read_text(encoding="utf-8")
        by_name = re.search(rf"\b{constant.name}\b", text) and module in text
        alike = len(own & set(path.stem.split("_")))
        asks = "Assistant" in text and room in ANSWERING
        kinship = (bool(by_name), module in text, alike, room in text, asks)
        if any(kinship):
            found.append((kinship, -path.stat().st_size, path.name))
    return [f"tests/{name}" for _, _, name in sorted(found, reverse=True)]


def changed(source: str, constant: Constant) -> str:
    """The text of its file with the constant changed."""
    lines = source.splitlines(keepends=True)
    line = lines[constant.line - 1]
    left, right = constant.columns
    lines[constant.line - 1] = line[:left] + constant.changed + line[right:]
    return "".join(lines)


def noticed(copy: Path, constant: Constant, seconds: int, most: int) -> str:
    """The test file that notices `constant` changed, and how; "" if none does."""
    target = copy / constant.file
    whole = target.read_text(encoding="utf-8")
    target.write_text(changed(whole, constant), encoding="utf-8")
    try:
        for tests in tests_of(constant)[:most]:
            if ended := run(copy, tests, seconds):
                return f"{tests} {ended}"
        return ""
    finally:
        target.write_text(whole, encoding="utf-8")


def run(copy: Path, tests: str, seconds: int) -> str:
    """How a test file ends that doesn't pass; "" if it does."""

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))

    command = [sys.executable, "-m", "pytest", "-x", "-q", "--no-header", "-p", "no:cacheprovider"]
    environment = {**os.environ, "PYTHONPATH": str(copy / "src")}
    try:
        done = subprocess.run(
            [*command, tests], cwd=copy, env=environment, preexec_fn=limited,
            capture_output=True, text=True, timeout=10 * seconds, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return "hangs"
    if done.returncode in (0, 5):
        return ""
    failed = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return failed[0] if failed else f"ends with {done.returncode}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=20261127)
    parser.add_argument("--number", type=int, default=30)
    parser.add_argument("--seconds", type=int, default=120, help="of CPU for a file of tests")
    parser.add_argument("--most", type=int, default=12, help="files of tests for a mutant")
    parser.add_argument("--only", action="append", help="of those picked, by name")
    parser.add_argument("--list", action="store_true", help="what is picked; runs nothing")
    given = parser.parse_args()
    picks = picked(given.seed, given.number)
    if given.only:
        picks = [constant for constant in picks if constant.name in given.only]
    found = []
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        ignored = shutil.ignore_patterns(".venv", ".git", "__pycache__", "index")
        shutil.copytree(ROOT, copy, ignore=ignored)
        shutil.copytree(ROOT / PACKAGE / "index", copy / PACKAGE / "index", dirs_exist_ok=True)
        for constant in picks:
            began = time.perf_counter()
            place = f"{constant.file}:{constant.line} {constant.name}"
            print(f"{place} {constant.value} -> {constant.changed}", end=" ", flush=True)
            if given.list:
                print(*tests_of(constant)[: given.most])
                continue
            found.append(noticed(copy, constant, given.seconds, given.most))
            print(found[-1] or "NOT NOTICED", f"({time.perf_counter() - began:.0f} s)", flush=True)
    print(f"{sum(map(bool, found))} of {len(picks)} noticed, of {len(list(constants()))} constants")


if __name__ == "__main__":
    main()
