"""The page as Gradio components: a chat beside the sources, the library, and what it is."""

from collections.abc import Iterator
from functools import partial
from html import escape
from typing import Any

from thesis_qa.web import chat, takeaway
from thesis_qa.web.actions import Talk, acting, action_parts
from thesis_qa.web.books import AT_ONCE, library_tab
from thesis_qa.web.card_tab import card_tab, choices, filling
from thesis_qa.web.cards import no_sources
from thesis_qa.web.desk import Desk
from thesis_qa.web.evaluation import evaluation_tab
from thesis_qa.web.line import lined_up
from thesis_qa.web.login import sign_out_form
from thesis_qa.web.markup import runs_on
from thesis_qa.web.paper import FORMS, Form, as_file
from thesis_qa.web.references import STYLES, Style
from thesis_qa.web.texts import Texts

Step = tuple[dict[str, Any], chat.Turns, list[chat.Message], str, str, Any]


def build_page(desk: Desk, texts: Texts) -> Any:
    """The page in one language, a `gradio.Blocks`."""
    import gradio as gr

    with gr.Blocks(title=texts.name, analytics_enabled=False, fill_width=True) as page:
        gr.HTML(_header(desk, texts), elem_id="top", padding=False)
        turns, editing = gr.State(()), gr.State("")
        hand, copied, saved = action_parts()
        with gr.Row(elem_id="desk"):
            with gr.Column(scale=6, min_width=320, elem_id="asking"):
                log, place, changing, question = _chat(desk, texts)
                among = _chooser(desk, texts)
            with (
                gr.Column(scale=5, min_width=320, elem_id="beside"),
                gr.Tabs(elem_id="tabs") as tabs,
            ):
                with gr.Tab(texts.sources, id="sources", elem_id="sources-tab"):
                    cards = gr.HTML(no_sources(texts), elem_id="sources", padding=False)
                    style, form, save = _saving(texts)
                with gr.Tab(texts.library, id="library", elem_id="library-tab"):
                    changed = library_tab(page, desk, texts)
                with gr.Tab(texts.card.tab, id="card", elem_id="card-tab") as standing:
                    card = card_tab(desk, texts, standing, saved)
                with gr.Tab(texts.evaluation.tab, id="evaluation", elem_id="evaluation-tab"):
                    evaluation_tab(desk, texts, saved)
                with gr.Tab(texts.about, id="about", elem_id="about-tab"):
                    gr.HTML(_about(desk, texts), elem_id="about", padding=False)
        gr.HTML(_reader(texts), elem_id="reader-frame", padding=False)

        def on_ask(text: str, before: chat.Turns, names: list[str], key: str) -> Iterator[Step]:
            yield from _steps(desk, chat.until(before, key), text, names, texts)

        def on_example(
            before: chat.Turns, names: list[str], event: gr.SelectData
        ) -> Iterator[Step]:
            yield from _steps(desk, before, event.value["text"], names, texts)

        def on_suggestion(
            before: chat.Turns, names: list[str], event: gr.SelectData
        ) -> Iterator[Step]:
            yield from _steps(desk, before, event.value, names, texts)

        def on_retry(before: chat.Turns, names: list[str]) -> Iterator[Step]:
            if before:
                yield from _steps(desk, before[:-1], before[-1].question, names, texts)

        def on_stop(turns: chat.Turns) -> tuple[Any, ...]:
            return *_step(chat.stopped(turns, texts), texts), ""

        def on_clear() -> tuple[Any, ...]:
            return *_step((), texts), ""

        def on_open(request: gr.Request) -> Step:
            link = dict(request.query_params).get("answer")
            if not link:  # somebody may have asked already, while the page was loading
                return (gr.skip(),) * len(talk)
            return _step(chat.opened(desk, link, texts), texts)

        def on_card(event: gr.EventData) -> Iterator[tuple[Any, ...]]:
            document = str(getattr(event, "key", ""))
            for markup, save in filling(desk, document, texts):
                yield gr.Tabs(selected="card"), gr.update(value=document), markup, save

        def on_load() -> tuple[Any, ...]:
            welcome = gr.update(placeholder=_welcome(desk, texts))
            return gr.update(**_choices(desk)), welcome, gr.update(**choices(desk))

        def on_save(turns: chat.Turns, wanted: Style, form: Form) -> str:
            known = {d.name: d.metadata for d in desk.assistant.index.documents()}
            parts = takeaway.conversation(turns, known, wanted, texts)
            return as_file(parts, form, texts.language)

        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        asked: dict[str, Any] = {**quiet, "concurrency_limit": None}  # the line limits them
        talk = [question, turns, log, cards, editing, changing]
        asking = [*talk, place]
        waits = partial(lined_up, desk.line, outputs=len(talk), texts=texts)
        runs = [
            question.submit(waits(on_ask), [question, turns, among, editing], asking, **asked),
            log.example_select(waits(on_example), [turns, among], asking, **asked),
            log.option_select(waits(on_suggestion), [turns, among], asking, **asked),
            hand.retry(waits(on_retry), [turns, among], asking, **asked),
        ]
        question.stop(on_stop, turns, asking, cancels=runs, **quiet)
        hand.clear(on_clear, None, asking, cancels=runs, **quiet)
        hand.select(on_card, None, [tabs, card.choice, card.shown, card.save], **quiet)
        acting(desk, texts, hand, Talk(turns, log, question, editing, changing, style, copied))
        fresh = [among, log, card.choice]
        changed.change(on_load, None, fresh, **quiet)
        page.load(on_load, None, fresh, **quiet).then(on_open, None, talk, **quiet)
        save.click(on_save, [turns, style, form], saved, **quiet)
        saved.change(None, saved, None, js="text => window.thesisQA.save(text)", **quiet)
    page.queue(default_concurrency_limit=AT_ONCE)
    return page


