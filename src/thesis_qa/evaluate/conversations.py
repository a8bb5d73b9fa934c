"""Conversations: what is said turn by turn, what is expected of each answer, and what came."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from thesis_qa.evaluate import metrics
from thesis_qa.evaluate.metrics import Metric, contains_phrase, interval
from thesis_qa.lang.data import SPOKEN, text
from thesis_qa.lang.detect import language_of
from thesis_qa.types import Answer, AnswerKind, Citation, Language

CONVERSATION_METRICS = ("turn_right", "conversation_right")
ALTERNATIVE = "|"  # between ways to write a fact
UNKNOWN = "?"  # the language of "ok"
PROSE = ("talk", "decline", "clarify")  # kinds of answers whose text isn't quoted from documents


@dataclass(frozen=True, slots=True)
class Expectation:
    """What must be true of an answer; what is empty isn't looked at."""

    kind: AnswerKind
    documents: tuple[str, ...] = ()
    pages: tuple[int, ...] = ()  # of the file, from 1
    facts: tuple[str, ...] = ()  # each in one of its ways of writing: "81|eighty-one"
    not_facts: tuple[str, ...] = ()
    only: bool = False  # no other document is cited
    every: bool = False  # each of the documents is cited
    language: Language | None = None


@dataclass(frozen=True, slots=True)
class SetTurn:
    """What a person says, and what should come of it."""

    say: str
    expect: Expectation


@dataclass(frozen=True, slots=True)
class ScriptedTalk:
    """Turns that follow each other, asked of some documents, or of all."""

    id: str
    documents: tuple[str, ...]
    turns: tuple[SetTurn, ...]
    line: int = 0


@dataclass(frozen=True, slots=True)
class TurnOutcome:
    """What came of one turn; `wrong` says in words why it isn't right."""

    say: str
    expect: Expectation
    language: str  # of what was said
    kind: AnswerKind
    text: str
    citations: tuple[Citation, ...]
    wrong: tuple[str, ...]
    seconds: float

    @property
    def right(self) -> bool:
        """Whether the answer is all that is expected."""
        return not self.wrong


@dataclass(frozen=True, slots=True)
class ConversationOutcome:
    """What came of one conversation."""

    id: str
    turns: tuple[TurnOutcome, ...]

    @property
    def right(self) -> bool:
        """Whether every turn is right."""
        return all(turn.right for turn in self.turns)


def conversation_of(row: Mapping[str, Any], line: int) -> ScriptedTalk:
    """A conversation from a line that fits its model."""
    turns = tuple(SetTurn(turn["say"], _expectation(turn["expect"])) for turn in row["turns"])
    return ScriptedTalk(row["id"], tuple(row.get("documents") or ()), turns, line)


def _expectation(row: Mapping[str, Any]) -> Expectation:
    stated: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in row.items()
        if value is not None
    }
    return Expectation(**stated)


# Judging a turn


def judge_turn(
    turn: SetTurn, answer: Answer, seconds: float, spoken_before: str = UNKNOWN
) -> TurnOutcome:
    """What came of a turn. Documents are named as in the index."""
    return TurnOutcome(
        say=turn.say,
        expect=turn.expect,
        language=language_of(turn.say) or turn.expect.language or spoken_before,
        kind=answer.kind,
        text=answer.text,
        citations=answer.citations,
        wrong=tuple(_reasons(turn.expect, answer)),
        seconds=round(seconds, 4),
    )


def _reasons(expect: Expectation, answer: Answer) -> Iterator[str]:
    if answer.kind != expect.kind:
        yield _why("kind", kind=answer.kind, expected=expect.kind)
    yield from _wrong_places(expect, answer)
    said = [answer.text, *(citation.quote for citation in answer.citations)]
    for fact in expect.facts:
        if not _stated(fact, said):
            yield _why("fact", fact=fact)
    for fact in expect.not_facts:
        if _stated(fact, said):
            yield _why("not-fact", fact=fact)
    spoken = _spoken(answer)
    if expect.language and spoken != expect.language:
        yield _why("language", language=spoken or "?", expected=expect.language)


def _wrong_places(expect: Expectation, answer: Answer) -> Iterator[str]:
    """In an answer the first citations count; a list of theses may also name them without one."""
    wanted, cited = set(expect.documents), {citation.document for citation in answer.citations}
    if not wanted:
        return
    listing = answer.kind == "library"
    named = cited | set(answer.documents) if listing else cited
    first = answer.citations[: metrics.CITED]
    if not (named & wanted if listing else any(_at_place(c, expect) for c in first)):
        yield _why("place", documents=_listed(wanted), cited=_listed(named))
    if expect.every and wanted - named:
        yield _why("every", documents=_listed(wanted - named))
    if expect.only and cited - wanted:
        yield _why("only", documents=_listed(cited - wanted))


def _at_place(citation: Citation, expect: Expectation) -> bool:
    pages = {citation.page, *(span.page for span in citation.spans)}
    return citation.document in expect.documents and (
        not expect.pages or not pages.isdisjoint(expect.pages)
    )


def _stated(fact: str, said: Sequence[str]) -> bool:
    return any(contains_phrase(part, way) for way in fact.split(ALTERNATIVE) for part in said)


def _spoken(answer: Answer) -> Language | None:
    """The language of an answer; what is quoted may be in the other one."""
    heard = language_of(answer.text) if answer.kind in PROSE else None
    return heard or answer.language


def _listed(documents: Iterable[str]) -> str:
    return ", ".join(sorted(documents)) or "–"


def _why(code: str, **values: object) -> str:
    return text(f"text.evaluate.turns.{code}", SPOKEN, **values)


# Metrics


SLICED_BY: dict[str, Callable[[int, TurnOutcome], str]] = {
    "turn_kind": lambda number, turn: turn.expect.kind,
    "turn_language": lambda number, turn: turn.language,
    "turn_place": lambda number, turn: "later" if number else "first",
}


def measure_conversations(outcomes: Sequence[ConversationOutcome]) -> dict[str, Metric]:
    """Shares of turns and of conversations that are right; intervals over conversations."""
    turns = [[turn.right for turn in outcome.turns] for outcome in outcomes]
    whole = [[outcome.right] for outcome in outcomes]
    return {"turn_right": _share(turns), "conversation_right": _share(whole)}


def slice_conversations(
    outcomes: Sequence[ConversationOutcome],
) -> dict[str, dict[str, dict[str, Metric]]]:
    """`turn_right` by kind of answer, language, and first or later turn."""
    found: dict[str, dict[str, dict[str, Metric]]] = {}
    for name, value_of in SLICED_BY.items():
        rows = [[(value_of(*t), t[1].right) for t in enumerate(o.turns)] for o in outcomes]
        values = sorted({value for row in rows for value, _ in row})
        found[name] = {
            value: {"turn_right": _share([[r for v, r in row if v == value] for row in rows])}
            for value in values
        }
    return found


def _share(rows: Sequence[Sequence[bool]]) -> Metric:
    """The share that is true of all in `rows`, which are drawn as wholes."""
    right = np.array([sum(row) for row in rows], np.float64)
    asked = np.array([len(row) for row in rows], np.float64)
    return interval(lambda counts: metrics.ratio(right, asked, counts), len(rows), int(asked.sum()))
