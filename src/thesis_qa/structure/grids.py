"""Where tables stand on a page: by the straight lines drawn there, or below a caption by columns
that white space parts."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

import numpy as np

from thesis_qa.read.pdf.lines import TextLine
from thesis_qa.structure.headings import is_table_caption, parse_caption
from thesis_qa.types import Box

TOUCH = 3.0  # points: rules nearer than that meet
FULL = 0.5  # of the table's width: a rule that parts two rows
MAX_RULES = 1500  # on a page; more are a drawing
COLUMN_GAP = 1.0  # of the letters' size: between cells that no rule parts
MIN_WIDTH = 60.0  # points, of a table without upright rules
ADJOIN = 20.0  # points, at most, between two parts of one table that are drawn apart
BEYOND = 0.6  # of its columns, in which a row beyond the rules of a table has cells
SAME_LEVEL = 0.6  # of a line's height: lines nearer than that stand beside each other
CAPTION_LINES = 3  # between the first of a caption and the first row
NEAR_CAPTION = 40.0  # points between a caption and the first row
CROSSING = 0.15  # of the levels of a table, which may run across a gap between its columns: heads
BESIDE = 0.3  # of the levels, which must have cells on either side of a gap between columns
NARROW_GAP = 0.7  # of the letters' size, between columns of what is a table for sure
MIN_PARTED = 3  # levels, from which some may run across
ROW_GAP = 2.6  # times the height of a line: more white space ends a table without rules
PROSE = 0.6  # of the widest line: one without gaps as wide as that is running text
MIN_LEVELS = 3  # of a table without rules


@dataclass(frozen=True)
class Grid:
    """The frame of a table."""

    box: Box
    xs: tuple[float, ...] = ()  # borders of columns; none where only white space parts them
    uprights: tuple[Box, ...] = ()  # rules that part cells
    ys: tuple[float, ...] = ()  # of level rules as wide as the table
    levels: tuple[Box, ...] = ()  # all level rules


def ruled_grids(rules: Sequence[Box], lines: Sequence[TextLine] = ()) -> list[Grid]:
    """The tables that are drawn; a caption among the lines parts two."""
    if not 2 < len(rules) <= MAX_RULES:
        return []
    captions = [line.middle for line in lines if is_table_caption(line.text)]
    return [*_whole(_meshes(rules)), *_stacks(rules, captions)]


def _whole(meshes: Iterable[Grid]) -> list[Grid]:
    """Grids, those of one width that adjoin as one: rows between may be drawn without rules."""
    found: list[Grid] = []
    for grid in sorted(meshes, key=lambda grid: grid.box[1]):
        above = next((other for other in found if _adjoins(other, grid)), None)
        if above is None:
            found.append(grid)
            continue
        x0, y0, x1, _ = above.box
        inner = sorted({*above.xs[1:-1], *grid.xs[1:-1]})
        kept = [x for x, before in zip(inner, [x0, *inner], strict=False) if x - before > TOUCH]
        found[found.index(above)] = Grid(
            (x0, y0, x1, grid.box[3]),
            (x0, *kept, x1),
            above.uprights + grid.uprights,
            tuple(sorted({*above.ys, *grid.ys})),
            above.levels + grid.levels,
        )
    return found


def _adjoins(above: Grid, grid: Grid) -> bool:
    sides = zip(above.box[::2], grid.box[::2], strict=True)
    return all(abs(a - b) <= TOUCH for a, b in sides) and (
        0 <= grid.box[1] - above.box[3] <= ADJOIN
    )


def _meshes(rules: Sequence[Box]) -> list[Grid]:
    """Rules that meet, with columns between them."""
    boxes = np.array(rules)
    grids = []
    for members in _connected(boxes):
        part = boxes[members]
        level = (part[:, 2] - part[:, 0]) >= (part[:, 3] - part[:, 1])
        x0, y0, x1, y1 = part[:, 0].min(), part[:, 1].min(), part[:, 2].max(), part[:, 3].max()
        uprights = [((r[0] + r[2]) / 2, r[3] - r[1]) for r in part[~level]]
        levels = [((r[1] + r[3]) / 2, r[2] - r[0]) for r in part[level]]
        xs = _ends(_long(uprights, 0.3 * (y1 - y0)), x0, x1)
        ys = _ends(_long(levels, FULL * (x1 - x0)), y0, y1)
        if uprights and len(xs) >= 3 and len(ys) >= 2:
            box = (float(x0), float(y0), float(x1), float(y1))
            upright, flat = (tuple(map(_box, part[own].tolist())) for own in (~level, level))
            grids.append(Grid(box, xs, upright, ys, flat))
    return grids


def _connected(boxes: "np.ndarray[tuple[int, int], np.dtype[np.float64]]") -> list[list[int]]:
    """Numbers of boxes that touch, directly or through others."""
    low, high = boxes[:, :2] - TOUCH / 2, boxes[:, 2:] + TOUCH / 2
    touching = np.all((low[:, None] <= high[None]) & (low[None] <= high[:, None]), axis=2)
    left = np.ones(len(boxes), bool)
    groups = []
    while left.any():
        group, edge = np.zeros_like(left), np.arange(len(left)) == left.argmax()
        while edge.any():
            group |= edge
            left &= ~edge
            edge = touching[edge].any(axis=0) & left
        groups.append(np.flatnonzero(group).tolist())
    return groups


def _long(rules: Iterable[tuple[float, float]], least: float) -> list[float]:
    """Positions at which rules of together at least `least` stand."""
    clusters: list[tuple[list[float], float]] = []
    for at, length in sorted(rules):
        if clusters and at - clusters[-1][0][-1] <= TOUCH:
            clusters[-1] = ([*clusters[-1][0], at], clusters[-1][1] + length)
        else:
            clusters.append(([at], length))
    return [sum(places) / len(places) for places, length in clusters if length >= least]


def _ends(places: list[float], first: float, last: float) -> tuple[float, ...]:
    """`places` with both borders, which an open table lacks."""
    inner = [at for at in places if first + TOUCH < at < last - TOUCH]
    return (float(first), *inner, float(last))


def _box(sides: Sequence[float]) -> Box:
    x0, y0, x1, y1 = sides
    return (x0, y0, x1, y1)


def _stacks(rules: Sequence[Box], captions: Sequence[float]) -> list[Grid]:
    """Level rules of one width, one below the other: head, body and foot of a table."""
    level = _whole_levels([r for r in rules if r[2] - r[0] > 20 * (r[3] - r[1])])
    stacks: list[list[Box]] = []
    for rule in level:
        for stack in stacks:
            alike = all(abs(stack[-1][side] - rule[side]) <= TOUCH / 2 for side in (0, 2))
            if alike and not any(stack[-1][1] < y < rule[1] for y in captions):
                stack.append(rule)
                break
        else:
            stacks.append([rule])
    grids = []
    for stack in stacks:
        ys = _long([((r[1] + r[3]) / 2, r[2] - r[0]) for r in stack], 0)
        if len(ys) >= 3 and stack[0][2] - stack[0][0] >= MIN_WIDTH:
            box = (stack[0][0], stack[0][1], stack[0][2], stack[-1][3])
            own = [r for r in level if box[0] - TOUCH <= r[0] and r[2] <= box[2] + TOUCH]
            held = tuple(r for r in own if box[1] <= r[1] <= box[3])
            grids.append(Grid(box, ys=tuple(ys), levels=held))
    return grids


def _whole_levels(rules: Sequence[Box]) -> list[Box]:
    """Level rules from the top down, those that are drawn cell by cell as one."""
    whole: list[Box] = []
    for rule in sorted(rules, key=lambda r: (round(r[1]), r[0])):
        last = whole[-1] if whole else None
        if last and abs(last[1] - rule[1]) <= 1 and rule[0] - last[2] <= TOUCH:
            whole[-1] = (last[0], last[1], max(last[2], rule[2]), last[3])
        else:
            whole.append(rule)
    return whole


def stands_in(line: TextLine, box: Box) -> bool:
    """Whether the middle of a line lies in a box, and the line doesn't run across all of it."""
    across = line.left < box[0] - 2 * TOUCH and line.right > box[2] + 2 * TOUCH
    level = box[0] <= (line.left + line.right) / 2 <= box[2]
    return level and not across and box[1] <= line.middle <= box[3]


