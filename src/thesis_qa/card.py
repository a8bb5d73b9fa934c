"""The thesis card: what is asked of any thesis, answered in its own words, or "not stated".

Theses are built alike: a heading such as "1.3 Batasan Masalah" is the author's own word for what
stands below it, and an abstract says in fixed phrases what was aimed at and found. So a card is
read off headings and phrases, in milliseconds, and a topic without either is said not to be
stated; nothing is guessed by likeness.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Literal

import numpy as np

from thesis_qa.answer import Evidence, Shown
from thesis_qa.answer.evidence import is_statement
from thesis_qa.cite import cite
from thesis_qa.index import Index
from thesis_qa.question import understand
from thesis_qa.schema import Citation, Passage, Sentence
from thesis_qa.tables import DocumentInfo
from thesis_qa.topics import PURE, TOPICS, Topic, Zone, either

MAX_QUOTES = 3
MAX_ITEMS = 6  # of a list
LONG = 700  # characters from which a sentence is no quote for a card: a table or a run of them

_NUMBERING = re.compile(
    r"^(?:(?:bab|chapter)\s+)?(?:[IVXLC]+|[A-Z]|\d+)?(?:\.?\d+)*[.)]?\s+", re.IGNORECASE
)
_ZONES: dict[Zone, re.Pattern[str]] = {
    "abstract": either(r"\b(?:abstra[ck]t?|abstrak|intisari|ringkasan|executive summary)\b"),
    "introduction": either(r"\b(?:pendahuluan|introduction)\b"),
    "end": either(r"\b(?:penutup|(?:ke)?simpulan|conclusions?|saran|discussion)\b"),
}
_POINTS = either(  # says where something stands instead of what it is
    r"\b(?:bab|chapter|section|subbab) (?:ini|[IVX\d])",
    r"\b(?:in|at the end of) this (?:final |last )?(?:chapter|section)\b",
)
_ENDS = re.compile(r"[.!?…][\"'”’)\]]*\s*$")


@dataclass(frozen=True, slots=True)
class Entry:
    """A topic of the card and what the thesis says to it."""

    topic: str
    citations: tuple[Citation, ...]  # empty where it isn't stated


@dataclass(frozen=True, slots=True)
class _Said:
    """A sentence and where it stands."""

    passage: Passage
    sentence: Sentence
    zone: Zone
    asks: bool  # a question; only one of the topics wants them

    @property
    def leads_in(self) -> bool:
        """Whether a list follows, or half of the sentence is elsewhere."""
        return self.sentence.kind == "text" and not _ENDS.search(self.sentence.text)

    def gives(self, topic: Topic) -> bool:
        """Whether it has the topic's phrase."""
        return bool(topic.phrase.search(self.sentence.text))


def fill_card(index: Index, document: str) -> Iterator[Entry]:
    """The entries of a thesis's card, in the order of TOPICS.

    Raises QuestionError if the index has no such document.
    """
    index.check_documents([document])
    info = index.catalog.document(document)
    said = _statements(_reading_order(index, document), info)
    for topic in TOPICS:
        found = _find(topic, said)
        shown = [Shown(_evidence(item)) for item in found]
        yield Entry(topic.name, cite(index.catalog, shown))


def main_language(document: DocumentInfo) -> Literal["id", "en"]:
    """The language that most of a document is in; English where it is neither."""
    shares = document.languages
    return "id" if shares.get("id", 0.0) > shares.get("en", 0.0) else "en"


# What can be quoted

_ANY = understand("Apa rumusan masalah penelitian ini?")  # for which questions are statements
_STATING = understand("Apa tujuan penelitian ini?")


def _reading_order(index: Index, document: str) -> list[Passage]:
    rows = [
        row
        for (row,) in index.catalog.read(
            "SELECT p.id FROM passages p JOIN documents d ON d.id = p.document"
            " WHERE d.name = ? ORDER BY p.id",
            (document,),
        )
    ]
    found = index.catalog.passages(rows)
    return [found[row] for row in rows if row in found]


