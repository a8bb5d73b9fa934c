"""The evaluation tab: run a question set while one waits, and see what went wrong and where."""

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path
from typing import Any

from thesis_qa.errors import QuestionSetError, ThesisQAError
from thesis_qa.evaluate import Comparison, Report, compare, evaluate, read_run, report_json
from thesis_qa.index.feedback import all_feedback, drafts
from thesis_qa.index.rows import EVALUATIONS
from thesis_qa.types import to_json
from thesis_qa.web.desk import Desk
from thesis_qa.web.paper import download
from thesis_qa.web.results import results_markup
from thesis_qa.web.texts import Texts

UPDATES = 0.25  # seconds between two states of the progress bar
KINDS = (".jsonl", ".json", ".yaml", ".yml")
UPLOADED = "↑ "  # before the name of a set that was sent


class CancelledError(Exception):
    """Raised inside a run when the visitor cancels."""


@dataclass(frozen=True, slots=True)
class Run:
    """How a run goes, and what came of it."""

    stage: str = ""
    done: int = 0
    total: int = 0
    problem: str = ""
    report: Report | None = None
    comparison: Comparison | None = None
    since: str = ""  # when the run that it is compared with was finished
    seconds: float = 0.0

    @property
    def going(self) -> bool:
        return not self.problem and self.report is None


def evaluation_tab(desk: Desk, texts: Texts, saved: Any) -> Any:
    """The tab's components and what they do; `saved` takes what is to be downloaded.

    Returns the choice of sets, which changes when the folder does.
    """
    import gradio as gr

    say = texts.evaluation
    gr.HTML(f'<p class="lead">{escape(say.intro)}</p>', padding=False)
    sent, last = gr.State(None), gr.State(Run())
    with gr.Row(elem_id="evaluating"):
        choice = gr.Dropdown(
            label=say.choose, container=False, elem_id="set", allow_custom_value=True, **sets(desk)
        )
        upload = gr.UploadButton(say.upload, file_types=list(KINDS), size="sm", elem_id="set-file")
        start = gr.Button(say.run, size="sm", variant="primary", elem_id="evaluate")
        cancel = gr.Button(say.cancel, size="sm", visible=False, elem_id="cancel-evaluation")
    shown = gr.HTML(_no_sets(desk, texts), elem_id="results", padding=False)
    with gr.Row(elem_id="taking"):
        report = gr.Button(say.report, size="sm", visible=False, elem_id="report")
        run_file = gr.Button(say.run_file, size="sm", visible=False, elem_id="run-file")
        draft = gr.Button(say.drafts, size="sm", elem_id="drafts")

    def on_upload(path: str) -> tuple[str, Any]:
        name = UPLOADED + Path(path).name
        return path, gr.update(choices=[*sets(desk)["choices"], name], value=name)

    def on_start(name: str, sent: str | None) -> Iterator[tuple[Any, ...]]:
        for run in running(desk, name, sent, texts):
            finished = run.report is not None
            buttons = (not run.going, run.going, finished, finished)
            visible = (gr.update(visible=shown) for shown in buttons)
            yield run, run_markup(desk, run, texts), *visible

    def on_cancel() -> tuple[Any, ...]:
        states = (gr.update(visible=shown) for shown in (True, False))
        return f'<p class="nothing">{escape(say.cancelled)}</p>', *states

    def on_drafts() -> str:
        lines = drafts(all_feedback(desk.assistant.index.folder))
        if not lines:
            gr.Info(say.no_drafts)
            return ""
        return download("feedback.jsonl", "application/jsonl", lines.encode())

    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    upload.upload(on_upload, upload, [sent, choice], **quiet)
    run = start.click(
        on_start, [choice, sent], [last, shown, start, cancel, report, run_file], **quiet
    )
    cancel.click(on_cancel, None, [shown, start, cancel], cancels=[run], **quiet)
    report.click(_report_file, last, saved, **quiet)
    run_file.click(_run_file, last, saved, **quiet)
    draft.click(on_drafts, None, saved, **quiet)
    return choice


# Sets


def sets(desk: Desk) -> dict[str, Any]:
    """The question sets of the folder, by name."""
    folder = Path(desk.settings.evaluation)
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    names = [path.name for path in files if path.is_file() and path.suffix.lower() in KINDS]
    return {"choices": names, "value": names[0] if names else None}


def _path(desk: Desk, name: str | None, sent: str | None) -> Path:
    """The file of a chosen set. Raises QuestionSetError for a name that isn't offered."""
    if sent and name == UPLOADED + Path(sent).name:
        return Path(sent)
    if not name or name not in sets(desk)["choices"]:
        raise QuestionSetError("No such question set", "Choose one of the list")
    return Path(desk.settings.evaluation) / name


