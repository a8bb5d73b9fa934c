"""How likely it is that evidence answers a question: a calibrated estimate from several signals.

A logistic model over what the search saw, fitted by benchmarks/fit_on_theses.py. A bare cosine
says little: E5's lie between .75 and .90 whatever is asked, and in one thesis everything is near.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from thesis_qa.answer.evidence import fitted_numbers, name_stems, stems, terms_held
from thesis_qa.answer.found import Evidence
from thesis_qa.lang.words import fold
from thesis_qa.question.read import Question

RAREST = 7.0  # weight of a term that none of 500 passages holds: puts rarities on a scale of one
OTHERS = 10  # sentences, or passages, that the best is compared with


def confidence(found: Mapping[str, float]) -> float:
    """Probability that the best evidence answers, from its signals; 0 without evidence.

    The model was fitted to questions on theses: it holds as far as this is one.
    """
    if not found:
        return 0.0
    model = _model(found)
    logit = sum(weight * found[name] for name, weight in model["weights"].items())
    return (1 - found["off_topic"]) / (1 + math.exp(-model["bias"] - logit))


def likely(found: Mapping[str, float]) -> bool:
    """Whether that is enough to answer; the threshold is chosen where the model is fitted."""
    return bool(found) and confidence(found) >= _model(found)["threshold"]


def _model(found: Mapping[str, float]) -> dict[str, Any]:
    """The fitted numbers; other ones where the passages were not read."""
    model: dict[str, Any] = fitted_numbers()["read" if "answers" in found else "unread"]
    return model


def signals(
    question: Question, evidence: Sequence[Evidence], lacking: Collection[str] = ()
) -> dict[str, float]:
    """What the estimate is made from, by name; empty without evidence. `lacking` are the words of
    the question that nothing in what was searched holds; numbers among them are codes, and tell
    by themselves (passages.py)."""
    if not evidence:
        return {}
    best = evidence[0]
    around = f"{best.passage.section} {best.passage.text}"
    language = best.sentence.language or best.passage.language
    held = terms_held(question, around, language)
    missing = [(1 - held[t]) * w / RAREST for t, w in question.weights.items()]
    names = name_stems(question.text)
    absent = (term for term, word in question.terms if word in lacking and term.isalpha())
    nowhere = {term: question.weights.get(term, 0.0) for term in absent}
    figure = question.expects in ("number", "date", "duration")
    routes = question.intent.routes if question.intent else {}
    return {
        **_against_others(evidence),
        "words": best.signals["words"] + best.signals["foreign_words"],
        "passage_words": best.signals["passage_words"] + best.signals["foreign_passage_words"],
        "missing": max(missing, default=0.0),
        "names_missing": float(len(names - stems(around) - set(fold(around).split()))),
        "nowhere": max(nowhere.values(), default=0.0) / RAREST,
        "names_nowhere": float(len(names & nowhere.keys())),
        "lacks_figure": best.signals["lacks"] * figure,
        "number": float(question.expects == "number"),
        "terms": math.log(1 + len(question.terms)),
        "heading_words": best.signals["heading_words"],
        "off_topic": routes.get("off-topic", 0.0),
        "section": routes.get("section", 0.0),  # a part of a thesis always says something
        # Readers and words are less sure of English texts that are asked in Indonesian.
        "of_english": float(question.language == "id" and best.passage.language == "en"),
        **_as_read(evidence),
    }


def _against_others(evidence: Sequence[Evidence]) -> dict[str, float]:
    """How the best sentence, and its passage, stand out from the rest."""
    best = evidence[0].signals
    by_sentence = sorted((e.signals["sentence"] for e in evidence), reverse=True)
    of_passages = {e.passage.passage_id: e.signals["passage"] for e in evidence}
    by_passage = sorted(of_passages.values(), reverse=True)
    return {
        "sentence": best["sentence"],
        "passage": best["passage"],
        "best_sentence": by_sentence[0],
        "sentence_gap": best["sentence"] - _mean(by_sentence[1 : 1 + OTHERS]),
        "passage_gap": best["passage"] - _mean(by_passage[1 : 1 + OTHERS]),
        # Probability of the best among all sentences weighed, if one of them is right.
        "share": 1 / sum(math.exp(e.score - evidence[0].score) for e in evidence),
    }


def _as_read(evidence: Sequence[Evidence]) -> dict[str, float]:
    """What the reader makes of it; empty where it read nothing."""
    best = evidence[0].signals
    if "answers" not in best:
        return {}
    return {
        "answers": best["answers"],
        "best_answers": max(e.signals["answers"] for e in evidence),
        "relevance": best["relevance"],
        "relevances": math.log(sum(math.exp(e.signals["relevance"]) for e in evidence)),
        "best_span": max(e.signals["span"] for e in evidence),
    }


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
