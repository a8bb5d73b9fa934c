"""Questions about the library: which theses there are, by whom, from when, about what; how many."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

from thesis_qa.answer.evidence import find_evidence, terms_held
from thesis_qa.answer.found import MAX_CITATIONS, UNSTATED, Evidence, Found, Library, Shown
from thesis_qa.answer.metadata import field_evidence
from thesis_qa.index.rows import DocumentInfo
from thesis_qa.lang.data import LANGUAGES, cue, text, word_map, word_set
from thesis_qa.lang.glossary import readings
from thesis_qa.lang.numbers import years_in
from thesis_qa.lang.words import abbreviates, stem, stop_words, words
from thesis_qa.library import Index
from thesis_qa.question.meant import ABOUT
from thesis_qa.question.read import Question, framing_words
from thesis_qa.question.route import UNNAMED, library_chance
from thesis_qa.question.theses import alike, identity
from thesis_qa.types import Language, Passage, Role

SURE = 0.5  # probability of a question about the library from which it is taken for one
HINTED = 0.2  # the same, where "which thesis" or the like is said
OFFERED = 3  # theses that are named where none fits
LISTED_FIELDS = ("title", "author", "year", "university")  # that a list tells of each thesis
LISTED = 50  # theses that are named one by one
OF_TITLE_PAGE = ("by_university", "by_author")  # what the text of a thesis doesn't tell
NEAR, MOST = 10, 0.6  # passages that tell what a thesis is about, and the share that it has to have
LEVELS = ("doctor", "master", "bachelor")
FRONT, FRONT_TEXT = 4, 4000  # pages, and letters of them, that state the degree it is for
HELD = 0.5  # how surely a passage has to hold each word that is looked for


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a question says of the theses that it asks for."""

    years: tuple[int, ...]
    after: bool
    before: bool
    language: Language | None
    national: bool  # of Indonesian universities
    level: str  # of LEVELS, or none
    words: tuple[tuple[str, str], ...]  # stem and word: people, places and subjects


def by_collection(question: Question, library: Library) -> Found | None:
    """The theses that a question about the library asks for; None for any other question."""
    intent = question.intent
    if intent is None or question.unclear or question.repeat == "item":
        return None
    if _only_names(question):
        named = [library.catalog.document(name) for name in library.names(question)]
        lead = _lead(question, "list", len(named), len(library.catalog.names()), narrowed=True)
        return replace(_found(question, library, named, lead, {}), route="library")
    any_thesis = bool(cue("follow_up.any_thesis").search(question.text))
    of_these = question.resolved_from and question.documents  # "which data did each of them use?"
    if not question.of_library and (of_these or len(question.documents) == 1) and not any_thesis:
        return None
    chance = library_chance(intent, question.text)
    hinted = not question.documents and any_thesis
    if not question.of_library and chance < (HINTED if hinted else SURE):
        return None
    every = [library.catalog.document(name) for name in library.names(question)]
    if not every:
        return None
    topic, wanted = _topic(question), _wanted(question, every)
    if set(question.fields.names) - set(LISTED_FIELDS) and not wanted.words:
        return None  # "siapa pembimbing semua skripsi di sini": the list doesn't tell
    fitting = [d for d in every if _fits(d, wanted)]
    if wanted.level:
        fitting = [d for d in fitting if _level(library, d) == wanted.level]
    quotes: dict[str, Shown] = {}
    if topic in ("newest", "oldest"):
        fitting = _extreme(fitting, newest=topic == "newest")
    elif wanted.words:
        told = [_told(asked, library, fitting) for asked in in_full(question, library)]
        named = [d for d in fitting if any(d in among for among, _ in told)]
        if named or topic != "list":  # "ini isinya skripsi apa aja": whatever else was said
            fitting = named
            quotes = {name: shown for _, each in told for name, shown in each.items()}
    if not fitting and not question.of_library and not any_thesis and chance < UNNAMED:
        return None  # sentences may answer: a wrong guess shall cost little
    total = len(library.catalog.names() if question.of_library else every)  # "of those, which …"
    lead = _lead(question, topic, len(fitting), total, bool(quotes) or len(fitting) < len(every))
    shown = fitting or _nearest(question, library, every)
    found = replace(_found(question, library, shown, lead, quotes), route="library")
    return found if fitting else replace(found, kind="decline", probability=UNSTATED)


