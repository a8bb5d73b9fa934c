"""Documents of formats without pages: one running text, and blocks that point into it.

Finds the headings nobody marked, captions, contents pages, references and list items, and lays
everything out as the one `Page` that quotes are checked against.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from thesis_qa.errors import DocumentError
from thesis_qa.read.blocks import RawBlock, RawDocument, code_lines, folded, table_row
from thesis_qa.structure import headings
from thesis_qa.structure.front_matter import find_metadata
from thesis_qa.structure.outline import section_paths
from thesis_qa.structure.page_text import read_on
from thesis_qa.types import Block, Document, Heading, Kind, Page, Span

_TIGHT: frozenset[Kind] = frozenset({"list", "table", "contents"})  # no empty line in between
_BULLETS = "-–•*▪◦·"
TITLE_PAGE_LINE = 70  # characters; the lines of an institution's name are short
MAX_RUN_IN = 80  # characters of a heading that its paragraph follows on the same line
PROSE = 80  # characters of a paragraph under a heading


def flow_document(name: str, read: RawDocument) -> Document:
    """The document that was read as `read`. Raises DocumentError if it holds no text."""
    cleaned = [clean for block in read.blocks for clean in _clean(block) if clean.text]
    cleaned = _with_sections(_with_contents(cleaned))
    blocks = list(_with_captions(_with_kinds(cleaned, read.stated.title if read.titled else "")))
    if not blocks:
        raise DocumentError("without-text", file=name)
    above = list(section_paths((block.kind, block.text, block.level or 0) for block in blocks))
    text, placed = _laid_out(blocks, above)
    stated = read.stated
    title = next((at for block, at in zip(blocks, placed, strict=True) if block.title), None)
    if title:
        start, end = title.spans[0].start, title.spans[0].end
        places = {**stated.places, "title": title.spans}
        stated = replace(stated, title=text[start:end], places=places)
    pages = (Page(number=None, label=None, text=text),)
    metadata = find_metadata(pages, placed, stated)
    return Document(name, pages, tuple(placed), metadata, read.warnings)


# Paragraphs


def _clean(block: RawBlock) -> Iterator[RawBlock]:
    """A block without what nobody sees; of several lines, its paragraphs."""
    if block.kind == "code":
        yield replace(block, text=code_lines(block.text))
    elif block.kind == "table":
        yield replace(block, text=table_row(block.text.split("\t")))
    elif block.wrapped:
        lines = [line for line in map(str.strip, block.text.split("\n")) if line]
        for text in paragraphs(lines):
            listed = headings.is_item(text) and headings.certain_heading(text) is None
            yield from _run_in(
                _folded(replace(block, text=_without_bullet(text), kind="list"))
                if listed
                else _folded(replace(block, text=text))
            )
    else:
        yield from _run_in(_folded(block))


def _run_in(block: RawBlock) -> Iterator[RawBlock]:
    """A paragraph; a bold sentence of words at its beginning is a heading: "Sampel. Peneliti …"."""
    lead, rest = folded(block.lead), block.text[len(folded(block.lead)) :]
    if not lead.endswith(".") and rest[:1] == ".":
        lead, rest = f"{lead}.", rest[1:]
    title, rest = lead.rstrip(" ."), rest.strip()
    heads = (
        block.kind == "text"
        and lead.endswith(".")
        and block.text.startswith(lead)
        and len(lead) < min(MAX_RUN_IN, len(rest))
        and headings.looks_like_heading(title)
        and not headings.is_keywords(block.text)
        and rest[:1].isupper()
    )
    if heads:
        known = headings.certain_heading(title)
        level = known.level if known else headings.level_by_look(title.title())
        yield replace(block, text=lead, kind="heading", level=level, wrapped=False)
    yield replace(block, text=rest) if heads else block


def _without_bullet(item: str) -> str:
    bullet = item[0] in _BULLETS and item[1:2].isspace()
    return item[1:].lstrip() if bullet else item


def _folded(block: RawBlock) -> RawBlock:
    leads = block.kind == "text" and headings.is_contents_line(block.text, in_contents=False)
    return replace(block, text=folded(block.text), kind="contents" if leads else block.kind)


def paragraphs(lines: Sequence[str]) -> Iterator[str]:
    """The paragraphs in stripped, non-empty lines that no empty line parts: lines that were only
    wrapped are joined, a heading, list item or line of a title page begins anew."""
    apart = _is_title_page(lines)
    pending: list[str] = []
    for line in lines:
        if pending and (apart or _begins_anew(pending, line)):
            yield read_on(pending)
            pending = []
        pending.append(line)
    if pending:
        yield read_on(pending)


def _is_title_page(lines: Sequence[str]) -> bool:
    return (
        any(map(headings.names_institution, lines))
        and all(len(line) <= TITLE_PAGE_LINE for line in lines)
        and not any(line.endswith((".", ",", ";", ":")) for line in lines)
    )


def _begins_anew(pending: Sequence[str], line: str) -> bool:
    both = (pending[-1], line)
    return (
        any(headings.certain_heading(text) for text in both)
        or any(headings.is_contents_line(text, in_contents=False) for text in both)
        or (pending[0].isupper() and any(map(str.islower, line)))
        or headings.is_item(line)
        or headings.is_keywords(line)
    )


# Kinds


def _with_kinds(blocks: Sequence[RawBlock], stated: str) -> list[RawBlock]:
    """`blocks` with the kinds and levels that show in their text where the file marks none;
    `stated` is the title that the file states beside its text."""
    blocks = _title_apart([_listed(block) for block in blocks], stated)
    body = next((i for i, block in enumerate(blocks) if _level(block) is not None), 0)
    title = _title_of(blocks[:body])
    found: list[RawBlock] = []
    listing: Kind | None = None  # inside a contents page or the references
    for i, block in enumerate(blocks):
        if i < body or (title and block.text.casefold() == title.casefold()):
            new = _on_title_page(block, title)
        else:
            below = blocks[i + 1].text if i + 1 < len(blocks) else ""
            new = _in_body(block, listing, below)
        if new.kind == "heading":
            role = headings.role_of(new.text)
            listing = role if role in ("contents", "references") else None
        elif listing and new.kind in ("text", "list"):
            new = replace(new, kind=listing)
        found.append(new)
    return found


def _with_contents(blocks: Sequence[RawBlock]) -> list[RawBlock]:
    """`blocks`, where lines in a row that lead to pages are contents, whatever stands above."""

    def leads(block: RawBlock) -> bool:
        unmarked = block.kind in ("text", "list")
        return unmarked and headings.is_contents_line(block.text, in_contents=True)

    found: list[RawBlock] = []
    for leading, run in ((key, list(run)) for key, run in groupby(blocks, key=leads)):
        contents = leading and headings.are_entries([block.text for block in run])
        found += [replace(block, kind="contents") for block in run] if contents else run
    return found


def _with_sections(blocks: Sequence[RawBlock]) -> list[RawBlock]:
    """`blocks`, where "H. Metode Penelitian" and "2. Data", alone above a paragraph or above the
    first such of the next kind, are headings and no items of a list."""
    marks = [_mark(block) for block in blocks]
    found = list(blocks)
    below = ""  # the kind of mark of the heading below, or "prose"
    for at in range(len(blocks) - 1, -1, -1):
        block, mark = blocks[at], marks[at]
        listed = at > 0 and marks[at - 1] == mark
        if mark and below not in ("", mark) and not listed:
            found[at] = replace(block, kind="heading", level=headings.level_by_look(block.text))
            below = mark
        else:
            prose = block.kind == "text" and not mark and len(block.text) >= PROSE
            below = "prose" if prose and block.text.endswith((".", ":", "?")) else ""
    return found


def _mark(block: RawBlock) -> str:
    """Whether a block is numbered as headings below "4.3" are: by a capital or a number."""
    heading = headings.parse_heading(block.text) if block.kind in ("text", "list") else None
    if not heading or len(heading.number) != 1 or headings.certain_heading(block.text):
        return ""
    numbered = "1" if isinstance(heading.number[0], int) else "A"
    return numbered if headings.looks_like_heading(block.text) else ""


def _listed(block: RawBlock) -> RawBlock:
    """What the file numbers is an item of a list, unless it is set or worded as a heading."""
    heading = block.strong or headings.certain_heading(block.text) is not None
    is_item = block.numbered and block.kind == "text" and not heading
    return replace(block, kind="list") if is_item else block


def _title_apart(blocks: Sequence[RawBlock], stated: str) -> list[RawBlock]:
    """`blocks`, where the one highest heading, if the file begins with it and states no other
    title, is the title."""
    marked = [i for i, block in enumerate(blocks) if block.kind == "heading" and block.level == 1]
    if len(marked) != 1 or any(b.kind == "heading" for b in blocks[: marked[0]]):
        return list(blocks)
    first = blocks[marked[0]]
    other = stated and folded(first.text).casefold() != folded(stated).casefold()
    if other or headings.certain_heading(first.text):
        return list(blocks)
    title = replace(first, kind="text", level=None, title=True)
    return [title if block is first else block for block in blocks]


def _level(block: RawBlock) -> int | None:
    """The level of what is a heading without doubt: marked as one, or by its words."""
    if block.kind == "heading" and block.level and not headings.is_paragraph(block.text):
        return block.level
    heading = headings.certain_heading(block.text) if block.kind == "text" else None
    return heading.level if heading else None


def _title_of(front: Sequence[RawBlock]) -> str:
    """The title among the lines before the first heading: marked, or the longest that stands
    out and isn't the name of an institution."""
    marked = [block.text for block in front if block.title]
    outstanding = [block.text for block in front if _stands_out(block)]
    return next(iter(marked), max(outstanding, key=len, default=""))


