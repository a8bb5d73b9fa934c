"""Find the files of a folder and tell whether they changed."""

import hashlib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from thesis_qa.errors import DocumentError

META_SUFFIX = ".meta.toml"
"""`<file name>.meta.toml` beside a document overrides what is read from it; a file of just this
name speaks for all documents of its folder."""

OWNER = "~$"  # begins the name of what Word writes beside a file that is open
JUNK = frozenset({"thumbs.db", "desktop.ini", "icon\r"})  # left in folders by file managers


@dataclass(frozen=True, slots=True)
class Source:
    """A file as it was when it was read."""

    name: str  # of the document
    path: str
    root: str  # the folder given
    size: int
    modified: int  # nanoseconds
    sha256: str
    splitter: str


def find_files(path: Path) -> list[Path]:
    """The file given, or all files under the folder given that aren't hidden, by name.

    Links that lead out of the folder aren't followed: whoever may put files there could have any
    file of this machine read.
    """
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise DocumentError("no-such-folder", file=path)
    return sorted(
        file
        for file in path.rglob("*")
        if file.is_file()
        and not _leads_out(file, path)
        and not any(part.startswith(".") for part in file.relative_to(path).parts)
        and not file.name.endswith(META_SUFFIX)
        and file.name.lower() not in JUNK
        and not file.name.startswith(OWNER)
    )


def unread_links(path: Path) -> list[str]:
    """The links under a folder that aren't followed: to folders, out of this one, or to nothing."""
    found = path.rglob("*") if path.is_dir() else ()
    return sorted(
        same_name(file.relative_to(path).as_posix())
        for file in found
        if file.is_symlink()
        and (not file.is_file() or _leads_out(file, path))
        and not any(part.startswith(".") for part in file.relative_to(path).parts)
    )


def _leads_out(file: Path, folder: Path) -> bool:
    return file.is_symlink() and not file.resolve().is_relative_to(folder.resolve())


def same_name(name: str) -> str:
    """A name as it is kept: macOS takes accented letters apart, people type them as one."""
    return unicodedata.normalize("NFC", name)


def written(name: str) -> str:
    """`name` as text: bytes of it that aren't UTF-8 are spelled out."""
    return name.encode("utf-8", "backslashreplace").decode()


def document_name(file: Path, given: Path, known: Mapping[str, Source]) -> str:
    """Path relative to the folder given; a single file keeps the name it is known by.

    A new file in a folder that was given before is named as if that folder were given.
    """
    if given.is_dir():
        return same_name(file.relative_to(given).as_posix())
    path = str(file.resolve())
    for source in known.values():
        if source.path == path:
            return source.name
    inside = [file.resolve().relative_to(root) for root in _roots(known, path)]
    name = same_name(max(inside, key=lambda at: len(at.parts), default=Path(file.name)).as_posix())
    taken = known.get(name)
    if taken and Path(taken.path).is_file():  # another file of that name
        return same_name(f"{file.resolve().parent.name}/{file.name}")
    return name


def _roots(known: Mapping[str, Source], path: str) -> set[str]:
    """The folders given so far that `path` lies in."""
    roots = {source.root for source in known.values() if source.root}
    return {root for root in roots if Path(path).is_relative_to(root)}


def read_source(file: Path, given: Path, name: str, splitter: str, old: Source | None) -> Source:
    """The file as it is now; read only if its size or date changed."""
    if written(str(file)) != str(file):
        raise DocumentError("name-not-utf8", file=written(name))
    parts = with_stated(file)
    stats = [part.stat() for part in parts]
    size, modified = sum(s.st_size for s in stats), max(s.st_mtime_ns for s in stats)
    root = given if given.is_dir() else given.parent
    unchanged = old and (old.size, old.modified) == (size, modified)
    digest = old.sha256 if old and unchanged else _digest(*parts)
    return Source(name, str(file.resolve()), str(root.resolve()), size, modified, digest, splitter)


def with_stated(file: Path) -> list[Path]:
    """A document's file with those that stand beside it and state something about it."""
    beside = (file.with_name(file.name + META_SUFFIX), file.with_name(META_SUFFIX))
    return [file, *(part for part in beside if part.exists())]


def _digest(*files: Path) -> str:
    digest = hashlib.sha256()
    for file in files:
        with file.open("rb") as stream:
            while block := stream.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()
