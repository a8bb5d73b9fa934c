"""The index as LangChain's retriever and tool."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from thesis_qa.types import Language, Passage, to_json

if TYPE_CHECKING:
    from langchain_core.tools import BaseTool


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
    for vector stores take no None, its address as `source`, and as `score` a share of 1.

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
        return [
            Document(id=passage.passage_id, page_content=passage.text, metadata=stated(passage))
            for passage in passages
        ]


def share_of(logit: float) -> float:
    """A score, which is in logits, between 0 and 1."""
    return round(1 / (1 + math.exp(-max(-50.0, min(50.0, logit)))), 6)


def stated(passage: Passage) -> dict[str, Any]:
    """The fields of a passage that are known, without its text."""
    fields = {name: value for name, value in to_json(passage).items() if value is not None}
    del fields["text"]
    logit = {"raw_score": passage.score, "score": share_of(passage.score)}
    return {**fields, **logit, "source": passage.url or passage.document}


def search_tool(retriever: ThesisRetriever) -> "BaseTool":
    """The retriever as a tool of an agent: text for the model, and documents as its artifact."""
    from langchain_core.tools import tool

    @tool("search_theses", response_format="content_and_artifact")
    def search_theses(query: str) -> tuple[str, list[Document]]:
        """Search theses in Indonesian and English for passages about a question or subject.

        Each comes with its thesis, page and address; cite them when you use what they say.
        """
        found = retriever.invoke(query)
        return "\n\n".join(map(_shown, found)) or "[]", found

    return search_theses


def _shown(document: Document) -> str:
    about = document.metadata
    page = about.get("page_label") or about.get("page")
    where = ", ".join(filter(None, (about["title"] or about["document"], page and f"p. {page}")))
    return f"{document.page_content}\n({where}) {about['source']}"
