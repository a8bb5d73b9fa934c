"""Follow-up questions take their subject from the conversation."""

import pytest

from thesis_qa.question.follow_up import resolve

ENGLISH = [("What obstacles occurred in 2018?", "…")]
INDONESIAN = [("Apa upaya yang dilakukan Jakarta pada tahun 2018?", "…")]


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
    question: str, history: list[tuple[str, str]], resolved: str
) -> None:
    found = resolve(question, history)
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
def test_a_question_that_stands_on_its_own_stays_as_it_is(question: str) -> None:
    assert resolve(question, INDONESIAN).question == question
    assert not resolve(question, ENGLISH).follows


def test_a_chain_of_follow_ups_goes_back_to_the_first_question() -> None:
    history = [("Apa hambatan pada tahun 2018?", "…"), ("dan 2019?", "…")]
    assert resolve("Mengapa?", history).question == "Mengapa hambatan pada tahun 2019?"


def test_without_a_conversation_nothing_is_added() -> None:
    assert resolve("Why?", []).question == "Why?"
