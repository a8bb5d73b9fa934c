"""Answer from headings: the standing questions of any thesis, and questions that name a section.

Theses are built alike: "1.3 Batasan Masalah" is the author's own word for what stands below it,
and an abstract says in fixed phrases what was aimed at and found. So standing questions are
answered by where something stands; a thesis without such a heading or phrase doesn't state it, and
nothing is guessed by likeness. And "Jelaskan Advanced RAG" asks for the section "2. Advanced RAG",
as whoever looks into the table of contents knows.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache, partial

from thesis_qa.answer.evidence import centred, is_quotable
from thesis_qa.answer.found import (
    MAX_DOCUMENTS,
    UNSTATED,
    Evidence,
    Found,
    Library,
    Shown,
    by_thesis,
)
from thesis_qa.answer.lists import (
    LONG,
    MAX_LIST,
    PlacedSentence,
    counted,
    is_ordinal,
    items,
    list_at_front,
    placed,
)
from thesis_qa.answer.named_sections import asks_to_explain, section_named
from thesis_qa.answer.passages import DOUBTED, holds_figure, weigh
from thesis_qa.answer.select import lies_in, with_lead, with_translation
from thesis_qa.index.catalog import Catalog
from thesis_qa.lang.data import alternatives, cue
from thesis_qa.question.fields import AskedFields
from thesis_qa.question.read import Question
from thesis_qa.question.topics import Topic, Zone
from thesis_qa.types import Heading, Language, Mark, Passage, Role

SURELY_TOLD = 0.6  # probability of a sentence from which it goes before a section's beginning
COMPARED = 3  # theses up to which each is read
READ_FOR = frozenset({"problem", "method", "data", "findings", "obstacles", "limits"})
"""Topics whose sections tell more than what is asked: how these begin answers 17 of 84 questions
on 40 theses, while reading answers half. Others stand there as they are asked for."""
LISTED, BEGUN = 0.92, 0.6  # that a right page is shown, of those others if they are named, of these
OTHERS: frozenset[Role] = frozenset({"earlier_work", "theory"})  # tell of other studies
SECTIONS, BESIDE = 4, 8  # passages under a topic's headings, and others, that are read for it
SEARCHED = 80  # passages among which those under its headings are looked for
MAX_QUOTES, MAX_SEVERAL, MAX_ITEMS = 3, 5, 8  # where more is asked for; of a list
NEAR = 8  # sentences behind "several limitations" among which "First, …" is looked for

ZONES: dict[Role, Zone] = {
    "abstract": "abstract", "introduction": "introduction", "results": "results",
    "conclusion": "end", "suggestions": "end",
}  # fmt: skip

Path = tuple[Heading, ...]


def by_headings(question: Question, library: Library) -> Found | None:
    """What stands under the headings that a question asks for; None where it names none, or where
    nothing stands there."""
    names = library.names(question)
    if question.besides or len(names) > MAX_DOCUMENTS:
        return None
    if question.topics:
        found = _by_topics(question, library, names)
        if question.supposed and question.figure and not holds_figure(question, found.shown):
            return None  # "how many people were sampled there?"
    elif not library.asked_apart(question):
        found = _in_section(question, library, names)
        found = replace(found, route="section")
        if found.answers and question.expects == "definition" and is_told(question, library):
            return None
    else:
        return None
    return found if found.answers else None


def _by_topics(question: Question, library: Library, names: Sequence[str]) -> Found:
    """What each thesis states of the topics asked for; of many, or of several that nobody named,
    only by its headings."""
    if len(names) == 1:
        return _in_thesis(question, library, names[0])
    if question.supposed and is_told(question, library):
        return Found(UNSTATED)
    if not question.documents or len(names) > COMPARED:
        return by_thesis({name: _of_topics(question, library, name) for name in names}, library)
    found = {name: _in_thesis(question, library, name) for name in names}
    return by_thesis({n: f.shown if f.answers else () for n, f in found.items()}, library)


def _in_thesis(question: Question, library: Library, document: str) -> Found:
    """What its headings state; where those only begin to tell it, the sentences that answer."""
    headed = by_thesis({document: _of_topics(question, library, document)}, library)
    begun = not READ_FOR.isdisjoint(topic.name for topic in question.topics)
    if headed.answers and not begun and not question.supposed:
        return replace(headed, probability=LISTED)
    asked = replace(question, topics=(), documents=(document,))
    found = library.passages(asked, SEARCHED)
    under = [p for p in found if any(t.share(h) for t in question.topics for h in p.headings)]
    near = [p for p in found if p in under or p.role not in OTHERS]
    among = {p.passage_id: p for p in (*under[:SECTIONS], *near[:BESIDE])}
    told = weigh(asked, library, [*among.values()], whole=True)
    if not headed.answers:
        return told if told.probability >= DOUBTED else replace(told, kind="decline")
    if told.answers and _confirms(told, headed):
        return replace(headed, probability=max(headed.probability, told.probability))
    if begun and told.answers:
        return replace(told, shown=(*told.shown, *headed.shown[:1])[: MAX_QUOTES + 1])
    if begun:
        return replace(headed, probability=BEGUN)
    return told if _goes_before(told, question, library) else headed


def _confirms(told: Found, headed: Found) -> bool:
    """Whether what was told is what headings state first, or stands in the list below one."""
    best = told.shown[0].evidence
    listed = all(s.evidence.sentence.kind == "list" for s in headed.shown)
    stated = [s.evidence for s in (headed.shown if listed else headed.shown[:1])]
    return any(lies_in(best, one) or lies_in(one, best) for one in stated)


def is_told(question: Question, library: Library) -> bool:
    """Whether a sentence surely answers what is asked of several theses, or defines what is."""
    plain = replace(question, topics=(), fields=AskedFields())
    best = weigh(plain, library, library.passages(question))
    if question.expects == "definition":
        defines = any(Mark.DEFINITION in s.evidence.sentence.marks for s in best.shown[:1])
        return defines and best.answers and best.probability >= SURELY_TOLD
    return _goes_before(best, question, library)


def _goes_before(told: Found, question: Question, library: Library) -> bool:
    """Whether a sentence goes before what the heading of a topic only lets suppose that was not
    named: it answers more surely than the question is after that topic, or surely, where the
    question says more than the topic."""
    if not told.answers or told.probability < SURELY_TOLD:
        return False
    names = library.names(question)
    said = question.telling_besides_topics
    held = bool(said) and all(library.catalog.holds_any(term, names) for term in said)
    return held or told.probability >= question.supposed


def zone(passage: Passage) -> Zone:
    """The part of a thesis that a passage lies in, by the headings above it, outermost first."""
    roles = (heading.role for heading in passage.headings)
    return next((ZONES[role] for role in roles if role in ZONES), "body")


# What can be quoted


def quotable(
    passages: Iterable[Passage], language: Language, main: Language
) -> list[PlacedSentence]:
    """Sentences in `language` that can be quoted, and headings; what is in neither language
    counts as one in the `main` language of the thesis."""
    return [
        item
        for item in placed(passages)
        if item.is_heading
        or (_can_be_quoted(item) and (item.sentence.language or main) == language)
    ]


def _can_be_quoted(item: PlacedSentence) -> bool:
    return (
        item.passage.kind in ("text", "list")
        and item.sentence.kind in ("text", "list")
        and len(item.sentence.text) <= LONG
        and is_quotable(item.sentence)
        and Mark.POINTS not in item.sentence.marks
    )


def _leads_in(item: PlacedSentence) -> bool:
    """Whether a list follows, or half of the sentence is elsewhere."""
    return Mark.LEADS_IN in item.sentence.marks


def _shown(catalog: Catalog, found: Iterable[PlacedSentence]) -> list[Shown]:
    return [with_lead(catalog, Shown(Evidence(item.passage, item.sentence))) for item in found]


# Standing questions


def _of_topics(question: Question, library: Library, document: str) -> list[Shown]:
    """What `document` states of the topics asked for: in its own language; of two abstracts, in
    that of the question, with the sentence of the other that translates it."""
    main = library.catalog.document(document).main_language
    other: Language = "en" if main == "id" else "id"
    passages = library.thesis(document)
    first = quotable(passages, main, main)
    second = quotable([p for p in passages if zone(p) == "abstract"], other, main)
    found: list[PlacedSentence] = []
    for topic in question.topics:
        stated = find_topic(topic, first)
        if all(zone(item.passage) == "abstract" for item in stated):
            stated = (find_topic(topic, second) if question.language == other else []) or stated
        found += [item for item in stated if item not in found][: MAX_LIST // len(question.topics)]
    pool = _abstracts(library, [*first, *second])
    return [_translated(question, library, item, pool) for item in found]


def _abstracts(library: Library, among: Sequence[PlacedSentence]) -> dict[PlacedSentence, Evidence]:
    """The sentences of abstracts, with their vectors."""
    said = [s for s in among if zone(s.passage) == "abstract" and not s.is_heading]
    if not said:
        return {}
    vectors = centred(library, [(s.sentence.text, s.sentence.language) for s in said])
    return {
        item: Evidence(item.passage, item.sentence, vector=vector)
        for item, vector in zip(said, vectors, strict=True)
    }


def _translated(
    question: Question,
    library: Library,
    item: PlacedSentence,
    pool: dict[PlacedSentence, Evidence],
) -> Shown:
    evidence = pool.get(item) or Evidence(item.passage, item.sentence)
    return with_lead(library.catalog, with_translation(question, evidence, pool.values()))


def of_topic(
    catalog: Catalog, document: str, topics: Sequence[Topic], whole: Sequence[Passage] = ()
) -> Iterator[tuple[Topic, list[Shown]]]:
    """What `document` states of each topic, in its own language; `whole` is all of it, if it was
    read before."""
    main = catalog.document(document).main_language
    said = quotable(whole or catalog.passages_of(document), main, main)
    return ((topic, _shown(catalog, find_topic(topic, said))) for topic in topics)


def find_topic(topic: Topic, said: Sequence[PlacedSentence]) -> list[PlacedSentence]:
    """What of `said` answers `topic`, in reading order."""
    if topic.name != "questions":
        said = [item for item in said if not item.asks or item.is_heading]
    phrased = _phrased(topic, [item for item in said if not item.is_heading])
    if topic.phrase_first and phrased:
        return phrased
    return _under_heading(topic, said) or phrased


def _under_heading(topic: Topic, said: Sequence[PlacedSentence]) -> list[PlacedSentence]:
    """What stands under the heading that is most purely the topic's name."""
    shares: dict[Path, float] = {}
    for item in said:
        if not item.is_heading and (named := _heading(topic, item.passage.headings)):
            shares[named[0]] = named[1]
    if not shares:
        return []
    order = reversed(shares) if topic.late else iter(shares)
    best = max(order, key=lambda path: (shares[path], len(path)))
    return telling(below(said, best), best, partial(_gives, topic), topic.several, topic.parts)


