"""A link to an answer opens the same quotes, or says what has changed since."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thesis_qa.assistant import Assistant
from thesis_qa.library import Index
from thesis_qa.types import Answer
from thesis_qa.web.keeping import permalink, reopen, unpack_link
from thesis_qa.web.texts import TEXTS

EN = TEXTS["en"]


def packed(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def link_of(address: str) -> str:
    return address.partition("?answer=")[2]


@pytest.fixture(scope="module")
def answer(sister_city: Index) -> Answer:
    return Assistant(sister_city).ask("Metode penelitian apa yang digunakan?")


def test_the_same_quotes_come_back(sister_city: Index, answer: Answer) -> None:
    address = permalink(answer, EN)
    assert address.startswith("/en/?answer=")
    found = reopen(sister_city.catalog, link_of(address), EN)
    assert found.answer.question == answer.question
    assert [c.quote for c in found.answer.citations] == [c.quote for c in answer.citations]
    assert [c.spans for c in found.answer.citations] == [c.spans for c in answer.citations]
    assert [c.section for c in found.answer.citations] == [c.section for c in answer.citations]
    assert found.said == EN.answers.from_link


def test_a_link_holds_no_text_of_the_document(answer: Answer) -> None:
    link = link_of(permalink(answer, EN))
    readable = base64.urlsafe_b64decode(link + "=" * (-len(link) % 4)).decode()
    assert answer.citations[0].quote[:30] not in readable


def test_text_that_changed_since_is_said_to_have(tmp_path: Path) -> None:
    (tmp_path / "documents").mkdir()
    file = tmp_path / "documents" / "air.txt"
    file.write_text("Sumur warga mengering pada bulan Agustus karena kemarau panjang.")
    index = Index.build(tmp_path / "documents", tmp_path / "index")
    link = packed(["Kapan sumur mengering?", [["air.txt", "1:0-40", "0" * 12]]])
    found = reopen(index.catalog, link, EN)
    assert "has changed" in found.said
    assert found.answer.citations[0].quote == "Sumur warga mengering pada bulan Agustus"
    index.remove("air.txt")
    with pytest.raises(ValueError, match=r"air\.txt is no longer in the library"):
        reopen(index.catalog, link, EN)
    index.close()


@pytest.mark.parametrize(
    "value",
    [
        "not a list",
        ["question only"],
        [1, [["a", "1:0-9", "f"]]],
        ["q", []],
        ["q", [["a", "1:0-9"]]],
        ["q", [["a", "1:0-9;drop", "f"]]],
        ["q", [["a", "1:0-9", 7]]],
        ["q", [["a", "1:0-99999", "f"]]],
        ["q", [["a", ",".join(["1:0-9"] * 21), "f"]]],
        ["q", [["a", "1:0-9", "f"]] * 9],
        ["q" * 2001, [["a", "1:0-9", "f"]]],
        ["q", [["a" * 501, "1:0-9", "f"]]],
    ],
)
def test_what_no_link_of_ours_says_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r".+"):
        unpack_link(packed(value))


@given(st.text(max_size=300) | st.binary(max_size=300).map(lambda b: b.hex()))
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        unpack_link(text)


json_values: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner),
)


@given(json_values)
def test_json_of_any_shape_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r".*"):
        unpack_link(packed(value))


def test_a_place_that_is_not_there_is_not_shown(sister_city: Index) -> None:
    [name] = (document.name for document in sister_city.documents())
    for marks in ("1:999999-999999", "9:0-10", "1:5-5", "0:0-4"):
        with pytest.raises(ValueError, match="no longer"):
            reopen(sister_city.catalog, packed(["q", [[name, marks, "f"]]]), EN)