def _only_names(question: Question) -> bool:
    """Whether a question does nothing but name theses: "skripsi kucing", "mana yang dari UMY"."""
    asks = (question.fields or question.topics) and not question.supposed  # it says what it wants
    if not question.named_by or asks or question.places:
        return False
    left = set(words(question.text.replace(question.named_by, " ")))
    sums_up = any(cue("question.fields.about").fullmatch(word) for word in left)
    if sums_up or question.expects != "any" or left & word_set("question.commands"):
        return False
    return question.documents != () and left <= framing_words()


def in_full(question: Question, library: Library) -> Iterator[Question]:
    """A question, and the same with what its abbreviations stand for: "skripsi tentang AI"."""
    yield question
    for language, (_, word) in product(LANGUAGES, question.terms):
        meant = word_map("question.abbreviations", language).get(word, "")
        for full in filter(None, meant.split("|")):
            said = re.sub(rf"\b{word}\b", full, question.text, flags=re.IGNORECASE)
            asked = library.index.question(said, question.documents, question.language)
            yield replace(asked, language=question.language)


def _told(
    question: Question, library: Library, among: Sequence[DocumentInfo]
) -> tuple[list[DocumentInfo], dict[str, Shown]]:
    """The theses that people, places and subjects of a question fit, or else those that speak of
    them, with a sentence each."""
    wanted = _wanted(question, among)
    topic, share = question.intent.topic("library") if question.intent else ("", 0.0)
    by_place = topic != "by_topic" or share < SURE  # not those of an agricultural university
    named = [d for d in among if _identified(d, wanted, question.language, by_place)]
    if named or (topic in OF_TITLE_PAGE and share >= SURE):
        return named, {}
    about, quotes = _about(question, library, among, wanted)
    if topic == "by_topic" and share >= SURE:
        about = [d for d in about if _often(question, library, d, quotes[d.name])]
    if about := about or _mostly_about(question, library, among):
        return about, quotes
    return [d for d in among if _identified(d, wanted, question.language, by_place=True)], {}


def _often(question: Question, library: Library, document: DocumentInfo, best: Shown) -> bool:
    """Whether a thesis is about what it holds: it says so where it tells what it is about, or holds
    each word in more than a passage here or there."""
    if best.evidence.passage.role in ("abstract", "aims", "conclusion"):
        return True
    least = ABOUT * document.passages
    return all(
        library.catalog.holding(terms).get(document.name, 0) >= least for terms in question.telling
    )


def thesis_about(index: Index, phrase: str, documents: Sequence[str]) -> tuple[str, ...]:
    """The thesis that a phrase names by what it is about: whose passage is best for it and holds
    its words, or that most of the best passages are of; empty if there is none.

    All of the best are of one thesis for 103 of 182 words that name it in the other language, of
    another for 1 of them, and for 1 of 222 that name none among 6 or 10 theses (7 of 118 among 3).
    """
    asked = index.question(phrase, documents)
    passages = index.passages(asked, NEAR)
    for best in passages[:1]:
        held = terms_held(asked, f"{best.title} {best.text}", best.language)
        if held and all(held.values()):
            return (best.document,)
    names = documents or index.catalog.names()
    near = {passage.document for passage in passages}
    if len(near) == 1 < len(names) and len(passages) == NEAR:
        return tuple(near)
    if not all(index.catalog.holds_any(t, names) for t in asked.telling):
        return ()  # what nothing here speaks of, no thesis is about
    most = _most_of(passages)
    return (most,) if most else ()


def _most_of(passages: Sequence[Passage]) -> str:
    """The thesis that most of the best passages are of."""
    near = [passage.document for passage in passages[:NEAR]]
    most = max(near, key=near.count, default="")
    return most if near.count(most) >= MOST * NEAR else ""


