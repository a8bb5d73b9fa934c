"""HTML: the main content of a page, read from the file alone."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thesis_qa.errors import DocumentError
from thesis_qa.structure.document import load as load_html
from thesis_qa.types import Block, Document


def load(tmp_path: Path, content: str | bytes) -> Document:
    path = tmp_path / "tesis.html"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return load_html(path, path.name)


def text_of(document: Document, block: Block) -> str:
    return "".join(document.pages[s.page].text[s.start : s.end] for s in block.spans)


def texts(document: Document, kind: str | None = None) -> list[str]:
    return [text_of(document, b) for b in document.blocks if kind in (None, b.kind)]


def test_only_the_content_is_read(tmp_path: Path) -> None:
    page = """<html><head><title>Situs</title><style>p {color: red}</style></head><body>
    <nav>Beranda</nav><header><h1>Garam</h1></header><p>Izin <b>sulit</b>.</p>
    <script>alert("x")</script><p hidden>rahasia</p><p style="display: none">rahasia</p>
    <footer>Hak cipta</footer></body></html>"""
    assert texts(load(tmp_path, page)) == ["Garam", "Izin sulit."]


def test_main_goes_before_everything_else(tmp_path: Path) -> None:
    main = "<main><p>Penelitian ini berfokus pada kerja sama.</p></main>"
    page = f"<body><div><p>Menu samping</p></div>{main}<div>Iklan</div></body>"
    assert texts(load(tmp_path, page)) == ["Penelitian ini berfokus pada kerja sama."]


def test_headings_make_the_path(tmp_path: Path) -> None:
    page = "<h1>Garam</h1><h2>Hasil</h2><h3>Hambatan</h3><p>Izin.</p><h2>Penutup</h2><p>Akhir.</p>"
    document = load(tmp_path, page)
    assert document.metadata.title == "Garam"
    sections = {text_of(document, block): block.section for block in document.blocks}
    assert sections["Izin."] == ("Hasil", "Hambatan")
    assert sections["Akhir."] == ("Penutup",)


def test_inline_markup_and_entities_leave_no_trace(tmp_path: Path) -> None:
    page = "<p>Kerja&nbsp;sama <i>sister\n   city</i> &amp; ke&shy;pu<wbr>tusan<!-- x -->nya</p>"
    assert texts(load(tmp_path, page)) == ["Kerja sama sister city & keputusannya"]


def test_lists_are_numbered_as_shown(tmp_path: Path) -> None:
    page = """<ol start="3"><li>izin<li>dana<ol type="a"><li>pusat</ol></ol><ul><li>lain</ul>"""
    assert texts(load(tmp_path, page), "list") == ["3. izin", "4. dana", "a. pusat", "lain"]


def test_table_rows_know_their_heads_and_caption(tmp_path: Path) -> None:
    page = """<table><caption>Tabel 4.1 Izin</caption><tr><th>Tahun<th>Jumlah Izin
    <tr><td>2018<td>7<br>buah</table>"""
    document = load(tmp_path, page)
    row = document.blocks[-1]
    assert (row.kind, text_of(document, row)) == ("table", "2018\t7 buah")
    assert row.context == "Tabel 4.1 Izin: Tahun | Jumlah Izin"


def test_tables_for_layout_are_text(tmp_path: Path) -> None:
    page = "<table><tr><td><h1>Garam</h1><td><p>Izin sulit.</p></table>"
    assert texts(load(tmp_path, page), "table") == []
    assert "Izin sulit." in texts(load(tmp_path, page), "text")


def test_code_keeps_its_lines(tmp_path: Path) -> None:
    assert texts(load(tmp_path, "<p>Kode:</p><pre>x = 1\n  y</pre>"), "code") == ["x = 1\n  y"]


def test_notes_stand_apart(tmp_path: Path) -> None:
    page = """<p>Izin sulit<a class="footnote-ref" role="doc-noteref" href="#n">1</a>.</p>
    <section role="doc-endnotes"><ol><li id="n"><p>Wawancara.<a role="doc-backlink">↩</a></p></ol>
    </section>"""
    document = load(tmp_path, page)
    assert texts(document, "text") == ["Izin sulit."]
    assert texts(document, "footnote") == ["1. Wawancara."]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('<meta charset="windows-1251"><p>Ханой</p>'.encode("cp1251"), "Ханой"),
        ('<meta charset="iso-8859-1"><p>Kota “Tua”</p>'.encode("cp1252"), "Kota “Tua”"),
        ("<p>Kota “Tua”</p>".encode(), "Kota “Tua”"),
        ("<p>Kota “Tua”</p>".encode("utf-16"), "Kota “Tua”"),
        ('<?xml version="1.0" encoding="utf-8"?><p>Kota “Tua”</p>'.encode(), "Kota “Tua”"),
        ('<meta charset="tidak-ada"><p>Kota “Tua”</p>'.encode(), "Kota “Tua”"),
    ],
)
def test_encodings(tmp_path: Path, content: bytes, expected: str) -> None:
    assert texts(load(tmp_path, content)) == [expected]


def test_the_record_of_a_repository_is_metadata(tmp_path: Path) -> None:
    page = """<meta name="citation_title" content="Upaya Pemerintah"><meta name="citation_author"
    content="Ani"><meta name="citation_publication_date" content="2021/05/04">
    <meta name="citation_keywords" content="izin; dana"><p>Izin sulit.</p>"""
    metadata = load(tmp_path, page).metadata
    assert (metadata.title, metadata.author, metadata.year) == ("Upaya Pemerintah", "Ani", 2021)
    assert metadata.keywords == ("izin", "dana")


@pytest.mark.parametrize("content", ["", "<html><body><img src='x.png'></body></html>", "<!-- -->"])
def test_pages_without_text_are_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(DocumentError, match=r"tesis\.html"):
        load(tmp_path, content)


def test_thousands_of_nested_elements_are_refused_not_cut(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="nested too deeply"):
        load(tmp_path, "<div>" * 100_000 + "x")


def test_hundreds_of_nested_tables_are_text(tmp_path: Path) -> None:
    assert texts(load(tmp_path, "<table><tr><td>" * 600 + "Izin sulit.")) == ["Izin sulit."]


def test_external_entities_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "rahasia.txt").write_text("RAHASIA")
    page = (
        f'<!DOCTYPE html [<!ENTITY x SYSTEM "file://{tmp_path}/rahasia.txt">]>'
        f'<html><body><p>Isi &x;</p><iframe src="rahasia.txt"></iframe></body></html>'
    )
    assert "RAHASIA" not in load(tmp_path, page).pages[0].text


TAGS = """<p> </p> <li> <ol> </ol> <table> <tr> <td> </table> <b> </b> <h2> </h2> <div> </div>
<pre> <br> <nav> </nav> <caption> a B. & ; <! -- > x=\""""
tags = st.sampled_from(TAGS.split())


@given(pieces=st.lists(st.one_of(tags, st.text(max_size=5)), max_size=60))
def test_any_page_loads_the_same_twice_or_is_refused(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[str]
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.html"
    path.write_bytes("".join(pieces).encode("utf-8", "surrogatepass"))
    try:
        document = load_html(path, path.name)
    except DocumentError:
        return
    end = 0
    for block in document.blocks:
        (span,) = block.spans
        assert end <= span.start < span.end <= len(document.pages[0].text)
        end = span.end
    assert document == load_html(path, path.name)
