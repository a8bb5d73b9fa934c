"""Reads the pages of a PDF file in a process of its own, which a broken file can't take the rest
down with: `python -m thesis_qa.read.pdf.child JOB`, JOB a JSON object as `run` takes it.

Writes one frame a page to standard output: two lengths (4 bytes each, big-endian), that many bytes
of JSON and of raw data (places of the characters, int16; or the pixels of a picture).
"""

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, BinaryIO

MEMORY = 1 << 30  # bytes a file may take to be parsed, where the system can limit it
POINTS_PER_INCH = 72
MAX_PIXELS = 12_000_000  # of a picture to recognise; A4 at 200 dpi has 4 million


def run(job: Mapping[str, Any], out: BinaryIO) -> None:
    """`job`: path, password, and either the first page wanted (from 0; all from there are read), or
    pages, and dpi if they are to be drawn, else their characters are given as the file has them."""
    import pypdfium2

    _limit_memory()
    try:
        pdf = pypdfium2.PdfDocument(job["path"], password=job["password"] or None)
    except pypdfium2.PdfiumError as error:
        _write(out, {"cannot_open": str(error)})
        return
    if "pages" not in job:
        properties = pdf.get_metadata_dict(skip_empty=True)
        _write(out, {"pages": len(pdf), "properties": properties, "outline": [*_outline(pdf)]})
    if pdf.get_formtype():
        pdf.init_forms()
    read = _page if "pages" not in job else _picture if "dpi" in job else _plain
    for number in job.get("pages") or range(job.get("first", len(pdf)), len(pdf)):
        try:
            head, data = read(pdf, number, job)
        except (pypdfium2.PdfiumError, ValueError, MemoryError) as error:
            head, data = {"error": " ".join(str(error).split()) or type(error).__name__}, b""
        _write(out, {"page": number, **head}, data)


def _limit_memory() -> None:
    with suppress(ImportError, ValueError, OSError):  # Windows, or limited more already
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))


def _outline(pdf: Any) -> Iterator[tuple[int, str, int]]:
    """Level from 1, title and page from 0 of every entry that leads to a page."""
    import pypdfium2

    with suppress(pypdfium2.PdfiumError, ValueError, RecursionError):
        for entry in pdf.get_toc(max_depth=8):
            target = entry.get_dest()
            page = target.get_index() if target else None
            title = " ".join(entry.get_title().split())
            if page is not None and title:
                yield entry.level + 1, title, page


def _page(pdf: Any, number: int, _: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
    """The text of a page, and what is drawn on it."""
    import numpy as np

    from thesis_qa.read.pdf.characters import page_lines
    from thesis_qa.read.pdf.drawn import drawn_on, with_fields

    page = pdf[number]
    try:
        width, height = page.get_size()
        lines = with_fields(pdf, page, page_lines(page))
        rules, pictured = drawn_on(page, textless=not lines)
    finally:
        page.close()
    head = {
        "about": {
            "width": width,
            "height": height,
            "label": pdf.get_page_label(number) or None,
            "pictured": pictured,
        },
        "rules": rules,
        "lines": [(line.text, line.size, line.bold, line.fixed, line.turn) for line in lines],
    }
    return head, np.concatenate([line.places for line in lines]).tobytes() if lines else b""


def _plain(pdf: Any, number: int, _: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
    """The upright characters of a page in PDFium's own order, with their places."""
    import numpy as np

    from thesis_qa.read.pdf.characters import own_characters

    page = pdf[number]
    try:
        text, places = own_characters(page)
    finally:
        page.close()
    return {"text": text}, places.astype(np.int16).tobytes()


def _picture(pdf: Any, number: int, job: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
    """A page as grey pixels."""
    page = pdf[number]
    try:
        width, height = page.get_size()
        largest = (MAX_PIXELS / max(1.0, width * height)) ** 0.5
        scale = min(job["dpi"] / POINTS_PER_INCH, largest)
        picture = page.render(scale=scale, grayscale=True).to_pil().convert("L")
    finally:
        page.close()
    return {"scale": scale, "size": picture.size}, picture.tobytes()


def _write(out: BinaryIO, head: Mapping[str, Any], data: bytes = b"") -> None:
    encoded = json.dumps(head, ensure_ascii=True).encode()
    out.write(len(encoded).to_bytes(4, "big") + len(data).to_bytes(4, "big"))
    out.write(encoded)
    out.write(data)
    out.flush()


if __name__ == "__main__":
    run(json.loads(sys.argv[1]), sys.stdout.buffer)
