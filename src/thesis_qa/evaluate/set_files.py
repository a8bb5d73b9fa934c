"""Question set files as entries with their line numbers, and remarks on them in either language."""

import difflib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from thesis_qa.errors import QuestionSetError, one_line
from thesis_qa.lang.data import SPOKEN, entry, text
from thesis_qa.types import Language

Level = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing to say: an entry of `text.evaluate.check` and what is filled in there, which may
    be remarks too."""

    level: Level
    code: str
    values: Mapping[str, object]

    def worded(self, language: Language) -> str:
        """The remark in words."""
        filled = {
            name: value.worded(language) if isinstance(value, Remark) else value
            for name, value in self.values.items()
        }
        return text(f"text.evaluate.check.{self.code}", language, **filled)


def remark(level: Level, code: str, /, **values: object) -> Remark:
    """A remark with its values."""
    return Remark(level, code, values)


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing at one line. An error makes numbers wrong or a run impossible; a warning probably
    is a mistake; a note is worth a look."""

    line: int
    level: Level
    text: str
    question: str | None = field(default=None, compare=False)  # its id

    def __str__(self) -> str:
        about = f" ({self.question})" if self.question else ""
        return f"line {self.line}{about}: {self.level}: {self.text}"


class BrokenSetError(QuestionSetError):
    """A set that can't be asked because of what a remark says of one of its lines."""

    def __init__(self, code: str = "set-broken", /, **values: object) -> None:
        """`values` are the file, the line and the problem, a remark."""
        super().__init__(code, **values)

    def problem_in(self, language: Language) -> str:
        """What is wrong, and where."""
        problem = self.values["problem"]
        assert isinstance(problem, Remark)
        values = {**self.values, "problem": problem.worded(language)}
        return one_line(text(f"errors.{self.code}.problem", language, **values))


def suggestion(wrong: str, known: Iterable[str]) -> Remark | str:
    """ "; did you mean …?" if something known is written much like it."""
    folded = {name.casefold(): name for name in known}
    close = difflib.get_close_matches(wrong.casefold(), folded, n=1, cutoff=0.6)
    return remark("note", "did-you-mean", name=folded[close[0]]) if close else ""


def findings_table(findings: Sequence[Finding]) -> str:
    """One line for each finding, and how many there are."""
    levels = entry("text.evaluate.levels", SPOKEN).items()
    counts = [
        (one if n == 1 else many).format(count=n)
        for level, (one, many) in levels
        if (n := sum(finding.level == level for finding in findings))
    ]
    lines = (one_line(str(finding)) for finding in findings)
    return "\n".join([*lines, ", ".join(counts) or text("text.evaluate.check.nothing", SPOKEN)])


# Files


@dataclass(frozen=True, slots=True)
class SetEntry:
    """What stands at one line of a file: a value as JSON has it, or why there is none."""

    line: int
    value: Any
    problem: Remark | None = None
    repeated_keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SetFile:
    """A question set as written: a question an entry, or a paragraph with questions."""

    entries: tuple[SetEntry, ...]
    text: str
    paragraphs: bool = False


def read_set_file(path: Path) -> SetFile:
    """The entries of a question set file, those that can't be parsed included.

    Raises QuestionSetError if the file can't be read as text at all, or is empty.
    """
    text, kind = _read_text(path), path.suffix.lower()
    if kind in {".yaml", ".yml"}:
        return SetFile(_yaml_entries(text), text)
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        if kind == ".json":
            return SetFile((_broken_json(error.lineno, error),), text)
        return SetFile(_json_lines(text), text)
    except RecursionError:
        return SetFile((SetEntry(1, None, remark("error", "too-deep")),), text)
    if isinstance(value, dict) and not {"data", "questions"} & value.keys():
        return SetFile(_json_lines(text), text)  # one question
    return _from_json(value, text)


