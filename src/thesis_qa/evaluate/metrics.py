"""The formulas of the metrics, as pure functions, and intervals around them.

docs/evaluation.md explains them to users. Functions on one question come first. Those over many
questions take `counts`, an integer array of shape (resamples, questions) that says how often each
question is drawn, and give one value for each resample (NaN where it is undefined);
`np.ones((1, n), int)` gives the value itself. So the bootstrap needs no second implementation of
anything: percentile bootstrap, Efron & Tibshirani, "An Introduction to the Bootstrap", 1993,
chapter 13. Questions are drawn with replacement, the metric is computed on each draw, and the
middle 95 % of the values is the interval.
"""

import re
import string
import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]

DEPTH = 10  # ranks that are looked at
KS = (1, 3, 5, DEPTH)  # of page_hit@k
CITED = 3  # citations of which one must be right
BINS = 10  # of the calibration error
LOWER_IS_BETTER = frozenset(
    {"false_answer_rate", "brier", "calibration_error", "latency_p50", "latency_p95"}
)

_ARTICLES = re.compile(r"\b(a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation)
_MARKERS = re.compile(r"\[\d+\]")


# One question


def hit_at(hits: Sequence[bool], k: int) -> float:
    """1 if one of the first `k` ranked passages is right (success@k)."""
    return float(any(hits[:k]))


def reciprocal_rank(hits: Sequence[bool]) -> float:
    """1 / rank of the first right passage among the first ten; 0 without one.

    Voorhees, "The TREC-8 Question Answering Track Report", 1999.
    """
    return next((1.0 / rank for rank, hit in enumerate(hits[:DEPTH], start=1) if hit), 0.0)


def normalise_answer(text: str) -> str:
    """SQuAD's normalisation: lower case, no ASCII punctuation, no English articles, white space
    folded."""
    return " ".join(_ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION)).split())


def token_f1(prediction: str, golds: Iterable[str]) -> float:
    """Best harmonic mean of token precision and recall over the right answers.

    Rajpurkar et al., "SQuAD: 100,000+ Questions", EMNLP 2016, official evaluation script.
    """
    return max((_f1(normalise_answer(prediction), normalise_answer(g)) for g in golds), default=0.0)


def _f1(prediction: str, gold: str) -> float:
    ours, theirs = prediction.split(), gold.split()
    if not ours or not theirs:
        return float(ours == theirs)
    common = (Counter(ours) & Counter(theirs)).total()
    return 2 * common / (len(ours) + len(theirs))


def contains_any(said: Sequence[str], golds: Iterable[str]) -> float:
    """1 if a right answer occurs in one of the texts, both normalised, at token boundaries."""
    texts = [f" {normalise_answer(text)} " for text in said]
    wanted = [normalise_answer(gold) for gold in golds]
    return float(any(f" {gold} " in text for gold in wanted if gold for text in texts))


def fact_counts(
    facts: Iterable[str], gold_quotes: Sequence[str], said: Sequence[str]
) -> tuple[int, int]:
    """(facts found in what was said, facts that occur literally in the gold quotes)."""
    told = [_MARKERS.sub(" ", text) for text in said]  # "[2]" is a citation, not the number 2
    literal = [f for f in facts if any(contains_phrase(quote, f) for quote in gold_quotes)]
    found = sum(any(contains_phrase(text, fact) for text in told) for fact in literal)
    return found, len(literal)


# Many questions


def ratio(numerators: Floats, denominators: Floats, counts: Counts) -> Floats:
    """Σ numerators / Σ denominators: a mean over questions where denominators are 0 or 1."""
    with np.errstate(invalid="ignore", divide="ignore"):
        quotient: Floats = (counts @ numerators) / (counts @ denominators)
    quotient[~np.isfinite(quotient)] = np.nan
    return quotient


def auroc(scores: Floats, positive: npt.NDArray[np.bool_], counts: Counts) -> Floats:
    """Probability that a positive question scores above a negative one, ties counting half.

    Hanley & McNeil, "The meaning and use of the area under a ROC curve", Radiology 1982.
    """
    order = np.argsort(scores, kind="stable")
    scores, positive, counts = scores[order], positive[order], counts[:, order]
    if not len(scores):
        return np.full(len(counts), np.nan)
    ties = np.flatnonzero(np.r_[True, np.diff(scores) > 0])
    above = np.add.reduceat(counts * positive, ties, axis=1).astype(np.float64)
    below = np.add.reduceat(counts * ~positive, ties, axis=1).astype(np.float64)
    beaten = np.cumsum(below, axis=1) - below / 2
    return _quotients(np.sum(above * beaten, axis=1), above.sum(axis=1) * below.sum(axis=1))


