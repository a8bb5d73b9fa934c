"""Where answering parts two things by a number, what lies just inside and just outside of it."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from statement import AIM, evidence, heading, passage, sentence, statements, taken
from thesis_qa.answer import (
    again,
    asked_places,
    card,
    collection,
    compose,
    confidence,
    lists,
    metadata,
    named_sections,
    passages,
    select,
    suggest,
    talk,
    under_headings,
)
from thesis_qa.answer.evidence import find_evidence, is_quotable, logit, reweigh
from thesis_qa.answer.found import Evidence, Found, Library, Shown, by_thesis
from thesis_qa.answer.lists import PlacedSentence
from thesis_qa.index.catalog import Catalog
from thesis_qa.library import Index
from thesis_qa.model.span_reader import Reading, read_own, write_own
from thesis_qa.question import route
from thesis_qa.question.read import Question, read_question
from thesis_qa.retrieve.retriever import Retriever
from thesis_qa.types import Answer, Citation, Metadata

CATALOG, QUESTION = cast(Catalog, None), read_question("Apa hambatan panen padi?")


class ReachedError(Exception):
    """A place in the code was come to."""


def reached(*given: object, **more: object) -> Any:
    raise ReachedError


def library(**has: Any) -> Library:
    return cast(Library, SimpleNamespace(**has))


def placed(count: int, text: str = AIM, **more: Any) -> list[PlacedSentence]:
    told = statements(count, text, **more)
    whole = passage(told)
    return [PlacedSentence(whole, each) for each in told]


# What was answered before


def test_a_quote_is_found_again_by_eight_words_in_twenty_passages() -> None:
    given: list[Any] = []
    catalog = SimpleNamespace(
        read=lambda query, values: given.extend(values) or [], passages=lambda rows: {}
    )
    quote = "satu dua tiga empat lima enam tujuh delapan sembilan sepuluh sebelas"
    assert list(again._standing(cast(Any, catalog), quote)) == []
    phrase, most = given
    assert len(phrase.removeprefix("text : ").split()) == 8
    assert most == 20


def test_two_sentences_behind_a_statement_may_explain_it() -> None:
    whole = passage(statements(6))
    catalog = SimpleNamespace(around=lambda *given: [whole])
    assert len(again._with_following(library(catalog=catalog), whole, 0)) == 3


# Places


@pytest.mark.parametrize(("chance", "only"), [(0.62, True), (0.58, False)])
def test_who_surely_asks_for_a_place_gets_it(chance: float, only: bool) -> None:
    question = replace(read_question("Apa hambatan panen di bab 4?"), intent=taken(section=chance))
    assert asked_places._only_place(question) == only


def test_a_section_without_parts_begins_with_three_statements() -> None:
    whole = passage(statements(6), headings=(heading("Hambatan"),))
    assert len(asked_places._sections(QUESTION, [whole])) == 3


# The library


def test_fifty_theses_stand_beside_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"{n}.pdf" for n in range(60)]
    index = SimpleNamespace(catalog=SimpleNamespace(names=lambda: names), check_documents=list)
    table = next(card.comparing(cast(Any, index), cast(Any, None)))
    assert len(table.documents) == 50


@pytest.mark.parametrize(
    ("asked", "documents", "chance", "taken_for"),
    [
        ("Skripsi tentang padi?", (), 0.52, True),
        ("Skripsi tentang padi?", (), 0.48, False),
        ("Skripsi apa tentang padi?", (), 0.22, True),  # "which thesis"
        ("Skripsi apa tentang padi?", (), 0.18, False),
    ],
)
def test_what_is_taken_for_a_question_about_the_library(
    asked: str, documents: tuple[str, ...], chance: float, taken_for: bool
) -> None:
    question = replace(read_question(asked), documents=documents, intent=taken(library=chance))
    if taken_for:
        with pytest.raises(ReachedError):
            collection.by_collection(question, library(names=reached))
    else:
        assert collection.by_collection(question, library(names=reached)) is None


def documents(count: int) -> list[Any]:
    return [
        SimpleNamespace(name=f"{n}.pdf", passages=100, metadata=Metadata()) for n in range(count)
    ]


def test_three_theses_are_offered_where_none_fits() -> None:
    among = documents(6)
    near = [passage(document=d.name) for d in among]
    found = collection._nearest(QUESTION, library(passages=lambda question: near), among)
    assert len(found) == 3


def test_fifty_theses_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collection, "_title", lambda *given: iter(()))
    found = collection._found(QUESTION, library(), documents(60), "", {})
    assert found.text.count("\n- ") == 50


@pytest.mark.parametrize(("held", "about"), [(2, True), (1, False)])
def test_a_thesis_is_about_what_a_fiftieth_of_it_holds(held: int, about: bool) -> None:
    catalog = SimpleNamespace(holding=lambda terms: {"0.pdf": held})
    [document] = documents(1)
    best = Shown(evidence())
    assert collection._often(QUESTION, library(catalog=catalog), document, best) == about


@pytest.mark.parametrize(("held", "about"), [(0.55, True), (0.45, False)])
def test_sixty_passages_are_looked_through_for_what_holds_every_word(
    monkeypatch: pytest.MonkeyPatch, held: float, about: bool
) -> None:
    asked: list[int] = []

    def passages(question: Question, most: int) -> list[Any]:
        asked.append(most)
        return []

    monkeypatch.setattr(collection, "find_evidence", lambda *given: [evidence()])
    monkeypatch.setattr(collection, "terms_held", lambda *given: {"padi": held})
    wanted = cast(Any, SimpleNamespace(words=(("padi", "padi"),)))
    among = [*documents(1)]
    among[0].name = "a.pdf"
    found, _ = collection._about(QUESTION, library(passages=passages), among, wanted)
    assert bool(found) == about
    assert asked == [60]


# Words of an answer


def test_two_silent_theses_are_named() -> None:
    assert "Padi" in compose.silence("id", ["Padi", "Jagung"])
    assert "Padi" not in compose.silence("id", ["Padi", "Jagung", "Kopi"])


def test_a_nearest_quote_has_two_hundred_and_forty_characters() -> None:
    assert compose._shortened("a" * 240) == "a" * 240
    assert compose._shortened(f"{'a' * 100} {'b' * 140}") == f"{'a' * 100} …"


# Confidence


def weighed(score: float, n: int) -> Evidence:
    signals = {"sentence": score, "passage": score}
    return replace(evidence(name=str(n)), signals=signals, score=score)


def test_the_best_is_compared_with_ten_others() -> None:
    scores = [1.0, *[0.0] * 10, *[-100.0] * 10]
    found = confidence._against_others([weighed(score, n) for n, score in enumerate(scores)])
    assert found["sentence_gap"] == pytest.approx(1)
    assert found["passage_gap"] == pytest.approx(1)


def test_what_no_passage_of_five_hundred_holds_is_wholly_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(confidence, "terms_held", lambda *given: {"padi": 0.0})
    names = ("words", "foreign_words", "passage_words", "foreign_passage_words", "lacks",
             "heading_words", "sentence", "passage")  # fmt: skip
    best = replace(evidence(), signals=dict.fromkeys(names, 0.0))
    monkeypatch.setattr(confidence, "_as_read", lambda evidence: {})
    question = replace(QUESTION, weights={"padi": 7.0})
    assert confidence.signals(question, [best])["missing"] == 1


@pytest.mark.parametrize(("text", "quotable"), [("Padi gogo tumbuh", True), ("Padi gogo", False)])
def test_a_sentence_has_three_words(text: str, quotable: bool) -> None:
    assert is_quotable(sentence(text)) == quotable


@pytest.mark.parametrize(("chance", "count"), [(0.91, 2), (0.89, 8)])
def test_eight_passages_are_read_or_two_where_one_seems_to_answer(
    chance: float, count: int
) -> None:
    seen: list[str] = []

    class Reader:
        def read(self, asked: str, texts: Sequence[str]) -> list[Reading]:
            import numpy as np

            seen.extend(texts)
            at = np.array([(0, 4)]), np.ones(1, np.float32)
            return [Reading(0, 4, 0.1, chance, *at) for _ in texts]

    found = [replace(weighed(0.0, n), signals={}) for n in range(12)]
    with suppress(KeyError):  # the signals that weigh it are another test's
        reweigh(cast(Any, Reader()), QUESTION, found)
    assert len(seen) == count


# What is kept and how many are shown


def test_twelve_passages_are_weighed() -> None:
    asked: list[int] = []
    index: Any = SimpleNamespace(
        catalog=None, passages=lambda question, most: asked.append(most) or []
    )
    Library(index, 5).passages(QUESTION)
    assert asked == [12]


def test_eight_theses_are_kept() -> None:
    read: list[str] = []
    catalog = SimpleNamespace(generation=1, passages_of=lambda name: read.append(name) or [])
    whole = Library(cast(Any, SimpleNamespace(catalog=catalog)))
    for name in "abcdefgh":
        whole.thesis(name)
    whole.thesis("a")
    assert "".join(read) == "abcdefgh"
    whole.thesis("i")
    whole.thesis("a")
    assert "".join(read) == "abcdefghia"


def test_eight_quotes_are_shown_and_are_right_four_times_in_five() -> None:
    found = by_thesis({"a.pdf": [Shown(evidence())] * 20}, library())
    assert len(found.shown) == 8
    assert found.probability == 0.8


def test_what_no_heading_states_is_stated_one_time_in_ten() -> None:
    assert by_thesis({"a.pdf": []}, library(title=str)).probability == 0.1


def test_a_list_has_eight_items() -> None:
    assert len(lists._as_evidence(evidence(), placed(20))) == 8


@pytest.mark.parametrize(("length", "goes_on"), [(679, True), (680, False)])
def test_an_item_has_seven_hundred_characters(length: int, goes_on: bool) -> None:
    item, more = sentence("1. " + "a" * 17, kind="list"), sentence("b" * length, kind="list")
    assert lists._goes_on(item, more) == goes_on


@pytest.mark.parametrize(("gap", "spans"), [(2, 1), (3, 2)])
def test_two_characters_of_white_lie_between_sentences(gap: int, spans: int) -> None:
    assert len(lists._joined(sentence("abc", 0), sentence("def", 3 + gap)).spans) == spans


@pytest.mark.parametrize(("text", "most"), [("Hambatan sebagai berikut:", 30), ("Ada dua.", 4)])
def test_how_far_the_parts_of_a_list_are_looked_for(text: str, most: int) -> None:
    looked: list[int] = []
    catalog = SimpleNamespace(around=lambda name, before, after: looked.append(after) or [])
    lists.announced(cast(Any, catalog), QUESTION, evidence(text))
    assert looked == [most]


@pytest.mark.parametrize(("same", "found"), [(30, True), (29, False)])
def test_a_caption_is_known_by_thirty_characters(same: int, found: bool) -> None:
    caption = evidence("Tabel 4.1 " + "a" * 40)
    context = ("Tabel 4.1 " + "a" * 40)[:same] + "…"
    row = sentence("Sukamaju | 12", kind="table", context=context)
    catalog = SimpleNamespace(around=lambda *given: [passage([row], kind="table")])
    assert bool(lists.table_rows(cast(Any, catalog), QUESTION, caption)) == found


def test_three_sentences_say_what_a_thesis_aims_at(monkeypatch: pytest.MonkeyPatch) -> None:
    aims = [Shown(evidence())] * 6
    monkeypatch.setattr(metadata, "of_topic", lambda *given: iter([(None, aims)]))
    whole = library(catalog=None, thesis=lambda name: [])
    assert len(metadata._subject(whole, "a.pdf", Metadata())) == 3


@pytest.mark.parametrize(("chance", "told"), [(0.32, True), (0.28, False)])
def test_a_heading_is_named_by_a_likely_translation(
    monkeypatch: pytest.MonkeyPatch, chance: float, told: bool
) -> None:
    monkeypatch.setattr(named_sections, "readings", lambda *given: {"obstacle": chance})
    found = named_sections._told("hambat", QUESTION, frozenset({"obstacle"}))
    assert bool(found) == told


# Selecting


def alike(same: int, other: int, number: str = "") -> tuple[Evidence, Evidence]:
    """Two statements with so many words in common and so many of its own each."""
    words = [f"kata{chr(97 + n)}{chr(97 + n)}" for n in range(26)]
    own = words[same : same + other]
    more = words[same + other : same + 2 * other]
    return (
        evidence(" ".join([*words[:same], *own, number and "12"]), name="p"),
        evidence(" ".join([*words[:same], *more, number and "13"]), 900, name="q"),
    )


def test_two_statements_are_the_same_that_have_four_of_five_words_in_common() -> None:
    assert select.same_statement(*alike(9, 1))
    assert not select.same_statement(*alike(7, 1))


def test_two_statements_contradict_that_differ_in_numbers_and_a_few_words() -> None:
    assert select.contradicts(*alike(13, 3, "n"))
    assert not select.contradicts(*alike(11, 4, "n"))


@pytest.mark.parametrize(("share", "quotes"), [(0.22, 1), (0.18, 0)])
def test_what_is_a_fifth_as_probable_stands_in_the_quote(share: float, quotes: int) -> None:
    import math

    first, second = statements(2)
    second = replace(second, spans=(replace(first.spans[0], start=first.spans[0].end + 1),))
    second = replace(second, spans=(replace(second.spans[0], end=second.spans[0].start + 40),))
    whole = passage([first, second])
    found = [Evidence(whole, first, 0.0), Evidence(whole, second, math.log(share))]
    [shown] = select.as_they_flow([Shown(found[0])], found)
    assert (second.text in shown.evidence.sentence.text) == bool(quotes)


@pytest.mark.parametrize(("several", "count"), [(False, 3), (True, 5)])
def test_three_statements_are_shown_and_five_where_several_are_asked_for(
    several: bool, count: int
) -> None:
    words = "padi jagung kopi teh kina karet tebu sagu".split()
    told = [evidence(f"{word} " * 3 + f"{word}an", 100 * n) for n, word in enumerate(words)]
    question = replace(QUESTION, several=several)
    assert len(select._merged(question, told, told)) == count


# What could be asked next


def test_a_heading_of_sixty_characters_is_worth_a_button() -> None:
    assert suggest.about_section(heading("a" * 60), "id")
    assert not suggest.about_section(heading("a" * 61), "id")
    assert suggest._asked_about([heading("a" * 60)])
    assert not suggest._asked_about([heading("a" * 61)])


def test_a_heading_of_four_words_names_a_thing() -> None:
    four, five = (suggest._question(heading("Padi " * n), "en", True) for n in (4, 5))
    assert str(four).startswith("What is Padi")
    assert str(five).startswith("What is said about")


@pytest.mark.parametrize(("length", "asked"), [(300, True), (299, False)])
def test_a_section_of_three_hundred_characters_is_worth_a_question(
    monkeypatch: pytest.MonkeyPatch, length: int, asked: bool
) -> None:
    paths = {(heading("Letak Desa"),): length}
    monkeypatch.setattr(suggest, "read_sections", lambda *given: paths)
    assert bool(suggest.sections_near(CATALOG, "a.pdf", "")) == asked


@pytest.mark.parametrize(
    ("answers", "step", "tried", "offered"),
    [(True, 0.0, 3, 3), (False, 0.0, 8, 0), (False, 0.22, 3, 0)],
)
def test_eight_questions_are_tried_for_less_than_a_second_to_offer_three(
    monkeypatch: pytest.MonkeyPatch, answers: bool, step: float, tried: int, offered: int
) -> None:
    def ticking() -> Iterator[float]:
        now = 0.0
        while True:
            yield now
            now += step

    asked: list[str] = []
    clock = ticking()
    monkeypatch.setattr(suggest.time, "monotonic", lambda: next(clock))
    monkeypatch.setattr(suggest, "near_topics", lambda *given: [f"{n}?" for n in range(20)])
    monkeypatch.setattr(suggest, "sections_near", lambda *given: [])
    document = SimpleNamespace(languages={"id": 1.0})
    catalog: Any = SimpleNamespace(document=lambda name: document)
    citation = cast(Citation, SimpleNamespace(document="a.pdf", section=""))
    answer = Answer("?", "id", True, 1.0, "", (citation,), (), "quotes", {})
    found = suggest.next_questions(
        catalog, lambda question, among: bool(asked.append(question)) or answers, answer
    )
    assert (len(asked), len(found)) == (tried, offered)


def test_eight_theses_are_named_where_it_is_asked_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(talk, "_by", lambda library, name: name)
    names = tuple(f"skripsi{n}" for n in range(12))
    question = replace(QUESTION, unclear="which_thesis", choices=names)
    found = talk.by_talk(question, library())
    assert found
    assert "skripsi7" in found.text
    assert "skripsi8" not in found.text


def test_four_theses_are_looked_into_for_three_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []

    def of_topic(catalog: object, name: str, *given: object) -> list[Any]:
        looked.append(name)
        return []

    monkeypatch.setattr(talk, "of_topic", of_topic)
    monkeypatch.setattr(talk, "_by", lambda library, name: name)
    catalog = SimpleNamespace(names=lambda: list("abcdefgh"))
    whole = library(catalog=catalog, thesis=lambda name: [])
    assert list(talk.worth_asking(QUESTION, whole)) == []
    assert set(looked) == set("abcd")
    monkeypatch.setattr(talk, "of_topic", lambda *given: [(None, [Shown(evidence())])])
    assert len(list(talk.worth_asking(QUESTION, whole))) == 3


# Under headings


@pytest.mark.parametrize(("chance", "told"), [(0.62, True), (0.58, False)])
def test_a_sentence_goes_before_a_heading_where_it_surely_answers(
    monkeypatch: pytest.MonkeyPatch, chance: float, told: bool
) -> None:
    found = Found(chance, kind="answer")
    monkeypatch.setattr(under_headings, "weigh", lambda *given: found)
    whole = library(passages=lambda question: [], names=lambda question: [], catalog=None)
    question = replace(QUESTION, terms=(), supposed=0.1)
    assert under_headings.is_told(question, whole) == told


def told(items: Sequence[PlacedSentence], several: bool) -> int:
    return len(under_headings.telling(items, (), lambda item: False, several, parts=False))


def test_how_many_sentences_tell_what_stands_under_a_heading() -> None:
    assert told(placed(12), several=False) == 3
    assert told(placed(12), several=True) == 5
    assert told(placed(12, "1. Padi gogo tumbuh", kind="list"), several=False) == 8


@pytest.mark.parametrize(("between", "count"), [(2, 2), (3, 1)])
def test_a_list_goes_on_within_three_sentences(between: int, count: int) -> None:
    text = placed(between)
    [first, last] = placed(2, kind="list")
    assert len(lists.list_at_front([first, *text, last])) == count


@pytest.mark.parametrize(("between", "count"), [(11, 2), (12, 1)])
def test_what_is_numbered_goes_on_within_twelve_sentences(between: int, count: int) -> None:
    text = placed(between)
    [first] = placed(1, "1. Padi gogo tumbuh baik di ladang.", kind="list")
    [last] = placed(1, "2. Padi sawah tumbuh baik di rawa.", kind="list")
    assert len(lists.list_at_front([first, *text, last])) == count


@pytest.mark.parametrize(("at", "count"), [(7, 3), (8, 2)])
def test_what_is_counted_is_looked_for_in_eight_sentences(at: int, count: int) -> None:
    said = placed(12)
    first, second = (
        replace(said[n], sentence=replace(said[n].sentence, text=f"{word}, padi tumbuh baik."))
        for n, word in ((1, "Pertama"), (1 + at, "Kedua"))
    )
    said[1], said[1 + at] = first, second
    assert len(under_headings._spelt_out(said, 0)) == count


def test_a_cross_encoder_reads_thirty_passages(tmp_path: Path) -> None:
    texts = {f"{n}.txt": f"Desa nomor {n} menanam padi pada musim hujan." for n in range(45)}
    index = Index.from_texts(texts, tmp_path / "index")
    read: list[int] = []

    class Counting:
        def scores(self, question: str, passages: Sequence[str]) -> list[float]:
            read.append(len(passages))
            return [0.0] * len(passages)

    retriever = Retriever(index.catalog, index.vectors, index.embedding.name, cast(Any, Counting()))
    retriever.ranked(index.question("Kapan padi ditanam?"), 5)
    index.close()
    assert read == [30]


def test_no_probability_counts_more_than_ten_thousand_to_one() -> None:
    assert logit(0.0) == logit(1e-4) == pytest.approx(-9.21, abs=0.01)
    assert logit(1.0) == pytest.approx(-logit(0.0))


def test_what_was_trained_is_kept_in_steps_of_a_sixty_third(tmp_path: Path) -> None:
    matrix = np.linspace(-1, 1, 1001, dtype=np.float32)[None]
    write_own({"l6.q.w": matrix}, tmp_path / "reader.npz")
    kept = read_own(tmp_path / "reader.npz")[0]["l6.q.w"].dense()
    assert len(np.unique(kept)) == 127


def test_a_span_is_marked_in_its_sentence_where_it_is_likely(sister_city: Index) -> None:
    question, library = sister_city.question("Apa hambatan yang terjadi?"), Library(sister_city)
    evidence = find_evidence(question, library, library.passages(question))

    def marked(probability: float) -> bool:
        class Reader:
            def read(self, asked: str, texts: Sequence[str]) -> list[Reading]:
                at_start = np.array([(0, 4)]), np.ones(1, np.float32)
                return [Reading(0, 4, probability, 0.9, *at_start) for _ in texts]

        read = reweigh(cast(Any, Reader()), question, evidence)
        return any(each.answer == (0, 4) for each in read)

    assert marked(0.35)
    assert not marked(0.25)


def test_a_sentence_that_is_hardly_an_answer_to_a_standing_question_is_none() -> None:
    assert passages._doubted(Found(0.42, kind="answer")).kind == "answer"
    assert passages._doubted(Found(0.38, kind="answer")).kind == "decline"


def test_questions_of_twelve_words_and_more_are_equally_long() -> None:
    assert "long 12" in route._grams("padi " * 14)
    assert "long 11" in route._grams("padi " * 11)
