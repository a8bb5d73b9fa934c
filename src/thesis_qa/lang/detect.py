"""Which language a text is in.

Indonesian and English are told apart word by word: words that decide by themselves (function
words, question words, chat spellings) and, for all others, a logistic table of letter groups
("_meng", "nya_", "tion") fitted by benchmarks/fit_language.py. Code, formulas, numbers, too
little text and other languages, Malay among them, are None.
"""

import json
import re
import unicodedata
from functools import cache, lru_cache
from pathlib import Path

from thesis_qa.lang.data import word_map, word_set
from thesis_qa.lang.words import fold
from thesis_qa.types import Language

TABLE = Path(__file__).with_name("letter_groups.json")

_WORD = re.compile(r"(?<![\w/\\.@])[^\W\d_]+(?:['-][^\W\d_]+)*(?![\w/\\@=(\[{]|\.\w)")
_CODE_LINE = re.compile(
    r"^\s*(?:(?:async )?def \w+\(|class \w+[(:]|import \w+$|from [\w.]+ import "
    r"|[ \t]+return\b.{0,40}$|SELECT\b.+\bFROM\b|INSERT INTO\b|CREATE TABLE\b"
    r"|public (?:static|class|void)\b"
    r"|(?:const|let|var) \w+ ?=|function \w*\(|#include\b|\$ ?\w+|<\w+[^>]*>$)|[;{]\s*$",
    re.MULTILINE,
)
_SYMBOL = re.compile(r"[\"{}\[\]<>=;_\\|$#&*+/^~∑∈≤≥→∀∃√∫·×−]")
_DECIDES = 4.0  # logits of a word that decides by itself
_SURE = 1.5  # logits below which a text is left undecided
_PROSE = 0.5  # least share of a text's characters that words must make up
_MALAY = 12  # words of a text to one Malay word from which the text is Malay
_CODE = 0.08  # share of programming and mathematical symbols from which a text is none


def language_of(text: str) -> Language | None:
    """ "id" or "en"; None for code, formulas, numbers, too little text and other languages."""
    found = [w.lower() for w in _WORD.findall(unicodedata.normalize("NFKC", text))]
    if not found or _is_code(text, found):
        return None
    scores = [_word_score(word) for word in found]
    foreign = word_set("words.foreign")
    others = sum(word in foreign or fold(word) != word for word in found)  # neither has accents
    decided = sum(abs(score) == _DECIDES for score in scores)
    total = sum(scores)
    malay = sum(word in word_set("words.neighbour") for word in found)
    if abs(total) < _SURE or (others and others >= decided) or malay * _MALAY >= len(found):
        return None
    return "id" if total > 0 else "en"


def _is_code(text: str, found: list[str]) -> bool:
    letters = sum(map(len, found))
    size = max(1, len(text) - sum(map(text.count, " \n\t.…")))
    lines = text.count("\n") + 1
    return (
        letters < _PROSE * size
        or len(_SYMBOL.findall(text)) > _CODE * size
        or 2 * len(_CODE_LINE.findall(text)) >= lines
    )


@lru_cache(maxsize=50_000)
def _word_score(word: str) -> float:
    """Logit that a word is Indonesian rather than English."""
    if word in _deciding("id"):
        return _DECIDES
    if word in _deciding("en"):
        return -_DECIDES
    if len(word) < 2 or word in word_set("words.foreign") or not "a" <= word[0] <= "z":
        return 0.0
    table = _table()
    score = table[""] + sum(table.get(group, 0.0) for group in letter_groups(word))
    return max(-3.0, min(3.0, score))


@cache
def _deciding(language: Language) -> frozenset[str]:
    """Words that decide by themselves; those that the other language has too are left out."""
    common = word_set("words.stop", language) | word_map("words.chat", language).keys()
    return common - word_set("words.shared", language) | word_set("words.telling", language)


def letter_groups(word: str) -> set[str]:
    """All runs of two to five letters of a word with its ends marked: "_di", "kan_"."""
    marked = f"_{word}_"
    return {marked[i : i + n] for n in range(2, 6) for i in range(len(marked) - n + 1)}


@cache
def _table() -> dict[str, float]:
    table: dict[str, float] = json.loads(TABLE.read_text())
    return table
