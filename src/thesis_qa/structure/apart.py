"""Reads files without pages in a process of its own, which no file can take the rest down with:
`python -m thesis_qa.structure.apart`.

The process takes one job a line (JSON: path, name) and answers each with eight bytes of length and
as many of a pickled Document, or of the exception. It is kept for the files that follow, and ended
where it takes too long; a new one reads the next. Pickles come only from this program's own child.
"""

import atexit
import json
import os
import pickle
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from threading import Lock, Timer
from typing import IO, Any

from thesis_qa.errors import DocumentError
from thesis_qa.read import FORMATS, awaited, child_process
from thesis_qa.read.blocks import RawDocument
from thesis_qa.types import Document

CPU = 60  # seconds of work on one file; a thesis takes two or three
PATIENCE = 600.0  # seconds in all: a busy machine works at a tenth of its speed
MEMORY = 1 << 30  # bytes; the largest theses at hand take 300 MB
MAX_FILES = 100  # that one process reads: what it leaks ends with it
MODULE = "thesis_qa.structure.apart"


def read_apart(path: Path, name: str) -> Document:
    """The document at `path`, read by the child. Raises DocumentError also where it needs more
    time or memory than any thesis does."""
    with _LOCK:
        return _READER.read(path, name)


@dataclass
class _Child:
    """A process that reads one file after the other."""

    process: "subprocess.Popen[bytes] | None" = None
    done: int = 0
    owner: int = field(default_factory=os.getpid)  # a forked process has to start its own

    def read(self, path: Path, name: str) -> Document:
        if self.process is None or self.process.poll() is not None or self.owner != os.getpid():
            self._start()
        job = json.dumps({"path": str(path.resolve()), "name": name}) + "\n"
        started = time.monotonic()
        answer = self._answer(job.encode())
        self.done += 1
        if answer is None:
            raise self._lost(name, time.monotonic() - started)
        if self.done >= MAX_FILES:
            self.end()
        found = pickle.loads(answer)
        if isinstance(found, Exception):
            raise found
        assert isinstance(found, Document)
        return found

    def _lost(self, name: str, seconds: float) -> DocumentError:
        """Why the child gave no answer; it is ended."""
        assert self.process is not None
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(1)
        late = seconds >= PATIENCE or self.process.returncode == -_CPU_SIGNAL
        self.end()
        return DocumentError("too-slow" if late else "too-much", file=name, seconds=CPU)

    def end(self) -> None:
        if self.process is not None and self.owner == os.getpid():
            self.process.kill()
            self.process.communicate()
        self.process = None

    def _start(self) -> None:
        self.owner, self.done = os.getpid(), 0
        self.process = child_process(MODULE, stdin=subprocess.PIPE)

    def _answer(self, job: bytes) -> bytes | None:
        """What the child says; None if it dies or is late, and is ended."""
        child = self.process
        assert child is not None
        assert child.stdin is not None
        assert child.stdout is not None
        watch = Timer(PATIENCE, child.kill)
        watch.daemon = True
        watch.start()
        try:
            child.stdin.write(job)
            child.stdin.flush()
            with awaited(child):
                length = int.from_bytes(child.stdout.read(8), "big")
                answer = child.stdout.read(length)
        except BrokenPipeError:
            return None
        finally:
            watch.cancel()
        return answer if length and len(answer) == length else None


_CPU_SIGNAL = 24  # SIGXCPU
_LOCK = Lock()
_READER = _Child()
atexit.register(_READER.end)


def read_flow(path: Path, name: str) -> Document:
    """A file without pages, read in this process; only what its format needs is imported."""
    from thesis_qa.structure.flow import flow_document

    kind = FORMATS[path.suffix.lower()]
    module = import_module(f"thesis_qa.read.{kind}")
    read: Callable[[Path, str], RawDocument] = getattr(module, f"read_{kind}")
    return flow_document(name, read(path, name))


def _serve(jobs: IO[bytes], out: IO[bytes]) -> None:
    _limit_memory()
    for line in jobs:
        _limit_time()
        answer = pickle.dumps(_outcome(json.loads(line)))
        out.write(len(answer).to_bytes(8, "big") + answer)
        out.flush()


def _outcome(job: dict[str, Any]) -> Document | Exception:
    name = job["name"]
    try:
        return read_flow(Path(job["path"]), name)
    except (DocumentError, OSError) as error:
        return error
    except MemoryError:
        return DocumentError("too-much", file=name)
    except Exception as error:  # a mistake of ours must not keep other files from being read
        return DocumentError("reader-failed", file=name, reason=f"{type(error).__name__}: {error}")


def _limit_time() -> None:
    """From now on, CPU seconds may be spent."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        used = resource.getrusage(resource.RUSAGE_SELF)
        _, most = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + CPU, most))


def _limit_memory() -> None:
    with suppress(ImportError, ValueError, OSError):  # Windows, or limited more already
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))


if __name__ == "__main__":
    _serve(sys.stdin.buffer, sys.stdout.buffer)
