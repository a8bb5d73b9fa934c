"""How soon a large index answers, warm: a search, an answer's first words, the whole answer.

    python benchmarks/latency.py INDEX [--questions N]

INDEX is a folder; where it holds no index yet, one is made of all IDK-MRC, SQuAD and COVID-QA
texts of THESIS_QA_DATA (13,000 passages; twenty minutes). The questions are of SQuAD's odd titles,
half in each language. With the reader and without it; refusals have no first words and are left
out of these.
"""

import argparse
import random
import statistics
import time
from collections.abc import Sequence
from pathlib import Path

from corpora import covid_qa, crosslingual, idk_mrc
from thesis_qa import Assistant, Index

SEED = 3
WARM = 8  # questions before any is timed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("index", type=Path)
    parser.add_argument("--questions", type=int, default=100)
    given = parser.parse_args()
    made = (given.index / "catalog.sqlite").is_file()
    index = Index.open(given.index) if made else Index.from_texts(texts(), given.index)
    print(f"{index.catalog.count_passages():,} passages")
    drawn = random.Random(SEED).sample(crosslingual(True)[1], (given.questions + WARM + 1) // 2)
    questions = [item[f"question_{language}"] for item in drawn for language in ("en", "id")]
    for rerank in ("reader", "none"):
        index.rerank = rerank
        measure(Assistant(index), questions, rerank)


def texts() -> dict[str, str]:
    found = {
        f"{p}{i}.txt": c["context"] for p in ("train", "valid") for i, c in enumerate(idk_mrc(p))
    }
    for odd in (False, True):
        for paragraph in crosslingual(odd)[0]:
            for language in ("en", "id"):
                name = f"squad{paragraph['par']}{odd}.{language}.txt"
                found[name] = paragraph[f"context_{language}"]
    return found | {f"covid{p['document_id']}.txt": p["context"] for p in covid_qa()}


def measure(assistant: Assistant, questions: Sequence[str], rerank: str) -> None:
    first, whole = [], []
    for number, question in enumerate(questions):
        started = time.perf_counter()
        growing = assistant.stream(question)
        answer = next(growing)
        began = time.perf_counter() - started
        for _ in growing:
            pass
        if number >= WARM and answer.answered:
            first.append(began)
            whole.append(time.perf_counter() - started)
    found = {"search": searches(assistant.index, questions), "first words": first, "whole": whole}
    told = [
        f"{name} {1000 * statistics.median(s):.0f} ms (of {len(s)})" for name, s in found.items()
    ]
    print(f"{rerank}: {', '.join(told)}", flush=True)


def searches(index: Index, questions: Sequence[str]) -> list[float]:
    found = []
    for question in questions:
        started = time.perf_counter()
        index.search(question, 5)
        found.append(time.perf_counter() - started)
    return found


if __name__ == "__main__":
    main()
