"""Where the model, the index and a search part two things by a number, what lies on either side."""

import os
import sqlite3
import tarfile
import time
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from statement import evidence, passage, sentence, statements, taken
from thesis_qa import assistant, split
from thesis_qa.answer.found import Found, Shown
from thesis_qa.assistant import Assistant
from thesis_qa.errors import IndexStateError, ModelError, QuestionError
from thesis_qa.index import bundle, quote, vectors
from thesis_qa.index.feedback import feedback_on
from thesis_qa.index.rows import Unit
from thesis_qa.lang.detect import language_of
from thesis_qa.lang.numbers import number_value
from thesis_qa.model import encoder, graph, span_reader, unpack, weights
from thesis_qa.model.encoder import BundledEmbedding
from thesis_qa.model.span_reader import Reader, padded, pairs
from thesis_qa.question.read import read_question
from thesis_qa.retrieve import find, rank, retriever
from thesis_qa.retrieve.corpus import NO_PAGE, Column, UnitVectors, read_postings
from thesis_qa.retrieve.find import Places, how_alike
from thesis_qa.retrieve.questions import QuestionReader
from thesis_qa.retrieve.retriever import Retriever, candidates, place_gains, repeats
from thesis_qa.types import Answer, Block, Document, Heading, Metadata, Page, Span

QUESTION = read_question("Apa hambatan panen padi?")
ANSWER = Answer("?", "id", False, 0.1, "", (), (), "quotes", {})


# The model


def test_a_batch_has_two_thousand_tokens() -> None:
    assert [len(rows) for rows in encoder._batches([8] * 300)] == [256, 44]


@pytest.mark.parametrize(("count", "gpu"), [(500, True), (499, False)])
def test_a_gpu_is_worthwhile_for_five_hundred_texts(
    monkeypatch: pytest.MonkeyPatch, count: int, gpu: bool
) -> None:
    made = BundledEmbedding.__new__(BundledEmbedding)
    used: list[str] = []

    def batches(texts: Sequence[str]) -> Any:
        used.append("gpu")
        return iter(())

    def tokenize(texts: Sequence[str]) -> list[Any]:
        used.append("cpu")
        return []

    monkeypatch.setattr(encoder, "_gpu", lambda: True)
    made.__dict__.update(_gpu_twin=SimpleNamespace(embed_batches=batches), _tokenize=tokenize)
    assert list(made.embed_batches(["a"] * count)) == []
    assert used == (["gpu"] if gpu else ["cpu"])


@pytest.mark.parametrize(("length", "whole"), [(99_999, False), (100_000, True)])
def test_the_whole_vocabulary_is_read_after_a_hundred_thousand_characters(
    monkeypatch: pytest.MonkeyPatch, length: int, whole: bool
) -> None:
    made = BundledEmbedding.__new__(BundledEmbedding)

    class WholeError(Exception):
        pass

    def tokenizer(self: object) -> Any:
        raise WholeError

    monkeypatch.setattr(BundledEmbedding, "_tokenizer", property(tokenizer))
    monkeypatch.setattr(encoder, "token_places", lambda folder, text: ([], []))
    made.__dict__.update(_read=0, _folder=Path())
    if whole:
        with pytest.raises(WholeError):
            made.pieces("a" * length)
    else:
        assert made.pieces("a" * length)[0] == []


def test_thirty_two_weights_share_a_scale() -> None:
    values = np.full((2, 64), 9, np.uint8)
    scales = np.array([[1, 2], [3, 4]], np.float16)
    dense = weights.Quantised(values, scales).dense()
    assert dense[0, 31:33].tolist() == [1, 2]
    assert len(dense[0]) / 2 == graph.BLOCK


