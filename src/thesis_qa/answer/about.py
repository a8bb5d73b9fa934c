"""Questions about a thesis itself: its title, author, supervisors, year, and what it is about.

Answered from what its title, approval and abstract pages state, cited like everything else.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from thesis_qa.answer.evidence import Evidence, is_statement
from thesis_qa.answer.select import Shown
from thesis_qa.index.catalog import Catalog
from thesis_qa.lang.language import STOP_WORDS, language_of, words
from thesis_qa.question.query import THESIS_WORDS, Query
from thesis_qa.types import Language, Metadata, Passage, Sentence, Span

STATED = 0.9  # that a title, approval or abstract page was read rightly, where it states a field
UNSTATED = 0.1  # that it is stated all the same, where those pages seem not to
MAX_SENTENCES = 3

_FIELDS = {
    "title": r"judul(?:nya)?|titled?|berjudul",
    "author": r"penulis(?:nya)?|pengarang(?:nya)?|penyusun(?:nya)?|author(?:s|ed)?|writer|wrote"
    r"|written"
    r"|menulis|ditulis|menyusun|disusun",
    "supervisors": r"(?:pem|mem|di)bimbing(?:nya)?|promotor(?:nya)?|supervis\w+|advis[eo]\w*",
    "year": r"tahun|year|kapan|when",
    "university": r"universitas(?:nya)?|university|kampus(?:nya)?|perguruan|institution|institusi",
    "faculty": r"fakultas(?:nya)?|faculty",
    "degree": r"prodi|jurusan(?:nya)?|gelar(?:nya)?|degree|department|studi",
    "student_number": r"nim|npm|nrp",
    "keywords": r"kunci(?:nya)?|keywords?",
}
_FIELD_WORDS = {name: re.compile(pattern) for name, pattern in _FIELDS.items()}
_ABOUT = re.compile(
    r"about|tentang|mengenai|membahas|dibahas|bahas|isi(?:nya)?|topik(?:nya)?|topics?|subject"
    r"|tema(?:nya)?|ring?kas\w*|rangkum\w*|meringkas|merangkum|summar\w+|abstra[ck]t?|intisari|overview|deal|cover"
)
# What may stand beside a field without making the question one about something else.
_FRAME = THESIS_WORDS | frozenset(
    """nama name names named dosen mahasiswa student students lengkap full
    submitted handed published completed diajukan diserahkan dikumpulkan diterbitkan
    diselesaikan dipublikasikan made dibuat
    kata program nomor induk number id place main inti pokok utama gambaran umum
    general give singkat brief briefly short secara bagian please tinggi pertama
    kedua ketua pendamping first second two""".split()
)
_ORDINAL = {  # of supervisors, as approval pages and people have it
    "1": 1, "i": 1, "2": 2, "ii": 2, "kedua": 2, "second": 2, "3": 3, "iii": 3, "ketiga": 3,
}  # fmt: skip
_RESULT = re.compile(
    r"\b(?:hasil|menunjukkan|disimpulkan|kesimpulan|results?|show[ns]?|found|conclude[sd]?|findings?)\b",
    re.IGNORECASE,
)
_AIM = re.compile(
    r"\b(?:bertujuan|tujuan|berfokus|membahas|mengusulkan|this (?:thesis|study|research|paper|work)"
    r"|aims?|focus\w*|purpose|proposes?|investigates?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Asks:
    """What a question wants to know of a thesis itself."""

    fields: tuple[str, ...] = ()  # of Metadata
    about: bool = False
    ordinal: int = 1  # of several supervisors; a thesis that has fewer doesn't say

    def __bool__(self) -> bool:
        return bool(self.fields or self.about)


def asks_about_document(query: Query) -> Asks:
    """What `query` asks of the thesis itself; falsy if it asks anything else besides."""
    left = [w for w in words(query.text) if w not in _FRAME]
    found = [name for name, p in _FIELD_WORDS.items() if any(p.fullmatch(w) for w in left)]
    about = any(_ABOUT.fullmatch(w) for w in left)
    empty = STOP_WORDS["id"] | STOP_WORDS["en"]
    known = [*_FIELD_WORDS.values(), _ABOUT]
    other = [w for w in left if w not in empty and not any(p.fullmatch(w) for p in known)]
    numbered = _ORDINAL if "supervisors" in found else {}
    if not numbered.keys() >= set(other):
        return Asks()
    if found and not about:
        ordinal = max(numbered.get(w, 1) for w in words(query.text))
        return Asks(fields=_told_apart(found, query), ordinal=ordinal)
    return Asks(about=about and _names_document(query) and not found)


def _told_apart(found: Sequence[str], query: Query) -> tuple[str, ...]:
    """ "When was it written?" asks for the year, "who wrote it?" for the author."""
    if "author" in found and len(found) > 1:
        other = "author" if query.expected in ("date", "place") else "year"
        found = [name for name in found if name != other]
    return tuple(found)


def _names_document(query: Query) -> bool:
    return bool(_FRAME & set(words(query.text))) or len(words(query.text)) <= 5


def answer_about(catalog: Catalog, query: Query, asks: Asks, document: str) -> list[Shown]:
    """What `document` states of what is asked; empty where it doesn't."""
    metadata = catalog.document(document).metadata
    if asks.about:
        return _abstract(catalog, query, document, metadata)
    return [
        Shown(_stated(catalog, document, span), label=name)
        for name in asks.fields
        for span in metadata.places.get(name, ())
        if name != "supervisors" or len(metadata.places[name]) >= asks.ordinal
    ]


