"""Pages of lines to drafts of blocks: columns, tables, running heads, kinds, paragraphs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from thesis_qa.read.pdf.lines import TextLine, turned_boxes
from thesis_qa.read.pdf.pages import PageLines
from thesis_qa.structure.columns import in_reading_order
from thesis_qa.structure.furniture import Margins, furniture, stamps
from thesis_qa.structure.headings import parse_caption
from thesis_qa.structure.hyphens import read_on
from thesis_qa.structure.kinds import (
    KindJudge,
    PageStyle,
    Typed,
    footnotes,
    is_contents_page,
    is_prose,
    style,
)
from thesis_qa.structure.paragraphs import Item, Paragraphs, right_edges
from thesis_qa.structure.tables import Table, crossing, find_tables, heads
from thesis_qa.types import Box, Kind

CAPTION_DISTANCE = 70.0  # points between a table and its caption

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
        {own[at] for at in furniture(page, margins)} for page, own in zip(bare, rest, strict=True)
    ]
    return [
        replace(view, furniture=frozenset(marks | running))
        for view, marks, running in zip(found, stamped, edges, strict=True)
    ]


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
    for item in _items(pages, usual, outlined):
        found.add(item)
    return found


def _items(pages: Sequence[View], usual: PageStyle, outlined: Outlined) -> Iterator[Item]:
    judge = KindJudge(usual)
    after_contents = False
    for number, page in enumerate(pages):
        if page.aside:
            yield from _aside(page)
            continue
        body = [line for i, line in enumerate(page.lines) if i not in page.furniture]
        contents = is_contents_page(body, after_contents)
        if judge.listing == "contents" and (after_contents or is_prose(body)):
            judge.listing = None
        if body and not contents:
            judge.turn_to(body)
        tables = [] if contents else find_tables(page.lines, page.rules)
        yield from _page_items(number, page, tables, contents, judge, outlined)
        after_contents = contents


def _aside(page: View) -> Iterator[Item]:
    """What stands beside the text of a page, and is none of its headings: labels of a chart."""
    for at, line in enumerate(page.lines):
        kind: Kind = "furniture" if at in page.furniture else "text"
        yield Item(page.number, ((line, 0),), Typed(kind), floats=True)


def _page_items(
    number: int,
    page: View,
    tables: Sequence[Table],
    contents: bool,
    judge: KindJudge,
    outlined: Outlined,
) -> Iterator[Item]:
    lines, rights = page.lines, right_edges(page.lines)
    foot = footnotes(
        lines, page.size[1], judge.style, lambda y: crossing(page.rules, y - 12, y + 2)
    )
    in_tables = {line: table for table in tables for line in table.used}
    done: set[int] = set()
    body = [i for i in range(len(lines)) if i not in page.furniture and i not in in_tables]
    neighbours = {
        b: (a, c) for a, b, c in zip([None, *body], body, [*body[1:], None], strict=False)
    }
    for i, line in enumerate(lines):
        if i in in_tables:
            if id(in_tables[i]) not in done:
                done.add(id(in_tables[i]))
                yield from _table_items(page.number, in_tables[i], lines)
            continue
        if i in page.furniture:
            yield Item(page.number, ((line, 0),), Typed("furniture"))
            continue
        above, below = (lines[n] if n is not None else None for n in neighbours[i])
        if (number, i) in outlined:
            typed = judge.outlined(line.text, outlined[number, i])
        elif i in foot and not contents and judge.listing != "references":
            typed = Typed("footnote")
        else:
            alone = _alone(line, below, rights[i])
            typed = judge.judge(line, above, below, alone, contents)
        yield Item(page.number, ((line, 0),), typed, rights[i])


def _alone(line: TextLine, below: TextLine | None, right: float) -> bool:
    """Whether a line does not run on into the next one as a paragraph's would."""
    if below is None or below.bold != line.bold or abs(below.size - line.size) > 0.6:
        return True
    room = right - line.right > 0.12 * max(1.0, right - line.left)
    apart = below.top - line.bottom > 0.9 * line.height
    return room or apart or below.top < line.top


def _table_items(number: int, table: Table, lines: Sequence[TextLine]) -> Iterator[Item]:
    columns = heads(table)
    caption = _caption(table, lines)
    context = ": ".join(filter(None, (caption, " | ".join(filter(None, columns))))) or None
    for at, row in enumerate(table.rows):
        cells = tuple((line, cell) for cell, content in enumerate(row) for line in content)
        if cells:
            stated = (caption or None) if at == 0 and columns else context
            yield Item(number, cells, Typed("table"), context=stated)


def _caption(table: Table, lines: Sequence[TextLine]) -> str:
    """The caption nearest to a table, above it rather than below."""
    best: tuple[float, str] = (CAPTION_DISTANCE, "")
    for at, line in enumerate(lines):
        if not parse_caption(line.text) or at in table.used:
            continue
        above, below = table.box[1] - line.bottom, line.top - table.box[3]
        distance = above if above > -3 else 1.5 * below if below > -3 else CAPTION_DISTANCE
        if distance < best[0]:
            best = (distance, _whole_caption(table, lines, at))
    return best[1]


def _whole_caption(table: Table, lines: Sequence[TextLine], at: int) -> str:
    """A caption with its further lines, where it stands above its table."""
    whole = [lines[at]]
    for line in lines[at + 1 :]:
        if line.top < whole[-1].bottom - 3 or line.bottom > table.box[1] + 3:
            break
        whole.append(line)
    return read_on(line.text for line in whole)
