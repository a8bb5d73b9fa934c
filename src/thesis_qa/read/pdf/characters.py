"""The lines of a PDF page from PDFium's characters.

PDFium gives characters in the order of the page's content, with line ends where it sees them, and
none where a word is divided. Pieces that it puts on lines of their own though they stand beside
each other (superscripts, formulas, cells) are joined to one line again.
"""

import ctypes
import math
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache, lru_cache
from itertools import pairwise, repeat
from typing import Any

import numpy as np
import numpy.typing as npt

from thesis_qa.read.glyphs import PLACES_PER_POINT, Places, rounded
from thesis_qa.read.pdf.drawn import as_displayed
from thesis_qa.read.pdf.lines import HYPHENS, SLANTED, TextLine, codes, inked, join, turned
from thesis_qa.read.pdf.right_to_left import in_logical_order, reads_left
from thesis_qa.read.pdf.scripts import composed, with_scripts

WORD_GAP = 0.15  # of the letters' size: a wider gap parts words though the file has no space
LETTERS = 5  # at least, of a letter-spaced line
WORD_STARTS = 1.7  # times the gap between its letters: between its words
SAMPLES = 3  # characters of a line whose font is looked up
UPRIGHT = 3.0  # degrees: scanned and drawn by hand, yet meant to be straight
FIXED_SHARE = 0.75  # of them in a font of fixed width: code, not a name in running text

_DROPPED = [*map(ord, "\x00\x01\ufeff\u200b\u00ad")]
_FIXED_FACES = ("mono", "courier", "consol", "typewriter", "cmtt", "menlo", "inconsolata")
_BOLD_FACES = ("bold", "black", "heavy", "demi", "medi", "cmbx", "sfbx", "-bd")
_BOLD_ENDING = "tb"


NUMBER, TURN = 4, 5  # further columns of places, while a page is read: number in PDFium's count


def page_lines(page: Any) -> list[TextLine]:
    """The lines of a pypdfium2 page in the order of its content."""
    text_page = page.get_textpage()
    try:
        text, places = _characters(page, text_page)
        own = inked(text, places)
        pieces = [_line(text_page, text, places, own, run) for run in _runs(text, places, own)]
        whole = in_logical_order([piece for piece in pieces if piece is not None])
        lines = [line if reads_left(line.text) else spaced(line) for line in _joined(whole)]
        written = with_scripts(lines, lambda own: _baselines(page, text_page, own))
    finally:
        text_page.close()
    return [replace(line, places=line.places[:, :4].astype(np.int16)) for line in written]


def own_characters(page: Any) -> tuple[str, Places]:
    """The characters of a page in PDFium's own order, and the places of those that are upright."""
    text_page = page.get_textpage()
    try:
        text, places = _characters(page, text_page)
    finally:
        text_page.close()
    return text, places[:, :4] * (places[:, [TURN]] == 0)


def _characters(page: Any, text_page: Any) -> tuple[str, Places]:
    """The page's characters and their places, each turn's in its own frame."""
    import pypdfium2.raw as raw

    count = text_page.count_chars()
    rectangles = (raw.FS_RECTF * count)()
    text, numbers = _decoded(_units(text_page, count))
    handle = ctypes.cast(text_page.raw, ctypes.c_void_p)
    start, size = ctypes.addressof(rectangles), ctypes.sizeof(raw.FS_RECTF)
    at = range(start, start + size * count, size)
    deque(map(_quick("FPDFText_GetLooseCharBox"), repeat(handle), range(count), at), maxlen=0)
    sides = np.frombuffer(rectangles, np.float32).reshape(-1, 4)[numbers].astype(np.float64)
    boxes = as_displayed(page, sides[:, [0, 3, 2, 1]])  # FS_RECTF: left, top, right, bottom
    boxes[(boxes[:, 2] <= boxes[:, 0]) | (boxes[:, 3] <= boxes[:, 1])] = 0
    places = np.zeros((len(text), 6), np.int32)
    places[:, :4], places[:, NUMBER] = rounded(boxes), numbers
    _turn(page, text_page, text, places)
    return composed(text, places)


@cache
def _quick(name: str) -> Callable[..., int]:
    """A function of PDFium's that takes a text page, a number and a place to write to, for the
    loops over all characters: without conversions of arguments it takes half the time."""
    import pypdfium2.raw as raw

    address = ctypes.cast(getattr(raw, name), ctypes.c_void_p).value
    assert address is not None
    form = ctypes.PYFUNCTYPE(ctypes.c_uint, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)
    return form(address)


def _units(text_page: Any, count: int) -> npt.NDArray[np.uint32]:
    """What each character is: asked for in one, which is faster, where PDFium leaves none out."""
    import pypdfium2.raw as raw

    whole = (ctypes.c_ushort * (count + 1))()
    if raw.FPDFText_GetText(text_page.raw, 0, count, whole) == count + 1:
        units = np.frombuffer(memoryview(whole), np.uint16)[:count].astype(np.uint32)
        if not np.any((units == 0) | _halves(units)):
            return np.where(units == ord(HYPHENS[1]), ord(HYPHENS[0]), units)
    handle = ctypes.cast(text_page.raw, ctypes.c_void_p)
    each = map(_quick("FPDFText_GetUnicode"), repeat(handle), range(count), repeat(None))
    return np.fromiter(each, np.uint32, count)


