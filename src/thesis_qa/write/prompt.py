"""What a language model is told, and the statements that it makes."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from thesis_qa.lang.data import LANGUAGES, text
from thesis_qa.split import sentence_spans
from thesis_qa.types import Language, Struck
from thesis_qa.write.desk import data_line
from thesis_qa.write.models import CHARACTERS_A_TOKEN, Message
from thesis_qa.write.provider import MAX_TOKENS, Failure, Options

INSTRUCTIONS = 450  # tokens
MAX_QUESTION = 600  # characters
MAX_TURNS, MAX_TURN = 3, 400  # of the conversation, and characters of each
LEAST_ROOM = 600  # characters of evidence below which asking a model is of no use


def room(options: Options) -> int:
    """Characters of evidence that a model is given: what its context leaves."""
    left = options.context - MAX_TOKENS - INSTRUCTIONS - MAX_QUESTION // CHARACTERS_A_TOKEN
    return max(0, left) * CHARACTERS_A_TOKEN


def answer_prompt(
    question: str, language: Language, evidence: str, calls: int = 0
) -> list[Message]:
    """The question with numbered evidence; `calls` is how often an agent may look further."""
    rules = _prompt("answer", language, form=FORM, nothing=NOTHING)
    further = _prompt("agent", language, calls=calls) if calls else ""
    asked = _prompt("asked", language, evidence=evidence, question=asked_line(question))
    return [("system", f"{rules}{further}"), ("user", asked)]


def tool_text(found: str, language: Language) -> str:
    """What a tool found, as data."""
    return _prompt("found", language, evidence=found)


def mend_prompt(struck: Sequence[Struck], language: Language) -> Message:
    """What is wrong with statements, for their writer to mend once."""
    lines = "\n".join(f"- {data_line(s.text)}: {s.reason}" for s in struck)
    return ("user", _prompt("mend", language, lines=lines))


def rewrite_prompt(
    question: str, language: Language, history: Sequence[tuple[str, str]]
) -> list[Message]:
    """A question with the conversation that it follows."""
    turns = [
        f"{who}: {data_line(turn, MAX_TURN)}"
        for pair in history[-MAX_TURNS:]
        for who, turn in zip(("A", "B"), pair, strict=True)
    ]
    conversation = "\n".join([*turns, f"A: {asked_line(question)}"])
    return [("system", _prompt("rewrite", language)), ("user", conversation)]


def translate_prompt(quote: str, language: Language) -> list[Message]:
    """A quote to be translated into `language`."""
    return [("system", _prompt("translate", language)), ("user", data_line(quote))]


def asked_line(question: str) -> str:
    """A question as a model is asked it."""
    return data_line(question, MAX_QUESTION)


def _prompt(name: str, language: Language, **values: object) -> str:
    return text(f"text.write.prompts.{name}", language, **values)


FORM = '{"statements": [{"text": "…", "sentences": [1, 2]}]}'
NOTHING = '{"statements": []}'

_THOUGHT = re.compile(r"<think>.*?(?:</think>|$)", re.DOTALL)
_SEVERAL = re.compile(r"\[(\d+(?:\s*[,;&]\s*\d+)+)\]")
_APART = str.maketrans(dict.fromkeys(",;&", "]["))
_BEHIND = re.compile(r"([.!?]+)((?:\s*\[\d+\])+)")
_NUMBER = re.compile(r"\s*\[(\d+)\]")
_IN_LINE = re.compile(r"(\[\d+\]\.?)\s+\(?(?:\d{1,2}|[a-z])[.)]\s+")  # a list in one line
_BULLET = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.)])\s+")


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence that a model wrote, and the numbers of the sentences it rests on."""

    text: str
    numbers: tuple[int, ...]


