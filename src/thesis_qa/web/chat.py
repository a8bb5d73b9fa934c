"""A conversation: questions in, answers and their sources out, one step for every growth."""

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any

from thesis_qa.api.service import WaitingLine
from thesis_qa.errors import ThesisQAError
from thesis_qa.types import Answer
from thesis_qa.web.context import AppContext
from thesis_qa.web.look import fragment, notice
from thesis_qa.web.markup import answer_markup, source_group
from thesis_qa.web.texts import Texts, error_line

log = logging.getLogger(__name__)

Message = dict[str, Any]  # role, content and options, as Gradio's chat wants them


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and what came of it."""

    key: str  # tells the turns of all conversations apart; part of the ids in the page
    question: str  # empty where a link could not be opened
    answer: Answer | None = None
    problem: str = ""
    among: tuple[str, ...] = ()  # the documents it was asked of, if it was narrowed
    origin: str = ""  # where the answer comes from, if it was not just asked
    verdict: str = ""  # what the visitor said of it
    following: tuple[str, ...] = ()  # questions that could be asked next
    talk: str = ""  # the conversation it belongs to
    scope: tuple[tuple[str, str], ...] = ()  # theses it was restricted to: name and title
    gone: str = ""  # the thesis that it was answered from, if that was removed
    several: bool = False  # there were more theses than one to be asked


Turns = tuple[Turn, ...]


def growing_turns(
    app: AppContext,
    turns: Sequence[Turn],
    question: str,
    documents: Sequence[str] | None,
    texts: Texts,
    talk: str = "",
) -> Iterator[Turns]:
    """The conversation `talk` with one more turn, again and again while its answer grows."""
    earlier = tuple(turns)
    titles = {name: title for title, name in app.titles()}
    turn = Turn(
        secrets.token_hex(8),
        question,
        among=() if set(titles) <= set(documents or ()) else tuple(documents or ()),
        talk=talk or new_talk(earlier),
        several=len(titles) > 1,
    )
    yield (*earlier, turn)
    try:
        for answer in app.assistant.stream(
            question, history(earlier), documents or None, language=texts.language
        ):
            turn = replace(turn, answer=answer, scope=_scope(answer, titles))
            yield (*earlier, turn)
        yield (*earlier, _followed(app, turn))
    except ThesisQAError as error:
        yield (*earlier, replace(turn, problem=error_line(error, texts.language)))
    except Exception:  # the visitor gets a sentence, whoever runs the server the whole story
        log.exception("A question could not be answered")
        yield (*earlier, replace(turn, problem=texts.broken))


def new_talk(turns: Sequence[Turn]) -> str:
    """What tells this conversation from all others; made up for a new one."""
    return turns[0].talk if turns else secrets.token_hex(8)


def _scope(answer: Answer, titles: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The theses that an answer was restricted to; none where it was asked of all."""
    restricted = answer.kind in ("answer", "decline") and 0 < len(answer.documents) < len(titles)
    return tuple((n, titles.get(n, n)) for n in answer.documents) if restricted else ()


def _followed(app: AppContext, turn: Turn) -> Turn:
    """With questions that could be asked next; a refusal has its own."""
    answer = turn.answer
    if answer is None or not answer.answered:
        return turn
    return replace(turn, following=app.assistant.next_questions(answer))


def stopped_turns(turns: Turns, texts: Texts) -> Turns:
    """The conversation after its last answer was stopped: what is there stays."""
    if turns and not turns[-1].answer and not turns[-1].problem:
        return (*turns[:-1], replace(turns[-1], problem=texts.answers.stopped))
    return turns


def turn_of(turns: Sequence[Turn], key: object) -> Turn | None:
    """The turn of this key; keys come from the browser."""
    return next((turn for turn in turns if turn.key == key), None)


def turns_before(turns: Turns, key: str) -> Turns:
    """The conversation before the turn of this key; all of it where there is none."""
    at = next((i for i, turn in enumerate(turns) if turn.key == key), len(turns))
    return turns[:at]


