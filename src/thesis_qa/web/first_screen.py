"""What a visitor sees before the first question: the theses to choose from, and what to ask.

Every question that is offered was tried: it is answered by the theses it is offered for.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from thesis_qa.answer.card import fill_card
from thesis_qa.index.catalog import Catalog
from thesis_qa.question.topics import TOPICS, topic_named
from thesis_qa.split import sentence_spans
from thesis_qa.types import Language, Metadata
from thesis_qa.web.context import AppContext
from thesis_qa.web.look import fragment
from thesis_qa.web.texts import Texts

OFFERED = 3
LIKED = ("findings", "method", "obstacles", "conclusion")  # asked most; then the others
SECONDS = 4.0  # that are spent on trying; the page is there meanwhile
FILTERED = 6  # theses from which there is something to filter
FEW = 40  # characters of a sentence that says something


@dataclass(frozen=True, slots=True)
class Pick:
    """A thesis to choose."""

    name: str
    known: Metadata
    about: str  # how its abstract begins

    @property
    def title(self) -> str:
        """What it is called."""
        return self.known.title or self.name

    @property
    def words(self) -> str:
        """What it is found by."""
        known = self.known
        named = (self.title, self.name, known.author, known.year, known.university, known.faculty)
        return " ".join(str(part) for part in (*named, *known.keywords) if part).casefold()


def picks(app: AppContext, language: Language) -> tuple[Pick, ...]:
    """All theses, those of the last years first."""
    catalog = app.assistant.index.catalog
    return _picks(catalog, catalog.generation, language)


@lru_cache(maxsize=8)
def _picks(catalog: Catalog, _: int, language: Language) -> tuple[Pick, ...]:
    found = (
        Pick(d.name, d.metadata, _begins(catalog, d.name, d.metadata, language))
        for d in catalog.documents()
    )
    return tuple(sorted(found, key=lambda p: (-(p.known.year or 0), p.title.casefold())))


def _begins(catalog: Catalog, name: str, known: Metadata, language: Language) -> str:
    """The first sentence of the abstract, in the reader's language where there is one."""
    abstracts = known.abstracts
    for span in abstracts.get(language) or next(iter(abstracts.values()), ()):
        text = catalog.page(name, span.page).text[span.start : span.end]
        for start, end in sentence_spans(text):
            sentence = " ".join(text[start:end].split())
            if len(sentence) >= FEW and not sentence.isupper():
                return sentence
    return ""


def first_markup(app: AppContext, texts: Texts) -> str:
    """The first screen, without what could be asked."""
    found = picks(app, texts.language)
    return fragment(
        "first.html",
        texts,
        picks=found,
        writable=not app.settings.read_only,
        megabytes=app.settings.max_upload_mb,
        choices=_choices(found),
    )


def chooser_markup(app: AppContext, texts: Texts) -> str:
    """The window in which the theses to ask are chosen later."""
    found = picks(app, texts.language)
    return fragment("chooser.html", texts, picks=found, choices=_choices(found))


def _choices(found: Sequence[Pick]) -> dict[str, list[str]]:
    """What theses can be filtered by, where there are enough of them."""
    if len(found) <= FILTERED:
        return {}
    values = {
        "year": sorted({str(p.known.year) for p in found if p.known.year}, reverse=True),
        "university": sorted({p.known.university for p in found if p.known.university}),
        "faculty": sorted({p.known.faculty for p in found if p.known.faculty}),
    }
    return {name: given for name, given in values.items() if len(given) > 1}


def offered(app: AppContext, names: Sequence[str], language: Language) -> tuple[str, ...]:
    """Questions that these theses, or all of them, answer; of one by what its card holds."""
    catalog = app.assistant.index.catalog
    known = set(catalog.names())
    chosen = tuple(name for name in names if name in known)
    return _offered(app, chosen, language, catalog.generation) if known else ()


@lru_cache(maxsize=512)
def _offered(
    app: AppContext, names: tuple[str, ...], language: Language, _: int
) -> tuple[str, ...]:
    until, found = time.monotonic() + SECONDS, list[str]()
    for topic in _topics(app, names):
        question = topic_named(topic).question(language)
        if time.monotonic() > until or len(found) == OFFERED:
            break
        if app.assistant.can_answer(question, names):
            found.append(question)
    return tuple(found)


def _topics(app: AppContext, names: tuple[str, ...]) -> list[str]:
    topics = [*LIKED, *(topic.name for topic in TOPICS if topic.name not in LIKED)]
    if len(names) != 1:
        return topics
    stated = {e.topic for e in fill_card(app.assistant.index, names[0]) if e.citations}
    return [topic for topic in topics if topic in stated]


def offers_markup(app: AppContext, names: Sequence[str], texts: Texts) -> str:
    """What could be asked of these theses, as something to click."""
    return fragment("offers.html", texts, questions=offered(app, names, texts.language))
