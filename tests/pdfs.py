"""PDF files made for tests, with reportlab."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from thesis_qa.read.pdf.lines import TextLine

WIDTH, HEIGHT = 595.0, 842.0  # A4 in points


def write_pdf(
    path: Path,
    pages: Sequence[Sequence[tuple[float, float, str]]],
    *,
    font: str = "Helvetica",
    size: float = 12,
    title: str = "",
    password: str | None = None,
    labels: Sequence[tuple[int, str, int]] = (),
) -> Path:
    """A file whose pages hold texts at (x, y from the top); `labels` are (page from 0, style,
    first number)."""
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(str(path), pagesize=(WIDTH, HEIGHT), encrypt=_encryption(password))
    canvas.setTitle(title)
    for page, style, first in labels:
        canvas.addPageLabel(page, style=style, start=first)
    for page_texts in pages:
        canvas.setFont(font, size)
        for x, y, text in page_texts:
            canvas.drawString(x, HEIGHT - y, text)
        canvas.showPage()
    canvas.save()
    return path


def _encryption(password: str | None) -> Any:
    from reportlab.lib.pdfencrypt import StandardEncryption

    return None if password is None else StandardEncryption(password, ownerPassword="owner")


def lines(*texts: str, top: float = 120, step: float = 18) -> list[tuple[float, float, str]]:
    """Lines of text one below the other, from the left margin."""
    return [(72, top + step * i, text) for i, text in enumerate(texts)]


def prose(sentence: str, count: int = 12) -> list[str]:
    """Lines that look like running text."""
    return [sentence] * count


def write_picture_pdf(path: Path, pages: int = 1) -> Path:
    """A file whose pages are pictures only."""
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(str(path), pagesize=(WIDTH, HEIGHT))
    for _ in range(pages):
        canvas.rect(100, 100, 300, 300, fill=1)
        canvas.showPage()
    canvas.save()
    return path


Draw = Callable[[Any], None]
"""What puts something on a reportlab canvas, whose origin is at the bottom left."""


def write_drawn(path: Path, pages: Sequence[Sequence[Draw]]) -> Path:
    """A file whose pages hold what is drawn."""
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(str(path), pagesize=(WIDTH, HEIGHT))
    for page in pages:
        for draw in page:
            draw(canvas)
        canvas.showPage()
    canvas.save()
    return path


def said(y: float, *texts: str, x: float = 72, step: float = 18, font: str = "Times-Roman") -> Draw:
    """Lines of text one below the other from y down (from the top), 12 points."""

    def draw(canvas: Any) -> None:
        canvas.setFont(font, 12)
        for number, text in enumerate(texts):
            canvas.drawString(x, HEIGHT - y - step * number, text)

    return draw


def shifted(y: float, *parts: str, x: float = 72) -> Draw:
    """A line whose parts that begin with ^ are raised and those with _ lowered, both smaller."""

    def draw(canvas: Any) -> None:
        line = canvas.beginText(x, HEIGHT - y)
        for part in parts:
            rise = {"^": 5, "_": -2}.get(part[0], 0)
            line.setFont("Times-Roman", 8 if rise else 12)
            line.setRise(rise)
            line.textOut(part[1:] if rise else part)
        canvas.drawText(line)

    return draw


def slanted(text: str, angle: float, x: float, y: float, size: float = 12) -> Draw:
    """Text turned by `angle` degrees against the clock, from (x, y from the top)."""

    def draw(canvas: Any) -> None:
        canvas.saveState()
        canvas.translate(x, HEIGHT - y)
        canvas.rotate(angle)
        canvas.setFont("Helvetica", size)
        canvas.drawString(0, 0, text)
        canvas.restoreState()

    return draw


def cells(
    y: float, rows: Sequence[Sequence[str]], widths: Sequence[float], x: float = 72, row: float = 20
) -> Draw:
    """Rows of texts in columns of those widths; the first baseline at y from the top."""

    def draw(canvas: Any) -> None:
        canvas.setFont("Times-Roman", 11)
        for number, texts in enumerate(rows):
            left = x
            for text, width in zip(texts, widths, strict=True):
                canvas.drawString(left + 4, HEIGHT - y - row * number, text)
                left += width

    return draw


def rules(*lines: tuple[float, float, float, float]) -> Draw:
    """Straight lines between two points, from the top."""

    def draw(canvas: Any) -> None:
        for x0, y0, x1, y1 in lines:
            canvas.line(x0, HEIGHT - y0, x1, HEIGHT - y1)

    return draw


def frame(y: float, rows: int, widths: Sequence[float], x: float = 72, row: float = 20) -> Draw:
    """The rules around the cells that `cells` sets."""
    top, right = y - row + 6, x + sum(widths)
    edges = [x + sum(widths[:n]) for n in range(len(widths) + 1)]
    bottom = top + rows * row
    return rules(
        *((x, top + row * n, right, top + row * n) for n in range(rows + 1)),
        *((edge, top, edge, bottom) for edge in edges),
    )


def set_line(
    text: str, left: float, top: float = 100, step: float = 6, size: float = 10
) -> "TextLine":
    """A line of letters `step` wide and `size` high."""
    from thesis_qa.read.glyphs import PLACES_PER_POINT
    from thesis_qa.read.pdf.lines import TextLine

    starts = left + step * np.arange(len(text))
    sides = (starts, np.full(len(text), top), starts + step, np.full(len(text), top + size))
    places = np.round(np.stack(sides, axis=1) * PLACES_PER_POINT).astype(np.int16)
    return TextLine(text, places, size)


def set_row(*parts: tuple[str, float], top: float = 100) -> "TextLine":
    """One line of several pieces, each with the place where it begins."""
    lines = [set_line(text, left, top) for text, left in parts]
    places = np.concatenate([line.places for line in lines])
    return replace(lines[0], text="".join(line.text for line in lines), places=places)