def _steps(
    desk: Desk, before: chat.Turns, text: str, names: list[str], texts: Texts
) -> Iterator[Step]:
    turns = before
    if text.strip():
        for turns in chat.ask(desk, before, text, names, texts):
            yield _step(turns, texts, asking=True)
    yield _step(turns, texts)


def _step(turns: chat.Turns, texts: Texts, asking: bool = False) -> Step:
    """The question box, the conversation, what the chat shows of it, the source cards; and that
    no question is being changed any more."""
    import gradio as gr

    cards = chat.sources(turns, texts) or no_sources(texts)
    messages = chat.messages(turns, texts, asking)
    return _box(texts, asking, ""), turns, messages, cards, "", gr.update(visible=False)


def _box(texts: Texts, asking: bool, question: str | None = None) -> dict[str, Any]:
    """The question box with a button to send, or to stop what is going on."""
    import gradio as gr

    shown: dict[str, Any] = {} if question is None else {"value": question}
    shown |= {"submit_btn": not asking and texts.send, "stop_btn": asking and texts.stop}
    update: dict[str, Any] = gr.update(**shown)
    return update


def _chat(desk: Desk, texts: Texts) -> tuple[Any, Any, Any, Any]:
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
        placeholder=_welcome(desk, texts),
        examples=[{"text": example} for example in texts.examples],
    )
    place = gr.HTML("", elem_id="place", padding=False)
    changing = gr.HTML(_changing(texts), elem_id="changing", padding=False, visible=False)
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
    return log, place, changing, question


def _changing(texts: Texts) -> str:
    """What stands over the question box while an earlier question is being changed."""
    say = texts.answers
    return (
        f'<p role="status">{escape(say.editing)}'
        f' <button type="button" class="act" name="keep">{escape(say.keep)}</button></p>'
    )


