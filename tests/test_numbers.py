"""Numbers and months, as Indonesian and English write them, have one home."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thesis_qa.lang.numbers import (
    month_value,
    months_in,
    number_value,
    numbers_in,
    roman_numeral,
    roman_value,
    years_in,
)


@given(st.integers(1, 3999))
def test_roman_numerals_are_read_as_they_are_written(value: int) -> None:
    assert roman_value(roman_numeral(value)) == roman_value(roman_numeral(value).upper()) == value


@pytest.mark.parametrize("word", ["", "civil", "Civil", "CIVIL", "vivid", "iiii", "vx", "mix up"])
def test_words_of_the_same_letters_are_no_numerals(word: str) -> None:
    assert roman_value(word) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("4", 4), ("IV", 4), ("iv", 4), ("empat", 4), ("Keempat", 4), ("ke-4", 4), ("4th", 4),
        ("four", 4), ("fourth", 4), ("pertama", 1), ("FIRST", 1), ("sebelas", 11),
        ("kesebelas", 11), ("dua belas", 12), ("dua puluh lima", 25), ("twenty-five", 25),
        ("twenty-first", 21), ("civil", None), ("di", None), ("mix", None), ("", None),
        ("empat orang", None), ("4.2", None), ("kelas", None),
    ],
)  # fmt: skip
def test_a_number_is_known_however_it_is_written(text: str, value: int | None) -> None:
    assert number_value(text) == value


@pytest.mark.parametrize(
    ("text", "language", "values"),
    [
        ("1.204 orang", "id", {"1204"}),
        ("1.204", "en", {"1.204"}),
        ("1,204 people", "en", {"1204"}),
        ("1.234,5", "id", {"1234.5"}),
        ("1,234.5", "en", {"1234.5"}),
        ("0.68", "id", {"0.68"}),
        ("1.234.567", "en", {"1234567"}),
        ("1.204", None, {"1204", "1.204"}),
        ("2,5 juta", "id", {"2500000"}),
        ("one hundred and twenty", None, {"120"}),
        ("seribu dua ratus", None, {"1200"}),
        ("dua ratus ribu", None, {"200000"}),
        ("two million three hundred thousand", None, {"2300000"}),
        ("tujuh belas", None, {"17"}),
    ],
)
def test_separators_and_scales_mean_what_they_do_in_the_language(
    text: str, language: str | None, values: set[str]
) -> None:
    [number] = numbers_in(text, language)  # type: ignore[arg-type]
    assert number.values == set(map(Decimal, values))
    assert text[number.start : number.end] == number.text


def test_numbers_that_stand_apart_are_several() -> None:
    assert [n.text for n in numbers_in("two and three, lima dan 6 ribu")] == [
        "two", "three", "lima", "6 ribu",
    ]  # fmt: skip


def test_months_have_a_number_in_both_languages() -> None:
    assert [month_value(word) for word in ("Agustus", "august", "Agt", "Des.", "Bab")] == [
        8, 8, 8, 12, None,
    ]  # fmt: skip
    assert months_in("Pada Maret 2021 kita may march") == {3: "Maret"}


def test_years_stand_by_themselves() -> None:
    assert years_in("Depok, 2021; 1998 (2003/04), 2021-01, 12021 dan 2.021, 2020.") == [
        2021, 1998, 2003, 2021, 2020,
    ]  # fmt: skip
