"""DOCX: the text as Word shows it, with headings, numbering, tables, notes and text boxes.

Read from the XML (ECMA-376, part 1), because numbers, tracked changes, text boxes and notes are
not in the paragraphs that document libraries give.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

from thesis_qa.read.archive import Archive
from thesis_qa.read.blocks import (
    RawBlock,
    RawDocument,
    folded,
    keyword_list,
    list_number,
    table_blocks,
)
from thesis_qa.read.docx_styles import WordNumbering, WordStyle, WordStyles, is_on
from thesis_qa.read.xml import child, local, tags, value
from thesis_qa.types import Metadata

_TRANSPARENT = tags("""
    sdt sdtContent ins moveTo customXml smartTag hyperlink fldSimple body Choice dir bdo
    oMathPara oMath
""")
_DELETED = frozenset({"del", "moveFrom"})
_MARKS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_CONTENTS = (
    "toc ",
    *map("table of {}".format, ("figures", "authorities")),
)  # names of styles begin so


def read_docx(path: Path, name: str) -> RawDocument:
    """Read a DOCX (or DOCM) file; places in it are sections and paragraphs, never pages.

    Raises DocumentError if it is damaged, encrypted, or no DOCX at all.
    """
    with Archive(path, name, "DOCX") as archive:
        main = _main_member(archive)
        folder = main.rpartition("/")[0]
        body = archive.xml(main)
        reader = _DocxReader(
            styles=WordStyles(_optional(archive, f"{folder}/styles.xml")),
            numbering=WordNumbering(_optional(archive, f"{folder}/numbering.xml")),
            notes={
                kind: _notes(_optional(archive, f"{folder}/{kind}s.xml"))
                for kind in ("footnote", "endnote")
            },
        )
        return RawDocument(tuple(reader.blocks(body)), _stated(archive))


def _main_member(archive: Archive) -> str:
    if "_rels/.rels" in archive:
        for relation in archive.xml("_rels/.rels"):
            if (relation.get("Type") or "").endswith("/officeDocument"):
                return (relation.get("Target") or "").lstrip("/")
    if "word/document.xml" in archive:
        return "word/document.xml"
    raise archive.missing("word/document.xml")


def _optional(archive: Archive, member: str) -> etree._Element | None:
    return archive.xml(member) if member in archive else None


def _stated(archive: Archive) -> Metadata:
    """Title, author and keywords of the file's properties."""
    core = _optional(archive, "docProps/core.xml")
    stated = {local(item): folded(item.text or "") for item in core} if core is not None else {}
    keywords = keyword_list(stated.get("keywords", ""))
    return Metadata(
        title=stated.get("title", ""),
        author=stated.get("creator", ""),
        keywords=tuple(filter(None, keywords)),
    )


def _notes(root: etree._Element | None) -> dict[str, etree._Element]:
    """The notes of a file by their ids, without the lines that part them from the text."""
    notes = {} if root is None else {value(note, "id"): note for note in root}
    return {key: note for key, note in notes.items() if not value(note, "type")}


@dataclass
class _Paragraph:
    """What the runs of a paragraph amount to."""

    pieces: list[str] = field(default_factory=list)
    plain: bool = False  # some of it isn't bold
    notes: list[RawBlock] = field(default_factory=list)
    boxes: list[etree._Element] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.pieces)


