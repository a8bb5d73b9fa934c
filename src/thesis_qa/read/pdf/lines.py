"""The lines of a PDF page with the place of every character, through PDFium.

PDFium gives characters in the order of the page's content, with line ends where it sees them, and
none where a word is divided. Pieces that it puts on lines of their own though they stand beside
each other (superscripts, formulas, cells) are joined to one line again.
"""

import ctypes
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from thesis_qa.read.glyphs import PLACES_PER_POINT, Places, rounded
from thesis_qa.types import Box

HYPHENS = "\x02\ufffe"  # what PDFium puts for a hyphen at a line end
WORD_GAP = 0.15  # of the letters' size: a wider gap parts words though the file has no space
LETTERS = 5  # at least, of a letter-spaced line
WORD_STARTS = 1.7  # times the gap between its letters: between its words
SAMPLES = 3  # characters of a line whose font is looked up
FIXED_SHARE = 0.75  # of them in a font of fixed width: code, not a name in running text
MAX_OBJECTS = 4000  # on a page; drawings with more are no tables
MAX_DEPTH = 3  # of forms in forms
MAX_RULE = 3.0  # points: thickness of a line that parts cells
MIN_RULE = 10.0  # points: length of one

_DROPPED = frozenset("\x00\x01\ufeff\u200b\u00ad")
_FIXED_FACES = ("mono", "courier", "consol", "typewriter", "cmtt", "menlo", "inconsolata")
_BOLD_FACES = ("bold", "black", "heavy", "demi", "medi", "cmbx", "sfbx", "-bd", "tb")


@dataclass(frozen=True)
class Line:
    """One line of a page; `places` has shape (len(text), 4)."""

    text: str
    places: Places
    size: float  # of its letters, points
    bold: bool = False
    fixed: bool = False  # set in a font of fixed width, as code is

    @cached_property
    def box(self) -> Box:
        """Around its characters; top and bottom as most of them have."""
        placed = [place for place in self.places.tolist() if place[2]]
        if not placed:
            return (0.0, 0.0, 0.0, 0.0)
        lefts, tops, rights, bottoms = zip(*placed, strict=True)
        middle = len(placed) // 2
        ends = min(lefts), sorted(tops)[middle], max(rights), sorted(bottoms)[middle]
        x0, y0, x1, y1 = (end / PLACES_PER_POINT for end in ends)
        return (x0, y0, x1, y1)

    @property
    def height(self) -> float:
        return self.box[3] - self.box[1]


def page_lines(page: Any) -> list[Line]:
    """The lines of a pypdfium2 page in the order of its content."""
    text_page = page.get_textpage()
    try:
        text, places, numbers = _characters(page, text_page)
        pieces = [
            _line(text_page, text[a:b], places[a:b], numbers[a:b]) for a, b in _runs(text, places)
        ]
    finally:
        text_page.close()
    return [spaced(line) for line in joined([piece for piece in pieces if piece is not None])]


def page_drawn(page: Any, textless: bool) -> tuple[list[Box], float]:
    """What is drawn on a pypdfium2 page: its straight lines (borders of cells, strokes above
    footnotes), and the share of it that its largest picture covers (object of any kind, if
    `textless`)."""
    import pypdfium2.raw as raw

    paths: list[Sequence[float]] = []
    width, height = page.get_size()
    largest = 0.0
    for count, (kind, handle) in enumerate(_objects(page)):
        if count == MAX_OBJECTS:
            paths = []
            break
        if kind == raw.FPDF_PAGEOBJ_PATH or kind == raw.FPDF_PAGEOBJ_IMAGE or textless:
            left, bottom, right, top = bounds = _bounds(handle)
            if kind == raw.FPDF_PAGEOBJ_PATH:
                paths.append(bounds)
            if kind == raw.FPDF_PAGEOBJ_IMAGE or textless:
                largest = max(largest, (right - left) * (top - bottom))
    return _rules(page, paths), min(1.0, largest / max(1.0, width * height))


def _objects(page: Any) -> Iterator[tuple[int, Any]]:
    """Type and handle of everything on a page that isn't text, that in forms included; straight
    from PDFium, since most objects are text and a wrapper for each costs more than reading it."""
    import pypdfium2.raw as raw

    forms: list[tuple[Any, int]] = [(None, 0)]
    while forms:
        form, depth = forms.pop()
        if form is None:
            count = raw.FPDFPage_CountObjects(page.raw)
            handles = (raw.FPDFPage_GetObject(page.raw, at) for at in range(count))
        else:
            count = raw.FPDFFormObj_CountObjects(form)
            handles = (raw.FPDFFormObj_GetObject(form, at) for at in range(count))
        for handle in handles:
            kind = raw.FPDFPageObj_GetType(handle)
            if kind == raw.FPDF_PAGEOBJ_FORM and depth < MAX_DEPTH:
                forms.append((handle, depth + 1))
            elif kind != raw.FPDF_PAGEOBJ_TEXT:
                yield kind, handle


