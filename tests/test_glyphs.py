"""Every character of a span lies inside one of the span's boxes."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from thesis_qa.read.glyphs import boxes, pack, rounded, unpack
from thesis_qa.types import Page

LINE, LETTER = 14.0, 6.0


def page(widths: list[int]) -> Page:
    """A page of lines with that many characters, a line end without a place after each."""
    text, places = "", []
    for row, count in enumerate(widths):
        for column in range(count):
            x, y = 72 + column * LETTER, 72 + row * LINE
            places.append((x, y, x + LETTER, y + 11))
        places.append((0, 0, 0, 0))
        text += "a" * count + "\n"
    return Page(1, None, text, glyphs=pack(rounded(np.array(places, np.float64))))


@given(st.lists(st.integers(1, 40), min_size=1, max_size=8), st.data())
def test_no_character_is_outside(widths: list[int], data: st.DataObject) -> None:
    made = page(widths)
    start = data.draw(st.integers(0, len(made.text) - 1))
    end = data.draw(st.integers(start + 1, len(made.text)))
    around = boxes(made, start, end)
    for x0, y0, x1, y1 in (place / 10 for place in unpack(made)[start:end] if place[2]):
        assert any(b[0] <= x0 and b[1] <= y0 and b[2] >= x1 and b[3] >= y1 for b in around)


@given(st.lists(st.integers(1, 40), min_size=1, max_size=8))
def test_there_is_one_box_for_every_line(widths: list[int]) -> None:
    made = page(widths)
    assert len(boxes(made, 0, len(made.text))) == len(widths)


def test_a_superscript_shares_the_box_of_its_line() -> None:
    places = np.array([(72, 100, 78, 111), (78, 97, 81, 104), (81, 100, 87, 111)], np.float64)
    made = Page(1, None, "x2y", glyphs=pack(rounded(places)))
    assert boxes(made, 0, 3) == ((72.0, 97.0, 87.0, 111.0),)


def test_two_columns_at_one_height_have_a_box_each() -> None:
    places = np.array([(400, 100, 406, 111), (72, 100, 78, 111)], np.float64)
    made = Page(1, None, "ab", glyphs=pack(rounded(places)))
    assert len(boxes(made, 0, 2)) == 2


def test_formats_without_places_have_no_boxes() -> None:
    assert boxes(Page(None, None, "text"), 0, 4) == ()


def test_places_are_rounded_outwards() -> None:
    places = rounded(np.array([(10.04, 20.09, 30.01, 40.06)]))
    assert places.tolist() == [[100, 200, 301, 401]]
