"""Markdown as its reader sees it: without marks of emphasis, links and headings."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from thesis_qa.read.blocks import RawBlock, first_year, table_blocks, text_blocks
from thesis_qa.read.html import html_blocks
from thesis_qa.read.maths import lowered, raised, tex
from thesis_qa.types import Metadata

if TYPE_CHECKING:
    from markdown_it.token import Token

_FRONT_MATTER = re.compile(r"(---|\+\+\+)[^\S\n]*\n(.*?)\n(?:\1|\.\.\.)[^\S\n]*(?:\n|$)", re.DOTALL)
_FOOTNOTE = re.compile(r"^\[\^([^\]\s]{1,40})\]:[^\S\n]*", re.MULTILINE)
_MARKED = re.compile(  # the mark of a footnote, or what is raised or lowered
    r"\[\^[^\]\s]{1,40}\](?!:)|(?<=[^\s^~])([\^~])([^\s^~]{1,20})\1(?!\1)"
)


def markdown_blocks(text: str) -> Iterator[RawBlock]:
    """What stands in a Markdown text (CommonMark with tables), in order.

    Indented lines are paragraphs, not code: theses indent, and fence their code.
    """
    from markdown_it import MarkdownIt
    from mdit_py_plugins.dollarmath import dollarmath_plugin

    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"]).disable("code")
    parser.use(dollarmath_plugin, allow_space=False, allow_digits=False, double_inline=True)
    text = _FOOTNOTE.sub(r"\n\\[^\1]: ", text)  # else the parser takes them for links
    kept = "\n".join(line for line in text.split("\n") if not _underlines_columns(line))
    return _MarkdownReader(parser.parse(kept)).blocks()


def _underlines_columns(line: str) -> bool:
    """Whether a line is the rule below the heads of one of Pandoc's plain tables."""
    rules = line.split()
    return len(rules) > 1 and all(len(rule) > 2 and not rule.strip("-") for rule in rules)


def front_matter(text: str) -> tuple[Metadata, str]:
    """What the YAML or TOML at the head of a Markdown file states, and the text below it."""
    import yaml

    found = _FRONT_MATTER.match(text)
    if not found:
        return Metadata(), text
    try:
        matter = yaml.safe_load(found[2]) if found[1] == "---" else tomllib.loads(found[2])
    except (yaml.YAMLError, ValueError, RecursionError):
        return Metadata(), text
    return (
        (_stated(matter), text[found.end() :]) if isinstance(matter, dict) else (Metadata(), text)
    )


def _stated(matter: Mapping[Any, Any]) -> Metadata:
    year = first_year(str(matter.get("year") or matter.get("date") or ""))
    return Metadata(
        title=", ".join(_strings(matter.get("title"))),
        author=", ".join(_strings(matter.get("author") or matter.get("authors"))),
        year=year,
        university=", ".join(_strings(matter.get("university") or matter.get("institution"))),
        keywords=tuple(_strings(matter.get("keywords"))),
    )


def _strings(value: object) -> list[str]:
    """The words of a YAML value: a scalar, a list of them, or of mappings with a name."""
    if isinstance(value, Mapping):
        return _strings(value.get("name"))
    if isinstance(value, list):
        return [text for item in value for text in _strings(item)]
    return [" ".join(str(value).split())] if isinstance(value, str | int) else []


class _MarkdownReader:
    """Walks over the tokens of a parsed text, knowing the list and the table it is in."""

    def __init__(self, tokens: Sequence["Token"]) -> None:
        self.tokens = tokens
        self.lists: list[int | None] = []  # the next number of every open list; None for bullets
        self.mark: str | None = None  # of the list item whose first paragraph comes next
        self.heading: int | None = None
        self.rows: list[list[str]] = []
        self.has_heads = False

    def blocks(self) -> Iterator[RawBlock]:
        for token in self.tokens:
            if token.type == "inline":
                yield from self._inline(token.children or [])
            elif token.type == "fence":
                yield RawBlock(token.content, "code")
            elif token.type == "html_block":
                yield from html_blocks(token.content)
            elif token.type.startswith("math_block"):
                yield RawBlock(tex(token.content), "formula")
            elif token.type == "table_close":
                yield from table_blocks(self.rows, heads=1)
                self.rows = []
            else:
                self._enter(token)

    def _enter(self, token: "Token") -> None:
        if token.type == "heading_open":
            self.heading = int(token.tag[1])
        elif token.type == "ordered_list_open":
            self.lists.append(int(token.attrs.get("start", 1)))
        elif token.type == "bullet_list_open":
            self.lists.append(None)
        elif token.type in ("ordered_list_close", "bullet_list_close"):
            self.lists.pop()
        elif token.type == "list_item_open":
            self.mark = self._next_mark(token.markup)
        elif token.type == "tr_open":
            self.rows.append([])

    def _next_mark(self, markup: str) -> str:
        number = self.lists[-1]
        if number is None:
            return ""
        self.lists[-1] = number + 1
        return f"{number}{markup} "

    def _inline(self, children: Sequence["Token"]) -> Iterator[RawBlock]:
        text = _text(children)
        if self.rows:
            self.rows[-1].append(" ".join(text.split()))
        elif self.heading:
            yield RawBlock(text, "heading", level=self.heading)
            self.heading = None
        elif self.mark is not None:
            yield RawBlock(self.mark + text, "list")
            self.mark = None
        elif footnote := _FOOTNOTE.match(text):
            yield RawBlock(f"{footnote[1]} {text[footnote.end() :]}", "footnote")
        elif text.startswith(": "):  # Pandoc's caption of a table
            yield RawBlock(text[2:], "caption")
        else:
            lead = _lead(children)
            strong = bool(lead) and lead == text
            yield from text_blocks(text, strong, lead)


def _text(children: Iterable["Token"]) -> str:
    """The text of an inline token; its line breaks are kept, what is raised or lowered shows so."""
    text, held, shift = "", "", None
    for token in children:
        tag = token.content.lower() if token.type == "html_inline" else ""
        if tag in ("<sup>", "<sub>"):
            shift, held = tag, ""
        elif tag in ("</sup>", "</sub>"):
            text += raised(held, text) if shift == "<sup>" else lowered(held)
            shift, held = None, ""
        elif shift:
            held += _piece(token)
        else:
            text += _piece(token)
    return _MARKED.sub(_unmarked, text + held)


def _unmarked(found: re.Match[str]) -> str:
    """Pandoc's "10^5^" and "H~2~O" as they look; no marks of footnotes."""
    if not found[1]:
        return ""
    if found[1] == "~":
        return lowered(found[2])
    return raised(found[2], found.string[: found.start()])


def _piece(token: "Token") -> str:
    if token.type in ("softbreak", "hardbreak"):
        return "\n"
    if token.type == "html_inline":
        return "\n" if token.content.lower().startswith("<br") else ""
    if token.type.startswith("math_inline"):
        return tex(token.content)
    return token.content if token.type in ("text", "code_inline", "image", "text_special") else ""


def _lead(children: Sequence["Token"]) -> str:
    """What of a text's beginning is bold."""
    depth = 0
    for at, token in enumerate(children):
        depth += {"strong_open": 1, "strong_close": -1}.get(token.type, 0)
        if not depth and _piece(token).strip():
            return _text(children[:at])
    return _text(children)