def test_a_question_has_sixty_four_tokens_and_an_answer_a_hundred_and_sixty() -> None:
    places = np.zeros((300, 2), np.int64)
    first, *_ = pairs([5] * 99, [6] * 300, places)
    assert first.ids.count(5) == 64
    scores = np.full((len(first.ids), 3), -9.0, np.float32)
    scores[first.first, span_reader.START] = 9
    scores[first.first + 150, span_reader.END] = 8
    scores[first.first + 165, span_reader.END] = 9
    window = span_reader._Window(first, scores, 0.0)
    assert (window.first, window.last) == (0, 150)


def reader(runs: Any) -> Reader:
    made = Reader.__new__(Reader)
    made._embedding = cast(Any, SimpleNamespace(pieces=lambda text: ([7] * 3, np.ones((3, 2)))))
    made.__dict__["_session"] = SimpleNamespace(run=runs)
    return made


def test_two_windows_of_at_most_twelve_passages_are_read_at_once() -> None:
    sizes: list[int] = []

    def runs(names: object, inputs: Any) -> Any:
        count, width = inputs["input_ids"].shape
        sizes.append(count)
        return np.zeros((count, width, 3), np.float32), np.zeros(count, np.float32)

    made = reader(runs)
    assert len(made.read("Apa?", ["padi"] * 12)) == 12
    assert sizes == [2] * 6
    with pytest.raises(ValueError, match="13"):
        made.read("Apa?", ["padi"] * 13)


def test_short_lines_are_filled_with_the_padding_token() -> None:
    ids, mask = padded([[5], [5, 6]])
    assert (ids[0, 1], mask[0, 1]) == (1, 0)


@pytest.mark.parametrize(("age", "swept"), [(3700, True), (3500, False)])
def test_a_draft_of_an_hour_is_a_killed_processs(tmp_path: Path, age: float, swept: bool) -> None:
    draft = tmp_path / f"{unpack.DRAFT}1"
    draft.mkdir()
    os.utime(draft, (time.time() - age,) * 2)
    unpack._sweep(tmp_path)
    assert draft.exists() != swept


def test_a_vocabulary_has_four_special_tokens_and_pieces_of_sixteen_letters(
    tmp_path: Path,
) -> None:
    special = [(token, 0.0) for token in ("<s>", "<pad>", "</s>", "<unk>")]
    whole = [*special, ("a" * 16, -1.0), ("b", -9.0), ("a", -5.0)]
    unpack.write_vocabulary(cast(Any, SimpleNamespace(pieces=whole)), tmp_path)
    found = unpack._pieces(tmp_path, "a" * 20)
    assert [number for number, _, _ in found] == [0, 1, 2, 3, 4, 5, 6]
    with sqlite3.connect(tmp_path / unpack.VOCABULARY) as database:
        [(count,)] = database.execute("SELECT count(*) FROM always")
    assert count == 5  # and the rarest
    with pytest.raises(AssertionError):
        unpack.write_vocabulary(cast(Any, SimpleNamespace(pieces=[*special, ("a" * 17, 0.0)])),
                                tmp_path)  # fmt: skip


def test_weights_that_are_laid_out_otherwise_are_refused() -> None:
    with pytest.raises((ValueError, ModelError)):
        weights._read(b"\0" * 200)


# Passages


@pytest.mark.parametrize(("length", "cover"), [(199, "cover"), (200, None)])
def test_lines_of_a_cover_have_two_hundred_characters(length: int, cover: str | None) -> None:
    text = ("Petani " * 99)[: length - 1] + "a"
    places = {"author": (Span(0, 0, 9),), "university": (Span(0, 0, 9),)}
    document = Document("a.pdf", (Page(1, None, text),), (Block((Span(0, 0, length),)),),
                        Metadata(places=places))  # fmt: skip
    [found] = split.split(document, len)
    assert found.role == cover


def document_of(*texts: str) -> Document:
    text = "\n".join(texts)
    starts = [text.index(each) for each in texts]
    blocks = [Block((Span(0, at, at + len(t)),)) for at, t in zip(starts, texts, strict=True)]
    return Document("a.pdf", (Page(1, None, text),), tuple(blocks), Metadata())


