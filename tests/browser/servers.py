"""Servers to visit: the real server, in this process for most tests, as a program for some."""

import asyncio
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import pytest
import uvicorn

from thesis_qa.library import Index
from thesis_qa.settings import Settings, load_settings
from thesis_qa.web.server import GRACE, create_app

ENVIRONMENT = {k: v for k, v in os.environ.items() if not k.startswith("THESIS_QA_")}
MOST = {"THESIS_QA_MAX_UPLOAD_MB": "1"}
PATIENCE = 180  # seconds for what takes a few where nothing else runs; no test asserts a time


def indexed(folder: Path) -> Path:
    """The folder, its documents brought into its index."""
    index = Index.create(folder / "index")
    index.update(folder / "documents")
    index.close()
    return folder


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def settings_of(folder: Path, port: int, environment: dict[str, str]) -> Settings:
    found = load_settings({"port": port}, {**MOST, **environment}, folder)
    inside = {name: str(folder / getattr(found, name)) for name in FOLDERS}
    return replace(found, **inside)  # type: ignore[arg-type]


FOLDERS = ("index", "documents", "evaluation")


@contextmanager
def serving(folder: Path, *, port: int = 0, **environment: str) -> Iterator[str]:
    """A server of `folder` on a free port, with settings of the environment.

    It runs in this process, where all that is slow to import is there already.
    """
    settings = settings_of(folder, port or free_port(), environment)
    app = create_app(settings)
    config = uvicorn.Config(
        app, port=settings.port, log_level="error", timeout_graceful_shutdown=GRACE,
        proxy_headers=False,
    )  # fmt: skip
    server = uvicorn.Server(config)
    thread = threading.Thread(target=asyncio.run, args=(server.serve(),))
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the server didn't come up"
            time.sleep(0.05)
        yield f"http://127.0.0.1:{settings.port}"
    finally:
        server.should_exit = True
        thread.join(PATIENCE)


@contextmanager
def program(folder: Path, errors: BinaryIO) -> Iterator[str]:
    """The same by `thesis-qa serve`; `errors` takes what it says on standard error."""
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "thesis_qa.cli", "serve", "--port", str(port)],
        cwd=folder,
        env={**ENVIRONMENT, **MOST},
        stdout=subprocess.DEVNULL,
        stderr=errors,
    )
    try:
        _wait_until_up(f"http://127.0.0.1:{port}", server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=PATIENCE)


def _wait_until_up(address: str, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        assert server.poll() is None, "the server ended"
        try:
            urllib.request.urlopen(f"{address}/healthz", timeout=2)
        except OSError:
            time.sleep(0.25)
        else:
            return
    pytest.fail("the server didn't come up")
