"""The page as Gradio components: a chat beside the sources, the library, and what it is."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from thesis_qa.web import chat, takeaway
from thesis_qa.web.actions import PageParts, connect_actions, hidden_parts
from thesis_qa.web.card_tab import card_choices, card_tab, filling
from thesis_qa.web.chat import lined_up
from thesis_qa.web.comparison import comparison_tab
from thesis_qa.web.context import QUIET, AppContext, is_closed, names_sent
from thesis_qa.web.evaluation_tab import evaluation_tab
from thesis_qa.web.find_tab import find_tab
from thesis_qa.web.first_screen import chooser_markup, first_markup, offers_markup
from thesis_qa.web.keeping import linked_turns, packed, restored
from thesis_qa.web.library_tab import AT_ONCE, library_tab
from thesis_qa.web.look import fragment
from thesis_qa.web.markup import runs_on
from thesis_qa.web.references import STYLES, Style
from thesis_qa.web.takeaway import FORMS, Form, as_file
from thesis_qa.web.texts import Texts

Step = tuple[Any, ...]
"""Values for `PageParts.talk`."""

CHOSEN = "async (...given) => [...given.slice(0, -1), await window.thesisQA.chosen()]"
"""Gives an event the theses that are chosen in the browser, as its last value."""


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

    kept, users = "server" if is_closed(app.settings) else "browser", bool(app.settings.users)
    header = fragment("header.html", texts, users=users, kept=kept, started=app.started)
    gr.HTML(header, elem_id="top", padding=False)
    parts = hidden_parts() | {"turns": gr.State(()), "editing": gr.State("")}
    with gr.Row(elem_id="desk"):
        with gr.Column(scale=6, min_width=320, elem_id="asking"):
            parts |= _chat(app, texts)
        with (
            gr.Column(scale=5, min_width=320, elem_id="beside"),
            gr.Tabs(elem_id="tabs") as tabs,
        ):
            parts |= {"tabs": tabs, **_tabs(page, app, texts, parts)}
    windows = fragment("dialogs.html", texts, kept=kept, about=_about(app, texts))
    gr.HTML(windows, elem_id="reader-frame", padding=False)
    return PageParts(**parts)


def _tabs(page: Any, app: AppContext, texts: Texts, hidden: dict[str, Any]) -> dict[str, Any]:
    import gradio as gr

    saved = hidden["saved"]

    with gr.Tab(texts.sources, id="sources", elem_id="sources-tab"):
        cards = gr.HTML(chat.sources_markup((), texts), elem_id="sources", padding=False)
        saving = _saving(texts)
    with gr.Tab(texts.library.tab, id="library", elem_id="library-tab", render_children=True):
        library = library_tab(page, app, texts)
    with gr.Tab(texts.card.short, id="card", elem_id="card-tab") as tab:
        card = card_tab(app, texts, tab, saved)
    with gr.Tab(texts.compare.tab, id="compare", elem_id="compare-tab"):
        comparison_tab(app, texts, hidden["chosen"], saved, CHOSEN)
    with gr.Tab(texts.find.tab, id="find", elem_id="find-tab"):
        find_tab(app, texts, hidden["chosen"], CHOSEN)
    open_to_all = not is_closed(app.settings)
    with gr.Tab(
        texts.evaluation.tab, id="evaluation", elem_id="evaluation-tab", visible=open_to_all
    ) as tab:
        evaluation_tab(page, tab, app, texts, saved)
    return {"cards": cards, "library": library, "card": card, **saving}


def _chat(app: AppContext, texts: Texts) -> dict[str, Any]:
    """The question box first, for whoever goes by keyboard; the style sheet puts it below."""
    import gradio as gr

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
    gr.HTML(fragment("among.html", texts), elem_id="among", padding=False)
    with gr.Column(elem_id="first"):
        first = gr.HTML(first_markup(app, texts), elem_id="theses", padding=False)
        offers = gr.HTML("", elem_id="offers", padding=False)
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
        autoscroll=False,
        placeholder=" ",
    )
    place = gr.HTML("", elem_id="place", padding=False)
    changing = gr.HTML(
        fragment("changing.html", texts), elem_id="changing", padding=False, visible=False
    )
    chooser = gr.HTML(chooser_markup(app, texts), elem_id="chooser", padding=False)
    return {
        "log": log, "place": place, "changing": changing, "question": question, "first": first,
        "offers": offers, "chooser": chooser,
    }  # fmt: skip


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


def _about(app: AppContext, texts: Texts) -> list[str]:
    """What the answers are made with, and what leaves the machine for it."""
    embedding = app.assistant.index.catalog.about()["embedding"]
    writing = app.assistant.writing
    where = runs_on(writing.model.runs_on, texts) if writing else ""
    model = f"{writing.model.name} ({where})" if writing else texts.quoted
    sent = writing and not writing.model.is_local
    return [
        texts.about_written if writing else texts.about_quotes,
        texts.about_models.format(embedding=embedding, model=model),
        texts.about_sent.format(where=where) if sent else texts.about_private,
        texts.about_limits,
    ]


# What happens


def _connect_questions(app: AppContext, texts: Texts, parts: PageParts) -> None:
    """All the ways to ask, and to stop an answer."""
    import gradio as gr

    def on_ask(text: str, before: chat.Turns, key: str, chosen: str) -> Iterator[Step]:
        earlier = chat.turns_before(before, key)
        yield from _steps(app, earlier, text, names_sent(chosen), texts, chat.new_talk(before))

    def on_offer(before: chat.Turns, chosen: str, event: gr.EventData) -> Iterator[Step]:
        text = str(getattr(event, "key", ""))
        yield from _steps(app, before, text, names_sent(chosen), texts)

    def on_suggestion(before: chat.Turns, chosen: str, event: gr.SelectData) -> Iterator[Step]:
        yield from _steps(app, before, event.value, names_sent(chosen), texts)

    def on_retry(before: chat.Turns, chosen: str) -> Iterator[Step]:
        if before:
            talk, last = chat.new_talk(before), before[-1]
            yield from _steps(app, before[:-1], last.question, names_sent(chosen), texts, talk)

    def on_lift(before: chat.Turns, event: gr.EventData) -> Iterator[Step]:
        key, _, name = str(getattr(event, "key", "")).partition(" ")
        turn, talk = chat.turn_of(before, key), chat.new_talk(before)
        if turn is not None:
            left = [n for n, _ in turn.scope if n != name]
            names, earlier = left or app.known(), chat.turns_before(before, key)
            yield from _steps(app, earlier, turn.question, list(names), texts, talk)

    def on_stop(turns: chat.Turns) -> tuple[Any, ...]:
        return *_step(chat.stopped_turns(turns, texts), texts, kept=True), ""

    def on_clear() -> tuple[Any, ...]:
        return *_step((), texts), ""

    waits = partial(lined_up, app.line, outputs=len(parts.talk), texts=texts)
    asking = [*parts.talk, parts.place]
    asked = {**QUIET, "concurrency_limit": None}  # the line limits them
    chosen = {**asked, "js": CHOSEN}
    given = [parts.turns, parts.chosen]
    box, log, bridge = parts.question, parts.log, parts.bridge
    runs = [
        box.submit(
            waits(on_ask), [box, parts.turns, parts.editing, parts.chosen], asking, **chosen
        ),
        bridge.submit(waits(on_offer), given, asking, **chosen),
        log.option_select(waits(on_suggestion), given, asking, **chosen),
        bridge.retry(waits(on_retry), given, asking, **chosen),
        bridge.delete(waits(on_lift), parts.turns, asking, **asked),
    ]
    box.stop(on_stop, parts.turns, asking, cancels=runs, **QUIET)
    bridge.clear(on_clear, None, asking, cancels=runs, **QUIET)


def _connect_page(page: Any, app: AppContext, texts: Texts, parts: PageParts) -> None:
    """What happens when the page is opened, the library changes, and something is taken along."""
    import gradio as gr

    def on_load() -> tuple[Any, ...]:
        shown = first_markup(app, texts), chooser_markup(app, texts)
        return *shown, gr.update(**card_choices(app))

    def on_choice(chosen: str) -> str:
        return offers_markup(app, names_sent(chosen), texts)

    def on_link(request: gr.Request) -> Step:
        link = dict(request.query_params).get("answer")
        if not link:  # somebody may have asked already, while the page was loading
            return (gr.skip(),) * len(parts.talk)
        return _step(linked_turns(app, link, texts), texts)

    def on_open(event: gr.EventData) -> Step:
        try:
            turns = restored(app.assistant.index.catalog, str(getattr(event, "key", "")), texts)
        except ValueError:
            turns = (chat.Turn("", "", problem=texts.talks.unreadable),)
        gone = any(turn.gone for turn in turns)  # what it said is no longer kept then
        return gr.skip(), *_step(turns, texts, kept=gone)[1:]  # somebody may be typing already

    def on_export(wanted: Style, form: Form, event: gr.EventData) -> str:
        turns = restored(app.assistant.index.catalog, str(getattr(event, "key", "")), texts)
        return on_save(turns, wanted, form)

    def on_card(event: gr.EventData) -> Iterator[tuple[Any, ...]]:
        document = str(getattr(event, "key", ""))
        for markup, save in filling(app, document, texts):
            yield gr.Tabs(selected="card"), gr.update(value=document), markup, save

    def on_save(turns: chat.Turns, wanted: Style, form: Form) -> str:
        paragraphs = takeaway.conversation(turns, app.known(), wanted, texts)
        return as_file(paragraphs, form, texts.language, turns[0].question if turns else "")

    card, saved = parts.card, parts.saved
    fresh = [parts.first, parts.chooser, card.choice]
    offering = {**QUIET, "js": CHOSEN}
    restoring = {**QUIET, "js": "() => window.thesisQA.restore()"}
    page.load(None, **restoring)
    page.load(on_link, None, parts.talk, **QUIET)
    for change in (page.load, parts.library.change):
        shown = change(on_load, None, fresh, **QUIET)
        shown.then(on_choice, parts.chosen, parts.offers, **offering)
    parts.bridge.input(on_choice, parts.chosen, parts.offers, **offering)
    # Another tab may go on with the conversation while this one opens it: the last one counts.
    parts.bridge.expand(on_open, None, parts.talk, trigger_mode="always_last", **QUIET)
    parts.bridge.apply(on_export, [parts.style, parts.form], saved, **QUIET)
    keep = "kept => window.thesisQA.keep(kept)"
    parts.kept.change(None, parts.kept, None, js=keep, **QUIET)
    parts.bridge.select(on_card, None, [parts.tabs, card.choice, card.shown, card.save], **QUIET)
    parts.save.click(on_save, [parts.turns, parts.style, parts.form], saved, **QUIET)
    saved.change(None, saved, None, js="text => window.thesisQA.save(text)", **QUIET)


def _steps(
    app: AppContext,
    before: chat.Turns,
    text: str,
    names: Sequence[str],
    texts: Texts,
    talk: str = "",
) -> Iterator[Step]:
    turns = before
    if text.strip():
        growing = chat.growing_turns(app, before, text, names, texts, talk)
        for at, turns in enumerate(growing):
            yield _step(turns, texts, asking=True, kept=not at)
    yield _step(turns, texts, kept=True)


def _step(turns: chat.Turns, texts: Texts, asking: bool = False, kept: bool = False) -> Step:
    """Values for `PageParts.talk`: the question box, the conversation, what the chat shows of it,
    the source cards; that no question is being changed any more; and what is to be `kept`."""
    import gradio as gr

    # A button to send, or to stop what is going on.
    box = gr.update(value="", submit_btn=not asking and texts.send, stop_btn=asking and texts.stop)
    messages = chat.messages(turns, texts, asking)
    sources, keep = chat.sources_markup(turns, texts), packed(turns) if kept else gr.skip()
    return box, turns, messages, sources, "", gr.update(visible=False), keep
