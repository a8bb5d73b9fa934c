"""Two runs of one question set: what got better, what got worse, and gates."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import shorten
from typing import Any

import numpy as np

from thesis_qa.errors import QuestionSetError, SettingError, one_line
from thesis_qa.evaluate.conversations import CONVERSATION_METRICS, ConversationOutcome
from thesis_qa.evaluate.metrics import LOWER_IS_BETTER, Counts, Floats, Metric, interval, ratio
from thesis_qa.evaluate.outcome import (
    NAMES,
    Outcome,
    Report,
    aligned,
    decimals,
    heads,
    read_outcomes,
    say,
    statistics,
)
from thesis_qa.lang.data import SPOKEN, text

SHOWN_FLIPS = 20
SHORT = 120  # characters of an answer that tell two runs apart


@dataclass(frozen=True, slots=True)
class Difference:
    """A metric before and now over the questions of both runs, and the change with its interval."""

    before: float | None
    now: float | None
    change: Metric

    @property
    def certain(self) -> bool:
        """Whether the interval leaves out 0: the change is more than chance."""
        low, high = self.change.low, self.change.high
        return low is not None and high is not None and (low > 0 or high < 0)


@dataclass(frozen=True, slots=True)
class Flip:
    """A question that was right in one run and wrong in the other."""

    id: str
    question: str
    before: str  # what was answered, in short
    now: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Paired differences (now − before) and the questions that flipped."""

    differences: dict[str, Difference]
    better: tuple[Flip, ...]
    worse: tuple[Flip, ...]
    questions: int  # in both runs
    only_before: int
    only_now: int

    def __str__(self) -> str:
        """Paired differences, then the questions that flipped, both ways."""
        measured = {n: d for n, d in self.differences.items() if d.change.value is not None}
        head = [*heads("metric", "before", "now", "change", "interval"), ""]
        counts = say(
            "in_both",
            count=self.questions,
            before=self.only_before,
            now=self.only_now,
        )
        return "\n\n".join([
            aligned([head, *(_difference_row(*item) for item in measured.items())]),
            counts,
            _flip_lines("better", self.better),
            _flip_lines("worse", self.worse),
        ])  # fmt: skip


def _flip_lines(name: str, flips: Sequence[Flip]) -> str:
    lines = [say(name, count=len(flips))]
    for flip in flips[:SHOWN_FLIPS]:
        lines.append(f"  {one_line(flip.id)}: {one_line(flip.question)}")
        lines += [f"    {say('before')}: {one_line(flip.before)}"]
        lines += [f"    {say('now')}: {one_line(flip.now)}"]
    if len(flips) > SHOWN_FLIPS:
        lines.append(f"  … +{len(flips) - SHOWN_FLIPS}")  # all are in --json and --report
    return "\n".join(lines)


def _difference_row(name: str, difference: Difference) -> tuple[str, ...]:
    change = difference.change
    signed = [
        f"{v:+.3f}" if v is not None else "–" for v in (change.value, change.low, change.high)
    ]
    mark = "*" if difference.certain else ""
    return (
        name,
        decimals(difference.before),
        decimals(difference.now),
        signed[0],
        f"{signed[1]} – {signed[2]}",
        mark,
    )


def read_run(path: Path) -> tuple[Outcome, ...]:
    """The questions of a run saved with `eval --json`. Raises QuestionSetError if it isn't one."""
    try:
        saved = json.loads(path.read_text(encoding="utf-8"))
        return read_outcomes(saved["questions"])
    except OSError as error:
        reason = error.strerror or str(error)
        raise QuestionSetError("set-unreadable", file=path, reason=reason) from error
    except (ValueError, KeyError, TypeError) as error:
        raise QuestionSetError("not-a-run", file=path) from error


def compare(before: Sequence[Outcome], now: Sequence[Outcome]) -> Comparison:
    """Compare two runs over the questions that both asked, by id and wording.

    Raises QuestionSetError if they have none in common.
    """
    old = {(outcome.id, outcome.question): outcome for outcome in before}
    new = {(outcome.id, outcome.question): outcome for outcome in now}
    shared = sorted(old.keys() & new.keys())
    if not shared:
        raise QuestionSetError("runs-differ")
    ours, theirs = [new[key] for key in shared], [old[key] for key in shared]
    pairs = list(zip(theirs, ours, strict=True))
    return Comparison(
        differences=_differences(theirs, ours),
        better=tuple(_flip(o, n) for o, n in pairs if o.good is False and n.good),
        worse=tuple(_flip(o, n) for o, n in pairs if o.good and n.good is False),
        questions=len(shared),
        only_before=len(old) - len(shared),
        only_now=len(new) - len(shared),
    )


