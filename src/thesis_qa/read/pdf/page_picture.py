"""The picture of a page of a PDF, with places on it highlighted."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

from thesis_qa.errors import DocumentError
from thesis_qa.types import Box

MAX_HEIGHT = 4  # times the width: pages of a plotter are cut off below
INK_WIDTH, WHITE = 200, 240  # pixels, and the grey, in which the margins of a page are looked for
MARKER = (255, 232, 130)
PADDING = 1.5  # points around the characters, as a text marker would leave


def draw_page(
    path: str, page: int, marks: Sequence[Box], width: int, crop: Box | None = None
) -> bytes:
    """A PNG of a page, or of the part `crop`, `marks` highlighted. Raises DocumentError."""
    from PIL import Image, ImageChops

    with _sheet(path, page) as sheet:
        across, down = sheet.get_size()
        left, top, right, bottom = crop or (0.0, 0.0, across, down)
        bottom = min(bottom, top + (right - left) * MAX_HEIGHT)
        scale = width / (right - left)
        bitmap = sheet.render(scale=scale, crop=(left, down - bottom, across - right, top))
        picture = bitmap.to_pil().convert("RGB")
    for x0, y0, x1, y1 in marks:
        area = _pixels((x0 - left, y0 - top, x1 - left, y1 - top), scale, picture.size)
        if area[0] < area[2] and area[1] < area[3]:
            part = picture.crop(area)
            marker = Image.new("RGB", part.size, MARKER)
            picture.paste(ImageChops.multiply(part, marker), area)
    out = BytesIO()
    picture.save(out, "PNG", compress_level=3)
    return out.getvalue()


def ink_of(path: str, page: int) -> bytes:
    """The box of all that isn't white on a page, in points, as JSON. Raises DocumentError."""
    with _sheet(path, page) as sheet:
        across = sheet.get_size()[0]
        scale = INK_WIDTH / across
        picture = sheet.render(scale=scale, grayscale=True).to_pil().convert("L")
    dark = picture.point(lambda grey: 255 * (grey < WHITE)).getbbox()
    return json.dumps([edge / scale for edge in dark or ()]).encode()


@contextmanager
def _sheet(path: str, page: int) -> Iterator[Any]:
    """A page of a PDF. Raises DocumentError for one that can't be drawn."""
    import pypdfium2

    try:
        pdf = pypdfium2.PdfDocument(path)
        try:
            yield pdf[page - 1]
        finally:
            pdf.close()
    except (pypdfium2.PdfiumError, IndexError, ZeroDivisionError, ValueError) as error:
        raise DocumentError("page-not-drawn", page=page, file=repr(Path(path).name)) from error


def _pixels(mark: Box, scale: float, size: tuple[int, int]) -> tuple[int, int, int, int]:
    x0, y0, x1, y1 = mark
    return (
        max(0, round((x0 - PADDING) * scale)),
        max(0, round((y0 - PADDING) * scale)),
        min(size[0], round((x1 + PADDING) * scale)),
        min(size[1], round((y1 + PADDING) * scale)),
    )