def _mostly_about(
    question: Question, library: Library, among: Sequence[DocumentInfo]
) -> list[DocumentInfo]:
    """The thesis that most of the best passages are of, if it has every word that is looked for, as
    far as words tell: one in the other language may have no translation that is known, or a wrong
    one, if all of those passages are of it."""
    near = library.passages(question)[:NEAR]
    most = _most_of(near)
    here = [document for document in among if document.name == most]
    foreign = bool(here) and here[0].main_language != question.language
    alone = all(passage.document == most for passage in near)
    unknown = (foreign and (alone or len(terms) == 1) for terms in question.telling)
    held = [library.catalog.holds_any(terms, [most]) for terms in question.telling]
    return here if any(held) and all(map(any, zip(unknown, held, strict=True))) else []


def _topic(question: Question) -> str:
    """What of the library is asked for: newest and oldest by their words, else as learned."""
    for topic in ("newest", "oldest"):
        if cue(f"question.{topic}").search(question.text):
            return topic
    return question.intent.topic("library")[0] if question.intent else ""


def _nearest(
    question: Question, library: Library, among: Sequence[DocumentInfo]
) -> list[DocumentInfo]:
    """The theses whose passages come nearest to what is asked for."""
    known = {d.name: d for d in among}
    near = dict.fromkeys(p.document for p in library.passages(question) if p.document in known)
    return [known[name] for name in near][:OFFERED]


def _wanted(question: Question, among: Sequence[DocumentInfo]) -> Wanted:
    """`among` tell which words in capitals abbreviate a name: "ITS" is no "its" then."""
    said = question.text
    tongues: dict[Language, re.Match[str]] = {
        lang: match
        for lang in LANGUAGES
        if (match := cue(f"question.written_in_{lang}").search(said))
    }
    spoken = next(iter(tongues), None)
    after, before = (cue(f"question.{key}_year").search(said) for key in ("after", "before"))
    national = cue("question.national").search(said)
    levels = {level: cue(f"question.levels.{level}").search(said) for level in LEVELS}
    level = next((level for level, match in levels.items() if match), "")
    dated = (after, before, national)
    told = [match for match in (*tongues.values(), *dated, *levels.values()) if match]
    beside = framing_words().union(*(words(match.group()) for match in told))
    left = (
        (term, word)
        for term, word in question.terms
        if not word.isdecimal() and beside.isdisjoint({word, word.removesuffix("nya")})
    )
    capitals = {w for word in said.split() if word.isupper() for w in words(word)} & stop_words()
    names = {name for document in among for name in identity(document).institutions}
    short = [(w, w) for w in sorted(capitals) if any(abbreviates(w, name) for name in names)]
    return Wanted(
        tuple(years_in(said)), bool(after), bool(before), spoken, bool(national), level,
        (*left, *short),
    )  # fmt: skip


def _fits(document: DocumentInfo, wanted: Wanted) -> bool:
    """Whether year, language and university of a thesis are those wanted: an Indonesian one has a
    name in Indonesian."""
    year, university = document.metadata.year, document.metadata.university
    if wanted.language and document.main_language != wanted.language:
        return False
    if wanted.national and not cue("headings.institutions", "id").search(university):
        return False
    if not wanted.years:
        return True
    if year is None:
        return False
    if wanted.after:
        return year > min(wanted.years)
    if wanted.before:
        return year < max(wanted.years)
    return min(wanted.years) <= year <= max(wanted.years)


def _level(library: Library, document: DocumentInfo) -> str:
    """For which degree a thesis was written, as its first pages state: the highest they name."""
    pages = (page.text for page in library.catalog.pages(document.name, FRONT))
    for stated in (document.metadata.degree, " ".join(pages)[:FRONT_TEXT]):
        for level in LEVELS:
            if cue(f"question.stated_levels.{level}").search(stated):
                return level
    return ""