@pytest.mark.parametrize(("length", "passages"), [(298, 1), (301, 2)])
def test_a_passage_has_six_hundred_characters(length: int, passages: int) -> None:
    one = ("Petani " * 99)[: length - 2] + "a."
    other = ("Jagung " * 99)[: length - 2] + "a."
    assert len(split.split(document_of(one, other), lambda text: 1)) == passages


@pytest.mark.parametrize(("length", "count"), [(1500, 1), (1501, 2)])
def test_a_sentence_has_fifteen_hundred_characters(length: int, count: int) -> None:
    text = ("petani " * 400)[: length - 1] + "a"
    assert len(split.sentence_spans(text)) == count


@pytest.mark.parametrize(("tokens", "pieces"), [(480, 1), (481, 2)])
def test_a_sentence_has_four_hundred_and_eighty_tokens(tokens: int, pieces: int) -> None:
    text = "petani menanam padi gogo"
    found = split.split(document_of(text), lambda part: tokens if part == text else 1)
    assert sum(len(p.sentences) for p in found) == pieces


# The index


def test_sums_of_a_bundle_have_ten_thousand_bytes() -> None:
    read: list[int] = []
    stated = SimpleNamespace(read=lambda most: read.append(most) or b"{}")
    with pytest.raises(KeyError):
        bundle._sums(cast(tarfile.TarFile, SimpleNamespace(extractfile=lambda name: stated)))
    assert read == [10_000]


def test_a_note_has_two_thousand_characters() -> None:
    assert len(feedback_on(ANSWER, "right", "a" * 3000).note) == 2000


def test_a_picture_of_a_quote_shows_half_an_inch_around_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from thesis_qa.read.pdf import page_picture

    cut: list[Any] = []
    monkeypatch.setattr(quote, "unchanged_file", lambda *given: (Path("a.pdf"), None))
    monkeypatch.setattr(page_picture, "draw_page", lambda *given: cut.append(given[-1]) or b"")
    monkeypatch.setattr(quote, "QuotePicture", lambda drawn: drawn)
    span = SimpleNamespace(page=1, boxes=((10, 100, 90, 110),))
    citation: Any = SimpleNamespace(document="a.pdf", page=1, spans=(span,))
    sheet = SimpleNamespace(width=600, height=800)
    catalog: Any = SimpleNamespace(page=lambda *given: sheet)
    quote.picture_of_quote(catalog, citation, 640)
    assert cut == [(0.0, 64, 600, 146)]


@pytest.mark.parametrize(("count", "sizes"), [(5000, [5000]), (5001, [5000, 1])])
def test_five_thousand_passages_are_stored_and_deleted_at_once(
    monkeypatch: pytest.MonkeyPatch, count: int, sizes: list[int]
) -> None:
    added, deleted = list[int](), list[int]()
    collection = SimpleNamespace(
        add=lambda ids, **more: added.append(len(ids)),
        get=lambda ids, **more: {"ids": ids},
        delete=lambda ids: deleted.append(len(ids)),
    )
    opened = SimpleNamespace(collections={"id": collection})
    monkeypatch.setattr(vectors.VectorSearch, "_using", lambda self: nullcontext(opened))
    made = vectors.VectorSearch.__new__(vectors.VectorSearch)
    units = [Unit(1, row, "id", b"") for row in range(count)]
    made._catalog = cast(Any, SimpleNamespace(units=lambda given: units, vectors=len))
    made._add([1])
    assert made._delete({1: (0, count - 1)}) == count
    assert (added, deleted) == (sizes, sizes)


@pytest.mark.parametrize(
    ("held", "recent", "behind"),
    [(0, 2000, False), (0, 2001, True), (60_000, 3000, False), (60_000, 3001, True)],
)
def test_two_thousand_passages_or_a_twentieth_are_compared_one_by_one(
    monkeypatch: pytest.MonkeyPatch, held: int, recent: int, behind: bool
) -> None:
    made = vectors.VectorSearch.__new__(vectors.VectorSearch)
    monkeypatch.setattr(made, "_now_held", lambda: SimpleNamespace(passages=held))
    monkeypatch.setattr(made, "_not_in", lambda there: (frozenset(), recent))
    assert made.far_behind() == behind


