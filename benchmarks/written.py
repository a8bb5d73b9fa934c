"""What a language model makes of the answers to the gold questions, against quotes alone.

    python benchmarks/written.py SPEC --index FOLDER [--every N] [--timeout SECONDS]

FOLDER is an index of the gold theses (THESIS_QA_DATA/theses/jijiau.pdf and ajb.pdf). Each question
is asked once: the quoted answer comes first, then what the model writes. Printed are citations that
the quotes don't have (there must be none), spans that don't stand where they say (none), answers to
unanswerable questions, the share of sentences struck out, and how often the quotes stand and why.
"""

import argparse
import json
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from thesis_qa.assistant import Assistant
from thesis_qa.index.catalog import Catalog
from thesis_qa.library import Index
from thesis_qa.types import Answer, Citation
from thesis_qa.write import LanguageModel, Options

DATA = Path(os.environ.get("THESIS_QA_DATA", "../shared/data"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("spec")
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--every", type=int, default=1, help="only every Nth question")
    parser.add_argument("--timeout", type=int, default=600)
    given = parser.parse_args()
    index = Index.open(given.index)
    assistant = Assistant(index, LanguageModel(given.spec, Options(timeout=given.timeout)))
    counts: Counter[str] = Counter()
    for question in list(questions())[:: given.every]:
        said = [*assistant.stream(question["question"], documents=[question["document"]])]
        last = said[-1]
        quoted = next((answer for answer in said if answer.writing), last)
        judge(question, quoted, last, index.catalog, counts)
        print(dict(counts), flush=True)


def questions() -> Iterator[dict[str, Any]]:
    for thesis in ("jijiau", "ajb"):
        path = DATA / "gold" / f"{thesis}.jsonl"
        yield from map(json.loads, path.read_text(encoding="utf-8").splitlines())


def judge(
    question: dict[str, Any], before: Answer, last: Answer, catalog: Catalog, counts: Counter[str]
) -> None:
    counts["questions"] += 1
    quoted = {(c.number, c.quote, c.spans) for c in before.citations}
    counts["answered"] += last.answered
    counts["written"] += last.model != "quotes"
    counts["false answers"] += last.answered and not question["answerable"]
    counts["false answers written"] += last.model != "quotes" and not question["answerable"]
    counts["citations"] += len(last.citations)
    ours = [(c.number, c.quote, c.spans) for c in last.citations]
    counts["citations that quotes don't have"] += sum(citation not in quoted for citation in ours)
    counts["not verbatim"] += sum(not verbatim(c, catalog) for c in last.citations)
    counts["struck"] += len(last.struck)
    if last.model != "quotes":
        counts["stated"] += len(sentences(last))
    if last.answered or last.struck:
        print(f"\n{question['id']} {question['question']}\n  {last.model}: {last.text[:400]}")
    if last.problem:
        print(f"  problem: {last.problem}")
        counts["quotes stand"] += 1
    for struck in last.struck:
        print(f"  struck: {struck.text} ({struck.reason})")


def sentences(answer: Answer) -> list[str]:
    return [part for part in answer.text.split("] ") if part.strip()]


def verbatim(citation: Citation, catalog: Catalog) -> bool:
    parts = []
    for span in citation.spans:
        text = catalog.page(citation.document, (span.page or 1) - 1).text
        parts.append(" ".join(text[span.start : span.end].split()))
    return " … ".join(parts) == citation.quote


if __name__ == "__main__":
    main()
