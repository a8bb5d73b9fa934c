"""A link to an answer: its question and the places it quotes, looked up again when it is opened.

The link holds no text of the documents but a fingerprint of each quote, so what is shown is what
stands on the page now, and where that has changed since, it is said.
"""

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from thesis_qa.answer.cite import recite
from thesis_qa.index.catalog import Catalog
from thesis_qa.question.read import MAX_QUESTION
from thesis_qa.types import Answer, Citation, Span
from thesis_qa.web.texts import Texts
from thesis_qa.web.viewer import Mark

MAX_LINK = 16_000  # characters
MAX_CITED = 8
MAX_PARTS = 20  # of a quote
MAX_NAME = 500
MAX_LENGTH = 5000  # characters of a part; a text without pages is one long page


@dataclass(frozen=True, slots=True)
class Cited:
    """A place that a link points to."""

    document: str
    marks: tuple[Mark, ...]
    fingerprint: str  # of the quote when the link was made


@dataclass(frozen=True, slots=True)
class Reopened:
    """An answer put together again from its link, and how that went."""

    answer: Answer
    said: str  # that all is as it was, or what isn't


def permalink(answer: Answer, texts: Texts) -> str:
    """The address of `answer` on this server, beginning with "/"."""
    cited = [
        [c.document, ",".join(f"{s.page or 1}:{s.start}-{s.end}" for s in c.spans), _print(c.quote)]
        for c in answer.citations[:MAX_CITED]
    ]
    question = answer.resolved_question or answer.question
    packed = json.dumps([question, cited], ensure_ascii=False, separators=(",", ":"))
    encoded = base64.urlsafe_b64encode(packed.encode()).rstrip(b"=").decode()
    return f"/{texts.language}/?answer={encoded}"


def unpack(text: str) -> tuple[str, tuple[Cited, ...]]:
    """The question and the places of a link. Raises ValueError for anything that is none."""
    if len(text) > MAX_LINK:
        raise ValueError("the link is too long")
    packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    found = json.loads(packed.decode())
    if not isinstance(found, list) or len(found) != 2:
        raise ValueError("not a question with its places")
    question, cited = found
    if not isinstance(question, str) or len(question) > MAX_QUESTION:
        raise ValueError("not a question")
    if not isinstance(cited, list) or not 0 < len(cited) <= MAX_CITED:
        raise ValueError("not its places")
    return question, tuple(map(_cited, cited))


def _cited(values: Any) -> Cited:
    if not isinstance(values, list) or len(values) != 3:
        raise ValueError("not a place")
    if not all(isinstance(value, str) and len(value) <= MAX_NAME for value in values):
        raise ValueError("not a place")
    document, marks, fingerprint = values
    parts = tuple(map(Mark.parse, marks.split(",")))
    if len(parts) > MAX_PARTS or any(part.end - part.start > MAX_LENGTH for part in parts):
        raise ValueError("more than a quote")
    return Cited(document, parts, fingerprint)


def reopen(catalog: Catalog, link: str, texts: Texts) -> Reopened:
    """The answer of a link, quoted from what stands on the pages now.

    Raises ValueError for what is no link, or one of which nothing is left.
    """
    question, cited = unpack(link)
    citations: list[Citation] = []
    said: list[str] = []
    for place in cited:
        try:
            spans = [Span(mark.page - 1, mark.start, mark.end) for mark in place.marks]
            citation = recite(catalog, len(citations) + 1, place.document, spans)
        except KeyError:
            said.append(texts.answers.gone.format(document=place.document))
            continue
        citations.append(citation)
        if _print(citation.quote) != place.fingerprint:
            said.append(texts.answers.changed.format(number=citation.number))
    if not citations:
        raise ValueError(said[0] if said else "nothing is left of it")
    said = list(dict.fromkeys(said)) or [texts.answers.from_link]
    return Reopened(_answer(question, citations), " ".join(said))


def _answer(question: str, citations: Sequence[Citation]) -> Answer:
    return Answer(
        question=question,
        language=None,
        answered=True,
        confidence=0.0,
        text="\n\n".join(f"“{c.quote}” [{c.number}]" for c in citations),
        citations=tuple(citations),
        passages=(),
        model="quotes",
        timings={},
    )


def _print(quote: str) -> str:
    """A fingerprint of a quote: 12 digits of its SHA-256."""
    return hashlib.sha256(quote.encode("utf-8", "replace")).hexdigest()[:12]
