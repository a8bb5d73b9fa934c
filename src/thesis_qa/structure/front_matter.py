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
from thesis_qa.structure.front_cues import is_name, plain
from thesis_qa.structure.front_lines import FrontLine, abstracts, front_lines, is_abstract
from thesis_qa.types import Block, Metadata, Page, Span

SAME_SIZE = 0.9  # of the larger: lines of one title
SUBTITLE = 0.7  # … of a subtitle that stands right below
STANDS_OUT = 1.12  # times the size of the running text, where nothing else says "title"
MAX_TITLE = 45  # words
PARAGRAPH = 1.8  # heights from one line of a paragraph to the next
MAX_PITCH = 3.2  # heights from one line of a title to the next
LOOSER = 1.35  # times the pitch of a title's lines: another paragraph
TITLE_PAGE = 60  # lines, where a format has no pages
ENOUGH = 2.0  # weight of an author that is taken

_COMMAS = str.maketrans(dict.fromkeys(";•·|", ","))  # what else parts keywords
_ENTRY = re.compile(
    r"^([^\W\d_][^\n.:]+)(?:\. (?P<title>[^.:]{20,300})\.|: (?P<line>[^\n.:]{20,300})\n)(.{0,300})",
    re.M | re.S,
)
_QUOTED = re.compile(r"[“\"']([^“”\"]{15,300})[”\"']")

Found = tuple[str, tuple[Span, ...]]
"""A field's text and where it stands."""


def find_metadata(pages: Sequence[Page], blocks: Sequence[Block], properties: Metadata) -> Metadata:
    """What `pages` state, and `properties` (what the file says about itself) where they don't."""
    front = _Front(pages, front_lines(pages, blocks), properties)
    stated: dict[str, Any] = {}
    places = dict(properties.places)
    for name, (value, spans) in front.fields():
        stated[name], places[name] = value, spans
    by_language = abstracts(pages, blocks)
    if by_language:
        places["abstracts"] = tuple(span for spans in by_language.values() for span in spans)
    for name in ("title", "author"):
        value = getattr(properties, name)
        account = name == "author" and front_cues.is_account(value)
        template = front_cues.is_filled_in(value) or front_cues.is_placeholder(value)
        account = account or (name == "author" and " " not in value)
        if name not in stated and (template or account):
            stated[name] = ""
    return replace(properties, **stated, abstracts=by_language, places=places)


