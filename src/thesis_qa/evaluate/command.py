"""What `thesis-qa eval` does, apart from reading options and printing."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from thesis_qa.errors import IndexStateError
from thesis_qa.evaluate.compare import Comparison, compare, read_gate, read_run
from thesis_qa.evaluate.evidence_check import DocumentTexts
from thesis_qa.evaluate.fresh import FreshPages
from thesis_qa.evaluate.html_report import save_page
from thesis_qa.evaluate.outcome import Report
from thesis_qa.evaluate.question_set import read_questions
from thesis_qa.evaluate.remarks import Finding, remark
from thesis_qa.evaluate.run import OnStage, evaluate, evaluate_contexts
from thesis_qa.evaluate.set_check import check
from thesis_qa.lang.data import SPOKEN
from thesis_qa.model.rerank import DEFAULT_RERANK

if TYPE_CHECKING:
    from thesis_qa.write import LanguageModel


@dataclass(frozen=True, slots=True)
class GatedRun:
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
    progress: OnStage | None = None,
) -> GatedRun:
    """Run a question set; a SQuAD-style one needs no index in `index_folder`.

    Gates ("METRIC=VALUE") and the run to compare with are read first, so that a mistake in them
    costs nothing. Raises what `evaluate`, `read_gate` and `read_run` raise.
    """
    from thesis_qa.assistant import Assistant
    from thesis_qa.library import Index

    gates = [read_gate(text) for text in fail_under]
    before = read_run(compare_with) if compare_with else ()
    asked = read_questions(path)
    if asked.contexts:
        report = evaluate_contexts(asked, llm, rerank, progress=progress)
    else:
        assistant = Assistant(Index.open(index_folder, rerank=rerank), llm)
        report = evaluate(assistant, asked, progress=progress)
    comparison = compare(before, report.questions) if compare_with else None
    if page_path:
        save_page(report, page_path, comparison)
    return GatedRun(report, comparison, tuple(m for gate in gates if (m := gate.missed(report))))


def check_set(path: Path, index_folder: Path) -> list[Finding]:
    """Everything wrong with a question set; compared with the documents where there is an index."""
    from thesis_qa.library import Index

    try:
        index = Index.open(index_folder)
    except IndexStateError as error:
        unchecked = remark("note", "no-index", problem=error.problem)
        return [*check(path), Finding(0, unchecked.level, unchecked.worded(SPOKEN))]
    paths = {document.name: document.path for document in index.documents()}
    index.close()
    return check(path, DocumentTexts(sorted(paths), FreshPages(paths)))
