"""What a language model is told, and the sentences of what it says.

Evidence is data: numbered, on one line each, between marks that nothing inside it can imitate.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from thesis_qa.lang.data import text
from thesis_qa.split import sentence_spans
from thesis_qa.types import Citation, Language
from thesis_qa.write.models import MAX_TOKENS, Failure, LanguageModel, Message

CHARACTERS_A_TOKEN = 3  # of Indonesian with a tokenizer made for English; English has four
INSTRUCTIONS = 300  # tokens
LOCAL_EVIDENCE = 700  # tokens; two cores read 50 to 200 a second
REMOTE_EVIDENCE = 3000
MAX_QUESTION = 600  # characters
MAX_TURNS, MAX_TURN = 3, 400  # of the conversation, and characters of each


def answer_prompt(
    model: LanguageModel, question: str, language: Language, evidence: Sequence[Citation]
) -> list[Message]:
    """The question with as much of the evidence, best first, as the model can read in good time."""
    lines = "\n".join(_within(budget(model), evidence))
    asked = _prompt("asked", language, evidence=lines, question=_line(question, MAX_QUESTION))
    not_stated = text("text.write.not_stated", language)
    return [("system", _prompt("answer", language, not_stated=not_stated)), ("user", asked)]


def rewrite_prompt(
    question: str, language: Language, history: Sequence[tuple[str, str]]
) -> list[Message]:
    """A question with the conversation that it follows."""
    turns = [
        f"{who}: {_line(turn, MAX_TURN)}"
        for pair in history[-MAX_TURNS:]
        for who, turn in zip(("A", "B"), pair, strict=True)
    ]
    conversation = "\n".join([*turns, f"A: {_line(question, MAX_QUESTION)}"])
    return [("system", _prompt("rewrite", language)), ("user", conversation)]


def translate_prompt(quote: str, language: Language) -> list[Message]:
    """A quote to be translated into `language`."""
    return [("system", _prompt("translate", language)), ("user", _line(quote))]


def _prompt(name: str, language: Language, **values: object) -> str:
    return text(f"text.write.prompts.{name}", language, **values)


def budget(model: LanguageModel) -> int:
    """Tokens of evidence that a model is given: what it holds, and no more than is read in time."""
    room = model.options.context - MAX_TOKENS - INSTRUCTIONS - MAX_QUESTION // CHARACTERS_A_TOKEN
    return max(0, min(room, LOCAL_EVIDENCE if model.is_local else REMOTE_EVIDENCE))


def _within(tokens: int, evidence: Sequence[Citation]) -> list[str]:
    """Numbered evidence up to a length; the first is cut rather than left out."""
    left, lines = tokens * CHARACTERS_A_TOKEN, list[str]()
    for citation in evidence:
        line = f"[{citation.number}] {_line(evidence_text(citation))}"
        if lines and len(line) > left:
            break
        lines.append(line[: max(left, 1)])
        left -= len(line)
    return lines


def evidence_text(citation: Citation) -> str:
    """A quote behind the sentence or the column heads that it is understood with."""
    return f"({citation.context}) {citation.quote}" if citation.context else citation.quote


def _line(written: str, most: int | None = None) -> str:
    """Text on one line, without what could pass for a mark or a number of ours."""
    printable = "".join(c if c.isprintable() else " " for c in written)
    plain = re.sub(r"\[(\d+)\]", r"(\1)", printable).replace("<", "‹").replace(">", "›")
    return " ".join(plain.split())[:most]


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