def test_five_hundred_neighbours_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    import chromadb
    from chromadb.api.shared_system_client import SharedSystemClient

    told: list[Any] = []
    client = SimpleNamespace(
        _identifier="x", get_or_create_collection=lambda name, **more: told.append(more)
    )
    monkeypatch.setattr(chromadb, "PersistentClient", lambda *given: client)
    for kept in ("_identifier_to_system", "_identifier_to_refcount"):
        monkeypatch.setattr(SharedSystemClient, kept, {"x": None})
    vectors._open(Path())
    assert {more["configuration"]["hnsw"]["ef_search"] for more in told} == {500}


# Language


def test_a_text_is_left_undecided_where_little_tells() -> None:
    from thesis_qa.lang import detect

    assert detect._word_score("yang") == -detect._word_score("the") == 4
    assert language_of("yang") == "id"


@pytest.mark.parametrize(("score", "language"), [(1.6, "id"), (1.4, None)])
def test_a_text_is_in_a_language_that_is_likely(
    monkeypatch: pytest.MonkeyPatch, score: float, language: str | None
) -> None:
    from thesis_qa.lang import detect

    monkeypatch.setattr(detect, "_word_score", lambda word: score)
    assert language_of("padi") == language


@pytest.mark.parametrize(("digits", "language"), [(24, "id"), (25, None)])
def test_half_of_a_text_is_words(digits: int, language: str | None) -> None:
    assert language_of("yang menanam padi itu adalah " + "1" * digits) == language


@pytest.mark.parametrize(("words", "language"), [(13, "id"), (11, None)])
def test_one_malay_word_in_twelve_makes_a_text_malay(
    monkeypatch: pytest.MonkeyPatch, words: int, language: str | None
) -> None:
    from thesis_qa.lang import detect

    real = detect.word_set

    def known(key: str, *more: Any) -> Any:
        return frozenset({"xalay"}) if key == "words.neighbour" else real(key, *more)

    monkeypatch.setattr(detect, "word_set", known)
    assert language_of("yang " * (words - 1) + "xalay") == language


@pytest.mark.parametrize(("signs", "language"), [(7, "id"), (10, None)])
def test_a_twelfth_of_symbols_make_a_text_code(signs: int, language: str | None) -> None:
    text = "yang menanam padi itu adalah petani " * 3 + "=" * signs
    assert language_of(text) == language


def test_chapters_are_counted_to_ninety_nine() -> None:
    assert (number_value("XCIX"), number_value("CIX")) == (99, None)


# A search


@pytest.mark.parametrize(
    ("counts", "found"),
    [
        ({"padi": 12_000, "sawah": 8000}, 2),
        ({"padi": 12_000, "sawah": 8001}, 1),
        ({"padi": 12_000, "sawah": 7900, "petani": 7000}, 2),
        ({"padi": 50_000}, 1),
        ({"padi": 50_001}, 0),
    ],
)
def test_twenty_thousand_places_of_words_are_read_and_fifty_thousand_of_the_rarest(
    counts: dict[str, int], found: int
) -> None:
    corpus: Any = SimpleNamespace(found=lambda rows: (np.ones(len(rows), bool), rows))
    catalog: Any = SimpleNamespace(
        frequencies=lambda terms: counts, read=lambda query, values: [(1, 1)]
    )
    assert len(read_postings(catalog, list(counts), corpus)) == found