def _no_sets(desk: Desk, texts: Texts) -> str:
    if sets(desk)["choices"]:
        return ""
    text = texts.evaluation.no_sets.format(folder=desk.settings.evaluation)
    return f'<p class="nothing">{escape(text)}</p>'


# Running


class _Asking(threading.Thread):
    """Runs one set, so that its progress can be told and it can be cancelled meanwhile."""

    def __init__(self, desk: Desk, path: Path) -> None:
        super().__init__(daemon=True)
        self._desk, self._path = desk, path
        self.cancelled = threading.Event()
        self.state = Run()
        self.report: Report | None = None
        self.error: Exception | None = None

    def run(self) -> None:
        try:
            self.report = evaluate(self._desk.assistant, self._path, progress=self._watch)
        except Exception as error:  # raised again in the thread that waits
            self.error = error

    def _watch(self, stage: str, done: int, total: int) -> None:
        if self.cancelled.is_set():
            raise CancelledError
        self.state = Run(stage, done, total)


def running(desk: Desk, name: str | None, sent: str | None, texts: Texts) -> Iterator[Run]:
    """A run of the chosen set, from its start to what came of it; one at a time."""
    say = texts.evaluation
    if not desk.evaluating.acquire(blocking=False):
        yield Run(problem=say.busy)
        return
    try:
        path = _path(desk, name, sent)
        yield from _run(desk, path, name or "")
    except ThesisQAError as error:
        yield Run(problem=say.failed.format(reason=error))
    finally:
        desk.evaluating.release()


def _run(desk: Desk, path: Path, name: str) -> Iterator[Run]:
    started, asking = time.monotonic(), _Asking(desk, path)
    asking.start()
    try:
        while asking.is_alive():
            yield asking.state
            asking.join(UPDATES)
    finally:  # also when the visitor cancels or leaves
        asking.cancelled.set()
        asking.join()
    if asking.error:
        raise asking.error
    if asking.report:
        finished = Run(report=asking.report, seconds=time.monotonic() - started)
        yield _compared(desk, finished, name)


def _compared(desk: Desk, run: Run, name: str) -> Run:
    """`run`, compared with the last one of the set of this name, and kept in its place."""
    assert run.report
    kept = desk.assistant.index.folder / EVALUATIONS / f"{Path(name).name}.last.json"
    since, comparison = "", None
    if kept.is_file():
        try:
            comparison = compare(read_run(kept), run.report.questions)
            since = json.loads(kept.read_text(encoding="utf-8"))["settings"]["finished"]
        except (QuestionSetError, KeyError):
            pass  # of another version, or of other questions: nothing to compare with
    kept.parent.mkdir(parents=True, exist_ok=True)
    saved = json.dumps(to_json(report_json(run.report, comparison)), ensure_ascii=False)
    kept.write_text(saved, encoding="utf-8")
    return replace(run, comparison=comparison, since=since)


# What is shown of it, and taken along


def run_markup(desk: Desk, run: Run, texts: Texts) -> str:
    """How a run goes, or its results."""
    say = texts.evaluation
    if run.problem:
        return f'<p class="nothing" role="alert">{escape(run.problem)}</p>'
    if run.report:
        done = say.done.format(count=len(run.report.questions), minutes=f"{run.seconds / 60:.1f}")
        index = desk.assistant.index
        return results_markup(run.report, run.comparison, run.since, done, index, texts)
    words = say.indexing if run.stage == "indexing" else say.asking
    label = words.format(done=run.done, total=run.total) if run.total else texts.answers.working
    share = run.done / run.total if run.total else 0.0
    return (
        f'<div class="upload" role="status"><p>{escape(label)}</p>'
        f'<progress max="1" value="{share:.3f}" aria-label="{escape(label)}"></progress></div>'
    )


def _report_file(run: Run) -> str:
    from tempfile import TemporaryDirectory

    from thesis_qa.evaluate import save_page

    assert run.report
    with TemporaryDirectory() as folder:
        path = Path(folder) / "report.html"
        save_page(run.report, path, run.comparison)
        return download("thesis-qa-report.html", "text/html", path.read_bytes())


def _run_file(run: Run) -> str:
    assert run.report
    saved = json.dumps(to_json(report_json(run.report, run.comparison)), ensure_ascii=False)
    return download("thesis-qa-run.json", "application/json", saved.encode())
