"""The evaluation tab: run a question set while one waits, and see what went wrong and where."""

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from thesis_qa.errors import QuestionSetError, ThesisQAError
from thesis_qa.evaluate import (
    Comparison,
    Report,
    compare_run,
    evaluate,
    report_html,
    report_json,
)
from thesis_qa.evaluate.question_set import GoldPlace
from thesis_qa.evaluate.verify import find_document
from thesis_qa.index.feedback import all_feedback, draft_rows
from thesis_qa.index.rows import EVALUATIONS
from thesis_qa.types import Citation, Language, to_json
from thesis_qa.web.context import QUIET, AppContext, user_of
from thesis_qa.web.look import fragment, notice, render
from thesis_qa.web.places import Highlight, link_to, place_link
from thesis_qa.web.takeaway import download
from thesis_qa.web.texts import Texts, error_line
from thesis_qa.web.work import Worker

KINDS = (".jsonl", ".json", ".yaml", ".yml")
DRAFTS = "feedback.yaml"  # what drafts are called
UPLOADED = "↑ "  # before the name of a set that was sent


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


def evaluation_tab(page: Any, tab: Any, app: AppContext, texts: Texts, saved: Any) -> None:
    """The components of `tab` and what they do; `saved` takes what is to be downloaded.

    Where visitors sign in, only those who may evaluate see the tab, and only they are served.
    """
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
    with gr.Column(visible=False, elem_id="drafted") as drafted:
        edited = gr.Textbox(label=say.drafts_how, lines=12, max_lines=30, elem_id="draft-set")
        with gr.Row(elem_id="drafting"):
            run_drafts = gr.Button(say.run_drafts, size="sm", elem_id="run-drafts")
            save_drafts = gr.Button(say.save_drafts, size="sm", elem_id="save-drafts")

    def on_page(request: gr.Request) -> Any:
        return gr.update(visible=app.may_evaluate(user_of(request.request)))

    def on_upload(path: str) -> tuple[str, Any]:
        name = UPLOADED + Path(path).name
        return path, gr.update(choices=[*set_choices(app)["choices"], name], value=name)

    def on_start(name: str, sent: str | None, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        if not app.may_evaluate(user_of(request.request)):
            return
        for run in running(app, name, sent, texts):
            finished = run.report is not None
            buttons = (not run.going, run.going, finished, finished)
            visible = (gr.update(visible=shown) for shown in buttons)
            yield run, run_markup(app, run, texts), *visible

    def on_run_drafts(text: str, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        with TemporaryDirectory() as made:
            path = Path(made) / DRAFTS
            path.write_text(text, encoding="utf-8")
            yield from on_start(UPLOADED + DRAFTS, str(path), request)

    def on_cancel() -> tuple[Any, ...]:
        states = (gr.update(visible=shown) for shown in (True, False))
        return notice(say.cancelled, texts, style="nothing"), *states

    def on_drafts(request: gr.Request) -> tuple[Any, str]:
        may = app.may_evaluate(user_of(request.request))
        lines = draft_rows(all_feedback(app.assistant.index.folder)) if may else ""
        if not lines:
            gr.Info(say.no_drafts)
        return gr.update(visible=bool(lines)), drafts_text(lines)

    watching = [last, shown, start, cancel, report, run_file]
    page.load(on_page, None, tab, **QUIET)
    upload.upload(on_upload, upload, [sent, choice], **QUIET)
    runs: Any = [
        start.click(on_start, [choice, sent], watching, **QUIET),
        run_drafts.click(on_run_drafts, edited, watching, **QUIET),
    ]
    cancel.click(on_cancel, None, [shown, start, cancel], cancels=runs, **QUIET)
    report.click(partial(_report_file, language=texts.language), last, saved, **QUIET)
    run_file.click(_run_file, last, saved, **QUIET)
    draft.click(on_drafts, None, [drafted, edited], **QUIET)
    save_drafts.click(_drafts_file, edited, saved, **QUIET)


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
    def task(tell: Callable[[RunState], None]) -> Report:
        return evaluate(app.assistant, path, progress=lambda *step: tell(RunState(*step)))

    started, worker = time.monotonic(), Worker(task)
    with closing(worker.states()) as states:
        for state in states:
            yield state or RunState()
    report = worker.result()
    yield _compared(app, RunState(report=report, seconds=time.monotonic() - started), name)


def _compared(app: AppContext, run: RunState, name: str) -> RunState:
    """`run`, compared with the last one of the set of this name, and kept in its place."""
    assert run.report
    kept = app.assistant.index.folder / EVALUATIONS / f"{Path(name).name}.last.json"
    since, comparison = "", None
    if kept.is_file():
        try:
            comparison = compare_run(kept, run.report)
            since = json.loads(kept.read_text(encoding="utf-8"))["settings"]["finished"]
        except (QuestionSetError, LookupError):
            pass  # of another version, or of other questions: nothing to compare with
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(_as_json(run.report, comparison), encoding="utf-8")
    return replace(run, comparison=comparison, since=since)


def _as_json(report: Report, comparison: Comparison | None) -> str:
    return json.dumps(to_json(report_json(report, comparison)), ensure_ascii=False)


# What is shown of it, and taken along


def run_markup(app: AppContext, run: RunState, texts: Texts) -> str:
    """How a run goes, or its report."""
    say = texts.evaluation
    if run.problem:
        return notice(run.problem, texts, style="nothing", role="alert")
    if run.report:
        return _results(app, run.report, run, texts)
    words = say.indexing if run.stage == "indexing" else say.asking
    label = words.format(done=run.done, total=run.total) if run.total else texts.answers.working
    share = run.done / run.total if run.total else 0.0
    return fragment("run.html", texts, label=label, share=share)


def _results(app: AppContext, report: Report, run: RunState, texts: Texts) -> str:
    """The report in the language of the page, its places linked to the pages they are on."""
    say = texts.evaluation
    done = say.done.format(count=report.settings["count"], minutes=f"{run.seconds / 60:.1f}")
    when = run.since.replace("T", " ").replace("+00:00", " UTC")
    since = say.since.format(when=when) if run.comparison else say.first_run
    markup = report_html(
        report, run.comparison, fragment=True, language=texts.language,
        link_to=_linked(app, texts),
    )  # fmt: skip
    return render("results.html", texts, said=f"{done}. {since}", report=markup)


def _linked(app: AppContext, texts: Texts) -> Callable[[str | None, Any], str]:
    """The addresses of places; what was to be cited is marked where its page holds it."""
    names = {info.name: info.path for info in app.assistant.index.documents()}
    only = next(iter(names)) if len(names) == 1 else None

    def link(document: str | None, place: Citation | GoldPlace) -> str:
        if isinstance(place, Citation):
            return place_link("place", place, texts)
        found = find_document(document, names) if document else only
        if found is None or place.pdf_page is None:
            return ""
        marks = _marks(app, found, place.quote, place.pdf_page)
        return link_to("place", found, place.pdf_page, marks, texts)

    return link


def _marks(app: AppContext, document: str, quote: str, page: int) -> list[Highlight]:
    try:
        text = app.assistant.index.catalog.page(document, page - 1).text
    except KeyError:
        return []
    words = r"\s+".join(map(re.escape, quote.split()))
    found = re.search(words, text) if words else None
    return [Highlight(page, *found.span())] if found else []


def _report_file(run: RunState, language: Language) -> str:
    assert run.report
    report = report_html(run.report, run.comparison, language=language)
    return download("thesis-qa-report.html", "text/html", report.encode())


def _run_file(run: RunState) -> str:
    assert run.report
    saved = _as_json(run.report, run.comparison).encode()
    return download("thesis-qa-run.json", "application/json", saved)


# Drafts


def drafts_text(lines: str) -> str:
    """Drafts as YAML that people can edit; what is filled in is written as JSON writes it."""
    return "\n\n".join(map(_draft_text, map(json.loads, lines.splitlines())))


def _draft_text(draft: dict[str, Any]) -> str:
    parts = []
    for key, value in draft.items():
        rows = [json.dumps(each, ensure_ascii=False) for each in value] if key == "evidence" else []
        written = "" if rows else json.dumps(value, ensure_ascii=False)
        parts.append(f"  {key}: {written}".rstrip() + "".join(f"\n    - {row}" for row in rows))
    return "-" + "\n".join(parts)[1:]


def _drafts_file(text: str) -> str:
    return download(DRAFTS, "application/yaml", text.encode())