def test_a_text_to_be_found_has_twenty_thousand_characters_and_sentences_of_four_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Vectors:
        def passage_vectors(self, texts: Sequence[str]) -> list[Any]:
            return [None] * len(texts)

    made = Places.__new__(Places)
    asked: list[str] = []
    monkeypatch.setattr(Places, "_of", lambda self, text, *given: asked.append(text) or [])
    made._embedding = Vectors()
    made.of("Padi tumbuh. Padi gogo tumbuh baik.", None)
    assert asked == ["Padi gogo tumbuh baik."]
    made.of("padi " * 3999 + "padi.", None)
    with pytest.raises(QuestionError):
        made.of("padi " * 4000 + "a", None)


def test_of_two_hundred_near_passages_twelve_are_compared_and_twelve_with_the_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made, asked, held = Places.__new__(Places), list[tuple[str, int]](), list[int]()
    looked: list[list[int]] = []

    def nearest(vector: object, most: int, *, documents: object, language: str) -> list[Any]:
        asked.append((language, most))
        first = 1000 * len(asked)
        return [vectors.Neighbour(first + n, 0.5) for n in range(most)]

    def units(catalog: object, rows: Sequence[int]) -> UnitVectors:
        # The sentence of the last passage is nearest of all, and the first passages next.
        likeness = -np.arange(len(rows), dtype=np.float32)[:, None]
        owner = np.array([len(rows) - 1])
        return UnitVectors(likeness, np.ones((1, 1), np.float32), owner)

    monkeypatch.setattr(find, "read_vectors", units)
    made._vectors = cast(Any, SimpleNamespace(nearest=nearest))
    made._catalog = cast(Any, SimpleNamespace(
        read=lambda query, values: held.append(values[1]) or [],
        passages=lambda rows: looked.append(rows) or {},
    ))  # fmt: skip
    assert made._near("petani menanam padi", np.ones(1, np.float32), None) == []
    assert asked == [("id", 200), ("en", 200), ("", 200)]
    assert held == [12]
    of_one = [199, *range(11)]
    assert looked == [[first + n for first in (1000, 2000, 3000) for n in of_one]]


def test_three_places_of_a_sentence_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    made = Places.__new__(Places)
    near = [passage(statements(1), str(n)) for n in range(6)]
    made._catalog = None
    monkeypatch.setattr(Places, "_near", lambda *given: near)
    monkeypatch.setattr(Places, "_likeness", lambda self, vector, lang, told: [1.0] * len(told))
    monkeypatch.setattr(find, "how_alike", lambda *given: ("verbatim", 1.0))
    monkeypatch.setattr(find, "quoted", lambda *given: None)
    assert len(made._of("petani menanam padi", None, None)) == 3


WORDS = "satu dua tiga empat lima enam tujuh delapan sembilan sepuluh sebelas duabelas".split()


@pytest.mark.parametrize(
    ("held", "alien", "how"),
    [(9, 0, "nearly"), (8, 0, "nowhere"), (9, 9, "nearly"), (9, 10, "nowhere")],
)
def test_a_sentence_stands_nearly_where_three_quarters_of_it_stand_together(
    held: int, alien: int, how: str
) -> None:
    there = [*WORDS[: held - 1], *(f"lain{chr(97 + n)}" for n in range(alien)), WORDS[held - 1]]
    found, _ = how_alike(" ".join(WORDS), "id", sentence(" ".join(there)), 0.0)
    assert found == how


@pytest.mark.parametrize(("cosine", "how"), [(0.66, "translated"), (0.64, "nowhere")])
def test_a_translation_is_as_near_as_translations_are(cosine: float, how: str) -> None:
    english = replace(sentence("Farmers grow rice"), language="en")
    assert how_alike("petani menanam padi", "id", english, cosine)[0] == how


def test_vectors_of_five_hundred_questions_are_kept() -> None:
    made, asked = QuestionReader.__new__(QuestionReader), list[str]()
    made._vectors = {}
    made._embedding = SimpleNamespace(query_vector=lambda text: asked.append(text) or 1)
    for n in (*range(500), 0, 500, 0):
        made._vector(str(n))
    assert len(asked) == 502


