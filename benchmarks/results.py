"""Run the question sets and write their numbers into docs/developers/results.md.

    python benchmarks/results.py [--data FOLDER] [--only NAME]…

The sister-city set always runs; the gold theses and idk-mrc valid run where the data folder
(THESIS_QA_DATA, default ../shared/data) is there. Beside them stand the rankings of the usual
pipelines (baselines.py), on the same documents and questions. What stands between the marks in
docs/developers/results.md is replaced, the rest of the file is kept.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from baselines import baselines, read_chunks, score_baseline
from thesis_qa.evaluate import Metric, Report, run_set
from thesis_qa.evaluate.question_set import read_questions
from thesis_qa.library import Index

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "docs" / "developers" / "results.md"
RANKING = ("page_hit@1", "page_hit@5", "mrr")  # compared with the baselines
BEGIN, END = "<!-- eval: begin -->", "<!-- eval: end -->"


Ranked = Mapping[str, Mapping[str, float]]
"""Scores by ranking and metric."""


@dataclass(frozen=True, slots=True)
class Set:
    """A question set and the documents it asks of; SQuAD-style sets bring their own."""

    name: str
    questions: Path
    documents: tuple[Path, ...] = ()


def sets(data: Path) -> Iterator[Set]:
    yield Set(
        "sister-city",
        ROOT / "evaluation" / "sister-city.jsonl",
        tuple(documents(ROOT / "documents")),
    )
    for thesis in ("jijiau", "ajb"):
        yield Set(thesis, data / "gold" / f"{thesis}.jsonl", (data / "theses" / f"{thesis}.pdf",))
    yield Set("idk-mrc valid", data / "idk-mrc" / "idk_mrc_valid.json")


def documents(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.iterdir()) if path.suffix == ".md"]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    data = os.environ.get("THESIS_QA_DATA", str(ROOT.parent / "shared" / "data"))
    options.add_argument("--data", type=Path, default=Path(data))
    options.add_argument("--only", action="append")
    chosen = options.parse_args()
    reports: dict[str, Report] = {}
    rankings: dict[str, Ranked] = {}
    for asked in sets(chosen.data):
        if chosen.only and asked.name not in chosen.only:
            continue
        if not asked.questions.is_file():
            print(f"skipped {asked.name}: no {asked.questions}", file=sys.stderr)
            continue
        started = time.perf_counter()
        reports[asked.name] = run(asked)
        rankings[asked.name] = rank(asked)
        print(f"{asked.name}: {time.perf_counter() - started:.0f} s", file=sys.stderr)
    text = "\n".join([*markdown(reports), "", *compared(reports, rankings)])
    print(text)
    if not chosen.only:
        write(text)


def run(asked: Set) -> Report:
    with TemporaryDirectory() as folder:
        if asked.documents:
            index = Index.create(folder)
            for document in asked.documents:
                index.update(document)
            index.close()
        return run_set(asked.questions, Path(folder)).report


def rank(asked: Set) -> Ranked:
    """What the baselines make of the same documents and questions."""
    questions = read_questions(asked.questions)
    chunks = read_chunks(questions.contexts, {d.name: d for d in asked.documents})
    return {
        name: score_baseline(questions, chunks, ranking)
        for name, ranking in baselines(chunks).items()
    }


def markdown(reports: Mapping[str, Report]) -> Iterator[str]:
    """One table: a row for each metric, a column for each set, 95 % intervals in brackets."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    ).stdout.strip()
    yield f"`make eval`, {datetime.now(UTC):%Y-%m-%d}, after commit {commit}."
    yield ""
    yield "| metric | " + " | ".join(reports) + " |"
    yield "|---|" + "---|" * len(reports)
    names = dict.fromkeys(name for report in reports.values() for name in report.metrics)
    for name in names:
        cells = (cell(report.metrics.get(name)) for report in reports.values())
        yield f"| `{name}` | " + " | ".join(cells) + " |"


def compared(reports: Mapping[str, Report], rankings: Mapping[str, Ranked]) -> Iterator[str]:
    """One table: a row for each ranking, a column for each set."""
    yield f"Rankings ({' / '.join(f'`{metric}`' for metric in RANKING)}):"
    yield ""
    yield "| ranking | " + " | ".join(reports) + " |"
    yield "|---|" + "---|" * len(reports)
    for name in next(iter(rankings.values())):
        yield f"| {name} | " + " | ".join(scores(rankings[s][name]) for s in reports) + " |"
    ours = ({m: report.metrics[m].value or 0 for m in RANKING} for report in reports.values())
    yield "| **Thesis QA** | " + " | ".join(map(scores, ours)) + " |"


def scores(values: Mapping[str, float]) -> str:
    return " / ".join(f"{values[metric]:.3f}" for metric in RANKING)


def cell(metric: Metric | None) -> str:
    if metric is None or metric.value is None:
        return "–"
    if metric.low is None or metric.high is None:
        return f"{metric.value:.3f}"
    return f"{metric.value:.3f} [{metric.low:.3f}, {metric.high:.3f}]"


def write(text: str) -> None:
    before, _, rest = RESULTS.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    RESULTS.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
