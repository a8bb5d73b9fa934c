"""The library as it is shown: a card for every thesis, and all that is known about one."""

from collections.abc import Iterator, Sequence
from html import escape

from thesis_qa.evaluate.verify import Health, health
from thesis_qa.index.rows import DocumentInfo
from thesis_qa.web.contents import headings, outline
from thesis_qa.web.desk import Desk
from thesis_qa.web.markup import flat, size_of
from thesis_qa.web.reasons import reason
from thesis_qa.web.texts import Texts


def shelf(documents: Sequence[DocumentInfo], texts: Texts) -> str:
    """All documents with what was found in them and how reading them went."""
    if not documents:
        return f'<p class="nothing">{escape(texts.nothing_yet)}</p>'
    return f'<div class="shelf">{"".join(_card(d, texts) for d in documents)}</div>'


def _card(document: DocumentInfo, texts: Texts) -> str:
    name = document.metadata.title or document.name
    label = f"{texts.shelf.details}: {name}"
    return flat(
        f'<article class="book">{_title(document, texts)}{_warnings(document, texts)}'
        f'<button type="button" class="details" data-document="{escape(document.name)}"'
        f' aria-label="{escape(label)}">{escape(texts.shelf.details)}</button>'
        f'<button type="button" class="act card-of" name="card" value="{escape(document.name)}">'
        f"{escape(texts.card.open)}</button></article>"
    )


def _title(document: DocumentInfo, texts: Texts) -> str:
    known = document.metadata
    by = " · ".join(filter(None, (known.author, str(known.year or ""), known.university)))
    names = {"id": texts.indonesian, "en": texts.english}
    shares = (f"{names[k]} {v:.0%}" for k, v in document.languages.items() if k in names)
    return (
        f"<h3>{escape(known.title or document.name)}</h3>"
        f'<p class="byline">{escape(by)}</p>'
        f'<p class="counts"><span class="file">{escape(document.name)}</span> '
        f"{escape(' · '.join([*size_of(document, texts), *shares]))}</p>"
    )


def _warnings(document: DocumentInfo, texts: Texts) -> str:
    notes = "".join(f"<li>{escape(reason(w, texts))}</li>" for w in document.warnings)
    if not notes:
        return f'<p class="healthy">{escape(texts.healthy)}</p>'
    return (
        f"<details><summary>{escape(texts.notes)} ({len(document.warnings)})</summary>"
        f"<ul>{notes}</ul></details>"
    )


def book(desk: Desk, name: str, texts: Texts) -> str:
    """A thesis with its health and contents. Raises KeyError if it isn't there."""
    index = desk.assistant.index
    document = index.catalog.document(name)
    lines = "".join(f"<li>{escape(line)}</li>" for line in _health(health(index, name), texts))
    found = headings(index.catalog.passages_of(name))
    return flat(
        f'<article class="book open">{_title(document, texts)}'
        f"<h4>{escape(texts.shelf.health)}</h4><ul>{lines}</ul>{_warnings(document, texts)}"
        f"<h4>{escape(texts.shelf.outline)}</h4>{outline(name, found, texts)}</article>"
    )


def _health(found: Health, texts: Texts) -> Iterator[str]:
    say = texts.shelf
    if found.pages:
        yield say.pages_read.format(read=found.pages - found.failed, pages=found.pages)
        counted = (
            (say.by_ocr, found.by_ocr),
            (say.pages_failed, found.failed),
            (say.pages_blank, found.blank),
            (say.printed_numbers, found.with_printed_number),
        )
        yield from (text.format(count=count) for text, count in counted if count)
    if found.recognised is not None:
        yield say.recognised.format(share=f"{found.recognised:.0%}")