def test_few_passages_of_a_language_are_weighed_with_all() -> None:
    words: dict[int, list[dict[str, float]]] = {0: [{"padi": 1.0}], 1: []}
    postings = {"padi": (np.array([0]), np.array([1.0], np.float32))}
    lengths = np.full(100, 10, np.float32)
    languages, allowed = np.array([0] * 50 + [1] * 50), np.ones(100, bool)
    scores = rank.keyword_scores(words, postings, lengths, languages, allowed)
    raw = scores[0]
    # A mean over its 50 passages alone would give root 50, one over all 100 gives root 100.
    assert raw == pytest.approx((150 / (1 + 100 / 100)) ** 0.5, rel=1e-4)


def allowed(count: int) -> Any:
    return np.ones(count, bool)


def test_a_hundred_best_keyword_matches_are_looked_at() -> None:
    keyword = np.arange(1, 301, dtype=np.float32)
    none = np.zeros(300, np.float32)
    found = candidates(np.array([], np.int64), keyword, none, allowed(300), 5)
    assert len(found) == 100


def bare(catalog: Any = None) -> Any:
    made = Retriever.__new__(Retriever)
    made._catalog, made._reranker = catalog, None
    return made


def corpora(mask: Any) -> Any:
    corpus = SimpleNamespace(mask=lambda *given: mask)
    return SimpleNamespace(corpus=lambda: corpus)


def test_two_hundred_passages_can_be_asked_for() -> None:
    made = bare()
    made._corpora = corpora(np.zeros(1, bool))
    assert made.ranked(QUESTION, 200) == []
    with pytest.raises(QuestionError):
        made.ranked(QUESTION, 201)


def test_a_search_is_tried_twenty_times_while_documents_come_and_go() -> None:
    tried: list[int] = []
    made = bare()
    made._corpora = corpora(np.ones(1, bool))
    made._rank = lambda *given: tried.append(1)
    with pytest.raises(IndexStateError):
        made.ranked(QUESTION, 5)
    assert len(tried) == 20


@pytest.mark.parametrize(("count", "exact"), [(3000, True), (3001, False)])
def test_a_search_compares_every_one_of_three_thousand_passages(
    monkeypatch: pytest.MonkeyPatch, count: int, exact: bool
) -> None:
    class ComparedError(Exception):
        pass

    looked: list[int] = []

    def compared(corpus: object, chosen: Any) -> Any:
        raise ComparedError

    made = bare()
    made._keyword_scores = lambda *given: np.zeros(count)
    made._unit_vectors = compared
    made._near = lambda *given: looked.append(1)
    made._likely = lambda *given: given[3]
    monkeypatch.setattr(retriever, "place_gains", lambda *given: np.zeros(count))
    monkeypatch.setattr(retriever, "candidates", lambda *given: np.array([0]))
    with pytest.raises(ComparedError):
        made._rank(QUESTION, 5, None, allowed(count))
    assert bool(looked) != exact


@pytest.mark.parametrize(("top_k", "most"), [(5, 500), (125, 500), (126, 504)])
def test_five_hundred_passages_of_each_language_are_near(top_k: int, most: int) -> None:
    asked: list[int] = []
    made = bare()
    made._vectors = SimpleNamespace(nearest=lambda vector, most, **more: asked.append(most) or [])
    corpus: Any = SimpleNamespace(rows=np.array([1]), places=lambda rows: rows)
    made._near(replace(QUESTION, vector=np.zeros(1)), top_k, corpus)
    assert asked == [most] * 3


@pytest.mark.parametrize(("top_k", "most"), [(5, 300), (150, 300), (151, 302)])
def test_the_best_three_hundred_are_read_with_their_sentences(
    monkeypatch: pytest.MonkeyPatch, top_k: int, most: int
) -> None:
    def vectors_of(catalog: object, rows: Sequence[int]) -> Any:
        return np.zeros((len(rows), 1), np.float32)

    def alike(question: object, passages: Any, *given: object) -> Any:
        return np.zeros(len(passages), np.float32)

    monkeypatch.setattr(retriever, "read_passage_vectors", vectors_of)
    monkeypatch.setattr(retriever, "dense_scores", alike)
    made = bare()
    made.__dict__["fitted"] = rank.ranking()
    corpus: Any = SimpleNamespace(rows=np.arange(400), languages=np.zeros(400, np.int64))
    found = np.arange(400)
    likely = made._likely(QUESTION, top_k, corpus, found, found.astype(np.float32))
    assert likely.tolist() == list(range(400 - most, 400))


