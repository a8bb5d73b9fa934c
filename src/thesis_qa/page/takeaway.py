"""What a visitor takes away: the conversation as Markdown, its sources as references."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Literal

from thesis_qa.page.chat import Turn
from thesis_qa.page.markup import where
from thesis_qa.page.texts import Texts
from thesis_qa.schema import Citation, Metadata

Style = Literal["APA", "IEEE", "BibTeX"]
STYLES: tuple[Style, ...] = ("APA", "IEEE", "BibTeX")

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~$])")
_BIBTEX = {c: f"\\{c}" for c in "&%$#_{}"} | {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}


def conversation(
    turns: Sequence[Turn], known: dict[str, Metadata], style: Style, texts: Texts
) -> str:
    """Questions, answers and quotes as Markdown, with references in `style`.

    `known` is what is known about the documents, by name. Authors are named as the thesis names
    them: which part of an Indonesian name is to be put first can't be told from the name.
    """
    parts = [f"# {texts.name}"]
    for turn in turns:
        parts.append(f"## {_plain(turn.question)}")
        if turn.answer and turn.answer.answered:
            parts += [_answer(turn.answer.text)]
            parts += [_quote(citation, texts) for citation in turn.answer.citations]
        elif turn.answer:
            parts.append(f"*{texts.declined}.*")
    cited = [c for t in turns if t.answer and t.answer.answered for c in t.answer.citations]
    if cited:
        parts += [f"## {texts.sources}", references(cited, known, style, texts)]
    return "\n\n".join(parts) + "\n"


def references(
    cited: Iterable[Citation], known: dict[str, Metadata], style: Style, texts: Texts
) -> str:
    """One reference for every document that is cited, in the order they are first cited."""
    first = {c.document: c for c in reversed(list(cited))}
    ordered = list(reversed(first.values()))
    entries = [_reference(c, known.get(c.document, Metadata()), style, texts) for c in ordered]
    if style == "BibTeX":
        return "```bibtex\n" + "\n\n".join(entries) + "\n```"
    marks = (f"[{i}] " if style == "IEEE" else "- " for i in range(1, len(entries) + 1))
    return "\n\n".join(mark + entry for mark, entry in zip(marks, entries, strict=True))


def _reference(citation: Citation, known: Metadata, style: Style, texts: Texts) -> str:
    title = citation.title or citation.document
    thesis = ", ".join(filter(None, (known.degree, known.university)))
    year = str(citation.year) if citation.year else texts.no_date
    if style == "BibTeX":
        return _bibtex(citation, known)
    if style == "APA":
        named = f"*{_plain(title)}*" + (f" {_plain(f'[{thesis}]')}" if thesis else "")
        by = _plain(citation.author)
        return f"{by} ({year}). {named}." if by else f"{named} ({year})."
    parts = filter(None, (citation.author, f"“{title},”", thesis, year))
    return _plain(", ".join(parts).replace(",”, ", ",” ")) + "."


def _bibtex(citation: Citation, known: Metadata) -> str:
    fields = {
        "author": citation.author,
        "title": citation.title or citation.document,
        "year": str(citation.year or ""),
        "type": known.degree,
        "institution": known.university,
    }
    lines = (f"  {name} = {{{_tex(value)}}}," for name, value in fields.items() if value)
    return "\n".join([f"@thesis{{{_key(citation)},", *lines, "}"])


def _key(citation: Citation) -> str:
    """Of letters and digits only, the same for the same document."""
    name = (citation.author.split() or [citation.document.rpartition(".")[0]])[-1]
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"\W", "", ascii_name).lower() + str(citation.year or "") or "thesis"


def _tex(text: str) -> str:
    return "".join(_BIBTEX.get(c, c) for c in " ".join(text.split()))


def _quote(citation: Citation, texts: Texts) -> str:
    by = ", ".join(filter(None, (citation.author or citation.title or citation.document,)))
    year = str(citation.year) if citation.year else ""
    place = ", ".join(filter(None, (by, year, where(citation, texts))))
    return f"> [{citation.number}] “{_plain(citation.quote)}” ({_plain(place)})"


def _answer(text: str) -> str:
    return "\n\n".join(_plain(part) for part in re.split(r"\n\s*\n", text.strip()))


def _plain(text: str) -> str:
    """Text that Markdown shows as it stands, on one line."""
    return _MARKDOWN.sub(r"\\\1", " ".join(text.split()))
