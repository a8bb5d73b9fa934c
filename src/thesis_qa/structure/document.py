"""From a file to a Document: it is read, and its structure is found, whatever its format."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from thesis_qa.read import CONVERTED, check_type
from thesis_qa.read.blocks import RawDocument
from thesis_qa.structure.overrides import override, read_overrides
from thesis_qa.types import Document, OnPage

_READERS = {".docx": "docx", ".epub": "epub", ".html": "html", ".htm": "html"}  # else text


def load(path: Path, name: str, on_page: OnPage | None = None) -> Document:
    """The document at `path`, under `name`. The same file always gives the same document.

    `on_page` is told how many of the pages that need it have been recognised (OCR). What
    `<file name>.meta.toml` beside it states goes before what the document says itself.
    Raises DocumentError for a file that can't be read, with the reason and what to do.
    """
    check_type(path.name)
    stated = read_overrides(path)
    suffix = path.suffix.lower()
    if suffix == ".pdf":
        from thesis_qa.read.pdf.file import read_pdf
        from thesis_qa.structure.pdf import pdf_document

        document = pdf_document(name, read_pdf(path, name, stated.password, on_page))
    else:
        from thesis_qa.structure.flow import flow_document

        document = flow_document(name, _read(path, name, suffix))
    return override(document, stated)


def _read(path: Path, name: str, suffix: str) -> RawDocument:
    """A file without pages; only what its format needs is imported."""
    if suffix in CONVERTED:
        from thesis_qa.read.convert import as_docx

        with as_docx(path, name) as converted:
            return _read(converted, name, ".docx")
    kind = _READERS.get(suffix, "text")
    module = import_module(f"thesis_qa.read.{kind}")
    read: Callable[[Path, str], RawDocument] = getattr(module, f"read_{kind}")
    return read(path, name)
