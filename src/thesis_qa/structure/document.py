"""From a file to a Document: it is read, and its structure is found, whatever its format. What a
user states in `<file name>.meta.toml` beside it goes first.

A `.meta.toml` of its own in a folder speaks for all files of that folder: a thesis that its
repository publishes in parts (cover, abstract, chapters) is known by one title and author.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from thesis_qa.lang.data import SPOKEN, text
from thesis_qa.read import CONVERTED, check_type
from thesis_qa.read.files import META_SUFFIX
from thesis_qa.types import Document, OnPage

MAX_BYTES = 100_000

TEXTS = ("title", "author", "student_number", "university", "faculty", "degree")
LISTS = ("supervisors", "examiners", "keywords")
YEARS = range(1000, 3000)


@dataclass(frozen=True, slots=True)
class Overrides:
    """What is stated, and what was wrong with it."""

    fields: Mapping[str, Any] = field(default_factory=dict)  # of Metadata, by name
    password: str = ""
    warnings: tuple[str, ...] = ()


def read_overrides(path: Path) -> Overrides:
    """What stands beside the document at `path`; the file's own beats its folder's."""
    fields: dict[str, Any] = {}
    password, warnings = "", []
    for beside in (path.with_name(META_SUFFIX), path.with_name(path.name + META_SUFFIX)):
        if not beside.is_file():
            continue
        stated, problems = _read(beside)
        password = stated.pop("password", password)
        fields |= stated
        warnings += problems
    return Overrides(fields, password, tuple(warnings))


def override(document: Document, overrides: Overrides) -> Document:
    """`document` with what its user states in place of what it says itself."""
    metadata = document.metadata
    places = {
        name: spans
        for name, spans in metadata.places.items()
        if overrides.fields.get(name) in (None, getattr(metadata, name, None))
    }
    return replace(
        document,
        metadata=replace(metadata, **overrides.fields, places=places),
        warnings=(*document.warnings, *overrides.warnings),
    )


def _read(file: Path) -> tuple[dict[str, Any], list[str]]:
    try:
        if file.stat().st_size > MAX_BYTES:
            return {}, [text("overrides.too-large", SPOKEN, file=file.name)]
        stated = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        return {}, [text("overrides.unreadable", SPOKEN, file=file.name, reason=error)]
    fields: dict[str, Any] = {}
    problems: list[str] = []
    for key, value in stated.items():
        try:
            fields |= dict(_field(key, value))
        except ValueError as error:
            problems.append(f"{file.name}: {error}")
    return fields, problems


def _field(key: str, value: object) -> Iterator[tuple[str, Any]]:
    """Raises ValueError for a key that isn't known, or a value of the wrong type."""
    if key not in (*TEXTS, *LISTS, "year", "password"):
        raise ValueError(text("overrides.unknown", SPOKEN, key=key))
    texts: list[Any] = value if isinstance(value, list) else [value]
    if key == "year":
        if not isinstance(value, int) or value not in YEARS:
            raise ValueError(text("overrides.year", SPOKEN))
        yield key, value
    elif not all(isinstance(each, str) for each in texts) or (value is texts and key not in LISTS):
        raise ValueError(text(f"overrides.{'list' if key in LISTS else 'text'}", SPOKEN, key=key))
    elif key in LISTS:
        yield key, tuple(" ".join(each.split()) for each in texts)
    else:
        yield key, value if key == "password" else " ".join(texts[0].split())


def load(path: Path, name: str, on_page: OnPage | None = None) -> Document:
    """The document at `path`, under `name`. The same file always gives the same document.

    `on_page` is told how many of the pages that need it have been recognised (OCR). What
    `<file name>.meta.toml` beside it states goes before what the document says itself.
    Raises DocumentError for a file that can't be read, with the reason and what to do.
    """
    check_type(path.name)
    stated = read_overrides(path)
    suffix = path.suffix.lower()
    if suffix == ".pdf":
        from thesis_qa.read.pdf.file import read_pdf
        from thesis_qa.structure.pdf import pdf_document

        document = pdf_document(name, read_pdf(path, name, stated.password, on_page))
    else:
        document = _without_pages(path, name, suffix)
    return override(document, stated)


def _without_pages(path: Path, name: str, suffix: str) -> Document:
    from thesis_qa.structure.apart import read_apart

    if suffix in CONVERTED:
        from thesis_qa.read.convert import as_docx

        with as_docx(path, name) as converted:
            return read_apart(converted, name)
    return read_apart(path, name)
