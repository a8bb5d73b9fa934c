"""What the package's numbers give on questions that ask nothing of theses: IDK-MRC, SQuAD in two
languages and COVID-QA. They are fitted by fit_on_theses.py.

    python benchmarks/answering.py [--work FOLDER] [--most 400]

Four kinds of question: answerable; adversarial (the passage is there, the fact isn't); dropped
(answerable, but the passages that answer are taken away: the subject is there, as in a thesis);
absent (the whole document is taken away). In the crosslingual set every title in one language is
one document of some twenty passages on one subject, and questions are restricted to it, in either
language: the nearest there is to a thesis.
"""

import argparse
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import numpy as np
import numpy.typing as npt

from corpora import covid_qa, crosslingual, idk_mrc
from thesis_qa.answer import evidence as weighing
from thesis_qa.answer.confidence import signals
from thesis_qa.answer.evidence import find_evidence, reweigh
from thesis_qa.answer.found import Evidence, Library
from thesis_qa.library import Index
from thesis_qa.model.rerank import READER
from thesis_qa.model.span_reader import open_reader
from thesis_qa.question.read import Question
from thesis_qa.types import Passage, Sentence

QUESTIONS = 900  # of odd titles
PAPERS, PAPER_CHARACTERS = 26, 45_000  # of COVID-QA, odd ones
SEED = 7
CANDIDATES = 12
FIRST = 3  # citations of which one must be right, as the evaluation has it

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Case:
    """A question asked of some documents, and where its answer stands, if anywhere."""

    question: str
    kind: str  # "answerable", "adversarial", "dropped", "absent"
    source: str
    documents: tuple[str, ...] | None  # searched; None: all
    home: str
    starts: tuple[int, ...]  # of right answers in the text of `home`

    def right(self, passage: Passage, sentence: Sentence) -> bool:
        return passage.document == self.home and any(
            span.start <= start < span.end for span in sentence.spans for start in self.starts
        )


@dataclass(frozen=True, slots=True)
class Seen:
    """A case with what was found for it."""

    case: Case
    right: npt.NDArray[np.bool_]  # (sentences,), best first
    signals: dict[str, float]

    @property
    def answers(self) -> bool:
        return self.case.kind == "answerable" and bool(self.right[:FIRST].any())


# Questions


def idk_cases(part: str, count: int | None) -> tuple[dict[str, str], list[Case]]:
    """Contexts by name, each a document, and their questions, asked of all of them."""
    chance, items = random.Random(SEED), idk_mrc(part)
    items = chance.sample(items, count) if count else items
    texts = {f"{i}.txt": item["context"] for i, item in enumerate(items)}
    cases = []
    for name, item in zip(texts, items, strict=True):
        others = tuple(other for other in texts if other != name)
        for qa in item["qas"]:
            starts = tuple(a["answer_start"] for a in qa["answers"])
            kind = "adversarial" if qa["is_impossible"] else "answerable"
            if any(c.isalnum() for c in qa["question"]):
                cases.append(Case(qa["question"], kind, f"idk-{part}", None, name, starts))
                if starts and chance.random() < 0.3:
                    cases.append(Case(qa["question"], "absent", f"idk-{part}", others, name, ()))
    return texts, cases


def crosslingual_cases() -> tuple[dict[str, str], list[Case]]:
    """Titles in both languages, each a document, and their questions, asked of one of them."""
    paragraphs, questions = crosslingual(odd=True)
    texts: dict[str, str] = {}
    base: dict[tuple[int, str], tuple[str, int, str]] = {}
    for p in paragraphs:
        for language in ("en", "id"):
            name = f"{p['title']}.{language}.txt"
            text = " ".join(p[f"context_{language}"].split())
            base[p["par"], language] = (name, len(texts.get(name, "")), p[f"context_{language}"])
            texts[name] = texts.get(name, "") + text + "\n\n"
    return texts, list(_restricted(questions, base, sorted(texts)))


def paper_cases() -> tuple[dict[str, str], list[Case]]:
    """Scientific papers of COVID-QA, the longest documents there are, and expert questions.

    A question that is taken away from its paper is asked of another one in the same field, or of
    the paper without the passages that hold the answer.
    """
    chance, texts, cases = random.Random(SEED), {}, []
    papers = [p for p in covid_qa()[1::2] if len(p["context"]) < PAPER_CHARACTERS][:PAPERS]
    names = [f"{paper['document_id']}.txt" for paper in papers]
    for name, paper in zip(names, papers, strict=True):
        text = texts[name] = " ".join(paper["context"].split())
        for qa in paper["qas"]:
            answer = " ".join(qa["answers"][0]["text"].split())
            starts = (
                tuple(m.start() for m in re.finditer(re.escape(answer), text)) if answer else ()
            )
            if not starts:
                continue
            kind, within = "answerable", name
            if (drawn := chance.random()) < 0.4:
                kind = "dropped" if drawn < 0.2 else "absent"
                within = (
                    name if kind == "dropped" else chance.choice([n for n in names if n != name])
                )
            cases.append(Case(qa["question"], kind, "papers", (within,), name, starts))
    return texts, cases


