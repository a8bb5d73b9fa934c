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

_SIGNATURES: Mapping[bytes, tuple[str, str]] = {  # first bytes: what it is, its suffix
    b"%PDF-": ("a PDF", ".pdf"),
    b"\xd0\xcf\x11\xe0": ("an old Word document, or an encrypted one", ".doc"),
    b"{\\rtf": ("an RTF document", ".rtf"),
    b"\x89PNG": ("a picture", ".png"),
    b"\xff\xd8\xff": ("a picture", ".jpg"),
    b"Rar!": ("a RAR archive", ".rar"),
    b"7z\xbc\xaf": ("a 7z archive", ".7z"),
    b"\x1f\x8b": ("a gzip archive", ".gz"),
}
_READABLE = frozenset({".pdf", ".docx", ".odt", ".epub"})
SAVE_AS = "Save it as DOCX or PDF and add that instead"


def read_file(path: Path, name: str, limit: int, kind: str) -> bytes:
    """All bytes of a file that holds `kind` ("text", "HTML").

    Raises DocumentError if it can't be read, is over `limit` bytes, or is something else by its
    first bytes.
    """
    try:
        size = path.stat().st_size
        if size > limit:
            raise DocumentError(
                f"{name!r} is {size / 1e6:.0f} MB of {kind}, and {limit / 1e6:.0f} MB is the limit",
                "Split it into smaller files",
            )
        data = path.read_bytes()
    except OSError as error:
        raise unreadable(name, error) from error
    refuse_other_type(data[:8], name, kind)
    if data.startswith(b"PK\x03\x04"):
        raise _wrong_suffix(name, "a zip archive, perhaps a DOCX, ODT or EPUB", ".docx", kind)
    return data


def unreadable(name: str, error: OSError) -> DocumentError:
    return DocumentError(
        f"{name!r} can't be read: {error.strerror or error}", "Check its permissions"
    )


def refuse_other_type(start: bytes, name: str, kind: str) -> None:
    """Raise DocumentError if a file's first bytes belong to a type other than `kind`."""
    for signature, (what, suffix) in _SIGNATURES.items():
        if start.startswith(signature):
            raise _wrong_suffix(name, what, suffix, kind)


def _wrong_suffix(name: str, what: str, suffix: str, kind: str) -> DocumentError:
    remedy = f"Rename it to end in {suffix}" if suffix in _READABLE else SAVE_AS
    return DocumentError(f"{name!r} is {what}, not {kind}", remedy)


class Archive(AbstractContextManager["Archive"]):
    """The members of a zip based document (DOCX, ODT, EPUB), read within limits."""

    def __init__(self, path: Path, name: str, kind: str) -> None:
        """Raises DocumentError for what is no zip archive, or one that is damaged, encrypted, or
        would unpack to more than the limits."""
        self.name, self.kind = name, kind
        try:
            with path.open("rb") as file:
                start = file.read(8)
            if not start:
                raise DocumentError(f"{name!r} is empty", f"Save the {kind} again or remove it")
            refuse_other_type(start, name, kind)
            self._zip = zipfile.ZipFile(path)
        except OSError as error:
            raise unreadable(name, error) from error
        except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
            raise self.damaged(str(error)) from error
        self.members = {info.filename: info for info in self._zip.infolist()}
        try:
            self._refuse_bomb()
        except DocumentError:
            self._zip.close()
            raise

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._zip.close()

    def __enter__(self) -> Self:
        return self

    def __contains__(self, member: str) -> bool:
        return member in self.members

    def read(self, member: str) -> bytes:
        """The unpacked bytes of a member. Raises DocumentError if it is missing, damaged,
        encrypted, or larger than the archive states."""
        info = self.members.get(member)
        if info is None:
            raise self.damaged(f"{member} is missing in it")
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
        except (etree.XMLSyntaxError, xml.EntityError) as error:
            raise self.damaged(f"{member}: {error}") from error

    def damaged(self, what: str) -> DocumentError:
        return DocumentError(
            f"{self.name!r} is damaged or no {self.kind}: {what}",
            "Open it in the program it was made with, save it again, and add that",
        )

    def protected(self) -> DocumentError:
        return DocumentError(
            f"{self.name!r} is protected by a password", "Save it without one and add it again"
        )

    def _refuse_bomb(self) -> None:
        infos = self.members.values()
        unpacked = sum(info.file_size for info in infos)
        packed = max(1, sum(info.compress_size for info in infos))
        too_dense = unpacked > RATIO_FROM_BYTES and unpacked > MAX_RATIO * packed
        if unpacked > MAX_TOTAL_BYTES or too_dense or len(infos) > MAX_MEMBERS:
            raise self._bomb()

    def _bomb(self) -> DocumentError:
        return DocumentError(
            f"{self.name!r} would unpack to far more than a thesis holds and was not opened",
            "Save it again, or remove it",
        )
