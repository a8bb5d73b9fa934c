"""Whether a text says a statement, by a model that reads both together, in either language.

It is the reader (model/span_reader.py) with a change of low rank to each matrix of its own layers
(LoRA, Hu et al., 2021), learnt by benchmarks/train_support.py. Word for word it sees which fact
belongs to which: "the control class rose to 74" isn't said by "the experimental class rose to 74,
the control class to 65".
"""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from functools import cache, cached_property
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from thesis_qa.model import span_reader
from thesis_qa.model.encoder import BundledEmbedding, Embedding, open_session
from thesis_qa.model.graph import write_reader_graph
from thesis_qa.model.span_reader import EVIDENCE, padded, pairs, question_ids, read_own
from thesis_qa.model.unpack import unpacked
from thesis_qa.model.weights import Changed, Weights

LEARNT = Path(__file__).with_name("inference.npz")
GRAPH = "inference.onnx"
STATEMENT_TOKENS = 128
PREFIX = 4  # tokens before the statement: <s> and those of "query: "
MOST_WINDOWS = 4  # of evidence that is longer than a window


@cache
def open_inference(embedding: Embedding) -> "Inference | None":
    """The model, which goes with the bundled embedding alone. Raises ModelError where weights are
    damaged or the cache can't be written."""
    return Inference(embedding) if isinstance(embedding, BundledEmbedding) else None


class Inference:
    """Reads statements and evidence on onnxruntime."""

    def __init__(self, embedding: BundledEmbedding, learnt: Path = LEARNT) -> None:
        self._embedding = embedding
        digest = hashlib.sha256(learnt.read_bytes() + span_reader.SHIPPED.read_bytes()).hexdigest()
        self._folder = unpacked(
            f"inference-{digest[:12]}",
            lambda weights, folder: write_reader_graph(both(weights, learnt), folder / GRAPH),
        )

    def log_odds(self, statement: str, evidence: Sequence[str]) -> float:
        """Of the evidence, read as one text, saying the statement; of its best window where it is
        too long for one.

        A view of the whole, less how wrong the tokens of the statement seem, most of all the worst.
        """
        asked = question_ids(self._embedding, statement)
        read = self._embedding.pieces(" ".join(evidence))
        windows = islice(pairs(asked, *read, most=STATEMENT_TOKENS), MOST_WINDOWS)
        ids, mask = padded([window.ids for window in windows])
        inputs = {"input_ids": ids, "attention_mask": mask}
        tokens, whole = self._session.run(["token_scores", "answer_score"], inputs)
        wrong = tokens[:, PREFIX : 1 + min(len(asked), STATEMENT_TOKENS), EVIDENCE]
        return float((whole - np.logaddexp.reduce(wrong, axis=1)).max())

    @cached_property
    def _session(self) -> Any:
        return open_session(self._folder / GRAPH, None)


def both(weights: Weights, learnt: Path) -> Weights:
    """The embedding model's weights with the reader's, and these changed."""
    matrices, vectors = read_own(span_reader.SHIPPED)
    changes, heads = read_own(learnt)
    changed = {
        name: Changed(matrix, changes[f"{name}.down"], changes[f"{name}.up"])
        for name, matrix in matrices.items()
    }
    return replace(
        weights,
        matrices={**weights.matrices, **changed},
        vectors={**weights.vectors, **vectors, **heads},
    )
