"""Fit how sentences are weighed and how sure an answer is: src/thesis_qa/answer/fitted.json.

Fitted on questions of IDK-MRC train and of the even titles of the crosslingual set; reported on
IDK-MRC valid and the odd titles. Gold questions of the theses are never seen.

    python benchmarks/fit_answer.py [--work FOLDER] [--write]

Four kinds of question: answerable; adversarial (the passage is there, the fact isn't); dropped
(answerable, but the passages that answer are taken away: the subject is there, as in a thesis);
absent (the whole document is taken away). In the crosslingual set every title in one language is
one document of some twenty passages on one subject, and questions are restricted to it, in either
language: the nearest there is to a thesis.
"""

import argparse
import json
import pickle
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from corpora import covid_qa, crosslingual, idk_mrc
from thesis_qa.answer import evidence as weighing
from thesis_qa.answer.confidence import signals
from thesis_qa.answer.evidence import find_evidence, reweigh
from thesis_qa.answer.found import Evidence, Library
from thesis_qa.library import Index
from thesis_qa.model.rerank import READER
from thesis_qa.model.span_reader import open_reader
from thesis_qa.question.read import Question
from thesis_qa.types import Passage, Sentence

CONTEXTS = 400  # of IDK-MRC train
QUESTIONS = {False: 900, True: 900}  # of even and odd titles
PAPERS, PAPER_CHARACTERS = 26, 45_000  # of COVID-QA, even and odd ones
SEED = 7
FIT_ON = ("idk-train", "crosslingual-even", "papers-even")
# How sure an answer is, is fitted on titles that the reader was not trained on: half of the odd
# ones. The other half is reported.
SURE_ON = ("idk-train", "crosslingual-odd-fit", "papers-even")
CANDIDATES = 12
FIRST = 3  # citations of which one must be right, as the evaluation has it
ANSWERED = 0.9  # share of answerable questions about a document that the threshold lets through
PENALTY = 0.05  # of squared standardised weights

RANK = (
    "sentence", "passage", "words", "passage_words", "foreign_words", "foreign_passage_words",
    "holds", "lacks", "announces",
)  # fmt: skip
UNREAD = (
    "sentence", "passage", "sentence_gap", "passage_gap", "share", "passage_words", "missing",
    "names_missing", "lacks_figure", "terms",
)  # fmt: skip
READ_RANK = (*RANK, "answers", "relevance", "span")
READ = (
    "sentence", "passage", "share", "passage_words", "lacks_figure", "terms",
    "answers", "best_answers", "relevance",
)  # fmt: skip

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Case:
    """A question asked of some documents, and where its answer stands, if anywhere."""

    question: str
    kind: str  # "answerable", "adversarial", "dropped", "absent"
    source: str
    documents: tuple[str, ...] | None  # searched; None: all
    home: str
    starts: tuple[int, ...]  # of right answers in the text of `home`

    def right(self, passage: Passage, sentence: Sentence) -> bool:
        return passage.document == self.home and any(
            span.start <= start < span.end for span in sentence.spans for start in self.starts
        )


@dataclass(frozen=True, slots=True)
class Seen:
    """A case with what was found for it."""

    case: Case
    weighed: Floats  # (sentences, signals of RANK or READ_RANK)
    right: npt.NDArray[np.bool_]  # (sentences,), in the order of `weighed`: best first
    signals: dict[str, float]

    @property
    def answers(self) -> bool:
        return self.case.kind == "answerable" and bool(self.right[:FIRST].any())


# Questions


def idk_cases(part: str, count: int | None) -> tuple[dict[str, str], list[Case]]:
    """Contexts by name, each a document, and their questions, asked of all of them."""
    chance, items = random.Random(SEED), idk_mrc(part)
    items = chance.sample(items, count) if count else items
    texts = {f"{i}.txt": item["context"] for i, item in enumerate(items)}
    cases = []
    for name, item in zip(texts, items, strict=True):
        others = tuple(other for other in texts if other != name)
        for qa in item["qas"]:
            starts = tuple(a["answer_start"] for a in qa["answers"])
            kind = "adversarial" if qa["is_impossible"] else "answerable"
            if any(c.isalnum() for c in qa["question"]):
                cases.append(Case(qa["question"], kind, f"idk-{part}", None, name, starts))
                if starts and chance.random() < 0.3:
                    cases.append(Case(qa["question"], "absent", f"idk-{part}", others, name, ()))
    return texts, cases


