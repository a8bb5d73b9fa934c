"""What can go wrong with a language model, in one word, so that it can be said in any language."""

from typing import Literal

from thesis_qa.errors import one_line

Problem = Literal[
    "package", "file", "key", "unreachable", "unknown", "timeout", "overflow", "busy",
    "broken", "malformed", "empty", "declined", "unsupported", "other",
]  # fmt: skip


class Failure(Exception):  # noqa: N818
    """The model gave nothing that can be used; `problem` is why, `detail` a word on it."""

    def __init__(self, problem: Problem, detail: str = "") -> None:
        self.problem: Problem = problem
        self.detail = one_line(detail)[:200]
        super().__init__(problem, self.detail)


def failure(error: BaseException) -> Failure:
    """What went wrong, from an exception of any provider's library."""
    from langchain_core import exceptions as known

    if isinstance(error, Failure):
        return error
    kinds: dict[type[Exception], Problem] = {
        known.ContextOverflowError: "overflow",
        known.ModelAuthenticationError: "key",
        known.ModelPermissionDeniedError: "key",
        known.ModelNotFoundError: "unknown",
        known.ModelRateLimitError: "busy",
        known.ModelTimeoutError: "timeout",
        known.ModelConnectionError: "unreachable",
    }
    for kind, problem in kinds.items():
        if isinstance(error, kind):
            return Failure(problem, str(error))
    return Failure(_told_by_name(error), f"{type(error).__name__}: {error}")


def _told_by_name(error: BaseException) -> Problem:
    """The same for libraries with exceptions of their own, by status and by name."""
    status = getattr(error, "status_code", None)
    if isinstance(status, int) and status in (401, 403, 404, 429):
        by_status: dict[int, Problem] = {401: "key", 403: "key", 404: "unknown", 429: "busy"}
        return by_status[status]
    said = f"{error} {getattr(error, 'code', '')}".lower()
    names = " ".join(t.__name__ for t in type(error).__mro__)
    if "credential" in said or "api_key" in said or "api key" in said:
        return "key"
    if "context" in said and ("length" in said or "exceed" in said or "size" in said):
        return "overflow"
    if "Timeout" in names:
        return "timeout"
    if "RemoteProtocol" in names or "ReadError" in names or "IncompleteRead" in names:
        return "broken"
    if "ConnectError" in names or "ConnectionError" in names:
        return "unreachable"
    garbled = (UnicodeError, AttributeError, KeyError, TypeError)  # not what a client expects
    if (
        isinstance(error, garbled)
        or "JSONDecode" in names
        or "ValidationError" in names
        or "No generation chunks" in str(error)
    ):
        return "malformed"
    return "other"
