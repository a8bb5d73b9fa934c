"""A GGUF file in this process: llama.cpp by way of xllamacpp, on a port of this machine only."""

import secrets
from pathlib import Path
from typing import Any

from thesis_qa.write.failure import Failure

LLAMA = "llama.cpp"


class LocalServer:
    """llama.cpp's own server on 127.0.0.1, with a key that nobody else has."""

    def __init__(self, file: str, threads: int, context: int) -> None:
        """Loads the model, which takes seconds. Raises Failure if it can't be had."""
        path = Path(file).expanduser()
        if not path.is_file():
            raise Failure("file", f"there is no file {file}")
        self.key = secrets.token_urlsafe(24)
        try:
            import xllamacpp
        except ImportError as error:
            raise Failure("package", "pip install 'thesis-qa[llama-cpp]'") from error
        try:
            self._server = xllamacpp.Server(self._parameters(xllamacpp, path, threads, context))
        except (RuntimeError, ValueError, OSError) as error:
            raise Failure("file", f"{path.name} can't be loaded ({error})") from error
        self.address = f"{self._server.listening_address}/v1"

    def _parameters(self, library: Any, path: Path, threads: int, context: int) -> Any:
        p = library.CommonParams()
        p.model.path = str(path)
        p.n_ctx, p.n_parallel = context, 1
        # On a busy machine with two cores one thread was up to fifty times as fast as two.
        p.cpuparams.n_threads = p.cpuparams_batch.n_threads = threads
        p.port, p.api_keys, p.verbosity = 0, [self.key], -1
        p.ui = p.endpoint_slots = p.endpoint_metrics = False
        return p
