"""Check what a model wrote, sentence by sentence, against the evidence that it cites.

Numbers, months and names have to occur in the evidence, nothing may be denied that it asserts or
the other way round, and it has to support the whole. The first reason against a sentence is given.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from thesis_qa.retrieve.rank import Ranking
from thesis_qa.types import Language
from thesis_qa.write.figures import held_numbers, months, stated_numbers
from thesis_qa.write.names import holds_name, names
from thesis_qa.write.support import (
    Read,
    Source,
    denies_otherwise,
    read,
    signals,
    supported,
    threshold,
)

if TYPE_CHECKING:
    from thesis_qa.model.encoder import Embedding

KEPT = 64  # pieces of evidence that are remembered

Kind = Literal["number", "month", "name", "denial", "support"]


@dataclass(frozen=True, slots=True)
class Objection:
    """Why a statement can't be shown as stated."""

    kind: Kind
    what: str = ""  # the number, month or name as written


class Checker:
    """Checks statements against evidence, in either language."""

    def __init__(self, embedding: "Embedding", ranking: Ranking) -> None:
        self._embedding, self._ranking = embedding, ranking
        self._read: dict[Source, Read] = {}  # evidence is read once for all sentences

    def objection(self, statement: str, evidence: Sequence[Source]) -> Objection | None:
        """The first reason against `statement`; None where all of the evidence supports it."""
        said = read(self._embedding, self._ranking, statement)
        known = [self._reading(source) for source in evidence]
        if not said.spans or not known:
            return Objection("support")
        if found := _unknown_fact(statement, said.language, known):
            return found
        if denies_otherwise(said, known):
            return Objection("denial")
        seen = signals(said, known)
        return None if supported(seen) >= threshold(seen) else Objection("support")

    def _reading(self, source: Source) -> Read:
        if len(self._read) > KEPT:
            self._read.clear()
        if source not in self._read:
            self._read[source] = read(self._embedding, self._ranking, source.text, source.language)
        return self._read[source]


def _unknown_fact(
    statement: str, language: Language | None, evidence: Sequence[Read]
) -> Objection | None:
    """A number, month or name of the statement that none of the evidence holds."""
    held = frozenset().union(*(held_numbers(e.text) for e in evidence))
    for written, values in stated_numbers(statement):
        if not values & held:
            return Objection("number", written)
    told = {month for e in evidence for month in months(e.text)}
    for month, written in months(statement).items():
        if month not in told:
            return Objection("month", written)
    for name in names(statement):
        if not any(holds_name(name, e.text, language, e.language) for e in evidence):
            return Objection("name", name)
    return None
