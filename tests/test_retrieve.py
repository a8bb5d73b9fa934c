"""Search: the right passage first, in either language, and why."""

import math
from collections.abc import Iterator

import numpy as np
import pytest

from thesis_qa.errors import QuestionError
from thesis_qa.lang.glossary import glossary, readings
from thesis_qa.library import Index
from thesis_qa.model.rerank import Reranker
from thesis_qa.retrieve.rank import (
    K1,
    B,
    Ranking,
    RankingWeights,
    best_sentence,
    dense_scores,
    fitted_to,
    keyword_scores,
    ranking,
    same_language,
)
from thesis_qa.retrieve.retriever import MAX_TOP_K, Retriever, repeats, search_words

TEXTS = {
    "hanoi.md": """# Kerja Sama Sister City Jakarta dan Hanoi

## BAB I Pendahuluan
Penelitian ini membahas paradiplomasi Jakarta dengan Hanoi sejak tahun 2013.

## BAB IV Hasil
Hambatan yang terjadi adalah sulitnya mendapatkan perizinan dan pasifnya pemerintah Hanoi.

Pertukaran budaya diadakan setiap dua tahun oleh kedua kota.
""",
    "boats.md": """# Small Boats of the North Sea

## Chapter 1 Introduction
This thesis studies how small fishing boats survive storms.

## Chapter 4 Results
The main obstacle was the permit that each harbour requires before a boat may leave.

Engines of 40 horsepower used 12.5 litres of fuel an hour.
""",
    "copies.md": """# Notes
The lighthouse keeper lit the lamp every evening before the ships arrived at the old wooden pier,
and on foggy days he also rang the great bronze bell until the last sailor was safely ashore.

## Again
The lighthouse keeper lit the lamp every evening before the ships arrived at the old wooden pier,
and on foggy days he also rang the great bronze bell until the last sailor was safely ashore.

## Other
Lighthouse lamps burned whale oil in those days.
""",
}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    folder = tmp_path_factory.mktemp("search")
    documents = folder / "documents"
    documents.mkdir()
    for name, text in TEXTS.items():
        (documents / name).write_text(text, encoding="utf-8")
    index = Index.build(documents, folder / "index")
    yield index
    index.close()


# What a user notices


@pytest.mark.parametrize(
    "question",
    [
        "Apa hambatan yang terjadi dengan Hanoi?",
        "What obstacles occurred with Hanoi?",
        "apa aja kendalanya sama hanoi",
        "obstacle hanoi",
        "apa limitation kerja sama hanoi, izin?",
        "hambatn perizinan hanoi",
    ],
)
def test_the_passage_is_found_in_either_language_however_it_is_asked(
    index: Index, question: str
) -> None:
    found = index.search(question, top_k=2)
    assert any("sulitnya mendapatkan perizinan" in passage.text for passage in found)


def test_an_indonesian_question_finds_an_english_passage(index: Index) -> None:
    found = index.search("Berapa liter bahan bakar yang dihabiskan mesin kapal tiap jam?")
    assert "12.5 litres" in found[0].text
    assert index.search("12,5")[0].text == found[0].text  # decimal comma


def test_documents_section_and_language_narrow_the_search(index: Index) -> None:
    assert {p.document for p in index.search("obstacles", documents=["boats.md"])} == {"boats.md"}
    assert {p.language for p in index.search("obstacles", language="id")} == {"id"}
    assert all("BAB IV" in p.section for p in index.search("Hanoi", section="bab iv"))
    assert index.search("Hanoi", section="no such section") == []
    assert index.search("obstacles", documents=[]) == []


def test_a_chapter_named_in_the_question_comes_first(index: Index) -> None:
    first = index.search("apa isi bab 1?", documents=["hanoi.md"])[0]
    assert "BAB I " in first.section
    assert "Chapter 4" in index.search("chapter four", documents=["boats.md"])[0].section


