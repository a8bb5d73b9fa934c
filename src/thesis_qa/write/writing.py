"""What an assistant does with a language model: word answers, follow-ups and translations."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from thesis_qa.library import Index
from thesis_qa.types import Answer, Language, Translation
from thesis_qa.write.check import Checker
from thesis_qa.write.models import LanguageModel
from thesis_qa.write.rewrite import rewritten
from thesis_qa.write.support import Source
from thesis_qa.write.translate import translated
from thesis_qa.write.writer import Writer

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel


class Writing:
    """A language model at work on an index's evidence."""

    def __init__(self, index: Index, llm: "str | BaseChatModel | LanguageModel") -> None:
        """Raises SettingError for a spec that names no provider and model."""
        self._index = index
        self.model = llm if isinstance(llm, LanguageModel) else LanguageModel(llm)

    @cached_property
    def _checker(self) -> Checker:
        return Checker(self._index.embedding, self._index.retriever.fitted)

    def worded(self, quoted: Answer, after: str = "") -> Iterator[Answer]:
        """Growing answers, `quoted` first; `after` follows what the model writes."""
        return Writer(self.model, self._checker).write(quoted, after)

    def reworded(self, question: str, history: Sequence[tuple[str, str]]) -> str | None:
        """A follow-up that stands by itself; None where the model gave none that can be used."""
        return rewritten(self.model, question, history)

    def translated(
        self, quote: str, spoken: Language | None, language: Language, number: int = 1
    ) -> Translation:
        """A quote, that of citation `number`, in `language`, marked as the model's."""
        source = Source(quote, spoken)
        return translated(self.model, self._checker, source, language, number)
