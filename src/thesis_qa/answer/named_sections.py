"""Which section a question names.

Every word of the question and of the heading has to be the other's, itself or translated.
"""

import re
from functools import cache

from thesis_qa.answer.evidence import stems
from thesis_qa.index.catalog import Catalog
from thesis_qa.lang.data import cue, word_set
from thesis_qa.lang.glossary import readings
from thesis_qa.lang.words import stem, words
from thesis_qa.question.read import Question
from thesis_qa.types import Heading

LIKELY = 0.3  # probability from which a word of a heading translates one of the question

_ASIDE = re.compile(r"\s*[(\[]([^)\]]+)[)\]]")


def section_named(
    question: Question, catalog: Catalog, document: str
) -> tuple[Heading, ...] | None:
    """The headings down to the first one of `document` that the question names; None for none."""
    if question.expects not in ("any", "definition") or not _asks_for_section(question.text):
        return None
    paths = catalog.sections(document)
    return next((path for path in paths if path and _is_named(question, path[-1])), None)


def asks_to_explain(question: Question) -> bool:
    """Whether the beginning of a section answers: "Jelaskan …", "Apa itu …", "What is …"."""
    if cue("question.explain").search(question.text):
        return True
    opening = cue("question.what_is").match(question.text)
    behind = words(question.text[opening.end() :]) if opening else []
    return bool(behind) and behind[0] not in word_set("question.articles")


def _asks_for_section(text: str) -> bool:
    """Whether it begins like what a section may answer."""
    while polite := cue("question.polite").match(text):
        text = text[polite.end() :].lstrip()
    return cue("question.section").match(text) is not None


def _is_named(question: Question, heading: Heading) -> bool:
    title = heading.title or heading.text
    names = [heading.text, title, _ASIDE.sub("", title), *_ASIDE.findall(title)]
    return any(same_subject(question, name) for name in dict.fromkeys(names))


def same_subject(question: Question, title: str) -> bool:
    """Whether the words of a question and a title are each other's, but for what frames them."""
    asked = {term for term, _ in question.terms} - _frame()
    named = stems(title) - _frame()
    told = [_told(term, question, named) for term in asked]
    return bool(asked and named) and all(told) and set().union(*told) == named


@cache
def _frame() -> frozenset[str]:
    """Stems of what only frames the name of a section in a question."""
    keys = ("question.thesis", "question.frame", "question.section_frame")
    return frozenset(stem(word) for key in keys for word in word_set(key))


def _told(term: str, question: Question, named: frozenset[str]) -> set[str]:
    """Which words of a title a term of the question is, or translates into."""
    read = readings(term, question.language, None).items()
    return {other for other, p in read if other in named and (other == term or p >= LIKELY)}
