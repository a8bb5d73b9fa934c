"""Compare the evidence of a question set with the documents that it quotes."""

from collections.abc import Iterator
from typing import Any

from thesis_qa.evaluate.findings import Finding, Level, Library, Text, place, suggestion
from thesis_qa.evaluate.formats import Entry
from thesis_qa.evaluate.fresh import find_document
from thesis_qa.evaluate.matching import bare, contains_phrase
from thesis_qa.lang.language import words

SHORT = 12  # letters and digits below which a quote proves little
MOST = 0.5  # share of a quote that a page must hold to be called the closest

Said = Iterator[tuple[Level, str]]


def check_against(entry: Entry, library: Library) -> Iterator[Finding]:
    """What the documents say about one question."""
    values = entry.value
    name = str(values.get("id")) if isinstance(values.get("id"), str | int) else None
    for level, text in _check_question(values, library):
        yield Finding(entry.line, level, text, name)


def _check_question(values: dict[str, Any], library: Library) -> Said:
    evidence = values.get("evidence")
    items = [e for e in evidence if isinstance(e, dict)] if isinstance(evidence, list) else []
    document = values.get("document")
    if not isinstance(document, str) or not document.strip():
        document = library.documents[0] if len(library.documents) == 1 else None
        if document is None:
            if items:
                yield "warning", "evidence without a 'document': the index holds several"
            return
    home = find_document(document, library.documents)
    if home is None:
        close = suggestion(document, library.documents)
        yield "error", f"the index has no document {document!r}{close}"
        return
    text = library.text(home)
    if not text.pages:
        yield "warning", f"{home!r} can't be read any more, so nothing of it was checked"
        return
    for number, item in enumerate(items, start=1):
        for level, problem in _check_item(item, items, text, home, library):
            yield level, f"evidence {number}: {problem}"
    yield from _check_facts(values, items, text)


def _check_item(
    item: dict[str, Any], items: list[dict[str, Any]], text: Text, home: str, library: Library
) -> Said:
    page, quote = item.get("pdf_page"), item.get("quote")
    number = page if isinstance(page, int) and not isinstance(page, bool) and page > 0 else None
    if number is not None and not text.paged:
        yield "error", f"{home!r} has no pages, so 'pdf_page' must be null"
        number = None
    position = _position(text, number)
    if number is not None and position is None:
        yield "error", f"there is no page {number}: {home!r} has {len(text.pages)}"
    if isinstance(quote, str) and bare(quote):
        yield from _check_quote(quote, position, text, home, library)
        yield from _check_places(quote, items, text)
    if position is not None:
        yield from _check_label(item.get("printed_page"), position, text)


def _position(text: Text, number: int | None) -> int | None:
    if number is None:
        return None if text.paged else 0
    return next((i for i, page in enumerate(text.pages) if page.number == number), None)


def _check_quote(quote: str, position: int | None, text: Text, home: str, library: Library) -> Said:
    found = text.find(quote)
    if position is not None and position in found:
        if not text.spelt(quote, position):
            yield "warning", "the quote differs from its page in upper and lower case"
        return
    where = place(text.pages[position]) if position is not None else None
    missing = f"the quote is not on {where}" if where else "no page is given"
    if not text.paged:
        missing = f"the quote is not in {home!r}"
    if found:
        near = min(found, key=lambda i: abs(i - (position or 0)))
        yield "error", f"{missing}; it is on {place(text.pages[near])}"
        return
    best, share = text.closest(quote)
    if share >= MOST:
        there = "it" if best == position else place(text.pages[best])
        yield "error", f"{missing} word for word; {share:.0%} of it is on {there}"
        return
    yield "error", f"{missing}, nor anywhere else in {home!r}{_elsewhere(quote, home, library)}"


def _elsewhere(quote: str, home: str, library: Library) -> str:
    for document in library.documents:
        if document != home and (found := library.text(document).find(quote)):
            return f"; it is in {document!r}, {place(library.text(document).pages[found[0]])}"
    return ""


def _check_places(quote: str, items: list[dict[str, Any]], text: Text) -> Said:
    if len(bare(quote)) < SHORT:
        yield "note", "the quote is very short"
    if not text.paged:
        return
    given = {item.get("pdf_page") for item in items}
    places = text.find(quote)
    others = [i for i in places if text.pages[i].number not in given]
    if 0 < len(others) < len(places):
        listed = ", ".join(place(text.pages[i]) for i in others[:4])
        yield "note", f"the quote is on {listed} too, which is not given as evidence"


def _check_label(printed: Any, position: int, text: Text) -> Said:
    page = text.pages[position]
    if not isinstance(printed, str) or not printed.strip() or page.label is None:
        return
    if printed.strip().casefold() != page.label.strip().casefold():
        yield "warning", f"'printed_page' is {printed!r}, but on {place(page)} stands another"


def _check_facts(values: dict[str, Any], items: list[dict[str, Any]], text: Text) -> Said:
    """Key facts that no quote holds are not counted; numbers that no page holds may be wrong."""
    if values.get("answerable") is not True or not items:
        return
    quotes = [item["quote"] for item in items if isinstance(item.get("quote"), str)]
    facts = values.get("key_facts")
    for fact in facts if isinstance(facts, list) else []:
        if isinstance(fact, str) and not any(contains_phrase(quote, fact) for quote in quotes):
            yield "note", f"the key fact {fact!r} is in no quote word for word: it isn't counted"
            yield from _check_numbers(f"the key fact {fact!r}", fact, items, text)
    answer = values.get("answer")
    if isinstance(answer, str):
        yield from _check_numbers("the answer", answer, items, text)


def _check_numbers(what: str, said: str, items: list[dict[str, Any]], text: Text) -> Said:
    pages = {item.get("pdf_page") for item in items}
    known = [p.text for p in text.pages if p.number in pages]
    known += [item["quote"] for item in items if isinstance(item.get("quote"), str)]
    stated = {_digits(token) for source in known for token in words(source)}
    numbers = {token for token in words(said) if token[0].isdigit() and len(token) > 1}
    missing = sorted(number for number in numbers if _digits(number) not in stated)
    if missing:
        yield "warning", f"{what} gives {', '.join(missing)}, which is on no page of the evidence"


def _digits(number: str) -> str:
    return number.replace(".", "")  # 10.000 and 10000 are written for the same
