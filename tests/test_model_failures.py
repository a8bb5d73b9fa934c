"""Whatever a model's server does, the quotes stay, one line says why, and nothing hangs.

A real server on this machine that misbehaves, asked through the real client; sockets are open to
127.0.0.1 only.
"""

import time
from pathlib import Path
from typing import Any

import pytest

from scripted import END, chunk, serving
from thesis_qa.assistant import Assistant
from thesis_qa.library import Index
from thesis_qa.types import Answer
from thesis_qa.write import LanguageModel, Options

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

QUESTION = "Apa hambatan yang terjadi?"
TOO_LONG = b'{"error": {"message": "too long", "code": "context_length_exceeded"}}'
GOOD = chunk("Pemerintah Kota Hanoi pasif dalam menjalin kerja sama. ")


def ask(index: Index, address: str, spec: str = "openai:m", timeout: int = 300) -> Answer:
    model = LanguageModel(spec, Options(base_url=address, timeout=timeout, way="reader"))
    return Assistant(index, model).ask(QUESTION)


def stands(index: Index, answer: Answer, *told: str) -> None:
    """The quotes are the answer, and one line says why."""
    quoted = Assistant(index).ask(QUESTION)
    assert quoted.answered
    assert (answer.model, answer.text, answer.citations) == (
        "quotes",
        quoted.text,
        quoted.citations,
    )
    assert answer.problem
    assert "\n" not in answer.problem
    assert [
        part for part in (*told, "Kutipannya tetap berlaku") if part not in answer.problem
    ] == []


def test_a_server_that_answers_writes_the_answer(sister_city: Index) -> None:
    with serving(200, GOOD, END) as (address, heard):
        answer = ask(sister_city, address)
    assert answer.text == "Pemerintah Kota Hanoi pasif dalam menjalin kerja sama. [1]"
    assert (answer.model, answer.runs_on) == ("openai:m", "local")
    assert answer.problem is None
    [request] = heard
    assert request["stream"]
    assert request["response_format"]["type"] == "json_schema"
    assert QUESTION in request["messages"][1]["content"]


def test_a_server_that_takes_no_shapes_is_asked_without(sister_city: Index) -> None:
    def refusing(request: Any) -> tuple[int, list[bytes]]:
        shaped = "response_format" in request
        return (
            (400, [b'{"error": {"message": "no such parameter"}}'])
            if shaped
            else (200, [GOOD, END])
        )

    with serving(refusing) as (address, heard):
        assert ask(sister_city, address).model == "openai:m"
    assert len(heard) == 2


def test_a_context_that_is_too_small_gets_less(sister_city: Index) -> None:
    def small(request: Any) -> tuple[int, list[bytes]]:
        fits = len(request["messages"][1]["content"]) < 2_000
        return (200, [GOOD, END]) if fits else (400, [TOO_LONG])

    with serving(small) as (address, heard):
        answer = ask(sister_city, address)
    lengths = [len(request["messages"][1]["content"]) for request in heard]
    assert answer.model == "openai:m"
    assert lengths == sorted(lengths, reverse=True)


def test_a_server_killed_in_mid_stream(sister_city: Index) -> None:
    with serving(200, GOOD, chunk("Selain itu ")) as (address, _):
        stands(sister_city, ask(sister_city, address), "terputus")


def test_a_server_that_trickles_is_given_up_at_the_time_out(sister_city: Index) -> None:
    drops = [chunk("a ") for _ in range(600)]
    started = time.monotonic()
    with serving(200, *drops, pause=0.2) as (address, _):
        stands(sister_city, ask(sister_city, address, timeout=2), "2 detik")
    assert time.monotonic() - started < 100  # the stream alone would take two minutes


def test_a_server_that_says_nothing_is_given_up_at_the_time_out(sister_city: Index) -> None:
    with serving(200, b": wait\n\n", b": wait\n\n", pause=60) as (address, _):
        stands(sister_city, ask(sister_city, address, timeout=1), "1 detik")


@pytest.mark.parametrize(
    "body", [b"data: {nonsense\n\n", b"<html>Welcome</html>", b"data: 17\n\n", b"\xff\xfe\x00"]
)
def test_a_malformed_stream(sister_city: Index, body: bytes) -> None:
    with serving(200, body) as (address, _):
        stands(sister_city, ask(sister_city, address), "bukan jawaban")


def test_an_empty_answer(sister_city: Index) -> None:
    with serving(200, chunk(""), END) as (address, _):
        stands(sister_city, ask(sister_city, address), "tidak menulis apa-apa")