def _heading(topic: Topic, headings: Path) -> tuple[Path, float] | None:
    """The headings down to the one that names the topic, and how purely it does."""
    shares = [topic.share(heading) for heading in headings]
    best = max(range(len(shares)), key=lambda depth: (shares[depth], depth), default=-1)
    return (headings[: best + 1], shares[best]) if best >= 0 and shares[best] else None


def _gives(topic: Topic, item: PlacedSentence) -> bool:
    """Whether it has the topic's phrase; among results, of this thesis."""
    own = zone(item.passage) != "results" or bool(cue("answer.own_work").search(item.sentence.text))
    asked = topic.name == "questions" and item.asks
    return own and (asked or bool(topic.phrase.search(item.sentence.text)))


def _phrased(topic: Topic, said: Sequence[PlacedSentence]) -> list[PlacedSentence]:
    """Sentences with the topic's phrase, of the first zone that has any; with what they lead to."""
    for part in topic.zones:
        there = [i for i, s in enumerate(said) if zone(s.passage) == part and _gives(topic, s)]
        found = [_spelt_out(said, i) for i in there]
        if several := next((led for led in found if len(led) > 1), None):
            return several[:MAX_ITEMS]
        if there:
            return [item for led in found for item in led][:MAX_QUOTES]
    return []


