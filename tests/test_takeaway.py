"""A saved conversation holds the quotes as they stand and references that can be used."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thesis_qa.page.chat import Turn
from thesis_qa.page.takeaway import STYLES, Style, conversation
from thesis_qa.page.texts import TEXTS
from thesis_qa.schema import Answer, Citation, Metadata

KNOWN = {"jijiau.pdf": Metadata(degree="Sarjana", university="Institut Teknologi Bandung")}


def turn(title: str = "GraphRAG & Graf", quote: str = "Graf *dibangun* dari korpus.") -> Turn:
    citation = Citation(
        1, "jijiau.pdf", title, "Jihan Aurelia", 2026, 57, "25", "BAB II", "id", quote, ()
    )
    answer = Answer(
        "Dari apa?", "id", True, 0.9, f"“{quote}” [1]", (citation,), (), "quotes", {}
    )  # fmt: skip
    return Turn("k", "Dari apa graf dibangun?", answer)


@pytest.mark.parametrize(
    ("style", "reference"),
    [
        (
            "APA",
            "- Jihan Aurelia (2026). *GraphRAG & Graf* \\[Sarjana, Institut Teknologi Bandung\\].",
        ),
        (
            "IEEE",
            "[1] Jihan Aurelia, “GraphRAG & Graf,” Sarjana, Institut Teknologi Bandung, 2026.",
        ),
        ("BibTeX", "@thesis{aurelia2026,\n  author = {Jihan Aurelia},"),
    ],
)
def test_every_style_names_author_title_and_year(style: Style, reference: str) -> None:
    saved = conversation([turn()], KNOWN, style, TEXTS["id"])
    assert reference in saved
    assert "hlm. 25 (halaman berkas 57)" in saved


def test_bibtex_is_escaped() -> None:
    saved = conversation([turn("50% & {more}_\\x")], {}, "BibTeX", TEXTS["en"])
    assert r"title = {50\% \& \{more\}\_\textbackslash{}x}" in saved


def test_one_thesis_cited_twice_is_one_reference() -> None:
    saved = conversation([turn(), turn()], KNOWN, "BibTeX", TEXTS["en"])
    assert saved.count("@thesis{") == 1


@given(st.text(max_size=60), st.sampled_from(STYLES))
def test_quotes_are_text_in_the_saved_conversation(quote: str, style: Style) -> None:
    saved = conversation([turn(quote=quote)], KNOWN, style, TEXTS["en"])
    assert not re.search(r"(?<!\\)<", saved)
    assert "![" not in saved
