"""The tab of thesis cards: one for every thesis, filled while one looks, to be taken along."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from thesis_qa.answer.card import CardEntry, fill_card
from thesis_qa.errors import QuestionError
from thesis_qa.question.topics import TOPICS
from thesis_qa.web.context import QUIET, AppContext
from thesis_qa.web.look import fragment, notice
from thesis_qa.web.takeaway import as_file, card_parts
from thesis_qa.web.texts import Texts, error_line


@dataclass(frozen=True, slots=True)
class CardTab:
    """The parts of the tab that other parts of the page change."""

    choice: Any
    shown: Any
    save: Any


def card_tab(app: AppContext, texts: Texts, tab: Any, saved: Any) -> CardTab:
    """The components of `tab` and what they do; `saved` takes what is to be downloaded."""
    import gradio as gr

    say = texts.card
    gr.HTML(notice(say.intro, texts, style="lead"), padding=False)
    choice = gr.Dropdown(
        label=say.choose, container=False, elem_id="card-of", interactive=True, **card_choices(app)
    )
    shown = gr.HTML(_empty(app, texts), elem_id="card", padding=False)
    save = gr.Button(say.save, size="sm", elem_id="save-card", visible=False)

    def on_choice(document: str | None) -> Iterator[tuple[str, Any]]:
        yield from filling(app, document, texts)

    def on_save(document: str) -> str:
        return _file(app, document, texts)

    choice.input(on_choice, choice, [shown, save], **QUIET)
    tab.select(on_choice, choice, [shown, save], **QUIET)  # it may have been read anew since
    save.click(on_save, choice, saved, **QUIET)
    return CardTab(choice, shown, save)


def card_choices(app: AppContext) -> dict[str, Any]:
    """The theses that have a card."""
    titles = app.titles()
    only = titles[0][1] if len(titles) == 1 else None
    return {"choices": titles, "value": only, "visible": bool(titles)}


def filling(app: AppContext, document: str | None, texts: Texts) -> Iterator[tuple[str, Any]]:
    """The card of `document` as it fills, and whether it can be saved yet."""
    import gradio as gr

    if not document:
        yield _empty(app, texts), gr.update(visible=False)
        return
    entries: list[CardEntry] = []
    try:
        for entry in fill_card(app.assistant.index, document):
            entries.append(entry)
            yield card_markup(app, document, entries, texts), gr.update(visible=False)
    except QuestionError as error:
        line = error_line(error, texts.language)
        yield notice(line, texts, style="nothing"), gr.update(visible=False)
        return
    yield card_markup(app, document, entries, texts), gr.update(visible=True)


def card_markup(app: AppContext, document: str, entries: Sequence[CardEntry], texts: Texts) -> str:
    """A card with the entries found so far; the others are announced, so that nothing jumps."""
    return fragment(
        "card.html",
        texts,
        document=document,
        known=app.assistant.index.catalog.document(document).metadata,
        topics=[topic.name for topic in TOPICS],
        questions={topic.name: topic.question(texts.language) for topic in TOPICS},
        found={entry.topic: entry.citations for entry in entries},
    )


def _empty(app: AppContext, texts: Texts) -> str:
    hint = "" if app.assistant.index.documents() else texts.card.empty
    return notice(hint, texts, style="nothing")


def _file(app: AppContext, document: str, texts: Texts) -> str:
    index, known = app.assistant.index, app.known()
    index.check_documents([document])
    title = known[document].title or document
    parts = card_parts(title, fill_card(index, document), known, "APA", texts)
    return as_file(parts, "Markdown", texts.language, title)
