"""Markdown and plain text: what a reader sees is what is quoted."""

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thesis_qa.errors import DocumentError
from thesis_qa.read.text import MAX_BYTES
from thesis_qa.structure.document import load as load_text
from thesis_qa.types import Block, Document

ABSTRACT = """

**KERJASAMA *SISTER CITY* ANTARA PEMERINTAH DAERAH
KHUSUS IBUKOTA JAKARTA DAN KOTA HANOI PERIODE
2017-2019**

FAKULTAS ILMU SOSIAL DAN ILMU POLITIK
ILMU HUBUNGAN INTERNASIONAL
UPN “VETERAN” JAKARTA

ABSTRAK

Penelitian ini berfokus pada kerja sama *sister city* Jakarta dan Hanoi. Hambatannya adalah
sulitnya mendapatkan perizinan dan pasifnya Pemerintah Kota Hanoi.

Kata kunci : *Sister City*, Jakarta, Hanoi.

**KERJASAMA SISTER CITY ANTARA PEMERINTAH DAERAH
KHUSUS IBUKOTA JAKARTA DAN KOTA HANOI PERIODE
2017-2019**

FAKULTAS ILMU SOSIAL DAN ILMU POLITIK
ILMU HUBUNGAN INTERNASIONAL
UPN "VETERAN" JAKARTA

ABSTARCT

The focus of this study is the sister city cooperation.

Keywords: Sister City, Jakarta, Hanoi.
"""


def load(tmp_path: Path, content: str | bytes, name: str = "tesis.md") -> Document:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return load_text(path, name)


def text_of(document: Document, block: Block) -> str:
    return "".join(document.pages[s.page].text[s.start : s.end] for s in block.spans)


def texts(document: Document, kind: str | None = None) -> list[str]:
    return [text_of(document, b) for b in document.blocks if kind in (None, b.kind)]


def section_of(document: Document, beginning: str) -> tuple[str, ...]:
    return next(b.section for b in document.blocks if text_of(document, b).startswith(beginning))


def check_blocks(document: Document) -> None:
    """Blocks lie in their page, in order, without overlap, and hold all of its text."""
    end = 0
    for block in document.blocks:
        for span in block.spans:
            text = document.pages[span.page].text
            assert end <= span.start < span.end <= len(text)
            assert not text[end : span.start].strip()
            end = span.end
    assert not document.pages[0].text[end:].strip()


