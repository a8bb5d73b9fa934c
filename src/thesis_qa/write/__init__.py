"""A language model reads and answers; nothing it writes is shown unchecked."""

from thesis_qa.write.models import LOCAL, LanguageModel, language_model
from thesis_qa.write.provider import Options
from thesis_qa.write.writer import Writing

__all__ = ["LOCAL", "LanguageModel", "Options", "Writing", "language_model"]
