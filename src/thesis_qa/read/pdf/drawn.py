"""What stands on a PDF page beside its text: straight lines, pictures, filled-in form fields."""

import ctypes
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from thesis_qa.read.glyphs import rounded
from thesis_qa.read.pdf.lines import TextLine, join
from thesis_qa.types import Box

MAX_OBJECTS = 4000  # on a page; drawings with more are no tables
MAX_DEPTH = 3  # of forms in forms
MAX_RULE = 3.0  # points: thickness of a line that parts cells
MIN_RULE = 10.0  # points: length of one


def drawn_on(page: Any, textless: bool) -> tuple[list[Box], float]:
    """The straight lines on a pypdfium2 page (borders of cells, strokes above footnotes), and the
    share of it that its largest picture covers (object of any kind, if `textless`)."""
    import pypdfium2.raw as raw

    paths: list[Sequence[float]] = []
    largest = 0.0
    for count, (kind, handle, forms) in enumerate(_objects(page)):
        if count == MAX_OBJECTS:
            paths = []
            break
        left, bottom, right, top = bounds = _bounds(handle, forms)
        if kind == raw.FPDF_PAGEOBJ_PATH:
            paths.append(bounds)
        if kind == raw.FPDF_PAGEOBJ_IMAGE or textless:
            largest = max(largest, (right - left) * (top - bottom))
    width, height = page.get_size()
    return _rules(page, paths), min(1.0, largest / max(1.0, width * height))


def _objects(page: Any) -> Iterator[tuple[int, Any, tuple[Any, ...]]]:
    """Type and handle of everything on a page that isn't text, and the forms it is in, the
    innermost first; straight from PDFium, since most objects are text and a wrapper for each costs
    more than reading it."""
    import pypdfium2.raw as raw

    holders: list[tuple[Any, Any, Any, tuple[Any, ...]]] = [
        (page.raw, raw.FPDFPage_CountObjects, raw.FPDFPage_GetObject, ())
    ]
    while holders:
        holder, count, get, forms = holders.pop()
        for at in range(count(holder)):
            handle = get(holder, at)
            kind = raw.FPDFPageObj_GetType(handle)
            if kind == raw.FPDF_PAGEOBJ_FORM and len(forms) < MAX_DEPTH:
                inside = (raw.FPDFFormObj_CountObjects, raw.FPDFFormObj_GetObject)
                holders.append((handle, *inside, (handle, *forms)))
            elif kind != raw.FPDF_PAGEOBJ_TEXT:
                yield kind, handle, forms


def _bounds(handle: Any, forms: Sequence[Any]) -> tuple[float, float, float, float]:
    """Left, bottom, right and top of an object in PDF's space."""
    import pypdfium2.raw as raw

    sides = [ctypes.c_float() for _ in range(4)]
    raw.FPDFPageObj_GetBounds(handle, *(ctypes.byref(side) for side in sides))
    left, bottom, right, top = (side.value for side in sides)
    for form in forms:
        m = raw.FS_MATRIX()
        raw.FPDFPageObj_GetMatrix(form, ctypes.byref(m))
        corners = [(x, y) for x in (left, right) for y in (bottom, top)]
        xs = [m.a * x + m.c * y + m.e for x, y in corners]
        ys = [m.b * x + m.d * y + m.f for x, y in corners]
        left, bottom, right, top = min(xs), min(ys), max(xs), max(ys)
    return left, bottom, right, top


def _rules(page: Any, paths: Sequence[Sequence[float]]) -> list[Box]:
    """Those of the paths that are thin and long."""
    if not paths:
        return []
    boxes = as_displayed(page, np.array(paths, np.float64))
    sides = boxes[:, 2:] - boxes[:, :2]
    rules = boxes[(sides.min(axis=1) <= MAX_RULE) & (sides.max(axis=1) >= MIN_RULE)]
    return [(float(a), float(b), float(c), float(d)) for a, b, c, d in rules]


def as_displayed(page: Any, boxes: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
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


LETTER_HEIGHT = 0.7  # of a field: the size of its letters
MAX_SIZE = 12.0  # points
LETTER_WIDTH = 0.5  # of the size


def with_fields(pdf: Any, page: Any, lines: Sequence[TextLine]) -> list[TextLine]:
    """`lines` with what is filled in beside them."""
    found = list(lines)
    for field in _fields(pdf, page):
        beside = [at for at, line in enumerate(found) if _names(line, field)]
        if beside:
            at = max(beside, key=lambda at: found[at].right)
            found[at] = join(found[at], field, apart=True)
        else:
            above = [at for at, line in enumerate(found) if line.middle < field.middle]
            found.insert(1 + max(above, default=-1), field)
    return found


def _names(line: TextLine, field: TextLine) -> bool:
    """Whether a line stands to the left of a field, at its height."""
    return field.top <= line.middle <= field.bottom and line.right <= field.left


def _fields(pdf: Any, page: Any) -> Iterator[TextLine]:
    """The fields with text in them, in the order of the file."""
    import pypdfium2.raw as raw

    kinds = (raw.FPDF_FORMFIELD_TEXTFIELD, raw.FPDF_FORMFIELD_COMBOBOX)
    if pdf.get_formtype() == raw.FORMTYPE_NONE or not pdf.formenv:
        return
    for number in range(raw.FPDFPage_GetAnnotCount(page.raw)):
        annotation = raw.FPDFPage_GetAnnot(page.raw, number)
        kind = raw.FPDFAnnot_GetFormFieldType(pdf.formenv.raw, annotation)
        text = _value(pdf.formenv.raw, annotation) if kind in kinds else ""
        if text:
            box = raw.FS_RECTF()
            raw.FPDFAnnot_GetRect(annotation, ctypes.byref(box))
            yield _line(page, text, (box.left, box.bottom, box.right, box.top))
        raw.FPDFPage_CloseAnnot(annotation)


def _value(form: Any, annotation: Any) -> str:
    import pypdfium2.raw as raw

    length = raw.FPDFAnnot_GetFormFieldValue(form, annotation, None, 0)
    buffer = (ctypes.c_ushort * (length // 2 + 1))()
    raw.FPDFAnnot_GetFormFieldValue(form, annotation, buffer, length)
    text = bytes(buffer)[: max(0, length - 2)].decode("utf-16-le", "replace")
    return " ".join(text.split())


def _line(page: Any, text: str, sides: tuple[float, float, float, float]) -> TextLine:
    """A field's text as a line; its letters are taken to be of one width."""
    ((x0, y0, x1, y1),) = as_displayed(page, np.array([sides], np.float64)).tolist()
    size = min(MAX_SIZE, LETTER_HEIGHT * (y1 - y0))
    wide = min(LETTER_WIDTH * size, (x1 - x0) / len(text))
    steps = x0 + wide * np.arange(len(text))
    ends = (steps, np.full(len(text), y0), steps + wide, np.full(len(text), y1))
    return TextLine(text, rounded(np.stack(ends, axis=1)).astype(np.int16), size)
