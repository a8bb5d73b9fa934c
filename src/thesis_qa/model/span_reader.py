"""Read a question and a passage together: where the answer stands, and whether there is one.

The reader is a span reader (Devlin et al., 2019) with a no-answer score (Rajpurkar et al., 2018)
on the bundled embedding model: its lower layers are the embedder's, its upper layers its own.
How it was trained and what it can do: docs/developers/reader.md.
"""

import hashlib
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from thesis_qa.errors import ModelError
from thesis_qa.model.encoder import QUERY, BundledEmbedding, Embedding, Ints, open_session
from thesis_qa.model.graph import write_reader_graph
from thesis_qa.model.rerank import READER
from thesis_qa.model.unpack import PAD, unpacked
from thesis_qa.model.weights import Floats, Rows, Weights

LOWER = 6  # layers that are the embedding model's; those above are the reader's own
SHIPPED = Path(str(files("thesis_qa") / "data" / "reader.npz"))
GRAPH = "reader.onnx"
SCALES = ".scales"
BATCH = 2  # windows; more at once are slower, each token of them
BOS, EOS = 0, 2
QUESTION_TOKENS = 64
WINDOW_TOKENS, STRIDE = 256, 128
MOST_PASSAGES = 12
SPAN_TOKENS = 160  # of the longest answer
START, END, EVIDENCE = range(3)
TOP = 63  # the largest weight as it is stored: the graph computes with no finer ones


@dataclass(frozen=True, slots=True)
class Reading:
    """What a passage says to a question.

    `answer_probability` is the probability that the passage answers at all; `passage[start:end]`
    is the likeliest answer, whether or not it does, and `span_probability` how likely it is among
    all spans. An empty span, of probability 0, is where there is nothing to read.
    """

    start: int
    end: int
    span_probability: float
    answer_probability: float
    places: Ints  # of the tokens: start and end in characters, shape (n, 2)
    relevances: Floats  # probability that each token is part of what answers, shape (n,)

    def relevance(self, start: int, end: int) -> float:
        """How likely these characters of the passage answer: the mean over their tokens."""
        inside = (self.places[:, 0] < end) & (self.places[:, 1] > start)
        return float(self.relevances[inside].mean()) if inside.any() else 0.0

    def behind(self, length: int) -> "Reading":
        """The same, of what stands behind the first `length` characters that were read."""
        own = self.places[:, 1] > length
        return replace(
            self,
            start=max(0, self.start - length),
            end=max(0, self.end - length),
            places=self.places[own] - length,
            relevances=self.relevances[own],
        )


NOTHING = Reading(0, 0, 0.0, 0.0, np.zeros((0, 2), np.int64), np.zeros(0, np.float32))


@dataclass(frozen=True, slots=True)
class Pair:
    """A question with (a window of) a passage, as the encoder reads them."""

    ids: list[int]
    first: int  # position of the first token of the passage
    places: Ints  # of its tokens: start and end in characters of the passage, shape (n, 2)


def pairs(question: list[int], passage: list[int], places: Ints) -> Iterator[Pair]:
    """`<s> question </s></s> passage </s>`, for each window of the passage."""
    head = [BOS, *question[:QUESTION_TOKENS], EOS, EOS]
    for left in range(0, max(1, len(passage) - WINDOW_TOKENS + STRIDE), STRIDE):
        part = slice(left, left + WINDOW_TOKENS)
        yield Pair([*head, *passage[part], EOS], len(head), places[part])


def padded(lines: Sequence[list[int]]) -> tuple[Ints, Ints]:
    """Token ids in the shape (lines, tokens), and a mask that is 0 where there are none."""
    ids = np.full((len(lines), max(map(len, lines))), PAD, np.int64)
    mask = np.zeros_like(ids)
    for row, line in enumerate(lines):
        ids[row, : len(line)] = line
        mask[row, : len(line)] = 1
    return ids, mask


def question_ids(embedding: BundledEmbedding, question: str) -> list[int]:
    return embedding.pieces(QUERY + question)[0]


@cache
def open_reader(spec: str, embedding: Embedding) -> "Reader | None":
    """The reader, if the setting `rerank` names it; it goes with the bundled model alone, and there
    is one for all indexes that share that.

    Raises ModelError where its weights are missing or damaged.
    """
    if spec != READER or not isinstance(embedding, BundledEmbedding):
        return None
    return Reader(embedding)


