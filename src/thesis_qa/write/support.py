"""How well evidence supports a statement, whichever of the two languages each is in.

Three views of the same thing: the language-centred cosine of statement and evidence, the share of
the statement's words that the evidence holds (translated by the glossary), and late interaction:
how near each content word of the statement comes to a word of the evidence, by the encoder's own
token states. A statement that is mostly taken from the evidence and adds something of its own
shows in its weakest words. Fitted by benchmarks/fit_support.py. A trained reader would be one
more signal here.
"""

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from thesis_qa.lang.detect import language_of
from thesis_qa.lang.glossary import readings
from thesis_qa.lang.words import fold, stem, stop_words
from thesis_qa.model.weights import Vectors
from thesis_qa.retrieve.rank import Ranking
from thesis_qa.types import Language

if TYPE_CHECKING:
    from thesis_qa.model.encoder import Embedding

FITTED = Path(__file__).with_name("support.json")
MAX_CHARACTERS = 1200  # of one piece of evidence that are read
WEAKEST = 2  # words that tell whether something was added

_WORD = re.compile(r"\w+")


@cache
def fitted_support() -> dict[str, Any]:
    """The numbers fitted by benchmarks/fit_support.py."""
    found: dict[str, Any] = json.loads(FITTED.read_text(encoding="utf-8"))
    return found


@dataclass(frozen=True, slots=True)
class Premise:
    """A piece of evidence: a quote with the context it is shown with."""

    text: str
    language: Language | None


@dataclass(frozen=True, slots=True)
class EncodedText:
    """A text with its vector and those of its words, language-centred and of length 1."""

    text: str
    language: Language | None
    vector: Vectors  # shape (dimensions,)
    spans: list[tuple[int, int]]  # of the words
    words: Vectors | None  # shape (len(spans), dimensions); None: the model's states are hidden

    def content(self) -> list[int]:
        """Positions of words that carry meaning; of all words where none does."""
        words = (fold(self.text[start:end]) for start, end in self.spans)
        found = [i for i, word in enumerate(words) if word not in stop_words()]
        return found or list(range(len(self.spans)))


def encoded(
    embedding: "Embedding", ranking: Ranking, text: str, language: Language | None = None
) -> EncodedText:
    """`text` as the embedding model sees it; its language is found out where it isn't given."""
    from thesis_qa.model.encoder import BundledEmbedding

    text = text[:MAX_CHARACTERS]
    spoken = language or language_of(text)
    means = ranking.means
    mean = means[spoken] if spoken else np.mean(list(means.values()), axis=0)
    spans = [match.span() for match in _WORD.finditer(text)]
    words: Vectors | None = None
    if isinstance(embedding, BundledEmbedding):
        words = _unit(embedding.span_vectors(text, spans) - mean)
    vector = _unit(embedding.passage_vectors([text]) - mean)[0]
    return EncodedText(text, spoken, vector, spans, words)


def _unit(vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled: Vectors = vectors / np.maximum(lengths, 1e-6)
    return scaled


def support_signals(statement: EncodedText, evidence: Sequence[EncodedText]) -> dict[str, float]:
    """What speaks for `statement` being said by `evidence`, by name."""
    near = [float(statement.vector @ e.vector) for e in evidence]
    held = _held(statement, evidence)
    found = {
        "near": max(near),
        "covered": float(np.mean(held)),
        "foreign": float(all(e.language != statement.language for e in evidence)),
    }
    cosines = word_cosines(statement, evidence)
    if cosines is None:
        return found
    best = cosines.max(axis=1)[statement.content()]  # each with the nearest word of the evidence
    return found | {
        "all_words": float(best.mean()),
        "weakest": float(np.sort(best)[:WEAKEST].mean()),
        "lost": float(np.mean([max(w, h) < 0.5 for w, h in zip(best, held, strict=True)])),
    }


def _held(statement: EncodedText, evidence: Sequence[EncodedText]) -> list[float]:
    """For each content word of the statement, how surely the evidence holds it, 0 to 1."""
    present = [(e.language, {stem(fold(w)) for w in _WORD.findall(e.text)}) for e in evidence]
    found = []
    for i in statement.content():
        start, end = statement.spans[i]
        word = stem(fold(statement.text[start:end]))
        found.append(max(_reads(word, statement.language, lang, stems) for lang, stems in present))
    return found


def _reads(word: str, spoken: Language | None, read: Language | None, stems: set[str]) -> float:
    return max(
        (1.0 if other == word else min(1.0, 2 * probability)) if other in stems else 0.0
        for other, probability in readings(word, spoken, read).items()
    )


def word_cosines(statement: EncodedText, evidence: Sequence[EncodedText]) -> Vectors | None:
    """Of the words of the statement with those of all evidence, one after the other."""
    known = [e.words for e in evidence if e.words is not None and len(e.words)]
    if statement.words is None or not known or not len(statement.words):
        return None
    cosines: Vectors = statement.words @ np.concatenate(known).T
    return cosines


def is_supported(found: Mapping[str, float]) -> bool:
    """Whether the evidence says it: whether its probability reaches the threshold, which was
    chosen where the model is fitted."""
    model = fitted_support()["read" if "weakest" in found else "unread"]
    return support_probability(found) >= float(model["threshold"])


def support_probability(found: Mapping[str, float]) -> float:
    """Probability that the evidence says it, from its signals."""
    model = fitted_support()["read" if "weakest" in found else "unread"]
    logit = model["bias"] + sum(w * found[name] for name, w in model["weights"].items())
    return 1 / (1 + math.exp(-logit))
