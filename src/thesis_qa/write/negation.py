"""What a text denies: the words that stand in the reach of "not", "tidak", "without" …"""

import re
from collections.abc import Iterator

from thesis_qa.lang.language import STOP_WORDS, fold

_CUES = frozenset(
    """not no never without neither nor none cannot nothing nobody nowhere hardly barely fails
    failed failing fail lacks lacked lack lacking unable
    tidak tak bukan bukanlah tanpa belum tiada jangan tidaklah takkan gagal tidakkah""".split()
)
_WORD = re.compile(r"\w+(?:['’]t\b)?")
_ONLY = re.compile(r"\b(?:not only|tidak hanya|bukan hanya|tidak saja|no doubt)\b", re.IGNORECASE)
_CLAUSE = re.compile(r"[,;:.()“”\"]|\b(?:but|tetapi|namun|melainkan|yet|whereas|sedangkan)\b")
_EMPTY = STOP_WORDS["id"] | STOP_WORDS["en"]
REACH = 3  # content words behind a cue that it denies


def denied(text: str) -> list[tuple[int, int]]:
    """Where the content words that are denied stand in `text`."""
    return [span for reached in _denials(text) for span in reached]


def denial_heads(text: str) -> list[tuple[int, int]]:
    """Of each denial the first content word that it reaches."""
    return [reached[0] for reached in _denials(text) if reached]


def _denials(text: str) -> Iterator[list[tuple[int, int]]]:
    plain = _without_only(text)
    for match in _WORD.finditer(plain):
        if is_cue(match.group()):
            yield _reached(plain, match.end())


def is_cue(word: str) -> bool:
    """Whether a word denies what follows it."""
    return fold(word) in _CUES or bool(re.fullmatch(r"\w+n['’]t", word))


def denies(text: str) -> bool:
    """Whether anything in `text` is denied."""
    return any(is_cue(m.group()) for m in _WORD.finditer(_without_only(text)))


def _without_only(text: str) -> str:
    """ "Not only" denies nothing; its place is kept."""
    return _ONLY.sub(lambda m: " " * len(m.group()), text)


def _reached(text: str, start: int) -> list[tuple[int, int]]:
    end = clause.start() if (clause := _CLAUSE.search(text, start)) else len(text)
    words = [m.span() for m in _WORD.finditer(text, start, end) if fold(m.group()) not in _EMPTY]
    return words[:REACH]
