"""HTML, read from the file alone: no style, script, picture or address in it is ever followed."""

import re
from collections.abc import Iterator
from pathlib import Path

from lxml import etree
from lxml import html as lxml_html

from thesis_qa.errors import DocumentError
from thesis_qa.lang.data import SPOKEN
from thesis_qa.lang.data import text as text_of
from thesis_qa.read import xml
from thesis_qa.read.archive import read_file
from thesis_qa.read.blocks import (
    RawBlock,
    RawDocument,
    TableCell,
    bounded,
    first_year,
    folded,
    keyword_list,
    list_number,
    table_blocks,
)
from thesis_qa.read.encoding import decode
from thesis_qa.read.maths import lowered, mathml, raised
from thesis_qa.read.xml import local
from thesis_qa.types import Kind, Metadata

LEADING = 3  # links, from which a list of them is taken for contents
MAX_BYTES = 100_000_000  # a saved page with its pictures inside it

_SKIPPED = xml.tags("""
    script style nav noscript template svg head iframe object embed canvas audio video
    button dialog menu map
""")
_BLOCKS = xml.tags("""
    address article aside blockquote body caption center dd details div dl dt fieldset
    figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html li main ol p
    pre section summary table tbody td tfoot th thead tr ul
""")
_FIELDS = xml.tags("input select textarea")
_PARTS = xml.tags("frame iframe object embed")  # other files, which stand within a page
MOST_NAMED = 20  # of parts that aren't read
_CONTROL = dict.fromkeys([*range(9), 11, *range(14, 32)])
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_NOT_IN_DATA = frozenset({"table", "pre", *_HEADINGS})
_STRONG = frozenset({"b", "strong"})
_SHIFTS = {"sup": "super", "sub": "sub"}  # tags, and what a style says of others
_CAPTIONS = frozenset({"caption", "figcaption"})
_NOTE_HOLDERS = frozenset({"aside", "div", "section", "ol", "li", "p"})
_LIST_FORMATS = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
_EPUB_TYPE = "{http://www.idpf.org/2007/ops}type"
_NOTE_LINKS = re.compile(r"\b(?:footnote-?(?:back|ref)|doc-(?:backlink|noteref)|noteref)\b")
_PAGE_BREAKS = ("pagebreak", "doc-pagebreak")  # the number of the printed page, in the text
_NOTES = re.compile(r"\b(?:footnotes?|endnotes?|doc-(?:foot|end)notes?)\b")
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?([\w-]+)", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"^\s*<\?xml[^>]{0,100}encoding\s*=\s*[\"']([\w-]+)", re.IGNORECASE)


class NestingError(ValueError):
    """Elements are nested to thousands."""


UNREADABLE = (etree.ParserError, NestingError)


def read_html(path: Path, name: str) -> RawDocument:
    """Read the main content of a page: headings, paragraphs, lists, tables, code, notes."""
    data = read_file(path, name, MAX_BYTES, "HTML")
    declared = _META_CHARSET.search(data[:4096]) or _XML_ENCODING.search(data[:200])
    text = decode(data, name, declared[1].decode() if declared else None)
    try:
        root = parse_html(text)
    except NestingError as error:
        raise DocumentError("html-nested", file=name) from error
    except etree.ParserError as error:
        raise DocumentError("html-unreadable", file=name, reason=error) from error
    unread = (text_of("html.part", SPOKEN, part=part) for part in _parts(root))
    return RawDocument(bounded(element_blocks(_main(root)), name), _stated(root), tuple(unread))


def _parts(root: etree._Element) -> list[str]:
    """The files beside a page that its author shows within it; they are never opened."""
    named = (e.get("src") or e.get("data") or "" for e in root.iter(*_PARTS))
    return [part for part in dict.fromkeys(named) if part and ":" not in part][:MOST_NAMED]


def html_blocks(fragment: str) -> Iterator[RawBlock]:
    """What stands in a piece of HTML; of one that no parser takes, the text between its tags."""
    try:
        yield from element_blocks(parse_html(fragment))
    except UNREADABLE:
        yield RawBlock(re.sub(r"<[^<>]*>", " ", fragment))


