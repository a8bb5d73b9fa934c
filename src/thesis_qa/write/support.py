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
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from thesis_qa.lang.glossary import readings
from thesis_qa.lang.language import STOP_WORDS, fold, language_of, stem
from thesis_qa.model.weights import Vectors
from thesis_qa.retrieve.rank import Ranking
from thesis_qa.types import Language
from thesis_qa.write.negation import denial_heads, denied

if TYPE_CHECKING:
    from thesis_qa.model.encoder import Embedding

NUMBERS = Path(__file__).parents[1] / "data" / "support.json"
MAX_CHARACTERS = 1200  # of one piece of evidence that are read
WEAKEST = 2  # words that tell whether something was added
MARGIN = 0.15  # of cosine, by which words of two languages have to differ to tell something

_WORD = re.compile(r"\w+")
_EMPTY = STOP_WORDS["id"] | STOP_WORDS["en"]


Marks = npt.NDArray[np.bool_]
"""Which words of a text are meant, shape (words,)."""


@cache
def numbers() -> dict[str, Any]:
    """The numbers fitted by benchmarks/fit_support.py."""
    fitted: dict[str, Any] = json.loads(NUMBERS.read_text(encoding="utf-8"))
    return fitted


@dataclass(frozen=True, slots=True)
class Source:
    """A piece of evidence: a quote with the context it is shown with."""

    text: str
    language: Language | None


@dataclass(frozen=True, slots=True)
class Read:
    """A text with its vector and those of its words, language-centred and of length 1."""

    text: str
    language: Language | None
    vector: Vectors  # shape (dimensions,)
    spans: list[tuple[int, int]]  # of the words
    words: Vectors | None  # shape (len(spans), dimensions); None: the model's states are hidden

    def content(self) -> list[int]:
        """Positions of words that carry meaning; of all words where none does."""
        found = [i for i, (a, b) in enumerate(self.spans) if fold(self.text[a:b]) not in _EMPTY]
        return found or list(range(len(self.spans)))


def read(
    embedding: "Embedding", ranking: Ranking, text: str, language: Language | None = None
) -> Read:
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
    return Read(text, spoken, _unit(embedding.passage_vectors([text]) - mean)[0], spans, words)


def _unit(vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled: Vectors = vectors / np.maximum(lengths, 1e-6)
    return scaled


def signals(statement: Read, evidence: Sequence[Read]) -> dict[str, float]:
    """What speaks for `statement` being said by `evidence`, by name."""
    near = [float(statement.vector @ e.vector) for e in evidence]
    held = _held(statement, evidence)
    found = {
        "near": max(near),
        "covered": float(np.mean(held)),
        "foreign": float(all(e.language != statement.language for e in evidence)),
    }
    words = _nearest_words(statement, evidence)
    if words is None:
        return found
    best = words[statement.content()]
    return found | {
        "all_words": float(best.mean()),
        "weakest": float(np.sort(best)[:WEAKEST].mean()),
        "lost": float(np.mean([max(w, h) < 0.5 for w, h in zip(best, held, strict=True)])),
    }


def _held(statement: Read, evidence: Sequence[Read]) -> list[float]:
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


def _nearest_words(statement: Read, evidence: Sequence[Read]) -> Vectors | None:
    """Cosine of each word of the statement with the nearest word of the evidence."""
    cosines = _cosines(statement, evidence)
    return None if cosines is None else cosines.max(axis=1)


def _cosines(statement: Read, evidence: Sequence[Read]) -> Vectors | None:
    """Of the words of the statement with those of all evidence, one after the other."""
    said = [e.words for e in evidence if e.words is not None and len(e.words)]
    if statement.words is None or not said or not len(statement.words):
        return None
    cosines: Vectors = statement.words @ np.concatenate(said).T
    return cosines


def supported(found: Mapping[str, float]) -> float:
    """Probability that the evidence says it, from its signals."""
    model = numbers()["read" if "weakest" in found else "unread"]
    logit = model["bias"] + sum(w * found[name] for name, w in model["weights"].items())
    return 1 / (1 + math.exp(-logit))


def threshold(found: Mapping[str, float]) -> float:
    """The probability from which a statement stands, chosen where the model is fitted."""
    return float(numbers()["read" if "weakest" in found else "unread"]["threshold"])


# Denials


def denies_otherwise(statement: Read, evidence: Sequence[Read]) -> bool:
    """Whether one of the two denies what the other asserts.

    What a "not" reaches in one is looked for in the other, word by word by meaning: of what is
    denied the nearest word has to be denied too.
    """
    ours, theirs = _marked(statement, denied(statement.text)), _all_words(evidence, denied)
    if not theirs.any():
        return bool(ours.any())
    cosines = _cosines(statement, evidence)
    if cosines is None:
        return False
    foreign = all(e.language != statement.language for e in evidence)
    if not (ours.any() and foreign) and _asserts(cosines, ours, evidence):
        return True
    nearer = cosines[:, ~theirs].max(axis=1, initial=-1) - cosines[:, theirs].max(axis=1)
    heads = _marked(statement, denial_heads(statement.text))
    return bool((nearer[heads] > (MARGIN if foreign else 0.0)).any())


def _asserts(cosines: Vectors, ours: Marks, evidence: Sequence[Read]) -> bool:
    """Whether the statement asserts what the evidence denies: the words are each other's nearest,
    and none that the statement denies is as near."""
    for j in np.flatnonzero(_all_words(evidence, denial_heads)):
        i = cosines[:, j].argmax()
        if cosines[i].argmax() == j and not ours[i]:
            return True
    return False


def _all_words(evidence: Sequence[Read], find: Callable[[str], list[tuple[int, int]]]) -> Marks:
    """For each word of all evidence whether `find` marks it."""
    return np.concatenate([_marked(e, find(e.text)) for e in evidence])


def _marked(text: Read, marks: Sequence[tuple[int, int]]) -> Marks:
    return np.array([any(a < d and b > c for c, d in marks) for a, b in text.spans], bool)
