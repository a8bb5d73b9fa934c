"""The language model that somebody chose, and its answer piece by piece."""

import os
import queue
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from thesis_qa.errors import SettingError
from thesis_qa.model.telemetry import disable_telemetry
from thesis_qa.settings import Settings
from thesis_qa.write.provider import LLAMA, MAX_TOKENS, Failure, Options, opened

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessage
    from langchain_core.runnables import Runnable

LOCAL = "local"
WAYS = ("auto", "agent", "reader")
MAX_CHARACTERS = 6 * MAX_TOKENS  # where a server doesn't keep to that
CHARACTERS_A_TOKEN = 3  # of Indonesian with a tokenizer made for English; English has four
# Servers that say why a stream ended; without it, it was cut off.
ENDS = {"openai-chat": "finish_reason", "chat-ollama": "done_reason"}
HOSTS = {"openai": "api.openai.com", "ollama": "127.0.0.1:11434"}
# What HTTP's status, or the code of OpenAI's error, says.
CODES = {401: "key", 403: "key", 404: "unknown", 429: "busy", "context_length_exceeded": "overflow"}
UNSHAPED = (400, 422)  # statuses by which a server refuses a shape of answer, or tools
REFUSED = "content_filter"  # why an answer ended that the provider didn't let through
BASES = {"openai": ("OPENAI_BASE_URL", "OPENAI_API_BASE"), "ollama": ("OLLAMA_HOST",)}
Message = tuple[str, str]
"""Who says it ("system", "user", "assistant") and what."""

T = TypeVar("T")
_END = object()


@dataclass(slots=True)
class Meter:
    """Tokens that a model read and wrote, by its server's count, else by characters."""

    read: int = 0
    written: int = 0

    def count(self, usage: Mapping[str, Any] | None, asked: int, said: int) -> None:
        """Add what one call took; `asked` and `said` are characters."""
        told = usage or {}
        self.read += told.get("input_tokens") or asked // CHARACTERS_A_TOKEN
        self.written += told.get("output_tokens") or said // CHARACTERS_A_TOKEN


def language_model(settings: Settings) -> "LanguageModel | None":
    """The model that the settings name, if any."""
    if settings.llm is None:
        return None
    s = settings
    options = Options(s.llm_base_url, s.llm_timeout, s.llm_threads, s.llm_context, s.llm_way)
    return LanguageModel(settings.llm, options)


class LanguageModel:
    """A chat model with its name, where it runs, and its limits; opened when it is first used."""

    def __init__(self, chosen: "str | BaseChatModel", options: Options | None = None) -> None:
        """`chosen` is "provider:model", "llama.cpp:<file.gguf>", or a chat model.

        Raises SettingError for text that names no provider and model, or an unknown way.
        """
        self.options = options or Options()
        if self.options.way not in WAYS:
            raise SettingError("llm-way", way=repr(self.options.way), known=", ".join(WAYS))
        self._given = None if isinstance(chosen, str) else chosen
        self.way: str | None = None  # found by trying
        self._held: object = None  # its server in this process
        self._opening = threading.Lock()
        self.provider, self.model = _parts(chosen) if isinstance(chosen, str) else ("", "")
        self.name = self._spec_name() if isinstance(chosen, str) else _name_of(chosen)

    def _spec_name(self) -> str:
        """The spec; of a file only its name, for visitors need not know where it lies."""
        return f"{self.provider}:{Path(self.model).name if self.provider == LLAMA else self.model}"

    @property
    def runs_on(self) -> str | None:
        """ "local", or the host (for some providers their name) that questions and evidence are
        sent to; None where a chat model that was handed over doesn't tell."""
        if self.provider == LLAMA:
            return LOCAL
        address = self._address() if self.provider else _address_in(self._given)
        if address is None:
            return self.provider or None
        host = urlsplit(address if "//" in address else f"//{address}").hostname or address
        return LOCAL if host in ("localhost", "::1") or host.startswith("127.") else host

    def _address(self) -> str | None:
        known = (os.environ.get(name) for name in BASES.get(self.provider, ()))
        return self.options.base_url or next(filter(None, known), HOSTS.get(self.provider))

    @property
    def is_local(self) -> bool:
        """Whether it is this machine that reads and writes."""
        return self.runs_on == LOCAL

    @cached_property
    def _chat(self) -> "BaseChatModel":
        disable_telemetry()
        try:
            if self._given is None:
                self._given, self._held = opened(self.provider, self.model, self.options)
            return self._given
        except ImportError as error:
            raise Failure("package", str(error)) from error
        except (ValueError, RuntimeError, OSError) as error:
            raise Failure("other", str(error)) from error

    def stream(
        self,
        messages: Sequence[Message],
        meter: Meter | None = None,
        seconds: float | None = None,
        *,
        shaped: bool = True,
    ) -> Iterator[str]:
        """What the model says in pieces, in the shape of STATEMENTS where its server knows how;
        otherwise as `run`."""
        told, counted = list(messages), meter or Meter()
        return self.run(lambda chat: _streamed(chat, told, counted, shaped), seconds)

    def run(
        self, work: "Callable[[BaseChatModel], Iterator[T]]", seconds: float | None = None
    ) -> Iterator[T]:
        """What `work` yields; abandoning the iterator stops it.

        Raises Failure, and at the latest when `seconds` (by default the time-out) are over: the
        work is done in a thread of its own, so that no server can hold an answer up.
        """
        end = time.monotonic() + (seconds or self.options.timeout)
        pieces: queue.Queue[Any] = queue.Queue()
        stopped = threading.Event()

        def do() -> None:
            try:
                with self._opening:
                    chat = self._chat
                for piece in work(chat):
                    if stopped.is_set():
                        return
                    pieces.put(piece)
                pieces.put(_END)
            except Exception as error:
                pieces.put(error)

        threading.Thread(target=do, daemon=True, name="thesis-qa-llm").start()
        try:
            yield from _received(pieces, end)
        finally:
            stopped.set()


