"""What every visitor's page works with."""

import threading
from dataclasses import dataclass, field
from pathlib import Path

from thesis_qa.assistant import Assistant
from thesis_qa.settings import Settings
from thesis_qa.web.line import Line

ASKING = 4  # questions worked on at once
WAITING = 64  # questions in line; more are told to come back


@dataclass(frozen=True, slots=True)
class Desk:
    """The assistant, its settings, and the right to change the index: one visitor at a time."""

    assistant: Assistant
    settings: Settings
    writing: threading.Lock = field(default_factory=threading.Lock)
    evaluating: threading.Lock = field(default_factory=threading.Lock)
    line: Line = field(default_factory=lambda: Line(ASKING, WAITING))

    @property
    def documents(self) -> Path:
        """The folder that uploads are saved in."""
        return Path(self.settings.documents)
