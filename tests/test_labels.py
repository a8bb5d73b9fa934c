"""The printed number of a page comes from the page itself wherever the file leaves doubt."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thesis_qa.lang.numbers import roman_numeral, roman_value
from thesis_qa.structure.furniture import printed_labels


def feet(*numbers: str) -> list[list[str]]:
    return [[number] if number else [] for number in numbers]


@given(st.integers(1, 3000))
def test_roman_numerals_are_read_as_they_are_written(value: int) -> None:
    assert roman_value(roman_numeral(value)) == value


@pytest.mark.parametrize("word", ["civil", "vivid", "iiii", "vx", "mix up"])
def test_words_of_the_same_letters_are_no_numerals(word: str) -> None:
    assert roman_value(word) is None


def test_front_matter_and_body_count_apart() -> None:
    printed = feet("i", "ii", "iii", "", "1", "2", "3", "4")
    assert printed_labels([None] * 8, printed)[:3] == ["i", "ii", "iii"]
    assert printed_labels([None] * 8, printed)[4:] == ["1", "2", "3", "4"]


def test_a_page_without_a_number_has_its_place_in_the_sequence() -> None:
    assert printed_labels([None] * 5, feet("4", "5", "", "7", "8")) == ["4", "5", "6", "7", "8"]


def test_numbers_that_are_printed_beat_labels_that_start_anew() -> None:
    labels = [*map(str, range(1, 5)), *map(str, range(1, 5))]
    printed = feet(*map(str, range(1, 9)))
    assert printed_labels(labels, printed) == [*map(str, range(1, 9))]


def test_a_year_in_a_running_head_is_no_page_number() -> None:
    printed = [[f"Universitas Contoh 2019 {number}"] for number in range(3, 11)]
    assert printed_labels([None] * 8, printed) == [str(number) for number in range(3, 11)]


def test_labels_stand_where_nothing_is_printed() -> None:
    assert printed_labels(["i", "ii", "1", None], feet("", "", "", "")) == ["i", "ii", "1", None]


@pytest.mark.parametrize("form", ["{}", "- {} -", "Page {}", "{} of 20", "Hal. {}"])
def test_two_pages_in_a_row_are_enough_if_the_number_stands_alone(form: str) -> None:
    printed = [[], [form.format("ii")], [form.format("iii")], [form.format(1)], [form.format(2)]]
    assert printed_labels([None] * 5, printed) == [None, "ii", "iii", "1", "2"]


def test_two_numbers_within_running_heads_are_not_enough() -> None:
    printed = [["Bab 3 Hasil"], ["Bab 4 Penutup"], [], []]
    assert printed_labels([None] * 4, printed) == [None] * 4


def test_a_number_alone_goes_before_one_that_counts_along_in_a_running_head() -> None:
    printed = [[f"Bagian {number + 4}", str(number)] for number in range(1, 9)]
    assert printed_labels([None] * 8, printed) == [str(number) for number in range(1, 9)]
