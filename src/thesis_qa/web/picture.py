"""Pictures of PDF pages with the lines of a quote highlighted.

PDFium must not be used from two threads at once, reads files nobody vouches for, and indexing uses
it too: so pages are drawn in a process of their own, which a broken file can't take the rest with.
"""

import threading
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import lru_cache
from io import BytesIO
from multiprocessing import get_context
from pathlib import Path

from thesis_qa.errors import DocumentError
from thesis_qa.types import Box

WIDTHS = (640, 1000, 1500)  # pixels: a card, a window, a large screen
MAX_HEIGHT = 4  # times the width: pages of a plotter are cut off below
MARKER = (255, 232, 130)
PADDING = 1.5  # points around the characters, as a text marker would leave
KEPT = 128  # pictures, about 100 KB each


class Drawer:
    """Draws pages of PDF files; safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: ProcessPoolExecutor | None = None
        self._cached = lru_cache(maxsize=KEPT)(self._draw)

    def draw(self, path: Path, page: int, marks: Sequence[Box], width: int) -> bytes:
        """A PNG of a page, counted from 1, as wide as the nearest of `WIDTHS` that suffices.

        `marks` are in points, origin at the top left. Raises DocumentError if the page can't be
        drawn.
        """
        suitable = next((w for w in WIDTHS if w >= width), WIDTHS[-1])
        modified = path.stat().st_mtime_ns
        return self._cached(str(path), modified, page, tuple(marks), suitable)

    def _draw(
        self, path: str, modified: int, page: int, marks: tuple[Box, ...], width: int
    ) -> bytes:
        try:
            return self._running().submit(draw_page, path, page, marks, width).result()
        except BrokenProcessPool as error:
            self.close()
            raise DocumentError(
                f"Page {page} of {Path(path).name!r} can't be drawn", "Open the file itself"
            ) from error

    def _running(self) -> ProcessPoolExecutor:
        with self._lock:
            if self._process is None:
                self._process = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
            return self._process

    def warm_up(self) -> None:
        """Start the process now, so that the first picture need not wait for it."""
        self._running().submit(_import)

    def close(self) -> None:
        """End the process; the next picture starts another."""
        with self._lock:
            if self._process:
                self._process.shutdown(cancel_futures=True)
            self._process = None


def draw_page(path: str, page: int, marks: Sequence[Box], width: int) -> bytes:
    """A PNG of a page with `marks` highlighted. Raises DocumentError."""
    import pypdfium2
    from PIL import Image, ImageChops

    try:
        pdf = pypdfium2.PdfDocument(path)
        try:
            sheet = pdf[page - 1]
            points, height = sheet.get_size()
            scale = width / points
            beyond = max(0.0, height - points * MAX_HEIGHT)
            bitmap = sheet.render(scale=scale, crop=(0, beyond, 0, 0))
            picture = bitmap.to_pil().convert("RGB")
        finally:
            pdf.close()
    except (pypdfium2.PdfiumError, IndexError, ZeroDivisionError) as error:
        raise DocumentError(
            f"Page {page} of {Path(path).name!r} can't be drawn ({error})", "Open the file itself"
        ) from error
    for mark in marks:
        area = _pixels(mark, scale, picture.size)
        if area[0] < area[2] and area[1] < area[3]:
            part = picture.crop(area)
            marker = Image.new("RGB", part.size, MARKER)
            picture.paste(ImageChops.multiply(part, marker), area)
    out = BytesIO()
    picture.save(out, "PNG", compress_level=3)
    return out.getvalue()


def _pixels(mark: Box, scale: float, size: tuple[int, int]) -> tuple[int, int, int, int]:
    x0, y0, x1, y1 = mark
    return (
        max(0, round((x0 - PADDING) * scale)),
        max(0, round((y0 - PADDING) * scale)),
        min(size[0], round((x1 + PADDING) * scale)),
        min(size[1], round((y1 + PADDING) * scale)),
    )


def _import() -> None:
    import PIL.Image  # noqa: F401
    import pypdfium2  # noqa: F401
