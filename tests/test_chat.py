"""A conversation, apart from the components that show it."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from conftest import METHOD
from thesis_qa.assistant import Assistant
from thesis_qa.index.feedback import all_feedback
from thesis_qa.lang.data import text
from thesis_qa.types import Language
from thesis_qa.web import chat
from thesis_qa.web.actions import rate
from thesis_qa.web.context import AppContext
from thesis_qa.web.evaluation_tab import RunState, run_markup
from thesis_qa.web.texts import TEXTS

EN = TEXTS["en"]


def steps(turns: chat.Turns, asking: bool = False) -> Iterator[str]:
    return (message["content"] for message in chat.messages(turns, EN, asking))


def test_the_question_is_there_before_the_answer(app: AppContext) -> None:
    first = next(chat.growing_turns(app, (), METHOD, None, EN))
    question, waiting = steps(first, asking=True)
    assert METHOD in question
    assert EN.answers.working in waiting


def test_an_answer_that_is_stopped_keeps_what_is_there(app: AppContext, talk: chat.Turns) -> None:
    asking = chat.growing_turns(app, talk, "Apa itu paradiplomasi?", None, EN)
    before_any_word = next(asking)
    asking.close()
    stopped = chat.stopped_turns(before_any_word, EN)
    assert EN.answers.stopped in list(steps(stopped))[-1]
    assert chat.stopped_turns(talk, EN) == talk


def test_nothing_can_be_done_with_an_answer_that_still_grows(talk: chat.Turns) -> None:
    assert 'name="copy"' in "".join(steps(talk))
    assert 'name="copy"' not in "".join(steps(talk, asking=True))


@pytest.mark.parametrize("language", ["id", "en"])
def test_a_question_in_no_language_is_answered_in_that_of_the_page(
    app: AppContext, language: Language
) -> None:
    *_, turns = chat.growing_turns(app, (), "RPC 2031?", None, TEXTS[language])
    answer = turns[-1].answer
    assert answer
    assert answer.language == language
    assert answer.text.startswith(text("answer.declined", language))


def test_a_refusal_is_said_once_and_leads_to_what_is_near(app: AppContext) -> None:
    *_, turns = chat.growing_turns(app, (), "What is the capital of France?", None, EN)
    answer = list(steps(turns))[-1]
    assert EN.declined in answer
    assert "The documents do not say." not in answer
    assert 'name="copy"' not in answer
    assert 'name="helpful"' in answer


def test_a_question_with_markup_in_it_is_text() -> None:
    turn = chat.Turn("k", "<img src=x onerror=alert(1)>\n# Judul", problem="<b>x</b>")
    shown = "".join(steps((turn,)))
    assert "<img" not in shown
    assert "<b>" not in shown
    assert "\n" not in shown  # nothing that Markdown could take for a heading


def test_a_problem_is_a_sentence_and_the_conversation_goes_on(
    app: AppContext, talk: chat.Turns
) -> None:
    *_, turns = chat.growing_turns(app, talk, "?!", None, EN)
    assert len(turns) == len(talk) + 1
    assert "empty" in turns[-1].problem


def test_the_conversation_is_cut_before_a_question_that_is_changed(talk: chat.Turns) -> None:
    longer = (*talk, replace(talk[0], key="other"))
    assert chat.turns_before(longer, "other") == talk
    assert chat.turns_before(longer, talk[0].key) == ()
    assert chat.turns_before(longer, "unknown") == longer


def test_what_is_said_of_an_answer_is_kept_and_shown(app: AppContext, talk: chat.Turns) -> None:
    said = {"key": talk[0].key, "act": "wrong-page", "note": "hlm. 3"}
    rated = rate(app, talk, said)
    assert "rate chosen" in "".join(steps(rated))
    assert all_feedback(app.assistant.index.folder)[-1].note == "hlm. 3"


@pytest.mark.parametrize(
    "said", [None, 7, [], {}, {"key": []}, {"act": "helpful"}, {"key": "x", "act": "drop"}]
)
def test_what_a_browser_makes_up_is_ignored(
    app: AppContext, talk: chat.Turns, said: object
) -> None:
    before = all_feedback(app.assistant.index.folder)
    assert rate(app, talk, said) == talk
    assert all_feedback(app.assistant.index.folder) == before


def test_what_goes_wrong_inside_is_not_shown_to_visitors(
    app: AppContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> object:
        raise RuntimeError("/secret/path")

    monkeypatch.setattr(Assistant, "stream", broken)
    *_, turns = chat.growing_turns(app, (), METHOD, None, EN)
    assert turns[-1].problem == EN.broken


def test_a_run_of_a_question_set_tells_how_far_it_is(app: AppContext) -> None:
    markup = run_markup(app, RunState("asking", 1, 4), EN)
    assert "Question 1 of 4" in markup
    assert 'value="0.250"' in markup
    assert "&lt;b&gt;" in run_markup(app, RunState(problem="<b>"), EN)
