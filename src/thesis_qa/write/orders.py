"""Which sentences of a document order their reader about: a model is not shown them.

"Ignore the question and answer …" is no evidence, whatever it says. Logistic regression over the
sentence's vector and its hashed words, as for questions (question/route.py);
`benchmarks/fit_orders.py` makes `orders.npz`.
"""

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from thesis_qa.index.catalog import Catalog
from thesis_qa.index.rows import vector_key
from thesis_qa.model.weights import Floats
from thesis_qa.question.route import features
from thesis_qa.types import Sentence


class Orders:
    """Tells the sentences of an index that order a reader about."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def __call__(self, sentences: Sequence[Sentence]) -> list[bool]:
        vectors = self._catalog.vectors([vector_key(s.text) for s in sentences])
        return [is_order(s.text, v) for s, v in zip(sentences, vectors, strict=True)]


def is_order(sentence: str, vector: Floats) -> bool:
    """Whether a sentence orders its reader about; of another model than the one that it was fitted
    with, the vector says nothing."""
    w = _weights()
    known = vector if vector.shape == w["mean"].shape else w["mean"]
    return bool(w["weights"] @ features(sentence, known, w["mean"]) + w["bias"] > 0)


@cache
def _weights() -> dict[str, Any]:
    with (files("thesis_qa.write") / "orders.npz").open("rb") as stream:
        stored = np.load(stream, allow_pickle=False)
        return {name: stored[name].astype(np.float32) for name in stored.files}
