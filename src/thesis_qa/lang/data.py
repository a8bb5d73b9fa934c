"""What is Indonesian and what is English: `id.toml` and `en.toml`, and the one way to read them.

Both files have the same tables. Keys are dotted paths, `words.stop` or `text.web.send`. A list
of words is written as one string or as a list; in cues a `*` stands for any letters, and "…"
between two words for up to five others.
"""

import re
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, get_args

from thesis_qa.types import Language

LANGUAGES: tuple[Language, ...] = get_args(Language)
SPOKEN: Language = "en"
"""What is spoken where nobody said which language."""


@cache
def language_data(language: Language) -> dict[str, Any]:
    """All that the file of `language` holds."""
    text = (files("thesis_qa.lang") / f"{language}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def entry(key: str, language: Language) -> Any:
    """What stands under a dotted `key`. Raises KeyError where there is nothing."""
    found: Any = language_data(language)
    for part in key.split("."):
        found = found[part]
    return found


@cache
def word_set(key: str, language: Language | None = None) -> frozenset[str]:
    """The words under `key`, in both languages if none is named."""
    return frozenset(_entries(key, language))


@cache
def word_map(key: str, language: Language | None = None) -> dict[str, Any]:
    """The table under `key`: of one language, or of both in one."""
    spoken = [language] if language else LANGUAGES
    return {word: value for each in spoken for word, value in entry(key, each).items()}


@cache
def cue(key: str, language: Language | None = None) -> re.Pattern[str]:
    """A pattern for any of the phrases under `key`, as whole words, in capitals or not."""
    return re.compile(rf"\b(?:{alternatives(key, language)})\b", re.IGNORECASE)


@cache
def alternatives(key: str, language: Language | None = None) -> str:
    """The phrases under `key` as a part of a pattern, the longest first; `*` is any letters, "…"
    up to five words."""
    phrases = sorted(_entries(key, language, whole=True), key=lambda phrase: (-len(phrase), phrase))
    parts = (re.escape(p).replace(r"\ …\ ", r"\W+(?:\w+\W+){0,5}?") for p in phrases)
    return "|".join(part.replace(r"\*", r"\w*").replace(r"\ ", r"\s+") for part in parts)


def text(key: str, language: Language | None, /, **values: object) -> str:
    """The text under `key` with `values` filled in."""
    found: str = entry(key, language or SPOKEN)
    return found.format_map(values) if values else found


def _entries(key: str, language: Language | None, whole: bool = False) -> Iterator[str]:
    for each in [language] if language else LANGUAGES:
        value: str | Sequence[str] = entry(key, each)
        if isinstance(value, str):
            yield from value.split("|") if whole and "|" in value else value.split()
        else:
            yield from value


def preferred(accept_language: str) -> Language:
    """The language for an Accept-Language header (RFC 9110, 12.5.4)."""
    ranked: list[tuple[float, Language]] = []
    for choice in accept_language.split(","):
        tag, _, weight = choice.strip().partition(";q=")
        spoken = tag.strip().lower().partition("-")[0]
        if spoken in ("id", "in", "ms"):  # "in" is the old code; Malay readers read Indonesian
            ranked.append((_weight(weight), "id"))
        elif spoken == "en":
            ranked.append((_weight(weight), "en"))
    return max(ranked, key=lambda choice: choice[0])[1] if ranked else SPOKEN


def _weight(given: str) -> float:
    try:
        return float(given) if given else 1.0
    except ValueError:
        return 0.0
