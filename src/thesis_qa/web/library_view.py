"""The library as it is shown: a box for every thesis, and all that is known about one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from thesis_qa.evaluate.verify import Health, health
from thesis_qa.index.rows import DocumentInfo
from thesis_qa.types import Passage, Span
from thesis_qa.web.context import AppContext
from thesis_qa.web.render import fragment, notice
from thesis_qa.web.texts import Texts, noted

SEPARATOR = " › "


def library_markup(documents: Sequence[DocumentInfo], texts: Texts) -> str:
    """All documents with what was found in them and how reading them went."""
    if not documents:
        return notice(texts.nothing_yet, texts, style="nothing")
    return fragment("library.html", texts, theses=[_facts(d, texts) for d in documents])


def thesis_markup(app: AppContext, name: str, texts: Texts) -> str:
    """A thesis with its health and contents. Raises KeyError if it isn't there."""
    index = app.assistant.index
    document = index.catalog.document(name)
    return fragment(
        "thesis.html",
        texts,
        thesis=_facts(document, texts),
        health=list(_health_lines(health(index, name), texts)),
        outline=outline_markup(name, outline_entries(index.catalog.passages_of(name)), texts),
    )


def _facts(document: DocumentInfo, texts: Texts) -> dict[str, Any]:
    """What both templates show of a thesis."""
    names = {"id": texts.indonesian, "en": texts.english}
    shares = [f"{names[k]} {v:.0%}" for k, v in document.languages.items() if k in names]
    notes = [noted(warning, texts.language) for warning in document.warnings]
    return {"document": document, "known": document.metadata, "shares": shares, "notes": notes}


def _health_lines(found: Health, texts: Texts) -> Iterator[str]:
    say = texts.library
    if found.pages:
        yield say.pages_read.format(read=found.pages - found.failed, pages=found.pages)
        counted = (
            (say.by_ocr, found.by_ocr),
            (say.pages_failed, found.failed),
            (say.pages_blank, found.blank),
            (say.printed_numbers, found.with_printed_number),
        )
        yield from (text.format(count=count) for text, count in counted if count)
    if found.recognised is not None:
        yield say.recognised.format(share=f"{found.recognised:.0%}")


# The contents of a thesis to click through


@dataclass(frozen=True, slots=True)
class PlacedHeading:
    """A heading and where it stands."""

    path: tuple[str, ...]
    page: int | None
    label: str | None
    spans: tuple[Span, ...]


def outline_entries(passages: Sequence[Passage]) -> list[PlacedHeading]:
    """The headings of a document, in order, from its passages in reading order."""
    found: dict[str, PlacedHeading] = {}
    for passage in passages:
        if passage.section and passage.section not in found and passage.sentences:
            path = tuple(passage.section.split(SEPARATOR))
            spans = passage.sentences[0].spans  # the heading itself is what a section begins with
            found[passage.section] = PlacedHeading(path, passage.page, passage.page_label, spans)
    following = pairwise([*found.values(), None])
    return [entry for entry, after in following if entry and not _goes_on(entry, after)]


def _goes_on(entry: PlacedHeading, after: PlacedHeading | None) -> bool:
    """Whether the next one is the same heading with its second line: "BAB I", "BAB I LATAR"."""
    return (
        after is not None
        and entry.path[:-1] == after.path[:-1]
        and after.path[-1].startswith(f"{entry.path[-1]} ")
        and entry.page == after.page
    )


def outline_markup(document: str, entries: Sequence[PlacedHeading], texts: Texts) -> str:
    """The headings as nested lists of links into the reader."""
    return fragment("outline.html", texts, document=document, entries=_nested(entries))


def _nested(entries: Sequence[PlacedHeading]) -> list[dict[str, Any]]:
    """The entries as a tree; a level that is left out isn't made up."""
    tree: list[dict[str, Any]] = []
    open_levels = [tree]
    for entry in entries:
        del open_levels[len(entry.path) :]
        node: dict[str, Any] = {"entry": entry, "below": []}
        open_levels[-1].append(node)
        open_levels.append(node["below"])
    return tree
