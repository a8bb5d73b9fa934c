"""Work on the library that takes a while: one at a time, with progress, until it is cancelled.

Files that were sent are read one after the other, whoever still looks on.
"""

import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Generic, TypeVar

from thesis_qa.errors import ThesisQAError
from thesis_qa.lang.data import text
from thesis_qa.read import end_waiting
from thesis_qa.types import OnProgress, Progress
from thesis_qa.web.look import fragment
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
            while self.is_alive():  # a file made to hang takes a new process for each page
                end_waiting(self.ident)
                self.join(UPDATES)

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


# Files that were sent

Works = Generator[Work, None, None]


@dataclass(slots=True)
class Sent:
    """A file on its way into the library: how it goes, and what is yet to be done."""

    work: Work
    left: Works


class Intake:
    """What was sent goes on when the page that sent it is left, until somebody cancels it."""

    def __init__(self) -> None:
        self._files: list[Sent] = []
        self._lock, self._cancelled = threading.Lock(), threading.Event()
        self._reader: threading.Thread | None = None

    def send(self, files: Sequence[tuple[str, Works]], notes: Sequence[str] = ()) -> None:
        """Take files, by name with the work that each is; `notes` are about those left out."""
        with self._lock:
            if not self.going:
                self._files.clear()
            self._files += [Sent(Work(name, waiting=True), work) for name, work in files]
            said = (Work(lines=(note,), done=True, failed=True) for note in notes)
            self._files += [Sent(work, _nothing()) for work in said]
            if self._reader is None or not self._reader.is_alive():
                self._cancelled.clear()
                self._reader = threading.Thread(target=self._read, daemon=True)
                self._reader.start()

    def cancel(self, said: str) -> None:
        """Stop at the file that is being read; it and those behind it are said to be cancelled."""
        self._cancelled.set()
        if self._reader:
            self._reader.join()
        for sent in self._files:
            if not sent.work.done:
                sent.left.close()
                sent.work = Work(sent.work.document, lines=(said,), done=True, failed=True)

    @property
    def going(self) -> bool:
        """Whether there is a file that isn't done."""
        return any(not sent.work.done for sent in self._files)

    def state(self) -> Work:
        """How all files go, as one work."""
        files = tuple(sent.work for sent in self._files)
        lines = tuple(line for work in files for line in work.lines if work.done)
        return Work(files=files, lines=lines, done=all(work.done for work in files))

    def watch(self) -> Iterator[Work]:
        """The state again and again, until all is done."""
        while not (state := self.state()).done:
            yield state
            time.sleep(UPDATES)
        yield state

    def _read(self) -> None:
        while not self._cancelled.is_set():
            with self._lock:
                sent = next((sent for sent in self._files if not sent.work.done), None)
                if sent is None:
                    self._reader = None  # who sends something now starts another
                    return
            for work in sent.left:
                sent.work = work
                if self._cancelled.is_set() and not work.done:
                    break
            else:
                sent.work = replace(sent.work, done=True)


def _nothing() -> Works:
    yield from ()
