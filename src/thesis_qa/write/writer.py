"""Let a language model word an answer from quotes, and show what of it the quotes support.

What it writes comes sentence by sentence; each is checked before it is shown. One that fails is
kept apart with the reason. If little remains, or anything goes wrong, the quotes stand.
"""

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from thesis_qa.lang.language import language_of
from thesis_qa.split import sentence_spans
from thesis_qa.types import Answer, Citation, Struck
from thesis_qa.write.check import Checker
from thesis_qa.write.failure import Failure
from thesis_qa.write.models import LanguageModel
from thesis_qa.write.phrases import phrases, told
from thesis_qa.write.prompt import NOT_STATED, answer_prompt, evidence_text
from thesis_qa.write.support import Source

REMAINS = 0.5  # share of the sentences that have to be supported for a written answer

_THOUGHT = re.compile(r"<think>.*?(?:</think>|$)", re.DOTALL)
_SEVERAL = re.compile(r"\[(\d+(?:\s*[,;&]\s*\d+)+)\]")
_BEHIND = re.compile(r"([.!?]+)((?:\s*\[\d+\])+)")
_NUMBER = re.compile(r"\s*\[(\d+)\]")
_IN_LINE = re.compile(r"(\[\d+\]\.?)\s+\(?(?:\d{1,2}|[a-z])[.)]\s+")  # a list in one line
_BULLET = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.)])\s+")


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence that a model wrote, and the evidence it names."""

    text: str
    numbers: tuple[int, ...]


@dataclass(slots=True)
class _Draft:
    """A written answer as it grows."""

    quoted: Answer
    stated: list[Statement] = field(default_factory=list)
    struck: list[Struck] = field(default_factory=list)

    def answer(self, model: LanguageModel, after: str, writing: bool) -> Answer:
        """The draft as an answer: with what was stated so far, and the citations it rests on."""
        cited = {number for statement in self.stated for number in statement.numbers}
        text = " ".join(f"{s.text} {_marks(s.numbers)}" for s in self.stated)
        return replace(
            self.quoted,
            text=f"{text}\n\n{after}" if after else text,
            citations=tuple(c for c in self.quoted.citations if c.number in cited),
            model=model.name,
            runs_on=model.runs_on,
            struck=tuple(self.struck),
            writing=writing,
        )


class Writer:
    """Words answers with a language model."""

    def __init__(self, model: LanguageModel, checker: Checker) -> None:
        self.model, self._checker = model, checker

    def write(self, quoted: Answer, after: str = "") -> Iterator[Answer]:
        """Growing answers, the first `quoted` itself, the last one whole: written or quoted.

        `after` is text of ours that follows what the model writes.
        """
        started, draft = time.perf_counter(), _Draft(quoted)
        yield replace(quoted, writing=True)
        try:
            yield from self._growing(draft, after)
            _refuse_too_little(draft)
            final = draft.answer(self.model, after, writing=False)
        except Failure as failure:
            problem = told(failure, self.model, quoted.language)
            final = replace(quoted, problem=problem, struck=tuple(draft.struck))
        seconds = round(time.perf_counter() - started, 4)
        total = round(quoted.timings.get("total", 0.0) + seconds, 4)
        yield replace(final, timings=quoted.timings | {"write": seconds, "total": total})

    def _growing(self, draft: _Draft, after: str) -> Iterator[Answer]:
        language = draft.quoted.language or "en"
        asked = draft.quoted.resolved_question or draft.quoted.question
        prompt = answer_prompt(self.model, asked, language, draft.quoted.citations)
        for statement in statements(self.model.stream(prompt)):
            if statement.text.rstrip(".").upper() in NOT_STATED.values():
                raise Failure("declined")
            self._judge(draft, statement)
            if draft.stated:
                yield draft.answer(self.model, after, writing=True)

    def _judge(self, draft: _Draft, statement: Statement) -> None:
        """Puts a statement where it belongs: among what is stated, or struck out."""
        reason = self._reason(draft.quoted, statement)
        if reason:
            draft.struck.append(Struck(statement.text, reason))
            return
        numbers = statement.numbers or self._supporting(draft.quoted, statement.text)
        if not any(s.text == statement.text for s in draft.stated):
            draft.stated.append(replace(statement, numbers=numbers))

    def _reason(self, quoted: Answer, statement: Statement) -> str | None:
        """Why a statement can't stand, in the language of the question; None if it can."""
        say, known = phrases(quoted.language), {c.number: c for c in quoted.citations}
        for number in statement.numbers:
            if number not in known:
                return say.no_number.format(what=f"[{number}]")
        if quoted.language and language_of(statement.text) not in (None, quoted.language):
            return say.other_language
        if not statement.numbers and self._supporting(quoted, statement.text):
            return None
        cited = [known[n] for n in statement.numbers] or list(quoted.citations)
        objection = self._checker.objection(statement.text, sources(cited))
        if objection is None and not statement.numbers:  # all together, none by itself
            return say.reasons["support"]
        return say.reasons[objection.kind].format(what=objection.what) if objection else None

    def _supporting(self, quoted: Answer, text: str) -> tuple[int, ...]:
        """The first piece of evidence that by itself supports a sentence which names none."""
        for citation in quoted.citations:
            if self._checker.objection(text, sources([citation])) is None:
                return (citation.number,)
        return ()


def sources(citations: Sequence[Citation]) -> list[Source]:
    """Citations as what statements are checked against."""
    return [Source(evidence_text(c), c.language) for c in citations]


def statements(pieces: Iterator[str]) -> Iterator[Statement]:
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
    plain = _SEVERAL.sub(lambda m: "".join(f"[{n}]" for n in re.findall(r"\d+", m[1])), plain)
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


def _marks(numbers: Sequence[int]) -> str:
    return " ".join(f"[{number}]" for number in numbers)


def _refuse_too_little(draft: _Draft) -> None:
    """Raises Failure if the evidence supports less than half of what was written."""
    written = len(draft.stated) + len(draft.struck)
    if not draft.stated or len(draft.stated) < REMAINS * written:
        raise Failure("unsupported" if written else "empty")
