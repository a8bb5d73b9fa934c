"""Scores of passages from vectors and words: pure functions over arrays, higher is better.

Three signals are added with weights fitted by benchmarks/fit_retrieval.py: the question's cosine
with the passage, with the best of its sentences, and a keyword score. Cosines are language-centred
(the question's cosine with the mean of the passage's language is taken off), because E5 puts any
two texts of one language nearer together than their meaning is; the keyword score translates the
question's words and is measured in its own root mean square in each language, because the same
score means more where fewer words can match.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from thesis_qa.types import Language

TABLE = Path(__file__).with_name("ranking.json")

LANGUAGES: tuple[Language | None, ...] = (None, "id", "en")
"""A passage's language as a number: its position here."""

K1, B = 0.9, 0.75

POOLED = 100
"""Passages of a language below which its root mean square is rather that of all languages: the few
English passages of an Indonesian thesis say little about what a score means in English."""

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Postings = Mapping[str, tuple[Ints, Floats]]
"""By term: positions of the passages that hold it, and how often each does."""


@dataclass(frozen=True, slots=True)
class RankingWeights:
    """What the signals count for, in logits."""

    passage: float  # per unit of cosine
    sentence: float  # per unit of cosine
    keyword: float  # per root mean square
    same_language: float


@dataclass(frozen=True, slots=True)
class Ranking:
    """The fitted numbers of one embedding model."""

    weights: RankingWeights
    means: Mapping[Language, Floats]  # mean passage vector of each language
    spread: float  # standard deviation of the cosine of two unrelated passages of a language


@cache
def ranking() -> Ranking:
    """The shipped numbers, for the bundled embedding model."""
    table = json.loads(TABLE.read_text(encoding="utf-8"))
    means = {name: np.array(mean, np.float32) for name, mean in table["means"].items()}
    return Ranking(RankingWeights(**table["weights"]), means, table["spread"])


def fitted_to(vectors: Mapping[Language, Floats]) -> Ranking:
    """The shipped weights carried over to another embedding model, from vectors of passages.

    `vectors` are samples of shape (n, dimensions) by language. Means come from them, and weights
    are scaled by how far apart the model puts unrelated passages.
    """
    shipped = ranking()
    means = {language: sample.mean(axis=0) for language, sample in vectors.items()}
    for language in ("id", "en"):
        means.setdefault(language, np.mean(list(means.values()), axis=0))
    spread = float(np.median([unrelated(sample) for sample in vectors.values()]) or shipped.spread)
    scale = shipped.spread / spread if spread > 0 else 1.0
    w = shipped.weights
    weights = RankingWeights(w.passage * scale, w.sentence * scale, w.keyword, w.same_language)
    return Ranking(weights, means, spread)


def unrelated(sample: Floats) -> float:
    """Standard deviation of the cosine between different rows of `sample`."""
    cosines = sample @ sample.T
    return float(cosines[~np.eye(len(sample), dtype=bool)].std()) if len(sample) > 1 else 0.0


def less_means(
    vectors: Floats, languages: Sequence[Language | None], means: Mapping[Language, Floats]
) -> Floats:
    """Vectors less the mean of their language, shape (n, dimensions); neither counts as both.

    A text is nearer to others in its own language whatever it says.
    """
    neither = np.mean(list(means.values()), axis=0)
    less: Floats = vectors - np.stack([means[one] if one else neither for one in languages])
    return less


def best_sentence(cosines: Floats, owners: Ints, passages: int) -> Floats:
    """Highest cosine among the sentences of each passage; -1 for a passage without any.

    `owners` says to which of the `passages` each sentence belongs.
    """
    best = np.full(passages, -1.0, np.float32)
    np.maximum.at(best, owners, cosines)
    return best


def dense_scores(
    question: Floats, passages: Floats, sentences: Floats, owners: Ints,
    languages: Ints, fitted: Ranking,
) -> Floats:  # fmt: skip
    """Language-centred similarity in logits, shape (n,).

    `passages` has shape (n, dimensions), `sentences` (m, dimensions), `owners` (m,) their passage,
    `languages` (n,) positions in LANGUAGES.
    """
    w = fitted.weights
    whole = passages @ question
    best = best_sentence(sentences @ question, owners, len(passages))
    best = np.where(best > -1.0, best, whole)
    both: Floats = w.passage * whole + w.sentence * best
    return both - (w.passage + w.sentence) * centres(question, fitted)[languages]


def centres(question: Floats, fitted: Ranking) -> Floats:
    """The question's cosine with the mean of each of LANGUAGES; neither counts as half of both."""
    by_language = [float(question @ fitted.means[name]) for name in ("id", "en")]
    return np.array([np.mean(by_language), *by_language], np.float32)


def same_language(question: Language | None, languages: Ints) -> Floats:
    """1 for passages in the question's language, 0 for the other; a half where one is unknown."""
    code = LANGUAGES.index(question)
    known = np.where(languages == code, 1.0, 0.0)
    return np.where((languages == 0) | (code == 0), 0.5, known).astype(np.float32)


def keyword_scores(
    words: Mapping[int, Sequence[Mapping[str, float]]],
    postings: Postings,
    lengths: Floats,
    languages: Ints,
    allowed: npt.NDArray[np.bool_],
    sizes: Mapping[int, tuple[int, float]] | None = None,
) -> Floats:
    """BM25 with translated words, in root mean squares of each language's passages, shape (n,).

    Where only passages that hold some word are given, `sizes` says by language how many there are
    in all, and their mean length.

    `words` gives by position in LANGUAGES, for each word of the question, its readings with their
    probabilities. All readings of a word together are one word: their counts and document
    frequencies add up, weighted (Darwish & Oard, "Probabilistic Structured Query Methods", SIGIR
    2003). Robertson & Zaragoza, "The Probabilistic Relevance Framework", 2009, for BM25.
    """
    scores = np.zeros(len(lengths), np.float32)
    groups = {code: allowed & (languages == code) for code in words}
    if sizes is None:
        sizes = {
            code: (int(group.sum()), float(lengths[group].mean()) if group.any() else 0.0)
            for code, group in groups.items()
        }
    for code, group in groups.items():
        size, mean = sizes[code]
        if size:
            norm = K1 * (1 - B + B * lengths / max(mean, 1.0))
            for reading in words[code]:
                scores += _word_scores(reading, postings, norm, group, size)
    squares = {code: float(np.square(scores[group]).sum()) for code, group in groups.items()}
    everywhere = sum(squares.values()) / max(1, sum(sizes[code][0] for code in groups))
    for code, group in groups.items():
        square = squares[code] + POOLED * everywhere
        if square > 0.0:
            scores[group] /= math.sqrt(square / (sizes[code][0] + POOLED))
    return scores


def _word_scores(
    reading: Mapping[str, float], postings: Postings, norm: Floats,
    group: npt.NDArray[np.bool_], size: int,
) -> Floats:  # fmt: skip
    counts, frequency = np.zeros(len(norm), np.float32), 0.0
    for term, probability in reading.items():
        if term in postings:
            places, occurrences = postings[term]
            inside = group[places]
            counts[places[inside]] += probability * occurrences[inside]
            frequency += probability * int(inside.sum())
    idf = math.log(1 + max(0.0, size - frequency + 0.5) / (frequency + 0.5))
    scores: Floats = idf * counts * (K1 + 1) / (counts + norm)
    return scores
