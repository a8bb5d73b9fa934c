"""What a language model makes of the answers, beside the quotes alone of the same run."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from thesis_qa.evaluate.metrics import Metric, interval, ratio
from thesis_qa.evaluate.outcome import Outcome
from thesis_qa.types import Answer

BESIDE = (
    "answer_page_hit", "citation_precision", "key_fact_recall", "answered_rate",
    "false_answer_rate",
)  # fmt: skip
WRITTEN = ("written_rate", "struck_rate", *(f"quotes_{name}" for name in BESIDE))


def beside_quotes(outcome: Outcome, answer: Answer, quoted: Outcome) -> Outcome:
    """The outcome of an answer that a model was asked for, with the scores of the quotes alone."""
    written = answer.model != "quotes"
    scores = {f"quotes_{n}": quoted.scores[n] for n in BESIDE if n in quoted.scores}
    scores["written_rate"] = (float(written), 1.0)
    scores["struck_rate"] = (len(answer.struck), len(answer.struck) + answer.stated)
    return replace(outcome, scores=outcome.scores | scores)


def measure_written(outcomes: Sequence[Outcome]) -> dict[str, Metric]:
    """The share of questions that the model answered and of its statements that were struck, and
    what the quotes alone would have scored; nothing where no model was asked."""
    ordered = sorted(outcomes, key=lambda outcome: outcome.id)
    found = {}
    for name in WRITTEN:
        pairs = [outcome.scores.get(name, (0.0, 0.0)) for outcome in ordered]
        over, under = np.array(pairs, np.float64).reshape(-1, 2).T
        if under.any():
            found[name] = interval(
                lambda counts, a=over, b=under: ratio(a, b, counts),  # type: ignore[misc]
                len(ordered),
                round(under.sum()),
            )
    return found
