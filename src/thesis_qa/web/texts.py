"""The texts of the page."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import PurePath
from string import Formatter
from typing import Any

from thesis_qa.errors import ThesisQAError
from thesis_qa.lang.data import LANGUAGES, SPOKEN, entry, text
from thesis_qa.types import Language

NOTES = ("pdf", "reading", "overrides")  # the tables of what is noted of files


class Texts:
    """A table of texts in one language: `texts.send`; a table in it is Texts again.

    `{name}` in a text is filled in where it is used. `root` is the path that the page lies under.
    """

    def __init__(self, language: Language, entries: Mapping[str, Any], root: str = "") -> None:
        self.language, self._entries, self.root = language, entries, root

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None

    def __getitem__(self, name: str) -> Any:
        found = self._entries[name]
        return Texts(self.language, found, self.root) if isinstance(found, dict) else found


def texts_under(root: str) -> dict[Language, Texts]:
    """The texts of a page that lies under `root`, by language."""
    return {spoken: Texts(spoken, entry("text.web", spoken), root) for spoken in LANGUAGES}


TEXTS = texts_under("")


def error_line(error: BaseException, language: Language) -> str:
    """What went wrong and what to do about it, in `language`."""
    if not isinstance(error, ThesisQAError) or error.code not in entry("errors", language):
        return str(error)
    shown = {name: _shown(value) for name, value in error.values.items()}
    return type(error)(error.code, **shown).line_in(language)


def _shown(value: object) -> object:
    """A value as visitors may see it: of a path of this machine its last part only."""
    if isinstance(value, OSError):
        return value.strerror or type(value).__name__
    bare = str(value).strip("'\"")
    is_path = isinstance(value, str | PurePath) and PurePath(bare).is_absolute()
    return str(value).replace(bare, PurePath(bare).name) if is_path else value


def noted(note: str, language: Language) -> str:
    """What is noted of a file that was read, in `language`.

    Notes are stored in English; which one it is shows by its text. Others stay as they are.
    """
    for table, code, template in _notes():
        pattern = "".join(
            re.escape(fixed) + (f"(?P<{name}>.+)" if name else "")
            for fixed, name, _, _ in Formatter().parse(template)
        )
        if found := re.fullmatch(pattern, note):
            parts = {name: noted(part, language) for name, part in found.groupdict().items()}
            return text(f"{table}.{code}", language, **parts)
    file, colon, about = note.partition(": ")
    return f"{file}{colon}{noted(about, language)}" if about else note


def _notes() -> Iterator[tuple[str, str, str]]:
    for table in NOTES:
        for code, template in entry(table, SPOKEN).items():
            if isinstance(template, str):
                yield table, code, template


def xml_text(text: str) -> str:
    """Without the characters that XML can't hold."""
    kept = (c for c in text if c in "\t\n\r" or unicodedata.category(c) not in ("Cc", "Cs", "Cn"))
    return "\n".join("".join(kept).splitlines())
