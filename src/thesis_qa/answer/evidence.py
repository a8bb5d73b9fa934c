"""Weigh the sentences that may answer a question."""

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path

import numpy as np

from thesis_qa.catalog import Catalog
from thesis_qa.question import Query, content_terms, holds
from thesis_qa.schema import Language, Passage, Sentence
from thesis_qa.tables import Vectors, vector_key

MEANS = Path(__file__).parents[1] / "data" / "sentence_means.json"
QUOTED_KINDS = frozenset({"text", "list", "table", "caption", "footnote"})
MIN_WORDS = 3

_KEYWORDS = re.compile(r"^\W*(kata[\s-]*kunci|key\s*-?words?|index terms)\b", re.IGNORECASE)
_QUESTION = re.compile(r"\?[\"'”’»)\]. ]*$")
_RAISES = re.compile(r"[\"“”‘'][^\"“”]{15,}\?[\"“”’']", re.IGNORECASE)  # quotes a whole question

RANK = {
    "sentence": 57.9,
    "passage": 35.4,
    "words": 1.54,
    "passage_words": 4.03,
    "foreign_words": -1.83,
    "foreign_passage_words": 5.38,
    "holds": 0.46,
    "lacks": -0.43,
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence that may answer the question, and how well each signal speaks for it."""

    passage: Passage
    sentence: Sentence
    score: float  # higher is better
    signals: Mapping[str, float]
    vector: Vectors = field(compare=False, repr=False)  # language-centred, shape (dimensions,)


def find_evidence(
    catalog: Catalog, query: Query, vector: Vectors, passages: Sequence[Passage]
) -> list[Evidence]:
    """Sentences of `passages` that can be quoted, best first.

    `vector` is the question's, shape (dimensions,).
    """
    weights = term_weights(catalog, query)
    found = [
        evidence
        for passage in passages
        for evidence in _in_passage(catalog, query, weights, vector, passage)
    ]
    return sorted(found, key=lambda e: -e.score)


def _in_passage(
    catalog: Catalog,
    query: Query,
    weights: Mapping[str, float],
    vector: Vectors,
    passage: Passage,
) -> list[Evidence]:
    statements = [s for s in passage.sentences if is_statement(s, query)]
    if not statements:
        return []
    vectors = _centred(catalog, [(s.text, s.language) for s in statements], vector.size)
    if any(_only_asks(s.text) for s in passage.sentences) and not query.wants_questions:
        # What asks or lists keywords is near to a question without answering it, and would draw
        # its whole passage there: only what the passage states counts.
        around = float(vectors.mean(axis=0) @ vector)
        text = " ".join(s.text for s in statements)
    else:
        [whole] = _centred(catalog, [(passage.text, passage.language)], vector.size)
        around, text = float(whole @ vector), passage.text
    covered = coverage(weights, f"{passage.section} {text}")
    return [
        _evidence(query, weights, passage, s, v, float(v @ vector), around, covered)
        for s, v in zip(statements, vectors, strict=True)
    ]


def _evidence(
    query: Query,
    weights: Mapping[str, float],
    passage: Passage,
    sentence: Sentence,
    vector: Vectors,
    cosine: float,
    passage_cosine: float,
    around: float,
) -> Evidence:
    same = query.language == (sentence.language or passage.language)
    covered = coverage(weights, sentence.text)
    typed = query.expected != "any"
    match = holds(sentence.text, query.expected)
    signals = {
        "sentence": cosine,
        "passage": passage_cosine,
        "words": covered * same,
        "passage_words": around * same,
        "holds": float(typed and match),
        "lacks": float(typed and not match),
        "foreign_words": covered * (not same),
        "foreign_passage_words": around * (not same),
        "length": math.log(len(sentence.text)),
    }
    score = sum(weight * signals[name] for name, weight in RANK.items())
    return Evidence(passage, sentence, score, signals, vector)


def is_statement(sentence: Sentence, query: Query) -> bool:
    """Whether a sentence states something: not a question, a line of keywords, a heading …"""
    text = sentence.text
    if sentence.kind not in QUOTED_KINDS or len(text.split()) < MIN_WORDS:
        return False
    if sentence.kind == "text" and text.upper() == text:  # a line of a cover or a running head
        return False
    return not _only_asks(text) or (query.wants_questions and not _KEYWORDS.match(text))


def _only_asks(text: str) -> bool:
    """Whether a sentence is a question, quotes one, or lists keywords."""
    return bool(_KEYWORDS.match(text) or _QUESTION.search(text) or _RAISES.search(text))


def term_weights(catalog: Catalog, query: Query) -> dict[str, float]:
    """Inverse document frequency of the question's terms among all passages, by stem."""
    known = catalog.document_frequency([word for _, word in query.terms])
    total = catalog.count_passages()
    return {
        stemmed: math.log(1 + (total + 0.5) / (known.get(word, 0) + 0.5))
        for stemmed, word in query.terms
    }


def coverage(weights: Mapping[str, float], text: str) -> float:
    """Share of the question's terms, by weight, that occur in `text`."""
    total = sum(weights.values())
    held = stems(text)
    return sum(w for term, w in weights.items() if term in held) / total if total else 0.0


@lru_cache(maxsize=4096)
def stems(text: str) -> frozenset[str]:
    return frozenset(stemmed for stemmed, _ in content_terms(text))


def _centred(
    catalog: Catalog, texts: Sequence[tuple[str, Language | None]], dimensions: int
) -> Vectors:
    """Vectors of texts less the mean of their language, shape (len(texts), dimensions)."""
    vectors = catalog.vectors([vector_key(text) for text, _ in texts])
    means = np.stack([_mean(language, dimensions) for _, language in texts])
    centred: Vectors = vectors - means
    return centred


@cache
def _mean(language: Language | None, dimensions: int) -> Vectors:
    """Mean vector of sentences in a language, so that no language is nearer by itself.

    Sentences are nearer to questions in their own language whatever they say; a sentence in
    neither language gets the mean of both. Zero for models other than the bundled.
    """
    known = json.loads(MEANS.read_text())
    means = np.array([known[k] for k in ([language] if language else known)], np.float32)
    if means.shape[1] != dimensions:
        return np.zeros(dimensions, np.float32)
    return np.asarray(means.mean(axis=0), np.float32)
