"""Theses named in words: by author, year, university or topic, and what names none."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thesis_qa.lang.data import text
from thesis_qa.lang.detect import language_of
from thesis_qa.lang.words import abbreviates
from thesis_qa.library import Index
from thesis_qa.question.theses import Named, ThesisNames

HYPERTENSION, RICE, LARAVEL = (
    f"skripsi-{name}.md" for name in ("hipertensi", "padi-gogo", "peminjaman-laravel")
)
ACCOUNTS, BASECAMP, SEA = "skripsi-sak-emkm.md", "thesis-basecamp.md", "thesis-sea-cucumbers.md"


@pytest.fixture(scope="module")
def names(eight: Index) -> ThesisNames:
    return eight.questions.thesis_names()


def named(names: ThesisNames, question: str) -> Named | None:
    return names.named(question, language_of(question))


@pytest.mark.parametrize(
    ("question", "document", "phrase", "rest"),
    [
        ("skripsi laras meneliti apa?", HYPERTENSION, "skripsi laras", "skripsi ini meneliti apa?"),
        ("Siapa pembimbing Yusuf Hamdani?", RICE, "Yusuf Hamdani", "Siapa pembimbing skripsi ini?"),
        ("skripsi larras meneliti apa?", HYPERTENSION, "skripsi larras",
         "skripsi ini meneliti apa?"),
        ("skripsi widyaningtias soal apa?", HYPERTENSION, "skripsi widyaningtias",
         "skripsi ini soal apa?"),
        ("What did Laras's thesis find?", HYPERTENSION, "Laras's thesis",
         "What did this thesis find?"),
        ("skripsi 2019 hasilnya apa?", RICE, "skripsi 2019", "skripsi ini hasilnya apa?"),
        ("yang 2019 metodenya apa?", RICE, "yang 2019", "skripsi ini metodenya apa?"),
        ("yang tahun 2019 metodenya apa?", RICE, "yang tahun 2019", "skripsi ini metodenya apa?"),
        ("skripsi UBW sampelnya berapa?", HYPERTENSION, "skripsi UBW",
         "skripsi ini sampelnya berapa?"),
        ("What does the ULH one find?", RICE, "ULH one", "What does this thesis find?"),
        ("skripsi tentang hipertensi sampelnya berapa?", HYPERTENSION, "skripsi tentang hipertensi",
         "skripsi ini sampelnya berapa?"),
        ("yang soal padi, penulisnya siapa?", RICE, "yang soal padi",
         "skripsi ini, penulisnya siapa?"),
        ("skripsi sak emkm hambatannya apa", ACCOUNTS, "skripsi sak emkm",
         "skripsi ini hambatannya apa"),
        ("what did the basecamp thesis find?", BASECAMP, "basecamp thesis",
         "what did this thesis find?"),
        ("the sea cucumber one: which method?", SEA, "sea cucumber one",
         "this thesis: which method?"),
        ("What effect did the Laravel thesis study?", LARAVEL, "Laravel thesis",
         "What effect did this thesis study?"),
        ("Who wrote the one about motorcycle taxi drivers?", BASECAMP,
         "one about motorcycle taxi drivers", "Who wrote this thesis?"),
    ],
)  # fmt: skip
def test_a_thesis_is_named_as_people_name_one_and_the_rest_is_what_is_asked_of_it(
    names: ThesisNames, question: str, document: str, phrase: str, rest: str
) -> None:
    assert named(names, question) == Named((document,), phrase, ambiguous=False, rest=rest)


@pytest.mark.parametrize(
    ("word", "name", "is_its"),
    [
        ("its", "institut teknologi surabaya", True),
        ("unair", "universitas airlangga", True),
        ("binus", "universitas bina nusantara", True),
        ("upn", "universitas pembangunan nasional veteran", True),
        ("unpar", "universitas katolik parahyangan", True),
        ("mit", "massachusetts institute technology", True),
        ("ugm", "universitas indonesia", False),
        ("universitas", "universitas indonesia", False),
        ("ui", "universitas airlangga", False),
    ],
)
def test_a_university_is_known_by_what_its_name_is_cut_to(
    word: str, name: str, is_its: bool
) -> None:
    assert abbreviates(word, name.split()) is is_its


def test_two_named_are_both_meant(names: ThesisNames) -> None:
    found = named(names, "bandingkan skripsi laras dan skripsi yusuf hamdani")
    assert found is not None
    assert found.documents == (HYPERTENSION, RICE)
    assert not found.ambiguous


@pytest.mark.parametrize(
    "question",
    [
        "Apa tujuan skripsi ini?",
        "What is the aim of this thesis?",
        "hasil penelitian apa saja?",
        "Apa hasil penelitian terdahulu?",
        "Apa saran untuk penelitian selanjutnya?",
        "Berapa responden yang patuh minum obat?",
    ],
)
def test_a_question_of_any_thesis_names_none(names: ThesisNames, question: str) -> None:
    assert named(names, question) is None
    assert names.unknown(question, None) is None


@pytest.mark.parametrize(
    ("question", "unknown"),
    [
        ("skripsi tentang kubernetes metodenya apa?", "kubernetes"),
        ("thesis about volcanoes: what was found?", "volcanoes"),
        ("skripsi Budiman hasilnya apa?", "Budiman"),
        ("the volcano thesis, what is its conclusion?", "volcano"),
    ],
)
def test_what_names_a_thesis_that_is_not_here_is_known_word_for_word(
    names: ThesisNames, question: str, unknown: str
) -> None:
    assert named(names, question) is None
    found = names.unknown(question, None)
    assert (found.phrase if found else "") == unknown


def test_a_word_that_most_theses_use_names_none_of_them(names: ThesisNames) -> None:
    asked = "What results does the thesis study?"
    assert named(names, asked) is None
    assert names.unknown(asked, "en") is None
    together = named(names, "skripsi pengaruh pupuk hasilnya apa?")
    assert together is not None
    assert together.documents == (RICE,)


def test_theses_are_found_again_in_an_answer_in_the_order_of_its_list(eight: Index) -> None:
    titles = {d.name: d.metadata.title for d in eight.documents()}
    answer = f"1. {titles[SEA].upper()} · 2018\n2.  {titles[HYPERTENSION]}"
    assert eight.questions.thesis_names().listed_in(answer) == (SEA, HYPERTENSION)


def test_of_some_documents_only_those_are_named(eight: Index) -> None:
    among = eight.questions.thesis_names([RICE])
    assert named(among, "skripsi laras meneliti apa?") is None
    assert named(among, "skripsi yusuf meneliti apa?") is not None


WORDS = st.sampled_from(
    "skripsi laras's hamdani yang soal padi 2019 UBW thesis the one about basecamp dan , ? apa "
    "penelitian ini tentang hipertensi by mas".split()
)


@settings(max_examples=60)
@given(question=st.one_of(st.text(max_size=60), st.lists(WORDS, min_size=1).map(" ".join)))
def test_whatever_is_typed_is_read_and_only_ever_cut(names: ThesisNames, question: str) -> None:
    for language in ("id", "en", None):
        found = names.named(question, language)  # type: ignore[arg-type]
        if found:
            assert found.documents
            assert found.phrase in question
            longest = " ".join(question.split()) + " " + text("question.this_thesis", language)  # type: ignore[arg-type]
            assert len(found.rest) <= len(longest)
    other = names.unknown(question, None)
    assert other is None or other.phrase in question
