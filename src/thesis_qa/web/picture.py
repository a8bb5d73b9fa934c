"""Pictures of PDF pages with the lines of a quote highlighted.

PDFium must not be used from two threads at once, reads files nobody vouches for, and indexing uses
it too: so pages are drawn in processes of their own, each with limits of time and memory. Of one
document one page is drawn at a time, so that its pages can't keep the pictures of others waiting,
and whoever waits holds no thread.
"""

import json
import os
import signal
import sys
import time
from asyncio import Lock
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from io import BytesIO
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

from thesis_qa.errors import DocumentError
from thesis_qa.read.pdf.page_picture import MARKER, draw_page, ink_of
from thesis_qa.types import Box

WIDTHS = (640, 1000, 1500)  # pixels: a card, a window, a large screen
FINE = 100  # of a point, in which places on a page are reckoned
KEPT = 128  # pictures, about 100 KB each

WORKERS = 3  # documents drawn from at once; one more than the processors of a small machine
SECONDS = 8  # for a page; scans and maps of real theses take up to two
AGAIN = 60.0  # seconds before a page that couldn't be drawn is tried again
MEMORY = 1_500_000_000  # bytes of address space of a worker, of which Python and PDFium take 300 MB


PageMark = tuple[int, tuple[Box, ...], str]
"""What is highlighted in a PDF: on which page, counted from 1, where, and its words."""


class PagePictures:
    """Draws pages of PDF files for everybody at once."""

    def __init__(self) -> None:
        from anyio import CapacityLimiter

        self._workers = [DrawingProcess() for _ in range(WORKERS)]
        self._at_once = CapacityLimiter(WORKERS)
        self._turns: WeakValueDictionary[Path, Lock] = WeakValueDictionary()
        self._kept: dict[object, bytes] = {}
        self._failed: dict[object, float] = {}  # when, by page

    async def draw(
        self, path: Path, page: int, marks: Sequence[Box], width: int, crop: Box | None = None
    ) -> bytes:
        """A PNG of a page, counted from 1, as wide as the nearest of `WIDTHS` that suffices.

        `marks`, and the part of the page that is drawn, are in points, origin at the top left.
        Raises DocumentError if the page can't be drawn.
        """
        suitable = next((w for w in WIDTHS if w >= width), WIDTHS[-1])
        return await self._kept_or_drawn("draw", path, page, tuple(marks), suitable, crop)

    async def ink(self, path: Path, page: int) -> Box | None:
        """What there is on a page within its white margins; None where all of it is white.

        Raises DocumentError if the page can't be drawn.
        """
        found = await self._kept_or_drawn("ink", path, page)
        return tuple(json.loads(found)) or None

    async def marked(self, path: Path, marks: Sequence[PageMark], by: str) -> bytes:
        """The PDF itself, `marks` highlighted in it. Raises DocumentError if it can't be read."""
        if made := await self._draw("mark", str(path), tuple(marks), by):
            return made
        raise DocumentError("page-not-drawn", page=marks[0][0], file=repr(path.name))

    async def _kept_or_drawn(self, kind: str, path: Path, page: int, *how: object) -> bytes:
        file = (path, path.stat().st_mtime_ns, page)
        wanted = (kind, *file, *how)
        turn = self._turns.setdefault(path, Lock())
        async with turn:
            if wanted not in self._kept and time.monotonic() > self._failed.get(file, 0.0) + AGAIN:
                if drawn := await self._draw(kind, str(path), page, *how):
                    _keep(self._kept, wanted, drawn)
                else:
                    _keep(self._failed, file, time.monotonic())
        if wanted not in self._kept:
            raise DocumentError("page-not-drawn", page=page, file=repr(path.name))
        return self._kept[wanted]

    async def _draw(self, *task: object) -> bytes:
        from anyio import to_thread

        async with self._at_once:
            worker = self._workers.pop()
            try:
                return await to_thread.run_sync(worker.draw, *task)
            finally:
                self._workers.append(worker)

    def warm_up(self) -> None:
        """Start processes now, so that the first pictures need not wait, even behind a bad page."""
        for worker in self._workers[1:]:
            worker.start()

    def close(self) -> None:
        """End the processes; the next picture starts another."""
        for worker in self._workers:
            worker.stop()


def _keep(kept: dict[object, Any], wanted: object, value: object) -> None:
    kept[wanted] = value
    if len(kept) > KEPT:
        del kept[next(iter(kept))]


