"""Who is named beside which label on title and approval pages: authors, supervisors, examiners."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from thesis_qa.lang.data import cue, word_set
from thesis_qa.structure import front_cues
from thesis_qa.structure.front_cues import is_name, names_in
from thesis_qa.structure.front_lines import FrontLine
from thesis_qa.types import Span

NEAR = 5  # lines between a label and its name: a date, a line to sign on
MAX_AUTHORS = 6
_SIGNED_ON = "_.…()[]–- "  # what is written on
_DEGREE_LENGTH = 12  # characters of "M.MKom.", "Ph.D."

Person = tuple[str, Span]
"""A name and where it stands."""


@dataclass(frozen=True, slots=True)
class _Label:
    """What a line, or a column of it, says about who follows."""

    role: str  # "supervisors", "examiners"; "" for others
    rest: str = ""  # what stands behind it


def persons(lines: Sequence[FrontLine]) -> dict[str, list[Person]]:
    """Supervisors and examiners that labels name, each once."""
    found: dict[str, dict[str, Person]] = {"supervisors": {}, "examiners": {}}
    for role, (name, span) in _labelled(lines):
        known = {key(_bare(other)) for other, _ in found[role].values()}
        if key(_bare(name)) not in known:
            found[role].setdefault(key(name), (name, span))
    for bare in found["supervisors"]:
        found["examiners"].pop(bare, None)
    if not found["supervisors"]:
        found["supervisors"] = {key(name): (name, span) for name, span in _thanked(lines)}
    return {role: list(people.values()) for role, people in found.items()}


def key(name: str) -> str:
    """A name without what is written in several ways: spaces, full stops, capitals."""
    return "".join(filter(str.isalnum, name.casefold()))


def _bare(name: str) -> str:
    """A name without titles and degrees, which pages write as they like."""
    words = [word for word in name.partition(",")[0].split() if "." not in word]
    return " ".join(words) or name


def authors(lines: Sequence[FrontLine]) -> list[Person]:
    """The names below one another that a list of authors begins with."""
    found: list[Person] = []
    for line in lines[:MAX_AUTHORS]:
        name = without_number(line.text.lstrip(" :"))
        if not is_name(name) or front_cues.is_no_person(line.text):
            break
        if found and len(name.split()) < 2:
            break
        found.append((name, _at(line, name)))
    return found


def without_number(text: str) -> str:
    """A name without the number of a student or an official behind it."""
    number = cue("front_matter.person_number").search(text)
    text = text[: number.start()] if number else text
    if text.rstrip().endswith(")") and any(map(str.isdigit, text.rpartition("(")[2])):
        text = text.rpartition("(")[0]
    kept = text.rstrip(_SIGNED_ON + ",:")
    ends = text[len(kept) :]
    return f"{kept}." if ends[:1] == "." and ends[1:2] != "." else kept


def _labelled(lines: Sequence[FrontLine]) -> Iterator[tuple[str, Person]]:
    for at, line in enumerate(lines):
        if before := _named_before(line):
            yield before
            continue
        labels = _labels(line.text)
        if not any(label.role for label in labels):
            continue
        if labels[0].rest:
            yield from ((labels[0].role, person) for person in _names(line, labels[0].rest))
            continue
        roles = [label.role for label in labels]
        for person, role in _below(lines[at + 1 : at + 1 + NEAR], line, roles):
            if role:
                yield role, person


def _below(
    lines: Sequence[FrontLine], label: FrontLine, roles: Sequence[str]
) -> Iterator[tuple[Person, str]]:
    """The names on the first line below `label` that has some, one for every column."""
    for line in lines:
        far = line.span.page > label.span.page + 1
        if far or (line.span.page > label.span.page and line.kind == "heading"):
            return
        if found := _names(line, line.text):
            several = list(roles) if len(roles) == len(found) else [roles[0]] * len(found)
            yield from zip(found, several, strict=True)
            return
        if front_cues.is_label_of_person(line.text) or front_cues.is_approver(line.text):
            return


def _named_before(line: FrontLine) -> tuple[str, Person] | None:
    """ "Dr. Daniel Magleby, Chair & Faculty Advisor": a name and what its bearer is."""
    name, comma, role = line.text.rpartition(",")
    found = _role(role.strip()) if comma else ""
    return (found, (name, _at(line, name))) if found and is_name(name) else None


def _labels(text: str) -> list[_Label]:
    """The labels of a line: one, with a name behind it or not, or one a column."""
    text = front_cues.without_item_mark(text)
    head, _, rest = text.replace("：", ":").partition(":")
    if role := _role(head):
        return [_Label(role, rest.strip())]
    columns = [part for part in text.split("\t") if part.strip()]
    if len(columns) < 2:
        columns = front_cues.label_columns(text)
    roles = [_role(column) for column in columns]
    return [_Label(role) for role in roles] if any(roles) else []


def _role(label: str) -> str:
    """What the person behind a label is."""
    parts = [part.strip(" ,.(") for part in label.replace("(s)", "s").split("/")]
    parts = [part for each in parts for part in each.split(" & ")]
    if any(map(front_cues.is_supervisor, parts)):
        return "supervisors"
    return "examiners" if any(map(front_cues.is_examiner, parts)) else ""


def _names(line: FrontLine, text: str) -> list[Person]:
    """The names in a part of a line, without numbers, places and what is signed on."""
    found: list[Person] = []
    keys = ("supervisor_behind", "forms_of_address")
    no_names = frozenset().union(*(word_set(f"front_matter.{key}") for key in keys))
    joined = cue("front_matter.joins").sub("\t", _person_only(text))
    for part in joined.replace(";", "\t").split("\t"):
        part = _person_only(without_number(part.lstrip(_SIGNED_ON + ":")))
        for name, _ in names_in(part):
            if name.lower() not in no_names:
                found.append((name, _at(line, name)))
    return found


def _person_only(text: str) -> str:
    """`text` up to what is no degree: "prof. Ing. Petr Tůma, Dr., Department of …"."""
    words = text.split()
    while words and words[-1].strip(".:,").lower() in word_set("front_matter.beside_names"):
        words.pop()
    first, *others = " ".join(words).split(", ")
    kept = [first]
    for part in others:
        if len(part) > _DEGREE_LENGTH and "." not in part:
            break
        kept.append(part)
    return ", ".join(kept).strip(" ,")


def _thanked(lines: Sequence[FrontLine]) -> Iterator[Person]:
    """ "my supervisor, Dr Andrew Phillips, for …"."""
    for at, line in enumerate(lines):
        found = cue("front_matter.my_supervisor").search(line.text)
        if not found:
            continue
        behind = line.text[found.end() :]
        after = lines[at + 1].text if at + 1 < len(lines) else ""
        if behind.strip() not in ("", ",") and not behind.startswith((",", " Dr", " Prof")):
            continue
        name = _leading_name(f"{behind} {after}".lstrip(" ,"))
        if name and name in line.text:
            yield name, _at(line, name)
        elif name and behind.strip(" ,") == "" and name in after:
            yield name, _at(lines[at + 1], name)


def _leading_name(text: str) -> str:
    words: list[str] = []
    for word in text.split():
        if not word[:1].isupper():
            break
        words.append(word)
        if word[-1:] in ",;" or (word[-1:] == "." and len(word) > 4):
            break
    name = " ".join(words).rstrip(",;.")
    return name if len(words) > 1 and is_name(name) else ""


def _at(line: FrontLine, name: str) -> Span:
    start = line.span.start + max(0, line.text.find(name))
    return Span(line.span.page, start, min(line.span.end, start + len(name)))
