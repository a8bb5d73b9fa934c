"""An answer and its sources as HTML."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from thesis_qa.lang.data import SPOKEN, entry
from thesis_qa.read.glyphs import boxes
from thesis_qa.types import Answer, Box, Citation, Page, Translation
from thesis_qa.web.look import fragment, render
from thesis_qa.web.places import Highlight, answer_parts, link_to, page_words, place_link
from thesis_qa.web.texts import Texts

LIKELY = 0.75  # confidence from which evidence is called strong: three of four are right then
FAIR = 0.5


def answer_markup(
    answer: Answer,
    key: str,
    texts: Texts,
    origin: str = "",
    scope: Sequence[tuple[str, str]] = (),
    several: bool = False,
) -> str:
    """An answer for the chat, its citations as small numbers that lead to the sources.

    `key` tells the answers of a conversation apart; `origin` says where it comes from, if not
    from a question that was just asked. `scope` has name and title of the theses it was restricted
    to; where there are `several`, the only one that is cited is named too.
    """
    written = answer.model != "quotes"
    citations = answer.citations if answer.answered else answer.nearest
    return fragment(
        "answer.html",
        texts,
        answer=answer,
        key=key,
        scope=scope,
        theses=[f"{c.title or c.document}:" for c in citations],
        source=_source(answer) if several else "",
        style="declined" if not answer.answered else "written" if written else "quoted",
        label=origin or _kind(answer, written, texts),
        parts=answer_parts(answer.text if answer.answered else _refusal(answer), citations),
    )


def _source(answer: Answer) -> str:
    """The thesis that all is quoted from: author, year, title; empty where there are others."""
    first = next(iter(answer.citations), None)
    if first is None or any(c.document != first.document for c in answer.citations):
        return ""
    return " · ".join(str(part) for part in (first.author, first.year, first.title) if part)


def _kind(answer: Answer, written: bool, texts: Texts) -> str:
    """Who words the answer, and how sure it is."""
    if not answer.answered:
        return str(texts.declined)
    kind = texts.quoted
    if written:
        kind = texts.written.format(model=answer.model, where=runs_on(answer.runs_on, texts))
    return f"{kind} · {confidence_words(answer.confidence, texts)}"


def _refusal(answer: Answer) -> str:
    """What was looked for and what is nearest, without what stands above it or on the buttons."""
    declined = entry("answer.declined", answer.language or SPOKEN)  # the heading says it
    text = answer.text.removeprefix(declined)
    if answer.suggestion:  # offered as something to click
        text = "\n".join(line for line in text.splitlines() if answer.suggestion not in line)
    for citation in answer.nearest:
        text = text.replace(f"“{citation.quote}”", f"“{citation.quote}” [{citation.number}]")
    return text


def runs_on(where: str | None, texts: Texts) -> str:
    """Where a language model runs, in words."""
    return texts.here if where == "local" else where or "?"


def confidence_words(confidence: float, texts: Texts) -> str:
    """The probability that the evidence answers the question, in words."""
    if confidence >= LIKELY:
        return str(texts.strong)
    return str(texts.fair if confidence >= FAIR else texts.weak)


# Source cards


def source_group(answer: Answer, key: str, texts: Texts) -> str:
    """The sources of one answer, or the nearest passages where the documents don't say."""
    citations = answer.citations if answer.answered else answer.nearest
    if not citations:
        return ""
    return fragment(
        "sources.html",
        texts,
        answer=answer,
        citations=citations,
        key=key,
        languages={"id": texts.indonesian, "en": texts.english},
        by_model=answer.model != "quotes" or bool(answer.problem),
        elsewhere=_elsewhere,
        files=_marked_files(citations, texts),
    )


def _elsewhere(citation: Citation, texts: Texts) -> list[tuple[str, str]]:
    """Address and words of where else the document says the same."""
    return [
        (
            place_link("place", replace(citation, page=place.page, spans=(place,)), texts),
            page_words(place.page, place.page_label, texts) or texts.show_place,
        )
        for place in citation.places
    ]


def _marked_files(citations: Sequence[Citation], texts: Texts) -> list[tuple[str, str]]:
    """Address and name of each PDF that is quoted, with all its quotes highlighted."""
    found: dict[str, list[Highlight]] = {}
    for cited in citations:
        if any(span.boxes for span in cited.spans):
            marks = (Highlight(s.page or 1, s.start, s.end) for s in cited.spans)
            found.setdefault(cited.document, []).extend(marks)
    return [(link_to("marked", name, None, marks, texts), name) for name, marks in found.items()]


# The place a quote was taken from

