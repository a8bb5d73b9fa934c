"""The library: all theses, one to look after with its contents, and adding others."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from thesis_qa.evaluate.verify import Health, health
from thesis_qa.index.rows import DocumentInfo
from thesis_qa.read import SUPPORTED
from thesis_qa.read.files import META_SUFFIX
from thesis_qa.types import Passage, Span
from thesis_qa.web import changes
from thesis_qa.web.changes import FIELDS, LISTS, form_of, read_form
from thesis_qa.web.context import QUIET, AppContext
from thesis_qa.web.look import fragment, notice
from thesis_qa.web.texts import Texts, noted
from thesis_qa.web.work import Work, finished, work_markup

SEPARATOR = " › "


def library_markup(documents: Sequence[DocumentInfo], texts: Texts) -> str:
    """All documents with what was found in them and how reading them went."""
    if not documents:
        return notice(texts.nothing_yet, texts, style="nothing")
    return fragment("library.html", texts, theses=[_facts(d, texts) for d in documents])


def thesis_markup(app: AppContext, name: str, texts: Texts) -> str:
    """A thesis with its health and contents. Raises KeyError if it isn't there."""
    index = app.assistant.index
    document = index.catalog.document(name)
    return fragment(
        "thesis.html",
        texts,
        thesis=_facts(document, texts),
        health=list(_health_lines(health(index, name), texts)),
        outline=outline_markup(name, outline_entries(index.catalog.passages_of(name)), texts),
    )


def _facts(document: DocumentInfo, texts: Texts) -> dict[str, Any]:
    """What both templates show of a thesis."""
    names = {"id": texts.indonesian, "en": texts.english}
    shares = [f"{names[k]} {v:.0%}" for k, v in document.languages.items() if k in names]
    notes = [noted(warning, texts.language) for warning in document.warnings]
    return {"document": document, "known": document.metadata, "shares": shares, "notes": notes}


def _health_lines(found: Health, texts: Texts) -> Iterator[str]:
    say = texts.library
    if found.pages:
        yield say.pages_read.format(read=found.pages - found.failed, pages=found.pages)
        counted = (
            (say.by_ocr, found.by_ocr),
            (say.pages_failed, found.failed),
            (say.pages_blank, found.blank),
            (say.printed_numbers, found.with_printed_number),
        )
        yield from (text.format(count=count) for text, count in counted if count)
    if found.recognised is not None:
        yield say.recognised.format(share=f"{found.recognised:.0%}")


# The contents of a thesis to click through


@dataclass(frozen=True, slots=True)
class PlacedHeading:
    """A heading and where it stands."""

    path: tuple[str, ...]
    page: int | None
    label: str | None
    spans: tuple[Span, ...]


def outline_entries(passages: Sequence[Passage]) -> list[PlacedHeading]:
    """The headings of a document, in order, from its passages in reading order."""
    found: dict[str, PlacedHeading] = {}
    for passage in passages:
        if passage.section and passage.section not in found and passage.sentences:
            path = tuple(passage.section.split(SEPARATOR))
            spans = passage.sentences[0].spans  # the heading itself is what a section begins with
            found[passage.section] = PlacedHeading(path, passage.page, passage.page_label, spans)
    following = pairwise([*found.values(), None])
    return [entry for entry, after in following if entry and not _goes_on(entry, after)]


def _goes_on(entry: PlacedHeading, after: PlacedHeading | None) -> bool:
    """Whether the next one is the same heading with its second line: "BAB I", "BAB I LATAR"."""
    return (
        after is not None
        and entry.path[:-1] == after.path[:-1]
        and after.path[-1].startswith(f"{entry.path[-1]} ")
        and entry.page == after.page
    )


def outline_markup(document: str, entries: Sequence[PlacedHeading], texts: Texts) -> str:
    """The headings as nested lists of links into the reader."""
    return fragment("outline.html", texts, document=document, entries=_nested(entries))


def _nested(entries: Sequence[PlacedHeading]) -> list[dict[str, Any]]:
    """The entries as a tree; a level that is left out isn't made up."""
    tree: list[dict[str, Any]] = []
    open_levels = [tree]
    for entry in entries:
        del open_levels[len(entry.path) :]
        node: dict[str, Any] = {"entry": entry, "below": []}
        open_levels[-1].append(node)
        open_levels.append(node["below"])
    return tree


# Its components

