"""Compare the evidence of a question set with the documents that it quotes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from thesis_qa.evaluate.conversations import ALTERNATIVE
from thesis_qa.evaluate.metrics import bare_text, contains_phrase, plain_letters
from thesis_qa.evaluate.set_files import Remark, remark, suggestion
from thesis_qa.evaluate.verify import PagesOf, find_document
from thesis_qa.lang.words import words
from thesis_qa.types import Page

SHORT = 12  # letters and digits below which a quote proves little; also of the pieces compared
MOST = 0.5  # share of a quote that a page must hold to be called the closest
LISTED = 4  # pages that are named


@dataclass(frozen=True)
class QuotedDocument:
    """A document as quotes are looked up in it."""

    name: str
    pages: Sequence[Page]

    @cached_property
    def _bare(self) -> list[str]:
        return [bare_text(page.text) for page in self.pages]

    @property
    def paged(self) -> bool:
        """Whether its format has pages."""
        return any(page.number is not None for page in self.pages)

    def position(self, number: int | None) -> int | None:
        """Where page `number` is; without pages, the one there is."""
        if number is None:
            return None if self.paged else 0
        return next((i for i, page in enumerate(self.pages) if page.number == number), None)

    def find(self, quote: str) -> list[int]:
        """Positions of the pages that hold `quote`; one that a page turn divides counts for the
        page it begins on."""
        wanted = bare_text(quote)
        if not wanted:
            return []
        whole = [i for i, text in enumerate(self._bare) if wanted in text]
        pairs = zip(self._bare, self._bare[1:], strict=False)
        return whole or [i for i, (one, next_) in enumerate(pairs) if wanted in one + next_]

    def spelt(self, quote: str, position: int) -> bool:
        """Whether the page holds `quote` with the same upper and lower case."""
        texts = (page.text for page in self.pages[position : position + 2])
        return plain_letters(quote) in "".join(map(plain_letters, texts))

    def closest(self, quote: str) -> tuple[int, float]:
        """The page that holds most of `quote`, by position, and the share of it found there."""
        wanted = bare_text(quote)
        pieces = [wanted[i : i + SHORT] for i in range(max(1, len(wanted) - SHORT + 1))]
        shares = [sum(piece in text for piece in pieces) / len(pieces) for text in self._bare]
        best = max(range(len(shares)), key=shares.__getitem__)
        return best, shares[best]

    def place(self, position: int) -> Remark:
        """How a page is named in a finding."""
        page = self.pages[position]
        code = "document" if page.number is None else "printed-page" if page.label else "page"
        return remark("note", f"places.{code}", number=page.number, label=page.label)


@dataclass(frozen=True)
class DocumentTexts:
    """The documents of an index, read afresh when needed."""

    documents: Sequence[str]
    pages_of: PagesOf
    _read: dict[str, QuotedDocument] = field(default_factory=dict)

    def document(self, name: str) -> QuotedDocument:
        """The document of this name."""
        if name not in self._read:
            self._read[name] = QuotedDocument(name, self.pages_of(name))
        return self._read[name]


def check_evidence(row: Mapping[str, Any], texts: DocumentTexts) -> Iterator[Remark]:
    """What the documents say about one question."""
    evidence = row.get("evidence")
    items = [e for e in evidence if isinstance(e, dict)] if isinstance(evidence, list) else []
    name = row.get("document")
    if not isinstance(name, str) or not name.strip():
        name = texts.documents[0] if len(texts.documents) == 1 else None
    if name is None:
        yield from [remark("warning", "evidence-of-which")] if items else []
        return
    home = find_document(name, texts.documents)
    if home is None:
        close = suggestion(name, texts.documents)
        yield remark("error", "no-document", name=name, close=close)
        return
    document = texts.document(home)
    if not document.pages:
        yield remark("warning", "document-gone", name=home)
        return
    for number, item in enumerate(items, start=1):
        for flaw in _check_item(item, items, document, texts):
            where = remark("note", "items.evidence")
            yield remark(flaw.level, "inside", item=where, number=number, flaw=flaw)
    if row.get("answerable") is True and items:
        yield from _check_facts(row, items, document)


def check_expectations(
    turns: Iterable[Mapping[str, Any]], texts: DocumentTexts
) -> Iterator[Remark]:
    """What the documents say about the places and facts that a conversation expects."""
    for number, expect in enumerate(turns, start=1):
        names = [name for name in expect.get("documents") or () if isinstance(name, str)]
        homes = [(name, find_document(name, texts.documents)) for name in names]
        for name, home in homes:
            if home is None:
                close = suggestion(name, texts.documents)
                yield in_turn(number, remark("error", "no-document", name=name, close=close))
        if expect.get("kind") in ("answer", "library"):
            sources = [texts.document(home) for _, home in homes if home]
            yield from (in_turn(number, flaw) for flaw in _check_expected(expect, sources))


def in_turn(number: int, flaw: Remark) -> Remark:
    """A remark on one turn of a conversation."""
    where = remark("note", "items.turns")
    return remark(flaw.level, "inside", item=where, number=number, flaw=flaw)


def _check_expected(
    expect: Mapping[str, Any], documents: Sequence[QuotedDocument]
) -> Iterator[Remark]:
    for page in expect.get("pages") or ():
        if all(document.position(page) is None for document in documents):
            yield remark("error", "no-such-page", number=page)
    for fact in expect.get("facts") or ():
        ways = str(fact).split(ALTERNATIVE)
        pages = (page.text for document in documents for page in document.pages)
        if documents and not any(contains_phrase(page, way) for page in pages for way in ways):
            yield remark("warning", "fact-nowhere", fact=fact)


def _check_item(
    item: dict[str, Any], items: list[dict[str, Any]], document: QuotedDocument, all_: DocumentTexts
) -> Iterator[Remark]:
    page, quote, printed = item.get("pdf_page"), item.get("quote"), item.get("printed_page")
    number = page if type(page) is int and page > 0 else None
    if number is not None and not document.paged:
        yield remark("error", "no-pages", name=document.name)
        number = None
    position = document.position(number)
    if number is not None and position is None:
        pages = len(document.pages)
        yield remark("error", "no-page", number=number, name=document.name, pages=pages)
    if isinstance(quote, str) and bare_text(quote):
        yield from _check_quote(quote, position, document, all_)
        yield from _check_other_places(quote, items, document)
    label = document.pages[position].label if position is not None else None
    if position is not None and label and isinstance(printed, str) and printed.strip():
        yield from _check_label(printed, label, document.place(position))


def _check_label(printed: str, label: str, place: Remark) -> Iterator[Remark]:
    if printed.strip().casefold() != label.strip().casefold():
        yield remark("warning", "other-label", printed=printed, place=place)


def _check_quote(
    quote: str, position: int | None, document: QuotedDocument, texts: DocumentTexts
) -> Iterator[Remark]:
    found = document.find(quote)
    if position is not None and position in found:
        if not document.spelt(quote, position):
            yield remark("warning", "other-case")
        return
    missing = remark("note", "missing.no-page")
    if not document.paged:
        missing = remark("note", "missing.not-in", name=document.name)
    elif position is not None:
        missing = remark("note", "missing.not-on", place=document.place(position))
    best, share = document.closest(quote)
    if found:
        near = min(found, key=lambda i: abs(i - (position or 0)))
        yield remark("error", "quote-elsewhere", missing=missing, place=document.place(near))
    elif share >= MOST:
        there = remark("note", "places.it") if best == position else document.place(best)
        yield remark("error", "quote-changed", missing=missing, share=share, place=there)
    else:
        other = _in_another(quote, document.name, texts)
        yield remark("error", "quote-nowhere", missing=missing, name=document.name, other=other)


def _in_another(quote: str, home: str, texts: DocumentTexts) -> Remark | str:
    for name in texts.documents:
        other = texts.document(name)
        if name != home and (found := other.find(quote)):
            return remark("note", "in-another", name=name, place=other.place(found[0]))
    return ""


def _check_other_places(
    quote: str, items: list[dict[str, Any]], document: QuotedDocument
) -> Iterator[Remark]:
    if len(bare_text(quote)) < SHORT:
        yield remark("note", "short-quote")
    given, places = {item.get("pdf_page") for item in items}, document.find(quote)
    others = [i for i in places if document.pages[i].number not in given]
    if document.paged and 0 < len(others) < len(places):
        for position in others[:LISTED]:
            yield remark("note", "quoted-again", place=document.place(position))


def _check_facts(
    row: Mapping[str, Any], items: list[dict[str, Any]], document: QuotedDocument
) -> Iterator[Remark]:
    """Key facts that no quote holds are not counted; numbers that no page holds may be wrong."""
    quotes = [item["quote"] for item in items if isinstance(item.get("quote"), str)]
    pages = {item.get("pdf_page") for item in items}
    sources = [*quotes, *(page.text for page in document.pages if page.number in pages)]
    facts, answer = row.get("key_facts"), row.get("answer")
    for fact in facts if isinstance(facts, list) else []:
        if isinstance(fact, str) and not any(contains_phrase(quote, fact) for quote in quotes):
            yield remark("note", "fact-not-quoted", fact=fact)
            yield from _check_numbers(remark("note", "the-fact", fact=fact), fact, sources)
    if isinstance(answer, str):
        yield from _check_numbers(remark("note", "the-answer"), answer, sources)


def _check_numbers(what: Remark, text: str, sources: Iterable[str]) -> Iterator[Remark]:
    stated = {_digits(token) for source in sources for token in words(source)}
    numbers = {token for token in words(text) if token[0].isdigit() and len(token) > 1}
    missing = sorted(number for number in numbers if _digits(number) not in stated)
    if missing:
        yield remark("warning", "number-nowhere", what=what, numbers=", ".join(missing))


def _digits(number: str) -> str:
    return number.replace(".", "")  # 10.000 and 10000 are written for the same
