"""Each way in gives the same verified citation, by the client that its users have."""

import json
import os
import sys
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp_types.version import MODERN_PROTOCOL_VERSIONS
from openai import BadRequestError, OpenAI

from conftest import ROOT
from serving import ASKED, FISHERS, QUOTED, SENTENCE, UNANSWERABLE, running, small_library
from thesis_qa.assistant import Assistant
from thesis_qa.library import Index
from thesis_qa.settings import Settings
from thesis_qa.types import to_json

pytestmark = [
    pytest.mark.enable_socket,
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning"),
]
TOOLS = {"search", "fetch", "ask", "read_page", "outline", "list_documents", "find_quote"}
TOOLS |= {"read_section", "read_table"}
Json = dict[str, Any]


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return small_library(tmp_path_factory.mktemp("ways"))


@pytest.fixture(scope="module")
def address(settings: Settings) -> Iterator[str]:
    with running(settings) as address:
        yield address


@pytest.fixture(scope="module")
def expected(settings: Settings, address: str) -> Json:
    """The citation that every way in is to give."""
    index = Index.open(settings.index)
    index.public_url = address
    [citation] = Assistant(index).ask(ASKED).citations
    index.close()
    assert QUOTED in citation.quote
    plain: Json = json.loads(json.dumps(to_json(citation)))
    return plain


@pytest.fixture(scope="module")
def openai(address: str) -> Iterator[OpenAI]:
    with OpenAI(base_url=f"{address}/v1", api_key="none", max_retries=0) as client:
        yield client


# HTTP


