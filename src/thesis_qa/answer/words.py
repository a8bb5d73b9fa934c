"""Whether a passage speaks of everything a question asks about, word by word, by meaning.

Late interaction (ColBERT, Khattab & Zaharia, 2020) with the states of the encoder that embeds the
passages: each content word of the question looks for the word of the passage that is nearest to
it in meaning, in either language. An unanswerable question on a known subject has a word that
finds none. Only the best passage is read, for reading takes milliseconds.
"""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from thesis_qa.answer.evidence import Asked, Evidence
from thesis_qa.language import STOP_WORDS, fold
from thesis_qa.rank import Ranking
from thesis_qa.schema import Language
from thesis_qa.tables import Vectors

if TYPE_CHECKING:
    from thesis_qa.embed import BundledEmbedding, Embedding

MAX_CHARACTERS = 900  # of the passage that are read

_WORD = re.compile(r"\w+")
_EMPTY = STOP_WORDS["id"] | STOP_WORDS["en"]


@dataclass(frozen=True, slots=True)
class _Read:
    """The words of a text and their vectors, of length 1 and language-centred."""

    words: list[str]  # folded
    spans: list[tuple[int, int]]
    vectors: Vectors  # shape (len(words), dimensions)


def reading_signals(embedding: "Embedding", question: Asked, best: Evidence) -> dict[str, float]:
    """How near the words of `question` come to those of the best passage and of its sentence.

    Empty for embedding models whose word states can't be seen.
    """
    from thesis_qa.embed import BundledEmbedding

    if not isinstance(embedding, BundledEmbedding):
        return {}
    around, quoted = _around(best)
    language = best.sentence.language or best.passage.language
    asked = _read(embedding, question.ranking, question.query.text, question.query.language)
    said = _read(embedding, question.ranking, around, language)
    cosines = asked.vectors @ said.vectors.T  # words of the question × words of the passage
    inside = np.array([start < quoted[1] and end > quoted[0] for start, end in said.spans])
    whole = cosines.max(axis=1)
    near = cosines[:, inside].max(axis=1) if inside.any() else whole
    content = np.array([word not in _EMPTY for word in asked.words])
    content = content if content.any() else np.ones(len(asked.words), bool)
    return {
        "weakest_word": float(np.sort(whole[content])[:2].mean()),
        "all_words": float(whole.mean()),
        "weakest_quoted": float(np.sort(near[content])[:2].mean()),
        "all_quoted": float(near.mean()),
    }


def _around(best: Evidence) -> tuple[str, tuple[int, int]]:
    """The part of the passage around the sentence that is read, and where the sentence is in it."""
    text, quote = best.passage.text, best.sentence.text
    at = max(text.find(quote), 0)
    start = max(0, min(at - (MAX_CHARACTERS - len(quote)) // 2, len(text) - MAX_CHARACTERS))
    return text[start : start + MAX_CHARACTERS], (at - start, at - start + len(quote))


def _read(
    embedding: "BundledEmbedding", ranking: Ranking, text: str, language: Language | None
) -> _Read:
    found = list(_WORD.finditer(text))
    spans = [match.span() for match in found]
    means = ranking.means
    mean = means[language] if language else np.mean(list(means.values()), axis=0)
    vectors = embedding.span_vectors(text, spans) - mean
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return _Read([fold(m.group()) for m in found], spans, vectors / np.maximum(lengths, 1e-6))