def crosslingual_cases(odd: bool) -> tuple[dict[str, str], list[Case]]:
    """Titles in both languages, each a document, and their questions, asked of one of them."""
    paragraphs, questions = crosslingual(odd)
    texts: dict[str, str] = {}
    base: dict[tuple[int, str], tuple[str, int, str]] = {}
    for p in paragraphs:
        for language in ("en", "id"):
            name = f"{p['title']}.{language}.txt"
            text = " ".join(p[f"context_{language}"].split())
            base[p["par"], language] = (name, len(texts.get(name, "")), p[f"context_{language}"])
            texts[name] = texts.get(name, "") + text + "\n\n"
    return texts, list(_restricted(questions, base, sorted(texts), QUESTIONS[odd], odd))


def half(made: tuple[dict[str, str], list[Case]], number: int) -> tuple[dict[str, str], list[Case]]:
    """All documents, and the questions of every other title."""
    texts, cases = made
    titles = sorted({name.split(".")[-3] for name in texts})
    return texts, [c for c in cases if titles.index(c.home.split(".")[-3]) % 2 == number]


def paper_cases(odd: bool) -> tuple[dict[str, str], list[Case]]:
    """Scientific papers of COVID-QA, the longest documents there are, and expert questions.

    A question that is taken away from its paper is asked of another one in the same field, or of
    the paper without the passages that hold the answer.
    """
    chance, texts, cases = random.Random(SEED), {}, []
    papers = [p for p in covid_qa()[odd::2] if len(p["context"]) < PAPER_CHARACTERS][:PAPERS]
    names = [f"{paper['document_id']}.txt" for paper in papers]
    for name, paper in zip(names, papers, strict=True):
        text = texts[name] = " ".join(paper["context"].split())
        for qa in paper["qas"]:
            answer = " ".join(qa["answers"][0]["text"].split())
            starts = (
                tuple(m.start() for m in re.finditer(re.escape(answer), text)) if answer else ()
            )
            if not starts:
                continue
            kind, within = "answerable", name
            if (drawn := chance.random()) < 0.4:
                kind = "dropped" if drawn < 0.2 else "absent"
                within = (
                    name if kind == "dropped" else chance.choice([n for n in names if n != name])
                )
            source = f"papers-{'odd' if odd else 'even'}"
            cases.append(Case(qa["question"], kind, source, (within,), name, starts))
    return texts, cases


def _restricted(
    questions: Sequence[dict[str, Any]],
    base: dict[tuple[int, str], tuple[str, int, str]],
    names: Sequence[str],
    count: int,
    odd: bool,
) -> Iterator[Case]:
    chance = random.Random(SEED)
    for q in chance.sample(list(questions), min(count, len(questions))):
        asked_in, language = chance.choice(["en", "id"]), chance.choice(["en", "id"])
        home, offset, context = base[q["par"], language]
        starts = tuple(
            offset + len(" ".join((context[: a["answer_start"]] + "x").split())) - 1
            for a in (() if q["is_impossible"] else q[f"answers_{language}"])
            if a["answer_start"] is not None and a["answer_start"] >= 0
        )
        if not starts and not q["is_impossible"]:
            continue
        kind, within = ("answerable", home) if starts else ("adversarial", home)
        if starts and (drawn := chance.random()) < 0.3:
            kind = "dropped" if drawn < 0.2 else "absent"
            others = [n for n in names if n.split(".")[-2] == language and n != home]
            within = home if kind == "dropped" else chance.choice(others)
        source = f"crosslingual-{'odd' if odd else 'even'}"
        yield Case(q[f"question_{asked_in}"], kind, source, (within,), home, starts)


# What is found

