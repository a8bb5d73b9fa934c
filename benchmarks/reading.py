"""What the reader makes of the passage that holds the answer, or should:

    python benchmarks/reading.py [--weights FILE] [--most 600] [--json]

- `f1`: words of the likeliest span against the nearest reference answer, over the answerable;
- `auroc`: how well the answer probability tells the answerable from the unanswerable;
- `sentence`: share of the answerable where the most relevant sentence holds an answer;
- `brier` of the answer probability.

idk-mrc is its valid part, crosslingual its odd titles: the reader saw neither. Values have 95 %
bootstrap intervals over the questions.
"""

import argparse
import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.metrics import roc_auc_score

from corpora import LANGUAGES, crosslingual, idk_mrc
from thesis_qa.lang.words import words
from thesis_qa.model.encoder import BundledEmbedding
from thesis_qa.model.span_reader import SHIPPED, Reader, Reading
from thesis_qa.split import sentence_spans

SEED, DRAWS = 3, 500


@dataclass(frozen=True, slots=True)
class Asked:
    """A question on one passage, with every reference answer; none if it has no answer there."""

    question: str
    passage: str
    answers: tuple[tuple[int, int], ...]

    def f1(self, reading: Reading) -> float:
        given = self.passage[reading.start : reading.end]
        return max(word_f1(given, self.passage[start:end]) for start, end in self.answers)

    def sentence(self, reading: Reading) -> bool:
        """Whether the most relevant sentence overlaps an answer by half of the shorter."""
        left, right = max(sentence_spans(self.passage), key=lambda span: reading.relevance(*span))
        return any(
            2 * (min(right, end) - max(left, start)) >= min(end - start, right - left)
            for start, end in self.answers
        )


def word_f1(given: str, reference: str) -> float:
    ours, theirs = Counter(words(given)), Counter(words(reference))
    shared = sum((ours & theirs).values())
    return 2 * shared / max(1, sum(ours.values()) + sum(theirs.values()))


def asked_of(question: str, passage: str, answers: list[dict[str, object]]) -> Asked | None:
    spans = tuple(
        (int(str(a["answer_start"])), int(str(a["answer_start"])) + len(str(a["text"])))
        for a in answers
    )
    good = tuple(s for s in spans if s[0] < s[1] <= len(passage))
    return Asked(question, passage, good) if len(good) == len(spans) else None


def indonesian() -> Iterator[Asked | None]:
    for item in idk_mrc("valid"):
        for q in item["qas"]:
            yield asked_of(q["question"], item["context"], q["answers"])


def across(asked_in: str, language: str) -> Iterator[Asked | None]:
    paragraphs, questions = crosslingual(odd=True)
    texts = {p["par"]: p[f"context_{language}"] for p in paragraphs}
    for q in questions:
        if q["is_impossible"] or q[f"answers_{language}"]:
            answers = [] if q["is_impossible"] else q[f"answers_{language}"]
            yield asked_of(q[f"question_{asked_in}"], texts[q["par"]], answers)


def interval(metric: Callable[[np.ndarray], float], count: int) -> tuple[float, float, float]:
    """The metric over all, and its 95 % bootstrap interval; `metric` takes rows."""
    draw = np.random.default_rng(SEED)
    drawn = [metric(draw.integers(0, count, count)) for _ in range(DRAWS)]
    low, high = np.nanquantile(drawn, [0.025, 0.975])
    return metric(np.arange(count)), float(low), float(high)


def measure(reader: Reader, items: list[Asked]) -> dict[str, tuple[float, float, float]]:
    readings = [reader.read(item.question, [item.passage])[0] for item in items]
    probability = np.array([r.answer_probability for r in readings])
    answerable = np.array([bool(item.answers) for item in items])
    both = list(zip(items, readings, strict=True))
    f1 = np.array([item.f1(r) for item, r in both if item.answers])
    hits = np.array([item.sentence(r) for item, r in both if item.answers])

    def auroc(rows: np.ndarray) -> float:
        return float(roc_auc_score(answerable[rows], probability[rows]))

    def brier(rows: np.ndarray) -> float:
        return float(((probability - answerable)[rows] ** 2).mean())

    return {
        "f1": interval(lambda rows: float(f1[rows].mean()), len(f1)),
        "sentence": interval(lambda rows: float(hits[rows].mean()), len(hits)),
        "auroc": interval(auroc, len(items)),
        "brier": interval(brier, len(items)),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the reader on passages it is given.")
    parser.add_argument("--weights", type=Path, default=SHIPPED)
    parser.add_argument("--most", type=int, default=600, help="questions of each set")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    reader = Reader(BundledEmbedding(given.threads), given.weights, given.threads)
    sets = {"idk-mrc valid": indonesian()}
    for asked_in in LANGUAGES:
        for language in LANGUAGES:
            sets[f"odd titles, {asked_in} question, {language} passage"] = across(
                asked_in, language
            )
    for name, source in sets.items():
        items = [item for item in source if item]
        items = random.Random(SEED).sample(items, min(given.most, len(items)))
        found = measure(reader, items)
        if given.json:
            print(json.dumps({"set": name, "n": len(items), **found}), flush=True)
        else:
            values = "  ".join(f"{k} {v:.3f} ({a:.3f}–{b:.3f})" for k, (v, a, b) in found.items())
            print(f"{name}, n={len(items)}: {values}", flush=True)


if __name__ == "__main__":
    main()
