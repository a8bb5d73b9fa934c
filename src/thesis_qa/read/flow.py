"""Documents of formats without pages: one running text, and blocks that point into it.

A reader of such a format (DOCX, Markdown, HTML …) says what stands in the file as `Part`s, in
order; `document` finds the headings nobody marked, the sections, captions, contents pages and
references, and lays everything out as the one `Page` that quotes are checked against.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from thesis_qa.structure import front_matter, headings
from thesis_qa.structure.outline import section_paths
from thesis_qa.types import Block, Document, Heading, Kind, Metadata, Page, Span

_INVISIBLE = dict.fromkeys(  # controls, soft hyphen, zero width, marks of byte order
    [*range(9), *range(14, 28), 0x7F, 0xAD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0xFFFE]
)
_TIGHT: frozenset[Kind] = frozenset({"list", "table", "contents"})  # no empty line in between


@dataclass(frozen=True, slots=True)
class Part:
    """A paragraph, heading, list item, table row, piece of code … as a file gives it."""

    text: str
    kind: Kind = "text"
    level: int | None = None  # of what the file marks as a heading, 1 the highest
    strong: bool = False  # bold from its first letter to its last
    title: bool = False  # marked as the title of the document
    context: str | None = None  # column heads of a table row


def document(
    name: str, parts: Iterable[Part], properties: Metadata, warnings: Sequence[str] = ()
) -> Document:
    """The document made of `parts`; `properties` are what the file says about itself."""
    cleaned = [part for part in map(_clean, parts) if part.text]
    placed = list(_with_headings(list(_with_captions(_with_kinds(cleaned)))))
    text, blocks = _laid_out(placed)
    title = next((b for (part, _), b in zip(placed, blocks, strict=True) if part.title), None)
    if title:
        start, end = title.spans[0].start, title.spans[0].end
        places = {**properties.places, "title": title.spans}
        properties = replace(properties, title=text[start:end], places=places)
    pages = (Page(number=None, label=None, text=text),)
    return Document(
        name=name,
        pages=pages,
        blocks=tuple(blocks),
        metadata=front_matter.find(pages, blocks, properties),
        warnings=tuple(warnings),
    )


def folded(text: str) -> str:
    """`text` on one line, without the characters nobody sees (soft hyphens, zero width …)."""
    return " ".join(text.translate(_INVISIBLE).split())


def table(rows: Sequence[Sequence[str]], heads: Sequence[str] = ()) -> Iterator[Part]:
    """The rows of a table, cells parted by tabs, each with the column heads as its context.

    Without `heads` the first row is taken as the heads if it can be one.
    """
    body = [[folded(cell) for cell in row] for row in rows]
    heads = [folded(head) for head in heads]
    if not heads and _has_heads(body):
        heads, body = body[0], body[1:]
    if any(heads):
        yield Part(_row(heads), "table")
    context = " | ".join(filter(None, heads)) or None
    yield from (Part(_row(row), "table", context=context) for row in body if any(row))


def _row(cells: Iterable[str]) -> str:
    return "\t".join(filter(None, cells))


def _has_heads(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row names the columns: every cell has words, and it is no form
    ("Nama | : | …")."""
    if len(rows) < 2 or len(rows[0]) < 2:
        return False
    form = all(":" in row[0][-1:] + "".join(row[1:2])[:1] for row in rows if len(row) > 1)
    return not form and all(len(c) <= 80 and any(map(str.isalpha, c)) for c in rows[0])


def _clean(part: Part) -> Part:
    if part.kind == "code":
        lines = part.text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        lines = [line.translate(_INVISIBLE).expandtabs(4).rstrip() for line in lines]
        return replace(part, text="\n".join(lines).strip("\n"))
    if part.kind == "table":
        return replace(part, text=_row(map(folded, part.text.split("\t"))))
    if part.kind == "text" and headings.is_contents_line(part.text, in_contents=False):
        return replace(part, text=folded(part.text), kind="contents")
    return replace(part, text=folded(part.text))


def _with_kinds(parts: Sequence[Part]) -> list[Part]:
    """`parts` with the kinds and levels that show in their text where the file marks none."""
    parts = _title_apart(parts)
    body = next((i for i, part in enumerate(parts) if _level(part) is not None), 0)
    title = _title_of(parts[:body])
    kinds: list[Part] = []
    listing: Kind | None = None  # inside a contents page or the references
    for i, part in enumerate(parts):
        if i < body or (title and part.text.casefold() == title.casefold()):
            new = _kind_on_title_page(part, title)
        else:
            below = parts[i + 1].text if i + 1 < len(parts) else ""
            new = _kind_in_body(part, listing, below)
        if new.kind == "heading":
            listing = _listing(new.text)
        elif listing and new.kind in ("text", "list"):
            new = replace(new, kind=listing)
        kinds.append(new)
    return kinds


