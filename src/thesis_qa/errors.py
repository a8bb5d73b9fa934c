"""What can go wrong, as exceptions a user can act on.

ThesisQAError
├── DocumentError      one file can't be read; the others go on
├── IndexStateError    the index is missing, locked, or made by something else
├── QuestionError      the question can't be asked as it stands
├── QuestionSetError   a question set can't be read
├── SettingError       a setting, option or environment variable is wrong
└── ModelError         an embedding or language model can't be used
"""

from functools import partial

from thesis_qa.lang.data import SPOKEN, text
from thesis_qa.types import Language


class ThesisQAError(Exception):
    """Base of every error this package raises on purpose.

    `str(error)` is one line: what happened, to which file, and what to do about it.
    """

    def __init__(self, code: str, /, **values: object) -> None:
        """`code` names an entry of `errors` in the language files; `values` are filled in there."""
        self.code, self.values = code, values
        self.problem, self.remedy = self.problem_in(SPOKEN), self.remedy_in(SPOKEN)
        super().__init__(self.line_in(SPOKEN))

    def line_in(self, language: Language) -> str:
        """What happened and what to do about it."""
        problem, remedy = self.problem_in(language), self.remedy_in(language)
        return f"{problem}. {remedy}" if remedy else problem

    def problem_in(self, language: Language) -> str:
        """What happened."""
        return one_line(text(f"errors.{self.code}.problem", language, **self.values))

    def remedy_in(self, language: Language) -> str:
        """What to do about it; empty where nothing can be done."""
        return one_line(text(f"errors.{self.code}.remedy", language, **self.values))

    def __reduce__(self) -> tuple[object, ...]:
        return partial(type(self), **self.values), (self.code,)


class DocumentError(ThesisQAError):
    """One file can't be read; indexing the others goes on."""


class IndexStateError(ThesisQAError):
    """The index is missing, locked, damaged, or made with another model or version."""


class QuestionError(ThesisQAError):
    """The question is empty, too long, or asks about documents that aren't there."""


class QuestionSetError(ThesisQAError):
    """A question set can't be read."""


class SettingError(ThesisQAError):
    """A setting, option or environment variable has a value that can't be used."""


class ModelError(ThesisQAError):
    """An embedding or language model is missing or can't be used."""


def one_line(text: str) -> str:
    """`text` on one line; control characters (file names may hold them) are shown escaped."""
    folded = " ".join(text.split())
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in folded)
