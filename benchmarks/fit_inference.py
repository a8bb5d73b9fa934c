"""Fit what the views of the check weigh once the model of inference is trained.

    python benchmarks/fit_inference.py [--write]

On what that model hasn't seen: groups of pairs that `train_support.py` keeps aside, statements on
the theses for fitting (tests/data/written_statements.tsv), and those of tests/data/statements.jsonl.
The threshold lets KEPT of the true ones through. The statements kept for measuring aren't read.
"""

import argparse
import json
from tempfile import TemporaryDirectory

import numpy as np

import check_statements
from fit_support import Case, fit
from support_data import all_written
from thesis_qa.lang.detect import language_of
from thesis_qa.model.encoder import BundledEmbedding
from thesis_qa.retrieve.rank import ranking
from thesis_qa.write import checker
from thesis_qa.write.checker import Checker, Premise
from train_support import kept

NAMES = ("inferred", "denied", "covered", "weakest", "foreign")


def cases() -> list[Case]:
    found = [
        Case(e.statement, (Premise(e.evidence, language_of(e.evidence)),), "true" if e.true else e.kind)
        for e in all_written()
        if kept(e) and e.kind != "sentence"
    ]
    with TemporaryDirectory() as folder:
        index, written = check_statements.drawn(folder)
        index.close()
    return found + [
        Case(w.text, w.evidence, "true" if w.true else w.how) for w in written if not w.kept
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write it into the package")
    given = parser.parse_args()
    judge = Checker(BundledEmbedding(threads=1), ranking())
    made = cases()
    found = [judge.signals(case.statement, case.evidence) for case in made]
    model = fit(made, found, NAMES)
    print(json.dumps(model, indent=1))
    true = np.array([case.true for case in made])
    print(f"{true.sum()} true, {(~true).sum()} false")
    if given.write:
        stored = {**checker.fitted_support(), "inferred": model}
        checker.FITTED.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
