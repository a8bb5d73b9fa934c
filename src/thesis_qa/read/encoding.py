"""Bytes to text, whatever program wrote them."""

import codecs

from thesis_qa.errors import DocumentError

MAX_CONTROL_SHARE = 0.01  # of characters that no text file holds, before a file counts as binary
MAX_FOREIGN_SHARE = 0.25  # of non-ASCII letters: Indonesian and English hardly have any

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROL = [*map(chr, (*range(9), *range(14, 27), *range(28, 32), 0x7F, 0xFFFD))]


def decode(data: bytes, name: str, declared: str | None = None) -> str:
    """The text of `data`: by its byte order mark, the encoding `declared` in it, UTF-8, UTF-16,
    Windows-1252, or the encoding that charset-normalizer finds most likely, in this order.

    Raises DocumentError for binary data.
    """
    text = _as_declared(data, declared) or _decoded(data)
    if sum(map(text.count, _CONTROL)) > MAX_CONTROL_SHARE * len(text):
        raise DocumentError("binary", file=name)
    return text


def _as_declared(data: bytes, declared: str | None) -> str | None:
    if not declared or any(data.startswith(mark) for mark, _ in _BOMS):
        return None
    western = {"iso-8859-1", "latin-1", "latin1", "us-ascii", "ascii"}  # browsers read cp1252
    try:
        return data.decode("cp1252" if declared.lower() in western else declared)
    except (UnicodeDecodeError, LookupError):
        return None


def _decoded(data: bytes) -> str:
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    for encoding in ("utf-8", *_utf16(data), "cp1252"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding != "cp1252" or _is_western(text):
            return text
    return _guessed(data)


def _utf16(data: bytes) -> tuple[str, ...]:
    """UTF-16 without a mark shows in every second byte being zero."""
    half = len(data) // 2
    if data[1::2].count(0) > 0.7 * half:
        return ("utf-16-le",)
    return ("utf-16-be",) if data[::2].count(0) > 0.7 * half else ()


def _is_western(text: str) -> bool:
    letters = [c for c in text if c.isalpha()]
    return sum(not c.isascii() for c in letters) <= MAX_FOREIGN_SHARE * len(letters)


def _guessed(data: bytes) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(data).best()
    return str(best) if best else data.decode("cp1252", "replace")
