"""How an answer is shown at the end of a notebook's cell; text of documents is never markup."""

from dataclasses import dataclass
from html import escape
from typing import Any

MARKUP = str.maketrans({character: f"\\{character}" for character in "\\`*_[]()#!|~$"})


class InNotebook:
    """What has a text and citations, each with the address of its place."""

    __slots__ = ()
    text: str
    citations: Any

    def _repr_html_(self) -> str:
        said = "".join(f"<p>{escape(part)}</p>" for part in self.text.split("\n\n"))
        sources = (
            f'<li value="{c.number}"><a href="{escape(c.url)}">{escape(_source(c))}</a></li>'
            for c in self.citations
        )
        return f"{said}<ol>{''.join(sources)}</ol>"

    def _repr_markdown_(self) -> str:
        sources = (f"{c.number}. [{_plain(_source(c))}]({c.url})" for c in self.citations)
        return "\n\n".join([_plain(self.text), "\n".join(sources)]).strip()


@dataclass(frozen=True, slots=True)
class QuotePicture:
    """The part of a page that a quote stands on, with the quote marked."""

    png: bytes

    def _repr_png_(self) -> bytes:
        return self.png


def _source(citation: Any) -> str:
    label = citation.page_label or citation.page
    page = f"p. {label}" if label else ""
    return ", ".join(part for part in (citation.title, page, citation.section) if part)


def _plain(text: str) -> str:
    """Text that Markdown shows as it stands."""
    return escape(text, quote=False).translate(MARKUP)