def _welcome(desk: Desk, texts: Texts) -> str:
    more = texts.welcome_more if desk.assistant.index.documents() else texts.empty_library
    return f"<h2>{escape(texts.welcome)}</h2><p>{escape(more)}</p>"


def _chooser(desk: Desk, texts: Texts) -> Any:
    """Which theses a question goes to; there is no choice with fewer than two."""
    import gradio as gr

    with gr.Row(elem_id="among-row"):
        gr.HTML(f"<span>{escape(texts.among)}</span>", padding=False)
        return gr.Dropdown(
            multiselect=True,
            label=texts.among,
            container=False,
            show_label=False,
            interactive=True,
            elem_id="among",
            **_choices(desk),
        )


def _choices(desk: Desk) -> dict[str, Any]:
    documents = desk.assistant.index.documents()
    named = [(d.metadata.title or d.name, d.name) for d in documents]
    return {"choices": named, "visible": len(documents) > 1}


def _saving(texts: Texts) -> tuple[Any, Any, Any]:
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
    return style, form, save


def _header(desk: Desk, texts: Texts) -> str:
    other = "en" if texts.language == "id" else "id"
    new = escape(texts.answers.new)
    return (
        f'<header class="top"><div><h1>{escape(texts.name)}</h1>'
        f"<p>{escape(texts.tagline)}</p></div>"
        f'<nav><button type="button" class="act new" name="clear" title="{new}"'
        f' aria-label="{new}"><span aria-hidden="true">+</span>'
        f'<span class="long">{escape(texts.answers.new)}</span></button>'
        f'<a class="language" href="/{other}/" lang="{other}" hreflang="{other}">'
        f"{escape(texts.other_language)}</a>"
        f'<button type="button" class="theme" data-theme aria-label="{escape(texts.theme)}"'
        f' title="{escape(texts.theme)}">◐</button>'
        f"{sign_out_form(texts) if desk.settings.users else ''}</nav></header>"
    )


def _about(desk: Desk, texts: Texts) -> str:
    about = desk.assistant.index.catalog.about()
    writing = desk.assistant.writing
    where = runs_on(writing.model.runs_on, texts) if writing else ""
    model = f"{writing.model.name} ({where})" if writing else texts.quoted
    models = texts.about_models.format(embedding=about["embedding"], model=model)
    quotes = texts.about_written if writing else texts.about_quotes
    private = texts.about_private
    if writing and not writing.model.is_local:
        private = texts.about_sent.format(where=where)
    lines = (quotes, models, private, texts.about_limits)
    return f'<div class="about">{"".join(f"<p>{escape(line)}</p>" for line in lines)}</div>'


def _reader(texts: Texts) -> str:
    """The window that a page is read in, that for a note, and what is said in passing."""
    say = texts.answers
    return (
        f'<dialog id="reader" aria-label="{escape(texts.show_page)}"><div class="bar">'
        f'<button type="button" data-zoom="-1" aria-label="{escape(texts.smaller)}">−</button>'
        f'<button type="button" data-zoom="1" aria-label="{escape(texts.larger)}">+</button>'
        f'<button type="button" data-close aria-label="{escape(texts.close)}">✕</button></div>'
        f'<div class="content" tabindex="0"></div></dialog>'
        f'<dialog id="note"><form method="dialog"><label for="note-text">{escape(say.note_for)}'
        f'</label><textarea id="note-text" rows="3" maxlength="2000"'
        f' placeholder="{escape(say.note_hint)}"></textarea><div class="bar">'
        f'<button value="">{escape(texts.close)}</button>'
        f'<button value="send" class="main">{escape(say.send_note)}</button></div></form></dialog>'
        f'<div id="peek" role="tooltip"></div>'
        f'<div id="toast" role="status" data-copied="{escape(say.copied)}"'
        f' data-link="{escape(say.link_copied)}" data-refused="{escape(say.not_copied)}"'
        f' data-thanks="{escape(say.thanks)}"></div>'
    )
