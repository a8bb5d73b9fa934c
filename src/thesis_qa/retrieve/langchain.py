"""The index as a LangChain retriever."""

from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from thesis_qa.types import Language, Passage, to_json


@runtime_checkable
class Searchable(Protocol):
    """What is searched: an index, which comes later in the pipeline."""

    def search(
        self,
        question: str,
        top_k: int = 5,
        documents: Sequence[str] | None = None,
        section: str | None = None,
        language: Language | None = None,
    ) -> list[Passage]:
        """The passages most likely to answer `question`, best first."""


class ThesisRetriever(BaseRetriever):
    """Passages as LangChain documents; `metadata` carries the fields of a passage that are known,
    for vector stores take no None.

    `k`, `documents`, `section` and `language` can be set here or given to `invoke`.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    index: Searchable
    k: int = 5
    documents: list[str] | None = None
    section: str | None = None
    language: Language | None = None

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun, **options: Any
    ) -> list[Document]:
        def option(name: str) -> Any:
            return options.get(name, getattr(self, name))

        passages = self.index.search(
            query,
            option("k"),
            documents=option("documents"),
            section=option("section"),
            language=option("language"),
        )
        return [_document(passage) for passage in passages]


def _document(passage: Passage) -> Document:
    fields = to_json(passage)
    text = fields.pop("text")
    stated = {name: value for name, value in fields.items() if value is not None}
    return Document(id=passage.passage_id, page_content=text, metadata=stated)
