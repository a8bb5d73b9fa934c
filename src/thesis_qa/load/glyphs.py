"""Where characters stand on a page: stored for every page, turned into boxes for any span."""

import zlib
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from thesis_qa.schema import Box, Page

PLACES_PER_POINT = 10

Places = npt.NDArray[np.int16]
"""x0, y0, x1, y1 of every character in tenths of a point, shape (characters, 4); zero if none."""


def pack(places: Sequence[Box | None]) -> bytes:
    """The places of all characters of a page, as `Page.glyphs` keeps them."""
    rows = np.array([place or (0.0, 0.0, 0.0, 0.0) for place in places], np.float64)
    limits = np.iinfo(np.int16)
    scaled = np.clip(np.rint(rows.reshape(-1, 4) * PLACES_PER_POINT), limits.min, limits.max)
    return zlib.compress(scaled.astype("<i2").tobytes(), 1)


def unpack(page: Page) -> Places:
    """The places of all characters of `page`, shape (len(page.text), 4)."""
    if page.glyphs is None:
        return np.zeros((len(page.text), 4), np.int16)
    return np.frombuffer(zlib.decompress(page.glyphs), "<i2").reshape(-1, 4)


def boxes(page: Page, start: int, end: int) -> tuple[Box, ...]:
    """One box for every line that characters `start` to `end` stand on, from top to bottom.

    Empty where the format has no places.
    """
    places = unpack(page)[start:end]
    placed = places[np.any(places != 0, axis=1)]
    return tuple(_box(line) for line in _lines(placed))


def _lines(places: Places) -> Iterator[Places]:
    """Runs of characters that share a line: they overlap in height and don't jump back."""
    first = 0
    for at in range(1, len(places) + 1):
        if at == len(places) or not _same_line(places[first:at], places[at]):
            yield places[first:at]
            first = at


def _same_line(line: Places, place: npt.NDArray[np.int16]) -> bool:
    top, bottom = int(line[:, 1].min()), int(line[:, 3].max())
    overlap = min(bottom, int(place[3])) - max(top, int(place[1]))
    height = min(bottom - top, int(place[3]) - int(place[1]))
    jumps_back = int(place[0]) < int(line[-1, 0]) - 2 * max(1, height)
    return overlap * 2 >= height and not jumps_back


def _box(line: Places) -> Box:
    x0, y0 = line[:, 0].min(), line[:, 1].min()
    x1, y1 = line[:, 2].max(), line[:, 3].max()
    return tuple(round(float(v) / PLACES_PER_POINT, 1) for v in (x0, y0, x1, y1))  # type: ignore[return-value]
