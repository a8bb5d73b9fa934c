"""Open the language model that somebody chose, and read its answer piece by piece.

LangChain's `BaseChatModel` is the port. Whatever goes wrong there becomes a `Failure`, which the
language files word.
"""

import os
import queue
import secrets
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from thesis_qa.errors import SettingError, one_line
from thesis_qa.model.telemetry import disable_telemetry
from thesis_qa.settings import Settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

LOCAL = "local"
LLAMA = "llama.cpp"
MAX_TOKENS = 400  # of an answer; nothing longer is worth waiting for
MAX_CHARACTERS = 6 * MAX_TOKENS  # where a server doesn't keep to that
# Servers that say why a stream ended; without it, it was cut off.
ENDS = {"openai-chat": "finish_reason", "chat-ollama": "done_reason"}
HOSTS = {"openai": "api.openai.com", "ollama": "127.0.0.1:11434"}
# What HTTP's status, or the code of OpenAI's error, says.
CODES = {401: "key", 403: "key", 404: "unknown", 429: "busy", "context_length_exceeded": "overflow"}
BASES = {"openai": ("OPENAI_BASE_URL", "OPENAI_API_BASE"), "ollama": ("OLLAMA_HOST",)}
Message = tuple[str, str]
"""Who says it ("system", "user") and what."""


class Failure(Exception):  # noqa: N818
    """The model gave nothing that can be used: a key of `text.write.failures`, and a word on it."""

    def __init__(self, problem: str, detail: str = "") -> None:
        self.problem, self.detail = problem, one_line(detail)[:200]
        super().__init__(problem, self.detail)


@dataclass(frozen=True, slots=True)
class Options:
    """What a model is asked with; docs/configuration.md explains each."""

    base_url: str | None = None
    timeout: int = 120  # seconds for a whole answer
    threads: int = 1  # of a model in this process
    context: int = 4096  # tokens that the model reads and writes at once


def language_model(settings: Settings) -> "LanguageModel | None":
    """The model that the settings name, if any."""
    if settings.llm is None:
        return None
    s = settings
    options = Options(s.llm_base_url, s.llm_timeout, s.llm_threads, s.llm_context)
    return LanguageModel(settings.llm, options)


class LanguageModel:
    """A chat model with its name, where it runs, and its limits; opened when it is first used."""

    def __init__(self, chosen: "str | BaseChatModel", options: Options | None = None) -> None:
        """`chosen` is "provider:model", "llama.cpp:<file.gguf>", or a chat model.

        Raises SettingError for text that names no provider and model.
        """
        self.options = options or Options()
        self._given = None if isinstance(chosen, str) else chosen
        self._server: _LocalServer | None = None
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
        address = _address_in(self._given) if self._given else self._address()
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
            return self._given or self._opened()
        except ImportError as error:
            raise Failure("package", str(error)) from error
        except (ValueError, RuntimeError, OSError) as error:
            raise Failure("other", str(error)) from error

    def _opened(self) -> "BaseChatModel":
        from langchain.chat_models import init_chat_model

        extra: dict[str, Any] = {}
        provider, model, base_url = self.provider, self.model, self.options.base_url
        if provider == LLAMA:
            self._server = _LocalServer(model, self.options)
            provider, model = "openai", "local"
            extra = {"base_url": self._server.address, "api_key": self._server.key}
        elif base_url:
            extra = {"base_url": base_url}
        if provider == "openai" and "api_key" not in extra:
            if not base_url and not os.environ.get("OPENAI_API_KEY"):
                raise Failure("key", "OPENAI_API_KEY")
            extra["api_key"] = os.environ.get("OPENAI_API_KEY") or "none"
        limits = _limits(provider, self.options)
        chat: BaseChatModel = init_chat_model(
            model, model_provider=provider, temperature=0, **limits, **extra
        )
        return chat

    def stream(self, messages: Sequence[Message], seconds: float | None = None) -> Iterator[str]:
        """The answer in pieces; abandoning the iterator stops the model.

        Raises Failure, and at the latest when `seconds` (by default the time-out) are over.
        """
        end = time.monotonic() + (seconds or self.options.timeout)
        pieces: _Pieces = queue.Queue()
        stopped = threading.Event()
        read = partial(self._read, list(messages), pieces, stopped)
        threading.Thread(target=read, daemon=True, name="thesis-qa-llm").start()
        try:
            yield from _received(pieces, end)
        finally:
            stopped.set()

    def _read(self, messages: list[Message], pieces: "_Pieces", stopped: threading.Event) -> None:
        """Fills the queue; in a thread of its own, so that no server can hold an answer up."""
        try:
            with self._opening:
                chat = self._chat
            for piece in _streamed(chat, messages):
                if stopped.is_set():
                    return
                pieces.put(piece)
            pieces.put(None)
        except Exception as error:
            pieces.put(error)


