"""DOCX: the text as Word shows it, with headings, numbering, tables, notes and text boxes.

Read from the XML (ECMA-376, part 1), because numbers, tracked changes, text boxes and notes are
not in the paragraphs that document libraries give.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

from thesis_qa.lang.data import SPOKEN
from thesis_qa.lang.data import text as words
from thesis_qa.read.archive import Archive
from thesis_qa.read.blocks import (
    RawBlock,
    RawDocument,
    TableCell,
    bounded,
    folded,
    keyword_list,
    list_number,
    table_blocks,
)
from thesis_qa.read.docx_parts import WordNumbering, WordParts, WordStyle, WordStyles, is_on
from thesis_qa.read.maths import formula, letters, lowered, raised, symbol
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
        parts = WordParts(archive)
        reader = _DocxReader(
            parts=parts,
            styles=WordStyles(parts.xml("styles")),
            numbering=WordNumbering(parts.xml("numbering")),
            notes={kind: _notes(parts.xml(f"{kind}s")) for kind in ("footnote", "endnote")},
        )
        blocks = bounded(reader.blocks(parts.body), name)
        return RawDocument(blocks, _stated(parts), tuple(dict.fromkeys(reader.warnings)))


def _stated(parts: WordParts) -> Metadata:
    """Title, author and keywords of the file's properties."""
    core = parts.properties
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
    lead: str = ""  # what of its beginning is
    notes: list[RawBlock] = field(default_factory=list)
    boxes: list[etree._Element] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.pieces)


@dataclass
class _DocxReader:
    """Walks over the blocks of a document; counts its lists and notes as they come."""

    parts: WordParts
    styles: WordStyles
    numbering: WordNumbering
    notes: Mapping[str, Mapping[str, etree._Element]]
    counted: dict[str, int] = field(default_factory=lambda: {"footnote": 0, "endnote": 0})
    warnings: list[str] = field(default_factory=list)

    def blocks(self, parent: etree._Element) -> Iterator[RawBlock]:
        held: _Paragraph | None = None  # its mark is deleted, so that it goes on in the next
        for element in _flat(parent):
            tag = local(element)
            if tag == "p":
                read = self._read(element, held or _Paragraph())
                held = read if _mark_deleted(element) else None
                yield from () if held else self._paragraph(element, read)
            elif tag == "tbl":
                yield from self._table(element)
            elif tag == "altChunk":
                yield from self._chunk(element)
        if held:
            yield RawBlock(held.text)

    def _read(self, element: etree._Element, read: _Paragraph) -> _Paragraph:
        style = self.styles.of(child(element, "pPr"))
        before = read.text
        self._runs(element, read, style)
        added = read.text[len(before) :]
        if before.strip() and added and not before[-1].isspace() and not added[0].isspace():
            read.pieces = [before, " ", added]
        return read

    def _paragraph(self, element: etree._Element, read: _Paragraph) -> Iterator[RawBlock]:
        properties = child(element, "pPr")
        style = self.styles.of(properties)
        if read.text.strip():
            yield from self._parts(properties, style, read)
        yield from read.notes
        for box in read.boxes:
            yield from self._box(box)

    def _box(self, box: etree._Element) -> Iterator[RawBlock]:
        """What stands in a text box, or in the shapes of a diagram."""
        if local(box) == "txbxContent":
            yield from self.blocks(box)
            return
        for text in self.parts.diagram(value(box, "dm")):
            yield RawBlock(text, "list")

    def _chunk(self, element: etree._Element) -> Iterator[RawBlock]:
        """Another file that stands within this one."""
        blocks = self.parts.chunk(value(element, "id"))
        if blocks is None:
            self.warnings.append(words("docx.chunk", SPOKEN))
        yield from blocks or ()

    def _parts(
        self, properties: etree._Element | None, style: WordStyle, read: _Paragraph
    ) -> Iterator[RawBlock]:
        number, numbered = self.numbering.next(properties, style)
        text, lead = (f"{number} {t}" if number else t for t in (read.text, read.lead))
        strong = not read.plain
        if style.level:
            yield RawBlock(text, "heading", level=style.level, strong=strong)
        elif style.name.startswith(_CONTENTS):
            yield RawBlock(text, "contents")
        elif style.role == "caption":
            yield RawBlock(text, "caption")
        else:
            title = style.role == "title"
            yield RawBlock(text, strong=strong, title=title, numbered=numbered, lead=lead)

    def _runs(self, parent: etree._Element, read: _Paragraph, style: WordStyle) -> None:
        for element in _seen(parent):
            tag = local(element)
            if tag == "r":
                self._run(element, read, style)
            elif tag == "oMath":
                read.pieces.append(formula(element))
            elif tag in _TRANSPARENT:
                self._runs(element, read, style)
            elif tag not in ("pPr", "rPr", "sdtPr"):
                read.pieces.append(formula(element))

    def _run(self, run: etree._Element, read: _Paragraph, style: WordStyle) -> None:
        properties = child(run, "rPr")
        if self.styles.hides(properties, style.hidden):
            return
        before = len(read.pieces)
        font = value(child(properties, "rFonts"), "ascii")
        for element in _seen(run):
            self._in_run(element, read, font)
        self._shift(self.styles.shift(properties), read, before)
        strong = is_on(properties, "b", self.styles.bold_of_run(properties, style.bold))
        read.plain = read.plain or (not strong and any(map(str.strip, read.pieces[before:])))
        read.lead = read.lead if read.plain else read.text

    def _shift(self, shift: str, read: _Paragraph, start: int) -> None:
        """Raise or lower what a run added."""
        inside = "".join(read.pieces[start:])
        if shift == "superscript":
            read.pieces[start:] = [raised(inside, "".join(read.pieces[max(0, start - 9) : start]))]
        elif shift == "subscript":
            read.pieces[start:] = [lowered(inside)]

    def _in_run(self, element: etree._Element, read: _Paragraph, font: str) -> None:
        tag = local(element)
        if tag == "t":
            read.pieces += letters(element.text or "", font)
        elif tag == "sym":
            self._symbol(element, read)
        elif tag in _MARKS:
            read.pieces.append(_MARKS[tag])
        elif tag == "fldChar":
            read.pieces += _filled(element)
        elif tag in ("footnoteReference", "endnoteReference"):
            read.notes += self._note(tag.removesuffix("Reference"), value(element, "id"))
        elif tag in ("drawing", "pict", "object", "Choice", "Fallback"):
            read.boxes += _outermost(element, ("txbxContent", "relIds"))

    def _symbol(self, element: etree._Element, read: _Paragraph) -> None:
        font, code = value(element, "font"), value(element, "char")
        try:
            found = symbol(font, int(code, 16))
        except ValueError:
            found = None
        if found is None:
            self.warnings.append(words("docx.symbol", SPOKEN, font=font or "?"))
        read.pieces.append(found or " ")

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
        read = [
            [*_left_out(row), *(self._table_cell(cell, notes) for cell in own)]
            for row, own in zip(rows, cells, strict=True)
        ]
        heads = 0
        while heads < len(rows) and is_on(child(rows[heads], "trPr"), "tblHeader"):
            heads += 1
        yield from table_blocks(read, heads if 0 < heads < len(rows) else None)
        yield from notes

    def _table_cell(self, cell: etree._Element, notes: list[RawBlock]) -> TableCell:
        properties = child(cell, "tcPr")
        merged = child(properties, "vMerge")
        goes_on = merged is not None and value(merged) != "restart"
        across = value(child(properties, "gridSpan"))
        text = self._cell(cell, notes)
        return TableCell(text, int(across) if across.isdecimal() else 1, 0 if goes_on else 1)

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


