"""What a visitor takes away: an answer, the conversation, a thesis card, with references."""

from collections.abc import Iterable, Mapping, Sequence

from thesis_qa.answer.card import CardEntry
from thesis_qa.types import Answer, Citation, Metadata
from thesis_qa.web.chat import Turn
from thesis_qa.web.markup import NUMBER, pieces, where
from thesis_qa.web.paper import Kind, Part
from thesis_qa.web.references import References, Style
from thesis_qa.web.texts import Texts

Known = Mapping[str, Metadata]
"""What is known about the documents, by name."""


def conversation(turns: Sequence[Turn], known: Known, style: Style, texts: Texts) -> list[Part]:
    """Questions and answers, every quote with its citation, and the references in `style`."""
    cited = [c for t in turns if t.answer and t.answer.answered for c in t.answer.citations]
    references = References(cited, known, style, texts)
    parts = [Part("title", texts.name)]
    for turn in turns:
        parts.append(Part("heading", turn.question))
        if turn.answer and turn.answer.answered:
            parts += _answer(turn.answer, references, texts)
            parts += [
                Part("quiet", f"[{c.number}] {_place(c, texts)}") for c in turn.answer.citations
            ]
        elif turn.answer:
            parts.append(Part("quiet", f"{texts.declined}."))
    return [*parts, *_list(references, texts)]


def single_answer(answer: Answer, known: Known, style: Style, texts: Texts) -> list[Part]:
    """One answer with its citations and references."""
    references = References(answer.citations, known, style, texts)
    return [*_answer(answer, references, texts), *_list(references, texts)]


def card(
    title: str, entries: Iterable[CardEntry], known: Known, style: Style, texts: Texts
) -> list[Part]:
    """A thesis card, each quote with its page."""
    entries = list(entries)
    references = References((c for e in entries for c in e.citations), known, style, texts)
    parts = [Part("title", f"{texts.card.tab}: {title}")]
    for entry in entries:
        parts.append(Part("heading", texts.card.topics[entry.topic]))
        parts += [
            Part("quote", f"“{c.quote}” {references.in_text(c)}") for c in entry.citations
        ] or [Part("quiet", texts.card.not_stated)]
    return [*parts, *_list(references, texts)]


def _answer(answer: Answer, references: References, texts: Texts) -> list[Part]:
    """The text with citations in place of its numbers; for one that was written, the quotes too."""
    paragraphs = [p.strip() for p in answer.text.split("\n\n") if p.strip()]
    said = [Part("text", _cited(p, answer.citations, references)) for p in paragraphs]
    if answer.model == "quotes":
        return said
    quotes = (f"“{c.quote}” {references.in_text(c)}" for c in answer.citations)
    return [*said, *(Part("quote", quote) for quote in quotes)]


def _cited(text: str, citations: Sequence[Citation], references: References) -> str:
    by_number = {str(c.number): references.in_text(c) for c in citations}
    return "".join(
        piece.quote
        if isinstance(piece, Citation)
        else NUMBER.sub(lambda found: by_number.get(found[1], found[0]), piece)
        for piece in pieces(text, citations)
    )


def _list(references: References, texts: Texts) -> list[Part]:
    entries = references.entries()
    if not entries:
        return []
    heading = Part("heading", texts.references)
    if references.style == "BibTeX":
        return [heading, Part("code", "\n\n".join(entry.text for entry in entries))]
    kind: Kind = "reference" if references.style == "APA" else "text"
    return [heading, *(Part(kind, entry.text, italic=entry.work) for entry in entries)]


def _place(citation: Citation, texts: Texts) -> str:
    """Where a quote stands, in full: the file, the page as printed and in the file, the section."""
    return ", ".join(filter(None, (citation.document, where(citation, texts), citation.section)))