def _restricted(
    questions: Sequence[dict[str, Any]],
    base: dict[tuple[int, str], tuple[str, int, str]],
    names: Sequence[str],
) -> Iterator[Case]:
    chance = random.Random(SEED)
    for q in chance.sample(list(questions), min(QUESTIONS, len(questions))):
        asked_in, language = chance.choice(["en", "id"]), chance.choice(["en", "id"])
        home, offset, context = base[q["par"], language]
        starts = tuple(
            offset + len(" ".join((context[: a["answer_start"]] + "x").split())) - 1
            for a in (() if q["is_impossible"] else q[f"answers_{language}"])
            if a["answer_start"] is not None and a["answer_start"] >= 0
        )
        if not starts and not q["is_impossible"]:
            continue
        kind, within = ("answerable", home) if starts else ("adversarial", home)
        if starts and (drawn := chance.random()) < 0.3:
            kind = "dropped" if drawn < 0.2 else "absent"
            others = [n for n in names if n.split(".")[-2] == language and n != home]
            within = home if kind == "dropped" else chance.choice(others)
        yield Case(q[f"question_{asked_in}"], kind, "crosslingual", (within,), home, starts)


# What is found

Weighed = tuple[Case, Question, list[Evidence]]


def look(index: Index, cases: Sequence[Case]) -> list[tuple[Case, Question, list[Passage]]]:
    found = []
    for case in cases:
        question = index.question(case.question, case.documents or ())
        passages = index.passages(question, CANDIDATES)
        if case.kind == "dropped":
            passages = [p for p in passages if not any(case.right(p, s) for s in p.sentences)]
        found.append((case, question, passages))
    return found


def evidence_for(
    index: Index, found: Sequence[tuple[Case, Question, list[Passage]]]
) -> list[Weighed]:
    """The sentences weighed for each case, where there are any."""
    library = Library(index)
    weighed = ((case, asked, find_evidence(asked, library, ps)) for case, asked, ps in found)
    return [item for item in weighed if item[2]]


def read_all(index: Index, found: Sequence[Weighed]) -> list[Weighed]:
    """The same, with what the reader makes of them."""
    reader = open_reader(READER, index.embedding)
    assert reader
    return [(case, question, reweigh(reader, question, e)) for case, question, e in found]


def look_at(found: Sequence[Weighed]) -> list[Seen]:
    """What was found for cases, their sentences in the order that the numbers give."""
    seen = []
    for case, question, evidence in found:
        ordered = sorted(map(weighing.weighed, evidence), key=lambda e: -e.score)
        right = np.array([case.right(e.passage, e.sentence) for e in ordered])
        seen.append(Seen(case, right, signals(question, ordered)))
    return seen


# Reporting


def sure(model: dict[str, Any], found: Sequence[Seen]) -> Floats:
    logits = [
        model["bias"] + sum(w * s.signals[name] for name, w in model["weights"].items())
        for s in found
    ]
    return 1 / (1 + np.exp(-np.array(logits)))


def report(name: str, model: dict[str, Any], found: Sequence[Seen]) -> None:
    p = sure(model, found)
    kinds = np.array([s.case.kind for s in found])
    right = np.array([s.answers for s in found])
    asked_of = kinds == "answerable"
    first = np.array([s.right[0] for s in found])
    print(f"\n{name}: {len(found)} questions; first sentence right {first[asked_of].mean():.3f}")
    for kind in ("adversarial", "dropped", "absent"):
        if (kinds == kind).any():
            told = _auroc(p[asked_of], p[kinds == kind])
            taken = (p[kinds == kind] >= model["threshold"]).mean()
            print(f"  {kind}: AUROC {told:.3f}, answered {taken:.2f}")
    judged = asked_of | (kinds == "adversarial")
    print(f"  answered {(p[asked_of] >= model['threshold']).mean():.2f} of the answerable;")
    print(f"  calibration error {_calibration(p[judged], right[judged]):.3f}")


def _auroc(positive: Floats, negative: Floats) -> float:
    above = (positive[:, None] > negative).mean() + 0.5 * (positive[:, None] == negative).mean()
    return float(above)


def _calibration(p: Floats, right: npt.NDArray[np.bool_], bins: int = 10) -> float:
    groups = np.array_split(np.argsort(p), bins)
    return float(sum(len(g) * abs(p[g].mean() - right[g].mean()) for g in groups) / len(p))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=None, help="keep the indexes made here")
    parser.add_argument("--most", type=int, default=1000, help="questions of each set")
    given = parser.parse_args()
    work = given.work or Path(mkdtemp(prefix="answering-"))
    sets = {
        "idk-valid": idk_cases("valid", None),
        "crosslingual-odd": crosslingual_cases(),
        "papers-odd": paper_cases(),
    }
    for name, (texts, cases) in sets.items():
        index = texts_index(work / name, texts)
        weighed = evidence_for(index, look(index, _sample(cases, given.most)))
        report(f"{name} (unread)", weighing.fitted_numbers()["unread"], look_at(weighed))
        read = look_at(read_all(index, weighed))
        report(f"{name} (read)", weighing.fitted_numbers()["read"], read)


def _sample(cases: Sequence[Case], most: int) -> list[Case]:
    return random.Random(SEED).sample(list(cases), min(most, len(cases)))


def texts_index(folder: Path, texts: dict[str, str]) -> Index:
    if (folder / "complete").is_file():
        return Index.open(folder)
    index = Index.from_texts(texts, folder)
    (folder / "complete").touch()
    return index


if __name__ == "__main__":
    main()