class _Front:
    """The pages before the first chapter; finds one field after the other."""

    def __init__(
        self, pages: Sequence[Page], lines: Sequence[FrontLine], properties: Metadata
    ) -> None:
        self.pages, self.lines, self.properties = pages, lines, properties
        self.labelled = front_persons.labelled_persons(lines)
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
        others = [front_cues.bare(name) for name in (author[0].split(", ") if author else ())]
        supervisors = self._teachers("supervisors", title, others)
        examiners = self._teachers("examiners", title, others)
        told = {front_cues.bare(name) for name, _ in supervisors}
        if not supervisors:
            supervisors = front_persons.thanked(self.pages, self.lines)
        for name, several in {
            "supervisors": supervisors,
            "examiners": [each for each in examiners if front_cues.bare(each[0]) not in told],
            "keywords": self._keywords(),
        }.items():
            if several:
                values = tuple(text for text, _ in several)
                yield name, (values, tuple(span for _, at in several for span in at))

    def _teachers(self, said: str, title: Found | None, others: Sequence[str]) -> list[Found]:
        """Who is named at labels of a role, each once, and neither the author nor of the title."""
        found: dict[str, Found] = {}
        for person in self.labelled[said]:
            name = front_cues.bare(person.name)
            if name not in others and not (title and name in plain(title[0])):
                if len(person.name) > len(found.get(name, ("",))[0]):  # with more degrees
                    found[name] = person.name, (person.span,)
        return list(found.values())

    def _title_page(self) -> list[FrontLine]:
        """The first page with lines, up to a heading that begins the front matter's next part."""
        first = self.lines[0].span.page if self.lines else 0
        page = [line for line in self.lines if line.span.page == first]
        ends = (i for i, line in enumerate(page) if _begins_part(line))
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
        said: set[FrontLine] = set()
        about = False
        for before, line in pairwise([None, *self.title_page]):
            if line is None:
                continue
            begins = front_cues.is_about_the_work(line.text)
            near = before is not None and line.top - before.top <= PARAGRAPH * max(line.size, 1)
            about = begins or (about and near and before is not None and line.size == before.size)
            if about or _is_said(line):
                said.add(line)
        return said

    # Author

    def _author(self) -> Found | None:
        """Whom labels, numbers, copyright and signatures name, the one with most of them."""
        weights: defaultdict[str, float] = defaultdict(float)
        groups: dict[str, list[Found]] = {}
        roles = ("supervisors", "examiners")
        teachers = {front_cues.bare(p.name) for said in roles for p in self.labelled[said]}
        for people, weight in self._named_authors():
            first = front_cues.bare(people[0][0])
            weights[first] += weight - (first in teachers)
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
                line in self.title_page and front_cues.BARE_NUMBER.fullmatch(line.text)
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
        if is_name(given) and " " in given and not front_cues.is_account(given):
            if found := self._search(given, whole=True):
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
            named = [line for line in group if is_name(line.text) and " " in line.text]
            if len(named) == 1 and not _overlaps(group[0].span, title[1]):
                names += named
        last = max(span.end for span in title[1])
        names.sort(key=lambda line: line.span.start < last)
        return self._in_mixed_case(_joined(names[:1])) if names else None

    def _student_number(self) -> Found | None:
        for line in self.lines:
            if found := front_cues.student_number().search(line.text):
                return found[1], (line.part(found[1]),)
        for above, line in pairwise(self.title_page):
            if (found := front_cues.BARE_NUMBER.fullmatch(line.text)) and is_name(above.text):
                return found[1], (line.part(found[1]),)
        return None

    # Title

    def _title(self, author: str) -> Found | None:
        """The title the file says, where a page has it; else the lines of the title page that look
        most like one; else what a label ("Judul:") or a sentence ("… entitled “…”") says."""
        given = self.properties.title
        given = "" if front_cues.is_filled_in(given) or front_cues.is_placeholder(given) else given
        if places := self.properties.places.get("title"):
            return given, places
        if given and (found := self._search(given, whole=True)):
            return found
        said = [*self._labelled_titles(), *self._quoted_titles()]
        if self.entry:
            said.append(self.entry[1])
        groups = [(self._weight(group, said), group) for group in self._groups(author)]
        weight, best = max(groups, key=lambda each: each[0], default=(0.0, []))
        if weight >= 1 or (best and weight > 0 and self._is_titled(best)):
            return self._in_mixed_case(_joined(best))
        return said[0] if said else None

    def _weight(self, group: Sequence[FrontLine], said: Sequence[Found]) -> float:
        """How much speaks for a run of lines as the title."""
        text = _joined(group)[0]
        words = len(text.split())
        largest = max(line.size for line in self.title_page) or 1.0
        again = any(plain(text)[:40] == plain(other)[:40] for other, _ in said)
        size = (group[0].size or largest) / largest
        marked = group[0].kind == "heading"
        usual = 0.5 if self._is_titled(group) else -2.0
        if said and not again and group[0].size <= STANDS_OUT * self._usual_size():
            usual = -2.0
        return usual + 2 * again + size - 1 + 0.5 * marked + min(words, 8) / 16 - 0.3 * (words < 3)

    def _is_titled(self, group: Sequence[FrontLine]) -> bool:
        """Whether the first page is a title page: larger type, or a title page's other lines."""
        larger = group[0].size > STANDS_OUT * self._usual_size()
        return larger or bool(self.said) or bool(self._dates(()))

    def _usual_size(self) -> float:
        sizes = sorted(line.size for line in self.lines for _ in range(len(line.text)))
        return sizes[len(sizes) // 2] if sizes else 0.0

    def _groups(self, author: str = "") -> Iterator[list[FrontLine]]:
        """Runs of lines of one size and pitch on the title page that can be a title."""
        group: list[FrontLine] = []
        authors = [front_cues.bare(name) for name in author.split(", ")]
        for line in self.title_page:
            fits = line not in self.said and front_cues.bare(line.text) not in authors
            if group and not (fits and _goes_on(group, line)):
                yield group
                group = []
            if fits and (group or any(map(str.isalpha, line.text))):
                group.append(line)
        if group:
            yield group

    def _labelled_titles(self) -> Iterator[Found]:
        """ "Judul Skripsi: …", with what goes on below in the same column."""
        for at, line in enumerate(self.lines):
            said, _, rest = front_cues.labelled(line.text)
            if said != "title" or len(rest.split()) < 2 or front_cues.is_placeholder(rest):
                continue
            spans = [line.part(rest)]
            for below in self.lines[at + 1 :]:
                indented = below.left > line.left + 20 if line.size else below.block == line.block
                if not indented or _is_said(below) or below.span.page != line.span.page:
                    break
                spans.append(below.span)
                rest = f"{rest} {below.text}"
            yield rest, tuple(spans)

    def _quoted_titles(self) -> Iterator[Found]:
        """ "This is to certify that the thesis entitled “…”"."""
        for page in dict.fromkeys(line.span.page for line in self.lines):
            for found in _QUOTED.finditer(self.pages[page].text):
                if front_cues.ends_with_entitled(self.pages[page].text[: found.start()]):
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
        quoted = after is not None and after.text[:1] in '"“”'
        goes_on = quoted or (line.text.endswith(name) and front_cues.is_unfinished(name))
        if after and goes_on and not _is_place(after) and len(after.text) < 40:
            return self._in_mixed_case(_joined([line, after]))
        return self._in_mixed_case((name, (line.part(name),)))

    def _faculty(self) -> Found | None:
        for lines in (self.title_page, self.lines):
            for line in lines:
                if front_cues.is_faculty(line.text) and len(line.text) <= headings.MAX_INSTITUTION:
                    return self._in_mixed_case(_joined([line]))
        return None

    def _year(self, title: Sequence[Span]) -> tuple[int, Span] | None:
        """The last year on the title page, else of the first date below it."""
        if dates := self._dates(title):
            return dates[-1]
        sentences = " ".join(self.entry[2][0].split()).split(". ")[:4] if self.entry else []
        for dated in filter(None, map(front_cues.year_of, sentences)):
            return dated[0], self.entry[2][1][0]
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
            if found and not _overlaps(line.span, title)
        ]

    def _degree(self) -> Found | None:
        for line in self.lines:
            if found := front_cues.degree().search(line.text):
                group = found.lastindex or 0
                return found[group], (line.part(found[group]),)
        for line in self.lines:
            if found := front_cues.programme().fullmatch(line.text):
                return self._in_mixed_case((found[1], (line.part(found[1]),)))
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