def compare_run(path: Path, now: Report) -> Comparison:
    """Compare with the run saved in `path`: by question, or by turn where conversations were held.

    Raises QuestionSetError if it is no run, or one of other questions.
    """
    before = read_run(path)
    if not now.conversations:
        return compare(before, now.questions)
    saved = json.loads(path.read_text(encoding="utf-8")).get("conversations") or []
    old = {(talk["id"], at): turn for talk in saved for at, turn in enumerate(talk["turns"])}
    return _compare_turns(old, now.conversations)


def _compare_turns(
    old: Mapping[tuple[str, int], Mapping[str, Any]], talks: Sequence[ConversationOutcome]
) -> Comparison:
    """Conversations are drawn as wholes."""
    rows = [
        [
            (f"{talk.id}:{at + 1}", old[talk.id, at], turn)
            for at, turn in enumerate(talk.turns)
            if old.get((talk.id, at), {}).get("say") == turn.say
        ]
        for talk in talks
    ]
    shared = [pair for row in rows for pair in row]
    if not shared:
        raise QuestionSetError("runs-differ")
    counted = np.array([len(row) for row in rows], np.float64)
    was = np.array([sum(not turn["wrong"] for _, turn, _ in row) for row in rows], np.float64)
    now = np.array([sum(turn.right for *_, turn in row) for row in rows], np.float64)
    total = float(counted.sum())
    change = interval(lambda n: ratio(now - was, counted, n), len(rows), len(shared))
    flips = [
        (turn.right, Flip(name, turn.say, _short(before["text"]), _short(turn.text)))
        for name, before, turn in shared
        if turn.right == bool(before["wrong"])
    ]
    return Comparison(
        {"turn_right": Difference(float(was.sum()) / total, float(now.sum()) / total, change)},
        better=tuple(flip for right, flip in flips if right),
        worse=tuple(flip for right, flip in flips if not right),
        questions=len(shared),
        only_before=len(old) - len(shared),
        only_now=sum(len(talk.turns) for talk in talks) - len(shared),
    )


def _short(said: str) -> str:
    return shorten(said, SHORT, placeholder=" …")


def _differences(before: Sequence[Outcome], now: Sequence[Outcome]) -> dict[str, Difference]:
    old, new = statistics(before), statistics(now)
    every = np.ones((1, len(now)), np.int64)
    found = {}
    for name in NAMES:
        (old_statistic, old_n), (new_statistic, new_n) = old[name], new[name]

        def change(counts: Counts, old=old_statistic, new=new_statistic) -> Floats:  # type: ignore[no-untyped-def]
            return new(counts) - old(counts)  # type: ignore[no-any-return]

        n = min(old_n, new_n)
        found[name] = Difference(
            float(old_statistic(every)[0]) if old_n else None,
            float(new_statistic(every)[0]) if new_n else None,
            interval(change, len(now), n),
        )
    return found


def _flip(before: Outcome, now: Outcome) -> Flip:
    return Flip(now.id, now.question, in_short(before), in_short(now))


def in_short(outcome: Outcome) -> str:
    """What was answered, on one line: the first quote and its page, or that it declined."""
    if not outcome.answered:
        return text("text.evaluate.verdicts.declined", SPOKEN)
    if not outcome.citations:
        return _short(outcome.text)
    first = outcome.citations[0]
    page = f"p. {first.page}: " if first.page is not None else ""
    return f"{page}“{first.quote[:SHORT]}{'…' if len(first.quote) > SHORT else ''}”"


@dataclass(frozen=True, slots=True)
class Gate:
    """A bound that a metric must keep: at least `bound`, at most for LOWER_IS_BETTER."""

    name: str
    bound: float

    def missed(self, report: Report) -> str | None:
        """Why the gate is missed, in one line; None if it is kept."""
        metric = report.metrics.get(self.name)
        if metric is None or metric.value is None:
            return text("text.evaluate.gates.unmeasured", SPOKEN, name=self.name)
        lower = self.name in LOWER_IS_BETTER
        if metric.value <= self.bound if lower else metric.value >= self.bound:
            return None
        missed = f"text.evaluate.gates.{'above' if lower else 'below'}"
        return text(missed, SPOKEN, name=self.name, value=metric.value, bound=self.bound)


def read_gate(written: str) -> Gate:
    """A gate written METRIC=VALUE. Raises SettingError for an unknown metric or no number."""
    name, _, bound = (part.strip() for part in written.partition("="))
    if name not in (*NAMES, *CONVERSATION_METRICS):
        raise SettingError("no-metric", name=name, known=", ".join((*NAMES, *CONVERSATION_METRICS)))
    try:
        number = float(bound)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise SettingError("gate-no-number", gate=written, name=name)
    return Gate(name, number)