def _spelt_out(said: Sequence[PlacedSentence], at: int) -> list[PlacedSentence]:
    """A sentence, or the list that it leads to, or with what is counted behind it."""
    if _leads_in(said[at]):
        return list_at_front(said[at + 1 :])
    after = said[at + 1 : at + 1 + NEAR]
    return [said[at], *(after[i] for i in counted([s.sentence for s in after]))]


# Under a heading


def below(said: Iterable[PlacedSentence], path: Path) -> list[PlacedSentence]:
    """What stands under the last heading of `path`, and under those below it."""
    return [item for item in said if item.passage.headings[: len(path)] == path]


def telling(
    there: Sequence[PlacedSentence],
    path: Path,
    gives: Callable[[PlacedSentence], bool],
    several: bool,
    parts: bool,
) -> list[PlacedSentence]:
    """Of what stands below a heading: its list, or what it counts, or what `gives` the answer, or
    how it begins; and the sections under it. More where `several` things are asked for, with the
    sections' headings where they are its `parts`."""
    own = [s for s in there if s.passage.headings == path and not s.is_heading]
    if len(found := items(own)) > 1:
        return found[:MAX_ITEMS]
    whole = [s for s in own if not _leads_in(s)]
    if several and (numbered := _numbered(whole)):
        return numbered
    if parts and len(sections := _first_of_parts(there, path, headings=True)) > 1:
        return [*whole[:1], *sections][:MAX_ITEMS]
    phrased = [s for s in whole if gives(s)]
    beginnings = _first_of_parts(there, path, headings=False)
    if several:
        return (phrased if len(phrased) > 1 else whole)[:MAX_SEVERAL] or beginnings
    return ((phrased or whole)[:MAX_QUOTES] + beginnings)[: MAX_QUOTES + 1]