def split_statements(pieces: Iterator[str]) -> Iterator[Statement]:
    """Statements as they are finished, from text that comes in pieces: in the shape asked for, or
    as sentences with numbers in brackets, which some models write all the same.

    Raises Failure where nothing was written, in a shape that can't be read, or that nothing is
    stated.
    """
    written, given = "", 0
    for piece in pieces:
        written += piece
        finished = _finished(written)
        yield from finished[given:]
        given = max(given, len(finished))
    last = _all(written)
    yield from last[given:]
    if not last:
        raise Failure("declined" if _states_nothing(written) else "empty")


def _finished(written: str) -> list[Statement]:
    """Statements that nothing that comes can change."""
    if (shaped := _shape(written)) is not None:
        return _read(_parsed(shaped)[:-1])
    found = _sentences(written)
    # the last may go on, and "[1]" behind a full stop belongs to the one before
    done = found[:-2] if found and found[-1].startswith("[") else found[:-1]
    return [s for s in map(_statement, done) if s]


def _all(written: str) -> list[Statement]:
    if (shaped := _shape(written)) is None:
        return [s for s in map(_statement, _sentences(written)) if s]
    whole = _is_whole(shaped)
    entries = _parsed(shaped)
    found = _read(entries if whole else entries[:-1])  # cut off, the last may lack its end
    if not found and not (whole and entries == []):
        raise Failure("garbled", shaped[:80])
    return found


def _shape(written: str) -> str | None:
    """What a model wrote from the first brace on, if that is how it answers."""
    plain = _THOUGHT.sub("", written).strip()
    shaped = plain.startswith(("{", "```")) or '"statements"' in plain
    return plain[max(0, plain.find("{")) :].removesuffix("```").strip() if shaped else None


def _is_whole(shaped: str) -> bool:
    try:
        found, _ = json.JSONDecoder().raw_decode(shaped)
    except ValueError:
        return False
    return isinstance(found, dict) and isinstance(found.get("statements"), list)


def _parsed(shaped: str) -> list[Any]:
    """The statements in an object, which may be unfinished."""
    from langchain_core.utils.json import parse_partial_json

    try:
        found = parse_partial_json(shaped)
    except ValueError:
        return []
    entries = found.get("statements") if isinstance(found, dict) else None
    return entries if isinstance(entries, list) else []


def _read(entries: Sequence[Any]) -> list[Statement]:
    found = []
    for entry in entries:
        stated = entry.get("text") if isinstance(entry, dict) else None
        cited = entry.get("sentences", []) if isinstance(entry, dict) else []
        if isinstance(stated, str) and isinstance(cited, list) and (made := _statement(stated)):
            numbers = (*(n for n in cited if type(n) is int), *made.numbers)
            found.append(Statement(made.text, tuple(dict.fromkeys(numbers))))
    return found


def _states_nothing(written: str) -> bool:
    shaped = _shape(written)
    if shaped is not None:
        return True
    said = " ".join(_sentences(written)).strip().rstrip(".").upper()
    return said in {text("text.write.not_stated", language) for language in LANGUAGES}


def _sentences(written: str) -> list[str]:
    plain = _THOUGHT.sub("", written).replace("**", "")
    plain = _SEVERAL.sub(lambda numbers: "".join(numbers[0].translate(_APART).split()), plain)
    plain = _IN_LINE.sub(r"\1\n", _BEHIND.sub(r"\2\1", plain))
    lines = (_BULLET.sub("", line) for line in plain.splitlines())
    return [line[start:end] for line in lines for start, end in sentence_spans(line)]


def _statement(sentence: str) -> Statement | None:
    """A sentence without its numbers; None for what states nothing ("Here is the answer:")."""
    numbers = tuple(dict.fromkeys(int(n) for n in _NUMBER.findall(sentence)))
    plain = " ".join(_NUMBER.sub("", sentence).split())
    if not any(c.isalnum() for c in plain) or (plain.endswith(":") and not numbers):
        return None
    said = plain.rstrip(".").upper()
    if said in {text("text.write.not_stated", language) for language in LANGUAGES}:
        return None
    return Statement("".join(c for c in plain if c.isprintable()), numbers)
