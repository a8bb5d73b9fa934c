"""Who wrote a thesis, where, when and about what, as its title, approval and abstract pages say.

Every field has candidates, each with the weight of what speaks for it: the label beside it, where
it stands, how large, whether other pages repeat it. The heaviest is taken if it is heavy enough;
what isn't certain stays empty. Nothing is invented: a field is text of the document with its place,
or what the file's own properties say.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from thesis_qa.structure import front_cues, front_persons, headings
from thesis_qa.structure.front_cues import is_name, spelled
from thesis_qa.structure.front_lines import (
    INDENT,
    Found,
    FrontLine,
    abstracts,
    front_lines,
    is_abstract,
    joined,
    runs,
)
from thesis_qa.types import Block, Metadata, Page, Span

STANDS_OUT = 1.12  # times the size of the running text, where nothing else says "title"
MAX_REST = 40  # characters of a university's name on a second line
TITLE_PAGE = 60  # lines, where a format has no pages
ENOUGH = 2.0  # weight of an author that is taken

_COMMAS = str.maketrans(dict.fromkeys(";•·|", ","))  # what else parts keywords
_ENTRY = re.compile(
    r"^([^\W\d_][^\n.:]+)(?:\. (?P<title>[^.:]{20,300})\.|: (?P<line>[^\n.:]{20,300})\n)(.{0,300})",
    re.M | re.S,
)


def find_metadata(pages: Sequence[Page], blocks: Sequence[Block], properties: Metadata) -> Metadata:
    """What `pages` state, and `properties` (what the file says about itself) where they don't."""
    front = _Front(pages, front_lines(pages, blocks), properties)
    stated: dict[str, Any] = {
        "title": "" if _is_filled_in(properties.title) else properties.title,
        "author": "" if _is_no_author(properties.author) else properties.author,
        "abstracts": abstracts(pages, blocks),
    }
    places = dict(properties.places)
    for name, (value, spans) in front.fields():
        stated[name], places[name] = value, spans
    if abstract := tuple(span for spans in stated["abstracts"].values() for span in spans):
        places["abstracts"] = abstract
    return replace(properties, **stated, places=places)


def _is_filled_in(title: str) -> bool:
    return front_cues.is_filled_in(title) or front_cues.is_said(title)


def _is_no_author(name: str) -> bool:
    return front_persons.is_account(name) or _is_filled_in(name) or not name[:1].isupper()