class Reader:
    """Reads passages with the weights that come with the package, on onnxruntime."""

    def __init__(
        self, embedding: BundledEmbedding, weights: Path = SHIPPED, threads: int | None = None
    ) -> None:
        """`embedding` lends its tokenizer; `weights` are those shipped, or a file like them.

        Raises ModelError where they are missing or damaged, or the cache can't be written.
        """
        self._embedding = embedding
        self._graph = reader_folder(weights) / GRAPH
        self._threads = threads

    def read(self, question: str, passages: Sequence[str]) -> list[Reading]:
        """A reading of each passage, in their order. Raises ValueError for over MOST_PASSAGES.

        What is longer than WINDOW_TOKENS is read in windows, and the one that answers counts.
        """
        if len(passages) > MOST_PASSAGES:
            raise ValueError(f"{len(passages)} > {MOST_PASSAGES}")
        if not question.strip():
            return [NOTHING] * len(passages)
        asked = question_ids(self._embedding, question)
        windows = [
            (row, pair)
            for row, passage in enumerate(passages)
            for pair in pairs(asked, *self._embedding.pieces(passage))
            if passage.strip() and len(pair.places)
        ]
        found: list[list[_Window]] = [[] for _ in passages]
        for (row, _), window in zip(windows, self._windows([p for _, p in windows]), strict=True):
            found[row].append(window)
        return [_reading(p, seen) for p, seen in zip(passages, found, strict=True)]

    def _windows(self, items: Sequence[Pair]) -> list["_Window"]:
        """Read pairs in batches of similar length."""
        order = sorted(range(len(items)), key=lambda i: len(items[i].ids))
        found: dict[int, _Window] = {}
        for at in range(0, len(order), BATCH):
            batch = order[at : at + BATCH]
            ids, mask = padded([items[i].ids for i in batch])
            inputs = {"input_ids": ids, "attention_mask": mask}
            tokens, answers = self._session.run(["token_scores", "answer_score"], inputs)
            for i, scores, answer in zip(batch, tokens, answers, strict=True):
                found[i] = _Window(items[i], scores, float(answer))
        return [found[i] for i in range(len(items))]

    @cached_property
    def _session(self) -> Any:
        return open_session(self._graph, self._threads)


class _Window:
    """What the model says to one pair."""

    def __init__(self, pair: Pair, scores: Floats, answer: float) -> None:
        """`scores` has shape (tokens or more, 3)."""
        self.places = pair.places
        inside = scores[pair.first : pair.first + len(pair.places)]
        self.relevances = _sigmoid(inside[:, EVIDENCE])
        first, last = _log_softmax(inside[:, START]), _log_softmax(inside[:, END])
        spans = first[:, None] + last[None, :]
        length = np.arange(len(last))[None, :] - np.arange(len(first))[:, None]
        spans[(length < 0) | (length >= SPAN_TOKENS)] = -np.inf
        self.first, self.last = divmod(int(spans.argmax()), len(last))
        self.probability = float(np.exp(spans[self.first, self.last]))
        margin = inside[self.first, START] + inside[self.last, END] - scores[0, :2].sum()
        self.answer = (answer + float(margin) / 2) / 2  # two views of the same; better together


def _reading(passage: str, windows: Sequence[_Window]) -> Reading:
    if not windows:
        return NOTHING
    best = max(windows, key=lambda window: window.answer)
    start, end = int(best.places[best.first, 0]), int(best.places[best.last, 1])
    part = passage[start:end]
    start += len(part) - len(part.lstrip())  # a token holds the space before it …
    part = part.strip()
    return Reading(
        start,
        start + len(part.rstrip(".,;: ").rstrip() or part),  # … and may hold the full stop after it
        best.probability,
        float(_sigmoid(np.float32(best.answer))),
        np.concatenate([window.places for window in windows]),
        np.concatenate([window.relevances for window in windows]),
    )


def _log_softmax(scores: Floats) -> Floats:
    shifted: Floats = scores - scores.max()
    shifted -= np.log(np.exp(shifted).sum())
    return shifted


def _sigmoid(scores: Any) -> Any:
    return 1 / (1 + np.exp(-scores))


# Weights


def reader_folder(source: Path) -> Path:
    """The folder with the reader's graph, made of `source` if it isn't there."""
    try:
        digest = hashlib.sha256(source.read_bytes()).hexdigest()[:12]
        return unpacked(f"reader-{digest}", lambda weights, folder: _write(weights, source, folder))
    except (OSError, EOFError, ValueError, KeyError, BadZipFile, zlib.error) as error:
        raise ModelError("reader-unreadable", file=str(source)) from error


def _write(weights: Weights, source: Path, folder: Path) -> None:
    matrices, vectors = read_own(source)
    both = replace(
        weights,
        matrices={**weights.matrices, **matrices},
        vectors={**weights.vectors, **vectors},
    )
    write_reader_graph(both, folder / GRAPH)


def read_own(source: Path) -> tuple[dict[str, Rows], dict[str, Floats]]:
    """The reader's own matrices and vectors, by the names of `Weights`."""
    with source.open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
        tensors = {name: stored[name] for name in stored.files}
    scales = {n.removesuffix(SCALES): t for n, t in tensors.items() if n.endswith(SCALES)}
    matrices = {name: Rows(tensors[name], scale) for name, scale in scales.items()}
    vectors = {
        name: tensor.astype(np.float32).ravel()
        for name, tensor in tensors.items()
        if name not in scales and not name.endswith(SCALES)
    }
    return matrices, vectors


def write_own(tensors: Mapping[str, Floats], path: Path) -> None:
    """Keep what was trained: the layers' matrices with one scale a row, the rest in half precision.

    `tensors` has float32 arrays under the names of `Weights`, matrices in two dimensions.
    """
    stored: dict[str, Any] = {}
    for name, tensor in tensors.items():
        if tensor.ndim == 2 and name.startswith("l"):
            scales = (np.abs(tensor).max(axis=1) / TOP).astype(np.float16)
            stored[name] = np.rint(tensor / scales.astype(np.float32)[:, None]).astype(np.int8)
            stored[name + SCALES] = scales
        else:
            stored[name] = tensor.astype(np.float16)
    np.savez_compressed(path, **stored)
