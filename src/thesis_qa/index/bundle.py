"""An index as one file with checksums, to take it to another machine.

What is derived from the catalog is left out, and made again there. The documents themselves don't
come along: places are shown as text until the folder of documents is indexed there.
"""

import hashlib
import json
import sqlite3
import tarfile
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from thesis_qa.errors import IndexStateError
from thesis_qa.index.feedback import FILE_NAME as FEEDBACK
from thesis_qa.index.rows import FILE_NAME, FORMAT

SUMS = "checksums.json"
PARTS = (FILE_NAME, FEEDBACK)
MOST_SUMS = 10_000  # bytes


def export_index(folder: Path, file: Path) -> int:
    """Write the index in `folder` into a new file; returns its bytes. Raises IndexStateError."""
    try:
        with TemporaryDirectory() as gathered, tarfile.open(file, "x:gz") as bundle:
            parts = [_copied(folder / part, Path(gathered)) for part in PARTS]
            there = [part for part in parts if part]
            sums = {part.name: _sum(part) for part in there}
            listed = Path(gathered) / SUMS
            listed.write_text(json.dumps({"format": FORMAT, "sha256": sums}), encoding="utf-8")
            for part in (listed, *there):
                bundle.add(part, part.name)
    except OSError as error:
        raise IndexStateError("bundle-not-written", file=str(file), reason=error) from error
    return file.stat().st_size


def _copied(database: Path, folder: Path) -> Path | None:
    """A copy as it is at one moment, whoever writes meanwhile."""
    if not database.is_file():
        return None
    copy = folder / database.name
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
        target.execute("PRAGMA journal_mode = DELETE")
    return copy


def import_index(file: Path, folder: Path) -> None:
    """Put the index of a file into `folder`, which has none yet. Raises IndexStateError."""
    if (folder / FILE_NAME).exists():
        raise IndexStateError("bundle-index-there", folder=str(folder))
    made = [part for part in PARTS if not (folder / part).exists()]
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with tarfile.open(file, "r:gz") as bundle:
            sums = _sums(bundle)
            for part in (part for part in PARTS if part in sums):
                _extract(bundle, part, folder / part)
                if _sum(folder / part) != sums[part]:
                    raise ValueError(part)
    except (OSError, EOFError, tarfile.TarError, ValueError, KeyError, TypeError) as error:
        for part in made:
            (folder / part).unlink(missing_ok=True)
        raise IndexStateError("bundle-unreadable", file=str(file), reason=error) from error


def _sums(bundle: tarfile.TarFile) -> dict[str, str]:
    stated = bundle.extractfile(SUMS)
    table = json.loads(stated.read(MOST_SUMS)) if stated else {}
    if table["format"] != FORMAT or FILE_NAME not in table["sha256"]:
        raise ValueError(table.get("format"))
    sums: dict[str, str] = table["sha256"]
    return sums


def _extract(bundle: tarfile.TarFile, part: str, target: Path) -> None:
    """Only what is known by name is taken out, and to where we say."""
    stored = bundle.extractfile(part)
    if stored is None:
        raise ValueError(part)
    with target.open("xb") as file:
        while block := stored.read(1 << 20):
            file.write(block)


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
