"""An answer as lines of a terminal. Text of documents and of models can't steer it."""

from collections.abc import Iterator

from thesis_qa.errors import one_line
from thesis_qa.types import Answer, Citation, Passage, Translation, place

NEAREST = 3  # passages shown where the documents don't say


def answer_lines(answer: Answer) -> Iterator[str]:
    """The text, its sources, what was struck out; without an answer the nearest passages."""
    written = answer.model != "quotes"
    if written:
        where = "this machine" if answer.runs_on == "local" else answer.runs_on or "?"
        by = one_line(f"{answer.model} ({where})")
        yield f"Written by {by}, checked against the quotes:\n"
    yield printable(answer.text)
    if answer.citations:
        yield ""
    translations = {t.number: t for t in answer.translations}
    for citation in answer.citations:
        yield f"[{citation.number}] {_source(citation)}"
        if written:
            yield f"    “{printable(citation.quote)}”"
        if citation.number in translations:
            yield f"    {_translation(translations[citation.number])}"
    for struck in answer.struck:
        yield f"\nStruck out: {printable(struck.text)} ({printable(struck.reason)})"
    if not answer.answered:
        for passage in answer.passages[:NEAREST]:
            yield f"\n- {passage_place(passage)}\n  {printable(passage.text)}"


def _source(citation: Citation) -> str:
    parts = (citation.document, place(citation), citation.section)
    return ", ".join(one_line(part) for part in parts if part)


def _translation(translation: Translation) -> str:
    by = one_line(f"{translation.language}, translated by {translation.model}")
    doubt = f" ({printable(translation.doubt)})" if translation.doubt else ""
    return f"{by}: {printable(translation.text)}{doubt}"


def passage_place(passage: Passage) -> str:
    """Where a passage stands: document, page, section."""
    page = f"p. {passage.page_label or passage.page}" if passage.page else ""
    return ", ".join(one_line(part) for part in (passage.document, page, passage.section) if part)


def printable(text: str) -> str:
    """Text of a document for the terminal: no control characters, which could steer it."""
    return "".join(c if c.isprintable() or c == "\n" else " " for c in text)