@pytest.mark.parametrize(("same", "copies"), [(19, True), (17, False)])
def test_a_passage_that_shares_nine_of_ten_words_is_a_copy(same: int, copies: bool) -> None:
    words = [f"w{n}" for n in range(30)]
    assert repeats(frozenset(words[:20]), frozenset(words[20 - same : 20])) == copies


def test_ten_passages_more_are_fetched_for_copies() -> None:
    rows: list[Any] = []
    made = bare(SimpleNamespace(passages=lambda found: rows.extend(found) or {}))
    assert made._selected(QUESTION, 5, np.arange(50), np.zeros((4, 50))) == []
    assert len(rows) == 15


def gains(asked: str, **stands: Any) -> float:
    where = {"kinds": "text", "pages": 9, "labels": None, "headings": (), "roles": None, **stands}
    pages, only = np.array([where.pop("pages")]), np.array([0])
    columns = {name: Column([value], only) for name, value in where.items()}
    corpus: Any = SimpleNamespace(pages=pages, **columns)
    return float(place_gains(read_question(asked), corpus)[0])


def test_what_a_passage_gains_by_its_place() -> None:
    assert gains("Apa isi halaman 7?", pages=7, labels="7") == 6
    assert gains("Apa isi halaman 7?", pages=9, labels="7") == 6
    assert gains("Apa isi halaman 7?", pages=7) == 6
    assert gains("Apa isi halaman 7?", pages=8, labels="8") == 0
    section = Heading("4.3 Hambatan", (4, 3), "Hambatan", 2)
    assert gains("Apa isi subbab 4.3?", headings=(section,)) == 3
    assert gains("Siapa penulis skripsi ini?", roles="cover") == 4
    assert gains("Siapa penulis skripsi ini?", pages=3) == 4
    assert gains("Siapa penulis skripsi ini?", pages=4) == 0
    assert gains("Siapa penulis skripsi ini?", pages=NO_PAGE) == 0
    assert gains("Apa hambatan panen padi?", kinds="heading") == -3
    assert gains("Apa hambatan panen padi?", kinds="references") == -3
    assert gains("Apa hambatan panen padi?", kinds="contents") == -6


# The assistant


@pytest.mark.parametrize(("words", "language"), [("why then", "id"), ("what happened then", "en")])
def test_two_words_leave_the_language_of_a_conversation(words: str, language: str) -> None:
    history = [("Apa hambatan panen padi di desa itu?", "…")]
    assert Assistant._spoken(words, history) == language


@pytest.mark.parametrize(("chance", "kept"), [(0.21, True), (0.19, False)])
def test_what_is_a_fifth_as_likely_is_near_whatever_words_it_has(
    monkeypatch: pytest.MonkeyPatch, chance: float, kept: bool
) -> None:
    class DroppedError(Exception):
        pass

    def drop(*given: object) -> Any:
        raise DroppedError

    made = Assistant.__new__(Assistant)
    found = Found(chance, (Shown(evidence()),))
    asked = replace(QUESTION, intent=taken(content=1.0))
    made.__dict__.update(_read=lambda *given: asked, _find=lambda *given: found, _whole={})
    made.__dict__["index"] = SimpleNamespace(catalog=None)
    monkeypatch.setattr(assistant, "on_subject", drop)
    with pytest.raises((DroppedError, AttributeError)) as ended:
        list(made._growing("?", (), None, 5, None))
    assert (ended.type is not DroppedError) == kept
