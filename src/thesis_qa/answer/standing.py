"""The standing questions of any thesis, answered from its headings and fixed phrases.

Theses are built alike: a heading such as "1.3 Batasan Masalah" is the author's own word for what
stands below it, and an abstract says in fixed phrases what was aimed at and found. So these
questions are answered by where something stands; a thesis without such a heading or phrase
doesn't state it, and nothing is guessed by likeness.
"""

import re
from collections.abc import Sequence
from functools import partial
from itertools import combinations

from thesis_qa.answer.evidence import Asked, Evidence, centred
from thesis_qa.answer.lists import MAX_LIST, counted
from thesis_qa.answer.select import Shown, translated, with_context
from thesis_qa.answer.under_headings import (
    MAX_ITEMS,
    MAX_QUOTES,
    NUMBERING,
    Said,
    evidence_of,
    items,
    statements,
    telling,
    zone,
)
from thesis_qa.lang.language import CHAT, STOP_WORDS, words
from thesis_qa.question.query import FRAME_WORDS, Query
from thesis_qa.question.topics import ASKED, PURE, Topic, either
from thesis_qa.types import Language

GAP = 3  # sentences among which a list that goes on has another item
NEAR = 8  # sentences behind "several limitations" among which "First, …" is looked for

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
_OWN = either(  # speaks of this thesis, not of what others did
    r"\b(?:(?:penelitian|skripsi|tesis|studi|sistem|kajian|karya) ini|penulis|peneliti)\b",
    r"\b(?:th(?:is|e) (?:present )?(?:study|thesis|research|work|system)|we|our)\b",
)


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
    return not left - FRAME_WORDS - STOP_WORDS["id"] - STOP_WORDS["en"]


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
        with_context(catalog, translated(query, pool.get(item, evidence_of(item)), pool.values()))
        for item in found
    ]


def _as_evidence(question: Asked, said: Sequence[Said]) -> list[Evidence]:
    if not said:
        return []
    vectors = centred(question, [(s.sentence.text, s.sentence.language) for s in said])
    return [evidence_of(item, vector) for item, vector in zip(said, vectors, strict=True)]


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
    below = [s for s in said if s.passage.lies_under(best)]
    return telling(below, best, partial(_gives, topic), topic.several, topic.parts)


def _heading(topic: Topic, section: str) -> tuple[str, float] | None:
    """The part of a section's path down to the heading that names the topic, and how purely."""
    parts = section.split(" › ")
    shares = [topic.share(NUMBERING.sub("", part).strip()) for part in parts]
    best = max(range(len(parts)), key=lambda depth: shares[depth])
    return (" › ".join(parts[: best + 1]), shares[best]) if shares[best] >= PURE else None


def _listed(after: Sequence[Said]) -> list[Said]:
    """The list that `after` begins with; sentences of an item may have been taken for text."""
    found: list[Said] = []
    for at, said in enumerate(after):
        if said.sentence.kind == "list":
            found.append(said)
        elif (
            said.names or not found or all(s.sentence.kind != "list" for s in after[at : at + GAP])
        ):
            break
    return found


def _gives(topic: Topic, said: Said) -> bool:
    """Whether it has the topic's phrase; among results, of this thesis."""
    text = said.sentence.text
    return bool(topic.phrase.search(text) and (said.zone != "results" or _OWN.search(text)))


def _phrased(topic: Topic, said: Sequence[Said]) -> list[Said]:
    """Sentences with the topic's phrase, of the first zone that has any; with what they lead to."""
    for part in topic.zones:
        there = [i for i, s in enumerate(said) if s.zone == part and _gives(topic, s)]
        found = [_spelt_out(said, i) for i in there]
        if several := next((led for led in found if len(led) > 1), None):
            return several[:MAX_ITEMS]
        if there:
            return [item for led in found for item in led][:MAX_QUOTES]
    return []


def _spelt_out(said: Sequence[Said], at: int) -> list[Said]:
    """A sentence, or the list that it leads to, or with what is counted behind it."""
    if said[at].leads_in:
        return items(_listed(said[at + 1 :]))
    after = said[at + 1 : at + 1 + NEAR]
    return [said[at], *(after[i] for i in counted([s.sentence for s in after]))]
