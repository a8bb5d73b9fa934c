"""A link to an answer: its question and the places it quotes, looked up again when it is opened.

The link holds no text of the documents but a fingerprint of each quote, so what is shown is what
stands on the page now, and where that has changed since, it is said.
"""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field, TypeAdapter

from thesis_qa.address import print_of
from thesis_qa.answer.cite import recite
from thesis_qa.index.catalog import Catalog
from thesis_qa.question.read import MAX_QUESTION
from thesis_qa.types import Answer, Citation, Span
from thesis_qa.web.places import Highlight
from thesis_qa.web.texts import Texts

MAX_LINK = 16_000  # characters
MAX_CITED = 8
MAX_PARTS = 20  # of a quote
MAX_NAME = 500
MAX_LENGTH = 5000  # characters of a part; a text without pages is one long page

_Name = Annotated[str, Field(max_length=MAX_NAME)]
Cited = tuple[_Name, _Name, _Name]
"""A document, the marks of a quote in it, and the quote's fingerprint when the link was made."""

_LINKED = TypeAdapter(
    tuple[
        Annotated[str, Field(max_length=MAX_QUESTION)],
        Annotated[list[Cited], Field(min_length=1, max_length=MAX_CITED)],
    ]
)


@dataclass(frozen=True, slots=True)
class Reopened:
    """An answer put together again from its link, and how that went."""

    answer: Answer
    said: str  # that all is as it was, or what isn't


def permalink(answer: Answer, texts: Texts) -> str:
    """The address of `answer` on this server, beginning with "/"."""
    shown = answer.citations[:MAX_CITED]
    places = [",".join(f"{s.page or 1}:{s.start}-{s.end}" for s in c.spans) for c in shown]
    cited = [[c.document, at, print_of(c.quote)] for c, at in zip(shown, places, strict=True)]
    question = answer.resolved_question or answer.question
    packed = json.dumps([question, cited], ensure_ascii=False, separators=(",", ":"))
    encoded = base64.urlsafe_b64encode(packed.encode()).rstrip(b"=").decode()
    return f"{texts.root}/{texts.language}/?answer={encoded}"


def unpack_link(link: str) -> tuple[str, list[Cited]]:
    """The question and the places of a link. Raises ValueError for anything that is none."""
    if len(link) > MAX_LINK:
        raise ValueError(len(link))
    packed = base64.b64decode(link + "=" * (-len(link) % 4), altchars=b"-_", validate=True)
    question, cited = _LINKED.validate_json(packed, strict=True)
    for _, marks, _ in cited:
        spans_of(marks.split(","))
    return question, cited


def spans_of(marks: Sequence[str]) -> list[Span]:
    """Where marks stand. Raises ValueError for what isn't one, or too much."""
    parts = list(map(Highlight.parse, marks))
    if len(parts) > MAX_PARTS or any(part.end - part.start > MAX_LENGTH for part in parts):
        raise ValueError(marks[:1])
    return [Span(part.page - 1, part.start, part.end) for part in parts]


def reopen(catalog: Catalog, link: str, texts: Texts) -> Reopened:
    """The answer of a link, quoted from what stands on the pages now.

    Raises ValueError for what is no link, or one of which nothing is left.
    """
    question, cited = unpack_link(link)
    citations: list[Citation] = []
    said: list[str] = []
    for document, marks, printed in cited:
        try:
            citation = recite(catalog, len(citations) + 1, document, spans_of(marks.split(",")))
        except KeyError:
            said.append(texts.answers.gone.format(document=document))
            continue
        citations.append(citation)
        if print_of(citation.quote) != printed:
            said.append(texts.answers.changed.format(number=citation.number))
    if not citations:
        raise ValueError(said[0])
    said = list(dict.fromkeys(said)) or [texts.answers.from_link]
    return Reopened(_answer(question, citations), " ".join(said))


def _answer(question: str, citations: Sequence[Citation]) -> Answer:
    text = "\n\n".join(f"“{c.quote}” [{c.number}]" for c in citations)
    return Answer(question, None, True, 0.0, text, tuple(citations), (), "quotes", {})
