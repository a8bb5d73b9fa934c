"""How text is folded into words for keyword search, and which words carry no topic."""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache

from thesis_qa.lang.data import word_map, word_set
from thesis_qa.types import Language

TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+|\d*[^\W_]+")
LONG_CUT = 5  # letters from which a cut name may leave one of its words out
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


def abbreviates(word: str, name: Sequence[str]) -> bool:
    """Whether a word is put together of how the words of a name begin, from the first or second
    on: "unair" of Universitas Airlangga, "binus" of Universitas Bina Nusantara, "upn" of a longer
    name, but of two of its words at least; a long one may leave one out, as "unpar" does of
    Universitas Katolik Parahyangan."""
    shorter = [[*name[:n], *name[n + 1 :]] for n in range(1, len(name) - 1)]
    whole = [name, name[1:]]
    return any(_beginnings(word, n) for n in (whole + shorter * (len(word) >= LONG_CUT)))


def _beginnings(word: str, name: Sequence[str], used: int = 0) -> bool:
    if not word or not name:
        return not word and used > 1
    lengths = (n for n in range(1, 1 + len(word)) if name[0].startswith(word[:n]))
    return any(_beginnings(word[n:], name[1:], used + 1) for n in lengths)
