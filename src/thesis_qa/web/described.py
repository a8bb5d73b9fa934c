"""What a user states about a thesis, written into `<file name>.meta.toml` beside it."""

import json
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from thesis_qa.errors import DocumentError
from thesis_qa.read.files import META_SUFFIX
from thesis_qa.structure.document import YEARS
from thesis_qa.types import Metadata

MAX_LENGTH = 1_000  # characters of a field; the longest titles have 300


# The fields of the form, in its order; what is stated of several persons or words, one a line.
FIELDS = (
    "title", "author", "year", "student_number", "university", "faculty", "degree", "supervisors",
    "keywords",
)  # fmt: skip
LISTS = frozenset({"supervisors", "keywords"})


def form_of(known: Metadata) -> dict[str, str]:
    """The texts of the form by field."""
    values = {name: getattr(known, name) for name in FIELDS}
    return {
        name: "\n".join(value) if isinstance(value, tuple) else str(value or "")
        for name, value in values.items()
    }


def read_form(typed: Mapping[str, str]) -> Metadata:
    """What is stated in a form, by field. Raises ValueError for a year that is none."""
    fields: dict[str, Any] = {}
    for name, text in typed.items():
        clean = "".join(c if c.isprintable() else "\n" for c in (text or "")[:MAX_LENGTH])
        lines = tuple(" ".join(line.split()) for line in clean.split("\n") if line.strip())
        fields[name] = lines if name in LISTS else " ".join(lines)
    fields["year"] = _year(fields["year"])
    return Metadata(**fields)


def _year(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) == 4 and int(text) in YEARS):
        raise ValueError(f"year:{text}")
    return int(text)


def write_described(path: Path, known: Metadata, given: Metadata) -> Callable[[], None] | None:
    """State beside the document at `path` what `given` says otherwise than is `known` of it.

    A field that was stated and is emptied now is no longer stated: the document speaks again.
    Gives back what undoes it, or None if nothing changes. Raises DocumentError if what is there
    can't be read or kept.
    """
    beside = path.with_name(path.name + META_SUFFIX)
    before = beside.read_bytes() if beside.exists() else None
    stated = _stated(beside, before or b"")
    changed = [name for name in FIELDS if getattr(given, name) != getattr(known, name)]
    if not changed:
        return None
    for name in changed:
        value = getattr(given, name)
        if not value and (name in stated or name == "year"):
            stated.pop(name, None)
        else:
            stated[name] = value
    _write(beside, "".join(f"{name} = {_toml(value)}\n" for name, value in stated.items()).encode())
    return lambda: _write(beside, before)


def _write(beside: Path, content: bytes | None) -> None:
    if content:
        beside.write_bytes(content)
    else:
        beside.unlink(missing_ok=True)


def _stated(beside: Path, content: bytes) -> dict[str, Any]:
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DocumentError("stated-unreadable", file=beside.name, reason=error) from error


def _toml(value: object) -> str:
    """A text, number or list of texts as TOML writes it (its strings escape as JSON's do)."""
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    raise DocumentError("stated-unknown")
