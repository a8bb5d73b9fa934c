"""Weigh the sentences that may answer a question."""

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from thesis_qa.index.catalog import Catalog
from thesis_qa.index.rows import vector_key
from thesis_qa.lang.glossary import readings
from thesis_qa.model.weights import Vectors
from thesis_qa.question.query import Query, content_terms, holds
from thesis_qa.retrieve.rank import Ranking
from thesis_qa.types import Language, Passage, Sentence

QUOTED_KINDS = frozenset({"text", "list", "table", "caption", "footnote"})
MIN_WORDS = 3

_KEYWORDS = re.compile(r"^\W*(kata[\s-]*kunci|key\s*-?words?|index terms)\b", re.IGNORECASE)
_QUESTION = re.compile(r"\?[\"'”’»)\]. ]*$")
_RAISES = re.compile(r"[\"“”‘'][^\"“”]{15,}\?[\"“”’']", re.IGNORECASE)  # quotes a whole question
# A sentence that only says what a chapter, section, figure or table is about.
_ANNOUNCES = re.compile(
    r"^(?:pada |dalam |di |isi )?(?:bab|sub-?bab|bagian) (?:ini|berikut\w*|selanjutnya|[IVX\d.]+)\b"
    r".*\b(?:(?:mem|men|meng|di)?(?:bahas|jelas|urai|papar|saji)\w*|berisi|memuat|merangkum)\b"
    r"|^(?:gambar|tabel|grafik|diagram|listing|lampiran) [\w.]+ (?!.*\bbahwa\b)"
    r"(?:menampilkan|menunjukkan|menyajikan|memperlihatkan|menggambarkan|berisi|memuat|merangkum)\b"
    r"|\bin (?:(?:this|the (?:next|following|previous|final|last))(?: \w+)? (?:chapter|section)"
    r"|(?:chapter|section) [\w.]+),? (?:we|I|the author)(?: \w+)? (?:discuss|summari[sz]e|present"
    r"|describe|introduce|review|outline|explain|investigate|turn)\b"
    r"|^(?:figure|table|listing|appendix|chapter|section) [\w.]+ (?!.*\bthat\b)(?:shows|presents"
    r"|lists|summari[sz]es|gives|illustrates|describes|discusses|contains|reviews|introduces)\b"
    r"|\b(?:is|are) (?:organi[sz]ed|structured) as follows\b"
    r"|^(?:gambar|figure|fig\.|listing|diagram|grafik) [\w.]+\W",
    re.IGNORECASE,
)

# A caption of what isn't text is no statement, but the answer to who asks where a figure is.
_PICTURED = re.compile(
    r"^(?:gambar|figure|fig\.|listing|diagram|grafik|algoritma|algorithm) [\w.]+ "
    r"(?!.*\b(?:bahwa|that)\b)",
    re.IGNORECASE,
)
_ASKS_PICTURE = re.compile(
    r"\b(?:gambar|ilustrasi|diagram|grafik|bagan|listing|algoritma|figure|illustration|chart|plot"
    r"|picture|algorithm)",
    re.IGNORECASE,
)

NUMBERS = Path(__file__).parents[1] / "data" / "answer.json"


@cache
def numbers() -> dict[str, Any]:
    """The numbers fitted by benchmarks/fit_answer.py."""
    fitted: dict[str, Any] = json.loads(NUMBERS.read_text(encoding="utf-8"))
    return fitted


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, with what weighing its evidence takes."""

    catalog: Catalog
    ranking: Ranking  # of the embedding model: language means, spread
    query: Query
    vector: Vectors  # of the question, shape (dimensions,)
    weights: Mapping[str, float]  # inverse document frequency of the question's terms


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence that may answer the question, and how well each signal speaks for it."""

    passage: Passage
    sentence: Sentence
    score: float  # logit; higher is better
    signals: Mapping[str, float]
    vector: Vectors = field(compare=False, repr=False)  # language-centred, shape (dimensions,)
    answer: tuple[int, int] | None = None  # where in the sentence the answer itself stands


def asked(catalog: Catalog, ranking: Ranking, query: Query, vector: Vectors) -> Asked:
    """What is needed to weigh evidence for `query`."""
    known = catalog.document_frequency([word for _, word in query.terms])
    total = catalog.count_passages()
    weights = {
        term: math.log(1 + (total + 0.5) / (known.get(word, 0) + 0.5)) for term, word in query.terms
    }
    return Asked(catalog, ranking, query, vector, weights)


def find_evidence(question: Asked, passages: Sequence[Passage]) -> list[Evidence]:
    """Sentences of `passages` that can be quoted, best first."""
    found = [evidence for passage in passages for evidence in _in_passage(question, passage)]
    return sorted(found, key=lambda e: -e.score)


