"""Open the language model that somebody chose: LangChain's `BaseChatModel` is the port.

Whatever goes wrong there becomes a `Failure`, which the language files word.
"""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from thesis_qa.errors import one_line

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

LLAMA = "llama.cpp"
MAX_TOKENS = 500  # of an answer; nothing longer is worth waiting for


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
    context: int = 8192  # tokens that the model reads and writes at once
    way: str = "auto"  # "agent": looks further with tools; "reader": reads what was found


def opened(provider: str, model: str, options: Options) -> "tuple[BaseChatModel, object]":
    """The chat model of a provider, and what has to live as long as it is used.

    Raises Failure, or what the provider's package raises.
    """
    from langchain.chat_models import init_chat_model

    extra: dict[str, Any] = {"base_url": options.base_url} if options.base_url else {}
    server = _LocalServer(model, options) if provider == LLAMA else None
    if server:
        provider, model = "openai", "local"
        extra = {"base_url": server.address, "api_key": server.key, "stream_usage": True}
    elif provider == "openai":
        if not options.base_url and not os.environ.get("OPENAI_API_KEY"):
            raise Failure("key", "OPENAI_API_KEY")
        extra["api_key"] = os.environ.get("OPENAI_API_KEY") or "none"
    chat: BaseChatModel = init_chat_model(
        model, model_provider=provider, temperature=0, **_limits(provider, options), **extra
    )
    return chat, server


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
        known |= {"timeout": options.timeout, "max_retries": 0}
    return known


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
