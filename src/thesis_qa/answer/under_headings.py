"""What stands under the headings of a thesis, and what of it can be quoted."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from thesis_qa.answer.evidence import Evidence, is_statement
from thesis_qa.answer.lists import LONG, is_item, is_ordinal, whole_items
from thesis_qa.answer.select import Shown, with_context
from thesis_qa.index.catalog import Catalog
from thesis_qa.model.weights import Vectors
from thesis_qa.question.query import understand
from thesis_qa.question.topics import Zone, either
from thesis_qa.types import Language, Passage, Sentence

MAX_QUOTES = 3
MAX_SEVERAL = 5  # where more than one thing is asked for
MAX_ITEMS = 6  # of a list

NUMBERING = re.compile(
    r"^(?:(?:bab|chapter)\s+)?(?:[IVXLC]+|[A-Z]|\d+)?(?:\.?\d+)*[.)]?\s+", re.IGNORECASE
)
_ZONES: dict[Zone, re.Pattern[str]] = {
    "abstract": either(
        r"\b(?:abstra[ck]t?|abst[arc]{3}t|abstrak|intisari|ringkasan|executive summary)\b"
    ),
    "introduction": either(r"\b(?:pendahuluan|introduction)\b"),
    "end": either(r"\b(?:penutup|(?:ke)?simpulan|conclusions?|saran|discussion)\b"),
    "results": either(r"\b(?:hasil|pembahasan|evaluasi|results?|evaluation|experiments?)\b"),
}
_POINTS = either(  # says where something stands instead of what it is
    r"\b(?:bab|chapter|section|subbab) (?:ini|[IVX\d])",
    r"\b(?:in|at the end of) this (?:final |last )?(?:chapter|section)\b",
)
# An item may end on "(Section 3)"; one that begins so tells what that is about.
_BEGINS_WITH = either(
    r"^\W*(?:\w{1,3}[.)]\s+)?(?:(?:pada|dalam|di|in) )?(?:bab|chapter|section|subbab)"
    r" (?:ini|[IVX\d])"
)
_ENDS = re.compile(r"[.!?…][\"'”’)\]]*\s*$")
_ANY = understand("Apa rumusan masalah penelitian ini?")  # for which questions are statements
_STATING = understand("Apa tujuan penelitian ini?")


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence and where it stands."""

    passage: Passage
    sentence: Sentence
    zone: Zone
    asks: bool  # a question; only one of the topics wants them

    @property
    def leads_in(self) -> bool:
        """Whether a list follows, or half of the sentence is elsewhere."""
        return self.sentence.kind == "text" and not _ENDS.search(self.sentence.text)

    @property
    def names(self) -> bool:
        """Whether it is a heading."""
        return self.sentence.kind == "heading"


def statements(
    passages: Iterable[Passage], language: Language | None, main: Language
) -> list[Said]:
    """Sentences in `language` that can be quoted, and headings; what is in neither language
    counts as one in the `main` language of the thesis."""
    return [
        Said(passage, sentence, zone(passage), not is_statement(sentence, _STATING))
        for passage in passages
        for sentence in passage.sentences
        if sentence.kind == "heading"
        or (
            passage.kind in ("text", "list")
            and _quotable(sentence)
            and (sentence.language or main) == language
        )
    ]


def _quotable(sentence: Sentence) -> bool:
    points = _BEGINS_WITH if is_item(sentence) else _POINTS
    return (
        sentence.kind in ("text", "list")
        and len(sentence.text) <= LONG
        and is_statement(sentence, _ANY)
        and not points.search(sentence.text)
    )


def zone(passage: Passage) -> Zone:
    """The part of a thesis that a passage lies in, by the headings above it."""
    found = (name for name, pattern in _ZONES.items() if pattern.search(passage.section))
    return next(found, "body")


def shown(catalog: Catalog, found: Iterable[Said]) -> list[Shown]:
    """Statements as they are shown."""
    return [with_context(catalog, Shown(evidence_of(item))) for item in found]


def evidence_of(item: Said, vector: Vectors | None = None) -> Evidence:
    """A statement as evidence, of which nothing was weighed."""
    nowhere = np.zeros(0, np.float32)
    return Evidence(item.passage, item.sentence, 0.0, {}, nowhere if vector is None else vector)


# Under a heading


def telling(
    below: Sequence[Said],
    heading: str,
    gives: Callable[[Said], bool],
    several: bool,
    parts: bool,
) -> list[Said]:
    """Of what stands below a heading: its list, or what it counts, or what `gives` the answer, or
    how it begins; and the sections under it. More where `several` things are asked for, with the
    sections' headings where they are its `parts`."""
    own = [s for s in below if s.passage.section == heading and not s.names]
    if len(listed := items(own)) > 1:
        return listed[:MAX_ITEMS]
    whole = [s for s in own if not s.leads_in]
    if several and (counted := _counted(whole)):
        return counted
    if parts and len(sections := _parts(below, heading)) > 1:
        return [*whole[:1], *sections][:MAX_ITEMS]
    phrased = [s for s in whole if gives(s)]
    if several:
        return (phrased if len(phrased) > 1 else whole)[:MAX_SEVERAL] or _beginnings(below, heading)
    return ((phrased or whole)[:MAX_QUOTES] + _beginnings(below, heading))[: MAX_QUOTES + 1]


def items(said: Sequence[Said]) -> list[Said]:
    """Items of lists, each with all of its sentences."""
    whole = whole_items([s.sentence for s in said])
    return [replace(said[at], sentence=item) for at, item in whole if is_item(item)]


def _counted(said: Sequence[Said]) -> list[Said]:
    """ "First, …", "Second, …" with the sentence before them; empty where nothing is counted."""
    at = [i for i, item in enumerate(said) if is_ordinal(item.sentence)]
    if len(at) < 2:
        return []
    return [*said[max(0, at[0] - 1) : at[0]], *(said[i] for i in at)][:MAX_ITEMS]


def _parts(below: Sequence[Said], heading: str) -> list[Said]:
    """The headings of the sections right under `heading`."""
    first: dict[str, Said] = {}
    for item in below:
        part = item.passage.section[len(heading) :].strip(" ›").split(" › ")[0]
        if item.names and part and item.sentence.text == part:
            first.setdefault(part, item)
    return list(first.values())


def _beginnings(below: Sequence[Said], heading: str) -> list[Said]:
    """The first whole sentence of each section right under `heading`."""
    first: dict[str, Said] = {}
    for item in below:
        rest = item.passage.section[len(heading) :].strip(" ›")
        if rest and not item.leads_in and not item.names:
            first.setdefault(rest.split(" › ")[0], item)
    return list(first.values())
