"""Where characters stand on a page: stored for every page, turned into boxes for any span."""

import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from thesis_qa.types import Box, Page

PLACES_PER_POINT = 10
TURNED = 2  # tenths of a point that the letters of turned text are apart at most
SAME_LINE = 0.5  # of the lower one's height that two characters of a line share

Places = npt.NDArray[np.integer[Any]]
"""x0, y0, x1, y1 of every character in tenths of a point, shape (characters, 4); zero if none."""


def rounded(boxes: npt.NDArray[np.float64]) -> Places:
    """Boxes in points, shape (n, 4), as places; outwards, so that no ink is cut off."""
    scaled = np.asarray(boxes, np.float64).reshape(-1, 4) * PLACES_PER_POINT
    outward = np.concatenate([np.floor(scaled[:, :2]), np.ceil(scaled[:, 2:])], axis=1)
    limits = np.iinfo(np.int16)
    clipped: Places = np.clip(np.nan_to_num(outward), limits.min, limits.max).astype(np.int16)
    return clipped


def pack(places: Places) -> bytes:
    """The places of all characters of a page, as `Page.glyphs` keeps them."""
    return zlib.compress(places.astype("<i2").tobytes(), 1)


def unpack(page: Page) -> Places:
    """The places of all characters of `page`, shape (len(page.text), 4)."""
    if page.glyphs is None:
        return np.zeros((len(page.text), 4), np.int16)
    return np.frombuffer(zlib.decompress(page.glyphs), "<i2").reshape(-1, 4)


def boxes(page: Page, start: int, end: int) -> tuple[Box, ...]:
    """One box for every line that characters `start` to `end` stand on, in reading order.

    Every character lies inside one of them. Empty where the format has no places.
    """
    places = unpack(page)[start:end]
    placed = places[np.any(places != 0, axis=1)].astype(int).tolist()
    return tuple(_points(line) for line in _lines(placed))


def _lines(places: list[list[int]]) -> Iterator[list[int]]:
    """What encloses each run of characters that overlap in height and don't jump back."""
    line: list[int] = []
    before: list[int] = []
    for x0, y0, x1, y1 in places:
        if line and (_goes_on(line, before[2], x0, y0, y1) or _goes_up(before, x0, y0, x1, y1)):
            line = [min(line[0], x0), min(line[1], y0), max(line[2], x1), max(line[3], y1)]
        else:
            if line:
                yield line
            line = [x0, y0, x1, y1]
        before = [x0, y0, x1, y1]
    if line:
        yield line


def _goes_on(line: list[int], right: int, x0: int, y0: int, y1: int) -> bool:
    lower = min(line[3] - line[1], y1 - y0)
    overlap = min(line[3], y1) - max(line[1], y0)
    return overlap >= SAME_LINE * lower and x0 >= right - 2 * max(1, lower)


def _goes_up(before: list[int], x0: int, y0: int, x1: int, y1: int) -> bool:
    """Whether a character of text that is turned goes on right above or below the one before."""
    column = abs(x0 - before[0]) <= TURNED and abs(x1 - before[2]) <= TURNED
    return column and (abs(y0 - before[3]) <= TURNED or abs(y1 - before[1]) <= TURNED)


def _points(line: list[int]) -> Box:
    x0, y0, x1, y1 = (value / PLACES_PER_POINT for value in line)
    return (x0, y0, x1, y1)