AT_ONCE = 16  # visitors who wait for their change; each is told that it waits
LONG: dict[str, Any] = {**QUIET, "concurrency_limit": AT_ONCE, "concurrency_id": "library"}
ON_CLICK = """element.addEventListener("click", (event) => {
  const button = event.target.closest("[data-document]");
  if (button) trigger("click", { document: button.dataset.document });
});"""
TO_THESIS = "() => document.querySelector('#book-back')?.focus()"
TO_LIBRARY = "() => document.querySelector('#shelf button.details')?.focus()"

Change = Callable[..., Iterator[Work]]


@dataclass(frozen=True, slots=True)
class LibraryTab:
    """The components of the library."""

    changed: Any  # a state that changes whenever the library does
    chosen: Any  # a state: the thesis looked after
    files: Any
    progress: Any
    cancel: Any
    listed: Any
    thesis: Any
    back: Any
    fields: tuple[Any, ...]
    save: Any
    again: Any
    remove: Any
    sure: Any  # the row that asks whether
    warning: Any
    really: Any
    keep: Any
    all_theses: Any
    one_thesis: Any


def library_tab(page: Any, app: AppContext, texts: Texts) -> Any:
    """The library of a `page` at work; gives back a state that changes whenever it does."""
    tab = _components(app, texts)
    page.load(lambda: _listed(app, texts), None, tab.listed, **QUIET)
    _connect_looking(tab, app, texts)
    if not app.settings.read_only:
        _connect_changing(page, tab, app, texts)
    return tab.changed


def _listed(app: AppContext, texts: Texts) -> str:
    return library_markup(app.assistant.index.documents(), texts)


# What stands where


def _components(app: AppContext, texts: Texts) -> LibraryTab:
    import gradio as gr

    say, writable = texts.library, not app.settings.read_only
    changed, chosen = gr.State(0), gr.State("")
    progress = gr.HTML("", elem_id="progress", padding=False)
    cancel = gr.Button(texts.cancel, size="sm", visible=False, elem_id="cancel")
    with gr.Column(elem_id="books") as all_theses:
        with gr.Column(visible=writable, elem_id="adding"):
            files = _adding(app, texts)
        if not writable:
            gr.HTML(notice(say.read_only, texts, style="nothing"), padding=False)
        listed = gr.HTML("", elem_id="shelf", padding=False, js_on_load=ON_CLICK)
    with gr.Column(visible=False, elem_id="book") as one_thesis:
        back = gr.Button(f"← {say.all_theses}", size="sm", elem_id="book-back")
        thesis = gr.HTML("", padding=False)
        with gr.Column(visible=writable, elem_id="changing-book"):
            fields, save = _form(texts)
            with gr.Row(elem_id="book-acts"):
                again = gr.Button(say.read_again, size="sm")
                remove = gr.Button(say.remove, size="sm")
            with gr.Column(visible=False, elem_id="sure") as sure:
                warning = gr.HTML("", padding=False)
                with gr.Row():
                    really = gr.Button(say.remove_really, size="sm", variant="stop")
                    keep = gr.Button(say.remove_not, size="sm")
    return LibraryTab(
        changed, chosen, files, progress, cancel, listed, thesis, back, fields, save,
        again, remove, sure, warning, really, keep, all_theses, one_thesis,
    )  # fmt: skip


def _adding(app: AppContext, texts: Texts) -> Any:
    import gradio as gr

    gr.HTML(
        fragment(
            "adding.html", texts, megabytes=app.settings.max_upload_mb, kinds=",".join(SUPPORTED)
        ),
        padding=False,
    )
    return gr.File(
        label=texts.add,
        show_label=False,
        file_count="multiple",
        height=110,
        elem_id="files",
    )


def _form(texts: Texts) -> tuple[tuple[Any, ...], Any]:
    import gradio as gr

    say = texts.library
    with gr.Accordion(say.described, open=False, elem_id="described"):
        fields = tuple(
            gr.Textbox(
                label=say.fields[field], lines=2 if field in LISTS else 1, elem_id=f"field-{field}"
            )
            for field in FIELDS
        )
        how = say.described_how.format(suffix=META_SUFFIX)
        gr.HTML(notice(how, texts, style="hint"), padding=False)
        save = gr.Button(say.save_fields, size="sm", elem_id="save-fields")
    return fields, save


# What happens


def _connect_looking(tab: LibraryTab, app: AppContext, texts: Texts) -> None:
    """From the library to one thesis and back."""
    import gradio as gr

    def afresh(name: str) -> tuple[Any, ...]:
        return "", gr.update(visible=False), *_opened(app, name, texts)

    def on_open(event: gr.EventData) -> tuple[Any, ...]:
        return afresh(str(getattr(event, "document", "")))

    fresh = [tab.progress, tab.sure, *_shown(tab)]
    tab.listed.click(on_open, None, fresh, **QUIET).then(None, js=TO_THESIS, **QUIET)
    tab.back.click(lambda: afresh(""), None, fresh, **QUIET).then(None, js=TO_LIBRARY, **QUIET)


