"""How many statements on the made-up theses are struck, true and false; by half and kind.

python benchmarks/check_statements.py [--show]
"""

import argparse
import sys
from collections import defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from thesis_qa.library import Index
from thesis_qa.write.checker import Checker

ROOT = Path(__file__).parent.parent
sys.path.append(str(ROOT / "tests"))

from statements import Written, fresh_statements, written_statements  # noqa: E402


def drawn(folder: str) -> tuple[Index, list[Written]]:
    """The statements, and an index of their theses."""
    index = Index.create(folder)
    for place in (ROOT / "evaluation" / "conversations" / "documents", ROOT / "documents"):
        index.update(place)
    return index, list(written_statements(index))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--show", action="store_true", help="print what the check gets wrong")
    given = parser.parse_args()
    with TemporaryDirectory() as folder:
        index, found = drawn(folder)
        checker = Checker(index.embedding, index.retriever.fitted)
        judged = [(s, checker.objection(s.text, s.evidence)) for s in found]
        index.close()
        judged += [(s, checker.objection(s.text, s.evidence)) for s in fresh_statements()]
    table: dict[tuple[str, int], list[bool]] = defaultdict(list)
    for s, objection in judged:
        struck, column = objection is not None, s.kept if s.document else 2
        for key in (s.how, "true" if s.true else "false"):
            table[key, column].append(struck)
        if given.show and struck == s.true:
            print(
                f"{s.document} {s.how} {objection}\n  {s.text}\n  < {[e.text for e in s.evidence]}"
            )
    print("| struck | theses for fitting | kept for measuring | fresh |\n|---|---|---|---|")
    for how in sorted({how for how, _ in table}):
        cells = [table.get((how, column), []) for column in range(3)]
        print(
            f"| {how} | "
            + " | ".join(f"{np.mean(c):.3f} of {len(c)}" if c else "–" for c in cells)
            + " |"
        )


if __name__ == "__main__":
    main()