Weighed = tuple[Case, Question, list[Evidence]]


def look(index: Index, cases: Sequence[Case]) -> list[tuple[Case, Question, list[Passage]]]:
    found = []
    for case in cases:
        question = index.question(case.question, case.documents or ())
        passages = index.passages(question, CANDIDATES)
        if case.kind == "dropped":
            passages = [p for p in passages if not any(case.right(p, s) for s in p.sentences)]
        found.append((case, question, passages))
    return found


def evidence_for(
    index: Index, found: Sequence[tuple[Case, Question, list[Passage]]]
) -> list[Weighed]:
    """The sentences weighed for each case, where there are any."""
    library = Library(index)
    weighed = ((case, asked, find_evidence(asked, library, ps)) for case, asked, ps in found)
    return [item for item in weighed if item[2]]


def read_all(index: Index, found: Sequence[Weighed]) -> list[Weighed]:
    """The same, with what the reader makes of them."""
    reader = open_reader(READER, index.embedding)
    assert reader
    return [(case, question, reweigh(reader, question, e)) for case, question, e in found]


def look_at(found: Sequence[Weighed], names: Sequence[str]) -> list[Seen]:
    """Signals of cases, their sentences in the order that the numbers of now give."""
    seen = []
    for case, question, evidence in found:
        ordered = sorted(map(weighing.weighed, evidence), key=lambda e: -e.score)
        seen.append(_seen(case, ordered, names, signals(question, ordered)))
    return seen


def _seen(
    case: Case, evidence: Sequence[Evidence], names: Sequence[str], found: dict[str, float]
) -> Seen:
    weighed = np.array([[e.signals[name] for name in names] for e in evidence])
    right = np.array([case.right(e.passage, e.sentence) for e in evidence])
    return Seen(case, weighed, right, found)


# Fitting


def fit_rank(found: Sequence[Seen], names: Sequence[str]) -> dict[str, float]:
    """Conditional logit: the right sentence among those weighed (McFadden, 1974)."""
    cases = [s for s in found if s.case.kind == "answerable" and s.right.any()]
    scale = np.concatenate([s.weighed for s in cases]).std(axis=0) + 1e-9
    share = _balance([s.case.source for s in cases])

    def loss(weights: Floats) -> tuple[float, Floats]:
        total, slope = PENALTY * float(weights @ weights), 2 * PENALTY * weights
        for s, part in zip(cases, share, strict=True):
            x = s.weighed / scale
            score = x @ weights
            p = np.exp(score - score.max())
            p /= p.sum()
            right = np.where(s.right, p, 0.0)
            total -= part * float(np.log(right.sum()))
            slope = slope - part * ((right / right.sum() - p) @ x)
        return total, slope

    best = minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B").x / scale
    return {name: round(float(w), 3) for name, w in zip(names, best, strict=True)}


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


def fit_confidence(found: Sequence[Seen], names: Sequence[str]) -> dict[str, Any]:
    """Logistic regression: whether one of the first citations answers; each source counts alike."""
    x = np.array([[s.signals[name] for name in names] for s in found])
    y = np.array([s.answers for s in found], float)
    share = _balance([s.case.source for s in found])
    weights, bias = fit_logistic(x, y, share, PENALTY / 10)
    model = {
        "bias": round(bias, 4),
        "weights": {name: round(float(w), 4) for name, w in zip(names, weights, strict=True)},
    }
    near = [s for s in found if s.answers and s.case.documents is not None]
    return model | {"threshold": round(float(np.quantile(sure(model, near), 1 - ANSWERED)), 3)}


def _balance(sources: Sequence[str]) -> Floats:
    """Weights, sum 1, with which every source counts alike."""
    each = {name: sources.count(name) for name in set(sources)}
    return np.array([1 / each[name] / len(each) for name in sources])


def sure(model: dict[str, Any], found: Sequence[Seen]) -> Floats:
    logits = [
        model["bias"] + sum(w * s.signals[name] for name, w in model["weights"].items())
        for s in found
    ]
    return 1 / (1 + np.exp(-np.array(logits)))


