"""Sentences are marked when they are indexed: what they are, and what they hold."""

import pytest

from thesis_qa.mark import marks_of
from thesis_qa.types import Kind, Mark


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("Apa hambatan kerja sama itu?", Mark.ASKS),
        ("Ia bertanya, “Mengapa izin itu begitu sulit didapat?” kepada camat.", Mark.ASKS),
        ("Kata kunci: kerja sama, kota", Mark.KEYWORDS),
        ("Keywords: city, cooperation", Mark.KEYWORDS),
        ("Bab ini membahas hasil penelitian.", Mark.ANNOUNCES),
        ("In the next chapter, we discuss the results.", Mark.ANNOUNCES),
        ("Tabel 4.1 menyajikan data responden.", Mark.ANNOUNCES),
        ("Hal itu dijelaskan pada bab III.", Mark.POINTS),
        ("Hal ini disebabkan oleh izin.", Mark.LEANS),
        ("However small, it is a cost, since they pay.", Mark.REASON),
        ("These obstacles were overcome.", Mark.LEANS),
        ("Hambatannya adalah sebagai berikut:", Mark.LEADS_IN),
        ("Ada tiga hambatan.", Mark.NUMBER),
        ("Kerja sama dimulai pada Mei.", Mark.DATE),
        ("The project ran from 1914 to 1922.", Mark.DURATION),
        ("Menurut penelitian Budi Santoso, izin sulit.", Mark.PERSON),
        ("Penelitian dilakukan di Jakarta.", Mark.PLACE),
        ("Kode ada di https://contoh.id.", Mark.ADDRESS),
        ("Izin sulit karena birokrasi.", Mark.REASON),
        ("Kota kembar adalah kerja sama dua kota.", Mark.DEFINITION),
    ],
)
def test_a_mark_is_found_by_its_cue(text: str, mark: Mark) -> None:
    assert mark in marks_of(text)


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("Tabel 4.1 menunjukkan bahwa izin adalah hambatan utama.", Mark.ANNOUNCES),
        ("Izin sulit didapat oleh peneliti.", Mark.NUMBER),
        ("3. Izin sulit didapat oleh peneliti.", Mark.NUMBER),
        ("Izin sulit didapat.", Mark.LEADS_IN),
        ("Kondisi kota itu berubah.", Mark.LEANS),
    ],
)
def test_a_mark_is_not_found_where_nothing_says_so(text: str, mark: Mark) -> None:
    assert mark not in marks_of(text)


@pytest.mark.parametrize(
    ("kind", "text", "mark"),
    [
        ("caption", "Gambar 2.1 Kerangka pemikiran", Mark.PICTURED),
        ("list", "Bab III membahas metode penelitian", Mark.POINTS),
    ],
)
def test_some_marks_ask_for_the_kind_of_block(kind: Kind, text: str, mark: Mark) -> None:
    assert mark in marks_of(text, kind)


def test_an_item_may_end_on_a_place_and_be_cut_anywhere() -> None:
    marks = marks_of("izin yang sulit (lihat bab 3)", "list")
    assert not marks & {Mark.POINTS, Mark.LEADS_IN, Mark.PICTURED}
