"""A model that calls tools looks further: its steps are shown, it is stopped, and held to what it
was shown. The models are scripted; the theses are the eight made-up ones."""

import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scripted import Call, number_of, scripted
from thesis_qa.assistant import Assistant
from thesis_qa.library import Index
from thesis_qa.types import Answer
from thesis_qa.write import LanguageModel, Options
from thesis_qa.write.agent import MOST_CALLS, way_of
from thesis_qa.write.lookup import TOOLS, Lookup

Line = Call | list[Call] | str | Callable[[str], Any]

RICE, LENDING = "skripsi-padi-gogo.md", "skripsi-peminjaman-laravel.md"
READING, SEA = "thesis-peer-reading.md", "thesis-sea-cucumbers.md"


def ask(index: Index, question: str, *lines: Line, **more: Any) -> Answer:
    model = LanguageModel(scripted(*lines, calls=True), Options(way="agent"))
    return Assistant(index, model).ask(question, **more)


def search(query: str, *documents: str) -> Call:
    return Call("search", {"query": query, "documents": list(documents)})


def section(document: str, heading: str) -> Call:
    return Call("read_section", {"document": document, "section": heading})


def thesis_of(part: str, told: str) -> str:
    """The thesis whose sentence holds a part, by the line above it."""
    name = ""
    for line in told.splitlines():
        name = line[2:].split(" | ")[0] if line.startswith("# ") else name
        if part in line and line.startswith("["):
            return name
    return name


TWO_STEPS = json.loads((Path(__file__).parent / "data" / "two_steps.json").read_text("utf-8"))


def line_of(step: dict[str, Any]) -> Line:
    """A call; or one that reads a section of the thesis that was found: the second step."""
    if "tool" in step:
        return Call(step["tool"], step["given"])
    part, heading = step["of_thesis_with"], step["section"]
    return lambda told: [section(thesis_of(part, told), heading)]


@pytest.mark.parametrize("asked", TWO_STEPS, ids=[q["question"][:30] for q in TWO_STEPS])
def test_a_question_of_two_steps_is_answered(eight: Index, asked: dict[str, Any]) -> None:
    answer = ask(eight, asked["question"], *map(line_of, asked["steps"]), asked["said"])
    assert answer.problem is None
    assert (answer.model, answer.struck) == ("Scripted", ())
    assert all(fact in answer.text for fact in asked["facts"])
    assert len(answer.steps) == 2
    assert answer.citations


def test_there_are_twenty() -> None:
    assert len(TWO_STEPS) == 20


# What is seen of it


def test_steps_are_shown_while_it_works(eight: Index) -> None:
    lines = [
        search("kendala", LENDING),
        section(LENDING, "4.4 Kendala"),
        "Surel masuk ke spam [«folder spam»].",
    ]
    model = LanguageModel(scripted(*lines, calls=True), Options(way="agent"))
    asked = "Apa kendala pada sistem peminjaman alat?"
    growing = list(Assistant(eight, model).stream(asked))
    seen = [answer.steps for answer in growing if answer.writing]
    assert max(map(len, seen)) == 2
    assert seen[0] == ()
    assert growing[-1].steps[1] == f"Membaca bagian “4.4 Kendala” ({LENDING})"
    assert not growing[-1].writing
    assert growing[-1].tokens["read"] > 0


def test_a_stop_ends_it_among_its_steps(eight: Index) -> None:
    model = scripted(*[search("hasil")] * 5, 500 * "kata ", calls=True, pause=0.05)
    stream = Assistant(eight, LanguageModel(model, Options(way="agent"))).stream(
        "Apa hasilnya?", documents=[RICE]
    )
    next(answer for answer in stream if answer.steps)
    stream.close()  # type: ignore[attr-defined]
    for thread in threading.enumerate():
        if thread.name == "thesis-qa-llm":
            thread.join(20)
    assert len(model.said) < 400


# Its limits


def test_it_looks_at_most_six_times(eight: Index) -> None:
    calls = [search(f"hasil {n}", RICE) for n in range(MOST_CALLS + 2)]
    said = "Dosis 15 ton/ha memberikan hasil gabah tertinggi [«4,62 ton/ha»]."
    model = scripted(*calls, said, calls=True)
    answer = Assistant(eight, LanguageModel(model, Options(way="agent"))).ask(
        "Dosis mana yang terbaik?", documents=[RICE]
    )
    assert (
        model.heard[-1].count("</bukti>") <= MOST_CALLS + 2
    )  # the rules and the first evidence too
    assert "limit" in model.heard[-1].lower()
    assert answer.model == "Scripted"


def test_one_that_never_answers_is_given_up(eight: Index) -> None:
    answer = ask(eight, "Apa hasilnya?", *[search("hasil")] * 60, documents=[RICE])
    assert answer.model == "quotes"
    assert "tidak menulis apa-apa" in (answer.problem or "")


