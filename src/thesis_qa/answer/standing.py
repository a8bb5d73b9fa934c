"""The standing questions of any thesis, answered from its headings and fixed phrases.

Theses are built alike: a heading such as "1.3 Batasan Masalah" is the author's own word for what
stands below it, and an abstract says in fixed phrases what was aimed at and found. So these
questions are answered by where something stands; a thesis without such a heading or phrase
doesn't state it, and nothing is guessed by likeness.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, takewhile

import numpy as np

from thesis_qa.answer.evidence import Asked, Evidence, centred, is_statement
from thesis_qa.answer.lists import MAX_LIST, counted, is_item, is_ordinal, whole_items
from thesis_qa.answer.select import Shown, translated, with_context
from thesis_qa.catalog import Catalog
from thesis_qa.language import CHAT, STOP_WORDS, words
from thesis_qa.question import THESIS_WORDS, Query, understand
from thesis_qa.schema import Language, Passage, Sentence
from thesis_qa.tables import Vectors
from thesis_qa.topics import ASKED, PURE, Topic, Zone, either

MAX_QUOTES = 3
MAX_SEVERAL = 5  # where more than one thing is asked for
MAX_ITEMS = 6  # of a list
LONG = 700  # characters from which a sentence is no quote: a table or a run of them
NEAR = 8  # sentences behind "several limitations" among which "First, …" is looked for

_FRAME = THESIS_WORDS | frozenset(
    """studi kajian penulis peneliti pengarang author authors author's researcher researchers writer
    digunakan dipakai gunakan pakai menggunakan memakai diterapkan used use uses using employ
    employed employs adopt adopted adopts apply applied follow follows followed
    dilakukan dilaksanakan done conducted carried diberikan diusulkan disampaikan dinyatakan
    disebutkan dikemukakan given give gives proposed propose stated state mentioned mention
    presented diperoleh didapat didapatkan dihasilkan obtained obtain drawn draw reached
    utama pokok main key major final kedua masing bandingkan perbandingan compare comparison
    bidang name there sih dong nih deh kok""".split()
)
KIN = {
    "problem": ("questions", "objectives", "method"),
    "questions": ("objectives", "method", "findings"),
    "objectives": ("questions", "method", "findings"),
    "scope": ("objectives", "data", "limits"),
    "theory": ("method", "data", "findings"),
    "method": ("data", "findings", "theory"),
    "data": ("method", "findings", "limits"),
    "findings": ("conclusion", "limits", "suggestions"),
    "obstacles": ("limits", "suggestions", "conclusion"),
    "limits": ("obstacles", "suggestions", "conclusion"),
    "conclusion": ("findings", "suggestions", "limits"),
    "suggestions": ("conclusion", "limits", "findings"),
}
"""For each topic those that lie near: asked next, or instead where it isn't stated."""

_JOINS = re.compile(
    r"[,&/]|\b(?:dan|serta|beserta|dengan|atau|and|with|or|versus|vs)\b", re.IGNORECASE
)
_DENIES = frozenset("tidak bukan belum tanpa no not without never".split())
_NUMBERING = re.compile(
    r"^(?:(?:bab|chapter)\s+)?(?:[IVXLC]+|[A-Z]|\d+)?(?:\.?\d+)*[.)]?\s+", re.IGNORECASE
)
_ZONES: dict[Zone, re.Pattern[str]] = {
    "abstract": either(
        r"\b(?:abstra[ck]t?|abst[arc]{3}t|abstrak|intisari|ringkasan|executive summary)\b"
    ),
    "introduction": either(r"\b(?:pendahuluan|introduction)\b"),
    "end": either(r"\b(?:penutup|(?:ke)?simpulan|conclusions?|saran|discussion)\b"),
    "results": either(r"\b(?:hasil|pembahasan|evaluasi|results?|evaluation|experiments?)\b"),
}
_OWN = either(  # speaks of this thesis, not of what others did
    r"\b(?:(?:penelitian|skripsi|tesis|studi|sistem|kajian|karya) ini|penulis|peneliti)\b",
    r"\b(?:th(?:is|e) (?:present )?(?:study|thesis|research|work|system)|we|our)\b",
)
_POINTS = either(  # says where something stands instead of what it is
    r"\b(?:bab|chapter|section|subbab) (?:ini|[IVX\d])",
    r"\b(?:in|at the end of) this (?:final |last )?(?:chapter|section)\b",
)
_ENDS = re.compile(r"[.!?…][\"'”’)\]]*\s*$")


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence and where it stands."""

    passage: Passage
    sentence: Sentence
    zone: Zone
    asks: bool  # a question; only one of the topics wants them

    @property
    def leads_in(self) -> bool:
        """Whether a list follows, or half of the sentence is elsewhere."""
        return self.sentence.kind == "text" and not _ENDS.search(self.sentence.text)

    @property
    def names(self) -> bool:
        """Whether it is a heading."""
        return self.sentence.kind == "heading"

    def gives(self, topic: Topic) -> bool:
        """Whether it has the topic's phrase; among results, of this thesis."""
        text = self.sentence.text
        return bool(topic.phrase.search(text) and (self.zone != "results" or _OWN.search(text)))


