"""Turn text into vectors.

The bundled model runs on onnxruntime, which starts in a tenth of a second and in eight-bit integers
embeds nearly twice as many passages as torch on a CPU; with a GPU, and for any other model,
sentence-transformers does the work. Their vectors agree (cosine above 0.995), so both can serve
one index.
"""

import hashlib
import os
import shutil
from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from functools import cache, cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from langchain_core.embeddings import Embeddings

from thesis_qa.errors import ModelError, SettingError
from thesis_qa.model.telemetry import disable_telemetry
from thesis_qa.model.unpack import (
    GRAPH,
    TOKENIZER,
    light_folder,
    model_name,
    sentence_transformers_folder,
    token_ids,
    token_places,
)
from thesis_qa.model.weights import Vectors

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

BUNDLED = "bundled:multilingual-e5-small"
OTHER = "sentence-transformers:"

QUERY, PASSAGE = "query: ", "passage: "  # prefixes that E5 was trained with
BATCH_TOKENS = 2048  # padded; more gains nothing on a CPU and only costs memory
GPU_WORTHWHILE = 500  # texts; below, importing torch takes longer than it saves
WHOLE_WORTHWHILE = 100_000  # characters; until then, a part of the vocabulary is read sooner

Spans = Sequence[tuple[int, int]]
"""Start and end of parts of a text, in characters."""

Ints = npt.NDArray[np.int64]

Batch = tuple[list[int], Vectors]
"""Positions of some of the texts, and their vectors of shape (n, dimensions)."""


def open_embedding(spec: str = BUNDLED) -> "Embedding":
    """The embedding model that `spec` names.

    Raises SettingError for a spec of no known kind, ModelError where the model can't be loaded.
    """
    disable_telemetry()
    if spec == BUNDLED:
        return _bundled()
    if spec.startswith(OTHER) and len(spec) > len(OTHER):
        return OtherEmbedding(spec.removeprefix(OTHER))
    raise SettingError("embedding-unknown", spec=spec, bundled=BUNDLED, other=OTHER)


@cache
def _bundled() -> "BundledEmbedding":
    """One for all indexes of the process: it takes a second and 200 MB to load whole."""
    return BundledEmbedding()


class Embedding(Embeddings):
    """LangChain's port, and beside it what indexing needs. All vectors have length 1."""

    name: str  # identity of the model: vectors of equal names can stand in one index
    dimensions: int
    max_tokens: int  # what is beyond isn't read

    @abstractmethod
    def embed_batches(self, texts: Sequence[str]) -> Iterator[Batch]:
        """Vectors of passages, batch by batch, shortest texts first."""

    @abstractmethod
    def query_vector(self, question: str) -> Vectors:
        """The vector of a question, shape (dimensions,)."""

    @abstractmethod
    def count_tokens(self, text: str) -> int:
        """How many tokens a passage has, prefix and special tokens included."""

    def passage_vectors(self, texts: Sequence[str]) -> Vectors:
        """Vectors of passages in their order, shape (len(texts), dimensions)."""
        found = np.zeros((len(texts), self.dimensions), np.float32)
        for rows, vectors in self.embed_batches(texts):
            found[rows] = vectors
        return found

    def reported_vectors(
        self, texts: Sequence[str], report: Callable[[int, int], None]
    ) -> dict[str, Vectors]:
        """Vectors of passages by text; `report` is told how many of their characters are done."""
        total, done = sum(map(len, texts)), 0
        found: dict[str, Vectors] = {}
        report(0, total)
        for rows, vectors in self.embed_batches(texts):
            found |= {texts[row]: vector for row, vector in zip(rows, vectors, strict=True)}
            done += sum(len(texts[row]) for row in rows)
            report(done, total)
        return found

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        vectors: list[list[float]] = self.passage_vectors(texts).tolist()
        return vectors

    def embed_query(self, text: str) -> list[float]:
        vector: list[float] = self.query_vector(text).tolist()
        return vector