def beyond(
    lines: Sequence[TextLine], grid: Grid, inside: Mapping[int, TextLine], taken: Collection[int]
) -> dict[int, TextLine]:
    """The lines right above and below the rules of a table that are rows of it: they have cells
    over most of its columns."""
    own = levels_of(inside.values())
    columns = max(len(stretches(level)) for level in own)
    parts = sorted(part for level in own for part in stretches(level))
    gaps = [b[0].top - a[0].bottom for a, b in pairwise(own)]
    usual = median(gaps) if gaps else 0.0
    found: dict[int, TextLine] = {}
    for down in (False, True):
        edge = (
            max(line.bottom for line in inside.values())
            if down
            else min(line.top for line in inside.values())
        )
        free = {
            at: line
            for at, line in enumerate(lines)
            if at not in inside and at not in taken and (line.middle > edge) == down
        }
        for level in levels_of(free.values())[:: 1 if down else -1]:
            away = abs((level[0].top if down else level[0].bottom) - edge)
            near = away < max(level[0].height, 1.3 * usual)
            cells = stretches(level)
            held = all(
                grid.box[0] - TOUCH <= a
                and b <= grid.box[2] + TOUCH
                and any(a < right and left < b for left, right in parts)
                for a, b in cells
            )
            least = max(2, BEYOND * columns) if down else 2  # heads over heads
            if not (near and held and len(cells) >= least):
                break
            if any(parse_caption(line.text) for line in level):
                break
            found |= {at: line for at, line in free.items() if line in level}
            edge = max(line.bottom for line in level) if down else min(line.top for line in level)
    return found


