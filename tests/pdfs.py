"""PDF files made for tests, with reportlab."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

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
