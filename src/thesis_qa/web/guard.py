"""What every request passes before the page: for which host, by whom, how much, what may load."""

import json
import math
from collections.abc import Callable, Collection, Iterable, Iterator
from ipaddress import ip_address, ip_network
from typing import Any, NoReturn
from urllib.parse import quote, urlsplit, urlunsplit

from starlette.datastructures import Headers
from starlette.middleware.sessions import SessionMiddleware
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from thesis_qa.api.access import USER, route_path, within_bytes
from thesis_qa.lang.data import preferred, text

# Gradio needs inline scripts and styles, and eval for its templates; everything else is ours.
CHAT_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline';"
    " script-src 'self' 'unsafe-inline' 'unsafe-eval'; font-src 'self' data:;"
    " connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self';"
    " frame-ancestors 'self'"
)
PLACE_POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'self'; form-action 'self';"
    " frame-ancestors 'self'"
)
HEADERS = {
    "content-security-policy": CHAT_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
OPEN = frozenset({"/healthz", "/login", "/style.css", "/favicon.ico"})
API = "/gradio_api/"
UPLOAD, EVENT = "upload", "queue/join"
PAGE_CALLS = frozenset({UPLOAD, EVENT, "cancel", "reset"})  # all that the page itself sends
EVENT_BYTES = 2_000_000  # a question and a conversation; files don't come this way
PATH_LENGTH = 1_000  # of an address without its query; Gradio looks up longer ones as files too
STAY = 7 * 24 * 3600  # seconds that a visitor stays signed in


def refusal(scope: Scope, status: int, said: str) -> Response:
    """A line of `text.server`, in the language of the browser."""
    language = preferred(Headers(scope=scope).get("accept-language", ""))
    return PlainTextResponse(text(f"text.server.{said}", language), status)


class Outermost:
    """ASGI middleware: whose addresses are ours, and no page of ours loads anything from elsewhere.

    A page elsewhere could otherwise have its own name lead to this machine (DNS rebinding) and
    read what is served to this machine only. Under a `root`, what is behind it is told so as ASGI
    has it, also where a proxy has taken the root off.
    """

    def __init__(self, app: ASGIApp, hosts: Collection[str], root: str = "") -> None:
        self.app, self.hosts, self.root = app, hosts, root

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return

        host = Headers(scope=scope).get("host", "")

        async def secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                sent = [(name.lower(), value) for name, value in message.get("headers", ())]
                given = {name for name, _ in sent}
                ours = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
                added = [header for header in ours if header[0] not in given]
                led = [(name, self._under(name, value, host)) for name, value in sent]
                message = {**message, "headers": [*led, *added]}
            await send(message)

        if self.root:
            path = route_path({**scope, "root_path": self.root})
            scope = {**scope, "path": self.root + path, "root_path": self.root}
        if not self._is_ours(host):
            await refusal(scope, 400, "host_refused")(scope, receive, secured)
        elif len(scope["path"]) > PATH_LENGTH:
            await refusal(scope, 414, "too_much")(scope, receive, secured)
        else:
            await self.app(scope, receive, secured)

    def _under(self, name: bytes, value: bytes, host: str) -> bytes:
        """The value of a header; where it leads to an address of ours, that is under the root."""
        if name != b"location" or not self.root:
            return value
        to = urlsplit(value.decode("latin-1"))
        if to.netloc not in ("", host) or f"{to.path}/".startswith(f"{self.root}/"):
            return value
        return urlunsplit(to._replace(path=self.root + to.path)).encode("latin-1")

    def _is_ours(self, host: str) -> bool:
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        return not self.hosts or any(
            name == ours or (ours.startswith("*.") and name.endswith(ours[1:]))
            for ours in self.hosts
        )


def is_network(address: str) -> bool:
    """Whether it is an address, or a network of addresses."""
    try:
        return bool(ip_network(address))
    except ValueError:
        return False


def is_within(address: str, networks: Iterable[str]) -> bool:
    """Whether an address is one of `networks` ("10.0.0.0/8", "::1")."""
    try:
        return any(ip_address(address) in ip_network(each) for each in networks)
    except ValueError:
        return False


class TrustedProxies:
    """ASGI middleware: what proxies add to a request counts only from those that are trusted.

    These are the visitor's address, the scheme, and in `user_header` who has signed in there.
    """

    def __init__(self, app: ASGIApp, proxies: Collection[str], user_header: str) -> None:
        self.direct, self.proxies, self.user_header = app, proxies, user_header
        self.forwarded = ProxyHeadersMiddleware(app, list(proxies))  # type: ignore[arg-type]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not is_within((scope.get("client") or ("",))[0], self.proxies):
            await self.direct(scope, receive, send)
            return
        name = Headers(scope=scope).get(self.user_header, "") if self.user_header else ""
        forwarded: Any = {**scope, USER: name.strip()}
        await self.forwarded(forwarded, receive, send)  # type: ignore[arg-type]


class Sessions:
    """ASGI middleware: Starlette's sessions, in a cookie that HTTPS alone carries where there is.

    Cookies don't tell ports apart, so each server takes a name of its own for it.
    """

    def __init__(self, app: ASGIApp, secret: str, cookie: str) -> None:
        self.kinds = {
            https: SessionMiddleware(app, secret, cookie, max_age=STAY, https_only=https)
            for https in (False, True)
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.kinds[scope.get("scheme") in ("https", "wss")](scope, receive, send)


IsInside = Callable[[Scope], bool]
"""Whether a request comes from somebody who has signed in."""


class SignedIn:
    """ASGI middleware: lets through who is signed in, and leads others to where they can be."""

    def __init__(self, app: ASGIApp, is_inside: IsInside, form: bool) -> None:
        self.app, self.is_inside, self.form = app, is_inside, form

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_open = scope["type"] == "http" and route_path(scope) in OPEN
        if scope["type"] == "lifespan" or is_open or self.is_inside(scope):
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await self._lead(scope)(scope, receive, send)

    def _lead(self, scope: Scope) -> Response:
        wants_page = "text/html" in Headers(scope=scope).get("accept", "")
        if not (self.form and scope["method"] == "GET" and wants_page):
            return refusal(scope, 401, "sign_in_first")
        query = scope["query_string"].decode("latin-1")
        asked = quote(scope["path"]) + (f"?{query}" if query else "")
        return RedirectResponse(f"/login?next={quote(asked, safe='')}", 303)


class PageCalls:
    """ASGI middleware: what is sent to Gradio is what our page sends, and not too much of it.

    Gradio would run any event at once past its queue, fetch a "file" whose path is an address,
    and fail at numbers it doesn't expect. `most` is how many bytes may be uploaded at once.
    """

    def __init__(self, app: ASGIApp, most: int) -> None:
        self.app, self.most = app, most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        _, api, call = scope["path"].partition(API) if scope["type"] == "http" else ("", "", "")
        if not api or scope["method"] != "POST":
            await self.app(scope, receive, send)
        elif refused := self._refused(scope, call):
            await refused(scope, receive, send)
        elif call == UPLOAD:
            await self.app(scope, within_bytes(receive, self.most), send)
        else:
            await self._pass_on(scope, receive, send, call)

    def _refused(self, scope: Scope, call: str) -> Response | None:
        length = Headers(scope=scope).get("content-length", "0")
        if call not in PAGE_CALLS:
            return refusal(scope, 404, "no_such_call")
        if call == UPLOAD and not self.most:
            return refusal(scope, 403, "read_only")
        if call == UPLOAD and (not length.isdecimal() or int(length[:20]) > self.most):
            return refusal(scope, 413, "too_much")
        return None

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send, call: str) -> None:
        body = await _whole(receive, EVENT_BYTES)
        if body is None:
            await refusal(scope, 413, "too_much")(scope, receive, send)
            return
        try:
            sent = json.loads(body, parse_float=_finite, parse_constant=_refuse)
            events = getattr(scope["app"].state, "events", ())
            if call == EVENT and not (type(sent["fn_index"]) is int and sent["fn_index"] in events):
                raise ValueError(call)
        except (ValueError, TypeError, LookupError, RecursionError):
            await refusal(scope, 400, "no_such_call")(scope, receive, send)
            return
        if any(map(_is_address, _paths(sent))):
            await refusal(scope, 400, "no_address")(scope, receive, send)
        else:
            await self.app(scope, _again(body, receive), send)


def _finite(number: str) -> float:
    if math.isinf(found := float(number)):
        raise ValueError(number)
    return found


def _refuse(name: str) -> NoReturn:
    raise ValueError(name)


async def _whole(receive: Receive, most: int) -> bytes | None:
    """All that is sent; None if it is more than `most` bytes."""
    body = b""
    while True:
        message = await receive()
        body += bytes(message.get("body", b""))
        if len(body) > most:
            return None
        if not message.get("more_body"):
            return body


def _again(body: bytes, receive: Receive) -> Receive:
    """What gives out `body` first, then whatever comes."""
    messages: Iterator[Message] = iter([{"type": "http.request", "body": body}])

    async def replayed() -> Message:
        return next(messages, None) or await receive()

    return replayed


def _paths(sent: object) -> Iterator[str]:
    """Every text under the key "path", however deep."""
    waiting = [sent]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            yield from (v for k, v in value.items() if k == "path" and isinstance(v, str))
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value


def _is_address(path: str) -> bool:
    return path.strip().lower().startswith(("http:", "https:"))
