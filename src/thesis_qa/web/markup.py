"""HTML from text that nobody vouches for: it is always escaped, never markup."""

import re
from collections.abc import Sequence
from html import escape
from urllib.parse import urlencode

from thesis_qa.index.rows import DocumentInfo
from thesis_qa.lang.data import SPOKEN, entry
from thesis_qa.types import Answer, Citation, DocumentReport, Span
from thesis_qa.web.texts import Texts

LIKELY = 0.75  # confidence from which evidence is called strong
FAIR = 0.5
NUMBER = re.compile(r"\[(\d{1,3})\]")  # of a citation


def size_of(document: DocumentInfo | DocumentReport, texts: Texts) -> list[str]:
    """How much there is of it: pages, where there are several, and passages."""
    pages = [texts.pages.format(count=document.pages)] if document.pages > 1 else []
    one = document.passages == 1
    return [*pages, texts.one_passage if one else texts.passages.format(count=document.passages)]


def flat(markup: str) -> str:
    """Markup on one line: Markdown ends a block of HTML at a blank line."""
    return " ".join(markup.split())


def answer_markup(answer: Answer, key: str, texts: Texts, origin: str = "") -> str:
    """An answer for the chat, its citations as small numbers that lead to the sources.

    `key` tells the answers of a conversation apart; `origin` says where it comes from, if not
    from a question that was just asked.
    """
    if not answer.answered:
        return _declined(answer, key, texts)
    written = answer.model != "quotes"
    kind = texts.quoted
    if written:
        kind = texts.written.format(model=answer.model, where=runs_on(answer.runs_on, texts))
    label = origin or f"{kind} · {confidence_words(answer.confidence, texts)}"
    body = _paragraphs(answer.text, answer.citations, key, texts)
    style = "written" if written else "quoted"
    return flat(
        f'<div class="answer {style}"><p class="kind">{escape(label)}</p>{body}'
        f"{_about_writing(answer, texts)}</div>"
    )


def _about_writing(answer: Answer, texts: Texts) -> str:
    """What is to be said of a language model's part: at work, failed, or corrected."""
    parts = [f'<p class="quiet writing">{escape(texts.writing)}</p>'] if answer.writing else []
    if answer.problem:
        parts.append(f'<p class="quiet">{escape(answer.problem)}</p>')
    if answer.struck:
        lines = (f"<li><s>{escape(s.text)}</s> {escape(s.reason)}</li>" for s in answer.struck)
        summary = f"<summary>{escape(texts.struck)} ({len(answer.struck)})</summary>"
        parts.append(f'<details class="struck">{summary}<ul>{"".join(lines)}</ul></details>')
    return "".join(parts)


def runs_on(where: str | None, texts: Texts) -> str:
    """Where a language model runs, in words."""
    return texts.here if where == "local" else where or "?"


def _declined(answer: Answer, key: str, texts: Texts) -> str:
    """What was looked for and what is nearest, without what stands on the buttons below."""
    known = entry("answer.declined", answer.language or SPOKEN)  # the heading says it
    text = answer.text.removeprefix(known)
    if answer.suggestion:  # offered as something to click
        text = "\n".join(line for line in text.splitlines() if answer.suggestion not in line)
    for citation in answer.nearest:
        text = text.replace(f"“{citation.quote}”", f"“{citation.quote}” [{citation.number}]")
    said = _paragraphs(text, answer.nearest, key, texts)
    return flat(
        f'<div class="answer declined"><p class="kind">{escape(texts.declined)}</p>{said}</div>'
    )


def confidence_words(confidence: float, texts: Texts) -> str:
    """The probability that the evidence answers the question, in words."""
    if confidence >= LIKELY:
        return texts.strong
    return texts.fair if confidence >= FAIR else texts.weak


def _paragraphs(text: str, citations: Sequence[Citation], key: str, texts: Texts) -> str:
    parts = re.split(r"\n\s*\n", text.strip())
    return "".join(f"<p>{_paragraph(p, citations, key, texts)}</p>" for p in parts if p.strip())


def _paragraph(text: str, citations: Sequence[Citation], key: str, texts: Texts) -> str:
    return "".join(
        f'<span class="quote">{marked_quote(piece)}</span>'
        if isinstance(piece, Citation)
        else _linked(escape(piece), citations, key, texts)
        for piece in pieces(text, citations)
    )


def pieces(text: str, citations: Sequence[Citation]) -> list[str | Citation]:
    """`text` with the quotes in it told apart from what is around them.

    A quote may itself hold "[1]"; only what is around it is ours.
    """
    by_quote = {c.quote: c for c in citations if c.quote}
    if not by_quote:
        return [text]
    longest_first = sorted(by_quote, key=len, reverse=True)
    found = re.split(f"({'|'.join(map(re.escape, longest_first))})", text)
    return [by_quote.get(piece, piece) for piece in found]


def _linked(text: str, citations: Sequence[Citation], key: str, texts: Texts) -> str:
    numbers = {c.number for c in citations}

    def link(found: re.Match[str]) -> str:
        number = int(found[1])
        if number not in numbers:
            return found[0]
        spoken = escape(texts.source.format(number=""))  # the chat takes other labels out
        return (
            f'<a class="cite" href="#source-{key}-{number}">'
            f'<span class="spoken">{spoken}</span>{number}</a>'
        )

    return NUMBER.sub(link, text).replace("\n", "<br>")


def marked_quote(citation: Citation) -> str:
    """The quote with the words that answer marked."""
    quote = citation.quote
    if not citation.answer:
        return escape(quote)
    start, end = citation.answer
    return f"{escape(quote[:start])}<mark>{escape(quote[start:end])}</mark>{escape(quote[end:])}"


def where(citation: Citation, texts: Texts) -> str:
    """The page as a reader looks for it: "p. 29 (file page 61)"; empty without pages."""
    return page_words(citation.page, citation.page_label, texts)


def page_words(page: int | None, label: str | None, texts: Texts) -> str:
    """A page by its printed number, and the file's where that is another."""
    if page is None:
        return ""
    label = label or str(page)
    printed = texts.page.format(label=label)
    if label == str(page):
        return printed
    return f"{printed} ({texts.file_page.format(page=page)})"


def place_link(route: str, citation: Citation, texts: Texts, **more: str) -> str:
    """The address of a place or its picture, with what is to be highlighted there."""
    marks = [f"{s.page or 1}:{s.start}-{s.end}" for s in citation.spans]
    return _address(route, citation.document, citation.page, marks, texts, **more)


def place_address(
    route: str, document: str, page: int | None, spans: Sequence[Span], texts: Texts
) -> str:
    """The address of a place by the spans it consists of."""
    marks = [f"{s.page + 1}:{s.start}-{s.end}" for s in spans]
    return _address(route, document, page, marks, texts)


def _address(
    route: str, document: str, page: int | None, marks: Sequence[str], texts: Texts, **more: str
) -> str:
    known = [("document", document), ("language", texts.language), *more.items()]
    if page is not None:
        known.append(("page", str(page)))
    return f"/{route}?{urlencode([*known, *(('mark', mark) for mark in marks)])}"
