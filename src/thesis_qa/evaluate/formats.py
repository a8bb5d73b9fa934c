"""Question set files as raw entries with their line numbers: JSON Lines, YAML and JSON."""

import json
import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from thesis_qa.errors import QuestionSetError

Format = Literal["lines", "squad"]
"""One question an entry (JSON Lines, YAML, a JSON list); or paragraphs with questions."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What stands at one line of a file: a value as JSON has it, or why there is none."""

    line: int
    value: Any
    problem: str | None = None
    repeated_keys: tuple[str, ...] = ()


@dataclass(frozen=True)
class RawSet:
    """A question set as written. For `squad`, each entry is one paragraph with its `qas`."""

    format: Format
    entries: tuple[Entry, ...]
    text: str

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *(match.end() for match in re.finditer("\n", self.text))]

    def line_of(self, value: str, first_line: int = 1) -> int:
        """The first line at or after `first_line` where the text `value` is written in JSON;
        `first_line` if there is none."""
        if len(self._line_starts) <= first_line:
            return first_line
        written = json.dumps(value, ensure_ascii=self.text.isascii())
        found = self.text.find(written, self._line_starts[first_line - 1])
        return first_line if found < 0 else bisect_right(self._line_starts, found)


def read_raw(path: Path) -> RawSet:
    """The entries of a question set file, those that can't be parsed included.

    Raises QuestionSetError if the file can't be read as text at all, or is empty.
    """
    text = _read_text(path)
    if path.suffix.lower() in {".yaml", ".yml"}:
        return RawSet("lines", _yaml_entries(text), text)
    whole = _whole_json(text)
    if whole is None:
        if path.suffix.lower() == ".json":
            return RawSet("lines", (_broken_json(text),), text)
        return RawSet("lines", _json_lines(text), text)
    return _from_json(whole, text)


def _read_text(path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise QuestionSetError(
            f"{path} is not UTF-8 text (byte {error.start})", "Save it as UTF-8"
        ) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise QuestionSetError(f"{path} can't be read: {reason}", "Check the path") from error
    if not text.strip():
        raise QuestionSetError(f"{path} is empty", "Write one question a line, as JSON")
    return text


def _json_lines(text: str) -> tuple[Entry, ...]:
    # split at "\n" alone: str.splitlines would also cut at U+2028, which JSON strings may hold
    numbered = enumerate(text.split("\n"), start=1)
    return tuple(_json_line(number, line) for number, line in numbered if line.strip())


def _json_line(number: int, line: str) -> Entry:
    repeated: list[str] = []
    try:
        value = json.loads(line, object_pairs_hook=lambda pairs: _note_repeats(pairs, repeated))
    except (json.JSONDecodeError, RecursionError) as error:
        reason = error.msg if isinstance(error, json.JSONDecodeError) else "nested too deeply"
        column = f" at column {error.colno}" if isinstance(error, json.JSONDecodeError) else ""
        return Entry(number, None, f"not valid JSON: {reason}{column}")
    return Entry(number, value, repeated_keys=tuple(repeated))


def _note_repeats(pairs: list[tuple[str, Any]], repeated: list[str]) -> dict[str, Any]:
    keys = [key for key, _ in pairs]
    repeated += sorted({key for key in keys if keys.count(key) > 1})
    return dict(pairs)


def _whole_json(text: str) -> Any | None:
    """The file as one JSON value; None where it is not one, or is one question on one line."""
    try:
        value = json.loads(text)
    except (json.JSONDecodeError, RecursionError):
        return None
    if isinstance(value, dict) and not {"data", "questions"} & value.keys():
        return None
    return value


def _broken_json(text: str) -> Entry:
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        reason = f"not valid JSON: {error.msg} at column {error.colno}"
        return Entry(error.lineno, None, reason)
    except RecursionError:
        return Entry(1, None, "not valid JSON: nested too deeply")
    return Entry(1, None, "not a question set")


def _from_json(value: Any, text: str) -> RawSet:
    if isinstance(value, dict) and isinstance(value.get("data"), list):
        paragraphs = _squad_paragraphs(value["data"])
        return RawSet("squad", _with_lines(paragraphs, _key_lines(text, "context")), text)
    if isinstance(value, dict) and isinstance(value.get("questions"), list):
        value = value["questions"]
    if not isinstance(value, list):
        return RawSet("lines", (Entry(1, value, "not a list of questions"),), text)
    entries = _with_lines(value, _item_lines(text))
    flat = any(isinstance(item, dict) and {"context", "qas"} & item.keys() for item in value)
    return RawSet("squad" if flat else "lines", entries, text)


def _squad_paragraphs(articles: list[Any]) -> list[Any]:
    return [
        paragraph
        for article in articles
        for paragraph in (
            article["paragraphs"]
            if isinstance(article, dict) and isinstance(article.get("paragraphs"), list)
            else [article]
        )
    ]


def _with_lines(values: list[Any], lines: list[int]) -> tuple[Entry, ...]:
    known = lines if len(lines) == len(values) else [1] * len(values)
    return tuple(Entry(line, value) for line, value in zip(known, values, strict=True))


def _key_lines(text: str, key: str) -> list[int]:
    return _line_numbers(text, [m.start() for m in re.finditer(f'"{key}"\\s*:', text)])


def _item_lines(text: str) -> list[int]:
    """The line where each item of the file's (first) list begins."""
    decoder, at, starts = json.JSONDecoder(), text.index("[") + 1, list[int]()
    while (item := re.compile(r"[\s,]*").match(text, at)) and text[item.end()] != "]":
        starts.append(item.end())
        _, at = decoder.raw_decode(text, item.end())
    return _line_numbers(text, starts)


def _line_numbers(text: str, starts: list[int]) -> list[int]:
    lines, line, at = [], 1, 0
    for start in starts:
        line, at = line + text.count("\n", at, start), start
        lines.append(line)
    return lines


def _yaml_entries(text: str) -> tuple[Entry, ...]:
    import yaml

    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        value = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or "it can't be parsed"
        return (Entry(mark.line + 1 if mark else 1, None, f"not valid YAML: {reason}"),)
    if isinstance(root, yaml.MappingNode) and isinstance(value.get("questions"), list):
        root = next(node for key, node in root.value if key.value == "questions")
        value = value["questions"]
    if not isinstance(value, list) or not isinstance(root, yaml.SequenceNode):
        return (Entry(1, value, "not a list of questions"),)
    return tuple(
        Entry(node.start_mark.line + 1, item, repeated_keys=_yaml_repeats(node))
        for node, item in zip(root.value, value, strict=True)
    )


def _yaml_repeats(node: Any) -> tuple[str, ...]:
    pairs = node.value if node.id == "mapping" else []
    keys = [key.value for key, _ in pairs if isinstance(key.value, str)]
    return tuple(sorted({key for key in keys if keys.count(key) > 1}))
