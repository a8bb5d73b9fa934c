"""Follow-up questions take their subject from the conversation."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from thesis_qa.answer.found import Found, Library
from thesis_qa.answer.likeliest import meant
from thesis_qa.library import Index
from thesis_qa.question.conversation import Resolved
from thesis_qa.question.follow_up import read_conversation, resolve
from thesis_qa.question.meanings import with_meanings
from thesis_qa.question.read import Meaning, Question

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


@pytest.fixture(scope="module")
def meant_by(eight: Index) -> Callable[[str, list[tuple[str, str]]], list[str]]:
    """The questions that a follow-up may stand for."""

    def meant_by(question: str, history: list[tuple[str, str]]) -> list[str]:
        names, intent = eight.questions.thesis_names(), eight.questions.intent
        before = read_conversation(history, names, intent)
        resolved = resolve(question, before, names, intent)
        told = with_meanings(question, resolved, before, intent(question))
        return [meaning.question for meaning in told.meanings]

    return meant_by


def test_what_is_not_clear_may_mean_several_things(
    meant_by: Callable[[str, list[tuple[str, str]]], list[str]],
) -> None:
    history = [("How many phones does Maltese have?", "…")]
    assert meant_by("and diphones?", history) == [
        "and diphones (phones maltese)?",
        "and diphones?",
        "How many phones does Maltese have, diphones?",
    ]


@pytest.mark.parametrize("question", ["Who is the supervisor of this thesis?", "and in 2019?"])
def test_what_is_clear_means_one_thing(
    meant_by: Callable[[str, list[tuple[str, str]]], list[str]], question: str
) -> None:
    assert meant_by(question, ENGLISH) == []


def test_it_is_the_thing_that_was_explained(
    meant_by: Callable[[str, list[tuple[str, str]]], list[str]],
) -> None:
    history = [("What is the sea cucumber thesis about?", "…"), ("What is the Shannon index?", "…")]
    assert meant_by("What are its limitations?", history) == [
        "What are its limitations (shannon index)?"
    ]
    assert meant_by("What are its limitations?", ENGLISH) == []


def test_a_thesis_is_compared_with_the_one_spoken_of(asked: Asked) -> None:
    history = [("What is the sea cucumber thesis about?", "…")]
    found = asked("Compare its method with Dwi's thesis", history)
    assert set(found.documents) == {"thesis-sea-cucumbers.md", "thesis-peer-reading.md"}


def answered(chances: dict[str, float]) -> Callable[[Question, Library], Found]:
    """What is found for questions: an answer this sure, or none."""

    def find(question: Question, _: Library) -> Found:
        chance = chances[question.text]
        return Found(chance, kind="answer" if chance >= 0.3 else "decline")

    return find


@pytest.mark.parametrize(
    ("chances", "taken"),
    [
        ({"added?": 0.9, "alone?": 0.1}, "added?"),
        ({"added?": 0.31, "alone?": 0.99}, "alone?"),
        ({"added?": 0.1, "alone?": 0.4}, "added?"),  # a bare guess is no better than none
        ({"added?": 0.1, "alone?": 0.9}, "alone?"),
    ],
)
def test_of_several_things_that_is_meant_which_is_answered(
    eight: Index, chances: dict[str, float], taken: str
) -> None:
    library = Library(eight)
    ways = (Meaning("added", "added?"), Meaning("alone", "alone?"))
    question = replace(eight.question("added?"), meanings=ways, resolved_from="alone?", alone=0.8)
    assert meant(question, library, answered(chances))[0].text == taken
