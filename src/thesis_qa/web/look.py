"""How the page looks and behaves: its templates, theme, style sheet and script.

Whatever is filled into a template is text and escaped.
"""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from thesis_qa.evaluate.html_report import html_environment
from thesis_qa.web.places import (
    cited_page,
    page_words,
    place_link,
    quoted_table,
    size_words,
    spans_link,
)
from thesis_qa.web.texts import Texts

if TYPE_CHECKING:
    from jinja2 import Environment


@cache
def _templates() -> "Environment":
    environment = html_environment("thesis_qa.web")
    for function in (cited_page, page_words, place_link, quoted_table, size_words, spans_link):
        environment.globals[function.__name__] = function
    return environment


def render(template: str, texts: Texts, **values: object) -> str:
    """The `template` filled in; in it the texts of the page are called `t`."""
    return _templates().get_template(template).render(t=texts, **values)


def fragment(template: str, texts: Texts, **values: object) -> str:
    """As `render`, on one line: Markdown, which the chat is read as, ends HTML at a blank line."""
    return " ".join(render(template, texts, **values).split())


def notice(text: str, texts: Texts, style: str = "", box: str = "", role: str = "") -> str:
    """One sentence as a paragraph, in a box where one is named; nothing where it is empty."""
    return (
        fragment("notice.html", texts, text=text, style=style, box=box, role=role) if text else ""
    )


HERE = Path(__file__).parent
SCRIPTS = ("page.js", "reader.js", "talks.js")
SANS = ("ui-sans-serif", "system-ui", "Segoe UI", "Roboto", "Noto Sans", "sans-serif")
MONO = ("ui-monospace", "Cascadia Mono", "Consolas", "monospace")
COLOURS = {  # of Gradio's parts, from the style sheet, which has them for light and dark
    "--ground": ("body_background_fill", "background_fill_secondary"),
    "--paper": ("background_fill_primary", "input_background_fill"),
    "--ink": ("body_text_color",),
    "--line": ("border_color_primary",),
    "--accent": ("link_text_color",),
    "--faint": (
        "body_text_color_subdued", "block_info_text_color", "block_title_text_color",
        "input_placeholder_color",
    ),
}  # fmt: skip


def style_sheet() -> str:
    """The style sheet."""
    return (HERE / "style.css").read_text(encoding="utf-8")


def script() -> str:
    """What the components can't do by themselves: citations, the reader's window, dark mode."""
    return "\n".join((HERE / name).read_text(encoding="utf-8") for name in SCRIPTS)


def icon() -> str:
    """The browser tab's picture, an SVG."""
    return (HERE / "icon.svg").read_text(encoding="utf-8")


def theme() -> Any:
    """A `gradio` theme of system fonts, paper and one quiet green; nothing is fetched for it."""
    import gradio as gr

    base = gr.themes.Base(
        primary_hue="teal",
        neutral_hue="stone",
        radius_size="md",
        font=[gr.themes.Font(name) for name in SANS],
        font_mono=[gr.themes.Font(name) for name in MONO],
    )
    colours = {
        f"{part}{mode}": f"var({colour})"
        for colour, parts in COLOURS.items()
        for part in parts
        for mode in ("", "_dark")
    }
    clear = {f"block_background_fill{mode}": "transparent" for mode in ("", "_dark")}
    return base.set(**colours, **clear, block_border_width="0px", color_accent="var(--accent)")