def test_near_copies_in_one_document_make_way(index: Index) -> None:
    found = index.search("When did the lighthouse keeper light the lamp?", documents=["copies.md"])
    texts = [p.text for p in found]
    assert "evening" in texts[0]
    assert texts.index(next(t for t in texts if "whale oil" in t)) < len(texts) - 1
    assert sum("evening" in t for t in texts) == 2  # none is lost


def test_ranks_count_from_one_and_scores_fall(index: Index) -> None:
    found = index.search("boats in storms", top_k=6, documents=["boats.md", "hanoi.md"])
    assert [p.rank for p in found] == list(range(1, len(found) + 1))
    assert [p.score for p in found] == sorted((p.score for p in found), reverse=True)
    assert index.search("boats in storms", top_k=6, documents=["boats.md", "hanoi.md"]) == found


def test_a_longer_list_begins_with_the_shorter_one(index: Index) -> None:
    ids = [p.passage_id for p in index.search("permits", top_k=MAX_TOP_K)]
    assert [p.passage_id for p in index.search("permits", top_k=2)] == ids[:2]


def test_every_score_is_explained(index: Index) -> None:
    question = index.question("What does chapter 4 say about permits?")
    for item in index.retriever.ranked(question, 10):
        parts = item.dense + item.keyword + item.language + item.place
        assert math.isclose(item.passage.score, parts, abs_tol=1e-3)
        assert "dense" in item.why
        assert "keyword" in item.why


@pytest.mark.parametrize("question", ["", "  ", "?!…", "\0", "a" * 20_000])
def test_what_is_no_question_is_refused_in_one_line(index: Index, question: str) -> None:
    with pytest.raises(QuestionError):
        index.search(question)


@pytest.mark.parametrize("top_k", [0, MAX_TOP_K + 1])
def test_top_k_has_bounds(index: Index, top_k: int) -> None:
    with pytest.raises(QuestionError):
        index.search("boats", top_k=top_k)


@pytest.mark.parametrize(
    "question", ['"', "boats OR", "text: NEAR(", "'; DROP TABLE words; --", "*"]
)
def test_query_syntax_is_only_text(index: Index, question: str) -> None:
    assert isinstance(index.search(question + " boats"), list)


def test_function_words_are_searched_for_only_if_there_is_nothing_else() -> None:
    assert search_words("Apa saja metodenya?") == ["metode"]
    assert search_words("what is it") == ["what", "is", "it"]


# The glossary


def test_thesis_words_are_translated_both_ways() -> None:
    assert "obstacle" in glossary()["id"]["hambatan"]
    assert "hambatan" in glossary()["en"]["obstacle"]
    assert all(
        0 < p <= 1 for table in glossary().values() for o in table.values() for p in o.values()
    )


def test_a_word_is_translated_into_the_other_language_only() -> None:
    table = {"id": {"air": {"water": 0.9}}, "en": {"air": {"udara": 0.8}}}
    assert readings("air", "id", "id", table) == {"air": 1.0}  # type: ignore[arg-type]
    assert readings("air", "id", "en", table) == {"air": 1.0, "water": 0.9}  # type: ignore[arg-type]
    foreign = {"id": {}, "en": {"limit": {"batas": 0.7}}}
    assert readings("limit", "id", "id", foreign) == {"limit": 1.0, "batas": 0.7}  # type: ignore[arg-type]


# The arithmetic, checked by hand


def test_the_best_sentence_of_each_passage_counts() -> None:
    cosines = np.array([0.1, 0.9, 0.4], np.float32)
    found = best_sentence(cosines, np.array([0, 0, 2]), 3)
    assert found.tolist() == pytest.approx([0.9, -1.0, 0.4])


