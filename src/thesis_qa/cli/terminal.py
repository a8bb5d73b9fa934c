"""An answer as lines of a terminal. Text of documents and of models can't steer it."""

import json
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from thesis_qa.errors import one_line
from thesis_qa.lang.data import text
from thesis_qa.settings import Settings
from thesis_qa.types import Answer, Citation, Language, Passage, Translation, place, to_json

if TYPE_CHECKING:
    from thesis_qa.library import Index

NEAREST = 3  # passages shown where the documents don't say


def open_index(settings: Settings) -> "Index":
    """The index of the settings, whose places lie under their address."""
    from thesis_qa.library import Index

    index = Index.open(settings.index, rerank=settings.rerank)
    index.public_url = settings.address
    return index


def print_json(value: object, indent: int | None = 2) -> None:
    """One JSON document on standard output."""
    print(json.dumps(to_json(value), ensure_ascii=False, indent=indent), flush=True)


def environment_language() -> Language:
    """The language of the user's environment where it is Indonesian, English otherwise."""
    stated = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return "id" if next(filter(None, stated), "").startswith("id") else "en"


def worded(key: str, /, **values: object) -> str:
    """A text of the command line in the user's language."""
    return text(key, environment_language(), **values)


def size_of(what: str, number: int) -> str:
    """ "1 page", "1,204 pages"."""
    return worded(f"text.cli.{what}.{'one' if number == 1 else 'several'}", number=number)


def answer_lines(answer: Answer) -> Iterator[str]:
    """The text, its sources, what was struck out; without an answer the nearest passages."""
    written = answer.model != "quotes"
    if written:
        here = answer.runs_on == "local"
        where = worded("text.cli.this_machine") if here else answer.runs_on or "?"
        by = one_line(f"{answer.model} ({where})")
        yield worded("text.cli.written", by=by) + "\n"
    yield printable(answer.text)
    if answer.citations:
        yield ""
    translations = {t.number: t for t in answer.translations}
    for citation in answer.citations:
        yield f"[{citation.number}] {citation_place(citation)}"
        if written:
            yield f"    “{printable(citation.quote)}”"
        if citation.number in translations:
            yield f"    {_translation(translations[citation.number])}"
    for struck in answer.struck:
        line = worded("text.cli.struck", text=struck.text, reason=struck.reason)
        yield "\n" + printable(line)
    if answer.tokens:
        seconds = round(answer.timings.get("write", 0.0), 1)
        yield "\n" + worded("text.web.cost", seconds=seconds, **answer.tokens)
    if not answer.answered:
        for passage in answer.passages[:NEAREST]:
            yield f"\n- {passage_place(passage)}\n  {printable(passage.text)}"


def citation_place(citation: Citation) -> str:
    """Where a quote stands: document, page, section."""
    parts = (citation.document, place(citation), citation.section)
    return ", ".join(one_line(part) for part in parts if part)


def _translation(translation: Translation) -> str:
    language, model = translation.language, translation.model
    by = one_line(worded("text.cli.translated", language=language, model=model))
    doubt = f" ({printable(translation.doubt)})" if translation.doubt else ""
    return f"{by}: {printable(translation.text)}{doubt}"


def passage_place(passage: Passage) -> str:
    """Where a passage stands: document, page, section."""
    label = passage.page_label or passage.page
    page = worded("text.references.page", label=label) if passage.page else ""
    return ", ".join(one_line(part) for part in (passage.document, page, passage.section) if part)


def printable(text: str) -> str:
    """Text of a document for the terminal: no control characters, which could steer it."""
    return "".join(c if c.isprintable() or c == "\n" else " " for c in text)
