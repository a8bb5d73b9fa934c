"""Choose what is shown of the evidence: one sentence for a fact, several for a list.

The same statement is shown once with all its places, a list whole and in its order, a sentence
that leans on the one before with that one as context, and two statements that differ only in
their numbers together.
"""

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from thesis_qa.answer.evidence import name_stems, stems
from thesis_qa.answer.found import Evidence, Shown
from thesis_qa.answer.lists import (
    MAX_LIST,
    announced,
    flowing,
    introduced,
    table_rows,
    whole_item,
    whole_list,
)
from thesis_qa.index.catalog import Catalog
from thesis_qa.question.read import Question
from thesis_qa.retrieve.find import TRANSLATION
from thesis_qa.types import Mark, Sentence, Span

MAX_SHOWN = 3
MAX_SEVERAL = 5
# Shown beside the best, or in one quote with it: what is at least this probable, as a share of the
# best's probability. On eight theses .6 shows a right page for .73 of the questions, .2 for .81;
# of what is shown .68 and .66 is right.
RATIO = 0.2
SAME = 0.8  # share of stems that two statements of one thing have in common
ALIKE = 0.6  # the same without numbers, of statements that may contradict each other

_NUMBER = re.compile(r"(?<![\w\[.,])\d+(?:[.,]\d+)*(?![\w\]])")


def select(catalog: Catalog, question: Question, evidence: Sequence[Evidence]) -> list[Shown]:
    """What is shown of `evidence` (best first), best first; a list in its own order."""
    if not evidence:
        return []
    if question.several and (listed := whole_list(catalog, evidence[0])):
        return [with_lead(catalog, Shown(item)) for item in listed]
    floor = evidence[0].score + math.log(RATIO)
    chosen: dict[tuple[Span, ...], Evidence] = {}
    for likely in (whole_item(catalog, e) for e in evidence if e.score >= floor):
        chosen.setdefault(likely.sentence.spans, likely)
    shown = _with_contradiction(_merged(question, [*chosen.values()], evidence), evidence)
    shown = as_they_flow(shown, evidence)
    parts = [part for s in shown for part in _with_rest(catalog, question, s)]
    return [with_lead(catalog, s) for s in each_once(parts)[:MAX_LIST]]


def _merged(
    question: Question, chosen: Sequence[Evidence], evidence: Sequence[Evidence]
) -> list[Shown]:
    """Each statement once, with its other places and its translation."""
    shown: list[Shown] = []
    for found in _from_pages(chosen, evidence):
        same = next((i for i, s in enumerate(shown) if same_statement(s.evidence, found)), None)
        if same is not None:
            shown[same] = replace(shown[same], places=(*shown[same].places, found))
        elif not any(found is e for s in shown for e in (s.evidence, s.translation)):
            shown.append(with_translation(question, found, evidence))
    return shown[: MAX_SEVERAL if question.several else MAX_SHOWN]


def _from_pages(chosen: Sequence[Evidence], evidence: Iterable[Evidence]) -> Iterator[Evidence]:
    """`chosen`, each statement of a file without pages as the file with pages has it that says it
    in the same words: one thesis as DOCX and as PDF."""
    paged = {_letters(e): e for e in evidence if e.passage.page is not None}
    for found in chosen:
        other = None if found.passage.page else paged.get(_letters(found))
        if other is None:
            yield found
        elif not any(e.sentence is other.sentence for e in chosen):
            answer = found.answer if found.sentence.text == other.sentence.text else None
            yield replace(found, passage=other.passage, sentence=other.sentence, answer=answer)


def _letters(evidence: Evidence) -> str:
    return "".join(filter(str.isalnum, evidence.sentence.text)).casefold()


def with_translation(question: Question, found: Evidence, evidence: Iterable[Evidence]) -> Shown:
    """`found` with its translation in the same document; the question's language goes first."""
    other = next((e for e in evidence if _translates(found, e)), None)
    if other and other.sentence.language == question.language:
        found, other = other, found
    return Shown(found, translation=other)


def _translates(a: Evidence, b: Evidence) -> bool:
    languages = {a.sentence.language, b.sentence.language}
    return (
        languages == {"id", "en"}
        and a.passage.document == b.passage.document
        and _cosine(a, b) >= TRANSLATION
        and figures(a.sentence.text) == figures(b.sentence.text)
    )


def _cosine(a: Evidence, b: Evidence) -> float:
    """Of the centred vectors of two sentences."""
    size = float(np.linalg.norm(a.vector) * np.linalg.norm(b.vector))
    return float(a.vector @ b.vector) / size if size else 0.0


def same_statement(a: Evidence, b: Evidence) -> bool:
    """Whether one document says the same twice, in nearly the same words and numbers."""
    return (
        a.passage.document == b.passage.document
        and figures(a.sentence.text) == figures(b.sentence.text)
        and _overlap(stems(a.sentence.text), stems(b.sentence.text)) >= SAME
    )


