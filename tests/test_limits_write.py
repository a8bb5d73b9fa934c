"""Where writing with a model parts two things by a number, what lies just inside and outside."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from statement import passage, statements
from thesis_qa.types import Answer
from thesis_qa.write import agent, checker, lookup, provider, writer
from thesis_qa.write.checker import Checker, EncodedText, Premise, denial_zones, denied, encoded
from thesis_qa.write.desk import Desk
from thesis_qa.write.facts import _alike, held_numbers
from thesis_qa.write.lookup import Lookup
from thesis_qa.write.models import LanguageModel, Meter
from thesis_qa.write.prompt import asked_line, room
from thesis_qa.write.provider import Options
from thesis_qa.write.writer import Writing

ANSWER = Answer("Apa hambatan panen?", "id", True, 1.0, "", (), (), "quotes", {})


# An agent


def test_an_agent_may_call_six_tools(monkeypatch: pytest.MonkeyPatch) -> None:
    from langchain import agents
    from langchain.agents import middleware

    told: dict[str, Any] = {}

    def stream(given: object, config: Any, **more: Any) -> Iterator[Any]:
        told.update(config)
        return iter(())

    monkeypatch.setattr(
        middleware, "ToolCallLimitMiddleware", lambda run_limit: told.update(most=run_limit)
    )
    monkeypatch.setattr(
        agents, "create_agent", lambda *given, **more: SimpleNamespace(stream=stream)
    )
    list(agent.agent_steps(cast(Any, None), [("system", ""), ("user", "?")], [], Meter()))
    assert told == {"most": 6, "recursion_limit": 27}


def desk(room: int) -> Desk:
    def none(sentences: Sequence[Any]) -> list[bool]:
        return [False] * len(sentences)

    return Desk(cast(Any, SimpleNamespace(page=lambda *given: None)), none, room)


def test_a_tool_takes_a_third_of_the_room(monkeypatch: pytest.MonkeyPatch) -> None:
    rooms: list[int] = []
    table = desk(900)
    monkeypatch.setattr(table, "lines", lambda found, room: rooms.append(room) or "")
    agent._shown(cast(Lookup, None), table, "id", [passage(statements(1))])
    assert rooms == [300]


def test_whether_a_model_calls_tools_is_tried_for_half_a_minute(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried: list[float] = []
    monkeypatch.setattr(agent, "_remembered", dict)
    model = SimpleNamespace(
        options=Options(), way=None, name="m", provider=None,
        run=lambda work, seconds: tried.append(seconds) or [False],
    )  # fmt: skip
    agent.way_of(cast(LanguageModel, model))
    assert tried == [30]


# Checking


class Encoder:
    """An embedding that tells what it was given."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def passage_vectors(self, texts: Sequence[str]) -> Any:
        self.seen += texts
        return np.ones((len(texts), 4), np.float32)


RANKING: Any = SimpleNamespace(means={"id": np.zeros(4), "en": np.zeros(4)})


def test_twelve_hundred_characters_of_evidence_are_read() -> None:
    encoder = Encoder()
    encoded(cast(Any, encoder), RANKING, "a" * 2000, "id")
    assert [len(text) for text in encoder.seen] == [1200]


@pytest.mark.parametrize(("count", "read"), [(64, 64), (65, 66)])
def test_sixty_four_pieces_of_evidence_are_remembered(count: int, read: int) -> None:
    encoder = Encoder()
    made = Checker(cast(Any, encoder), RANKING)
    for n in (*range(count), 0):
        made._encoded(Premise(f"padi {n}", "id"))
    assert len(encoder.seen) == read


def said(text: str, vectors: Any, language: Any = "id") -> EncodedText:
    spans = []
    at = 0
    for word in text.split():
        spans.append((text.index(word, at), text.index(word, at) + len(word)))
        at = spans[-1][1]
    words = np.array(vectors, np.float32)
    return EncodedText(text, language, words[0], spans, words)


def test_two_words_tell_whether_something_was_added(monkeypatch: pytest.MonkeyPatch) -> None:
    cosines = np.array([[0.9], [0.1], [0.3], [0.8]], np.float32)
    monkeypatch.setattr(checker, "word_cosines", lambda *given: cosines)
    statement = said("petani menanam padi gogo", np.eye(4))
    signals = checker.support_signals(statement, [said("petani", np.eye(4)[:1])])
    assert signals["weakest"] == pytest.approx(0.2)


