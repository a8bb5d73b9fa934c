"""A conversation: questions in, answers and their sources out, one step for every growth."""

import logging
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Any

from thesis_qa.errors import ThesisQAError
from thesis_qa.page.cards import source_group
from thesis_qa.page.desk import Desk
from thesis_qa.page.markup import answer_markup, flat
from thesis_qa.page.texts import Texts
from thesis_qa.schema import Answer

log = logging.getLogger(__name__)

Message = dict[str, Any]  # role, content and options, as Gradio's chat wants them


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and what came of it."""

    key: str  # tells the turns of all conversations apart; part of the ids in the page
    question: str
    answer: Answer | None = None
    problem: str = ""


def ask(
    desk: Desk, turns: Sequence[Turn], question: str, documents: Sequence[str] | None, texts: Texts
) -> Iterator[tuple[Turn, ...]]:
    """The conversation with one more turn, again and again while its answer grows."""
    turn = Turn(secrets.token_hex(4), question)
    earlier = tuple(turns)
    yield (*earlier, turn)
    try:
        for answer in desk.assistant.stream(question, history(earlier), documents or None):
            turn = replace(turn, answer=answer)
            yield (*earlier, turn)
    except ThesisQAError as error:
        yield (*earlier, replace(turn, problem=str(error)))
    except Exception:  # the visitor gets a sentence, whoever runs the server the whole story
        log.exception("A question could not be answered")
        yield (*earlier, replace(turn, problem=texts.broken))


def history(turns: Sequence[Turn]) -> list[tuple[str, str]]:
    """Questions and answers so far, as the assistant wants them."""
    return [(turn.question, _said(turn.answer)) for turn in turns if turn.answer]


def _said(answer: Answer) -> str:
    """An answer's text with its quotes, which a written answer doesn't hold."""
    if answer.model == "quotes":
        return answer.text
    return "\n\n".join([answer.text, *(citation.quote for citation in answer.citations)])


def messages(turns: Sequence[Turn], texts: Texts) -> list[Message]:
    """The conversation for the chat; questions are text there, never markup."""
    shown: list[Message] = []
    for turn in turns:
        question = "<br>".join(escape(turn.question.strip()).splitlines())
        shown.append({"role": "user", "content": f'<div class="asked">{flat(question)}</div>'})
        if turn.answer:
            markup = answer_markup(turn.answer, turn.key, texts)
            shown.append({"role": "assistant", "content": markup, **_next(turn.answer)})
        elif turn.problem:
            markup = f'<div class="answer declined"><p>{escape(turn.problem)}</p></div>'
            shown.append({"role": "assistant", "content": flat(markup)})
    return shown


def _next(answer: Answer) -> Message:
    """The question that could be asked instead, as something to click."""
    return {"options": [{"value": answer.suggestion}]} if answer.suggestion else {}


def sources(turns: Sequence[Turn], texts: Texts) -> str:
    """The source cards of the conversation, those of the last answer first."""
    return "".join(source_group(t.answer, t.key, texts) for t in reversed(turns) if t.answer)
