"""Take what a model writes apart into sentences with the numbers of the evidence they name."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from thesis_qa.split import sentence_spans
from thesis_qa.write.models import Failure

_THOUGHT = re.compile(r"<think>.*?(?:</think>|$)", re.DOTALL)
_SEVERAL = re.compile(r"\[(\d+(?:\s*[,;&]\s*\d+)+)\]")
_APART = str.maketrans(dict.fromkeys(",;&", "]["))
_BEHIND = re.compile(r"([.!?]+)((?:\s*\[\d+\])+)")
_NUMBER = re.compile(r"\s*\[(\d+)\]")
_IN_LINE = re.compile(r"(\[\d+\]\.?)\s+\(?(?:\d{1,2}|[a-z])[.)]\s+")  # a list in one line
_BULLET = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.)])\s+")


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence that a model wrote, and the evidence it names."""

    text: str
    numbers: tuple[int, ...]


def split_statements(pieces: Iterator[str]) -> Iterator[Statement]:
    """Sentences as they are finished, from text that comes in pieces.

    Raises Failure where nothing was written.
    """
    text, given = "", 0
    for piece in pieces:
        text += piece
        found = _sentences(text)
        # the last may go on, and "[1]" behind a full stop belongs to the one before
        finished = found[:-2] if found and found[-1].startswith("[") else found[:-1]
        yield from filter(None, map(_statement, finished[given:]))
        given = max(given, len(finished))
    if not (found := _sentences(text)):
        raise Failure("empty")
    yield from filter(None, map(_statement, found[given:]))


def _sentences(text: str) -> list[str]:
    plain = _THOUGHT.sub("", text).replace("**", "")
    plain = _SEVERAL.sub(lambda numbers: "".join(numbers[0].translate(_APART).split()), plain)
    plain = _IN_LINE.sub(r"\1\n", _BEHIND.sub(r"\2\1", plain))
    lines = (_BULLET.sub("", line) for line in plain.splitlines())
    return [line[start:end] for line in lines for start, end in sentence_spans(line)]


def _statement(sentence: str) -> Statement | None:
    """A sentence without its numbers; None for what states nothing ("Here is the answer:")."""
    numbers = tuple(dict.fromkeys(int(n) for n in _NUMBER.findall(sentence)))
    text = " ".join(_NUMBER.sub("", sentence).split())
    if not any(c.isalnum() for c in text) or (text.endswith(":") and not numbers):
        return None
    return Statement("".join(c for c in text if c.isprintable()), numbers)
