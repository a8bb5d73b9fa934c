"""Signing in and out, on a page that works without a script."""

import secrets
from urllib.parse import parse_qs

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import Scope

from thesis_qa.api.access import USER
from thesis_qa.lang.data import preferred
from thesis_qa.web.accounts import Accounts, TooManyAttemptsError
from thesis_qa.web.guard import PLACE_POLICY
from thesis_qa.web.render import render
from thesis_qa.web.texts import texts_under

FORM_BYTES = 10_000


class SignIn:
    """Who is signed in; sessions end with the server, and with a new password."""

    def __init__(self, accounts: Accounts | None, root: str = "") -> None:
        self._accounts, self._texts = accounts, texts_under(root)
        self._ended: set[str] = set()  # sessions that were signed out, so no copy of them serves
        self._checking = CapacityLimiter(1)  # so that those who wait hold no thread

    def is_inside(self, scope: Scope) -> bool:
        """Whether a request comes from a user, or from one whom a trusted proxy has signed in."""
        if scope.get(USER):
            return True
        session = scope.get("session", {})
        is_open = session.get("id") not in self._ended
        known = self._accounts.fingerprint(session.get("user", "")) if self._accounts else None
        return bool(known and is_open and session.get("key") == known)

    def routes(self) -> APIRouter:
        """The page to sign in on, and the way out."""
        router = APIRouter()
        router.add_api_route("/login", self.page, methods=["GET"])
        router.add_api_route("/login", self.enter, methods=["POST"])
        router.add_api_route("/logout", self.leave, methods=["POST"])
        return router

    async def page(self, request: Request, next: str = "/") -> Response:
        """The form."""
        return self._form(request, next)

    async def enter(self, request: Request) -> Response:
        """What was typed into it."""
        form = parse_qs((await _body(request)).decode("utf-8", "replace"))
        name, password, back = (form.get(key, [""])[0] for key in ("name", "password", "next"))
        name, address = name.strip(), request.client.host if request.client else ""
        try:
            right = await self._check(name, password, address)
        except TooManyAttemptsError:
            return self._form(request, back, "too_many_attempts", 429)
        if not right:
            return self._form(request, back, "wrong_password", 401)
        request.session.update(user=name, key=right, id=secrets.token_urlsafe(16))
        return RedirectResponse(_inside(back), 303)

    async def _check(self, name: str, password: str, address: str) -> str | None:
        """What the session remembers of the password, if it is right."""
        if not self._accounts:
            return None
        right = await to_thread.run_sync(
            self._accounts.check, name, password, address, limiter=self._checking
        )
        return self._accounts.fingerprint(name) if right else None

    async def leave(self, request: Request) -> Response:
        """The session ends, also for whoever has a copy of its cookie."""
        if ended := request.session.get("id"):
            self._ended.add(ended)
        request.session.clear()
        return RedirectResponse("/login" if self._accounts else "/", 303)

    def _form(self, request: Request, back: str, problem: str = "", status: int = 200) -> Response:
        texts = self._texts[preferred(request.headers.get("accept-language", ""))]
        said = getattr(texts.library, problem) if problem else ""
        markup = render("sign_in.html", texts, back=_inside(back), problem=said)
        return HTMLResponse(markup, status, {"Content-Security-Policy": PLACE_POLICY})


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
