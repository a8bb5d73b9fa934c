"""The old home of `detect` and `words`, until every room imports from there."""

from thesis_qa.lang.data import LANGUAGES
from thesis_qa.lang.detect import TABLE, language_of, letter_groups
from thesis_qa.lang.words import chat_spellings, fold, stem, stop_words, terms, words
from thesis_qa.types import Language

STOP_WORDS: dict[Language, frozenset[str]] = {each: stop_words(each) for each in LANGUAGES}
CHAT = chat_spellings()

__all__ = [
    "CHAT", "STOP_WORDS", "TABLE", "fold", "language_of", "letter_groups", "stem", "terms", "words",
]  # fmt: skip