def parse_html(text: str) -> etree._Element:
    """The root of an HTML text, however broken.

    Raises ParserError where nothing is in it, NestingError for elements nested to thousands.
    """
    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, huge_tree=True
    )
    clean = text.translate(_CONTROL).encode("utf-8", "replace")
    root = lxml_html.document_fromstring(clean, parser=parser)
    if any(error.type_name == "ERR_RESOURCE_LIMIT" for error in parser.error_log):
        raise NestingError
    return root


def element_blocks(root: etree._Element) -> Iterator[RawBlock]:
    """What stands below an element of HTML or XHTML, in order."""
    return _HtmlReader().blocks(root)


def tag_of(element: etree._Element) -> str:
    """The tag in lower case and without its namespace; "" for comments and the like."""
    return local(element).lower()


def _main(root: etree._Element) -> etree._Element:
    """The element that holds the content: <main>, a lone <article>, or everything."""
    elements = list(root.iter())
    mains = [e for e in elements if tag_of(e) == "main" or e.get("role") == "main"]
    for found in (mains, [e for e in elements if tag_of(e) == "article"]):
        if len(found) == 1 and _weight(found[0]) > _weight(root) / 2:
            return found[0]
    return root


def _weight(element: etree._Element) -> int:
    paragraphs_in = element.iter("p", "li", "td", "h1", "h2", "h3", "pre")
    return sum(len(xml.inner_text(p)) for p in paragraphs_in)


def _stated(root: etree._Element) -> Metadata:
    """What the head states; repositories put the record of a thesis there."""
    meta: dict[str, list[str]] = {}
    for element in root.iter("meta"):
        key = (element.get("name") or element.get("property") or "").lower()
        meta.setdefault(key, []).append(folded(element.get("content") or ""))
    year = first_year(" ".join(_first(meta, "citation_publication_date", "citation_date", "date")))
    keywords = keyword_list("; ".join(_first(meta, "citation_keywords", "keywords")))
    titles = _first(meta, "citation_title", "dc.title", "og:title") or [
        folded(xml.inner_text(title)) for title in root.iter("title")
    ]
    return Metadata(
        title=next(iter(titles), ""),
        author=", ".join(_first(meta, "citation_author", "dc.creator", "author")),
        year=year,
        university=", ".join(_first(meta, "citation_dissertation_institution")),
        keywords=tuple(filter(None, keywords)),
    )


def _first(meta: dict[str, list[str]], *keys: str) -> list[str]:
    return next((values for key in keys if (values := list(filter(None, meta.get(key, []))))), [])


