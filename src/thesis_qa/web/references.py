"""References to theses in APA, IEEE and BibTeX, with the page of every quote.

Authors are named as the thesis names them: which part of an Indonesian name is to be put first
can't be told from the name.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from thesis_qa.types import Citation, Metadata
from thesis_qa.web.texts import Texts

Style = Literal["APA", "IEEE", "BibTeX"]
STYLES: tuple[Style, ...] = ("APA", "IEEE", "BibTeX")

_BIBTEX = {c: f"\\{c}" for c in "&%$#_{}"} | {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}


@dataclass(frozen=True, slots=True)
class Reference:
    """An entry of a list of references; `work` is the part of `text` that is set in italics."""

    text: str
    work: str = ""


class References:
    """The theses that are cited, in the order they are first cited."""

    def __init__(
        self,
        cited: Iterable[Citation],
        known: Mapping[str, Metadata],
        style: Style,
        texts: Texts,
    ) -> None:
        self.style, self._known, self._texts = style, known, texts
        self._first: dict[str, Citation] = {}
        for citation in cited:
            self._first.setdefault(citation.document, citation)
        self._keys = _distinct({name: _key(c) for name, c in self._first.items()})

    def in_text(self, citation: Citation) -> str:
        """What stands behind a quote: "(Jihan Aurelia, 2026, p. 25)", "[1, p. 25]", "\\cite…"."""
        page = _page(citation, self._texts)
        if self.style == "BibTeX":
            place = f"[{page.replace(' ', '~')}]" if page else ""
            return rf"\cite{place}{{{self._keys[citation.document]}}}"
        if self.style == "IEEE":
            number = list(self._first).index(citation.document) + 1
            return f"[{', '.join(filter(None, (str(number), page)))}]"
        by = citation.author or citation.title or citation.document
        year = str(citation.year) if citation.year else self._texts.no_date
        return f"({', '.join(filter(None, (by, year, page)))})"

    def entries(self) -> list[Reference]:
        """One entry for every thesis."""
        write = {"APA": self._apa, "IEEE": self._ieee, "BibTeX": self._bibtex}[self.style]
        return [write(citation) for citation in self._first.values()]

    def _apa(self, citation: Citation) -> Reference:
        title, thesis, year = self._parts(citation)
        named = title + (f" [{thesis}]" if thesis else "")
        by = citation.author
        return Reference(f"{by} ({year}). {named}." if by else f"{named} ({year}).", title)

    def _ieee(self, citation: Citation) -> Reference:
        title, thesis, year = self._parts(citation)
        number = list(self._first).index(citation.document) + 1
        parts = ", ".join(filter(None, (citation.author, f"“{title},”", thesis, year)))
        return Reference(f"[{number}] {parts.replace(',”, ', ',” ')}.")

    def _bibtex(self, citation: Citation) -> Reference:
        known = self._known.get(citation.document, Metadata())
        fields = {
            "author": citation.author,
            "title": citation.title or citation.document,
            "year": str(citation.year or ""),
            "type": known.degree,
            "institution": known.university,
        }
        lines = (f"  {name} = {{{_tex(value)}}}," for name, value in fields.items() if value)
        return Reference("\n".join([f"@thesis{{{self._keys[citation.document]},", *lines, "}"]))

    def _parts(self, citation: Citation) -> tuple[str, str, str]:
        known = self._known.get(citation.document, Metadata())
        thesis = ", ".join(filter(None, (known.degree, known.university)))
        year = str(citation.year) if citation.year else self._texts.no_date
        return " ".join((citation.title or citation.document).split()), thesis, year


def _page(citation: Citation, texts: Texts) -> str:
    """The page as it is cited: the printed number, or the file's where none is printed."""
    if citation.page is None:
        return ""
    return texts.page.format(label=citation.page_label or citation.page)


def _key(citation: Citation) -> str:
    """Of letters and digits only, the same for the same document."""
    name = (citation.author.split() or [citation.document.rpartition(".")[0]])[-1]
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"\W", "", ascii_name).lower() + str(citation.year or "") or "thesis"


def _distinct(keys: Mapping[str, str]) -> dict[str, str]:
    """Keys by document, those that several have told apart by a letter, as BibTeX styles do."""
    found: dict[str, str] = {}
    for name, key in keys.items():
        same = sum(1 for other in found if keys[other] == key)
        found[name] = key + (chr(ord("a") + same) if same else "")
    return found


def _tex(text: str) -> str:
    return "".join(_BIBTEX.get(c, c) for c in " ".join(text.split()))
