"""Running heads and feet: what stands at the edge of page after page."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from thesis_qa.lang.data import cue
from thesis_qa.read.pdf.lines import TextLine
from thesis_qa.structure.headings import certain_heading
from thesis_qa.structure.labels import PAGE_NUMBER

MARGIN = 0.12  # of the page height: where running heads and feet are
REPEATED = 3  # pages on which a line in the margin is a running head
SLOT = 2.0  # points: heads of one document stand at the same height
LARGEST = 1.25  # times the usual size of its page: a number set larger is a chapter's
ASIDE = " ()[]<>*-–—.…:→"  # around what a table that goes on says at the foot of its page
OUTERMOST = 3  # lines at each edge that can be running heads

_DIGITS = re.compile(r"\d+|\b[ivxlc]{1,7}\b", re.IGNORECASE)


@dataclass(frozen=True)
class Margins:
    """What repeats in the margins of a document."""

    patterns: frozenset[str]  # texts without their numbers
    heights: frozenset[int]  # where such lines stand, in steps of SLOT points


def margins(pages: Sequence[Sequence[TextLine]], heights: Sequence[float]) -> Margins:
    """What repeats on at least `REPEATED` pages of a document of these page heights."""
    counts: Counter[str] = Counter()
    slots: Counter[int] = Counter()
    edges = [_edges(lines, height) for lines, height in zip(pages, heights, strict=True)]
    for lines in edges:
        counts.update({_pattern(line) for line in lines})
    patterns = frozenset(p for p, count in counts.items() if count >= REPEATED and p.strip("#- "))
    for lines in edges:
        slots.update({_slot(line) for line in lines if _pattern(line) in patterns})
    return Margins(patterns, frozenset(s for s, count in slots.items() if count >= REPEATED))


def furniture(lines: Sequence[TextLine], height: float, repeated: Margins) -> set[int]:
    """The numbers of the lines of a page that are running heads and feet, or say that it is
    blank or that a table goes on."""
    edges = {id(line) for line in _edges(lines, height)}
    found = {
        number
        for number, line in enumerate(lines)
        if id(line) in edges and _repeats(line, lines, repeated)
    }
    found |= {
        n for n, line in enumerate(lines) if cue("pdf.goes_on").fullmatch(line.text.strip(ASIDE))
    }
    inner = [line for number, line in enumerate(lines) if number not in found]
    found |= {
        number
        for number, line in enumerate(lines)
        if id(line) in edges and _is_page_number(line, inner)
    }
    body = [number for number in range(len(lines)) if number not in found]
    blank = len(body) <= 3 and any(
        cue("pdf.blank_page").search(lines[number].text) for number in body
    )
    return set(range(len(lines))) if blank else found


def _edges(lines: Sequence[TextLine], height: float) -> list[TextLine]:
    """The outermost lines in the margins at the top and at the bottom."""
    by_height = sorted(lines, key=lambda line: line.top)
    top = [line for line in by_height[:OUTERMOST] if line.bottom < height * MARGIN]
    bottom = [line for line in by_height[-OUTERMOST:] if line.top > height * (1 - MARGIN)]
    return [*top, *bottom]


def _is_page_number(line: TextLine, lines: Sequence[TextLine]) -> bool:
    """Whether a line is a number at the edge of what is no running head, and not set large."""
    if not PAGE_NUMBER.fullmatch(line.text.strip()):
        return False
    tops = [other.top for other in lines]
    usual = median(other.size for other in lines)
    outermost = line.top <= min(tops) + SLOT or line.top >= max(tops) - SLOT
    return outermost and line.size <= LARGEST * usual


def _repeats(line: TextLine, lines: Sequence[TextLine], repeated: Margins) -> bool:
    """Whether a line is a running head: a page number is looked at apart."""
    if PAGE_NUMBER.fullmatch(line.text.strip()):
        return False
    if _pattern(line) in repeated.patterns:
        return True
    usual = {_slot(line) - 1, _slot(line), _slot(line) + 1} & repeated.heights
    return bool(usual) and _apart(line, lines)


def _apart(line: TextLine, lines: Sequence[TextLine]) -> bool:
    """Whether a wide gap parts a line from the text."""
    if line.bold or certain_heading(line.text):
        return False
    others = [other for other in lines if abs(other.top - line.top) > SLOT]
    gap = min((abs(other.top - line.top) for other in others), default=0.0)
    return gap > 2 * line.height


def _pattern(line: TextLine) -> str:
    """The text with # for numbers; those that tell headings apart stay ("LAMPIRAN 2")."""
    text = " ".join(line.text.split())
    if certain_heading(text):
        return re.sub(r"\s\d+$", " #", text)
    return _DIGITS.sub("#", text)


def _slot(line: TextLine) -> int:
    return round(line.top / SLOT)
