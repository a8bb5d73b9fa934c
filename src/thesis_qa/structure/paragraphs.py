"""Lines to blocks: which lines go on with the block before them.

A paragraph may be interrupted by what floats on the page (footnotes, captions, tables, running
heads); it goes on behind them, and the block then has several spans.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from thesis_qa.read.pdf.lines import TextLine
from thesis_qa.structure.headings import (
    certain_heading,
    is_bare_caption,
    is_chapter_number,
    is_item,
    is_keywords,
)
from thesis_qa.structure.kinds import TITLED, Typed, begins_note, ends_sentence
from thesis_qa.structure.page_text import BlockLine, is_divided
from thesis_qa.structure.style import PageStyle
from thesis_qa.types import Kind

INDENT = 6.0  # points
LARGE = 1.15  # times the size of running text: a heading whose lines end where they look well
PARAGRAPH_GAP = 1.3  # times the usual distance of two lines
LONG = 100  # points, of a line that shows where its column ends
FLOATS: frozenset[Kind] = frozenset({"furniture", "footnote", "caption", "table"})
_REFERENCE = re.compile(r"\[\w+\]|\d{1,3}\.\s")


@dataclass
class Draft:
    """A block in the making."""

    kind: Kind
    parts: list[BlockLine]
    level: int = 0  # of a heading
    context: str | None = None
    order: int = 0  # of its first line in the document

    @property
    def text(self) -> str:
        return " ".join(part.line.text for part in self.parts)

    @property
    def last(self) -> BlockLine:
        return self.parts[-1]


@dataclass(frozen=True)
class Item:
    """A line, or a row of a table, in reading order."""

    page: int
    lines: tuple[tuple[TextLine, int], ...]  # with the number of the cell
    typed: Typed
    right: float = 0.0  # where full lines end in its column
    context: str | None = None
    floats: bool = False  # beside the text, which goes on behind it

    @property
    def line(self) -> TextLine:
        return self.lines[0][0]


@dataclass
class Paragraphs:
    """Puts items together to drafts, in the order of their first lines."""

    style: PageStyle
    drafts: list[Draft] = field(default_factory=list)
    order: list[tuple[int, int, int]] = field(default_factory=list)  # page, draft, part
    open: int | None = None  # number of the draft that may go on
    floating: int | None = None  # the footnote or caption that may go on
    since: list[Kind] = field(default_factory=list)  # what floated since the open draft's last line

    def add(self, item: Item) -> None:
        kind = item.typed.kind
        if self.floating is not None and self._floats_on(self.drafts[self.floating], item):
            self._append(self.floating, item)
        elif kind in FLOATS or item.floats:
            self._begin(item)
            self.floating = len(self.drafts) - 1 if kind in ("caption", "footnote") else None
            self.since.append(kind)
        elif self.open is not None and self._goes_on(self.open, item):
            self._append(self.open, item)
            self.floating, self.since = None, []
        else:
            self._begin(item)
            self.open, self.floating, self.since = len(self.drafts) - 1, None, []

    def _begin(self, item: Item) -> None:
        self.drafts.append(Draft(item.typed.kind, [], item.typed.level, item.context))
        self._append(len(self.drafts) - 1, item)

    def _append(self, number: int, item: Item) -> None:
        draft = self.drafts[number]
        for line, cell in item.lines:
            self.order.append((item.page, number, len(draft.parts)))
            draft.parts.append(BlockLine(item.page, line, cell))

    def _floats_on(self, draft: Draft, item: Item) -> bool:
        """Whether a footnote or a caption goes on."""
        if draft.last.page != item.page:
            return False
        if draft.kind == "footnote":
            return item.typed.kind == "footnote" and not begins_note(item.line.text)
        return item.typed.kind == "text" and self._caption_goes_on(draft, item)

    def _goes_on(self, number: int, item: Item) -> bool:
        draft = self.drafts[number]
        last, line, kind = draft.last, item.line, item.typed.kind
        interrupted = bool(self.since) or last.page != item.page
        if draft.kind == "heading":
            return kind == "heading" and not interrupted and self._same_heading(draft, item)
        if draft.kind == "code":
            return self._code_goes_on(draft, item)
        if draft.kind == "contents" and kind == "contents":
            return not interrupted and self._entry_goes_on(draft, item)
        if draft.kind == "formula":
            return kind == "formula" and not interrupted and _gap(last.line, line) < 60
        if draft.kind == "references":
            return kind == "references" and not _begins_reference(draft, item)
        if kind != "text" and not (kind in ("code", "list") and self._runs_on(draft, item)):
            return False
        if draft.kind == "contents" and not is_keywords(draft.text):
            return False
        if interrupted or _gap(last.line, line) < -last.line.height:
            return self._resumes(draft, item)
        return self._same_paragraph(draft, item)

    def _runs_on(self, draft: Draft, item: Item) -> bool:
        """Whether a line that looks like code or an item is the next one of a paragraph: "(Alt⏎1)
        obtains", "the file⏎src/graph.py"."""
        above, line = draft.last.line, item.line
        if draft.kind not in ("text", "list") or ends_sentence(above.text):
            return False
        if is_divided(above.text, line.text):
            return True
        level = abs(line.left - above.left) < 2 or len(draft.parts) == 1
        lower = item.typed.kind == "code" or not re.search(r"\s[A-Z]", line.text[:8])
        return level and lower and not _breaks(above, line, item.right)

    def _same_heading(self, draft: Draft, item: Item) -> bool:
        above, line = draft.last.line, item.line
        alike = abs(above.size - line.size) < 0.6 and above.bold == line.bold
        usual = max(self.style.leading, above.height, 1.1 * above.size)
        spaced = self.style.leading * above.size / self.style.size  # the text, as large as that
        near = 0 < _gap(above, line) < 1.15 * max(PARAGRAPH_GAP * usual, spaced)
        begins = certain_heading(line.text) is not None or is_item(line.text)
        numbered = re.match(r"(?:[A-Z]|[IVX]+|\d{1,2})(?:\.\d+)+", line.text) is not None
        bare = is_chapter_number(draft.text)
        middle = (above.left + above.right - line.left - line.right) / 2
        centred = abs(middle) < 3 and abs(above.left - line.left) > 3
        large = above.size > LARGE * self.style.size or is_divided(above.text, line.text)
        if not centred and not large and _breaks(above, line, item.right):
            return False
        return alike and near and not begins and not numbered and not bare and len(draft.text) < 200

    def _code_goes_on(self, draft: Draft, item: Item) -> bool:
        number = re.match(r"\d{1,4}(?:\s|$)", item.line.text) is not None
        near = abs(_gap(draft.last.line, item.line)) < 3 * self.style.leading
        return (item.typed.kind == "code" or number) and draft.last.page == item.page and near

    def _entry_goes_on(self, draft: Draft, item: Item) -> bool:
        above, line = draft.last.line, item.line
        ended = re.search(r"(?:^|[\s.])(?:\d{1,4}|[ivxlc]{1,7})\s*$", above.text)
        return not ended and line.left > draft.parts[0].line.left + INDENT

    def _caption_goes_on(self, draft: Draft, item: Item) -> bool:
        above, line = draft.last.line, item.line
        if is_bare_caption(above.text.strip()):
            return 0 < _gap(above, line) < TITLED * self.style.leading
        step = _gap(above, line)
        goes_on = line.text[:1].islower() or is_divided(above.text, line.text)
        spaced = goes_on and not ends_sentence(above.text) and not _breaks(above, line, item.right)
        widest = 2 * above.size if spaced else min(self.style.leading, 1.6 * above.size)
        near = 0 < step <= 1.05 * widest
        centred = abs(above.left + above.right - line.left - line.right) < 6
        if (
            above.bold
            and line.bold
            and centred
            and 0 < _gap(above, line) < 1.2 * self.style.leading
        ):
            return True
        if not near or abs(above.size - line.size) >= 0.6:
            return False
        return line.text[:1].islower() or not _breaks(above, line, item.right)

    def _resumes(self, draft: Draft, item: Item) -> bool:
        """Whether a paragraph goes on behind what interrupted it."""
        above, line = draft.last.line, item.line
        if abs(above.size - line.size) > 0.12 * above.size:
            return False
        if is_divided(above.text, line.text):
            return True
        if ends_sentence(above.text) or above.bold != line.bold:
            return False
        if line.text.lstrip()[:1].islower():
            return True
        moved = {"caption", "table"} & set(self.since)
        return not moved and not _breaks(above, line, item.right)

    def _same_paragraph(self, draft: Draft, item: Item) -> bool:
        above, line = draft.last.line, item.line
        if abs(above.size - line.size) > 0.12 * above.size and len(line.text) > 3 < len(above.text):
            return False
        if is_divided(above.text, line.text):
            return True
        if _gap(above, line) > self._widest_gap(draft):
            return False
        own = [part.line for part in draft.parts if part.page == item.page]
        ended = ends_sentence(above.text)
        lower = line.text[:1].islower()
        indented = line.left > above.left + INDENT
        if indented and (ended or (len(own) > 1 and not lower)):
            return False
        if draft.kind == "list" and line.left < own[0].left - INDENT / 2:
            return False
        if draft.kind == "list" and len(own) > 1 and line.left < own[-1].left - INDENT:
            return False
        return not _breaks(above, line, item.right) or (lower and not ended)

    def _widest_gap(self, draft: Draft) -> float:
        lines = [part.line for part in draft.parts[-2:]]
        if len(lines) == 2 and (step := _gap(*lines)) > 0:
            return max(1.25 * step, 1.15 * lines[1].size)
        return PARAGRAPH_GAP * self.style.leading


