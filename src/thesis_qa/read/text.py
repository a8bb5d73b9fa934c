"""Plain text and Markdown in any encoding."""

from collections import Counter
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

from thesis_qa.errors import DocumentError
from thesis_qa.lang.numbers import roman_value
from thesis_qa.read import MARKDOWN, markdown
from thesis_qa.read.archive import read_file
from thesis_qa.read.blocks import RawDocument, bounded, paragraphs_of, text_blocks
from thesis_qa.read.encoding import decode

MAX_BYTES = 50_000_000  # a thesis of 1,000 pages is 3 MB of text; ten such are still well below
REPEATED = 3  # pages on which a line at the edge is a running head


def read_text(path: Path, name: str) -> RawDocument:
    """Read plain text, or Markdown if `path` ends in one of MARKDOWN."""
    text = decode(read_file(path, name, MAX_BYTES, "text"), name)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise DocumentError("text-empty", file=name)
    if Path(name).suffix.lower() in MARKDOWN:
        stated, text = markdown.front_matter(text)
        blocks = bounded(markdown.markdown_blocks(text.replace("\f", "\n\n")), name)
        return RawDocument(blocks, stated, titled=bool(stated.title))
    paragraphs = paragraphs_of(_pages_joined(text.split("\f")))
    return RawDocument(bounded(chain.from_iterable(map(text_blocks, paragraphs)), name))


def _pages_joined(pages: Sequence[str]) -> str:
    """What form feeds part, without the numbers and running heads of the pages; a sentence goes on
    behind them."""
    if len(pages) == 1:
        return pages[0]
    split = [page.strip("\n").split("\n") for page in pages]
    counts = Counter(pattern for page in split for pattern in {*map(_pattern, _edges(page))})
    joined: list[str] = []
    for page in split:
        for at in (0, -1):
            pattern = _pattern(page[at]) if page else ""
            if pattern == "#" or (pattern and counts[pattern] >= REPEATED):
                del page[at]
        body = "\n".join(page).strip("\n")
        goes_on = joined and body[:1].islower() and joined[-1][-1:] not in ".!?:"
        joined += ["\n" if goes_on else "\n\n", body]
    return "".join(joined)


def _edges(page: Sequence[str]) -> list[str]:
    return [*page[:1], *page[-1:]]


def _pattern(line: str) -> str:
    """`line` with # for its numbers, and "#" for a page number."""
    words = ("#" if word.isdecimal() or roman_value(word) else word for word in line.split())
    text = " ".join(words)
    return "#" if text.strip(" -–|") == "#" else text
