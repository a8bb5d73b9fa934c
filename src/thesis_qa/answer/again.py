"""Answer what is asked of statements quoted before: they are quoted again, or what follows them."""

from collections.abc import Iterator, Sequence

from thesis_qa.answer.evidence import is_quotable
from thesis_qa.answer.found import MAX_CITATIONS, STATED, Evidence, Found, Library, Shown
from thesis_qa.index.catalog import Catalog
from thesis_qa.index.quote import PART_SEPARATOR
from thesis_qa.lang.words import terms
from thesis_qa.question.expects import holds_expected
from thesis_qa.question.read import Question
from thesis_qa.types import Mark, Passage, Sentence

FOLLOWING = 2  # sentences behind a statement that may explain it
PHRASE = 8  # words of a quote by which it is found again
PASSAGES = 20  # that may hold them


def by_repeating(question: Question, library: Library) -> Found | None:
    """The statement that a question asks about, and the sentences behind it; all that was quoted
    before, for who asks where it stands; the sentences behind that, for who wants more of it; those
    that give a reason, for who asks why. None if none of it is asked for, or there is nothing."""
    shown: list[Shown] = []
    for quote in question.quotes:
        place = next(_standing(library.catalog, quote), None)
        if place and (not question.documents or place[0].document in question.documents):
            shown += _wanted(question, _with_following(library, *place))
    unique = {s.evidence.sentence.spans: s for s in shown}
    return Found(STATED, tuple(unique.values())[:MAX_CITATIONS], "answer") if unique else None


def _wanted(question: Question, told: Sequence[Shown]) -> Sequence[Shown]:
    """What is wanted of a statement and those behind it."""
    if question.repeat == "item":
        return told
    if question.repeat == "why":
        return [s for s in told if holds_expected(s.evidence.sentence, "reason")]
    if question.repeat == "more":
        return [s for s in told[1:] if s.evidence.sentence.text not in question.besides]
    return told[:1]


def quoted_theses(catalog: Catalog, quotes: Sequence[str]) -> tuple[str, ...]:
    """The theses that quotes stand in."""
    places = (next(_standing(catalog, quote), None) for quote in quotes)
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


def _explains(sentence: Sentence) -> bool:
    pointing = sentence.marks & {Mark.POINTS, Mark.LEADS_IN, Mark.ANNOUNCES}
    return is_quotable(sentence) and sentence.kind == "text" and not pointing
