"""Who wrote a thesis, where, when and about what, as its title, approval and abstract pages say.

Nothing is invented: every field is text of the document with its place, or what the file's own
properties say, or empty. Conventions are those of Indonesian and English theses.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from thesis_qa.lang.data import word_set
from thesis_qa.structure import front_cues, front_persons, headings
from thesis_qa.structure.front_cues import is_name
from thesis_qa.structure.front_lines import FrontLine, abstracts, front_lines, is_abstract
from thesis_qa.structure.front_persons import persons
from thesis_qa.types import Block, Metadata, Page, Span

MIN_TITLE_WORDS = 3
SAME_SIZE = 0.9  # of the larger: lines of one title
STANDS_OUT = 1.12  # times the size of the running text, where nothing else says "title"

_COMMAS = str.maketrans(dict.fromkeys(";•·|", ","))  # what else parts keywords

Found = tuple[str, tuple[Span, ...]]
"""A field's text and where it stands."""


def find_metadata(pages: Sequence[Page], blocks: Sequence[Block], properties: Metadata) -> Metadata:
    """What `pages` state, and `properties` (what the file says about itself) where they don't."""
    reader = _Front(pages, front_lines(pages, blocks))
    stated: dict[str, Any] = {}
    places = dict(properties.places)
    for name, found in reader.fields(properties):
        stated[name], places[name] = found
    by_language = abstracts(pages, blocks)
    if by_language:
        places["abstracts"] = tuple(span for spans in by_language.values() for span in spans)
    for name in ("title", "author"):
        value = getattr(properties, name)
        if name not in stated and (
            front_cues.is_filled_in(value) or (name == "author" and front_cues.is_account(value))
        ):
            stated[name] = ""
    return replace(properties, **stated, abstracts=by_language, places=places)


