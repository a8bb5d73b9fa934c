"""Opening files that nobody vouches for: size limits, true types, zip bombs, XML entities."""

import zipfile
import zlib
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Self

from lxml import etree

from thesis_qa.errors import DocumentError
from thesis_qa.read import xml

MAX_FILE_BYTES = 500_000_000  # a thesis full of photographs; it is the parts that are read
MAX_MEMBER_BYTES = 100_000_000  # the XML of 10,000 pages of text is about 60 MB
MAX_TOTAL_BYTES = 2_000_000_000  # of all members, as the archive states them
MAX_RATIO = 500  # XML of repeated table rows reaches 100; deflate itself can't exceed 1,032
RATIO_FROM_BYTES = 10_000_000  # below that no ratio does harm
MAX_MEMBERS = 20_000

_SIGNATURES: Mapping[bytes, str] = {  # what begins with these bytes
    b"%PDF-": "PDF",
    b"\xd0\xcf\x11\xe0": "DOC",  # or an encrypted DOCX
    b"{\\rtf": "RTF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"Rar!": "RAR",
    b"7z\xbc\xaf": "7z",
    b"\x1f\x8b": "gzip",
}


def read_file(path: Path, name: str, limit: int, kind: str) -> bytes:
    """All bytes of a file that holds `kind` ("text", "HTML").

    Raises DocumentError if it can't be read, is over `limit` bytes, or is something else by its
    first bytes.
    """
    try:
        size = path.stat().st_size
        if size > limit:
            raise too_large(name, size, kind, limit)
        data = path.read_bytes()
    except OSError as error:
        raise cannot_read(name, error) from error
    refuse_other_type(data[:8], name, kind)
    if data.startswith(b"PK\x03\x04"):
        raise DocumentError("is-zip", file=name, kind=kind)
    return data


def read_start(path: Path, name: str) -> bytes:
    """The first bytes of a file, which tell its type; DocumentError if it can't be read."""
    try:
        with path.open("rb") as file:
            return file.read(8)
    except OSError as error:
        raise cannot_read(name, error) from error


def too_large(name: str, size: int, kind: str, limit: int) -> DocumentError:
    """`size` and `limit` in bytes."""
    megabytes, most = round(size / 1e6), round(limit / 1e6)
    return DocumentError("too-large", file=name, size=megabytes, kind=kind, limit=most)


def cannot_read(name: str, error: OSError) -> DocumentError:
    return DocumentError("unreadable", file=name, reason=error.strerror or error)


def refuse_other_type(start: bytes, name: str, kind: str) -> None:
    """Raise DocumentError if a file's first bytes belong to a type other than `kind`."""
    for signature, what in _SIGNATURES.items():
        if start.startswith(signature):
            code = "is-pdf" if what == "PDF" else "is-other"
            raise DocumentError(code, file=name, what=what, kind=kind)


class Archive(AbstractContextManager["Archive"]):
    """The members of a zip based document (DOCX, ODT, EPUB), read within limits."""

    def __init__(self, path: Path, name: str, kind: str) -> None:
        """Raises DocumentError for what is no zip archive, or one that is damaged, encrypted, or
        would unpack to more than the limits."""
        self.name, self.kind = name, kind
        start = read_start(path, name)
        if not start:
            raise DocumentError("archive-empty", file=name, kind=kind)
        refuse_other_type(start, name, kind)
        try:
            self._zip = zipfile.ZipFile(path)
        except OSError as error:
            raise cannot_read(name, error) from error
        except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
            raise self.damaged(str(error)) from error
        self.members = {info.filename: info for info in self._zip.infolist()}
        try:
            self._refuse_bomb()
        except DocumentError:
            self.close()
            raise

    def close(self) -> None:
        self._zip.close()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __enter__(self) -> Self:
        return self

    def __contains__(self, member: str) -> bool:
        return member in self.members

    def read(self, member: str) -> bytes:
        """The unpacked bytes of a member. Raises DocumentError if it is missing, damaged,
        encrypted, or larger than the archive states."""
        info = self.members.get(member)
        if info is None:
            raise self.missing(member)
        if info.flag_bits & 1:
            raise self.protected()
        if info.file_size > MAX_MEMBER_BYTES:
            raise self._bomb()
        try:
            with self._zip.open(info) as stream:
                data = stream.read(MAX_MEMBER_BYTES + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
            raise self.damaged(str(error)) from error
        if len(data) > MAX_MEMBER_BYTES:
            raise self._bomb()
        return data

    def xml(self, member: str) -> etree._Element:
        """The root of an XML member; entities are not resolved and nothing outside is read."""
        try:
            return xml.parse(self.read(member))
        except xml.EntityError as error:
            raise DocumentError("declares-entities", file=self.name, kind=self.kind) from error
        except etree.XMLSyntaxError as error:
            raise self.damaged(f"{member}: {error}") from error
        except MemoryError as error:
            raise DocumentError("too-much", file=self.name) from error

    def missing(self, member: str) -> DocumentError:
        return DocumentError("member-missing", file=self.name, kind=self.kind, member=member)

    def damaged(self, what: str) -> DocumentError:
        return DocumentError("damaged", file=self.name, kind=self.kind, reason=what)

    def protected(self) -> DocumentError:
        return DocumentError("encrypted", file=self.name)

    def _refuse_bomb(self) -> None:
        infos = self.members.values()
        unpacked = sum(info.file_size for info in infos)
        packed = max(1, sum(info.compress_size for info in infos))
        too_dense = unpacked > RATIO_FROM_BYTES and unpacked > MAX_RATIO * packed
        if unpacked > MAX_TOTAL_BYTES or too_dense or len(infos) > MAX_MEMBERS:
            raise self._bomb()

    def _bomb(self) -> DocumentError:
        return DocumentError("unpacks-too-large", file=self.name)
