"""Change thirty constants, one at a time, and see which of the tests notice.

    python benchmarks/mutants.py --seed 20261127 --number 30

A mutant is a module's numeric constant (NAME = number) made a third larger or, where it is a whole
number, larger by a third and at least one. They are picked by the seed from all constants of the
package. For each the tests are run that import its module's package, nothing else; one that is not
done after `--seconds` counts as noticed only if the unchanged code is done in that time. Works on a
copy, so the tree stays as it is.
"""

import argparse
import ast
import os
import random
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


def tests_of(file: Path) -> list[str]:
    """The test files that import the module of `file` or its room, nearest first."""
    module = ".".join(file.with_suffix("").parts[1:])
    room = ".".join(module.split(".")[:2])
    texts = {path: path.read_text(encoding="utf-8") for path in (ROOT / "tests").glob("test_*.py")}
    near = sorted(str(path.relative_to(ROOT)) for path, text in texts.items() if module in text)
    far = sorted(str(path.relative_to(ROOT)) for path, text in texts.items() if room in text)
    return list(dict.fromkeys([*near, *far]))


def noticed(copy: Path, constant: Constant, seconds: float) -> str:
    """How the tests end on the copy with `constant` changed."""
    target = copy / constant.file
    whole = target.read_text(encoding="utf-8")
    lines = whole.splitlines(keepends=True)
    line = lines[constant.line - 1]
    left, right = constant.columns
    lines[constant.line - 1] = line[:left] + constant.changed + line[right:]
    target.write_text("".join(lines), encoding="utf-8")
    tests = tests_of(constant.file)
    try:
        if not tests:
            return "no test imports it"
        environment = {"PYTHONPATH": str(copy / "src")}
        run = subprocess.run(
            [sys.executable, "-m", "pytest", "-x", "-q", "--no-header", "-p", "no:cacheprovider",
             *tests], cwd=copy, env={**os.environ, **environment},
            capture_output=True, timeout=seconds, check=False,
        )  # fmt: skip
        return "noticed" if run.returncode == 1 else "not noticed"
    except subprocess.TimeoutExpired:
        return "not done in time"
    finally:
        target.write_text(whole, encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=20261127)
    parser.add_argument("--number", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=300.0, help="for the tests of one mutant")
    given = parser.parse_args()
    every = list(constants())
    picked = random.Random(given.seed).sample(every, min(given.number, len(every)))
    found: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        ignored = shutil.ignore_patterns(".venv", ".git", "__pycache__", "index")
        shutil.copytree(ROOT, copy, ignore=ignored)
        (copy / "index").mkdir()
        for constant in picked:
            began = time.perf_counter()
            found.append(noticed(copy, constant, given.seconds))
            place = f"{constant.file}:{constant.line} {constant.name}"
            took = time.perf_counter() - began
            print(f"{found[-1]:<20} {place} {constant.value} -> {constant.changed} ({took:.0f} s)",
                  flush=True)  # fmt: skip
    print(f"{found.count('noticed')} of {len(picked)} of {len(every)} constants noticed")


if __name__ == "__main__":
    main()
