"""What `--check` reports, and the documents that it checks a question set against."""

import difflib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from thesis_qa.evaluate.judge import PagesOf
from thesis_qa.evaluate.matching import bare, letters
from thesis_qa.types import Page

Level = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing at one line. An error makes numbers wrong or a run impossible; a warning probably
    is a mistake; a note is worth a look."""

    line: int
    level: Level
    text: str
    question: str | None = field(default=None, compare=False)  # its id

    def __str__(self) -> str:
        about = f" ({self.question})" if self.question else ""
        return f"line {self.line}{about}: {self.level}: {self.text}"


@dataclass(frozen=True)
class Text:
    """A document as quotes are looked up in it."""

    pages: Sequence[Page]

    @cached_property
    def bare(self) -> list[str]:
        return [bare(page.text) for page in self.pages]

    @property
    def paged(self) -> bool:
        return any(page.number is not None for page in self.pages)

    def find(self, quote: str) -> list[int]:
        """Positions of the pages that hold `quote`; one that a page turn divides counts for the
        page it begins on."""
        wanted = bare(quote)
        if not wanted:
            return []
        whole = [i for i, text in enumerate(self.bare) if wanted in text]
        pairs = zip(self.bare, self.bare[1:], strict=False)
        return whole or [i for i, (one, next_) in enumerate(pairs) if wanted in one + next_]

    def spelt(self, quote: str, position: int) -> bool:
        """Whether the page holds `quote` with the same upper and lower case."""
        texts = (page.text for page in self.pages[position : position + 2])
        return letters(quote) in "".join(map(letters, texts))

    def closest(self, quote: str) -> tuple[int, float]:
        """The page that holds most of `quote`, by position, and the share of it found there."""
        pieces = _pieces(bare(quote))
        shares = [sum(piece in text for piece in pieces) / len(pieces) for text in self.bare]
        best = max(range(len(shares)), key=shares.__getitem__)
        return best, shares[best]


def _pieces(text: str, length: int = 12) -> list[str]:
    return [text[i : i + length] for i in range(max(1, len(text) - length + 1))]


@dataclass(frozen=True)
class Library:
    """The documents of an index, read afresh when needed."""

    documents: Sequence[str]
    pages_of: PagesOf
    _texts: dict[str, Text] = field(default_factory=dict)

    def text(self, document: str) -> Text:
        if document not in self._texts:
            self._texts[document] = Text(self.pages_of(document))
        return self._texts[document]


def place(page: Page) -> str:
    """How a page is named in a finding."""
    if page.number is None:
        return "the document"
    return f"page {page.number}" + (f" (printed {page.label})" if page.label else "")


def suggestion(wrong: str, known: Iterable[str]) -> str:
    """ ", did you mean …?" if something known is written much like it."""
    folded = {name.casefold(): name for name in known}
    close = difflib.get_close_matches(wrong.casefold(), folded, n=1, cutoff=0.6)
    return f"; did you mean {folded[close[0]]!r}?" if close else ""


def at(line: int, question: str | None, level: Level, texts: Iterable[str]) -> Iterator[Finding]:
    """Findings of one level at one place."""
    return (Finding(line, level, text, question) for text in texts)
