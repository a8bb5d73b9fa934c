"""Pages of lines to drafts of blocks: columns, tables, running heads, kinds, paragraphs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from thesis_qa.read.pdf.lines import TextLine
from thesis_qa.read.pdf.pages import PageLines
from thesis_qa.structure.columns import in_reading_order
from thesis_qa.structure.furniture import furniture, margins
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

CAPTION_DISTANCE = 70.0  # points between a table and its caption

Outlined = Mapping[tuple[int, int], int]
"""Level of the headings that the outline names, by page and number of the line on it."""


@dataclass(frozen=True)
class OrderedPage:
    """A page whose lines are in reading order."""

    lines: tuple[TextLine, ...]
    page: PageLines
    furniture: frozenset[int]  # numbers of lines

    @property
    def edges(self) -> list[str]:
        """The running heads and feet."""
        return [self.lines[number].text for number in sorted(self.furniture)]


def read_lines(pages: Sequence[PageLines]) -> list[OrderedPage]:
    """The pages with their lines in reading order, running heads and feet found."""
    ordered = [tuple(in_reading_order(page.lines, page.width)) for page in pages]
    repeated = margins(ordered, [page.height for page in pages])
    return [
        OrderedPage(lines, page, frozenset(furniture(lines, page.height, repeated)))
        for lines, page in zip(ordered, pages, strict=True)
    ]


def drafts(pages: Sequence[OrderedPage], outlined: Outlined) -> Paragraphs:
    """The drafts of all blocks."""
    usual = style([page.lines for page in pages])
    found = Paragraphs(usual)
    for item in _items(pages, usual, outlined):
        found.add(item)
    return found


def _items(pages: Sequence[OrderedPage], usual: PageStyle, outlined: Outlined) -> Iterator[Item]:
    judge = KindJudge(usual)
    after_contents = False
    for number, page in enumerate(pages):
        body = [line for i, line in enumerate(page.lines) if i not in page.furniture]
        contents = is_contents_page(body, after_contents)
        if judge.listing == "contents" and (after_contents or is_prose(body)):
            judge.listing = None
        if body and not contents:
            judge.turn_to(body)
        tables = [] if contents else find_tables(page.lines, page.page.rules)
        yield from _page_items(number, page, tables, contents, judge, outlined)
        after_contents = contents


def _page_items(
    number: int,
    page: OrderedPage,
    tables: Sequence[Table],
    contents: bool,
    judge: KindJudge,
    outlined: Outlined,
) -> Iterator[Item]:
    lines, rights = page.lines, right_edges(page.lines)
    foot = footnotes(
        lines, page.page.height, judge.style, lambda y: crossing(page.page.rules, y - 12, y + 2)
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
                yield from _table_items(number, in_tables[i], lines)
            continue
        if i in page.furniture:
            yield Item(number, ((line, 0),), Typed("furniture"))
            continue
        above, below = (lines[n] if n is not None else None for n in neighbours[i])
        if (number, i) in outlined:
            typed = judge.outlined(line.text, outlined[number, i])
        elif i in foot and not contents and judge.listing != "references":
            typed = Typed("footnote")
        else:
            alone = _alone(line, below, rights[i])
            typed = judge.judge(line, above, below, alone, contents)
        yield Item(number, ((line, 0),), typed, rights[i])


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
