"""Evidence and statements of which the check of statements learns what follows from what.

Three sources: pairs written by hand on made-up theses (support/*.txt), sentences with slots, filled
and exchanged (support/templates.txt), and sentences of Wikipedia (fit_support.py), whose names or
numbers are exchanged here besides.
"""

import random
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import fit_support
from corpora import crosslingual, sentences
from fit_support import LANGUAGES, Pair
from thesis_qa.lang.detect import language_of
from thesis_qa.lang.numbers import month_names
from thesis_qa.types import Language

sys.path.append(str(Path(__file__).parent.parent / "tests"))

from statements import blocks

FOLDER = Path(__file__).parent / "support"
TEMPLATES = "templates.txt"
JOINED, BESIDE = 0.15, 0.35  # shares of statements that say two things, of evidence with more in it
AND = {"en": "and", "id": "dan"}


Spans = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Example:
    """A statement and what it is held to."""

    evidence: str
    statement: str
    true: bool
    kind: str
    group: str  # what is kept aside together
    wrong: Spans | None = field(default=None, repr=False)  # in the statement; None: isn't known


# Written by hand


def written(path: Path) -> Iterator[Example]:
    """Each statement with each wording of its evidence."""
    for group, evidence, kind, statement in blocks(path):
        for text in evidence:
            yield Example(text, statement, not kind.startswith("-"), kind, group)


def all_written() -> list[Example]:
    """All there is to learn from; each evidence is said by its translation, too."""
    paths = sorted(path for path in FOLDER.glob("*.txt") if path.name != TEMPLATES)
    found = [example for path in paths for example in written(path)]
    worded = dict.fromkeys((e.group, e.evidence) for e in found)
    wordings = list(worded)
    for (group, one), (_, other) in zip(wordings[::2], wordings[1::2], strict=True):
        for text, evidence in ((one, other), (other, one)):
            found += [Example(evidence, part, True, "sentence", group) for part in sentences(text)]
    return found


# Sentences with slots


Said = dict[Language, str]


@dataclass(frozen=True, slots=True)
class Line:
    kind: str  # "T" says all, "P" a part, "F" what is false; with "=", exchanging changes nothing
    language: Language
    text: str


@dataclass(frozen=True, slots=True)
class Template:
    slots: dict[str, str]  # name to class
    exchanged: list[tuple[str, str]]
    lines: list[Line]
    name: str


def templates() -> tuple[dict[str, list[Said]], list[Template]]:
    """Words by their class, and the templates."""
    words: dict[str, list[Said]] = {}
    found: list[Template] = []
    for line in (FOLDER / TEMPLATES).read_text(encoding="utf-8").splitlines():
        if line.startswith(": "):
            words[line[2:]] = []
        elif " | " in line and words and not found:
            ours, theirs = line.split(" | ")
            [*words.values()][-1].append({"id": ours, "en": theirs})
        elif line.startswith("# ") and re.match(r"# \w=", line):
            slots, _, exchanged = line[2:].partition(";")
            pairs = [tuple(pair.split("/")) for pair in exchanged.split()]
            named = dict(part.split("=") for part in slots.split())
            found.append(Template(named, pairs, [], f"template {len(found)}"))  # type: ignore[arg-type]
        elif found and line:
            kind, language, text = line.split(maxsplit=2)
            found[-1].lines.append(Line(kind, language, text))  # type: ignore[arg-type]
    return words, found


def _number(chance: random.Random, below: float | None = None) -> tuple[float, Said]:
    """A number, whole or with one or two decimals, as both languages write it."""
    top = below or chance.choice([10, 100, 100, 1000])
    digits = chance.choice([0, 0, 1, 2])
    value = round(chance.uniform(0.2, 0.95) * top, digits)
    written = f"{value:.{digits}f}"
    return value, {"en": written, "id": written.replace(".", ",")}


def _filled(
    chance: random.Random, template: Template, words: dict[str, list[Said]]
) -> dict[str, Said]:
    found: dict[str, Said] = {}
    high, year = 0.0, chance.randint(1985, 2020)
    for slot, kind in template.slots.items():
        if kind in ("hi", "num", "lo"):
            value, said = _number(chance, high if kind == "lo" else None)
            while said in found.values():
                value, said = _number(chance, high if kind == "lo" else None)
            high = value
        elif kind in ("year", "later"):
            year += chance.randint(1, 3) if kind == "later" or chance.random() < 0.5 else -1
            said = {"en": str(year), "id": str(year)}
        elif kind == "month":
            said = _month(chance)
            while said in found.values():
                said = _month(chance)
        else:
            said = chance.choice([w for w in words[kind] if w not in found.values()])
        found[slot] = said
    return found


def _month(chance: random.Random) -> Said:
    at = chance.randrange(12)
    return {language: [*month_names(language)][at].capitalize() for language in LANGUAGES}


def _said(line: Line, filled: dict[str, Said]) -> str:
    text = re.sub(r"\{(\w)\}", lambda m: filled[m[1]][line.language], line.text)
    return text[:1].upper() + text[1:]


def filled(chance: random.Random, count: int) -> Iterator[Example]:
    """Templates with words in their slots; half of the statements are true."""
    words, found = templates()
    for i in range(count):
        first, second = chance.sample(found, 2)
        one = _one(chance, first, words, true=i % 2 == 0)
        if chance.random() < JOINED:
            yield _joined(chance, one, _one(chance, second, words, chance.random() < 0.7))
        elif chance.random() < BESIDE:
            yield beside(chance, one, _one(chance, second, words, true=True).evidence)
        else:
            yield one