def _quotients(numerators: Floats, denominators: Floats) -> Floats:
    """NaN where the denominator is 0."""
    nothing: Floats = np.full(numerators.shape, np.nan)
    return np.divide(numerators, denominators, out=nothing, where=denominators > 0)


def calibration_error(confidence: Floats, right: Floats, counts: Counts) -> Floats:
    """Expected calibration error over ten bins of equal mass.

    Σ over bins (questions in the bin / questions) · |mean confidence − share right|. Questions are
    sorted by confidence and cut as `numpy.array_split` does; questions of equal confidence share
    their mean of `right`, so that their order doesn't matter.
    Naeini et al., AAAI 2015; equal mass: Nixon et al., "Measuring Calibration in Deep Learning",
    CVPR workshops 2019.
    """
    bins = reliability(confidence, right, counts)
    gaps = np.abs(bins[:, :, 1] - bins[:, :, 2]) * bins[:, :, 0]
    return _quotients(np.nansum(gaps, axis=1), bins[:, :, 0].sum(axis=1))


def reliability(confidence: Floats, right: Floats, counts: Counts) -> Floats:
    """(questions, mean confidence, share right) of each bin, shape (resamples, 10, 3)."""
    order = np.argsort(confidence, kind="stable")
    confidence, right, counts = confidence[order], right[order], counts[:, order]
    _, group = np.unique(confidence, return_inverse=True)
    right = (np.bincount(group, right) / np.bincount(group))[group] if len(group) else right
    upto = np.cumsum(counts, axis=1)
    cuts = _cuts(counts.sum(axis=1))
    sizes = np.diff(cuts, axis=1).astype(np.float64)
    totals = [np.diff(_sums(v, counts, upto, cuts), axis=1) for v in (confidence, right)]
    return np.stack([sizes, *(_quotients(total, sizes) for total in totals)], axis=2)


def _cuts(drawn: Counts) -> Counts:
    """Where `array_split` cuts as many questions into BINS parts, shape (resamples, BINS + 1)."""
    parts = np.arange(BINS + 1)
    return drawn[:, None] // BINS * parts + np.minimum(parts, drawn[:, None] % BINS)


def _sums(values: Floats, counts: Counts, upto: Counts, cuts: Counts) -> Floats:
    """Sum of the values of the first `cuts` questions drawn; `upto` are running counts."""
    whole = np.sum(upto[:, None, :] <= cuts[:, :, None], axis=2)  # questions wholly before the cut
    before = np.pad(np.cumsum(counts * values, axis=1), ((0, 0), (1, 0)))
    drawn = np.pad(upto, ((0, 0), (1, 0)))
    started = cuts - np.take_along_axis(drawn, whole, axis=1)  # draws of the question that is cut
    sums: Floats = np.take_along_axis(before, whole, axis=1) + started * np.append(values, 0)[whole]
    return sums


def quantile(values: Floats, share: float, counts: Counts) -> Floats:
    """Quantile with linear interpolation (type 7 of Hyndman & Fan, 1996)."""
    if not len(values):
        return np.full(len(counts), np.nan)
    order = np.argsort(values, kind="stable")
    values, upto = values[order], np.cumsum(counts[:, order], axis=1)
    place = share * (upto[:, -1] - 1)
    low = _order_statistic(values, upto, np.floor(place))
    high = _order_statistic(values, upto, np.ceil(place))
    between: Floats = low + (place - np.floor(place)) * (high - low)
    return between


def _order_statistic(values: Floats, upto: Counts, rank: Floats) -> Floats:
    """The value of this rank, from 0, in each draw; `upto` are running counts."""
    picked: Floats = values[np.sum(upto <= rank[:, None], axis=1)]
    return picked


def risk_coverage(confidence: Floats, right: Floats) -> list[tuple[float, float, float]]:
    """(confidence, coverage, risk) for every confidence that occurs, from high to low.

    If only questions of at least this confidence were answered, `coverage` is their share of all
    and `risk` the share of them not answered rightly.
    El-Yaniv & Wiener, "On the Foundations of Noise-free Selective Classification", JMLR 2010.
    """
    levels, group = np.unique(-confidence, return_inverse=True)
    taken = np.cumsum(np.bincount(group, minlength=len(levels)))
    wrong = taken - np.cumsum(np.bincount(group, right, minlength=len(levels)))
    return [
        (-float(level), float(n / len(confidence)), float(w / n))
        for level, n, w in zip(levels, taken, wrong, strict=True)
    ]


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


# When two pieces of text count as the same