class TestMarkdown:
    def test_title_of_bold_lines_is_found_and_joined(self, tmp_path: Path) -> None:
        document = load(tmp_path, ABSTRACT)
        title = (
            "KERJASAMA SISTER CITY ANTARA PEMERINTAH DAERAH KHUSUS IBUKOTA JAKARTA DAN KOTA HANOI "
            "PERIODE 2017-2019"
        )
        assert document.metadata.title == title
        (span,) = document.metadata.places["title"]
        assert document.pages[0].text[span.start : span.end] == title

    def test_each_abstract_stands_in_its_own_section(self, tmp_path: Path) -> None:
        document = load(tmp_path, ABSTRACT)
        assert section_of(document, "Penelitian ini") == ("ABSTRAK",)
        assert section_of(document, "The focus") == ("ABSTARCT",)

    def test_lines_of_a_title_page_stay_apart(self, tmp_path: Path) -> None:
        document = load(tmp_path, ABSTRACT)
        assert texts(document, "text").count("FAKULTAS ILMU SOSIAL DAN ILMU POLITIK") == 2
        assert texts(document, "text").count("ILMU HUBUNGAN INTERNASIONAL") == 2

    def test_keywords_are_no_sentences(self, tmp_path: Path) -> None:
        document = load(tmp_path, ABSTRACT)
        assert texts(document, "contents") == [
            "Kata kunci : Sister City, Jakarta, Hanoi.",
            "Keywords: Sister City, Jakarta, Hanoi.",
        ]

    def test_quotes_hold_no_markup_and_wrapped_lines_are_joined(self, tmp_path: Path) -> None:
        document = load(tmp_path, ABSTRACT)
        assert (
            "kerja sama sister city Jakarta dan Hanoi. Hambatannya adalah sulitnya mendapatkan "
            "perizinan" in document.pages[0].text
        )
        assert "*" not in document.pages[0].text

    def test_a_document_without_pages_claims_none(self, tmp_path: Path) -> None:
        (page,) = load(tmp_path, ABSTRACT).pages
        assert page.number is None
        assert page.label is None

    def test_the_only_top_heading_is_the_title_and_in_no_path(self, tmp_path: Path) -> None:
        document = load(tmp_path, "# Garam *Rakyat*\n\n## Hasil\n\n### Hambatan\n\nIzin sulit.\n")
        assert document.metadata.title == "Garam Rakyat"
        assert section_of(document, "Izin") == ("Hasil", "Hambatan")

    def test_chapters_as_top_headings(self, tmp_path: Path) -> None:
        document = load(tmp_path, "# BAB I PENDAHULUAN\n\nSatu.\n\n# BAB II TEORI\n\nDua.\n")
        assert section_of(document, "Satu") == ("BAB I PENDAHULUAN",)
        assert section_of(document, "Dua") == ("BAB II TEORI",)

    def test_table_rows_know_their_heads_and_caption(self, tmp_path: Path) -> None:
        table = "Tabel 4.1 Izin per Tahun\n\n| Tahun | Izin |\n|---|---|\n| 2018 | **7** |\n"
        document = load(tmp_path, table)
        row = document.blocks[-1]
        assert (row.kind, text_of(document, row)) == ("table", "2018\t7")
        assert row.context == "Tabel 4.1 Izin per Tahun: Tahun | Izin"

    def test_list_items_carry_their_numbers(self, tmp_path: Path) -> None:
        document = load(tmp_path, "3. izin\n4. dana\n   - pusat\n")
        assert texts(document, "list") == ["3. izin", "4. dana", "pusat"]

    def test_links_code_entities_and_html_are_text(self, tmp_path: Path) -> None:
        document = load(tmp_path, "A [tautan](http://x.example) `kode` A&amp;B x<sup>2</sup>\n")
        assert texts(document) == ["A tautan kode A&B x²"]

    def test_fenced_code_is_code_and_indented_text_is_not(self, tmp_path: Path) -> None:
        document = load(tmp_path, "    Paragraf menjorok.\n\n```py\nx = 1\n  y\n```\n")
        assert texts(document, "text") == ["Paragraf menjorok."]
        assert texts(document, "code") == ["x = 1\n  y"]

    def test_footnotes_stand_apart_from_the_sentence(self, tmp_path: Path) -> None:
        document = load(tmp_path, "Izin sulit[^1] didapat.\n\n[^1]: Wawancara, 2019.\n")
        assert texts(document, "text") == ["Izin sulit didapat."]
        assert texts(document, "footnote") == ["1 Wawancara, 2019."]

    def test_front_matter_is_metadata_not_text(self, tmp_path: Path) -> None:
        matter = "---\ntitle: Garam\nauthor: [Ani, Budi]\ndate: 2021-05-04\n---\nIsi.\n"
        document = load(tmp_path, matter)
        assert document.metadata.title == "Garam"
        assert document.metadata.author == "Ani, Budi"
        assert document.metadata.year == 2021
        assert texts(document) == ["Isi."]


