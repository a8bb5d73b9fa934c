"""The reader: exact characters, no text too odd, and weights that training really changes."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from thesis_qa.errors import ModelError
from thesis_qa.model.encoder import BundledEmbedding, open_embedding
from thesis_qa.model.span_reader import (
    MOST_PASSAGES,
    STRIDE,
    WINDOW_TOKENS,
    Reader,
    pairs,
    read_own,
    write_own,
)
from thesis_qa.model.weights import read_weights, weights_file

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"

PASSAGE = (
    "Kerja sama kota kembar antara Jakarta dan Hanoi dimulai pada tahun 2013. Hambatan yang "
    "terjadi adalah sulitnya mendapatkan perizinan dan pasifnya pihak Hanoi."
)
ODD = ["", " \n\t ", "a\0b", "🙂" * 40, "\ud800 lone", "\u202eabc\u200b", "…" * 300, "ﬁ ① ½ Å"]


@pytest.fixture(scope="module")
def embedding() -> BundledEmbedding:
    found = open_embedding()
    assert isinstance(found, BundledEmbedding)
    return found


@pytest.fixture(scope="module")
def reader(embedding: BundledEmbedding) -> Reader:
    return Reader(embedding)


# What it reads


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Kapan kerja sama itu dimulai?", "2013"),
        ("When did the cooperation begin?", "2013"),
        ("kota mana yang bekerja sama dengan Jakarta?", "Hanoi"),
    ],
)
def test_the_answer_is_found_in_either_language(reader: Reader, question: str, answer: str) -> None:
    (reading,) = reader.read(question, [PASSAGE])
    assert answer in PASSAGE[reading.start : reading.end]


@pytest.mark.parametrize(
    "question", ["Berapa jumlah penduduk Hanoi?", "Who is the mayor of Jakarta?"]
)
def test_what_the_passage_does_not_state_is_less_likely_answered(
    reader: Reader, question: str
) -> None:
    (unstated,) = reader.read(question, [PASSAGE])
    (stated,) = reader.read("Kapan kerja sama itu dimulai?", [PASSAGE])
    assert unstated.answer_probability < stated.answer_probability


def test_the_sentence_that_answers_is_the_relevant_one(reader: Reader) -> None:
    turn = PASSAGE.index("Hambatan")
    (reading,) = reader.read("apa hambatannya?", [PASSAGE])
    assert reading.relevance(turn, len(PASSAGE)) > reading.relevance(0, turn)


def test_a_passage_reads_the_same_alone_and_among_others(reader: Reader) -> None:
    question = "apa hambatannya?"
    (alone,) = reader.read(question, [PASSAGE])
    among = reader.read(question, ["Jakarta adalah ibu kota.", PASSAGE, "x " * 300])[1]
    assert (alone.start, alone.end) == (among.start, among.end)
    assert alone.answer_probability == pytest.approx(among.answer_probability, abs=0.02)


def test_an_answer_far_into_a_long_passage_is_found(reader: Reader) -> None:
    filler = "Cuaca di kota itu biasanya hangat dan lembap sepanjang musim. " * 50
    long = filler + PASSAGE + " " + filler
    (reading,) = reader.read("Kapan kerja sama Jakarta dan Hanoi dimulai?", [long])
    assert "2013" in long[reading.start : reading.end]


# Characters and tokens


@settings(max_examples=60)
@given(st.text(max_size=300))
def test_tokens_stand_where_they_say(embedding: BundledEmbedding, text: str) -> None:
    ids, places = embedding.pieces(text)
    assert places.shape == (len(ids), 2)
    assert (places[:, 0] <= places[:, 1]).all()
    assert (np.diff(places, axis=0) >= 0).all()  # in order
    assert ((places >= 0) & (places <= len(text))).all()


@settings(max_examples=40)
@given(
    st.text(max_size=40),
    st.lists(st.text(max_size=200) | st.sampled_from(ODD), max_size=4),
)
@example("0\rZ0", ["0\r.ź"])  # a line's end before the full stop
def test_every_answer_is_words_of_its_passage(
    reader: Reader, question: str, passages: list[str]
) -> None:
    readings = reader.read(question, passages)
    assert len(readings) == len(passages)
    for passage, reading in zip(passages, readings, strict=True):
        part = passage[reading.start : reading.end]
        assert 0 <= reading.start <= reading.end <= len(passage)
        assert part == part.strip()
        assert 0 <= reading.span_probability <= 1
        assert 0 <= reading.answer_probability <= 1
        assert 0 <= reading.relevance(0, len(passage)) <= 1


@given(st.lists(st.from_regex(r"\A[a-z0-9]{1,9}\Z"), min_size=1, max_size=700))
@settings(max_examples=30)
def test_the_windows_of_a_passage_cover_it(embedding: BundledEmbedding, found: list[str]) -> None:
    text = " ".join(found)
    ids, places = embedding.pieces(text)
    windows = list(pairs([5, 6], ids, places))
    assert all(len(window.places) <= WINDOW_TOKENS for window in windows)
    assert {tuple(p) for w in windows for p in w.places} == {tuple(p) for p in places}
    assert len(windows) <= 1 + len(ids) // STRIDE
    assert windows[0].ids[windows[0].first : -1] == ids[:WINDOW_TOKENS]


def test_nothing_is_read_into_nothing(reader: Reader) -> None:
    for question, passage in (("", PASSAGE), (" ", PASSAGE), ("Kapan?", ""), ("Kapan?", " \n ")):
        (reading,) = reader.read(question, [passage])
        assert (reading.start, reading.end, reading.answer_probability) == (0, 0, 0.0)
        assert reading.relevance(0, len(passage)) == 0.0
    assert reader.read("Kapan?", []) == []


def test_more_passages_than_it_reads_at_once_are_refused(reader: Reader) -> None:
    with pytest.raises(ValueError, match=str(MOST_PASSAGES)):
        reader.read("Kapan?", ["x"] * (MOST_PASSAGES + 1))


# Its weights


def test_weights_are_kept_to_a_sixty_third_of_the_largest_in_their_row(tmp_path: Path) -> None:
    draw = np.random.default_rng(1)
    matrix, vector = draw.normal(size=(4, 8)).astype(np.float32), np.ones(3, np.float32)
    write_own({"l6.q.w": matrix, "answer.b": vector}, tmp_path / "reader.npz")
    matrices, vectors = read_own(tmp_path / "reader.npz")
    step = np.abs(matrix).max(axis=1, keepdims=True) / 63
    assert (np.abs(matrices["l6.q.w"].dense() - matrix) <= step * 0.52).all()
    assert vectors["answer.b"].tolist() == vector.tolist()


@pytest.mark.parametrize("contents", [None, b"", b"PK\x03\x04 not a zip", b"x" * 1000])
def test_weights_that_cannot_be_read_are_named(
    embedding: BundledEmbedding,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    contents: bytes | None,
) -> None:
    monkeypatch.setattr("thesis_qa.model.unpack.read_weights", lambda file: None)  # read first
    path = tmp_path / "broken.npz"
    if contents is not None:
        path.write_bytes(contents)
    with pytest.raises(ModelError, match=r"broken\.npz"):
        Reader(embedding, path)


def test_training_lowers_the_loss_and_what_it_writes_is_read(
    embedding: BundledEmbedding, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    monkeypatch.setenv("THESIS_QA_CACHE", str(tmp_path / "cache"))  # for what is trained here
    from reader_data import Example, answered
    from reader_states import Chunk, Lower, label, write_chunk
    from train_reader import Trainer

    start = PASSAGE.index("2013")
    examples = [
        answered("test", "Kapan kerja sama dimulai?", PASSAGE, start, start + 4),
        Example("test", "Siapa wali kota Jakarta?", PASSAGE),
    ]
    found = [label(embedding, example) for example in examples]
    write_chunk(tmp_path / "chunk-000.npz", Lower(tmp_path), found)
    batch = Chunk(tmp_path / "chunk-000.npz").batch(np.array([0, 1]))
    monkeypatch.setattr("train_reader.WARM_UP", 1)
    trainer = Trainer(tmp_path, read_weights(weights_file()))
    write_own(trainer.model.tensors(), tmp_path / "before.npz")
    losses = [trainer.step(batch, 30) for _ in range(12)]
    assert losses[-1] < losses[0] / 2

    trainer.save()
    resumed = Trainer(tmp_path, read_weights(weights_file()))
    resumed.load()
    assert resumed.run == trainer.run
    write_own(resumed.model.tensors(), tmp_path / "after.npz")
    before, after = (
        Reader(embedding, tmp_path / f"{name}.npz").read(examples[0].question, [PASSAGE])[0]
        for name in ("before", "after")
    )
    assert after.answer_probability != before.answer_probability
    assert PASSAGE[after.start : after.end].startswith("2013")