def asks_standing(query: Query) -> tuple[Topic, ...]:
    """The topic, or the two joined ones, that `query` asks for; none if it asks for anything else
    besides."""
    if _DENIES & set(words(query.text)):
        return ()
    named = [t for t in ASKED if t.expects == query.expected and t.asked.search(query.text)]
    single, double = combinations(named, 1), combinations(named, 2)
    found = [t for t in single if _only(t, query.text)]
    found = found or [_joined_or_head(t, query) for t in double if _only(t, query.text)]
    return max(found, key=lambda topics: _named(topics, query.text), default=())


def _joined_or_head(topics: Sequence[Topic], query: Query) -> tuple[Topic, ...]:
    """Both topics if "and" joins them; else the one that the other only qualifies.

    "Kelemahan metode" and "limitations of the method" begin with what is asked for; the "method
    limitations" of English end with it.
    """
    first, second = sorted(topics, key=lambda topic: _place(topic, query.text).start())
    between = query.text[_place(first, query.text).end() : _place(second, query.text).start()]
    if _JOINS.search(between):
        return first, second
    return (second,) if query.language == "en" and between.isspace() else (first,)


def _place(topic: Topic, question: str) -> re.Match[str]:
    found = topic.asked.search(question)
    assert found
    return found


def _only(topics: Sequence[Topic], question: str) -> bool:
    """Whether no word of a question means anything but `topics`."""
    for topic in topics:
        question = topic.beside.sub(" ", topic.asked.sub(" ", question))
    left = {CHAT.get(word, word) for word in words(question)}
    return not left - _FRAME - STOP_WORDS["id"] - STOP_WORDS["en"]


def _named(topics: Sequence[Topic], question: str) -> int:
    """Characters of a question in which topics are named."""
    return sum(len(name) for topic in topics for name in topic.asked.findall(question))