# Reporting


def report(name: str, model: dict[str, Any], found: Sequence[Seen]) -> None:
    p = sure(model, found)
    kinds = np.array([s.case.kind for s in found])
    right = np.array([s.answers for s in found])
    asked_of = kinds == "answerable"
    first = np.array([s.right[0] for s in found])
    print(f"\n{name}: {len(found)} questions; first sentence right {first[asked_of].mean():.3f}")
    for kind in ("adversarial", "dropped", "absent"):
        if (kinds == kind).any():
            told = _auroc(p[asked_of], p[kinds == kind])
            taken = (p[kinds == kind] >= model["threshold"]).mean()
            print(f"  {kind}: AUROC {told:.3f}, answered {taken:.2f}")
    judged = asked_of | (kinds == "adversarial")
    print(f"  answered {(p[asked_of] >= model['threshold']).mean():.2f} of the answerable;")
    print(f"  calibration error {_calibration(p[judged], right[judged]):.3f}")


def _auroc(positive: Floats, negative: Floats) -> float:
    above = (positive[:, None] > negative).mean() + 0.5 * (positive[:, None] == negative).mean()
    return float(above)


def _calibration(p: Floats, right: npt.NDArray[np.bool_], bins: int = 10) -> float:
    groups = np.array_split(np.argsort(p), bins)
    return float(sum(len(g) * abs(p[g].mean() - right[g].mean()) for g in groups) / len(p))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=None, help="keep the indexes made here")
    parser.add_argument("--most", type=int, default=1000, help="questions of each set")
    parser.add_argument("--write", action="store_true", help="write the numbers into the package")
    given = parser.parse_args()
    work = given.work or Path(mkdtemp(prefix="fit-answer-"))
    sets = {
        "idk-train": idk_cases("train", CONTEXTS),
        "crosslingual-even": crosslingual_cases(odd=False),
        "papers-even": paper_cases(odd=False),
        "idk-valid": idk_cases("valid", None),
        "crosslingual-odd-fit": half(crosslingual_cases(odd=True), 0),
        "crosslingual-odd": half(crosslingual_cases(odd=True), 1),
        "papers-odd": paper_cases(odd=True),
    }
    indexes = {
        name: _index(work / name.removesuffix("-fit"), texts) for name, (texts, _) in sets.items()
    }
    found = {name: look(indexes[name], _sample(c, given.most)) for name, (_, c) in sets.items()}
    fitted, seen = weighing.fitted_numbers(), {}
    fitted.setdefault("read_rank", dict.fromkeys(READ_RANK, 0.0))
    weighed = {name: evidence_for(indexes[name], cases) for name, cases in found.items()}
    for model, rank, names, used in (
        ("unread", "rank", RANK, UNREAD),
        ("read", "read_rank", READ_RANK, READ),
    ):
        if model == "read":
            weighed = {name: read_all(indexes[name], cases) for name, cases in weighed.items()}
        fitted[rank] = fit_rank([s for n in FIT_ON for s in look_at(weighed[n], names)], names)
        seen[model] = {name: look_at(cases, names) for name, cases in weighed.items()}
        fitted[model] = fit_confidence([s for n in SURE_ON for s in seen[model][n]], used)
    with (work / "seen.pickle").open("wb") as file:  # to look into
        pickle.dump(seen, file)
    print(json.dumps(fitted, indent=1))
    for model in ("read", "unread"):
        for name in sets:
            report(f"{name} ({model})", fitted[model], seen[model][name])
    if given.write:
        weighing.NUMBERS.write_text(json.dumps(fitted, indent=1) + "\n", encoding="utf-8")


def _sample(cases: Sequence[Case], most: int) -> list[Case]:
    return random.Random(SEED).sample(list(cases), min(most, len(cases)))


def _index(folder: Path, texts: dict[str, str]) -> Index:
    if (folder / "complete").is_file():
        return Index.open(folder)
    index = Index.from_texts(texts, folder)
    (folder / "complete").touch()
    return index


if __name__ == "__main__":
    main()
