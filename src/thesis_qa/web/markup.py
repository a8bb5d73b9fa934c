"""An answer and its sources as HTML."""

from collections.abc import Sequence
from dataclasses import replace

from thesis_qa.lang.data import SPOKEN, entry
from thesis_qa.types import Answer, Citation
from thesis_qa.web.places import Highlight, answer_paragraphs, link_to, page_words, place_link
from thesis_qa.web.render import fragment
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
        source=_source(answer) if several else "",
        style="declined" if not answer.answered else "written" if written else "quoted",
        label=origin or _kind(answer, written, texts),
        paragraphs=answer_paragraphs(
            answer.text if answer.answered else _refusal(answer), citations
        ),
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
