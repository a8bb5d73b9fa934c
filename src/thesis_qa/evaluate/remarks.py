"""What is said of a question set, worded in either language when it is shown."""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from thesis_qa.errors import QuestionSetError, one_line
from thesis_qa.lang.data import text
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