def _overlaps(span: Span, others: Sequence[Span]) -> bool:
    return any(span.page == o.page and span.start < o.end and o.start < span.end for o in others)


def _begins_part(line: FrontLine) -> bool:
    return headings.certain_heading(line.text) is not None or is_abstract(line.text)


def _is_said(line: FrontLine) -> bool:
    """Whether a line of a title page is known to be something else than a title or a name."""
    text = line.text
    return bool(
        front_cues.labelled(text)[0]
        or front_cues.is_kind_of_work(text)
        or front_cues.is_about_the_work(text)
        or front_cues.is_person_number(text)
        or front_cues.is_institution(text)
        or headings.names_institution(text)
        or front_cues.is_placeholder(text)
        or front_cues.is_date(text)
        or not any(map(str.isalnum, text))
    )


def _is_place(line: FrontLine) -> bool:
    named = front_cues.is_institution(line.text) or front_cues.is_faculty(line.text)
    return bool(named) or any(map(str.isdigit, line.text))


def _goes_on(group: Sequence[FrontLine], line: FrontLine) -> bool:
    """Whether a line goes on with the title that `group` begins, or is its subtitle."""
    last = group[-1]
    if len(" ".join(each.text for each in group).split()) > MAX_TITLE:
        return False
    if not line.size:
        shouted = line.text.isupper() and last.text.isupper()
        return line.block == last.block or shouted or line.text[:1] == "("
    pitch = line.top - last.top
    usual = group[1].top - group[0].top if len(group) > 1 else MAX_PITCH * last.size / LOOSER
    near = 0 <= pitch <= LOOSER * max(usual, last.size) or last.text.endswith(":")
    alike = min(line.size, last.size) >= SAME_SIZE * max(line.size, last.size)
    subtitle = last.size > line.size >= SUBTITLE * last.size and pitch < 2 * last.size
    return (near and (alike or subtitle)) or (alike and line.text[:1] == "(")


def _joined(lines: Sequence[FrontLine]) -> Found:
    return " ".join(" ".join(line.text for line in lines).split()), tuple(l.span for l in lines)
