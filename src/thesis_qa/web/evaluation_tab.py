"""The evaluation tab: run a question set while one waits, and see what went wrong and where."""

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from thesis_qa.errors import QuestionSetError, ThesisQAError
from thesis_qa.evaluate import Comparison, Report, compare, evaluate, read_run, report_json
from thesis_qa.index.feedback import all_feedback, drafts
from thesis_qa.index.rows import EVALUATIONS
from thesis_qa.types import to_json
from thesis_qa.web.context import QUIET, AppContext
from thesis_qa.web.paper import download
from thesis_qa.web.render import fragment, notice
from thesis_qa.web.results import results_markup
from thesis_qa.web.texts import Texts, error_line

UPDATES = 0.25  # seconds between two states of the progress bar
KINDS = (".jsonl", ".json", ".yaml", ".yml")
UPLOADED = "↑ "  # before the name of a set that was sent


class RunCancelledError(Exception):
    """Raised inside a run when the visitor cancels."""


@dataclass(frozen=True, slots=True)
class RunState:
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
        """Whether there is more to come."""
        return not self.problem and self.report is None


def evaluation_tab(app: AppContext, texts: Texts, saved: Any) -> None:
    """The tab's components and what they do; `saved` takes what is to be downloaded."""
    import gradio as gr

    say = texts.evaluation
    gr.HTML(notice(say.intro, texts, style="lead"), padding=False)
    sent, last = gr.State(None), gr.State(RunState())
    with gr.Row(elem_id="evaluating"):
        choice = gr.Dropdown(
            label=say.choose, container=False, elem_id="set", allow_custom_value=True,
            **set_choices(app),
        )  # fmt: skip
        upload = gr.UploadButton(say.upload, file_types=list(KINDS), size="sm", elem_id="set-file")
        start = gr.Button(say.run, size="sm", variant="primary", elem_id="evaluate")
        cancel = gr.Button(say.cancel, size="sm", visible=False, elem_id="cancel-evaluation")
    no_sets = "" if set_choices(app)["choices"] else say.no_sets
    folder = app.settings.evaluation
    hint = notice(no_sets.format(folder=folder), texts, style="nothing")
    shown = gr.HTML(hint, elem_id="results", padding=False)
    with gr.Row(elem_id="taking"):
        report = gr.Button(say.report, size="sm", visible=False, elem_id="report")
        run_file = gr.Button(say.run_file, size="sm", visible=False, elem_id="run-file")
        draft = gr.Button(say.drafts, size="sm", elem_id="drafts")

    def on_upload(path: str) -> tuple[str, Any]:
        name = UPLOADED + Path(path).name
        return path, gr.update(choices=[*set_choices(app)["choices"], name], value=name)

    def on_start(name: str, sent: str | None) -> Iterator[tuple[Any, ...]]:
        for run in running(app, name, sent, texts):
            finished = run.report is not None
            buttons = (not run.going, run.going, finished, finished)
            visible = (gr.update(visible=shown) for shown in buttons)
            yield run, run_markup(app, run, texts), *visible

    def on_cancel() -> tuple[Any, ...]:
        states = (gr.update(visible=shown) for shown in (True, False))
        return notice(say.cancelled, texts, style="nothing"), *states

    def on_drafts() -> str:
        lines = drafts(all_feedback(app.assistant.index.folder))
        if not lines:
            gr.Info(say.no_drafts)
            return ""
        return download("feedback.jsonl", "application/jsonl", lines.encode())

    upload.upload(on_upload, upload, [sent, choice], **QUIET)
    run = start.click(
        on_start, [choice, sent], [last, shown, start, cancel, report, run_file], **QUIET
    )
    cancel.click(on_cancel, None, [shown, start, cancel], cancels=[run], **QUIET)
    report.click(_report_file, last, saved, **QUIET)
    run_file.click(_run_file, last, saved, **QUIET)
    draft.click(on_drafts, None, saved, **QUIET)


# Sets


def set_choices(app: AppContext) -> dict[str, Any]:
    """The question sets of the folder, by name."""
    folder = Path(app.settings.evaluation)
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    names = [path.name for path in files if path.is_file() and path.suffix.lower() in KINDS]
    return {"choices": names, "value": names[0] if names else None}


