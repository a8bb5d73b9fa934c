"""The page as Gradio components: a chat beside the sources, the library, and what it is."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from thesis_qa.web import chat, takeaway
from thesis_qa.web.actions import PageParts, connect_actions, hidden_parts
from thesis_qa.web.card_tab import card_choices, card_tab, filling
from thesis_qa.web.context import QUIET, AppContext
from thesis_qa.web.evaluation_tab import evaluation_tab
from thesis_qa.web.library_tab import AT_ONCE, library_tab
from thesis_qa.web.line import lined_up
from thesis_qa.web.markup import runs_on
from thesis_qa.web.paper import FORMS, Form, as_file
from thesis_qa.web.references import STYLES, Style
from thesis_qa.web.render import fragment
from thesis_qa.web.texts import Texts

Step = tuple[dict[str, Any], chat.Turns, list[chat.Message], str, str, Any]


def build_page(app: AppContext, texts: Texts) -> Any:
    """The page in one language, a `gradio.Blocks`."""
    import gradio as gr

    with gr.Blocks(title=texts.name, analytics_enabled=False, fill_width=True) as page:
        parts = _layout(page, app, texts)
        _connect_questions(app, texts, parts)
        _connect_page(page, app, texts, parts)
        connect_actions(app, texts, parts)
    page.queue(default_concurrency_limit=AT_ONCE)
    return page


# What stands where


def _layout(page: Any, app: AppContext, texts: Texts) -> PageParts:
    import gradio as gr

    header = fragment("header.html", texts, users=bool(app.settings.users))
    gr.HTML(header, elem_id="top", padding=False)
    parts = hidden_parts() | {"turns": gr.State(()), "editing": gr.State("")}
    with gr.Row(elem_id="desk"):
        with gr.Column(scale=6, min_width=320, elem_id="asking"):
            parts |= _chat(app, texts)
        with (
            gr.Column(scale=5, min_width=320, elem_id="beside"),
            gr.Tabs(elem_id="tabs") as tabs,
        ):
            parts |= {"tabs": tabs, **_tabs(page, app, texts, parts["saved"])}
    gr.HTML(fragment("dialogs.html", texts), elem_id="reader-frame", padding=False)
    return PageParts(**parts)


def _tabs(page: Any, app: AppContext, texts: Texts, saved: Any) -> dict[str, Any]:
    import gradio as gr

    with gr.Tab(texts.sources, id="sources", elem_id="sources-tab"):
        cards = gr.HTML(chat.sources_markup((), texts), elem_id="sources", padding=False)
        saving = _saving(texts)
    with gr.Tab(texts.library, id="library", elem_id="library-tab"):
        library = library_tab(page, app, texts)
    with gr.Tab(texts.card.tab, id="card", elem_id="card-tab") as tab:
        card = card_tab(app, texts, tab, saved)
    with gr.Tab(texts.evaluation.tab, id="evaluation", elem_id="evaluation-tab"):
        evaluation_tab(app, texts, saved)
    with gr.Tab(texts.about, id="about", elem_id="about-tab"):
        gr.HTML(_about(app, texts), elem_id="about", padding=False)
    return {"cards": cards, "library": library, "card": card, **saving}


def _chat(app: AppContext, texts: Texts) -> dict[str, Any]:
    import gradio as gr

    log = gr.Chatbot(
        label=texts.conversation,
        show_label=False,
        container=False,
        height="100%",
        elem_id="log",
        layout="bubble",
        buttons=[],
        latex_delimiters=[],
        allow_tags=False,
        feedback_options=None,
        group_consecutive_messages=False,
        placeholder=_welcome(app, texts),
        examples=[{"text": example} for example in texts.examples],
    )
    place = gr.HTML("", elem_id="place", padding=False)
    changing = gr.HTML(
        fragment("changing.html", texts), elem_id="changing", padding=False, visible=False
    )
    with gr.Row(elem_id="question-row"):
        question = gr.Textbox(
            label=texts.question,
            show_label=False,
            container=False,
            placeholder=texts.placeholder,
            submit_btn=texts.send,
            lines=1,
            max_lines=6,
            autofocus=True,
            elem_id="question",
        )
    among = _document_choice(app, texts)
    return {
        "log": log, "place": place, "changing": changing, "question": question, "among": among
    }  # fmt: skip


def _welcome(app: AppContext, texts: Texts) -> str:
    more = texts.welcome_more if app.assistant.index.documents() else texts.empty_library
    return fragment("welcome.html", texts, more=more)


def _document_choice(app: AppContext, texts: Texts) -> Any:
    """Which theses a question goes to; there is no choice with fewer than two."""
    import gradio as gr

    with gr.Row(elem_id="among-row"):
        gr.HTML(fragment("among.html", texts), padding=False)
        return gr.Dropdown(
            multiselect=True,
            label=texts.among,
            container=False,
            show_label=False,
            interactive=True,
            elem_id="among",
            **_choices(app),
        )


def _choices(app: AppContext) -> dict[str, Any]:
    titles = app.titles()
    return {"choices": titles, "visible": len(titles) > 1}


def _saving(texts: Texts) -> dict[str, Any]:
    import gradio as gr

    with gr.Row(elem_id="saving"):
        style = gr.Radio(
            list(STYLES),
            value=STYLES[0],
            label=texts.references,
            container=False,
            elem_id="style",
        )
        form = gr.Radio(
            list(FORMS),
            value=FORMS[0],
            label=texts.answers.file_format,
            container=False,
            elem_id="form",
        )
        save = gr.Button(texts.save, size="sm", elem_id="save")
    return {"style": style, "form": form, "save": save}


def _about(app: AppContext, texts: Texts) -> str:
    """What the answers are made with, and what leaves the machine for it."""
    embedding = app.assistant.index.catalog.about()["embedding"]
    writing = app.assistant.writing
    where = runs_on(writing.model.runs_on, texts) if writing else ""
    model = f"{writing.model.name} ({where})" if writing else texts.quoted
    sent = writing and not writing.model.is_local
    lines = [
        texts.about_written if writing else texts.about_quotes,
        texts.about_models.format(embedding=embedding, model=model),
        texts.about_sent.format(where=where) if sent else texts.about_private,
        texts.about_limits,
    ]
    return fragment("about.html", texts, lines=lines)


# What happens


def _connect_questions(app: AppContext, texts: Texts, parts: PageParts) -> None:
    """All the ways to ask, and to stop an answer."""
    import gradio as gr

    def on_ask(text: str, before: chat.Turns, names: list[str], key: str) -> Iterator[Step]:
        yield from _steps(app, chat.turns_before(before, key), text, names, texts)

    def on_example(before: chat.Turns, names: list[str], event: gr.SelectData) -> Iterator[Step]:
        yield from _steps(app, before, event.value["text"], names, texts)

    def on_suggestion(before: chat.Turns, names: list[str], event: gr.SelectData) -> Iterator[Step]:
        yield from _steps(app, before, event.value, names, texts)

    def on_retry(before: chat.Turns, names: list[str]) -> Iterator[Step]:
        if before:
            yield from _steps(app, before[:-1], before[-1].question, names, texts)

    def on_stop(turns: chat.Turns) -> tuple[Any, ...]:
        return *_step(chat.stopped_turns(turns, texts), texts), ""

    def on_clear() -> tuple[Any, ...]:
        return *_step((), texts), ""

    waits = partial(lined_up, app.line, outputs=len(parts.talk), texts=texts)
    asking = [*parts.talk, parts.place]
    asked = {**QUIET, "concurrency_limit": None}  # the line limits them
    given = [parts.turns, parts.among]
    box, log = parts.question, parts.log
    runs = [
        box.submit(waits(on_ask), [box, *given, parts.editing], asking, **asked),
        log.example_select(waits(on_example), given, asking, **asked),
        log.option_select(waits(on_suggestion), given, asking, **asked),
        parts.bridge.retry(waits(on_retry), given, asking, **asked),
    ]
    box.stop(on_stop, parts.turns, asking, cancels=runs, **QUIET)
    parts.bridge.clear(on_clear, None, asking, cancels=runs, **QUIET)


def _connect_page(page: Any, app: AppContext, texts: Texts, parts: PageParts) -> None:
    """What happens when the page is opened, the library changes, and something is taken along."""
    import gradio as gr

    def on_load() -> tuple[Any, ...]:
        welcome = gr.update(placeholder=_welcome(app, texts))
        return gr.update(**_choices(app)), welcome, gr.update(**card_choices(app))

    def on_link(request: gr.Request) -> Step:
        link = dict(request.query_params).get("answer")
        if not link:  # somebody may have asked already, while the page was loading
            return (gr.skip(),) * len(parts.talk)
        return _step(chat.linked_turns(app, link, texts), texts)

    def on_card(event: gr.EventData) -> Iterator[tuple[Any, ...]]:
        document = str(getattr(event, "key", ""))
        for markup, save in filling(app, document, texts):
            yield gr.Tabs(selected="card"), gr.update(value=document), markup, save

    def on_save(turns: chat.Turns, wanted: Style, form: Form) -> str:
        paragraphs = takeaway.conversation(turns, app.known(), wanted, texts)
        return as_file(paragraphs, form, texts.language)

    card, saved = parts.card, parts.saved
    fresh = [parts.among, parts.log, card.choice]
    parts.library.change(on_load, None, fresh, **QUIET)
    page.load(on_load, None, fresh, **QUIET).then(on_link, None, parts.talk, **QUIET)
    parts.bridge.select(on_card, None, [parts.tabs, card.choice, card.shown, card.save], **QUIET)
    parts.save.click(on_save, [parts.turns, parts.style, parts.form], saved, **QUIET)
    saved.change(None, saved, None, js="text => window.thesisQA.save(text)", **QUIET)


def _steps(
    app: AppContext, before: chat.Turns, text: str, names: list[str], texts: Texts
) -> Iterator[Step]:
    turns = before
    if text.strip():
        for turns in chat.growing_turns(app, before, text, names, texts):
            yield _step(turns, texts, asking=True)
    yield _step(turns, texts)


def _step(turns: chat.Turns, texts: Texts, asking: bool = False) -> Step:
    """The question box, the conversation, what the chat shows of it, the source cards; and that
    no question is being changed any more."""
    import gradio as gr

    # A button to send, or to stop what is going on.
    box = gr.update(value="", submit_btn=not asking and texts.send, stop_btn=asking and texts.stop)
    messages = chat.messages(turns, texts, asking)
    return box, turns, messages, chat.sources_markup(turns, texts), "", gr.update(visible=False)