_JOINERS = "\u00ad\u0002\ufffe\u200b\u200c\u200d\u2060\ufeff"  # invisible; PDFium's line-end marks
_HYPHENS = "-\u2010\u2011\u2012\u2013\u2014\u2212"
_QUOTES = str.maketrans(dict.fromkeys('‘’‚‛ʼ“”„‟"`', "'"))
_INVISIBLE = re.compile(f"[{_JOINERS}]\\s*")
# followed by any white space: a quote has its line ends folded already
_LINE_END_HYPHEN = re.compile("(?<=\\w)[-\u2010\u2011](?:\\s+|\\Z)")
_DECIMAL_COMMA = re.compile(r"(?<=\d),(?=\d)")


@lru_cache(maxsize=512)
def fold_text(text: str) -> str:
    """`text` with white space, line-end hyphens and NFKC folded: what `quote_verbatim` compares."""
    text = _LINE_END_HYPHEN.sub("", _INVISIBLE.sub("", text))
    return " ".join(unicodedata.normalize("NFKC", text).split())


def fold_phrase(text: str) -> str:
    """`fold_text` that also ignores case and takes a comma inside a number for a point."""
    return _DECIMAL_COMMA.sub(".", fold_text(text).casefold())


def contains_phrase(text: str, phrase: str) -> bool:
    """Whether `phrase` occurs in `text`, both folded, beginning and ending at token boundaries.

    A number is one token: "730" does not occur in "1.730" nor in "730,5".
    """
    wanted = fold_phrase(phrase)
    if not wanted:
        return False
    before = r"(?<!\w)(?<!\d\.)" if wanted[0].isdigit() else r"(?<!\w)" if _wordy(wanted[0]) else ""
    after = r"(?!\w)(?!\.\d)" if wanted[-1].isdigit() else r"(?!\w)" if _wordy(wanted[-1]) else ""
    return re.search(before + re.escape(wanted) + after, fold_phrase(text)) is not None


def _wordy(character: str) -> bool:
    return character.isalnum() or character == "_"


class _Letters(dict[str, str]):
    """Character → what is left of it in `plain_letters`; filled as characters are met."""

    def __missing__(self, character: str) -> str:
        plain = unicodedata.normalize("NFKD", character.translate(_QUOTES))
        dropped = _HYPHENS + _JOINERS
        self[character] = "".join(c for c in plain if not c.isspace() and c not in dropped)
        return self[character]


_LETTERS = _Letters()


@lru_cache(maxsize=512)
def plain_letters(text: str) -> str:
    """`text` without white space, hyphens and typographic variants."""
    return "".join([_LETTERS[c] for c in text])


@lru_cache(maxsize=512)
def bare_text(text: str) -> str:
    """`plain_letters` without case: to find a text again that went through another extraction."""
    return plain_letters(text).casefold()


@lru_cache(maxsize=4096)
def bare_offset(text: str, position: int) -> int:
    """Where character `position` of `text` stands in `bare_text(text)`."""
    return len(bare_text(text[:position]))


def letters_alone(text: str) -> str:
    """The letters and digits of `text`, compatible characters alike, without accents and case."""
    apart = unicodedata.normalize("NFKD", text.replace("ı", "i"))
    return "".join(filter(str.isalnum, apart.casefold()))


def occurrences(text: str, part: str) -> list[int]:
    """Every place where `part` begins in `text`, overlapping ones too."""
    found, at = [], text.find(part) if part else -1
    while at >= 0:
        found.append(at)
        at = text.find(part, at + 1)
    return found


def nearest(places: list[int], wanted: int) -> int | None:
    """The one of the rising `places` that is closest to `wanted`; None if there are none."""
    if not places:
        return None
    at = bisect_left(places, wanted)
    return min(places[max(0, at - 1) : at + 1], key=lambda place: abs(place - wanted))


@lru_cache(maxsize=4096)
def shared_length(first: str, second: str) -> int:
    """Length of the longest stretch that two bare texts have in common."""
    if first in second or second in first:
        return min(len(first), len(second))
    return SequenceMatcher(None, first, second, autojunk=False).find_longest_match().size


def overlaps(first: str, second: str) -> bool:
    """Whether two texts share an unbroken stretch of at least half of the shorter one."""
    one, other = bare_text(first), bare_text(second)
    shorter = min(len(one), len(other))
    return shorter > 0 and 2 * shared_length(one, other) >= shorter


def holds_half(text: str, quote: str) -> bool:
    """Whether `text` holds at least half of `quote` in one stretch."""
    wanted = bare_text(quote)
    return bool(wanted) and 2 * shared_length(bare_text(text), wanted) >= len(wanted)
