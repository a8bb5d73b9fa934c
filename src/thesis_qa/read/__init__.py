"""Read a file into a Document, whatever its format."""

from collections.abc import Callable
from pathlib import Path

from thesis_qa.errors import DocumentError
from thesis_qa.structure.overrides import override, read_overrides
from thesis_qa.types import Document, OnPage

SUPPORTED = (".pdf", ".docx", ".odt", ".epub", ".md", ".markdown", ".txt", ".html", ".htm")

HINTS = {
    ".doc": "Save it as DOCX or PDF",
    ".rtf": "Save it as DOCX or PDF",
    ".tex": "Index the PDF that is made of it",
    ".pages": "Export it as PDF",
    ".pptx": "Save it as PDF",
    ".xlsx": "Save it as PDF",
}


def load(path: Path, name: str, on_page: OnPage | None = None) -> Document:
    """The document at `path`, under `name`. The same file always gives the same document.

    `on_page` is told how many of the pages that need it have been recognised (OCR). What
    `<file name>.meta.toml` beside it states goes before what the document says itself.
    Raises DocumentError for a file that can't be read, with the reason and what to do.
    """
    suffix = path.suffix.lower()
    if suffix not in SUPPORTED:
        kinds = ", ".join(sorted({s[1:].upper() for s in SUPPORTED if len(s) < 6}))
        raise DocumentError(
            f"{name!r} is of a type that can't be read", HINTS.get(suffix, f"Read are {kinds}")
        )
    stated = read_overrides(path)
    return override(_reader(suffix, stated.password, on_page)(path, name), stated)


def _reader(suffix: str, password: str, on_page: OnPage | None) -> Callable[[Path, str], Document]:
    if suffix == ".pdf":
        from thesis_qa.read.pdf.file import read_pdf
        from thesis_qa.structure.pdf import pdf_document

        return lambda path, name: pdf_document(name, read_pdf(path, name, password, on_page))
    if suffix == ".docx":
        from thesis_qa.read.docx import load_docx as read
    elif suffix == ".odt":
        from thesis_qa.read.odt import load_odt as read
    elif suffix == ".epub":
        from thesis_qa.read.epub import load_epub as read
    elif suffix in (".html", ".htm"):
        from thesis_qa.read.html import load_html as read
    else:
        from thesis_qa.read.text import load_text as read
    return read
