"""Files become pages or blocks of text; what they mean is found by `thesis_qa.structure`."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePath
from threading import get_ident

from thesis_qa.errors import DocumentError

MARKDOWN = (".md", ".markdown", ".mdown", ".mkd")
CONVERTED = (".odt", ".doc", ".rtf", ".wps")  # where LibreOffice is installed
FORMATS = {  # the module of this room that reads a file, by the suffix of its name
    ".pdf": "pdf",
    ".docx": "docx",
    ".epub": "epub",
    ".html": "html",
    ".htm": "html",
    ".txt": "text",
    **dict.fromkeys(MARKDOWN, "text"),
}
SUPPORTED = (*FORMATS, *CONVERTED)
NAMED = ", ".join("PDF DOCX ODT EPUB MD TXT HTML".split())  # of them, those that users know

_HINTS = {  # what to do about others, by suffix
    ".tex": "type-unread-source",
    ".pages": "type-unread-document",
    ".pptx": "type-unread-document",
    ".xlsx": "type-unread-document",
}

_ALONE = """
import runpy, sys, types
_, name, folder, module, *sys.argv[1:] = sys.argv
package = sys.modules[name] = types.ModuleType(name)
package.__path__ = [folder]
runpy.run_module(module, run_name="__main__", alter_sys=True)
"""


def check_type(name: str) -> None:
    """Raise DocumentError for a file that can't be read here, by the suffix of its name."""
    suffix = PurePath(name).suffix.lower()
    if suffix not in SUPPORTED:
        raise DocumentError(_HINTS.get(suffix, "type-unread"), file=name, kinds=NAMED)
    if suffix in CONVERTED and not libreoffice():
        raise DocumentError("needs-libreoffice", file=name)


def child_process(module: str, *arguments: str, stdin: int) -> "subprocess.Popen[bytes]":
    """A process of its own that runs a module of this package, and writes to a pipe. It imports
    that module alone and not the whole package, which takes as long as reading forty pages."""
    package = Path(__file__).parents[1]
    paths = [str(package.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    return subprocess.Popen(
        [sys.executable, "-P", "-c", _ALONE, package.name, str(package), module, *arguments],
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths), "OPENBLAS_NUM_THREADS": "1"},
    )


@contextmanager
def awaited(child: "subprocess.Popen[bytes]") -> Iterator[None]:
    """While this thread waits for a child, so that it can be kept from waiting on."""
    _awaited[get_ident()] = child
    try:
        yield
    finally:
        _awaited.pop(get_ident(), None)


def end_waiting(thread: int | None) -> None:
    """End the child that a thread waits for, if it does."""
    if thread in _awaited and (child := _awaited.get(thread)):
        child.kill()


_awaited: "dict[int | None, subprocess.Popen[bytes]]" = {}


def libreoffice() -> str | None:
    """The program that converts other formats, if it is installed."""
    return shutil.which("soffice") or shutil.which("libreoffice")
