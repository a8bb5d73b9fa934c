"""Chapters and sections: from the outline of a file, from its headings, as paths."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise

from thesis_qa.read.pdf.pages import OutlineEntry
from thesis_qa.structure.headings import (
    ENCLOSING,
    MATTER,
    is_bare_chapter,
    numbered_heading,
    parse_heading,
    role_of,
)
from thesis_qa.structure.layout import View
from thesis_qa.structure.paragraphs import Draft
from thesis_qa.types import Heading, Kind, Role

FRONT: frozenset[Role] = frozenset(MATTER) - {"appendix"}  # without sections of their own
MIN_FOUND = 0.6  # of its entries that stand on their pages, for an outline to be believed
MAX_HEADING_LINES = 4
FLOATING: frozenset[Kind] = frozenset({"furniture", "footnote"})  # may part "BAB IV" and its title

_NUMBER = re.compile(
    r"^\s*(?:(?:bab|chapter|bagian|part|lampiran|appendix)\s+)?"
    r"(?:(?:[ivxlc]{1,5}|\d{1,2}|[a-z])(?:\s?\.\s?\d{1,2})*[.:]?\s+)?",
    re.IGNORECASE,
)


def outlined(views: Sequence[View], entries: Sequence[OutlineEntry]) -> dict[tuple[int, int], int]:
    """The level of every line, by view and number in it, that an outline's entry leads to.

    Empty where most entries aren't found: the outline is of something else.
    """
    by_page: dict[int, list[int]] = {}
    for at, view in enumerate(views):
        by_page.setdefault(view.number, []).append(at)

    @cache
    def letters(at: int) -> tuple[list[str], list[str]]:
        texts = [line.text for line in views[at].lines]
        return [bare(text) for text in texts], [_letters(text) for text in texts]

    found: dict[tuple[int, int], int] = {}
    matched = 0
    for entry in entries:
        for at in (at for page in (0, 1, -1) for at in by_page.get(entry.page + page, ())):
            lines = _matching(views[at], letters(at), entry.title)
            if lines and (at, lines[0]) not in found:
                matched += 1
                found |= {(at, line): entry.level for line in lines}
                break
    return found if matched >= MIN_FOUND * max(1, len(entries)) else {}


def _matching(page: View, letters: tuple[list[str], list[str]], title: str) -> Sequence[int]:
    """The numbers of neighbouring lines that together say `title`; `letters` are theirs, without
    the numbers of headings and with them."""
    wanted = bare(title)
    texts, plain = letters
    for start in range(len(texts)):
        if not wanted or start in page.furniture:
            continue
        text, whole = "", ""
        for end in range(start, min(start + MAX_HEADING_LINES, len(texts))):
            text += texts[start] if end == start else plain[end]
            whole += plain[end]
            if wanted in (text, whole) or _letters(title) in (text, whole):
                return range(start, end + 1)
            if not wanted.startswith(text):
                break
    return ()


def bare(text: str) -> str:
    """A heading without its number, letters and digits only, to be compared."""
    return _letters(_NUMBER.sub("", text)) or _letters(text)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def sections(drafts: Sequence[Draft]) -> list[tuple[Heading, ...]]:
    """The headings above every draft; a heading stands in the section that it opens."""
    return list(
        section_paths(
            (draft.kind, _joined(draft) if draft.kind == "heading" else "", draft.level)
            for draft in drafts
        )
    )


def section_paths(parts: Iterable[tuple[Kind, str, int]]) -> Iterator[tuple[Heading, ...]]:
    """The headings above every part, given as kind, text and level, outermost first; a heading
    stands in the section that it opens. One of level 0 is the title of the document."""
    path: list[tuple[int, Heading]] = []
    open_chapter = False  # the heading right before was "BAB IV" alone
    for kind, text, level in parts:
        text = " ".join(text.split())
        if kind != "heading":
            open_chapter = open_chapter and kind in FLOATING
        elif open_chapter and numbered_heading(text) is None:
            depth, chapter = path.pop()
            path.append((depth, _placed(f"{chapter.text} {text}", path)))
            open_chapter = False
        else:
            path = [step for step in path if step[0] < level]
            path = path if _may_stand_under(text, path) else []
            path.append((level, _placed(text, path)))
            open_chapter = level > 0 and is_bare_chapter(text)
        yield tuple(heading for depth, heading in path if depth > 0)


def _may_stand_under(text: str, path: Sequence[tuple[int, Heading]]) -> bool:
    """Whether a heading belongs to what is open: not "1.1 …" to a preface, nor "3.1 …" to chapter
    II, where the chapter between stands on a scanned page."""
    top = next((heading for depth, heading in path if depth > 0), None)
    heading = parse_heading(text)
    if top is None or heading is None or not heading.number:
        return True
    if not top.number:
        return top.role not in FRONT
    chapter, own = top.number[0], heading.number[0]
    if len(heading.number) == 1 or not (isinstance(chapter, int) and isinstance(own, int)):
        return True
    return own <= chapter


def _placed(text: str, path: Sequence[tuple[int, Heading]]) -> Heading:
    """The heading that `text` is, below others: of which level, and with which role."""
    above = tuple(heading for depth, heading in path if depth > 0)
    heading = parse_heading(text) or Heading(text, (), text)
    role = heading.role or role_of(text, above)
    if any(other.role in ENCLOSING for other in above):
        role = None
    return replace(heading, text=text, level=len(above) + 1, role=role)


def _joined(draft: Draft) -> str:
    """The text of a heading; a word that a line end divides is whole."""
    lines = [part.line.text.strip() for part in draft.parts]
    text = lines[0]
    for above, line in pairwise(lines):
        divided = above[-1:] in "\x02\ufffe"
        text = text[:-1] + line if divided else f"{text} {line}"
    return text
