"""Title, author, year, supervisors and examiners as the front pages of theses state them.

Compares what is read with what a person read: of the theses under THESIS_QA_DATA that
`evaluation/front-matter.jsonl` knows by their sha256, those only measured on apart, and of the
made front pages in `evaluation/front-pages/`. A field that isn't stated is right when it is empty;
"?" isn't judged; "a|b" is right either way; who is only thanked counts too.

    THESIS_QA_DATA=… python benchmarks/front_matter.py [--made] [name …]
"""

import hashlib
import json
import os
import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from made_front_pages import made, write
from thesis_qa.errors import DocumentError
from thesis_qa.structure.document import load
from thesis_qa.types import Metadata

EVALUATION = Path(__file__).parent.parent / "evaluation"
FIELDS = ("title", "author", "year", "supervisors", "examiners", "university")
Sample = tuple[str, Path, dict[str, Any]]


def plain(text: str) -> str:
    """`text` without capitals, accents, spaces and punctuation, which title pages set as they
    like."""
    whole = unicodedata.normalize("NFKD", text).casefold()
    return "".join(filter(str.isalnum, whole))


def is_right(value: Any, label: Any) -> bool:
    """Whether a field is as it was labelled; names in any order."""
    if isinstance(label, list):
        rest = list(value)
        for name in label:
            found = next((v for v in rest if is_right(v, name)), None)
            if found is None:
                return False
            rest.remove(found)
        return not rest
    return plain(str(value or "")) in map(plain, str(label or "").split("|"))


def theses(folder: Path) -> Iterator[Sample]:
    rows = (EVALUATION / "front-matter.jsonl").read_text(encoding="utf-8").splitlines()
    labels = {row["sha256"]: row for row in map(json.loads, rows)}
    for path in sorted([*folder.rglob("*.pdf"), *folder.rglob("*.docx")]):
        label = labels.pop(hashlib.sha256(path.read_bytes()).hexdigest(), None)
        if label:
            yield "measured only" if label["measured"] else "training", path, label


def made_pages(folder: Path) -> Iterator[Sample]:
    for source in sorted((EVALUATION / "front-pages").glob("*.txt")):
        for thesis in made(source):
            yield f"made, {source.stem}", write(thesis, folder), thesis.label


def report(samples: Iterator[Sample]) -> None:
    counts: defaultdict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for group, path, label in samples:
        if sys.argv[1:] and path.stem not in sys.argv[1:] and not sys.argv[1].startswith("--"):
            continue
        try:
            read = load(path, path.name).metadata
        except DocumentError as error:
            print(error)
            continue
        counts[group]["", "theses"] += 1
        for field in FIELDS:
            counts[group][field, result := judge(read, field, label[field])] += 1
            if result not in ("right", "not judged") and group != "measured only":
                shown = f"{getattr(read, field)!r}, not {label[field]!r}"
                print(f"{group}: {path.name}: {field} {result}: {shown}")
    for group, count in counts.items():
        print(f"{group}: {count['', 'theses']} theses")
        for field in FIELDS:
            right, wrong, empty = (count[field, r] for r in ("right", "wrong", "empty"))
            share = right / max(1, right + wrong + empty)
            print(f"  {field:12} right {share:.2f} ({right}), wrong {wrong}, empty {empty}")


def judge(read: Metadata, field: str, label: Any) -> str:
    value = getattr(read, field)
    if label == "?":
        return "not judged"
    if is_right(value, label):
        return "right"
    return "wrong" if value else "empty"


def main() -> None:
    with TemporaryDirectory() as made_folder:
        report(made_pages(Path(made_folder)))
    if "--made" not in sys.argv:
        report(theses(Path(os.environ["THESIS_QA_DATA"])))


if __name__ == "__main__":
    main()
