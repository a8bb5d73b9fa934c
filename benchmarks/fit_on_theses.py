"""Fit how sentences are weighed and when to refuse on theses, and measure it on others.

    python benchmarks/fit_on_theses.py [WORK] [--reader NEW.npz] [--write]
    python benchmarks/fit_on_theses.py WORK --reader NEW.npz --measure

It alone writes src/thesis_qa/answer/fitted.json, with the first command.

Fitted on the theses kept aside from the reader's training (`theses.names("fit")`), because what
the reader says of theses that it learnt is too good; with --unread also what is used without a
reader, on all that are for training. Reported there cross-validated by thesis; with --measure on
the theses that nothing is fitted to, beside the shipped reader and no reader. What is found and
read is kept in WORK, so that fitting again takes a minute.
"""

import argparse
import hashlib
import json
import math
import pickle
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from answering import evidence_for, idk_cases, look, texts_index
from theses import CANDIDATES, Found, Question, found, names
from thesis_qa.answer import evidence as weighing
from thesis_qa.answer.confidence import signals
from thesis_qa.answer.found import Evidence, Library
from thesis_qa.answer.passages import words_missing
from thesis_qa.answer.select import MAX_SHOWN, RATIO
from thesis_qa.model.encoder import BundledEmbedding
from thesis_qa.model.span_reader import SHIPPED, Reader, Reading

RANK = (
    "sentence", "passage", "words", "passage_words", "foreign_words", "foreign_passage_words",
    "holds", "lacks", "announces", "leads_in", "heading_words", "head_words", "row_words", "found",
)  # fmt: skip
READ_RANK = (*RANK, "goes_on", "answers", "relevance", "span")
UNREAD = (
    "sentence", "passage", "sentence_gap", "passage_gap", "share", "passage_words", "missing",
    "names_missing", "lacks_figure", "terms", "number", "best_sentence", "words",
)  # fmt: skip
READ = (
    "answers", "best_answers", "relevance", "relevances", "best_span", "best_sentence",
    "heading_words", "number", "names_missing", "nowhere", "names_nowhere", "section",
    "of_english",
)  # fmt: skip
PENALTY = 0.01  # of squared standardised weights
# Share of the given questions with an answer that pass. The whole product answers .17 of the given
# near misses then, and .13 at .82; half of what is refused besides would have been right.
ANSWERED = 0.84
FOLDS = 8
OLD, CONTEXTS, ASKED = "idk-mrc", 120, 300
# Of our own questions more have no answer than people ask such, above all of those for numbers:
# with this weight as many as in the sets given.
ON_PURPOSE = 0.4
LEAST = weighing.logit(0.0) + 1e-6
SEED, DRAWS = 3, 1000

Floats = npt.NDArray[np.float64]


class Kept:
    """A reader whose readings are kept in a file."""

    def __init__(self, work: Path, weights: Path) -> None:
        digest = hashlib.sha256(weights.read_bytes()).hexdigest()[:12]
        self.path = work / f"readings-{digest}.pickle"
        self.known: dict[tuple[str, str], Reading] = (
            pickle.loads(self.path.read_bytes()) if self.path.exists() else {}
        )
        self.weights, self.new = weights, 0
        self._reader: Reader | None = None

    def read(self, question: str, passages: Sequence[str]) -> list[Reading]:
        if missing := [p for p in passages if (question, p) not in self.known]:
            self._reader = self._reader or Reader(BundledEmbedding(1), self.weights, 1)
            made = self._reader.read(question, missing)
            self.known |= {(question, p): r for p, r in zip(missing, made, strict=True)}
            self.new += len(missing)
        return [self.known[question, p] for p in passages]

    def save(self) -> None:
        if self.new:
            draft = self.path.with_suffix(".draft")
            draft.write_bytes(pickle.dumps(self.known))
            draft.rename(self.path)
            self.new = 0