def open_session(graph: Path, threads: int | None) -> Any:
    """An onnxruntime session of `graph`; by default with as many threads as there are cores."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads or os.cpu_count() or 1
    options.log_severity_level = 3
    # Threads that wait by spinning take the cores from other questions and other programs.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])


class BundledEmbedding(Embedding):
    """multilingual-e5-small on onnxruntime, without torch."""

    dimensions = 384
    max_tokens = 512

    def __init__(self, threads: int | None = None) -> None:
        """`threads` to compute with; by default as many as there are cores."""
        self.name = model_name()
        self._folder = light_folder()
        self._threads = threads
        self._read = 0  # characters tokenized with part of the vocabulary
        self._asked: tuple[str, Vectors] | None = None  # the last question: search and answer ask

    @cached_property
    def _session(self) -> Any:
        return open_session(self._folder / GRAPH, self._threads)

    @cached_property
    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer

        return Tokenizer.from_file(str(self._folder / TOKENIZER))

    @cached_property
    def _gpu_twin(self) -> "OtherEmbedding":
        return OtherEmbedding(str(sentence_transformers_folder()))

    def query_vector(self, question: str) -> Vectors:
        known = self._asked  # another thread may replace it
        if known is None or known[0] != question:
            ids = token_ids(self._folder, clean(QUERY + question), self.max_tokens)
            self._asked = known = question, self._run("sentence_embedding", [ids])[0]
        return known[1]

    def count_tokens(self, text: str) -> int:
        return len(self._tokenize([text])[0].ids)

    def embed_batches(self, texts: Sequence[str]) -> Iterator[Batch]:
        if len(texts) >= GPU_WORTHWHILE and _gpu():
            yield from self._gpu_twin.embed_batches(texts)
            return
        tokens = [encoding.ids for encoding in self._tokenize(texts)]
        for rows in _batches([len(ids) for ids in tokens]):
            yield rows, self._run("sentence_embedding", [tokens[row] for row in rows])

    def span_vectors(self, text: str, spans: Spans) -> Vectors:
        """Vectors of parts of a passage, shape (len(spans), dimensions), from one reading of it.

        Each is the mean of its tokens' states ("late chunking", Günther et al., 2024), so a
        sentence's vector knows its neighbours. Zero where no token was read.
        """
        encoding = self._tokenize([text])[0]
        states = self._run("token_embeddings", [encoding.ids])[0]
        places = np.array(encoding.offsets) - len(PASSAGE)  # special tokens have no width
        found = np.zeros((len(spans), self.dimensions), np.float32)
        for row, (start, end) in enumerate(spans):
            inside = (places[:, 0] < end) & (places[:, 1] > start) & (places[:, 1] > places[:, 0])
            if inside.any():
                mean = states[inside].mean(axis=0)
                found[row] = mean / np.linalg.norm(mean)
        return found

    def pieces(self, text: str) -> tuple[list[int], Ints]:
        """Token ids of the whole text, without prefix or special tokens, and where they stand.

        The second has shape (tokens, 2): start and end of each token in characters of `text`.
        """
        self._read += len(text)
        if self._read < WHOLE_WORTHWHILE and "_tokenizer" not in self.__dict__:
            found, offsets = token_places(self._folder, clean(text))
            return found, np.array(offsets, np.int64).reshape(-1, 2)
        encoding = self._tokenizer.encode(clean(text), add_special_tokens=False)
        parts = [encoding, *encoding.overflowing]
        ids = [i for part in parts for i in part.ids]
        places = [place for part in parts for place in part.offsets]
        return ids, np.array(places, np.int64).reshape(-1, 2)

    def _tokenize(self, texts: Sequence[str]) -> list[Any]:
        encodings: list[Any] = self._tokenizer.encode_batch([clean(PASSAGE + t) for t in texts])
        return encodings

    def _run(self, output: str, tokens: Sequence[Sequence[int]]) -> Vectors:
        ids = np.zeros((len(tokens), max(map(len, tokens))), np.int64)
        mask = np.zeros_like(ids)
        for row, line in enumerate(tokens):
            ids[row, : len(line)] = line
            mask[row, : len(line)] = 1
        found: Vectors = self._session.run([output], {"input_ids": ids, "attention_mask": mask})[0]
        return found


class OtherEmbedding(Embedding):
    """Any model that sentence-transformers loads, by name or folder."""

    def __init__(self, model: str) -> None:
        self._model = _load_sentence_transformer(model)
        self._lock = Lock()  # its tokenizer can't serve two threads at once
        self.dimensions = int(self._model.get_embedding_dimension() or 0)
        self.max_tokens = int(self._model.max_seq_length or 512)
        self.name = f"{Path(model).name}-{_fingerprint(self._model)}"

    def embed_batches(self, texts: Sequence[str]) -> Iterator[Batch]:
        for rows in _batches([self.count_tokens(text) for text in texts]):
            batch = [clean(texts[row]) for row in rows]
            yield rows, self._encode(self._model.encode_document, batch)

    def query_vector(self, question: str) -> Vectors:
        vector: Vectors = self._encode(self._model.encode_query, [clean(question)])[0]
        return vector

    def count_tokens(self, text: str) -> int:
        prompt = (self._model.prompts or {}).get("document") or ""
        with self._lock:
            return len(self._model.tokenizer(prompt + clean(text), verbose=False)["input_ids"])

    def _encode(self, encode: Any, texts: list[str]) -> Vectors:
        with self._lock:
            vectors = encode(
                texts, batch_size=len(texts), normalize_embeddings=True, show_progress_bar=False
            )
        return np.asarray(vectors, np.float32)


def _load_sentence_transformer(model: str) -> "SentenceTransformer":
    try:
        import sentence_transformers
        from transformers.utils import logging

        logging.set_verbosity_error()  # type: ignore[no-untyped-call]
        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        loaded = sentence_transformers.SentenceTransformer(model)
    except ImportError as error:
        raise ModelError("sentence-transformers-missing", reason=error) from error
    except (OSError, ValueError, RuntimeError) as error:
        raise ModelError(
            "embedding-unloadable", model=model, reason=type(error).__name__
        ) from error
    name = f"-{Path(model).name.lower()}"
    if not any(loaded.prompts.values()) and "-e5-" in name and "instruct" not in name:
        # as E5 models are published they don't name their prefixes
        loaded.prompts = {"query": QUERY, "document": PASSAGE}
    return loaded


def _fingerprint(model: "SentenceTransformer") -> str:
    """Of the first and last weights: tells two models of one name apart."""
    tensors = list(model.state_dict().values())
    digest = hashlib.sha256()
    for tensor in (tensors[0], tensors[-1]) if tensors else ():
        digest.update(tensor.detach().cpu().float().numpy().ravel()[:4096].tobytes())
    return digest.hexdigest()[:12]


def _gpu() -> bool:
    """Whether torch can use an NVIDIA GPU; torch is only asked where there is a driver."""
    if shutil.which("nvidia-smi") is None:
        return False
    try:
        import torch
    except ImportError:
        return False
    return bool(torch.cuda.is_available())


def clean(text: str) -> str:
    """Text a tokenizer takes: no U+0000, no lone surrogates."""
    return text.replace("\0", " ").encode("utf-8", "replace").decode()


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Positions in batches of similar length, shortest first, BATCH_TOKENS at most when padded."""
    rows: list[int] = []
    for row in sorted(range(len(lengths)), key=lambda row: (lengths[row], row)):
        if rows and (len(rows) + 1) * lengths[row] > BATCH_TOKENS:
            yield rows
            rows = []
        rows.append(row)
    if rows:
        yield rows
