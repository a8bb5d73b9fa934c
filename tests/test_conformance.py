"""The same thesis written as PDF, DOCX, HTML, Markdown and text has the same structure."""

from collections.abc import Callable, Iterator
from functools import cache
from html import escape
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
HEADINGS: list[tuple[int, str, tuple[int | str, ...], str, str | None]] = [
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
CAPTIONS = {  # below which heading
    "2.1.1 State of the Art": "Algoritma 2.1 Pencarian Jalur Terpendek",
    "2.2 Civil Society": "Gambar 2.1 Kerangka Pemikiran Penelitian",
    "4.2.1 Perizinan": "Tabel 4.1 Hambatan Menurut Bidang",
}
TABLE = [["Bidang", "Hambatan", "Tahun"], ["Transportasi", "perizinan", "2017"],
         ["Budaya", "pendanaan", "2018"]]  # fmt: skip
PROSE = (
    "Kerja sama antara kedua kota berjalan sejak tahun itu dalam bidang transportasi, kebudayaan,"
    " pendidikan, serta lingkungan hidup yang dikelola oleh pemerintah kota masing-masing."
)


def write_docx(path: Path) -> None:
    made = NewDocument()
    for level, text, *_ in HEADINGS:
        made.add_heading(text, level)
        made.add_paragraph(PROSE)
        if caption := CAPTIONS.get(text):
            made.add_paragraph(caption)
        if caption and caption.startswith("Tabel"):
            table = made.add_table(0, 3)
            for row in TABLE:
                for cell, content in zip(table.add_row().cells, row, strict=True):
                    cell.text = content
    made.save(str(path))


def write_html(path: Path) -> None:
    pieces: list[str] = []
    for level, text, *_ in HEADINGS:
        pieces.append(f"<h{level}>{escape(text)}</h{level}><p>{PROSE}</p>")
        if caption := CAPTIONS.get(text):
            pieces.append(f"<p>{caption}</p>")
        if caption and caption.startswith("Tabel"):
            rows = ("".join(f"<td>{cell}</td>" for cell in row) for row in TABLE)
            pieces.append(f"<table>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>")
    path.write_text("".join(pieces), encoding="utf-8")


def write_markdown(path: Path) -> None:
    pieces: list[str] = []
    for level, text, *_ in HEADINGS:
        pieces += [f"{'#' * level} {text}", PROSE]
        if caption := CAPTIONS.get(text):
            pieces.append(caption)
        if caption and caption.startswith("Tabel"):
            heads, *rows = (f"| {' | '.join(row)} |" for row in TABLE)
            pieces.append("\n".join([heads, "|---|---|---|", *rows]))
    path.write_text("\n\n".join(pieces), encoding="utf-8")


def write_text(path: Path) -> None:
    pieces: list[str] = []
    for _, text, *_ in HEADINGS:
        pieces += [text, PROSE, *([CAPTIONS[text]] if text in CAPTIONS else [])]
    path.write_text("\n\n".join(pieces), encoding="utf-8")


def write_pdf(path: Path) -> None:
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

    for level, text, *_ in HEADINGS:
        if level == 1 and y:
            canvas.showPage()
        y = 110 if level == 1 else y + 14
        put(text, "Times-Bold", 14 if level == 1 else 12)
        y += 8
        put(f"{PROSE} {PROSE}")
        if caption := CAPTIONS.get(text):
            y += 16
            put(caption)
        if caption and caption.startswith("Tabel"):
            y = _pdf_table(canvas, y)
        y += 12 if caption else 0
    canvas.save()


def _pdf_table(canvas: Any, top: float) -> float:
    lefts = (85, 205, 325, 445)
    for number, row in enumerate(TABLE):
        for x, cell in zip(lefts, row, strict=False):
            canvas.drawString(x + 5, HEIGHT - top - 20 * number - 14, cell)
    bottom = top + 20 * len(TABLE)
    for at in range(len(TABLE) + 1):
        canvas.line(lefts[0], HEIGHT - top - 20 * at, lefts[-1], HEIGHT - top - 20 * at)
    for x in lefts:
        canvas.line(x, HEIGHT - top, x, HEIGHT - bottom)
    return bottom + 20


WRITERS: dict[str, Callable[[Path], None]] = {
    ".pdf": write_pdf,
    ".docx": write_docx,
    ".html": write_html,
    ".md": write_markdown,
    ".txt": write_text,
}
every_format = pytest.mark.parametrize("suffix", WRITERS)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Document]:
    @cache
    def document(suffix: str) -> Document:
        path = tmp_path_factory.getbasetemp() / f"tesis{suffix}"
        WRITERS[suffix](path)
        return load(path, path.name)

    return document


def headings_of(document: Document) -> list[Heading]:
    return list(dict.fromkeys(block.headings[-1] for block in document.blocks if block.headings))


def texts(document: Document, kind: str) -> Iterator[str]:
    for block in document.blocks:
        if block.kind == kind:
            parts = (document.pages[s.page].text[s.start : s.end] for s in block.spans)
            yield " ".join(parts)


@every_format
def test_headings_have_number_title_level_and_role(
    written: Callable[[str], Document], suffix: str
) -> None:
    found = headings_of(written(suffix))
    expected = [(text, number, title, level, role) for level, text, number, title, role in HEADINGS]
    assert [(h.text, h.number, h.title, h.level, h.role) for h in found] == expected


@every_format
def test_captions(written: Callable[[str], Document], suffix: str) -> None:
    found = [" ".join(text.split()) for text in texts(written(suffix), "caption")]
    assert found == list(CAPTIONS.values())
    labels = [(c.label, c.number) for text in found if (c := parse_caption(text))]
    assert labels == [("algorithm", (2, 1)), ("figure", (2, 1)), ("table", (4, 1))]


@every_format
def test_tables_have_the_same_cells_and_heads(
    written: Callable[[str], Document], suffix: str
) -> None:
    if suffix == ".txt":
        pytest.skip("text has no tables")
    document = written(suffix)
    assert [" ".join(row.split()) for row in texts(document, "table")] == [
        " ".join(row) for row in TABLE
    ]
    rows = [block for block in document.blocks if block.kind == "table"]
    context = f"{CAPTIONS['4.2.1 Perizinan']}: Bidang | Hambatan | Tahun"
    assert [row.context for row in rows[1:]] == [context] * 2


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
