"""Weigh the sentences that may answer a question, first by likeness, then by reading them."""

import json
import math
import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache, lru_cache
from itertools import pairwise, takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from thesis_qa.answer.found import Evidence, Library
from thesis_qa.index.rows import vector_key
from thesis_qa.lang.glossary import readings
from thesis_qa.lang.words import fold, stem
from thesis_qa.question.expects import holds_expected
from thesis_qa.question.read import Question, content_terms
from thesis_qa.retrieve.rank import Floats, less_means
from thesis_qa.types import Language, Mark, Passage, Role, Sentence

if TYPE_CHECKING:
    from thesis_qa.model.span_reader import Reader, Reading

QUOTED_KINDS = frozenset({"text", "list", "table", "caption", "footnote"})
MIN_WORDS = 3
NO_CONTENT: frozenset[Role] = frozenset({
    "cover", "approval", "declaration", "dedication", "acknowledgements", "contents", "references",
})  # fmt: skip
"""Roles of sections that say nothing of what a thesis is about; they answer for metadata alone."""

READ, WHOLE = 8, 12  # passages that are read at most, and where all that may answer are
AT_FIRST = 2  # passages after which reading ends if one of them seems to answer
SEEMS = 0.9  # probability that a passage answers; at .5 first sentences lose .03
LEAST = 1e-4  # probability below which the reader's are all the same
MARKED = 0.3  # probability of a span from which it is marked in the quote

_NAME = re.compile(r"(?<=[\w,;:)\"'] )[A-Z][\w-]*|\b[A-Z]{2,}\w*\b|\b\w*\d\w*\b")

NUMBERS = Path(__file__).with_name("fitted.json")


@cache
def fitted_numbers() -> dict[str, Any]:
    """The numbers fitted by benchmarks/fit_on_theses.py."""
    fitted: dict[str, Any] = json.loads(NUMBERS.read_text(encoding="utf-8"))
    return fitted


def find_evidence(
    question: Question, library: Library, passages: Sequence[Passage]
) -> list[Evidence]:
    """Sentences of `passages` that can be quoted, best first."""
    told = [passage for passage in passages if not stands_beside(passage)]
    found = [e for passage in told for e in _in_passage(question, library, passage)]
    return sorted(found, key=lambda e: -e.score)


def stands_beside(passage: Passage) -> bool:
    """Whether a passage belongs to what stands beside the chapters. A numbered section below such
    a heading, or whole sentences below one of contents, belong to a chapter whose own heading was
    not recognised."""
    if passage.role not in NO_CONTENT:
        return False
    behind = takewhile(lambda heading: heading.role is None, reversed(passage.headings))
    numbered = any(heading.number for heading in behind)
    entries = all(Mark.LEADS_IN in sentence.marks for sentence in passage.sentences)
    return not numbered and (passage.role != "contents" or entries)


def passages_of(evidence: Sequence[Evidence]) -> list[Passage]:
    """The passages that evidence stands in, once each, in its order."""
    return list({e.passage.passage_id: e.passage for e in evidence}.values())


def is_statement(sentence: Sentence, question: Question) -> bool:
    """Whether a sentence states something that may answer `question`."""
    if Mark.PICTURED in sentence.marks:  # it answers only who asks where a figure is
        return question.for_pictures and is_quotable(sentence)
    return is_quotable(sentence) and (not asks(sentence) or question.for_questions)


def is_quotable(sentence: Sentence) -> bool:
    """Whether a sentence is one: no heading, no line of a cover, no list of keywords."""
    text = sentence.text
    return (
        sentence.kind in QUOTED_KINDS
        and len(text.split()) >= MIN_WORDS
        and not (sentence.kind == "text" and text.upper() == text)
        and Mark.KEYWORDS not in sentence.marks
    )


def asks(sentence: Sentence) -> bool:
    """Whether a sentence is a question or quotes one."""
    return Mark.ASKS in sentence.marks


def _in_passage(question: Question, library: Library, passage: Passage) -> list[Evidence]:
    heads = head_rows(passage)
    statements = [s for s in passage.sentences if is_statement(s, question) and s.text not in heads]
    if not statements:
        return []
    vectors = centred(library, [(s.text, s.language) for s in statements])
    if any(_only_asks(s) for s in passage.sentences) and not question.for_questions:
        # What asks or lists keywords is near to a question without answering it, and would draw
        # its whole passage there: only what the passage states counts.
        around = float(vectors.mean(axis=0) @ question.vector)
        text = " ".join(s.text for s in statements)
    else:
        [whole] = centred(library, [(passage.text, passage.language)])
        around, text = float(whole @ question.vector), passage.text
    around /= library.ranking.spread
    covered = coverage(question, f"{passage.section} {text}", passage.language)
    likeness = [float(vector @ question.vector) / library.ranking.spread for vector in vectors]
    stated = {sentence.spans for sentence in statements}
    goes_on = {b.spans for a, b in pairwise(passage.sentences) if a.spans in stated}
    return [
        _evidence(question, passage, s, vector, (near, around, covered), s.spans in goes_on)
        for s, vector, near in zip(statements, vectors, likeness, strict=True)
    ]


def _only_asks(sentence: Sentence) -> bool:
    return asks(sentence) or Mark.KEYWORDS in sentence.marks


def head_rows(passage: Passage) -> frozenset[str]:
    """The head rows of the tables in a passage: they name columns and state nothing."""
    contexts = (s.context for s in passage.sentences if s.kind == "table" and s.context)
    return frozenset(c.rpartition(": ")[2].replace(" | ", " ") for c in contexts)


