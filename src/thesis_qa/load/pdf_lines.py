"""The lines of a PDF page with the place of every character, through PDFium.

PDFium gives characters in the order of the page's content, with line ends where it sees them.
Pieces that it puts on lines of their own though they stand beside each other (superscripts,
formulas, cells) are joined to one line again.
"""

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median
from typing import Any

from thesis_qa.schema import Box

HYPHENS = "\x02\ufffe"  # what PDFium puts for a hyphen at a line end
_DROPPED = frozenset("\x00\x01\ufeff\u200b\u00ad")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a page; `places` has a box or None for every character."""

    text: str
    places: tuple[Box | None, ...]
    box: Box
    size: float  # of its letters, points
    bold: bool
    fixed: bool  # set in a font of fixed width, as code is

    @property
    def height(self) -> float:
        return self.box[3] - self.box[1]


def page_lines(page: Any) -> list[Line]:
    """The lines of a pypdfium2 page in the order of its content."""
    text_page = page.get_textpage()
    try:
        pieces = [_line(text_page, run) for run in _runs(page, text_page)]
    finally:
        text_page.close()
    return _joined([piece for piece in pieces if piece is not None])


_Character = tuple[str, Box | None, int]  # the character, its place, its number on the page


def _runs(page: Any, text_page: Any) -> Iterator[list[_Character]]:
    """Characters between line ends."""
    import pypdfium2.raw as raw

    place = _placer(page)
    rectangle = raw.FS_RECTF()
    pointer, handle = ctypes.byref(rectangle), text_page.raw
    run: list[_Character] = []
    high = 0
    for index in range(text_page.count_chars()):
        code = raw.FPDFText_GetUnicode(handle, index)
        if 0xD800 <= code < 0xDC00:  # first half of a character beyond 16 bits
            high = code
            continue
        if 0xDC00 <= code < 0xE000:
            if not high:
                continue
            code = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00)
        high = 0
        character = chr(code)
        if character in "\r\n":
            if run:
                yield run
                run = []
        elif character not in _DROPPED:
            raw.FPDFText_GetLooseCharBox(handle, index, pointer)
            run.append((character, place(rectangle), index))
            if character in HYPHENS:  # no line end of its own follows
                yield run
                run = []
    if run:
        yield run


def _placer(page: Any) -> Any:
    """How PDF coordinates become points from the top left of the page as displayed."""
    width, height = page.get_size()
    left, bottom, right, top = page.get_bbox()
    rotation = page.get_rotation()

    def place(r: Any) -> Box | None:
        if r.right <= r.left or r.top <= r.bottom:
            return None
        if rotation == 90:
            box = (r.bottom - bottom, r.left - left, r.top - bottom, r.right - left)
        elif rotation == 180:
            box = (right - r.right, r.bottom - bottom, right - r.left, r.top - bottom)
        elif rotation == 270:
            box = (top - r.top, right - r.right, top - r.bottom, right - r.left)
        else:
            box = (r.left - left, top - r.top, r.right - left, top - r.bottom)
        x0, y0, x1, y1 = box
        return (max(0.0, x0), max(0.0, y0), min(width, x1), min(height, y1))

    return place


def _line(text_page: Any, run: list[_Character]) -> Line | None:
    placed = [(box, index) for character, box, index in run if box and not character.isspace()]
    if not placed:
        return None
    boxes = [box for box, _ in placed]
    size, bold, fixed = _font(text_page, placed[len(placed) // 2][1])
    return Line(
        text="".join(character for character, _, _ in run),
        places=tuple(box for _, box, _ in run),
        box=(
            min(b[0] for b in boxes),
            median(b[1] for b in boxes),
            max(b[2] for b in boxes),
            median(b[3] for b in boxes),
        ),
        size=size,
        bold=bold,
        fixed=fixed,
    )


def _font(text_page: Any, index: int) -> tuple[float, bool, bool]:
    import pypdfium2.raw as raw

    name = ctypes.create_string_buffer(128)
    flags = ctypes.c_int()
    raw.FPDFText_GetFontInfo(text_page.raw, index, name, 128, ctypes.byref(flags))
    face = name.value.decode("utf-8", "replace").lower()
    bold = "bold" in face or raw.FPDFText_GetFontWeight(text_page.raw, index) >= 600
    fixed = bool(flags.value & 1) or any(
        part in face for part in ("mono", "courier", "consol", "typewriter", "cmtt")
    )
    return float(raw.FPDFText_GetFontSize(text_page.raw, index)), bold, fixed


def _joined(pieces: list[Line]) -> list[Line]:
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
    apart = piece.box[0] - line.box[2] > 0.15 * larger.height
    space = apart and not (line.text[-1:].isspace() or piece.text[:1].isspace())
    return Line(
        text=line.text + " " * space + piece.text,
        places=(*line.places, *((None,) * space), *piece.places),
        box=(
            min(line.box[0], piece.box[0]),
            larger.box[1],
            max(line.box[2], piece.box[2]),
            larger.box[3],
        ),
        size=larger.size,
        bold=larger.bold,
        fixed=larger.fixed,
    )