class TestPlainText:
    def test_wrapped_lines_are_joined_and_headings_found(self, tmp_path: Path) -> None:
        document = load(
            tmp_path,
            "BAB IV\nHASIL DAN PEMBAHASAN\n\n4.3.1 Hambatan\nPenelitian ini menemukan\nbahwa izin "
            "sulit. Men-\ndapatkan dana anak-\nanak juga.\n",
            "a.txt",
        )
        text = "Penelitian ini menemukan bahwa izin sulit. Mendapatkan dana anak-anak juga."
        assert texts(document, "text") == [text]
        assert section_of(document, "Penelitian") == (
            "BAB IV HASIL DAN PEMBAHASAN",
            "4.3.1 Hambatan",
        )

    def test_items_of_a_list_begin_anew(self, tmp_path: Path) -> None:
        document = load(tmp_path, "Hambatan:\na) izin yang\n   sulit\nb) dana\n- lain\n", "a.txt")
        assert texts(document, "list") == ["a) izin yang sulit", "b) dana", "lain"]

    def test_contents_and_references_are_marked(self, tmp_path: Path) -> None:
        document = load(
            tmp_path,
            "DAFTAR ISI\n\nABSTRAK .......... i\nBAB I PENDAHULUAN ..... 1\n\nBAB I PENDAHULUAN\n\n"
            "Isi bab.\n\nDAFTAR PUSTAKA\n\nAdi. 2019. Buku.\n",
            "a.txt",
        )
        assert texts(document, "contents") == ["ABSTRAK .......... i", "BAB I PENDAHULUAN ..... 1"]
        assert texts(document, "references") == ["Adi. 2019. Buku."]
        assert section_of(document, "Isi bab") == ("BAB I PENDAHULUAN",)

    @pytest.mark.parametrize(
        "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"]
    )
    def test_encodings(self, tmp_path: Path, encoding: str) -> None:
        text = "Kota “Tua” – naïve café, 5 €. Penelitian ini berfokus pada kerja sama."
        assert texts(load(tmp_path, text.encode(encoding), "a.txt")) == [text]

    def test_other_scripts_are_guessed(self, tmp_path: Path) -> None:
        text = "Это исследование посвящено сотрудничеству городов Джакарта и Ханой. " * 5
        assert texts(load(tmp_path, text.encode("cp1251"), "a.txt")) == [text.strip()]


class TestRefused:
    def refusal(self, tmp_path: Path, content: bytes, name: str) -> str:
        with pytest.raises(DocumentError) as caught:
            load(tmp_path, content, name)
        assert name in str(caught.value)
        return str(caught.value)

    @pytest.mark.parametrize("content", [b"", b" \n\t\n", b"\xef\xbb\xbf"])
    def test_empty(self, tmp_path: Path, content: bytes) -> None:
        assert "is empty" in self.refusal(tmp_path, content, "kosong.txt")

    @pytest.mark.parametrize("content", [b"<!-- x -->", b"---\ntitle: a\n---\n", b">" * 500 + b"a"])
    def test_markup_without_text(self, tmp_path: Path, content: bytes) -> None:
        assert "holds no text" in self.refusal(tmp_path, content, "kosong.md")

    def test_binary(self, tmp_path: Path) -> None:
        assert "binary" in self.refusal(tmp_path, bytes(range(256)) * 40, "acak.txt")

    def test_a_pdf_in_disguise(self, tmp_path: Path) -> None:
        assert "Rename it to end in .pdf" in self.refusal(tmp_path, b"%PDF-1.7\n...", "a.txt")

    def test_a_zip_in_disguise(self, tmp_path: Path) -> None:
        assert "zip archive" in self.refusal(tmp_path, b"PK\x03\x04....", "a.md")

    def test_300_mb(self, tmp_path: Path) -> None:
        path = tmp_path / "besar.txt"
        with path.open("wb") as file:
            file.truncate(300_000_000)
        with pytest.raises(DocumentError, match=f"300 MB of text, and {MAX_BYTES // 10**6} MB"):
            load_text(path, path.name)

    def test_missing(self, tmp_path: Path) -> None:
        with pytest.raises(DocumentError, match="can't be read"):
            load_text(tmp_path / "hilang.txt", "hilang.txt")


marked_up = st.text(st.sampled_from("aAbB1. \n#*_|-`>[]()<>&;:!\\\t~=^B"), max_size=200)


@given(content=st.one_of(st.text(max_size=300), marked_up), markdown=st.booleans())
def test_any_text_loads_the_same_twice_or_is_refused(
    tmp_path_factory: pytest.TempPathFactory, content: str, markdown: bool
) -> None:
    path = tmp_path_factory.getbasetemp() / ("any.md" if markdown else "any.txt")
    path.write_bytes(content.encode("utf-8", "surrogatepass"))
    try:
        document = load_text(path, path.name)
    except DocumentError:
        return
    check_blocks(document)
    assert document == load_text(path, path.name)


@given(content=st.binary(max_size=300))
def test_any_bytes_load_or_are_refused(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any-bytes.txt"
    path.write_bytes(content)
    with contextlib.suppress(DocumentError):
        check_blocks(load_text(path, path.name))
