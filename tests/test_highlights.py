"""What is highlighted on a page is the quote and nothing else, as PDFium itself reads it there."""

import random
import re
import time
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from thesis_qa.read.glyphs import boxes
from thesis_qa.split import split
from thesis_qa.structure.document import load
from thesis_qa.types import Box, Document, Sentence
from thesis_qa.web.picture import draw_page, mark_pdf

SEED, QUOTES = 8, 200


@pytest.fixture(scope="module")
def path(data: Path) -> Path:
    return data / "theses" / "jijiau.pdf"


@pytest.fixture(scope="module")
def document(path: Path) -> Document:
    return load(path, path.name)


@pytest.fixture(scope="module")
def quotes(document: Document) -> list[Sentence]:
    """Sentences, items and rows as they are cited, drawn by a fixed seed."""
    passages = split(document, lambda text: len(text) // 4)
    sentences = [s for p in passages for s in p.sentences if s.kind in ("text", "list", "table")]
    return random.Random(SEED).sample(sentences, QUOTES)


def letters(text: str) -> str:
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", text)).lower()


def test_the_boxes_of_200_quotes_hold_the_quote_and_nothing_else(
    path: Path, document: Document, quotes: list[Sentence]
) -> None:
    import pypdfium2

    pdf = pypdfium2.PdfDocument(path)
    wrong = []
    on_page = []
    for quote in quotes:
        for span in quote.spans:
            page = document.pages[span.page]
            found = boxes(page, span.start, span.end)
            inside = within(pdf[span.page].get_textpage(), found, page.height)
            there = "".join(  # a table of this thesis runs off the page, and has no boxes there
                page.text[at] for at in range(span.start, span.end) if boxes(page, at, at + 1)
            )
            if sorted(letters(inside)) != sorted(letters(there)):
                wrong.append((page.number, page.text[span.start : span.end], inside))
            on_page.append(letters(there) == letters(page.text[span.start : span.end]))
    pdf.close()
    assert wrong == []
    assert sum(on_page) >= 0.98 * len(on_page)


def within(text: Any, found: Sequence[Box], height: float) -> str:
    """The characters that PDFium sees with their middle in one of the boxes."""
    seen = []
    for number in range(text.count_chars()):
        left, bottom, right, top = text.get_charbox(number)
        x, y = (left + right) / 2, height - (top + bottom) / 2
        if any(x0 <= x <= x1 and y0 <= y <= y1 for x0, y0, x1, y1 in found):
            seen.append(text.get_text_range(number, 1))
    return "".join(seen)


def test_a_page_with_its_highlight_is_drawn_at_once(
    path: Path, document: Document, quotes: list[Sentence]
) -> None:
    spent = []
    for quote in quotes[:20]:
        span = quote.spans[0]
        marks = boxes(document.pages[span.page], span.start, span.end)
        started = time.process_time()
        drawn = draw_page(str(path), span.page + 1, marks, 1000)
        spent.append(time.process_time() - started)
        assert drawn.startswith(b"\x89PNG")
    print(f"{sorted(spent)[10]:.3f} s of processor time, at most {max(spent):.3f} s")


@pytest.mark.parametrize("turned", [0, 180])
def test_a_highlight_in_the_pdf_lies_on_the_words_however_the_page_is_turned(
    tmp_path: Path, turned: int
) -> None:
    import pypdfium2
    import pypdfium2.raw as pdfium
    from reportlab.pdfgen.canvas import Canvas

    path = tmp_path / "turned.pdf"
    canvas = Canvas(str(path), pagesize=(400, 600))
    canvas.setPageRotation(turned)
    canvas.drawString(80, 500, "Perahu nelayan berangkat sebelum matahari terbit.")
    canvas.save()
    page = load(path, path.name).pages[0]
    start = page.text.index("nelayan")
    marks = boxes(page, start, start + len("nelayan"))
    marked = tmp_path / "marked.pdf"
    marked.write_bytes(mark_pdf(str(path), [(1, marks, "nelayan")], "Thesis QA"))
    pdf = pypdfium2.PdfDocument(marked)
    note = pdfium.FPDFPage_GetAnnot(pdf[0], 0)
    frame = pdfium.FS_RECTF()
    assert pdfium.FPDFAnnot_GetRect(note, frame)
    middle = (frame.left + frame.right) / 2, (frame.top + frame.bottom) / 2
    assert 115 < middle[0] < 145  # behind "Perahu " at 80
    assert 495 < middle[1] < 512
    pdfium.FPDFPage_CloseAnnot(note)
    pdf.close()
