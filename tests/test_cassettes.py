"""Answers in the shapes in which real servers stream them, read by the real clients, offline.

A cassette in `data/cassettes` holds what a server sent, request by request, "=====" between two.
"""

from pathlib import Path
from typing import Any

import pytest

from scripted import serving
from thesis_qa.assistant import Assistant
from thesis_qa.library import Index
from thesis_qa.types import Answer
from thesis_qa.write import LanguageModel, Options

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

CASSETTES = Path(__file__).parent / "data" / "cassettes"
QUESTION = "Apa hambatan yang terjadi?"
SAID = "Pemerintah Kota Hanoi pasif dalam menjalin kerja sama sister city dengan Jakarta. [1]"


def played(index: Index, name: str, spec: str, way: str) -> tuple[Answer, list[Any]]:
    sent = (CASSETTES / f"{name}.txt").read_bytes().split(b"=====\n")
    left = iter(sent)
    with serving(lambda request: (200, [next(left, sent[-1])])) as (address, heard):
        model = LanguageModel(spec, Options(base_url=address, way=way))
        return Assistant(index, model).ask(QUESTION), heard


@pytest.mark.parametrize(
    ("name", "spec", "tokens"),
    [
        ("openai-reader", "openai:gpt-5-mini", {"read": 812, "written": 31}),
        ("reasoning-reader", "openai:deepseek-r1", None),
        ("ollama-reader", "ollama:qwen3:4b", {"read": 640, "written": 40}),
    ],
)
def test_a_reader_is_understood(
    sister_city: Index, name: str, spec: str, tokens: dict[str, int] | None
) -> None:
    answer, heard = played(sister_city, name, spec, "reader")
    assert (answer.problem, answer.text) == (None, SAID)
    assert len(heard) == 1
    assert answer.tokens == tokens or tokens is None


@pytest.mark.parametrize(
    ("name", "spec", "steps"),
    [
        ("openai-agent", "openai:gpt-5-mini", 2),
        ("ollama-agent", "ollama:qwen3:4b", 1),
    ],
)
def test_an_agent_is_understood(sister_city: Index, name: str, spec: str, steps: int) -> None:
    answer, heard = played(sister_city, name, spec, "agent")
    assert (answer.problem, answer.text) == (None, SAID)
    assert len(answer.steps) == steps
    assert len(heard) == 2
    assert {tool["function"]["name"] for tool in heard[0]["tools"]} >= {"search", "compare"}


@pytest.mark.parametrize(
    ("name", "spec", "way"),
    [
        ("openai-agent", "openai:gpt-5-mini", "agent"),
        ("openai-reader", "openai:gpt-5-mini", "reader"),
    ],
)
def test_which_way_shows_when_it_is_tried(
    sister_city: Index,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    name: str,
    spec: str,
    way: str,
) -> None:
    from thesis_qa.write import agent

    monkeypatch.setattr(agent, "cache_folder", lambda: tmp_path)
    body = (CASSETTES / f"{name}.txt").read_bytes().split(b"=====\n")[0]
    with serving(200, body) as (address, _):
        model = LanguageModel(spec, Options(base_url=address))
        assert agent.way_of(model) == way
