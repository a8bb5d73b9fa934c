"""Check what a model wrote, sentence by sentence, against the evidence that it cites.

Numbers, months and names have to occur in the evidence (facts.py), nothing may be denied that it
asserts or the other way round, and it has to support the whole. The first reason against a sentence
is given.

Three views tell how well evidence supports a statement, in whichever language each is: the
language-centred cosine of both, the share of the statement's words that the evidence holds
(translated by the glossary), and late interaction: how near each content word of the statement
comes to a word of the evidence, by the encoder's own token states. A statement that is mostly taken
from the evidence and adds something of its own shows in its weakest words. What they weigh is
fitted by benchmarks/fit_support.py.
"""

import json
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from thesis_qa.lang.data import LANGUAGES, alternatives, cue, word_map, word_set
from thesis_qa.lang.detect import language_of
from thesis_qa.lang.glossary import readings
from thesis_qa.lang.numbers import months_in
from thesis_qa.lang.words import fold, stem, stop_words
from thesis_qa.model.weights import Vectors
from thesis_qa.retrieve.rank import Ranking
from thesis_qa.types import Language
from thesis_qa.write.facts import held_numbers, holds_name, proper_names, stated_numbers

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
    around: str = ""  # where it stands and what it leans on: facts may be of there


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


_WORD_OR_NOT = re.compile(r"\w+(?:['’]t\b)?")
REACH = 3  # content words behind a cue that it denies
BEFORE = 2  # content words before a denial that it may be about
AS_NEAR = 0.05  # of cosine, within which a word is said in two places
MARGIN = 0.15  # of cosine, by which words of two languages have to differ to tell something

Spans = list[tuple[int, int]]
Marks = npt.NDArray[np.bool_]
"""Which words of a text are meant, shape (words,)."""


def denied(text: str) -> Spans:
    """Where the content words that are denied stand in `text`."""
    return [span for reached in _denials(text) for span in reached]


def denial_zones(text: str) -> Spans:
    """What is denied in `text`, and a few words before each: "hujan tidak turun" is "no rain"."""
    words = [m.span() for m in _WORD.finditer(text) if fold(m.group()) not in stop_words()]
    found = []
    for reached in _denials(text):
        before = [span for span in words if reached and span[1] <= reached[0][0]]
        found += [*before[-BEFORE:], *reached]
    return found


def denial_heads(text: str) -> Spans:
    """Of each denial the first content word that it reaches."""
    return [reached[0] for reached in _denials(text) if reached]


@cache
def _opposites() -> dict[str, tuple[str, int]]:
    """For the stems of words that have an opposite, in either language: of what, and which side."""
    pairs = {spoken: word_map("write.opposites", spoken) for spoken in LANGUAGES}
    return {
        stem(word): (name, side)
        for groups in pairs.values()
        for name, sides in groups.items()
        for side, words in enumerate(sides)
        for word in words.split()
    }


def _sides(text: str) -> dict[str, set[int]]:
    """By what has opposites, which sides of it a text names."""
    found: dict[str, set[int]] = {}
    for word in _WORD.findall(text):
        if known := _opposites().get(stem(fold(word))):
            found.setdefault(known[0], set()).add(known[1])
    return found


def says_opposite(statement: str, evidence: Sequence[str]) -> bool:
    """Whether a statement says "high" where the evidence says only "low"."""
    ours, theirs = _sides(statement), _sides(" ".join(evidence))
    return any(name in theirs and not sides & theirs[name] for name, sides in ours.items())


def denies_otherwise(statement: EncodedText, evidence: Sequence[EncodedText]) -> bool:
    """Whether one of the two denies what the other asserts.

    What a "not" reaches in one is looked for in the other, word by word by meaning: of what is
    denied the nearest word has to be denied too.
    """
    ours, theirs = _marked(statement, denied), _all_marked(evidence, denied)
    if not theirs.any():
        return bool(ours.any())
    cosines = word_cosines(statement, evidence)
    if cosines is None:
        return False
    foreign = all(e.language != statement.language for e in evidence)
    if not (ours.any() and foreign) and _asserts(cosines, ours, evidence):
        return True
    near = _all_marked(evidence, denial_zones)
    nearer = cosines[:, ~near].max(axis=1, initial=-1) - cosines[:, near].max(axis=1)
    heads = _marked(statement, denial_heads)
    return bool((nearer[heads] > (MARGIN if foreign else 0.0)).any())


