"""Raised and lowered characters as Unicode's own, so that none is taken for a digit of its line;
formulas on one line: Office Math (ECMA-376 part 1, 22.1), MathML, TeX, fonts of symbols."""

import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence

from lxml import etree

from thesis_qa.read.xml import child, local, parse, value

_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ"
_LOWERED = "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ"
_DASHES = str.maketrans("-–", "−−")  # what is typed for a minus
_BASES = ("10", "2")  # of powers, of those that have several digits or are usual


def _table(characters: str) -> dict[int, str]:
    return {ord(unicodedata.normalize("NFKC", each)): each for each in characters}


_UP, _DOWN = _table(_RAISED), _table(_LOWERED)


def raised(text: str, before: str = "") -> str:
    """`text` raised, as it is written behind `before`: "10⁵", "250 m²", "20th".

    A number behind a number that is no base of a power is the mark of a note: "25 ¹⁴".
    """
    inner = text.strip().translate(_DASHES)
    if inner.isalpha() and len(inner) > 1:  # an ordinal, a trade mark
        return text
    if not inner or not _UP.keys() >= set(map(ord, inner)):
        return text if not before[-1:].isalnum() or not inner else f"^{_enclosed(text.strip())}"
    apart = " " if inner.isdecimal() and _ends_in_number(before) else ""
    return apart + text.translate(_DASHES).translate(_UP)


def lowered(text: str) -> str:
    """`text` lowered: "CO₂"; words and what has no lowered form stay as they are."""
    inner = text.strip().translate(_DASHES)
    if not inner or not _DOWN.keys() >= set(map(ord, inner)):
        return text
    return text.translate(_DASHES).translate(_DOWN)


def _ends_in_number(text: str) -> bool:
    """Whether `text` ends in a number that is nobody's base."""
    number = text[len(text.rstrip("0123456789.,")) :]
    return number[-1:].isdecimal() and len(number) > 1 and number not in _BASES


def _enclosed(text: str) -> str:
    return text if text.isalnum() or text[:1] in "([{" else f"({text})"


_SYMBOL = {  # the font "Symbol", from the code given on
    0x41: "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_",
    0x61: "αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}∼",
    0xA1: "ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…",
    0xC0: "ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓◊",
    0xE5: "∑",
    0xF2: "∫",
}
_WINGDINGS = {
    0xA7: "▪",
    0xA8: "☐",
    0xB7: "•",
    0xD8: "➢",
    0xE0: "→",
    0xFB: "✗",
    0xFC: "✓",
    0xFE: "☑",
}
_OTHERS = {0x22: "∀", 0x24: "∃", 0x27: "∋", 0x2A: "∗", 0x2D: "−", 0x40: "≅"}
_PRIVATE = 0xF000  # fonts of symbols are mapped to there

_symbol = _OTHERS | {first + i: c for first, cs in _SYMBOL.items() for i, c in enumerate(cs)}


def symbol(font: str, code: int) -> str | None:
    """The character of a font of symbols; None for one that isn't known."""
    code &= 0xFF
    if "wingdings" in font.lower():
        return _WINGDINGS.get(code)
    return _symbol.get(code) or (chr(code) if 0x20 <= code < 0x7F else None)


def is_private(character: str) -> bool:
    """Whether a character has its meaning from a font of symbols."""
    return _PRIVATE <= ord(character) <= _PRIVATE | 0xFF


def formula(element: etree._Element) -> str:
    """The characters of a formula in the order they are read; "" for what is none."""
    tag = local(element)
    if not tag or "/math" not in str(element.tag):
        return ""
    if tag == "t":
        return element.text or ""
    write = _WRITERS.get(tag)
    return write(element) if write else "".join(map(formula, element))


def _part(element: etree._Element, tag: str) -> str:
    found = child(element, tag)
    return "" if found is None else formula(found)


def _property(element: etree._Element, tag: str, usual: str) -> str:
    """A character that a formula's properties name; `usual` where they don't."""
    found = child(element, f"{local(element)}Pr", tag)
    return usual if found is None else value(found)


def _up(text: str) -> str:
    written = raised(text)
    return written if written != text or not text else f"^{_grouped(text)}"


def _down(text: str) -> str:
    written = lowered(text)
    return written if written != text or not text else f"_{_grouped(text)}"


def _grouped(text: str) -> str:
    """`text` in brackets, unless it is one name or number."""
    bare = text.replace(",", "").replace(".", "")
    return text if len(text) < 2 or bare.isalnum() else f"({text})"


def _scripts(element: etree._Element) -> str:
    return _part(element, "e") + _down(_part(element, "sub")) + _up(_part(element, "sup"))


def _before(element: etree._Element) -> str:
    return _down(_part(element, "sub")) + _up(_part(element, "sup")) + _part(element, "e")


