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
    """`job`: path, password, first page (from 0), and either nothing more (text of all pages from
    there) or dpi and pages (pictures)."""
    import pypdfium2

    with _limited_memory():
        try:
            pdf = pypdfium2.PdfDocument(job["path"], password=job["password"] or None)
        except pypdfium2.PdfiumError as error:
            _write(out, {"cannot_open": str(error)})
            return
        if "dpi" in job:
            _write_pictures(pdf, job, out)
            return
        _write(out, {"pages": len(pdf), **_about(pdf)})
        for number in range(job["first"], len(pdf)):
            _write(out, *_page(pdf, number))


class _limited_memory:  # noqa: N801 — reads as a context
    def __enter__(self) -> None:
        with suppress(ImportError, ValueError, OSError):  # Windows, or limited more already
            import resource

            resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))

    def __exit__(self, *_: object) -> None:
        return None


def _about(pdf: Any) -> dict[str, Any]:
    return {"properties": pdf.get_metadata_dict(skip_empty=True), "outline": list(_outline(pdf))}


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


def _page(pdf: Any, number: int) -> tuple[dict[str, Any], bytes]:
    import numpy as np
    import pypdfium2

    from thesis_qa.read.pdf.lines import page_drawn, page_lines

    try:
        page = pdf[number]
        try:
            width, height = page.get_size()
            lines = page_lines(page)
            rules, pictured = page_drawn(page, textless=not lines)
        finally:
            page.close()
        label = pdf.get_page_label(number)
    except (pypdfium2.PdfiumError, ValueError, MemoryError) as error:
        return {"error": " ".join(str(error).split()) or type(error).__name__}, b""
    head = {
        "width": width,
        "height": height,
        "label": label,
        "lines": [(line.text, line.size, line.bold, line.fixed) for line in lines],
        "rules": rules,
        "pictured": pictured,
    }
    return head, np.concatenate([line.places for line in lines]).tobytes() if lines else b""


def _write_pictures(pdf: Any, job: Mapping[str, Any], out: BinaryIO) -> None:
    """The pages wanted, as grey pixels."""
    import pypdfium2

    for number in job["pages"]:
        try:
            page = pdf[number]
            width, height = page.get_size()
            largest = (MAX_PIXELS / max(1.0, width * height)) ** 0.5
            scale = min(job["dpi"] / POINTS_PER_INCH, largest)
            bitmap = page.render(scale=scale, grayscale=True)
            picture = bitmap.to_pil().convert("L")
            head = {"page": number, "scale": scale, "size": picture.size}
            _write(out, head, picture.tobytes())
            page.close()
        except (pypdfium2.PdfiumError, ValueError, MemoryError) as error:
            _write(out, {"page": number, "error": " ".join(str(error).split())})


def _write(out: BinaryIO, head: Mapping[str, Any], data: bytes = b"") -> None:
    encoded = json.dumps(head, ensure_ascii=True).encode()
    out.write(len(encoded).to_bytes(4, "big") + len(data).to_bytes(4, "big"))
    out.write(encoded)
    out.write(data)
    out.flush()


if __name__ == "__main__":
    run(json.loads(sys.argv[1]), sys.stdout.buffer)
