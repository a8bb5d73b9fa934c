"""What every visitor's page works with."""

import secrets
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from thesis_qa.api.service import WaitingLine
from thesis_qa.assistant import Assistant
from thesis_qa.settings import Settings
from thesis_qa.types import Metadata
from thesis_qa.web.intake import Intake

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
