"""What an assistant does with a language model: word answers, follow-ups and translations.

An answer comes sentence by sentence; each is checked against the quotes before it is shown. One
that fails is kept apart with the reason. If little remains, or anything goes wrong, the quotes
stand.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from thesis_qa.lang.data import LANGUAGES, SPOKEN, text
from thesis_qa.lang.detect import language_of
from thesis_qa.library import Index
from thesis_qa.question.read import MAX_QUESTION, content_terms
from thesis_qa.types import Answer, Citation, Language, Struck, Translation
from thesis_qa.write.checker import Checker, Objection, Premise
from thesis_qa.write.facts import held_numbers, holds_name, proper_names, stated_numbers
from thesis_qa.write.models import LOCAL, Failure, LanguageModel
from thesis_qa.write.prompt import (
    Statement,
    answer_prompt,
    evidence_text,
    rewrite_prompt,
    split_statements,
    translate_prompt,
)

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

REMAINS = 0.5  # share of the sentences that have to be supported for a written answer
REWRITING = 20  # seconds that the wording of a follow-up may take; then the rules have to do
SHORT = 8  # content words up to which a question may lean on the one before


@dataclass(slots=True)
class _Draft:
    """A written answer as it grows."""

    quoted: Answer
    stated: list[Statement] = field(default_factory=list)
    struck: list[Struck] = field(default_factory=list)

    def answer(self, model: LanguageModel, after: str, writing: bool) -> Answer:
        """The draft as an answer: with what was stated so far, and the citations it rests on."""
        cited = {number for statement in self.stated for number in statement.numbers}
        written = " ".join(f"{s.text} {_marks(s.numbers)}" for s in self.stated)
        return replace(
            self.quoted,
            text=f"{written}\n\n{after}" if after else written,
            citations=tuple(c for c in self.quoted.citations if c.number in cited),
            model=model.name,
            runs_on=model.runs_on,
            struck=tuple(self.struck),
            writing=writing,
        )


class Writing:
    """A language model at work on an index's evidence."""

    def __init__(self, index: Index, llm: "str | BaseChatModel | LanguageModel") -> None:
        """Raises SettingError for a spec that names no provider and model."""
        self._index = index
        self.model = llm if isinstance(llm, LanguageModel) else LanguageModel(llm)

    @cached_property
    def _checker(self) -> Checker:
        return Checker(self._index.embedding, self._index.retriever.fitted)

    def worded(self, quoted: Answer, after: str = "") -> Iterator[Answer]:
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
            problem = _explained(failure, self.model, quoted.language)
            final = replace(quoted, problem=problem, struck=tuple(draft.struck))
        seconds = round(time.perf_counter() - started, 4)
        total = round(quoted.timings.get("total", 0.0) + seconds, 4)
        yield replace(final, timings=quoted.timings | {"write": seconds, "total": total})

    def reworded(self, question: str, history: Sequence[tuple[str, str]]) -> str | None:
        """A follow-up that stands by itself; None where the model gave none that can be used.

        Names and numbers may only come from the conversation.
        """
        if not history or len(content_terms(question)) > SHORT:
            return None
        language = language_of(question) or language_of(history[-1][0]) or SPOKEN
        try:
            pieces = self.model.stream(rewrite_prompt(question, language, history), REWRITING)
            worded = " ".join("".join(pieces).split()).strip("\"“”' ")
        except Failure:
            return None
        conversation = "\n".join([question, *(part for turn in history for part in turn)])
        same_language = language_of(worded) in (None, language)
        usable = same_language and _is_question(worded) and _invents_nothing(worded, conversation)
        return worded if usable else None

    def translated(
        self, quote: str, spoken: Language | None, language: Language, number: int = 1
    ) -> Translation:
        """A quote, that of citation `number`, in `language`, marked as the model's.

        What the check has against it stands in `doubt`; a model that can't be used gives no text
        and the reason.
        """
        translation, doubt = "", None
        try:
            pieces = self.model.stream(translate_prompt(quote, language))
            translation = _printable(" ".join("".join(pieces).split()))
            if not translation:
                raise Failure("empty")
            objection = self._checker.objection(translation, [Premise(quote, spoken)])
            doubt = _worded(objection, language) if objection else None
        except Failure as failure:
            translation, doubt = "", _explained(failure, self.model, language)
        return Translation(
            number, language, translation, self.model.name, self.model.runs_on, doubt
        )

    def _growing(self, draft: _Draft, after: str) -> Iterator[Answer]:
        language = draft.quoted.language or SPOKEN
        asked = draft.quoted.resolved_question or draft.quoted.question
        declined = [text("text.write.not_stated", each) for each in LANGUAGES]
        prompt = answer_prompt(self.model, asked, language, draft.quoted.citations)
        for statement in split_statements(self.model.stream(prompt)):
            if statement.text.rstrip(".").upper() in declined:
                raise Failure("declined")
            self._judge(draft, statement)
            if draft.stated:
                yield draft.answer(self.model, after, writing=True)

    def _judge(self, draft: _Draft, statement: Statement) -> None:
        """Puts a statement where it belongs: among what is stated, or struck out."""
        sentence, quoted = statement.text, draft.quoted
        numbers = statement.numbers or self._supporting(quoted, sentence)
        if reason := self._reason(quoted, sentence, numbers):
            draft.struck.append(Struck(sentence, reason))
        elif sentence not in {stated.text for stated in draft.stated}:
            draft.stated.append(Statement(sentence, numbers))

    def _reason(self, quoted: Answer, sentence: str, numbers: Sequence[int]) -> str | None:
        """Why a statement can't stand, in the language of the question; None if it can."""
        known = {c.number: c for c in quoted.citations}
        for number in numbers:
            if number not in known:
                return text("text.write.no_number", quoted.language, what=f"[{number}]")
        if quoted.language and language_of(sentence) not in (None, quoted.language):
            return text("text.write.other_language", quoted.language)
        cited = [known[n] for n in numbers] or list(quoted.citations)
        objection = self._checker.objection(sentence, premises(cited))
        if objection is None and not numbers:  # all together, none by itself
            objection = Objection("support")
        return _worded(objection, quoted.language) if objection else None

    def _supporting(self, quoted: Answer, sentence: str) -> tuple[int, ...]:
        """The first piece of evidence that by itself supports a sentence which names none."""
        for citation in quoted.citations:
            if self._checker.objection(sentence, premises([citation])) is None:
                return (citation.number,)
        return ()