def _evidence(
    question: Question,
    passage: Passage,
    sentence: Sentence,
    vector: Floats,
    around: tuple[float, float, float],
    goes_on: bool,
) -> Evidence:
    """`around` are the likeness of the sentence and of its passage, and what that covers; `goes_on`
    is whether a statement stands right before it, so that it doesn't only open the subject."""
    likeness, of_passage, covered = around
    language = sentence.language or passage.language
    foreign = float(question.language != language)
    typed, match = question.expects != "any", holds_expected(sentence, question.expects)
    held = coverage(question, sentence.text, language)
    headed = f"{sentence.context} {sentence.text}" if sentence.context else sentence.text
    heading = passage.headings[-1].text if passage.headings else ""
    signals = {
        "sentence": likeness,
        "passage": of_passage,
        "words": held * (1 - foreign),
        "passage_words": covered * (1 - foreign),
        "foreign_words": held * foreign,
        "foreign_passage_words": covered * foreign,
        "holds": float(typed and match),
        "lacks": float(typed and not match),
        "announces": float(Mark.ANNOUNCES in sentence.marks),
        "leads_in": float(sentence.text.endswith(":")),
        "goes_on": float(goes_on),
        "heading_words": coverage(question, heading, passage.language),
        "head_words": coverage(question, headed, language) - held,
        "row_words": held if sentence.context else 0.0,
        "found": passage.score,
    }
    return weighed(Evidence(passage, sentence, 0.0, signals, vector))


def weighed(evidence: Evidence) -> Evidence:
    """`evidence` with the score that follows from its signals, the reader's if it was read."""
    weights = fitted_numbers()["read_rank" if "answers" in evidence.signals else "rank"]
    score = sum(weight * evidence.signals[name] for name, weight in weights.items())
    return replace(evidence, score=score)


# What a text holds of a question


def coverage(question: Question, text: str, language: Language | None) -> float:
    """Share of the question's terms, by weight, that `text` holds, itself or translated."""
    total = sum(question.weights.values())
    held = terms_held(question, text, language)
    return sum(w * held[term] for term, w in question.weights.items()) / total if total else 0.0


def terms_held(question: Question, text: str, language: Language | None) -> dict[str, float]:
    """For each term of the question, how surely `text` holds it, 0 to 1."""
    present = stems(text)
    return {
        term: max(
            (1.0 if reading == term else min(1.0, 2 * probability)) if reading in present else 0.0
            for reading, probability in readings(term, question.language, language).items()
        )
        for term in question.weights
    }


@lru_cache(maxsize=4096)
def stems(text: str) -> frozenset[str]:
    """Stems of the content words and numbers of `text`."""
    return frozenset(term for term, _ in content_terms(text))


def name_stems(text: str) -> frozenset[str]:
    """Stems of the names, codes and numbers in `text`; a first word may be any."""
    return frozenset(stem(fold(name)) for name in _NAME.findall(text))


def centred(library: Library, texts: Sequence[tuple[str, Language | None]]) -> Floats:
    """Vectors of texts less the mean of their language, shape (len(texts), dimensions)."""
    vectors = library.catalog.vectors([vector_key(text) for text, _ in texts])
    return less_means(vectors, [language for _, language in texts], library.ranking.means)


# Reading


def reweigh(
    reader: "Reader", question: Question, evidence: Sequence[Evidence], *, whole: bool = False
) -> list[Evidence]:
    """`evidence`, weighed with what the reader makes of the best passages or all; best first."""
    passages = passages_of(evidence)
    passages, first = (passages[:WHOLE], WHOLE) if whole else (passages[:READ], AT_FIRST)
    readings = _read(reader, question, passages[:first])
    if all(r.answer_probability < SEEMS for r in readings):
        readings += _read(reader, question, passages[first:])
    found = {p.passage_id: r for p, r in zip(passages, readings, strict=False)}
    least = min((r.answer_probability for r in readings), default=0.0)
    again = [_weighed_again(e, found.get(e.passage.passage_id), least) for e in evidence]
    return sorted(again, key=lambda e: -e.score)


def _read(reader: "Reader", question: Question, passages: Sequence[Passage]) -> list["Reading"]:
    """What the reader makes of passages; the rows of a table say little without their heads."""
    above = [f"{heads}\n" if (heads := table_heads(p)) else "" for p in passages]
    texts = [before + p.text for before, p in zip(above, passages, strict=True)]
    readings = reader.read(question.text, texts)
    return [r.behind(len(before)) for r, before in zip(readings, above, strict=True)]


def table_heads(passage: Passage) -> str:
    """Caption and column heads of the rows in a passage."""
    contexts = (s.context for s in passage.sentences if s.kind == "table" and s.context)
    return max(contexts, key=len, default="")


def _weighed_again(evidence: Evidence, reading: "Reading | None", least: float) -> Evidence:
    """A passage that was not read counts as the one that answers least."""
    if reading is None:
        seen = {"answers": logit(least), "relevance": logit(0.0), "span": 0.0}
        return weighed(replace(evidence, signals={**evidence.signals, **seen}))
    start = evidence.passage.text.find(evidence.sentence.text)
    end = start + len(evidence.sentence.text)
    if start < 0:
        start = end = 0
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


def logit(probability: float) -> float:
    """Log odds, bounded."""
    bounded = min(max(probability, LEAST), 1 - LEAST)
    return math.log(bounded / (1 - bounded))
