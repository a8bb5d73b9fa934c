"""Raised and lowered characters as Unicode's own, so that none is taken for a digit of its line."""

import unicodedata

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
