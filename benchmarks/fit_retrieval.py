"""Fit the numbers that retrieval ships: `lang/glossary.json` and `retrieve/ranking.json`.

    python benchmarks/fit_retrieval.py --write  # needs: pip install wordfreq

Nothing here sees the odd titles of the cross-lingual set, idk-mrc valid or the gold theses, on
which benchmarks/retrieval.py reports. The glossary joins
 - word alignments (IBM model 1) of the even titles and the parallel guides,
 - mutual neighbours of frequent words in the embedding space (CSLS), and
 - `thesis_words.tsv`, the vocabulary of theses, written by hand.
The weights are fitted, listwise, on mixed libraries of the even titles and on idk-mrc train.
"""

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from corpora import (
    DATA,
    LANGUAGES,
    Library,
    crosslingual,
    embedded,
    idk_library,
    mixed_library,
    sentences,
)
from thesis_qa.lang import glossary
from thesis_qa.lang.detect import language_of
from thesis_qa.lang.words import stem, stop_words, terms
from thesis_qa.retrieve import rank

EVERY_WORD = stop_words()
EMPTY = frozenset(map(stem, EVERY_WORD)) | EVERY_WORD
UNTRANSLATED = 0.5  # "Indonesian" articles that share this many lines with the English are left out
ROUNDS = 6
LEAST = 0.1  # probability below which a translation is dropped
SENT_WORDS = 16_000  # frequent words of each language whose neighbours are looked up
HAND = 0.4  # least probability of a pair from thesis_words.tsv
MOST = 6  # translations kept of one word
IDK_WEIGHT = 0.5  # idk-mrc against the mixed libraries in fitting the weights

Table = dict[str, dict[str, float]]
Words = list[str]


def parallel_texts() -> Iterator[tuple[str, str]]:
    """English and Indonesian of the same sentence, or of the same paragraph."""
    paragraphs, questions = crosslingual(odd=False)
    for item in paragraphs:
        yield from aligned(item["context_en"], item["context_id"])
    yield from ((item["question_en"], item["question_id"]) for item in questions)
    for path in sorted((DATA / "parallel" / "en").glob("*.md")):
        english, indonesian = (
            [x for x in p.read_text().splitlines() if x.strip()]
            for p in (path, DATA / "parallel" / "id" / path.name)
        )
        same = len(set(english) & set(indonesian)) / len(set(english))
        if len(english) == len(indonesian) and same < UNTRANSLATED:
            for one, other in zip(english, indonesian, strict=True):
                if one != other:
                    yield from aligned(one, other)


def aligned(english: str, indonesian: str) -> list[tuple[str, str]]:
    one, other = sentences(english), sentences(indonesian)
    return list(zip(one, other, strict=True)) if len(one) == len(other) else [(english, indonesian)]


def content(text: str) -> Words:
    return [word for word in terms(text) if word not in EMPTY]


def alignments(pairs: Sequence[tuple[Words, Words]]) -> Table:
    """IBM model 1, p(target word | source word); Brown et al., Computational Linguistics 1993."""
    pairs = [([*source, ""], target) for source, target in pairs]
    seen: dict[str, set[str]] = defaultdict(set)
    for source, target in pairs:
        for word in source:
            seen[word].update(target)
    table: Table = {
        word: dict.fromkeys(others, 1 / len(others)) for word, others in seen.items() if others
    }
    for _ in range(ROUNDS):
        counts: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        for source, target in pairs:
            for other in target:
                shares = [(word, table.get(word, {}).get(other, 1e-9)) for word in source]
                total = sum(share for _, share in shares)
                for word, share in shares:
                    counts[word][other] += share / total
        table = {word: normalised(others, 0.5) for word, others in counts.items()}
    table.pop("", None)
    return {word: kept for word, others in table.items() if (kept := strongest(others, LEAST))}


def normalised(others: Mapping[str, float], smoothing: float = 0.0) -> dict[str, float]:
    total = sum(others.values()) + smoothing
    return {word: count / total for word, count in others.items()}


def strongest(others: Mapping[str, float], least: float) -> dict[str, float]:
    ranked = sorted(others.items(), key=lambda pair: (-pair[1], pair[0]))
    return {word: p for word, p in ranked[:MOST] if p >= least}


def neighbours() -> dict[str, Table]:
    """Translations by cross-domain similarity local scaling (Conneau et al., ICLR 2018)."""
    words = {language: frequent_words(language) for language in LANGUAGES}
    vectors = {}
    for language, listed in words.items():
        raw = embedded(f"words-{language}", listed, query=True)
        centred = raw - raw.mean(axis=0)
        vectors[language] = centred / np.linalg.norm(centred, axis=1, keepdims=True)
    near = vectors["en"] @ vectors["id"].T
    rows = np.partition(near, -10, axis=1)[:, -10:].mean(axis=1)
    columns = np.partition(near, -10, axis=0)[-10:].mean(axis=0)
    scores = 2 * near - rows[:, None] - columns[None]
    return {
        "en": readings(scores, words["en"], words["id"]),
        "id": readings(np.ascontiguousarray(scores.T), words["id"], words["en"]),
    }


