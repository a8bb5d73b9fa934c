"""The stable address of a place: it opens the page with the quote marked, and says if that changed.

An address holds no text of the documents but a fingerprint of the quote, which is compared with
what stands at its place when it is opened.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeVar
from urllib.parse import urlencode

from thesis_qa.types import Answer, Citation, Match, Passage

Addressed = TypeVar("Addressed", Answer, Citation, Match, Passage)

MOST_MARKS = 20  # in one address; longer ones aren't opened by every program


def print_of(quote: str) -> str:
    """12 digits of a quote's SHA-256."""
    return hashlib.sha256(quote.encode("utf-8", "replace")).hexdigest()[:12]


def place_address(
    base: str, document: str, page: int | None, marks: Sequence[str] = (), quote: str = ""
) -> str:
    """Where `page` of a document (counted from 1) is opened with `marks` ("61:1204-1318").

    `base` is the address of the server; `quote` is what stands at the marks.
    """
    known: list[tuple[str, object]] = [("document", document), ("page", page or 1)]
    known += [("mark", mark) for mark in marks[:MOST_MARKS]]
    known += [("print", print_of(quote))] if quote and len(marks) <= MOST_MARKS else []
    return f"{base}/place?{urlencode(known)}"


def addressed(found: Addressed, base: str) -> Addressed:
    """An answer, citation, match or passage with its `url`, and that of all it holds."""
    if isinstance(found, Citation):
        marks = [f"{s.page or 1}:{s.start}-{s.end}" for s in found.spans]
        url = place_address(base, found.document, found.page, marks, found.quote)
        return replace(found, url=url)
    if isinstance(found, Passage):
        marks = list(_page_marks(found))
        return replace(found, url=place_address(base, found.document, found.page, marks))
    if isinstance(found, Match):
        return replace(found, citation=found.citation and addressed(found.citation, base))
    return replace(
        found,
        citations=tuple(addressed(c, base) for c in found.citations),
        nearest=tuple(addressed(c, base) for c in found.nearest),
        passages=tuple(addressed(p, base) for p in found.passages),
    )


def _page_marks(passage: Passage) -> Iterable[str]:
    """From its first to its last character on each page it lies on."""
    spans = [span for sentence in passage.sentences for span in sentence.spans]
    for page in dict.fromkeys(span.page for span in spans):
        here = [span for span in spans if span.page == page]
        yield f"{page + 1}:{min(s.start for s in here)}-{max(s.end for s in here)}"
