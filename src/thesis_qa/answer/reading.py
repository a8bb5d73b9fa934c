"""What the reader makes of the best passages: which sentence answers, and whether any does."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from thesis_qa.answer.evidence import Asked, Evidence, passages_of, weighed
from thesis_qa.types import Passage

if TYPE_CHECKING:
    from thesis_qa.model.span_reader import Reader, Reading

READ = 8  # passages that are read at most
AT_FIRST = 2  # passages after which reading ends if one of them seems to answer
SEEMS = 0.5  # probability that a passage answers
LEAST = 1e-4  # probability below which the reader's are all the same
MARKED = 0.3  # probability of a span from which it is marked in the quote


def read_again(reader: "Reader", question: Asked, evidence: Sequence[Evidence]) -> list[Evidence]:
    """`evidence`, weighed with what the reader makes of its best passages, best first."""
    passages = passages_of(evidence)[:READ]
    texts = [passage.text for passage in passages]
    readings = reader.read(question.query.text, texts[:AT_FIRST])
    if all(r.answer_probability < SEEMS for r in readings):
        readings += reader.read(question.query.text, texts[AT_FIRST:])
    found = {p.passage_id: r for p, r in zip(passages, readings, strict=False)}
    least = min((r.answer_probability for r in readings), default=0.0)
    again = [_weighed_again(e, found.get(e.passage.passage_id), least) for e in evidence]
    return sorted(again, key=lambda e: -e.score)


def _weighed_again(evidence: Evidence, reading: "Reading | None", least: float) -> Evidence:
    """A passage that was not read counts as the one that answers least."""
    if reading is None:
        seen = {"answers": logit(least), "relevance": logit(0.0), "span": 0.0}
        return weighed(replace(evidence, signals={**evidence.signals, **seen}))
    start, end = place_in(evidence.passage, evidence.sentence.text)
    shared = min(end, reading.end) - max(start, reading.start)
    inside = max(0, shared) / max(1, reading.end - reading.start)
    seen = {
        "answers": logit(reading.answer_probability),
        "relevance": logit(reading.relevance(start, end)),
        "span": inside * reading.span_probability,
    }
    marked = None
    if inside == 1 and reading.span_probability >= MARKED:
        marked = (reading.start - start, reading.end - start)
    return weighed(replace(evidence, signals={**evidence.signals, **seen}, answer=marked))


def place_in(passage: Passage, sentence: str) -> tuple[int, int]:
    """Where a sentence stands in the text of its passage; nowhere if it is not found."""
    at = passage.text.find(sentence)
    return (at, at + len(sentence)) if at >= 0 else (0, 0)


def logit(probability: float) -> float:
    """Log odds, bounded."""
    bounded = min(max(probability, LEAST), 1 - LEAST)
    return math.log(bounded / (1 - bounded))
