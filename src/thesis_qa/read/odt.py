"""ODT (OpenDocument 1.3 text): headings, numbering, tables, notes and text frames."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

from thesis_qa.errors import DocumentError
from thesis_qa.read import flow, xml
from thesis_qa.read.archive import Archive
from thesis_qa.read.flow import Part
from thesis_qa.read.xml import child, local, value
from thesis_qa.structure.numbering import in_format
from thesis_qa.types import Document, Kind, Metadata

MAX_SPACES = 1000  # of <text:s text:c="…"/> and of repeated cells: more is no text
_HOLDERS = frozenset(
    re.findall(
        r"[\w-]+",
        """text section index-body table-of-content illustration-index table-index
    alphabetical-index bibliography index-title frame text-box""",
    )
)
_CONTENTS = frozenset({"table-of-content", "illustration-index", "table-index", "object-index"})
_INLINE_ONLY = frozenset({"annotation", "annotation-end", "tracked-changes", "ruby-text", "desc"})
_FORMATS = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}


def load_odt(path: Path, name: str) -> Document:
    """Read an ODT file; places in it are sections and paragraphs, never pages.

    Raises DocumentError if it is damaged, encrypted, or no ODT at all.
    """
    with Archive(path, name, "ODT") as archive:
        if "META-INF/manifest.xml" in archive and any(
            local(e) == "encryption-data" for e in archive.xml("META-INF/manifest.xml").iter()
        ):
            raise archive.protected()
        content = archive.xml("content.xml")
        styles = archive.xml("styles.xml") if "styles.xml" in archive else None
        body = child(child(content, "body"), "text")
        if body is None:
            raise archive.damaged("it holds no text document")
        reader = _Reader(_Styles([root for root in (styles, content) if root is not None]))
        meta = archive.xml("meta.xml") if "meta.xml" in archive else None
        loaded = flow.document(name, reader.blocks(body), _stated(meta))
    if not loaded.blocks:
        raise DocumentError(
            f"{name!r} holds no text", "If it holds pictures of pages, save it as PDF"
        )
    return loaded


def _stated(meta: etree._Element | None) -> Metadata:
    stated: dict[str, list[str]] = {}
    for item in () if meta is None else meta.iter():
        stated.setdefault(local(item), []).append(flow.folded(item.text or ""))
    author = (*stated.get("initial-creator", ()), *stated.get("creator", ()))
    keywords = re.split(r"\s*[;,]\s*", "; ".join(stated.get("keyword", ())))
    return Metadata(
        title=next(iter(stated.get("title", ())), ""),
        author=next(iter(author), ""),
        keywords=tuple(filter(None, keywords)),
    )


@dataclass(frozen=True, slots=True)
class _Level:
    style: str  # 1, a, A, i, I; "" for bullets
    prefix: str
    suffix: str
    shown: int  # how many levels a number shows: 3 for 4.3.1
    start: int


class _Styles:
    """Which styles are bold, and how lists and headings are numbered."""

    def __init__(self, roots: Sequence[etree._Element]) -> None:
        self.parents: dict[str, str] = {}
        self.bold: dict[str, bool] = {}
        self.names: dict[str, str] = {}
        self.lists: dict[str, dict[int, _Level]] = {}
        self.outline: dict[int, _Level] = {}
        for element in (e for root in roots for e in root.iter()):
            tag = local(element)
            if tag == "style":
                self._style(element)
            elif tag == "list-style":
                self.lists[value(element, "name")] = _levels(element)
            elif tag == "outline-style":
                self.outline = _levels(element)

    def _style(self, element: etree._Element) -> None:
        name = value(element, "name")
        self.parents[name] = value(element, "parent-style-name")
        self.names[name] = (value(element, "display-name") or name).lower()
        weights = [value(e, "font-weight") for e in element if local(e) == "text-properties"]
        if any(weights):
            self.bold[name] = "bold" in weights or any(w.isdecimal() and w > "500" for w in weights)

    def is_bold(self, name: str, default: bool = False) -> bool:
        return next((self.bold[s] for s in self.chain(name) if s in self.bold), default)

    def is_named(self, name: str, wanted: str) -> bool:
        return any(self.names.get(s, s.lower()) == wanted for s in self.chain(name))

    def chain(self, name: str) -> list[str]:
        chain: list[str] = []
        while name and name not in chain:
            chain.append(name)
            name = self.parents.get(name, "")
        return chain


def _levels(element: etree._Element) -> dict[int, _Level]:
    levels: dict[int, _Level] = {}
    for item in element:
        depth = value(item, "level")
        if depth.isdecimal():
            levels[int(depth)] = _Level(
                style=value(item, "num-format"),
                prefix=value(item, "num-prefix"),
                suffix=value(item, "num-suffix"),
                shown=_number(value(item, "display-levels"), 1),
                start=_number(value(item, "start-value"), 1),
            )
    return levels


def _number(text: str, default: int) -> int:
    return int(text) if text.isdecimal() and len(text) < 6 else default


@dataclass
class _List:
    levels: dict[int, _Level]
    counts: dict[int, int] = field(default_factory=dict)

    def next(self, depth: int, start: int | None = None) -> str:
        """The next number of a level as printed; "" for bullets and unnumbered headings."""
        for deeper in [d for d in self.counts if d > depth]:
            del self.counts[deeper]
        level = self.levels.get(depth)
        if level is None or not level.style:
            return ""
        first = level.start if start is None else start
        anew = start is not None or depth not in self.counts
        self.counts[depth] = first if anew else self.counts[depth] + 1
        shown = range(max(1, depth - level.shown + 1), depth + 1)
        numbers = [self._printed(d) for d in shown]
        return level.prefix + ".".join(filter(None, numbers)) + level.suffix

    def _printed(self, depth: int) -> str:
        level = self.levels.get(depth)
        if level is None or not level.style:
            return ""
        return in_format(_FORMATS.get(level.style, "decimal"), self.counts.get(depth, level.start))


@dataclass
class _Text:
    """What the inline elements of a paragraph amount to."""

    pieces: list[str] = field(default_factory=list)
    plain: bool = False
    after: list[Part] = field(default_factory=list)  # notes and frames

    def add(self, text: str | None, bold: bool) -> None:
        if text:
            self.pieces.append(text)
            self.plain = self.plain or (not bold and not text.isspace())


class _Reader:
    """Walks over the blocks of a document; counts its lists and headings as they come."""

    def __init__(self, styles: _Styles) -> None:
        self.styles = styles
        self.outline = _List(styles.outline)
        self.numbered: dict[str, _List] = {}  # by list id, so that a list can go on
        self.last: dict[str, str] = {}  # the list id last seen of a list style

    def blocks(self, parent: etree._Element, kind: Kind = "text") -> Iterator[Part]:
        for element in parent:
            tag = local(element)
            if tag == "p":
                yield from self._paragraph(element, kind)
            elif tag == "h":
                yield from self._heading(element)
            elif tag == "list":
                yield from self._list(element, 1, None)
            elif tag == "table":
                yield from self._table(element)
            elif tag in _HOLDERS:
                yield from self.blocks(element, "contents" if tag in _CONTENTS else kind)

    def _paragraph(self, element: etree._Element, kind: Kind, mark: str = "") -> Iterator[Part]:
        style = value(element, "style-name")
        read = self._read(element, style)
        text = mark + "".join(read.pieces)
        if text.strip():
            if kind == "text" and self.styles.is_named(style, "caption"):
                kind = "caption"
            title = kind == "text" and self.styles.is_named(style, "title")
            yield Part(text, kind, strong=not read.plain, title=title)
        yield from read.after

    def _heading(self, element: etree._Element) -> Iterator[Part]:
        level = _number(value(element, "outline-level"), 1)
        read = self._read(element, value(element, "style-name"))
        text = "".join(read.pieces)
        if text.strip():
            number = "" if value(element, "is-list-header") == "true" else self.outline.next(level)
            yield Part(f"{number} {text}", "heading", level=level, strong=not read.plain)
        yield from read.after

    def _read(self, element: etree._Element, style: str) -> _Text:
        read = _Text()
        self._inline(element, read, self.styles.is_bold(style))
        return read

    def _inline(self, parent: etree._Element, read: _Text, bold: bool) -> None:
        read.add(parent.text, bold)
        for element in parent:
            tag = local(element)
            if tag == "s":
                read.add(" " * min(_number(value(element, "c"), 1), MAX_SPACES), bold)
            elif tag in ("tab", "line-break"):
                read.add("\t" if tag == "tab" else "\n", bold)
            elif tag == "note":
                read.after += self._note(element)
            elif tag == "frame":
                read.after += self.blocks(element)
            elif tag and tag not in _INLINE_ONLY:
                style = value(element, "style-name") if tag == "span" else ""
                self._inline(element, read, self.styles.is_bold(style, bold))
            read.add(element.tail, bold)

    def _note(self, element: etree._Element) -> Iterator[Part]:
        citation = child(element, "note-citation")
        number = "" if citation is None else xml.text(citation)
        for body in (e for e in element if local(e) == "note-body"):
            text = " ".join(part.text for part in self.blocks(body))
            yield Part(f"{number} {text}", "footnote")

    def _list(self, element: etree._Element, depth: int, outer: _List | None) -> Iterator[Part]:
        counted = outer or self._counted(element)
        for item in element:
            if local(item) not in ("list-item", "list-header"):
                continue
            start = value(item, "start-value")
            number = counted.next(depth, _number(start, 1) if start else None)
            for i, block in enumerate(item):
                tag = local(block)
                if tag == "list":
                    yield from self._list(block, depth + 1, counted)
                elif tag == "h":
                    yield from self._heading(block)
                elif tag == "p" and i == 0 and local(item) == "list-item":
                    yield from self._paragraph(block, "list", f"{number} " if number else "")
                elif tag == "p":
                    yield from self._paragraph(block, "text")

    def _counted(self, element: etree._Element) -> _List:
        """The counts of a list: its own, or those of the list it goes on with."""
        style, key = value(element, "style-name"), value(element, "id")
        before = value(element, "continue-list")
        if value(element, "continue-numbering") == "true":
            before = self.last.get(style, "")
        counted = self.numbered.get(before) or _List(self.styles.lists.get(style, {}))
        key = key or f"list {len(self.numbered)}"
        self.numbered[key] = counted
        self.last[style] = key
        return counted

    def _table(self, element: etree._Element) -> Iterator[Part]:
        heads, body = _rows(element)
        after: list[Part] = []
        texts = [[self._cell(cell, after) for cell in row] for row in (*heads, *body)]
        if max(map(len, texts), default=0) < 2:  # a frame around text, not a table
            for cell in (cell for row in (*heads, *body) for cell in row):
                yield from self.blocks(cell)
            return
        yield from flow.table(texts[1:], texts[0]) if heads else flow.table(texts)
        yield from after

    def _cell(self, cell: etree._Element, after: list[Part]) -> str:
        parts = list(self.blocks(cell))
        after += (part for part in parts if part.kind == "footnote")
        return " ".join(part.text for part in parts if part.kind != "footnote")


def _rows(
    table: etree._Element,
) -> tuple[list[list[etree._Element]], list[list[etree._Element]]]:
    """The head rows and the others, as lists of cells."""
    heads: list[list[etree._Element]] = []
    body: list[list[etree._Element]] = []
    for element in table:
        tag = local(element)
        if tag == "table-row":
            body.append([cell for cell in element if local(cell) == "table-cell"])
        elif tag in ("table-header-rows", "table-rows", "table-row-group"):
            inner_heads, inner = _rows(element)
            heads += inner_heads
            (heads if tag == "table-header-rows" else body).extend(inner)
    return heads, body
