"""Numbers and names in a statement, and whether a text holds them.

A name is what has a capital where ordinary words have none, or capitals and digits inside: people,
places, institutions, codes. Names are the same in both languages but for a table of those that are
not, endings ("Norwegia", "Norway"), and initials ("DKI" for "Daerah Khusus Ibukota").
"""

import re
from decimal import Decimal
from functools import cache

from thesis_qa.lang.data import LANGUAGES, word_map, word_set
from thesis_qa.lang.glossary import glossary, readings
from thesis_qa.lang.numbers import loose_numbers, month_names, numbers_in, roman_value
from thesis_qa.lang.words import fold, stem, stop_words
from thesis_qa.types import Language

_WORD = re.compile(r"[^\W_](?:[\w'’&/.-]*[^\W_])?")
_OPENING = " \t\r\n\u00a0\"'“”‘’([*-"  # may stand between the end of a sentence and the next
_JOINTS = str.maketrans("-/.'’&", "      ")  # within a name of several parts
_IDIOMS = ("kedua", "both", "keduanya")  # "kedua belah pihak": no number is claimed
SAME_START = 5  # letters that two spellings of one name begin with
NUMERAL = 39  # up to which capitals are a Roman numeral rather than initials ("CV", "DI")


# Numbers


def stated_numbers(text: str) -> list[tuple[str, frozenset[Decimal]]]:
    """Numbers that `text` claims, as written and as values; not "one", "first" and "both"."""
    return [
        (number.text, number.values)
        for number in numbers_in(text)
        if fold(number.text) not in _IDIOMS and not (number.values == {1} and number.text.isalpha())
    ]


def held_numbers(text: str) -> frozenset[Decimal]:
    """Every value that a number in `text` may have, "both" and Roman numerals among them."""
    found = {value for number in numbers_in(text) for value in number.values}
    found |= {loose for word in fold(text).split() if (loose := loose_numbers().get(word))}
    parts = (part for word in _WORD.findall(text) for part in word.translate(_JOINTS).split())
    numerals = (roman_value(part) for part in parts if part.isupper())
    return frozenset(found | {Decimal(value) for value in numerals if value and value <= NUMERAL})


# Names


def proper_names(text: str) -> list[str]:
    """The names in `text`, as written, in order."""
    found = []
    for match in _WORD.finditer(text):
        word = _bare(match.group())
        starts = _starts(text[: match.start()]) and not _is_author(text[match.end() :])
        if _is_code(word) or (word[:1].isupper() and _is_name(fold(word), starts)):
            found.append(word)
    return found


def _is_author(behind: str) -> bool:
    """Whether a year in brackets follows: "Rahayu (2016)"."""
    rest = behind.lstrip()
    return rest[:1] == "(" and rest[1:5].isdigit()


def holds_name(name: str, text: str, spoken: Language | None, read: Language | None) -> bool:
    """Whether `text`, in the language `read`, holds a `name` of a statement in `spoken`.

    Across languages it may be translated, or spelt with another ending.
    """
    present, wanted = _present(text), fold(name)
    if wanted in present or stem(wanted) in present:
        return True
    if wanted in _translations():
        return bool(_translations()[wanted] & present)
    parts = wanted.translate(_JOINTS).split()
    if len(parts) > 1:
        return all(holds_name(part, text, spoken, read) for part in parts)
    foreign = spoken != read or read is None
    return (
        (foreign and bool(present & readings(stem(wanted), spoken, read).keys()))
        or _is_initials(name, text)
        or any(_alike(wanted, other, foreign) for other in present)
    )


def _bare(word: str) -> str:
    """A name without its genitive."""
    for ending in ("'s", "’s", "'", "’"):
        word = word.removesuffix(ending)
    return word


def _starts(before: str) -> bool:
    """Whether a sentence may begin behind `before`."""
    sentence = before.rstrip(_OPENING)
    return not sentence or sentence[-1] in ".:;?!" or "\n" in before[len(sentence) :]


def _is_code(word: str) -> bool:
    """Whether capitals or digits inside a word show that it is no ordinary one."""
    rest = word.lstrip("0123456789")
    ending = rest.translate(_JOINTS).split()[:1]
    if rest != word and ending and ending[0].lower() in word_set("numbers.endings"):
        return False  # "19th-century": its number is looked at by itself
    letters = any(c.isalpha() for c in word)
    return any(c.isupper() for c in word[1:]) or (letters and any(c.isdigit() for c in word))


def _is_name(word: str, starts: bool) -> bool:
    """Whether a capitalised word is a name: not if it may only begin a sentence."""
    if word in _translations():
        return True
    if len(word) < 2 or word in stop_words() or any(numbers_in(word)):
        return False
    return not (starts and (stem(word) in _vocabulary() or _affixed(word)))


@cache
def _translations() -> dict[str, frozenset[str]]:
    """Names that stand for each other and for nothing else, by each of them."""
    found = {name: {name} for name in word_set("write.names")}
    months = map(month_names, LANGUAGES)
    pairs = [(name, word) for name, words in word_map("write.translated").items()
             for word in words.split()]  # fmt: skip
    for one, other in (*pairs, *zip(*months, strict=True)):
        for name in (one, other):
            found.setdefault(name, {name}).update((one, other))
    return {name: frozenset(same) for name, same in found.items()}


@cache
def _vocabulary() -> frozenset[str]:
    """Words that the glossary knows, in either language."""
    return frozenset(word for language in LANGUAGES for word in glossary()[language])


def _affixed(word: str) -> bool:
    """Whether affixes of one language show that a word is an ordinary one.

    A stem has four letters or more between a beginning and an ending, three before the endings
    that English has without a beginning.
    """
    return any(_has_affixes(word, language) for language in LANGUAGES)


def _has_affixes(word: str, language: Language) -> bool:
    strong, prefixes, suffixes = (
        word_set(f"write.{name}", language) for name in ("strong_prefixes", "prefixes", "suffixes")
    )
    if any(word.startswith(p) and len(word) >= len(p) + 4 for p in strong):
        return True
    stems = [plain.removesuffix(s) for plain in (word, word.removesuffix("s")) for s in suffixes
             if plain.endswith(s)]  # fmt: skip
    if not prefixes:
        return any(len(stem) >= 3 for stem in stems)
    return any(stem.startswith(p) and len(stem) >= len(p) + 4 for stem in stems for p in prefixes)


@cache
def _present(text: str) -> frozenset[str]:
    words = [fold(_bare(word)) for word in _WORD.findall(text)]
    parts = [part for word in words for part in word.translate(_JOINTS).split()]
    return frozenset(words) | frozenset(parts) | frozenset(map(stem, (*words, *parts)))


def _alike(a: str, b: str, foreign: bool) -> bool:
    """Whether two words are one name: "hanoi", "hanois"; across languages also by their start."""
    if b in _translations() or min(len(a), len(b)) < 4 or a.isdigit() or b.isdigit():
        return False
    shared = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), None)
    shared = min(len(a), len(b)) if shared is None else shared
    if not foreign:
        return shared == min(len(a), len(b)) and abs(len(a) - len(b)) <= 3
    return shared >= SAME_START or 2 * shared > max(len(a), len(b))


def _is_initials(name: str, text: str) -> bool:
    if not (name.isupper() and 2 <= len(name) <= 8):
        return False
    return name in "".join(word[0] for word in _WORD.findall(text)).upper()