@dataclass(frozen=True, slots=True)
class Seen:
    """A question with its sentences as they were weighed, in no order that matters."""

    question: Question
    pair: str  # languages: of the question, of the thesis
    source: str
    evidence: tuple[Evidence, ...]
    right: npt.NDArray[np.bool_]
    found: Found

    def ordered(self, weights: dict[str, float]) -> tuple[list[Evidence], npt.NDArray[np.bool_]]:
        """The evidence with scores, best first."""
        scores = np.array([_score(e, weights) for e in self.evidence])
        order = np.argsort(-scores, kind="stable")
        best = [weighing.replace(self.evidence[i], score=float(scores[i])) for i in order]
        return best, self.right[order]

    def shows_right_page(self, weights: dict[str, float]) -> bool:
        """Whether one of the sentences that are shown stands on a page that answers."""
        best, right = self.ordered(weights)
        pages = {page for page, _ in self.question.quotes}
        shown = [e.score >= best[0].score + math.log(RATIO) for e in best[:MAX_SHOWN]]
        ok = [r or e.passage.page in pages for e, r in zip(best, right[:MAX_SHOWN], strict=False)]
        return self.question.answerable and any(a and b for a, b in zip(shown, ok, strict=True))


@dataclass(frozen=True, slots=True)
class Policy:
    """How many passages are read: `most`, but only `first` if one of them is as sure as `seems`."""

    most: int = CANDIDATES
    first: int = CANDIDATES
    seems: float = 0.5


ALL, TODAY, EARLY = Policy(), Policy(8, 2, 0.5), Policy(12, 4, 0.8)
POLICIES = (TODAY, Policy(8, 2, 0.9), Policy(12, 4, 0.7), Policy(12, 4, 0.9), Policy(8, 8), ALL)


def seen(
    items: Sequence[Found],
    reader: Kept | None,
    policy: Policy = ALL,
    rank: dict[str, float] | None = None,
) -> list[Seen]:
    """What the reader makes of what was found; `rank` says in which order it is read."""
    weighing.READ, weighing.AT_FIRST, weighing.SEEMS = policy.most, policy.first, policy.seems
    made = []
    for item in items:
        if not item.evidence:
            continue
        right = dict(zip(map(_key, item.evidence), item.right, strict=True))
        evidence = item.evidence
        if rank:
            scored = [weighing.replace(e, score=_score(e, rank)) for e in evidence]
            evidence = tuple(sorted(scored, key=lambda e: -e.score))
        if reader:
            evidence = tuple(weighing.reweigh(reader, item.asked, evidence))  # type: ignore[arg-type]
        rows = np.array([right[_key(e)] for e in evidence])
        pair = f"{item.question.language}>{item.spoken}"
        made.append(Seen(item.question, pair, item.question.document, evidence, rows, item))
    if reader:
        reader.save()
    return made


def _score(e: Evidence, rank: dict[str, float]) -> float:
    return sum(weight * e.signals[name] for name, weight in rank.items())


def _key(e: Evidence) -> tuple[str, Any]:
    return e.passage.passage_id, e.sentence.spans


def old(work: Path, count: int, set_name: str = "train") -> list[Found]:
    """Questions of IDK-MRC: those of train are fitted on too, so that they aren't forgotten."""
    path = work / f"found-idk-{set_name}-{count}.pickle"
    if not path.exists():
        texts, cases = idk_cases(set_name, CONTEXTS if set_name == "train" else None)
        cases = [case for case in cases if case.kind != "absent"]
        cases = random.Random(SEED).sample(cases, min(count, len(cases)))
        index = texts_index(work / f"idk-{set_name}", texts)
        looked, library = evidence_for(index, look(index, cases)), Library(index)
        made = []
        for number, (case, asked, evidence) in enumerate(looked):
            question = Question(
                f"idk-{number}", case.question, OLD, "id", "idk", case.kind == "answerable", (), ()
            )
            right = tuple(case.right(e.passage, e.sentence) for e in evidence)
            lacking = words_missing(asked, library)
            made.append(Found(question, "id", asked, tuple(evidence), right, (), 0, lacking))
        path.write_bytes(pickle.dumps(made))
    kept: list[Found] = pickle.loads(path.read_bytes())
    return kept


