"""Read a PDF file, page by page, with PDFium."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from thesis_qa.errors import DocumentError
from thesis_qa.load.glyphs import pack
from thesis_qa.load.labels import printed_labels
from thesis_qa.load.layout import blocks, furniture, running_lines
from thesis_qa.load.metadata import find
from thesis_qa.load.pdf_lines import Line, page_lines
from thesis_qa.load.pdf_text import PageText, page_text, vocabulary
from thesis_qa.schema import Document, Metadata, Page


@dataclass(frozen=True, slots=True)
class _RawPage:
    lines: tuple[Line, ...]
    width: float
    height: float
    label: str | None
    error: str | None = None


def load_pdf(path: Path, name: str, password: str = "") -> Document:
    """The PDF file at `path`.

    Raises DocumentError for a file that is no PDF, is damaged beyond reading, or has a password.
    A page that can't be read is left empty and named in the warnings.
    """
    with _opened(path, name, password) as pdf:
        raw = [_raw_page(pdf, number) for number in range(len(pdf))]
        properties = pdf.get_metadata_dict(skip_empty=True)
    if not any(page.lines for page in raw):
        raise DocumentError(
            f"{name!r} has no text on its {len(raw)} pages, only pictures",
            "Install the extra for scans: pip install 'thesis-qa[ocr]'",
        )
    texts = _texts([page.lines for page in raw])
    heights = [page.height for page in raw]
    margins = running_lines(texts, heights)
    heads = [
        [row.text for row in furniture(text, height, margins)]
        for text, height in zip(texts, heights, strict=True)
    ]
    labels = printed_labels([page.label for page in raw], heads)
    pages = tuple(
        Page(number, label, text.text, page.width, page.height, pack(text.places))
        for number, (page, label, text) in enumerate(zip(raw, labels, texts, strict=True), start=1)
    )
    found = blocks(texts, heights)
    metadata = find(pages, found, _stated(properties))
    return Document(name, pages, found, metadata, tuple(_warnings(raw)))


def _stated(properties: Mapping[str, str]) -> Metadata:
    """What the file says about itself."""
    keywords = re.split(r"\s*[;,]\s*", properties.get("Keywords", ""))
    return Metadata(
        title=" ".join(properties.get("Title", "").split()),
        author=" ".join(properties.get("Author", "").split()),
        keywords=tuple(filter(None, keywords)),
    )


def _texts(pages: Sequence[Sequence[Line]]) -> list[PageText]:
    words = vocabulary(pages)
    return [page_text(lines, words) for lines in pages]


@contextmanager
def _opened(path: Path, name: str, password: str) -> Iterator[Any]:
    import pypdfium2

    if path.stat().st_size == 0:
        raise DocumentError(f"{name!r} is empty", "Replace it with the whole file")
    try:
        pdf = pypdfium2.PdfDocument(path, password=password or None)
    except pypdfium2.PdfiumError as error:
        raise _cannot_open(name, str(error), password) from error
    try:
        yield pdf
    finally:
        pdf.close()


def _cannot_open(name: str, reason: str, password: str) -> DocumentError:
    if "password" in reason.lower():
        beside = f"{Path(name).name}.meta.toml"
        return DocumentError(
            f"{name!r} {'needs another password' if password else 'is protected by a password'}",
            f'Write password = "…" into {beside!r} beside it, or save a copy without one',
        )
    return DocumentError(
        f"{name!r} can't be read as PDF; it is damaged or something else",
        "Open it in a viewer and save it anew",
    )


def _raw_page(pdf: Any, number: int) -> _RawPage:
    import pypdfium2

    try:
        page = pdf[number]
        try:
            width, height = page.get_size()
            label = pdf.get_page_label(number) or None
            return _RawPage(tuple(page_lines(page)), width, height, label)
        finally:
            page.close()
    except (pypdfium2.PdfiumError, ValueError) as error:
        return _RawPage((), 0.0, 0.0, None, str(error))


def _warnings(pages: Sequence[_RawPage]) -> Iterator[str]:
    for number, page in enumerate(pages, start=1):
        if page.error:
            yield f"page {number} can't be read ({page.error})"
    empty = [n for n, page in enumerate(pages, start=1) if not page.lines and not page.error]
    if empty:
        listed = ", ".join(map(str, empty[:20])) + (" …" if len(empty) > 20 else "")
        yield f"no text on page {listed}"