@dataclass
class _DocxReader:
    """Walks over the blocks of a document; counts its lists and notes as they come."""

    styles: WordStyles
    numbering: WordNumbering
    notes: dict[str, dict[str, etree._Element]]
    counted: dict[str, int] = field(default_factory=lambda: {"footnote": 0, "endnote": 0})

    def blocks(self, parent: etree._Element) -> Iterator[RawBlock]:
        for element in _seen(parent):
            tag = local(element)
            if tag == "p":
                yield from self._paragraph(element)
            elif tag == "tbl":
                yield from self._table(element)
            elif tag in _TRANSPARENT:
                yield from self.blocks(element)

    def _paragraph(self, element: etree._Element) -> Iterator[RawBlock]:
        properties = child(element, "pPr")
        style = self.styles.of(properties)
        read = _Paragraph()
        self._runs(element, read, style.bold)
        if read.text.strip():
            yield from self._parts(properties, style, read)
        yield from read.notes
        for box in read.boxes:
            yield from self.blocks(box)

    def _parts(
        self, properties: etree._Element | None, style: WordStyle, read: _Paragraph
    ) -> Iterator[RawBlock]:
        number, numbered = self.numbering.next(properties, style)
        text = f"{number} {read.text}" if number else read.text
        strong = not read.plain
        if style.level:
            yield RawBlock(text, "heading", level=style.level, strong=strong)
        elif style.name.startswith(_CONTENTS):
            yield RawBlock(text, "contents")
        elif style.name == "caption":
            yield RawBlock(text, "caption")
        else:
            title = style.name == "title"
            yield RawBlock(text, strong=strong, title=title, numbered=numbered)

    def _runs(self, parent: etree._Element, read: _Paragraph, bold: bool) -> None:
        for element in _seen(parent):
            tag = local(element)
            if tag == "r":
                self._run(element, read, bold)
            elif tag in _TRANSPARENT:
                self._runs(element, read, bold)
            elif tag not in ("pPr", "rPr", "sdtPr"):
                read.pieces.append(_math(element))

    def _run(self, run: etree._Element, read: _Paragraph, bold: bool) -> None:
        properties = child(run, "rPr")
        if is_on(properties, "vanish"):
            return
        before = len(read.pieces)
        for element in _seen(run):
            self._in_run(element, read)
        strong = is_on(properties, "b", self.styles.bold_of_run(properties, bold))
        read.plain = read.plain or (not strong and any(map(str.strip, read.pieces[before:])))

    def _in_run(self, element: etree._Element, read: _Paragraph) -> None:
        tag = local(element)
        if tag == "t":
            read.pieces.append(element.text or "")
        elif tag in _MARKS:
            read.pieces.append(_MARKS[tag])
        elif tag in ("footnoteReference", "endnoteReference"):
            read.notes += self._note(tag.removesuffix("Reference"), value(element, "id"))
        elif tag in ("drawing", "pict", "object", "Choice", "Fallback"):
            read.boxes += _outermost(element, "txbxContent")

    def _note(self, kind: str, key: str) -> Iterator[RawBlock]:
        if (note := self.notes[kind].get(key)) is not None:
            self.counted[kind] += 1
            style = "decimal" if kind == "footnote" else "lowerRoman"
            number = list_number(style, self.counted[kind])
            text = " ".join(part.text for part in self.blocks(note))
            yield RawBlock(f"{number} {text}", "footnote")

    def _table(self, element: etree._Element) -> Iterator[RawBlock]:
        rows = [row for row in _inside(element, "tr") if not _is_deleted(row)]
        cells = [list(_inside(row, "tc")) for row in rows]
        if max(map(len, cells), default=0) < 2:  # a frame around text, not a table
            for cell in (cell for row in cells for cell in row):
                yield from self.blocks(cell)
            return
        notes: list[RawBlock] = []
        texts = [[self._cell(cell, notes) for cell in row] for row in cells]
        has_heads = rows and is_on(child(rows[0], "trPr"), "tblHeader")
        yield from table_blocks(texts[1:], texts[0]) if has_heads else table_blocks(texts)
        yield from notes

    def _cell(self, cell: etree._Element, notes: list[RawBlock]) -> str:
        parts = list(self.blocks(cell))
        notes += (part for part in parts if part.kind == "footnote")
        return " ".join(part.text for part in parts if part.kind != "footnote")


def _seen(parent: etree._Element) -> Iterator[etree._Element]:
    """The children a reader sees: not what was deleted, and one of several alternatives."""
    for element in parent:
        tag = local(element)
        if tag == "AlternateContent":
            yield from list(element)[:1]
        elif tag and tag not in _DELETED:
            yield element


def _inside(parent: etree._Element, tag: str) -> Iterator[etree._Element]:
    """The rows of a table, or cells of a row, also those inside content controls."""
    for element in _seen(parent):
        if local(element) == tag:
            yield element
        elif local(element) in _TRANSPARENT:
            yield from _inside(element, tag)


def _outermost(parent: etree._Element, tag: str) -> Iterator[etree._Element]:
    for element in _seen(parent):
        if local(element) == tag:
            yield element
        else:
            yield from _outermost(element, tag)


def _is_deleted(row: etree._Element) -> bool:
    properties = child(row, "trPr")
    return properties is not None and child(properties, "del") is not None


def _math(element: etree._Element) -> str:
    """The characters of a formula in the order they are written, fractions on one line."""
    tag = local(element)
    if not tag or "/math" not in str(element.tag):
        return ""
    inside = [_math(part) for part in element]
    if tag == "t":
        return element.text or ""
    if tag == "f":
        return "/".join(filter(None, inside))
    return ("√" if tag == "rad" else "") + "".join(inside)