def answer_standing(question: Asked, topics: Sequence[Topic], document: str) -> list[Shown]:
    """What `document` states of `topics`; empty where it doesn't.

    In the language of the thesis; of two abstracts, that in the language of the question, with the
    sentence of the other that translates it.
    """
    catalog, query = question.catalog, question.query
    main = catalog.document(document).main_language
    other: Language = "en" if main == "id" else "id"
    passages = catalog.passages_of(document)
    said = statements(passages, main, main)
    second = statements([p for p in passages if zone(p) == "abstract"], other, main)
    found: list[Said] = []
    for topic in topics:
        stated = find(topic, said)
        if all(item.zone == "abstract" for item in stated):
            stated = (find(topic, second) if query.language == other else []) or stated
        found += [item for item in stated if item not in found][: MAX_LIST // len(topics)]
    abstract = [s for s in (*said, *second) if s.zone == "abstract" and not s.names]
    pool = dict(zip(abstract, _as_evidence(question, abstract), strict=True))
    return [
        with_context(catalog, translated(query, pool.get(item, _evidence(item)), pool.values()))
        for item in found
    ]


def shown(catalog: Catalog, found: Iterable[Said]) -> list[Shown]:
    """Statements as they are shown."""
    return [with_context(catalog, Shown(_evidence(item))) for item in found]


def _evidence(item: Said, vector: Vectors | None = None) -> Evidence:
    nowhere = np.zeros(0, np.float32)
    return Evidence(item.passage, item.sentence, 0.0, {}, nowhere if vector is None else vector)


def _as_evidence(question: Asked, said: Sequence[Said]) -> list[Evidence]:
    if not said:
        return []
    vectors = centred(question, [(s.sentence.text, s.sentence.language) for s in said])
    return [_evidence(item, vector) for item, vector in zip(said, vectors, strict=True)]


# What can be quoted

_ANY = understand("Apa rumusan masalah penelitian ini?")  # for which questions are statements
_STATING = understand("Apa tujuan penelitian ini?")


def statements(
    passages: Iterable[Passage], language: Language | None, main: Language
) -> list[Said]:
    """Sentences in `language` that can be quoted, and headings; what is in neither language
    counts as one in the `main` language of the thesis."""
    return [
        Said(passage, sentence, zone(passage), not is_statement(sentence, _STATING))
        for passage in passages
        for sentence in passage.sentences
        if sentence.kind == "heading"
        or (
            passage.kind in ("text", "list")
            and _quotable(sentence)
            and (sentence.language or main) == language
        )
    ]


def _quotable(sentence: Sentence) -> bool:
    return (
        sentence.kind in ("text", "list")
        and len(sentence.text) <= LONG
        and is_statement(sentence, _ANY)
        and not _POINTS.search(sentence.text)
    )


def zone(passage: Passage) -> Zone:
    """The part of a thesis that a passage lies in, by the headings above it."""
    found = (name for name, pattern in _ZONES.items() if pattern.search(passage.section))
    return next(found, "body")


# What answers


def find(topic: Topic, said: Sequence[Said]) -> list[Said]:
    """What of `said` answers `topic`, in reading order."""
    if topic.name != "questions":
        said = [item for item in said if not item.asks or item.names]
    phrased = _phrased(topic, [item for item in said if not item.names])
    if topic.phrase_first and phrased:
        return phrased
    return _under_heading(topic, said) or phrased


def _under_heading(topic: Topic, said: Sequence[Said]) -> list[Said]:
    """What stands under the heading that is most purely the topic's name."""
    headings: dict[str, float] = {}
    for item in said:
        if not item.names and (found := _heading(topic, item.passage.section)):
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


def _telling(topic: Topic, below: Sequence[Said], heading: str) -> list[Said]:
    """Of what stands below a heading: its list, or what it counts, or what has the topic's phrase,
    or how it begins; and the sections under it."""
    own = [s for s in below if s.passage.section == heading and not s.names]
    if len(items := _items(own)) > 1:
        return items[:MAX_ITEMS]
    whole = [s for s in own if not s.leads_in]
    if topic.several and (counted := _counted(whole)):
        return counted
    if topic.parts and len(parts := _parts(below, heading)) > 1:
        return [*whole[:1], *parts][:MAX_ITEMS]
    phrased = [s for s in whole if s.gives(topic)]
    if topic.several:
        return (phrased if len(phrased) > 1 else whole)[:MAX_SEVERAL] or _beginnings(below, heading)
    return ((phrased or whole)[:MAX_QUOTES] + _beginnings(below, heading))[: MAX_QUOTES + 1]


def _items(said: Sequence[Said]) -> list[Said]:
    """Items of lists, each with all of its sentences."""
    whole = whole_items([s.sentence for s in said])
    return [replace(said[at], sentence=item) for at, item in whole if is_item(item)]


def _counted(said: Sequence[Said]) -> list[Said]:
    """ "First, …", "Second, …" with the sentence before them; empty where nothing is counted."""
    at = [i for i, item in enumerate(said) if is_ordinal(item.sentence)]
    if len(at) < 2:
        return []
    return [*said[max(0, at[0] - 1) : at[0]], *(said[i] for i in at)][:MAX_ITEMS]


def _parts(below: Sequence[Said], heading: str) -> list[Said]:
    """The headings of the sections right under `heading`."""
    first: dict[str, Said] = {}
    for item in below:
        part = item.passage.section[len(heading) :].strip(" ›").split(" › ")[0]
        if item.names and part and item.sentence.text == part:
            first.setdefault(part, item)
    return list(first.values())


def _beginnings(below: Sequence[Said], heading: str) -> list[Said]:
    """The first whole sentence of each section right under `heading`."""
    first: dict[str, Said] = {}
    for item in below:
        rest = item.passage.section[len(heading) :].strip(" ›")
        if rest and not item.leads_in and not item.names:
            first.setdefault(rest.split(" › ")[0], item)
    return list(first.values())


def _phrased(topic: Topic, said: Sequence[Said]) -> list[Said]:
    """Sentences with the topic's phrase, of the first zone that has any; with what they lead to."""
    for zone in topic.zones:
        there = [i for i, s in enumerate(said) if s.zone == zone and s.gives(topic)]
        found = [_spelt_out(said, i) for i in there]
        if several := next((items for items in found if len(items) > 1), None):
            return several[:MAX_ITEMS]
        if there:
            return [item for items in found for item in items][:MAX_QUOTES]
    return []


def _spelt_out(said: Sequence[Said], at: int) -> list[Said]:
    """A sentence, or the list that it leads to, or with what is counted behind it."""
    after = said[at + 1 : at + 1 + NEAR]
    if said[at].leads_in:
        return list(takewhile(lambda s: s.sentence.kind == "list", after))
    return [said[at], *(after[i] for i in counted([s.sentence for s in after]))]
