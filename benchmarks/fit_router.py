"""Fit what questions are taken for: src/thesis_qa/data/router.npz; and measure it.

    python benchmarks/fit_router.py --write

Trained on `benchmarks/routes/*.tsv`, and on `benchmarks/again.tsv` for what is asked of the answer
before; measured on `evaluation/routes.tsv`, which other people wrote
and nothing is ever fitted to, and on `evaluation/routes-same-hand.tsv`, kept aside by the hand that
wrote `benchmarks/routes/f.tsv`, which flatters. A line holds: text, language, route, topic, and 1
if it can be understood without what was said before.
"""

import argparse
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_array
from sklearn.linear_model import LogisticRegression

from thesis_qa.model.encoder import open_embedding
from thesis_qa.question import route as router

HERE = Path(__file__).parent
EVALUATION = HERE.parent / "evaluation"
TRAINING, HELD_OUT = HERE / "routes", EVALUATION / "routes.tsv"
SAME_HAND = EVALUATION / "routes-same-hand.tsv"
AGAIN = HERE / "again.tsv"
TARGET = HERE.parent / "src" / "thesis_qa" / "data" / "router.npz"
BESIDE = 0.15  # what a question that can stand alone counts for: there are far more of these; in
# cross-validation .3 found .86 of those that ask of the answer before, .13 found .88
STRENGTH = 30.0  # inverse of the penalty: where each hand's examples are foretold from the others',
# 5 finds .900 of routes, 20 .906, 60 .909, 150 .900; the higher, the surer where it is wrong


def read_examples(*paths: Path) -> np.ndarray:
    """Shape (n, 5): text, language, route, topic, whether it stands alone."""
    lines = (line for path in paths for line in path.read_text(encoding="utf-8").splitlines())
    return np.array([line.split("\t") for line in lines if line], dtype=object)


def vectors_of(examples: np.ndarray) -> np.ndarray:
    embedding = open_embedding("bundled:multilingual-e5-small")
    return np.stack([embedding.query_vector(text) for text in examples[:, 0]])


def seen(examples: np.ndarray, vectors: np.ndarray, mean: np.ndarray) -> np.ndarray:
    pairs = zip(examples[:, 0], vectors, strict=True)
    return np.stack([router.features(text, vector, mean) for text, vector in pairs])


def fit(examples: np.ndarray, vectors: np.ndarray, again: np.ndarray) -> dict[str, Any]:
    """The layers as they are stored."""
    mean = vectors.mean(axis=0).astype(np.float32)
    inputs = seen(examples, vectors, mean)
    alone = LogisticRegression(C=STRENGTH, max_iter=1000, class_weight="balanced")
    alone.fit(csr_array(inputs), examples[:, 4] == "1")
    stands = examples[:, 4] == "1"  # what can stand alone asks for nothing again
    asked = np.concatenate([again[:, 1], ["none"] * stands.sum()])
    weights = np.concatenate([np.ones(len(again)), np.full(stands.sum(), BESIDE)])
    told = np.concatenate([seen(again, vectors_of(again), mean), inputs[stands]])
    return {
        "mean": mean,
        **layer("topic", inputs, np.array([f"{r}/{t}" for r, t in examples[:, 2:4]])),
        **layer("again", told, asked.astype(str), weights),
        "alone": alone.coef_[0].astype(np.float32),
        "alone_bias": np.float32(alone.intercept_[0]),
    }


def layer(
    name: str, inputs: np.ndarray, labels: np.ndarray, weights: np.ndarray | None = None
) -> dict[str, Any]:
    """One layer: rows of eight-bit integers with a scale each."""
    fitted = LogisticRegression(C=STRENGTH, max_iter=1000).fit(csr_array(inputs), labels, weights)
    scales = (np.abs(fitted.coef_).max(axis=1) / 127).astype(np.float32)
    return {
        f"{name}_classes": fitted.classes_.astype(str),
        f"{name}_weights": np.rint(fitted.coef_ / scales[:, None]).astype(np.int8),
        f"{name}_scales": scales,
        f"{name}_bias": fitted.intercept_.astype(np.float32),
    }


def measure(examples: np.ndarray, vectors: np.ndarray) -> None:
    """Print how often route and topic are right, and what content is taken for."""
    found = [router.intent(t, v) for t, v in zip(examples[:, 0], vectors, strict=True)]
    routes = np.array([one.route for one in found])
    topics = np.array([one.topic(one.route)[0] for one in found])
    right = routes == examples[:, 2]
    print(f"{len(examples)} held out: route right {right.mean():.3f},"
          f" route and topic {(right & (topics == examples[:, 3])).mean():.3f}")  # fmt: skip
    for name in sorted(set(examples[:, 2])):
        of = examples[:, 2] == name
        taken = dict(zip(*np.unique(routes[of & ~right], return_counts=True), strict=True))
        topic = (topics[of] == examples[of, 3]).mean()
        print(f"  {name:<11} {of.sum():>3}  {right[of].mean():.3f}  topic {topic:.3f}  {taken}")
    alone = np.array([one.alone >= 0.5 for one in found])
    wanted = examples[:, 4] == "1"
    print(f"stands alone right {(alone == wanted).mean():.3f};"
          f" follow-ups found {(~alone[~wanted]).mean():.3f},"
          f" others taken for one {(~alone[wanted]).mean():.3f}")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="fit anew; otherwise only measure")
    if parser.parse_args().write:
        examples = read_examples(*sorted(TRAINING.glob("*.tsv")))
        fitted = fit(examples, vectors_of(examples), read_examples(AGAIN))
        np.savez_compressed(TARGET, **fitted)
        print(f"{len(examples)} examples, {TARGET.stat().st_size / 1e3:.0f} kB")
    for path in (HELD_OUT, SAME_HAND):
        held = read_examples(path)
        print(path.name)
        measure(held, vectors_of(held))


if __name__ == "__main__":
    main()