def _extreme(documents: Sequence[DocumentInfo], newest: bool) -> list[DocumentInfo]:
    dated = [d for d in documents if d.metadata.year]
    if not dated:
        return []
    years = [d.metadata.year or 0 for d in dated]
    best = max(years) if newest else min(years)
    return [d for d in dated if d.metadata.year == best]


def _identified(
    document: DocumentInfo, wanted: Wanted, language: Language | None, by_place: bool
) -> bool:
    """Whether title, keywords, people and places of a thesis hold every word that is wanted."""
    named = identity(document)
    people = (document.metadata.author, *document.metadata.supervisors)
    said = (
        named.file
        | (named.places if by_place else frozenset())
        | {word for name in people for word in words(name)}
    )
    held = named.about | {stem(word) for word in said}
    return all(
        any(other in held and (other == term or p >= HELD)
            for other, p in readings(term, language, document.main_language).items())
        or any(alike(word, other) for other in named.spelt)
        or (by_place and any(abbreviates(word, name) for name in named.institutions))
        for term, word in wanted.words
    )  # fmt: skip


def _about(
    question: Question, library: Library, among: Sequence[DocumentInfo], wanted: Wanted
) -> tuple[list[DocumentInfo], dict[str, Shown]]:
    """Theses of which a passage found holds every word wanted, each with its best sentence; one
    of the parts that tell what a thesis is about, if it has any."""
    names = {d.name: d for d in among}
    quotes: dict[str, Shown] = {}
    terms = {term for term, _ in wanted.words}
    near = [p for p in library.passages(question, most=MOST_PASSAGES) if p.document in names]
    evidence = find_evidence(question, library, near)
    for e in sorted(evidence, key=lambda e: e.passage.role not in TELLING):
        name, passage = e.passage.document, e.passage
        if name in quotes:
            continue
        held = terms_held(question, f"{passage.section} {passage.text}", passage.language)
        if all(held.get(term, 0.0) >= HELD for term in terms):
            quotes[name] = Shown(e)
    return [names[name] for name in quotes], quotes


TELLING: frozenset[Role | None] = frozenset({"abstract", "introduction", "aims", "conclusion"})
"""Roles of sections that tell what a thesis is about."""

MOST_PASSAGES = 60  # that are looked through for what theses are about


def _lead(question: Question, topic: str, fitting: int, every: int, narrowed: bool) -> str:
    language = question.language
    if not fitting:
        return text("text.library.none", language, all=every)
    if topic in ("newest", "oldest"):
        return text(f"text.library.{topic}", language)
    if fitting == every and not narrowed:
        return text("text.library.count", language, count=every)
    if fitting == 1:
        return text("text.library.only_one", language)
    return text("text.library.count_fitting", language, count=fitting, all=every)


def _found(
    question: Question,
    library: Library,
    documents: Sequence[DocumentInfo],
    lead: str,
    quotes: dict[str, Shown],
) -> Found:
    """The list, each thesis with its quote or the place of its title."""
    shown: list[Shown] = []
    lines = [lead, ""]
    for document in documents[:LISTED]:
        place = quotes.get(document.name) or next(_title(library, document), None)
        number = ""
        if place and len(shown) < MAX_CITATIONS:
            shown.append(place)
            number = f" [{len(shown)}]"
        lines.append(f"- {_entry(question, document)}{number}")
        if document.name in quotes:
            quote = " ".join(quotes[document.name].evidence.sentence.text.split())
            lines.append(f"  “{quote}”")
    names = tuple(document.name for document in documents)
    return Found(1.0, tuple(shown), "library", text="\n".join(lines), documents=names)


def _title(library: Library, document: DocumentInfo) -> Iterator[Shown]:
    for span in document.metadata.places.get("title", ())[:1]:
        evidence: Evidence = field_evidence(library.catalog, document.name, span)
        yield Shown(evidence)


def _entry(question: Question, document: DocumentInfo) -> str:
    """Title, author, year and university of a thesis, as far as they are known."""
    known = document.metadata
    year = str(known.year or "")
    about = ", ".join(part for part in (known.author, year, known.university) if part)
    title = known.title or document.name
    return f"{title} · {about}" if about else title