def history(turns: Sequence[Turn]) -> list[tuple[str, str]]:
    """Questions and answers so far, as the assistant wants them."""
    return [(turn.question, _answer_text(turn.answer)) for turn in turns if turn.answer]


def _answer_text(answer: Answer) -> str:
    """An answer's text with its quotes, which a written answer doesn't hold."""
    if answer.model == "quotes":
        return answer.text
    return "\n\n".join([answer.text, *(citation.quote for citation in answer.citations)])


def messages(turns: Sequence[Turn], texts: Texts, asking: bool = False) -> list[Message]:
    """The conversation for the chat; questions are text there, never markup.

    While `asking`, the last answer is growing and nothing can be done with it yet.
    """
    shown: list[Message] = []
    for turn in turns:
        last = turn is turns[-1]
        growing = asking and last
        content = _reply(turn, texts, growing)
        if turn.question:
            asked = fragment(
                "asked.html", texts, question=turn.question, key=turn.key, edit=not asking
            )
            shown.append({"role": "user", "content": asked})
            content += "" if growing else _actions(turn, texts, last, off=asking)
        options = _next(turn) if last and not growing else {}
        shown.append({"role": "assistant", "content": content, **options})
    return shown


def _reply(turn: Turn, texts: Texts, growing: bool) -> str:
    if turn.problem:
        return notice(turn.problem, texts, box="answer declined")
    if turn.answer:
        return answer_markup(turn.answer, turn.key, texts, turn.origin, turn.scope, turn.several)
    waiting = texts.answers.working if growing else texts.answers.stopped
    return notice(waiting, texts, box="waiting")


def _actions(turn: Turn, texts: Texts, last: bool, off: bool) -> str:
    """What can be done with an answer: take it along, ask again, say how it was.

    It is `off` while another question is worked on.
    """
    answered = turn.answer is not None and turn.answer.answered
    taking = [*(("copy", "link") if answered else ()), *(("retry",) if last else ())]
    rating = ["helpful", "wrong-answer", *(["wrong-page"] if answered else [])]
    return fragment(
        "acts.html", texts, turn=turn, taking=taking, rating=rating if turn.answer else [], off=off
    )


def _next(turn: Turn) -> Message:
    """Questions that could be asked next, as something to click."""
    suggestion = turn.answer.suggestion if turn.answer else None
    offered = (suggestion,) if suggestion else turn.following
    return {"options": [{"value": question} for question in offered]} if offered else {}


def sources_markup(turns: Sequence[Turn], texts: Texts) -> str:
    """The source cards of the conversation, those of the last answer first."""
    groups = (source_group(t.answer, t.key, texts) for t in reversed(turns) if t.answer)
    return "".join(groups) or notice(texts.no_sources, texts, style="nothing")


# Questions wait in line

SAID = {"style": "in-line", "role": "status"}  # how it is shown above the question box

Steps = Iterator[tuple[Any, ...]]


def lined_up(
    line: WaitingLine, handler: Callable[..., Steps], outputs: int, texts: Texts
) -> Callable[..., AsyncIterator[tuple[Any, ...]]]:
    """`handler`, whose first step costs nothing, as one that waits in `line` before the second.

    It has one value more than the handler's `outputs`: what is said about the line.
    """

    @wraps(handler)
    async def waiting(*given: Any) -> AsyncIterator[tuple[Any, ...]]:
        import gradio as gr

        if (ticket := line.enter()) is None:
            full = notice(texts.library.line_full, texts, **SAID)
            yield (*(gr.skip() for _ in range(outputs)), full)
            return
        try:
            steps = handler(*given)
            step = await asyncio.to_thread(next, steps, None)
            async for place in line.wait(ticket):
                if step:
                    yield (*step, notice(texts.library.in_line.format(place=place), texts, **SAID))
            while step:
                yield (*step, "")
                step = await asyncio.to_thread(next, steps, None)
        finally:  # also when the visitor stops or leaves
            line.leave(ticket)

    return waiting