_Pieces = queue.Queue[str | BaseException | None]


class _LocalServer:
    """llama.cpp's own server on 127.0.0.1, with a key that nobody else has."""

    def __init__(self, file: str, options: Options) -> None:
        """Loads the model, which takes seconds. Raises Failure if it can't be had."""
        path = Path(file).expanduser()
        if not path.is_file():
            raise Failure("file", path.name)
        try:
            import xllamacpp
        except ImportError as error:
            raise Failure("package", "pip install 'thesis-qa[llama-cpp]'") from error
        self.key = secrets.token_urlsafe(24)
        p = xllamacpp.CommonParams()
        p.model.path = str(path)
        p.n_ctx, p.n_parallel = options.context, 1
        # On a busy machine with two cores one thread was up to fifty times as fast as two.
        p.cpuparams.n_threads = p.cpuparams_batch.n_threads = options.threads
        p.port, p.api_keys, p.verbosity = 0, [self.key], -1
        p.ui = p.endpoint_slots = p.endpoint_metrics = False
        self._server = xllamacpp.Server(p)
        self.address = f"{self._server.listening_address}/v1"


def _parts(spec: str) -> tuple[str, str]:
    provider, _, model = spec.partition(":")
    if not (provider.strip() and model.strip()):
        raise SettingError("llm-spec", spec=spec)
    return provider.strip(), model.strip()


def _name_of(chat: "BaseChatModel") -> str:
    name = getattr(chat, "model_name", None) or getattr(chat, "model", None)
    return str(name or type(chat).__name__)


def _address_in(chat: "BaseChatModel") -> str | None:
    found = getattr(chat, "openai_api_base", None) or getattr(chat, "base_url", None)
    if not found and chat._llm_type == "openai-chat":
        return HOSTS["openai"]
    return str(found) if found else None


def _limits(provider: str, options: Options) -> dict[str, Any]:
    """How long an answer may be and take, as each provider's client calls it."""
    if provider == "ollama":
        return {
            "num_predict": MAX_TOKENS,
            "num_ctx": options.context,
            "reasoning": False,
            "client_kwargs": {"timeout": options.timeout},
        }
    known: dict[str, Any] = {"max_tokens": MAX_TOKENS}
    if provider == "openai":
        known |= {"timeout": options.timeout, "max_retries": 0, "stream_usage": False}
    return known


def _streamed(chat: "BaseChatModel", messages: list[Message]) -> Iterator[str]:
    """Text as it comes; raises Failure where the stream ends before the answer does."""
    length, ended, seen = 0, chat._llm_type not in ENDS, False
    for chunk in chat.stream(messages):
        seen = True
        ended = ended or bool(chunk.response_metadata.get(ENDS.get(chat._llm_type, "")))
        text = str(chunk.text)
        length += len(text)
        if text:
            yield text
        if length > MAX_CHARACTERS:
            return
    if seen and not ended:
        raise Failure("broken")


def _received(pieces: _Pieces, end: float) -> Iterator[str]:
    while True:
        try:
            piece = pieces.get(timeout=max(0.0, end - time.monotonic()))
        except queue.Empty as error:
            raise Failure("timeout") from error
        if piece is None:
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
