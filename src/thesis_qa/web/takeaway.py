"""What a visitor takes away: an answer, the conversation, a thesis card, with references."""

from collections.abc import Iterable, Mapping, Sequence

from thesis_qa.answer.card import CardEntry
from thesis_qa.types import Answer, Citation, Metadata
from thesis_qa.web.chat import Turn
from thesis_qa.web.paper import Kind, Paragraph
from thesis_qa.web.places import Piece, answer_paragraphs, cited_page
from thesis_qa.web.references import DATA, References, Style
from thesis_qa.web.texts import Texts

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
