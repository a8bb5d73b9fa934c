"""Pages of lines to drafts of blocks: columns, tables, running heads, kinds, paragraphs."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from thesis_qa.read.pdf.lines import TextLine, turned_boxes
from thesis_qa.read.pdf.pages import PageLines
from thesis_qa.structure.columns import in_reading_order
from thesis_qa.structure.furniture import Margins, furniture, stamps
from thesis_qa.structure.grids import crossing, ruled_grids, stands_in, stretches
from thesis_qa.structure.headings import parse_caption
from thesis_qa.structure.heads import Table, captions_of, same_columns
from thesis_qa.structure.kinds import (
    KindJudge,
    Typed,
    footnotes,
    is_contents_page,
    is_prose,
    labels,
)
from thesis_qa.structure.page_text import read_on
from thesis_qa.structure.paragraphs import Item, Paragraphs, right_edges
from thesis_qa.structure.style import style
from thesis_qa.structure.tables import find_tables
from thesis_qa.types import Box, Kind

Outlined = Mapping[tuple[int, int], int]
"""Level of the headings that the outline names, by number of the view and of the line in it."""


@dataclass(frozen=True)
class View:
    """What of a page stands one way up, its lines in reading order. Most pages are one view; a page
    with a table set sideways has two."""

    number: int  # of the page, from 0
    page: PageLines
    lines: tuple[TextLine, ...]
    turn: int = 0
    aside: bool = False  # beside what most of the page is, which it must not interrupt
    furniture: frozenset[int] = frozenset()  # numbers of lines

    @property
    def edges(self) -> list[str]:
        """The running heads and feet."""
        return [self.lines[number].text for number in sorted(self.furniture)]

    @property
    def size(self) -> tuple[float, float]:
        """Width and height as its lines are read."""
        across = self.turn in (90, 270)
        return (
            (self.page.height, self.page.width) if across else (self.page.width, self.page.height)
        )

    @cached_property
    def rules(self) -> list[Box]:
        """The straight lines that are drawn on the page."""
        return turned_boxes(self.page.rules, self.turn, self.page.width, self.page.height)


def views(pages: Sequence[PageLines]) -> list[View]:
    """The pages with their lines in reading order, running heads and feet found."""
    found = [view for number, page in enumerate(pages) for view in _views(number, page)]
    stamped = stamps([(view.number, view.lines) for view in found])
    rest = [
        [at for at in range(len(view.lines)) if at not in own]
        for view, own in zip(found, stamped, strict=True)
    ]
    bare = [
        (view.number, [view.lines[at] for at in own], view.size[1])
        for view, own in zip(found, rest, strict=True)
    ]
    margins = Margins.of(bare)
    edges = [
        _outside_tables(view, {own[at] for at in furniture(page, margins)})
        for view, page, own in zip(found, bare, rest, strict=True)
    ]
    return [
        replace(view, furniture=frozenset(marks | running))
        for view, marks, running in zip(found, stamped, edges, strict=True)
    ]


def _outside_tables(view: View, running: set[int]) -> set[int]:
    """The running heads and feet, without the heads of a table that goes on over many pages, and
    its caption."""
    repeated = {at for at in running if parse_caption(view.lines[at].text)}
    heights = [rule[1] for rule in view.rules]
    span = (min(heights, default=0.0), max(heights, default=0.0))
    if not any(span[0] < view.lines[at].middle < span[1] for at in running):
        return running - repeated
    for grid in ruled_grids(view.rules):
        inside = {at for at, line in enumerate(view.lines) if stands_in(line, grid.box)}
        if inside - running:  # else the running head itself is a table
            repeated |= inside
    return running - repeated


def _views(number: int, page: PageLines) -> Iterator[View]:
    """One for every way that lines of a page are turned, that of most characters first."""
    by_turn: dict[int, list[TextLine]] = {}
    for line in page.lines:
        by_turn.setdefault(line.turn, []).append(line)
    most = sorted(by_turn, key=lambda turn: -sum(len(line.text) for line in by_turn[turn]))
    for turn in most or [0]:
        view = View(number, page, (), turn, aside=turn != most[0] if most else False)
        lines = in_reading_order(by_turn.get(turn, ()), view.size[0])
        yield replace(view, lines=tuple(lines))


def drafts(pages: Sequence[View], outlined: Outlined) -> Paragraphs:
    """The drafts of all blocks."""
    usual = style([page.lines for page in pages])
    found = Paragraphs(usual)
    layout = _Layout(KindJudge(usual), outlined)
    for number, page in enumerate(pages):
        for item in layout.aside(page) if page.aside else layout.items(number, page):
            found.add(item)
    return found


@dataclass(frozen=True)
class _Continued:
    """The last table of a page, which the next page may go on with."""

    page: int
    xs: tuple[float, ...]
    heads: tuple[str, ...]
    caption: str

    def goes_on(self, page: int, table: Table, caption: str) -> bool:
        """Whether a table has the same columns and no caption of its own."""
        alike = same_columns(self.xs, table.xs)
        return page <= self.page + 1 and alike and (not caption or caption.startswith(self.caption))


@dataclass
class _Layout:
    """Tells what the lines of one page after the other are."""

    judge: KindJudge
    outlined: Outlined
    after_contents: bool = False
    table: _Continued | None = None

    def aside(self, page: View) -> Iterator[Item]:
        """What stands beside the text of a page, and is none of its headings: labels of a chart."""
        for at, line in enumerate(page.lines):
            kind: Kind = "furniture" if at in page.furniture else "text"
            yield Item(page.number, ((line, 0),), Typed(kind), floats=True)

    def items(self, number: int, page: View) -> Iterator[Item]:
        """The lines of a page, and the rows of its tables."""
        body = [line for i, line in enumerate(page.lines) if i not in page.furniture]
        contents = is_contents_page(body, self.after_contents)
        if self.judge.listing == "contents" and (self.after_contents or is_prose(body)):
            self.judge.listing = None
        if body and not contents:
            self.judge.turn_to(body)
        above = self.table.xs if self.table and page.number == self.table.page + 1 else ()
        tables = [] if contents else find_tables(page.lines, page.rules, page.furniture, above)
        captions = {
            table: _whole_caption(tables[table], page.lines, line)
            for table, line in captions_of(tables, page.lines).items()
        }
        begin = {min(t.used): (t, captions.get(at, "")) for at, t in enumerate(tables)}
        inside = {at for table in tables for at in table.used}
        kinds = self._kinds(number, page, inside, contents)
        for at, line in enumerate(page.lines):
            if at in begin:
                yield from self._rows(page, *begin[at])
            elif at in page.furniture:
                yield Item(page.number, ((line, 0),), Typed("furniture"))
            elif at not in inside:
                yield next(kinds)
        self.after_contents = contents

    def _kinds(
        self, number: int, page: View, inside: Collection[int], contents: bool
    ) -> Iterator[Item]:
        """The lines that are neither furniture nor in a table."""
        lines, rights, judge = page.lines, right_edges(page.lines), self.judge
        foot = footnotes(
            lines, page.size[1], judge.style, lambda y: crossing(page.rules, y - 12, y + 2)
        )
        body = [at for at in range(len(lines)) if at not in page.furniture and at not in inside]
        in_figures = labels(lines, judge.style)
        for before, at, behind in zip([None, *body], body, [*body[1:], None], strict=False):
            line = lines[at]
            above, below = (lines[n] if n is not None else None for n in (before, behind))
            if (number, at) in self.outlined:
                typed = judge.outlined(line.text, self.outlined[number, at])
            elif at in foot and not contents and judge.listing != "references":
                typed = Typed("footnote")
            else:
                alone = _alone(line, below, rights[at])
                typed = judge.judge(line, above, below, alone, contents, at in in_figures)
            yield Item(page.number, ((line, 0),), typed, rights[at])

    def _rows(self, page: View, table: Table, caption: str) -> Iterator[Item]:
        """One item a row of a table; its context says which heads its cells have."""
        heads = table.heads
        if self.table and not heads and self.table.goes_on(page.number, table, caption):
            heads, caption = self.table.heads, caption or self.table.caption
        self.table = _Continued(page.number, table.xs, heads, caption)
        for at, row in enumerate(table.rows):
            cells = tuple((line, cell) for cell, content in enumerate(row) for line in content)
            named = [] if at < table.head_rows else table.row_heads(at, heads)
            context = ": ".join(filter(None, (caption, " | ".join(named))))
            if cells:
                yield Item(page.number, cells, Typed("table"), context=context or None)


def _alone(line: TextLine, below: TextLine | None, right: float) -> bool:
    """Whether a line does not run on into the next one as a paragraph's would."""
    if below is None or below.bold != line.bold or abs(below.size - line.size) > 0.6:
        return True
    room = right - line.right > 0.12 * max(1.0, right - line.left)
    apart = below.top - line.bottom > 0.9 * line.height
    return room or apart or below.top < line.top


def _whole_caption(table: Table, lines: Sequence[TextLine], at: int) -> str:
    """A caption with its further lines, where it stands above its table."""
    whole = [lines[at]]
    for line in lines[at + 1 :]:
        if line.top < whole[-1].bottom - 3 or line.bottom > table.box[1] + 3:
            break
        if len(stretches([line])) > 1:  # heads
            break
        whole.append(line)
    return read_on(line.text for line in whole)