def _stated(catalog: Catalog, document: str, span: Span) -> Evidence:
    page = catalog.page(document, span.page)
    text = " ".join(page.text[span.start : span.end].split())
    sentence = Sentence((span,), text, language_of(text))
    passage = next(
        (p for p in catalog.passages_on(document, page.number) if _holds(p, span)),
        Passage("", document, "", page.number, page.label, page.number, "", None, text),
    )
    return _evidence(passage, sentence)


def _evidence(passage: Passage, sentence: Sentence) -> Evidence:
    return Evidence(passage, sentence, 0.0, {}, np.zeros(0, np.float32))


def _holds(passage: Passage, span: Span) -> bool:
    return any(_overlap(s, span) for sentence in passage.sentences for s in sentence.spans)


def _overlap(a: Span, b: Span) -> bool:
    return a.page == b.page and a.start < b.end and b.start < a.end


def _abstract(catalog: Catalog, query: Query, document: str, metadata: Metadata) -> list[Shown]:
    """The sentences of the abstract that say what a thesis is about, and what came of it."""
    language = _wanted(query.language, metadata)
    if language is None:
        return []
    said = list(_sentences(catalog, query, document, metadata.abstracts[language]))
    if not said:
        return []
    aim = next((e for e in said if _AIM.search(e.sentence.text)), said[0])
    result = next((e for e in reversed(said) if _RESULT.search(e.sentence.text)), said[-1])
    kept = [e for e in said if any(e is k for k in (said[0], aim, result))]
    return [Shown(e) for e in kept[:MAX_SENTENCES]]


def _wanted(language: Language | None, metadata: Metadata) -> str | None:
    if language in metadata.abstracts:
        return language
    return next(iter(metadata.abstracts), None)


def _sentences(
    catalog: Catalog, query: Query, document: str, spans: Sequence[Span]
) -> Iterator[Evidence]:
    pages = dict.fromkeys(catalog.page(document, span.page).number for span in spans)
    for number in pages:
        for passage in catalog.passages_on(document, number):
            for sentence in passage.sentences:
                inside = any(_overlap(s, span) for s in sentence.spans for span in spans)
                if inside and is_statement(sentence, query):
                    yield _evidence(passage, sentence)
