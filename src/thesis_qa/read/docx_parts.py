"""The parts of a DOCX file, found by their relationships: each program names them as it likes."""

import posixpath
from collections.abc import Iterator
from functools import cached_property

from lxml import etree

from thesis_qa.read.archive import Archive
from thesis_qa.read.blocks import RawBlock
from thesis_qa.read.encoding import decode
from thesis_qa.read.html import html_blocks
from thesis_qa.read.xml import inner_text, local

_HTML = (".htm", ".html", ".xhtml")


class WordParts:
    """What belongs to the main part of a DOCX file."""

    def __init__(self, archive: Archive) -> None:
        """Raises DocumentError where there is no main part."""
        self.archive = archive
        self.package = self._relations("")
        found = next(iter(self._of_kind(self.package, "officeDocument")), "word/document.xml")
        if found not in archive:
            raise archive.missing("word/document.xml")
        self.main = found
        self.related = self._relations(found)

    @cached_property
    def body(self) -> etree._Element:
        return self.archive.xml(self.main)

    @property
    def properties(self) -> etree._Element | None:
        """What the file says about itself."""
        named = [*self._of_kind(self.package, "core-properties"), "docProps/core.xml"]
        return self._xml(named)

    def xml(self, kind: str) -> etree._Element | None:
        """The part of a kind: "styles", "footnotes" …; None where there is none."""
        folder = posixpath.dirname(self.main)
        return self._xml([*self._of_kind(self.related, kind), f"{folder}/{kind}.xml"])

    def diagram(self, key: str) -> list[str]:
        """The texts in the shapes of a diagram (SmartArt)."""
        root = self._xml([self.related.get(key, ("", ""))[1]])
        points = () if root is None else (e for e in root.iter() if local(e) == "t" and len(e))
        return [found for point in points if (found := " ".join(inner_text(point).split()))]

    def chunk(self, key: str) -> list[RawBlock] | None:
        """What stands in another file within this one; None where it isn't read."""
        member = self.related.get(key, ("", ""))[1]
        kind = posixpath.splitext(member)[1].lower()
        if member not in self.archive or kind not in (*_HTML, ".txt"):
            return None
        content = decode(self.archive.read(member), self.archive.name)
        if kind in _HTML:
            return list(html_blocks(content))
        return [RawBlock(line) for line in content.splitlines() if line.strip()]

    def _xml(self, members: list[str]) -> etree._Element | None:
        member = next((each for each in members if each in self.archive), None)
        return self.archive.xml(member) if member else None

    def _relations(self, part: str) -> dict[str, tuple[str, str]]:
        """Type and member of what is related to a part, by id."""
        folder, name = posixpath.split(part)
        member = posixpath.join(folder, "_rels", f"{name}.rels")
        relations = self.archive.xml(member) if member in self.archive else ()
        return dict(_relation(each, folder) for each in relations if local(each) == "Relationship")

    @staticmethod
    def _of_kind(relations: dict[str, tuple[str, str]], kind: str) -> Iterator[str]:
        return (member for of, member in relations.values() if of.rpartition("/")[2] == kind)


def _relation(element: etree._Element, folder: str) -> tuple[str, tuple[str, str]]:
    target = posixpath.normpath(posixpath.join("/", folder, element.get("Target") or ""))
    outside = element.get("TargetMode") == "External"
    member = "" if outside else target.lstrip("/")
    return element.get("Id") or "", (element.get("Type") or "", member)
