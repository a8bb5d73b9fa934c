"""The place a quote was taken from: a page of a PDF, or the paragraph with its neighbours."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import urlencode

from thesis_qa.types import Page, Translation
from thesis_qa.web.markup import runs_on
from thesis_qa.web.texts import Texts

AROUND = 3000  # characters before and after a quote among which its paragraphs are looked for
PARAGRAPH = re.compile(r"\S(?:.|\n(?!\s*\n))*")
STYLE = '<link rel="stylesheet" href="/style.css">'


@dataclass(frozen=True, slots=True)
class Mark:
    """Characters `start` to `end` of a page, counted from 1, that are to be highlighted."""

    page: int
    start: int
    end: int

    @classmethod
    def parse(cls, text: str) -> "Mark":
        """From "61:1204-1318". Raises ValueError for anything else."""
        found = re.fullmatch(r"(\d{1,6}):(\d{1,9})-(\d{1,9})", text, re.ASCII)
        if not found:
            raise ValueError(f"not a mark: {text[:40]!r}")
        return cls(*map(int, found.groups()))

    def __str__(self) -> str:
        return f"{self.page}:{self.start}-{self.end}"


@dataclass(frozen=True, slots=True)
class Place:
    """What the reader is shown."""

    document: str
    title: str
    page: Page
    position: int  # of the page, from 1
    pages: int
    marks: tuple[Mark, ...]

    @property
    def marked(self) -> list[Mark]:
        """The marks on this page."""
        return [mark for mark in self.marks if mark.page == self.position]


def place_page(place: Place, texts: Texts, stale: bool = False) -> str:
    """A whole page of HTML that also works by itself; its `<main>` is shown in a window.

    Of a file that is `stale`, changed since it was read or gone, only the stored text is shown.
    """
    if stale:
        body = f'<p class="problem">{escape(texts.shelf.stale)}</p>{_paragraphs(place)}'
    else:
        body = _sheet(place, texts) if place.page.width else _paragraphs(place)
    return _page(place.title or place.document, body, texts)


def missing_page(texts: Texts) -> str:
    """What is said where there is nothing, or no longer."""
    back = f'<p><a href="/">{escape(texts.name)}</a></p>'
    return _page(texts.shelf.missing, f"<p>{escape(texts.shelf.missing_why)}</p>{back}", texts)


def _page(title: str, body: str, texts: Texts) -> str:
    title = escape(title)
    return (
        f'<!doctype html><html lang="{texts.language}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{title}</title>{STYLE}</head><body class="reading">'
        f"<main><h1>{title}</h1>{body}</main></body></html>"
    )


def translation_page(translation: Translation, texts: Texts) -> str:
    """A translated quote with whose it is; its `<main>` is shown in the card of the quote."""
    by = texts.translated.format(model=translation.model, where=runs_on(translation.runs_on, texts))
    doubt = f"<p><strong>{escape(translation.doubt)}</strong></p>" if translation.doubt else ""
    text = f"<p>{escape(translation.text)}</p><p>{escape(by)}</p>" if translation.text else ""
    return (
        f'<!doctype html><html lang="{texts.language}"><head><meta charset="utf-8">{STYLE}</head>'
        f'<body class="reading"><main>{text}{doubt}</main></body></html>'
    )


def _sheet(place: Place, texts: Texts) -> str:
    picture = _link("picture", place, place.position, texts, width="1500")
    heading = texts.page_of.format(page=place.position, pages=place.pages)
    if place.page.label and place.page.label != str(place.position):
        heading = f"{texts.page.format(label=place.page.label)} · {heading}"
    alternative = texts.page_picture.format(page=place.position, document=place.document)
    ratio = place.page.height / place.page.width
    return (
        f'<nav class="turn">{_turn(place, -1, "‹", texts.previous, texts)}'
        f"<span>{escape(heading)}</span>{_turn(place, 1, '›', texts.next, texts)}"
        f'<a class="file" href="{escape(_file(place))}" target="_blank">'
        f"{escape(texts.open_file)}</a></nav>"
        f'<div class="sheet"><img width="1000" height="{round(1000 * ratio)}"'
        f' src="{escape(picture)}" alt="{escape(alternative)}"></div>'
    )


def _turn(place: Place, by: int, sign: str, label: str, texts: Texts) -> str:
    page = place.position + by
    if not 1 <= page <= place.pages:
        return f'<span class="turn" aria-hidden="true">{sign}</span>'
    link = escape(_link("place", place, page, texts))
    return f'<a class="turn" href="{link}" data-reader aria-label="{escape(label)}">{sign}</a>'


def _link(route: str, place: Place, page: int, texts: Texts, **more: str) -> str:
    known = {"document": place.document, "language": texts.language, **more, "page": str(page)}
    marks = [("mark", str(mark)) for mark in place.marks]
    return f"/{route}?{urlencode([*known.items(), *marks])}"


def _file(place: Place) -> str:
    return f"/file?{urlencode({'document': place.document})}#page={place.position}"


def _paragraphs(place: Place) -> str:
    marks = sorted(place.marked, key=lambda mark: mark.start)
    if not marks:
        return f"<p>{escape(place.page.text[:AROUND])}</p>"
    text = place.page.text
    first = max(0, marks[0].start - AROUND)
    last = marks[-1].end + AROUND
    found = [(first + p.start(), first + p.end()) for p in PARAGRAPH.finditer(text[first:last])]
    holding = [
        i
        for i, (start, end) in enumerate(found)
        if any(mark.start < end and start < mark.end for mark in marks)
    ]
    near = found[max(0, min(holding, default=0) - 1) : max(holding, default=0) + 2]
    return "".join(f"<p>{_marked(text, start, end, marks)}</p>" for start, end in near)


def _marked(text: str, start: int, end: int, marks: Sequence[Mark]) -> str:
    parts, at = [], start
    for mark in marks:
        begins, stops = max(at, mark.start), min(end, mark.end)
        if begins < stops:
            parts += [escape(text[at:begins]), f"<mark>{escape(text[begins:stops])}</mark>"]
            at = stops
    return "".join([*parts, escape(text[at:end])])