def _bounds(handle: Any) -> tuple[float, float, float, float]:
    """Left, bottom, right and top of an object in PDF's space."""
    import pypdfium2.raw as raw

    sides = [ctypes.c_float() for _ in range(4)]
    raw.FPDFPageObj_GetBounds(handle, *(ctypes.byref(side) for side in sides))
    left, bottom, right, top = (side.value for side in sides)
    return left, bottom, right, top


def _rules(page: Any, paths: Sequence[Sequence[float]]) -> list[Box]:
    """Those of the paths that are thin and long."""
    if not paths:
        return []
    boxes = _as_displayed(page, np.array(paths, np.float64))
    wide, high = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    thin = np.minimum(wide, high) <= MAX_RULE
    rules = boxes[thin & (np.maximum(wide, high) >= MIN_RULE)]
    return [(float(a), float(b), float(c), float(d)) for a, b, c, d in rules]


def _characters(page: Any, text_page: Any) -> tuple[str, Places, list[int]]:
    """The page's characters, their places, and their numbers in PDFium's count."""
    import pypdfium2.raw as raw

    handle, count = text_page.raw, text_page.count_chars()
    rectangles = (raw.FS_RECTF * count)()
    units = [raw.FPDFText_GetUnicode(handle, index) for index in range(count)]
    for index, rectangle in enumerate(rectangles):
        raw.FPDFText_GetLooseCharBox(handle, index, ctypes.byref(rectangle))
    text, numbers = _decoded(units)
    sides = np.frombuffer(rectangles, np.float32).reshape(-1, 4)[numbers].astype(np.float64)
    boxes = _as_displayed(page, sides[:, [0, 3, 2, 1]])  # FS_RECTF: left, top, right, bottom
    empty = (boxes[:, 2] <= boxes[:, 0]) | (boxes[:, 3] <= boxes[:, 1])
    boxes[empty] = 0
    return text, rounded(boxes), numbers


def _decoded(units: Sequence[int]) -> tuple[str, list[int]]:
    """Text of UTF-16 code units or code points, and the unit that each character ends with."""
    characters: list[str] = []
    numbers: list[int] = []
    high = 0
    for number, unit in enumerate(units):
        if 0xD800 <= unit < 0xDC00:
            high = unit
            continue
        if 0xDC00 <= unit < 0xE000:
            unit, high = (0x10000 + ((high - 0xD800) << 10) + unit - 0xDC00 if high else 0), 0
        character = chr(unit)
        if character not in _DROPPED:
            characters.append(character)
            numbers.append(number)
    return "".join(characters), numbers