def _one(
    chance: random.Random, template: Template, words: dict[str, list[Said]], true: bool
) -> Example:
    given = _filled(chance, template, words)
    whole = [line for line in template.lines if line.kind == "T"]
    parts = [line for line in template.lines if line.kind[0] == "P"]
    told = chance.choice(whole)
    line = chance.choice(
        [line for line in whole if line != told] if chance.random() < 0.5 else parts
    )
    evidence, kind, used = _said(told, given), "stated", given
    if not true:
        draw = chance.random()
        if draw < 0.55 and template.exchanged and line.kind != "P=":
            one, other = chance.choice(template.exchanged)
            used, kind = {**given, one: given[other], other: given[one]}, "-exchanged"
        elif draw < 0.75:
            used, kind = _replaced(chance, template, given, words, line), "-replaced"
        if used == given or _said(line, used) == _said(line, given):
            line = chance.choice([line for line in template.lines if line.kind == "F"])
            used, kind = given, "-contradicted"
    wrong = _changed_slots(line, given, used)
    return Example(evidence, _said(line, used), true, kind, template.name, wrong)


def _changed_slots(line: Line, given: dict[str, Said], used: dict[str, Said]) -> Spans | None:
    """Where words stand in place of others; None where the line itself is false."""
    if line.kind == "F":
        return None
    found, behind, at = [], 0, 0
    for match in re.finditer(r"\{(\w)\}", line.text):
        at += match.start() - behind
        behind = match.end()
        word = used[match[1]][line.language]
        if word != given[match[1]][line.language]:
            found.append((at, at + len(word)))
        at += len(word)
    return tuple(found)


def _replaced(
    chance: random.Random,
    template: Template,
    given: dict[str, Said],
    words: dict[str, list[Said]],
    line: Line,
) -> dict[str, Said]:
    """With another word in a slot of the line."""
    slots = [s for s in re.findall(r"\{(\w)\}", line.text) if template.slots[s] in words]
    if not slots:
        return given
    slot = chance.choice(slots)
    others = [w for w in words[template.slots[slot]] if w not in given.values()]
    return {**given, slot: chance.choice(others)}


def _joined(chance: random.Random, one: Example, other: Example) -> Example:
    """Both in one sentence, which is true if both are."""
    language: Language = "id" if language_of(one.statement) == "id" else "en"
    if (language_of(other.statement) == "id") != (language == "id"):
        return beside(chance, one, other.evidence)
    before = f"{one.statement.rstrip('.')}, {AND[language]} "
    statement = before + other.statement
    wrong = None
    if one.wrong is not None and other.wrong is not None:
        moved = ((start + len(before), end + len(before)) for start, end in other.wrong)
        wrong = (*one.wrong, *moved)
    texts = [one.evidence, other.evidence]
    chance.shuffle(texts)
    kind = one.kind if not one.true else other.kind
    true = one.true and other.true
    return Example(" ".join(texts), statement, true, kind, one.group, wrong)


def beside(chance: random.Random, example: Example, other: str) -> Example:
    """The same with another sentence before or behind its evidence."""
    texts = [example.evidence, other]
    chance.shuffle(texts)
    return replace(example, evidence=" ".join(texts))


# Sentences of Wikipedia in both languages


def machine_made(chance: random.Random, count: int, odd: bool = False) -> Iterator[Example]:
    """Cases of fit_support.py, and sentences with two of their facts exchanged, or as they are."""
    paragraphs, questions = crosslingual(odd)
    found = fit_support.pairs(paragraphs)
    made = fit_support.cases(found, count, changed=True)
    made += fit_support.asked_cases(found, questions, paragraphs, count // 2)
    for case in made:
        evidence = " ".join(premise.text for premise in case.evidence)
        kind = case.kind if case.true else f"-{case.kind}"
        yield Example(evidence, case.statement, case.true, kind, "wikipedia")
    yield from exchanged(chance, found, count)


def exchanged(chance: random.Random, found: Sequence[Pair], count: int) -> Iterator[Example]:
    for pair in chance.sample(list(found), len(found))[: 3 * count]:
        spoken, told = chance.choice(LANGUAGES), chance.choice(LANGUAGES)
        text, evidence = pair.text(spoken), pair.text(told)
        if made := with_facts_exchanged(chance, text):
            yield Example(evidence, made[0], False, "-exchanged", "wikipedia", made[1])
            yield Example(evidence, text, True, "true", "wikipedia")


_NUMBER = re.compile(r"(?<![\w.,])\d+(?:[.,]\d+)*(?![\w])")
_NAME = re.compile(r"(?<=[a-z,] )[A-Z]\w{2,}(?: [A-Z]\w+)*")
_APART = 3  # words between two facts, so that they are not of one list


def with_facts_exchanged(chance: random.Random, text: str) -> tuple[str, Spans] | None:
    """`text` with two numbers or two names in each other's place, and where these stand."""
    for pattern in chance.sample([_NUMBER, _NAME], 2):
        facts = [*pattern.finditer(text)]
        apart = [
            (a, b)
            for i, a in enumerate(facts)
            for b in facts[i + 1 :]
            if a.group() != b.group() and len(text[a.end() : b.start()].split()) >= _APART
        ]
        if apart:
            a, b = chance.choice(apart)
            head, middle = text[: a.start()] + b.group(), text[a.end() : b.start()]
            second = len(head + middle)
            spans = (len(head) - len(b.group()), len(head)), (second, second + len(a.group()))
            return head + middle + a.group() + text[b.end() :], spans
    return None
