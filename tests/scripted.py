"""Chat models that say what a test wants, and a server that misbehaves as it wants."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult


class Scripted(BaseChatModel):
    """Says its lines one after the other, word by word, and remembers what it was told."""

    lines: list[str | Exception]
    heard: list[str]
    said: list[str]
    pause: float = 0.0  # seconds before each word

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def _generate(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> ChatResult:
        text = "".join(chunk.text for chunk in self._stream(messages))
        return ChatResult(generations=[ChatGeneration(message=AIMessage(text))])

    def _stream(
        self, messages: list[BaseMessage], *args: Any, **kwargs: Any
    ) -> Iterator[ChatGenerationChunk]:
        self.heard.append("\n".join(str(m.content) for m in messages))
        line = self.lines.pop(0)
        if isinstance(line, Exception):
            raise line
        for word in line.split(" "):
            time.sleep(self.pause)
            self.said.append(word)
            yield ChatGenerationChunk(message=AIMessageChunk(f"{word} "))


def scripted(*lines: str | Exception) -> Scripted:
    return Scripted(lines=list(lines), heard=[], said=[])


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
        self.server.heard.append(json.loads(self.rfile.read(length)))  # type: ignore[attr-defined]
        status, pieces, pause = self.server.plan  # type: ignore[attr-defined]
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
def serving(status: int, *pieces: bytes, pause: float = 0.0) -> Iterator[tuple[str, list[Any]]]:
    """The address of a server that answers so, and what it was asked."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.plan, server.heard = (status, pieces, pause), []  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1", server.heard  # type: ignore[attr-defined]
    finally:
        server.shutdown()
        server.server_close()