@dataclass
class _Front:
    """The pages before the first chapter; finds one field after the other."""

    pages: Sequence[Page]
    lines: Sequence[FrontLine]
    title: tuple[FrontLine, ...] = field(default=())
    given: str = ""  # the author whom the file says

    def fields(self, properties: Metadata) -> Iterator[tuple[str, tuple[Any, tuple[Span, ...]]]]:
        """Name, value and places of every field that is stated."""
        if title := self._title(properties):
            yield "title", title
        finders: Mapping[str, Callable[[], Found | None]] = {
            "author": lambda: self._author() or self._given_author(properties.author),
            "student_number": self._student_number,
            "university": lambda: self._institution(_is_institution),
            "faculty": lambda: self._institution(front_cues.is_faculty),
            "degree": self._degree,
        }
        for name, find_field in finders.items():
            if found := find_field():
                yield name, found
        if year := self._year():
            yield "year", (int(year[0]), year[1])
        lists: dict[str, list[Found]] = {
            role: [(name, (at,)) for name, at in people]
            for role, people in persons(self.lines).items()
        }
        for name, several in {**lists, "keywords": self._keywords()}.items():
            if several:
                values = {text.casefold(): text for text, _ in reversed(several)}
                order = dict.fromkeys(text.casefold() for text, _ in several)
                spans = tuple(dict.fromkeys(span for _, at in several for span in at))
                yield name, (tuple(values[key] for key in order), spans)

    # Title

    def _title(self, properties: Metadata) -> Found | None:
        """The title the file says, where a page has it; else the largest lines of the first page;
        else what a label ("Judul:") says."""
        given = "" if front_cues.is_filled_in(properties.title) else properties.title
        if places := properties.places.get("title"):
            found: Found | None = (given, places)
        else:
            found = self._search(given, whole=True) if given else None
        if found:
            self.title = tuple(line for line in self.lines if _overlaps(line.span, found[1]))
            return found
        self.given = properties.author
        if self.title_page and (lines := self._title_lines()):
            self.title = lines = self._without_author(lines)
            return self._in_mixed_case(_joined(lines))
        return self._labelled_title()

    @property
    def title_page(self) -> list[FrontLine]:
        """The first page with lines, up to a heading that begins the front matter's next part."""
        first = self.lines[0].span.page if self.lines else 0
        page = [line for line in self.lines if line.span.page == first]
        ends = (i for i, line in enumerate(page) if i and _begins_part(line))
        return page[: next(ends, 60)]

    def _title_lines(self) -> tuple[FrontLine, ...]:
        page = self.title_page
        ends = (i for i, line in enumerate(page) if _is_by(line.text) or _is_about(line.text))
        groups = _titles(page[: next(ends, None)]) or _titles(page)
        if not groups:
            return ()
        largest = max(g[0].size for g in groups)
        best = max(
            (g for g in groups if g[0].size >= SAME_SIZE * largest), key=lambda g: len(_words(g))
        )
        return best if self._is_thesis() or best[0].size > STANDS_OUT * self._usual_size() else ()

    def _without_author(self, lines: tuple[FrontLine, ...]) -> tuple[FrontLine, ...]:
        """The lines of a title without the author who stands right below in the same size."""
        last = lines[-1].text
        if len(lines) < 2 or len(last.split()) < 2 or not is_name(last):
            return lines
        given = self.given.casefold().split()
        said = last.casefold().split()[0] in given[:1] or any(
            self._search(f"{before} {last}") for before in word_set("front_matter.before_persons")
        )
        return lines[:-1] if said else lines

    def _is_thesis(self) -> bool:
        return any(
            front_cues.is_kind_of_work(line.text)
            or _is_institution(line.text)
            or _is_about(line.text)
            or front_cues.year_of_date(line.text) is not None
            for line in self.title_page
        )

    def _usual_size(self) -> float:
        sizes = sorted(line.size for line in self.lines for _ in range(len(line.text)))
        return sizes[len(sizes) // 2] if sizes else 0.0

    def _labelled_title(self) -> Found | None:
        for line in self.lines:
            if found := front_cues.labelled_title().fullmatch(line.text):
                return found[1], (_part(line, *found.span(1)),)
        return None

    # Persons

    def _author(self) -> Found | None:
        for at, line in enumerate(self.lines):
            fits = line.kind not in ("table", "caption") or line in self.title_page
            if fits and (
                named := self._authors_at(line, self.lines[at + 1 : at + 1 + front_persons.NEAR])
            ):
                return self._together(named)
        return self._author_by_number() or self._author_below_title()

    def _authors_at(
        self, line: FrontLine, after: Sequence[FrontLine]
    ) -> list[front_persons.Person]:
        """The authors whom a label on a line names: "Oleh", "Name: …", "by Marvin Kohnen"."""
        head, colon, rest = line.text.partition(":")
        rest = rest.strip()
        if not colon:
            head, rest = front_cues.split_by(line.text)
            rest = "" if "\t" in line.text else rest  # another column
        if not front_cues.is_by(head.split("\t")[0].strip(" (")):
            return []
        name = front_persons.without_number(rest)
        if is_name(name) and (colon or len(name.split()) > 1):
            start = line.text.index(name, len(head))
            return [(name, _part(line, start, start + len(name)))]
        if rest and (colon or front_cues.is_by(line.text.strip(" :(")) is False):
            return []
        own = [other for other in after if other.span.page == line.span.page]
        return front_persons.authors(own) or front_persons.authors(own[1:])[:1]

    def _together(self, named: Sequence[front_persons.Person]) -> Found:
        several = [self._in_mixed_case((name, (span,))) for name, span in named]
        return ", ".join(name for name, _ in several), tuple(s for _, at in several for s in at)

    def _author_by_number(self) -> Found | None:
        """The name right above the student number."""
        for above, line in pairwise(self.lines):
            if front_cues.student_number().fullmatch(line.text) and is_name(above.text):
                return self._in_mixed_case(_joined([above]))
        return None

    def _author_below_title(self) -> Found | None:
        """The name on the title page above a date, an institution, what the work is …"""
        last = max((line.span.end for line in self.title), default=0)
        below = [line for line in self.title_page if line.span.start >= last]
        for line, after in zip(below, [*below[1:], None], strict=False):
            if not is_name(line.text) or len(line.text.split()) < 2 or line.text[0] == "(":
                continue
            ends = after is None or _follows_author(after)
            if self.title and ends and not _is_place(line) and not _is_label(line.text):
                return self._in_mixed_case(_joined([line]))
        return None

    def _given_author(self, name: str) -> Found | None:
        """The author whom the file says, where a page says so too: as it is printed there."""
        first = name.split()[0].casefold() if is_name(name) else ""
        for line in self.title_page if first else ():
            if line.text.casefold().startswith(first) and is_name(line.text):
                return self._in_mixed_case(_joined([line]))
        return self._search(name, whole=True) if first and " " in name else None

    def _student_number(self) -> Found | None:
        for line in self.lines:
            if found := front_cues.student_number().search(line.text):
                return found[1], (_part(line, *found.span(1)),)
        for above, line in pairwise(self.title_page):
            if (found := front_cues.BARE_NUMBER.fullmatch(line.text)) and is_name(above.text):
                return found[1], (_part(line, *found.span(1)),)
        return None

    # Place, time, degree

    def _institution(self, fits: Callable[[str], bool]) -> Found | None:
        for lines in (self.title_page, self.lines):
            for line, after in zip(lines, [*lines[1:], None], strict=False):
                if not fits(line.text) or len(line.text) > headings.MAX_INSTITUTION:
                    continue
                ends = line.text.endswith((".", ";")) or line.text[-4:].isdecimal()
                if ends or line in self.title:
                    continue
                unfinished = fits is _is_institution and front_cues.is_unfinished(line.text)
                goes_on = after and (after.text[:1] in '"“”' or unfinished) and len(after.text) < 40
                parts = [line, after] if after and goes_on and not _is_place(after) else [line]
                return self._in_mixed_case(_joined(parts))
        return None

    def _year(self) -> Found | None:
        titled = {line.span for line in self.title}
        dated = [
            (line, found)
            for line in self.title_page
            if line.span not in titled and (found := front_cues.YEAR_LINE.fullmatch(line.text))
        ]
        dated = dated or [
            (line, f) for line in self.lines if (f := front_cues.SIGNED.fullmatch(line.text))
        ]
        if not dated:
            return self._full_date()
        line, found = dated[-1]
        return found[1], (_part(line, *found.span(1)),)

    def _full_date(self) -> Found | None:
        """The year of a date on the title page, or else of the first below it."""
        for line in (*self.title_page, *self.lines):
            if year := front_cues.year_of_date(line.text):
                start = line.text.rindex(year)
                return year, (_part(line, start, start + len(year)),)
        return None

    def _degree(self) -> Found | None:
        for line in self.lines:
            if found := front_cues.degree().search(line.text):
                group = found.lastindex or 0
                return found[group], (_part(line, *found.span(group)),)
        for line in self.lines:
            if found := front_cues.programme().fullmatch(line.text):
                return self._in_mixed_case((found[1], (_part(line, *found.span(1)),)))
        return None

    # Keywords

    def _keywords(self) -> list[Found]:
        found: list[Found] = []
        for at, line in enumerate(self.lines):
            if not headings.is_keywords(line.text):
                continue
            below = [other for other in self.lines[at + 1 : at + 4] if other.block == line.block]
            start = headings.keywords_start(line.text)
            text = " ".join([line.text[start:], *(other.text for other in below)])
            spans = (_part(line, start, len(line.text)), *(other.span for other in below))
            words = [word.strip().strip(" .") for word in text.translate(_COMMAS).split(",")]
            found += [(word, spans) for word in words if word]
        return found

    # Helpers

    def _search(self, text: str, mixed: bool = False, whole: bool = False) -> Found | None:
        """Where `text` stands in the front matter, whatever its line ends and capitals: `mixed`
        not in capitals only, `whole` on lines of its own."""
        parts = r"\s+".join(map(re.escape, text.split()))
        parts = rf"^\W*{parts}\W*$" if whole else rf"(?<!\w){parts}(?!\w)"
        for page in dict.fromkeys(line.span.page for line in self.lines):
            for found in re.finditer(parts, self.pages[page].text, re.IGNORECASE | re.M):
                value = " ".join(found.group().split())
                if not mixed or not value.isupper():
                    return value, (Span(page, *found.span()),)
        return None

    def _in_mixed_case(self, found: Found) -> Found:
        """The same words set in mixed case elsewhere, where the title page shouts."""
        return (self._search(found[0], mixed=True) or found) if found[0].isupper() else found


def _overlaps(span: Span, others: Sequence[Span]) -> bool:
    return any(span.page == o.page and span.start < o.end and o.start < span.end for o in others)


def _begins_part(line: FrontLine) -> bool:
    return headings.certain_heading(line.text) is not None or is_abstract(line.text)


def _is_institution(text: str) -> bool:
    return front_cues.institution().match(text) is not None


def _is_about(text: str) -> bool:
    return front_cues.is_about_the_work(text.lstrip('"“'))


def _follows_author(line: FrontLine) -> bool:
    """Whether a line is such as stands below the author."""
    text = line.text
    return bool(
        front_cues.YEAR_LINE.fullmatch(text)
        or front_cues.year_of_date(text)
        or _is_institution(text)
        or headings.names_institution(text)
        or front_cues.is_kind_of_work(text)
        or _is_about(text)
        or front_cues.is_label_of_person(text)
        or front_cues.BARE_NUMBER.fullmatch(text)
    )


def _is_label(text: str) -> bool:
    return front_cues.is_kind_of_work(text) or front_cues.is_label_of_person(text)


def _is_by(text: str) -> bool:
    return front_cues.is_by(text.strip(" :"))


def _is_place(line: FrontLine) -> bool:
    named = _is_institution(line.text) or front_cues.is_faculty(line.text)
    return named or any(map(str.isdigit, line.text))


def _titles(page: Sequence[FrontLine]) -> list[tuple[FrontLine, ...]]:
    groups = [tuple(group) for group in _title_groups(page)]
    return [group for group in groups if len(_words(group)) >= MIN_TITLE_WORDS and len(group) <= 8]


def _title_groups(page: Sequence[FrontLine]) -> Iterator[list[FrontLine]]:
    """Runs of lines of one size that can be a title."""
    group: list[FrontLine] = []
    for line in page:
        fits = _can_be_title(line)
        alike = group and abs(line.size - group[-1].size) <= (1 - SAME_SIZE) * group[-1].size
        if group and not (fits and alike):
            yield group
            group = []
        if fits:
            group.append(line)
    if group:
        yield group


def _can_be_title(line: FrontLine) -> bool:
    text = line.text
    return not (
        headings.names_institution(text)
        or front_cues.institution().fullmatch(text)
        or front_cues.is_kind_of_work(text)
        or _is_by(text)
        or front_cues.student_number().match(text)
        or front_cues.BARE_NUMBER.fullmatch(text)
        or front_cues.is_about_the_work(text)
        or front_cues.is_supervisor(front_cues.label_parts(text)[0])
        or not any(map(str.isalpha, text))
    )


def _words(lines: Sequence[FrontLine]) -> list[str]:
    return " ".join(line.text for line in lines).split()


def _joined(lines: Sequence[FrontLine]) -> Found:
    return " ".join(_words(lines)), tuple(line.span for line in lines)


def _part(line: FrontLine, start: int, end: int) -> Span:
    return Span(line.span.page, line.span.start + start, line.span.start + end)