def premises(citations: Sequence[Citation]) -> list[Premise]:
    """Citations as what statements are checked against."""
    return [Premise(evidence_text(c), c.language) for c in citations]


def _marks(numbers: Sequence[int]) -> str:
    return " ".join(f"[{number}]" for number in numbers)


def _refuse_too_little(draft: _Draft) -> None:
    """Raises Failure if the evidence supports less than half of what was written."""
    written = len(draft.stated) + len(draft.struck)
    if not draft.stated or len(draft.stated) < REMAINS * written:
        raise Failure("unsupported" if written else "empty")


def _worded(objection: Objection, language: Language | None) -> str:
    return text(f"text.write.objections.{objection.kind}", language, what=objection.what)


def _explained(failure: Failure, model: LanguageModel, language: Language | None) -> str:
    """Why there is no written answer, in one line and with what can be done."""
    where = text("text.write.here", language) if model.runs_on == LOCAL else model.runs_on
    reason = text(
        f"text.write.failures.{failure.problem}",
        language,
        model=model.name,
        where=where or model.name,
        detail=failure.detail or failure.problem,
        seconds=model.options.timeout,
    )
    return text("text.write.no_answer", language, reason=reason)


def _is_question(text: str) -> bool:
    return text.endswith("?") and text.count("?") == 1 and 0 < len(text) <= MAX_QUESTION // 4


def _invents_nothing(question: str, conversation: str) -> bool:
    """Whether every name and number of `question` occurs in the conversation."""
    spoken, held = language_of(question), held_numbers(conversation)
    known: list[bool] = [bool(values & held) for _, values in stated_numbers(question)]
    known += [holds_name(n, conversation, spoken, spoken) for n in proper_names(question)]
    return all(known)


def _printable(text: str) -> str:
    return "".join(c for c in text if c.isprintable())
