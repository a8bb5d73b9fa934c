"""Servers to visit: the real program in a folder of its own."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import pytest

ENVIRONMENT = {k: v for k, v in os.environ.items() if not k.startswith("THESIS_QA_")}

PATIENCE = 180  # seconds for what takes a few where nothing else runs; no test asserts a time


def indexed(folder: Path) -> Path:
    """The folder, its documents indexed as the command line does it."""
    command = [sys.executable, "-m", "thesis_qa.cli", "index"]
    subprocess.run(command, cwd=folder, env=ENVIRONMENT, check=True, stdout=subprocess.DEVNULL)
    return folder


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@contextmanager
def serving(
    folder: Path, *, errors: BinaryIO | None = None, port: int = 0, **settings: str
) -> Iterator[str]:
    """A server of `folder` on a free port, with settings of the environment.

    `errors` takes what it says on standard error.
    """
    port = port or free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "thesis_qa.cli", "serve", "--port", str(port)],
        cwd=folder,
        env={**ENVIRONMENT, "THESIS_QA_MAX_UPLOAD_MB": "1", **settings},
        stdout=subprocess.DEVNULL,
        stderr=errors,
    )
    try:
        wait_until_up(f"http://127.0.0.1:{port}", server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=PATIENCE)


def wait_until_up(address: str, server: subprocess.Popen[bytes]) -> None:
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
