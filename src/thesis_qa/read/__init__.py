"""Files become pages or blocks of text; what they mean is found by `thesis_qa.structure`."""

import shutil
from pathlib import PurePath

from thesis_qa.errors import DocumentError

MARKDOWN = (".md", ".markdown", ".mdown", ".mkd")
CONVERTED = (".odt", ".doc", ".rtf", ".wps")  # where LibreOffice is installed
SUPPORTED = (".pdf", ".docx", ".epub", ".txt", ".html", ".htm", *MARKDOWN, *CONVERTED)
NAMED = ", ".join("PDF DOCX ODT EPUB MD TXT HTML".split())  # of them, those that users know

_HINTS = {  # what to do about others, by suffix
    ".tex": "type-unread-source",
    ".pages": "type-unread-document",
    ".pptx": "type-unread-document",
    ".xlsx": "type-unread-document",
}


def check_type(name: str) -> None:
    """Raise DocumentError for a file that can't be read here, by the suffix of its name."""
    suffix = PurePath(name).suffix.lower()
    if suffix not in SUPPORTED:
        raise DocumentError(_HINTS.get(suffix, "type-unread"), file=name, kinds=NAMED)
    if suffix in CONVERTED and not libreoffice():
        raise DocumentError("needs-libreoffice", file=name)


def libreoffice() -> str | None:
    """The program that converts other formats, if it is installed."""
    return shutil.which("soffice") or shutil.which("libreoffice")
