"""The kind of answer that a question expects: a number, a date, a person, a reason …"""

import re
from functools import cache
from typing import Literal

from thesis_qa.lang.data import alternatives, cue, entry
from thesis_qa.types import Mark, Sentence

Expected = Literal[
    "date", "duration", "number", "person", "place", "address", "reason", "definition", "any"
]
"""Of two kinds whose words begin at one place the first here is meant: "how long" is a duration."""

MARKS: dict[Expected, Mark] = {
    "date": Mark.DATE,
    "duration": Mark.DURATION,
    "number": Mark.NUMBER,
    "person": Mark.PERSON,
    "place": Mark.PLACE,
    "address": Mark.ADDRESS,
    "reason": Mark.REASON,
    "definition": Mark.DEFINITION,
}
"""How a sentence is marked that holds something of the kind."""


def expected_answer(question: str) -> Expected:
    """The kind of answer that `question` expects; the first question word decides."""
    found = [(m.start(), kind) for kind in MARKS for p in _cues(kind) if (m := p.search(question))]
    return min(found, key=lambda hit: hit[0])[1] if found else "any"


def expects_too(question: str, kind: Expected) -> bool:
    """Whether `question` expects an answer of that kind, whatever else it expects first."""
    return any(pattern.search(question) for pattern in _cues(kind))


@cache
def _cues(kind: Expected) -> tuple[re.Pattern[str], ...]:
    anywhere = cue(f"question.expects.{kind}")
    if kind not in entry("question.expects_in_front", "en"):
        return (anywhere,)
    # "…, and when did it end?" asks; elsewhere "when", "who" and "where" only join clauses.
    words = alternatives(f"question.expects_in_front.{kind}")
    front = rf"(?:^\W*|[,;:.] (?:and |or )?|\b(?:{alternatives('question.before')}) )"
    return anywhere, re.compile(rf"{front}(?:{words})\b", re.IGNORECASE)


def holds_expected(sentence: Sentence, expected: Expected) -> bool:
    """Whether `sentence` has something of the `expected` kind in it."""
    return expected == "any" or MARKS[expected] in sentence.marks