def frequent_words(language: str) -> Words:
    from wordfreq import top_n_list

    sure = [w for w in top_n_list(language, 40_000) if w.isascii() and w.isalpha() and len(w) > 2]
    return [w for w in sure if language_of(w) in (language, None)][:SENT_WORDS]


def readings(scores: np.ndarray, sources: Words, targets: Words) -> Table:
    """Softmax over the nearest, scaled down where even the nearest is far."""
    table: Table = {}
    nearest = np.argsort(-scores, axis=1)[:, :8]
    for row, source in enumerate(sources):
        found = [i for i in nearest[row] if targets[i] != source and scores[row, i] > LEAST]
        found = [i for i in found if targets[i] not in EMPTY][:4]
        if found and source not in EMPTY:
            shares = np.exp(scores[row, found] / 0.1)
            shares *= min(1.0, scores[row, found[0]] / 0.3) / shares.sum()
            table[source] = {targets[i]: float(p) for i, p in zip(found, shares, strict=True)}
    return stemmed(table)


def stemmed(table: Table) -> Table:
    totals: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    forms = Counter(stem(word) for word in table)
    for word, others in table.items():
        for other, p in others.items():
            totals[stem(word)][stem(other)] += p / forms[stem(word)]
    return {word: dict(others) for word, others in totals.items()}


def by_hand() -> dict[str, Table]:
    tables: dict[str, Table] = {"id": defaultdict(dict), "en": defaultdict(dict)}
    for line in (Path(__file__).parent / "thesis_words.tsv").read_text().splitlines():
        if not line.startswith("#"):
            indonesian, english = (list(map(stem, side.split())) for side in line.split("\t"))
            for one in indonesian:
                for other in english:
                    if one != other:
                        tables["id"][one][other] = tables["en"][other][one] = HAND
    return tables


def joined(fitted: Iterable[Table], hand: Table) -> Table:
    """Probabilities added up, at most 1 a word; a pair written by hand counts in any case."""
    totals: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for table in fitted:
        for word, others in table.items():
            for other, p in others.items():
                totals[word][other] += p
    table = {}
    for word in sorted(totals.keys() | hand.keys()):
        total = max(1.0, sum(totals[word].values()))
        both = {other: p / total for other, p in totals[word].items()}
        both |= {other: max(p, both.get(other, 0.0)) for other, p in hand.get(word, {}).items()}
        total = max(1.0, sum(both.values()) / 1.5)
        if kept := strongest({o: p / total for o, p in both.items() if o != word}, LEAST / 2):
            table[word] = {other: round(p, 2) for other, p in kept.items()}
    return table


def make_glossary() -> dict[str, Table]:
    pairs = [(content(english), content(indonesian)) for english, indonesian in parallel_texts()]
    near, hand = neighbours(), by_hand()
    return {
        "en": joined([alignments(pairs), near["en"]], hand["en"]),
        "id": joined([alignments([(b, a) for a, b in pairs]), near["id"]], hand["id"]),
    }


def fit_weights(libraries: Sequence[tuple[Library, float]]) -> dict[str, float]:
    """Weights under which the softmax over passages gives the right ones the most probability."""
    import torch

    data = [(torch.tensor(x.signals()), torch.tensor(x.gold), share) for x, share in libraries]
    scale = torch.stack([features.std((0, 1)) for features, _, _ in data[:-1]]).mean(0)
    weights = torch.zeros(4, requires_grad=True)
    optimiser = torch.optim.LBFGS([weights], max_iter=200, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimiser.zero_grad()
        value = sum(
            share * torch.nn.functional.cross_entropy(features @ (weights / scale), gold)
            for features, gold, share in data
        )
        value.backward()
        return value

    optimiser.step(loss)
    names = ("passage", "sentence", "keyword", "same_language")
    return {n: round(float(w), 2) for n, w in zip(names, weights / scale, strict=True)}


def main() -> None:
    """Fit and write; there is nothing to measure apart (benchmarks/retrieval.py does)."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", required=True)
    parser.parse_args()
    write(glossary.TABLE, make_glossary())
    glossary.glossary.cache_clear()
    paragraphs, _ = crosslingual(odd=False)
    vectors = {
        lang: embedded(f"even-{lang}", [p[f"context_{lang}"] for p in paragraphs])
        for lang in LANGUAGES
    }
    spread = float(np.median([rank.unrelated(v) for v in vectors.values()]))
    means = {lang: [round(float(x), 4) for x in v.mean(axis=0)] for lang, v in vectors.items()}
    numbers = {"weights": dict.fromkeys(("passage", "sentence", "keyword", "same_language"), 1.0)}
    write(rank.TABLE, numbers | {"spread": round(spread, 4), "means": means})
    mixed = [(mixed_library(seed, lang, odd=False), 0.25) for seed in (1, 2) for lang in LANGUAGES]
    rank.ranking.cache_clear()
    weights = fit_weights([*mixed, (idk_library("train", 600), IDK_WEIGHT)])
    print(weights)
    write(rank.TABLE, {"weights": weights, "spread": round(spread, 4), "means": means})


def write(path: Path, table: Mapping[str, object]) -> None:
    text = json.dumps(table, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    path.write_text(text + "\n", encoding="utf-8")
    print(path.name, f"{len(text):,} characters")


if __name__ == "__main__":
    main()
