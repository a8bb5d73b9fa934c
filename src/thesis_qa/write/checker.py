"""Check what a model wrote, sentence by sentence, against the evidence that it cites.

Numbers, months and names have to occur in the evidence, nothing may be denied that it asserts or
the other way round, and it has to support the whole. The first reason against a sentence is given.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from thesis_qa.lang.numbers import months_in
from thesis_qa.retrieve.rank import Ranking
from thesis_qa.types import Language
from thesis_qa.write.denial import denies_otherwise
from thesis_qa.write.facts import held_numbers, holds_name, proper_names, stated_numbers
from thesis_qa.write.support import EncodedText, Premise, encoded, is_supported, support_signals

if TYPE_CHECKING:
    from thesis_qa.model.encoder import Embedding

KEPT = 64  # pieces of evidence that are remembered

Reason = Literal["number", "month", "name", "denial", "support"]


@dataclass(frozen=True, slots=True)
class Objection:
    """Why a statement can't be shown as stated."""

    kind: Reason
    what: str = ""  # the number, month or name as written


class Checker:
    """Checks statements against evidence, in either language."""

    def __init__(self, embedding: "Embedding", ranking: Ranking) -> None:
        self._embedding, self._ranking = embedding, ranking
        self._known: dict[Premise, EncodedText] = {}  # evidence is encoded once for all sentences

    def objection(self, statement: str, evidence: Sequence[Premise]) -> Objection | None:
        """The first reason against `statement`; None where all of the evidence supports it."""
        stated = encoded(self._embedding, self._ranking, statement)
        known = [self._encoded(premise) for premise in evidence]
        if not stated.spans or not known:
            return Objection("support")
        if found := _unknown_fact(statement, stated.language, known):
            return found
        if denies_otherwise(stated, known):
            return Objection("denial")
        return None if is_supported(support_signals(stated, known)) else Objection("support")

    def _encoded(self, premise: Premise) -> EncodedText:
        if len(self._known) > KEPT:
            self._known.clear()
        if premise not in self._known:
            text, language = premise.text, premise.language
            self._known[premise] = encoded(self._embedding, self._ranking, text, language)
        return self._known[premise]


def _unknown_fact(
    statement: str, language: Language | None, evidence: Sequence[EncodedText]
) -> Objection | None:
    """A number, month or name of the statement that none of the evidence holds."""
    held = frozenset().union(*(held_numbers(e.text) for e in evidence))
    for written, values in stated_numbers(statement):
        if not values & held:
            return Objection("number", written)
    named = {month for e in evidence for month in months_in(e.text)}
    for month, written in months_in(statement).items():
        if month not in named:
            return Objection("month", written)
    for name in proper_names(statement):
        if not any(holds_name(name, e.text, language, e.language) for e in evidence):
            return Objection("name", name)
    return None
