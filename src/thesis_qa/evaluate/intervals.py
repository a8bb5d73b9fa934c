"""Bootstrap intervals over questions.

Percentile bootstrap, Efron & Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13:
questions are drawn with replacement, the metric is computed on each draw, and the middle 95 % of
the values is the interval.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from thesis_qa.evaluate.metrics import Counts, Floats

RESAMPLES = 2000
SEED = 20_240_229
LEVEL = 0.95
_BLOCK = 4_000_000  # numbers held at once: 32 MB

Statistic = Callable[[Counts], Floats]
"""A metric on draws of shape (resamples, questions), one value for each."""


@dataclass(frozen=True, slots=True)
class Metric:
    """A value with its 95 % interval; None where nothing of the kind was asked."""

    value: float | None
    low: float | None
    high: float | None
    n: int  # questions (spans, facts) that it is a mean over


def interval(statistic: Statistic, questions: int, n: int) -> Metric:
    """The statistic on all `questions` with its interval, always the same for the same questions.

    The interval is widened to hold the value where a biased statistic (the calibration error)
    leaves it outside.
    """
    value = float(statistic(np.ones((1, questions), np.int64))[0]) if n else np.nan
    if np.isnan(value):
        return Metric(None, None, None, n)
    drawn = np.concatenate([statistic(counts) for counts in draws(questions)])
    edges = (1 - LEVEL) / 2, (1 + LEVEL) / 2
    low, high = np.nanquantile(drawn, edges) if not np.isnan(drawn).all() else (value, value)
    return Metric(value, min(float(low), value), max(float(high), value), n)


def draws(questions: int) -> Iterator[Counts]:
    """How often each question is drawn, in blocks of resamples; the same at every call."""
    generator = np.random.default_rng(SEED)
    left, block = RESAMPLES, max(1, _BLOCK // max(1, questions))
    while left > 0:
        rows = min(block, left)
        drawn = generator.integers(0, questions, (rows, questions))
        drawn += questions * np.arange(rows)[:, None]
        yield np.bincount(drawn.ravel(), minlength=rows * questions).reshape(rows, questions)
        left -= rows
