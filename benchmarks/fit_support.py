"""Fit when evidence supports a statement: src/thesis_qa/write/support.json; and report the check.

Statements are made from sentences of the crosslingual set and their machine translations: fitted
on the even titles, reported on the odd ones, whose false statements come in kinds.

    python benchmarks/fit_support.py [--write] [--show KIND]

True: a sentence or a clause of the evidence, or its translation, or clauses of two sentences;
"asked": a question that the evidence answers, with the answer in place of its question word, for
these are worded anew. False: "astray", the same with another sentence of its paragraph as evidence;
"other": another sentence of the paragraph; "near": the nearest sentence of the title; "mixed": a
clause of the evidence, joined with one of another sentence; "number", "name", "date", "denial": the
sentence with one of these changed.
"""

import argparse
import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from corpora import Item, crosslingual, sentences
from thesis_qa.lang.detect import language_of
from thesis_qa.lang.numbers import months_in
from thesis_qa.model.encoder import BundledEmbedding
from thesis_qa.retrieve.rank import ranking
from thesis_qa.types import Language
from thesis_qa.write import checker
from thesis_qa.write.checker import Checker, Premise, encoded, support_signals

SEED = 9
CASES = {False: 700, True: 500}  # of even and odd titles, half of them true
ASKED = {False: 350, True: 250}
WORDS = 5  # of a clause
KEPT = 0.95  # share of true statements that support lets through
PENALTY = 1e-3
READ = ("near", "covered", "foreign", "all_words", "weakest", "lost")
UNREAD = ("near", "covered", "foreign")
Floats = npt.NDArray[np.float64]
LANGUAGES: tuple[Language, Language] = ("en", "id")


@dataclass(frozen=True, slots=True)
class Pair:
    """A sentence in both languages."""

    en: str
    id: str
    paragraph: int
    title: str

    def text(self, language: Language) -> str:
        return self.en if language == "en" else self.id


@dataclass(frozen=True, slots=True)
class Case:
    statement: str
    evidence: tuple[Premise, ...]
    kind: str  # "true", "asked", or why it is false

    @property
    def true(self) -> bool:
        return self.kind in ("true", "asked")

    @property
    def foreign(self) -> bool:
        return all(s.language != language_of(self.statement) for s in self.evidence)


def pairs(paragraphs: Sequence[Item]) -> list[Pair]:
    """Sentences of paragraphs that have as many in both languages, with equal numbers."""
    found = []
    for p in paragraphs:
        both = [sentences(" ".join(p[f"context_{language}"].split())) for language in LANGUAGES]
        if len(both[0]) == len(both[1]):
            found += [
                Pair(en, id_, p["par"], p["title"])
                for en, id_ in zip(*both, strict=True)
                if len(en.split()) >= WORDS and _figures(en) == _figures(id_)
            ]
    return found


def _figures(text: str) -> set[str]:
    return set(re.findall(r"\d+", text))


def cases(found: Sequence[Pair], count: int, changed: bool) -> list[Case]:
    """Half of them true; with `changed`, as many again whose facts are changed."""
    chance = random.Random(SEED)
    by_title: dict[str, list[Pair]] = {}
    for pair in found:
        by_title.setdefault(pair.title, []).append(pair)
    drawn = chance.sample(list(found), min(count, len(found)))
    made = []
    for i, pair in enumerate(drawn):
        spoken, told = chance.choice(LANGUAGES), chance.choice(LANGUAGES)
        others = [p for p in by_title[pair.title] if p is not pair]
        if len(others) > 2:
            made.append((_false if i % 2 else _true)(chance, pair, others, spoken, told))
    if changed:
        for pair in chance.sample(list(found), min(count, len(found))):
            made += list(_changed(chance, pair, found))
    return made