def test_a_denial_reaches_three_words_and_may_be_about_two_before() -> None:
    text = "petani padi gogo tidak menjual panen raya musim hujan"
    reached = [text[a:b] for a, b in denied(text)]
    zone = [text[a:b] for a, b in denial_zones(text)]
    assert reached == ["menjual", "panen", "raya"]
    assert zone == ["padi", "gogo", *reached]


@pytest.mark.parametrize(("elsewhere", "asserts"), [(0.84, True), (0.86, False)])
def test_a_word_is_said_in_two_places_that_are_nearly_as_near(
    elsewhere: float, asserts: bool
) -> None:
    evidence = said("panen tidak panen", np.eye(3))
    cosines = np.array([[elsewhere, 0.0, 0.9]], np.float32)
    assert checker._asserts(cosines, np.array([False]), [evidence]) == asserts


@pytest.mark.parametrize(("nearer", "denies"), [(0.16, True), (0.14, False)])
def test_words_of_two_languages_differ_by_a_margin(
    monkeypatch: pytest.MonkeyPatch, nearer: float, denies: bool
) -> None:
    evidence = said("harvest rose not yields", np.eye(4), "en")
    statement = said("bukan panen", np.eye(2))
    cosines = np.array([[0, 0, 0, 0], [0.5 + nearer, 0, 0, 0.5]], np.float32)
    monkeypatch.setattr(checker, "word_cosines", lambda *given: cosines)
    zones = [(17, 23)]
    monkeypatch.setattr(checker, "denial_zones", lambda text: zones)
    assert checker.denies_otherwise(statement, [evidence]) == denies


@pytest.mark.parametrize(("word", "other", "alike"), [("hanoi", "hanoixyzwvu", True),
                                                       ("hano", "hanoxyzwvut", False)])  # fmt: skip
def test_two_spellings_of_a_name_begin_with_five_letters(
    word: str, other: str, alike: bool
) -> None:
    assert _alike(word, other, foreign=True) == alike


# Looking up


class Searched:
    """An index that tells how many passages it was asked for."""

    def __init__(self, names: Sequence[str] = ("a.pdf",), section: str = "") -> None:
        self.asked: list[int] = []
        self.catalog = self
        self.section = section
        self.names = names

    def search(self, query: str, most: int, *given: object) -> list[Any]:
        self.asked.append(most)
        return []

    def passages_of(self, name: str) -> list[Any]:
        return [replace(passage(statements(1)), section=self.section)]


def looking(monkeypatch: pytest.MonkeyPatch, index: Searched) -> Lookup:
    monkeypatch.setattr(Lookup, "_named", lambda self, documents: None)
    monkeypatch.setattr(Lookup, "named", lambda self, document: document)
    return Lookup(cast(Any, index))


