"""The real server in this process, and a small library for it."""

import asyncio
import socket
import subprocess
import threading
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import uvicorn
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from conftest import SISTER_CITY
from thesis_qa.library import Index
from thesis_qa.settings import Settings
from thesis_qa.web.server import create_places

ASKED = "Metode penelitian apa yang digunakan dalam penelitian sister city?"
QUOTED = "metode penelitian kualitatif"  # what the abstract says of it
UNANSWERABLE = "Berapa jumlah satelit planet Jupiter?"
FISHERS = "nelayan.pdf"
SENTENCE = "Responden penelitian ini berjumlah 137 orang nelayan di pesisir Wakatobi."


def small_library(folder: Path) -> Settings:
    """The sister-city abstract and a PDF of two pages, indexed."""
    documents = folder / "documents"
    documents.mkdir()
    (documents / SISTER_CITY.name).write_bytes(SISTER_CITY.read_bytes())
    canvas = Canvas(str(documents / FISHERS), pagesize=A4)
    for text in ("Halaman pembuka tentang pengelolaan pesisir dan laut.", SENTENCE):
        canvas.drawString(60, 700, text)
        canvas.showPage()
    canvas.save()
    Index.build(documents, folder / "index").close()
    return Settings(index=str(folder / "index"), documents=str(documents))


@contextmanager
def running(settings: Settings) -> Iterator[str]:
    """The address of a real server on a free port."""
    listening = socket.create_server(("127.0.0.1", 0))
    with listening:
        settings = replace(settings, port=listening.getsockname()[1])
        index = Index.open(settings.index)
        index.public_url = settings.address
        config = uvicorn.Config(create_places(index, settings), log_level="error")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=asyncio.run, args=(server.serve(sockets=[listening]),))
        thread.start()
        try:
            while not server.started:
                threading.Event().wait(0.05)
            yield settings.address
        finally:
            server.should_exit = True
            thread.join()


def port_that_is_free() -> int:
    """A port that nobody listens to."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
    return port


@contextmanager
def started(
    command: Sequence[str | Path], folder: Path, environment: Mapping[str, str]
) -> Iterator[str]:
    """The address of a program that serves, run in `folder` until it is told to end."""
    port = environment.get("THESIS_QA_PORT") or str(port_that_is_free())
    environment = {**environment, "THESIS_QA_PORT": port}
    address = f"http://127.0.0.1:{port}"
    with subprocess.Popen(command, cwd=folder, env=environment) as server:
        try:
            for _ in range(600):
                assert server.poll() is None, f"{command} ended"
                with suppress(OSError):
                    urllib.request.urlopen(f"{address}/healthz").close()
                    break
                threading.Event().wait(0.1)
            yield address
        finally:
            server.terminate()
