"""Changes of the library: theses come in, are read again, described, renamed, and go.

Each is a generator of `Work`, so that whoever asked for it sees how it goes. Nothing is done where
the library is read-only, whatever the page offers.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from thesis_qa.errors import DocumentError
from thesis_qa.index.feedback import rename_in_feedback
from thesis_qa.read.files import META_SUFFIX
from thesis_qa.types import DocumentReport, OnProgress
from thesis_qa.web.described import Described, write_described
from thesis_qa.web.desk import Desk
from thesis_qa.web.markup import size_of
from thesis_qa.web.texts import Texts
from thesis_qa.web.uploads import MAX_FILES, check_upload, keep, safe_name
from thesis_qa.web.work import Work, finished, working

REMOVED = ".removed"
"""Folder for the files of removed theses; hidden, so it is never indexed."""


def add_files(desk: Desk, files: Sequence[tuple[Path, str]], texts: Texts) -> Iterator[Work]:
    """Bring uploads, given with the names they had, into the library."""
    if desk.settings.read_only:
        yield finished(texts.shelf.read_only)
        return
    lines: tuple[str, ...] = ()
    for path, name in files[:MAX_FILES]:
        for work in _add(desk, path, safe_name(name), texts):
            if work.done:
                lines = (*lines, *work.lines)
            else:
                yield Work(work.document, work.progress, work.left, work.waiting, lines)
    if len(files) > MAX_FILES:
        lines = (*lines, texts.too_many.format(count=MAX_FILES))
    for path, _ in files:  # what was refused isn't left lying about
        path.unlink(missing_ok=True)
    yield Work(lines=lines, done=True)


def _add(desk: Desk, path: Path, name: str, texts: Texts) -> Iterator[Work]:
    def add(progress: OnProgress) -> Work:
        check_upload(path, name, desk.settings.max_upload_mb)
        folder = desk.documents
        present = set(folder.iterdir()) if folder.is_dir() else set()
        target = keep(path, name, folder)
        try:
            return finished(_read_line(_read(desk, target, progress), texts))
        finally:  # one that can't be read, or was cancelled, doesn't stay there
            if target not in present and not _indexed(desk, target):
                target.unlink(missing_ok=True)

    yield from working(desk, name, add, texts, texts.not_added)


def _read_line(report: DocumentReport, texts: Texts) -> str:
    if report.status == "unchanged":
        return texts.unchanged.format(document=report.document)
    size = ", ".join(size_of(report, texts))
    return texts.added.format(document=report.document, size=size)


def _indexed(desk: Desk, path: Path) -> bool:
    known = desk.assistant.index.catalog.sources().values()
    return any(Path(source.path) == path.resolve() for source in known)


def _read(desk: Desk, path: Path, progress: OnProgress, again: bool = False) -> DocumentReport:
    """Index a file. Raises DocumentError if it can't be read."""
    report = desk.assistant.index.update(path, progress=progress, again=again).documents[0]
    if report.error:
        raise DocumentError(report.error)
    return report


def _change(
    desk: Desk, name: str, texts: Texts, task: Callable[[Path, OnProgress], Work]
) -> Iterator[Work]:
    """Do something with the file of a document, if there is one and it may be changed."""
    if desk.settings.read_only:
        yield finished(texts.shelf.read_only)
        return

    def checked(progress: OnProgress) -> Work:
        source = desk.assistant.index.catalog.sources().get(name)
        if source is None:
            raise DocumentError(texts.shelf.gone.format(document=name))
        return task(Path(source.path), progress)

    yield from working(desk, name, checked, texts)


def read_again(desk: Desk, name: str, texts: Texts) -> Iterator[Work]:
    """Read a document afresh, though its file hasn't changed."""

    def read(path: Path, progress: OnProgress) -> Work:
        report = _read(desk, path, progress, again=True)
        line, size = texts.shelf.was_read_again, ", ".join(size_of(report, texts))
        return finished(line.format(document=name, size=size), name)

    yield from _change(desk, name, texts, read)


def describe(desk: Desk, name: str, given: Described, texts: Texts) -> Iterator[Work]:
    """State title, author … in a file beside the document, and read it again with them."""

    def write(path: Path, progress: OnProgress) -> Work:
        known = desk.assistant.index.catalog.document(name).metadata
        restore = write_described(path, known, given)
        if restore is None:
            return finished(texts.shelf.nothing_changed, name)
        try:
            _read(desk, path, progress)
        except BaseException:
            restore()
            raise
        return finished(texts.shelf.fields_saved.format(document=name), name)

    yield from _change(desk, name, texts, write)


def rename(desk: Desk, name: str, wanted: str, texts: Texts) -> Iterator[Work]:
    """Give a document's file another name, of the same kind; nothing is embedded twice."""

    def move(path: Path, progress: OnProgress) -> Work:
        target = path.with_name(_new_name(wanted, path, texts))
        if target == path:
            return finished(texts.shelf.nothing_changed, name)
        if target.exists():
            raise DocumentError(texts.shelf.name_taken.format(name=target.name))
        moved = _move(path, target)
        try:
            report = _read(desk, target, progress)
        except BaseException:
            _move_back(moved)
            raise
        index = desk.assistant.index
        rename_in_feedback(index.folder, name, report.document)
        index.remove(name)
        line = texts.shelf.renamed.format(document=name, name=report.document)
        return finished(line, report.document)

    yield from _change(desk, name, texts, move)


def _new_name(wanted: str, path: Path, texts: Texts) -> str:
    """`wanted` as a file name that ends as the file does."""
    stem = wanted.strip().removesuffix(path.suffix)
    if not stem.strip(". "):
        raise DocumentError(texts.shelf.name_needed)
    return safe_name(stem + path.suffix)


def _move(path: Path, target: Path) -> Mapping[Path, Path]:
    """Move a file and what is stated beside it; gives back what went where."""
    beside = [
        (part, target.with_name(target.name + part.name.removeprefix(path.name)))
        for part in (path, path.with_name(path.name + META_SUFFIX))
        if part.exists()
    ]
    for part, there in beside:
        part.rename(there)
    return dict(beside)


def _move_back(moved: Mapping[Path, Path]) -> None:
    for part, there in moved.items():
        there.rename(part)


def remove(desk: Desk, name: str, texts: Texts) -> Iterator[Work]:
    """Forget a document; a file of the documents folder is put aside, any other is left alone."""

    def forget(path: Path, progress: OnProgress) -> Work:
        desk.assistant.index.remove(name)
        folder = desk.documents.resolve()
        if not path.is_relative_to(folder) or not path.exists():
            return finished(texts.shelf.forgotten.format(document=name))
        aside = folder / REMOVED
        aside.mkdir(exist_ok=True)
        _move(path, _unused(aside / path.name))
        return finished(texts.shelf.removed.format(document=name, folder=shown_aside(desk)))

    yield from _change(desk, name, texts, forget)


def shown_aside(desk: Desk) -> str:
    """Where files of removed theses go, as it is told."""
    return f"{desk.documents.resolve().name}/{REMOVED}"


def _unused(path: Path) -> Path:
    number, target = 2, path
    while target.exists():
        target = path.with_name(f"{path.stem} ({number}){path.suffix}")
        number += 1
    return target
