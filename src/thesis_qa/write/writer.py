"""What an assistant does with a language model: it reads, answers, words follow-ups, translates.

A model sees numbered sentences and makes statements, each with the numbers it rests on. Each is
checked before it is shown; what fails is sent back once, and kept apart with the reason. If nothing
stands, or anything goes wrong, the quotes do.
"""

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from thesis_qa.answer.found import CANDIDATES, MAX_CITATIONS
from thesis_qa.lang.data import SPOKEN, text
from thesis_qa.lang.detect import language_of
from thesis_qa.library import Index
from thesis_qa.question.read import MAX_QUESTION, content_terms
from thesis_qa.types import Answer, Language, Passage, Struck, Translation
from thesis_qa.write.agent import (
    AGENT,
    MOST_CALLS,
    agent_steps,
    agent_tools,
    step_words,
    way_of,
)
from thesis_qa.write.checker import Checker, Objection, Premise
from thesis_qa.write.desk import Desk
from thesis_qa.write.facts import held_numbers, holds_name, proper_names, stated_numbers
from thesis_qa.write.lookup import Lookup
from thesis_qa.write.models import LOCAL, LanguageModel, Message, Meter
from thesis_qa.write.orders import Orders
from thesis_qa.write.prompt import (
    LEAST_ROOM,
    Statement,
    answer_prompt,
    mend_prompt,
    rewrite_prompt,
    room,
    split_statements,
    translate_prompt,
)
from thesis_qa.write.provider import Failure

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessage

REWRITING = 20  # seconds that the wording of a follow-up may take; then the rules have to do
SHORT = 8  # content words up to which a question may lean on the one before
KEPT = 200  # answers that are remembered
LEAST_WORDS = 3  # of a statement: "412" alone says nothing that could be checked
# An agent that can't read all of it, or looks further without end, reads what there is instead.
RESCUED = ("overflow", "endless")
UNCITED = 12  # sentences, best first, among which one is looked for that supports a statement


@dataclass(slots=True)
class _Draft:
    """A written answer as it grows."""

    quoted: Answer
    desk: Desk
    after: str
    started: float = field(default_factory=time.perf_counter)
    meter: Meter = field(default_factory=Meter)
    steps: list[str] = field(default_factory=list)
    stated: list[Statement] = field(default_factory=list)
    chances: list[float] = field(default_factory=list)  # that the evidence says it, of each stated
    struck: list[Struck] = field(default_factory=list)

    @property
    def language(self) -> Language:
        return self.quoted.language or SPOKEN

    @property
    def asked(self) -> str:
        return self.quoted.resolved_question or self.quoted.question

    @property
    def cited(self) -> tuple[int, ...]:
        """Numbers of what is cited, in order."""
        return tuple(dict.fromkeys(n for statement in self.stated for n in statement.numbers))

    def answer(self, model: LanguageModel) -> Answer:
        """With what was stated so far and the sentences it rests on, or still the quotes."""
        about = {"read": self.meter.read, "written": self.meter.written}
        shown = replace(self.quoted, struck=tuple(self.struck), steps=tuple(self.steps))
        shown = replace(shown, tokens=about if any(about.values()) else {})
        if not self.stated:
            return shown
        citations = self.desk.citations(self.cited)
        marks = {number: f"[{c.number}]" for number, c in zip(self.cited, citations, strict=True)}
        written = " ".join(
            " ".join([s.text, *(marks[number] for number in s.numbers)]) for s in self.stated
        )
        return replace(
            shown,
            answered=True,
            kind="answer",
            confidence=round(sum(self.chances) / len(self.chances), 4),
            text=f"{written}\n\n{self.after}" if self.after else written,
            citations=citations,
            nearest=citations,
            missing=(),
            suggestion=None,
            model=model.name,
            runs_on=model.runs_on,
            stated=len(self.stated),
        )


