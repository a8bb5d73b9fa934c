"""Choose the sentences that answer a question, and judge whether they do.

No language model: the answer is made of sentences of the documents.
"""

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from thesis_qa.catalog import Catalog
from thesis_qa.schema import Language, Passage, Sentence
from thesis_qa.tables import Vectors, vector_key

MEANS = Path(__file__).parent / "data" / "sentence_means.json"
QUOTED_KINDS = frozenset({"text", "list", "table", "caption", "footnote"})
MAX_EVIDENCE = 5
CLOSE = 0.012  # centred cosine within which a sentence is as good as the best

_KEYWORDS = re.compile(r"^\W*(kata[\s-]*kunci|key\s*-?words?|index terms)\b", re.I)
_QUESTION = re.compile(r"\?[\"'”’»)\]. ]*$")
_RAISES = re.compile(
    r"\b(pertanyaan(?: penelitian)?|rumusan masalah|research questions?|(?:raises?|asks?) the question)"
    r"\b.*\?",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence that may answer the question."""

    passage: Passage
    sentence: Sentence
    score: float  # language-centred cosine; higher is better


def find_evidence(
    catalog: Catalog, question: Vectors, passages: Sequence[Passage]
) -> list[Evidence]:
    """Sentences of `passages` that can be quoted, best first."""
    pairs = [(p, s) for p in passages for s in p.sentences if is_statement(s)]
    if not pairs:
        return []
    vectors = catalog.vectors([vector_key(s.text) for _, s in pairs])
    means = np.stack([_mean(s.language, question.size) for _, s in pairs])
    scores = (vectors - means) @ question
    found = [Evidence(p, s, float(c)) for (p, s), c in zip(pairs, scores, strict=True)]
    return sorted(found, key=lambda e: -e.score)


@cache
def _mean(language: Language | None, dimensions: int) -> Vectors:
    """Mean vector of sentences in a language, so that no language is nearer by itself.

    Sentences are nearer to questions in their own language whatever they say (see findings);
    a sentence in neither language gets the mean of both. Zero for models other than the bundled.
    """
    known = json.loads(MEANS.read_text())
    means = np.array(
        [known[k] for k in ([language] if language else known)], np.float32
    )
    if means.shape[1] != dimensions:
        return np.zeros(dimensions, np.float32)
    return np.asarray(means.mean(axis=0), np.float32)


def is_statement(sentence: Sentence) -> bool:
    """Whether a sentence states something: not a question, a line of keywords, a heading …"""
    text = sentence.text
    if (
        sentence.kind not in QUOTED_KINDS
        or _KEYWORDS.match(text)
        or len(text.split()) < 3
    ):
        return False
    if (
        sentence.kind == "text" and text.upper() == text
    ):  # a line of a cover or a running head
        return False
    return not (_QUESTION.search(text) or _RAISES.search(text))


def select(evidence: Sequence[Evidence]) -> list[Evidence]:
    """The evidence that is shown: the best, and what comes close to it."""
    if not evidence:
        return []
    return [e for e in evidence if e.score >= evidence[0].score - CLOSE][:MAX_EVIDENCE]


def confidence(evidence: Sequence[Evidence]) -> float:
    """Probability that the best evidence answers the question."""
    if not evidence:
        return 0.0
    return 1 / (1 + math.exp(-80 * (evidence[0].score - 0.028)))
