"""HTML from text that nobody vouches for: it is always escaped, never markup."""

import re
from collections.abc import Sequence
from html import escape
from urllib.parse import urlencode

from thesis_qa.page.texts import Texts
from thesis_qa.schema import Answer, Citation, Span

LIKELY = 0.75  # confidence from which evidence is called strong
FAIR = 0.5


def flat(markup: str) -> str:
    """Markup on one line: Markdown ends a block of HTML at a blank line."""
    return " ".join(markup.split())


def answer_markup(answer: Answer, key: str, texts: Texts) -> str:
    """An answer for the chat, its citations as small numbers that lead to the sources.

    `key` tells the answers of a conversation apart.
    """
    if not answer.answered:
        return _declined(answer, texts)
    written = answer.model != "quotes"
    kind = texts.written.format(model=answer.model) if written else texts.quoted
    label = f"{kind} · {confidence_words(answer.confidence, texts)}"
    paragraphs = re.split(r"\n\s*\n", answer.text.strip())
    body = "".join(_paragraph(p, answer.citations, key, texts) for p in paragraphs)
    style = "written" if written else "quoted"
    return flat(f'<div class="answer {style}"><p class="kind">{escape(label)}</p>{body}</div>')


def _declined(answer: Answer, texts: Texts) -> str:
    said = "".join(f"<p>{escape(p)}</p>" for p in re.split(r"\n\s*\n", answer.text.strip()))
    return flat(
        f'<div class="answer declined"><p class="kind">{escape(texts.declined)}</p>{said}</div>'
    )


def confidence_words(confidence: float, texts: Texts) -> str:
    """The probability that the evidence answers the question, in words."""
    if confidence >= LIKELY:
        return texts.strong
    return texts.fair if confidence >= FAIR else texts.weak


def _paragraph(text: str, citations: Sequence[Citation], key: str, texts: Texts) -> str:
    by_quote = {c.quote: c for c in citations if c.quote}
    longest_first = sorted(by_quote, key=len, reverse=True)
    pieces = re.split(f"({'|'.join(map(re.escape, longest_first))})", text) if by_quote else [text]
    parts = (
        f'<span class="quote">{marked_quote(by_quote[piece])}</span>'
        if piece in by_quote  # a quote may itself hold "[1]"; only what is around it is ours
        else _linked(escape(piece), citations, key, texts)
        for piece in pieces
    )
    return f"<p>{''.join(parts)}</p>"


def _linked(text: str, citations: Sequence[Citation], key: str, texts: Texts) -> str:
    numbers = {c.number for c in citations}

    def link(found: re.Match[str]) -> str:
        number = int(found[1])
        if number not in numbers:
            return found[0]
        label = escape(texts.source.format(number=number))
        return f'<a class="cite" href="#source-{key}-{number}" aria-label="{label}">{number}</a>'

    return re.sub(r"\[(\d{1,3})\]", link, text).replace("\n", "<br>")


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