class _Front:
    """The pages before the first chapter; finds one field after the other."""

    def __init__(
        self, pages: Sequence[Page], lines: Sequence[FrontLine], properties: Metadata
    ) -> None:
        self.pages, self.lines, self.properties = pages, lines, properties
        self.labelled = front_persons.labelled_persons(lines)
        teachers = [*self.labelled["supervisors"], *self.labelled["examiners"]]
        self.teachers = {front_cues.core_name(person.name) for person in teachers}
        self.title_page = self._title_page()
        self.said = self._said()
        self.entry = self._catalogue_entry()

    def fields(self) -> Iterator[tuple[str, tuple[Any, tuple[Span, ...]]]]:
        """Name, value and places of every field that is stated."""
        author = self._author()
        title = self._title(author[0] if author else "")
        author = author or self._author_near_title(title)
        finders: dict[str, Callable[[], Found | None]] = {
            "title": lambda: title,
            "author": lambda: author,
            "student_number": self._student_number,
            "university": self._university,
            "faculty": self._faculty,
            "degree": self._degree,
        }
        for name, find_field in finders.items():
            if found := find_field():
                yield name, found
        if year := self._year(title[1] if title else ()):
            yield "year", (year[0], (year[1],))
        others = [front_cues.core_name(name) for name in (author[0].split(", ") if author else ())]
        supervisors = self._teachers("supervisors", title, others)
        examiners = self._teachers("examiners", title, others)
        told = {front_cues.core_name(name) for name, _ in supervisors}
        if not supervisors:
            supervisors = front_persons.thanked(self.pages, self.lines)
        for name, several in {
            "supervisors": supervisors,
            "examiners": [each for each in examiners if front_cues.core_name(each[0]) not in told],
            "keywords": self._keywords(),
        }.items():
            if several:
                values = tuple(text for text, _ in several)
                yield name, (values, tuple(span for _, at in several for span in at))

    def _teachers(self, said: str, title: Found | None, others: Sequence[str]) -> list[Found]:
        """Who is named at labels of a role, each once, and neither the author nor of the title."""
        found: dict[str, Found] = {}
        for person in self.labelled[said]:
            name = front_cues.core_name(person.name)
            known = name in others or (title and name in spelled(title[0]))
            if not known and len(person.name) > len(found.get(name, ("",))[0]):  # has more degrees
                found[name] = person.name, (person.span,)
        return list(found.values())

    def _title_page(self) -> list[FrontLine]:
        """The first page with lines, up to a heading that begins the front matter's next part."""
        first = self.lines[0].span.page if self.lines else 0
        page = [line for line in self.lines if line.span.page == first]
        ends = (at for at, line in enumerate(page) if headings.certain_heading(line.text))
        return page[: next(ends, TITLE_PAGE)]

    def _catalogue_entry(self) -> tuple[Found, Found, Found] | None:
        """ "DEWI ANGGRAINI. Hubungan Pola Makan …. Skripsi. …, 2016." above an abstract: author,
        title, and the rest."""
        for page in dict.fromkeys(line.span.page for line in self.lines if is_abstract(line.text)):
            for found in _ENTRY.finditer(self.pages[page].text):
                name, part = found[1], "title" if found["title"] else "line"
                title = " ".join(found[part].split())
                if is_name(name) and " " in name and len(title.split()) > 3:
                    author = name, (Span(page, *found.span(1)),)
                    rest = found[4], (Span(page, *found.span(4)),)
                    return author, (title, (Span(page, *found.span(part)),)), rest
        return None

    def _said(self) -> set[FrontLine]:
        """The lines of the title page that are known to be neither title nor name, and what goes on
        from those that say what the work is for."""
        said = {line for line in self.title_page if front_cues.is_said(line.text)}
        about = False
        for before, line in pairwise(self.title_page):
            near = before.is_near(line) and line.size == before.size
            about = near and (about or front_cues.is_about_the_work(before.text))
            said |= {line} if about else set()
        return said

    # Author

    def _author(self) -> Found | None:
        """Whom labels, numbers, copyright and signatures name, the one with most of them."""
        weights: defaultdict[str, float] = defaultdict(float)
        groups: dict[str, list[Found]] = {}
        for people, weight in self._named_authors():
            first = front_cues.core_name(people[0][0])
            weights[first] += weight - (first in self.teachers)
            if len(people) > len(groups.get(first, ())):
                groups[first] = people
        best = max(weights, key=lambda name: weights[name], default="")
        if not best or weights[best] < ENOUGH:
            return None
        several = [self._in_mixed_case(found) for found in groups[best]]
        return ", ".join(name for name, _ in several), tuple(s for _, at in several for s in at)

    def _named_authors(self) -> Iterator[tuple[list[Found], float]]:
        """Names and the weight of what says that they wrote the thesis."""
        by_label: defaultdict[FrontLine, list[Found]] = defaultdict(list)
        for person in self.labelled["author"]:
            by_label[person.label].append((person.name, (person.span,)))
        for label, people in by_label.items():
            on_form = label.kind in ("table", "caption") and label not in self.title_page
            yield people, 3.0 if label in self.title_page else 1.0 if on_form else 2.0
        for at, (above, line) in enumerate(pairwise(self.lines)):
            numbered = front_cues.student_number().match(line.text) or (
                line in self.title_page and front_cues.bare_number(line.text)
            )
            if numbered and is_name(above.text) and above.shares_column(line):
                yield self._listed_above(at), 3.0 if line in self.title_page else 2.0
        for line in self.lines:
            words = front_cues.copyright_holder(line.text)
            if words and is_name(words):
                yield [(words, (line.part(words),))], 2.0
        if self.entry:
            yield [self.entry[0]], 2.0
        given = self.properties.author
        if (
            is_name(given)
            and not _is_no_author(given)
            and (found := self._search(given, whole=True))
        ):
            yield [found], 2.0

    def _listed_above(self, at: int) -> list[Found]:
        """The names each with a number below it, of which line `at` is the first."""
        found: list[Found] = []
        for name, number in zip(self.lines[at::2], self.lines[at + 1 :: 2], strict=False):
            if not (is_name(name.text) and front_cues.is_person_number(number.text)):
                break
            found.append((name.text, (name.span,)))
        return found

    def _author_near_title(self, title: Found | None) -> Found | None:
        """The name on the title page that stands next below the title, or else above it."""
        if not title:
            return None
        names: list[FrontLine] = []
        for group in self._groups():
            named = [
                line
                for line, after in zip(group, [*group[1:], None], strict=True)
                if is_name(line.text) and " " in line.text and not line.text.endswith(":")
                if not (after and line.is_near(after) and front_cues.year_of(after.text))  # a city
                if front_cues.core_name(line.text) not in self.teachers
            ]
            if len(named) == 1 and not group[0].is_among(title[1]):
                names += named
        last = max(span.end for span in title[1])
        names.sort(key=lambda line: line.span.start < last)
        return self._in_mixed_case(joined(names[:1])) if names else None

    def _student_number(self) -> Found | None:
        for line in self.lines:
            if found := front_cues.student_number().search(line.text):
                return found[1], (line.part(found[1]),)
        for above, line in pairwise(self.title_page):
            if (number := front_cues.bare_number(line.text)) and is_name(above.text):
                return number, (line.part(number),)
        return None

    # Title

    def _title(self, author: str) -> Found | None:
        """The title the file says, where a page has it; else the lines of the title page that look
        most like one; else what a label ("Judul:") or a sentence ("… entitled “…”") says."""
        given = "" if _is_filled_in(self.properties.title) else self.properties.title
        if given and (places := self.properties.places.get("title")):
            return given, places
        if given and (found := self._search(given, whole=True)):
            return found
        said = [*self._labelled_titles(), *self._quoted_titles()]
        if self.entry:
            said.append(self.entry[1])
        groups = [(self._weight(group, said), group) for group in self._groups(author)]
        weight, best = max(groups, key=lambda each: each[0], default=(0.0, []))
        if weight > 0:
            return self._in_mixed_case(joined(best))
        return said[0] if said else None

    def _weight(self, group: Sequence[FrontLine], said: Sequence[Found]) -> float:
        """How much speaks for a run of lines as the title: others say it, its size, its length;
        and that this is a title page, with its other lines or larger type."""
        text = joined(group)[0]
        words = len(text.split())
        again = any(spelled(text)[:40] == spelled(other)[:40] for other, _ in said)
        largest = max(line.size for line in self.title_page) or 1.0
        larger = group[0].size > STANDS_OUT * self._usual_size()
        titled = larger or (not (said and not again) and bool(self.said or self._dates(())))
        marked = 0.5 * (group[0].kind == "heading") + 2 * again
        size = (group[0].size or largest) / largest
        return marked + size + min(words, 8) / 16 - 0.3 * (words < 3) - (0.5 if titled else 3.0)

    def _usual_size(self) -> float:
        sizes = sorted(line.size for line in self.lines for _ in range(len(line.text)))
        return sizes[len(sizes) // 2] if sizes else 0.0

    def _groups(self, author: str = "") -> list[list[FrontLine]]:
        """Runs of lines on the title page that can be a title."""
        authors = [front_cues.core_name(name) for name in author.split(", ")]
        own = {line for line in self.title_page if front_cues.core_name(line.text) in authors}
        return runs(self.title_page, self.said | own)

    def _labelled_titles(self) -> Iterator[Found]:
        """ "Judul Skripsi: …", with what goes on below in the same column."""
        for at, line in enumerate(self.lines):
            said, _, rest = front_cues.labelled(line.text)
            if said != "title" or len(rest.split()) < 2 or front_cues.is_placeholder(rest):
                continue
            spans = [line.part(rest)]
            for below in self.lines[at + 1 :]:
                indented = (
                    below.left > line.left + INDENT if line.size else below.block == line.block
                )
                if (
                    not indented
                    or front_cues.is_said(below.text)
                    or below.span.page != line.span.page
                ):
                    break
                spans.append(below.span)
                rest = f"{rest} {below.text}"
            yield rest, tuple(spans)

    def _quoted_titles(self) -> Iterator[Found]:
        """ "This is to certify that the thesis entitled “…”"."""
        for page in dict.fromkeys(line.span.page for line in self.lines):
            for found in front_cues.quoted_title().finditer(self.pages[page].text):
                yield " ".join(found[1].split()).rstrip(","), (Span(page, *found.span(1)),)

    # Place, time, degree

    def _university(self) -> Found | None:
        """The first university that the title page names; else an institute or college; else one
        that another page names."""
        ranked = [
            (line not in self.title_page, rank, at, name)
            for at, line in enumerate(self.lines)
            for name, rank in front_cues.institutions(line.text)
            if len(name) <= headings.MAX_INSTITUTION
        ]
        if not ranked:
            return None
        _, _, at, name = min(ranked)
        line, after = self.lines[at], self.lines[at + 1] if at + 1 < len(self.lines) else None
        rest = after.text.partition(",")[0] if after and not front_cues.is_said(after.text) else ""
        goes_on = rest[:1] in '"“”' or (line.text.endswith(name) and front_cues.is_unfinished(name))
        if after and rest and goes_on and len(rest) < MAX_REST:
            spans = (line.part(name), after.part(rest))
            return self._in_mixed_case((f"{name} {rest}", spans))
        return self._in_mixed_case((name, (line.part(name),)))

    def _faculty(self) -> Found | None:
        for line in (*self.title_page, *self.lines):
            if front_cues.is_faculty(line.text) and len(line.text) <= headings.MAX_INSTITUTION:
                return self._in_mixed_case(joined([line]))
        return None

    def _year(self, title: Sequence[Span]) -> tuple[int, Span] | None:
        """The last year on the title page, else of the first date below it."""
        if dates := self._dates(title):
            return dates[-1]
        rest, spans = self.entry[2] if self.entry else ("", ())
        for sentence in " ".join(rest.split()).split(". ")[:4]:
            if spans and (said := front_cues.year_of(sentence)):
                return said[0], spans[0]
        for line in self.lines:
            dated = front_cues.year_of(line.text)
            if dated and front_cues.is_date(line.text) and line.text.endswith(dated[1]):
                return dated[0], line.part(dated[1])
        return None

    def _dates(self, title: Sequence[Span]) -> list[tuple[int, Span]]:
        dated = ((line, front_cues.year_of(line.text)) for line in self.title_page)
        return [
            (found[0], line.part(found[1]))
            for line, found in dated
            if found and not line.is_among(title)
        ]

    def _degree(self) -> Found | None:
        for line in self.lines:
            if found := front_cues.degree().search(line.text):
                return found[found.lastindex or 0], (line.part(found[found.lastindex or 0]),)
        return None

    # Keywords

    def _keywords(self) -> list[Found]:
        found: dict[str, Found] = {}
        for at, line in enumerate(self.lines):
            if not headings.is_keywords(line.text):
                continue
            below = [other for other in self.lines[at + 1 : at + 4] if other.block == line.block]
            start = headings.keywords_start(line.text)
            text = " ".join([line.text[start:], *(other.text for other in below)])
            spans = (line.part(line.text[start:]), *(other.span for other in below))
            words = [word.strip().strip(" .") for word in text.translate(_COMMAS).split(",")]
            for word in filter(None, words):
                found.setdefault(word.casefold(), (word, spans))
        return list(found.values())

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
