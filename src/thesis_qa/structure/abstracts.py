"""The abstract of a thesis in each of its languages."""

import re
from collections.abc import Sequence
from dataclasses import replace

from thesis_qa.lang.language import language_of
from thesis_qa.structure import headings
from thesis_qa.structure.names import is_name
from thesis_qa.types import Block, Page, Span

MIN_ABSTRACT = 200  # characters
SHORT_LINE = 12  # characters: "oleh", "By:", a number above the first sentence

_ABSTRACT = re.compile(
    r"abstra[kc]t?|abst[arc]{3}t|intisari|ringkasan|summary|executive summary", re.IGNORECASE
)


def is_abstract(heading: str) -> bool:
    """Whether a heading opens an abstract; "ABSTARCT" is a common misprint."""
    return _ABSTRACT.fullmatch(heading.strip(" .:")) is not None


def abstracts(pages: Sequence[Page], blocks: Sequence[Block]) -> dict[str, tuple[Span, ...]]:
    """The spans of the abstract in each language."""
    found: dict[str, tuple[Span, ...]] = {}
    for at, block in enumerate(blocks):
        if not block.spans or block.kind != "heading":
            continue
        heading = _text(pages, block)
        if not is_abstract(heading):
            continue
        spans, text = _abstract_below(pages, blocks[at + 1 :])
        language = language_of(text)
        if language and len(text) >= MIN_ABSTRACT:
            found.setdefault(language, spans)
    return found


def _abstract_below(pages: Sequence[Page], blocks: Sequence[Block]) -> tuple[tuple[Span, ...], str]:
    """The paragraphs from the first long one to the keywords or the next part."""
    spans: list[Span] = []
    texts: list[str] = []
    for block in blocks:
        text = _text(pages, block) if block.kind != "furniture" else ""
        if headings.is_keywords(text) or (block.kind == "heading" and (texts or _is_part(text))):
            break
        if block.kind in ("text", "list", "formula") and (texts or len(text) >= MIN_ABSTRACT):
            own = block.spans if texts else _without_names(pages, block.spans)
            spans += own
            texts.append(_text(pages, replace(block, spans=own)))
    return tuple(spans), " ".join(texts)


def _without_names(pages: Sequence[Page], spans: Sequence[Span]) -> tuple[Span, ...]:
    """`spans` without the lines of author and number above the first sentence."""
    first, *rest = spans
    start = first.start
    for line in pages[first.page].text[first.start : first.end].split("\n"):
        if not (is_name(line) or not any(map(str.islower, line)) or len(line) < SHORT_LINE):
            break
        start += len(line) + 1
    return (Span(first.page, min(start, first.end), first.end), *rest)


def _is_part(text: str) -> bool:
    return headings.level_by_number(text) is not None


def _text(pages: Sequence[Page], block: Block) -> str:
    parts = (pages[span.page].text[span.start : span.end] for span in block.spans)
    return " ".join(" ".join(parts).split())