class _HtmlReader:
    """Walks over a tree and gathers inline text until a block begins or ends."""

    def __init__(self) -> None:
        self.text: list[str] = []
        self.plain = False  # some of the gathered text isn't bold
        self.lead = ""  # of the gathered text, before anything that isn't bold
        self.bold = 0  # open <b> and <strong>
        self.lists: list[tuple[str, int] | None] = []  # type and next number; None for bullets
        self.mark: str | None = None  # of the list item whose first text comes next
        self.kinds: list[Kind] = ["text"]
        self.level: int | None = None
        self.shifted: list[int] = []  # where open <sup> and <sub> begin in the gathered text
        self.passed_over: etree._Element | None = None

    def blocks(self, root: etree._Element) -> Iterator[RawBlock]:
        walk = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
        for event, element in walk:
            if event == "start":
                yield from self._start(element, walk, is_root=element is root)
                continue
            if event == "end":
                yield from self._end(element)
            if element is not root:
                self._add(element.tail)
        yield from self._flush()

    def _start(
        self, element: etree._Element, walk: etree.iterwalk, is_root: bool
    ) -> Iterator[RawBlock]:
        tag = tag_of(element)
        if tag in _BLOCKS:
            yield from self._flush()
        whole = tag == "pre" or (tag == "table" and _is_data(element))
        listed = tag in ("ul", "ol") and _leads_on(element)
        inline = tag == "math" or tag in _FIELDS
        if whole or listed or inline or (not is_root and _is_skipped(element, tag)):
            self.passed_over = element
            walk.skip_subtree()
            if inline:
                self._add(mathml(element) if tag == "math" else _filled(element, tag))
            elif listed:
                yield from (RawBlock(xml.inner_text(item), "contents") for item in _items(element))
            elif whole:
                yield from _code(element) if tag == "pre" else _table(element)
            return
        self._open(element, tag)
        self._add(element.text)

    def _open(self, element: etree._Element, tag: str) -> None:
        if tag == "br":
            self.text.append("\n")
        elif tag in _HEADINGS:
            self.level = _HEADINGS[tag]
        elif tag in ("ol", "ul"):
            self.lists.append((element.get("type", "1"), _count_of(element, "start", 0)))
            self.lists[-1] = self.lists[-1] if tag == "ol" else None
        elif tag == "li":
            self.mark = self._next_mark(element)
        elif tag in _STRONG:
            self.bold += 1
        elif _shift_of(element, tag):
            self.shifted.append(len(self.text))
        if kind := _kind_inside(element, tag):
            self.kinds.append(kind)

    def _end(self, element: etree._Element) -> Iterator[RawBlock]:
        tag = tag_of(element)
        if element is self.passed_over:
            self.passed_over = None
            return
        if tag in _BLOCKS:
            yield from self._flush()
        if tag in ("ol", "ul"):
            self.lists.pop()
        elif tag in _STRONG:
            self.bold -= 1
        elif (shift := _shift_of(element, tag)) and self.shifted:
            self._shift(shift, self.shifted.pop())
        elif tag in _HEADINGS:
            self.level = None
        elif tag == "li":
            self.mark = None
        if _kind_inside(element, tag):
            self.kinds.pop()

    def _next_mark(self, item: etree._Element) -> str:
        if not self.lists or (numbering := self.lists[-1]) is None:
            return ""
        style, number = numbering
        number = int(value) if (value := item.get("value", "")).isdecimal() else number
        self.lists[-1] = (style, number + 1)
        return f"{list_number(_LIST_FORMATS.get(style, 'decimal'), number)}. "

    def _add(self, text: str | None) -> None:
        if text:
            self.text.append(" ".join(f"|{text}|".split())[1:-1])
            self.plain = self.plain or (not self.bold and not text.isspace())
            self.lead = self.lead if self.plain else "".join(self.text)

    def _shift(self, shift: str, start: int) -> None:
        """Raise or lower what was gathered from `start` on."""
        inside, before = "".join(self.text[start:]), "".join(self.text[:start])
        shown = raised(inside, before) if shift == "sup" else lowered(inside)
        self.text[start:] = [shown] if shown else []

    def _flush(self) -> Iterator[RawBlock]:
        lines = [line for line in map(folded, "".join(self.text).split("\n")) if line]
        strong, lead = not self.plain, self.lead
        self.text, self.plain, self.lead = [], False, ""
        if not lines:
            return
        kind = self.kinds[-1]
        if self.level:
            yield RawBlock(" ".join(lines), "heading", level=self.level)
        elif self.mark is not None and kind == "text":
            yield RawBlock(self.mark + " ".join(lines), "list")
        elif kind != "text" or strong:
            yield RawBlock((self.mark or "") + " ".join(lines), kind, strong=strong)
        else:
            yield RawBlock("\n".join(lines), wrapped=True, lead=lead)
        self.mark = None


def _shift_of(element: etree._Element, tag: str) -> str | None:
    """ "sup" or "sub", by its tag or its style."""
    if tag in _SHIFTS:
        return tag
    _, _, align = _style(element).partition("vertical-align:")
    return next((key for key, said in _SHIFTS.items() if align.partition(";")[0] == said), None)


def _style(element: etree._Element) -> str:
    return (element.get("style") or "").replace(" ", "").lower()


def _filled(field: etree._Element, tag: str) -> str:
    """What is filled into a field of a form, or chosen there."""
    if tag == "select":
        chosen = (option for option in field if option.get("selected") is not None)
        return " ".join(map(xml.inner_text, chosen))
    if tag == "textarea":
        return xml.inner_text(field)
    return field.get("value", "") if field.get("type", "text") in ("text", "date", "number") else ""


