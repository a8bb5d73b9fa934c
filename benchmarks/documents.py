"""How well documents are read: sections, printed page numbers, quotes, boxes, recognition, speed.

    python benchmarks/documents.py [--data DIR] [--ocr PAGES] [--json]

Sections are looked for in a copy of each file that has neither outline nor page labels (its pages
imported into a new file), and compared with the outline of the original; so are printed numbers
with its labels. A word error rate (`--ocr N`: of the first N pages) is the least edit distance of
the words of each page to any stretch of the reference text; running heads and lines that only end
in dots (what is typed at the foot of a statute's pages) are left out.
"""

import argparse
import json
import os
import random
import re
import sys
import time
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pypdfium2
import pypdfium2.raw as raw

from thesis_qa.read.glyphs import boxes, unpack
from thesis_qa.split import split
from thesis_qa.structure.document import load
from thesis_qa.types import Document, Page, Span

THESES = ("theses/jijiau.pdf", "theses/ajb.pdf", "awkward/hediet.pdf")
SCAN = "awkward/law_pp_2021_34"
SENTENCES, SEED = 200, 20261124
NEAR = 1  # pages between an outline's entry and its heading

Entry = tuple[int, str, int]
"""Level from 1, title, page from 0."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    default = os.environ.get("THESIS_QA_DATA", "../shared/data")
    parser.add_argument("--data", type=Path, default=Path(default))
    parser.add_argument("--ocr", type=int, default=0, metavar="PAGES")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    results = {name: measure(options.data, name) for name in THESES}
    if options.ocr:
        results[f"{SCAN}.pdf"] = recognition(options.data, options.ocr)
    if options.json:
        print(json.dumps(results, ensure_ascii=False, indent=2))
        return 0
    for name, result in results.items():
        print(name)
        for key, value in result.items():
            print(f"  {key}: {value}")
    return 0


def measure(data: Path, name: str) -> dict[str, object]:
    """All that is measured of a file with a text layer."""
    path = data / name
    document = load(path, name)
    with TemporaryDirectory() as folder:
        bare = load(without_outline(path, Path(folder) / "bare.pdf"), "bare.pdf")
    found: dict[str, object] = sections(bare, outline(path))
    found |= {f"{key} with outline": v for key, v in sections(document, outline(path)).items()}
    found["printed numbers as labelled, without labels"] = labels(path, bare)
    found["gold quotes on their page"] = quotes(data / "gold" / f"{path.stem}.jsonl", document)
    found["random sentences inside their boxes"] = in_boxes(document)
    return found | speed(path, name)


def without_outline(path: Path, target: Path) -> Path:
    """A copy of the pages alone."""
    source, copy = pypdfium2.PdfDocument(path), pypdfium2.PdfDocument.new()
    copy.import_pages(source)
    copy.save(target)
    return target


def outline(path: Path) -> list[Entry]:
    pdf = pypdfium2.PdfDocument(path)
    entries = []
    for entry in pdf.get_toc(max_depth=8):
        target = entry.get_dest()
        page = target.get_index() if target else None
        if page is not None and entry.get_title().strip():
            entries.append((entry.level + 1, entry.get_title().strip(), page))
    return entries


def bare(text: str) -> str:
    """Letters and digits alone, folded."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))


def headings(document: Document) -> dict[int, list[str]]:
    """The headings of every page."""
    found: dict[int, list[str]] = {}
    for block in document.blocks:
        if block.kind == "heading" and block.spans:
            text = " ".join(document.pages[s.page].text[s.start : s.end] for s in block.spans)
            found.setdefault(block.spans[0].page, []).append(bare(text))
    return found


def sections(document: Document, entries: Sequence[Entry]) -> dict[str, object]:
    """Which of the outline's entries are headings of their page, and how many headings aren't."""
    if not entries:
        return {}
    present = headings(document)
    missed = [entry for entry in entries if not _is_heading(entry, present)]
    tops = [entry for entry in entries if entry[0] == 1]
    titles = {bare(title) for _, title, _ in entries}
    every = [text for texts in present.values() for text in texts]
    extra = [text for text in every if not any(_same(text, title) for title in titles)]
    return {
        "chapters found": f"{len(tops) - sum(e in missed for e in tops)}/{len(tops)}",
        "sections found": f"{len(entries) - len(missed)}/{len(entries)}",
        "missed": [title for _, title, _ in missed],
        "headings that the outline lacks": f"{len(extra)}/{len(every)}",
    }


def _is_heading(entry: Entry, present: dict[int, list[str]]) -> bool:
    _, title, page = entry
    near = [t for p in range(page - NEAR, page + NEAR + 1) for t in present.get(p, ())]
    return any(_same(text, bare(title)) for text in near)


def _same(heading: str, title: str) -> bool:
    """Whether they differ by no more than the chapter's number."""
    short, long = sorted((heading, title), key=len)
    return bool(short) and long.endswith(short) and len(long) - len(short) <= len("lampiranviii")


def labels(path: Path, document: Document) -> str:
    pdf = pypdfium2.PdfDocument(path)
    own = [pdf.get_page_label(number) for number in range(len(pdf))]
    given = [(label, page.label) for label, page in zip(own, document.pages, strict=True) if label]
    if len(set(own)) < 2:
        return "the file has none"
    return f"{sum(a == b for a, b in given)}/{len(given)}"


