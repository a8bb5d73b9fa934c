"""Plain text and Markdown in any encoding."""

from collections.abc import Iterator
from pathlib import Path

from thesis_qa.errors import DocumentError
from thesis_qa.read import MARKDOWN, markdown
from thesis_qa.read.archive import read_file
from thesis_qa.read.blocks import RawBlock, RawDocument, bounded, paragraphs_of
from thesis_qa.read.encoding import decode

MAX_BYTES = 50_000_000  # a thesis of 1,000 pages is 3 MB of text; ten such are still well below


def read_text(path: Path, name: str) -> RawDocument:
    """Read plain text, or Markdown if `path` ends in one of MARKDOWN."""
    text = _with_line_feeds(decode(read_file(path, name, MAX_BYTES, "text"), name))
    if not text.strip():
        raise DocumentError("text-empty", file=name)
    if Path(name).suffix.lower() in MARKDOWN:
        stated, text = markdown.front_matter(text)
        blocks = bounded(markdown.markdown_blocks(text), name)
        return RawDocument(blocks, stated, titled=bool(stated.title))
    return RawDocument(bounded(_paragraphs(text), name))


def _with_line_feeds(text: str) -> str:
    """`text` with line feeds as line ends; a form feed ends a paragraph."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n\n")


def _paragraphs(text: str) -> Iterator[RawBlock]:
    for paragraph in paragraphs_of(text):
        yield RawBlock(paragraph, wrapped=True)
