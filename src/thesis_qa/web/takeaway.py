"""What a visitor takes away: an answer, the conversation, a thesis card, with references."""

import base64
import json
import re
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Literal

from thesis_qa.answer.card import CardEntry
from thesis_qa.types import Answer, Citation, Metadata
from thesis_qa.web.changes import safe_name
from thesis_qa.web.chat import Turn
from thesis_qa.web.places import Piece, answer_paragraphs, cited_page
from thesis_qa.web.references import DATA, References, Style, in_italics
from thesis_qa.web.texts import Texts, xml_text

if TYPE_CHECKING:
    from docx.document import Document as WordDocument

# Formats

Kind = Literal["title", "heading", "subheading", "text", "quiet", "quote", "reference", "code"]
Form = Literal["Markdown", "Word"]
FORMS: tuple[Form, ...] = ("Markdown", "Word")
NAME_LENGTH = 80  # characters of a file's name
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; `italic` is the part of its text that is set so."""

    kind: Kind
    text: str
    italic: str = ""

    @property
    def runs(self) -> tuple[str, str, str]:
        """Its text before, within and after what is set in italics."""
        return in_italics(self.text, self.italic)


def as_file(parts: Sequence[Paragraph], form: Form, language: str, called: str) -> str:
    """`parts` written in `form`, as `download` gives it to the browser; `called` what it is of."""
    name = safe_name(f"{called[:NAME_LENGTH].rstrip(' ?.!')}.docx" if called else "thesis-qa.docx")
    if form == "Word":
        return download(name, _DOCX, word(parts, language))
    name = name.removesuffix("docx") + "md"
    return download(name, "text/markdown", markdown(parts).encode())


def download(name: str, kind: str, content: bytes) -> str:
    """A file as page.js saves it: JSON with its name, media type and content in base 64.

    A number makes it new, so that the same file can be saved twice.
    """
    data = base64.b64encode(content).decode()
    return json.dumps({"name": name, "type": kind, "data": data, "number": time.monotonic_ns()})


def plain(parts: Sequence[Paragraph]) -> str:
    """As text to be pasted anywhere."""
    return "\n\n".join(part.text.strip() for part in parts)


# Markdown

_ESCAPED = str.maketrans({sign: f"\\{sign}" for sign in "\\`*_{}[]<>#|~$"})
_COMMAND = re.compile(r"(\\cite(?:\[[\w.~]{1,40}\])?\{[a-z0-9]{1,80}\})")
_LIST_ITEM = re.compile(r"^(\d*)([-+.)])(?=\s|$)")
_LEADS = {"title": "# ", "heading": "## ", "subheading": "### ", "quote": "> ", "reference": "- "}


def markdown(parts: Sequence[Paragraph]) -> str:
    """As Markdown that shows every text as it stands."""
    return "\n\n".join(map(_in_markdown, parts)) + "\n"


def _in_markdown(part: Paragraph) -> str:
    if part.kind == "code":
        fence = "```"
        while fence in part.text:
            fence += "`"
        return f"{fence}\n{part.text}\n{fence}"
    before, italic, after = map(_escaped, part.runs)
    text = " ".join(f"{before}*{italic}*{after}".split() if italic else before.split())
    text = _LIST_ITEM.sub(r"\1\\\2", text)
    return _LEADS.get(part.kind, "") + (f"*{text}*" if part.kind == "quiet" and text else text)


def _escaped(text: str) -> str:
    """With signs that mean something to Markdown escaped; commands of TeX as code."""
    pieces = _COMMAND.split(text)  # every second one is a command
    return "".join(f"`{p}`" if i % 2 else p.translate(_ESCAPED) for i, p in enumerate(pieces))


# Word

_STYLES: dict[Kind, str] = {  # of the template that comes with python-docx
    "title": "Title",
    "heading": "Heading 1",
    "subheading": "Heading 2",
    "quote": "Quote",
    "code": "macro",
}
_INDENT = 1.0  # centimetres that the lines of a reference after its first are set in


def word(parts: Sequence[Paragraph], language: str) -> bytes:
    """As a Word document in `language`, A4."""
    from docx import Document

    document = Document()
    _set_up(document, language)
    for part in parts:
        paragraph = document.add_paragraph(style=_STYLES.get(part.kind))
        for run, italic in zip(part.runs, (False, True, False), strict=True):
            if run:
                paragraph.add_run(xml_text(run)).italic = italic or part.kind == "quiet" or None
        if part.kind == "reference":
            _hang(paragraph.paragraph_format)
    package = BytesIO()
    document.save(package)
    return package.getvalue()


def _set_up(document: "WordDocument", language: str) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Mm

    (page,) = document.sections
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = Mm(25)
    for spoken in document.styles.element.iter(qn("w:lang")):
        spoken.set(qn("w:val"), "id-ID" if language == "id" else "en-US")
    known = document.core_properties
    known.author, known.title, known.comments = "", "", ""  # the template has its maker's
    known.created = known.modified = datetime.now(UTC)


def _hang(setting: object) -> None:
    from docx.shared import Cm

    setting.left_indent, setting.first_line_indent = Cm(_INDENT), Cm(-_INDENT)  # type: ignore[attr-defined]


# Parts

Known = Mapping[str, Metadata]
"""What is known about the documents, by name."""


def conversation(
    turns: Sequence[Turn], known: Known, style: Style, texts: Texts
) -> list[Paragraph]:
    """Questions and answers, every quote with its citation, and the references in `style`."""
    cited = [c for t in turns if t.answer and t.answer.answered for c in t.answer.citations]
    references = References(cited, known, style, texts)
    parts = [Paragraph("title", texts.name)]
    for turn in turns:
        parts.append(Paragraph("heading", turn.question))
        if turn.answer and turn.answer.answered:
            parts += _answer(turn.answer, references, texts)
            parts += [
                Paragraph("quiet", f"[{c.number}] {_place(c, texts)}")
                for c in turn.answer.citations
            ]
        elif turn.answer:
            parts.append(Paragraph("quiet", f"{texts.declined}."))
    return [*parts, *_list(references, texts)]


def single_answer(answer: Answer, known: Known, style: Style, texts: Texts) -> list[Paragraph]:
    """One answer with its citations and references."""
    references = References(answer.citations, known, style, texts)
    return [*_answer(answer, references, texts), *_list(references, texts)]


def card_parts(
    title: str, entries: Iterable[CardEntry], known: Known, style: Style, texts: Texts
) -> list[Paragraph]:
    """A thesis card, each quote with its page."""
    entries = list(entries)
    references = References((c for e in entries for c in e.citations), known, style, texts)
    parts = [Paragraph("title", f"{texts.card.tab}: {title}")]
    for entry in entries:
        parts.append(Paragraph("heading", texts.card.topics[entry.topic]))
        parts += [
            Paragraph("quote", f"“{c.quote}” {references.in_text(c)}") for c in entry.citations
        ] or [Paragraph("quiet", texts.card.not_stated)]
    return [*parts, *_list(references, texts)]


def _answer(answer: Answer, references: References, texts: Texts) -> list[Paragraph]:
    """The text with citations in place of its numbers; for one that was written, the quotes too."""
    by_number = {c.number: references.in_text(c) for c in answer.citations}
    said = [
        Paragraph("text", "".join(_as_text(piece, by_number) for piece in pieces))
        for pieces in answer_paragraphs(answer.text, answer.citations)
    ]
    if answer.model == "quotes":
        return said
    quotes = (f"“{c.quote}” {references.in_text(c)}" for c in answer.citations)
    return [*said, *(Paragraph("quote", quote) for quote in quotes)]


def _as_text(piece: Piece, by_number: Mapping[int, str]) -> str:
    if isinstance(piece, Citation):
        return piece.quote
    return by_number[piece] if isinstance(piece, int) else piece


def _list(references: References, texts: Texts) -> list[Paragraph]:
    entries = references.entries()
    if not entries:
        return []
    heading = Paragraph("heading", texts.references)
    if references.style in DATA:
        return [heading, Paragraph("code", references.data())]
    kind: Kind = "reference" if references.style == "APA" else "text"
    return [heading, *(Paragraph(kind, entry.text, italic=entry.work) for entry in entries)]


def _place(citation: Citation, texts: Texts) -> str:
    """Where a quote stands, in full: the file, the page as printed and in the file, the section."""
    return ", ".join(
        filter(None, (citation.document, cited_page(citation, texts), citation.section))
    )
