"""An optional second look at the best passages, with a cross-encoder."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from thesis_qa.errors import ModelError, SettingError
from thesis_qa.model.weights import Floats

NONE = "none"
READER = "reader"  # reads for answers (reader.py); the order of passages stays as it is
CROSS_ENCODER = "sentence-transformers:"
DEFAULT_RERANK = READER


class Reranker:
    """Reads a question and a passage together."""

    def __init__(self, model: Any) -> None:
        self._model = model

    def scores(self, question: str, texts: Sequence[str]) -> Floats:
        """How well each text answers, higher is better, shape (len(texts),)."""
        pairs = [(question, text) for text in texts]
        scores = self._model.predict(pairs, show_progress_bar=False)
        return np.asarray(scores, np.float32).reshape(len(texts))


def open_reranker(spec: str = NONE) -> Reranker | None:
    """The reranker that the setting `rerank` names; None for "none" and "reader".

    Raises SettingError for a setting of no known kind, ModelError where the model can't be loaded.
    """
    if spec in (NONE, READER):
        return None
    name = spec.removeprefix(CROSS_ENCODER)
    if name == spec or not name:
        raise SettingError(
            "reranker-unknown", spec=spec, reader=READER, none=NONE, other=CROSS_ENCODER
        )
    try:
        from sentence_transformers import CrossEncoder

        return Reranker(CrossEncoder(name))
    except (OSError, ValueError, RuntimeError) as error:
        raise ModelError("reranker-unloadable", model=name, reason=error) from error
