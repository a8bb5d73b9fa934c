"""How the page looks and behaves: theme, style sheet, script."""

from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
SANS = ("ui-sans-serif", "system-ui", "Segoe UI", "Roboto", "Noto Sans", "sans-serif")
MONO = ("ui-monospace", "Cascadia Mono", "Consolas", "monospace")


def style() -> str:
    """The style sheet."""
    return (HERE / "style.css").read_text(encoding="utf-8")


def script() -> str:
    """What the components can't do by themselves: citations, the reader's window, dark mode."""
    return (HERE / "page.js").read_text(encoding="utf-8")


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
    return base.set(
        body_background_fill="var(--ground)",
        body_background_fill_dark="var(--ground)",
        body_text_color="var(--ink)",
        body_text_color_dark="var(--ink)",
        background_fill_primary="var(--paper)",
        background_fill_primary_dark="var(--paper)",
        background_fill_secondary="var(--ground)",
        background_fill_secondary_dark="var(--ground)",
        block_background_fill="transparent",
        block_background_fill_dark="transparent",
        block_border_width="0px",
        border_color_primary="var(--line)",
        border_color_primary_dark="var(--line)",
        color_accent="var(--accent)",
        input_background_fill="var(--paper)",
        input_background_fill_dark="var(--paper)",
        body_text_color_subdued="var(--faint)",
        body_text_color_subdued_dark="var(--faint)",
        block_info_text_color="var(--faint)",
        block_info_text_color_dark="var(--faint)",
        block_title_text_color="var(--faint)",
        block_title_text_color_dark="var(--faint)",
        input_placeholder_color="var(--faint)",
        input_placeholder_color_dark="var(--faint)",
        link_text_color="var(--accent)",
        link_text_color_dark="var(--accent)",
    )