def _true(
    chance: random.Random, pair: Pair, others: list[Pair], spoken: Language, told: Language
) -> Case:
    drawn, evidence = chance.random(), [Premise(pair.text(told), told)]
    second = chance.choice(others)
    if drawn < 0.35:
        statement = pair.text(spoken)
    elif drawn < 0.8:
        statement = _clause(chance, pair.text(spoken))
    else:
        evidence.append(Premise(second.text(told), told))
        statement = _joined(chance, pair, second, spoken)
    if drawn > 0.6 and drawn < 0.8:
        evidence.append(Premise(second.text(told), told))
    return Case(statement, tuple(evidence), "true")


def _false(
    chance: random.Random, pair: Pair, others: list[Pair], spoken: Language, told: Language
) -> Case:
    beside = [p for p in others if p.paragraph == pair.paragraph] or others
    drawn, evidence = chance.random(), (Premise(pair.text(told), told),)
    if drawn < 0.35:
        return Case(chance.choice(beside).text(spoken), evidence, "other")
    if drawn < 0.65:
        nearest = max(others, key=lambda p: _overlap(p.en, pair.en))
        return Case(nearest.text(spoken), evidence, "near")
    return Case(_joined(chance, pair, chance.choice(beside), spoken), evidence, "mixed")


def _overlap(a: str, b: str) -> float:
    ours, theirs = set(a.lower().split()), set(b.lower().split())
    return len(ours & theirs) / len(ours | theirs)


def _clause(chance: random.Random, text: str) -> str:
    parts = [p.strip() for p in re.split(r"[,;:]", text.rstrip(".")) if len(p.split()) >= WORDS]
    found = chance.choice(parts) if parts else text.rstrip(".")
    return found[:1].upper() + found[1:] + "."


def _joined(chance: random.Random, a: Pair, b: Pair, spoken: Language) -> str:
    first, second = (_clause(chance, p.text(spoken)).rstrip(".") for p in (a, b))
    return f"{first} {'and' if spoken == 'en' else 'dan'} {second[:1].lower()}{second[1:]}."


_WH = re.compile(
    r"\b(?:(?:in|on|at|by|of|from|to|with|for|di|pada|oleh|dari|ke|untuk|dengan) )?"
    r"(?:(?:what|which|whose) (?:\w+)|what|which|who|whom|when|where|why|how (?:many|much|long)"
    r"|how|(?:tahun|tanggal|negara|kota) (?:berapa|apa|mana)|apa(?:kah)?(?: yang)?|siapa(?:kah)?"
    r"|kapan|di ?mana|mengapa|berapa(?: banyak)?|bagaimana|mana)\b",
    re.IGNORECASE,
)


def asked_cases(
    found: Sequence[Pair], questions: Sequence[Item], paragraphs: Sequence[Item], count: int
) -> list[Case]:
    """Questions made into statements, of the sentence that answers and of another one."""
    chance, contexts = random.Random(SEED), {p["par"]: p for p in paragraphs}
    by_paragraph: dict[int, list[Pair]] = {}
    for pair in found:
        by_paragraph.setdefault(pair.paragraph, []).append(pair)
    answerable = [q for q in questions if not q["is_impossible"]]
    made = []
    for q in chance.sample(answerable, min(count, len(answerable))):
        spoken, told = chance.choice(LANGUAGES), chance.choice(LANGUAGES)
        home = _holder(q, contexts[q["par"]], by_paragraph.get(q["par"], []))
        statement = _stated(q, spoken)
        others = [p for p in by_paragraph.get(q["par"], []) if p is not home]
        if home and statement and others:
            made.append(Case(statement, (Premise(home.text(told), told),), "asked"))
            nearest = max(others, key=lambda p: _overlap(p.en, q["question_en"]))
            made.append(Case(statement, (Premise(nearest.text(told), told),), "astray"))
    return made