def test_one_that_only_looks_is_asked_to_read_what_it_has_seen(eight: Index) -> None:
    def says(told: str) -> Line:
        if "paling banyak" in told:  # it may look further
            return search("hasil gabah", RICE)
        return "Dosis 15 ton/ha memberikan hasil gabah tertinggi [«4,62 ton/ha»]."

    answer = ask(eight, "Dosis mana yang terbaik?", *[says] * 60, documents=[RICE])
    assert answer.text == "Dosis 15 ton/ha memberikan hasil gabah tertinggi. [1]"


def test_one_that_takes_too_long_is_given_up(eight: Index) -> None:
    model = LanguageModel(
        scripted(500 * "kata ", calls=True, pause=0.1), Options(timeout=2, way="agent")
    )
    started = time.monotonic()
    answer = Assistant(eight, model).ask("Apa hasilnya?", documents=[RICE])
    assert "2 detik" in (answer.problem or "")
    assert time.monotonic() - started < 30


@pytest.mark.parametrize(
    "call",
    [
        Call("search", {"query": "hasil", "documents": ["nowhere.pdf"]}),
        Call("search", {}),
        Call("search", {"query": ""}),
        Call("read_page", {"document": RICE, "page": "three"}),
        Call("read_page", {"document": "../../etc/passwd", "page": 1}),
        Call("read_section", {"document": RICE, "section": "99.9 Nothing"}),
        Call("delete_everything", {}),
        Call("find_quote", {"draft": "x"}),
    ],
)
def test_a_call_that_is_wrong_does_no_harm(eight: Index, call: Call) -> None:
    said = "Dosis 15 ton/ha memberikan hasil tertinggi [«dosis 15 ton/ha memberikan»]."
    answer = ask(eight, "Dosis mana yang terbaik?", call, said, documents=[RICE])
    assert (answer.model, answer.problem) == ("Scripted", None)


def test_what_was_not_shown_cannot_be_cited(eight: Index) -> None:
    told = "Dosis 15 ton/ha memberikan hasil tertinggi [98]."
    answer = ask(eight, "Dosis mana yang terbaik?", told, documents=[RICE])
    assert answer.model == "quotes"
    assert "[98]" in answer.struck[0].reason


def test_it_looks_only_into_the_theses_that_were_chosen(eight: Index) -> None:
    model = scripted(search("respondents", READING), "…", calls=True)
    Assistant(eight, LanguageModel(model, Options(way="agent"))).ask(
        "Berapa dosis terbaik?", documents=[RICE]
    )
    assert READING not in model.heard[-1].replace(f"'{READING}'", "").replace(
        f"‘{READING}’", ""
    ) or ("thesis-peer" not in model.heard[-1].split("<bukti>")[-1])


# Which way


def test_a_model_is_tried_once(eight: Index) -> None:
    tried = scripted(Call("search", {"query": "rice"}), "…", "…", calls=True)
    model = LanguageModel(tried)
    assert [way_of(model), way_of(model)] == ["agent", "agent"]
    assert len(tried.heard) == 1
    assert way_of(LanguageModel(scripted("I would search for rice.", calls=True))) == "reader"
    assert way_of(LanguageModel(scripted())) == "reader"
    assert way_of(LanguageModel(scripted(calls=True), Options(way="reader"))) == "reader"


def test_what_was_found_is_remembered(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from thesis_qa.write import agent

    monkeypatch.setattr(agent, "cache_folder", lambda: tmp_path)
    monkeypatch.setattr(LanguageModel, "run", lambda self, work, seconds: iter([True]))
    assert way_of(LanguageModel("ollama:m")) == "agent"
    monkeypatch.setattr(LanguageModel, "run", lambda self, work, seconds: iter([False]))
    assert way_of(LanguageModel("ollama:m")) == "agent"
    assert way_of(LanguageModel("ollama:n")) == "reader"


# The tools


def test_every_tool_is_described() -> None:
    assert all(getattr(Lookup, name).__doc__ for name in TOOLS)


def test_a_thesis_is_found_by_its_author_or_title(eight: Index) -> None:
    lookup = Lookup(eight)
    for called in ("Yusuf Hamdani", RICE, "padi gogo varietas Inpago 8"):
        assert {p.document for p in lookup.read_section(called, "Hipotesis")} == {RICE}


def test_a_section_is_read_with_those_below_it(eight: Index) -> None:
    found = Lookup(eight).read_section(SEA, "CHAPTER IV")
    assert {"4.2 Density and Diversity", "4.4 Difficulties"} <= {p.headings[-1].text for p in found}


def test_the_number_of_a_sentence_is_that_of_its_line() -> None:
    assert number_of("two", "# one two\n[1] one\n[2] two") == "2"
