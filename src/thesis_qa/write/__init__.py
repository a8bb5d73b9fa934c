"""A language model words the answer; nothing it writes is shown unchecked."""

from thesis_qa.write.models import LOCAL, LanguageModel, Options
from thesis_qa.write.writing import Writing

__all__ = ["LOCAL", "LanguageModel", "Options", "Writing"]
