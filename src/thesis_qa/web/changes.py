"""Changes of the library: theses come in, are read again, described, and go.

Each is a generator of `Work`, so that whoever asked for it sees how it goes. Nothing is done where
the library is read-only, whatever the page offers.
"""

import filecmp
import json
import shutil
import tomllib
import unicodedata
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path, PureWindowsPath
from typing import Any

from thesis_qa.errors import DocumentError
from thesis_qa.read import check_type
from thesis_qa.read.files import META_SUFFIX
from thesis_qa.structure.document import YEARS
from thesis_qa.types import DocumentReport, Metadata, OnProgress
from thesis_qa.web.context import AppContext
from thesis_qa.web.places import size_words
from thesis_qa.web.texts import Texts
from thesis_qa.web.work import Work, finished, working

# Files that visitors send

MAX_FILES = 20  # at once
MAX_NAME = 150  # bytes; file systems allow 255, some tools add to it
MEGABYTE = 1_000_000

FORBIDDEN = str.maketrans(dict.fromkeys('<>:"/\\|?*', " "))  # in names on Windows


def safe_name(name: str) -> str:
    """A file name that is one, on every system: no path, nothing hidden, not too long."""
    name = unicodedata.normalize("NFC", name.replace("\\", "/").rpartition("/")[2])
    name = "".join(c for c in name if c.isprintable()).translate(FORBIDDEN)
    name = " ".join(name.split()).strip(". ")
    if PureWindowsPath(name).is_reserved():
        name = f"_{name}"
    stem, dot, suffix = name.rpartition(".")
    if not dot:
        return _cut(name, MAX_NAME) or "document"
    return f"{_cut(stem.rstrip('. '), MAX_NAME - len(suffix)) or 'document'}.{suffix[:12]}"


def _cut(text: str, length: int) -> str:
    return text.encode()[: max(1, length)].decode(errors="ignore")


def check_upload(path: Path, name: str, max_megabytes: int) -> None:
    """Raise DocumentError for a file that is not taken, whatever the browser let through.

    Its content is looked at when it is read; what is no PDF though it is called so fails then.
    """
    check_type(name)
    size = path.stat().st_size
    if size > max_megabytes * MEGABYTE:
        raise DocumentError("upload-large", file=repr(name), megabytes=max_megabytes)
    if size == 0:
        raise DocumentError("upload-empty", file=repr(name))


def keep(path: Path, name: str, folder: Path) -> Path:
    """Move an upload into the documents folder; a file of that name with other content stays."""
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / name
    number = 2
    while target.exists() and not filecmp.cmp(path, target, shallow=False):
        target = folder / f"{Path(name).stem} ({number}){Path(name).suffix}"
        number += 1
    if target.exists():
        path.unlink()
    else:
        shutil.move(path, target)
    return target


UPLOADS = "uploads"  # folder of the index, for what was sent and isn't in the library yet
UNCLAIMED = 3600.0  # seconds after which nobody will do anything with a file that was sent


def sweep(folder: Path, now: float) -> None:
    """Delete what was sent and never brought in: by who left, or before a server was killed."""
    for path in sorted(folder.rglob("*"), reverse=True):  # what is in a folder before it
        with suppress(OSError):  # somebody else was quicker, or it isn't empty
            if now - path.lstat().st_mtime > UNCLAIMED:
                path.rmdir() if path.is_dir() else path.unlink()


# What a user states about a thesis, written beside it

MAX_LENGTH = 1_000  # characters of a field; the longest titles have 300


# The fields of the form, in its order; what is stated of several persons or words, one a line.
FIELDS = (
    "title", "author", "year", "student_number", "university", "faculty", "degree", "supervisors",
    "keywords",
)  # fmt: skip
LISTS = frozenset({"supervisors", "keywords"})


def form_of(known: Metadata) -> dict[str, str]:
    """The texts of the form by field."""
    values = {name: getattr(known, name) for name in FIELDS}
    return {
        name: "\n".join(value) if isinstance(value, tuple) else str(value or "")
        for name, value in values.items()
    }


def read_form(typed: Mapping[str, str]) -> Metadata:
    """What is stated in a form, by field. Raises ValueError for a year that is none."""
    fields: dict[str, Any] = {}
    for name, text in typed.items():
        clean = "".join(c if c.isprintable() else "\n" for c in (text or "")[:MAX_LENGTH])
        lines = tuple(" ".join(line.split()) for line in clean.split("\n") if line.strip())
        fields[name] = lines if name in LISTS else " ".join(lines)
    fields["year"] = _year(fields["year"])
    return Metadata(**fields)


def _year(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) == 4 and int(text) in YEARS):
        raise ValueError(f"year:{text}")
    return int(text)


def write_described(path: Path, known: Metadata, given: Metadata) -> Callable[[], None] | None:
    """State beside the document at `path` what `given` says otherwise than is `known` of it.

    A field that was stated and is emptied now is no longer stated: the document speaks again.
    Gives back what undoes it, or None if nothing changes. Raises DocumentError if what is there
    can't be read or kept.
    """
    beside = path.with_name(path.name + META_SUFFIX)
    before = beside.read_bytes() if beside.exists() else None
    stated = _stated(beside, before or b"")
    changed = [name for name in FIELDS if getattr(given, name) != getattr(known, name)]
    if not changed:
        return None
    for name in changed:
        value = getattr(given, name)
        if not value and (name in stated or name == "year"):
            stated.pop(name, None)
        else:
            stated[name] = value
    _write(beside, "".join(f"{name} = {_toml(value)}\n" for name, value in stated.items()).encode())
    return lambda: _write(beside, before)


def _write(beside: Path, content: bytes | None) -> None:
    if content:
        beside.write_bytes(content)
    else:
        beside.unlink(missing_ok=True)


def _stated(beside: Path, content: bytes) -> dict[str, Any]:
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DocumentError("stated-unreadable", file=beside.name, reason=error) from error


def _toml(value: object) -> str:
    """A text, number or list of texts as TOML writes it (its strings escape as JSON's do)."""
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    raise DocumentError("stated-unknown")


# What is done

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
        source = app.assistant.index.catalog.source(name)
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