def quotes(gold: Path, document: Document) -> str:
    if not gold.is_file():
        return "none"
    pages = [bare(page.text) for page in document.pages]
    questions = map(json.loads, gold.read_text(encoding="utf-8").splitlines())
    evidence = [e for question in questions for e in question["evidence"]]
    found = sum(bare(e["quote"]) in pages[e["pdf_page"] - 1] for e in evidence)
    right = sum(document.pages[e["pdf_page"] - 1].label == e["printed_page"] for e in evidence)
    return f"{found}/{len(evidence)}, printed number right {right}/{len(evidence)}"


def in_boxes(document: Document) -> str:
    """Of random sentences, how many lie inside their boxes with every character."""
    passages = split(document, lambda text: len(text) // 4)
    sentences = [s for p in passages for s in p.sentences if s.kind in ("text", "list")]
    drawn = random.Random(SEED).sample(sentences, min(SENTENCES, len(sentences)))
    whole = sum(all(_enclosed(document.pages[s.page], s) for s in x.spans) for x in drawn)
    return f"{whole}/{len(drawn)}"


def _enclosed(page: Page, span: Span) -> bool:
    """Whether every printed character has a place, inside one of the boxes."""
    places = unpack(page)[span.start : span.end] / 10
    around = boxes(page, span.start, span.end)
    printed = [not c.isspace() for c in page.text[span.start : span.end]]
    return all(
        any(b[0] <= x0 and b[1] <= y0 and x1 <= b[2] and y1 <= b[3] for b in around)
        for (x0, y0, x1, y1), is_printed in zip(places.tolist(), printed, strict=True)
        if is_printed and x1 > x0
    ) and bool(np.any(places))


def speed(path: Path, name: str) -> dict[str, object]:
    """Pages a second of processor time, and the bare loop over all characters beside it."""
    times = []
    for work in (lambda: load(path, name), lambda: _characters(path)):
        started, wall = sum(os.times()[:4]), time.perf_counter()
        work()
        times.append((sum(os.times()[:4]) - started, time.perf_counter() - wall))
    pages = len(pypdfium2.PdfDocument(path))
    (own, wall), (loop, _) = times
    return {
        "pages a second of processor time": round(pages / own, 1),
        "pages a second as measured": round(pages / wall, 1),
        "processor time to that of the bare character loop": round(own / loop, 2),
    }


def _characters(path: Path) -> None:
    pdf = pypdfium2.PdfDocument(path)
    box = raw.FS_RECTF()
    for page in pdf:
        text = page.get_textpage()
        for index in range(text.count_chars()):
            raw.FPDFText_GetUnicode(text.raw, index)
            raw.FPDFText_GetLooseCharBox(text.raw, index, box)


def recognition(data: Path, count: int) -> dict[str, object]:
    """Word error rate of the first pages of a scan, and whether its sentences have boxes."""
    with TemporaryDirectory() as folder:
        source, part = pypdfium2.PdfDocument(data / f"{SCAN}.pdf"), pypdfium2.PdfDocument.new()
        part.import_pages(source, list(range(count)))
        part.save(Path(folder) / "scan.pdf")
        started = time.perf_counter()
        document = load(Path(folder) / "scan.pdf", "scan.pdf")
    reference = np.array(_words(_plain((data / f"{SCAN}.gold.md").read_text(encoding="utf-8"))))
    errors = total = 0
    for page in document.pages:
        read = [line for line in page.text.split("\n") if not _is_furniture(line)]
        words = _words("\n".join(read))
        errors += _distance(words, reference)
        total += len(words)
    return {
        "pages": count,
        "pages read by OCR": sum(page.ocr for page in document.pages),
        "word error rate": round(errors / max(1, total), 4),
        "random sentences inside their boxes": in_boxes(document),
        "seconds a page": round((time.perf_counter() - started) / count, 1),
    }


def _plain(markdown: str) -> str:
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", markdown)
    return re.sub(r"[#*|]", " ", re.sub(r"^\|[ -|]*\|$", "", text, flags=re.MULTILINE))


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", unicodedata.normalize("NFKC", text).lower())


def _is_furniture(line: str) -> bool:
    head = r"\s*(presiden|r[ef]publik\s*indonesia|sk\s*n[o0].*|-?\s*\d+\s*-?)\s*"
    return bool(re.fullmatch(head, line, re.IGNORECASE) or re.search(r"\.\s*\.\s*\.?\s*$", line))


def _distance(words: Sequence[str], reference: "np.ndarray[tuple[int], np.dtype[np.str_]]") -> int:
    """Least edit distance of `words` to any stretch of `reference` (Sellers, 1980)."""
    positions = np.arange(len(reference) + 1)
    before = np.zeros(len(reference) + 1, int)
    for row in _rows(words, reference, before, positions):
        before = row
    return int(before.min())


def _rows(
    words: Sequence[str],
    reference: "np.ndarray[tuple[int], np.dtype[np.str_]]",
    before: "np.ndarray[tuple[int], np.dtype[np.int_]]",
    positions: "np.ndarray[tuple[int], np.dtype[np.int_]]",
) -> Iterator["np.ndarray[tuple[int], np.dtype[np.int_]]"]:
    for number, word in enumerate(words, start=1):
        row = np.empty_like(before)
        row[0] = number
        row[1:] = np.minimum(before[:-1] + (reference != word), before[1:] + 1)
        before = np.minimum.accumulate(row - positions) + positions
        yield before


if __name__ == "__main__":
    sys.exit(main())
