"""Which Indonesian and English words stand for each other, for keyword search across languages.

The table is fitted by benchmarks/fit_retrieval.py from parallel text, from neighbours in the
embedding space and from a list of thesis vocabulary; its words are stems (language.stem).
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from thesis_qa.types import Language

TABLE = Path(__file__).with_name("glossary.json")

Glossary = Mapping[Language, Mapping[str, Mapping[str, float]]]
"""By language of the word: word, then its translations with their probability."""


@cache
def glossary() -> Glossary:
    """The shipped table."""
    table: Glossary = json.loads(TABLE.read_text(encoding="utf-8"))
    return table


def readings(
    word: str, language: Language | None, target: Language | None, table: Glossary | None = None
) -> dict[str, float]:
    """How a word of a question in `language` may read in passages in `target`: probability by stem.

    The word itself comes first, for names and numbers are the same everywhere. A foreign word in
    the question ("apa limitation-nya") is translated too. Passages in no language, rows of tables
    for one, may be in either.
    """
    table = table or glossary()
    found = {word: 1.0}
    goals: tuple[Language, ...] = ("id", "en") if target is None else (target,)
    for goal in goals:
        source: Language = "en" if goal == "id" else "id"
        if language != goal or word not in table[goal]:
            for other, probability in table[source].get(word, {}).items():
                found[other] = max(found.get(other, 0.0), probability)
    return found
