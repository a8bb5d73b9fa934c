"""The examples of README and docs run, page by page in a folder, and show what is said there."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from contextlib import chdir, redirect_stdout
from dataclasses import dataclass
from importlib.metadata import distributions
from io import StringIO
from pathlib import Path

import pytest

from thesis_qa.cli import main

ROOT = Path(__file__).parent.parent
SISTER_CITY = ROOT / "documents" / "kerja-sama-sister-city-jakarta-hanoi.md"
PAGES = (
    "README.md",
    *(f"docs/{name}.md" for name in ("python", "langchain", "llamaindex", "haystack", "notebook")),
    "docs/command-line.md",
)
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)

# Typed by a reader, but not run here: they install, or run until they are stopped.
NOT_RUN = ("git clone ", "cd ", "make ", "pip ", "python app.py", "thesis-qa serve")


@dataclass(frozen=True)
class Example:
    """What a reader types, or a script, and what is shown then; "…" stands for anything."""

    typed: str
    shown: str
    is_python: bool = False


def examples(text: str) -> list[Example]:
    """Console blocks command by command; a Python block with the text block right after it."""
    found: list[Example] = []
    for kind, body in BLOCK.findall(text):
        if kind == "python":
            found.append(Example(body, "…", is_python=True))
        elif kind == "text" and found and found[-1].is_python:
            found[-1] = Example(found[-1].typed, body, is_python=True)
        elif kind == "console":
            for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
                typed, _, shown = part.partition("\n")
                found.append(Example(typed, shown))
    return found


def run(example: Example, folder: Path) -> str:
    """What is printed, in this process: a program of its own would load the model each time."""
    words = [] if example.is_python else shlex.split(example.typed, comments=True)
    if not example.is_python and {"|", ">", "<", "&&"} & set(words):
        return _run_by_shell(example.typed, folder)
    shown = StringIO()
    with chdir(folder), redirect_stdout(shown):
        if example.is_python:
            exec(compile(example.typed, "example", "exec"), {"__name__": "__main__"})
        else:
            assert words[0] == "thesis-qa", f"{example.typed!r} can't be tested"
            assert main(words[1:]) == 0
    return shown.getvalue()


def _run_by_shell(typed: str, folder: Path) -> str:
    """What a line of several programs prints."""
    assert shlex.split(typed)[0] in ("thesis-qa", "echo", "printf"), f"{typed!r} can't be tested"
    here = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["sh", "-ec", typed],
        cwd=folder,
        env={**os.environ, "PATH": here},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def matches(shown: str, printed: str) -> bool:
    """Whether README shows what was printed, line breaks and "…" aside."""
    parts = (re.escape(" ".join(part.split())) for part in shown.split("…"))
    return bool(re.fullmatch(r"\s*.*?\s*".join(parts), " ".join(printed.split())))


def page(name: str) -> list[Example]:
    return examples((ROOT / name).read_text(encoding="utf-8"))


def is_there(script: str) -> bool:
    """Whether what an example says that it needs is installed."""
    needed = re.match(r"# needs ([\w-]+)", script)
    return needed is None or needed[1] in {d.metadata["Name"] for d in distributions()}


def test_readme_has_examples_of_each_kind() -> None:
    kinds = [example.is_python for example in page("README.md")]
    assert True in kinds
    assert False in kinds


@pytest.mark.parametrize("name", PAGES)
def test_examples_show_what_they_say(tmp_path: Path, name: str) -> None:
    (tmp_path / "documents").mkdir()  # of its own: whoever runs this may have added to ours
    shutil.copy(SISTER_CITY, tmp_path / "documents")
    shutil.copytree(ROOT / "evaluation", tmp_path / "evaluation")
    for example in page(name):
        if not example.typed.startswith(NOT_RUN) and is_there(example.typed):
            printed = run(example, tmp_path)
            assert not example.shown or matches(example.shown, printed), (
                f"{example.typed}\n--- {name}\n{example.shown}\n--- printed\n{printed}"
            )


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        ("a … z", "a b\nc z", True),
        ("a\n… z", "a z", True),
        ("a … z", "a b", False),
        ("a.c", "abc", False),
        ("a", "a b", False),
    ],
)
def test_an_ellipsis_stands_for_anything(shown: str, printed: str, same: bool) -> None:
    assert matches(shown, printed) is same


def test_blocks_are_told_apart() -> None:
    text = "```console\n$ one\nshown\n$ two\n```\n```python\nprint(1)\n```\n```text\n1\n```\n"
    assert examples(text) == [
        Example("one", "shown\n"),
        Example("two", ""),
        Example("print(1)\n", "1\n", is_python=True),
    ]
