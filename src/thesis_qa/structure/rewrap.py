"""Lines of text back to paragraphs."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from thesis_qa.structure import headings

_TITLE_PAGE_LINE = 70  # characters; the lines of an institution's name are short
_LONGEST_WORD = 60
_DIVIDED = re.compile(r"([^\W\d_]{2,})-$")


def unix(text: str) -> str:
    """`text` with line feeds as line ends; a form feed ends a paragraph."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n\n")


def paragraphs(lines: Sequence[str]) -> Iterator[str]:
    """The paragraphs in stripped, non-empty lines that no empty line parts: lines that were only
    wrapped are joined, a heading, list item or line of a title page begins anew."""
    apart = _is_title_page(lines)
    pending: list[str] = []
    for line in lines:
        if pending and (apart or _begins_anew(pending, line)):
            yield joined(pending)
            pending = []
        pending.append(line)
    if pending:
        yield joined(pending)


def joined(lines: Sequence[str]) -> str:
    """`lines` as one; a word that a hyphen divides at the end of a line becomes whole, a doubled
    one ("anak-anak") keeps its hyphen."""
    pieces = [lines[0]]
    for before, line in pairwise(lines):
        word = _DIVIDED.search(before[-_LONGEST_WORD:])
        if not word or not line[:1].islower():
            pieces.append(" ")
        elif not line.lower().startswith(word[1].lower()):
            pieces[-1] = pieces[-1][:-1]
        pieces.append(line)
    return "".join(pieces)


def _is_title_page(lines: Sequence[str]) -> bool:
    return (
        any(map(headings.names_institution, lines))
        and all(len(line) <= _TITLE_PAGE_LINE for line in lines)
        and not any(line.endswith((".", ",", ";", ":")) for line in lines)
    )


def _begins_anew(pending: Sequence[str], line: str) -> bool:
    before = pending[-1]
    numbered = any(headings.level_by_number(text) is not None for text in (before, line))
    contents = any(headings.is_contents_line(text, in_contents=False) for text in (before, line))
    below_capitals = pending[0].isupper() and any(map(str.islower, line))
    return (
        numbered
        or contents
        or below_capitals
        or headings.is_item(line)
        or headings.is_keywords(line)
    )