def _gap(above: TextLine, line: TextLine) -> float:
    """From one line down to the next."""
    return line.top - above.top


def _breaks(above: TextLine, line: TextLine, right: float) -> bool:
    """Whether a line was ended on purpose: the next line's first word had room on it."""
    first = line.text.split(maxsplit=1)[0] if line.text.split() else ""
    width = (line.right - line.left) * len(first) / max(1, len(line.text))
    return above.right + width + 0.5 * above.size < right


def _begins_reference(draft: Draft, item: Item) -> bool:
    """Whether an entry begins: numbered, hanging out to the left, or after a gap."""
    if _REFERENCE.match(item.line.text):
        return True
    own = [part.line for part in draft.parts if part.page == item.page]
    if ends_sentence(draft.last.line.text) and item.line.text[:1].isupper():
        year = any(word[:1] == "(" and word[1:5].isdecimal() for word in item.line.text.split()[:8])
        if not own or year or _breaks(own[-1], item.line, item.right):
            return True
    if not own:
        return False
    steps = _gap(own[-1], item.line)
    if len(own) > 1 and steps > 1.25 * max(_gap(own[-2], own[-1]), own[-1].height) > 0:
        return True
    return len(own) > 1 and item.line.left < own[-1].left - INDENT


def right_edges(lines: Sequence[TextLine]) -> list[float]:
    """For every line of a page, where the full lines of its column end."""
    boxes = np.array([line.box for line in lines]).reshape(-1, 4)
    left, right = boxes[:, 0], boxes[:, 2]
    long = right - left > LONG
    beside = long & (left < right[:, None]) & (left[:, None] < right)
    edges = np.where(beside, right, -np.inf).max(axis=1, initial=-np.inf)
    found: list[float] = np.where(beside.any(axis=1), edges, right).tolist()
    return found
