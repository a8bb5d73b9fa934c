"""What a text denies, and whether a statement and its evidence deny the same.

Denied are the content words in the reach of "not", "tidak", "without" …
"""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from thesis_qa.lang.data import alternatives, cue, word_set
from thesis_qa.lang.words import fold, stop_words
from thesis_qa.model.weights import Vectors
from thesis_qa.write.support import EncodedText, word_cosines

_WORD = re.compile(r"\w+(?:['’]t\b)?")
REACH = 3  # content words behind a cue that it denies
MARGIN = 0.15  # of cosine, by which words of two languages have to differ to tell something

Spans = list[tuple[int, int]]
Marks = npt.NDArray[np.bool_]
"""Which words of a text are meant, shape (words,)."""


def denied(text: str) -> Spans:
    """Where the content words that are denied stand in `text`."""
    return [span for reached in _denials(text) for span in reached]


def denial_heads(text: str) -> Spans:
    """Of each denial the first content word that it reaches."""
    return [reached[0] for reached in _denials(text) if reached]


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
    nearer = cosines[:, ~theirs].max(axis=1, initial=-1) - cosines[:, theirs].max(axis=1)
    heads = _marked(statement, denial_heads)
    return bool((nearer[heads] > (MARGIN if foreign else 0.0)).any())


def _asserts(cosines: Vectors, ours: Marks, evidence: Sequence[EncodedText]) -> bool:
    """Whether the statement asserts what the evidence denies: the words are each other's nearest,
    and none that the statement denies is as near."""
    for j in np.flatnonzero(_all_marked(evidence, denial_heads)):
        i = cosines[:, j].argmax()
        if cosines[i].argmax() == j and not ours[i]:
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
    for match in _WORD.finditer(plain):
        word = fold(match.group())
        if word in word_set("write.deny") or (word.endswith("n't") and len(word) > 3):
            yield _reached(plain, match.end())


def _reached(text: str, start: int) -> Spans:
    end = turn.start() if (turn := _turn().search(text, start)) else len(text)
    words = _WORD.finditer(text, start, end)
    return [word.span() for word in words if fold(word.group()) not in stop_words()][:REACH]


@cache
def _turn() -> re.Pattern[str]:
    """Where what a denial reaches ends at the latest."""
    return re.compile(rf"[,;:.()“”\"]|\b(?:{alternatives('write.turn')})\b")
