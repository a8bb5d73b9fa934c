"""Which theses a question means by its own words: a table of cases."""

from dataclasses import replace

import pytest

from thesis_qa.library import Index
from thesis_qa.question.conversation import Conversation
from thesis_qa.question.meant import theses_meant
from thesis_qa.question.theses import ThesisNames

HYPERTENSION, RICE, LARAVEL, ACCOUNTS = (
    f"skripsi-{name}.md" for name in ("hipertensi", "padi-gogo", "peminjaman-laravel", "sak-emkm")
)
BASECAMP, READING, SEA = (
    f"thesis-{name}.md" for name in ("basecamp", "peer-reading", "sea-cucumbers")
)

LISTED = Conversation(
    "Which theses are in English?", "…", listed=(BASECAMP, READING, SEA), of_library=True
)
COMPARED = Conversation(
    "bandingkan metode skripsi laras dan skripsi yusuf", "…",
    documents=(HYPERTENSION, RICE), listed=(HYPERTENSION, RICE), spoken_of=(HYPERTENSION, RICE),
)  # fmt: skip
ONE = Conversation(
    "Apa metode skripsi laras?", "…", documents=(HYPERTENSION,), spoken_of=(HYPERTENSION,)
)
IN_TURN = Conversation(
    "and the rice one?", "…", documents=(RICE,), spoken_of=(SEA, HYPERTENSION, RICE)
)


@pytest.fixture(scope="module")
def names(eight: Index) -> ThesisNames:
    return eight.questions.thesis_names()


@pytest.mark.parametrize(
    ("before", "question", "documents", "asked"),
    [
        # named in words, also by another word for a thesis
        (None, "apa metode skripsi laras?", [HYPERTENSION], "apa metode skripsi ini?"),
        (None, "What did the sea cucumber study find?", [SEA], "What did this thesis find?"),
        (ONE, "sekarang skripsi yusuf. dosisnya berapa?", [RICE],
         "sekarang skripsi ini. dosisnya berapa?"),
        # one of those listed or compared
        (LISTED, "who wrote the second one?", [READING], "who wrote this thesis?"),
        (LISTED, "the last one - who supervised it?", [SEA], "this thesis - who supervised it?"),
        (COMPARED, "yang kedua sarannya apa?", [RICE], "skripsi ini sarannya apa?"),
        (COMPARED, "kalo yang pertama, sampelnya berapa?", [HYPERTENSION],
         "kalo skripsi ini sampelnya berapa?"),
        (COMPARED, "Who supervised the first?", [HYPERTENSION], "Who supervised this thesis?"),
        (COMPARED, "how many people are in the former?", [HYPERTENSION],
         "how many people are in this thesis?"),
        (COMPARED, "and in the latter, how many plots?", [RICE],
         "and in this thesis how many plots?"),
        # both, or all of a list
        (COMPARED, "siapa pembimbing keduanya?", [HYPERTENSION, RICE],
         "siapa pembimbing skripsi ini?"),
        (IN_TURN, "Do both of them mention costs?", [HYPERTENSION, RICE],
         "Do this thesis mention costs?"),
        (LISTED, "Who wrote those?", [BASECAMP, READING, SEA], "Who wrote those?"),
        (LISTED, "siapa saja penulisnya?", [BASECAMP, READING, SEA], "siapa saja penulisnya?"),
        # compared by what they are about
        (None, "compare motorcycle taxis and sea cucumbers", [BASECAMP, SEA],
         "What is this thesis about?"),
        (ONE, "Compare it with the basecamp thesis: which data did they use?",
         [HYPERTENSION, BASECAMP], "which data did they use?"),
    ],
)  # fmt: skip
def test_a_question_tells_which_theses_it_means(
    names: ThesisNames,
    before: Conversation | None,
    question: str,
    documents: list[str],
    asked: str,
) -> None:
    found = theses_meant(question, before, names)
    assert found is not None
    assert list(found.documents) == documents
    assert found.question == asked


@pytest.mark.parametrize(
    ("before", "question"),
    [
        (None, "Apa saran untuk penelitian selanjutnya?"),
        (None, "who wrote the second one?"),
        (ONE, "siapa pembimbingnya?"),
        (ONE, "yang kedua sarannya apa?"),
        (LISTED, "siapa penulisnya?"),
        (replace(LISTED, documents=(SEA,)), "siapa saja pembimbingnya?"),
        (LISTED, "which was tested first?"),
        (ONE, "bandingkan keluarga dan obat"),  # two things in one thesis
        (COMPARED, "apa saran yang kedua?"),
    ],
)
def test_a_question_that_says_nothing_of_it_means_none_by_itself(
    names: ThesisNames, before: Conversation | None, question: str
) -> None:
    assert theses_meant(question, before, names) is None


def test_more_than_were_listed_is_asked_back(names: ThesisNames) -> None:
    found = theses_meant("who wrote the fifth one?", LISTED, names)
    assert found is not None
    assert (found.unclear, found.items) == ("which_item", 3)
