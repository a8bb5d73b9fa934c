"""Choose what a follow-up means by what is found for each of its meanings: the likeliest is a
logistic model's (benchmarks/fit_follow_ups.py)."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from thesis_qa.answer.again import Heard, covers, follow_up_numbers, heard_before, typed_words
from thesis_qa.answer.evidence import logit
from thesis_qa.answer.found import Found, Library
from thesis_qa.question.fields import AskedFields
from thesis_qa.question.read import Question, Way, spelt_out

SURE = 0.7  # probability of the likeliest meaning from which no other is tried: 25 of 81 are varied
MARGIN = 0.05  # by which another has to be likelier
LEAST = 0.5  # probability of its answer, where the likeliest meaning has none

Find = Callable[[Question, Library], Found]
"""How a question is answered."""


@dataclass(frozen=True, slots=True)
class Tried:
    """A meaning of a follow-up, and what is found for it."""

    way: Way
    question: Question
    found: Found


def meant(asked: Question, library: Library, find: Find) -> tuple[Question, Found]:
    """A question and what is found for it; of a follow-up that may mean several things, as it is
    likeliest meant. What it is taken for is tried first, and others only if it isn't sure."""
    found = find(asked, library)
    if not asked.meanings:
        return asked, found
    ways = {spelt_out(m.question, asked.language): m.way for m in asked.meanings}
    if (asked.topics or asked.fields) and "thing" not in ways.values():
        return asked, found  # it asks what any thesis has
    heard = heard_before(library.catalog, asked)
    best = Tried(ways.get(asked.text, "alone"), asked, found)
    likely = chance({**signs(best, heard), "first": 1.0})
    for text, way in ways.items():
        if text == asked.text or (likely >= SURE and way != "thing"):
            continue
        question = asked_as(text, asked, library)
        other = Tried(way, question, find(question, library))
        if way == "thing":
            best = other if other.found.answers else best
        elif best.found.answers or other.found.probability >= LEAST:
            now = chance(signs(other, heard))
            best, likely = (other, now) if now > likely + MARGIN else (best, likely)
    return best.question, best.found


def asked_as(text: str, like: Question, library: Library) -> Question:
    """Another question in the place of one, of what is told and not of a thesis itself."""
    typed = like.resolved_from or like.text
    question = library.index.question(text, like.documents, like.language)
    return replace(
        question,
        language=like.language,
        topics=(),
        fields=AskedFields(),
        resolved_from=typed if text != typed else None,
        heard=like.heard,
        alone=like.alone,
        named_by=like.named_by,
    )


def chance(seen: dict[str, float]) -> float:
    """The probability that a meaning is the right one, and answered rightly."""
    model = follow_up_numbers()["meanings"]
    told = sum(weight * seen.get(name, 0.0) for name, weight in model["weights"].items())
    return 1 / (1 + math.exp(-model["bias"] - told))


def signs(tried: Tried, heard: Heard) -> dict[str, float]:
    """What tells whether a meaning is the right one, by name."""
    question, found, itself = tried.question, tried.found, tried.way == "alone"
    seen = {
        tried.way: 1.0,
        "stands": question.alone * itself,
        "leans": (1 - question.alone) * itself,
        "probability": logit(found.probability),
        "answers": float(found.answers),
    }
    for shown in found.shown[:1]:
        seen["covers"] = covers(typed_words(question), shown.evidence)
        seen["section"] = float(shown.evidence.passage.section in heard.sections)
    return seen