def _title_apart(parts: Sequence[Part]) -> list[Part]:
    """`parts`, where the one highest heading, if the file begins with it, is the title."""
    marked = [i for i, part in enumerate(parts) if part.kind == "heading" and part.level == 1]
    if len(marked) != 1 or any(p.kind == "heading" for p in parts[: marked[0]]):
        return list(parts)
    first = parts[marked[0]]
    if headings.level_by_number(first.text):
        return list(parts)
    title = replace(first, kind="text", level=None, title=True)
    return [title if part is first else part for part in parts]


def _level(part: Part) -> int | None:
    """The level of what is a heading without doubt: marked as one, or by its words."""
    if part.kind == "heading" and part.level and not headings.is_paragraph(part.text):
        return part.level
    return headings.level_by_number(part.text) if part.kind == "text" else None


def _title_of(front: Sequence[Part]) -> str:
    """The title among the lines before the first heading: marked, or the longest that stands
    out and isn't the name of an institution."""
    marked = [part.text for part in front if part.title]
    outstanding = [part.text for part in front if _stands_out(part)]
    return next(iter(marked), max(outstanding, key=len, default=""))


def _stands_out(part: Part) -> bool:
    emphasised = part.strong or part.text.isupper()
    return part.kind == "text" and emphasised and headings.looks_like_heading(part.text)


def _kind_on_title_page(part: Part, title: str) -> Part:
    is_title = part.text.casefold() == title.casefold()
    return replace(part, kind="heading", level=0, title=True) if is_title else part


def _kind_in_body(part: Part, listing: Kind | None, below: str) -> Part:
    if part.kind == "heading" and _level(part) is None:
        part = replace(part, kind="text", level=None)
    if part.kind != "text":
        return part
    if listing == "contents" and headings.is_contents_line(part.text, in_contents=True):
        return replace(part, kind="contents")
    if headings.is_keywords(part.text):
        return replace(part, kind="contents")
    if headings.is_caption(part.text):
        return replace(part, kind="caption")
    level = headings.level_by_number(part.text)
    on_title_page = headings.names_institution(below)  # a name, a study programme …
    if level is None and listing is None and _stands_out(part) and not on_title_page:
        level = headings.level_by_look(part.text)
    if level is not None:
        return replace(part, kind="heading", level=level)
    return replace(part, kind="list") if headings.is_item(part.text) else part


def _listing(heading: str) -> Kind | None:
    role = headings.role_of(heading)
    return role if role in ("contents", "references") else None


def _with_captions(parts: Sequence[Part]) -> Iterator[Part]:
    """`parts`, where the rows of a table carry the caption above it (or else below) as well."""
    runs = [list(run) for _, run in groupby(parts, key=lambda part: part.kind == "table")]
    for before, run, after in zip([[], *runs], runs, [*runs[1:], []], strict=False):
        caption = _table_caption([*before[-1:], *after[:1]]) if run[0].kind == "table" else None
        for part in run:
            context = ": ".join(filter(None, (caption, part.context)))
            yield replace(part, context=context or None)


def _table_caption(neighbours: Iterable[Part]) -> str | None:
    captions = (p.text for p in neighbours if p.kind == "caption")
    return next(filter(headings.is_table_caption, captions), None)


def _laid_out(placed: Iterable[tuple[Part, tuple[Heading, ...]]]) -> tuple[str, list[Block]]:
    """The text of a page that holds the parts with their sections, and the blocks in it."""
    pieces: list[str] = []
    blocks: list[Block] = []
    end, before = 0, None
    for part, above in placed:
        if before is not None:
            pieces.append("\n" if part.kind == before and part.kind in _TIGHT else "\n\n")
            end += len(pieces[-1])
        span = Span(0, end, end + len(part.text))
        blocks.append(Block((span,), part.kind, above, part.context))
        pieces.append(part.text)
        end, before = span.end, part.kind
    return "".join(pieces), blocks


def _with_headings(parts: Sequence[Part]) -> Iterator[tuple[Part, tuple[Heading, ...]]]:
    """Every part with the headings above it."""
    given = ((part.kind, part.text, part.level or 0) for part in parts)
    return zip(parts, section_paths(given), strict=True)
