"""Follow-up questions take their subject from the conversation."""

from collections.abc import Callable

import pytest

from thesis_qa.library import Index
from thesis_qa.question.conversation import Resolved
from thesis_qa.question.follow_up import read_conversation, resolve

Asked = Callable[[str, list[tuple[str, str]]], Resolved]
ENGLISH = [("What obstacles occurred in 2018?", "…")]
INDONESIAN = [("Apa upaya yang dilakukan Jakarta pada tahun 2018?", "…")]


@pytest.fixture(scope="module")
def asked(eight: Index) -> Asked:
    """What a question asks after a conversation."""

    def asked(question: str, history: list[tuple[str, str]]) -> Resolved:
        names = eight.questions.thesis_names()
        before = read_conversation(history, names, eight.questions.intent)
        return resolve(question, before, names, eight.questions.intent)

    return asked


@pytest.mark.parametrize(
    ("question", "history", "resolved"),
    [
        ("Why?", ENGLISH, "Why obstacles occurred in 2018?"),
        ("and in 2019?", ENGLISH, "What obstacles occurred in 2019?"),
        ("What about Hanoi?", ENGLISH, "What obstacles occurred in 2018, Hanoi?"),
        ("tell me more", ENGLISH, "What obstacles occurred in 2018?"),
        ("How was it solved?", ENGLISH, "How was it solved (obstacles 2018)?"),
        ("Mengapa?", INDONESIAN, "Mengapa upaya yang dilakukan Jakarta pada tahun 2018?"),
        ("dan pada tahun 2019?", INDONESIAN, "Apa upaya yang dilakukan Jakarta pada tahun 2019?"),
        ("bagaimana dengan Hanoi?", INDONESIAN, "Apa upaya yang dilakukan Hanoi pada tahun 2018?"),
        ("jelaskan lebih lanjut", INDONESIAN, INDONESIAN[0][0]),
    ],
)
def test_what_is_left_out_comes_from_the_question_before(
    asked: Asked, question: str, history: list[tuple[str, str]], resolved: str
) -> None:
    found = asked(question, history)
    assert found.follows
    assert found.question == resolved


@pytest.mark.parametrize(
    "question",
    [
        "What is the title?",
        "Who is the supervisor of this thesis?",
        "Siapa pembimbingnya?",
        "Apa metode penelitiannya?",
        "Apa itu paradiplomasi?",
        "What does the theory of planned behaviour say about attitudes?",
    ],
)
def test_a_question_that_stands_on_its_own_stays_as_it_is(asked: Asked, question: str) -> None:
    assert asked(question, INDONESIAN).question == question
    assert not asked(question, ENGLISH).follows


def test_a_chain_of_follow_ups_goes_back_to_the_first_question(asked: Asked) -> None:
    history = [("Apa hambatan pada tahun 2018?", "…"), ("dan 2019?", "…")]
    assert asked("Mengapa?", history).question == "Mengapa hambatan pada tahun 2019?"


def test_without_a_conversation_it_is_asked_back(asked: Asked) -> None:
    found = asked("Why?", [])
    assert found.question == "Why?"
    assert found.unclear == "nothing_before"
