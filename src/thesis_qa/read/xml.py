"""XML from an unknown hand, looked at by local names."""

from typing import Any

from lxml import etree

MAX_TAGS = 3_000_000  # a thesis of 1,000 pages has a tenth; lxml takes some 200 bytes for each


class EntityError(ValueError):
    """A document type that declares entities, which may expand without end or name files."""


def parse(data: bytes) -> etree._Element:
    """The root of an XML text from an unknown hand: no entities, no network, no huge trees.

    Raises XMLSyntaxError, EntityError for a document type that declares entities, and MemoryError
    for one that can't be held.
    """
    if data.count(b"<") > MAX_TAGS:
        raise MemoryError
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_pis=True
    )
    root = etree.fromstring(data, parser)
    doctype: Any = root.getroottree().docinfo.internalDTD
    if doctype is not None and any(True for _ in doctype.iterentities()):
        raise EntityError
    return root


def local(element: etree._Element) -> str:
    """The tag without its namespace (the strict and the usual variant differ only there)."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def tags(names: str) -> frozenset[str]:
    """Names of elements: of a format, and so of no language."""
    return frozenset(names.split())


def inner_text(element: etree._Element) -> str:
    """All text below an element."""
    return "".join(map(str, element.itertext()))


def value(element: etree._Element | None, name: str = "val") -> str:
    """An attribute by its local name; "" where there is none."""
    if element is None:
        return ""
    return next((str(v) for k, v in element.attrib.items() if str(k).endswith("}" + name)), "")


def child(element: etree._Element | None, *path: str) -> etree._Element | None:
    """The first child, grandchild … with these tags."""
    for tag in path:
        element = (
            next((e for e in element if local(e) == tag), None) if element is not None else None
        )
    return element
