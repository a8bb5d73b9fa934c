"""The same theses written as PDF, DOCX, HTML, Markdown and text have the same structure: fifty
headings, captions and tables in two languages, in five formats."""

from collections.abc import Callable
from html import escape
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from docx import Document as NewDocument
from hypothesis import given
from hypothesis import strategies as st

from pdfs import HEIGHT, WIDTH
from thesis_qa.structure.document import load
from thesis_qa.structure.headings import (
    certain_heading,
    follows,
    numbered_heading,
    parse_caption,
    parse_heading,
    role_of,
)
from thesis_qa.types import Document, Heading

# Level, text; number, title and role that all formats are to give.
INDONESIAN: list[tuple[int, str, tuple[int | str, ...], str, str | None]] = [
    (1, "KATA PENGANTAR", (), "KATA PENGANTAR", "acknowledgements"),
    (1, "ABSTRAK", (), "ABSTRAK", "abstract"),
    (1, "BAB I PENDAHULUAN", (1,), "PENDAHULUAN", "introduction"),
    (2, "1.1 Latar Belakang", (1, 1), "Latar Belakang", "problem"),
    (2, "1.2 Rumusan Masalah", (1, 2), "Rumusan Masalah", "questions"),
    (2, "1.3 Tujuan Penelitian", (1, 3), "Tujuan Penelitian", "aims"),
    (2, "1.4 Delimitations", (1, 4), "Delimitations", "scope"),
    (2, "1.5 Manfaat Penelitian", (1, 5), "Manfaat Penelitian", "benefits"),
    (1, "BAB II TINJAUAN PUSTAKA", (2,), "TINJAUAN PUSTAKA", "theory"),
    (2, "2.1 Penelitian Terdahulu", (2, 1), "Penelitian Terdahulu", "earlier_work"),
    (3, "2.1.1 State of the Art", (2, 1, 1), "State of the Art", "earlier_work"),
    (2, "2.2 Civil Society", (2, 2), "Civil Society", None),
    (1, "BAB III METODE PENELITIAN", (3,), "METODE PENELITIAN", "method"),
    (2, "3.1 Jenis Penelitian", (3, 1), "Jenis Penelitian", "method"),
    (2, "3.2 Teknik Pengumpulan Data", (3, 2), "Teknik Pengumpulan Data", "data"),
    (1, "BAB IV HASIL DAN PEMBAHASAN", (4,), "HASIL DAN PEMBAHASAN", "results"),
    (2, "4.1 Gambaran Umum", (4, 1), "Gambaran Umum", None),
    (2, "4.2 Faktor Penghambat", (4, 2), "Faktor Penghambat", "obstacles"),
    (3, "4.2.1 Perizinan", (4, 2, 1), "Perizinan", None),
    (2, "4.3 Keterbatasan Penelitian", (4, 3), "Keterbatasan Penelitian", "limits"),
    (1, "BAB V PENUTUP", (5,), "PENUTUP", "conclusion"),
    (2, "5.1 Kesimpulan", (5, 1), "Kesimpulan", "conclusion"),
    (2, "5.2 Saran", (5, 2), "Saran", "suggestions"),
    (1, "DAFTAR PUSTAKA", (), "DAFTAR PUSTAKA", "references"),
    (1, "LAMPIRAN A PEDOMAN WAWANCARA", ("A",), "PEDOMAN WAWANCARA", "appendix"),
    (2, "A.1 Kesimpulan Wawancara", ("A", 1), "Kesimpulan Wawancara", None),
    (1, "LAMPIRAN B FOTO KEGIATAN", ("B",), "FOTO KEGIATAN", "appendix"),
]
ENGLISH: list[tuple[int, str, tuple[int | str, ...], str, str | None]] = [
    (1, "ACKNOWLEDGEMENTS", (), "ACKNOWLEDGEMENTS", "acknowledgements"),
    (1, "ABSTRACT", (), "ABSTRACT", "abstract"),
    (1, "CHAPTER 1 INTRODUCTION", (1,), "INTRODUCTION", "introduction"),
    (2, "1.1 Background", (1, 1), "Background", "problem"),
    (2, "1.2 Research Questions", (1, 2), "Research Questions", "questions"),
    (1, "CHAPTER 2 LITERATURE REVIEW", (2,), "LITERATURE REVIEW", "theory"),
    (2, "2.1 Related Work", (2, 1), "Related Work", "earlier_work"),
    (2, "2.2 Vector Space", (2, 2), "Vector Space", None),
    (1, "CHAPTER 3 METHODOLOGY", (3,), "METHODOLOGY", "method"),
    (2, "3.1 Data Collection", (3, 1), "Data Collection", "data"),
    (1, "CHAPTER 4 RESULTS", (4,), "RESULTS", "results"),
    (2, "4.1 Accuracy", (4, 1), "Accuracy", None),
    (2, "4.2 Limitations", (4, 2), "Limitations", "limits"),
    (1, "CHAPTER 5 CONCLUSION", (5,), "CONCLUSION", "conclusion"),
    (1, "REFERENCES", (), "REFERENCES", "references"),
    (1, "APPENDIX A INTERVIEW GUIDE", ("A",), "INTERVIEW GUIDE", "appendix"),
]
CAPTIONS = {  # below which heading
    "2.1.1 State of the Art": "Algoritma 2.1 Pencarian Jalur Terpendek",
    "2.2 Civil Society": "Gambar 2.1 Kerangka Pemikiran Penelitian",
    "4.2.1 Perizinan": "Tabel 4.1 Hambatan Menurut Bidang",
    "2.2 Vector Space": "Figure 2.1 Neighbours of a Word",
    "4.1 Accuracy": "Table 4.1 Accuracy by Language",
}
TABLES = {  # below which caption
    "Tabel 4.1 Hambatan Menurut Bidang": [
        ["Bidang", "Hambatan", "Tahun"],
        ["Transportasi", "perizinan", "2017"],
        ["Budaya", "pendanaan", "2018"],
    ],
    "Table 4.1 Accuracy by Language": [
        ["Language", "Questions", "Right"],
        ["Indonesian", "412", "81.5%"],
        ["English", "388", "79.1%"],
        ["Both", "800", "80.3%"],
    ],
}
PROSE = {
    "id": "Kerja sama antara kedua kota berjalan sejak tahun itu dalam bidang transportasi,"
    " kebudayaan, pendidikan, serta lingkungan hidup yang dikelola pemerintah kota masing-masing.",
    "en": "The words of both languages are compared in one space, in which a sentence and its"
    " translation lie near each other whatever they are about and whoever wrote them.",
}
THESES = {"id": INDONESIAN, "en": ENGLISH}
Parts = list[tuple[int, str, str | None]]
"""Level and text of each heading, and the caption below it."""