# Fitting


def fit_rank(items: Sequence[Seen], wanted: Sequence[str]) -> dict[str, float]:
    """Conditional logit: the right sentences among those weighed (McFadden, 1974)."""
    cases = [s for s in items if s.question.answerable and s.right.any()]
    most = max(len(s.evidence) for s in cases)
    x = np.zeros((len(cases), most, len(wanted)))
    there, right = np.zeros((len(cases), most), np.bool_), np.zeros((len(cases), most), np.bool_)
    for row, s in enumerate(cases):
        x[row, : len(s.evidence)] = [[e.signals[n] for n in wanted] for e in s.evidence]
        there[row, : len(s.evidence)] = True
        right[row, : len(s.evidence)] = s.right
    scale = x[there].std(axis=0) + 1e-9
    x, share = x / scale, balance(cases)

    def loss(weights: Floats) -> tuple[float, Floats]:
        score = np.where(there, x @ weights, -np.inf)
        p = np.exp(score - score.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        good = np.where(right, p, 0.0)
        total = good.sum(axis=1) + 1e-12
        off = share[:, None] * (p - good / total[:, None])
        slope = np.einsum("cs,csn->n", off, x) + 2 * PENALTY * weights
        return float(-share @ np.log(total) + PENALTY * weights @ weights), slope

    best = minimize(loss, np.zeros(len(wanted)), jac=True, method="L-BFGS-B").x / scale
    return {name: round(float(w), 3) for name, w in zip(wanted, best, strict=True)}


def fit_confidence(
    items: Sequence[Seen], rank: dict[str, float], wanted: Sequence[str]
) -> dict[str, Any]:
    """Logistic regression: whether the thesis answers, which is what refusing is about.

    Then its logit is put on the scale of "it is answered, and a right page is shown", which changes
    no order (Platt, 1999).
    """
    rows = [signals(s.found.asked, s.ordered(rank)[0], s.found.lacking) for s in items]
    x = np.array([[row[name] for name in wanted] for row in rows])
    y = np.array([s.question.answerable for s in items], float)
    share = balance(items)
    weights, bias = fit_logistic(x, y, share, PENALTY)
    z = x @ weights + bias
    given = [s.question.answerable and not s.question.coded and s.source != OLD for s in items]
    least = float(np.quantile(z[given], 1 - ANSWERED))
    right = np.array([s.shows_right_page(rank) for s in items]) & (z >= least)
    slope, shift = calibrated(z, right.astype(float), share)
    return {
        "bias": round(slope * bias + shift, 4),
        "weights": {n: round(float(slope * w), 4) for n, w in zip(wanted, weights, strict=True)},
        "threshold": round(1 / (1 + math.exp(-slope * least - shift)), 3),
    }


def fit_logistic(x: Floats, y: Floats, share: Floats, penalty: float) -> tuple[Floats, float]:
    """Weights, shape (signals,), and bias of a logistic regression of `y` on `x`, shape (cases,
    signals); `share` weighs the cases, `penalty` the squared weights of standardised signals."""
    mean, scale = x.mean(axis=0), x.std(axis=0) + 1e-9
    x = (x - mean) / scale

    def loss(values: Floats) -> tuple[float, Floats]:
        weights, bias = values[:-1], values[-1]
        z = x @ weights + bias
        off = share * (1 / (1 + np.exp(-z)) - y)
        total = float(share @ (np.logaddexp(0, z) - y * z)) + penalty * float(weights @ weights)
        return total, np.append(x.T @ off + 2 * penalty * weights, off.sum())

    values = minimize(loss, np.zeros(x.shape[1] + 1), jac=True, method="L-BFGS-B").x
    weights = values[:-1] / scale
    return weights, float(values[-1] - mean @ weights)


def calibrated(z: Floats, y: Floats, share: Floats) -> tuple[float, float]:
    """Slope and shift with which logits `z` foretell `y`."""

    def loss(values: Floats) -> tuple[float, Floats]:
        slope, shift = values
        found = slope * z + shift
        off = share * (1 / (1 + np.exp(-found)) - y)
        return float(share @ (np.logaddexp(0, found) - y * found)), np.array([off @ z, off.sum()])

    slope, shift = minimize(loss, np.array([1.0, 0.0]), jac=True, method="L-BFGS-B").x
    return float(slope), float(shift)


def balance(items: Sequence[Seen]) -> Floats:
    """Weights, sum 1: every question alike but near misses of our own, the old ones a quarter."""
    aside = np.array([s.source == OLD for s in items])
    missed = np.array([s.question.coded and not s.question.answerable for s in items])
    own = np.where(missed, ON_PURPOSE, 1.0)
    if not aside.any() or aside.all():
        return np.asarray(own / own.sum())
    return np.where(aside, 0.25 / aside.sum(), 0.75 * own / own[~aside].sum())


def confidence(model: dict[str, Any], s: Seen, rank: dict[str, float]) -> float:
    row = signals(s.found.asked, s.ordered(rank)[0], s.found.lacking)
    logit = model["bias"] + sum(w * row[name] for name, w in model["weights"].items())
    return float(1 / (1 + np.exp(-logit)))


@dataclass(frozen=True, slots=True)
class Model:
    rank: dict[str, float]
    sure: dict[str, Any]

    @classmethod
    def fitted(cls, items: Sequence[Seen], rank: Sequence[str], sure: Sequence[str]) -> "Model":
        weights = fit_rank(items, rank)
        return cls(weights, fit_confidence(items, weights, sure))


# Measuring


@dataclass(frozen=True, slots=True)
class Outcome:
    question: Question
    pair: str
    first: bool  # the first sentence is right
    three: bool
    passage: bool  # the first sentence's passage holds a right one
    sure: float
    answered: bool


def outcomes(items: Sequence[Seen], model: Model) -> list[Outcome]:
    made = []
    for s in items:
        best, right = s.ordered(model.rank)
        there = {e.passage.passage_id for e, r in zip(best, right, strict=True) if r}
        sure = confidence(model.sure, s, model.rank)
        made.append(
            Outcome(
                s.question, s.pair, bool(right[0]), bool(right[:3].any()),
                best[0].passage.passage_id in there, sure, sure >= model.sure["threshold"],
            )
        )  # fmt: skip
    return made


def nothing(items: Sequence[Found], made: Sequence[Outcome]) -> list[Outcome]:
    """The outcomes with those of questions for which nothing was found."""
    known = {o.question.name: o for o in made}
    return [
        known.get(i.question.name)
        or Outcome(i.question, f"{i.question.language}>{i.spoken}", False, False, False, 0.0, False)
        for i in items
    ]


def table(rows: Sequence[Outcome]) -> dict[str, float]:
    yes = [o for o in rows if o.question.answerable]
    no = [o for o in rows if not o.question.answerable]
    above = [(y.sure > n.sure) + 0.5 * (y.sure == n.sure) for y in yes for n in no]
    # refused where 85 % of the answerable are answered
    bar = float(np.quantile([o.sure for o in yes], 0.15)) if yes else 0.0
    judged = np.array([o.sure for o in rows])
    right = np.array([o.three and o.question.answerable for o in rows], float)
    groups = np.array_split(np.argsort(judged), min(10, len(rows)))
    off = sum(len(g) * abs(judged[g].mean() - right[g].mean()) for g in groups) / len(rows)

    def mean(values: Sequence[float]) -> float:
        return float(np.mean(values)) if values else float("nan")

    return {
        "n": len(yes),
        "hit@1": mean([o.first for o in yes]),
        "hit@3": mean([o.three for o in yes]),
        "passage": mean([o.passage for o in yes]),
        "auroc": mean(above),
        "answered": mean([o.answered for o in yes]),
        "false": mean([o.answered for o in no]),
        "false@85": mean([o.sure >= bar for o in no]),
        "calibration": float(off),
    }


def slices(rows: Sequence[Outcome]) -> dict[str, list[Outcome]]:
    found: dict[str, list[Outcome]] = {}
    for o in rows:
        for name in (o.pair, o.question.kind):
            found.setdefault(name, []).append(o)
    return found


def apart(one: Sequence[Outcome], other: Sequence[Outcome], what: str) -> tuple[float, ...]:
    """Difference of the second from the first with its paired 95 % interval."""
    pairs = [
        (getattr(a, what), getattr(b, what))
        for a, b in zip(one, other, strict=True)
        if a.question.answerable
    ]
    change = np.array([float(b) - float(a) for a, b in pairs])
    draw = np.random.default_rng(SEED)
    drawn = [change[draw.integers(0, len(change), len(change))].mean() for _ in range(DRAWS)]
    low, high = np.quantile(drawn, [0.025, 0.975])
    return float(change.mean()), float(low), float(high)


def show(name: str, rows: Sequence[Outcome]) -> None:
    values = "  ".join(f"{k} {v:.3f}" if k != "n" else f"n {v}" for k, v in table(rows).items())
    print(f"{name}: {values}", flush=True)


def crossed(
    items: Sequence[Seen], more: Sequence[Seen], rank: Sequence[str], sure: Sequence[str]
) -> list[Outcome]:
    """Each fold of theses measured with numbers fitted to the others."""
    made, sources = [], sorted({s.source for s in items})
    for fold in range(FOLDS):
        aside = set(sources[fold::FOLDS])
        model = Model.fitted([*(s for s in items if s.source not in aside), *more], rank, sure)
        made += outcomes([s for s in items if s.source in aside], model)
    return made


def part(work: Path, name: str) -> list[Found]:
    return [item for thesis in names(name) for item in found(work, thesis)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "work", type=Path, nargs="?", default=Path(__file__).parent / ".cache/theses"
    )
    parser.add_argument("--reader", type=Path, default=SHIPPED)
    parser.add_argument("--old", type=int, default=150, help="questions of IDK-MRC fitted on too")
    parser.add_argument("--unread", action="store_true", help="fit what is used without one too")
    parser.add_argument("--policies", action="store_true", help="how many passages to read")
    parser.add_argument("--measure", action="store_true")
    parser.add_argument("--shipped", type=Path, default=SHIPPED, help="reader to compare with")
    parser.add_argument("--before", type=Path, default=weighing.NUMBERS, help="its numbers")
    parser.add_argument("--write", action="store_true", help="write the numbers into the package")
    given = parser.parse_args()
    work, reader = given.work, Kept(given.work, given.reader)
    before = json.loads(given.before.read_text(encoding="utf-8"))
    earlier = old(work, given.old) if given.old else []
    aside = part(work, "fit")
    unread = _model(before, "")
    if given.unread:
        without, old_without = seen(part(work, "train"), None), seen(earlier, None)
        show("cross-validated, no reader, numbers of before", outcomes(without, unread))
        show("cross-validated, no reader", crossed(without, old_without, RANK, UNREAD))
        unread = Model.fitted([*without, *old_without], RANK, UNREAD)
    own, old_read = (seen(items, reader, ALL, unread.rank) for items in (aside, earlier))
    read = Model.fitted([*own, *old_read], READ_RANK, READ)
    show("no reader", outcomes(seen(aside, None), unread))
    show("reader, numbers of before", outcomes(own, _model(before, "read")))
    show("reader, cross-validated", crossed(own, old_read, READ_RANK, READ))
    if given.policies:
        for policy in POLICIES:
            some = seen(aside, reader, policy, unread.rank)
            show(f"{policy}, {_read(some):.1f} read", crossed(some, old_read, READ_RANK, READ))
    fitted = {"rank": unread.rank, "read": read.sure, "unread": unread.sure, "read_rank": read.rank}
    print(json.dumps(fitted))
    if given.measure:
        measure(work, reader, Kept(work, given.shipped), before, unread, read)
    if given.write:
        weighing.NUMBERS.write_text(json.dumps(fitted, indent=1) + "\n", encoding="utf-8")


def _model(numbers: dict[str, Any], read: str) -> Model:
    """Numbers as the package holds them, "read" or not."""
    return Model(numbers[f"{read}_rank" if read else "rank"], numbers[read or "unread"])


def _read(items: Sequence[Seen]) -> float:
    """Passages that were read for a question, on the average: the others count as the worst."""
    counts = []
    for s in items:
        said = {e.passage.passage_id: e.signals["answers"] for e in s.evidence}
        spans = {e.passage.passage_id for e in s.evidence if e.signals["relevance"] > LEAST}
        counts.append(len(spans & said.keys()))
    return float(np.mean(counts))


def measure(
    work: Path, reader: Kept, shipped: Kept, numbers: dict[str, Any], unread: Model, read: Model
) -> None:
    """On the theses that nothing is fitted to."""
    items, before = part(work, "measure"), _model(numbers, "read")
    own = seen(part(work, "fit"), shipped)
    refitted = Model.fitted(own, READ_RANK, READ)
    runs = {
        "features alone, numbers of before": outcomes(seen(items, None), _model(numbers, "")),
        "features alone": outcomes(seen(items, None), unread),
        "shipped reader, numbers of before, early end": outcomes(
            seen(items, shipped, TODAY), before
        ),
        "shipped reader, numbers of before": outcomes(seen(items, shipped), before),
        "shipped reader": outcomes(seen(items, shipped), refitted),
        "new reader, numbers of before": outcomes(seen(items, reader), before),
        "new reader, early end": outcomes(seen(items, reader, EARLY, unread.rank), read),
        "new reader": outcomes(seen(items, reader), read),
    }
    runs = {name: nothing(items, made) for name, made in runs.items()}
    print("\n| | " + " | ".join(table(runs["new reader"])) + " |")
    for name, rows in runs.items():
        values = [f"{v:.3f}" if k != "n" else str(v) for k, v in table(rows).items()]
        print(f"| {name} | " + " | ".join(values) + " |")
    asked = old(work, ASKED, "valid")
    print("\nIDK-MRC valid")
    show("features alone, numbers of before", outcomes(seen(asked, None), _model(numbers, "")))
    show("features alone", outcomes(seen(asked, None), unread))
    show("shipped, numbers of before, early", outcomes(seen(asked, shipped, TODAY), before))
    for policy in (EARLY, ALL):
        show(f"new, {policy}", outcomes(seen(asked, reader, policy, unread.rank), read))
    first = runs["shipped reader, numbers of before, early end"]
    for name in ("shipped reader", "new reader"):
        for what in ("first", "three"):
            change, low, high = apart(first, runs[name], what)
            print(f"{name}, {what}: {change:+.3f} ({low:+.3f} to {high:+.3f})")
    print("\n| | n | hit@1 before | after | hit@3 before | after |")
    after = slices(runs["new reader"])
    for name, rows in sorted(slices(first).items()):
        b, a = table(rows), table(after[name])
        if b["n"]:
            print(
                f"| {name} | {b['n']} | {b['hit@1']:.3f} | {a['hit@1']:.3f}"
                f" | {b['hit@3']:.3f} | {a['hit@3']:.3f} |"
            )


if __name__ == "__main__":
    main()
