"""References to theses in APA and IEEE, and as BibTeX, RIS, CSL-JSON and Dublin Core for programs.

The last part of a name is put first, as Indonesian libraries do too: "Aurelia, J.". Names of one
part stay as they are.
"""

import json
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, get_args
from xml.etree import ElementTree

from thesis_qa.lang.data import LANGUAGES, entry, text
from thesis_qa.types import Citation, Metadata
from thesis_qa.web.texts import Texts, xml_text

Style = Literal["APA", "IEEE", "BibTeX", "RIS", "CSL-JSON", "DC-XML"]
STYLES: tuple[Style, ...] = get_args(Style)
DATA: dict[Style, tuple[str, str]] = {
    "BibTeX": ("bib", "application/x-bibtex"),
    "RIS": ("ris", "application/x-research-info-systems"),
    "CSL-JSON": ("json", "application/vnd.citationstyles.csl+json"),
    "DC-XML": ("xml", "application/xml"),
}
"""The styles that programs read: how a file's name ends, and its media type."""

_TEX = str.maketrans(
    {c: f"\\{c}" for c in "&%$#_{}"}
    | {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
)


@dataclass(frozen=True, slots=True)
class Reference:
    """An entry of a list of references; `work` is the part of `text` that is set in italics."""

    text: str
    work: str = ""

    @property
    def runs(self) -> tuple[str, str, str]:
        """Its text before, within and after what is set in italics."""
        return in_italics(self.text, self.work)


def in_italics(text: str, italic: str) -> tuple[str, str, str]:
    """`text` before, within and after the part that is set so."""
    return text.partition(italic) if italic and italic in text else (text, "", "")


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
        if self.style == "DC-XML":
            return _dublin_core(theses)
        return "\n\n".join(map(_ris if self.style == "RIS" else _bibtex, theses))

    @property
    def theses(self) -> list[Fields]:
        """What is known of each."""
        return list(self._theses.values())

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
        return Reference(f"[{number}] {named} {work.removesuffix('.')}.")

    def _year(self, thesis: Fields) -> str:
        return thesis["year"] or text("text.references.no_date", self._language)

    def _page(self, citation: Citation) -> str:
        """The page as it is cited: the printed number, or the file's where none is printed."""
        if citation.page is None:
            return ""
        label = citation.page_label or citation.page
        return text("text.references.page", self._language, label=label)


def reference_to(name: str, known: Metadata, style: Style, texts: Texts) -> References:
    """The references of one thesis by itself."""
    written = [language for language in LANGUAGES if known.abstracts.get(language)]
    language = written[0] if len(written) == 1 else None
    cited = Citation(
        1, name, known.title, known.author, known.year, None, None, "", language, "", ()
    )
    return References([cited], {name: known}, style, texts)


def _fields(citation: Citation, known: Metadata, key: str) -> Fields:
    fields = {
        "key": key,
        "title": citation.title or citation.document,
        "author": citation.author,
        "year": str(citation.year or ""),
        "degree": known.degree,
        "university": known.university,
        "language": citation.language or "",
        "supervisors": "; ".join(known.supervisors),
        "keywords": "; ".join(known.keywords),
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
    fields = {"author": " and ".join(_full_names(thesis["author"])).translate(_TEX), **fields}
    lines = (f"  {name} = {{{value}}}," for name, value in fields.items() if value)
    return "\n".join([f"@thesis{{{thesis['key']},", *lines, "}"])


_DUBLIN = {"title": "title", "date": "year", "publisher": "university", "language": "language"}
_DC, _OAI = "http://purl.org/dc/elements/1.1/", "http://www.openarchives.org/OAI/2.0/oai_dc/"


def dublin_terms(thesis: Fields) -> list[tuple[str, str]]:
    """What is known of a thesis by Dublin Core's names, each value by itself."""
    found = [(term, thesis[ours]) for term, ours in _DUBLIN.items() if thesis[ours]]
    found[1:1] = [("creator", name) for name in _full_names(thesis["author"])]
    found += [("contributor", name) for name in thesis["supervisors"].split("; ") if name]
    found += [("subject", word) for word in thesis["keywords"].split("; ") if word]
    return [*found, ("type", "Thesis")]


def _dublin_core(theses: Iterable[Fields]) -> str:
    ElementTree.register_namespace("dc", _DC)
    ElementTree.register_namespace("oai_dc", _OAI)
    root = ElementTree.Element("records")
    for thesis in theses:
        record = ElementTree.SubElement(root, f"{{{_OAI}}}dc")
        for term, value in dublin_terms(thesis):
            ElementTree.SubElement(record, f"{{{_DC}}}{term}").text = xml_text(value)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode")


def _full_names(author: str) -> list[str]:
    return [f"{p.family}, {p.given}".rstrip(", ") for p in authors_of(author)]


def _ris(thesis: Fields) -> str:
    lines = (f"{tag}  - {thesis[ours]}" for tag, ours in _RIS.items() if thesis[ours])
    authors = (f"AU  - {name}" for name in _full_names(thesis["author"]))
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
    names = [person.family for person in authors_of(citation.author)]
    [name, *_] = names or [citation.document.rpartition(".")[0]]
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