def _holder(question: Item, paragraph: Item, among: Sequence[Pair]) -> Pair | None:
    """The sentence that holds the place of the answer."""
    text, at = paragraph["context_en"], question["answers_en"][0]["answer_start"]
    before = len(" ".join((text[:at] + "x").split())) - 1
    whole = " ".join(text.split())
    for pair in among:
        start = whole.find(pair.en)
        if start <= before < start + len(pair.en):
            return pair
    return None


def _stated(question: Item, language: Language) -> str | None:
    answers = [a["text"] for a in question[f"answers_{language}"] if a["text"]]
    asked = question[f"question_{language}"].strip().rstrip("?")
    match = _WH.search(asked)
    if not answers or not match:
        return None
    said = f"{asked[: match.start()]}{answers[0].rstrip('.')}{asked[match.end() :]}."
    return said[:1].upper() + said[1:]


# Changing one fact


def _changed(chance: random.Random, pair: Pair, found: Sequence[Pair]) -> Iterator[Case]:
    spoken, told = chance.choice(LANGUAGES), chance.choice(LANGUAGES)
    evidence = (Premise(pair.text(told), told),)
    text = pair.text(spoken)
    ways = {"number": _other_number, "date": _other_date, "denial": _denied}
    for kind, change in ways.items():
        if (new := change(chance, text)) and new != text:
            yield Case(new, evidence, kind)
    if new := _other_name(chance, text, chance.choice(found).text(spoken)):
        yield Case(new, evidence, "name")


def _other_number(chance: random.Random, text: str) -> str | None:
    digits = re.findall(r"(?<![\d.,])\d{1,3}(?![\d.,])", text)
    if not digits:
        return None
    old = chance.choice(digits)
    new = str(int(old) + chance.choice([1, 2, 3, 5, 7, 10]))
    return None if re.search(rf"\b{new}\b", text) else re.sub(rf"\b{old}\b", new, text, count=1)


def _other_date(chance: random.Random, text: str) -> str | None:
    years = re.findall(r"\b(?:1\d|20)\d\d\b", text)
    if years:
        old = chance.choice(years)
        new = str(int(old) + chance.choice([-11, -3, -1, 1, 2, 9]))
        return None if new in text else text.replace(old, new, 1)
    for month, written in months_in(text).items():
        names_of = {1: "January", 6: "June", 9: "September", 11: "November"}
        return text.replace(written, names_of[chance.choice([m for m in names_of if m != month])])
    return None


def _other_name(chance: random.Random, text: str, donor: str) -> str | None:
    inside = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{3,}\b")
    ours, theirs = inside.findall(text), inside.findall(donor)
    new = [name for name in theirs if name.lower() not in text.lower()]
    if not ours or not new:
        return None
    return text.replace(chance.choice(ours), chance.choice(new))


_VERBS = {
    "en": r"\b(is|are|was|were|can|could|would|should|has|have|had|will)\b(?! not)",
    "id": r"\b(?=(?:di|ber|ter|me[mn]\w)\w{4,})",
}


def _denied(chance: random.Random, text: str) -> str | None:
    """With a denial put in, or one taken away."""
    english = language_of(text) == "en"
    if re.search(r"\b(?:not|tidak)\b", text):
        return re.sub(r"\b(?:not|tidak) ", "", text, count=1)
    if english:
        return re.sub(_VERBS["en"], r"\1 not", text, count=1)
    return re.sub(_VERBS["id"], "tidak ", text, count=1)


# Fitting


def seen(made: Sequence[Case]) -> list[dict[str, float]]:
    embedding, numbers = BundledEmbedding(threads=1), ranking()
    known: dict[Premise, Any] = {}

    def reading(source: Premise) -> Any:
        if source not in known:
            known[source] = encoded(embedding, numbers, source.text, source.language)
        return known[source]

    return [
        support_signals(encoded(embedding, numbers, c.statement), [reading(s) for s in c.evidence])
        for c in made
    ]


