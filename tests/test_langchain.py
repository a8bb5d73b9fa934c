"""The index in LangChain: a retriever by its own tests, a tool, the assistant in a chain."""

import pickle
from collections.abc import Iterator
from typing import Any

import pytest
from langchain_core.documents import Document
from langchain_core.messages import AIMessage, HumanMessage
from langchain_tests.integration_tests import RetrieversIntegrationTests

from serving import ASKED, QUOTED, SENTENCE, UNANSWERABLE, small_library
from thesis_qa.assistant import Assistant
from thesis_qa.library import Index
from thesis_qa.retrieve.langchain import ThesisRetriever


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    index = Index.open(small_library(tmp_path_factory.mktemp("langchain")).index)
    yield index
    index.close()


class TestRetriever(RetrieversIntegrationTests):
    """LangChain's own tests of any retriever."""

    @pytest.fixture(autouse=True)
    def _opened(self, index: Index) -> None:
        self.index = index

    @property
    def retriever_constructor(self) -> type[ThesisRetriever]:
        return ThesisRetriever

    @property
    def retriever_constructor_params(self) -> dict[str, Any]:
        return {"index": self.index}

    @property
    def retriever_query_example(self) -> str:
        return "metode penelitian"


def test_metadata_is_what_other_tools_expect(index: Index) -> None:
    for document in index.as_retriever(k=4).invoke("nelayan"):
        metadata = document.metadata
        assert None not in metadata.values()
        assert metadata["source"].startswith("http://127.0.0.1:7860/place?")
        assert 0 <= metadata["score"] <= 1
    scores = [d.metadata["score"] for d in index.as_retriever(k=4).invoke("nelayan")]
    assert scores == sorted(scores, reverse=True)


def test_a_retriever_can_be_sent_to_another_process(index: Index) -> None:
    retriever = index.as_retriever(k=1)
    index.public_url = "https://theses.example"
    again = pickle.loads(pickle.dumps(retriever))
    assert again.invoke("nelayan") == retriever.invoke("nelayan")
    again.index.close()
    index.public_url = "http://127.0.0.1:7860"


def test_an_agents_tool_keeps_the_page(index: Index) -> None:
    call = {"name": "search_theses", "args": {"query": "nelayan"}, "id": "1", "type": "tool_call"}
    message = index.as_tool(k=1).invoke(call)
    assert SENTENCE in message.content
    assert "p. 2" in message.content
    [document] = message.artifact
    assert isinstance(document, Document)
    assert document.metadata["page"] == 2


def test_the_assistant_answers_in_a_chain(index: Index) -> None:
    chain = Assistant(index).as_runnable()
    message = chain.invoke(ASKED)
    assert isinstance(message, AIMessage)
    [block] = message.content_blocks
    assert block["type"] == "text"
    [cited] = block["annotations"]
    assert cited["type"] == "citation"
    assert QUOTED in cited["cited_text"]
    assert cited["url"].startswith("http://127.0.0.1:7860/place?")
    assert block["text"][cited["start_index"] : cited["end_index"]] == "[1]"
    assert message.response_metadata["answer"].citations[0].quote == cited["cited_text"]


def test_a_chain_may_hand_it_a_conversation(index: Index) -> None:
    chain = Assistant(index).as_runnable()
    said = [
        HumanMessage("Berapa responden nelayan?"),
        AIMessage(f"“{SENTENCE}” [1]"),
        HumanMessage("Di mana?"),
    ]
    assert "Wakatobi" in chain.invoke(said).text
    declined = chain.invoke(UNANSWERABLE)
    assert "annotations" not in declined.content_blocks[0]


def test_documents_of_other_loaders_are_indexed_too(index: Index, tmp_path: Any) -> None:
    pages = [
        Document("Halaman satu tentang terumbu karang.", metadata={"source": "/x/karang.pdf"}),
        Document(
            "Sampel terdiri atas 60 koloni karang di Bunaken.",
            metadata={"source": "/x/karang.pdf", "page": 1},
        ),
    ]
    own = Index.create(tmp_path / "index")
    own.add_documents(pages)
    [passage] = own.search("Berapa koloni karang?", top_k=1)
    assert (passage.document, passage.page) == ("x/karang.pdf", 2)
    own.add_documents([Document("Ditulis ulang.", metadata={"source": "/x/karang.pdf"})])
    assert [p.text for p in own.search("karang")] == ["Ditulis ulang."]
    own.close()
