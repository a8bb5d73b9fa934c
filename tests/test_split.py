"""Passages are made of whole sentences, and every sentence can be found again on its page."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thesis_qa.split import MAX_TOKENS, TARGET_CHARACTERS, sentence_spans, split, usage_of
from thesis_qa.types import Block, Document, Heading, Page, Span


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


@pytest.mark.parametrize(
    "sentence",
    [
        "Menurut Sari dkk. (2019) hasilnya naik.",
        "Lihat hlm. 12 untuk rinciannya.",
        "Peraturan No. 5 Tahun 2019 mengaturnya.",
        "Smith et al. Found this in 2019.",
        "Nilainya 3.5 persen pada Gambar 2.1 di atas.",
        "Penelitian ini dibimbing oleh Prof. Dr. Ir. Budi Santoso, M.Sc., Ph.D. dari Bandung.",
        "A. Rahman and J. K. Smith wrote it.",
        "See e.g. Table 3 and i.e. Figure 4.",
        "1. Perizinan sulit didapat.",
        "4.3.1. Hambatan yang ditemui.",
        "Sampel diambil s.d. Maret 2020 di Jl. Sudirman.",
        "“Apa hambatannya?” tanya peneliti.",
    ],
)
def test_a_sentence_stays_whole(sentence: str) -> None:
    assert sentences(sentence) == [sentence]
    assert sentences(f"Ini awal. {sentence} Ini akhir.")[-2:] == [sentence, "Ini akhir."]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Satu. Dua.", ["Satu.", "Dua."]),
        ("Bagaimana upayanya?”. Penelitian ini…", ["Bagaimana upayanya?”.", "Penelitian ini…"]),
        ("Old Town Area.. Based on this", ["Old Town Area..", "Based on this"]),
        ("Pada tahun 2019. Kemudian selesai.", ["Pada tahun 2019.", "Kemudian selesai."]),
        ("Dalam beberapa hal. Selain itu tidak.", ["Dalam beberapa hal.", "Selain itu tidak."]),
        ("Buku, pena, dll. Semua dibeli.", ["Buku, pena, dll.", "Semua dibeli."]),
        ("1. Pertama izin. 2. Kedua dana.", ["1. Pertama izin.", "2. Kedua dana."]),
        ("   ", []),
        ("", []),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_what_a_document_always_cuts_short_ends_no_sentence() -> None:
    told = [
        "Data berasal dari Pusk. Jiwan.",
        "Kepala Pusk. Jiwan setuju.",
        "Obat ada di Pusk. Lor.",
    ]
    other = "Lor jauh dari Jiwan dan orang yang sakit datang dengan kereta setiap hari pasar."
    text = " ".join([*told, other] * 3)
    usage = usage_of(text)
    assert [text[a:b] for a, b in sentence_spans(text, usage)] == [*told, other] * 3
    assert "Pusk." in sentences(text)[0].split()[-1]  # no list of words knows it
    assert "lor" not in usage.cut_short  # it only ends sentences


def test_a_word_that_the_document_writes_small_begins_a_sentence_behind_one() -> None:
    text = "Tanya Pusk. Jiwan. Ia milik Pusk. Lor. Obat dari Pusk. Obat itu murah dan obat ada."
    found = [text[a:b] for a, b in sentence_spans(text, usage_of(text))]
    assert found[-2:] == ["Obat dari Pusk.", "Obat itu murah dan obat ada."]


@given(st.text())
def test_sentences_hold_all_text_but_white_space(text: str) -> None:
    spans = sentence_spans(text)
    assert all(start < end for start, end in spans)
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
    assert "".join("".join(sentences(text)).split()) == "".join(text.split())


def count_words(text: str) -> int:
    return len(text.split())


def path(*texts: str) -> tuple[Heading, ...]:
    return tuple(Heading(text) for text in texts)


def document(*pages: str, **block: object) -> Document:
    blocks = tuple(Block((Span(i, 0, len(text)),), **block) for i, text in enumerate(pages))  # type: ignore[arg-type]
    numbered = tuple(Page(i, str(i), text) for i, text in enumerate(pages, start=1))
    return Document("a.pdf", numbered, blocks)


def test_a_passage_knows_where_it_stands() -> None:
    (passage,) = split(
        document("Kerja sama ini terhambat.", headings=path("BAB IV", "4.3 H")), count_words
    )
    assert (passage.document, passage.page, passage.last_page) == ("a.pdf", 1, 1)
    assert passage.page_label == "1"
    assert passage.section == "BAB IV › 4.3 H"
    assert passage.language == "id"


def test_passages_stay_on_their_page_and_near_the_target_length() -> None:
    sentence = "Penelitian ini memakai metode kualitatif. "
    passages = split(document(sentence * 50, sentence * 3), count_words)
    assert [p.page for p in passages] == sorted(p.page or 0 for p in passages)
    assert all(p.page == p.last_page for p in passages)
    assert all(len(p.text) <= TARGET_CHARACTERS for p in passages)
    assert sum(len(p.sentences) for p in passages) == 53


def test_a_sentence_over_the_page_turn_has_a_span_on_both_pages() -> None:
    pages = (Page(1, None, "Izin sulit\n"), Page(2, None, "didapatkan. Selesai."))
    block = Block((Span(0, 0, 10), Span(1, 0, 20)))
    first, *_ = split(Document("a.pdf", pages, (block,)), count_words)[0].sentences
    assert first.text == "Izin sulit didapatkan."
    assert first.spans == (Span(0, 0, 10), Span(1, 0, 11))


@pytest.mark.parametrize(
    ("above", "end", "below", "whole"),
    [
        ("Butuh perizin-", 13, "an kota.", "Butuh perizinan kota."),
        ("Para anak-", 10, "anak pergi.", "Para anak-anak pergi."),
        ("Periode 2017-", 13, "2019 itu.", "Periode 2017-2019 itu."),
    ],
)
def test_a_word_that_a_page_turn_divides_is_read_whole(
    above: str, end: int, below: str, whole: str
) -> None:
    pages = (Page(1, None, above), Page(2, None, below))
    block = Block((Span(0, 0, end), Span(1, 0, len(below))))
    (sentence,) = split(Document("a.pdf", pages, (block,)), count_words)[0].sentences
    assert sentence.text == whole
    assert sentence.spans == (Span(0, 0, end), Span(1, 0, len(below)))


def test_no_passage_outgrows_the_embedding_model() -> None:
    endless = document("kata " * 5000)
    passages = split(endless, count_words)
    assert all(count_words(p.text) <= MAX_TOKENS for p in passages)
    assert sum(count_words(p.text) for p in passages) == 5000


@pytest.mark.parametrize(("words", "pieces"), [(300, 1), (301, 2)])
def test_text_without_full_stops_is_quotable_up_to_1500_characters(words: int, pieces: int) -> None:
    assert len(sentence_spans("kata " * words)) == pieces


def test_text_without_spaces_is_cut_too() -> None:
    passages = split(document("x" * 40_000), lambda text: len(text) // 2)
    assert all(len(p.text) // 2 <= MAX_TOKENS for p in passages)


def test_running_heads_are_left_out_and_contents_pages_kept_apart() -> None:
    pages = (Page(1, "1", "Universitas X 12 BAB I ..... 1 Isi bab ini."),)
    blocks = (
        Block((Span(0, 0, 16),), "furniture"),
        Block((Span(0, 17, 30),), "contents"),
        Block((Span(0, 31, 44),), "text"),
    )
    passages = split(Document("a.pdf", pages, blocks), count_words)
    assert [(p.kind, p.text) for p in passages] == [
        ("contents", "BAB I ..... 1"),
        ("text", "Isi bab ini."),
    ]


def test_a_heading_stays_with_the_text_below_it() -> None:
    text = "4.3 Hambatan" + "Perizinan sulit didapatkan oleh pemerintah. " * 20
    blocks = (Block((Span(0, 0, 12),), "heading"), Block((Span(0, 12, len(text)),), "text"))
    first, *_ = split(Document("a.pdf", (Page(1, "1", text),), blocks), count_words)
    assert first.text.startswith("4.3 Hambatan Perizinan sulit")


def test_ids_come_from_content() -> None:
    one, again = (split(document("Satu kalimat saja."), count_words) for _ in range(2))
    other = split(document("Kalimat yang lain."), count_words)
    assert one == again
    assert one[0].passage_id != other[0].passage_id
