"""Choose the sentences that answer a question, and judge whether they do.

No language model: the answer is made of sentences of the documents.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from thesis_qa.catalog import Catalog
from thesis_qa.schema import Passage, Sentence
from thesis_qa.tables import Vectors, vector_key

QUOTED_KINDS = frozenset({"text", "list", "table", "caption", "footnote"})
MAX_EVIDENCE = 5

_KEYWORDS = re.compile(r"^\s*(kata[\s-]*kunci|key\s*-?words?|index terms)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence that may answer the question."""

    passage: Passage
    sentence: Sentence
    score: float  # higher is better


def find_evidence(
    catalog: Catalog, question: Vectors, passages: Sequence[Passage]
) -> list[Evidence]:
    """Sentences of `passages` that can be quoted, best first."""
    pairs = [(p, s) for p in passages for s in p.sentences if is_quotable(s)]
    if not pairs:
        return []
    vectors = catalog.vectors([vector_key(s.text) for _, s in pairs])
    cosines = vectors @ np.asarray(question)
    found = [
        Evidence(p, s, float(c) * 0.7 + p.score * 0.3)
        for (p, s), c in zip(pairs, cosines, strict=True)
    ]
    return sorted(found, key=lambda e: -e.score)


def is_quotable(sentence: Sentence) -> bool:
    """Whether a sentence states something: not a question, a line of keywords, a heading …"""
    if sentence.kind not in QUOTED_KINDS or _KEYWORDS.match(sentence.text):
        return False
    return not sentence.text.rstrip("\"'”’». )").endswith("?") and len(sentence.text.split()) > 2


def select(evidence: Sequence[Evidence]) -> list[Evidence]:
    """The evidence that is shown: the best, and what comes close to it."""
    if not evidence:
        return []
    return [e for e in evidence if e.score >= evidence[0].score - 0.01][:MAX_EVIDENCE]


def confidence(evidence: Sequence[Evidence]) -> float:
    """Probability that the best evidence answers the question."""
    if not evidence:
        return 0.0
    return 1 / (1 + math.exp(-80 * (evidence[0].score - 0.82)))