def _turn(page: Any, text_page: Any, text: str, places: Places) -> None:
    """Notice what is turned; a line of PDFium's is looked at whole if its ends are turned."""
    ends = np.array([-1, *_standing(text, "\r\n"), len(text)])
    own = inked(text, places)
    lines = np.searchsorted(ends, own)
    outer = np.flatnonzero(np.diff(lines, prepend=-1) | np.diff(lines, append=-1))
    askew = {int(lines[at]) for at in outer if _angle(page, text_page, places[own[at]])}
    for line in askew:
        for i in range(ends[line - 1] + 1, ends[line]):
            places[i, TURN] = _angle(page, text_page, places[i])
    for turn in set(places[:, TURN].tolist()) - {0}:
        own = places[:, TURN] == turn
        places[own, :4] = turned(places[own, :4], turn, *page.get_size())


def _angle(page: Any, text_page: Any, place: npt.NDArray[np.int32]) -> int:
    """How far a character is turned on the page as displayed, clockwise."""
    import pypdfium2.raw as raw

    number = int(place[NUMBER])
    angle = 0.0
    if raw.FPDFText_GetCharAngle(text_page.raw, number):  # not 0 for slanted letters either
        matrix = _matrix(text_page, number)
        angle = -math.degrees(math.atan2(matrix.b, matrix.a))
    displayed = (angle + page.get_rotation()) % 360
    nearest = 90 * round(displayed / 90)
    return nearest % 360 if abs(displayed - nearest) <= UPRIGHT else SLANTED


def _baselines(page: Any, text_page: Any, places: Places) -> npt.NDArray[np.float64]:
    """How far down the baselines of characters of a line are, in its frame, tenths of a point, from
    one height or another."""
    import pypdfium2.raw as raw

    x, y = ctypes.c_double(), ctypes.c_double()
    points = []
    for number in places[:, NUMBER].tolist():
        raw.FPDFText_GetCharOrigin(text_page.raw, number, ctypes.byref(x), ctypes.byref(y))
        points.append((x.value, y.value, x.value, y.value))
    if not (page.get_rotation() or places[0, TURN]):
        return np.array([-y for _, y, *_ in points]) * PLACES_PER_POINT
    shown = rounded(as_displayed(page, np.array(points)))
    there = turned(shown, int(places[0, TURN]), *page.get_size())
    return (there[:, 1].astype(np.float64) + there[:, 3]) / 2


def _halves(units: npt.NDArray[np.uint32]) -> npt.NDArray[np.bool_]:
    """Which UTF-16 code units are half a character."""
    found: npt.NDArray[np.bool_] = (units >= 0xD800) & (units < 0xE000)
    return found


def _decoded(units: npt.NDArray[np.uint32]) -> tuple[str, npt.NDArray[np.int64]]:
    """Text of UTF-16 code units or code points, and the unit that each character ends with."""
    numbers = np.flatnonzero(~np.isin(units, _DROPPED))
    kept = units[numbers]
    if _halves(kept).any():
        first = np.append(_halves(kept[:-1]) & (kept[:-1] < 0xDC00) & _halves(kept[1:]), False)
        second = np.roll(first, 1)
        low = kept.astype(np.int64) - 0xDC00
        high = (np.roll(kept, 1).astype(np.int64) - 0xD800) << 10
        kept = np.where(second, 0x10000 + high + low, kept).astype(np.uint32)
        whole = ~_halves(kept)
        kept, numbers = kept[whole], numbers[whole]
    return kept.astype("<u4").tobytes().decode("utf-32-le"), numbers


def _standing(text: str, characters: str) -> list[int]:
    """Where in a text any of some characters stands."""
    found: list[int] = np.flatnonzero(np.isin(codes(text), [*map(ord, characters)])).tolist()
    return found