def _shown(tab: LibraryTab) -> list[Any]:
    """What changes with the thesis that is looked after.

    Not whether the row that asks about removing stands open: a change that ends meanwhile
    would close it under the hand of whoever is about to answer.
    """
    views = [tab.all_theses, tab.one_thesis, tab.chosen, tab.listed, tab.thesis, tab.warning]
    return [*views, *tab.fields]


def _opened(app: AppContext, name: str, texts: Texts) -> tuple[Any, ...]:
    """Values for `_shown`: one thesis, or all of them where there is none of that name."""
    import gradio as gr

    known = {document.name: document for document in app.assistant.index.documents()}
    listed = library_markup(list(known.values()), texts)
    views = gr.update(visible=name not in known), gr.update(visible=name in known)
    if name not in known:
        return (*views, "", listed, "", "", *("" for _ in FIELDS))
    typed = form_of(known[name].metadata)
    warning = texts.library.removing.format(document=name, folder=changes.removed_folder(app))
    thesis = thesis_markup(app, name, texts)
    return (*views, name, listed, thesis, notice(warning, texts), *(typed[f] for f in FIELDS))


def _connect_changing(page: Any, tab: LibraryTab, app: AppContext, texts: Texts) -> None:
    """What changes the library."""
    import gradio as gr

    progress = [tab.progress, tab.cancel]

    def on_upload(sent: list[str] | None) -> Iterator[tuple[Any, ...]]:
        named = [(Path(path), Path(path).name) for path in sent or []]
        for work in changes.add_files(app, named, texts):
            yield *_progress(work, texts), None, _listed(app, texts)

    def on_watch() -> Iterator[tuple[Any, ...]]:
        """Somebody may have left the page while what they sent was read."""
        for work in app.intake.watch() if app.intake.going else ():
            yield *_progress(work, texts), _listed(app, texts)

    def on_cancel() -> tuple[Any, ...]:
        app.intake.cancel(texts.cancelled)
        state = app.intake.state()
        return _progress(state if state.files else finished(texts.cancelled), texts)

    def on_save(name: str, *typed: str) -> Iterator[tuple[Any, ...]]:
        try:
            given = read_form(dict(zip(FIELDS, typed, strict=True)))
        except ValueError:
            yield (*_progress(finished(texts.library.no_year), texts), gr.skip())
            return
        yield from _following(changes.describe_thesis(app, name, given, texts), name, texts)

    def following(change: Change) -> Callable[[str], Iterator[Any]]:
        def on_click(name: str) -> Iterator[tuple[Any, ...]]:
            yield from _following(change(app, name, texts), name, texts)

        return on_click

    follow = [*progress, tab.chosen]
    uploads = [
        tab.files.upload(on_upload, tab.files, [*progress, tab.files, tab.listed], **LONG),
        page.load(on_watch, None, [*progress, tab.listed], **LONG),
    ]
    running = [
        tab.save.click(on_save, [tab.chosen, *tab.fields], follow, **LONG),
        tab.again.click(following(changes.read_thesis_again), tab.chosen, follow, **LONG),
        tab.really.click(following(changes.remove_thesis), tab.chosen, follow, **LONG),
    ]
    tab.remove.click(lambda: gr.update(visible=True), None, tab.sure, **QUIET)
    tab.keep.click(lambda: gr.update(visible=False), None, tab.sure, **QUIET)
    stopped = tab.cancel.click(on_cancel, None, progress, cancels=running, **QUIET)

    def on_changed(count: int, name: str) -> tuple[Any, ...]:
        return count + 1, *_opened(app, name, texts)

    for change in (*uploads, *running, stopped):
        fresh = [tab.changed, *_shown(tab)]
        change.then(on_changed, [tab.changed, tab.chosen], fresh, **QUIET)


def _progress(work: Work, texts: Texts) -> tuple[str, Any]:
    """How it goes, and whether it can still be cancelled."""
    import gradio as gr

    return work_markup(work, texts), gr.update(visible=not work.done)


def _following(works: Iterator[Work], name: str, texts: Texts) -> Iterator[tuple[str, Any, str]]:
    """How it goes, and which thesis is looked after in the end."""
    for work in works:
        yield (*_progress(work, texts), work.document if work.done else name)