def _parts(spec: str) -> tuple[str, str]:
    provider, _, model = spec.partition(":")
    if not (provider.strip() and model.strip()):
        raise SettingError("llm-spec", spec=spec)
    return provider.strip(), model.strip()


def _name_of(chat: "BaseChatModel") -> str:
    name = getattr(chat, "model_name", None) or getattr(chat, "model", None)
    return str(name or type(chat).__name__)


def _address_in(chat: "BaseChatModel | None") -> str | None:
    found = getattr(chat, "openai_api_base", None) or getattr(chat, "base_url", None)
    if not found and chat and chat._llm_type == "openai-chat":
        return HOSTS["openai"]
    return str(found) if found else None


STATEMENTS: dict[str, Any] = {
    "type": "object",
    "properties": {
        "statements": {
            "type": "array",
            "maxItems": 6,
            "items": {
                "type": "object",
                "properties": {
                    "text": {"type": "string"},
                    "sentences": {"type": "array", "items": {"type": "integer"}, "maxItems": 4},
                },
                "required": ["text", "sentences"],
                "additionalProperties": False,
            },
        }
    },
    "required": ["statements"],
    "additionalProperties": False,
}
"""The shape of an answer: statements, each with the numbers of the sentences it rests on."""


def _shaped(chat: "BaseChatModel") -> "Runnable[Any, Any]":
    """A model that is held to the shape of an answer, where its server knows how."""
    if chat._llm_type == "openai-chat":
        shape = {"name": "answer", "schema": STATEMENTS, "strict": True}
        wanted = {"type": "json_schema", "json_schema": shape}
        return chat.bind(extra_body={"response_format": wanted})
    return chat.bind(format=STATEMENTS) if chat._llm_type == "chat-ollama" else chat


def _streamed(
    chat: "BaseChatModel", messages: list[Message], meter: Meter, shaped: bool
) -> Iterator[str]:
    """Text as it comes, in shape where that is wanted and the server takes one."""
    begun = False
    try:
        model = _shaped(chat) if shaped else chat
        for piece in _pieces(model, chat._llm_type, messages, meter):
            begun = True
            yield piece
    except Exception as error:
        if begun or not shaped or not refuses_shape(error):
            raise
        yield from _pieces(chat, chat._llm_type, messages, meter)


def refuses_shape(error: BaseException) -> bool:
    """Whether a server takes no answers in shape, or no tools, rather than nothing at all."""
    status, code = getattr(error, "status_code", None), getattr(error, "code", None)
    return status in UNSHAPED and _failure(error).problem == "other" and code not in CODES


def _pieces(
    chat: "Runnable[Any, Any]", kind: str, messages: list[Message], meter: Meter
) -> Iterator[str]:
    """Raises Failure where the stream ends before the answer does, or doesn't end."""
    length, seen, whole = 0, False, None
    for chunk in chat.stream(messages):
        seen, whole = True, chunk if whole is None else whole + chunk
        if text := str(chunk.text):
            yield text
        length += len(text)
        if length > MAX_CHARACTERS:
            raise Failure("endless")
    usage = whole.usage_metadata if whole is not None else None
    meter.count(usage, sum(len(said) for _, said in messages), length)
    if seen and whole is not None:
        check_ended(whole, kind)


def check_ended(message: "AIMessage", kind: str) -> None:
    """Raise Failure for an answer that was cut off, or that the provider didn't let through.

    `kind` is the model's `_llm_type`.
    """
    about, extra = message.response_metadata, message.additional_kwargs
    if kind in ENDS and not about.get(ENDS[kind]):
        raise Failure("broken")
    if extra.get("refusal") or about.get("finish_reason") == REFUSED:
        raise Failure("refused", str(extra.get("refusal") or ""))


def _received(pieces: "queue.Queue[Any]", end: float) -> Iterator[Any]:
    while True:
        try:
            piece = pieces.get(timeout=max(0.0, end - time.monotonic()))
        except queue.Empty as error:
            raise Failure("timeout") from error
        if piece is _END:
            return
        if isinstance(piece, BaseException):
            raise _failure(piece) from piece
        yield piece


def _failure(error: BaseException) -> Failure:
    """What went wrong, from an exception of any provider's client."""
    from langchain_core import exceptions as known

    if isinstance(error, Failure):
        return error
    detail = f"{type(error).__name__}: {error}"
    if isinstance(error, known.ContextOverflowError):
        return Failure("overflow", detail)
    if isinstance(error, (known.ModelTimeoutError, TimeoutError)):
        return Failure("timeout", detail)
    connecting = (known.ModelConnectionError, ConnectionRefusedError, socket.gaierror)
    if any(isinstance(cause, connecting) for cause in _causes(error)):
        return Failure("unreachable", detail)
    if not (status := getattr(error, "status_code", None)):  # no refusal by the server
        return Failure("malformed", detail)
    code = getattr(error, "code", None)
    return Failure(CODES.get(code) or CODES.get(status, "other"), detail)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """An exception and those that it was raised from."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
