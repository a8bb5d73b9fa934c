"""Who may use the web chat: names with hashed passwords, and who is signed in.

A user is one line, `name:scrypt:N:r:p:salt:hash`, made by `thesis-qa user NAME`; passwords are kept
nowhere. The setting `users` names a file of such lines, or holds them itself, parted by spaces.
"""

import hashlib
import hmac
import secrets
import threading
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from thesis_qa.errors import SettingError

N, R, P = 2**15, 8, 3  # as OWASP's password storage cheat sheet has it: 32 MB, a quarter second
MEMORY = 2**27  # bytes that any stored N and r may need
MIN_PASSWORD = 8  # characters (NIST SP 800-63B)
MAX_PASSWORD = 1_000

STAY = 7 * 24 * 3600.0  # seconds that a visitor stays signed in
MAX_SIGNED_IN = 10_000
ATTEMPTS, WITHIN = 10, 300.0  # failures of one address, in seconds, before it has to wait


def user_line(name: str, password: str) -> str:
    """The line that lets `name` in with `password`. Raises SettingError for one that can't be."""
    if not name or ":" in name or any(c.isspace() or not c.isprintable() for c in name):
        raise SettingError(f"{name!r} can't be a name", "Leave out spaces and colons")
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise SettingError("The password is too short or too long", f"Take {MIN_PASSWORD} or more")
    salt = secrets.token_bytes(16)
    parts = (name, "scrypt", N, R, P, _text(salt), _text(_hash(password, salt, N, R, P)))
    return ":".join(map(str, parts))


@dataclass(frozen=True, slots=True)
class Stored:
    """A password's hash, and how it was made."""

    n: int
    r: int
    p: int
    salt: bytes
    digest: bytes

    def matches(self, password: str) -> bool:
        """Whether it is the hash of `password`."""
        return hmac.compare_digest(self.digest, _hash(password, self.salt, self.n, self.r, self.p))


def read_users(setting: str) -> dict[str, Stored]:
    """The users of a file, or of the setting itself, by name.

    Raises SettingError if there is none or a line can't be read; the message never holds the line.
    """
    if ":scrypt:" in setting:
        lines, source = setting.split(), "The setting 'users'"
    else:
        lines, source = _lines(Path(setting)), f"The users file {setting!r}"
    users: dict[str, Stored] = {}
    for number, line in enumerate(lines, start=1):
        if line.strip() and not line.startswith("#"):
            try:
                users |= dict(_user(line.strip()))
            except ValueError as error:
                raise SettingError(
                    f"{source} has no user in line {number}", "Make one: thesis-qa user NAME"
                ) from error
    if not users:
        raise SettingError(f"{source} has no users", "Make one: thesis-qa user NAME")
    return users


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(
            f"The users file {str(path)!r} can't be read ({error})",
            f"Make it: thesis-qa user NAME >> {path}",
        ) from error


def _user(line: str) -> Iterator[tuple[str, Stored]]:
    name, kind, n, r, p, salt, digest = line.split(":")
    stored = Stored(int(n), int(r), int(p), _bytes(salt), _bytes(digest))
    allowed = stored.p in range(1, 17) and 128 * stored.n * stored.r <= MEMORY and stored.r > 0
    if not name or kind != "scrypt" or not allowed or stored.n.bit_count() != 1 or stored.n < 2:
        raise ValueError("no user")
    yield name, stored


def _hash(password: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    secret = password[:MAX_PASSWORD].encode("utf-8", "replace")
    return hashlib.scrypt(secret, salt=salt, n=n, r=r, p=p, maxmem=2 * MEMORY)


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


class TooManyAttemptsError(Exception):
    """An address has failed to sign in too often; it may try again later."""


class Door:
    """Lets users in and remembers who is; kept in memory, so a restart signs everybody out."""

    def __init__(self, setting: str) -> None:
        self._setting = setting
        self._users: Mapping[str, Stored] = read_users(setting)
        self._read = self._modified()
        self._inside: dict[str, tuple[str, float]] = {}  # name and end, by hash of the token
        self._failed: dict[str, list[float]] = {}  # when, by address
        self._checking = threading.Lock()  # one hash at a time: they need memory and a processor
        self._nobody = Stored(N, R, P, secrets.token_bytes(16), secrets.token_bytes(64))

    def sign_in(self, name: str, password: str, address: str) -> str | None:
        """A token for a cookie; None for a wrong name or password, which take as long.

        Raises TooManyAttemptsError.
        """
        with self._checking:
            now = time.monotonic()
            recent = [at for at in self._failed.get(address, []) if now - at < WITHIN]
            if len(recent) >= ATTEMPTS:
                raise TooManyAttemptsError
            stored = self.users.get(name)
            if (stored or self._nobody).matches(password) and stored:
                self._failed.pop(address, None)
                return self._let_in(name, now)
            self._failed = {a: f for a, f in self._failed.items() if now - f[-1] < WITHIN}
            self._failed[address] = [*recent, now]
            return None

    def _let_in(self, name: str, now: float) -> str:
        token = secrets.token_urlsafe(32)
        inside = [entry for entry in self._inside.items() if entry[1][1] > now]
        self._inside = dict(inside[-MAX_SIGNED_IN:]) | {_key(token): (name, now + STAY)}
        return token

    def name(self, token: str) -> str | None:
        """Who holds this token; None if nobody does any more."""
        name, until = self._inside.get(_key(token), ("", 0.0))
        return name if time.monotonic() < until and name in self.users else None

    def sign_out(self, token: str) -> None:
        """Forget the token."""
        self._inside.pop(_key(token), None)

    @property
    def users(self) -> Mapping[str, Stored]:
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


def _key(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
