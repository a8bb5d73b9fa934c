"""The tab of thesis cards: one for every thesis, filled while one looks, to be taken along."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from thesis_qa.answer.card import CardEntry, fill_card
from thesis_qa.errors import QuestionError
from thesis_qa.lang.data import text
from thesis_qa.question.topics import TOPICS
from thesis_qa.types import Citation
from thesis_qa.web.desk import Desk
from thesis_qa.web.markup import flat, place_link, where
from thesis_qa.web.paper import as_file
from thesis_qa.web.takeaway import card as card_parts
from thesis_qa.web.texts import Texts


@dataclass(frozen=True, slots=True)
class CardTab:
    """The parts of the tab that other parts of the page change."""

    choice: Any
    shown: Any
    save: Any


def card_tab(desk: Desk, texts: Texts, tab: Any, saved: Any) -> CardTab:
    """The components of `tab` and what they do; `saved` takes what is to be downloaded."""
    import gradio as gr

    say = texts.card
    gr.HTML(f'<p class="lead">{escape(say.intro)}</p>', padding=False)
    choice = gr.Dropdown(
        label=say.choose, container=False, elem_id="card-of", interactive=True, **choices(desk)
    )
    shown = gr.HTML(_empty(desk, texts), elem_id="card", padding=False)
    save = gr.Button(say.save, size="sm", elem_id="save-card", visible=False)

    def on_choice(document: str | None) -> Iterator[tuple[str, Any]]:
        yield from filling(desk, document, texts)

    def on_save(document: str) -> str:
        return _file(desk, document, texts)

    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    choice.input(on_choice, choice, [shown, save], **quiet)
    tab.select(on_choice, choice, [shown, save], **quiet)  # it may have been read anew since
    save.click(on_save, choice, saved, **quiet)
    return CardTab(choice, shown, save)


def choices(desk: Desk) -> dict[str, Any]:
    """The theses that have a card."""
    documents = desk.assistant.index.documents()
    named = [(d.metadata.title or d.name, d.name) for d in documents]
    only = named[0][1] if len(named) == 1 else None
    return {"choices": named, "value": only, "visible": bool(named)}


def filling(desk: Desk, document: str | None, texts: Texts) -> Iterator[tuple[str, Any]]:
    """The card of `document` as it fills, and whether it can be saved yet."""
    import gradio as gr

    if not document:
        yield _empty(desk, texts), gr.update(visible=False)
        return
    entries: list[CardEntry] = []
    try:
        for entry in fill_card(desk.assistant.index, document):
            entries.append(entry)
            yield card_markup(desk, document, entries, texts), gr.update(visible=False)
    except QuestionError as error:
        yield f'<p class="nothing">{escape(str(error))}</p>', gr.update(visible=False)
        return
    yield card_markup(desk, document, entries, texts), gr.update(visible=True)


def card_markup(desk: Desk, document: str, entries: Sequence[CardEntry], texts: Texts) -> str:
    """A card with the entries found so far; the others are announced, so that nothing jumps."""
    known = desk.assistant.index.catalog.document(document).metadata
    by = " · ".join(filter(None, (known.author, str(known.year or ""), known.university)))
    found = {entry.topic: entry for entry in entries}
    topics = "".join(_topic(topic.name, found.get(topic.name), texts) for topic in TOPICS)
    return flat(
        f'<article class="thesis-card" aria-busy="{str(len(found) < len(TOPICS)).lower()}">'
        f"<header><h2>{escape(known.title or document)}</h2>"
        f'<p class="byline">{escape(by)}</p></header>{topics}</article>'
    )


def _topic(name: str, entry: CardEntry | None, texts: Texts) -> str:
    label, question = texts.card.topics[name], text(f"topics.{name}.question", texts.language)
    if entry is None:
        body = f'<p class="unstated">{escape(texts.card.filling)}</p>'
    elif entry.citations:
        body = "".join(_quote(citation, texts) for citation in entry.citations)
    else:
        body = f'<p class="unstated">{escape(texts.card.not_stated)}</p>'
    return f'<section><h3 title="{escape(question)}">{escape(label)}</h3>{body}</section>'


def _quote(citation: Citation, texts: Texts) -> str:
    language = f' lang="{citation.language}"' if citation.language else ""
    section = citation.section.rpartition(" › ")[2]
    page = citation.page_label or citation.page
    place = texts.page.format(label=page) if page else section or texts.show_place
    full = " · ".join(filter(None, (where(citation, texts), citation.section)))
    link = place_link("place", citation, texts)
    return (
        f"<blockquote{language}>{escape(citation.quote)} "
        f'<a class="at" href="{escape(link)}" data-reader title="{escape(full)}">'
        f"{escape(place)}</a></blockquote>"
    )


def _empty(desk: Desk, texts: Texts) -> str:
    hint = "" if desk.assistant.index.documents() else texts.card.empty
    return f'<p class="nothing">{escape(hint)}</p>' if hint else ""


def _file(desk: Desk, document: str, texts: Texts) -> str:
    index = desk.assistant.index
    known = {d.name: d.metadata for d in index.documents()}
    index.check_documents([document])
    title = known[document].title or document
    parts = card_parts(title, fill_card(index, document), known, "APA", texts)
    return as_file(parts, "Markdown", texts.language)
