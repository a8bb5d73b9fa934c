"""OpenAI's shapes: models, chat completions, responses. A quote is an annotation of the answer.

What a language model writes is checked against the quotes before it is shown, so a streamed answer
comes in pieces once it is whole. What else can be set in these shapes (temperature, tools) has no
meaning here and is passed over.
"""

import json
import secrets
import time
from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Literal

from fastapi import FastAPI
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from thesis_qa.api.access import EVENTS, event, status_of
from thesis_qa.api.service import Service
from thesis_qa.errors import QuestionError, ThesisQAError
from thesis_qa.question.conversation import history_of, reference_in
from thesis_qa.types import Answer, Citation, place, to_json

MODEL = "thesis-qa"
MOST_MESSAGES, MOST_PARTS = 200, 100
CHARACTERS = 50_000  # of a message; what is asked in it may be 2,000
PIECE = 80  # characters of a streamed answer sent at once


RESPONSES: dict[int | str, dict[str, Any]] = {
    **EVENTS,
    "default": {
        "description": "Refused",
        "content": {"application/json": {}, "application/problem+json": {}},
    },
}


class TextPart(BaseModel):
    """A part of a message; what isn't text isn't read."""

    type: str
    text: str = Field("", max_length=CHARACTERS)


Content = str | list[TextPart] | None


class Message(BaseModel):
    """What was said in a conversation; what systems and tools say is passed over."""

    role: str = "user"
    content: Content = Field(None, max_length=CHARACTERS)


class ChatRequest(BaseModel):
    """What both shapes have."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    model: str = MODEL
    stream: Annotated[bool, Field(strict=True)] | None = None
    documents: list[str] | None = Field(None, max_length=MOST_MESSAGES)
    """Names of the theses to search; an addition to OpenAI's shape."""


class Completion(ChatRequest):
    """A chat completion to make; the last message of the user is the question."""

    messages: list[Message] = Field(min_length=1, max_length=MOST_MESSAGES)


class ResponseRequest(ChatRequest):
    """A response to make; the last message of the input is the question."""

    input: str | list[Message]


def add_chat(api: FastAPI, service: Service) -> None:
    """The routes of OpenAI's shapes."""

    @api.get("/v1/models")
    def list_models() -> dict[str, Any]:
        """The one model: the library itself."""
        return {"object": "list", "data": [_model()]}

    @api.get("/v1/models/{model}")
    def get_model(model: Literal["thesis-qa"]) -> dict[str, Any]:
        """What is known of the model."""
        return _model()

    @api.post("/v1/chat/completions", response_model=dict[str, Any], responses=RESPONSES)
    async def create_chat_completion(asked: Completion) -> Response:
        """Answer the last message as a chat completion, in OpenAI's shape."""
        try:
            answer = await _answer(service, asked.messages, asked.documents)
        except ThesisQAError as error:
            return _refused(error)
        if asked.stream:
            return _streamed(_chunks(answer))
        return JSONResponse(_completion(answer, service))

    @api.post("/v1/responses", response_model=dict[str, Any], responses=RESPONSES)
    async def create_response(asked: ResponseRequest) -> Response:
        """Answer the last message of the input as a response, in OpenAI's shape."""
        given = asked.input
        messages = [Message(content=given)] if isinstance(given, str) else given
        try:
            answer = await _answer(service, messages, asked.documents)
        except ThesisQAError as error:
            return _refused(error)
        response = _response(answer, service)
        return _streamed(_events_of(response)) if asked.stream else JSONResponse(response)


def _model() -> dict[str, Any]:
    return {"id": MODEL, "object": "model", "created": 0, "owned_by": MODEL}


def _refused(error: ThesisQAError) -> Response:
    kind = "invalid_request_error" if status_of(error) < 500 else "server_error"
    told = {"message": str(error), "type": kind, "param": None, "code": error.code}
    return JSONResponse({"error": told}, status_of(error))


def _streamed(events: Iterator[str]) -> Response:
    return StreamingResponse(events, media_type="text/event-stream")


# The conversation


async def _answer(
    service: Service, messages: Sequence[Message], documents: Sequence[str] | None
) -> Answer:
    """The answer to the last question; who asks nothing is told how to ask."""
    question, history = asked_in(messages)
    try:
        return await service.ask(question, history, documents)
    except QuestionError as error:
        if error.code != "question-empty":
            raise
        return Answer(question, None, False, 0.0, str(error), (), (), "quotes", {}, kind="clarify")


def asked_in(messages: Sequence[Message]) -> tuple[str, list[tuple[str, str]]]:
    """The last question, empty if nobody asks, and the questions and answers before it."""
    said = [(m.role, _text(m.content)) for m in messages if m.role in ("user", "assistant")]
    if not said or said[-1][0] != "user":
        return "", []
    return said[-1][1], history_of(said, "user", "assistant")


def _text(content: Content) -> str:
    if isinstance(content, str):
        return content
    return "\n".join(part.text for part in content or () if part.text)


# Annotations


