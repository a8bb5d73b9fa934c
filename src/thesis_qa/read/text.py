"""Plain text and Markdown in any encoding."""

import re
from collections.abc import Iterator
from pathlib import Path

from thesis_qa.errors import DocumentError
from thesis_qa.read import archive, encoding, flow, markdown
from thesis_qa.read.flow import Part
from thesis_qa.structure import headings, rewrap
from thesis_qa.types import Document, Metadata

MARKDOWN = frozenset({".md", ".markdown", ".mdown", ".mkd"})
MAX_BYTES = 50_000_000  # a thesis of 1,000 pages is 3 MB of text; ten such are still well below

_BULLET = re.compile(r"[-–•*▪◦·]\s+")


def load_text(path: Path, name: str) -> Document:
    """Read plain text, or Markdown if `path` ends in one of MARKDOWN.

    The text of the page is what a reader of the rendered file sees: without Markdown's marks,
    and with the lines of a paragraph joined.
    """
    text = encoding.decode(archive.read_file(path, name, MAX_BYTES, "text"), name)
    text = rewrap.unix(text)
    if not text.strip():
        raise DocumentError(f"{name!r} is empty", "Put text into it or remove it")
    if Path(name).suffix.lower() in MARKDOWN:
        matter, text = markdown.front_matter(text)
        loaded = flow.document(name, markdown.parts(text), matter)
    else:
        loaded = flow.document(name, _plain_parts(text), Metadata())
    if not loaded.blocks:
        raise DocumentError(f"{name!r} holds no text", "Put text into it or remove it")
    return loaded


def _plain_parts(text: str) -> Iterator[Part]:
    for paragraph in re.split(r"\n(?:[^\S\n]*\n)+", text):
        stripped = [line.strip() for line in paragraph.split("\n") if line.strip()]
        yield from map(_plain_part, rewrap.paragraphs(stripped))


def _plain_part(text: str) -> Part:
    if headings.is_item(text) and headings.level_by_number(text) is None:
        return Part(_BULLET.sub("", text, count=1), "list")
    return Part(text)
