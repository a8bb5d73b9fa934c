"""Where understanding a question parts two things by a number, what lies inside and outside."""

from collections.abc import Callable, Collection, Mapping, Sequence
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from statement import heading, taken
from thesis_qa.errors import QuestionError
from thesis_qa.question import follow_up, read, route, theses
from thesis_qa.question.conversation import Conversation, is_phrase, subject
from thesis_qa.question.fields import _ordinal, asked_fields
from thesis_qa.question.meant import may_point
from thesis_qa.question.read import checked_question, read_question
from thesis_qa.question.route import Intent, features, is_talk, library_chance
from thesis_qa.question.theses import ThesisNames, alike
from thesis_qa.question.topics import topic_named

BEFORE = Conversation("Apa hambatan panen?", "…")


def reads(intent: Intent) -> Any:
    return lambda question: intent


# What was said before


@pytest.mark.parametrize(
    ("question", "points"), [("yang kopi robusta", True), ("yang kopi robusta raya", False)]
)
def test_yang_points_at_a_thesis_in_three_words(question: str, points: bool) -> None:
    assert may_point(question, BEFORE) == points


def test_four_words_tell_what_a_question_was_about() -> None:
    before = "Bagaimana petani kopi robusta sumatra menjual panen raya?"
    assert len(subject("Mengapa?", before)) == 4
    assert is_phrase("petani kopi robusta sumatra")
    assert not is_phrase("petani kopi robusta sumatra selatan")


def test_three_supervisors_are_counted() -> None:
    assert (_ordinal("3"), _ordinal("4")) == (3, None)


@pytest.mark.parametrize(
    ("question", "about"),
    [("jadi itu tentang apa ya?", True), ("jadi itu adalah tentang apa ya?", False)],
)
def test_five_words_ask_what_a_thesis_is_about(question: str, about: bool) -> None:
    assert asked_fields(question, "any").about == about


def test_thirty_turns_are_read_again() -> None:
    seen: set[str] = set()

    def remembers(question: str) -> Intent:
        seen.add(question)
        return taken(off_topic=1.0)

    history = [(f"pertanyaan {n}", "…") for n in range(60)]
    follow_up.read_conversation(history, cast(ThesisNames, None), remembers)
    assert len(seen) == 30


@pytest.mark.parametrize(("chance", "off"), [(0.52, True), (0.48, False)])
def test_what_is_likelier_off_topic_than_not_is(chance: float, off: bool) -> None:
    assert follow_up._is_off_topic("Apa?", reads(taken(off_topic=chance))) == off


@pytest.mark.parametrize(
    ("alone", "chance", "library"),
    [(0.52, 0.52, True), (0.52, 0.48, False), (0.48, 0.87, True), (0.48, 0.83, False)],
)
def test_what_leans_on_a_question_is_about_the_library_only_surely(
    alone: float, chance: float, library: bool
) -> None:
    intent = taken(alone, library=chance)
    assert follow_up._is_of_library("Skripsi apa?", reads(intent)) == library


@pytest.mark.parametrize(
    ("question", "chance", "of_thesis"),
    [
        ("Gimana keadaan petani?", 0.52, True),
        ("Gimana keadaan petani?", 0.48, False),
        ("Gimana keadaan petani itu?", 0.72, True),
        ("Gimana keadaan petani itu?", 0.68, False),
    ],
)
def test_a_pronoun_points_at_the_thesis_where_that_is_likely(
    question: str, chance: float, of_thesis: bool
) -> None:
    assert follow_up._is_of_thesis(question, reads(taken(standing=chance))) == of_thesis


@pytest.mark.parametrize(("alone", "unclear"), [(0.11, None), (0.09, "nothing_before")])
def test_it_is_asked_back_where_a_question_hardly_stands_alone(
    alone: float, unclear: str | None
) -> None:
    found = follow_up._resolved("Keadaan petani?", None, reads(taken(alone, content=1.0)))
    assert found.unclear == unclear


@pytest.mark.parametrize(
    ("remark", "left"), [("oke deh ya sip", True), ("oke deh ya sip lah", False)]
)
def test_a_remark_has_four_words(remark: str, left: bool) -> None:
    question = f"{remark}, ada skripsi akuntansi?"
    found = follow_up.without_remark(question, reads(taken(talk=1.0)))
    assert (found != question) == left


def test_three_quotes_tell_which_thesis_an_answer_was_about() -> None:
    told: list[Sequence[str]] = []

    def quoting(quotes: Sequence[str]) -> tuple[str, ...]:
        told.append(quotes)
        return ()

    names: Any = SimpleNamespace(
        named=lambda *given, **more: None,
        unknown=lambda *given: None,
        listed_in=lambda answer: (),
        titled=lambda question: (),
        documents=(),
    )
    answer = "\n\n".join(f"“Kutipan nomor {n} dari skripsi itu.” [{n}]" for n in range(1, 9))
    follow_up.read_conversation(
        [("Apa hambatan panen padi?", answer)], names, reads(taken(content=1.0)), quoting
    )
    assert [len(quotes) for quotes in told] == [3]


# A question by itself


def test_a_question_has_two_thousand_characters() -> None:
    assert len(checked_question("a" * 2000)) == 2000
    with pytest.raises(QuestionError):
        checked_question("a" * 2001)


def test_words_of_two_letters_tell_nothing() -> None:
    assert len(read_question("Apa bq?").telling) == 0
    assert len(read_question("Apa bqz?").telling) == 1


