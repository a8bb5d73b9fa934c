"""Characters that belong to others: accents that stand apart, raised and lowered numbers and signs.

A raised number is an exponent, or the mark of a footnote. Either is stored as Unicode's own raised
characters, so that neither is a digit of the number before it; a mark behind a number also gets a
space: "25 ¹⁴ orang", but "10⁵".
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from itertools import groupby

import numpy as np
import numpy.typing as npt

from thesis_qa.read.glyphs import Places
from thesis_qa.read.pdf.lines import TextLine

SMALLER = 0.9  # times the height of a line's letters: what is raised or lowered is set smaller
RAISED = 0.12  # of that height, from baseline to baseline; TeX raises by a third of the size
LOWERED = 0.06  # TeX lowers an index by a seventh of the size
LETTERS = 0.25  # of a line's characters: of those that are so many, the largest are its letters

_UP = dict(zip("0123456789+-−–=()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻⁼⁽⁾", strict=True)) | dict(
    zip("abcdefghijklmnoprstuvwxyz", "ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ", strict=True)
)
_DOWN = dict(zip("0123456789+-−–=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₋₌₍₎", strict=True)) | dict(
    zip("aehijklmnoprstuvx", "ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True)
)
UP_DIGITS = "".join(_UP[digit] for digit in "0123456789")
_ORDINALS = {"st", "nd", "rd", "th"}
_ACCENTS = {
    accent: chr(combining)
    for accent, combining in zip(
        "´`¨ˆ˜¸ˇ˘˚¯˙˝˛",
        (0x301, 0x300, 0x308, 0x302, 0x303, 0x327, 0x30C, 0x306, 0x30A, 0x304, 0x307, 0x30B, 0x328),
        strict=True,
    )
}
_NOTE = re.compile(rf"[\s(\[]*([{UP_DIGITS}\d]{{1,3}})\b")

_PLAIN = {ord(_UP[digit]): digit for digit in "0123456789"}

Baselines = Callable[[Places], npt.NDArray[np.float64]]
"""How far down the baselines of characters of a line stand that have these places."""


def composed(text: str, places: Places) -> tuple[str, Places]:
    """`text` with the accents that stand over a letter of their own made one with it."""
    if not any(accent in text for accent in _ACCENTS):
        return text, places
    letters, dropped = list(text), set()
    middles = (places[:, 0] + places[:, 2]) / 2
    for at in (at for at, c in enumerate(text) if c in _ACCENTS and places[at, 2]):
        under = (places[:, 0] < middles[at]) & (middles[at] < places[:, 2])
        under &= (places[:, 1] < places[at, 3]) & (places[at, 1] < places[:, 3])
        for other in sorted(np.flatnonzero(under).tolist(), key=lambda other: abs(other - at)):
            base = {"ı": "i", "ȷ": "j"}.get(letters[other], letters[other])
            whole = unicodedata.normalize("NFC", base + _ACCENTS[text[at]])
            if other != at and base.isalpha() and len(whole) == 1:
                letters[other] = whole
                between = range(min(at, other) + 1, max(at, other))
                dropped |= {at, *(between if text[between.start : between.stop] == " " else ())}
                break
    kept = [at for at in range(len(text)) if at not in dropped]
    return "".join(letters[at] for at in kept), places[kept]


def with_scripts(lines: Sequence[TextLine], baselines: Baselines) -> list[TextLine]:
    """`lines` with raised and lowered characters as such."""
    found = {at: _shifts(lines[at], baselines) for at in _uneven(lines)}
    moved = {at: shifts for at, shifts in found.items() if shifts.any()}
    if not moved:
        return list(lines)
    middle = max(line.bottom for line in lines) / 2
    notes = {
        match[1].translate(_PLAIN)
        for line in lines
        if (match := _NOTE.match(line.text)) and line.bottom > middle
    }
    return [
        _written(line, moved[at], notes) if at in moved else line for at, line in enumerate(lines)
    ]


def _uneven(lines: Sequence[TextLine]) -> list[int]:
    """The numbers of the lines whose characters aren't all of one size."""
    if not lines:
        return []
    places = np.concatenate([line.places for line in lines])
    heights = places[:, 3].astype(np.int64) - places[:, 1]
    starts = np.cumsum([0, *(len(line.places) for line in lines[:-1])])
    highest = np.maximum.reduceat(heights, starts)
    lowest = np.minimum.reduceat(np.where(heights > 0, heights, np.iinfo(np.int64).max), starts)
    uneven: list[int] = np.flatnonzero(lowest < SMALLER * highest).tolist()
    return uneven


def _shifts(line: TextLine, baselines: Baselines) -> npt.NDArray[np.int8]:
    """For every character 1 if it is raised, -1 if lowered."""
    heights = line.places[:, 3].astype(np.int64) - line.places[:, 1]
    shifts = np.zeros(len(line.text), np.int8)
    inked = heights > 0
    usual = _letter_height(heights[inked])
    small = [
        at
        for at in np.flatnonzero(inked & (heights < SMALLER * usual)).tolist()
        if not line.text[at].isspace()
    ]
    large = np.flatnonzero(inked & (heights >= SMALLER * usual)).tolist()
    letters = np.array([at for at in large if line.text[at].isalnum()], np.int64)
    if not small or not len(letters):
        return shifts
    near = letters[np.abs(letters[None, :] - np.array(small)[:, None]).argmin(axis=1)]
    grounds, own = np.split(baselines(line.places[[*near, *small]]), 2)
    rises = (grounds - own) / usual
    shifts[small] = np.where(rises >= RAISED, 1, np.where(rises <= -LOWERED, -1, 0))
    return shifts


def _letter_height(heights: npt.NDArray[np.int64]) -> float:
    """The height of the letters of a line."""
    values, counts = np.unique(heights, return_counts=True)
    many = values[counts >= LETTERS * len(heights)]
    return float(many.max() if len(many) else values[counts.argmax()]) if len(values) else 0.0


def _written(line: TextLine, shifts: npt.NDArray[np.int8], notes: Collection[str]) -> TextLine:
    text, places = "", []
    for shift, run in groupby(range(len(line.text)), key=lambda at: int(shifts[at])):
        at = list(run)
        raw = line.text[at[0] : at[-1] + 1]
        if shift > 0 and _is_note_behind_number(text, raw, notes):
            text += " "
            places.append(np.zeros((1, line.places.shape[1]), line.places.dtype))
        table = {1: _UP, -1: _DOWN}.get(shift, {})
        charge = text[-1:] in _DOWN.values() and raw in ("+", "-", "−", "–")  # of NO₃⁻
        plain = raw in _ORDINALS or not (charge or any(map(str.isalnum, raw)))
        text += raw if plain else "".join(table.get(c, c) for c in raw)
        places.append(line.places[at])
    return replace(line, text=text, places=np.concatenate(places))


def _is_note_behind_number(before: str, raised: str, notes: Collection[str]) -> bool:
    """Whether a raised number behind a number is the mark of a note and no exponent."""
    if not (before[-1:].isdecimal() and raised.isdecimal()):
        return False
    base = re.search(r"[\d.,]+$", before)
    power = base is not None and (base[0] in ("10", "2", "e") or len(base[0]) == 1)
    return raised in notes or not power
