"""The page as Gradio components: a chat beside the sources, the library, and what it is."""

from collections.abc import Iterator
from functools import partial
from html import escape
from typing import Any

from thesis_qa.page import chat, takeaway
from thesis_qa.page.books import AT_ONCE, library_tab
from thesis_qa.page.cards import no_sources
from thesis_qa.page.desk import Desk
from thesis_qa.page.line import lined_up
from thesis_qa.page.login import sign_out_form
from thesis_qa.page.texts import Texts

Turns = tuple[chat.Turn, ...]
Step = tuple[dict[str, Any], Turns, list[chat.Message], str]


def build_page(desk: Desk, texts: Texts) -> Any:
    """The page in one language, a `gradio.Blocks`."""
    import gradio as gr

    with gr.Blocks(title=texts.name, analytics_enabled=False, fill_width=True) as page:
        gr.HTML(_header(desk, texts), elem_id="top", padding=False)
        turns = gr.State(())
        with gr.Row(elem_id="desk"):
            with gr.Column(scale=6, min_width=320, elem_id="asking"):
                log, place, question = _chat(desk, texts)
                among = _chooser(desk, texts)
            with gr.Column(scale=5, min_width=320, elem_id="beside"), gr.Tabs(elem_id="tabs"):
                with gr.Tab(texts.sources, id="sources", elem_id="sources-tab"):
                    cards = gr.HTML(no_sources(texts), elem_id="sources", padding=False)
                    style, save, saved = _saving(texts)
                with gr.Tab(texts.library, id="library", elem_id="library-tab"):
                    changed = library_tab(page, desk, texts)
                with gr.Tab(texts.about, id="about", elem_id="about-tab"):
                    gr.HTML(_about(desk, texts), elem_id="about", padding=False)
        gr.HTML(_reader(texts), elem_id="reader-frame", padding=False)

        def on_ask(text: str, before: Turns, names: list[str]) -> Iterator[Step]:
            yield from _steps(desk, before, text, names, texts)

        def on_example(before: Turns, names: list[str], event: gr.SelectData) -> Iterator[Step]:
            yield from _steps(desk, before, event.value["text"], names, texts)

        def on_suggestion(before: Turns, names: list[str], event: gr.SelectData) -> Iterator[Step]:
            yield from _steps(desk, before, event.value, names, texts)

        def on_retry(before: Turns, names: list[str]) -> Iterator[Step]:
            if before:
                yield from _steps(desk, before[:-1], before[-1].question, names, texts)

        def on_undo(before: Turns) -> Step:
            again = before[-1].question if before else ""
            return _step(before[:-1], texts, again)

        def on_load() -> tuple[Any, Any]:
            welcome = gr.update(placeholder=_welcome(desk, texts))
            return gr.update(**_choices(desk)), welcome

        def on_save(turns: Turns, wanted: takeaway.Style) -> str:
            known = {d.name: d.metadata for d in desk.assistant.index.documents()}
            return takeaway.conversation(turns, known, wanted, texts)

        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        asked: dict[str, Any] = {**quiet, "concurrency_limit": None}  # the line limits them
        talk = [question, turns, log, cards]
        asking = [*talk, place]
        waits = partial(lined_up, desk.line, outputs=len(talk), texts=texts)
        runs = [
            question.submit(waits(on_ask), [question, turns, among], asking, **asked),
            log.example_select(waits(on_example), [turns, among], asking, **asked),
            log.option_select(waits(on_suggestion), [turns, among], asking, **asked),
            log.retry(waits(on_retry), [turns, among], asking, **asked),
        ]
        question.stop(
            lambda: (_box(texts, False), ""), None, [question, place], cancels=runs, **quiet
        )
        log.undo(on_undo, turns, talk, **quiet)
        log.clear(lambda: _step((), texts), None, talk, **quiet)
        changed.change(on_load, None, [among, log], **quiet)
        page.load(on_load, None, [among, log], **quiet)
        save.click(on_save, [turns, style], saved, **quiet).then(
            None, saved, None, js="text => window.thesisQA.save(text)", **quiet
        )
    page.queue(default_concurrency_limit=AT_ONCE)
    return page


def _steps(desk: Desk, before: Turns, text: str, names: list[str], texts: Texts) -> Iterator[Step]:
    turns = before
    if text.strip():
        for turns in chat.ask(desk, before, text, names, texts):
            yield _step(turns, texts, asking=True)
    yield _step(turns, texts)


def _step(turns: Turns, texts: Texts, question: str = "", asking: bool = False) -> Step:
    """The question box, the conversation, what the chat shows of it, and the source cards."""
    cards = chat.sources(turns, texts) or no_sources(texts)
    return _box(texts, asking, question), turns, chat.messages(turns, texts), cards


def _box(texts: Texts, asking: bool, question: str | None = None) -> dict[str, Any]:
    """The question box with a button to send, or to stop what is going on."""
    import gradio as gr

    shown: dict[str, Any] = {} if question is None else {"value": question}
    shown |= {"submit_btn": not asking and texts.send, "stop_btn": asking and texts.stop}
    update: dict[str, Any] = gr.update(**shown)
    return update


def _chat(desk: Desk, texts: Texts) -> tuple[Any, Any, Any]:
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
    return log, place, question


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
            list(takeaway.STYLES),
            value=takeaway.STYLES[0],
            label=texts.references,
            container=False,
            elem_id="style",
        )
        save = gr.Button(texts.save, size="sm", elem_id="save")
        saved = gr.Textbox(visible="hidden")
    return style, save, saved


def _header(desk: Desk, texts: Texts) -> str:
    other = "en" if texts.language == "id" else "id"
    return (
        f'<header class="top"><div><h1>{escape(texts.name)}</h1>'
        f"<p>{escape(texts.tagline)}</p></div>"
        f'<nav><a class="language" href="/{other}/" lang="{other}" hreflang="{other}">'
        f"{escape(texts.other_language)}</a>"
        f'<button type="button" class="theme" data-theme aria-label="{escape(texts.theme)}"'
        f' title="{escape(texts.theme)}">◐</button>'
        f"{sign_out_form(texts) if desk.settings.users else ''}</nav></header>"
    )


def _about(desk: Desk, texts: Texts) -> str:
    about = desk.assistant.index.catalog.about()
    models = texts.about_models.format(embedding=about["embedding"], model=texts.quoted)
    lines = (texts.about_quotes, models, texts.about_private, texts.about_limits)
    return f'<div class="about">{"".join(f"<p>{escape(line)}</p>" for line in lines)}</div>'


def _reader(texts: Texts) -> str:
    """The window that a page is read in."""
    return (
        f'<dialog id="reader" aria-label="{escape(texts.show_page)}"><div class="bar">'
        f'<button type="button" data-zoom="-1" aria-label="{escape(texts.smaller)}">−</button>'
        f'<button type="button" data-zoom="1" aria-label="{escape(texts.larger)}">+</button>'
        f'<button type="button" data-close aria-label="{escape(texts.close)}">✕</button></div>'
        f'<div class="content" tabindex="0"></div></dialog>'
    )
