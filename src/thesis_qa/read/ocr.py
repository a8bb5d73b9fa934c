"""Text of scanned pages, with the place of every character.

Recognised by RapidOCR (Apache-2.0), whose PP-OCRv6 models come inside its package; it runs on
onnxruntime. An optional extra: `available` says whether it is installed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from itertools import pairwise
from statistics import fmean, median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL.Image import Image

Pixels = tuple[float, float, float, float]
"""x0, y0, x1, y1 in pixels of the picture, origin top left."""

DPI = 200  # to render a page at: 150 reads clean scans as well, but is no faster
THREADS = 2
DETECTION_SIDE = 1280  # pixels to look for lines in; whole pages take twice as long to no gain
BATCH = 1  # lines read at once; more are padded to the longest, which costs a fifth of the time
MIN_CONFIDENCE = 0.5  # of a line; below it are stamps, signatures and dirt
WORD_GAP = 1.5  # widths of a character; justified lines lose spaces that are wider than that
MIN_COLUMN_ROWS = 6  # rows that a gutter parts, before a page counts as set in two columns
COLUMN_SHARE = 0.4  # … and their share of all rows


@dataclass(frozen=True, slots=True)
class OcrLine:
    """A line of text as it stands on the picture."""

    text: str
    boxes: tuple[Pixels | None, ...]  # one for every character of text; None for spaces
    confidence: float  # 0 to 1

    @property
    def box(self) -> Pixels:
        """What encloses all characters."""
        return _around([box for box in self.boxes if box])


def available() -> bool:
    """Whether pages can be recognised: whether the extra `ocr` is installed."""
    return find_spec("rapidocr") is not None


def recognise(image: "Image") -> list[OcrLine]:
    """The lines of a picture of a page in reading order, two columns one after the other.

    Blocks for some seconds a page. Needs `available()`.
    """
    import numpy as np

    pixels = np.asarray(image.convert("RGB"))[:, :, ::-1]  # RapidOCR takes BGR
    result = _engine()(pixels, return_word_box=True, return_single_char_box=True)
    found = zip(result.txts or (), result.word_results or (), result.scores or (), strict=False)
    pieces = [
        _piece(text, characters, score) for text, characters, score in found if characters[0][2]
    ]
    return _in_reading_order([piece for piece in pieces if piece.text])


@cache
def _engine() -> Any:
    from rapidocr import RapidOCR

    return RapidOCR(
        params={
            "Global.log_level": "error",
            "Global.use_cls": False,  # tells upright lines from those upside down: there are none
            "Global.text_score": MIN_CONFIDENCE,
            "Det.limit_type": "max",
            "Det.limit_side_len": DETECTION_SIDE,
            "Rec.rec_batch_num": BATCH,
            "EngineConfig.onnxruntime.intra_op_num_threads": THREADS,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )


def _piece(text: str, characters: Sequence[Any], score: float) -> OcrLine:
    """A line of RapidOCR, its lost spaces put back; `characters` are (character, score, corners)
    without the spaces."""
    places = [_upright(corners) for _, _, corners in characters]
    wide = WORD_GAP * median(x1 - x0 for x0, _, x1, _ in places)
    letters: list[str] = []
    boxes: list[Pixels | None] = []
    remaining = iter(places)
    before: Pixels | None = None
    for letter in " ".join(text.split()):
        place = None if letter == " " else next(remaining, before)
        if place and before and letters[-1] != " " and place[0] - before[2] > wide:
            letters.append(" ")
            boxes.append(None)
        letters.append(letter)
        boxes.append(place)
        before = place or before
    return OcrLine("".join(letters), tuple(boxes), float(score))


def _upright(corners: Iterable[Sequence[float]]) -> Pixels:
    xs, ys = zip(*((float(x), float(y)) for x, y, *_ in corners), strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def _around(boxes: Sequence[Pixels]) -> Pixels:
    x0s, y0s, x1s, y1s = zip(*boxes, strict=True)
    return min(x0s), min(y0s), max(x1s), max(y1s)


def _in_reading_order(pieces: Sequence[OcrLine]) -> list[OcrLine]:
    rows = _rows(pieces)
    gutter = _gutter(rows)
    if gutter is None:
        return [_joined(row) for row in rows]
    lines: list[OcrLine] = []
    right: list[OcrLine] = []  # of the band of two columns that is being read
    for row in rows:
        crossing = [piece for piece in row if piece.box[0] < gutter < piece.box[2]]
        if crossing:
            lines += [*right, _joined(row)]
            right = []
            continue
        sides = [[p for p in row if p.box[2] <= gutter], [p for p in row if p.box[0] >= gutter]]
        lines += [_joined(side) for side in sides[:1] if side]
        right += [_joined(side) for side in sides[1:] if side]
    return lines + right


def _rows(pieces: Sequence[OcrLine]) -> list[list[OcrLine]]:
    """Pieces that stand on the same height, each row from left to right, top row first."""
    rows: list[list[OcrLine]] = []
    for piece in sorted(pieces, key=lambda p: (p.box[1] + p.box[3], p.box[0])):
        if rows and _beside(rows[-1][-1].box, piece.box):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [sorted(row, key=lambda p: p.box[0]) for row in rows]


def _beside(a: Pixels, b: Pixels) -> bool:
    overlap = min(a[3], b[3]) - max(a[1], b[1])
    return overlap > 0.5 * min(a[3] - a[1], b[3] - b[1])


def _gutter(rows: Sequence[Sequence[OcrLine]]) -> float | None:
    """Where two columns part: the x that most rows leave free between two of their pieces."""
    gaps = [
        (left.box[2], right.box[0])
        for row in rows
        for left, right in pairwise(row)
        if left.box[2] < right.box[0]
    ]
    middles = [(start + end) / 2 for start, end in gaps]
    best = max(middles, key=lambda x: sum(s < x < e for s, e in gaps), default=0.0)
    parted = sum(start < best < end for start, end in gaps)
    enough = parted >= MIN_COLUMN_ROWS and parted >= COLUMN_SHARE * len(rows)
    return best if enough else None


def _joined(row: Sequence[OcrLine]) -> OcrLine:
    """The pieces of a row as one line."""
    text = " ".join(piece.text for piece in row)
    boxes: list[Pixels | None] = []
    for piece in row:
        boxes += [*([None] if boxes else []), *piece.boxes]
    return OcrLine(text, tuple(boxes), fmean(piece.confidence for piece in row))
