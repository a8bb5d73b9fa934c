"""The retriever is a LangChain retriever like any other."""

import pytest
from langchain_tests.integration_tests import RetrieversIntegrationTests

from thesis_qa.library import Index
from thesis_qa.retrieve.langchain import ThesisRetriever


class TestStandard(RetrieversIntegrationTests):
    """LangChain's own suite."""

    index: Index

    @pytest.fixture(autouse=True)
    def _use(self, sister_city: Index) -> None:
        type(self).index = sister_city
        return

    @property
    def retriever_constructor(self) -> type[ThesisRetriever]:
        return ThesisRetriever

    @property
    def retriever_constructor_params(self) -> dict[str, object]:
        return {"index": self.index}

    @property
    def retriever_query_example(self) -> str:
        return "Apa hambatan yang terjadi?"


def test_documents_carry_the_fields_of_a_passage(sister_city: Index) -> None:
    first, *_ = sister_city.as_retriever(k=3).invoke("What obstacles occurred?")
    assert first.page_content
    assert first.metadata.keys() >= {
        *("passage_id", "document", "title", "section", "language", "score", "rank"),
    }
    assert None not in first.metadata.values()  # of a format without pages; stores take no None
    assert first.id == first.metadata["passage_id"]


def test_options_can_be_given_to_invoke(sister_city: Index) -> None:
    retriever = sister_city.as_retriever()
    found = retriever.invoke("metode penelitian", k=2, language="en")
    assert len(found) == 2
    assert {document.metadata["language"] for document in found} == {"en"}


async def test_it_answers_asynchronously(sister_city: Index) -> None:
    assert await sister_city.as_retriever(k=2).ainvoke("metode penelitian")
