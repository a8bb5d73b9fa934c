"""What the reading of PDF files asked of numbers; to go when that asks `headings` itself."""

from dataclasses import dataclass

from thesis_qa.structure import headings
from thesis_qa.structure.headings import is_bare_chapter as is_bare_chapter
from thesis_qa.structure.headings import is_bare_number as is_bare_number

is_chapter = headings.is_named_chapter


@dataclass(frozen=True)
class Numbering:
    """The number of a heading: (4, 3, 1) for "4.3.1" and for "IV.3.1"."""

    parts: headings.Number

    @property
    def depth(self) -> int:
        return len(self.parts)

    def follows(self, before: "Numbering | None") -> bool:
        return headings.follows(self.parts, before.parts if before else None)


def numbered_heading(text: str) -> Numbering | None:
    """The number that a line begins with, if words follow that can be a title."""
    heading = headings.numbered_heading(text)
    return Numbering(heading.number) if heading else None
