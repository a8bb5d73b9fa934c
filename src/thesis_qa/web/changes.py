"""Changes of the library: theses come in, are read again, described, and go.

Each is a generator of `Work`, so that whoever asked for it sees how it goes. Nothing is done where
the library is read-only, whatever the page offers.
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from pathlib import Path

from thesis_qa.errors import DocumentError
from thesis_qa.read.files import META_SUFFIX
from thesis_qa.types import DocumentReport, Metadata, OnProgress
from thesis_qa.web.context import AppContext
from thesis_qa.web.described import write_described
from thesis_qa.web.places import size_words
from thesis_qa.web.texts import Texts
from thesis_qa.web.uploads import MAX_FILES, check_upload, keep, safe_name
from thesis_qa.web.work import Work, finished, working

REMOVED = ".removed"
"""Folder for the files of removed theses; hidden, so it is never indexed."""


def add_files(app: AppContext, files: Sequence[tuple[Path, str]], texts: Texts) -> Iterator[Work]:
    """Bring uploads, given with the names they had, into the library, and tell how it goes; it
    goes on when nobody listens any more."""
    if app.settings.read_only:
        yield finished(texts.library.read_only)
        return
    for path, _ in files[MAX_FILES:]:
        path.unlink(missing_ok=True)
    left_out = [texts.too_many.format(count=MAX_FILES)] if len(files) > MAX_FILES else []
    named = [(path, safe_name(name)) for path, name in files[:MAX_FILES]]
    app.intake.send([(name, _add(app, path, name, texts)) for path, name in named], left_out)
    yield from app.intake.watch()


def _add(app: AppContext, path: Path, name: str, texts: Texts) -> Generator[Work, None, None]:
    def add(progress: OnProgress) -> Work:
        check_upload(path, name, app.settings.max_upload_mb)
        folder = app.documents
        present = set(folder.iterdir()) if folder.is_dir() else set()
        target = keep(path, name, folder)
        try:
            report = _read(app, target, progress)
            said = texts.unchanged if report.status == "unchanged" else texts.added
            return finished(_of_report(said, report, texts))
        finally:  # one that can't be read, or was cancelled, doesn't stay there
            if target not in present and not _indexed(app, target):
                target.unlink(missing_ok=True)

    try:
        yield from working(app.writing, name, add, texts, texts.not_added)
    finally:  # what was refused isn't left lying about
        path.unlink(missing_ok=True)


def _of_report(said: str, report: DocumentReport, texts: Texts) -> str:
    return said.format(document=report.document, size=", ".join(size_words(report, texts)))


def _indexed(app: AppContext, path: Path) -> bool:
    known = app.assistant.index.catalog.sources().values()
    return any(Path(source.path) == path.resolve() for source in known)


def _read(app: AppContext, path: Path, progress: OnProgress, again: bool = False) -> DocumentReport:
    """Index a file. Raises DocumentError if it can't be read."""
    report = app.assistant.index.update(path, progress=progress, again=again).documents[0]
    if report.failure or report.error:
        raise report.failure or DocumentError(report.error or "")
    return report


def _change(
    app: AppContext,
    name: str,
    texts: Texts,
    task: Callable[[Path, OnProgress], Work],
    doing: str = "",
) -> Iterator[Work]:
    """Do something with the file of a document, if there is one and it may be changed."""
    if app.settings.read_only:
        yield finished(texts.library.read_only)
        return

    def checked(progress: OnProgress) -> Work:
        source = app.assistant.index.catalog.sources().get(name)
        if source is None:
            raise DocumentError("document-gone", document=name)
        return task(Path(source.path), progress)

    yield from working(app.writing, name, checked, texts, doing=doing)


def read_thesis_again(app: AppContext, name: str, texts: Texts) -> Iterator[Work]:
    """Read a document afresh, though its file hasn't changed."""

    def read(path: Path, progress: OnProgress) -> Work:
        report = _read(app, path, progress, again=True)
        return finished(_of_report(texts.library.was_read_again, report, texts), name)

    yield from _change(app, name, texts, read)


def describe_thesis(app: AppContext, name: str, given: Metadata, texts: Texts) -> Iterator[Work]:
    """State title, author … in a file beside the document, and read it again with them."""

    def write(path: Path, progress: OnProgress) -> Work:
        known = app.assistant.index.catalog.document(name).metadata
        restore = write_described(path, known, given)
        if restore is None:
            return finished(texts.library.nothing_changed, name)
        try:
            _read(app, path, progress)
        except BaseException:
            restore()
            raise
        return finished(texts.library.fields_saved.format(document=name), name)

    yield from _change(app, name, texts, write)


def remove_thesis(app: AppContext, name: str, texts: Texts) -> Iterator[Work]:
    """Forget a document; a file of the documents folder is put aside, any other is left alone."""

    def forget(path: Path, progress: OnProgress) -> Work:
        app.assistant.index.remove(name)
        folder = app.documents.resolve()
        if not path.is_relative_to(folder) or not path.exists():
            return finished(texts.library.forgotten.format(document=name))
        _put_aside(path, folder / REMOVED)
        return finished(texts.library.removed.format(document=name, folder=removed_folder(app)))

    yield from _change(app, name, texts, forget, texts.library.removing_now)


def removed_folder(app: AppContext) -> str:
    """Where files of removed theses go, as people are told."""
    return f"{app.documents.resolve().name}/{REMOVED}"


def _put_aside(path: Path, folder: Path) -> None:
    """Move a file and what is stated beside it into `folder`, where nothing is overwritten."""
    folder.mkdir(exist_ok=True)
    number, target = 2, folder / path.name
    while target.exists():
        target = folder / f"{path.stem} ({number}){path.suffix}"
        number += 1
    beside = path.with_name(path.name + META_SUFFIX)
    if beside.exists():
        beside.rename(target.with_name(target.name + META_SUFFIX))
    path.rename(target)
