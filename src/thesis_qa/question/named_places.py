"""Where a question itself says to look: "on page 29", "di bab 4", "section 4.2"."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from thesis_qa.lang.data import alternatives
from thesis_qa.lang.numbers import number_value, words_up_to
from thesis_qa.types import Heading


@dataclass(frozen=True, slots=True)
class NamedPlaces:
    """Places a question names; empty where it names none."""

    pages: frozenset[str] = frozenset()  # as printed or counted: "29", "xii"
    chapters: frozenset[int] = frozenset()
    sections: frozenset[tuple[int, ...]] = frozenset()  # (4, 2)
    tables: frozenset[str] = frozenset()  # "4.2", "7"
    figures: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.pages or self.chapters or self.sections or self.tables or self.figures)

    def on_page(self, number: int | None, label: str | None) -> bool:
        """Whether a page is named, by its printed number or by its place in the file."""
        return bool(self.pages) and not self.pages.isdisjoint({(label or "").lower(), str(number)})

    def in_section(self, headings: Sequence[Heading]) -> bool:
        """Whether what stands under `headings` lies in a chapter or section named."""
        numbers = [heading.number for heading in headings if heading.number]
        chapter = numbers[0][:1] if numbers else ()
        return chapter in {(c,) for c in self.chapters} or not self.sections.isdisjoint(numbers)


def named_places(question: str) -> NamedPlaces:
    """The places that `question` names."""
    matches = _named().finditer(question)
    found = [(m.lastgroup, m[m.lastgroup].lower()) for m in matches if m.lastgroup]
    chapters = (number_value(text) for kind, text in found if kind in ("chapter", "ordinal"))
    return NamedPlaces(
        pages=frozenset(text for kind, text in found if kind == "page"),
        chapters=frozenset(chapter for chapter in chapters if chapter),
        sections=frozenset(
            tuple(number_value(part) or 0 for part in text.split("."))
            for kind, text in found
            if kind == "section"
        ),
        tables=frozenset(text for kind, text in found if kind == "table"),
        figures=frozenset(text for kind, text in found if kind == "figure"),
    )


def written_places(question: str) -> tuple[str, ...]:
    """The same, as they are written."""
    return tuple(match.group() for match in _named().finditer(question))


@cache
def _named() -> re.Pattern[str]:
    """Words for a place with the number behind them, or an English ordinal before "chapter"."""
    pages, chapters, sections, tables, figures = (
        alternatives(f"question.places.{kind}")
        for kind in ("page", "chapter", "section", "table", "figure")
    )
    words = "|".join(words_up_to(10, ordinals=True))
    number = rf"\d{{1,2}}|[ivx]{{1,5}}|{words}"
    return re.compile(
        rf"\b(?:{pages})\.?\s*(?:no(?:mor)?\.?\s*)?(?P<page>\d{{1,4}}|[ivxlc]{{1,8}})\b"
        rf"|\b(?:{sections})\s*(?P<section>(?:\d+|[ivx]{{1,5}})(?:\.\d+)+|\d+)\b"
        rf"|\b(?:{tables})\.?\s*(?:no(?:mor)?\.?\s*)?(?P<table>\d+(?:[.-]\d+)*)\b"
        rf"|\b(?:{figures})\.?\s*(?:no(?:mor)?\.?\s*)?(?P<figure>\d+(?:[.-]\d+)*)\b"
        rf"|\b(?:{chapters})\.?\s*(?:ke-?\s*)?(?P<chapter>{number})\b(?!\.\d)"
        rf"|\b(?P<ordinal>{words})\s(?:{chapters})\b",
        re.IGNORECASE,
    )