def test_ten_passages_are_found_and_a_table_among_twenty_four(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    index = Searched()
    tools = looking(monkeypatch, index)
    tools.search("padi")
    tools.read_table("a.pdf", "padi")
    assert index.asked == [10, 24]


@pytest.mark.parametrize(("likeness", "found"), [(86, 1), (84, 0)])
def test_a_section_is_named_by_words_that_are_very_like_its_heading(
    monkeypatch: pytest.MonkeyPatch, likeness: int, found: int
) -> None:
    monkeypatch.setattr(lookup, "_likeness", lambda wanted, called: likeness)
    tools = looking(monkeypatch, Searched(section="Hambatan"))
    assert len(tools.read_section("a.pdf", "xyz")) == found


# What a model is told


def test_three_characters_are_taken_for_a_token() -> None:
    meter = Meter()
    meter.count(None, 300, 30)
    assert (meter.read, meter.written) == (100, 10)


def test_a_model_is_asked_in_six_hundred_characters() -> None:
    assert len(asked_line("a" * 600)) == len(asked_line("a" * 900)) == 600


def test_an_answer_has_five_hundred_tokens() -> None:
    assert provider._limits("ollama", Options())["num_predict"] == 500
    assert provider._limits("openai", Options())["max_tokens"] == 500


@pytest.mark.parametrize(("space", "halved"), [(600, True), (599, False)])
def test_less_is_read_where_the_context_overflows_and_six_hundred_characters_are_left(
    monkeypatch: pytest.MonkeyPatch, space: int, halved: bool
) -> None:
    from thesis_qa.write.models import Failure

    rooms: list[int] = []

    def lines(passages: object, room: int) -> str:
        rooms.append(room)
        return ""

    def overflows(*given: object) -> Iterator[str]:
        raise Failure("overflow")
        yield

    table = SimpleNamespace(lines=lines)
    draft: Any = SimpleNamespace(desk=table, asked="?", language="id", meter=None)
    made = writing()
    made.model = cast(Any, SimpleNamespace(stream=overflows))
    with pytest.raises(Failure):
        list(made._reading(draft, [], space))
    assert (len(rooms) > 1) == halved


# What it wrote


def writing() -> Writing:
    made = Writing.__new__(Writing)
    made.__dict__["_checker"] = SimpleNamespace(
        check=lambda sentence, premises: (None, 1.0),
        objection=lambda sentence, premises: None,
    )
    return made


def drafted(shown: int = 40) -> Any:
    table = SimpleNamespace(premises=lambda numbers: list(numbers))
    return SimpleNamespace(
        desk=_Among(shown, table), quoted=SimpleNamespace(language=None), cited={}
    )


class _Among:
    def __init__(self, shown: int, table: Any) -> None:
        self.shown, self.premises = shown, table.premises

    def __contains__(self, number: int) -> bool:
        return 0 < number <= self.shown


@pytest.mark.parametrize(("text", "stands"), [("Panen naik banyak", True), ("Panen naik", False)])
def test_a_statement_has_three_words(text: str, stands: bool) -> None:
    reason, _ = writing()._reason(drafted(), text, [1])
    assert (reason is None) == stands


@pytest.mark.parametrize(("at", "found"), [(12, (12,)), (13, ())])
def test_a_statement_without_a_number_is_looked_for_in_twelve_sentences(
    at: int, found: tuple[int, ...]
) -> None:
    made = writing()
    made.__dict__["_checker"] = SimpleNamespace(
        objection=lambda sentence, premises: None if premises == [at] else "support"
    )
    assert made._supporting(drafted(), "Panen naik banyak") == found


@pytest.mark.parametrize(("words", "asked"), [(8, True), (9, False)])
def test_a_question_of_eight_words_may_lean_on_the_one_before(
    monkeypatch: pytest.MonkeyPatch, words: int, asked: bool
) -> None:
    waited: list[float] = []

    def said(self: Writing, prompt: object, seconds: float) -> str:
        waited.append(seconds)
        return ""

    monkeypatch.setattr(Writing, "_said", said)
    question = " ".join(f"kata{chr(97 + n)}{chr(97 + n)}" for n in range(words)) + "?"
    assert writing().reworded(question, [("Apa hambatan panen?", "…")]) is None
    assert waited == ([20] if asked else [])


def test_two_hundred_answers_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    made = writing()
    made.__dict__.update(_kept=dict.fromkeys(range(500), ANSWER), model=SimpleNamespace(name="m"))
    made.__dict__["_index"] = SimpleNamespace(catalog=SimpleNamespace(generation=1))
    monkeypatch.setattr(writer, "way_of", lambda model: "reader")
    monkeypatch.setattr(writer, "answer_prompt", lambda *given: [])
    monkeypatch.setattr(Writing, "_reading", lambda *given: iter(()))
    draft: Any = SimpleNamespace(
        desk=SimpleNamespace(left=900, lines=lambda *given: ""), struck=[], stated=[1],
        asked="?", language="id", quoted=ANSWER, answer=lambda model: ANSWER,
    )  # fmt: skip
    list(made._growing(draft, [], ()))
    assert len(made._kept) == 200


def test_capitals_are_numerals_as_far_as_theses_have_chapters() -> None:
    assert Decimal(39) in held_numbers("Lampiran XXXIX")
    assert Decimal(40) not in held_numbers("kaus ukuran XL")


def test_a_model_is_given_what_its_context_leaves() -> None:
    assert room(Options(context=8_192)) - room(Options(context=8_191)) == 3
    assert room(Options(context=1_150)) == 0
    assert room(Options(context=1_151)) == 3
