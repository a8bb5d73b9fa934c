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

HELD_OUT = Path(__file__).parent.parent / "evaluation" / "routes.tsv"
ROUTE_RIGHT, TOPIC_RIGHT, FOLLOW_UPS_FOUND = 0.88, 0.85, 0.75
CONTENT_AS_TALK = 0.0  # a question that is taken for small talk gets no answer at all


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
        ("berapa kadar air biji kakao setelah difermentasi lima hari?", "content"),
        ("Who won the world cup in 2022?", "off-topic"),
    ],
)
def test_a_clear_message_is_taken_for_what_it_is(eight: Index, message: str, route: Route) -> None:
    taken = eight.intent(message)
    assert taken is not None
    assert taken.route == route
    assert is_talk(taken, message) == (route == "talk")


def test_examples_by_other_hands_are_taken_for_what_they_are(eight: Index) -> None:
    lines = HELD_OUT.read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line]
    taken = [eight.intent(row[0]) for row in rows]
    found = [(one.route, one.topic(one.route)[0]) for one in taken if one]
    wanted = [(row[2], row[3]) for row in rows]
    assert len(found) == len(wanted) >= 300
    pairs = list(zip(found, wanted, strict=True))
    assert np.mean([f[0] == w[0] for f, w in pairs]) >= ROUTE_RIGHT
    assert np.mean([f == w for f, w in pairs]) >= TOPIC_RIGHT
    content = [f[0] == "talk" for f, w in pairs if w[0] == "content"]
    assert np.mean(content) <= CONTENT_AS_TALK
    following = [one.alone < 0.5 for one, row in zip(taken, rows, strict=True) if one
                 and row[4] == "0"]  # fmt: skip
    assert np.mean(following) >= FOLLOW_UPS_FOUND


def test_nothing_is_measured_on_what_was_learned_from() -> None:
    training = (HELD_OUT.parent.parent / "benchmarks" / "routes").glob("*.tsv")
    learned = {line.split("\t")[0].casefold() for path in training
               for line in path.read_text(encoding="utf-8").splitlines()}  # fmt: skip
    held = [line.split("\t")[0].casefold()
            for line in HELD_OUT.read_text(encoding="utf-8").splitlines()]  # fmt: skip
    assert len(learned) >= 1500
    # What everybody says may stand in both: "makasih", "good morning".
    assert all(len(text.split()) <= 5 for text in held if text in learned)


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
    told = [
        subprocess.run(
            [sys.executable, "-c", code], env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True, text=True, check=True,
        ).stdout
        for seed in ("1", "2")
    ]  # fmt: skip
    none = np.zeros(2, np.float32)
    here = np.flatnonzero(features("Siapa penulisnya?", none, none)).tolist()
    assert told == [f"{here}\n"] * 2


def test_of_another_model_s_vectors_nothing_was_learned(
    eight: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Index(eight.folder, eight.catalog)

    class OtherModel:
        name = "another-model"

        def query_vector(self, text: str) -> Floats:
            raise AssertionError("nothing has to be embedded for that")

    monkeypatch.setitem(other.__dict__, "embedding", OtherModel())
    assert other.intent("halo") is None
