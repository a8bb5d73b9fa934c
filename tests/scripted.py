"""Chat models that say what a test wants, and a server that misbehaves as it wants."""

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import uuid4

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.messages.tool import tool_call_chunk
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult


@dataclass(frozen=True)
class Call:
    """A call of a tool."""

    name: str
    given: dict[str, Any]


class Scripted(BaseChatModel):
    """Says its lines one after the other, word by word, and remembers what it was told.

    «part» in a line becomes the number of the sentence it was shown that holds `part`; a line may
    be made of all that it was told, and one that `calls` tools may call one, or several at once.
    """

    lines: list[Any]
    heard: list[str]
    said: list[str]
    pause: float = 0.0  # seconds before each word
    calls: bool = False

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def bind_tools(self, tools: Any, **kwargs: Any) -> Any:
        if not self.calls:
            raise NotImplementedError
        return self

    def _generate(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> ChatResult:
        chunks = [chunk.message for chunk in self._stream(messages)]
        said = AIMessage(
            "".join(c.text for c in chunks),
            tool_calls=[call for c in chunks for call in c.tool_calls],  # type: ignore[attr-defined]
        )
        return ChatResult(generations=[ChatGeneration(message=said)])

    def _stream(
        self, messages: list[BaseMessage], *args: Any, **kwargs: Any
    ) -> Iterator[ChatGenerationChunk]:
        self.heard.append("\n".join(str(m.content) for m in messages))
        line = self.lines.pop(0)
        line = line(self.heard[-1]) if callable(line) else line
        if isinstance(line, Exception):
            raise line
        if isinstance(line, Call):
            line = [line]
        if isinstance(line, list):
            yield _called(line)
            return
        for word in cited(line, self.heard[-1]).split(" "):
            time.sleep(self.pause)
            self.said.append(word)
            yield ChatGenerationChunk(message=AIMessageChunk(content=f"{word} "))


def _called(calls: list[Call]) -> ChatGenerationChunk:
    chunks = [
        tool_call_chunk(name=c.name, args=json.dumps(c.given), id=f"{uuid4()}", index=i)
        for i, c in enumerate(calls)
    ]
    return ChatGenerationChunk(message=AIMessageChunk(content="", tool_call_chunks=chunks))


def number_of(part: str, told: str) -> str:
    """The number of the sentence that was shown and holds `part`; 99 for none."""
    lines = (line for line in told.splitlines() if part in line)
    return next((m[1] for line in lines if (m := re.match(r"\[(\d+)\]", line))), "99")


def cited(line: str, told: str) -> str:
    """A line with numbers in place of the parts that name sentences."""
    return re.sub("«(.+?)»", lambda match: number_of(match[1], told), line)


def scripted(*lines: Any, calls: bool = False, pause: float = 0.0) -> Scripted:
    return Scripted(lines=list(lines), heard=[], said=[], calls=calls, pause=pause)


def chunk(text: str, **more: object) -> bytes:
    """A piece of an answer as OpenAI's servers stream it."""
    choice = {"index": 0, "delta": {"role": "assistant", "content": text}, **more}
    event = {"id": "1", "object": "chat.completion.chunk", "model": "m", "choices": [choice]}
    return f"data: {json.dumps(event)}\n\n".encode()


END = chunk("", finish_reason="stop") + b"data: [DONE]\n\n"


class Handler(BaseHTTPRequestHandler):
    """Streams the body that the server was made with, piece by piece."""

    def log_message(self, *_: object) -> None:
        pass

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        heard = json.loads(self.rfile.read(length))
        self.server.heard.append(heard)  # type: ignore[attr-defined]
        status, pieces, pause = self.server.plan  # type: ignore[attr-defined]
        status, pieces = status(heard) if callable(status) else (status, pieces)
        self.send_response(status)
        kind = "text/event-stream" if status == 200 else "application/json"
        self.send_header("Content-Type", kind)
        self.end_headers()
        try:
            for piece in pieces:
                self.wfile.write(piece)
                self.wfile.flush()
                time.sleep(pause)
        except OSError:  # whoever asked is gone
            pass


@contextmanager
def serving(
    status: int | Callable[[Any], tuple[int, list[bytes]]], *pieces: bytes, pause: float = 0.0
) -> Iterator[tuple[str, list[Any]]]:
    """The address of a server that answers so, or as `status` makes it of what it is asked, and
    what it was asked."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.plan, server.heard = (status, pieces, pause), []  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1", server.heard  # type: ignore[attr-defined]
    finally:
        server.shutdown()
        server.server_close()
