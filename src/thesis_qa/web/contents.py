"""The contents of a thesis to click through: every heading leads to its page or paragraph."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from thesis_qa.types import Passage, Span
from thesis_qa.web.markup import page_words, place_address
from thesis_qa.web.texts import Texts

SEPARATOR = " › "


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading and where it stands."""

    path: tuple[str, ...]
    page: int | None
    label: str | None
    spans: tuple[Span, ...]


def headings(passages: Sequence[Passage]) -> list[Heading]:
    """The headings of a document, in order, from its passages in reading order."""
    found: dict[str, Heading] = {}
    for passage in passages:
        if passage.section and passage.section not in found and passage.sentences:
            path = tuple(passage.section.split(SEPARATOR))
            spans = passage.sentences[0].spans  # the heading itself is what a section begins with
            found[passage.section] = Heading(path, passage.page, passage.page_label, spans)
    listed = list(found.values())
    return [h for h, after in pairwise([*listed, None]) if h and not _goes_on(h, after)]


def _goes_on(heading: Heading, after: Heading | None) -> bool:
    """Whether the next one is the same heading with its second line: "BAB I", "BAB I LATAR"."""
    return (
        after is not None
        and heading.path[:-1] == after.path[:-1]
        and after.path[-1].startswith(f"{heading.path[-1]} ")
        and heading.page == after.page
    )


def outline(document: str, found: Sequence[Heading], texts: Texts) -> str:
    """The headings as nested lists of links into the reader."""
    if not found:
        return f'<p class="nothing">{escape(texts.shelf.no_outline)}</p>'
    return f'<nav class="outline" aria-label="{escape(texts.shelf.outline)}">' + "".join(
        _nested(document, found, texts)
    ) + "</nav>"  # fmt: skip


def _nested(document: str, found: Sequence[Heading], texts: Texts) -> Iterator[str]:
    depth = 0
    for heading in found:
        wanted = min(len(heading.path), depth + 1)  # a level that is left out isn't made up
        yield "<ol><li>" if wanted > depth else "</li></ol>" * (depth - wanted) + "</li><li>"
        depth = wanted
        yield _link(document, heading, texts)
    yield "</li></ol>" * depth


def _link(document: str, heading: Heading, texts: Texts) -> str:
    address = place_address("place", document, heading.page, heading.spans, texts)
    page = page_words(heading.page, heading.label, texts)
    return (
        f'<a href="{escape(address)}" data-reader><span>{escape(heading.path[-1])}</span>'
        f'<span class="at">{escape(page)}</span></a>'
    )
