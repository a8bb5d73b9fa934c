"""Who may use the web chat: names with hashed passwords, limits of guessing, signing in and out.

A user is one line, `name:$argon2id$…`, made by `thesis-qa user NAME`; passwords are kept nowhere.
The setting `users` names a file of such lines, or holds them itself, parted by spaces. The page to
sign in on works without a script.
"""

import hashlib
import secrets
import time
from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import parse_qs

from anyio import CapacityLimiter, to_thread
from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import Argon2Error, InvalidHashError
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import Scope

from thesis_qa.api.access import USER
from thesis_qa.errors import SettingError
from thesis_qa.lang.data import preferred
from thesis_qa.web.guard import PLACE_POLICY
from thesis_qa.web.look import render
from thesis_qa.web.texts import texts_under

MIN_PASSWORD, MAX_PASSWORD = 8, 1_000  # characters; the least that NIST SP 800-63B asks for
MAX_MEMORY = 2**18  # KiB that checking one password may take, whatever a line asks for
ATTEMPTS = 10  # failures with one name from one address before it has to wait
ATTEMPTS_ANY = 50  # … with any names: a computer room shares an address, a list of names is longer
WITHIN = 300.0  # seconds in which they count
OLD_KIND = "scrypt"  # of hashes that were made before version 0.2

_hasher = PasswordHasher()  # RFC 9106's second choice: 64 MiB, a tenth of a second


def user_line(name: str, password: str) -> str:
    """The line that lets `name` in with `password`. Raises SettingError for one that can't be."""
    if not name or ":" in name or any(c.isspace() or not c.isprintable() for c in name):
        raise SettingError("user-name", name=repr(name))
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise SettingError("user-password", least=MIN_PASSWORD)
    return f"{name}:{_hasher.hash(password)}"


def read_users(setting: str) -> dict[str, str]:
    """The hashes in a file, or in the setting itself, by name.

    Raises SettingError if there is none or a line can't be read; the message never holds the line.
    """
    given = ":$argon2" in setting or f":{OLD_KIND}:" in setting
    lines = setting.split() if given else _lines(Path(setting))
    source = "users" if given else setting
    users: dict[str, str] = {}
    for number, line in enumerate(map(str.strip, lines), start=1):
        if line and not line.startswith("#"):
            name, _, stored = line.partition(":")
            if stored.startswith(f"{OLD_KIND}:"):
                raise SettingError("users-old-line", source=repr(source), line=number)
            if not name or not _is_hash(stored):
                raise SettingError("users-line", source=repr(source), line=number)
            users[name] = stored
    if not users:
        raise SettingError("users-none", source=repr(source))
    return users


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, ValueError) as error:
        raise SettingError("users-unreadable", file=repr(str(path)), reason=error) from error


def _is_hash(stored: str) -> bool:
    try:
        return extract_parameters(stored).memory_cost <= MAX_MEMORY
    except InvalidHashError:
        return False


def matches(stored: str, password: str) -> bool:
    """Whether `stored` is a hash of `password`."""
    try:
        return _hasher.verify(stored, password[:MAX_PASSWORD].encode("utf-8", "replace"))
    except (Argon2Error, InvalidHashError):
        return False


class TooManyAttemptsError(Exception):
    """Somebody has failed to sign in too often; they may try again later."""


class Accounts:
    """The users, checked one after the other: a hash needs memory and a processor."""

    def __init__(self, setting: str) -> None:
        self._setting = setting
        self._users: Mapping[str, str] = read_users(setting)
        self._read = self._modified()
        self._failed: list[tuple[float, str, str]] = []  # when, from where, with which name
        self._nobody = _hasher.hash("")  # checked for unknown names, so that they take as long

    def check(self, name: str, password: str, address: str) -> bool:
        """Whether the password is right; a wrong name takes as long. Raises TooManyAttemptsError.

        Who signs in wipes out their own failures only, so an account of one's own is no help in
        guessing the password of another.
        """
        now, origin = time.monotonic(), _origin(address)
        self._failed = [failure for failure in self._failed if now - failure[0] < WITHIN]
        tried = [tried for _, place, tried in self._failed if place == origin]
        if tried.count(name) >= ATTEMPTS or len(tried) >= ATTEMPTS_ANY:
            raise TooManyAttemptsError
        stored = self.users.get(name)
        if matches(stored or self._nobody, password) and stored:
            self._failed = [failure for failure in self._failed if failure[1:] != (origin, name)]
            return True
        self._failed.append((now, origin, name))
        return False

    def fingerprint(self, name: str) -> str | None:
        """Of a user's present hash, so that a new password ends old sessions; None for no user."""
        stored = self.users.get(name)
        return hashlib.sha256(stored.encode()).hexdigest() if stored else None

    @property
    def users(self) -> Mapping[str, str]:
        """As the file has them now; nobody while it can't be read."""
        modified = self._modified()
        if modified != self._read:
            self._read = modified
            try:
                self._users = read_users(self._setting)
            except SettingError:
                self._users = {}
        return self._users

    def _modified(self) -> int | None:
        try:
            return Path(self._setting).stat().st_mtime_ns
        except (OSError, ValueError):
            return None


def _origin(address: str) -> str:
    """The address, or of IPv6 the network: whoever has one address there has 2⁶⁴."""
    try:
        return str(ip_network(f"{address}/64", strict=False)) if ":" in address else address
    except ValueError:
        return address


# Signing in and out

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
