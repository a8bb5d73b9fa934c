"""Parts of a DOCX file, found by their relationships, and its styles and numbering (ECMA-376, part
1, 17.7 and 17.9): each program names them as it likes."""

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

from lxml import etree

from thesis_qa.lang.data import word_set
from thesis_qa.read.archive import Archive
from thesis_qa.read.blocks import RawBlock, list_number
from thesis_qa.read.encoding import decode
from thesis_qa.read.html import html_blocks
from thesis_qa.read.xml import child, inner_text, local, value

MAX_CHAIN = 20  # styles based on styles; a circle in them ends here


def is_on(properties: etree._Element | None, tag: str, default: bool = False) -> bool:
    """A toggle property such as <w:b/>."""
    found = child(properties, tag)
    return default if found is None else value(found) not in ("0", "false", "off", "none")


@dataclass(frozen=True, slots=True)
class WordStyle:
    """A paragraph style, with what it inherits."""

    name: str = ""  # in lower case; built-in names are English in every language of Word only
    level: int | None = None  # of a heading
    bold: bool = False
    number: str = ""  # numId
    depth: int = 0  # ilvl
    hidden: bool = False

    @property
    def role(self) -> str:
        """ "title" or "caption", in whatever language a program names its styles."""
        return next((r for r in ("title", "caption") if self.name in word_set(f"docx.{r}")), "")


class WordStyles:
    """The styles of a file by their ids."""

    def __init__(self, root: etree._Element | None) -> None:
        self.elements: dict[str, etree._Element] = {}
        self.default = ""
        self.resolved: dict[str, WordStyle] = {}
        for style in () if root is None else root:
            if local(style) == "style":
                self.elements[value(style, "styleId")] = style
                if value(style, "type") == "paragraph" and value(style, "default") in ("1", "true"):
                    self.default = value(style, "styleId")

    def of(self, properties: etree._Element | None) -> WordStyle:
        """The style of a paragraph, and what its own properties change in it."""
        key = value(child(properties, "pStyle")) or self.default
        if key not in self.resolved:
            self.resolved[key] = self._resolve(key)
        style = self.resolved[key]
        level = _outline_level(properties)
        if level is None:
            return style
        return replace(style, level=level or None)

    def bold_of_run(self, properties: etree._Element | None, default: bool) -> bool:
        """Whether a run's character style is bold; `default` where it has none."""
        chain = self._chain(value(child(properties, "rStyle")))
        return _first_toggle(chain, default)

    def hides(self, properties: etree._Element | None, default: bool) -> bool:
        """Whether a run isn't shown: by itself, its character style or that of its paragraph."""
        chain = self._chain(value(child(properties, "rStyle")))
        return is_on(properties, "vanish", _first_toggle(chain, default, "vanish"))

    def shift(self, properties: etree._Element | None) -> str:
        """ "superscript", "subscript" or neither, of a run."""
        own = value(child(properties, "vertAlign"))
        chain = self._chain(value(child(properties, "rStyle")))
        styled = (value(child(style, "rPr", "vertAlign")) for style in chain)
        return own or next(filter(None, styled), "") or _moved(properties)

    def _chain(self, key: str) -> list[etree._Element]:
        chain: list[etree._Element] = []
        while key in self.elements and len(chain) < MAX_CHAIN:
            chain.append(self.elements[key])
            key = value(child(chain[-1], "basedOn"))
        return chain

    def _resolve(self, key: str) -> WordStyle:
        chain = self._chain(key)
        if not chain:
            return WordStyle()
        names = [value(child(style, "name")).lower() for style in chain]
        levels = (_heading_level(style, name) for style, name in zip(chain, names, strict=True))
        numbers = (child(style, "pPr", "numPr") for style in chain)
        numbering = next((n for n in numbers if n is not None), None)
        depth = value(child(numbering, "ilvl"))
        return WordStyle(
            name=names[0],
            level=next((level for level in levels if level is not None), None) or None,
            bold=_first_toggle(chain, False),
            hidden=_first_toggle(chain, False, "vanish"),
            number=value(child(numbering, "numId")),
            depth=int(depth) if depth.isdecimal() else 0,
        )


def _heading_level(style: etree._Element, name: str) -> int | None:
    named, _, level = name.rpartition(" ")
    if level in tuple("123456789") and named in word_set("docx.headings"):
        return int(level)
    return _outline_level(child(style, "pPr"))


