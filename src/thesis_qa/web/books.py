"""The library as Gradio components: adding theses, the shelf, and one thesis to look after."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from thesis_qa.read import SUPPORTED
from thesis_qa.read.files import META_SUFFIX
from thesis_qa.web import library
from thesis_qa.web.described import FIELDS, LISTS, Described
from thesis_qa.web.desk import Desk
from thesis_qa.web.shelf import book, shelf
from thesis_qa.web.texts import Texts
from thesis_qa.web.work import Work, finished, work_markup

AT_ONCE = 16  # visitors who wait for their change; each is told that it waits
ON_CLICK = """element.addEventListener("click", (event) => {
  const button = event.target.closest("[data-document]");
  if (button) trigger("click", { document: button.dataset.document });
});"""
TO_BOOK = "() => document.querySelector('#book-back')?.focus()"
TO_SHELF = "() => document.querySelector('#shelf button.details')?.focus()"


@dataclass(frozen=True, slots=True)
class Tab:
    """The components of the library."""

    changed: Any  # a state that changes whenever the library does
    chosen: Any  # a state: the thesis looked after
    files: Any
    progress: Any
    cancel: Any
    shelf: Any
    book: Any
    back: Any
    fields: tuple[Any, ...]
    save: Any
    name: Any
    rename: Any
    again: Any
    remove: Any
    sure: Any  # the row that asks whether
    warning: Any
    really: Any
    keep: Any
    all_books: Any
    one_book: Any


def library_tab(page: Any, desk: Desk, texts: Texts) -> Any:
    """The library of a `page` at work; gives back a state that changes whenever it does."""
    tab = _components(desk, texts)
    page.load(lambda: shelf(desk.assistant.index.documents(), texts), None, tab.shelf, **QUIET)
    _looking(tab, desk, texts)
    if not desk.settings.read_only:
        _changing(tab, desk, texts)
    return tab.changed


# What stands where


def _components(desk: Desk, texts: Texts) -> Tab:
    import gradio as gr

    say, shown = texts.shelf, not desk.settings.read_only
    changed, chosen = gr.State(0), gr.State("")
    progress = gr.HTML("", elem_id="progress", padding=False)
    cancel = gr.Button(texts.cancel, size="sm", visible=False, elem_id="cancel")
    with gr.Column(elem_id="books") as all_books:
        with gr.Column(visible=shown, elem_id="adding"):
            files = _adding(desk, texts)
        if not shown:
            gr.HTML(f'<p class="nothing">{escape(say.read_only)}</p>', padding=False)
        standing = gr.HTML("", elem_id="shelf", padding=False, js_on_load=ON_CLICK)
    with gr.Column(visible=False, elem_id="book") as one_book:
        back = gr.Button(f"← {say.all_theses}", size="sm", elem_id="book-back")
        opened = gr.HTML("", padding=False)
        with gr.Column(visible=shown, elem_id="changing-book"):
            fields, save = _form(texts)
            with gr.Row(elem_id="renaming"):
                name = gr.Textbox(label=say.file_name, max_lines=1, elem_id="book-name")
                rename = gr.Button(say.rename, size="sm")
            with gr.Row(elem_id="book-acts"):
                again = gr.Button(say.read_again, size="sm")
                remove = gr.Button(say.remove, size="sm")
            with gr.Column(visible=False, elem_id="sure") as sure:
                warning = gr.HTML("", padding=False)
                with gr.Row():
                    really = gr.Button(say.remove_really, size="sm", variant="stop")
                    keep = gr.Button(say.remove_not, size="sm")
    return Tab(
        changed, chosen, files, progress, cancel, standing, opened, back, fields, save, name,
        rename, again, remove, sure, warning, really, keep, all_books, one_book,
    )  # fmt: skip


def _adding(desk: Desk, texts: Texts) -> Any:
    import gradio as gr

    limits = texts.limits.format(megabytes=desk.settings.max_upload_mb)
    gr.HTML(
        f'<div class="adding"><p>{escape(texts.drop)}</p><p>{escape(limits)}</p></div>',
        padding=False,
    )
    return gr.File(
        label=texts.add,
        show_label=False,
        file_count="multiple",
        file_types=list(SUPPORTED),
        height=110,
        elem_id="files",
    )


def _form(texts: Texts) -> tuple[tuple[Any, ...], Any]:
    import gradio as gr

    with gr.Accordion(texts.shelf.described, open=False, elem_id="described"):
        fields = tuple(
            gr.Textbox(label=label, lines=2 if field in LISTS else 1, elem_id=f"field-{field}")
            for field, label in zip(FIELDS, texts.shelf.fields, strict=True)
        )
        how = texts.shelf.described_how.format(suffix=META_SUFFIX)
        gr.HTML(f'<p class="hint">{escape(how)}</p>', padding=False)
        save = gr.Button(texts.shelf.save_fields, size="sm", elem_id="save-fields")
    return fields, save


# What happens

QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
LONG: dict[str, Any] = {**QUIET, "concurrency_limit": AT_ONCE, "concurrency_id": "library"}


def _looking(tab: Tab, desk: Desk, texts: Texts) -> None:
    """From the shelf to one thesis and back."""
    import gradio as gr

    def afresh(name: str) -> tuple[Any, ...]:
        return "", gr.update(visible=False), *_opened(desk, name, texts)

    def on_open(event: gr.EventData) -> tuple[Any, ...]:
        return afresh(str(getattr(event, "document", "")))

    fresh = [tab.progress, tab.sure, *_shown(tab)]
    tab.shelf.click(on_open, None, fresh, **QUIET).then(None, js=TO_BOOK, **QUIET)
    tab.back.click(lambda: afresh(""), None, fresh, **QUIET).then(None, js=TO_SHELF, **QUIET)


def _shown(tab: Tab) -> list[Any]:
    """What changes with the thesis that is looked after.

    Not whether the row that asks about removing stands open: a change that ends meanwhile
    would close it under the hand of whoever is about to answer.
    """
    views = [tab.all_books, tab.one_book, tab.chosen, tab.shelf, tab.book, tab.warning]
    return [*views, tab.name, *tab.fields]


def _opened(desk: Desk, name: str, texts: Texts) -> tuple[Any, ...]:
    """Values for `_shown`: one thesis, or the shelf where there is none of that name."""
    import gradio as gr

    index = desk.assistant.index
    known = {document.name: document for document in index.documents()}
    standing = shelf(list(known.values()), texts)
    on_shelf, in_hand = gr.update(visible=name not in known), gr.update(visible=name in known)
    if name not in known:
        return (on_shelf, in_hand, "", standing, "", "", "", *("" for _ in FIELDS))
    typed = Described.of(known[name].metadata).form()
    warning = texts.shelf.removing.format(document=name, folder=library.shown_aside(desk))
    return (
        on_shelf, in_hand, name, standing, book(desk, name, texts),
        f"<p>{escape(warning)}</p>", Path(known[name].path).stem, *(typed[f] for f in FIELDS),
    )  # fmt: skip


def _changing(tab: Tab, desk: Desk, texts: Texts) -> None:
    """What changes the library."""
    import gradio as gr

    progress = [tab.progress, tab.cancel]

    def on_upload(sent: list[str] | None) -> Iterator[tuple[Any, ...]]:
        named = [(Path(path), Path(path).name) for path in sent or []]
        for work in library.add_files(desk, named, texts):
            markup = shelf(desk.assistant.index.documents(), texts)
            yield *_told(work, texts), None, markup

    def on_save(name: str, *typed: str) -> Iterator[tuple[Any, ...]]:
        try:
            given = Described.parse(dict(zip(FIELDS, typed, strict=True)))
        except ValueError:
            yield (*_told(finished(texts.shelf.no_year), texts), gr.skip())
            return
        yield from _following(library.describe(desk, name, given, texts), name, texts)

    def on_rename(name: str, wanted: str) -> Iterator[tuple[Any, ...]]:
        yield from _following(library.rename(desk, name, wanted, texts), name, texts)

    def following(change: Callable[..., Iterator[Work]]) -> Callable[[str], Iterator[Any]]:
        def on_click(name: str) -> Iterator[tuple[Any, ...]]:
            yield from _following(change(desk, name, texts), name, texts)

        return on_click

    upload = tab.files.upload(on_upload, tab.files, [*progress, tab.files, tab.shelf], **LONG)
    follow = [*progress, tab.chosen]
    changes = [
        tab.save.click(on_save, [tab.chosen, *tab.fields], follow, **LONG),
        tab.rename.click(on_rename, [tab.chosen, tab.name], follow, **LONG),
        tab.name.submit(on_rename, [tab.chosen, tab.name], follow, **LONG),
        tab.again.click(following(library.read_again), tab.chosen, follow, **LONG),
        tab.really.click(following(library.remove), tab.chosen, follow, **LONG),
    ]
    tab.remove.click(lambda: gr.update(visible=True), None, tab.sure, **QUIET)
    tab.keep.click(lambda: gr.update(visible=False), None, tab.sure, **QUIET)

    def on_changed(count: int, name: str) -> tuple[Any, ...]:
        return count + 1, *_opened(desk, name, texts)

    fresh = [tab.changed, *_shown(tab)]
    for change in (upload, *changes):
        change.then(on_changed, [tab.changed, tab.chosen], fresh, **QUIET)
    stopped = finished(texts.cancelled)
    tab.cancel.click(
        lambda: _told(stopped, texts), None, progress, cancels=[upload, *changes], **QUIET
    ).then(on_changed, [tab.changed, tab.chosen], fresh, **QUIET)


def _told(work: Work, texts: Texts) -> tuple[str, Any]:
    """How it goes, and whether it can still be cancelled."""
    import gradio as gr

    return work_markup(work, texts), gr.update(visible=not work.done)


def _following(works: Iterator[Work], name: str, texts: Texts) -> Iterator[tuple[str, Any, str]]:
    """How it goes, and what the thesis is called in the end."""
    for work in works:
        yield (*_told(work, texts), work.document if work.done else name)