def _stands_out(block: RawBlock) -> bool:
    emphasised = block.strong or block.text.isupper()
    return block.kind == "text" and emphasised and headings.looks_like_heading(block.text)


def _on_title_page(block: RawBlock, title: str) -> RawBlock:
    is_title = block.text.casefold() == title.casefold()
    return replace(block, kind="heading", level=0, title=True) if is_title else block


def _in_body(block: RawBlock, listing: Kind | None, below: str) -> RawBlock:
    if block.kind == "heading" and _level(block) is None:
        block = replace(block, kind="text", level=None)
    if block.kind != "text":
        return block
    if listing == "contents" and headings.is_contents_line(block.text, in_contents=True):
        return replace(block, kind="contents")
    if headings.is_keywords(block.text):
        return replace(block, kind="contents")
    if headings.is_caption(block.text):
        return replace(block, kind="caption")
    level = _level(block)
    on_title_page = headings.names_institution(below)  # a name, a study programme …
    if level is None and listing is None and _stands_out(block) and not on_title_page:
        level = headings.level_by_look(block.text)
    if level is not None:
        return replace(block, kind="heading", level=level)
    return replace(block, kind="list") if headings.is_item(block.text) else block


def _with_captions(blocks: Sequence[RawBlock]) -> Iterator[RawBlock]:
    """`blocks`, where the rows of a table carry the caption above it (or else below) as well."""
    runs = [list(run) for _, run in groupby(blocks, key=lambda block: block.kind == "table")]
    for before, run, after in zip([[], *runs], runs, [*runs[1:], []], strict=False):
        caption = _table_caption([*before[-1:], *after[:1]]) if run[0].kind == "table" else None
        for block in run:
            context = ": ".join(filter(None, (caption, block.context)))
            yield replace(block, context=context or None)


def _table_caption(neighbours: Iterable[RawBlock]) -> str | None:
    """The caption of a table; one that the file marks needs no number."""
    captions = (block.text for block in neighbours if block.kind == "caption")
    parsed = ((text, headings.parse_caption(text)) for text in captions)
    return next((text for text, found in parsed if not found or found.label == "table"), None)


def _laid_out(
    blocks: Sequence[RawBlock], above: Sequence[tuple[Heading, ...]]
) -> tuple[str, list[Block]]:
    """The text of a page that holds the blocks, and where they are in it."""
    pieces: list[str] = []
    placed: list[Block] = []
    end, before = 0, None
    for block, path in zip(blocks, above, strict=True):
        if before is not None:
            pieces.append("\n" if block.kind == before and block.kind in _TIGHT else "\n\n")
            end += len(pieces[-1])
        span = Span(0, end, end + len(block.text))
        placed.append(Block((span,), block.kind, path, block.context))
        pieces.append(block.text)
        end, before = span.end, block.kind
    return "".join(pieces), placed