def fit(made: Sequence[Case], found: Sequence[dict[str, float]], names: Sequence[str]) -> Any:
    """Logistic regression; the threshold lets KEPT of the true ones through, in the same language
    and across languages, whichever takes the lower one."""
    x = np.array([[s[name] for name in names] for s in found])
    true = np.array([c.true for c in made], float)
    foreign = np.array([c.foreign for c in made])
    mean, scale = x.mean(axis=0), x.std(axis=0) + 1e-9
    x = (x - mean) / scale

    def loss(values: Floats) -> tuple[float, Floats]:
        weights, bias = values[:-1], values[-1]
        z = x @ weights + bias
        off = (1 / (1 + np.exp(-z)) - true) / len(true)
        total = float((np.logaddexp(0, z) - true * z).mean() + PENALTY * weights @ weights)
        return total, np.append(x.T @ off + 2 * PENALTY * weights, off.sum())

    values = minimize(loss, np.zeros(len(names) + 1), jac=True, method="L-BFGS-B").x
    weights = values[:-1] / scale
    p = 1 / (1 + np.exp(-(x @ values[:-1] + values[-1])))
    auroc = (p[true == 1][:, None] > p[true == 0]).mean()
    cuts = [np.quantile(p[(true == 1) & (foreign == f)], 1 - KEPT) for f in (False, True)]
    print(f"AUROC of the fitted {auroc:.3f}; cuts {cuts}")
    for cut in cuts:
        print(f"  at {cut:.3f} false struck {(p[true == 0] < cut).mean():.3f}")
    return {
        "bias": round(float(values[-1] - mean @ weights), 4),
        "weights": {n: round(float(w), 4) for n, w in zip(names, weights, strict=True)},
        "threshold": round(float(min(cuts)), 3),
    }


# Reporting


def report(made: Sequence[Case], show: str | None) -> None:
    checker = Checker(BundledEmbedding(threads=1), ranking())
    told: dict[tuple[str, bool], list[bool]] = {}
    why: dict[str, int] = {}
    for case in made:
        objection = checker.objection(case.statement, case.evidence)
        told.setdefault((case.kind, case.foreign), []).append(objection is not None)
        if case.true and objection:
            why[objection.kind] = why.get(objection.kind, 0) + 1
        if case.kind == show and (objection is not None) == case.true:
            print(f"{objection}\n  {case.statement}\n  < {[s.text for s in case.evidence]}")
    print("| statement | struck, same language | struck, across languages |\n|---|---|---|")
    for kind in dict.fromkeys(kind for kind, _ in told):
        cells = [told.get((kind, foreign), []) for foreign in (False, True)]
        shown = [f"{np.mean(c):.3f} of {len(c)}" if c else "–" for c in cells]
        print(f"| {kind} | {' | '.join(shown)} |")
    for name, true in (("true", True), ("false", False)):
        all_ = [s for (k, _), ss in told.items() if (k in ("true", "asked")) == true for s in ss]
        print(f"{name} struck: {np.mean(all_):.3f} of {len(all_)}")
    print(f"true ones were struck for {why}")


def drawn(odd: bool) -> list[Case]:
    """Cases of even or odd titles; the odd ones, which are reported on, with changed facts too."""
    paragraphs, questions = crosslingual(odd)
    found = pairs(paragraphs)
    return cases(found, CASES[odd], odd) + asked_cases(found, questions, paragraphs, ASKED[odd])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="fit, and write into the package")
    parser.add_argument("--show", metavar="KIND", help="print those of a kind that it gets wrong")
    given = parser.parse_args()
    if given.write:
        made = drawn(odd=False)
        found = seen(made)
        fitted = {"read": fit(made, found, READ), "unread": fit(made, found, UNREAD)}
        print(json.dumps(fitted, indent=1))
        checker.FITTED.write_text(json.dumps(fitted, indent=1) + "\n", encoding="utf-8")
        checker.fitted_support.cache_clear()
    report(drawn(odd=True), given.show)


if __name__ == "__main__":
    main()
