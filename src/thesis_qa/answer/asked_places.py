"""Answer from a place that is named by number: a chapter, section, page, table or figure.

"Apa isi bab 2?" gets the chapter's sections with how each begins, "tabel 4.2" the caption with the
rows of the table. A question that also asks for something ("hambatan di bab 4") is left to search,
which looks there first.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from thesis_qa.answer.evidence import head_rows, is_quotable, is_statement
from thesis_qa.answer.found import (
    MAX_CITATIONS,
    MAX_DOCUMENTS,
    UNSTATED,
    Evidence,
    Found,
    Library,
    Shown,
    by_thesis,
)
from thesis_qa.lang.data import word_set
from thesis_qa.lang.words import stem
from thesis_qa.question.named_places import named_places, written_places
from thesis_qa.question.read import Question
from thesis_qa.types import Mark, Passage, Sentence

SURE = 0.6  # probability of a question about a place from which other words are let be
BESIDE = ("question.section_frame", "question.frame", "question.thesis", "question.places.beside")
"""Words that may stand beside a place without asking for anything in it."""
FEW = 3  # statements of a place that has no parts


def by_places(question: Question, library: Library) -> Found | None:
    """What stands at the place that a question names; None if it names none, or asks for more."""
    named = question.places
    names = library.names(question)
    of_answer = question.repeat == "item" or not named
    if of_answer or len(names) > MAX_DOCUMENTS or not _only_place(question):
        return None
    found = {name: _at_place(question, library, name) for name in names}
    stated = {name: shown for name, shown in found.items() if shown}
    if not stated:
        lacks = all(_lacks(question, library, name) for name in names)
        return Found(UNSTATED, missing=written_places(question.text)) if lacks else None
    return by_thesis(stated, library)


def _lacks(question: Question, library: Library, document: str) -> bool:
    """Whether a thesis has no such table or figure, or none of such a number among its chapters."""
    named = question.places
    if named.tables or named.figures:
        return not named.pages
    chapters = {h.number[0] for p in library.thesis(document) for h in p.headings[:1] if h.number}
    return bool(named.chapters and chapters) and chapters.isdisjoint(named.chapters)


def _only_place(question: Question) -> bool:
    """Whether a question asks for the place itself, and not for something in it."""
    if question.intent and question.intent.routes.get("section", 0.0) >= SURE:
        return True
    beside = {stem(word) for key in BESIDE for word in word_set(key)}
    return not {term for term, word in question.terms if not _is_number(word)} - beside


def _is_number(word: str) -> bool:
    return any(c.isdigit() for c in word) or not set(word) - set("ivxlc")


def _at_place(question: Question, library: Library, document: str) -> list[Shown]:
    named, passages = question.places, library.thesis(document)
    for kind, numbers in (("table", named.tables), ("figure", named.figures)):
        if numbers:
            stated = list(_captioned(passages, kind, numbers))
            if any(s.evidence.sentence.kind == "table" for s in stated):
                return stated[:MAX_CITATIONS]
            return [*stated[:1], *_mentions(passages, kind, numbers)][: 1 + FEW]
    if named.pages:
        there = [p for p in passages if named.on_page(p.page, p.page_label)]
        return _begins(question, there, MAX_CITATIONS)
    return _sections(question, [p for p in passages if named.in_section(p.headings)])


def _captioned(passages: Sequence[Passage], kind: str, numbers: frozenset[str]) -> Iterator[Shown]:
    """The caption with one of `numbers`, and the rows of its table."""
    words = word_set(f"question.places.{kind}_words")
    for passage in passages:
        heads = head_rows(passage)
        for sentence in passage.sentences:
            told = sentence.kind in ("caption", "table") and sentence.text not in heads
            if told and _numbered(sentence, words, numbers):
                yield Shown(Evidence(passage, sentence))


def _mentions(passages: Sequence[Passage], kind: str, numbers: frozenset[str]) -> Iterator[Shown]:
    """The sentences of the text that name a figure, in order."""
    for passage in passages:
        told = [s for s in passage.sentences if s.kind == "text" and is_quotable(s)]
        for sentence in told:
            named = named_places(sentence.text)
            if not numbers.isdisjoint(named.tables if kind == "table" else named.figures):
                yield Shown(Evidence(passage, sentence))


def _numbered(sentence: Sentence, words: frozenset[str], numbers: frozenset[str]) -> bool:
    """Whether a caption, or that of a row, begins with the word and a number: "Tabel 4.2"."""
    caption = sentence.text if sentence.kind == "caption" else sentence.context or ""
    first, _, rest = caption.strip().partition(" ")
    number = rest.split(" ")[0].rstrip(".:") if rest else ""
    return first.rstrip(".").lower() in words and number in numbers


def _sections(question: Question, passages: Sequence[Passage]) -> list[Shown]:
    """How each part of a chapter or section begins; how it begins itself, if it has no parts."""
    if not passages:
        return []
    top = min(len(p.headings) for p in passages)
    parts: dict[str, list[Passage]] = {}
    for passage in passages:
        part = passage.headings[top].text if len(passage.headings) > top else ""
        parts.setdefault(part, []).append(passage)
    if len(parts) <= 1:
        return _begins(question, passages, FEW)
    begun = [
        replace(shown, under=name)
        for name, there in parts.items()
        if name
        for shown in _begins(question, there, 1)
    ]
    return begun[:MAX_CITATIONS]


def _begins(question: Question, passages: Sequence[Passage], most: int) -> list[Shown]:
    """The first statements of passages."""
    stated = (
        Shown(Evidence(passage, sentence))
        for passage in passages
        for sentence in passage.sentences
        if sentence.kind in ("text", "list", "table")
        and is_quotable(sentence)
        and (is_statement(sentence, question) or question.for_questions)
        and not sentence.marks & {Mark.POINTS, Mark.LEADS_IN, Mark.ANNOUNCES}
    )
    return [shown for shown, _ in zip(stated, range(most), strict=False)]