def _read_text(path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise QuestionSetError("set-encoding", file=path, byte=error.start) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise QuestionSetError("set-unreadable", file=path, reason=reason) from error
    if not text.strip():
        raise QuestionSetError("set-empty", file=path)
    return text


def _broken_json(line: int, error: json.JSONDecodeError) -> SetEntry:
    return SetEntry(line, None, remark("error", "bad-json", reason=error.msg, column=error.colno))


def _json_lines(text: str) -> tuple[SetEntry, ...]:
    # split at "\n" alone: str.splitlines would also cut at U+2028, which JSON strings may hold
    numbered = enumerate(text.split("\n"), start=1)
    return tuple(_json_line(number, line) for number, line in numbered if line.strip())


def _json_line(number: int, line: str) -> SetEntry:
    repeated: list[str] = []

    def note_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        repeated.extend(_repeats([key for key, _ in pairs]))
        return dict(pairs)

    try:
        value = json.loads(line, object_pairs_hook=note_repeats)
    except json.JSONDecodeError as error:
        return _broken_json(number, error)
    except RecursionError:
        return SetEntry(number, None, remark("error", "too-deep"))
    return SetEntry(number, value, repeated_keys=tuple(repeated))


def _repeats(keys: list[str]) -> list[str]:
    return sorted({key for key in keys if keys.count(key) > 1})


def _from_json(value: Any, text: str) -> SetFile:
    if isinstance(value, dict) and isinstance(value.get("data"), list):
        paragraphs = [p for article in value["data"] for p in _paragraphs(article)]
        return SetFile(_with_lines(paragraphs, _key_lines(text, '"context"')), text, True)
    if isinstance(value, dict) and isinstance(value.get("questions"), list):
        value = value["questions"]
    if not isinstance(value, list):
        return SetFile((SetEntry(1, None, remark("error", "no-list")),), text)
    flat = any(isinstance(item, dict) and {"context", "qas"} & item.keys() for item in value)
    return SetFile(_with_lines(value, _item_lines(text)), text, flat)


def _paragraphs(article: Any) -> list[Any]:
    found = article.get("paragraphs") if isinstance(article, dict) else None
    return found if isinstance(found, list) else [article]


def _with_lines(values: list[Any], lines: list[int]) -> tuple[SetEntry, ...]:
    """Each value with the line it begins on; line 1 where that can't be told."""
    known = lines if len(lines) == len(values) else [1] * len(values)
    return tuple(SetEntry(line, value) for line, value in zip(known, values, strict=True))


def _key_lines(text: str, key: str) -> list[int]:
    """The lines where `key` stands."""
    return [n for n, line in enumerate(text.split("\n"), start=1) for _ in range(line.count(key))]


def _item_lines(text: str) -> list[int]:
    """The line where each item of the file's (first) list begins."""
    decoder, at, line, lines = json.JSONDecoder(), text.index("[") + 1, 1, list[int]()
    line += text.count("\n", 0, at)
    while True:
        start = at
        while text[at] in " \t\r\n,":
            at += 1
        line += text.count("\n", start, at)
        if text[at] == "]":
            return lines
        lines.append(line)
        start, at = at, decoder.raw_decode(text, at)[1]
        line += text.count("\n", start, at)


def _yaml_entries(text: str) -> tuple[SetEntry, ...]:
    import yaml

    try:
        loader = yaml.SafeLoader(text)
        root = loader.get_single_node()
        value: Any = loader.construct_document(root) if root else None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
        reason = error.problem if isinstance(error, yaml.MarkedYAMLError) else type(error).__name__
        problem = remark("error", "bad-yaml", reason=reason)
        return (SetEntry(mark.line + 1 if mark else 1, None, problem),)
    if isinstance(root, yaml.MappingNode) and isinstance(value.get("questions"), list):
        root = next(node for key, node in root.value if key.value == "questions")
        value = value["questions"]
    if not isinstance(value, list) or not isinstance(root, yaml.SequenceNode):
        return (SetEntry(1, None, remark("error", "no-list")),)
    return tuple(
        SetEntry(node.start_mark.line + 1, item, repeated_keys=_yaml_repeats(node))
        for node, item in zip(root.value, value, strict=True)
    )


def _yaml_repeats(node: Any) -> tuple[str, ...]:
    pairs = node.value if node.id == "mapping" else []
    return tuple(_repeats([key.value for key, _ in pairs if isinstance(key.value, str)]))
