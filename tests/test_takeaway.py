"""What is taken along: every quote with its page, every thesis once, nothing but text."""

import base64
import io
import json
import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import docx as reader
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thesis_qa.answer.card import CardEntry
from thesis_qa.structure.document import load
from thesis_qa.types import Answer, Citation, Metadata
from thesis_qa.web.chat import Turn
from thesis_qa.web.references import STYLES, Style, reference_to
from thesis_qa.web.takeaway import (
    Paragraph,
    as_file,
    card_parts,
    conversation,
    markdown,
    plain,
    single_answer,
    word,
)
from thesis_qa.web.texts import TEXTS

KNOWN = {"jijiau.pdf": Metadata(degree="Sarjana", university="Institut Teknologi Bandung")}


def citation(number: int = 1, **changed: object) -> Citation:
    fields: dict[str, object] = {
        "number": number,
        "document": "jijiau.pdf",
        "title": "GraphRAG & Graf",
        "author": "Jihan Aurelia",
        "year": 2026,
        "page": 57,
        "page_label": "25",
        "section": "BAB II",
        "language": "id",
        "quote": "Graf *dibangun* dari korpus.",
        "spans": (),
    }
    return Citation(**{**fields, **changed})  # type: ignore[arg-type]


def turn(*cited: Citation, model: str = "quotes", text: str = "") -> Turn:
    cited = cited or (citation(),)
    said = text or "\n\n".join(f"“{c.quote}” [{c.number}]" for c in cited)
    answer = Answer("Dari apa?", "id", True, 0.9, said, cited, (), model, {})
    return Turn("k", "Dari apa graf dibangun?", answer)


def saved(turns: list[Turn], style: Style, language: str = "id") -> str:
    return markdown(conversation(turns, KNOWN, style, TEXTS[language]))  # type: ignore[index]


@pytest.mark.parametrize(
    ("style", "cited", "reference"),
    [
        (
            "APA",
            "(Aurelia, 2026, hlm. 25)",
            "- Aurelia, J. (2026). *GraphRAG & Graf* \\[Skripsi, Institut Teknologi Bandung\\].",
        ),
        (
            "IEEE",
            "\\[1, hlm. 25\\]",
            "\\[1\\] J. Aurelia, “GraphRAG & Graf,” Skripsi, Institut Teknologi Bandung, 2026.",
        ),
        (
            "BibTeX",
            r"`\cite[hlm.~25]{aurelia2026}`",
            "@thesis{aurelia2026,\n  author = {Aurelia, Jihan},",
        ),
    ],
)
def test_every_style_cites_the_page_and_names_author_title_and_year(
    style: Style, cited: str, reference: str
) -> None:
    text = saved([turn()], style)
    assert f"” {cited}" in text
    assert reference in text
    assert "hlm. 25 (halaman berkas 57)" in text


def test_a_copied_answer_is_plain_text_with_its_references() -> None:
    answer = turn().answer
    assert answer
    assert plain(single_answer(answer, KNOWN, "APA", TEXTS["en"])) == (
        "“Graf *dibangun* dari korpus.” (Aurelia, 2026, p. 25)\n\nReferences\n\n"
        "Aurelia, J. (2026). GraphRAG & Graf [Thesis, Institut Teknologi Bandung]."
    )


def test_a_number_inside_a_quote_stays_as_it_is() -> None:
    text = saved([turn(citation(quote="Lihat [1] dan [2]."))], "IEEE")
    assert r"“Lihat \[1\] dan \[2\].” \[1, hlm. 25\]" in text


def test_a_written_answer_brings_its_quotes_along() -> None:
    text = saved([turn(model="ollama:x", text="Dari korpus [1].")], "APA")
    assert "Dari korpus (Aurelia, 2026, hlm. 25)." in text
    assert "> “Graf \\*dibangun\\* dari korpus.”" in text


def test_a_thesis_without_author_year_or_pages_is_named_by_its_title() -> None:
    bare = citation(author="", year=None, page=None, page_label=None, document="x.txt")
    text = saved([turn(bare)], "APA", "en")
    assert "(GraphRAG & Graf, n.d.)" in text
    assert "- *GraphRAG & Graf* \\[Thesis\\]. (n.d.)." in text
    assert saved([turn(bare)], "IEEE", "en").endswith("Thesis, n.d.\n")


def test_bibtex_is_escaped() -> None:
    text = saved([turn(citation(title="50% & {more}_\\x"))], "BibTeX", "en")
    assert r"title = {50\% \& \{more\}\_\textbackslash{}x}" in text


@pytest.mark.parametrize("style", ["RIS", "CSL-JSON"])
def test_reference_managers_get_every_field_and_the_text_says_author_and_page(style: Style) -> None:
    text = saved([turn(citation(title="Graf \n & lain")), turn()], style)
    assert "(Aurelia, 2026, hlm. 25)" in text
    data = text.partition("```\n")[2].partition("\n```")[0]
    if style == "RIS":
        assert data.splitlines() == [
            "TY  - THES", "AU  - Aurelia, Jihan", "ID  - aurelia2026", "TI  - Graf & lain",
            "PY  - 2026", "M3  - Sarjana", "PB  - Institut Teknologi Bandung", "LA  - id", "ER  - ",
        ]  # fmt: skip
        return
    assert json.loads(data) == [
        {
            "id": "aurelia2026",
            "type": "thesis",
            "title": "Graf & lain",
            "author": [{"family": "Aurelia", "given": "Jihan"}],
            "issued": {"date-parts": [[2026]]},
            "genre": "Sarjana",
            "publisher": "Institut Teknologi Bandung",
            "language": "id",
        }
    ]


