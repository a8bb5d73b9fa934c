"""Work on the library that takes a while: one at a time, with progress, until it is cancelled."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from thesis_qa.errors import ThesisQAError
from thesis_qa.lang.data import text
from thesis_qa.types import OnProgress, Progress
from thesis_qa.web.context import AppContext
from thesis_qa.web.render import fragment
from thesis_qa.web.texts import Texts, error_line

UPDATES = 0.25  # seconds between two states of the progress bar
TELLABLE = 0.05  # of the work, before the time left can be told

Task = Callable[[OnProgress], "Work"]
"""Does the work and says what came of it. Raises ThesisQAError or OSError."""


class CancelledError(Exception):
    """Raised inside the work when the visitor cancels or leaves."""


@dataclass(frozen=True, slots=True)
class Work:
    """What is said about work while it goes on."""

    document: str = ""  # the one worked on; in the end, what it is called then
    progress: Progress | None = None
    left: float | None = None  # seconds for the present step, once they can be told
    waiting: bool = False
    lines: tuple[str, ...] = ()  # what came of it, and of what was done before
    done: bool = False

    @property
    def share(self) -> float:
        """How much of the present step, recognising pages or else embedding, is done."""
        if not self.progress:
            return 0.0
        done, total = self.progress.done, self.progress.total
        if self.progress.scanned:
            done, total = self.progress.page, self.progress.scanned
        return done / total if total else 0.0


def finished(line: str, document: str = "") -> Work:
    """What came of it."""
    return Work(document, lines=(line,), done=True)


def working(
    app: AppContext, document: str, task: Task, texts: Texts, refused: str = "{reason}"
) -> Iterator[Work]:
    """Do `task` when nobody else is changing the library; yields how it goes.

    `refused` is how it is said that it could not be done.
    """
    yield Work(document)
    while not app.writing.acquire(timeout=UPDATES):
        yield Work(document, waiting=True)
    try:
        thread = _Thread(task)
        try:
            yield from _watched(thread, document)
        finally:  # also when the visitor cancels or leaves
            thread.cancelled.set()
            thread.join()
    finally:
        app.writing.release()
    if isinstance(thread.error, ThesisQAError | OSError):
        yield finished(refused.format(reason=_reason(thread.error, texts)), document)
    elif thread.error:
        raise thread.error
    else:
        yield thread.outcome


def _reason(error: ThesisQAError | OSError, texts: Texts) -> str:
    """What went wrong; of a file of this machine its name only, not where it is."""
    if isinstance(error, ThesisQAError):
        return error_line(error, texts.language)
    name = Path(str(error.filename or "")).name
    said = error.strerror or type(error).__name__
    return text("text.server.disk", texts.language, file=repr(name), reason=said)


class _Thread(threading.Thread):
    """Works, so that it can be told how far it is and be cancelled meanwhile."""

    def __init__(self, task: Task) -> None:
        super().__init__(daemon=True)
        self._task = task
        self.cancelled = threading.Event()
        self.progress: Progress | None = None
        self.outcome = Work()
        self.error: Exception | None = None
        self.start()

    def run(self) -> None:
        try:
            self.outcome = self._task(self._watch)
        except Exception as error:  # handed to the thread that waits
            self.error = error

    def _watch(self, progress: Progress) -> None:
        if self.cancelled.is_set():
            raise CancelledError
        self.progress = progress


def _watched(thread: _Thread, document: str) -> Iterator[Work]:
    step, started = None, time.monotonic()
    while thread.is_alive():
        thread.join(UPDATES)
        progress = thread.progress
        if progress and bool(progress.scanned) != step:  # recognising is over, embedding begins
            step, started = bool(progress.scanned), time.monotonic()
        done, seconds = Work(document, progress).share, time.monotonic() - started
        yield Work(document, progress, seconds / done - seconds if done > TELLABLE else None)


def work_markup(work: Work, texts: Texts) -> str:
    """How work goes, or what came of it."""
    return fragment("progress.html", texts, work=work)