def _asserts(cosines: Vectors, ours: Marks, evidence: Sequence[EncodedText]) -> bool:
    """Whether the statement asserts what the evidence denies: the words are each other's nearest,
    and none that the statement denies is as near."""
    asserted = ~_all_marked(evidence, denied)
    for j in np.flatnonzero(_all_marked(evidence, denial_heads)):
        i = cosines[:, j].argmax()
        elsewhere = cosines[i, asserted].max(initial=-1)  # said there too, and not denied
        if cosines[i].argmax() == j and not ours[i] and elsewhere < cosines[i, j] - AS_NEAR:
            return True
    return False


def _all_marked(evidence: Sequence[EncodedText], find: Callable[[str], Spans]) -> Marks:
    """For each word of all evidence whether `find` marks it."""
    return np.concatenate([_marked(text, find) for text in evidence])


def _marked(text: EncodedText, find: Callable[[str], Spans]) -> Marks:
    marks = find(text.text)
    return np.array([any(a < d and b > c for c, d in marks) for a, b in text.spans], bool)


def _denials(text: str) -> Iterator[Spans]:
    """What each denial in `text` reaches. "Not only" denies nothing; its place is kept."""
    plain = cue("write.deny_nothing").sub(lambda m: " " * len(m.group()), text)
    for match in _WORD_OR_NOT.finditer(plain):
        word = fold(match.group())
        if word in word_set("write.deny") or (word.endswith("n't") and len(word) > 3):
            yield _reached(plain, match.end())


def _reached(text: str, start: int) -> Spans:
    end = turn.start() if (turn := _turn().search(text, start)) else len(text)
    words = _WORD_OR_NOT.finditer(text, start, end)
    return [word.span() for word in words if fold(word.group()) not in stop_words()][:REACH]


@cache
def _turn() -> re.Pattern[str]:
    """Where what a denial reaches ends at the latest."""
    return re.compile(rf"[,;:.()“”\"]|\b(?:{alternatives('write.turn')})\b")


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
        return self.check(statement, evidence)[0]

    def check(self, statement: str, evidence: Sequence[Premise]) -> tuple[Objection | None, float]:
        """The first reason against `statement`, if any; and the probability that the evidence
        says it."""
        stated = encoded(self._embedding, self._ranking, statement)
        known = [self._encoded(premise) for premise in evidence]
        if not stated.spans or not known:
            return Objection("support"), 0.0
        if found := _unknown_fact(stated, evidence, known):
            return found, 0.0
        texts = [e.text for e in evidence]
        if says_opposite(statement, texts) or denies_otherwise(stated, known):
            return Objection("denial"), 0.0
        signals = support_signals(stated, known)
        said = None if is_supported(signals) else Objection("support")
        return said, support_probability(signals)

    def _encoded(self, premise: Premise) -> EncodedText:
        if len(self._known) > KEPT:
            self._known.clear()
        if premise not in self._known:
            said, language = premise.text, premise.language
            self._known[premise] = encoded(self._embedding, self._ranking, said, language)
        return self._known[premise]


def _unknown_fact(
    stated: EncodedText, evidence: Sequence[Premise], known: Sequence[EncodedText]
) -> Objection | None:
    """A number, month or name of the statement that neither the evidence nor what stands around
    it holds."""
    statement, language = stated.text, stated.language
    texts = [(e.text, k.language) for e, k in zip(evidence, known, strict=True)]
    texts += [(e.around, k.language) for e, k in zip(evidence, known, strict=True) if e.around]
    numbers = frozenset().union(*(held_numbers(text) for text, _ in texts))
    for written, values in stated_numbers(statement):
        if not values & numbers:
            return Objection("number", written)
    named = {month for text, _ in texts for month in months_in(text)}
    for month, written in months_in(statement).items():
        if month not in named:
            return Objection("month", written)
    for name in proper_names(statement):
        held = any(holds_name(name, text, language, spoken) for text, spoken in texts)
        if not held and not _is_ordinary(name, stated, known):
            return Objection("name", name)
    return None


def _is_ordinary(name: str, stated: EncodedText, known: Sequence[EncodedText]) -> bool:
    """Whether what may be a name only begins the statement, and means what the evidence has as an
    ordinary word: "Shrimp …" for "udang"."""
    if stated.text[: len(name)] != name or not name[1:].islower():
        return False
    if (cosines := word_cosines(stated, known)) is None:
        return False
    words = [text.text[start:end] for text in known for start, end in text.spans]
    return words[int(cosines[0].argmax())].islower()