@pytest.mark.parametrize(("chance", "learned"), [(0.52, 1), (0.48, 0)])
def test_a_topic_is_taken_where_it_is_likelier_than_not(chance: float, learned: int) -> None:
    assert len(read._learned_topics(taken(topic="method", standing=chance))) == learned


@pytest.mark.parametrize(("share", "about"), [(0.38, True), (0.42, False)])
def test_a_thesis_is_summed_up_where_no_topic_is_likely(share: float, about: bool) -> None:
    topics: Any = {
        ("standing", "method"): share,
        ("standing", "obstacles"): (1 - share) / 2,
        ("standing", "findings"): (1 - share) / 2 - 0.001,
        ("metadata", "author"): 0.0,
    }
    intent = Intent({"standing": 1.0, "metadata": 0.0}, topics, 1.0)
    assert read._learned_fields(read_question("Apa?"), intent).about == about


def test_texts_spell_out_numbers_up_to_twelve() -> None:
    assert [code for code, _ in read_question("Apa 12 dan 13 itu?").codes] == ["13"]


# What it is after


def test_four_thousand_groups_of_letters_are_told_apart() -> None:
    vector = np.ones(8, np.float32)
    assert len(features("Apa hambatan?", vector, np.zeros(8, np.float32))) == 8 + 4096


@pytest.mark.parametrize(("chance", "talk"), [(0.62, True), (0.58, False)])
def test_a_message_is_small_talk_where_that_is_likely(chance: float, talk: bool) -> None:
    assert is_talk(taken(talk=chance), "wah senang sekali bisa ngobrol begini") == talk


@pytest.mark.parametrize(("chance", "again"), [(0.52, "pages"), (0.48, None)])
def test_the_answer_before_is_meant_where_that_is_likelier_than_not(
    monkeypatch: pytest.MonkeyPatch, chance: float, again: str | None
) -> None:
    def chances(layer: str, given: object) -> list[tuple[str, float]]:
        return [("content/any", 1.0)] if layer == "topic" else [("pages", chance), ("no", 0.1)]

    monkeypatch.setattr(route, "_chances", chances)
    zero = np.zeros(8, np.float32)
    weights = {"mean": zero, "alone": np.zeros(8 + 4096), "alone_bias": 0.0}
    monkeypatch.setattr(route, "_weights", lambda: weights)
    assert route.intent("halaman berapa?", zero).again == again


@pytest.mark.parametrize(
    ("question", "chance", "taken_for"),
    [
        ("Apa hambatan panen?", 0.76, 0.76),
        ("Apa hambatan panen?", 0.74, 0.37),  # no word for a thesis
        ("ada yang 2017?", 0.6, 0.6),
        ("panen apa yang 2017?", 0.6, 0.3),
    ],
)
def test_how_probably_the_library_is_asked_about(
    question: str, chance: float, taken_for: float
) -> None:
    assert library_chance(taken(library=chance), question) == taken_for


# Theses that are named


def test_a_name_of_five_letters_may_be_misspelt_in_one_of_five() -> None:
    assert alike("laras", "laris")
    assert not alike("larasati", "lerisati")
    assert not alike("lara", "laraa")


def names_of(count: int, held: Callable[[Collection[str]], Mapping[str, int]]) -> ThesisNames:
    """So many theses, of which nothing but their names is known."""
    names = ThesisNames([], held)
    names._known = [cast(Any, None)] * count
    names._passages = {str(n): 1 for n in range(count)}
    return names


@pytest.mark.parametrize(("held", "common"), [(6, True), (5, False)])
def test_a_word_of_most_theses_names_none(held: int, common: bool) -> None:
    names = names_of(10, lambda stems: {str(n): 1 for n in range(held)})
    assert names._is_common("padi", "id") == common


@pytest.mark.parametrize(("count", "tells"), [(3, True), (2, False)])
def test_what_most_theses_hold_is_told_by_three(count: int, tells: bool) -> None:
    names = names_of(count, lambda stems: {str(n): 1 for n in range(count)})
    assert names._is_common("padi", "id") == tells


@pytest.mark.parametrize(("chance", "meant"), [(0.32, True), (0.28, False)])
def test_a_translation_may_be_meant_that_is_likely(
    monkeypatch: pytest.MonkeyPatch, chance: float, meant: bool
) -> None:
    looked: list[Any] = []
    monkeypatch.setattr(theses, "readings", lambda *given: {"rice": chance})
    names = names_of(9, lambda stems: looked.append(stems) or {})
    names._is_common("padi", "id")
    assert ("rice" in looked[0]) == meant


def test_words_of_five_hundred_theses_are_kept() -> None:
    asked: list[object] = []
    names = ThesisNames([], lambda stems: asked.append(stems) or {})
    held = cast(Any, names._held)
    for n in (*range(500), 0, 500, 1):
        held(frozenset({n}))
    assert len(asked) == 502


def test_six_words_behind_skripsi_may_name_it() -> None:
    tokens = theses._tokens("skripsi kopi robusta sumatra selatan timur laut barat daya")
    assert max(map(len, theses._beside_thesis_word(tokens, 0))) == 6


def test_conclusions_and_suggestions_count_half_for_who_asks_for_suggestions() -> None:
    both = heading("Kesimpulan dan Saran", role="conclusion")
    assert topic_named("suggestions").share(both) == 0.5
