"""Statements on the made-up theses, as a good writer would put them, or with one thing changed.

`data/written_statements.tsv`: document, how it is worded (false where that begins with "-"), what
the sentences cited begin with or hold, statement. On the theses of `FITTED` the check may be
fitted; the others are kept for measuring, and so are those of `data/fresh_statements.txt`, which
were written before anything was fitted to what the check got wrong.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from thesis_qa.lang.detect import language_of
from thesis_qa.library import Index
from thesis_qa.write.checker import Premise
from thesis_qa.write.desk import Desk

WRITTEN = Path(__file__).parent / "data" / "written_statements.tsv"
FRESH = Path(__file__).parent / "data" / "fresh_statements.txt"
FITTED = ("hipertensi", "padi-gogo", "laravel", "sea-cucumbers")
ALL = 10**6  # characters: room for a whole thesis


@dataclass(frozen=True)
class Written:
    """A statement with what it cites."""

    document: str
    how: str
    text: str
    evidence: tuple[Premise, ...]

    @property
    def true(self) -> bool:
        return not self.how.startswith("-")

    @property
    def kept(self) -> bool:
        """Whether it is only measured on."""
        return self.document not in FITTED


def written_statements(*indexes: Index) -> Iterator[Written]:
    """All statements on the theses of these indexes, with evidence as a model is shown it."""
    desks = {name: _desk(index, name) for index in indexes for name in index.catalog.names()}
    for line in WRITTEN.read_text(encoding="utf-8").splitlines():
        document, how, cited, text = line.split("\t")
        for name in (n for n in desks if document in n):
            desk, told = desks[name]
            numbers = [_number(part, told) for part in cited.split(" || ")]
            yield Written(document, how, text, tuple(desk.premises(numbers)))


def fresh_statements() -> Iterator[Written]:
    """Those of `FRESH`, of no document."""
    for _, evidence, how, text in blocks(FRESH):
        yield Written("", how, text, tuple(Premise(e, language_of(e)) for e in evidence))


def blocks(path: Path) -> Iterator[tuple[str, list[str], str, str]]:
    """Group ("# group"), wordings of the evidence ("= evidence"), how, and statement."""
    group, evidence, before = path.stem, list[str](), ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            group = line[2:]
        elif line.startswith("= "):
            evidence = [*(evidence if before.startswith("= ") else []), line[2:]]
        elif "\t" in line:
            how, text = line.split("\t")
            yield group, evidence, how, text
        before = line


def _desk(index: Index, name: str) -> tuple[Desk, list[str]]:
    desk = Desk(index.catalog, lambda sentences: [False] * len(sentences), ALL)
    told = desk.lines(index.catalog.passages_of(name), ALL)
    return desk, [line for line in told.splitlines() if line.startswith("[")]


def _number(part: str, told: list[str]) -> int:
    """The sentence that begins with a part, else the first that holds it."""
    begins = [i for i, line in enumerate(told, 1) if line.split("] ", 1)[1].startswith(part)]
    holds = [i for i, line in enumerate(told, 1) if part in line]
    return next(iter([*begins, *holds]))