def _numbered(said: Sequence[PlacedSentence]) -> list[PlacedSentence]:
    """ "First, …", "Second, …" with the sentence before them; empty where nothing is counted."""
    at = [i for i, item in enumerate(said) if is_ordinal(item.sentence)]
    if len(at) < 2:
        return []
    return [*said[max(0, at[0] - 1) : at[0]], *(said[i] for i in at)][:MAX_ITEMS]


def _first_of_parts(
    there: Sequence[PlacedSentence], path: Path, *, headings: bool
) -> list[PlacedSentence]:
    """Of each section right under `path` its heading, or its first whole sentence."""
    first: dict[Heading, PlacedSentence] = {}
    for item in there:
        part = item.passage.headings[len(path) : len(path) + 1]
        names = item.is_heading and bool(part) and item.sentence.text == part[0].text
        begins = not item.is_heading and bool(part) and not _leads_in(item)
        if names if headings else begins:
            first.setdefault(part[0], item)
    return list(first.values())


# Questions that name a section


def _in_section(question: Question, library: Library, names: Sequence[str]) -> Found:
    """What the sections say that the question names; who has no such section isn't silent."""
    named = {n: path for n in names if (path := section_named(question, library.catalog, n))}
    if not named:
        return Found(UNSTATED)
    if asks_to_explain(question):
        begun = {n: _beginning(question, library, n, path) for n, path in named.items()}
        if any(begun.values()):
            return by_thesis({name: shown for name, shown in begun.items() if shown}, library)
    there = [
        p
        for p in library.passages(question)
        if (path := named.get(p.document)) and p.headings[: len(path)] == path
    ]
    return weigh(question, library, there)


def _beginning(question: Question, library: Library, document: str, path: Path) -> list[Shown]:
    """How a section begins, or its list; its parts, where nothing stands right under its title."""
    main = library.catalog.document(document).main_language
    said = below(quotable(library.thesis(document), main, main), path)
    said = [s for s in said if s.is_heading or _begins_well(s)]
    own = [s for s in said if s.passage.headings == path]
    if any(not s.is_heading for s in own):
        said = own
    found = telling(said, path, lambda _: False, question.several, question.several)
    return _shown(library.catalog, found)


def _begins_well(item: PlacedSentence) -> bool:
    """Whether a sentence stands in one piece (no footnote or column break interrupts it), and
    doesn't only point to a table, a figure or a formula."""
    pages = [span.page for span in item.sentence.spans]
    return len(set(pages)) == len(pages) and not _points_out().search(item.sentence.text)


@cache
def _points_out() -> re.Pattern[str]:
    beside = f"{alternatives('captions.table')}|{alternatives('captions.figure')}"
    forms = rf"^\W*(?:{beside})\b|\b(?:{beside}) \S+$|\((?:[IVX]+|\d+)\.\d+\)"
    return re.compile(forms, re.IGNORECASE)