def _as_displayed(page: Any, boxes: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """left, bottom, right, top in PDF's space as x0, y0, x1, y1 from the top left as displayed."""
    width, height = page.get_size()
    left, bottom, right, top = page.get_bbox()
    x0, y0, x1, y1 = boxes.T
    rotated = {
        0: (x0 - left, top - y1, x1 - left, top - y0),
        90: (y0 - bottom, x0 - left, y1 - bottom, x1 - left),
        180: (right - x1, y0 - bottom, right - x0, y1 - bottom),
        270: (top - y1, right - x1, top - y0, right - x0),
    }[page.get_rotation()]
    shown: npt.NDArray[np.float64] = np.stack(rotated, axis=1)
    return shown.clip(0, np.array([width, height, width, height]))


def _runs(text: str, places: Places) -> Iterator[tuple[int, int]]:
    """Characters between line ends; a line ends with a divided word as well, and where the next
    character stands clearly above or below."""
    ends = {at + 1 for at, character in enumerate(text) if character in HYPHENS}
    marks = {at for at, character in enumerate(text) if character in "\r\n"}
    start = 0
    for end in sorted(ends | marks | _jumps(text, places) | {len(text)}):
        if start < end:
            yield start, end
        start = end + 1 if end in marks else end


def _jumps(text: str, places: Places) -> set[int]:
    """Where a character has no height in common with the one before: it isn't of that line."""
    inked = [i for i in np.flatnonzero(places[:, 2]).tolist() if not text[i].isspace()]
    tops, bottoms = places[inked, 1].astype(int), places[inked, 3].astype(int)
    shared = np.minimum(bottoms[1:], bottoms[:-1]) - np.maximum(tops[1:], tops[:-1])
    lower = np.minimum(bottoms[1:] - tops[1:], bottoms[:-1] - tops[:-1])
    return {inked[i + 1] for i in np.flatnonzero(shared < -0.2 * lower).tolist()}


def _line(text_page: Any, text: str, places: Places, numbers: Sequence[int]) -> Line | None:
    end = len(text.rstrip())
    start = len(text) - len(text.lstrip())
    inked = [i for i in range(start, end) if places[i, 2] and not text[i].isspace()]
    if not inked:
        return None
    step = max(1, len(inked) // SAMPLES)
    fonts = [_font(text_page, numbers[i]) for i in inked[step // 2 :: step]]
    sizes = sorted(size for size, _, _ in fonts)
    return Line(
        text=text[start:end],
        places=places[start:end],
        size=sizes[len(sizes) // 2],
        bold=all(bold for _, bold, _ in fonts),
        fixed=sum(fixed for _, _, fixed in fonts) >= FIXED_SHARE * len(fonts),
    )


def _font(text_page: Any, index: int) -> tuple[float, bool, bool]:
    """Size in points, whether it is bold, whether of fixed width."""
    import pypdfium2.raw as raw

    name = ctypes.create_string_buffer(128)
    flags = ctypes.c_int()
    raw.FPDFText_GetFontInfo(text_page.raw, index, name, 128, ctypes.byref(flags))
    face = name.value.decode("utf-8", "replace").lower()
    bold = _is_bold(face)
    fixed = bool(flags.value & 1) or any(part in face for part in _FIXED_FACES)
    return float(raw.FPDFText_GetFontSize(text_page.raw, index)), bold, fixed


def _is_bold(face: str) -> bool:
    """By the font's name: the weight that PDFium gives is guessed from the width of stems."""
    style = face.split("+")[-1]
    return any(part in style for part in _BOLD_FACES[:-1]) or style.endswith(_BOLD_FACES[-1])


def joined(pieces: Sequence[Line]) -> list[Line]:
    """Pieces that stand beside each other as one line."""
    lines: list[Line] = []
    for piece in pieces:
        if lines and _beside(lines[-1], piece):
            lines[-1] = _join(lines[-1], piece)
        else:
            lines.append(piece)
    return lines


def _beside(line: Line, piece: Line) -> bool:
    """Whether `piece` goes on to the right of `line`, at about its height."""
    if line.text[-1:] in HYPHENS:
        return False
    overlap = min(line.box[3], piece.box[3]) - max(line.box[1], piece.box[1])
    gap = piece.box[0] - line.box[2]
    near = -0.5 * line.height <= gap <= 2.5 * max(line.height, piece.height)
    return near and overlap >= 0.35 * min(line.height, piece.height)


def _join(line: Line, piece: Line) -> Line:
    larger = line if line.height >= piece.height else piece
    apart = piece.box[0] - line.box[2] > WORD_GAP * larger.height
    return Line(
        text=line.text + " " * apart + piece.text,
        places=np.concatenate([line.places, np.zeros((int(apart), 4), np.int16), piece.places]),
        size=larger.size,
        bold=line.bold and piece.bold,
        fixed=line.fixed and piece.fixed,
    )


def spaced(line: Line) -> Line:
    """`line` with spaces where a gap parts two words, and a letter-spaced title closed up."""
    kept = _close_up(line)
    if len(kept) < len(line.text):
        return _selected(line, kept)
    lefts, rights = line.places[1:, 0].astype(int), line.places[:-1, 2].astype(int)
    both = (line.places[1:, 2] > 0) & (line.places[:-1, 2] > 0)
    gaps = np.where(both, lefts - rights, 0)
    least = WORD_GAP * line.size * PLACES_PER_POINT
    if np.count_nonzero(gaps > least) > max(LETTERS, np.count_nonzero(both) / 2):
        least = WORD_STARTS * float(np.median(gaps[both]))  # letter-spaced, without spaces
    apart = [
        i + 1
        for i in np.flatnonzero(gaps > least).tolist()
        if not (line.text[i].isspace() or line.text[i + 1].isspace())
    ]
    return _with_spaces(line, apart) if apart else line


def _with_spaces(line: Line, at: Sequence[int]) -> Line:
    bounds = [0, *at, len(line.text)]
    return Line(
        text=" ".join(line.text[a:b] for a, b in pairwise(bounds)),
        places=np.insert(line.places, list(at), 0, axis=0),
        size=line.size,
        bold=line.bold,
        fixed=line.fixed,
    )


def _close_up(line: Line) -> list[int]:
    """The characters to keep: of "B A B  I V" not the spaces between letters of one word."""
    tokens = line.text.split(" ")
    singles = sum(len(token) == 1 and token.isalpha() for token in tokens)
    everything = list(range(len(line.text)))
    if singles < LETTERS or singles < 0.8 * sum(map(bool, tokens)):
        return everything
    inked = [i for i in everything if not line.text[i].isspace() and line.places[i, 2]]
    gaps = {b: int(line.places[b, 0]) - int(line.places[a, 2]) for a, b in pairwise(inked)}
    usual = float(np.median(list(gaps.values())))
    word_starts = {at for at, gap in gaps.items() if gap > WORD_STARTS * max(usual, 1)}
    return [i for i in everything if not line.text[i].isspace() or (i + 1 in word_starts and i > 0)]


def _selected(line: Line, kept: Sequence[int]) -> Line:
    text = "".join(line.text[i] for i in kept)
    return Line(text, line.places[list(kept)], line.size, line.bold, line.fixed)
