"""Settings: command line beats environment (THESIS_QA_…) beats thesis-qa.toml beats defaults."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import get_args, get_type_hints
from urllib.parse import urlsplit

from thesis_qa.errors import SettingError
from thesis_qa.lang.data import SPOKEN, text

FILE_NAME = "thesis-qa.toml"
PREFIX = "THESIS_QA_"


@dataclass(frozen=True, slots=True)
class Settings:
    """All that can be set; docs/configuration.md explains each."""

    index: str = "index"
    documents: str = "documents"
    embedding: str = "bundled:multilingual-e5-small"
    top_k: int = 5
    rerank: str = "reader"
    llm: str | None = None
    llm_base_url: str | None = None
    llm_timeout: int = 120
    llm_threads: int = 1
    llm_context: int = 8192
    llm_way: str = "auto"
    host: str = "127.0.0.1"
    port: int = 7860
    max_upload_mb: int = 200
    read_only: bool = False
    users: str | None = None
    public_url: str | None = None
    root_path: str | None = None
    allowed_hosts: str | None = None
    trusted_proxies: str | None = None
    trusted_user_header: str | None = None
    api_keys: str | None = None
    api_rate: int = 1200
    cors_origins: str | None = None
    log_requests: bool = False
    evaluation: str = "evaluation"
    evaluators: str | None = None

    @property
    def chosen_embedding(self) -> str | None:
        """The embedding model, if one was chosen; without, an index keeps the one it has."""
        return None if self.embedding == Settings().embedding else self.embedding

    @property
    def root(self) -> str:
        """The path that the server lies under: empty, or like "/theses"."""
        path = self.root_path or urlsplit(self.public_url or "").path
        return f"/{path.strip('/')}" if path.strip("/") else ""

    @property
    def address(self) -> str:
        """Where visitors find the server; without `public_url`, a browser on this machine."""
        if self.public_url:
            bare = not urlsplit(self.public_url).path.strip("/")
            return self.public_url.rstrip("/") + (self.root if bare else "")
        everywhere = self.host in ("0.0.0.0", "::", "")
        host = "127.0.0.1" if everywhere else self.host
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}{self.root}"


NAMES = tuple(field.name for field in fields(Settings))

LIMITS: Mapping[str, range] = {
    "top_k": range(1, 201),
    "llm_timeout": range(1, 3_601),
    "llm_threads": range(1, 257),
    "llm_context": range(1_024, 1_048_577),
    "port": range(65_536),  # 0: any free one
    "api_rate": range(1, 1_000_001),
    "max_upload_mb": range(1, 10_001),
}
"""What numbers may be. Names of models are checked by who opens them."""

OTHER_VARIABLES = frozenset({"CACHE", "DATA", "SCREENSHOTS"})
"""THESIS_QA_… variables that aren't settings: where unpacked models go; two for the tests."""


def load_settings(
    given: Mapping[str, object], environment: Mapping[str, str], folder: Path
) -> Settings:
    """The settings in force: `given` on the command line, in `environment`, in a file in `folder`.

    An empty environment variable counts as not set; "none" turns a setting without a default off.
    Raises SettingError for an unknown name or a value that isn't allowed, in any of the three.
    """
    values: dict[str, object] = {}
    for source, found in (
        (FILE_NAME, _from_file(folder / FILE_NAME)),
        ("environment", _from_environment(environment)),
        (text("text.cli.command_line", SPOKEN), given),
    ):
        values |= {name: _checked(name, value, source) for name, value in found.items()}
    return Settings(**values)  # type: ignore[arg-type]


def _from_file(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingError("settings-unreadable", file=path.name, reason=error) from error


def _from_environment(environment: Mapping[str, str]) -> dict[str, object]:
    ours = {
        variable.removeprefix(PREFIX): value
        for variable, value in sorted(environment.items())
        if variable.startswith(PREFIX) and value
    }
    return {
        name.lower(): _meant(value, _kind(name.lower()))
        for name, value in ours.items()
        if name not in OTHER_VARIABLES
    }


def _meant(value: str, kind: type | None) -> object:
    if kind is bool:
        return {"true": True, "1": True, "false": False, "0": False}.get(value.lower(), value)
    return int(value) if kind is int and _is_whole(value) else value


def _is_whole(value: str) -> bool:
    return len(value) < 20 and value.isascii() and value.removeprefix("-").isdigit()


def _checked(name: str, value: object, source: str) -> object:
    """`value` if the setting `name` may have it; `source` is where a message says it stands."""
    shown = f"{PREFIX}{name.upper()}" if source == "environment" else f"{name} ({source})"
    if name not in NAMES:
        raise SettingError("setting-unknown", setting=shown, known=", ".join(NAMES))
    if value == "none" and getattr(Settings(), name) is None:
        return None
    limits = LIMITS.get(name)
    if type(value) is not _kind(name) or (limits and value not in limits):
        if limits:
            raise SettingError(
                "setting-not-in-range", setting=shown, value=value, low=limits[0], high=limits[-1]
            )
        code = "setting-not-true-or-false" if _kind(name) is bool else "setting-not-text"
        raise SettingError(code, setting=shown, value=value)
    return value


def _kind(name: str) -> type | None:
    """The type of a setting, without its None."""
    wanted = get_type_hints(Settings).get(name)
    return next((t for t in get_args(wanted) or (wanted,) if t is not type(None)), None)


def program_version() -> str:
    """The version that is installed; "unknown" where only the source is there."""
    try:
        return version("thesis-qa")
    except PackageNotFoundError:
        return "unknown"
