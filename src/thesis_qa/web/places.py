"""Where something stands, for people and as an address: pages, quotes, and their highlights."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from thesis_qa.answer.compose import column_line
from thesis_qa.index.rows import DocumentInfo
from thesis_qa.read.blocks import paragraphs_of
from thesis_qa.types import Citation, DocumentReport, Span
from thesis_qa.web.texts import Texts

_NUMBER = re.compile(r"\[(\d{1,3})\]")  # of a citation
_DIGITS = 9  # of a number in a mark at most

Piece = str | int | Citation
"""Of an answer: text, the number of a citation, or a quote."""


@dataclass(frozen=True, slots=True)
class Highlight:
    """Characters `start` to `end` of a page, counted from 1, that are to be highlighted."""

    page: int
    start: int
    end: int

    @classmethod
    def parse(cls, text: str) -> "Highlight":
        """From "61:1204-1318". Raises ValueError for anything else."""
        page, _, span = text.partition(":")
        numbers = [page, *span.split("-")]
        whole = all(n.isascii() and n.isdecimal() and len(n) <= _DIGITS for n in numbers)
        if len(numbers) != 3 or not whole:
            raise ValueError(f"not a mark: {text[:40]!r}")
        return cls(*map(int, numbers))

    def __str__(self) -> str:
        return f"{self.page}:{self.start}-{self.end}"


def size_words(document: DocumentInfo | DocumentReport, texts: Texts) -> list[str]:
    """How much there is of it: pages, where there are several, and passages."""
    pages = [texts.pages.format(count=document.pages)] if document.pages > 1 else []
    one = document.passages == 1
    return [*pages, texts.one_passage if one else texts.passages.format(count=document.passages)]


def page_words(page: int | None, label: str | None, texts: Texts) -> str:
    """A page as a reader looks for it: "p. 29 (file page 61)"; empty without pages."""
    if page is None:
        return ""
    label = label or str(page)
    printed: str = texts.page.format(label=label)
    if label == str(page):
        return printed
    return f"{printed} ({texts.file_page.format(page=page)})"


def cited_page(citation: Citation, texts: Texts) -> str:
    """The page of a citation, as `page_words`."""
    return page_words(citation.page, citation.page_label, texts)


# Addresses


def place_link(route: str, citation: Citation, texts: Texts, **more: object) -> str:
    """The address of a place or its picture, with what is to be highlighted there."""
    marks = [Highlight(s.page or 1, s.start, s.end) for s in citation.spans]
    return link_to(route, citation.document, citation.page, marks, texts, **more)


def spans_link(
    route: str, document: str, page: int | None, spans: Sequence[Span], texts: Texts
) -> str:
    """The address of a place by the spans it consists of."""
    marks = [Highlight(s.page + 1, s.start, s.end) for s in spans]
    return link_to(route, document, page, marks, texts)


def link_to(
    route: str,
    document: str,
    page: int | None,
    marks: Sequence[Highlight],
    texts: Texts,
    **more: object,
) -> str:
    """The address of a page, a place on it or a picture of it."""
    known = {"document": document, "language": texts.language, **more}
    if page is not None:
        known["page"] = page
    query = urlencode([*known.items(), *(("mark", str(mark)) for mark in marks)])
    return f"{texts.root}/{route}?{query}"


# Quotes in an answer


def answer_paragraphs(text: str, citations: Sequence[Citation]) -> list[list[Piece]]:
    """The paragraphs of an answer, taken apart."""
    return [answer_pieces(paragraph, citations) for paragraph in paragraphs_of(text.strip())]


def answer_parts(text: str, citations: Sequence[Citation]) -> list["list[Piece] | QuotedTable"]:
    """The paragraphs of an answer; quoted rows of a table one below the other, under the heads that
    the text names before them."""
    by_number = {citation.number: citation for citation in citations}
    parts: list[list[Piece] | QuotedTable] = []
    above = ""
    for paragraph in paragraphs_of(text.strip()):
        match pieces := answer_pieces(paragraph, citations):
            case ["“", Citation(quote=said), "” ", int(number), str(after)] if (
                cited := by_number[number]
            ).cells and cited.quote == said:
                if above and above == column_line(_context(cited)):
                    parts.pop()
                table = quoted_table(cited, after)
                before = parts[-1] if parts else None
                joined = before.joined(table) if isinstance(before, QuotedTable) else None
                parts[-1:] = [joined] if joined else [*parts[-1:], table]
            case _:
                parts.append(pieces)
        above = paragraph
    return parts


def answer_pieces(text: str, citations: Sequence[Citation]) -> list[Piece]:
    """`text` with its quotes and the numbers of its citations told apart."""
    known = {str(citation.number) for citation in citations}
    found: list[Piece] = []
    for piece in quote_pieces(text, citations):
        if isinstance(piece, Citation):
            found.append(piece)
        else:  # every second one is what stands between brackets
            for at, part in enumerate(_NUMBER.split(piece)):
                found.append(part if at % 2 == 0 else int(part) if part in known else f"[{part}]")
    return found


def quote_pieces(text: str, citations: Sequence[Citation]) -> list[str | Citation]:
    """`text` with the quotes in it told apart from what is around them.

    A quote may itself hold "[1]"; only what is around it is ours.
    """
    by_quote = {c.quote: c for c in citations if c.quote}
    if not by_quote:
        return [text]
    longest_first = sorted(by_quote, key=len, reverse=True)
    found = re.split(f"({'|'.join(map(re.escape, longest_first))})", text)
    return [by_quote.get(piece, piece) for piece in found]


# Quoted rows of a table


@dataclass(frozen=True, slots=True)
class QuotedRow:
    """A row, and where in its quote each cell stands; None for one that is empty."""

    cited: Citation
    cells: tuple[tuple[int, int] | None, ...]
    after: str = ""  # what is said of it behind its number


@dataclass(frozen=True, slots=True)
class QuotedTable:
    """Rows of one table under its heads; without heads where these can't be told from each other.

    `caption` is all that is known to stand above the rows otherwise.
    """

    caption: str
    heads: tuple[str, ...]
    rows: tuple[QuotedRow, ...]

    def joined(self, below: "QuotedTable") -> "QuotedTable | None":
        """With the rows of `below`, if that is the same table. In one of them cells may be empty,
        whose heads aren't known then."""
        first, last = self.rows[-1], below.rows[0]
        if (first.cited.document, self.caption) != (last.cited.document, below.caption):
            return None
        if self.heads == below.heads:
            same = len(first.cells) == len(last.cells)
            return replace(self, rows=self.rows + below.rows) if same else None
        heads = max(self.heads, below.heads, key=len)
        named = len(set(heads)) == len(heads) and {*self.heads, *below.heads} == set(heads)
        if not (named and self.caption):
            return None
        return QuotedTable(self.caption, heads, self.under(heads) + below.under(heads))

    def under(self, heads: Sequence[str]) -> tuple[QuotedRow, ...]:
        """The rows, their cells under more heads."""
        known = [dict(zip(self.heads, row.cells, strict=True)) for row in self.rows]
        return tuple(
            replace(row, cells=tuple(map(cells.get, heads)))
            for row, cells in zip(self.rows, known, strict=True)
        )


def quoted_table(cited: Citation, after: str = "") -> QuotedTable:
    """A quoted row of a table by itself."""
    context = _context(cited)
    caption, _, named = context.rpartition(": ")
    heads = tuple(named.split(" | "))
    if len(heads) != len(cited.cells):
        caption, heads = context, ()
    return QuotedTable(caption, heads, (QuotedRow(cited, cited.cells, after),))


def _context(cited: Citation) -> str:
    """Caption and column heads of a row, without what else it leans on."""
    return (cited.context or "").partition("\n")[0]