NARROWEST = 0.7  # share of a page's width that is always shown: of an A4 page, 15 cm
AIR = 12.0  # points left around what is shown of a page
AROUND = 3000  # characters before and after a quote among which its paragraphs are looked for
PARAGRAPH = re.compile(r"\S(?:.|\n(?!\s*\n))*")

MarkedText = tuple[str, bool]
"""Text, and whether it is marked."""


@dataclass(frozen=True, slots=True)
class Place:
    """What the reader is shown."""

    document: str
    title: str
    page: Page
    position: int  # of the page, from 1
    pages: int
    marks: tuple[Highlight, ...]
    crop: Box | None = None  # the part of the page that is shown, in points
    width: int = 1500  # of its picture, in pixels

    @property
    def boxes(self) -> list[Box]:
        """Where the marks are on the page, one box a line."""
        return [box for mark in self.marked for box in boxes(self.page, mark.start, mark.end)]

    @property
    def shown(self) -> Box:
        """The part of the page that is shown: all that is printed, and all that is marked."""
        whole = (0.0, 0.0, self.page.width, self.page.height)
        parts = [_wide(self.crop, self.page.width), *self.boxes] if self.crop else [whole]
        left, top, right, bottom = zip(*parts, strict=True)
        edges = (min(left) - AIR, min(top) - AIR, max(right) + AIR, max(bottom) + AIR)
        low, high = (max(edge, 0.0) for edge in edges[:2]), zip(edges[2:], whole[2:], strict=True)
        return tuple(round(edge) for edge in (*low, *map(min, high)))

    @property
    def marked(self) -> list[Highlight]:
        """The marks on this page, as they follow each other."""
        here = (mark for mark in self.marks if mark.page == self.position)
        return sorted(here, key=lambda mark: mark.start)

    def link(self, route: str, texts: Texts, by: int = 0, **more: object) -> str:
        """The address of this page, or of another one further on."""
        return link_to(route, self.document, self.position + by, self.marks, texts, **more)


def _wide(crop: Box, width: float) -> Box:
    """The part of a page, at least `NARROWEST` of it wide: a few words needn't fill a screen."""
    left, top, right, bottom = crop
    lacking = max(0.0, NARROWEST * width - (right - left)) / 2
    return left - lacking, top, right + lacking, bottom


def place_page(
    place: Place,
    texts: Texts,
    stale: bool = False,
    changed: bool = False,
    going_on: Sequence[Place] = (),
) -> str:
    """A whole page of HTML that also works by itself; its `<main>` is shown in a window.

    Of a file that is `stale`, changed since it was read or gone, only the stored text is shown.
    `changed` says that other words stand here than when the address was made. `going_on` are
    further pages that what is marked runs over to.
    """
    pictured = bool(place.page.width) and not stale
    paragraphs = [] if pictured else list(_paragraphs(place))
    return render(
        "place.html",
        texts,
        place=place,
        sheets=[place, *going_on],
        stale=stale,
        changed=changed,
        pictured=pictured,
        paragraphs=paragraphs,
    )


def missing_page(texts: Texts) -> str:
    """What is said where there is nothing, or no longer."""
    return render("missing.html", texts)


def translation_page(translation: Translation, texts: Texts) -> str:
    """A translated quote with whose it is; its `<main>` is shown in the card of the quote."""
    by = texts.translated.format(model=translation.model, where=runs_on(translation.runs_on, texts))
    return render("translation.html", texts, translation=translation, by=by)


def _paragraphs(place: Place) -> Iterator[list[MarkedText]]:
    """The paragraphs that hold the marks, with one before and one after them."""
    marks, text = place.marked, place.page.text
    if not marks:
        yield [(text[:AROUND], False)]
        return
    first = max(0, marks[0].start - AROUND)
    last = marks[-1].end + AROUND
    found = [(first + p.start(), first + p.end()) for p in PARAGRAPH.finditer(text[first:last])]
    holding = [
        i
        for i, (start, end) in enumerate(found)
        if any(mark.start < end and start < mark.end for mark in marks)
    ]
    near = found[max(0, min(holding, default=0) - 1) : max(holding, default=0) + 2]
    for start, end in near:
        yield list(_parts(text, start, end, marks))


def _parts(text: str, start: int, end: int, marks: Sequence[Highlight]) -> Iterator[MarkedText]:
    at = start
    for mark in marks:
        begins, stops = max(at, mark.start), min(end, mark.end)
        if begins < stops:
            yield text[at:begins], False
            yield text[begins:stops], True
            at = stops
    yield text[at:end], False
