"""A PDF file that has been read, with its structure: printed pages, blocks and their sections."""

import re
from collections.abc import Mapping

from thesis_qa.read.glyphs import pack
from thesis_qa.read.pdf.pages import PdfFile
from thesis_qa.structure.front_matter import find_metadata
from thesis_qa.structure.furniture import printed_labels
from thesis_qa.structure.layout import drafts, views
from thesis_qa.structure.outline import outlined, sections
from thesis_qa.structure.page_text import lay_out, vocabulary
from thesis_qa.types import Block, Document, Metadata, Page


def pdf_document(name: str, file: PdfFile) -> Document:
    """`file` as a document of that name."""
    seen = views(file.pages)
    found = drafts(seen, outlined(seen, file.outline))
    order: list[list[tuple[int, int]]] = [[] for _ in file.pages]
    for page, draft, part in found.order:
        order[page].append((draft, part))
    words = vocabulary(line.text for view in seen for line in view.lines)
    sizes = [(page.width, page.height) for page in file.pages]
    texts, spans = lay_out(order, [draft.parts for draft in found.drafts], sizes, words)
    edges: list[list[str]] = [[] for _ in file.pages]
    for view in seen:
        edges[view.number] += view.edges
    labels = printed_labels([page.label for page in file.pages], edges)
    pages = tuple(
        Page(number, label, text.text, page.width, page.height, pack(text.places), page.ocr)
        for number, (page, label, text) in enumerate(
            zip(file.pages, labels, texts, strict=True), start=1
        )
    )
    blocks = tuple(
        Block(places, draft.kind, section, draft.context)
        for draft, places, section in zip(found.drafts, spans, sections(found.drafts), strict=True)
        if places
    )
    metadata = find_metadata(pages, blocks, _stated(file.properties))
    return Document(name, pages, blocks, metadata, file.warnings)


def _stated(properties: Mapping[str, str]) -> Metadata:
    """What the file says about itself."""
    keywords = re.split(r"\s*[;,]\s*", properties.get("Keywords", ""))
    return Metadata(
        title=" ".join(properties.get("Title", "").split()),
        author=" ".join(properties.get("Author", "").split()),
        keywords=tuple(filter(None, keywords)),
    )