class DrawingProcess:
    """A process that draws one page after the other."""

    def __init__(self) -> None:
        self._process: SpawnProcess | None = None
        self._connection: Connection | None = None

    def start(self) -> Connection:
        """Its end of a pipe to the process, which ends when this end is closed."""
        if self._connection is None:
            spawning = get_context("spawn")
            self._connection, other = spawning.Pipe()
            self._process = spawning.Process(target=_work, args=(other,), daemon=True)
            self._process.start()
            other.close()
        return self._connection

    def draw(self, *task: object) -> bytes:
        """The picture; empty if it can't be drawn within the limits."""
        connection = self.start()
        try:
            connection.send(task)
            if connection.poll(2 * SECONDS):  # a starting process needs time too
                return connection.recv_bytes()  # nothing that a broken file could have us unpickle
        except (EOFError, OSError):
            pass
        self.stop()
        return b""

    def stop(self) -> None:
        """End the process, whatever it does."""
        if self._process and self._connection:
            self._connection.close()
            self._process.kill()
            self._process.join()
        self._process = self._connection = None


def _work(connection: Connection) -> None:
    """Draw what is asked for until nobody is there to ask; die of a page beyond the limits."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C in the terminal is for the server
    import PIL.Image  # noqa: F401
    import pypdfium2  # noqa: F401

    alarm = getattr(signal, "alarm", lambda seconds: 0)  # missing on Windows, like `resource`
    if sys.platform != "win32":
        import resource

        with suppress(ValueError, OSError):  # macOS has its own mind about it
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        os.nice(5)
    while True:
        try:
            task = connection.recv()
        except EOFError:
            return
        alarm(SECONDS)
        try:
            kind, *how = task
            drawn = TASKS[kind](*how)
        except Exception:  # whatever a broken file leads to, the next one is drawn
            drawn = b""
        alarm(0)
        connection.send_bytes(drawn)


def mark_pdf(path: str, marks: Sequence[PageMark], by: str) -> bytes:
    """A PDF with highlights that any reader of PDFs shows and lists. Raises DocumentError."""
    import pypdfium2

    out = BytesIO()
    pdf = pypdfium2.PdfDocument(path)
    try:
        for page, marked, words in marks:
            _highlight(pdf[page - 1], marked, {"T": by, "Contents": words})
        pdf.save(out)
    finally:
        pdf.close()
    return out.getvalue()


def _highlight(sheet: Any, marked: Sequence[Box], known: Mapping[str, str]) -> None:
    """Add one annotation for all lines of a quote, in the page's own coordinates."""
    import pypdfium2.raw as pdfium

    lines = [_on_page(sheet, line) for line in marked]
    if not lines:
        return
    note = pdfium.FPDFPage_CreateAnnot(sheet, pdfium.FPDF_ANNOT_HIGHLIGHT)
    for left, bottom, right, top in lines:
        corners = (left, top, right, top, left, bottom, right, bottom)
        pdfium.FPDFAnnot_AppendAttachmentPoints(note, pdfium.FS_QUADPOINTSF(*corners))
    lefts, bottoms, rights, tops = zip(*lines, strict=True)
    frame = pdfium.FS_RECTF(min(lefts), max(tops), max(rights), min(bottoms))
    pdfium.FPDFAnnot_SetRect(note, frame)
    pdfium.FPDFAnnot_SetColor(note, pdfium.FPDFANNOT_COLORTYPE_Color, *MARKER, 255)
    for key, said in known.items():
        text = (f"{said}\0").encode("utf-16-le", "replace")
        wide = (pdfium.FPDF_WCHAR * (len(text) // 2)).from_buffer_copy(text)
        pdfium.FPDFAnnot_SetStringValue(note, key.encode(), wide)
    pdfium.FPDFPage_CloseAnnot(note)


def _on_page(sheet: Any, line: Box) -> Box:
    """A box, origin at the top left of the page as it is shown, as the page itself counts: from
    the bottom left, whatever it is turned or cropped by."""
    from ctypes import byref, c_double

    import pypdfium2.raw as pdfium

    width, height = (round(side * FINE) for side in sheet.get_size())
    found = []
    for x, y in ((line[0], line[1]), (line[2], line[3])):
        across, up = c_double(), c_double()
        at = (round(x * FINE), round(y * FINE))
        pdfium.FPDF_DeviceToPage(sheet, 0, 0, width, height, 0, *at, byref(across), byref(up))
        found.append((across.value, up.value))
    (x0, y0), (x1, y1) = found
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


TASKS: dict[str, Callable[..., bytes]] = {"draw": draw_page, "ink": ink_of, "mark": mark_pdf}
"""What a process is asked to do, by name."""