def _outline_level(properties: etree._Element | None) -> int | None:
    """1 to 9; 0 for body text said to be such; None where nothing is said."""
    level = value(child(properties, "outlineLvl"))
    return (int(level) + 1) % 10 if level.isdecimal() and len(level) == 1 else None


def _moved(properties: etree._Element | None) -> str:
    """Where a run is moved to by hand, by its position in half points, and set smaller."""
    position = value(child(properties, "position"))
    if child(properties, "sz") is None or not position.lstrip("-").isdecimal() or position == "0":
        return ""
    return "subscript" if position.startswith("-") else "superscript"


def _first_toggle(chain: list[etree._Element], default: bool, tag: str = "b") -> bool:
    toggles = (child(style, "rPr", tag) for style in chain)
    found = next((toggle for toggle in toggles if toggle is not None), None)
    return default if found is None else value(found) not in ("0", "false", "off", "none")


@dataclass(slots=True)
class _Level:
    start: int = 1
    style: str = "decimal"
    text: str = ""
    legal: bool = False  # all numbers in Arabic


@dataclass(slots=True)
class _List:
    levels: dict[int, _Level] = field(default_factory=dict)
    counts: dict[int, int] = field(default_factory=dict)


class WordNumbering:
    """Counts numbered paragraphs as Word does and gives their numbers as printed."""

    def __init__(self, root: etree._Element | None) -> None:
        self.lists: dict[str, _List] = {}  # by numId; several may share their counts
        self.by_style: dict[str, tuple[str, int]] = {}
        if root is None:
            return
        abstract = {
            value(item, "abstractNumId"): _List(_levels(item))
            for item in root
            if local(item) == "abstractNum"
        }
        for number in (item for item in root if local(item) == "num"):
            shared = abstract.get(value(child(number, "abstractNumId")), _List())
            own = _levels_overridden(number, shared)
            self.lists[value(number, "numId")] = own or shared

    def next(self, properties: etree._Element | None, style: WordStyle) -> tuple[str, bool]:
        """The number of the next paragraph with these properties as printed ("" for bullets),
        and whether it is an item of a list at all."""
        own = child(properties, "numPr")
        key = value(child(own, "numId")) or style.number
        depth = value(child(own, "ilvl"))
        numbered = self.lists.get(key)
        if numbered is None or key == "0":
            return "", False
        return _count(numbered, int(depth) if depth.isdecimal() else style.depth), True


def _levels(item: etree._Element) -> dict[int, _Level]:
    levels = {}
    for level in item:
        depth = value(level, "ilvl")
        if local(level) == "lvl" and depth.isdecimal():
            levels[int(depth)] = _level(level)
    return levels


def _level(element: etree._Element) -> _Level:
    start = value(child(element, "start"))
    return _Level(
        start=int(start) if start.isdecimal() and len(start) < 6 else 1,
        style=value(child(element, "numFmt")) or "decimal",
        text=value(child(element, "lvlText")),
        legal=is_on(element, "isLgl"),
    )


def _levels_overridden(number: etree._Element, shared: _List) -> _List | None:
    """The levels of a list that begins its counts anew; None if it goes on with the shared."""
    levels = dict(shared.levels)
    overrides = [item for item in number if local(item) == "lvlOverride"]
    for item in overrides:
        depth = int(value(item, "ilvl") or 0)
        start = value(child(item, "startOverride"))
        level = child(item, "lvl")
        new = _level(level) if level is not None else levels.get(depth, _Level())
        first = int(start) if start.isdecimal() and len(start) < 6 else new.start
        levels[depth] = _Level(first, new.style, new.text, new.legal)
    return _List(levels) if overrides else None


def _count(numbered: _List, depth: int) -> str:
    level = numbered.levels.get(depth)
    if level is None or level.style in ("bullet", "none"):
        return ""
    numbered.counts[depth] = numbered.counts.get(depth, level.start - 1) + 1
    for deeper in [d for d in numbered.counts if d > depth]:
        del numbered.counts[deeper]

    printed = level.text
    for place in range(9):
        of = numbered.levels.get(place, _Level())
        style = "decimal" if level.legal else of.style
        number = list_number(style, numbered.counts.get(place, of.start))
        printed = printed.replace(f"%{place + 1}", number)
    return printed


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
