"""Files that were sent: read one after the other, whoever still looks on."""

import threading
import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace

from thesis_qa.web.work import UPDATES, Work

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
