"""Files that visitors send: checked, named safely and put into the documents folder."""

import filecmp
import shutil
import unicodedata
from pathlib import Path, PureWindowsPath

from thesis_qa.errors import DocumentError
from thesis_qa.read import check_type

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