def figures(text: str) -> frozenset[str]:
    """Numbers that a sentence states; a decimal comma is a decimal point, references are none."""
    return frozenset(n.replace(",", ".") for n in _NUMBER.findall(text))


def contradicts(a: Evidence, b: Evidence) -> bool:
    """Whether two places of one document say the same but for their numbers; not of what different
    names, or only the sentences before them, tell apart."""
    return (
        a.passage.document == b.passage.document
        and a.passage.passage_id != b.passage.passage_id
        and a.sentence.kind == b.sentence.kind == "text"
        and Mark.LEANS not in a.sentence.marks | b.sentence.marks
        and not (_names(a) - _names(b) and _names(b) - _names(a))
        and not _agree(figures(a.sentence.text), figures(b.sentence.text))
        and _overlap(_wording(a), _wording(b)) >= ALIKE
    )


def _agree(a: frozenset[str], b: frozenset[str]) -> bool:
    """Whether the numbers of one are among, or round to, those of the other."""
    if not a - b or not b - a:
        return True
    return all(any(x.startswith(y) or y.startswith(x) for y in b) for x in a)


def _names(evidence: Evidence) -> frozenset[str]:
    return frozenset(name for name in name_stems(evidence.sentence.text) if name.isalpha())


def _wording(evidence: Evidence) -> frozenset[str]:
    return frozenset(s for s in stems(evidence.sentence.text) if not s[0].isdigit())


def _overlap(a: frozenset[str], b: frozenset[str]) -> float:
    return len(a & b) / len(a | b) if a | b else 0.0


def _with_contradiction(shown: Sequence[Shown], evidence: Sequence[Evidence]) -> list[Shown]:
    """`shown`, with whatever contradicts its first statement right behind it."""
    first, *rest = shown
    other = next((e for e in evidence if contradicts(first.evidence, e)), None)
    if other is None:
        return list(shown)
    rest = [s for s in rest if s.evidence is not other]
    return [first, Shown(other, contradicts=True), *rest][: max(len(shown), 2)]


def as_they_flow(shown: Sequence[Shown], evidence: Sequence[Evidence]) -> list[Shown]:
    """`shown`, each in one quote with what is likely too and stands right beside it: a reason or a
    definition is seldom one sentence."""
    floor = evidence[0].score + math.log(RATIO)
    likely = [e for e in evidence if e.score >= floor]
    found: list[Shown] = []
    for one in shown:
        free = {e.sentence.spans for e in likely if not _quoted(e, found)}
        if one.contradicts or one.translation:
            found.append(one)
        elif not _quoted(one.evidence, found):
            found.append(replace(one, evidence=flowing(one.evidence, free)))
    return found


def each_once(shown: Iterable[Shown]) -> list[Shown]:
    """`shown` without what another quote holds, which stands where the first of both stood."""
    found: list[Shown] = []
    for one in shown:
        held = [other for other in found if lies_in(other.evidence, one.evidence)]
        if held and not any(other.contradicts or other.translation for other in held):
            at = found.index(held[0])
            found = [*found[:at], one, *(other for other in found[at:] if other not in held)]
        elif not _quoted(one.evidence, found):
            found.append(one)
    return found


def _quoted(evidence: Evidence, shown: Iterable[Shown]) -> bool:
    return any(lies_in(evidence, other.evidence) for other in shown)


def lies_in(part: Evidence, whole: Evidence) -> bool:
    """Whether every place of one quote lies within the other's, in one document."""
    return whole.passage.document == part.passage.document and all(
        any(
            w.page == p.page and w.start <= p.start and p.end <= w.end for w in whole.sentence.spans
        )
        for p in part.sentence.spans
    )


def with_lead(catalog: Catalog, shown: Shown) -> Shown:
    """`shown` with the sentence before it, if it leans on that one."""
    if shown.lead or Mark.LEANS not in shown.evidence.sentence.marks:
        return shown
    return replace(shown, lead=_before(catalog, shown.evidence))


def _before(catalog: Catalog, evidence: Evidence) -> Sentence | None:
    """The sentence before, in the same section."""
    previous: Sentence | None = None
    for passage in catalog.around(evidence.passage.passage_id, 1, 0):
        for sentence in passage.sentences:
            if sentence.spans == evidence.sentence.spans:
                return previous
            same = passage.section == evidence.passage.section
            previous = sentence if same and sentence.kind in ("text", "list") else None
    return None


def _with_rest(catalog: Catalog, question: Question, shown: Shown) -> list[Shown]:
    """A statement with the list that it announces; for a caption, the rows of its table."""
    best = shown.evidence
    if best.sentence.kind in ("caption", "table"):
        return [Shown(row) for row in table_rows(catalog, question, best)] or [shown]
    first, *rest = introduced([best, *announced(catalog, question, best)])
    return [replace(shown, evidence=first), *(Shown(e) for e in rest)]
