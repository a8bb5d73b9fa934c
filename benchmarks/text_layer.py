"""How much of a PDF's own text reaches the stored text, and in whose order.

    python benchmarks/text_layer.py [--worst 20] [--without NAME …] [FOLDER or FILE …]

For every page, PDFium's own text is compared with what was read: the share of its characters that
no block holds and that no furniture explains (furniture must repeat on other pages, be a page
number or say that a page is blank), and the share of its sequences of four words that stand in the
stored text too (pages of running text only: at least 100 words, most of them in paragraphs): word
by word, and by their letters alone, since where a formula has spaces is as PDFium likes. Pages that
were recognised from pictures have no text of their own and are left out.
"""

import argparse
import os
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from thesis_qa.read import ocr
from thesis_qa.structure.document import load
from thesis_qa.types import Document

WORDS = 100  # of a page of running text
PROSE = 0.6  # of its characters in paragraphs and lists
REPEATED = 3  # pages on which furniture stands
DATA = Path(os.environ.get("THESIS_QA_DATA", "../shared/data"))

_ACCENTS = "´`¨ˆ˜¸ˇ˘˚¯˙˝˛"
_LINE_END_HYPHEN = re.compile("[-\x02\ufffe\u00ad]\\s*[\r\n]+\\s*|[\x02\ufffe\u00ad]")


@dataclass(frozen=True)
class PageLoss:
    """What became of a page's own text."""

    document: str
    page: int
    characters: int
    lost: int
    sequences: float | None  # share that survives; None where it is no page of running text
    in_order: float | None  # the same, white space left aside
    lines: tuple[str, ...]  # that were lost

    def __str__(self) -> str:
        survived = ""
        if self.sequences is not None:
            survived = f" sequences {self.sequences:.3f}, letters alone {self.in_order:.3f}"
        return f"{self.document} p. {self.page}: lost {self.lost} of {self.characters}{survived}"


def folded(text: str) -> str:
    """`text` as it is compared: divided words whole, compatible characters alike, no accents
    (which PDFium gives apart where a file does)."""
    whole = _LINE_END_HYPHEN.sub("", "".join(c for c in text if c not in _ACCENTS))
    apart = unicodedata.normalize("NFKD", whole).replace("ı", "i")
    return "".join(c for c in apart if not unicodedata.combining(c)).casefold()


def words(text: str) -> list[str]:
    bare = ("".join(filter(str.isalnum, word)) for word in folded(text).split())
    return [word for word in bare if word]


def fours(sequence: list[str]) -> Counter[tuple[str, ...]]:
    return Counter(zip(*(sequence[start:] for start in range(4)), strict=False))


def letters(text: str) -> Counter[str]:
    return Counter(filter(str.isalnum, folded(text)))


def own_texts(path: Path) -> list[str]:
    """PDFium's text of every page."""
    import pypdfium2

    pdf = pypdfium2.PdfDocument(path)
    texts = []
    for page in pdf:
        text_page = page.get_textpage()
        texts.append(text_page.get_text_range())
        text_page.close()
        page.close()
    return texts


def pattern(line: str) -> str:
    return re.sub(r"\d+|\b[ivxlc]+\b", "#", folded(line)).strip()


def bare(line: str) -> str:
    return "".join(filter(str.isalpha, folded(line)))


def explained(document: Document) -> Iterator[tuple[int, str, bool]]:
    """Page, text and whether it is accounted for, of every block."""
    furniture = [block for block in document.blocks if block.kind == "furniture"]
    repeated = Counter(pattern(text) for block in furniture for _, text in parts(document, block))
    titles = {bare(title) for block in document.blocks for title in block.section}
    for block in document.blocks:
        for page, text in parts(document, block):
            said = block.kind != "furniture" or repeated[pattern(text)] >= REPEATED
            names = any(title and title in bare(text) for title in titles)
            yield page, text, said or names or len(words(text)) <= 3


def parts(document: Document, block: object) -> list[tuple[int, str]]:
    spans = block.spans  # type: ignore[attr-defined]
    return [(s.page, document.pages[s.page].text[s.start : s.end]) for s in spans]


def losses(path: Path) -> Iterator[PageLoss]:
    """What became of every page of the file at `path`."""
    document = load(path, path.name)
    held: list[list[str]] = [[] for _ in document.pages]
    unsaid: list[list[str]] = [[] for _ in document.pages]
    for page, text, said in explained(document):
        (held if said else unsaid)[page].append(text)
    prose = Counter(
        chain.from_iterable(
            [page] * len(text)
            for block in document.blocks
            if block.kind in ("text", "list")
            for page, text in parts(document, block)
        )
    )
    for number, own in enumerate(own_texts(path)):
        stored = document.pages[number]
        if stored.ocr or not stored.height:
            continue
        mine, theirs = letters("\n".join(held[number])), letters(own)
        lost = sum((theirs - mine).values())
        sequences = fours(words(own))
        running = len(words(own)) >= WORDS and prose[number] >= PROSE * len(stored.text)
        shares = surviving(sequences, words(stored.text)) if running else (None, None)
        lines = tuple(unsaid[number])
        yield PageLoss(path.name, number + 1, theirs.total(), lost, *shares, lines)


def surviving(sequences: Counter[tuple[str, ...]], stored: list[str]) -> tuple[float, float]:
    """What share of `sequences` stands in the words that are stored, and in their letters."""
    whole = sum((sequences & fours(stored)).values())
    run = "".join(stored)
    letters_only = sum(n for four, n in sequences.items() if "".join(four) in run)
    return whole / max(1, sequences.total()), letters_only / max(1, sequences.total())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="*", type=Path, default=[DATA / "train" / "docs"])
    parser.add_argument("--worst", type=int, default=20)
    parser.add_argument("--without", nargs="*", default=[], help="documents left out")
    options = parser.parse_args()
    ocr.available = lambda: False  # pictures of pages have no text of their own
    files = chain.from_iterable(
        sorted(path.glob("*.pdf")) if path.is_dir() else [path] for path in options.paths
    )
    pages: list[PageLoss] = []
    for path in files:
        if path.stem in options.without:
            continue
        found = list(losses(path))
        pages += found
        print(f"{path.name:34}", *summary(found), flush=True)
    print(f"{'all':34}", *summary(pages))
    print("\nMost lost:")
    for page in sorted(pages, key=lambda page: -page.lost)[: options.worst]:
        print(" ", page, *(f"\n      {line!r}" for line in page.lines))
    print("\nOrder:")
    ordered = [page for page in pages if page.sequences is not None]
    for page in sorted(ordered, key=lambda page: page.in_order or 0)[: options.worst]:
        print(" ", page)
    return 0


def summary(pages: Iterable[PageLoss]) -> list[str]:
    pages = list(pages)
    lost, all_of = sum(page.lost for page in pages), sum(page.characters for page in pages)
    return [
        f"pages {len(pages):4}  lost {100 * lost / max(1, all_of):.3f} %",
        _spread("sequences", [page.sequences for page in pages if page.sequences is not None]),
        _spread("letters alone", [page.in_order for page in pages if page.in_order is not None]),
    ]


def _spread(name: str, shares: list[float]) -> str:
    mean, worst = sum(shares) / max(1, len(shares)), min(shares, default=1)
    return f"{name} {mean:.4f} worst {worst:.3f} below .97: {sum(s < 0.97 for s in shares)}"


if __name__ == "__main__":
    sys.exit(main())