def _runs(text: str, places: Places, own: npt.NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Characters between line ends; a line ends with a divided word as well, and where the next
    character stands clearly above or below, or is turned otherwise."""
    ends = {at + 1 for at in _standing(text, HYPHENS)}
    marks = set(_standing(text, "\r\n"))
    start = 0
    for end in sorted(ends | marks | _jumps(places, own) | {len(text)}):
        if start < end:
            yield start, end
        start = end + 1 if end in marks else end


def _jumps(places: Places, own: npt.NDArray[np.int64]) -> set[int]:
    """Where a character has no height in common with the one before: it isn't of that line."""
    tops, bottoms = places[own, 1].astype(int), places[own, 3].astype(int)
    shared = np.minimum(bottoms[1:], bottoms[:-1]) - np.maximum(tops[1:], tops[:-1])
    lower = np.minimum(bottoms[1:] - tops[1:], bottoms[:-1] - tops[:-1])
    turns = places[own, TURN]
    jumps = (shared < -0.2 * lower) & (turns[1:] != SLANTED) | (turns[1:] != turns[:-1])
    return set(own[1:][jumps].tolist())


def _line(
    text_page: Any,
    text: str,
    places: Places,
    inked: npt.NDArray[np.int64],
    run: tuple[int, int],
) -> TextLine | None:
    """A run of characters as a line; `inked` are the numbers of those that aren't white space."""
    own = inked[slice(*np.searchsorted(inked, run))]
    if not len(own):
        return None
    piece = text[slice(*run)]
    end = run[0] + len(piece.rstrip())
    start = run[1] - len(piece.lstrip())
    step = max(1, len(own) // SAMPLES)
    fonts = [_font(text_page, int(places[i, NUMBER])) for i in own[step // 2 :: step]]
    sizes = sorted(size for size, _, _ in fonts)
    return TextLine(
        text=text[start:end],
        places=places[start:end],
        size=sizes[len(sizes) // 2],
        bold=all(bold for _, bold, _ in fonts),
        fixed=sum(fixed for _, _, fixed in fonts) >= FIXED_SHARE * len(fonts),
        turn=int(places[own[0], TURN]),
    )


def _font(text_page: Any, index: int) -> tuple[float, bool, bool]:
    """Size in points, whether it is bold, whether of fixed width; bold by the font's name, since
    the weight that PDFium gives is guessed from the width of stems."""
    import pypdfium2.raw as raw

    name, flags = ctypes.create_string_buffer(128), ctypes.c_int()
    raw.FPDFText_GetFontInfo(text_page.raw, index, name, 128, ctypes.byref(flags))
    bold, typed = _looks(name.value)
    fixed = bool(flags.value & 1) or typed
    matrix = _matrix(text_page, index)
    scale = math.hypot(matrix.c, matrix.d)  # many files set everything in size 1 and scale it
    return float(raw.FPDFText_GetFontSize(text_page.raw, index)) * scale, bold, fixed


@lru_cache(maxsize=4096)
def _looks(name: bytes) -> tuple[bool, bool]:
    """Whether a font is bold, and whether of fixed width, by its name."""
    face = name.decode("utf-8", "replace").lower()
    style = face.split("+")[-1]
    bold = any(part in style for part in _BOLD_FACES) or style.endswith(_BOLD_ENDING)
    return bold, any(part in face for part in _FIXED_FACES)


def _matrix(text_page: Any, index: int) -> Any:
    import pypdfium2.raw as raw

    matrix = raw.FS_MATRIX()
    raw.FPDFText_GetMatrix(text_page.raw, index, ctypes.byref(matrix))
    return matrix


def _joined(pieces: Sequence[TextLine]) -> list[TextLine]:
    """Pieces that stand beside each other as one line."""
    lines: list[TextLine] = []
    for piece in pieces:
        if lines and _beside(lines[-1], piece):
            apart = piece.left - lines[-1].right > WORD_GAP * max(lines[-1].height, piece.height)
            lines[-1] = join(lines[-1], piece, apart)
        else:
            lines.append(piece)
    return lines


def _beside(line: TextLine, piece: TextLine) -> bool:
    """Whether `piece` goes on to the right of `line`, at about its height."""
    if line.text[-1:] in HYPHENS or line.turn != piece.turn:
        return False
    overlap = min(line.bottom, piece.bottom) - max(line.top, piece.top)
    near = -0.5 * line.height <= piece.left - line.right <= 2.5 * max(line.height, piece.height)
    return near and overlap >= 0.35 * min(line.height, piece.height)


def spaced(line: TextLine) -> TextLine:
    """`line` with spaces where a gap parts two words, and a letter-spaced title closed up."""
    kept = _closed_up(line)
    if len(kept) < len(line.text):
        text = "".join(line.text[i] for i in kept)
        return replace(line, text=text, places=line.places[kept])
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


def _with_spaces(line: TextLine, at: Sequence[int]) -> TextLine:
    text = " ".join(line.text[a:b] for a, b in pairwise([0, *at, len(line.text)]))
    return replace(line, text=text, places=np.insert(line.places, list(at), 0, axis=0))


def _closed_up(line: TextLine) -> Sequence[int]:
    """The characters to keep: of "B A B  I V" not the spaces between letters of one word."""
    if line.text.count(" ") < LETTERS - 1:
        return range(len(line.text))
    tokens = line.text.split(" ")
    singles = sum(len(token) == 1 and token.isalpha() for token in tokens)
    everything = list(range(len(line.text)))
    if singles < LETTERS or singles < 0.8 * sum(map(bool, tokens)):
        return everything
    own = line.inked.tolist()
    gaps = {b: int(line.places[b, 0]) - int(line.places[a, 2]) for a, b in pairwise(own)}
    usual = float(np.median(list(gaps.values())))
    if usual > line.size * PLACES_PER_POINT:  # the cells of a table
        return everything
    word_starts = {at for at, gap in gaps.items() if gap > WORD_STARTS * max(usual, 1)}
    return [i for i in everything if not line.text[i].isspace() or (i + 1 in word_starts and i > 0)]