def test_dublin_core_has_each_value_by_itself() -> None:
    known = Metadata(
        "Graf & \x00pohon",
        "Ana Sari, Budi",
        2020,
        supervisors=("Dr. A", "Dr. B"),
        keywords=("graf", "x"),
    )
    made = ElementTree.fromstring(reference_to("a.pdf", known, "DC-XML", TEXTS["id"]).data())
    assert [(e.tag.partition("}")[2], e.text) for e in made[0]] == [
        ("title", "Graf & pohon"), ("creator", "Sari, Ana"), ("creator", "Budi"), ("date", "2020"),
        ("contributor", "Dr. A"), ("contributor", "Dr. B"), ("subject", "graf"), ("subject", "x"),
        ("type", "Thesis"),
    ]  # fmt: skip


def test_authors_of_a_thesis_stay_in_their_order() -> None:
    known = Metadata("Graf", "Citra van der Berg, Ana Sari, Budi", 2020, degree="Magister")
    [apa] = reference_to("a.pdf", known, "APA", TEXTS["en"]).entries()
    assert apa.text == "van der Berg, C., Sari, A., & Budi (2020). Graf [Master’s thesis]."


def test_what_is_not_known_is_left_out_of_the_data() -> None:
    bare = citation(author="", year=None, page=None, language=None, document="x.txt", title="")
    assert "TY  - THES\nID  - x\nTI  - x.txt\nER  - " in saved([turn(bare)], "RIS", "en")


@pytest.mark.parametrize(
    ("text", "shown"), [("1. Satu", "1\\. Satu"), ("- a", "\\- a"), ("3.5 m", "3.5 m")]
)
def test_a_text_that_begins_like_a_list_is_no_list(text: str, shown: str) -> None:
    assert markdown([Paragraph("text", text)]) == f"{shown}\n"


def test_one_thesis_cited_twice_is_one_reference_and_two_theses_have_two_keys() -> None:
    assert saved([turn(), turn()], "BibTeX").count("@thesis{") == 1
    text = saved([turn(citation(), citation(2, document="b.pdf", quote="Lain."))], "BibTeX")
    assert "@thesis{aurelia2026," in text
    assert "@thesis{aurelia2026b," in text


def test_a_card_says_what_is_not_stated() -> None:
    entries = [CardEntry("method", (citation(),)), CardEntry("scope", ())]
    text = markdown(card_parts("GraphRAG", entries, KNOWN, "APA", TEXTS["en"]))
    assert "## Method\n\n> “Graf" in text
    assert "## Scope\n\n*Not stated" in text


@given(st.text(max_size=60), st.sampled_from(STYLES))
def test_quotes_are_text_in_the_saved_conversation(quote: str, style: Style) -> None:
    text = saved([turn(citation(quote=quote))], style, "en").partition("\n```")[0]
    assert not re.search(r"(?<!\\)<", text)
    assert "![" not in text


def test_code_cannot_end_its_fence() -> None:
    assert markdown([Paragraph("code", "a\n```\nb")]) == "````\na\n```\nb\n````\n"


@settings(max_examples=20)  # each makes a Word document
@given(st.text(max_size=60), st.text(max_size=20))
def test_any_text_makes_a_document_that_word_can_read(text: str, italic: str) -> None:
    parts = [Paragraph("heading", text, italic), Paragraph("text", text + italic, italic)]
    made = word(parts, "id")
    paragraphs = reader.Document(io.BytesIO(made)).paragraphs
    shown = "".join(c for c in text + italic if c.isprintable() and c.isascii())
    kept = "".join(c for c in paragraphs[1].text if c.isprintable() and c.isascii())
    assert kept == shown


def test_a_word_document_has_headings_quotes_and_references(tmp_path: Path) -> None:
    parts = conversation([turn()], KNOWN, "APA", TEXTS["id"])
    file = json.loads(as_file(parts, "Word", "id", "Apa itu <graf>?"))
    path = tmp_path / file["name"]
    path.write_bytes(base64.b64decode(file["data"]))
    paragraphs = reader.Document(str(path)).paragraphs
    styles = {p.text: p.style.name for p in paragraphs if p.style}
    assert styles["Dari apa graf dibangun?"] == "Heading 1"
    assert any(run.italic and run.text == "GraphRAG & Graf" for p in paragraphs for run in p.runs)
    document = load(path, path.name)  # as anybody's DOCX is read
    assert "Graf *dibangun* dari korpus." in document.pages[0].text
    with zipfile.ZipFile(path) as package:
        assert package.testzip() is None
        assert "id-ID" in package.read("word/styles.xml").decode()
