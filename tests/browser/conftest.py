"""A real server on a free port with real documents, and Debian's Chromium to look at it."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from visitors import FILLER, HOSTILE, HOSTILE_NAME, SAMPLE, Visit, visiting, write_pdf

SISTER_CITY = Path(__file__).parents[2] / "documents" / "kerja-sama-sister-city-jakarta-hanoi.md"
CHROMIUM = Path("/usr/bin/chromium")
ENVIRONMENT = {k: v for k, v in os.environ.items() if not k.startswith("THESIS_QA_")}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if not CHROMIUM.exists():
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


def indexed(folder: Path) -> Path:
    """The folder, its documents indexed as the command line does it."""
    command = [sys.executable, "-m", "thesis_qa.cli", "index"]
    subprocess.run(
        command, cwd=folder, env=ENVIRONMENT, check=True, timeout=300, stdout=subprocess.DEVNULL
    )
    return folder


@contextmanager
def serving(folder: Path, **settings: str) -> Iterator[str]:
    """A server of `folder` on a free port, with settings of the environment."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "thesis_qa.cli", "serve", "--port", str(port)],
        cwd=folder,
        env={**ENVIRONMENT, "THESIS_QA_MAX_UPLOAD_MB": "1", **settings},
        stdout=subprocess.DEVNULL,
    )
    try:
        wait_until_up(f"http://127.0.0.1:{port}", server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=20)


def wait_until_up(address: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(240):
        assert server.poll() is None, "the server ended"
        try:
            urllib.request.urlopen(f"{address}/healthz", timeout=2)
        except OSError:
            time.sleep(0.25)
        else:
            return
    pytest.fail("the server didn't come up within a minute")


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Visit]:
    """A visitor with an English desktop browser; nothing may leave the machine or go wrong."""
    with visiting(browser, address) as visit:
        yield visit