def _nary(element: etree._Element) -> str:
    sign = _property(element, "chr", "∫")
    limits = _down(_part(element, "sub")) + _up(_part(element, "sup"))
    return f"{sign}{limits} {_part(element, 'e')}"


def _fraction(element: etree._Element) -> str:
    return f"{_grouped(_part(element, 'num'))}/{_grouped(_part(element, 'den'))}"


def _delimited(element: etree._Element) -> str:
    inside = _property(element, "sepChr", "|").join(
        formula(part) for part in element if local(part) == "e"
    )
    return _property(element, "begChr", "(") + inside + _property(element, "endChr", ")")


def _root(element: etree._Element) -> str:
    return f"{_up(_part(element, 'deg'))}√{_grouped(_part(element, 'e'))}"


def _accented(element: etree._Element) -> str:
    accent = _property(element, "chr", "\u0302").replace("\u0305", "\u0304")
    return _over(_part(element, "e"), accent)


def _barred(element: etree._Element) -> str:
    return _over(_part(element, "e"), "\u0304")


def _over(text: str, accent: str) -> str:
    return text + accent if len(text) < 2 else f"({text}){accent}"


def _rows(element: etree._Element) -> str:
    rows = (_row(part) for part in element if local(part) in ("mr", "e"))
    return "; ".join(rows)


def _row(element: etree._Element) -> str:
    cells = [formula(part) for part in element if local(part) == "e"]
    return " ".join(cells) if cells else formula(element)


def _limit(element: etree._Element) -> str:
    return f"{_part(element, 'e')}{_down(_part(element, 'lim'))} "


def _function(element: etree._Element) -> str:
    return f"{_part(element, 'fName').rstrip()} {_part(element, 'e')}"


_WRITERS: Mapping[str, Callable[[etree._Element], str]] = {
    "sSup": _scripts,
    "sSub": _scripts,
    "sSubSup": _scripts,
    "sPre": _before,
    "nary": _nary,
    "f": _fraction,
    "d": _delimited,
    "rad": _root,
    "acc": _accented,
    "bar": _barred,
    "m": _rows,
    "eqArr": _rows,
    "limLow": _limit,
    "limUpp": _limit,
    "func": _function,
}


# MathML and TeX

_RELATIONS = "=≈≠<>≤≥≡×±→∈"  # with a space on either side
_OVER = dict(
    zip("¯‾ˉ^ˆ~˜˙¨→", "\u0304\u0304\u0304\u0302\u0302\u0303\u0303\u0307\u0308\u20d7", strict=True)
)
_UNREAD = frozenset({"annotation", "annotation-xml", "mphantom", "mprescripts", "none"})


def mathml(element: etree._Element) -> str:
    """A formula of MathML, or a part of it, as it is read."""
    tag = local(element).lower()
    if tag in _UNREAD:
        return ""
    parts = [mathml(part) for part in element if local(part)]
    arranged = _arranged(tag, parts)
    if arranged is not None:
        return arranged
    own = " ".join((element.text or "").split())
    if tag == "mo":
        return f" {own} " if own and own in _RELATIONS else own
    inside = own + "".join(parts[:1] if tag == "semantics" else parts)
    if tag == "mfenced":
        separated = (element.get("separators") or ",")[:1].join(parts)
        return f"{element.get('open') or '('}{separated}{element.get('close') or ')'}"
    return f"√{_grouped(inside)}" if tag == "msqrt" else inside


def _arranged(tag: str, parts: Sequence[str]) -> str | None:
    """What an element with a fixed number of parts says; None for any other."""
    match tag, parts:
        case "mfrac", [over, under]:
            return f"{_grouped(over)}/{_grouped(under)}"
        case "mroot", [inside, degree]:
            return f"{_up(degree)}√{_grouped(inside)}"
        case "mover", [inside, accent] if accent in _OVER:
            return _over(inside, _OVER[accent])
        case "msup" | "mover", [inside, above]:
            return inside + _up(above)
        case "msub" | "munder", [inside, below]:
            return inside + _down(below)
        case "msubsup" | "munderover", [inside, below, above]:
            return inside + _down(below) + _up(above)
        case "mtable", _:
            return "; ".join(parts)
        case "mtr", _:
            return " ".join(parts)
    return None


def tex(formula: str) -> str:
    """A formula of TeX as it is read; as it was typed, if it is none."""
    from latex2mathml.converter import convert

    try:
        return " ".join(mathml(parse(convert(formula).encode())).split())
    except Exception:  # whatever a typing mistake does to the parser
        return formula


def letters(text: str, font: str) -> Iterator[str]:
    """`text` with the characters of a font of symbols as what they look like."""
    for character in text:
        if is_private(character):
            yield symbol(font, ord(character)) or character
        else:
            yield character
