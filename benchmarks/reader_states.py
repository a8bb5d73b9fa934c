"""Training examples as the reader's own layers see them: states that the lower layers leave.

The lower layers aren't trained, so what they make of an example is computed once and kept in
half precision, in chunks of CHUNK examples:

    python benchmarks/reader_states.py WORK

It can be stopped and started again; training begins with the chunks there are.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from reader_data import Example, Spans, examples
from thesis_qa.model.encoder import BundledEmbedding, Ints
from thesis_qa.model.graph import write_graph
from thesis_qa.model.span_reader import LOWER, Pair, padded, pairs, question_ids
from thesis_qa.model.weights import read_weights, weights_file

CHUNK = 256
BATCH = 8
Halves = npt.NDArray[np.float16]


@dataclass(frozen=True, slots=True)
class Labelled:
    """A pair and what is to be learnt from it, in positions of its tokens."""

    pair: Pair
    start: int  # 0, the first token of all, where the passage doesn't answer
    end: int
    evidence: npt.NDArray[np.bool_]  # of shape (tokens,)
    exact: bool  # whether start and end are to be learnt


@dataclass(frozen=True, slots=True)
class Batch:
    """Labelled pairs, padded: all of shape (pairs, …)."""

    states: npt.NDArray[Any]  # (pairs, tokens, hidden)
    mask: npt.NDArray[np.bool_]  # (pairs, tokens): where there are tokens
    readable: npt.NDArray[np.bool_]  # (pairs, tokens): those of the passage
    start: Ints
    end: Ints
    evidence: npt.NDArray[np.bool_]
    exact: npt.NDArray[np.bool_]


def label(embedding: BundledEmbedding, example: Example) -> Labelled:
    """The window of the example's passage that holds the answer, with the answer's tokens."""
    asked = question_ids(embedding, example.question)
    windows = list(pairs(asked, *embedding.pieces(example.passage)))
    if not example.answers:
        pair = windows[0]
        return Labelled(pair, 0, 0, np.zeros(len(pair.ids), np.bool_), True)
    found = [labelled(pair, example) for pair in windows]
    return max(found, key=lambda item: item.end - item.start)


def labelled(pair: Pair, example: Example) -> Labelled:
    inside = np.flatnonzero(covered(pair, example.answers))
    evidence = covered(pair, example.evidence)
    if not len(inside):
        return Labelled(pair, 0, 0, evidence, True)
    return Labelled(pair, int(inside[0]), int(inside[-1]), evidence, example.exact)


def covered(pair: Pair, spans: Spans) -> npt.NDArray[np.bool_]:
    found = np.zeros(len(pair.ids), np.bool_)
    left, right = pair.places[:, 0], pair.places[:, 1]
    for start, end in spans:
        inside = (left < end) & (right > start) & (right > left)
        found[pair.first : pair.first + len(inside)] |= inside
    return found


class Lower:
    """The layers below the reader's own, in eight-bit integers as it will run on them."""

    def __init__(self, work: Path, threads: int = 1) -> None:
        import onnxruntime

        path = work / "lower.onnx"
        if not path.exists():
            write_graph(read_weights(weights_file()), path, LOWER)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self.session = onnxruntime.InferenceSession(str(path), options)

    def states(self, lines: list[list[int]]) -> Iterator[Halves]:
        """For each line of token ids, states of shape (tokens, hidden)."""
        for at in range(0, len(lines), BATCH):
            batch = lines[at : at + BATCH]
            ids, mask = padded(batch)
            inputs = {"input_ids": ids, "attention_mask": mask}
            (found,) = self.session.run(["token_embeddings"], inputs)
            for line, states in zip(batch, found, strict=True):
                yield states[: len(line)].astype(np.float16)


def write_chunk(path: Path, lower: Lower, items: list[Labelled]) -> None:
    items = sorted(items, key=lambda item: len(item.pair.ids))
    states = np.concatenate(list(lower.states([item.pair.ids for item in items])))
    fields = {
        "states": states,
        "evidence": np.concatenate([item.evidence for item in items]),
        "length": np.array([len(item.pair.ids) for item in items]),
        "first": np.array([item.pair.first for item in items]),
        "start": np.array([item.start for item in items]),
        "end": np.array([item.end for item in items]),
        "exact": np.array([item.exact for item in items]),
    }
    draft = path.with_suffix(".draft.npz")
    np.savez(draft, **fields)
    draft.rename(path)


class Chunk:
    """Examples of one file, in order of their length."""

    def __init__(self, path: Path) -> None:
        with np.load(path) as stored:
            self.fields = {name: stored[name] for name in stored.files}
        self.ends = np.cumsum(self.fields["length"])

    def __len__(self) -> int:
        return len(self.ends)

    def batch(self, rows: Ints) -> Batch:
        length, first = self.fields["length"][rows], self.fields["first"][rows]
        longest = int(length.max())
        place = np.arange(longest)[None, :]
        mask = place < length[:, None]
        readable = (place >= first[:, None]) & (place < length[:, None] - 1)
        states = np.zeros((*mask.shape, self.fields["states"].shape[1]), np.float32)
        evidence = np.zeros(mask.shape, np.bool_)
        for i, row in enumerate(rows):
            part = slice(self.ends[row] - length[i], self.ends[row])
            states[i, : length[i]] = self.fields["states"][part]
            evidence[i, : length[i]] = self.fields["evidence"][part]
        start, end, exact = (self.fields[name][rows] for name in ("start", "end", "exact"))
        return Batch(states, mask, readable, start, end, evidence, exact)


def main(work: Path) -> None:
    work.mkdir(parents=True, exist_ok=True)
    lower, embedding, found = Lower(work), BundledEmbedding(1), examples()
    for number, at in enumerate(range(0, len(found), CHUNK)):
        path = work / f"chunk-{number:03}.npz"
        if not path.exists():
            write_chunk(path, lower, [label(embedding, e) for e in found[at : at + CHUNK]])
            print(path.name, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
