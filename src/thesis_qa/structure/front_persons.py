"""Who is named beside, above and below which label on title and approval pages."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from thesis_qa.lang.data import cue
from thesis_qa.structure import front_cues
from thesis_qa.structure.front_cues import behind, is_name, known, labelled, names_in, role
from thesis_qa.structure.front_lines import INDENT, FrontLine
from thesis_qa.types import Page, Span

NAMED = ("author", "supervisors", "examiners")  # whose names are wanted
PROSE = 7  # words of a line in a sentence
NEAR = 5  # lines between a label and its name: a date, a line to sign on
THANKS = 250  # characters before and behind "my supervisor" in which the name stands


@dataclass(frozen=True, slots=True)
class Person:
    """A name on a line, and the label it belongs to."""

    name: str
    line: FrontLine
    label: FrontLine

    @property
    def span(self) -> Span:
        """Where the name stands."""
        return self.line.part(self.name)


def labelled_persons(lines: Sequence[FrontLine]) -> dict[str, list[Person]]:
    """Who is named at labels, by the role that a label says, in the order of the pages."""
    found: defaultdict[str, list[Person]] = defaultdict(list)
    for _, page in groupby(lines, key=lambda line: line.span.page):
        for said, person in _PageOfLabels(list(page)).persons():
            found[said].append(person)
    return found


class _PageOfLabels:
    """A page whose labels look for their names: on their own line, beside, below or above."""

    def __init__(self, lines: Sequence[FrontLine]) -> None:
        self.by_height = sorted(lines, key=lambda line: (line.top, line.left))
        self.taken: set[FrontLine] = set()

    def persons(self) -> Iterator[tuple[str, Person]]:
        """Every role that a label says, and who bears it."""
        alone: list[tuple[str, FrontLine]] = []
        group = ""
        for line in self.by_height:
            said, names, rest = _read(line)
            if said == "member":
                said = alone.pop()[0] if alone and _is_signed_below(alone[-1][1], line) else group
            elif said:
                group = said if is_group(line.text) else "" if said == "approver" else group
            if said and (names or not rest):
                self.taken.add(line)
            if said in NAMED and not (names or rest):
                alone.append((said, line))
            yield from ((said, Person(name, line, line)) for name in names)
            head = line.text.partition(":")[0]
            if said in NAMED and names and role(head) and front_cues.is_several(head):
                yield from ((said, person) for person in self._indented(line))
        lonely: list[tuple[str, FrontLine]] = []
        for said, label in alone:
            beside = self._beside(said, label)
            yield from ((said, person) for person in beside)
            lonely += [] if beside else [(said, label)]
        step = self._direction([each for each in lonely if each[0] != "author"])
        for said, label in lonely:
            down = said == "author" or is_group(label.text)
            people = self._in_column(said, label, 1 if down else step)
            yield from ((said, person) for person in people)

    def _indented(self, label: FrontLine) -> Iterator[Person]:
        """The names below the one behind a label, set in from the label."""
        last = label
        for line in self._column(label, 1):
            names = (
                names_in(line.text)
                if _is_next(last, line) and line.left > label.left + INDENT
                else []
            )
            if not names or not line.size:
                return
            yield from (Person(name, line, label) for name in names)
            self.taken.add(line)
            last = line

    def _beside(self, said: str, label: FrontLine) -> list[Person]:
        row = [line for line in self.by_height if line.beside(label) and line not in self.taken]
        right = [line for line in row if line.left > label.left]
        left = [line for line in row if line.left < label.left]
        for line in [*right[:1], *left[-1:]]:
            if names := names_in(line.text, said == "author"):
                self.taken.add(line)
                return [Person(name, line, label) for name in names]
        return []

    def _direction(self, labels: Sequence[tuple[str, FrontLine]]) -> int:
        """Whether names stand below (1) or above (-1) the labels of this page, as most do."""
        below, above = (
            sum(self._distance(said, label, step) for said, label in labels) for step in (1, -1)
        )
        return 1 if below <= above else -1

    def _distance(self, said: str, label: FrontLine, step: int) -> int:
        column = enumerate(self._column(label, step))
        return next((n for n, line in column if names_in(line.text, said == "author")), 2 * NEAR)

    def _column(self, label: FrontLine, step: int) -> list[FrontLine]:
        """The lines below or above a label in its column, up to another label."""
        column: list[FrontLine] = []
        at = self.by_height.index(label)
        for line in self.by_height[at + step :: step] if at + step >= 0 else ():
            staggered = abs(line.top - label.top) < label.size and not line.shares_column(label)
            if line.beside(label) or staggered:
                continue
            if role(line.text) or len(column) == NEAR:
                break
            if line.shares_column(label):
                if line in self.taken or _is_prose(line):
                    break
                column.append(line)
        return column

    def _in_column(self, said: str, label: FrontLine, step: int) -> Iterator[Person]:
        """The first names in a label's column, and those that go on right behind them."""
        begun = False
        for line in self._column(label, step):
            if front_cues.is_person_number(line.text):
                continue
            names = names_in(line.text, said == "author")
            if names and not front_cues.is_kind_of_work(line.text):
                yield from (Person(name, line, label) for name in names)
                self.taken.add(line)
                begun = True
                if not front_cues.is_several(label.text):
                    return
            elif begun:
                return