def parts_of(language: str) -> Parts:
    return [(level, text, CAPTIONS.get(text)) for level, text, *_ in THESES[language]]


def write_docx(path: Path, language: str) -> None:
    made = NewDocument()
    for level, text, caption in parts_of(language):
        made.add_heading(text, level)
        made.add_paragraph(PROSE[language])
        if caption:
            made.add_paragraph(caption)
        if rows := TABLES.get(caption or ""):
            table = made.add_table(0, 3)
            for row in rows:
                for cell, content in zip(table.add_row().cells, row, strict=True):
                    cell.text = content
    made.save(str(path))


def write_html(path: Path, language: str) -> None:
    pieces: list[str] = []
    for level, text, caption in parts_of(language):
        pieces.append(f"<h{level}>{escape(text)}</h{level}><p>{PROSE[language]}</p>")
        if caption:
            pieces.append(f"<p>{caption}</p>")
        if table := TABLES.get(caption or ""):
            rows = ("".join(f"<td>{cell}</td>" for cell in row) for row in table)
            pieces.append(f"<table>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>")
    path.write_text("".join(pieces), encoding="utf-8")


def write_markdown(path: Path, language: str) -> None:
    pieces: list[str] = []
    for level, text, caption in parts_of(language):
        pieces += [f"{'#' * level} {text}", PROSE[language], *([caption] if caption else [])]
        if table := TABLES.get(caption or ""):
            heads, *rows = (f"| {' | '.join(row)} |" for row in table)
            pieces.append("\n".join([heads, "|---|---|---|", *rows]))
    path.write_text("\n\n".join(pieces), encoding="utf-8")


def write_text(path: Path, language: str) -> None:
    pieces: list[str] = []
    for _, text, caption in parts_of(language):
        pieces += [text, PROSE[language], *([caption] if caption else [])]
        if table := TABLES.get(caption or ""):
            pieces.append("\n".join("".join(f"{c:<16}" for c in row).rstrip() for row in table))
    path.write_text("\n\n".join(pieces), encoding="utf-8")


