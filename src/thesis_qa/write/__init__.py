"""A language model words the answer; nothing it writes is shown unchecked."""

from thesis_qa.write.models import LOCAL, LanguageModel, Options, language_model
from thesis_qa.write.writer import Writing

__all__ = ["LOCAL", "LanguageModel", "Options", "Writing", "language_model"]