def test_cosines_are_centred_on_the_language_of_the_passage() -> None:
    means = {"id": np.array([1.0, 0.0], np.float32), "en": np.array([0.0, 0.5], np.float32)}
    fitted = Ranking(RankingWeights(2.0, 3.0, 1.0, 0.0), means, 0.1)
    question = np.array([0.6, 0.8], np.float32)
    passages = np.array([[1, 0], [0, 1]], np.float32)
    scores = dense_scores(question, passages, passages[:1], np.array([0]), np.array([1, 2]), fitted)
    # 2·0.6 + 3·0.6 − 5·0.6; the second has no sentence: 2·0.8 + 3·0.8 − 5·0.4
    assert scores.tolist() == pytest.approx([0.0, 2.0], abs=1e-6)


def test_keyword_score_is_bm25_in_root_mean_squares() -> None:
    postings = {"a": (np.array([0]), np.array([1.0], np.float32))}
    scores = keyword_scores(
        {1: [{"a": 1.0}]},
        postings,
        np.array([10.0, 10.0], np.float32),
        np.array([1, 1]),
        np.array([True, True]),
    )
    # One of two equally long passages holds the word: whatever BM25 gives, divided by
    # its root mean square over both, is the square root of two.
    assert scores.tolist() == pytest.approx([math.sqrt(2), 0.0])


def test_readings_of_one_word_add_up_before_they_saturate() -> None:
    postings = {
        "hambatan": (np.array([0, 1]), np.array([1.0, 1.0], np.float32)),
        "kendala": (np.array([0]), np.array([1.0], np.float32)),
    }
    first, second, none = keyword_scores(
        {1: [{"hambatan": 0.5, "kendala": 0.5}]},
        postings,
        np.array([10.0, 10.0, 10.0], np.float32),
        np.array([1, 1, 1]),
        np.array([True, True, True]),
    )
    saturated = (1.0 * (K1 + 1) / (1.0 + K1)) / (0.5 * (K1 + 1) / (0.5 + K1))
    assert first / second == pytest.approx(saturated)
    assert none == 0.0
    assert 0 < B < 1


def test_passages_outside_a_narrowed_search_score_nothing() -> None:
    postings = {"a": (np.array([0, 1]), np.array([1.0, 1.0], np.float32))}
    scores = keyword_scores(
        {1: [{"a": 1.0}]},
        postings,
        np.array([10.0, 10.0], np.float32),
        np.array([1, 1]),
        np.array([True, False]),
    )
    assert scores[1] == 0.0


def test_unknown_languages_count_as_half_the_same() -> None:
    assert same_language("id", np.array([0, 1, 2])).tolist() == [0.5, 1.0, 0.0]
    assert same_language(None, np.array([0, 1, 2])).tolist() == [0.5, 0.5, 0.5]


def test_another_model_gets_weights_in_proportion_to_its_spread() -> None:
    rng = np.random.default_rng(0)
    sample = rng.normal(size=(200, 8)).astype(np.float32)
    sample /= np.linalg.norm(sample, axis=1, keepdims=True)
    fitted, shipped = fitted_to({"id": sample}), ranking()
    assert fitted.weights.passage < shipped.weights.passage  # its cosines lie farther apart
    assert fitted.weights.keyword == shipped.weights.keyword
    assert fitted.means["en"].tolist() == fitted.means["id"].tolist()


def test_copies_are_nearly_the_same_words() -> None:
    one = frozenset("a b c d e f g h i j".split())
    assert repeats(one, one)
    assert not repeats(one, one - {"a", "b"})


# Reranking


class _Lengths:
    """Stands for a cross-encoder: longer is better."""

    def predict(self, pairs: list[tuple[str, str]], show_progress_bar: bool) -> list[float]:
        return [float(len(text)) for _, text in pairs]


def test_a_reranker_has_the_last_word(index: Index) -> None:
    reranker = Reranker(_Lengths())
    retriever = Retriever(index.catalog, index.vectors, index.embedding.name, reranker)
    found = retriever.ranked(index.question("boats", ["boats.md", "hanoi.md"]), 4)
    assert [len(i.passage.text) for i in found] == sorted(
        (len(i.passage.text) for i in found), reverse=True
    )
    assert all("reranked" in item.why for item in found)
