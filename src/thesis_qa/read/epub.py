"""EPUB (2 and 3): the chapters in the order of the spine, without cover and navigation."""

import posixpath
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

from lxml import etree

from thesis_qa.errors import DocumentError
from thesis_qa.lang.data import SPOKEN, text
from thesis_qa.read import xml
from thesis_qa.read.archive import Archive
from thesis_qa.read.blocks import RawBlock, RawDocument, bounded, first_year, folded
from thesis_qa.read.encoding import decode
from thesis_qa.read.html import UNREADABLE, element_blocks, parse_html, tag_of
from thesis_qa.read.xml import local
from thesis_qa.types import Metadata

_CHAPTERS = frozenset({"application/xhtml+xml", "text/html", "application/x-dtbook+xml"})
MAX_CHAPTERS = 5_000  # a book that is cut into pages has some hundred
MOST_NAMED = 20  # of what is missing


def read_epub(path: Path, name: str) -> RawDocument:
    """Read an EPUB file; places in it are sections and paragraphs, never pages.

    Raises DocumentError if it is damaged, protected (DRM), or no EPUB at all.
    """
    with Archive(path, name, "EPUB") as book:
        package_name = _package_name(book)
        package = book.xml(package_name)
        members = _chapters(package, posixpath.dirname(package_name), book)
        encrypted = _encrypted(book)
        if encrypted & set(members):
            raise DocumentError("epub-protected", file=name)
        missing = [member for member in members if member not in book]
        warnings = tuple(
            text("epub.missing", SPOKEN, part=member) for member in missing[:MOST_NAMED]
        )
        members = [member for member in members if member in book]
        return RawDocument(bounded(_blocks(book, members), name), _stated(package), warnings)


def _package_name(book: Archive) -> str:
    if "META-INF/container.xml" in book:
        for element in book.xml("META-INF/container.xml").iter():
            if local(element) == "rootfile":
                return element.get("full-path") or ""
    raise book.missing("META-INF/container.xml")


def _chapters(package: etree._Element, folder: str, book: Archive) -> list[str]:
    """The members that hold the chapters, each once, as the format has it."""
    references = sum(local(element) == "itemref" for element in package.iter())
    if references > MAX_CHAPTERS:
        raise DocumentError("too-many-chapters", file=book.name, count=references)
    return list(dict.fromkeys(_spine(package, folder)))


def _spine(package: etree._Element, folder: str) -> Iterator[str]:
    """The members that hold the chapters, in reading order."""
    items = {e.get("id"): e for e in package.iter() if local(e) == "item"}
    for reference in (e for e in package.iter() if local(e) == "itemref"):
        item = items.get(reference.get("idref"))
        if item is None or item.get("media-type") not in _CHAPTERS:
            continue
        if "nav" in (item.get("properties") or "").split():
            continue
        member = posixpath.normpath(posixpath.join(folder, unquote(item.get("href") or "")))
        yield member


def _encrypted(book: Archive) -> set[str]:
    if "META-INF/encryption.xml" not in book:
        return set()
    references = (e for e in book.xml("META-INF/encryption.xml").iter())
    return {e.get("URI") or "" for e in references if local(e) == "CipherReference"}


def _blocks(book: Archive, members: list[str]) -> Iterator[RawBlock]:
    for member in members:
        try:
            root = _chapter(book.read(member), book.name)
        except UNREADABLE:  # an empty chapter
            continue
        yield from element_blocks(root)


def _chapter(data: bytes, name: str) -> etree._Element:
    """The body of a chapter, read as the XML it should be, or as the HTML it is."""
    try:
        root = xml.parse(data)
        if any(True for _ in root.iter(etree.Entity)):  # &nbsp; of a document type never fetched
            root = parse_html(decode(data, name))
    except (etree.XMLSyntaxError, xml.EntityError):
        root = parse_html(decode(data, name))
    return next((e for e in root.iter() if tag_of(e) == "body"), root)


def _stated(package: etree._Element) -> Metadata:
    stated: dict[str, list[str]] = {}
    for item in package.iter():
        if value := folded(item.text or ""):
            stated.setdefault(local(item), []).append(value)
    year = first_year(" ".join(stated.get("date", ())))
    return Metadata(
        title=next(iter(stated.get("title", ())), ""),
        author=", ".join(stated.get("creator", ())),
        year=year,
        university=next(iter(stated.get("publisher", ())), ""),
        keywords=tuple(stated.get("subject", ())),
    )