@pytest.mark.parametrize("said", ['{"answer": 3}', '{"statements": {"a"', '{"statements": "x"}'])
def test_a_shape_that_cannot_be_read(sister_city: Index, said: str) -> None:
    with serving(200, chunk(said), END) as (address, _):
        stands(sister_city, ask(sister_city, address), "bentuk")


def test_a_stream_without_end(sister_city: Index) -> None:
    with serving(200, *[chunk("kata demi kata ")] * 400) as (address, _):
        stands(sister_city, ask(sister_city, address), "tidak kunjung selesai")


def test_a_provider_that_lets_nothing_through(sister_city: Index) -> None:
    with serving(200, chunk("Maaf", finish_reason="content_filter"), b"data: [DONE]\n\n") as (a, _):
        stands(sister_city, ask(sister_city, a), "menolak")


def test_a_refusal_in_words(sister_city: Index) -> None:
    with serving(200, chunk("Maaf, saya tidak dapat membantu. "), END) as (address, _):
        stands(sister_city, ask(sister_city, address), "terlalu sedikit")


def test_what_is_not_stated(sister_city: Index) -> None:
    with serving(200, chunk('{"statements": []}'), END) as (address, _):
        stands(sister_city, ask(sister_city, address), "tidak menemukan jawaban")


@pytest.mark.parametrize("spec", ["openai:m", "ollama:m"])
@pytest.mark.parametrize(
    ("status", "told"),
    [
        (401, "kunci"),
        (403, "kunci"),
        (404, "tidak punya model"),
        (429, "tidak menerima permintaan"),
        (500, "tidak dapat dipakai"),
    ],
)
def test_a_refusal(sister_city: Index, spec: str, status: int, told: str) -> None:
    with serving(status, b'{"error": {"message": "no"}}') as (address, _):
        stands(sister_city, ask(sister_city, address, spec), told)


def test_a_context_that_is_too_small(sister_city: Index) -> None:
    with serving(400, TOO_LONG) as (address, _):
        stands(sister_city, ask(sister_city, address), "terlalu panjang", "llm_context")


@pytest.mark.parametrize("spec", ["openai:m", "ollama:m"])
def test_a_server_that_is_down(sister_city: Index, spec: str) -> None:
    with serving(200) as (address, _):
        pass  # its port is free again
    stands(sister_city, ask(sister_city, address, spec), "llm_base_url", "mesin ini")


def test_a_key_that_is_missing(sister_city: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    answer = Assistant(sister_city, LanguageModel("openai:m")).ask(QUESTION)
    stands(sister_city, answer, "api.openai.com", "kunci")


def test_a_package_that_is_missing(sister_city: Index) -> None:
    answer = Assistant(sister_city, "cohere:m").ask(QUESTION)
    stands(sister_city, answer, "langchain-cohere")


def test_a_provider_that_nobody_knows(sister_city: Index) -> None:
    stands(sister_city, Assistant(sister_city, "nonsense:m").ask(QUESTION), "nonsense")


def test_a_file_that_is_missing_or_no_model(sister_city: Index, tmp_path: Path) -> None:
    missing = tmp_path / "none.gguf"
    stands(sister_city, Assistant(sister_city, f"llama.cpp:{missing}").ask(QUESTION), "none.gguf")


def test_the_key_goes_to_the_server_that_was_named(
    sister_city: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with serving(200, GOOD, END) as (address, _):
        assert ask(sister_city, address).model == "openai:m"  # such servers mostly want none


@pytest.mark.parametrize(
    ("spec", "base_url", "where"),
    [
        ("ollama:m", None, "local"),
        ("ollama:m", "http://gpu.example:11434", "gpu.example"),
        ("openai:m", None, "api.openai.com"),
        ("openai:m", "http://[::1]:8000/v1", "local"),
        ("openai:m", "https://llm.example/v1", "llm.example"),
        ("llama.cpp:a.gguf", None, "local"),
        ("anthropic:m", None, "anthropic"),
    ],
)
def test_where_a_model_runs_is_said(
    monkeypatch: pytest.MonkeyPatch, spec: str, base_url: str | None, where: str
) -> None:
    for name in ("OLLAMA_HOST", "OPENAI_BASE_URL", "OPENAI_API_BASE"):
        monkeypatch.delenv(name, raising=False)
    assert LanguageModel(spec, Options(base_url=base_url)).runs_on == where


def test_only_the_name_of_a_file_is_shown() -> None:
    assert LanguageModel("llama.cpp:/home/me/models/q.gguf").name == "llama.cpp:q.gguf"
