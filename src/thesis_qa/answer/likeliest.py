"""Choose what a follow-up means by what is found for each of its meanings: the likeliest is a
logistic model's (benchmarks/fit_follow_ups.py)."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from thesis_qa.answer.again import Heard, follow_up_numbers, heard_before
from thesis_qa.answer.evidence import logit, terms_held
from thesis_qa.answer.found import Found, Library
from thesis_qa.question.fields import AskedFields
from thesis_qa.question.read import Question, Way

SURE = 0.7  # probability of the likeliest meaning from which no other is tried: 25 of 81 are varied
MARGIN = 0.05  # by which another has to be likelier

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
    likeliest meant. The first of them is tried first, and the last only if none is surely meant."""
    found = find(asked, library)
    if not asked.meanings:
        return asked, found
    typed = asked_as(asked.resolved_from or asked.text, asked, library)
    heard = heard_before(library.catalog, asked)
    way = next((m.way for m in asked.meanings if m.question == asked.text), "alone")
    best = Tried(way, asked, found)
    likely = chance({**signs(typed, best, heard), "first": 1.0})
    for meaning in asked.meanings:
        if likely >= SURE and meaning.way != "thing":
            break
        if meaning.question == asked.text:
            continue
        question = asked_as(meaning.question, asked, library)
        if meaning.way == "thing":
            question = replace(question, topics=(), fields=AskedFields())
        other = Tried(meaning.way, question, find(question, library))
        now = chance(signs(typed, other, heard))
        if now > likely + MARGIN or (meaning.way == "thing" and other.found.answers):
            best, likely = other, now
    return best.question, best.found


def asked_as(text: str, like: Question, library: Library) -> Question:
    """Another question in the place of one."""
    typed = like.resolved_from or like.text
    question = library.index.question(text, like.documents, like.language)
    return replace(
        question,
        language=like.language,
        resolved_from=typed if text != typed else None,
        heard=like.heard,
        named_by=like.named_by,
    )


def chance(seen: dict[str, float]) -> float:
    """The probability that a meaning is the right one, and answered rightly."""
    model = follow_up_numbers()["meanings"]
    told = sum(weight * seen.get(name, 0.0) for name, weight in model["weights"].items())
    return 1 / (1 + math.exp(-model["bias"] - told))


def signs(typed: Question, tried: Tried, heard: Heard) -> dict[str, float]:
    """What tells whether a meaning is the right one, by name."""
    alone = typed.intent.alone if typed.intent else 0.5
    seen = {
        tried.way: 1.0,
        "stands": alone * (tried.way == "alone"),
        "leans": (1 - alone) * (tried.way == "alone"),
        "probability": logit(tried.found.probability),
        "answers": float(tried.found.answers),
    }
    for shown in tried.found.shown[:1]:
        passage, sentence = shown.evidence.passage, shown.evidence.sentence
        held = terms_held(typed, f"{passage.section} {sentence.text}", passage.language)
        seen["covers"] = sum(held.values()) / len(held) if held else 0.0
        seen["section"] = float(passage.section in heard.sections)
    return seen
