"""What every request passes before the page: who asks, how much is sent, what may be loaded."""

import json
from collections.abc import Iterator
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote

from thesis_qa.web import TEXTS, preferred, sign_in_page
from thesis_qa.web.accounts import Door, TooManyAttemptsError

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

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
HEADERS = (
    (b"content-security-policy", CHAT_POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
)

COOKIE = "thesis-qa"
OPEN = frozenset({"/healthz", "/login", "/style.css", "/favicon.ico"})
API = "/gradio_api/"
UPLOAD = "/gradio_api/upload"
EVENT_BYTES = 2_000_000  # a question and a conversation; files don't come this way
FORM_BYTES = 10_000


class SecureHeaders:
    """ASGI middleware: no page of ours may load anything from elsewhere."""

    def __init__(self, app: "ASGIApp") -> None:
        self.app = app

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        async def secured(message: "Message") -> None:
            if message["type"] == "http.response.start":
                headers = list(message.get("headers", ()))
                given = {name.lower() for name, _ in headers}
                headers += [header for header in HEADERS if header[0] not in given]
                message = {**message, "headers": headers}
            await send(message)

        await self.app(scope, receive, secured)


class UploadLimit:
    """ASGI middleware: no upload is longer than `most` bytes, whatever it says of itself."""

    def __init__(self, app: "ASGIApp", most: int) -> None:
        self.app = app
        self.most = most

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        if scope["type"] != "http" or not scope["path"].endswith(UPLOAD):
            await self.app(scope, receive, send)
            return
        if self.most == 0:
            await _say(send, 403, "This library is read-only")
        elif int(_header(scope, b"content-length") or 0) > self.most:
            await _say(send, 413, "That is more than may be sent at once")
        else:
            await self.app(scope, self._counted(receive), send)

    def _counted(self, receive: "Receive") -> "Receive":
        """What comes in; it ends, as if the sender had gone, once it is too much."""
        taken = 0

        async def counted() -> "Message":
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            return {"type": "http.disconnect"} if taken > self.most else message

        return counted


class NothingFetched:
    """ASGI middleware: no visitor has Gradio fetch what an address names.

    It would take any "file" whose path is a URL for one to download first.
    """

    def __init__(self, app: "ASGIApp") -> None:
        self.app = app

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        path = scope["path"] if scope["type"] == "http" else ""
        if API not in path or path.endswith(UPLOAD) or scope["method"] != "POST":
            await self.app(scope, receive, send)
            return
        body = await _whole(receive, EVENT_BYTES)
        if body is None:
            await _say(send, 413, "That is more than may be sent at once")
        elif any(map(_is_address, _paths(body))):
            await _say(send, 400, "Files are taken from your computer only")
        else:
            await self.app(scope, _again(body, receive), send)


async def _whole(receive: "Receive", most: int) -> bytes | None:
    """All that is sent; None if it is more than `most` bytes."""
    body = b""
    while True:
        message = await receive()
        body += bytes(message.get("body", b""))
        if len(body) > most:
            return None
        if not message.get("more_body"):
            return body


def _again(body: bytes, receive: "Receive") -> "Receive":
    """What gives out `body` first, then whatever comes."""
    messages: Iterator[Message] = iter([{"type": "http.request", "body": body}])

    async def replayed() -> "Message":
        return next(messages, None) or await receive()

    return replayed


def _paths(body: bytes) -> Iterator[str]:
    """Every text under the key "path", however deep."""
    try:
        waiting: list[object] = [json.loads(body)]
    except (ValueError, RecursionError):  # Gradio refuses it too
        return
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            yield from (v for k, v in value.items() if k == "path" and isinstance(v, str))
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value


def _is_address(path: str) -> bool:
    return path.strip().lower().startswith(("http:", "https:"))


class SignedIn:
    """ASGI middleware: lets through who is signed in, and leads others to where they can."""

    def __init__(self, app: "ASGIApp", door: Door) -> None:
        self.app = app
        self.door = door

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        if (
            scope["type"] == "lifespan"
            or (scope["type"] == "http" and scope["path"] in OPEN)
            or self.door.name(_token(scope))
        ):
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        elif scope["method"] == "GET" and b"text/html" in _header(scope, b"accept"):
            asked = quote(scope["path"]) + ("?" + scope["query_string"].decode("latin-1")).rstrip(
                "?"
            )
            await _say(
                send, 303, "", (b"location", f"/login?next={quote(asked, safe='')}".encode())
            )
        else:
            await _say(send, 401, "Sign in first")


def add_sign_in(app: "FastAPI", door: Door) -> None:
    """The page to sign in on, and the way out."""
    from fastapi import Request
    from fastapi.concurrency import run_in_threadpool
    from fastapi.responses import HTMLResponse, RedirectResponse, Response

    def page(request: Request, back: str, problem: str = "", status: int = 200) -> Response:
        language = preferred(request.headers.get("accept-language", ""))
        markup = sign_in_page(TEXTS[language], _inside(back), problem)
        return HTMLResponse(markup, status, {"Content-Security-Policy": PLACE_POLICY})

    @app.get("/login")
    def ask(request: Request, next: str = "/") -> Response:
        return page(request, next)

    @app.post("/login")
    async def sign_in(request: Request) -> Response:
        form = parse_qs((await _body(request)).decode("utf-8", "replace"))
        name, password, back = (form.get(key, [""])[0] for key in ("name", "password", "next"))
        texts = TEXTS[preferred(request.headers.get("accept-language", ""))]
        address = request.client.host if request.client else ""
        try:
            token = await run_in_threadpool(door.sign_in, name.strip(), password, address)
        except TooManyAttemptsError:
            return page(request, back, texts.shelf.too_many_attempts, 429)
        if not token:
            return page(request, back, texts.shelf.wrong_password, 401)
        answer = RedirectResponse(_inside(back), 303)
        secure = request.url.scheme == "https"
        answer.set_cookie(COOKIE, token, httponly=True, samesite="lax", secure=secure)
        return answer

    @app.post("/logout")
    def sign_out(request: Request) -> Response:
        door.sign_out(request.cookies.get(COOKIE, ""))
        answer = RedirectResponse("/login", 303)
        answer.delete_cookie(COOKIE)
        return answer

    async def _body(request: Request) -> bytes:
        read = b""
        async for part in request.stream():
            read += part
            if len(read) > FORM_BYTES:
                return b""
        return read


def _inside(back: str) -> str:
    """An address of ours; anything that could lead elsewhere is the start page."""
    ours = back.startswith("/") and not back.startswith("//") and "\\" not in back
    return back if ours and back.isprintable() and back.isascii() else "/"


def _token(scope: "Scope") -> str:
    try:
        morsel = SimpleCookie(_header(scope, b"cookie").decode("latin-1")).get(COOKIE)
    except CookieError:
        return ""
    return morsel.value if morsel else ""


def _header(scope: "Scope", name: bytes) -> bytes:
    found: Iterator[bytes] = (value for key, value in scope["headers"] if key == name)
    return next(found, b"")


async def _say(send: "Send", status: int, line: str, *headers: tuple[bytes, bytes]) -> None:
    kind = (b"content-type", b"text/plain; charset=utf-8")
    await send({"type": "http.response.start", "status": status, "headers": [kind, *headers]})
    await send({"type": "http.response.body", "body": line.encode()})
