"""Numbers of lists and headings as they are printed: 4, d, iv, D, IV."""

_ROMAN = (
    *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc")),
    *((50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)


def in_format(style: str, number: int) -> str:
    """`number` in a format of WordprocessingML (ECMA-376, ST_NumberFormat); "" for bullets."""
    if style in ("bullet", "none"):
        return ""
    if style in ("lowerLetter", "upperLetter"):
        text = letters(number)
    elif style in ("lowerRoman", "upperRoman"):
        text = roman(number)
    else:
        return f"{number:02d}" if style == "decimalZero" else str(number)
    return text.upper() if style.startswith("upper") else text


def letters(number: int) -> str:
    """a … z, then aa, bb … as Word counts."""
    if number < 1:
        return str(number)
    repeats, letter = divmod(number - 1, 26)
    return chr(ord("a") + letter) * min(repeats + 1, 50)


def roman(number: int) -> str:
    if not 0 < number < 4000:
        return str(number)
    text = ""
    for value, numeral in _ROMAN:
        count, number = divmod(number, value)
        text += numeral * count
    return text
