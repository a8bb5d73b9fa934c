"""Numbers as they are written in Indonesian and English: the one place that reads them."""

from functools import cache

from thesis_qa.lang.data import word_map

_ROMAN = (
    *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc")),
    *((50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)
_LETTERS = {sign: value for value, sign in _ROMAN if len(sign) == 1}


def roman_value(text: str) -> int | None:
    """The value of a Roman numeral, "IV" or "iv"; None for anything else ("civil", "Di")."""
    if text not in (text.lower(), text.upper()):
        return None
    values = [_LETTERS.get(letter, 0) for letter in text.lower()]
    pairs = zip(values, [*values[1:], 0], strict=True)
    total = sum(-value if value < following else value for value, following in pairs)
    return total if all(values) and total and roman_numeral(total) == text.lower() else None


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
    """The whole number that `text` is and no more: "4", "IV", "empat", "four"."""
    if text.isdecimal() and text.isascii():
        return int(text)
    return roman_value(text) or _words().get(text.lower())


@cache
def _words() -> dict[str, int]:
    return word_map("numbers.words")
