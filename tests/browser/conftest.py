"""A real server on a free port with real documents, and Debian's Chromium to look at it."""

import shutil
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from servers import PATIENCE, indexed, serving
from visitors import (
    FILLER,
    HOSTILE,
    HOSTILE_NAME,
    PASSWORD,
    QUESTIONS,
    SAMPLE,
    Visit,
    visiting,
    write_pdf,
)

from thesis_qa.web.accounts import user_line

SISTER_CITY = Path(__file__).parents[2] / "documents" / "kerja-sama-sister-city-jakarta-hanoi.md"
expect.set_options(timeout=1000 * PATIENCE)
CHROMIUM = Path("/usr/bin/chromium")


def pytest_configure(config: pytest.Config) -> None:
    """Servers run in this process: what their libraries warn of is no failure of theirs."""
    config.addinivalue_line("filterwarnings", "ignore")
    warnings.simplefilter("ignore")  # also of what is left when all tests are done


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in item.fixturenames and not CHROMIUM.exists():  # type: ignore[attr-defined]
            item.add_marker(pytest.mark.skip(reason="no /usr/bin/chromium on this machine"))


@pytest.fixture(scope="session")
def browser_type_launch_args(
    browser_type_launch_args: dict[str, object],
) -> dict[str, object]:
    quiet = ["--no-first-run", "--disable-background-networking", "--disable-component-update"]
    args = ["--no-sandbox", "--disable-gpu", "--disable-sync", *quiet]
    return {**browser_type_launch_args, "executable_path": str(CHROMIUM), "args": args}


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working folder with a small mixed library and its index."""
    folder = tmp_path_factory.mktemp("library")
    (folder / "documents").mkdir()
    shutil.copy(SISTER_CITY, folder / "documents")
    (folder / "documents" / HOSTILE_NAME).write_text(HOSTILE, encoding="utf-8")
    pages = [FILLER, f"{FILLER} {SAMPLE}", FILLER]
    write_pdf(folder / "documents" / "karang.pdf", pages, "Terumbu Karang")
    (folder / "evaluation").mkdir()
    (folder / "evaluation" / "karang.jsonl").write_text(QUESTIONS, encoding="utf-8")
    return indexed(folder)


@pytest.fixture(scope="session")
def address(folder: Path) -> Iterator[str]:
    """Where the small mixed library is served."""
    with serving(folder) as address:
        yield address


@pytest.fixture(scope="session")
def sister_city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the project's first document is served, alone."""
    folder = tmp_path_factory.mktemp("sister-city")
    (folder / "documents").mkdir()
    shutil.copy(SISTER_CITY, folder / "documents")
    with serving(indexed(folder)) as address:
        yield address


@pytest.fixture(scope="session")
def shut(folder: Path) -> Iterator[str]:
    """The same library for two users only, of whom ana may evaluate."""
    users = " ".join(user_line(name, PASSWORD) for name in ("ana", "budi"))
    with serving(folder, THESIS_QA_USERS=users, THESIS_QA_EVALUATORS="ana") as address:
        yield address


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Visit]:
    """A visitor with an English desktop browser; nothing may leave the machine or go wrong."""
    with visiting(browser, address) as visit:
        yield visit