def _statements(passages: Iterable[Passage], info: DocumentInfo) -> list[_Said]:
    """Sentences that can be quoted, in the language of the thesis where it has two."""
    language = main_language(info)
    return [
        _Said(passage, sentence, _zone(passage), not is_statement(sentence, _STATING))
        for passage in passages
        if passage.kind in ("text", "list")
        for sentence in passage.sentences
        if _quotable(sentence) and (sentence.language or language) == language
    ]


def _quotable(sentence: Sentence) -> bool:
    return (
        sentence.kind in ("text", "list")
        and len(sentence.text) <= LONG
        and is_statement(sentence, _ANY)
        and not _POINTS.search(sentence.text)
    )


def _zone(passage: Passage) -> Zone:
    for zone, pattern in _ZONES.items():
        if pattern.search(passage.section):
            return zone
    return "body"


# What answers


def _find(topic: Topic, said: Sequence[_Said]) -> list[_Said]:
    if topic.name != "questions":
        said = [item for item in said if not item.asks]
    phrased = _phrased(topic, said)
    if topic.phrase_first and phrased:
        return phrased
    return _under_heading(topic, said) or phrased


def _under_heading(topic: Topic, said: Sequence[_Said]) -> list[_Said]:
    """What stands under the heading that is most purely the topic's name."""
    headings: dict[str, float] = {}
    for item in said:
        if found := _heading(topic, item.passage.section):
            headings[found[0]] = found[1]
    if not headings:
        return []
    order = list(headings)
    best = max(order, key=lambda h: (headings[h], order.index(h) * (1 if topic.late else -1)))
    below = [s for s in said if f"{s.passage.section} › ".startswith(f"{best} › ")]
    return _telling(topic, below, best)


def _heading(topic: Topic, section: str) -> tuple[str, float] | None:
    """The part of a section's path down to the heading that names the topic, and how purely."""
    parts = section.split(" › ")
    shares = [topic.share(_NUMBERING.sub("", part).strip()) for part in parts]
    best = max(range(len(parts)), key=lambda depth: shares[depth])
    return (" › ".join(parts[: best + 1]), shares[best]) if shares[best] >= PURE else None


def _telling(topic: Topic, below: Sequence[_Said], heading: str) -> list[_Said]:
    """Of what stands below a heading: its list, or what has the topic's phrase, or how it begins;
    and how each section under it begins."""
    own = [s for s in below if s.passage.section == heading]
    items = [s for s in own if s.sentence.kind == "list"]
    if len(items) > 1:
        return items[:MAX_ITEMS]
    whole = [s for s in own if not s.leads_in]
    phrased = [s for s in whole if s.gives(topic)]
    first = (phrased if phrased and not (topic.late and len(phrased) == 1) else whole)[:MAX_QUOTES]
    return (first + _beginnings(below, heading))[: MAX_QUOTES + 1]


def _beginnings(below: Sequence[_Said], heading: str) -> list[_Said]:
    """The first whole sentence of each section right under `heading`."""
    first: dict[str, _Said] = {}
    for item in below:
        rest = item.passage.section[len(heading) :].strip(" ›")
        if rest and not item.leads_in:
            first.setdefault(rest.split(" › ")[0], item)
    return list(first.values())


def _phrased(topic: Topic, said: Sequence[_Said]) -> list[_Said]:
    """Sentences with the topic's phrase, of the first zone that has any; a list they lead to."""
    for zone in topic.zones:
        there = [i for i, s in enumerate(said) if s.zone == zone and s.gives(topic)]
        found = [s for i in there for s in _spelt_out(said, i)]
        if found:
            return found[:MAX_ITEMS] if said[there[0]].leads_in else found[:MAX_QUOTES]
    return []


def _spelt_out(said: Sequence[_Said], at: int) -> list[_Said]:
    """A sentence, or the list that it leads to."""
    if not said[at].leads_in:
        return [said[at]]
    after = said[at + 1 : at + 1 + MAX_ITEMS]
    return list(takewhile(lambda s: s.sentence.kind == "list", after))


def _evidence(item: _Said) -> Evidence:
    return Evidence(item.passage, item.sentence, 0.0, {}, np.zeros(0, np.float32))
