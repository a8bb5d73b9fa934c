"""Numbers and months in Indonesian and English text, as values that can be compared.

"1.204" and "1,204", "0,68" and "0.680", "dua puluh lima" and "twenty-five", "2 juta" and
"2 million", "abad ke-19" and "19th century" are the same.
"""

import re
from collections.abc import Iterator
from decimal import Decimal

from thesis_qa.lang.language import fold

_PLAIN = {
    word: value
    for value, names in enumerate(
        """nol zero|satu one|dua two|tiga three|empat four|lima five|enam six|tujuh seven
        |delapan eight|sembilan nine|sepuluh ten|sebelas eleven|twelve|thirteen|fourteen|fifteen
        |sixteen|seventeen|eighteen|nineteen""".split("|")
    )
    for word in names.split()
} | {
    word: 10 * value
    for value, word in enumerate(
        "twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2
    )
}
_SCALES = {
    "hundred": 100, "ratus": 100, "seratus": 100, "thousand": 1_000, "ribu": 1_000,
    "seribu": 1_000, "million": 10**6, "juta": 10**6, "sejuta": 10**6, "billion": 10**9,
    "miliar": 10**9, "milyar": 10**9, "trillion": 10**12, "triliun": 10**12,
}  # fmt: skip
_ORDINALS = {
    word: value
    for value, names in enumerate(
        """second kedua|third ketiga|fourth keempat|fifth kelima|sixth keenam|seventh ketujuh
        |eighth kedelapan|ninth kesembilan|tenth kesepuluh""".split("|"),
        start=2,
    )
    for word in names.split()
}
_LOOSE = {"both": 2, "keduanya": 2, "pair": 2, "twice": 2, "double": 2, "ketiganya": 3}
_IDIOMS = frozenset({"kedua", "both", "keduanya"})  # "kedua belah pihak": no number is claimed
_MONTHS = {
    word: number
    for number, names in enumerate(
        """januari january jan|februari february feb pebruari|maret march|april apr|mei may
        |juni june jun|juli july jul|agustus august aug|september sept sep|oktober october oct okt
        |november nov nopember|desember december dec des""".split("|"),
        start=1,
    )
    for word in names.split()
}
_ROMAN = re.compile(r"\b(?=[IVXL])(X{0,3})(IX|IV|V?I{0,3})\b")
_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|(?<![^\W\d_])(?!and\b)[^\W\d_]+")
_THOUSANDS = re.compile(r"\d{1,3}(?:[.,]\d{3})+")

_SCALES_OF_ONE = frozenset({"seratus", "seribu", "sejuta"})

Readings = frozenset[Decimal]
"""What a written number may mean: "1.204" is 1204 in Indonesian and 1.204 in English."""


def stated_numbers(text: str) -> list[tuple[str, Readings]]:
    """Numbers that `text` claims, as written and as values; not "one", "first" and "both"."""
    return [
        (written, values)
        for written, values in _numbers(text)
        if fold(written) not in _IDIOMS and not (values == {Decimal(1)} and written.isalpha())
    ]


def held_numbers(text: str) -> frozenset[Decimal]:
    """Every value that a number in `text` may have, "both" and Roman numerals among them."""
    found = {value for _, values in _numbers(text) for value in values}
    found |= {Decimal(_LOOSE[word]) for word in fold(text).split() if word in _LOOSE}
    return frozenset(found | {Decimal(v) for v in map(_roman, _ROMAN.finditer(text)) if v})


def months(text: str) -> dict[int, str]:
    """Months named in `text`, 1 to 12, as written; "may" and "march" only with a capital."""
    words = (m.group() for m in _TOKEN.finditer(text))
    return {
        _MONTHS[fold(word)]: word for word in words if word[0].isupper() and fold(word) in _MONTHS
    }


def _numbers(text: str) -> Iterator[tuple[str, Readings]]:
    """Numbers with their values; words and scales that follow each other make one number."""
    run: list[re.Match[str]] = []
    for match in _TOKEN.finditer(text):
        if run and not _goes_on(text, run, match):
            yield _value(text, run)
            run = []
        if run or _begins(match.group()):
            run.append(match)
    if run:
        yield _value(text, run)


def _begins(token: str) -> bool:
    word = fold(token)
    return token[0].isdecimal() or word in _PLAIN or word in _ORDINALS or word in _SCALES_OF_ONE


def _goes_on(text: str, run: list[re.Match[str]], match: re.Match[str]) -> bool:
    """Whether a token belongs to the number before it: "2 juta", "dua puluh", "twenty-five"."""
    word, last = fold(match.group()), fold(run[-1].group())
    between = text[run[-1].end() : match.start()]
    if between not in (" ", "-") and (last, between) != ("hundred", " and "):
        return False
    if word in _SCALES or word in ("puluh", "belas"):
        return last[0].isdecimal() or last in _PLAIN or last in _SCALES or last == "puluh"
    open_ended = last in _SCALES or last == "puluh" or _PLAIN.get(last, 0) >= 20
    return word in _PLAIN and open_ended


def _value(text: str, run: list[re.Match[str]]) -> tuple[str, Readings]:
    written = text[run[0].start() : run[-1].end()]
    first, *rest = [m.group() for m in run]
    if first[0].isdecimal():
        scale = _words([word for word in map(fold, rest) if word in _SCALES]) if rest else 1
        return written, frozenset(value * scale for value in _digits(first))
    return written, frozenset({Decimal(_words([fold(m.group()) for m in run]))})


def _digits(token: str) -> frozenset[Decimal]:
    """What digits with points and commas may mean."""
    plain = token.replace(",", ".")
    *whole, last = plain.split(".")
    readings = {Decimal("".join(whole) + "." + last) if whole else Decimal(last)}
    if _THOUSANDS.fullmatch(token):
        readings.add(Decimal("".join([*whole, last])))
    return frozenset(value.normalize() for value in readings)


def _words(words: list[str]) -> int:
    """The value of number words: "seratus dua puluh lima", "one hundred twenty five"."""
    total, current = 0, 0
    for word in words:
        if word == "belas":
            current += 10
        elif word == "puluh":
            current = current - current % 10 + 10 * (current % 10 or 1)
        elif word in _SCALES and _SCALES[word] >= 1_000:
            total, current = total + (current or 1) * _SCALES[word], 0
        elif word in _SCALES:
            current = (current or 1) * _SCALES[word]
        else:
            current += _PLAIN.get(word, _ORDINALS.get(word, 0))
    return total + current


def _roman(match: re.Match[str]) -> int:
    tens, ones = match.groups()
    units = {
        "": 0,
        "I": 1,
        "II": 2,
        "III": 3,
        "IV": 4,
        "V": 5,
        "VI": 6,
        "VII": 7,
        "VIII": 8,
        "IX": 9,
    }
    return 10 * len(tens) + units.get(ones, 0)
