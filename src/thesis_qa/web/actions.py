"""What is done with an answer or a question: copied, linked, changed, said how it was.

The buttons stand in the chat, whose HTML is stripped of all but a name and a value; page.js hands
a click to a hidden component, `bridge`, which raises one of Gradio's own events with them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, get_args

from thesis_qa.errors import ThesisQAError
from thesis_qa.index.feedback import Verdict, feedback_on, keep_feedback
from thesis_qa.web import chat, takeaway
from thesis_qa.web.card_tab import CardTab
from thesis_qa.web.context import QUIET, AppContext
from thesis_qa.web.keeping import packed, permalink
from thesis_qa.web.references import Style
from thesis_qa.web.takeaway import plain
from thesis_qa.web.texts import Texts, error_line

VERDICTS: dict[str, Verdict] = {v.replace(" ", "-"): v for v in get_args(Verdict)}
"""By the name of the button."""


@dataclass(frozen=True, slots=True)
class PageParts:
    """The components of the page that do something with each other."""

    bridge: Any  # raises the events of the buttons in the chat
    copied: Any  # takes text to copy
    saved: Any  # takes files to save
    kept: Any  # takes the conversation, for the browser to keep
    chosen: Any  # the theses chosen in the browser, JSON
    turns: Any  # the conversation, a state
    editing: Any  # a state: the key of the turn that is being changed
    log: Any
    place: Any  # in the line of questions
    changing: Any
    question: Any
    first: Any  # the screen before the first question
    offers: Any
    chooser: Any
    tabs: Any
    cards: Any
    style: Any
    form: Any
    save: Any
    library: Any  # a state that changes whenever the library does
    card: CardTab

    @property
    def talk(self) -> list[Any]:
        """What every step of an answer changes."""
        shown = [self.question, self.turns, self.log, self.cards]
        return [*shown, self.editing, self.changing, self.kept]


def hidden_parts() -> dict[str, Any]:
    """The component that raises the events, and what takes text to copy and files to save."""
    import gradio as gr

    on_load = "window.thesisQA.tell = (event, data) => trigger(event, data)"
    bridge = gr.HTML("", elem_id="bridge", js_on_load=on_load, visible="hidden", padding=False)
    hidden = {
        name: gr.Textbox(visible="hidden", elem_id=f"hidden-{name}")
        for name in ("copied", "saved", "kept", "chosen")
    }
    return {"bridge": bridge, **hidden}


def connect_actions(app: AppContext, texts: Texts, parts: PageParts) -> None:
    """Connect the events of the bridge with what they do."""
    import gradio as gr

    def on_copy(turns: chat.Turns, style: Style, event: gr.EventData) -> str:
        turn = chat.turn_of(turns, getattr(event, "key", ""))
        if turn is None or turn.answer is None:
            return ""
        return plain(takeaway.single_answer(turn.answer, app.known(), style, texts))

    def on_link(turns: chat.Turns, event: gr.EventData) -> str:
        turn = chat.turn_of(turns, getattr(event, "key", ""))
        return permalink(turn.answer, texts) if turn and turn.answer else ""

    def on_edit(turns: chat.Turns, event: gr.EventData) -> tuple[Any, ...]:
        turn = chat.turn_of(turns, getattr(event, "key", ""))
        if turn is None:
            return gr.skip(), gr.skip(), gr.skip()
        return turn.question, turn.key, gr.update(visible=True)

    def on_rate(turns: chat.Turns, event: gr.EventData) -> tuple[Any, ...]:
        try:
            rated = rate(app, turns, event._data)
        except ThesisQAError as error:
            gr.Warning(error_line(error, texts.language))
            return gr.skip(), gr.skip(), gr.skip()
        return rated, chat.messages(rated, texts), packed(rated)

    bridge, copied = parts.bridge, parts.copied
    changed = [parts.question, parts.editing, parts.changing]
    bridge.copy(on_copy, [parts.turns, parts.style], copied, **QUIET).then(
        None, copied, None, js="text => window.thesisQA.copy(text, 'copied')", **QUIET
    )
    bridge.download(on_link, parts.turns, copied, **QUIET).then(
        None, copied, None, js="text => window.thesisQA.copy(text, 'link')", **QUIET
    )
    bridge.edit(on_edit, parts.turns, changed, **QUIET).then(
        None, None, None, js="() => window.thesisQA.focus()", **QUIET
    )
    bridge.undo(lambda: ("", "", gr.update(visible=False)), None, changed, **QUIET)
    bridge.like(on_rate, parts.turns, [parts.turns, parts.log, parts.kept], **QUIET)


def rate(app: AppContext, turns: Sequence[chat.Turn], sent: object) -> chat.Turns:
    """Keep what a visitor says of an answer; `sent` comes from the browser and may be anything."""
    values = sent if isinstance(sent, dict) else {}
    turn, name = chat.turn_of(turns, values.get("key")), str(values.get("act", ""))
    if turn is None or turn.answer is None or name not in VERDICTS:
        return tuple(turns)
    feedback = feedback_on(turn.answer, VERDICTS[name], str(values.get("note", "")), turn.among)
    keep_feedback(app.assistant.index.folder, turn.key, feedback)
    return tuple(replace(t, verdict=name) if t.key == turn.key else t for t in turns)
