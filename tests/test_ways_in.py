"""Each way in gives the same verified citation, by the client that its users have."""

import inspect
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, redirect_stdout
from io import StringIO
from pathlib import Path
from shutil import which
from typing import Any

import httpx
import pytest
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp_types.version import MODERN_PROTOCOL_VERSIONS
from openai import BadRequestError, OpenAI

from conftest import ROOT, SISTER_CITY
from serving import ASKED, FISHERS, QUOTED, SENTENCE, UNANSWERABLE, running, small_library, started
from test_readme import examples, matches
from thesis_qa.assistant import Assistant
from thesis_qa.cli import main
from thesis_qa.library import Index
from thesis_qa.settings import Settings
from thesis_qa.types import to_json
from thesis_qa.write.lookup import Lookup

pytestmark = [
    pytest.mark.enable_socket,
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning"),
]
TOOLS = {"search", "fetch", "ask", "read_page", "outline", "list_documents", "find_quote"}
TOOLS |= {"compare", "read_section", "read_table"}
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


@pytest.mark.parametrize("page", ["api", "openai", "mcp", "dify"])
def test_the_examples_of_the_docs_give_the_citation(
    address: str, expected: Json, page: str, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8")
    for example in examples(text.replace("http://127.0.0.1:7860", address)):
        if example.is_python:
            exec(example.typed, {})
        elif example.typed.startswith("curl ") and which("curl"):
            command = ["sh", "-ec", example.typed]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            assert matches(example.shown, done.stdout)
    shown = capsys.readouterr().out
    assert expected["quote"] in " ".join(shown.split())
    assert expected["url"].partition("&")[0] in shown


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


# The same citation


def events(response: httpx.Response) -> list[Any]:
    lines = (line.removeprefix("data: ") for line in response.text.splitlines() if line[:1] == "d")
    return [json.loads(line) for line in lines if line != "[DONE]"]


def by_growing_answer(address: str) -> Json:
    asked, accept = {"question": ASKED}, {"Accept": "text/event-stream"}
    got = events(httpx.post(f"{address}/v1/ask", json=asked, headers=accept, timeout=60))
    return got[-2]["citations"][0]


def by_streamed_completion(address: str) -> Json:
    """Read as Open WebUI does: docs/openai.md says by which lines."""
    asked = {"messages": [{"role": "user", "content": ASKED}], "stream": True}
    sources = []
    got = httpx.post(f"{address}/v1/chat/completions", json=asked, timeout=60)
    for line in got.text.splitlines():
        if not line.startswith("data:") or line.removeprefix("data:").strip() == "[DONE]":
            continue
        delta = json.loads(line.removeprefix("data:"))["choices"][0].get("delta", {})
        assert not delta.get("tool_calls")
        sources += [
            annotation["url_citation"]
            for annotation in delta.get("annotations") or ()
            if annotation.get("type") == "url_citation" and "url_citation" in annotation
        ]
    [source] = sources
    assert source["citation"]["quote"] in source["title"]
    assert source["citation"]["url"] == source["url"]
    return source["citation"]


def by_streamed_response(address: str) -> Json:
    asked = {"input": ASKED, "stream": True}
    got = events(httpx.post(f"{address}/v1/responses", json=asked, timeout=60))
    [message] = got[-1]["response"]["output"]
    return message["content"][0]["annotations"][0]["citation"]


def by_comparison(address: str) -> Json:
    asked = {"questions": [ASKED], "documents": [SISTER_CITY.name]}
    table = httpx.post(f"{address}/v1/compare", json=asked, timeout=60).json()
    return table["cells"][0]["citations"][0]


def by_langchain(address: str) -> Json:
    message = opened(address).as_runnable().invoke(ASKED)
    return message.content_blocks[0]["annotations"][0]["extras"]["citation"]


def by_shell(address: str) -> Json:
    with redirect_stdout(StringIO()) as out:
        main(["ask", ASKED, "--json"])
    return json.loads(out.getvalue())["citations"][0]


def by_llamaindex(address: str) -> Json:
    pytest.importorskip("llama_index.core")
    page = run_page("llamaindex")
    [node] = page["ThesisAnswers"](assistant=opened(address)).query(ASKED).source_nodes
    return node.metadata


def by_haystack(address: str) -> Json:
    pytest.importorskip("haystack")
    component = run_page("haystack")["ThesisAnswers"]()
    component.assistant = opened(address)
    return component.run(ASKED)["answers"][0].documents[0].meta


def opened(address: str) -> Assistant:
    index = Index.open()
    index.public_url = address
    return Assistant(index)


def run_page(name: str) -> Json:
    """What the script on a page of the docs defines."""
    [script] = [e for e in examples((ROOT / "docs" / f"{name}.md").read_text()) if e.is_python]
    defined: Json = {}
    exec(script.typed, defined)
    return defined


@pytest.mark.filterwarnings("ignore::pydantic.warnings.PydanticDeprecatedSince20")
@pytest.mark.parametrize(
    "way",
    [
        by_growing_answer, by_streamed_completion, by_streamed_response, by_comparison,
        by_langchain, by_shell, by_llamaindex, by_haystack,
    ],
)  # fmt: skip
def test_the_citation_is_the_same_object(
    settings: Settings, address: str, expected: Json, way: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(Path(settings.index).parent)
    monkeypatch.setenv("THESIS_QA_PUBLIC_URL", address)
    assert json.loads(json.dumps(way(address))) == expected


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
    asked = {"documents": [FISHERS], "questions": ["Berapa responden nelayan?"]}
    table = (await client.call_tool("compare", asked)).structured_content
    assert table["cells"][0]["citations"][0]["quote"] == SENTENCE
    names = (await client.call_tool("list_documents", {})).structured_content["documents"]
    assert FISHERS in [entry["document"] for entry in names]
    outline = await client.call_tool("outline", {"document": expected["document"]})
    assert outline.structured_content["sections"]
    titled = await client.call_tool("outline", {"document": expected["title"]})
    assert titled.structured_content == outline.structured_content
    described = {tool.name: tool.description for tool in listed}
    for name in ("outline", "read_section", "read_table", "list_documents", "find_quote"):
        assert described[name] == inspect.cleandoc(getattr(Lookup, name).__doc__)
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
    """Started as the settings on the page of the docs say."""
    text = (ROOT / "docs" / "mcp.md").read_text(encoding="utf-8")
    told = json.loads(text.split("```json\n")[1].split("```")[0])["mcpServers"]["theses"]
    arguments = [settings.index if word.startswith("/") else word for word in told["args"]]
    environment = {**os.environ, "THESIS_QA_PUBLIC_URL": address}
    command = str(Path(sys.executable).with_name(told["command"]))
    server = StdioServerParameters(command=command, args=arguments, env=environment)
    async with Client(stdio_client(server)) as client:
        await try_tools(client, expected)


@pytest.mark.skipif(sys.platform == "win32", reason="has no SIGTERM")
def test_the_server_ends_when_it_is_told_to_though_agents_are_connected(
    settings: Settings, tmp_path: Path
) -> None:
    serve = [sys.executable, "-m", "thesis_qa.cli", "serve", "--index", settings.index]
    with ExitStack() as held:
        with started(serve, tmp_path, os.environ) as address:
            client = held.enter_context(httpx.Client(base_url=address, timeout=60))
            accept = {"Accept": "text/event-stream, application/json"}
            held.enter_context(client.stream("GET", "/mcp", headers=accept))
            began = time.monotonic()
        assert time.monotonic() - began < 20
