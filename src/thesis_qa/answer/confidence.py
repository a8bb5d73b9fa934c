"""How likely it is that evidence answers a question: a calibrated estimate from several signals.

A logistic model over what the search saw, fitted by benchmarks/fit_confidence.py. A bare cosine
says little: E5's lie between .75 and .90 whatever is asked, and in one thesis everything is near.
"""

import json
import math
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from thesis_qa.answer.evidence import Evidence, coverage, stems
from thesis_qa.language import fold
from thesis_qa.question import Query, stem

MODEL = Path(__file__).parents[1] / "data" / "confidence.json"
RAREST = 7.0  # weight of a term that none of 500 passages holds: puts rarities on a scale of one
OTHERS = 10  # sentences, or passages, that the best is compared with

_NAME = re.compile(r"(?<=[\w,;:)\"'] )[A-Z][\w-]*|\b[A-Z]{2,}\w*\b|\b\w*\d\w*\b")


def confidence(query: Query, weights: Mapping[str, float], evidence: Sequence[Evidence]) -> float:
    """Probability that the best of `evidence` answers the question."""
    if not evidence:
        return 0.0
    model, found = _model(), signals(query, weights, evidence)
    logit = model["bias"] + sum(w * found[name] for name, w in model["weights"].items())
    return 1 / (1 + math.exp(-logit))


def likely() -> float:
    """The confidence from which a question is answered, chosen where the model was fitted."""
    return float(_model()["threshold"])


@cache
def _model() -> dict[str, Any]:
    model: dict[str, Any] = json.loads(MODEL.read_text())
    return model


def signals(
    query: Query, weights: Mapping[str, float], evidence: Sequence[Evidence]
) -> dict[str, float]:
    """What the estimate is made from, by name."""
    best = evidence[0]
    around = f"{best.passage.section} {best.passage.text}"
    by_sentence = sorted((e.signals["sentence"] for e in evidence), reverse=True)
    by_passage = sorted({e.passage.passage_id: e.signals["passage"] for e in evidence}.values())
    by_passage.reverse()
    everything = " ".join({e.passage.passage_id: e.passage.text for e in evidence}.values())
    foreign = float(query.language != (best.sentence.language or best.passage.language))
    missing = _missing(weights, around)
    beside = [e for e in evidence if e.passage.passage_id == best.passage.passage_id]
    typed = float(query.expected != "any")
    return {
        "sentence": best.signals["sentence"],
        "passage": best.signals["passage"],
        "best_sentence": by_sentence[0],
        "best_passage": by_passage[0],
        "sentence_gap": best.signals["sentence"] - _mean(by_sentence[1 : 1 + OTHERS]),
        "passage_gap": best.signals["passage"] - _mean(by_passage[1 : 1 + OTHERS]),
        "share": _share(evidence),
        "margin": best.score - (evidence[1].score if len(evidence) > 1 else best.score - 3),
        "words": best.signals["words"],
        "passage_words": best.signals["passage_words"],
        "foreign_words": best.signals["foreign_words"],
        "foreign_passage_words": best.signals["foreign_passage_words"],
        "found_words": coverage(weights, everything) * (1 - foreign),
        "foreign_found_words": coverage(weights, everything) * foreign,
        "missing": max(missing, default=0.0) * (1 - foreign),
        "missing_sum": sum(missing) * (1 - foreign),
        "names_missing": float(len(_names(query) - _loose(around))),
        "names_nowhere": float(len(_names(query) - _loose(everything))),
        "names_unsaid": float(len(_names(query) - _loose(best.sentence.text))),
        "names": float(bool(_names(query))),
        "nowhere": sum(_missing(weights, everything)) * (1 - foreign),
        "agrees": float(best.signals["passage"] == by_passage[0]),
        "lacks_figure": best.signals["lacks"] * (query.expected in ("number", "date")),
        "passage_lacks": float(not any(e.signals["holds"] for e in beside)) * typed,
        "spread": _spread(by_sentence),
        "foreign": foreign,
        "lacks": best.signals["lacks"],
        "holds": best.signals["holds"],
        "terms": math.log(1 + len(query.terms)),
        "several": float(query.several),
    }


def _share(evidence: Sequence[Evidence]) -> float:
    """Probability of the best among all sentences weighed, if one of them is right."""
    top = evidence[0].score
    return 1 / sum(math.exp(e.score - top) for e in evidence)


def _missing(weights: Mapping[str, float], text: str) -> list[float]:
    held = stems(text)
    return [weight / RAREST for term, weight in weights.items() if term not in held]


def _names(query: Query) -> frozenset[str]:
    """Stems of what a question names: capitalised words, abbreviations and numbers."""
    return frozenset(stem(fold(name)) for name in _NAME.findall(query.text))


def _loose(text: str) -> frozenset[str]:
    return stems(text) | frozenset(fold(text).split())


def _spread(values: Sequence[float]) -> float:
    """How many standard deviations the best stands above the mean."""
    mean = _mean(values)
    deviation = math.sqrt(_mean([(v - mean) ** 2 for v in values]))
    return (values[0] - mean) / deviation if deviation else 0.0


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
