"""HTML from the templates of this folder: whatever is filled in is text and escaped."""

from functools import cache
from typing import TYPE_CHECKING

from thesis_qa.evaluate.report import html_environment
from thesis_qa.web.places import cited_page, page_words, place_link, size_words, spans_link
from thesis_qa.web.texts import Texts

if TYPE_CHECKING:
    from jinja2 import Environment


@cache
def _templates() -> "Environment":
    environment = html_environment("thesis_qa.web")
    for function in (cited_page, page_words, place_link, size_words, spans_link):
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
