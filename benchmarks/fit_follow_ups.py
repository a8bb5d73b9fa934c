"""Fit what a follow-up means, and what counts near the last quotes: answer/follow_ups.json.

    python benchmarks/fit_follow_ups.py INDEX [--write]

INDEX holds the theses that `benchmarks/follow_ups.txt` converses about (files named as there). Each
conversation is played; of each follow-up that may mean several things all of them are asked. A
meaning is right if one of its first two statements holds the fact. Cross-validated by thesis.
"""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, cross_val_predict

from thesis_qa import Assistant, Index
from thesis_qa.answer.again import NUMBERS, follow_up_numbers, heard_before
from thesis_qa.answer.found import Library
from thesis_qa.answer.likeliest import MARGIN, Tried, asked_as, signs
from thesis_qa.evaluate.metrics import contains_phrase

TALKS = Path(__file__).with_name("follow_ups.txt")
SIGNS = ("alone", "added", "exchanged", "stands", "leans", "probability", "answers", "covers",
         "section", "first")  # fmt: skip
FIRST = 2  # statements of which one has to hold the fact
Turn = tuple[str, list[str]]


def talks() -> Iterator[tuple[str, list[Turn]]]:
    """Thesis and turns: what is said, and spellings of the fact that is to be quoted."""
    for block in TALKS.read_text(encoding="utf-8").split("# ")[1:]:
        name, *lines = block.splitlines()
        turns = (line[2:].split(" :: ") for line in lines if line)
        yield name, [(said, fact.split("/")) for said, fact in turns]


def tries(assistant: Assistant, thesis: str, turns: list[Turn]) -> Iterator[tuple[int, dict, bool]]:
    """For each meaning of each follow-up: which follow-up, its signs, whether it is right."""
    history: list[tuple[str, str]] = []
    for number, (said, fact) in enumerate(turns):
        library = Library(assistant.index)
        asked = assistant._read(said, history, [thesis], None)
        heard = heard_before(assistant.index.catalog, asked)
        for meaning in asked.meanings:
            question = asked_as(meaning.question, asked, library)
            found = assistant._find(question, library)
            seen = signs(Tried(meaning.way, question, found), heard)
            seen["first"] = float(meaning.question == asked.text)
            quotes = [s.evidence.sentence.text for s in found.shown[:FIRST]]
            yield number, seen, any(contains_phrase(f, q) for f in fact for q in quotes)
        history.append((said, assistant.ask(said, history, [thesis]).text))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("index")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    index = Index.open(options.index)
    names = {Path(name).stem: name for name in index.catalog.names()}
    assistant = Assistant(index)
    rows, turns, theses = [], [], []
    for at, (thesis, said) in enumerate(talks()):
        if thesis in names:
            for number, seen, right in tries(assistant, names[thesis], said):
                rows.append(([seen.get(sign, 0.0) for sign in SIGNS], right))
                turns.append((at, number))
                theses.append(thesis)
    seen, right = np.array([row[0] for row in rows]), np.array([row[1] for row in rows])
    model = LogisticRegression(C=1.0, max_iter=1000)
    chances = cross_val_predict(
        model, seen, right, groups=theses, cv=GroupKFold(8), method="predict_proba"
    )[:, 1]
    chances += MARGIN * seen[:, SIGNS.index("first")]
    of_turn: dict[tuple[int, int], list[int]] = {}
    for row, turn in enumerate(turns):
        of_turn.setdefault(turn, []).append(row)
    ruled = [right[r] for each in of_turn.values() for r in each if seen[r, -1]]
    chosen = [right[max(each, key=lambda r: chances[r])] for each in of_turn.values()]
    print(f"{len(of_turn)} unclear: rules {np.mean(ruled):.3f}, chosen {np.mean(chosen):.3f}")
    model.fit(seen, right)
    weights = dict(zip(SIGNS, model.coef_[0].round(3).tolist(), strict=True))
    fitted = {"bias": round(float(model.intercept_[0]), 3), "weights": weights}
    print(json.dumps(fitted, indent=1))
    if options.write:
        NUMBERS.write_text(json.dumps({**follow_up_numbers(), "meanings": fitted}, indent=1) + "\n")


if __name__ == "__main__":
    main()
