"""Who may use the web chat: names with hashed passwords, and how often one may guess.

A user is one line, `name:$argon2id$…`, made by `thesis-qa user NAME`; passwords are kept nowhere.
The setting `users` names a file of such lines, or holds them itself, parted by spaces.
"""

import hashlib
import time
from collections.abc import Iterable, Mapping
from ipaddress import ip_address, ip_network
from pathlib import Path

from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import Argon2Error, InvalidHashError

from thesis_qa.errors import SettingError

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