class Writing:
    """A language model at work on an index."""

    def __init__(self, index: Index, llm: "str | BaseChatModel | LanguageModel") -> None:
        """Raises SettingError for a spec that names no provider and model."""
        self._index = index
        self.model = llm if isinstance(llm, LanguageModel) else LanguageModel(llm)
        self._kept: dict[object, Answer] = {}

    @cached_property
    def _checker(self) -> Checker:
        return Checker(self._index.embedding, self._index.retriever.fitted)

    @cached_property
    def _orders(self) -> Orders:
        return Orders(self._index.catalog)

    def answered(
        self,
        quoted: Answer,
        passages: Sequence[Passage],
        among: Sequence[str] = (),
        after: str = "",
    ) -> Iterator[Answer]:
        """Growing answers, the first `quoted` itself, the last one whole: written or quoted.

        `passages` are the best for the question, `among` the documents that may be looked into, all
        if there are none; `after` is text of ours that follows what the model writes.
        """
        desk = Desk(self._index.catalog, self._orders, room(self.model.options))
        draft = _Draft(quoted, desk, after)
        yield replace(quoted, writing=True)
        try:
            for answer in self._growing(draft, passages, tuple(among)):
                yield replace(answer, writing=True)
                final = answer
        except Failure as failure:
            final = self._quoted_again(draft, failure)
        seconds = round(time.perf_counter() - draft.started, 4)
        total = round(quoted.timings.get("total", 0.0) + seconds, 4)
        yield replace(final, timings=quoted.timings | {"write": seconds, "total": total})

    def _quoted_again(self, draft: _Draft, failure: Failure) -> Answer:
        """The quotes, and why they stand; where there are none, the model may say the same."""
        draft.stated.clear()
        quoted = draft.answer(self.model)
        if failure.problem == "declined" and not quoted.answered:
            return quoted
        return replace(
            quoted, problem=_explained(failure, self.model, quoted.language, quoted.answered)
        )

    def _growing(
        self, draft: _Draft, passages: Sequence[Passage], among: tuple[str, ...]
    ) -> Iterator[Answer]:
        """Raises Failure where nothing stands in the end."""
        way, space = way_of(self.model), draft.desk.left
        calls = MOST_CALLS if way == AGENT else 0
        first = draft.desk.lines(passages[:CANDIDATES], space // 2 if calls else space)
        prompt = answer_prompt(draft.asked, draft.language, first, calls)
        key = (self.model.name, way, among, self._index.catalog.generation, *prompt)
        if known := self._kept.get(key):
            q = draft.quoted
            kept = replace(known, question=q.question, resolved_question=q.resolved_question)
            yield replace(kept, passages=q.passages, timings=q.timings, tokens={})
            return
        try:
            if calls:
                yield from self._looking(draft, prompt, among)
        except Failure as failure:
            if failure.problem not in RESCUED:
                raise
            calls, space = 0, space // 2
            passages = passages if failure.problem == "overflow" else draft.desk.passages
        if not calls:
            yield from self._reading(draft, passages, space)
        if draft.struck:
            yield from self._mending(draft, space)
        if not draft.stated:
            raise Failure("unsupported")
        final = draft.answer(self.model)
        for old in list(self._kept)[: 1 - KEPT]:
            self._kept.pop(old, None)
        self._kept[key] = final
        yield final

    def _reading(self, draft: _Draft, passages: Sequence[Passage], space: int) -> Iterator[Answer]:
        """The way of a model that reads what was found; less of it, where that is too much."""
        shown = draft.desk.lines(passages[:CANDIDATES], space)
        prompt = answer_prompt(draft.asked, draft.language, shown)
        try:
            yield from self._judging(draft, self.model.stream(prompt, draft.meter))
        except Failure as failure:
            if failure.problem != "overflow" or space < LEAST_ROOM:
                raise
            yield from self._reading(draft, passages, space // 2)

    def _looking(
        self, draft: _Draft, prompt: list[Message], among: tuple[str, ...]
    ) -> Iterator[Answer]:
        """The way of a model that looks further: its steps, then what it states."""
        tools = agent_tools(Lookup(self._index, among), draft.desk, draft.language)
        said = ""

        def steps(chat: "BaseChatModel") -> "Iterator[AIMessage | None]":
            return agent_steps(chat, prompt, tools, draft.meter)

        for message in self.model.run(steps):
            if message is None:
                continue
            for call in message.tool_calls:
                draft.steps.append(step_words(call["name"], call["args"], draft.quoted.language))
                yield draft.answer(self.model)
            said = str(message.text)
        yield from self._judging(draft, iter([said]))

    def _mending(self, draft: _Draft, space: int) -> Iterator[Answer]:
        """One more round for statements that failed, with what is wrong with them."""
        shown = draft.desk.lines(draft.desk.passages, space)
        said = [{"text": struck.text} for struck in draft.struck]
        prompt = [
            *answer_prompt(draft.asked, draft.language, shown),
            ("assistant", json.dumps({"statements": said}, ensure_ascii=False)),
            mend_prompt(draft.struck, draft.language),
        ]
        left = self.model.options.timeout - (time.perf_counter() - draft.started)
        try:
            if left > 0:
                yield from self._judging(draft, self.model.stream(prompt, draft.meter, left))
        except Failure:
            return  # what stood still stands

    def _judging(self, draft: _Draft, pieces: Iterator[str]) -> Iterator[Answer]:
        for statement in split_statements(pieces):
            self._judge(draft, statement)
            if draft.stated:
                yield draft.answer(self.model)

    def _judge(self, draft: _Draft, statement: Statement) -> None:
        """Puts a statement where it belongs: among what is stated, or struck out."""
        known = {s.text for s in draft.stated} | {s.text for s in draft.struck}
        numbers = statement.numbers or self._supporting(draft, statement.text)
        full = len({*draft.cited, *numbers}) > MAX_CITATIONS
        if statement.text in known or full:
            return
        reason, chance = self._reason(draft, statement.text, numbers)
        if reason:
            draft.struck.append(Struck(statement.text, reason))
        else:
            draft.stated.append(Statement(statement.text, numbers))
            draft.chances.append(chance)

    def _reason(
        self, draft: _Draft, sentence: str, numbers: Sequence[int]
    ) -> tuple[str | None, float]:
        """Why a statement can't stand, in the language of the question, or None if it can; and the
        probability that the evidence says it."""
        language = draft.quoted.language
        unknown = next((n for n in numbers if n not in draft.desk), None)
        if unknown is not None:
            return text("text.write.no_number", language, what=f"[{unknown}]"), 0.0
        if language and _spoken(sentence) not in (None, language):
            return text("text.write.other_language", language), 0.0
        if not numbers or len(sentence.split()) < LEAST_WORDS:
            return _worded(Objection("support"), language), 0.0
        objection, chance = self._checker.check(sentence, draft.desk.premises(numbers))
        return _worded(objection, language) if objection else None, chance

    def _supporting(self, draft: _Draft, sentence: str) -> tuple[int, ...]:
        """The first sentence that by itself supports a statement which names none."""
        shown = (number for number in range(1, UNCITED + 1) if number in draft.desk)
        for number in shown:
            if self._checker.objection(sentence, draft.desk.premises([number])) is None:
                return (number,)
        return ()

    # Besides answers

    def reworded(self, question: str, history: Sequence[tuple[str, str]]) -> str | None:
        """A follow-up that stands by itself; None where the model gave none that can be used.

        Names and numbers may only come from the conversation.
        """
        if not history or len(content_terms(question)) > SHORT:
            return None
        language = language_of(question) or language_of(history[-1][0]) or SPOKEN
        try:
            worded = self._said(rewrite_prompt(question, language, history), REWRITING)
        except Failure:
            return None
        worded = worded.strip("\"“”' ")
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
            translation = self._said(translate_prompt(quote, language))
            if not translation:
                raise Failure("empty")
            objection = self._checker.objection(translation, [Premise(quote, spoken)])
            doubt = _worded(objection, language) if objection else None
        except Failure as failure:
            translation, doubt = "", _explained(failure, self.model, language)
        return Translation(
            number, language, translation, self.model.name, self.model.runs_on, doubt
        )

    def _said(self, prompt: list[Message], seconds: float | None = None) -> str:
        """What a model says that isn't an answer, on one line. Raises Failure."""
        pieces = self.model.stream(prompt, seconds=seconds, shaped=False)
        return "".join(c for c in " ".join("".join(pieces).split()) if c.isprintable())


def _worded(objection: Objection, language: Language | None) -> str:
    return text(f"text.write.objections.{objection.kind}", language, what=objection.what)


def _explained(
    failure: Failure, model: LanguageModel, language: Language | None, quoted: bool = True
) -> str:
    """Why there is no text of the model's, in one line and with what can be done."""
    key = "text.write.no_answer" if quoted else "text.write.no_reading"
    return text(key, language, reason=_failure_words(failure, model, language))


def _failure_words(failure: Failure, model: LanguageModel, language: Language | None) -> str:
    where = text("text.write.here", language) if model.runs_on == LOCAL else model.runs_on
    return text(
        f"text.write.failures.{failure.problem}",
        language,
        model=model.name,
        where=where or model.name,
        detail=failure.detail or failure.problem,
        seconds=model.options.timeout,
    )


def _spoken(sentence: str) -> Language | None:
    """The language of a sentence, whatever names it holds."""
    names = set(proper_names(sentence))
    return language_of(" ".join(word for word in sentence.split() if word.strip(",.") not in names))


def _is_question(text: str) -> bool:
    return text.endswith("?") and text.count("?") == 1 and 0 < len(text) <= MAX_QUESTION // 4


def _invents_nothing(question: str, conversation: str) -> bool:
    """Whether every name and number of `question` occurs in the conversation."""
    spoken, held = language_of(question), held_numbers(conversation)
    known: list[bool] = [bool(values & held) for _, values in stated_numbers(question)]
    known += [holds_name(n, conversation, spoken, spoken) for n in proper_names(question)]
    return all(known)
