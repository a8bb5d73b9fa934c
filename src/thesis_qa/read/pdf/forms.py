"""What is filled into the form fields of a PDF page."""

import ctypes
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from thesis_qa.read.glyphs import rounded
from thesis_qa.read.pdf.drawn import as_displayed
from thesis_qa.read.pdf.lines import TextLine, join

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
