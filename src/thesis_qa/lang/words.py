"""How text is folded into words for keyword search, and which words carry no topic."""

import re
import unicodedata
from functools import cache, lru_cache

from thesis_qa.lang.data import word_map, word_set
from thesis_qa.types import Language

TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+|\d*[^\W_]+")
_FOLD = str.maketrans(
    "‘’‚‛`´“”„«»‐‑‒–—―−⁃", "''''''\"\"\"\"\"" + "-" * 8, "\u00ad\u200b\u200c\u200d\ufeff"
)


def fold(text: str) -> str:
    """Text as it is compared in search: NFKC (ligatures, mathematical italics, full width),
    case and accents folded, dashes and quotation marks unified, invisible characters dropped."""
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_FOLD)
    if plain.isascii():
        return plain
    bare = (c for c in unicodedata.normalize("NFD", plain) if not unicodedata.combining(c))
    return unicodedata.normalize("NFC", "".join(bare))


def words(text: str) -> list[str]:
    """Tokens for keyword search: folded words and numbers; 12,5 and 12.5 are the same number."""
    tokens = TOKEN.findall(fold(text))
    return [token.replace(",", ".") if token[0].isdigit() else token for token in tokens]


def terms(text: str) -> list[str]:
    """Words as the keyword index holds them, in order: stemmed, with function words."""
    return [stem(word) for word in words(text)]


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """`word` without Indonesian particles and the English plural; numbers stay as they are.

    No more than that: taking off other affixes gained nothing (docs/developers/decisions/).
    """
    if not word.isalpha():
        return word
    if word.endswith(("nya", "kah", "lah", "pun")) and len(word) > 6:
        return word[:-3]
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith("s") and len(word) > 3 and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def stop_words(language: Language | None = None) -> frozenset[str]:
    """Words that carry no topic; keyword search leaves them out unless nothing else is asked."""
    return word_set("words.stop", language)


@cache
def chat_spellings() -> dict[str, str]:
    """Chat spellings and the words they stand for: "gmn" is "bagaimana"."""
    return word_map("words.chat")
