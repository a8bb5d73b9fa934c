"""Answer what is asked of statements quoted before: they are quoted again, or what follows them."""

from collections.abc import Iterator, Sequence

from thesis_qa.answer.evidence import is_quotable
from thesis_qa.answer.found import MAX_CITATIONS, STATED, Evidence, Found, Library, Shown
from thesis_qa.index.catalog import Catalog
from thesis_qa.index.quote import PART_SEPARATOR
from thesis_qa.lang.words import terms
from thesis_qa.question.conversation import quotes_in
from thesis_qa.question.read import Question
from thesis_qa.types import Mark, Passage, Sentence

FOLLOWING = 2  # sentences behind a statement that may explain it
PHRASE = 8  # words of a quote by which it is found again
PASSAGES = 20  # that may hold them


def by_repeating(question: Question, library: Library) -> Found | None:
    """The statement that a question asks about, and the sentences behind it; all that was quoted
    before, for who asks where it stands; or the sentences behind that, for who wants more of it.
    None if none of it is asked for, or there is nothing."""
    quotes = (question.item,) if question.item else quotes_in(question.besides)
    shown: list[Shown] = []
    for quote in quotes:
        place = next(_standing(library.catalog, quote), None)
        if place and (not question.documents or place[0].document in question.documents):
            told = _with_following(library, *place)
            shown += told if question.item else told[:1] if question.repeat else told[1:]
    again = question.item or question.repeat
    fresh = [s for s in shown if again or s.evidence.sentence.text not in question.besides]
    unique = {s.evidence.sentence.spans: s for s in fresh}
    return Found(STATED, tuple(unique.values())[:MAX_CITATIONS], "answer") if unique else None


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
