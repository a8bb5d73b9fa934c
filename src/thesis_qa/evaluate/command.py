"""What `thesis-qa eval` does, apart from reading options and printing."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from thesis_qa.errors import IndexStateError
from thesis_qa.evaluate.check import check
from thesis_qa.evaluate.compare import Comparison, compare, read_gate, read_run
from thesis_qa.evaluate.findings import Finding, Library
from thesis_qa.evaluate.fresh import FreshPages
from thesis_qa.evaluate.html_report import save_page
from thesis_qa.evaluate.outcome import Report
from thesis_qa.evaluate.questions import read_questions
from thesis_qa.evaluate.run import OnProgress, evaluate, evaluate_contexts
from thesis_qa.index.rows import EVALUATIONS
from thesis_qa.model.rerank import DEFAULT_RERANK

if TYPE_CHECKING:
    from thesis_qa.write import LanguageModel


@dataclass(frozen=True, slots=True)
class Run:
    """A finished run, compared and gated as asked."""

    report: Report
    comparison: Comparison | None
    missed: tuple[str, ...]  # gates, each with the reason


def run_set(
    path: Path,
    index_folder: Path,
    *,
    llm: "LanguageModel | None" = None,
    rerank: str = DEFAULT_RERANK,
    fail_under: Sequence[str] = (),
    compare_with: Path | None = None,
    page_path: Path | None = None,
    progress: OnProgress | None = None,
) -> Run:
    """Run a question set; a SQuAD-style one needs no index in `index_folder`.

    Gates ("METRIC=VALUE") and the run to compare with are read first, so that a mistake in them
    costs nothing. Raises what `evaluate`, `read_gate` and `read_run` raise.
    """
    gates = [read_gate(text) for text in fail_under]
    before = read_run(compare_with) if compare_with else ()
    report = _evaluate(path, index_folder, llm, rerank, progress)
    comparison = compare(before, report.questions) if compare_with else None
    if page_path:
        save_page(report, page_path, comparison)
    return Run(report, comparison, tuple(m for gate in gates if (m := gate.missed(report))))


def _evaluate(
    path: Path,
    index_folder: Path,
    llm: "LanguageModel | None",
    rerank: str,
    progress: OnProgress | None,
) -> Report:
    from thesis_qa.assistant import Assistant
    from thesis_qa.library import Index

    asked, unfinished = read_questions(path), index_folder / EVALUATIONS
    try:
        if asked.contexts:
            return evaluate_contexts(asked, llm, rerank, progress=progress, resume_in=unfinished)
        assistant = Assistant(Index.open(index_folder, rerank=rerank), llm)
        return evaluate(assistant, asked, progress=progress, resume_in=unfinished)
    finally:
        with suppress(OSError):  # not empty: something waits to be resumed
            unfinished.rmdir()


def check_set(path: Path, index_folder: Path) -> list[Finding]:
    """Everything wrong with a question set; compared with the documents where there is an index."""
    from thesis_qa.library import Index

    try:
        index = Index.open(index_folder)
    except IndexStateError as error:
        return [*check(path), Finding(0, "note", f"no quote was looked up: {error.problem}")]
    documents = index.documents()
    index.close()
    paths = {document.name: document.path for document in documents}
    return check(path, Library(sorted(paths), FreshPages(paths)))
