"""The pages of a PDF file as PDFium reads them, safe from files that crash or hang it.

PDFium runs in a child process (`pdf_child`). If it dies or falls silent at a page, that page is
given up and another child goes on with the next.
"""

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from thesis_qa.errors import DocumentError
from thesis_qa.read.pdf.lines import Line
from thesis_qa.types import Box

if TYPE_CHECKING:
    from PIL.Image import Image

PATIENCE = 60.0  # seconds without a page; usual pages take milliseconds
MAX_LOST = 50  # pages that crash or hang before the rest of a file is given up
CHILD = "thesis_qa.read.pdf.child"
LISTED = 20  # page numbers in one warning
MAX_AHEAD = 64  # pages read ahead of what is worked on

Frame = tuple[dict[str, Any], bytes]


@dataclass(frozen=True)
class RawPage:
    """A page as it was read; `error` says why it couldn't be."""

    lines: tuple[Line, ...] = ()
    rules: tuple[Box, ...] = ()  # straight lines drawn on it
    width: float = 0.0
    height: float = 0.0
    label: str | None = None
    error: str = ""
    ocr: bool = False
    pictured: float = 0.0  # share of it that its largest picture covers; any object if textless


@dataclass(frozen=True)
class Entry:
    """An entry of the outline."""

    level: int  # from 1
    title: str
    page: int  # from 0


@dataclass(frozen=True)
class RawFile:
    """A file as it was read."""

    pages: tuple[RawPage, ...]
    properties: Mapping[str, str] = field(default_factory=dict)
    outline: tuple[Entry, ...] = ()


def read_pages(path: Path, name: str, password: str = "") -> RawFile:
    """All pages of the file at `path`. Raises DocumentError where it can't be opened."""
    about: dict[str, Any] = {}
    pages: list[RawPage] = []
    lost = 0
    while not about or len(pages) < about["pages"]:
        job = {"path": str(path), "password": password, "first": len(pages)}
        reason = "the parser crashed"
        try:
            for head, data in _frames(job):
                if "cannot_open" in head:
                    raise _cannot_open(name, head["cannot_open"], password)
                if "pages" in head:
                    about = head
                else:
                    pages.append(_raw_page(head, data))
        except TimeoutError:
            reason = f"the parser was stuck for {PATIENCE:.0f} s"
        if not about:
            raise _cannot_open(name, reason, password)
        if len(pages) < about["pages"]:
            lost += 1
            pages.append(RawPage(error=reason))
        if lost > MAX_LOST:
            rest = about["pages"] - len(pages)
            pages += [RawPage(error="too many pages before it couldn't be read")] * rest
    outline = tuple(Entry(level, title, page) for level, title, page in about["outline"])
    return RawFile(tuple(pages), about["properties"], outline)


def pictures(
    path: Path, pages: Sequence[int], dpi: int, password: str = ""
) -> Iterator[tuple[int, "Image", float]]:
    """Number from 0, picture and pixels per point of the pages that can be drawn."""
    from PIL import Image

    job = {"path": str(path), "password": password, "dpi": dpi, "pages": list(pages)}
    try:
        for head, data in _frames(job):
            if "size" in head:
                picture = Image.frombytes("L", tuple(head["size"]), data)
                yield head["page"], picture, head["scale"]
    except TimeoutError:
        return


def _raw_page(head: Mapping[str, Any], data: bytes) -> RawPage:
    if "error" in head:
        return RawPage(error=head["error"])
    places = np.frombuffer(data, np.int16).reshape(-1, 4)
    lines, start = [], 0
    for text, size, bold, fixed in head["lines"]:
        lines.append(Line(text, places[start : start + len(text)], size, bold, fixed))
        start += len(text)
    rules = tuple((a, b, c, d) for a, b, c, d in head["rules"])
    label = head["label"] or None
    return RawPage(
        tuple(lines),
        rules,
        head["width"],
        head["height"],
        label,
        pictured=head["pictured"],
    )


def listed(numbers: Sequence[int]) -> str:
    """Page numbers for a message."""
    return ", ".join(map(str, numbers[:LISTED])) + (" …" if len(numbers) > LISTED else "")


def _frames(job: Mapping[str, Any]) -> Iterator[Frame]:
    """What a child writes, until it ends. Raises TimeoutError if it falls silent."""
    package = Path(__file__).parents[3]
    paths = [str(package), *filter(None, [os.environ.get("PYTHONPATH")])]
    child = subprocess.Popen(
        [sys.executable, "-P", "-m", CHILD, json.dumps(job)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths), "OPENBLAS_NUM_THREADS": "1"},
    )
    assert child.stdout is not None
    frames: queue.Queue[Frame | None] = queue.Queue(MAX_AHEAD)
    reader = threading.Thread(target=_receive, args=(child.stdout, frames), daemon=True)
    reader.start()
    try:
        while (frame := _next(frames)) is not None:
            yield frame
    finally:
        child.kill()
        while reader.is_alive():  # it may be waiting for room
            _drain(frames)
            reader.join(0.01)
        child.stdout.close()
        child.wait()


def _next(frames: "queue.Queue[Frame | None]") -> Frame | None:
    try:
        return frames.get(timeout=PATIENCE)
    except queue.Empty:
        raise TimeoutError from None


def _drain(frames: "queue.Queue[Frame | None]") -> None:
    while not frames.empty():
        frames.get_nowait()


def _receive(stream: IO[bytes], frames: "queue.Queue[Frame | None]") -> None:
    """Put every whole frame of `stream` into `frames`, then None."""
    while len(lengths := stream.read(8)) == 8:
        head = stream.read(int.from_bytes(lengths[:4], "big"))
        size = int.from_bytes(lengths[4:], "big")
        data = stream.read(size)
        if len(data) < size:
            break
        frames.put((json.loads(head), data))
    frames.put(None)


def _cannot_open(name: str, reason: str, password: str) -> DocumentError:
    if "password" in reason.lower():
        problem = "needs another password" if password else "is protected by a password"
        beside = f"{Path(name).name}.meta.toml"
        return DocumentError(
            f"{name!r} {problem}",
            f'Write password = "…" into {beside!r} beside it, or save a copy without one',
        )
    return DocumentError(
        f"{name!r} can't be read as PDF; it is damaged or something else",
        "Open it in a viewer and save it anew",
    )
