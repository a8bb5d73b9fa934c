"""A line of a PDF page with the place of every character: read gives it, structure takes it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from thesis_qa.read.glyphs import PLACES_PER_POINT, Places
from thesis_qa.types import Box

SLANTED = 1
_WHITE = (0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000)
HYPHENS = "\x02\ufffe"  # what PDFium puts for a hyphen at a line end


@dataclass(frozen=True)
class TextLine:
    """One line of a page; `places` has shape (len(text), 4)."""

    text: str
    places: Places
    size: float  # of its letters, points
    bold: bool = False
    fixed: bool = False  # set in a font of fixed width, as code is
    turn: int = 0
    """How far its text is turned, clockwise in degrees: 90, 180, 270, or SLANTED for all else. The
    places of a line turned by right angles are those that it had if the page were turned back."""

    @cached_property
    def box(self) -> Box:
        """Around its characters; top and bottom as most of them have."""
        placed = self.places[self.places[:, 2] != 0]
        if not len(placed):
            return (0.0, 0.0, 0.0, 0.0)
        ordered, middle = np.sort(placed[:, :4], axis=0), len(placed) // 2
        ends = ordered[0, 0], ordered[middle, 1], ordered[-1, 2], ordered[middle, 3]
        x0, y0, x1, y1 = (int(end) / PLACES_PER_POINT for end in ends)
        return (x0, y0, x1, y1)

    @property
    def left(self) -> float:
        return self.box[0]

    @property
    def top(self) -> float:
        return self.box[1]

    @property
    def right(self) -> float:
        return self.box[2]

    @property
    def bottom(self) -> float:
        return self.box[3]

    @property
    def width(self) -> float:
        return self.box[2] - self.box[0]

    @property
    def height(self) -> float:
        return self.box[3] - self.box[1]

    @property
    def middle(self) -> float:
        return (self.box[1] + self.box[3]) / 2

    def cut(self, start: int, end: int) -> "TextLine":
        """Its characters `start` to `end`."""
        part = replace(self, text=self.text[start:end], places=self.places[start:end])
        own = self.inked
        part.__dict__["inked"] = own[slice(*np.searchsorted(own, (start, end)))] - start
        return part

    @cached_property
    def inked(self) -> npt.NDArray[np.int64]:
        """The numbers of its characters that aren't white space."""
        return inked(self.text, self.places)

    @cached_property
    def ink(self) -> list[tuple[int, float, float]]:
        """Number, left and right end of its characters that aren't white space."""
        ends = (self.places[self.inked][:, [0, 2]] / PLACES_PER_POINT).tolist()
        numbers = self.inked.tolist()
        return [(at, left, right) for at, (left, right) in zip(numbers, ends, strict=True)]

    def stretches(self, gap: float) -> list[tuple[float, float]]:
        """Left and right end of what no gap of that width parts."""
        found: list[tuple[float, float]] = []
        for _, left, right in self.ink:
            if found and left - found[-1][1] <= gap:
                found[-1] = (found[-1][0], max(found[-1][1], right))
            else:
                found.append((left, right))
        return found


def codes(text: str) -> npt.NDArray[np.uint32]:
    """The code points of a text."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def inked(text: str, places: Places) -> npt.NDArray[np.int64]:
    """The numbers of the characters that have a place and aren't white space."""
    points = codes(text)
    white = (points <= 0x20) & ((points >= 0x1C) | ((points >= 9) & (points <= 13)))
    if not text.isascii():
        white |= np.isin(points, _WHITE)
    return np.flatnonzero((places[:, 2] != 0) & ~white)


def looked_at(lines: Sequence[TextLine]) -> Sequence[TextLine]:
    """`lines` of a page, told at once which of their characters are inked, and their boxes: one by
    one it takes ten times as long."""
    if not lines:
        return lines
    text, places = "".join(e.text for e in lines), np.concatenate([e.places for e in lines])
    lengths = np.array([len(line.text) for line in lines])
    ends = np.cumsum(lengths)
    own = inked(text, places)
    bounds = np.searchsorted(own, [ends - lengths, ends])
    for line, start, first, last in zip(lines, ends - lengths, *bounds, strict=True):
        line.__dict__["inked"] = own[first:last] - start
    placed = np.flatnonzero(places[:, 2])
    if not len(placed):
        return lines
    numbers, counts = np.unique(
        np.repeat(np.arange(len(lines)), lengths)[placed], return_counts=True
    )
    starts = np.cumsum(counts) - counts
    order = np.repeat(numbers, counts)
    x0, y0, x1, y1 = places[placed, :4].T
    middles = [side[np.lexsort((side, order))][starts + counts // 2] for side in (y0, y1)]
    sides = (
        np.minimum.reduceat(x0, starts),
        middles[0],
        np.maximum.reduceat(x1, starts),
        middles[1],
    )
    found = (np.stack(sides, axis=1) / PLACES_PER_POINT).tolist() if len(placed) else []
    for number, box in zip(numbers.tolist(), found, strict=True):
        lines[number].__dict__["box"] = tuple(box)
    return lines


def join(line: TextLine, piece: TextLine, apart: bool) -> TextLine:
    """`line` and what stands to the right of it as one, a space between if they are `apart`."""
    places = [line.places, _nowhere(line, apart), piece.places]
    return TextLine(
        text=line.text + " " * apart + piece.text,
        places=np.concatenate(places),
        size=(line if line.height >= piece.height else piece).size,
        bold=line.bold and piece.bold,
        fixed=line.fixed and piece.fixed,
        turn=line.turn,
    )


def _nowhere(line: TextLine, count: int) -> Places:
    return np.zeros((int(count), line.places.shape[1]), line.places.dtype)


def turned(places: Places, turn: int, width: float, height: float) -> Places:
    """Places on a page of this size as they are when the page is turned back by `turn` degrees.

    Turned back by 360 - `turn`, on a page of the size that it then has, they are as before.
    """
    across, down = round(width * PLACES_PER_POINT), round(height * PLACES_PER_POINT)
    x0, y0, x1, y1 = places.T.astype(np.int32)
    sides = {
        90: (y0, across - x1, y1, across - x0),
        180: (across - x1, down - y1, across - x0, down - y0),
        270: (down - y1, x0, down - y0, x1),
    }.get(turn, (x0, y0, x1, y1))
    there = np.stack(sides, axis=1) * np.any(places != 0, axis=1)[:, None]
    typed: Places = there.astype(places.dtype)
    return typed


def turned_boxes(boxes: Sequence[Box], turn: int, width: float, height: float) -> list[Box]:
    """Boxes in points, as `turned` does it."""
    if turn not in (90, 180, 270):
        return list(boxes)
    places = np.round(np.array(boxes).reshape(-1, 4) * PLACES_PER_POINT).astype(np.int32)
    there = turned(places, turn, width, height) / PLACES_PER_POINT
    return [(x0, y0, x1, y1) for x0, y0, x1, y1 in there.tolist()]
