"""Arabic and Hebrew, which PDFium gives in pieces and in either direction: put into the order in
which they are read, by the places of the characters."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from functools import cache, reduce
from itertools import groupby, pairwise

import numpy as np

from thesis_qa.read.glyphs import PLACES_PER_POINT
from thesis_qa.read.pdf.lines import TextLine, join

SHARED = 0.35  # of the lower one's height that two pieces of one line have in common
WORD_GAP = 0.15  # of the letters' size
FEW = 4  # letters and marks that PDFium sets off from their line …
AWAY = 0.9  # … by as much of the letters' size

_TIGHT = ",.;:)]»”"  # no space before these
_MIRRORED = re.compile(r"\(([^()A-Za-z]*)\(")  # the glyph of the second is the first's mirrored


def in_logical_order(pieces: Sequence[TextLine]) -> list[TextLine]:
    """`pieces` of a page, those of a line with letters read from the right as one."""
    turned = [at for at, piece in enumerate(pieces) if reads_left(piece.text)]
    heads: dict[int, int] = {}  # for every piece of such a line the largest one
    for at in sorted(turned, key=lambda at: -len(pieces[at].text)):
        if at not in heads:
            heads |= {at: at} | {
                other: at
                for other, piece in enumerate(pieces)
                if other not in heads and _beside(pieces[at], piece)
            }
    rows: dict[int, list[int]] = {}
    for at in sorted(heads):
        rows.setdefault(heads[at], []).append(at)
    firsts = {row[0]: row for row in rows.values()}
    return [
        _reordered([pieces[own] for own in firsts[at]]) if at in firsts else piece
        for at, piece in enumerate(pieces)
        if at in firsts or at not in heads
    ]


def reads_left(text: str) -> bool:
    """Whether there is a letter that is read from the right."""
    return not text.isascii() and any(_side(c) == "R" for c in text)


@cache
def _side(character: str) -> str:
    """R for what is read from the right, L from the left, "" for what goes with its neighbours."""
    side = unicodedata.bidirectional(character)
    if side in ("R", "AL"):
        return "R"
    arabic = side == "NSM" and "ARABIC" in unicodedata.name(character, "")
    return "R" if arabic else "L" if side in ("L", "EN") else ""


def _beside(line: TextLine, other: TextLine) -> bool:
    """Whether a piece belongs to a line: it shares its height, or is a few letters with their vowel
    marks, whose boxes PDFium sets off."""
    shared = min(line.bottom, other.bottom) - max(line.top, other.top)
    if line.turn != other.turn:
        return False
    few = len(other.text) <= FEW and all(_side(c) == "R" for c in other.text)
    return shared >= (-AWAY * line.size if few else SHARED * min(line.height, other.height))


def _reordered(pieces: Sequence[TextLine]) -> TextLine:
    """The pieces as one line in logical order."""
    whole = reduce(lambda line, piece: join(line, piece, apart=False), pieces)
    middles = whole.places[:, 0] + whole.places[:, 2]
    kept = sorted(np.flatnonzero(whole.places[:, 2]).tolist(), key=lambda at: middles[at])
    text = _MIRRORED.sub(r"(\1)", "".join(whole.text[at] for at in kept))
    size = max(pieces, key=lambda piece: len(piece.text)).size
    seen = _spaced(replace(whole, text=text, places=whole.places[kept], size=size))
    order = _logical(seen.text)
    return replace(seen, text="".join(seen.text[at] for at in order), places=seen.places[order])


def _spaced(line: TextLine) -> TextLine:
    """A line in the order of its places, with a space wherever a gap parts two words."""
    wide = WORD_GAP * line.size * PLACES_PER_POINT
    gaps = [
        at + 1
        for at, (left, right) in enumerate(pairwise(line.places.tolist()))
        if right[0] - left[2] > wide
        and not (
            " " in line.text[at : at + 2] or line.text[at] in "([" or line.text[at + 1] in _TIGHT
        )
    ]
    bounds = pairwise([0, *gaps, len(line.text)])
    text = " ".join(line.text[start:end] for start, end in bounds)
    return replace(line, text=text, places=np.insert(line.places, gaps, 0, axis=0))


def _logical(text: str) -> list[int]:
    """The characters of a line that is given from left to right, in the order of reading."""
    sides = [_side(character) for character in text]
    base = "L" if sides.count("L") > sides.count("R") or "L" in [s for s in sides if s][:1] else "R"
    order: list[int] = []
    for reads_left, run in groupby(_with_neutrals(sides, base), key=lambda pair: pair[1] == "R"):
        numbers = [at for at, _ in run]
        order += numbers[::-1] if reads_left else numbers
    if base == "L":
        return order
    parts = [list(run) for _, run in groupby(range(len(text)), key=lambda at: sides[at] == "L")]
    return [at for part in parts[::-1] for at in (part if sides[part[0]] == "L" else part[::-1])]


def _with_neutrals(sides: Sequence[str], base: str) -> list[tuple[int, str]]:
    """Every character with its side; spaces and marks between two of a side are of that side."""
    known = [at for at, side in enumerate(sides) if side]
    found = list(sides)
    for left, right in pairwise(known):
        found[left + 1 : right] = [sides[left] if sides[left] == sides[right] else base] * (
            right - left - 1
        )
    return [(at, side or base) for at, side in enumerate(found)]
