"""Work on the library that takes a while: one at a time, with progress, until it is cancelled."""

import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Generic, TypeVar

from thesis_qa.errors import ThesisQAError
from thesis_qa.lang.data import text
from thesis_qa.types import OnProgress, Progress
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
    failed: bool = False
    doing: str = ""  # what is done with the document, if it isn't read
    files: tuple["Work", ...] = ()  # of several files, how each goes

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
    writing: threading.Lock,
    document: str,
    task: Task,
    texts: Texts,
    refused: str = "{reason}",
    doing: str = "",
) -> Generator[Work, None, None]:
    """Do `task` when nobody else is `writing` to the library; yields how it goes.

    `refused` is how it is said that it could not be done, `doing` what is done, if not reading.
    """
    yield Work(document, doing=doing)
    while not writing.acquire(timeout=UPDATES):
        yield Work(document, waiting=True)
    try:
        worker: Worker[Progress, Work] = Worker(task)
        with closing(worker.states()) as states:
            for work in _watched(states, document):
                yield replace(work, doing=doing)
    finally:
        writing.release()
    try:
        done = worker.result()
    except (ThesisQAError, OSError) as error:
        said = finished(refused.format(reason=_reason(error, texts)), document)
        done = replace(said, failed=True)
    yield done


def _reason(error: ThesisQAError | OSError, texts: Texts) -> str:
    """What went wrong; of a file of this machine its name only, not where it is."""
    if isinstance(error, ThesisQAError):
        return error_line(error, texts.language)
    name = Path(str(error.filename or "")).name
    said = error.strerror or type(error).__name__
    return text("text.server.disk", texts.language, file=repr(name), reason=said)


State = TypeVar("State")
Outcome = TypeVar("Outcome")


class Worker(threading.Thread, Generic[State, Outcome]):
    """Works, so that it can be told how far it is and be cancelled meanwhile."""

    def __init__(self, task: Callable[[Callable[[State], None]], Outcome]) -> None:
        super().__init__(daemon=True)
        self._task, self._cancelled = task, threading.Event()
        self._state: State | None = None
        self._outcome: Outcome | Exception
        self.start()

    def run(self) -> None:
        """The work itself, in the thread."""
        try:
            self._outcome = self._task(self._tell)
        except Exception as error:  # handed to the thread that waits
            self._outcome = error

    def _tell(self, state: State) -> None:
        if self._cancelled.is_set():
            raise CancelledError
        self._state = state

    def states(self) -> Generator[State | None, None, None]:
        """How far it is, again and again until it is done; closing this cancels the work."""
        try:
            while self.is_alive():
                yield self._state
                self.join(UPDATES)
        finally:
            self._cancelled.set()
            self.join()

    def result(self) -> Outcome:
        """What came of it; raises what went wrong."""
        if isinstance(self._outcome, Exception):
            raise self._outcome
        return self._outcome


def _watched(states: Iterator[Progress | None], document: str) -> Iterator[Work]:
    step, started = None, time.monotonic()
    for progress in states:
        if progress and bool(progress.scanned) != step:  # recognising is over, embedding begins
            step, started = bool(progress.scanned), time.monotonic()
        done, seconds = Work(document, progress).share, time.monotonic() - started
        yield Work(document, progress, seconds / done - seconds if done > TELLABLE else None)


def work_markup(work: Work, texts: Texts) -> str:
    """How work goes, or what came of it."""
    return fragment("progress.html", texts, work=work)