def _read(line: FrontLine) -> tuple[str, list[str], str]:
    """The role that a line says, the names on it, and what else stands behind its label."""
    said, name = behind(line.text)
    return (said, [name], "") if name else labelled(line.text)


def _is_next(label: FrontLine, line: FrontLine) -> bool:
    return label.shares_column(line) and 0 < line.top - label.top < 2 * max(label.size, 1)


def _is_signed_below(label: FrontLine, line: FrontLine) -> bool:
    """Whether a member's line is that of the label above: "Supervisor: ____", "(Member)"."""
    return role(label.text.partition(":")[0]) != "member" and _is_next(label, line)


def _is_prose(line: FrontLine) -> bool:
    words = line.text.split()
    return len(words) >= PROSE and sum(map(str.islower, words)) > len(words) / 2


def is_account(author: str) -> bool:
    """Whether an author is what a computer calls its user: "Windows User", "Asus X441", "pc-01"."""
    words = author.lower().replace("-", " ").replace("_", " ").split()
    return any(map(str.isdigit, author)) or not known("accounts").isdisjoint(words)


def is_group(label: str) -> bool:
    """Whether a label names a committee, whose members follow with labels of their own."""
    return role(label) in NAMED and cue("front_matter.group").search(label) is not None


def thanked(
    pages: Sequence[Page], lines: Sequence[FrontLine]
) -> list[tuple[str, tuple[Span, ...]]]:
    """Supervisors named in sentences: "my supervisor, Dr Andrew Phillips, for …", "Ibu Dr. Ani,
    M.Si. selaku dosen pembimbing", "under the supervision of Professor Ana Gouveia"."""
    found: dict[str, tuple[str, tuple[Span, ...]]] = {}
    for page in dict.fromkeys(line.span.page for line in lines):
        text = pages[page].text[: lines[-1].span.end if page == lines[-1].span.page else None]
        for cued in cue("front_matter.my_supervisor").finditer(text):
            names = _first_names(text[cued.end() :][:THANKS])
            one = cued[0].endswith("r")  # "my advisor", not "my advisors"
            for name in names[:1] if one else names:
                span = _over_lines(text, page, name, cued.end())
                found.setdefault(front_cues.core_name(name), (name, (span,)))
        for cued in cue("front_matter.as_supervisor").finditer(text):
            if name := _last_name(text[max(0, cued.start() - THANKS) : cued.start()]):
                start = text.rindex(name.split()[0], 0, cued.start())
                span = _over_lines(text, page, name, start)
                found.setdefault(front_cues.core_name(name), (name, (span,)))
    return list(found.values())


def _over_lines(text: str, page: int, name: str, after: int) -> Span:
    """Where a name stands on a page, maybe over a line's end."""
    start = end = text.index(name.split()[0], after)
    for word in name.split():
        end = text.index(word, end) + len(word)
    return Span(page, start, end)


def _first_names(text: str) -> list[str]:
    """The names that a text begins with."""
    words = text.lstrip(" ,:\n").split()
    kept: list[str] = []
    joins = ("and", "dan", "&")
    for word in words:
        if not (word[:1].isupper() or word in joins or word.casefold() in ("dr.", "prof.")):
            break
        kept.append(word)
        ends = word[-1:] == "." and word[-3:-2].islower() and not front_cues.is_title(word)
        if word[-1:] in ";:" or ends:
            break
    while kept and kept[-1] in joins:
        kept.pop()
    return [name for name in names_in(" ".join(kept)) if len(name.split()) > 1]


def _last_name(text: str) -> str:
    """The name that a text ends with: the longest that begins behind a small word."""
    words = text.rstrip(" ,\n").split()
    starts = [at for at in range(len(words)) if at == 0 or not words[at - 1][:1].isupper()]
    starts += [at + 1 for at, word in enumerate(words) if word in ("Bapak", "Ibu", "Prof")]
    for start in sorted(set(starts)):
        name = " ".join(words[start:])
        if is_name(name) and len(words) - start > 1 and words[start] not in ("Bapak", "Ibu"):
            return name
    return ""