def _path(app: AppContext, name: str | None, sent: str | None) -> Path:
    """The file of a chosen set. Raises QuestionSetError for a name that isn't offered."""
    if sent and name == UPLOADED + Path(sent).name:
        return Path(sent)
    if not name or name not in set_choices(app)["choices"]:
        raise QuestionSetError("question-set-unknown")
    return Path(app.settings.evaluation) / name


# Running


class _RunThread(threading.Thread):
    """Runs one set, so that its progress can be told and it can be cancelled meanwhile."""

    def __init__(self, app: AppContext, path: Path) -> None:
        super().__init__(daemon=True)
        self._app, self._path = app, path
        self.cancelled = threading.Event()
        self.state = RunState()
        self.report: Report | None = None
        self.error: Exception | None = None

    def run(self) -> None:
        try:
            self.report = evaluate(self._app.assistant, self._path, progress=self._watch)
        except Exception as error:  # raised again in the thread that waits
            self.error = error

    def _watch(self, stage: str, done: int, total: int) -> None:
        if self.cancelled.is_set():
            raise RunCancelledError
        self.state = RunState(stage, done, total)


def running(
    app: AppContext, name: str | None, sent: str | None, texts: Texts
) -> Iterator[RunState]:
    """A run of the chosen set, from its start to what came of it; one at a time."""
    say = texts.evaluation
    if not app.evaluating.acquire(blocking=False):
        yield RunState(problem=say.busy)
        return
    try:
        yield from _run(app, _path(app, name, sent), name or "")
    except ThesisQAError as error:
        yield RunState(problem=say.failed.format(reason=error_line(error, texts.language)))
    finally:
        app.evaluating.release()


def _run(app: AppContext, path: Path, name: str) -> Iterator[RunState]:
    started, thread = time.monotonic(), _RunThread(app, path)
    thread.start()
    try:
        while thread.is_alive():
            yield thread.state
            thread.join(UPDATES)
    finally:  # also when the visitor cancels or leaves
        thread.cancelled.set()
        thread.join()
    if thread.error:
        raise thread.error
    if thread.report:
        finished = RunState(report=thread.report, seconds=time.monotonic() - started)
        yield _compared(app, finished, name)


def _compared(app: AppContext, run: RunState, name: str) -> RunState:
    """`run`, compared with the last one of the set of this name, and kept in its place."""
    assert run.report
    kept = app.assistant.index.folder / EVALUATIONS / f"{Path(name).name}.last.json"
    since, comparison = "", None
    if kept.is_file():
        try:
            comparison = compare(read_run(kept), run.report.questions)
            since = json.loads(kept.read_text(encoding="utf-8"))["settings"]["finished"]
        except (QuestionSetError, KeyError):
            pass  # of another version, or of other questions: nothing to compare with
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(_as_json(run.report, comparison), encoding="utf-8")
    return replace(run, comparison=comparison, since=since)


def _as_json(report: Report, comparison: Comparison | None) -> str:
    return json.dumps(to_json(report_json(report, comparison)), ensure_ascii=False)


# What is shown of it, and taken along


def run_markup(app: AppContext, run: RunState, texts: Texts) -> str:
    """How a run goes, or its results."""
    say = texts.evaluation
    if run.problem:
        return notice(run.problem, texts, style="nothing", role="alert")
    if run.report:
        done = say.done.format(count=len(run.report.questions), minutes=f"{run.seconds / 60:.1f}")
        index = app.assistant.index
        return results_markup(run.report, run.comparison, run.since, done, index, texts)
    words = say.indexing if run.stage == "indexing" else say.asking
    label = words.format(done=run.done, total=run.total) if run.total else texts.answers.working
    share = run.done / run.total if run.total else 0.0
    return fragment("progress.html", texts, lines=[], label=label, left=None, share=share)


def _report_file(run: RunState) -> str:
    from thesis_qa.evaluate import save_page

    assert run.report
    with TemporaryDirectory() as folder:
        path = Path(folder) / "report.html"
        save_page(run.report, path, run.comparison)
        return download("thesis-qa-report.html", "text/html", path.read_bytes())


def _run_file(run: RunState) -> str:
    assert run.report
    saved = _as_json(run.report, run.comparison).encode()
    return download("thesis-qa-run.json", "application/json", saved)
