"""Words that a line end divides: made whole, or left with a hyphen that is theirs."""

import re
from collections.abc import Iterable

from thesis_qa.read.pdf.lines import HYPHENS

AS_HYPHEN = str.maketrans(dict.fromkeys(f"{HYPHENS}\u2010", "-"))

_WORD_AT_END = re.compile(r"([^\W\d_]+(?:-[^\W\d_]+)*)$")
_WORD_AT_START = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_WORD = re.compile(r"[^\W\d_]{2,}(?:-[^\W\d_]+)*")
_LONGEST = 60  # characters of a word


def vocabulary(texts: Iterable[str]) -> frozenset[str]:
    """Words that stand whole somewhere in the lines of a document: they tell "perizin-⏎an" (one
    word) from "anak-⏎anak" and "long-⏎term"."""
    return frozenset(
        word.lower() for text in texts for word in _WORD.findall(text.rstrip(HYPHENS + "-"))
    )


def is_divided(above: str, below: str) -> bool:
    """Whether the end of one line and the beginning of the next make one word, one range of
    numbers ("2017-⏎2019"), or one name ("COVID-⏎19")."""
    above, below = above.translate(AS_HYPHEN), below.lstrip().translate(AS_HYPHEN)
    if not above.endswith("-"):
        return False
    if above[-2:-1].isalnum() and below[:1].isdigit():
        return True
    return bool(_WORD_AT_END.search(above[-_LONGEST:-1]) and _WORD_AT_START.match(below))


def keeps_hyphen(above: str, below: str, words: frozenset[str]) -> bool:
    """Whether a divided word is written with a hyphen anyway: "anak-anak", "long-term"."""
    before = _WORD_AT_END.search(above.translate(AS_HYPHEN)[-_LONGEST:-1])
    after = _WORD_AT_START.match(below.lstrip().translate(AS_HYPHEN))
    if not before or not after:
        return True
    left, right = before[1].lower(), after[0].lower()
    if f"{left}-{right}" in words or (after[0][:1].isupper() and not before[1].isupper()):
        return True
    return left + right not in words and ("-" in left or _is_doubled(left, right))


def read_on(lines: Iterable[str]) -> str:
    """Lines as one, words that they divide made whole."""
    pieces = [""]
    for line in (line.strip() for line in lines):
        above = pieces[-1]
        if not is_divided(above, line):
            pieces.append(" ")
        elif not keeps_hyphen(above, line, frozenset()):
            pieces[-1] = above[:-1]
        pieces.append(line)
    return " ".join("".join(pieces).translate(AS_HYPHEN).split())


def _is_doubled(left: str, right: str) -> bool:
    """Whether `right` repeats the stem of `left`: "anak-anak", "sebenar-benarnya"."""
    if len(left) > 2 and right.startswith(left):
        return True
    return any(right.startswith(left[-length:]) for length in range(4, len(left)))
