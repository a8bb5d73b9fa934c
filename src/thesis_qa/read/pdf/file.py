"""Read a PDF file: pages and their printed numbers, blocks and their sections, metadata."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from thesis_qa.errors import DocumentError
from thesis_qa.read.glyphs import pack
from thesis_qa.read.pdf.pages import RawFile, RawPage, listed, read_pages
from thesis_qa.read.pdf.scans import recognised
from thesis_qa.structure.front_matter import find
from thesis_qa.structure.hyphens import vocabulary
from thesis_qa.structure.labels import printed_labels
from thesis_qa.structure.layout import paragraphs, read_lines
from thesis_qa.structure.outline import outlined, sections
from thesis_qa.structure.page_text import lay_out
from thesis_qa.types import Block, Document, Metadata, OnPage, Page


def load_pdf(path: Path, name: str, password: str = "", on_page: OnPage | None = None) -> Document:
    """The PDF file at `path`.

    Raises DocumentError for a file that is no PDF, is damaged beyond reading, has another password
    or no text at all. A page that can't be read is left empty and named in the warnings.
    """
    if path.stat().st_size == 0:
        raise DocumentError(f"{name!r} is empty", "Replace it with the whole file")
    raw = read_pages(path, name, password)
    pages, warnings = recognised(path, raw.pages, password, on_page)
    if not any(page.lines for page in pages):
        raise DocumentError(
            f"{name!r} has no text on its {len(pages)} pages, only pictures",
            "Install the extra for scans: pip install 'thesis-qa[ocr]'",
        )
    read = RawFile(tuple(pages), raw.properties, raw.outline)
    return document(name, read, [*_damage(pages), *warnings])


def document(name: str, raw: RawFile, warnings: Sequence[str] = ()) -> Document:
    """What has been read of a file, with its structure."""
    lines = read_lines(raw.pages)
    found = paragraphs(lines, outlined(lines, raw.outline))
    order: list[list[tuple[int, int]]] = [[] for _ in raw.pages]
    for page, draft, part in found.order:
        order[page].append((draft, part))
    words = vocabulary(line.text for page in lines for line in page.lines)
    texts, spans = lay_out(order, [draft.parts for draft in found.drafts], words)
    labels = printed_labels([page.label for page in raw.pages], [page.edges for page in lines])
    pages = tuple(
        Page(number, label, text.text, page.width, page.height, pack(text.places), page.ocr)
        for number, (page, label, text) in enumerate(
            zip(raw.pages, labels, texts, strict=True), start=1
        )
    )
    blocks = tuple(
        Block(places, draft.kind, section, draft.context)
        for draft, places, section in zip(found.drafts, spans, sections(found.drafts), strict=True)
        if places
    )
    metadata = find(pages, blocks, _stated(raw.properties))
    return Document(name, pages, blocks, metadata, tuple(warnings))


def _stated(properties: Mapping[str, str]) -> Metadata:
    """What the file says about itself."""
    keywords = re.split(r"\s*[;,]\s*", properties.get("Keywords", ""))
    return Metadata(
        title=" ".join(properties.get("Title", "").split()),
        author=" ".join(properties.get("Author", "").split()),
        keywords=tuple(filter(None, keywords)),
    )


def _damage(pages: Sequence[RawPage]) -> Iterator[str]:
    """Pages that couldn't be read, by reason."""
    reasons: dict[str, list[int]] = {}
    for number, page in enumerate(pages, start=1):
        if page.error:
            reasons.setdefault(page.error, []).append(number)
    for reason, numbers in reasons.items():
        yield f"page {listed(numbers)} can't be read ({reason})"
