"""References to theses in APA and IEEE, and as BibTeX, RIS and CSL-JSON for reference managers.

The last part of a name is put first, as Indonesian libraries do too: "Aurelia, J.". Names of one
part stay as they are.
"""

import json
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from thesis_qa.lang.data import LANGUAGES, entry, text
from thesis_qa.types import Citation, Metadata
from thesis_qa.web.texts import Texts

Style = Literal["APA", "IEEE", "BibTeX", "RIS", "CSL-JSON"]
STYLES: tuple[Style, ...] = ("APA", "IEEE", "BibTeX", "RIS", "CSL-JSON")
DATA = frozenset({"BibTeX", "RIS", "CSL-JSON"})
"""The styles that programs read."""

_TEX = str.maketrans(
    {c: f"\\{c}" for c in "&%$#_{}"}
    | {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
)


@dataclass(frozen=True, slots=True)
class Reference:
    """An entry of a list of references; `work` is the part of `text` that is set in italics."""

    text: str
    work: str = ""


Fields = dict[str, str]
"""What is known of a thesis, by the names of `Metadata`, and the `key` that it is cited by."""

LEVELS = ("bachelor", "master", "doctor")  # in the order of `front_matter.degree`


@dataclass(frozen=True, slots=True)
class Creator:
    """An author's name, taken apart."""

    family: str
    given: str = ""

    @classmethod
    def parse(cls, name: str) -> "Creator":
        """From a name as it is printed: "Bc. JIHAN van AURELIA", "Anantha Natarajan S"."""
        words = (name.title() if name.isupper() else name).split()
        while len(words) > 1 and len(words[0]) > 2 and words[0].endswith("."):
            del words[0]  # a title
        if len(words) > 2 and _is_initials(words[-1]):
            return cls(" ".join(words[:-1]).split()[-1], " ".join([*words[:-2], words[-1]]))
        at = len(words) - 1
        while at > 1 and words[at - 1].islower():  # van der …
            at -= 1
        return cls(" ".join(words[at:]), " ".join(words[:at]))

    @property
    def initials(self) -> str:
        """Of the given names: "A. N."."""
        return " ".join(f"{part[0].upper()}." for part in self.given.replace(".", " ").split())

    def __str__(self) -> str:
        return ", ".join(filter(None, (self.family, self.initials)))


def _is_initials(word: str) -> bool:
    return word.replace(".", "").isupper() and len(word.replace(".", "")) <= 2


def authors_of(author: str) -> list[Creator]:
    """The authors of a thesis, in their order."""
    return [Creator.parse(name) for name in author.split(",") if name.strip()]


class References:
    """The theses that are cited, in the order they are first cited."""

    def __init__(
        self,
        cited: Iterable[Citation],
        known: Mapping[str, Metadata],
        style: Style,
        texts: Texts,
    ) -> None:
        self.style, self._language = style, texts.language
        first: dict[str, Citation] = {}
        for citation in cited:
            first.setdefault(citation.document, citation)
        keys = _distinct({name: _key(c) for name, c in first.items()})
        self._theses = {
            name: _fields(citation, known.get(name, Metadata()), keys[name])
            for name, citation in first.items()
        }

    def in_text(self, citation: Citation) -> str:
        """What stands behind a quote: "(Aurelia, 2026, p. 25)", "[1, p. 25]", "\\cite…"."""
        thesis, page = self._theses[citation.document], self._page(citation)
        if self.style == "BibTeX":
            place = f"[{page.replace(' ', '~')}]" if page else ""
            return rf"\cite{place}{{{thesis['key']}}}"
        if self.style == "IEEE":
            number = list(self._theses).index(citation.document) + 1
            return f"[{_joined(str(number), page)}]"
        return f"({_joined(self._named(thesis), self._year(thesis), page)})"

    def entries(self) -> list[Reference]:
        """One entry for every thesis, for people to read."""
        write = self._ieee if self.style == "IEEE" else self._apa
        return [write(*numbered) for numbered in enumerate(self._theses.values(), start=1)]

    def data(self) -> str:
        """All theses as a file for programs, in a style of `DATA`."""
        theses = self._theses.values()
        if self.style == "CSL-JSON":
            return json.dumps(list(map(_csl, theses)), ensure_ascii=False, indent=2)
        return "\n\n".join(map(_ris if self.style == "RIS" else _bibtex, theses))

    def _named(self, thesis: Fields) -> str:
        """By whom, within a text: "Aurelia", "Aurelia & Budi", "Aurelia et al."."""
        families = [person.family for person in authors_of(thesis["author"])]
        if len(families) > 2:
            return text("text.references.and_others", self._language, first=families[0])
        return " & ".join(families) or thesis["title"]

    def _bracketed(self, thesis: Fields) -> str:
        """What kind of work it is, and where it was handed in."""
        degree, level = thesis["degree"].casefold(), LEVELS[0]
        for language in LANGUAGES:
            stems = zip(LEVELS, entry("front_matter.degree", language), strict=False)
            level = next((found for found, stem in stems if stem in degree), level)
        return _joined(text(f"text.references.{level}", self._language), thesis["university"])

    def _apa(self, _: int, thesis: Fields) -> Reference:
        title, kind = thesis["title"], self._bracketed(thesis)
        *before, last = [*map(str, authors_of(thesis["author"]))] or [""]
        by = f"{', '.join(before)}, & {last}" if before else last
        named, year = title + (f" [{kind}]" if kind else ""), self._year(thesis)
        return Reference(f"{by} ({year}). {named}." if by else f"{named}. ({year}).", title)

    def _ieee(self, number: int, thesis: Fields) -> Reference:
        authors = (f"{p.initials} {p.family}".strip() for p in authors_of(thesis["author"]))
        named = _joined(*authors, f"“{thesis['title']},”")
        work = _joined(self._bracketed(thesis), self._year(thesis))
        return Reference(f"[{number}] {named} {work}.")

    def _year(self, thesis: Fields) -> str:
        return thesis["year"] or text("text.references.no_date", self._language)

    def _page(self, citation: Citation) -> str:
        """The page as it is cited: the printed number, or the file's where none is printed."""
        if citation.page is None:
            return ""
        label = citation.page_label or citation.page
        return text("text.references.page", self._language, label=label)


def _fields(citation: Citation, known: Metadata, key: str) -> Fields:
    fields = {
        "key": key,
        "title": citation.title or citation.document,
        "author": citation.author,
        "year": str(citation.year or ""),
        "degree": known.degree,
        "university": known.university,
        "language": citation.language or "",
    }
    return {name: " ".join(value.split()) for name, value in fields.items()}


def _joined(*parts: str) -> str:
    return ", ".join(filter(None, parts))


_BIBTEX = {"title": "title", "year": "year", "type": "degree",
           "institution": "university"}  # fmt: skip
_RIS = {"ID": "key", "TI": "title", "PY": "year", "M3": "degree",
        "PB": "university", "LA": "language"}  # fmt: skip
_CSL = {"id": "key", "title": "title", "genre": "degree", "publisher": "university",
        "language": "language"}  # fmt: skip


def _bibtex(thesis: Fields) -> str:
    fields = {name: thesis[ours].translate(_TEX) for name, ours in _BIBTEX.items()}
    authors = (
        f"{p.family}, {p.given}" if p.given else p.family for p in authors_of(thesis["author"])
    )
    fields = {"author": " and ".join(authors).translate(_TEX), **fields}
    lines = (f"  {name} = {{{value}}}," for name, value in fields.items() if value)
    return "\n".join([f"@thesis{{{thesis['key']},", *lines, "}"])


def _ris(thesis: Fields) -> str:
    lines = (f"{tag}  - {thesis[ours]}" for tag, ours in _RIS.items() if thesis[ours])
    authors = (f"AU  - {p.family}, {p.given}".rstrip(", ") for p in authors_of(thesis["author"]))
    return "\n".join(["TY  - THES", *authors, *lines, "ER  - "])


def _csl(thesis: Fields) -> dict[str, object]:
    item: dict[str, object] = {"type": "thesis"}
    item |= {name: thesis[ours] for name, ours in _CSL.items() if thesis[ours]}
    if thesis["author"]:
        item["author"] = [
            {"family": p.family, "given": p.given} if p.given else {"literal": p.family}
            for p in authors_of(thesis["author"])
        ]
    if thesis["year"]:
        item["issued"] = {"date-parts": [[int(thesis["year"])]]}
    return item


def _key(citation: Citation) -> str:
    """Of letters and digits only, the same for the same document."""
    name = (citation.author.split() or [citation.document.rpartition(".")[0]])[-1]
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    letters = "".join(c for c in ascii_name if c.isalnum()).lower()
    return letters + str(citation.year or "") or "thesis"


def _distinct(keys: Mapping[str, str]) -> dict[str, str]:
    """Keys by document, those that several have told apart by a letter, as BibTeX styles do."""
    found: dict[str, str] = {}
    for name, key in keys.items():
        same = sum(1 for other in found if keys[other] == key)
        found[name] = key + (chr(ord("a") + same) if same else "")
    return found
