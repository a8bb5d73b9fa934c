"""Title, author, year and supervisors as the front pages of real theses state them.

Reads the theses under THESIS_QA_DATA that `evaluation/front-matter.jsonl` knows by their sha256,
and compares what is read with what a person read. Theses only measured on are
counted apart.
Supervisors who are only thanked count too; a field that isn't stated is right when it is empty.

    THESIS_QA_DATA=… python benchmarks/front_matter.py
"""

import hashlib
import json
import os
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from thesis_qa.errors import DocumentError
from thesis_qa.structure.document import load
from thesis_qa.types import Metadata

LABELS = Path(__file__).parent.parent / "evaluation" / "front-matter.jsonl"
FIELDS = ("title", "author", "year", "supervisors")


def plain(text: str) -> str:
    """`text` without capitals, spaces and punctuation, which title pages set as they like."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))


def is_right(field: str, read: Metadata, label: dict[str, Any]) -> bool:
    """Whether a field is as it was labelled; names in any order."""
    value = getattr(read, field)
    if field == "supervisors":
        return set(map(plain, value)) == set(map(plain, label[field]))
    return plain(str(value or "")) == plain(str(label[field] or ""))


def labelled(folder: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    rows = map(json.loads, LABELS.read_text(encoding="utf-8").splitlines())
    labels = {row["sha256"]: row for row in rows}
    for path in sorted([*folder.rglob("*.pdf"), *folder.rglob("*.docx")]):
        label = labels.pop(hashlib.sha256(path.read_bytes()).hexdigest(), None)
        if label:
            yield path, label


def main() -> None:
    folder = Path(os.environ["THESIS_QA_DATA"])
    right: Counter[tuple[bool, str]] = Counter()
    count: Counter[bool] = Counter()
    for path, label in labelled(folder):
        try:
            read = load(path, path.name).metadata
        except DocumentError as error:
            print(error)
            continue
        count[label["measured"]] += 1
        for field in FIELDS:
            fits = is_right(field, read, label)
            right[label["measured"], field] += fits
            if not fits and not label["measured"]:
                print(f"{path.name}: {field} {getattr(read, field)!r}, not {label[field]!r}")
    for measured, number in count.items():
        shares = ", ".join(f"{f} {right[measured, f] / number:.2f}" for f in FIELDS)
        print(f"{'measured only' if measured else 'training'}: {number} theses: {shares}")


if __name__ == "__main__":
    main()