def passages_of(evidence: Sequence[Evidence]) -> list[Passage]:
    """The passages that evidence stands in, once each, in its order."""
    return list({e.passage.passage_id: e.passage for e in evidence}.values())


def _in_passage(question: Asked, passage: Passage) -> list[Evidence]:
    heads = _heads(passage)
    statements = [
        s for s in passage.sentences if is_statement(s, question.query) and s.text not in heads
    ]
    if not statements:
        return []
    vectors = centred(question, [(s.text, s.language) for s in statements])
    if any(_only_asks(s.text) for s in passage.sentences) and not question.query.wants_questions:
        # What asks or lists keywords is near to a question without answering it, and would draw
        # its whole passage there: only what the passage states counts.
        around = float(vectors.mean(axis=0) @ question.vector)
        text = " ".join(s.text for s in statements)
    else:
        [whole] = centred(question, [(passage.text, passage.language)])
        around, text = float(whole @ question.vector), passage.text
    covered = coverage(question, f"{passage.section} {text}", passage.language)
    return [
        _evidence(question, passage, s, v, around, covered)
        for s, v in zip(statements, vectors, strict=True)
    ]


def _heads(passage: Passage) -> frozenset[str]:
    """The head rows of the tables in a passage: they name columns and state nothing."""
    contexts = (s.context for s in passage.sentences if s.kind == "table" and s.context)
    return frozenset(c.rpartition(": ")[2].replace(" | ", " ") for c in contexts)


def _evidence(
    question: Asked,
    passage: Passage,
    sentence: Sentence,
    vector: Vectors,
    around: float,
    covered: float,
) -> Evidence:
    expected, language = question.query.expected, sentence.language or passage.language
    foreign = float(question.query.language != language)
    typed, match = expected != "any", holds(sentence.text, expected)
    held = coverage(question, sentence.text, language)
    signals = {
        "sentence": float(vector @ question.vector) / question.ranking.spread,
        "passage": around / question.ranking.spread,
        "words": held * (1 - foreign),
        "passage_words": covered * (1 - foreign),
        "foreign_words": held * foreign,
        "foreign_passage_words": covered * foreign,
        "holds": float(typed and match),
        "lacks": float(typed and not match),
        "announces": float(bool(_ANNOUNCES.search(sentence.text))),
    }
    return weighed(Evidence(passage, sentence, 0.0, signals, vector))


def weighed(evidence: Evidence) -> Evidence:
    """`evidence` with the score that follows from its signals, the reader's if it was read."""
    weights = numbers()["read_rank" if "answers" in evidence.signals else "rank"]
    score = sum(weight * evidence.signals[name] for name, weight in weights.items())
    return replace(evidence, score=score)


def is_statement(sentence: Sentence, query: Query) -> bool:
    """Whether a sentence states something: not a question, a line of keywords, a heading …"""
    text = sentence.text
    if sentence.kind not in QUOTED_KINDS or len(text.split()) < MIN_WORDS:
        return False
    if sentence.kind == "text" and text.upper() == text:  # a line of a cover or a running head
        return False
    if sentence.kind == "caption" and _PICTURED.match(text):
        return bool(_ASKS_PICTURE.search(query.text))
    return not _only_asks(text) or (query.wants_questions and not _KEYWORDS.match(text))


def _only_asks(text: str) -> bool:
    """Whether a sentence is a question, quotes one, or lists keywords."""
    return bool(_KEYWORDS.match(text) or _QUESTION.search(text) or _RAISES.search(text))


def coverage(question: Asked, text: str, language: Language | None) -> float:
    """Share of the question's terms, by weight, that `text` holds, itself or translated."""
    total = sum(question.weights.values())
    held = terms_held(question, text, language)
    return sum(w * held[term] for term, w in question.weights.items()) / total if total else 0.0


def terms_held(question: Asked, text: str, language: Language | None) -> dict[str, float]:
    """For each term of the question, how surely `text` holds it, 0 to 1."""
    present = stems(text)
    return {
        term: max(
            (1.0 if reading == term else min(1.0, 2 * probability)) if reading in present else 0.0
            for reading, probability in readings(term, question.query.language, language).items()
        )
        for term in question.weights
    }


@lru_cache(maxsize=4096)
def stems(text: str) -> frozenset[str]:
    """Stems of the content words and numbers of `text`."""
    return frozenset(term for term, _ in content_terms(text))


def centred(question: Asked, texts: Sequence[tuple[str, Language | None]]) -> Vectors:
    """Vectors of texts less the mean of their language, shape (len(texts), dimensions).

    A text is nearer to questions in its own language whatever it says; one in neither language
    gets the mean of both.
    """
    vectors = question.catalog.vectors([vector_key(text) for text, _ in texts])
    means = question.ranking.means
    neither = np.mean(list(means.values()), axis=0)
    less: Vectors = vectors - np.stack(
        [means[language] if language else neither for _, language in texts]
    )
    return less
