"""What every visitor's page works with."""

import json
import secrets
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from starlette.requests import HTTPConnection

from thesis_qa.api.access import USER
from thesis_qa.api.service import WaitingLine
from thesis_qa.assistant import Assistant
from thesis_qa.settings import Settings
from thesis_qa.types import Metadata
from thesis_qa.web.work import Intake

QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
"""Of an event: nothing flickers while it runs, and it is no part of a public API."""


@dataclass(frozen=True, slots=True)
class AppContext:
    """The assistant, its settings, and the right to change the index: one visitor at a time."""

    assistant: Assistant
    settings: Settings
    writing: threading.Lock = field(default_factory=threading.Lock)
    evaluating: threading.Lock = field(default_factory=threading.Lock)
    started: str = field(default_factory=secrets.token_hex)  # tells this start from the last
    intake: Intake = field(default_factory=Intake)
    line: WaitingLine = field(default_factory=WaitingLine)

    def may_evaluate(self, user: str) -> bool:
        """Whether somebody may run question sets, and see what was said of answers."""
        named = (self.settings.evaluators or "").replace(",", " ").split()
        return user in named or not is_closed(self.settings)

    @property
    def documents(self) -> Path:
        """The folder that uploads are saved in."""
        return Path(self.settings.documents)

    def titles(self) -> list[tuple[str, str]]:
        """The theses to choose from: what each is called, and its name."""
        documents = self.assistant.index.documents()
        return [(document.metadata.title or document.name, document.name) for document in documents]

    def known(self) -> dict[str, Metadata]:
        """What is known about the theses, by name."""
        return {d.name: d.metadata for d in self.assistant.index.documents()}


def is_closed(settings: Settings) -> bool:
    """Whether visitors have to sign in."""
    return bool(settings.users or settings.trusted_user_header)


def user_of(request: HTTPConnection | None) -> str:
    """Who has signed in, here or at a trusted proxy; empty for nobody."""
    if request is None:
        return ""
    return str(request.scope.get(USER) or request.scope.get("session", {}).get("user") or "")


def names_sent(chosen: str) -> list[str]:
    """The names that the browser sends as JSON; none for anything else."""
    try:
        names = json.loads(chosen or "[]")
    except ValueError:
        return []
    return [n for n in names if isinstance(n, str)] if isinstance(names, list) else []
