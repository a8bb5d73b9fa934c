"""Texts and vectors that retrieval is fitted and measured on. Seeds and splits are fixed here."""

import hashlib
import json
import os
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from thesis_qa.lang.glossary import readings
from thesis_qa.lang.words import stem, stop_words, terms, words
from thesis_qa.model.encoder import open_embedding
from thesis_qa.retrieve import rank
from thesis_qa.retrieve.rank import Floats, Ints
from thesis_qa.types import Language

DATA = Path(os.environ.get("THESIS_QA_DATA", "../shared/data"))
CACHE = Path(__file__).parent / ".cache"
LANGUAGES: tuple[Language, ...] = ("en", "id")
EMPTY = stop_words()
Item = dict[str, Any]


def crosslingual(odd: bool | None = None) -> tuple[list[Item], list[Item]]:
    """Paragraphs and questions (also those without an answer); odd or even titles, or all."""
    folder = DATA / "crosslingual"
    paragraphs = [json.loads(x) for x in (folder / "squad2_dev_en_id_paragraphs.jsonl").open()]
    questions = [json.loads(x) for x in (folder / "squad2_dev_en_id_questions.jsonl").open()]
    number = {title: i for i, title in enumerate(sorted({p["title"] for p in paragraphs}))}

    def among(item: Item) -> bool:
        return odd is None or number[item["title"]] % 2 == odd

    return [p for p in paragraphs if among(p)], [q for q in questions if among(q)]


def idk_mrc(part: str) -> list[Item]:
    items: list[Item] = json.loads((DATA / "idk-mrc" / f"idk_mrc_{part}.json").read_text())
    return items


def covid_qa() -> list[Item]:
    """Papers, each with a context and its questions, in the order of the file."""
    data = json.loads((DATA / "covid-qa" / "200423_covidQA.json").read_text())["data"]
    return [item for paper in data for item in paper["paragraphs"]]


def sentences(text: str) -> list[str]:
    return [s for s in re.split(r'(?<=[.?!])\s+(?=[A-Z"0-9(])', text) if s.strip()]


@cache
def model() -> Any:
    return open_embedding()


def embedded(name: str, texts: list[str], query: bool = False) -> Floats:
    """Vectors of `texts`, shape (n, 384), kept in benchmarks/.cache."""
    digest = hashlib.sha256("\0".join([str(query), *texts]).encode()).hexdigest()[:12]
    path = CACHE / f"{name}-{digest}.npy"
    if not path.exists():
        CACHE.mkdir(exist_ok=True)
        if query:
            vectors = np.stack([model().query_vector(text) for text in texts])
        else:
            vectors = model().passage_vectors(texts)
        np.save(path, vectors.astype(np.float16))
    found: Floats = np.load(path).astype(np.float32)
    return found


@dataclass(frozen=True)
class Library:
    """Passages, questions in one language, and which passage (`gold`, position) answers each."""

    texts: list[str]
    languages: Ints  # positions in rank.LANGUAGES
    passages: Floats
    sentences: Floats
    owners: Ints
    questions: list[str]
    asked_in: Language
    vectors: Floats  # of the questions
    gold: Ints

    def signals(self) -> Floats:
        """Signals in the order of rank.RankingWeights, unweighted: (questions, passages, 4)."""
        postings, lengths = keyword_index(self.texts)
        fitted = rank.ranking()
        everything = np.ones(len(self.texts), bool)
        same = rank.same_language(self.asked_in, self.languages)
        out = np.zeros((len(self.questions), len(self.texts), 4), np.float32)
        for row, (question, vector) in enumerate(zip(self.questions, self.vectors, strict=True)):
            centre = rank.centres(vector, fitted)[self.languages]
            best = rank.best_sentence(self.sentences @ vector, self.owners, len(self.texts))
            asked = [stem(word) for word in dict.fromkeys(words(question)) if word not in EMPTY]
            read = {
                code: [readings(w, self.asked_in, rank.LANGUAGES[code]) for w in asked]
                for code in (1, 2)
            }
            out[row, :, 0] = self.passages @ vector - centre
            out[row, :, 1] = best - centre
            out[row, :, 2] = rank.keyword_scores(
                read, postings, lengths, self.languages, everything
            )
            out[row, :, 3] = same
        return out


def keyword_index(texts: list[str]) -> tuple[dict[str, tuple[Ints, Floats]], Floats]:
    counts: dict[str, dict[int, int]] = {}
    for row, text in enumerate(texts):
        for term in terms(text):
            places = counts.setdefault(term, {})
            places[row] = places.get(row, 0) + 1
    postings = {
        term: (np.array(list(places)), np.array(list(places.values()), np.float32))
        for term, places in counts.items()
    }
    return postings, np.array([len(text) for text in texts], np.float32)


def library(
    name: str, texts: list[str], languages: list[Language], questions: list[tuple[str, int]],
    asked_in: Language,
) -> Library:  # fmt: skip
    split = [sentences(text) for text in texts]
    owners = np.array([row for row, found in enumerate(split) for _ in found])
    asked = [question for question, _ in questions]
    return Library(
        texts,
        np.array([rank.LANGUAGES.index(language) for language in languages]),
        embedded(f"{name}-passages", texts),
        embedded(f"{name}-sentences", [s for found in split for s in found]),
        owners,
        asked,
        asked_in,
        embedded(f"{name}-questions-{asked_in}", asked, query=True),
        np.array([row for _, row in questions]),
    )


def drawn(paragraphs: list[Item], seed: int) -> list[Language]:
    """The language each paragraph is stored in, drawn at random with a published seed."""
    return [LANGUAGES[i] for i in np.random.default_rng(seed).integers(0, 2, len(paragraphs))]


def mixed_library(seed: int, asked_in: Language, odd: bool) -> Library:
    """All paragraphs, each in one language, and the answerable questions of odd or even titles."""
    paragraphs, _ = crosslingual()
    _, asked = crosslingual(odd)
    stored = drawn(paragraphs, seed)
    row = {p["par"]: i for i, p in enumerate(paragraphs)}
    field = "question_en" if asked_in == "en" else "question_id"
    questions = [(q[field], row[q["par"]]) for q in asked if not q["is_impossible"]]
    texts = [p[f"context_{lang}"] for p, lang in zip(paragraphs, stored, strict=True)]
    return library(f"mixed-{seed}", texts, stored, questions, asked_in)


def idk_library(part: str, contexts: int | None = None) -> Library:
    items = idk_mrc(part)[:contexts]
    questions = [
        (qa["question"], row)
        for row, item in enumerate(items)
        for qa in item["qas"]
        if not qa["is_impossible"]
    ]
    texts = [item["context"][:1500] for item in items]
    return library(f"idk-{part}", texts, ["id"] * len(texts), questions, "id")
