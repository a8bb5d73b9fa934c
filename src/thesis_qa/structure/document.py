"""From a file to a Document: it is read, and its structure is found, whatever its format."""

from pathlib import Path

from thesis_qa.read import CONVERTED, check_type
from thesis_qa.structure.overrides import override, read_overrides
from thesis_qa.types import Document, OnPage


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
        document = _without_pages(path, name, suffix)
    return override(document, stated)


def _without_pages(path: Path, name: str, suffix: str) -> Document:
    from thesis_qa.structure.apart import read_apart

    if suffix in CONVERTED:
        from thesis_qa.read.convert import as_docx

        with as_docx(path, name) as converted:
            return read_apart(converted, name)
    return read_apart(path, name)
