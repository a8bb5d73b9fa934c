"""The pages of a PDF file as PDFium reads them, safe from files that crash or hang it.

PDFium runs in a child process. If it dies or falls silent at a page, that page is given up and
another child goes on with the next.
"""

import json
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING, Any

import numpy as np

from thesis_qa.errors import DocumentError
from thesis_qa.lang.data import SPOKEN, text
from thesis_qa.read import awaited, child_process
from thesis_qa.read.glyphs import Places
from thesis_qa.read.pdf.lines import TextLine, looked_at
from thesis_qa.types import Box

if TYPE_CHECKING:
    from PIL.Image import Image

PATIENCE = 60.0  # seconds without a page; usual pages take milliseconds
MAX_LOST = 50  # pages that crash or hang before the rest of a file is given up
CHILD = "thesis_qa.read.pdf.child"

Frame = tuple[dict[str, Any], bytes]


@dataclass(frozen=True)
class PageLines:
    """A page as it was read, lines in the order of the file; `error` says why it couldn't be."""

    lines: tuple[TextLine, ...] = ()
    rules: tuple[Box, ...] = ()  # straight lines drawn on it
    width: float = 0.0
    height: float = 0.0
    label: str | None = None
    error: str = ""
    ocr: bool = False
    pictured: float = 0.0  # share of it that its largest picture covers; any object if textless


@dataclass(frozen=True)
class OutlineEntry:
    """An entry of the outline."""

    level: int  # from 1
    title: str
    page: int  # from 0


@dataclass(frozen=True)
class PdfFile:
    """A file as it was read."""

    pages: tuple[PageLines, ...]
    properties: Mapping[str, str] = field(default_factory=dict)
    outline: tuple[OutlineEntry, ...] = ()
    warnings: tuple[str, ...] = ()


def read_pages(path: Path, name: str, password: str = "") -> PdfFile:
    """All pages of the file at `path`. Raises DocumentError where it can't be opened."""
    about: dict[str, Any] = {}
    pages: list[PageLines] = []
    lost = 0
    while not about or len(pages) < about["pages"]:
        job = {"path": str(path), "password": password, "first": len(pages)}
        reason = text("pdf.crashed", SPOKEN)
        try:
            for head, data in _frames(job):
                if "cannot_open" in head:
                    raise _cannot_open(name, head["cannot_open"], password)
                if "pages" in head:
                    about = head
                else:
                    pages.append(_page(head, data))
        except TimeoutError:
            reason = text("pdf.stuck", SPOKEN, seconds=f"{PATIENCE:.0f}")
        if not about:
            raise _cannot_open(name, reason, password)
        if len(pages) < about["pages"]:
            lost += 1
            pages.append(PageLines(error=reason))
        if lost > MAX_LOST:
            given_up = PageLines(error=text("pdf.given-up", SPOKEN))
            pages += [given_up] * (about["pages"] - len(pages))
    outline = tuple(OutlineEntry(*entry) for entry in about["outline"])
    return PdfFile(tuple(pages), about["properties"], outline)


def pictures(
    path: Path, pages: Sequence[int], dpi: int, password: str = ""
) -> Iterator[tuple[int, "Image", float]]:
    """Number from 0, picture and pixels per point of the pages that can be drawn."""
    from PIL import Image

    job = {"path": str(path), "password": password, "dpi": dpi, "pages": list(pages)}
    try:
        for head, data in _frames(job):
            if "size" in head:
                yield head["page"], Image.frombytes("L", tuple(head["size"]), data), head["scale"]
    except TimeoutError:
        return


def own_order(path: Path, page: int, password: str = "") -> tuple[str, Places]:
    """The text of a page (from 0) in PDFium's own order, and the places of its characters: what our
    reading of it can be checked against."""
    job = {"path": str(path), "password": password, "pages": [page]}
    for head, data in _frames(job):
        if "text" in head:
            return head["text"], np.frombuffer(data, np.int16).reshape(-1, 4)
    return "", np.zeros((0, 4), np.int16)


def _page(head: Mapping[str, Any], data: bytes) -> PageLines:
    if "error" in head:
        return PageLines(error=head["error"])
    places = np.frombuffer(data, np.int16).reshape(-1, 4)
    lines, start = [], 0
    for words, *look in head["lines"]:
        lines.append(TextLine(words, places[start : start + len(words)], *look))
        start += len(words)
    return PageLines(tuple(looked_at(lines)), tuple(map(tuple, head["rules"])), **head["about"])


def _frames(job: Mapping[str, Any]) -> Iterator[Frame]:
    """What a child writes, until it ends. Raises TimeoutError if it falls silent."""
    child = child_process(CHILD, json.dumps(job), stdin=subprocess.DEVNULL)
    try:
        while frame := _frame(child):
            yield frame
    finally:
        child.kill()
        child.communicate()


def _frame(child: "subprocess.Popen[bytes]") -> Frame | None:
    """The next frame, None at the end. A child that gives none in time is killed."""
    assert child.stdout is not None
    stream, started = child.stdout, time.monotonic()
    watch = Timer(PATIENCE, child.kill)
    watch.start()
    try:
        with awaited(child):
            lengths = stream.read(8)
            size = int.from_bytes(lengths[4:], "big")
            head = stream.read(int.from_bytes(lengths[:4], "big"))
            data = stream.read(size)
    finally:
        watch.cancel()
    if len(lengths) == 8 and len(data) == size and head:
        return json.loads(head), data
    if time.monotonic() - started >= PATIENCE:
        raise TimeoutError
    return None


def _cannot_open(name: str, reason: str, password: str) -> DocumentError:
    if "password" not in reason.lower():
        return DocumentError("pdf-damaged", file=name)
    code = "pdf-wrong-password" if password else "pdf-encrypted"
    return DocumentError(code, file=name, beside=f"{Path(name).name}.meta.toml")