def _leads_on(listed: etree._Element) -> bool:
    """Whether the items of a list are links to places of the page, and nothing else: contents."""
    items = _items(listed)
    links = [e for e in listed.iter() if tag_of(e) == "a" and e.get("href", "").startswith("#")]
    if len(items) < LEADING or len(links) != len(items):
        return False
    return "".join(map(xml.inner_text, links)).split() == xml.inner_text(listed).split()


def _items(listed: etree._Element) -> list[etree._Element]:
    return [element for element in listed.iter() if tag_of(element) == "li"]


def _is_skipped(element: etree._Element, tag: str) -> bool:
    hidden = element.get("hidden") is not None or element.get("aria-hidden") == "true"
    unseen = hidden or "display:none" in _style(element)
    footer = tag == "footer" and not any(_has(e, _NOTES) for e in element.iter())
    break_of_page = any(said in _PAGE_BREAKS for said in _named(element)[1:])
    note = tag == "a" and _has(element, _NOTE_LINKS)
    return footer or tag in _SKIPPED or unseen or note or break_of_page


def _has(element: etree._Element, pattern: re.Pattern[str]) -> bool:
    return any(map(pattern.search, _named(element)))


def _named(element: etree._Element) -> list[str]:
    """What an element is called by its author."""
    return [element.get(key) or "" for key in ("class", "role", _EPUB_TYPE, "epub:type")]


def _kind_inside(element: etree._Element, tag: str) -> Kind | None:
    if tag in _CAPTIONS:
        return "caption"
    return "footnote" if tag in _NOTE_HOLDERS and _has(element, _NOTES) else None


def _is_data(table: etree._Element) -> bool:
    """Whether a table holds data; old pages are laid out with tables, but without heads."""
    rows = [_cells(row) for row in _rows(table)]
    headed = any(tag_of(cell) == "th" for row in rows for cell in row)
    laid_out = _NOT_IN_DATA - ({"table"} if headed else set())
    inside = {tag_of(element) for element in table.iterdescendants()}
    return not inside & laid_out and any(len(row) > 1 for row in rows)


def _rows(table: etree._Element) -> list[etree._Element]:
    """Its rows, but not those of tables in its cells."""
    rows = (element for element in table.iterdescendants() if tag_of(element) == "tr")
    tables = (table, *(inner for inner in table.iterdescendants() if tag_of(inner) == "table"))
    return [row for row in rows if next(a for a in row.iterancestors() if a in tables) is table]


def _cells(row: etree._Element) -> list[etree._Element]:
    return [cell for cell in row if tag_of(cell) in ("td", "th")]


def _table(table: etree._Element) -> Iterator[RawBlock]:
    for element in table.iterchildren():
        if tag_of(element) == "caption":
            yield RawBlock(_text_of(element), "caption")
    rows = [row for row in _rows(table) if _cells(row)]
    heads = 0
    for row in rows:
        parent = row.getparent()
        in_head = parent is not None and tag_of(parent) == "thead"
        if not in_head and any(tag_of(cell) != "th" for cell in _cells(row)):
            break
        heads += 1
    yield from table_blocks([_row(row) for row in rows], heads if 0 < heads < len(rows) else None)


def _row(row: etree._Element) -> list[TableCell]:
    return [
        TableCell(_text_of(cell), _count_of(cell, "colspan"), _count_of(cell, "rowspan", 1000))
        for cell in _cells(row)
    ]


def _count_of(element: etree._Element, key: str, endless: int = 1) -> int:
    """How many rows or columns a cell covers, `endless` for 0, which means all that are left; or
    with what number a list begins."""
    count = element.get(key, "").strip()
    return (int(count) or endless) if count.isdecimal() and len(count) < 4 else 1


def _text_of(element: etree._Element) -> str:
    """All text below an element, its blocks and lines parted by spaces."""
    return folded(" ".join(block.text for block in _HtmlReader().blocks(element)))


def _code(element: etree._Element) -> Iterator[RawBlock]:
    yield RawBlock(xml.inner_text(element), "code")
