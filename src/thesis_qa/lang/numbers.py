"""Numbers and months as they are written in Indonesian and English: the one place that reads them.

"1.204" and "1,204", "0,68" and "0.680", "dua puluh lima" and "twenty-five", "2 juta" and
"2 million", "keempat" and "fourth", "IV" and "iv" are the same. The words stand in the language
files under `numbers`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from thesis_qa.lang.data import LANGUAGES, entry, word_map, word_set
from thesis_qa.lang.words import fold
from thesis_qa.types import Language

_ROMAN = (
    *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc")),
    *((50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)
_LETTERS = {sign: value for value, sign in _ROMAN if len(sign) == 1}
_COUNTED = 99  # no thesis has more chapters; "di", "mi" and "mix" aren't taken for numerals
_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|(?<![^\W\d_])[^\W\d_]+")
_YEAR = re.compile(r"(?<!\w)(?<!\d[.,])(?:1[89]|20)\d\d(?!\w|[.,]\d)")


@dataclass(frozen=True, slots=True)
class WrittenNumber:
    """A number in a text: where it stands, how it is written, and what it may mean.

    "1.204" is 1204 in Indonesian and 1.204 in English; it has both values where the language
    isn't known.
    """

    start: int
    end: int
    text: str
    values: frozenset[Decimal]


def roman_value(text: str) -> int | None:
    """The value of a Roman numeral, "IV" or "iv"; None for anything else ("civil", "Di")."""
    if not text or text not in (text.lower(), text.upper()):
        return None
    values = [_LETTERS.get(letter, 0) for letter in text.lower()]
    pairs = zip(values, [*values[1:], 0], strict=True)
    total = sum(-value if value < following else value for value, following in pairs)
    return total if all(values) and roman_numeral(total) == text.lower() else None


def roman_numeral(number: int) -> str:
    """`number` in small Roman letters; in digits where the Romans had none (below 1, from 4000)."""
    if not 0 < number < 4000:
        return str(number)
    text = ""
    for value, sign in _ROMAN:
        count, number = divmod(number, value)
        text += sign * count
    return text


def number_value(text: str) -> int | None:
    """The whole number that `text` is and no more: "4", "IV", "empat", "keempat", "ke-4", "4th",
    "twenty-five". None for anything else."""
    plain = fold(text).strip()
    for opening, closing in _ordinal_marks():
        bare = plain.removeprefix(opening).removesuffix(closing)
        if bare.isdecimal() and bare.isascii():
            return int(bare)
    value = roman_value(text.strip())
    if value is not None and value <= _COUNTED:
        return value
    found = numbers_in(plain)
    if len(found) == 1 and found[0].text == plain and plain[0].isalpha():
        return int(next(iter(found[0].values)))
    return None


def month_value(word: str) -> int | None:
    """1 for "Januari", "January" and "Jan"; None for what is no month."""
    return _months().get(fold(word).rstrip("."))


def months_in(text: str) -> dict[int, str]:
    """Months named in `text`, 1 to 12, as written; "may" and "march" only with a capital."""
    words = [m.group() for m in _TOKEN.finditer(text) if m.group()[0].isupper()]
    return {value: word for word in words if (value := month_value(word))}


def month_names(language: Language) -> list[str]:
    """The full names of the months, folded, January first."""
    return [names.split()[0] for names in entry("numbers.months", language)]


def words_up_to(most: int, ordinals: bool = False) -> list[str]:
    """The words for 1 to `most`, the longest first, as a pattern needs them: "sembilan", "one"."""
    known = _words() if ordinals else word_map("numbers.words")
    return sorted(
        (word for word, value in known.items() if 0 < value <= most), key=lambda w: (-len(w), w)
    )


def loose_numbers() -> dict[str, Decimal]:
    """Words that imply a number without naming it: "both" 2, "dozen" 12, "setengah" 0.5."""
    return {word: Decimal(str(value)) for word, value in word_map("numbers.loose").items()}


def years_in(text: str) -> list[int]:
    """Years from 1800 to 2099 that stand by themselves, in order."""
    return [int(year) for year in _YEAR.findall(text)]


def numbers_in(text: str, language: Language | None = None) -> list[WrittenNumber]:
    """Numbers in digits and in words, in order; words and scales that follow each other make one.

    `language` decides between readings of "1.204"; without it, it has both.
    """
    return [_value(text, run, language) for run in _runs(text)]


# What the language files hold


@cache
def _months() -> dict[str, int]:
    return {
        word: number
        for language in LANGUAGES
        for number, names in enumerate(entry("numbers.months", language), start=1)
        for word in names.split()
    }


@cache
def _words() -> dict[str, int]:
    """Cardinal and ordinal words that can begin a number: "dua", "twenty", "kedua", "second"."""
    found = {**word_map("numbers.ordinals"), **word_map("numbers.words")}
    for language in LANGUAGES:
        if prefix := entry("numbers.ordinal_prefix", language):
            cardinals = word_map("numbers.words", language)
            found |= {prefix + word: value for word, value in cardinals.items()}
    return found


def _scales() -> dict[str, int]:
    """Words that multiply what stands before them: "puluh", "ratus", "thousand"."""
    return word_map("numbers.scales")


def _teens() -> frozenset[str]:
    """Words that add ten to what stands before them: "belas"."""
    return word_set("numbers.teens")


@cache
def _ordinal_marks() -> tuple[tuple[str, str], ...]:
    """What may stand around the digits of an ordinal: ("ke-", ""), ("", "th")."""
    openings = [(mark, "") for mark in word_set("numbers.before_ordinal")]
    return ("", ""), *openings, *(("", mark) for mark in word_set("numbers.endings"))


# Reading numbers in running text


def _runs(text: str) -> Iterator[list[re.Match[str]]]:
    run: list[re.Match[str]] = []
    for match in _TOKEN.finditer(text):
        if run and fold(match.group()) in word_set("numbers.joints"):
            continue
        if run and not _goes_on(text, run, match):
            yield run
            run = []
        if run or match.group()[0].isdecimal() or fold(match.group()) in _words():
            run.append(match)
    if run:
        yield run


def _goes_on(text: str, run: list[re.Match[str]], match: re.Match[str]) -> bool:
    """Whether a token belongs to the number before it: "2 juta", "dua puluh", "twenty-five"."""
    word, last = fold(match.group()), fold(run[-1].group())
    between = fold(text[run[-1].end() : match.start()])
    joined = between.strip() in word_set("numbers.joints") and last in _scales()
    if between not in (" ", "-") and not joined:
        return False
    if word in _scales() or word in _teens():
        return last[0].isdecimal() or last in _words() or last in _scales()
    return word in _words() and (last in _scales() or _words().get(last, 0) >= 20)


def _value(text: str, run: list[re.Match[str]], language: Language | None) -> WrittenNumber:
    start, end = run[0].start(), run[-1].end()
    first, *rest = [fold(match.group()) for match in run]
    if first[0].isdecimal():
        scale = _of_words(rest) if rest else 1
        values = frozenset(value * scale for value in _of_digits(first, language))
    else:
        values = frozenset({Decimal(_of_words([first, *rest]))})
    return WrittenNumber(start, end, text[start:end], values)


def _of_digits(token: str, language: Language | None) -> frozenset[Decimal]:
    """What digits with points and commas may mean."""
    *whole, last = token.replace(",", ".").split(".")
    fraction = Decimal("".join(whole) + "." + last if whole else last).normalize()
    if not whole or len(whole[0]) > 3 or {len(group) for group in (*whole[1:], last)} != {3}:
        return frozenset({fraction})
    grouped = Decimal("".join([*whole, last])).normalize()
    if language is None:
        return frozenset({fraction, grouped})
    decimal: str = entry("numbers.decimal", language)
    return frozenset({fraction if token.count(decimal) == 1 and len(whole) == 1 else grouped})


def _of_words(words: list[str]) -> int:
    """The value of number words: "seratus dua puluh lima", "one hundred twenty five"."""
    total = 0
    for word in words:
        if word in _teens():
            total += 10
        elif scale := _scales().get(word):
            counted = total % scale if scale < 1000 or total >= 1000 * scale else total
            total = total - counted + scale * (counted or 1)
        else:
            total += _words().get(word, 0)
    return total
