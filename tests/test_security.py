"""The threats in SECURITY.md have tests, and what `make fuzz` has found stays mended."""

import re
from pathlib import Path

import pytest

from thesis_qa.errors import DocumentError
from thesis_qa.structure.document import load

ROOT = Path(__file__).parent.parent
KEPT = sorted(path for path in (ROOT / "tests" / "data" / "fuzz").glob("*") if path.is_file())


def test_every_threat_names_tests_that_exist() -> None:
    written = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(test_\w+)`", written))
    tests = (path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    there = {name for text in tests for name in re.findall(r"^def (test_\w+)", text, re.MULTILINE)}
    assert len(named) > 20
    assert named <= there
    threats = [line for line in written.splitlines() if line.startswith("| ")][1:]
    assert all("`" in line.rpartition("|")[0] or line.endswith("| – |") for line in threats)


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.name)
def test_what_fuzzing_found_is_read_or_refused_in_one_line(path: Path) -> None:
    refused = ""
    try:
        load(path, path.name)
    except DocumentError as error:
        refused = f"{error.code}: {error}"
    assert "reader-failed" not in refused
    assert "\n" not in refused
