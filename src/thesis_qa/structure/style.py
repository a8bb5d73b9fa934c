"""What is usual in a document: size and distance of its lines, how its headings are set."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from thesis_qa.read.pdf.lines import TextLine
from thesis_qa.structure.headings import (
    certain_heading,
    is_chapter_number,
    is_contents_line,
    is_named_chapter,
    looks_like_heading,
    numbered_heading,
)

LARGER = 1.08  # times the size of the running text: set larger
TOP = 4  # lines of a page, among them its running heads
REPEATED = 3  # numbered headings, from which a document is said to number them
LONG = 40  # characters of a line of running text
BOLD_SHARE = 0.3  # of the text; where more is bold, bold tells nothing

Look = tuple[float, bool]
"""How a heading is set: size in steps of half a point, whether in capitals."""


@dataclass(frozen=True)
class PageStyle:
    """What is usual in a document."""

    size: float  # of running text, points
    leading: float  # distance from line to line
    bold_tells: bool  # whether bold lines stand out
    chapters: bool  # whether there are lines like "BAB IV", "Chapter 4"
    opening: bool = False  # whether these stand at the top of their pages
    looks: tuple[Look, ...] = ()  # of headings, the highest first; none where they are numbered

    def stands_out(self, line: TextLine) -> bool:
        return (line.bold and self.bold_tells) or line.size > self.size * LARGER


def style(pages: Sequence[Sequence[TextLine]]) -> PageStyle:
    """What is usual in these pages, by characters."""
    sizes: Counter[float] = Counter()
    bold = total = 0
    steps: Counter[int] = Counter()
    chapters = opening = 0
    for lines in pages:
        opening += any(map(_opens_chapter, lines[:TOP]))
        for line, below in zip_longest(lines, lines[1:]):
            sizes[round(2 * line.size) / 2] += len(line.text)
            bold += len(line.text) * line.bold
            total += len(line.text)
            chapters += _opens_chapter(line)
            if below and len(line.text) > LONG:
                step = below.top - line.top
                steps[round(2 * step)] += 0 < step < 60
    size = sizes.most_common(1)[0][0] if sizes else 12.0
    leading = steps.most_common(1)[0][0] / 2 if steps and steps.most_common(1)[0][1] else 1.2 * size
    plain = PageStyle(size, leading, bold < BOLD_SHARE * max(1, total), chapters > 0)
    plain = replace(plain, opening=opening > 1)
    numbered = plain.chapters or _numbers_sections(pages)
    return plain if numbered else replace(plain, looks=_looks(pages, plain))


def _opens_chapter(line: TextLine) -> bool:
    """Whether a line is "BAB IV", or "BAB IV HASIL" in bold or capitals."""
    text = line.text.strip()
    emphasised = line.bold or text.isupper()
    named = emphasised and is_named_chapter(text) and not is_contents_line(text, in_contents=True)
    return is_chapter_number(text) or named


def _numbers_sections(pages: Sequence[Sequence[TextLine]]) -> bool:
    """Whether sections are numbered, as in "4.3 Hambatan"."""
    numbers = (
        heading
        for lines in pages
        for line in lines
        if not is_contents_line(line.text, in_contents=True)
        and (heading := numbered_heading(line.text.strip()))
    )
    return sum(len(heading.number) > 1 for heading in numbers) >= REPEATED


def _looks(pages: Sequence[Sequence[TextLine]], usual: PageStyle) -> tuple[Look, ...]:
    """How lines are set that stand out like headings, on two pages or more."""
    seen = Counter(
        look
        for lines in pages
        for look in {look_of(line) for line in lines if _may_head(line, usual)}
    )
    return tuple(sorted((look for look, count in seen.items() if count > 1), reverse=True))


def _may_head(line: TextLine, usual: PageStyle) -> bool:
    """Whether a line looks like a heading whose words don't tell its level."""
    text = line.text.strip()
    known = certain_heading(text) is not None
    return usual.stands_out(line) and not known and looks_like_heading(text)


def look_of(line: TextLine) -> Look:
    return round(2 * line.size) / 2, line.text.isupper()
