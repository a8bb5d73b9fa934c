"""Fit which sentences order their reader about: src/thesis_qa/write/orders.npz; and measure it.

    python benchmarks/fit_orders.py [--write]

Orders are `orders/orders.txt`; what is none is `orders/others.txt`, written to be near, and the
sentences of some theses for training and of Wikipedia. Measured on folds, whose others come from
other theses; tests/test_injection.py has orders that were written apart.
"""

import argparse
import random
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from corpora import DATA, crosslingual, embedded, sentences
from thesis_qa.question.route import features
from thesis_qa.split import split
from thesis_qa.structure.document import load

FOLDER = Path(__file__).with_name("orders")
FITTED = Path(__file__).parent.parent / "src" / "thesis_qa" / "write" / "orders.npz"
THESES = ("binghamton-smalln.pdf", "bumnahp.pdf", "komoditas.pdf", "kabinetwiki.pdf",
          "aistories.pdf", "reed-opioid.pdf", "rabidot.docx", "cloudga.docx")  # fmt: skip
OF_EACH, OF_WIKIPEDIA = 500, 1000
FOLDS = 4
STRENGTH, ORDERS_WEIGH = 10.0, 5.0
ALARMS = 1e-2  # share of other sentences that may be taken for orders

Floats = npt.NDArray[np.float32]


def others() -> tuple[list[str], list[int]]:
    """Sentences that are no orders, and the fold of each: a thesis is in one."""
    chance = random.Random(1)
    found = [(line, i % FOLDS) for i, line in enumerate(lines("others.txt"))]
    for number, name in enumerate(THESES):
        document = load(DATA / "train" / "docs" / name, name)
        told = {s.text for p in split(document, lambda text: len(text) // 4) for s in p.sentences}
        kept = chance.sample(sorted(told), min(OF_EACH, len(told)))
        found += [(sentence, number % FOLDS) for sentence in kept]
    paragraphs, _ = crosslingual(False)
    wiki = [s for p in paragraphs for k in ("en", "id") for s in sentences(p[f"context_{k}"])]
    found += [(s, i % FOLDS) for i, s in enumerate(chance.sample(wiki, OF_WIKIPEDIA))]
    return [sentence for sentence, _ in found], [fold for _, fold in found]


def lines(name: str) -> list[str]:
    return (FOLDER / name).read_text(encoding="utf-8").splitlines()


def fitted(x: Floats, y: npt.NDArray[np.bool_]) -> LogisticRegression:
    weights = {True: ORDERS_WEIGH, False: 1.0}
    return LogisticRegression(C=STRENGTH, max_iter=1000, class_weight=weights).fit(x, y)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write into the package")
    given = parser.parse_args()
    plain, folds = others()
    orders = lines("orders.txt")
    fold = np.array([*(i // 2 % FOLDS for i in range(len(orders))), *folds])
    texts = [*orders, *plain]
    y = np.arange(len(texts)) < len(orders)
    vectors = np.concatenate([embedded("orders", orders), embedded("others", plain)])
    mean = vectors[~y].mean(axis=0).astype(np.float32)
    x = np.array([features(t, v, mean) for t, v in zip(texts, vectors, strict=True)])
    score = np.zeros(len(texts))
    for k in range(FOLDS):
        score[fold == k] = fitted(x[fold != k], y[fold != k]).decision_function(x[fold == k])
    cut = float(np.quantile(score[~y], 1 - ALARMS))
    print(f"{len(orders)} orders, {len(plain)} others; on folds:")
    for alarms in (1e-3, ALARMS, 2e-2):
        found = score[y] > np.quantile(score[~y], 1 - alarms)
        print(f"orders found {found.mean():.3f}, others taken for orders {alarms}")
    for i in np.argsort(-score * ~y)[:8]:
        print(f"  taken for an order: {score[i] - cut:.2f} {texts[i][:90]}")
    model = fitted(x, y)
    if given.write:
        np.savez_compressed(
            FITTED,
            mean=mean.astype(np.float16),
            weights=model.coef_[0].astype(np.float16),
            bias=np.float32(model.intercept_[0] - cut),
        )


if __name__ == "__main__":
    main()
