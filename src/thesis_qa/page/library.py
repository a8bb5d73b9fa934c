"""The shelf of documents, and bringing new ones in."""

import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from thesis_qa.errors import ThesisQAError
from thesis_qa.page.desk import Desk
from thesis_qa.page.markup import flat
from thesis_qa.page.texts import Texts
from thesis_qa.page.uploads import MAX_FILES, check_upload, keep, safe_name
from thesis_qa.schema import DocumentReport, Progress
from thesis_qa.tables import DocumentInfo

UPDATES = 0.25  # seconds between two states of the progress bar


class CancelledError(Exception):
    """Raised inside indexing when the visitor cancels."""


@dataclass(frozen=True, slots=True)
class Upload:
    """What is said about an upload while it goes on."""

    document: str = ""
    share: float = 0.0
    left: float | None = None  # seconds, once they can be told
    waiting: bool = False
    lines: tuple[str, ...] = ()  # what became of the files so far
    done: bool = False


def add_files(desk: Desk, files: Sequence[tuple[Path, str]], texts: Texts) -> Iterator[Upload]:
    """Bring uploads, given with the names they had, into the library; yields how it goes."""
    lines: tuple[str, ...] = ()
    for path, name in files[:MAX_FILES]:
        for state in _add(desk, path, safe_name(name), texts):
            if state.done:
                lines = (*lines, *state.lines)
            else:
                yield Upload(state.document, state.share, state.left, state.waiting, lines)
    if len(files) > MAX_FILES:
        lines = (*lines, texts.too_many.format(count=MAX_FILES))
    yield Upload(lines=lines, done=True)


def _add(desk: Desk, path: Path, name: str, texts: Texts) -> Iterator[Upload]:
    yield Upload(name)
    try:
        check_upload(path, name, desk.settings.max_upload_mb)
        while not desk.writing.acquire(timeout=UPDATES):
            yield Upload(name, waiting=True)
        try:
            target = keep(path, name, desk.documents)
            yield from _index(desk, target, texts)
        finally:
            desk.writing.release()
    except (ThesisQAError, OSError) as error:
        yield Upload(name, lines=(texts.not_added.format(reason=error),), done=True)


class _Reading(threading.Thread):
    """Indexes one file, so that its progress can be told and it can be cancelled meanwhile."""

    def __init__(self, desk: Desk, path: Path) -> None:
        super().__init__(daemon=True)
        self._index, self._path = desk.assistant.index, path
        self.cancelled = threading.Event()
        self.progress: Progress | None = None
        self.report: DocumentReport | None = None
        self.error: Exception | None = None

    def run(self) -> None:
        try:
            self.report = self._index.update(self._path, progress=self._watch).documents[0]
        except Exception as error:  # raised again in the thread that waits
            self.error = error

    def _watch(self, progress: Progress) -> None:
        if self.cancelled.is_set():
            raise CancelledError
        self.progress = progress


def _index(desk: Desk, path: Path, texts: Texts) -> Iterator[Upload]:
    """Index a file of the documents folder; one that can't be read doesn't stay there."""
    reading = _Reading(desk, path)
    started = time.monotonic()
    reading.start()
    try:
        while reading.is_alive():
            reading.join(UPDATES)
            yield _state(path.name, reading.progress, time.monotonic() - started)
    finally:  # also when the visitor cancels or leaves
        reading.cancelled.set()
        reading.join()
        if not _indexed(desk, path):
            path.unlink(missing_ok=True)
    if reading.error:
        raise reading.error
    if reading.report:
        yield Upload(path.name, lines=(_line(reading.report, texts),), done=True)


def _indexed(desk: Desk, path: Path) -> bool:
    known = desk.assistant.index.documents()
    return any(Path(document.path) == path.resolve() for document in known)


def _state(name: str, progress: Progress | None, seconds: float) -> Upload:
    share = progress.done / progress.total if progress and progress.total else 0.0
    left = seconds / share - seconds if share > 0.05 else None
    return Upload(name, share, left)


def _line(report: DocumentReport, texts: Texts) -> str:
    if report.error:
        return texts.not_added.format(reason=report.error)
    if report.status == "unchanged":
        return texts.unchanged.format(document=report.document)
    return texts.added.format(
        document=report.document, pages=report.pages, passages=report.passages
    )


def upload_markup(upload: Upload, texts: Texts) -> str:
    """How an upload goes, or what came of it."""
    lines = "".join(f"<li>{escape(line)}</li>" for line in upload.lines)
    finished = f"<ul>{lines}</ul>" if lines else ""
    if upload.done:
        return f'<div class="upload" role="status">{finished}</div>'
    heading = texts.waiting if upload.waiting else texts.reading.format(document=upload.document)
    return flat(
        f'<div class="upload" role="status">{finished}<p>{escape(heading)}'
        f'<span class="left">{escape(_left(upload.left, texts))}</span></p>'
        f'<progress max="1" value="{upload.share:.3f}" aria-label="{escape(heading)}"></progress>'
        f"</div>"
    )


def _left(seconds: float | None, texts: Texts) -> str:
    if seconds is None:
        return ""
    if seconds < 90:
        return texts.seconds_left.format(seconds=max(1, round(seconds)))
    return texts.minutes_left.format(minutes=round(seconds / 60))


def shelf(documents: Sequence[DocumentInfo], texts: Texts) -> str:
    """All documents with what was found in them and how reading them went."""
    if not documents:
        return f'<p class="nothing">{escape(texts.nothing_yet)}</p>'
    return f'<div class="shelf">{"".join(_book(d, texts) for d in documents)}</div>'


def _book(document: DocumentInfo, texts: Texts) -> str:
    known = document.metadata
    by = " · ".join(filter(None, (known.author, str(known.year or ""), known.university)))
    names = {"id": texts.indonesian, "en": texts.english}
    shares = (f"{names[k]} {v:.0%}" for k, v in document.languages.items() if k in names)
    counts = [f"{document.passages} {texts.passages}", *shares]
    if document.pages > 1:
        counts.insert(0, f"{document.pages} {texts.pages}")
    notes = "".join(f"<li>{escape(warning)}</li>" for warning in document.warnings)
    health = (
        f"<details><summary>{escape(texts.notes)} ({len(document.warnings)})</summary>"
        f"<ul>{notes}</ul></details>"
        if notes
        else f'<p class="healthy">{escape(texts.healthy)}</p>'
    )
    return flat(
        f'<article class="book"><h3>{escape(known.title or document.name)}</h3>'
        f'<p class="byline">{escape(by)}</p>'
        f'<p class="counts"><span class="file">{escape(document.name)}</span> '
        f"{escape(' · '.join(counts))}</p>{health}"
        f'<button type="button" class="act card-of" name="card" value="{escape(document.name)}">'
        f"{escape(texts.card.open)}</button></article>"
    )
