"""Who may call the API and how often, and how a refusal is said (RFC 9457)."""

import hashlib
import json
import secrets
import time
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any

from starlette.datastructures import Headers
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from thesis_qa.errors import SettingError, ThesisQAError
from thesis_qa.lang.data import preferred, text

USER = "thesis_qa.user"
"""Where a request says who its visitor is: the name that a trusted proxy has given."""

PATHS = ("/v1", "/mcp", "/retrieval", "/openapi.json", "/metrics")
BODY = 1_000_000  # bytes of a request
KEY, HASH = "tqa_", "sha256"
CLIENTS = 10_000  # whose calls are counted at once; who has been away longest is forgotten


def route_path(scope: Scope) -> str:
    """The path of a request without the root that the server lies under."""
    path, root = str(scope["path"]), str(scope.get("root_path", ""))
    return path[len(root) :] or "/" if f"{path}/".startswith(f"{root}/") else path


class ToApi:
    """ASGI middleware: what is asked of the API goes there, all else to the page."""

    def __init__(self, app: ASGIApp, api: ASGIApp) -> None:
        self.page, self.api = app, api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = route_path(scope) if scope["type"] == "http" else ""
        ours = any(f"{path}/".startswith(f"{start}/") for start in PATHS)
        await (self.api if ours else self.page)(scope, receive, send)


class Checked:
    """ASGI middleware: lets a call through that has a key, where keys or users are set, that is
    not one too many a minute, and not too large."""

    def __init__(self, app: ASGIApp, keys: "Keys", closed: bool, rate: int) -> None:
        self.app, self.keys, self.closed, self.calls = app, keys, closed, Calls(rate)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        name = self.keys.owner(_key(headers)) or scope.get(USER)
        length = headers.get("content-length", "0")
        client = f"name {name}" if name else (scope.get("client") or ("",))[0]
        if not name and (self.keys.needed or self.closed):
            refused = refusal_of(scope, 401, "no_key", {"WWW-Authenticate": "Bearer"})
        elif wait := self.calls.wait(client):
            refused = refusal_of(scope, 429, "too_often", {"Retry-After": str(int(wait) + 1)})
        elif not length.isdecimal() or int(length[:20]) > BODY:
            refused = refusal_of(scope, 413, "too_much")
        else:
            await self.app(scope, within_bytes(receive, BODY), send)
            return
        await refused(scope, receive, send)


def _key(headers: Headers) -> str:
    kind, _, value = headers.get("authorization", "").partition(" ")
    return value.strip() if kind.lower() == "bearer" else headers.get("x-api-key", "")


def within_bytes(receive: Receive, most: int) -> Receive:
    """What comes in; it ends, as if the sender had gone, once it is more than `most` bytes."""
    taken = 0

    async def counting() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        return {"type": "http.disconnect"} if taken > most else message

    return counting


class Calls:
    """How often each client calls: as a bucket of a minute's calls, filled evenly."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._left: dict[str, tuple[float, float]] = {}  # calls, when

    def wait(self, client: str) -> float:
        """Seconds until the client may call; 0 if this call is let through, and counted."""
        now = time.monotonic()
        left, last = self._left.pop(client, (float(self._rate), now))
        left = min(float(self._rate), left + (now - last) * self._rate / 60)
        self._left[client] = (left - 1 if left >= 1 else left), now
        if len(self._left) > CLIENTS:
            del self._left[next(iter(self._left))]
        return 0.0 if left >= 1 else (1 - left) * 60 / self._rate


# Keys


def new_key(name: str) -> tuple[str, str]:
    """A key, and the line that lets whoever has it in as `name`; the line doesn't tell the key."""
    if not name or ":" in name or any(c.isspace() or not c.isprintable() for c in name):
        raise SettingError("user-name", name=repr(name))
    key = KEY + secrets.token_urlsafe(32)
    return key, f"{name}:{HASH}:{_hashed(key)}"


def _hashed(key: str) -> str:
    """A key is long and random, so a quick hash can't be guessed back."""
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


class Keys:
    """The keys of a setting: a file of lines, or the lines themselves, parted by spaces."""

    def __init__(self, setting: str | None) -> None:
        self._setting = setting
        self.needed = setting is not None
        self._read = self._modified()
        self._owners = read_keys(setting) if setting else {}

    def owner(self, key: str) -> str | None:
        """Whose key it is, as the file has them now; nobody's while it can't be read."""
        modified = self._modified()
        if self._setting and modified != self._read:
            self._read = modified
            try:
                self._owners = read_keys(self._setting)
            except SettingError:
                self._owners = {}
        return self._owners.get(_hashed(key)) if key else None

    def _modified(self) -> int | None:
        try:
            return Path(self._setting or "").stat().st_mtime_ns if self._setting else None
        except (OSError, ValueError):
            return None


def read_keys(setting: str) -> Mapping[str, str]:
    """Names by the hash of their key. Raises SettingError; its message never holds a line."""
    given = f":{HASH}:" in setting
    try:
        lines = setting.split() if given else Path(setting).read_text("utf-8-sig").splitlines()
    except (OSError, ValueError) as error:
        raise SettingError("keys-unreadable", file=repr(setting), reason=error) from error
    source = "api_keys" if given else setting
    owners: dict[str, str] = {}
    for number, line in enumerate(map(str.strip, lines), start=1):
        if line and not line.startswith("#"):
            name, kind, hashed = (*line.split(":"), "", "")[:3]
            if not name or kind != HASH or len(hashed) != 64:
                raise SettingError("keys-line", source=repr(source), line=number)
            owners[hashed] = name
    if not owners:
        raise SettingError("keys-none", source=repr(source))
    return owners


# Refusals


def problem(
    status: int, detail: str, headers: Mapping[str, str] | None = None, **more: object
) -> Response:
    """Problem details."""
    told = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    return JSONResponse(
        {**told, "detail": detail, **more}, status, headers, "application/problem+json"
    )


def refusal_of(
    scope: Scope, status: int, said: str, headers: Mapping[str, str] | None = None
) -> Response:
    """A line of `text.api` as problem details, in the language of the caller."""
    language = preferred(Headers(scope=scope).get("accept-language", ""))
    return problem(status, text(f"text.api.{said}", language), headers)


def status_of(error: ThesisQAError) -> int:
    """The status for an error of ours."""
    by_code = {"document-unknown": 404, "line-full": 503}
    by_kind = {"DocumentError": 409, "ModelError": 503, "IndexStateError": 503}
    return by_code.get(error.code) or by_kind.get(type(error).__name__, 400)


EVENTS: dict[int | str, dict[str, Any]] = {200: {"content": {"text/event-stream": {}}}}
"""What an operation that may answer in server-sent events says of itself."""


def event(name: str, data: Mapping[str, Any]) -> str:
    """A server-sent event."""
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
