"""What messages are taken for: clear ones, the held-out examples, and what holds of any."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thesis_qa.library import Index
from thesis_qa.model.weights import Floats
from thesis_qa.question.route import features, intent, is_talk
from thesis_qa.types import Route

ROOT = Path(__file__).parent.parent
TRAINING, HELD_OUT = ROOT / "benchmarks" / "routes", ROOT / "evaluation" / "routes.tsv"
ROUTE_RIGHT, TOPIC_RIGHT, FOLLOW_UPS_FOUND = 0.92, 0.85, 0.8


@pytest.mark.parametrize(
    ("message", "route"),
    [
        ("halo", "talk"),
        ("makasih banyak ya", "talk"),
        ("What can you do?", "talk"),
        ("ada skripsi apa aja di sini?", "library"),
        ("How many theses are there?", "library"),
        ("siapa penulis skripsi ini?", "metadata"),
        ("Who supervised this thesis?", "metadata"),
        ("apa kesimpulannya?", "standing"),
        ("What are the limitations of the study?", "standing"),
        ("apa isi bab 2?", "section"),
        ("apa bedanya skripsi Rani dan skripsi Budi?", "comparison"),
        ("what's in this library?", "library"),
        ("hasilnya signifikan ga?", "content"),
        ("and the sample size?", "content"),
        ("terus metodenya?", "standing"),
        ("how does that compare with the second one", "comparison"),
        ("berapa kadar air biji kakao setelah difermentasi lima hari?", "content"),
        ("Who won the world cup in 2022?", "off-topic"),
    ],
)
def test_a_clear_message_is_taken_for_what_it_is(eight: Index, message: str, route: Route) -> None:
    taken = eight.questions.intent(message)
    assert taken is not None
    assert taken.route == route
    assert is_talk(taken, message) == (route == "talk")


def test_examples_by_other_hands_are_taken_for_what_they_are(eight: Index) -> None:
    learned = {row[0].casefold() for path in TRAINING.glob("*.tsv") for row in rows_of(path)}
    rows = [row for row in rows_of(HELD_OUT) if row[0].casefold() not in learned]
    assert len(learned) >= 1500
    assert len(rows) >= 300
    routes, topics, following, talk = [], [], [], []
    for message, _, route, topic, alone in rows:
        taken = eight.questions.intent(message)
        assert taken is not None
        routes.append(taken.route == route)
        topics.append(taken.route == route and taken.topic(route)[0] == topic)
        if alone == "0":
            following.append(taken.alone < 0.5)
        if route == "content":
            talk.append(is_talk(taken, message))
    assert np.mean(routes) >= ROUTE_RIGHT
    assert np.mean(topics) >= TOPIC_RIGHT
    assert np.mean(following) >= FOLLOW_UPS_FOUND
    assert not any(talk)  # a question that is taken for small talk gets no answer at all


def rows_of(path: Path) -> list[list[str]]:
    return [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines() if line]


DIMENSIONS = 384


def vector(seed: int) -> Floats:
    drawn = np.random.default_rng(seed).standard_normal(DIMENSIONS).astype(np.float32)
    return drawn / np.linalg.norm(drawn)


@settings(max_examples=60)
@given(question=st.text(max_size=80), seed=st.integers(0, 99))
def test_probabilities_add_up_whatever_is_typed(question: str, seed: int) -> None:
    taken = intent(question, vector(seed))
    assert sum(taken.routes.values()) == pytest.approx(1, abs=1e-5)
    assert sum(taken.topics.values()) == pytest.approx(1, abs=1e-5)
    assert 0 <= taken.alone <= 1
    topic, share = taken.topic(taken.route)
    assert (taken.route, topic) in taken.topics
    assert 0 <= share <= 1 + 1e-6


def test_features_are_the_same_in_every_process() -> None:
    code = (
        "import numpy as np; from thesis_qa.question.route import features;"
        "none = np.zeros(2, np.float32);"
        "print(np.flatnonzero(features('Siapa penulisnya?', none, none)).tolist())"
    )
    told = subprocess.check_output(
        [sys.executable, "-c", code], env={**os.environ, "PYTHONHASHSEED": "1"}, text=True
    )
    none = np.zeros(2, np.float32)
    here = np.flatnonzero(features("Siapa penulisnya?", none, none)).tolist()
    assert told == f"{here}\n"


def test_of_another_model_s_vectors_nothing_was_learned(
    eight: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Index(eight.folder, eight.catalog)

    class OtherModel:
        name = "another-model"

        def query_vector(self, text: str) -> Floats:
            raise AssertionError("nothing has to be embedded for that")

    monkeypatch.setitem(other.__dict__, "embedding", OtherModel())
    assert other.questions.intent("halo") is None