@pytest.mark.parametrize("page", ["api.md", "openai.md"])
def test_the_examples_of_the_docs_give_the_citation(
    address: str, expected: Json, page: str, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    for script in text.split("```python\n")[1:]:
        exec(script.split("```")[0].replace("http://127.0.0.1:7860", address), {})
    shown = capsys.readouterr().out
    assert expected["quote"] in shown
    assert expected["url"] in shown


def test_http(address: str, expected: Json) -> None:
    answer = httpx.post(f"{address}/v1/ask", json={"question": ASKED}, timeout=60).json()
    assert answer["citations"] == [expected]
    assert httpx.get(expected["url"]).status_code == 200


def test_dify(address: str) -> None:
    asked = {"knowledge_id": "all", "query": ASKED, "retrieval_setting": {"top_k": 2}}
    records = httpx.post(f"{address}/retrieval", json=asked).json()["records"]
    assert len(records) == 2
    for record in records:
        assert 0 <= record["score"] <= 1
        assert None not in record["metadata"].values()
        assert record["metadata"]["source"].startswith(address)
    asked["retrieval_setting"] = {"top_k": 2, "score_threshold": 1.0}
    assert httpx.post(f"{address}/retrieval", json=asked).json() == {"records": []}


# OpenAI's shapes, by OpenAI's client


def test_a_chat_completion_has_the_citation_as_annotation(openai: OpenAI, expected: Json) -> None:
    assert [model.id for model in openai.models.list()] == ["thesis-qa"]
    made = openai.chat.completions.create(
        model="thesis-qa", messages=[{"role": "user", "content": ASKED}], temperature=0.3
    )
    message = made.choices[0].message
    [annotation] = message.annotations or []
    cited = annotation.url_citation
    assert message.content is not None
    assert message.content[cited.start_index : cited.end_index] == "[1]"
    assert expected["quote"] in cited.title
    assert cited.url == expected["url"]
    assert cited.model_extra == {"citation": expected}
    assert not message.tool_calls
    assert made.usage is not None
    assert made.usage.total_tokens > 10


def test_a_streamed_chat_completion_is_the_same(openai: OpenAI, expected: Json) -> None:
    whole = openai.chat.completions.create(
        model="thesis-qa", messages=[{"role": "user", "content": ASKED}]
    )
    text, annotations, finish = "", [], None
    for chunk in openai.chat.completions.create(
        model="thesis-qa", messages=[{"role": "user", "content": ASKED}], stream=True
    ):
        [choice] = chunk.choices
        text += choice.delta.content or ""
        annotations += (choice.delta.model_extra or {}).get("annotations", [])
        finish = choice.finish_reason
    assert (text, finish) == (whole.choices[0].message.content, "stop")
    [annotation] = annotations
    assert annotation["type"] == "url_citation"  # as Open WebUI looks for it
    assert annotation["url_citation"]["url"] == expected["url"]


def test_a_declined_answer_is_an_ordinary_message(openai: OpenAI) -> None:
    made = openai.chat.completions.create(
        model="thesis-qa", messages=[{"role": "user", "content": UNANSWERABLE}]
    )
    message = made.choices[0].message
    assert message.content
    assert message.annotations is None
    assert message.refusal is None


def test_a_conversation_is_understood(openai: OpenAI) -> None:
    made = openai.chat.completions.create(
        model="thesis-qa",
        messages=[
            {"role": "system", "content": "You are a pirate."},
            {"role": "user", "content": [{"type": "text", "text": "Berapa responden nelayan?"}]},
            {"role": "assistant", "content": f"“{SENTENCE}” [1]"},
            {"role": "user", "content": "Di mana?"},
        ],
        extra_body={"documents": [FISHERS]},
    )
    assert "Wakatobi" in (made.choices[0].message.content or "")


def test_what_cannot_be_asked_is_openais_error(openai: OpenAI) -> None:
    with pytest.raises(BadRequestError, match="characters"):
        openai.chat.completions.create(
            model="thesis-qa", messages=[{"role": "user", "content": "x" * 5000}]
        )


def test_a_response_has_flat_citations_and_files(openai: OpenAI, expected: Json) -> None:
    made = openai.responses.create(model="thesis-qa", input=ASKED)
    [message] = made.output
    assert message.type == "message"
    [content] = message.content
    assert content.type == "output_text"
    cited, file = content.annotations
    assert cited.type == "url_citation"
    assert (cited.url, cited.model_extra) == (expected["url"], {"citation": expected})
    assert content.text[cited.start_index : cited.end_index] == "[1]"
    assert file.type == "file_citation"
    assert file.filename == expected["document"]
    assert made.output_text == content.text


def test_the_events_of_a_response_come_in_order(openai: OpenAI) -> None:
    stream = openai.responses.create(model="thesis-qa", input=ASKED, stream=True)
    events = list(stream)
    assert [event.sequence_number for event in events] == [*range(len(events))]
    kinds = list(dict.fromkeys(event.type.removeprefix("response.") for event in events))
    assert kinds == [
        "created", "in_progress", "output_item.added", "content_part.added", "output_text.delta",
        "output_text.annotation.added", "output_text.done", "content_part.done",
        "output_item.done", "completed",
    ]  # fmt: skip
    with openai.responses.stream(model="thesis-qa", input=ASKED) as helped:
        assert helped.get_final_response().output_text == events[-1].response.output_text


# MCP, by the official client


def plain_text(result: Any) -> str:
    assert not result.is_error
    [content] = result.content
    return str(content.text)


async def try_tools(client: Client, expected: Json) -> None:
    listed = (await client.list_tools()).tools
    assert {tool.name for tool in listed} == TOOLS
    for tool in listed:
        assert tool.description
        assert tool.output_schema
        assert tool.annotations is not None
        assert tool.annotations.read_only_hint
    for name, parameter in (("search", "query"), ("fetch", "id")):  # what some clients need
        [schema] = [tool.input_schema for tool in listed if tool.name == name]
        assert [*schema["properties"]] == [parameter]
    answer = await client.call_tool("ask", {"question": ASKED})
    assert answer.structured_content["citations"] == [expected]
    assert expected["url"] in plain_text(answer)
    found = json.loads(plain_text(await client.call_tool("search", {"query": ASKED})))["results"]
    assert all(hit["url"] and hit["id"] for hit in found)
    fetched = await client.call_tool("fetch", {"id": found[0]["id"]})
    assert found[0]["text"] in fetched.structured_content["text"]
    page = await client.call_tool("read_page", {"document": FISHERS, "page": 2})
    assert SENTENCE in page.structured_content["text"]
    standing = await client.call_tool("find_quote", {"draft": SENTENCE})
    assert standing.structured_content["matches"][0]["how"] == "verbatim"
    names = (await client.call_tool("list_documents", {})).structured_content["documents"]
    assert FISHERS in [entry["document"] for entry in names]
    outline = await client.call_tool("outline", {"document": expected["document"]})
    assert outline.structured_content["sections"]
    for tool, arguments in (
        ("fetch", {"id": "gone"}),
        ("outline", {"document": "gone.pdf"}),
        ("read_page", {"document": FISHERS, "page": 3}),
        ("ask", {"question": ""}),
    ):
        failed = await client.call_tool(tool, arguments)
        assert failed.is_error
        assert "Traceback" not in failed.content[0].text


@pytest.mark.parametrize("mode", ["legacy", MODERN_PROTOCOL_VERSIONS[-1]])
async def test_mcp_over_http(address: str, expected: Json, mode: str) -> None:
    async with Client(f"{address}/mcp", mode=mode) as client:
        await try_tools(client, expected)


async def test_mcp_on_stdio(settings: Settings, address: str, expected: Json) -> None:
    arguments = ["-m", "thesis_qa.cli", "mcp", "--index", settings.index]
    environment = {**os.environ, "THESIS_QA_PUBLIC_URL": address}
    server = StdioServerParameters(command=sys.executable, args=arguments, env=environment)
    async with Client(stdio_client(server)) as client:
        await try_tools(client, expected)