def annotations(answer: Answer) -> list[dict[str, Any]]:
    """Where in the text each citation is made, as OpenAI's flat `url_citation`.

    Its title holds the quote, since clients show nothing else; `citation` is the whole of it.
    """
    found = []
    for citation in answer.citations:
        start, end = reference_in(answer.text, citation.number) or (0, len(answer.text))
        found.append(
            {"type": "url_citation", "start_index": start, "end_index": end,
             "url": citation.url, "title": _title(citation), "citation": to_json(citation)}
        )  # fmt: skip
    return found


def _title(citation: Citation) -> str:
    where = ", ".join(part for part in (citation.title, place(citation)) if part)
    return f"“{citation.quote}” ({where})"


def _nested(flat: dict[str, Any]) -> dict[str, Any]:
    """An annotation as chat completions have it."""
    return {"type": flat["type"], flat["type"]: {k: v for k, v in flat.items() if k != "type"}}


def _pieces(answer_text: str) -> Iterator[str]:
    yield from (answer_text[at : at + PIECE] for at in range(0, len(answer_text), PIECE))


# Chat completions


def _completion(answer: Answer, service: Service) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": answer.text, "refusal": None}
    if answer.citations:
        message["annotations"] = [_nested(each) for each in annotations(answer)]
    choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
    asked, said = _tokens(answer, service)
    usage = {"prompt_tokens": asked, "completion_tokens": said, "total_tokens": asked + said}
    return {**_head("chat.completion"), "choices": [choice], "usage": usage}


def _head(kind: str) -> dict[str, Any]:
    own = f"chatcmpl-{secrets.token_hex(12)}"
    return {"id": own, "object": kind, "created": int(time.time()), "model": MODEL}


def _chunks(answer: Answer) -> Iterator[str]:
    head = _head("chat.completion.chunk")

    def chunk(delta: dict[str, Any], finish: str | None = None) -> str:
        choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}
        return f"data: {json.dumps({**head, 'choices': [choice]}, ensure_ascii=False)}\n\n"

    yield chunk({"role": "assistant", "content": ""})
    for piece in _pieces(answer.text):
        yield chunk({"content": piece})
    if answer.citations:
        yield chunk({"annotations": [_nested(each) for each in annotations(answer)]})
    yield chunk({}, "stop")
    yield "data: [DONE]\n\n"


def _tokens(answer: Answer, service: Service) -> tuple[int, int]:
    """Tokens of question and answer, as the embedding model counts them."""
    count = service.index.embedding.count_tokens
    return count(answer.question), count(answer.text)


# Responses


def _response(answer: Answer, service: Service) -> dict[str, Any]:
    asked, said = _tokens(answer, service)
    content = {"type": "output_text", "text": answer.text, "logprobs": [],
               "annotations": [*annotations(answer), *_files(answer)]}  # fmt: skip
    message = {"id": f"msg_{secrets.token_hex(12)}", "type": "message", "role": "assistant",
               "status": "completed", "content": [content]}  # fmt: skip
    usage = {"input_tokens": asked, "output_tokens": said, "total_tokens": asked + said,
             "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
             "output_tokens_details": {"reasoning_tokens": 0}}  # fmt: skip
    return {
        "id": f"resp_{secrets.token_hex(12)}", "object": "response", "created_at": time.time(),
        "status": "completed", "model": MODEL, "output": [message], "usage": usage, "error": None,
        "incomplete_details": None, "instructions": None, "metadata": {}, "tools": [],
        "tool_choice": "none", "parallel_tool_calls": False, "temperature": 0.0, "top_p": 1.0,
    }  # fmt: skip


def _files(answer: Answer) -> Iterator[dict[str, Any]]:
    """The thesis of each citation, where its number stands."""
    for citation in answer.citations:
        at, _ = reference_in(answer.text, citation.number) or (0, 0)
        name = citation.document
        yield {"type": "file_citation", "file_id": name, "filename": name, "index": at}


def _events_of(response: dict[str, Any]) -> Iterator[str]:
    """The events of a streamed response, in OpenAI's order."""
    [message] = response["output"]
    [part] = message["content"]
    begun = {**response, "status": "in_progress", "output": [], "usage": None}
    inside = {"item_id": message["id"], "output_index": 0, "content_index": 0}
    empty = {**part, "text": "", "annotations": []}
    adding = {**message, "status": "in_progress", "content": []}

    def steps() -> Iterator[tuple[str, dict[str, Any]]]:
        yield "created", {"response": begun}
        yield "in_progress", {"response": begun}
        yield "output_item.added", {"output_index": 0, "item": adding}
        yield "content_part.added", {**inside, "part": empty}
        for piece in _pieces(part["text"]):
            yield "output_text.delta", {**inside, "delta": piece, "logprobs": []}
        for number, each in enumerate(part["annotations"]):
            told = {**inside, "annotation_index": number, "annotation": each}
            yield "output_text.annotation.added", told
        yield "output_text.done", {**inside, "text": part["text"], "logprobs": []}
        yield "content_part.done", {**inside, "part": part}
        yield "output_item.done", {"output_index": 0, "item": message}
        yield "completed", {"response": response}

    for number, (kind, told) in enumerate(steps()):
        data = {"type": f"response.{kind}", "sequence_number": number, **told}
        yield event(data["type"], data)
