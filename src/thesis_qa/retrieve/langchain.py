"""LangChain's shapes: a retriever, a tool, the assistant in a chain, documents of its loaders."""

import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from thesis_qa.question.conversation import history_of, reference_in
from thesis_qa.types import Answer, Block, Language, Page, Passage, Span, to_json
from thesis_qa.types import Document as OwnDocument

if TYPE_CHECKING:
    from langchain_core.messages import AIMessage
    from langchain_core.runnables import Runnable
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


# The assistant

Ask = Callable[[str, Sequence[tuple[str, str]]], Answer]
"""Answers a question, after those before it."""


def answering(ask: Ask) -> "Runnable[Any, AIMessage]":
    """What answers a question, or the last message of a conversation, with a message that cites."""
    from langchain_core.runnables import RunnableLambda

    def answered(asked: Any) -> "AIMessage":
        question, history = (asked, []) if isinstance(asked, str) else _conversation(asked)
        return _message(ask(question, history))

    return RunnableLambda(answered, name="thesis_qa")


def _conversation(asked: Any) -> tuple[str, list[tuple[str, str]]]:
    """The last message of a conversation or prompt, and the questions and answers before it."""
    messages = asked.to_messages() if hasattr(asked, "to_messages") else asked
    said = [(message.type, str(message.text)) for message in messages]
    return said[-1][1] if said else "", history_of(said, "human", "ai")


def _message(answer: Answer) -> "AIMessage":
    from langchain_core.messages import AIMessage

    block: dict[str, Any] = {"type": "text", "text": answer.text}
    if answer.citations:
        block["annotations"] = [*_cited(answer)]
    about = {"answer": answer, "model_name": answer.model}
    return AIMessage([block], response_metadata=about)


def _cited(answer: Answer) -> Iterator[dict[str, Any]]:
    for citation in answer.citations:
        whole = 0, len(f"[{citation.number}]")
        start, end = reference_in(answer.text, citation.number) or whole
        yield {
            "type": "citation", "url": citation.url, "title": citation.title,
            "cited_text": citation.quote, "start_index": start, "end_index": end,
            "extras": {"citation": to_json(citation)},
        }  # fmt: skip


# Documents of loaders


def documents_of(loaded: Sequence[Document]) -> list[OwnDocument]:
    """Documents by their `source`; `page` counts from 0, as in LangChain's loaders."""
    texts: dict[str, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    paged: set[str] = set()
    for document in loaded:
        source = str(document.metadata.get("source") or document.id or "text")
        name, page = source.replace("\\", "/").lstrip("/"), document.metadata.get("page")
        paged |= {name} if isinstance(page, int) else set()
        texts[name][page if isinstance(page, int) else 0].append(document.page_content)
    return [_document(name, pages, name in paged) for name, pages in texts.items()]


def _document(name: str, texts: dict[int, list[str]], paged: bool) -> OwnDocument:
    """The same lines as a document of ours, which has every page up to the last."""
    pages, blocks = [], []
    for position in range(max(texts) + 1):
        text = "\n\n".join(texts.get(position, []))
        pages.append(Page(position + 1 if paged else None, None, text))
        for block in OwnDocument.of_lines(name, text).blocks:
            [line] = block.spans
            blocks.append(Block((Span(position, line.start, line.end),)))
    return OwnDocument(name, tuple(pages), tuple(blocks))