def _outermost(parent: etree._Element, tags: tuple[str, ...]) -> Iterator[etree._Element]:
    for element in _seen(parent):
        if local(element) in tags:
            yield element
        else:
            yield from _outermost(element, tags)


def _flat(parent: etree._Element) -> Iterator[etree._Element]:
    """The blocks of a document, also those inside content controls and the like."""
    for element in _seen(parent):
        if local(element) in _TRANSPARENT:
            yield from _flat(element)
        else:
            yield element


def _mark_deleted(paragraph: etree._Element) -> bool:
    """Whether a tracked change takes away the end of a paragraph."""
    mark = child(paragraph, "pPr", "rPr")
    return any(child(mark, tag) is not None for tag in _DELETED)


def _left_out(row: etree._Element) -> Iterator[TableCell]:
    """The columns that a row begins behind."""
    before = value(child(row, "trPr", "gridBefore"))
    if before.isdecimal() and int(before):
        yield TableCell("", int(before))


def _filled(begin: etree._Element) -> Iterator[str]:
    """What is chosen or ticked in a field of a form."""
    choices, box = (child(begin, "ffData", kind) for kind in ("ddList", "checkBox"))
    if choices is not None:
        entries = [value(entry) for entry in choices if local(entry) == "listEntry"]
        number = value(child(choices, "result")) or value(child(choices, "default")) or "0"
        yield from entries[int(number) :][:1] if number.isdecimal() else ()
    if box is not None:
        yield "☑" if is_on(box, "checked", is_on(box, "default")) else "☐"


def _is_deleted(row: etree._Element) -> bool:
    properties = child(row, "trPr")
    return properties is not None and child(properties, "del") is not None
