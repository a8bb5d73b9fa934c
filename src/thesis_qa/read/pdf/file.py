"""A PDF file as it is read: its pages, those without a usable text layer recognised (OCR)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from thesis_qa.errors import DocumentError
from thesis_qa.lang.data import SPOKEN, text
from thesis_qa.read import ocr
from thesis_qa.read.glyphs import rounded
from thesis_qa.read.pdf.lines import TextLine
from thesis_qa.read.pdf.pages import PageLines, PdfFile, pictures, read_pages
from thesis_qa.types import OnPage

SCAN = 0.5  # of the page that one picture covers: a scan, its text layer is somebody's OCR
PICTURE = 0.02  # of a page without text: more than a rule or a logo's dot is drawn on it
FRONT = 10  # first pages, on which a scan may be smaller: an approval page with its stamps
FRONT_PICTURE = 0.2  # … of the page
NUMBERED = 8  # characters of a page number, all the text that such a page has
LEGIBLE = 0.6  # of a scan's characters in words; OCR layers that can be read have over 0.8
GARBLED = 0.3  # … of what has letters, below which a font's characters are coded wrongly
ENOUGH = 200  # characters to judge by
LISTED = 20  # page numbers in one warning
LETTER_HEIGHT = 0.8  # of a line's box: the size of its letters

_IMPOSSIBLE = re.compile(r"[^aeiouy]{5}|(.)\1\1")  # in Indonesian and English


def recognised(
    path: Path, pages: Sequence[PageLines], password: str, on_page: OnPage | None = None
) -> tuple[list[PageLines], list[str]]:
    """`pages`, those without usable text read by OCR; and warnings."""
    wanted = unreadable(pages)
    usable = [
        replace(page, lines=()) if number in wanted else page for number, page in enumerate(pages)
    ]
    if not wanted or not ocr.available():
        missing = "pdf.picture" if len(wanted) == 1 else "pdf.pictures"
        return usable, [text(missing, SPOKEN, pages=listed(wanted))] if wanted else []
    for done, (number, picture, scale) in enumerate(pictures(path, wanted, ocr.DPI, password)):
        if on_page:
            on_page(done, len(wanted))
        lines = tuple(
            _line(found, scale)
            for found in ocr.recognise(picture)
            if any(map(str.isalnum, found.text))  # not a black square
        )
        usable[number] = replace(pages[number], lines=lines, ocr=True)
    lost = [number for number in wanted if not usable[number].lines]
    return usable, [text("pdf.illegible", SPOKEN, pages=listed(lost))] if lost else []


def listed(numbers: Sequence[int]) -> str:
    """Pages, counted from 0, for a message."""
    shown = ", ".join(str(number + 1) for number in numbers[:LISTED])
    return shown + (" …" if len(numbers) > LISTED else "")


def unreadable(pages: Sequence[PageLines]) -> list[int]:
    """The numbers (from 0) of the pages whose text layer is missing or garbage."""
    shares = [_legible(page) for page in pages]
    judged = [share for share, size in shares if size >= ENOUGH]
    garbled = sum(share < GARBLED for share in judged) > len(judged) / 2
    return [
        number
        for number, (page, (share, size)) in enumerate(zip(pages, shares, strict=True))
        if not page.error
        and (
            (page.pictured >= SCAN and share < LEGIBLE)
            or (not page.lines and page.pictured >= PICTURE)
            or (number < FRONT and page.pictured >= FRONT_PICTURE and _is_numbered_only(page))
            or (garbled and size >= ENOUGH and share < GARBLED)
        )
    ]


def _is_numbered_only(page: PageLines) -> bool:
    return sum(len(line.text.strip()) for line in page.lines) <= NUMBERED


def _legible(page: PageLines) -> tuple[float, int]:
    """The share of characters in words that a human could have written, among words with
    letters; and the number of characters."""
    words = [word for line in page.lines for word in line.text.split()]
    lettered = [word for word in words if any(map(str.isalpha, word)) or not word.isascii()]
    size = sum(map(len, lettered))
    return sum(len(word) for word in lettered if is_plausible(word)) / max(1, size), size


@lru_cache(maxsize=1 << 16)
def is_plausible(word: str) -> bool:
    """Whether a word is spelled as words of Indonesian and English are: one case or capitalised,
    with vowels, without heaps of consonants."""
    bare = word.strip(".,;:()[]\"'“”‘’!?-/*").replace("-", "")
    if len(bare) < 2 or not bare.isalpha():
        return False
    vowels = sum(c in "aeiouy" for c in bare.lower()) / len(bare)
    cased = bare.islower() or bare.isupper() or bare.istitle()
    return cased and 0.2 <= vowels <= 0.8 and not _IMPOSSIBLE.search(bare.lower())


def _line(found: ocr.OcrLine, scale: float) -> TextLine:
    boxes = np.array([box or (0.0, 0.0, 0.0, 0.0) for box in found.boxes]) / scale
    size = LETTER_HEIGHT * (found.box[3] - found.box[1]) / scale
    return TextLine(found.text, rounded(boxes), size)


def read_pdf(path: Path, name: str, password: str = "", on_page: OnPage | None = None) -> PdfFile:
    """The PDF file at `path`.

    Raises DocumentError for a file that is no PDF, is damaged beyond reading, has another password
    or no text at all. A page that can't be read is left empty and named in the warnings.
    """
    if path.stat().st_size == 0:
        raise DocumentError("pdf-empty", file=name)
    file = read_pages(path, name, password)
    pages, warnings = recognised(path, file.pages, password, on_page)
    if not any(page.lines for page in pages):
        raise DocumentError("pdf-without-text", file=name, pages=len(pages))
    return replace(file, pages=tuple(pages), warnings=(*_damage(pages), *warnings))


def _damage(pages: Sequence[PageLines]) -> Iterator[str]:
    """Pages that couldn't be read, by reason."""
    reasons: dict[str, list[int]] = {}
    for number, page in enumerate(pages):
        if page.error:
            reasons.setdefault(page.error, []).append(number)
    for reason, numbers in reasons.items():
        yield text("pdf.damaged", SPOKEN, pages=listed(numbers), reason=reason)
