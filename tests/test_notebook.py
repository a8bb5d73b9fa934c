"""An answer as a notebook shows it: with links to its places, and no markup of the documents'."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from serving import ASKED, small_library
from thesis_qa.assistant import Assistant
from thesis_qa.errors import DocumentError
from thesis_qa.library import Index
from thesis_qa.read.pdf.page_picture import MARKER
from thesis_qa.types import Answer

HOSTILE = (
    "Kendala utama laboratorium adalah <img src=x onerror=alert(1)> [klik](http://x) yang *mahal*."
)


@pytest.fixture(scope="module")
def answer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Answer]:
    folder = tmp_path_factory.mktemp("notebook")
    index = Index.from_texts({"kimia <b>.txt": HOSTILE}, folder)
    yield Assistant(index).ask("Apa kendala laboratorium?")
    index.close()


def test_it_links_to_the_place(answer: Answer) -> None:
    [citation] = answer.citations
    assert f"]({citation.url})" in answer._repr_markdown_()
    assert '<li value="1"><a href="http://127.0.0.1:7860/place?' in answer._repr_html_()


def test_text_of_documents_is_no_markup(answer: Answer) -> None:
    shown, marked = answer._repr_html_(), answer._repr_markdown_()
    for text in (shown, marked):
        assert "<img" not in text
        assert "<b>" not in text
    assert "&lt;img src=x" in shown
    assert "[klik](" not in marked
    assert r"\*mahal\*" in marked


def test_a_quote_is_shown_where_it_stands_on_its_page(tmp_path: Path) -> None:
    index = Index.open(small_library(tmp_path).index)
    [citation] = Assistant(index).ask("Berapa responden nelayan?").citations
    picture = Image.open(BytesIO(index.picture(citation, width=600)._repr_png_()))
    assert picture.width == 600
    assert picture.height < 150  # the part of the page around it
    colours = {colour for _, colour in picture.getcolors(100_000) or ()}
    assert MARKER in colours
    [unpaged] = Assistant(index).ask(ASKED).citations
    with pytest.raises(DocumentError, match="sister-city"):
        index.picture(unpaged)
    index.close()