def crossing(rules: Sequence[Box], above: float, below: float) -> bool:
    """Whether a level rule stands between two heights: the stroke above footnotes."""
    return any(above <= r[1] <= below and r[2] - r[0] > 10 * (r[3] - r[1]) for r in rules)


# Tables without rules


def unruled_grids(
    lines: Sequence[TextLine], taken: Collection[int], captioned: Collection[int]
) -> list[Grid]:
    """The tables that only their captions announce, but for `captioned`, those of other tables:
    levels of cells right below, or above."""
    grids = []
    free = [line for at, line in enumerate(lines) if at not in taken]
    levels = levels_of(free)
    widest = max((line.width for line in free), default=0.0)
    others = {id(lines[at]) for at in captioned}
    for caption in (line for line in free if is_table_caption(line.text)):
        if id(caption) in others:
            continue
        below = [level for level in levels if level[0].middle > caption.middle]
        above = [level for level in reversed(levels) if level[0].middle < caption.middle]
        found = _run(below, caption.bottom, widest) or _run(above, caption.top, widest)
        if found:
            x0, x1 = min(line.left for line in found), max(line.right for line in found)
            y0, y1 = min(line.top for line in found), max(line.bottom for line in found)
            grids.append(Grid((x0, y0, x1, y1)))
    return grids


def levels_of(lines: Iterable[TextLine]) -> list[list[TextLine]]:
    """Lines that stand beside each other, from the top down, from left to right."""
    levels: list[list[TextLine]] = []
    for line in sorted(lines, key=lambda line: line.middle):
        if levels and line.middle - levels[-1][0].middle < SAME_LEVEL * line.height:
            levels[-1].append(line)
        else:
            levels.append([line])
    return [sorted(level, key=lambda line: line.left) for level in levels]


def stretches(level: Iterable[TextLine], gap: float = COLUMN_GAP) -> list[tuple[float, float]]:
    """What of a level is parted by gaps as wide as that, of the letters' size."""
    return [part for line in level for part in line.stretches(gap * line.size)]


def gaps(lines: Sequence[TextLine]) -> tuple[float, ...]:
    """The borders of columns that only white space parts: where hardly any level has ink."""
    levels = [stretches(level, NARROW_GAP) for level in levels_of(lines)]
    parted = [parts for parts in levels if len(parts) > 1] or levels
    ends = sorted({end for parts in parted for part in parts for end in part})
    most = max(1, CROSSING * len(parted)) if len(parted) > MIN_PARTED else 0
    first = [(a, b) for (_, a), (b, _) in pairwise(levels[0])] if levels else []
    borders: list[float] = []
    widest: tuple[int, float, float] | None = None  # of the gaps next to each other
    for left, right in pairwise(ends):
        x = (left + right) / 2
        across = sum(any(a < x < b for a, b in parts) for parts in parted)
        before = sum(any(b <= x for _, b in parts) for parts in parted)
        behind = sum(any(a >= x for a, _ in parts) for parts in parted)
        labels = sum(parts[-1][1] <= x for parts in levels if len(parts) == 1)
        if across > most:
            borders += [widest[2]] if widest else []
            widest = None
        elif right - left > TOUCH and (
            min(before, behind) > BESIDE * len(parted)
            or (min(before + labels, behind) > 1 and any(a < x < b for a, b in first))
        ):
            widest = max(widest or (-across, 0.0, 0.0), (-across, right - left, x))
    return (ends[0], *borders, ends[-1])


def _run(levels: Sequence[Sequence[TextLine]], edge: float, widest: float) -> list[TextLine]:
    """The lines of the levels next to a caption, at height `edge`, that make up a table."""
    run: list[Sequence[TextLine]] = []
    rows = last = 0
    for number, level in enumerate(levels):
        distance = min(abs(level[0].top - edge), abs(level[0].bottom - edge))
        if distance > (ROW_GAP * level[0].height if rows else NEAR_CAPTION):
            break
        parts = stretches(level)
        prose = len(parts) == 1 and parts[0][1] - parts[0][0] > PROSE * widest
        if any(parse_caption(line.text) for line in level) or (prose and rows):
            break
        if not rows and number > CAPTION_LINES:
            break
        edge = level[0].bottom if level[0].bottom > edge else level[0].top
        if len(parts) > 1:
            rows += 1
            last = len(run) + 1
        if rows:
            run.append(level)
    return [line for level in run[: last or 0] for line in level] if rows >= MIN_LEVELS else []
