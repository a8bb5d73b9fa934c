"""Sentences, passages and what a question is taken for, made for tests."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from thesis_qa.answer.found import Evidence
from thesis_qa.question.route import Intent
from thesis_qa.types import Heading, Passage, Sentence, Span

AIM = "Penelitian ini bertujuan mengetahui hasil panen"


def sentence(text: str = AIM, start: int = 0, **more: Any) -> Sentence:
    """A sentence that begins at a character of the first page."""
    spans = (Span(0, start, start + len(text)),)
    return replace(Sentence(spans, text, "id"), **more)


def passage(sentences: Sequence[Sentence] = (), name: str = "p", **more: Any) -> Passage:
    """A passage of a thesis "a.pdf"."""
    text = " ".join(s.text for s in sentences)
    whole = Passage(name, "a.pdf", "Panen", 1, "1", 1, "", "id", text, sentences=tuple(sentences))
    return replace(whole, **more)


def statements(count: int, text: str = AIM, **more: Any) -> list[Sentence]:
    """Sentences one behind the other, each with a number of its own."""
    return [sentence(f"{text} {chr(97 + n)}{n}", 100 * n, **more) for n in range(count)]


def evidence(text: str = AIM, start: int = 0, name: str = "p", score: float = 0.0) -> Evidence:
    """A sentence as evidence, alone in its passage."""
    own = sentence(text, start)
    return Evidence(passage([own], name), own, score)


def heading(text: str, role: Any = None) -> Heading:
    """A heading without a number."""
    return Heading(text, title=text, role=role)


def taken(alone: float = 1.0, topic: str = "", again: Any = None, **routes: float) -> Intent:
    """What a question is after, by the probabilities of routes."""
    named = {name.replace("_", "-"): chance for name, chance in routes.items()}
    known: Any = {**dict.fromkeys(("content", "standing", "metadata", "library"), 0.0), **named}
    topics: Any = {(route, topic or "summary"): chance for route, chance in known.items()}
    return Intent(known, topics, alone, again)
