"""Every text that users see is there in both languages, and every one that is there is seen."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import thesis_qa
from thesis_qa.errors import DocumentError
from thesis_qa.lang.data import entry
from thesis_qa.web.texts import TEXTS, error_line, noted

WEB = Path(thesis_qa.__file__).parent / "web"


def leaves(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Every text with its key."""
    if isinstance(value, str):
        yield name, value
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in items if not isinstance(value, str) else ():
        yield from leaves(inner, f"{name}.{key}".lstrip("."))


@pytest.mark.parametrize("table", ["text", "errors"])
def test_both_languages_say_everything(table: str) -> None:
    indonesian, english = (dict(leaves(entry(table, language))) for language in ("id", "en"))
    assert indonesian.keys() == english.keys()
    for name, text in english.items():
        assert bool(text) == bool(indonesian[name]), name
        assert set(re.findall(r"{\w+", text)) == set(re.findall(r"{\w+", indonesian[name])), name


def test_no_text_of_the_page_is_left_over() -> None:
    files = [*WEB.glob("*.py"), *WEB.glob("templates/*.html")]
    source = " ".join(path.read_text(encoding="utf-8") for path in files)
    by_name = ("card.topics", "library.fields", "examples")
    for name in (n for n, _ in leaves(entry("text.web", "en")) if not n.startswith(by_name)):
        group, _, key = name.rpartition(".")
        owner = rf"\b(?:{group}|say)" if group else r"(?:\b|_)(?:texts|t)"
        named = rf'{owner}\.{key}\b|"{key}"'
        assert re.search(named, source), name


def test_what_is_no_text_is_an_error() -> None:
    with pytest.raises(AttributeError, match="nowhere"):
        _ = TEXTS["en"].card.nowhere


def test_an_error_is_worded_in_the_language_of_the_page() -> None:
    error = DocumentError("document-gone", document="a.md")
    assert error_line(error, "id") == "a.md sudah tidak ada di sini"
    assert error_line(error, "en") == str(error) == "a.md is no longer here"
    assert error_line(OSError("disk full"), "id") == "disk full"


@pytest.mark.parametrize(
    ("note", "indonesian"),
    [
        ("page 3 can't be read (the parser was stuck for 60 s)",
         "halaman 3 tidak dapat dibaca (pengurai macet selama 60 detik)"),
        ("pages 1, 3 are pictures; install thesis-qa[ocr] to read them",
         "halaman 1, 3 berupa gambar; pasang thesis-qa[ocr] untuk membacanya"),
        ("a.meta.toml: 'x' is not known", "a.meta.toml: 'x' tidak dikenal"),
        ("something else: entirely", "something else: entirely"),
    ],
)  # fmt: skip
def test_what_is_noted_of_a_file_is_told_in_indonesian(note: str, indonesian: str) -> None:
    assert noted(note, "id") == indonesian
    assert noted(note, "en") == note