def write_pdf(path: Path, language: str) -> None:
    from reportlab.lib.utils import simpleSplit
    from reportlab.pdfgen.canvas import Canvas

    canvas: Any = Canvas(str(path), pagesize=(WIDTH, HEIGHT))
    y = 0.0

    def put(text: str, font: str = "Times-Roman", size: float = 12, x: float = 85) -> None:
        nonlocal y
        for line in simpleSplit(text, font, size, 425):
            canvas.setFont(font, size)
            canvas.drawString(x, HEIGHT - y, line)
            y += 18

    for level, text, caption in parts_of(language):
        if level == 1 and y:
            canvas.showPage()
        y = 110 if level == 1 else y + 14
        put(text, "Times-Bold", 14 if level == 1 else 12)
        y += 8
        put(f"{PROSE[language]} {PROSE[language]}")
        if caption:
            y += 16
            put(caption)
        if table := TABLES.get(caption or ""):
            y = _pdf_table(canvas, y, table)
        y += 12 if caption else 0
    canvas.save()


def _pdf_table(canvas: Any, top: float, table: list[list[str]]) -> float:
    lefts = (85, 205, 325, 445)
    for number, row in enumerate(table):
        for x, cell in zip(lefts, row, strict=False):
            canvas.drawString(x + 5, HEIGHT - top - 20 * number - 14, cell)
    bottom = top + 20 * len(table)
    for at in range(len(table) + 1):
        canvas.line(lefts[0], HEIGHT - top - 20 * at, lefts[-1], HEIGHT - top - 20 * at)
    for x in lefts:
        canvas.line(x, HEIGHT - top, x, HEIGHT - bottom)
    return bottom + 20


WRITERS: dict[str, Callable[[Path, str], None]] = {
    ".pdf": write_pdf,
    ".docx": write_docx,
    ".html": write_html,
    ".md": write_markdown,
    ".txt": write_text,
}


@pytest.fixture(scope="module", params=product(WRITERS, THESES), ids="-".join)
def written(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Document, str]:
    """A thesis in one of the formats, and its language."""
    suffix, language = request.param
    path = tmp_path_factory.mktemp("written") / f"{language}{suffix}"
    WRITERS[suffix](path, language)
    return load(path, path.name), language


def headings_of(document: Document) -> list[Heading]:
    return list(dict.fromkeys(block.headings[-1] for block in document.blocks if block.headings))


def texts(document: Document, kind: str) -> list[str]:
    return [
        " ".join(" ".join(document.pages[s.page].text[s.start : s.end] for s in b.spans).split())
        for b in document.blocks
        if b.kind == kind
    ]


def test_headings_have_number_title_level_and_role(written: tuple[Document, str]) -> None:
    document, language = written
    found = [(h.level, h.text, h.number, h.title, h.role) for h in headings_of(document)]
    assert found == THESES[language]


def test_captions(written: tuple[Document, str]) -> None:
    document, language = written
    captions = texts(document, "caption")
    assert captions == [caption for _, _, caption in parts_of(language) if caption]
    labels = [(c.label, c.number) for text in captions if (c := parse_caption(text))]
    kinds = {"id": ["algorithm", "figure", "table"], "en": ["figure", "table"]}[language]
    assert labels == [(kind, (4 if kind == "table" else 2, 1)) for kind in kinds]


def test_tables_have_the_same_cells_and_heads(written: tuple[Document, str]) -> None:
    document, language = written
    [(caption, table)] = [(c, TABLES[c]) for _, _, c in parts_of(language) if c and c in TABLES]
    assert texts(document, "table") == [" ".join(row) for row in table]
    rows = [block.context for block in document.blocks if block.kind == "table"]
    assert rows[1:] == [f"{caption}: {' | '.join(table[0])}"] * (len(table) - 1)


@pytest.mark.parametrize(
    ("line", "number", "title"),
    [
        ("BAB IV", (4,), ""),
        ("Chapter Four: Results", (4,), "Results"),
        ("Chapter 4", (4,), ""),
        ("BAB SATU PENDAHULUAN", (1,), "PENDAHULUAN"),
        ("IV.3.1 Dana", (4, 3, 1), "Dana"),
        ("C.2 Tabel", ("C", 2), "Tabel"),
        ("Appendix B", ("B",), ""),
        ("LAMPIRAN C", ("C",), ""),
        ("Lampiran-2 Foto", (2,), "Foto"),
        ("4 Hasil", (4,), "Hasil"),
        ("IV. HASIL", (4,), "HASIL"),
        ("H. Metode Penelitian", ("H",), "Metode Penelitian"),
        ("References", (), "References"),
    ],
)
def test_a_heading_is_number_and_title(
    line: str, number: tuple[int | str, ...], title: str
) -> None:
    heading = parse_heading(line)
    assert heading is not None
    assert (heading.number, heading.title) == (number, title)


