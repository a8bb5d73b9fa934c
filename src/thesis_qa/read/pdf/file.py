"""Read a PDF file: pages of lines with their places, properties, outline."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from thesis_qa.errors import DocumentError
from thesis_qa.lang.data import SPOKEN, text
from thesis_qa.read.pdf.pages import PageLines, PdfFile, read_pages
from thesis_qa.read.pdf.scans import listed, recognised
from thesis_qa.types import OnPage


def read_pdf(path: Path, name: str, password: str = "", on_page: OnPage | None = None) -> PdfFile:
    """The PDF file at `path`.

    Raises DocumentError for a file that is no PDF, is damaged beyond reading, has another password
    or no text at all. A page that can't be read is left empty and named in the warnings.
    """
    if path.stat().st_size == 0:
        raise DocumentError("pdf-empty", file=name)
    file = read_pages(path, name, password)
    pages, warnings = recognised(path, file.pages, password, on_page)
    if not any(page.lines for page in pages):
        raise DocumentError("pdf-without-text", file=name, pages=len(pages))
    return replace(file, pages=tuple(pages), warnings=(*_damage(pages), *warnings))


def _damage(pages: Sequence[PageLines]) -> Iterator[str]:
    """Pages that couldn't be read, by reason."""
    reasons: dict[str, list[int]] = {}
    for number, page in enumerate(pages):
        if page.error:
            reasons.setdefault(page.error, []).append(number)
    for reason, numbers in reasons.items():
        yield text("pdf.damaged", SPOKEN, pages=listed(numbers), reason=reason)
