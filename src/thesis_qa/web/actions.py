"""What is done with an answer or a question: copied, linked, changed, said how it was.

The buttons stand in the chat, whose HTML is stripped of all but a name and a value; page.js hands
a click to a hidden component, `hand`, which raises one of Gradio's own events with them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, get_args

from thesis_qa.errors import ThesisQAError
from thesis_qa.index.feedback import Verdict, feedback_on, keep_feedback
from thesis_qa.web import chat, takeaway
from thesis_qa.web.desk import Desk
from thesis_qa.web.paper import plain
from thesis_qa.web.permalink import permalink
from thesis_qa.web.references import Style
from thesis_qa.web.texts import Texts

VERDICTS: dict[str, Verdict] = {v.replace(" ", "-"): v for v in get_args(Verdict)}
"""By the name of the button."""


@dataclass(frozen=True, slots=True)
class Talk:
    """The components that the actions read and change."""

    turns: Any
    log: Any
    question: Any
    editing: Any
    changing: Any
    style: Any
    copied: Any


def action_parts() -> tuple[Any, Any, Any]:
    """The component that raises the events, and what takes text to copy and files to save."""
    import gradio as gr

    on_load = "window.thesisQA.tell = (event, data) => trigger(event, data)"
    hand = gr.HTML("", elem_id="hand", js_on_load=on_load, visible="hidden", padding=False)
    return hand, gr.Textbox(visible="hidden"), gr.Textbox(visible="hidden")


def acting(desk: Desk, texts: Texts, hand: Any, talk: Talk) -> None:
    """Connect the events of `hand` with what they do."""
    import gradio as gr

    def on_copy(turns: chat.Turns, style: Style, event: gr.EventData) -> str:
        turn = chat.find(turns, getattr(event, "key", ""))
        return _copy(desk, turn, style, texts) if turn else ""

    def on_link(turns: chat.Turns, event: gr.EventData) -> str:
        turn = chat.find(turns, getattr(event, "key", ""))
        return permalink(turn.answer, texts) if turn and turn.answer else ""

    def on_edit(turns: chat.Turns, event: gr.EventData) -> tuple[Any, ...]:
        turn = chat.find(turns, getattr(event, "key", ""))
        if turn is None:
            return gr.skip(), gr.skip(), gr.skip()
        return turn.question, turn.key, gr.update(visible=True)

    def on_rate(turns: chat.Turns, event: gr.EventData) -> tuple[Any, Any]:
        try:
            rated = rate(desk, turns, event._data)
        except ThesisQAError as error:
            gr.Warning(str(error))
            return gr.skip(), gr.skip()
        return rated, chat.messages(rated, texts)

    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    hand.copy(on_copy, [talk.turns, talk.style], talk.copied, **quiet).then(
        None, talk.copied, None, js="text => window.thesisQA.copy(text, 'copied')", **quiet
    )
    hand.download(on_link, talk.turns, talk.copied, **quiet).then(
        None, talk.copied, None, js="text => window.thesisQA.copy(text, 'link')", **quiet
    )
    changed = [talk.question, talk.editing, talk.changing]
    hand.edit(on_edit, talk.turns, changed, **quiet).then(
        None, None, None, js="() => window.thesisQA.focus()", **quiet
    )
    hand.undo(lambda: ("", "", gr.update(visible=False)), None, changed, **quiet)
    hand.like(on_rate, talk.turns, [talk.turns, talk.log], **quiet)


def _copy(desk: Desk, turn: chat.Turn, style: Style, texts: Texts) -> str:
    if turn.answer is None:
        return ""
    known = {d.name: d.metadata for d in desk.assistant.index.documents()}
    return plain(takeaway.single_answer(turn.answer, known, style, texts))


def rate(desk: Desk, turns: Sequence[chat.Turn], said: object) -> chat.Turns:
    """Keep what a visitor says of an answer; `said` comes from the browser and may be anything."""
    values = said if isinstance(said, dict) else {}
    turn, name = chat.find(turns, values.get("key")), str(values.get("act", ""))
    if turn is None or turn.answer is None or name not in VERDICTS:
        return tuple(turns)
    feedback = feedback_on(turn.answer, VERDICTS[name], str(values.get("note", "")), turn.among)
    keep_feedback(desk.assistant.index.folder, turn.key, feedback)
    return tuple(replace(t, verdict=name) if t.key == turn.key else t for t in turns)
