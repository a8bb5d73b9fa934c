"""Answer what is asked of statements quoted before: they are quoted again, or what follows them."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from thesis_qa.answer.evidence import is_quotable, terms_held
from thesis_qa.answer.found import MAX_CITATIONS, STATED, Evidence, Found, Library, Shown
from thesis_qa.index.catalog import Catalog
from thesis_qa.index.quote import PART_SEPARATOR
from thesis_qa.lang.words import terms
from thesis_qa.question.expects import holds_expected
from thesis_qa.question.read import Question, read_question
from thesis_qa.types import Mark, Passage, Sentence

FOLLOWING = 2  # sentences behind a statement that may explain it
PHRASE = 8  # words of a quote by which it is found again
PASSAGES = 20  # that may hold them
TELLING = 4  # words from which a quote tells which thesis it is of
NUMBERS = Path(__file__).with_name("follow_ups.json")
HEARD = 3  # quotes around which a follow-up may be answered


def by_repeating(question: Question, library: Library) -> Found | None:
    """The statement that a question asks about, and the sentences behind it; all that was quoted
    before, for who asks where it stands; the sentences behind that, for who wants more of it; those
    around it that give a reason, for who asks why. None if none of it is asked for, or nothing is
    there."""
    shown: list[Shown] = []
    for quote in question.quotes:
        place = next(_standing(library.catalog, quote), None)
        if place and (not question.documents or place[0].document in question.documents):
            shown += _wanted(question, _with_following(library, *place), _before(*place))
    unique = {s.evidence.sentence.spans: s for s in shown}
    return Found(STATED, tuple(unique.values())[:MAX_CITATIONS], "answer") if unique else None


def _wanted(question: Question, told: Sequence[Shown], before: Sequence[Shown]) -> Sequence[Shown]:
    """What is wanted of a statement, those behind it and the one before."""
    if question.repeat == "item":
        return told
    if question.repeat == "why":
        return [s for s in (*told, *before) if holds_expected(s.evidence.sentence, "reason")]
    if question.repeat == "more":
        return [s for s in told[1:] if s.evidence.sentence.text not in question.besides]
    return told[:1]


@cache
def follow_up_numbers() -> dict[str, Any]:
    """The numbers fitted by benchmarks/fit_follow_ups.py."""
    fitted: dict[str, Any] = json.loads(NUMBERS.read_text(encoding="utf-8"))
    return fitted


@dataclass(frozen=True, slots=True)
class Heard:
    """What was quoted right before a follow-up, and where that stands."""

    said: tuple[str, ...] = ()
    sections: frozenset[str] = frozenset()
    passages: tuple[Passage, ...] = ()  # that hold it, and those around

    def quotes(self, sentence: Sentence) -> bool:
        """Whether a sentence was quoted."""
        text = " ".join(sentence.text.split())
        return any(text in quote or quote in text for quote in self.said)

    def weighed(self, question: Question, evidence: Sequence[Evidence]) -> list[Evidence]:
        """Evidence for a follow-up, best first: it rather asks for what stands in the same section
        and holds its own words, and seldom for what was just quoted, unless that holds them."""
        typed = typed_words(question)
        scores = [e.score + self._weight(typed, e) for e in evidence]
        again = [replace(e, score=score) for e, score in zip(evidence, scores, strict=True)]
        return sorted(again, key=lambda e: -e.score)

    def _weight(self, typed: Question, evidence: Evidence) -> float:
        quoted, held = self.quotes(evidence.sentence), covers(typed, evidence)
        seen = {
            "section": evidence.passage.section in self.sections,
            "quoted": quoted,
            "covers": held,
            "quoted_covers": quoted * held,
        }
        return float(sum(follow_up_numbers()["heard"][sign] * seen[sign] for sign in seen))


def typed_words(question: Question) -> Question:
    """A follow-up as it was typed, each of its words of the same weight."""
    typed = read_question(question.resolved_from or question.text, question.language)
    return replace(typed, weights={term: 1.0 for term, _ in typed.terms})


def covers(typed: Question, evidence: Evidence) -> float:
    """The share of a follow-up's own words that a statement, or the path to it, holds."""
    passage = evidence.passage
    held = terms_held(typed, f"{passage.section} {evidence.sentence.text}", passage.language)
    return sum(held.values()) / len(held) if held else 0.0


def heard_before(catalog: Catalog, question: Question) -> Heard:
    """What was quoted before a question, in the theses that it is asked of."""
    quotes, among = question.heard, question.documents
    places = [next(_standing(catalog, quote), None) for quote in quotes[:HEARD]]
    held = [place[0] for place in places if place and (not among or place[0].document in among)]
    around = (p for passage in held for p in catalog.around(passage.passage_id, 1, 2))
    unique = {passage.passage_id: passage for passage in around}
    sections = frozenset(passage.section for passage in held)
    return Heard(tuple(quotes), sections, tuple(unique.values()))


def quoted_theses(catalog: Catalog, quotes: Sequence[str]) -> tuple[str, ...]:
    """The theses that quotes stand in; a name or a year stands in many."""
    long = (quote for quote in quotes if len(terms(quote)) >= TELLING)
    places = (next(_standing(catalog, quote), None) for quote in long)
    return tuple(dict.fromkeys(place[0].document for place in places if place))


def _standing(catalog: Catalog, quote: str) -> Iterator[tuple[Passage, int]]:
    """Passages that hold a quote, and which of their sentences it begins in."""
    begins = quote.split(PART_SEPARATOR)[0]
    phrase = " ".join(terms(begins)[:PHRASE])
    if not phrase:
        return
    rows = catalog.read(
        "SELECT rowid FROM words WHERE words MATCH ? LIMIT ?", (f'text : "{phrase}"', PASSAGES)
    )
    for passage in catalog.passages([row for (row,) in rows]).values():
        for at, sentence in enumerate(passage.sentences):
            text = " ".join(sentence.text.split())
            if begins in text or text in begins:
                yield passage, at
                break


def _with_following(library: Library, passage: Passage, at: int) -> list[Shown]:
    """A sentence of a passage, and those behind it that may explain it."""
    sentence = passage.sentences[at]
    after = [(passage, s) for s in passage.sentences[at + 1 :]]
    for other in library.catalog.around(passage.passage_id, 0, 1)[1:]:
        if other.headings == passage.headings:
            after += [(other, s) for s in other.sentences]
    following = [(p, s) for p, s in after if _explains(s)]
    if sentence.kind == "list":  # its neighbours are other items
        following = []
    shown: list[tuple[Passage, Sentence]] = [(passage, sentence), *following[:FOLLOWING]]
    return [Shown(Evidence(p, s)) for p, s in shown]


def _before(passage: Passage, at: int) -> list[Shown]:
    """The sentence before one, which may give its reason."""
    before = passage.sentences[max(at - 1, 0) : at]
    return [Shown(Evidence(passage, s)) for s in before if _explains(s)]


def _explains(sentence: Sentence) -> bool:
    pointing = sentence.marks & {Mark.POINTS, Mark.LEADS_IN, Mark.ANNOUNCES}
    return is_quotable(sentence) and sentence.kind == "text" and not pointing