@pytest.mark.parametrize(
    "line",
    [
        *("Civil Society", "Bab ini membahas teori.", "Part of the problem", "Abstract Algebra"),
        *(
            "3,5 persen dari anggaran",
            "S.1 Ilmu Komunikasi",
            "a. izin",
            "(1) dana",
            "Mixed Methods",
        ),
        "BAB 4 hal ini dibahas",
    ],
)
def test_what_is_no_heading(line: str) -> None:
    assert parse_heading(line) is None


@pytest.mark.parametrize("line", ["1. Pendahuluan", "A. Tinjauan", "IV. HASIL", "4.3 Dana habis."])
def test_an_item_of_a_list_is_no_certain_heading(line: str) -> None:
    assert certain_heading(line) is None
    assert parse_heading(line) is not None


@pytest.mark.parametrize(
    ("title", "role"),
    [
        *(("penghambat", "obstacles"), ("Faktor Penghambat", "obstacles"), ("Scope", "scope")),
        *(("Delimitations", "scope"), ("State of the art", "earlier_work"), ("Data", "data")),
        *(("DAFTAR GAMBAR DAN TABEL", "contents"), ("List of References", "references")),
        *(("Surat Pernyataan Keaslian Skripsi", "declaration"), ("Daftar Hadir", "appendix")),
        *(("Pernyataan Masalah", "problem"), ("Kesimpulan dan Saran", "conclusion")),
        *(("LEMBAR PENGESAHAN SKRIPSI", "approval"), ("Acknowledgments", "acknowledgements")),
        *(("References in Popular Culture", None), ("Hasil Wawancara dengan Bapak Camat", None)),
    ],
)
def test_a_role_is_known_by_words(title: str, role: str | None) -> None:
    assert role_of(title) == role


def test_below_an_appendix_words_name_no_role() -> None:
    assert role_of("Kesimpulan", (Heading("LAMPIRAN A", ("A",), "", 1, "appendix"),)) is None


@pytest.mark.parametrize(
    ("line", "label", "number"),
    [
        ("Tabel 4.1. Hambatan", "table", (4, 1)),
        ("Table A.1: Data", "table", ("A", 1)),
        ("Fig. 3: Map", "figure", (3,)),
        ("Gambar IV.2 Peta", "figure", (4, 2)),
        ("Gambar 2-3 Kerangka", "figure", (2, 3)),
        ("Algoritma 2.1 Genetika", "algorithm", (2, 1)),
        ("Listing 3.1. Kelas", "listing", (3, 1)),
        ("Figure 12- The graph", "figure", (12,)),
        ("Figure 6: block diagram", "figure", (6,)),
        ("Figure 6.1 (a): the reason", "figure", (6, 1)),
        ("Tabel 3. 24 pBest P02", "table", (3, 24)),
        *((text, None, ()) for text in ("Tabel 4.1 menunjukkan hal itu", "Peta Jakarta 2")),
    ],
)
def test_a_caption_is_label_and_number(
    line: str, label: str | None, number: tuple[int | str, ...]
) -> None:
    caption = parse_caption(line)
    assert (caption.label, caption.number) == (label, number) if caption else label is None


numbers = st.lists(st.integers(1, 49), min_size=2, max_size=5).map(tuple)


@given(number=numbers, title=st.from_regex(r"[A-Z][a-z]{2,9}( [A-Za-z]{2,9}){0,3}", fullmatch=True))
def test_any_number_is_read_as_it_is_written(number: tuple[int, ...], title: str) -> None:
    heading = numbered_heading(f"{'.'.join(map(str, number))} {title}")
    assert heading is not None
    assert (heading.number, heading.title, heading.level) == (number, title, len(number))
    assert follows((*number, 1), number)
    assert follows((*number[:-1], number[-1] + 1), number)


@given(st.text(max_size=300))
def test_any_line_is_parsed(line: str) -> None:
    heading = parse_heading(line)
    assert heading is None or heading.text == " ".join(line.split())
    certain = certain_heading(line)
    assert certain is None or heading is not None
    parse_caption(line)
    role_of(line)
