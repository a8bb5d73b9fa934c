"""Finding a quote: where the sentences of a draft stand, word for word, nearly, or translated."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from thesis_qa.errors import ThesisQAError
from thesis_qa.lang.data import text
from thesis_qa.types import How, Match
from thesis_qa.web.chat import lined_up
from thesis_qa.web.context import QUIET, AppContext, names_sent
from thesis_qa.web.look import fragment, notice
from thesis_qa.web.texts import Texts, error_line


def find_tab(app: AppContext, texts: Texts, chosen: Any, js: str) -> None:
    """The tab's components and what they do; `chosen` are the theses that are looked through."""
    import gradio as gr

    say = texts.find
    gr.HTML(notice(say.intro, texts, style="lead"), padding=False)
    draft = gr.Textbox(
        label=say.draft, placeholder=say.draft, lines=3, max_lines=12, container=False,
        elem_id="draft",
    )  # fmt: skip
    start = gr.Button(say.start, size="sm", variant="primary", elem_id="find")
    place = gr.HTML("", elem_id="finding", padding=False)
    shown = gr.HTML("", elem_id="found", padding=False)

    def on_find(draft: str, sent: str) -> Iterator[tuple[str]]:
        yield (notice(texts.answers.working, texts, box="waiting"),)
        try:
            matches = app.assistant.index.find(draft, names_sent(sent) or None)
        except ThesisQAError as error:
            said = error_line(error, texts.language)
            yield (notice(said, texts, style="nothing", role="alert"),)
            return
        yield (found_markup(matches, texts),)

    start.click(
        lined_up(app.line, on_find, 1, texts), [draft, chosen], [shown, place],
        js=js, **{**QUIET, "concurrency_limit": None},
    )  # fmt: skip


def found_markup(matches: Sequence[Match], texts: Texts) -> str:
    """Each sentence of a draft with the places where it stands."""
    by_sentence = groupby(matches, key=lambda match: match.text)
    found = [(sentence, list(places)) for sentence, places in by_sentence]
    nowhere = sum(1 for _, places in found if places[0].how == "nowhere")
    return fragment("found.html", texts, found=found, stand=len(found) - nowhere, how=_how(texts))


def _how(texts: Texts) -> Any:
    def words(how: How) -> str:
        return text(f"text.cli.how.{how}", texts.language)

    return words
