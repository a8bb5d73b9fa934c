"""The documents of the project say what is so: settings, variables, commands, links."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from thesis_qa.settings import NAMES, OTHER_VARIABLES, PREFIX, Settings

ROOT = Path(__file__).parent.parent
DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
CONFIGURATION = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")

every_document = pytest.mark.parametrize(
    "document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix()
)


@pytest.mark.parametrize("name", NAMES)
def test_every_setting_is_explained_with_its_default(name: str) -> None:
    default = next(field.default for field in fields(Settings) if field.name == name)
    shown = str(default).lower() if default is None or isinstance(default, bool) else default
    assert f"| `{name}` | `{PREFIX}{name.upper()}` | `{shown}` |" in CONFIGURATION


def test_no_setting_is_explained_that_does_not_exist() -> None:
    explained = set(re.findall(r"^\| `(\w+)` \| `THESIS_QA_", CONFIGURATION, re.MULTILINE))
    assert explained == set(NAMES)


def test_every_variable_that_is_read_is_explained() -> None:
    read = {
        name
        for folder in ("src", "tests", "benchmarks")
        for path in (ROOT / folder).rglob("*.py")
        if path.name != "test_settings.py"
        for name in re.findall(rf'"{PREFIX}([A-Z_]+)"', path.read_text(encoding="utf-8"))
    }
    assert read <= OTHER_VARIABLES | {name.upper() for name in NAMES}
    assert [name for name in OTHER_VARIABLES if f"`{PREFIX}{name}`" not in CONFIGURATION] == []


def test_every_decision_is_in_their_index_and_every_page_in_that_of_the_documents() -> None:
    for index in (
        ROOT / "docs" / "developers" / "decisions" / "README.md",
        ROOT / "docs/README.md",
    ):
        text = index.read_text(encoding="utf-8")
        pages = {path.name for path in index.parent.glob("*.md")} - {"README.md"}
        assert {page for page in pages if f"]({page})" not in text} == set()


@every_document
def test_links_lead_somewhere(document: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)", document.read_text(encoding="utf-8"))
    local = [target for target in targets if not target.startswith(("http:", "https:"))]
    assert [target for target in local if not (document.parent / target).exists()] == []


@every_document
def test_make_targets_exist(document: Path) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    text = document.read_text(encoding="utf-8")
    assert set(re.findall(r"(?:`|\$ |[A-Z_]=\S+ )make ([a-z]+)", text)) <= targets
