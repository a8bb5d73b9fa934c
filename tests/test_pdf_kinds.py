"""What stands on the page is read as it stands: nothing is lost, joined or taken for something
else. Every test is a kind of page on which that has gone wrong."""

import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from pdfs import HEIGHT, Draw, cells, frame, rules, said, shifted, slanted, write_drawn
from thesis_qa.split import split
from thesis_qa.structure.document import load
from thesis_qa.structure.furniture import printed_labels
from thesis_qa.structure.page_text import read_on
from thesis_qa.types import Document

TEXT = [
    "Kerja sama antara kedua kota berjalan sejak tahun 2013 dalam bidang transportasi",
    "kebudayaan, pendidikan dan lingkungan hidup yang dikelola oleh pemerintah kota",
    "masing-masing bersama perguruan tinggi, sekolah dan kelompok warga yang terkait",
    "dengan bidang itu, dan dinilai setiap tahun oleh sebuah panitia yang mandiri.",
]


def read(path: Path, pages: Sequence[Sequence[Draw]]) -> Document:
    return load(write_drawn(path / "a.pdf", pages), "a.pdf")


def blocks(document: Document, kind: str, page: int | None = None) -> list[str]:
    return [
        " ".join(" ".join(document.pages[s.page].text[s.start : s.end] for s in b.spans).split())
        for b in document.blocks
        if b.kind == kind and page in (None, b.spans[0].page)
    ]


def rows(document: Document) -> list[tuple[str, str]]:
    """Context and cells of every row of a table."""
    return [
        (b.context or "", document.pages[b.spans[0].page].text[b.spans[0].start : b.spans[0].end])
        for b in document.blocks
        if b.kind == "table"
    ]


# Raised and lowered characters


@pytest.mark.parametrize(
    ("parts", "read_as"),
    [
        (("Jumlah informan adalah 25", "^14", " orang."), "Jumlah informan adalah 25 ¹⁴ orang."),
        (("Warga miskin mencapai 18", "^7", " persen."), "Warga miskin mencapai 18 ⁷ persen."),
        (("Luasnya 12,5", "^3", " hektare saja."), "Luasnya 12,5 ³ hektare saja."),
        (("Menurut Sari", "^3", " warga setuju."), "Menurut Sari³ warga setuju."),
        (("Sebanyak 3 × 10", "^5", " CFU per mL."), "Sebanyak 3 × 10⁵ CFU per mL."),
        (("Turun menjadi 2 × 10", "^-3", " mol per L."), "Turun menjadi 2 × 10⁻³ mol per L."),
        (("Kadar CO", "_2", " dan H", "_2", "O di udara."), "Kadar CO₂ dan H₂O di udara."),
        (("Kadar NO", "_3", "^-", " di sungai."), "Kadar NO₃⁻ di sungai."),
        (("Seluas 40 m", "^2", " di tepi sungai."), "Seluas 40 m² di tepi sungai."),
        (("On the 17", "^th", " of August they met."), "On the 17th of August they met."),
    ],
)
def test_raised_and_lowered_characters_are_no_digits(
    tmp_path: Path, parts: tuple[str, ...], read_as: str
) -> None:
    document = read(tmp_path, [[shifted(100, *parts), said(118, *TEXT)]])
    assert document.pages[0].text.splitlines()[0] == read_as


def test_notes_do_not_join_sentences(tmp_path: Path) -> None:
    page = [
        shifted(100, "Koperasi itu didirikan oleh dua belas petani.", "^21", " Modalnya lima juta"),
        shifted(118, "rupiah (iuran anggota).", "^22", " Rapat diadakan setiap tahun.", "^23"),
        shifted(136, "Hasil panen dijual ke kota."),
    ]
    document = read(tmp_path, [page])
    sentences = [s.text for p in split(document, len) for s in p.sentences]
    assert [text.rstrip("⁰¹²³⁴⁵⁶⁷⁸⁹") for text in sentences] == [
        "Koperasi itu didirikan oleh dua belas petani.",
        "Modalnya lima juta rupiah (iuran anggota).",
        "Rapat diadakan setiap tahun.",
        "Hasil panen dijual ke kota.",
    ]


def test_an_accent_and_its_letter_are_one(tmp_path: Path) -> None:
    def accented(canvas: Any) -> None:
        canvas.setFont("Times-Roman", 12)
        canvas.drawString(72, HEIGHT - 100, "Menurut Godel dan Poincare teori itu lengkap.")
        start = 72 + canvas.stringWidth("Menurut G", "Times-Roman", 12)
        canvas.drawString(start + 1, HEIGHT - 100, "\u00a8")
        end = 72 + canvas.stringWidth("Menurut Godel dan Poincar", "Times-Roman", 12)
        canvas.drawString(end + 1, HEIGHT - 100, "\u00b4")

    (line, *_) = read(tmp_path, [[accented, said(130, *TEXT)]]).pages[0].text.splitlines()
    assert line == "Menurut Gödel dan Poincaré teori itu lengkap."


# Furniture


def test_a_first_line_at_the_height_of_running_heads_is_text(tmp_path: Path) -> None:
    pages: list[list[Draw]] = [
        [said(60, f"{title} {number}"), said(110, *TEXT, *TEXT)]
        for number, title in enumerate(["1.1 Latar Belakang"] * 4, start=5)
    ]
    pages[2][0] = said(60, "Pendekatan lain tidak dipakai dalam penelitian yang dijelaskan di sini")
    document = read(tmp_path, pages)
    assert "Pendekatan lain" in " ".join(blocks(document, "text", 2))
    assert blocks(document, "furniture") == [f"1.1 Latar Belakang {n}" for n in (5, 6, 8)]


def test_a_running_head_that_names_one_section_is_known_by_the_page_number(tmp_path: Path) -> None:
    heads = ["Pendahuluan", "Tinjauan Pustaka", "Metode", "Metode", "Metode", "Hasil", "Penutup"]
    pages = [
        [said(60, f"{head} {number}"), said(110, *TEXT)] for number, head in enumerate(heads, 20)
    ]
    document = read(tmp_path, pages)
    assert len(blocks(document, "furniture")) == len(heads)
    assert [page.label for page in document.pages] == [str(20 + n) for n in range(len(heads))]


@pytest.mark.parametrize(
    "mark",
    [
        slanted("MILIK PERPUSTAKAAN", 45, 120, 600, size=54),
        slanted("Hak cipta dilindungi undang-undang", 90, 40, 700, size=8),
        slanted("Hak cipta dilindungi undang-undang", 270, 560, 120, size=8),
        slanted("DRAF", 0, 200, 150, size=60),
    ],
    ids=["watermark", "notice at the left", "notice at the right", "stamp"],
)
def test_what_is_printed_over_every_page_is_furniture(tmp_path: Path, mark: Draw) -> None:
    pages = [
        [mark, said(100, "BAB IV HASIL" if n == 0 else TEXT[0]), said(118, *TEXT, *TEXT),
         said(800, str(45 + n), x=290)]
        for n in range(4)
    ]  # fmt: skip
    document = read(tmp_path, pages)
    assert len(blocks(document, "furniture")) == 8
    assert {b.section for b in document.blocks if b.kind == "text"} == {("BAB IV HASIL",)}
    assert [page.label for page in document.pages] == ["45", "46", "47", "48"]
    assert document.metadata.title == ""


@pytest.mark.parametrize(
    ("form", "label"),
    [
        ("IV-{}", "IV-{}"), ("4 - {}", "4-{}"), ("2-{}", "2-{}"), ("IV.{}", "IV.{}"),
        ("A-{}", "A-{}"), ("Bab II – {}", "II-{}"), ("Page | {}", "{}"), ("P a g e | {}", "{}"),
        ("- {} -", "{}"), ("{} of 90", "{}"), ("halaman {}", "{}"),
    ],
)  # fmt: skip
def test_pages_are_numbered_in_many_ways(form: str, label: str) -> None:
    feet = [[form.format(n)] if n != 3 else [] for n in range(1, 6)]
    assert printed_labels([None] * 5, feet) == [label.format(n) for n in range(1, 6)]


def test_each_chapter_may_count_its_own_pages() -> None:
    feet = [["i"], ["ii"], ["I-1"], ["I-2"], ["II-1"], [], ["II-3"], [], ["III-2"], ["IV-1"]]
    assert printed_labels([None] * 10, feet) == [
        *("i", "ii", "I-1", "I-2", "II-1", "II-2", "II-3", "III-1", "III-2", "IV-1")
    ]


def test_the_number_of_a_section_in_a_running_head_is_no_page_number() -> None:
    heads = [[f"2.{n // 3 + 1}. Kerangka Teori {n + 11}"] for n in range(9)]
    assert printed_labels([None] * 9, heads) == [str(n + 11) for n in range(9)]


def test_a_sentence_goes_on_over_a_page_with_a_chapters_number(tmp_path: Path) -> None:
    pages = [
        [said(100, *TEXT[:3]), said(700, "Madu dari lereng gunung dikumpulkan oleh tiga kelompok"),
         said(800, "IV-1", x=290)],
        [said(80, "yang menjualnya di pasar kota."), said(110, *TEXT), said(800, "IV-2", x=290)],
    ]  # fmt: skip
    texts = blocks(read(tmp_path, pages), "text")
    assert any("tiga kelompok yang menjualnya di pasar kota" in text for text in texts)


# Turned text


@pytest.mark.parametrize("angle", [90, 270])
def test_a_table_set_sideways_is_read_as_it_is_turned(tmp_path: Path, angle: int) -> None:
    x0, y0, step = (120, 700, 25) if angle == 90 else (480, 120, -25)
    table = [
        ("Desa", "Sebelum", "Sesudah"),
        ("Cibodas", "1.250", "1.975"),
        ("Wangun", "980", "1.4"),
    ]
    along = -1 if angle == 90 else 1
    texts = [
        slanted(text, angle, x0 + step * (row + 1), y0 + along * 150 * column)
        for row, line in enumerate(table)
        for column, text in enumerate(line)
    ]
    caption = slanted("Tabel 4.3 Pendapatan petani kopi di tiga desa", angle, x0, y0)
    pages = [
        [said(100, "BAB IV HASIL"), said(118, *TEXT)],
        [caption, *texts, said(800, "46", x=290)],
        [said(100, *TEXT)],
    ]
    document = read(tmp_path, pages)
    context = "Tabel 4.3 Pendapatan petani kopi di tiga desa: Desa | Sebelum | Sesudah"
    assert (context, "Cibodas\t1.250\t1.975") in rows(document)
    assert {b.section for b in document.blocks} == {("BAB IV HASIL",)}
    places = [b for b in document.blocks if b.kind == "table"][1].spans[0]
    from thesis_qa.read.glyphs import boxes

    (first, *_) = boxes(document.pages[1], places.start, places.start + 7)
    assert abs(first[0] - (x0 + 2 * step)) < 15


# Right to left


def test_arabic_words_stand_in_the_order_of_reading(tmp_path: Path) -> None:
    font = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
    if not font.exists():
        pytest.skip("no font with Arabic letters at /usr/share/fonts/truetype/dejavu")
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    pdfmetrics.registerFont(TTFont("DejaVu", str(font)))
    visual = "مضاربة"[::-1]  # drawn from left to right, as a typesetter does
    line = said(100, f"Kata mudarabah ({visual}) berarti kerja sama bagi hasil.", font="DejaVu")
    document = read(tmp_path, [[line, said(130, *TEXT)]])
    text = unicodedata.normalize("NFKC", document.pages[0].text.splitlines()[0])
    assert text == "Kata mudarabah (مضاربة) berarti kerja sama bagi hasil."


# Tables

WIDTHS = (120, 90, 90, 90)
WHOLE = ("Pemantauan kendaraan", "menggunakannya", "berkelanjutan oleh")


def test_years_are_heads_and_empty_cells_are_kept(tmp_path: Path) -> None:
    table = [
        ("Kecamatan", "2019", "2020", "2021"), ("Cempaka", "", "", "47"),
        ("Melati", "12", "", "31"), ("Kenanga", "8", "15", "22"),
    ]  # fmt: skip
    page = [
        said(100, "Tabel 4.1 Jumlah kasus per kecamatan"),
        cells(130, table, WIDTHS),
        frame(130, 4, WIDTHS),
        said(240, *TEXT),
    ]
    caption = "Tabel 4.1 Jumlah kasus per kecamatan"
    assert rows(read(tmp_path, [page]))[1:] == [
        (f"{caption}: Kecamatan | 2021", "Cempaka\t\t\t47"),
        (f"{caption}: Kecamatan | 2019 | 2021", "Melati\t12\t\t31"),
        (f"{caption}: Kecamatan | 2019 | 2020 | 2021", "Kenanga\t8\t15\t22"),
    ]


def test_a_cell_that_rows_share_is_said_with_each(tmp_path: Path) -> None:
    table = [
        ("Kelompok", "Jawaban", "Jumlah"), ("Laki-laki", "Setuju", "40"), ("", "Tidak", "13"),
        ("Perempuan", "Setuju", "25"), ("", "Tidak", "22"),
    ]  # fmt: skip
    widths, top = (120, 90, 90), 116
    lines = [(72 if n in (0, 1, 3, 5) else 192, top + 20 * n, 372, top + 20 * n) for n in range(6)]
    sides = [(x, top, x, top + 100) for x in (72, 192, 282, 372)]
    page = [
        said(100, "Tabel 4.2 Jawaban menurut kelompok"),
        cells(130, table, widths),
        rules(*lines, *sides),
        said(260, *TEXT),
    ]
    found = rows(read(tmp_path, [page]))
    assert ("Tabel 4.2 Jawaban menurut kelompok: Kelompok Perempuan | Jawaban | Jumlah") in {
        context for context, cells in found if cells.endswith("Tidak\t22")
    }


def test_two_rows_of_heads_are_one_head_a_column(tmp_path: Path) -> None:
    table = [
        ("Desa", "Pendapatan", "", "Luas"), ("", "Sebelum", "Sesudah", "(ha)"),
        ("Cibodas", "1.250", "1.975", "14"), ("Wangun", "980", "1.415", "11"),
    ]  # fmt: skip
    top = 116
    lines = [(72, top + 20 * n, 462, top + 20 * n) for n in (0, 2, 3, 4)] + [(192, 136, 462, 136)]
    sides = [(x, top, x, top + 80) for x in (72, 192, 372, 462)] + [(282, 136, 282, 196)]
    page = [
        said(100, "Tabel 4.4 Pendapatan per desa"),
        cells(130, table, WIDTHS),
        rules(*lines, *sides),
        said(240, *TEXT),
    ]
    contexts = [context for context, cells in rows(read(tmp_path, [page])) if "Cibodas" in cells]
    assert contexts == [
        "Tabel 4.4 Pendapatan per desa: Desa | Pendapatan Sebelum | Pendapatan Sesudah | Luas (ha)"
    ]


@pytest.mark.parametrize("below", [False, True], ids=["caption above", "caption below"])
def test_a_table_without_rules_is_known_by_its_caption(tmp_path: Path, below: bool) -> None:
    table = [("Site", "Species", "Cover"), ("North", "Oak", "9.57"), ("South", "Elm", "16.39"),
             ("West", "Fir", "7.44")]  # fmt: skip
    page = [
        said(60, *TEXT),
        said(230 if below else 140, "Table 3.1: Plant cover at three sites"),
        cells(165, table, (120, 120, 120), row=16),
        said(260, *TEXT),
    ]
    document = read(tmp_path, [page])
    context = "Table 3.1: Plant cover at three sites: Site | Species | Cover"
    assert rows(document)[1:] == [
        (context, "North\tOak\t9.57"), (context, "South\tElm\t16.39"), (context, "West\tFir\t7.44")
    ]  # fmt: skip
    assert not blocks(document, "heading")


def test_a_table_goes_on_over_the_page_under_the_same_heads(tmp_path: Path) -> None:
    widths = (150, 120, 120)
    first = [("Desa", "Luas (ha)", "Petani"), ("Sukamaju", "10", "40"), ("Cibodas", "11", "41")]
    second = [("Wangun", "13", "43"), ("Cikole", "17", "47")]
    pages = [
        [said(100, *TEXT), said(200, "Tabel 4.1 Luas kebun menurut desa"),
         cells(230, first, widths), frame(230, 3, widths)],
        [cells(90, second, widths), frame(90, 2, widths), said(200, *TEXT)],
    ]  # fmt: skip
    context = "Tabel 4.1 Luas kebun menurut desa: Desa | Luas (ha) | Petani"
    assert rows(read(tmp_path, pages))[-2:] == [
        (context, "Wangun\t13\t43"),
        (context, "Cikole\t17\t47"),
    ]


def test_heads_in_one_coloured_band_are_parted_without_rules(tmp_path: Path) -> None:
    table = [("Bahan", "Bakar (g)", "Suhu"), ("AP", "25", "2068"), ("KNO", "28", "2024")]
    top, widths = 116, (120, 90, 90)
    lines = [(72, top + 20 * n, 372, top + 20 * n) for n in (0, 1, 2, 3)]
    sides = [(x, top + 20, x, top + 60) for x in (72, 192, 282, 372)]
    page = [
        said(100, "Tabel 4.3 Campuran"),
        cells(130, table, widths),
        rules(*lines, *sides),
        said(240, *TEXT),
    ]
    assert rows(read(tmp_path, [page]))[1:] == [
        ("Tabel 4.3 Campuran: Bahan | Bakar (g) | Suhu", "AP\t25\t2068"),
        ("Tabel 4.3 Campuran: Bahan | Bakar (g) | Suhu", "KNO\t28\t2024"),
    ]


def test_a_head_in_the_middle_of_its_columns_stands_over_each(tmp_path: Path) -> None:
    table = [("", "", "Tahun", ""), ("Kode", "2010", "2011", "2012"), ("ADES", "1,5", "2,5", "3,5")]
    top = 116
    lines = [(72, top + 20 * n, 462, top + 20 * n) for n in (0, 2, 3)] + [(192, 136, 462, 136)]
    sides = [(x, top, x, top + 60) for x in (72, 192, 462)]
    inner = [(x, top + 20, x, top + 60) for x in (282, 372)]
    page = [
        said(100, "Tabel 4.5 Rasio"),
        cells(130, table, WIDTHS),
        rules(*lines, *sides, *inner),
        said(240, *TEXT),
    ]
    assert rows(read(tmp_path, [page]))[-1] == (
        "Tabel 4.5 Rasio: Kode | Tahun 2010 | Tahun 2011 | Tahun 2012",
        "ADES\t1,5\t2,5\t3,5",
    )


def test_columns_that_only_white_space_parts_stand_beside_one_that_a_rule_does(
    tmp_path: Path,
) -> None:
    table = [("Tahun", "Q1", "Q2"), ("2011", "387", "211"), ("2012", "326", "653"),
             ("2013", "597", "616")]  # fmt: skip
    lines = [(72, y, 372, y) for y in (116, 196)] + [(192, 116, 192, 196)]
    page = [
        said(100, "Tabel 4.6 Cadangan"),
        cells(130, table, (120, 90, 90)),
        rules(*lines),
        said(240, *TEXT),
    ]
    context = "Tabel 4.6 Cadangan: Tahun | Q1 | Q2"
    assert rows(read(tmp_path, [page]))[1:] == [
        (context, "2011\t387\t211"), (context, "2012\t326\t653"), (context, "2013\t597\t616")
    ]  # fmt: skip


def test_justified_text_in_a_cell_is_one_column(tmp_path: Path) -> None:
    apart = [("Sistem", "pengenalan"), ("plat", "kendaraan"), ("dengan", "kamera"),
             ("bergerak", "dan"), ("murah", "oleh"), ("hemat", "warga")]  # fmt: skip
    page = [
        said(100, "Tabel 2.1 Tinjauan pustaka"),
        cells(130, [("Peneliti", "Judul", "Hasil"), ("Ani", "", "Baik")], (90, 130, 90)),
        *(said(150 + 14 * at, "".join(words), x=166) for at, words in enumerate(WHOLE)),
        *(said(192 + 14 * at, word, x=x) for at, words in enumerate(apart)
          for word, x in zip(words, (166, 240), strict=True)),
        rules(*((72, y, 382, y) for y in (116, 136, 278)),
              *((x, 116, x, 278) for x in (72, 162, 292, 382))),
        said(300, *TEXT),
    ]  # fmt: skip
    said_of = "\n".join([*WHOLE, *(" ".join(words) for words in apart)])
    row = f"Ani\t{said_of}\tBaik"
    assert rows(read(tmp_path, [page]))[1:] == [
        ("Tabel 2.1 Tinjauan pustaka: Peneliti | Judul | Hasil", row)
    ]


def test_a_head_in_lower_case_is_a_row_of_its_own(tmp_path: Path) -> None:
    table = [("encoding", "Days to heading", "Days to anthesis"), ("L53", "70.0", "78.0"),
             ("L54", "75.0", "85.0"), ("L55", "74.0", "84.0")]  # fmt: skip
    page = [said(100, "Table 4.16: Phenological traits"), cells(140, table, (90, 120, 120), row=14),
            said(260, *TEXT)]  # fmt: skip
    context = "Table 4.16: Phenological traits: encoding | Days to heading | Days to anthesis"
    assert rows(read(tmp_path, [page]))[1] == (context, "L53\t70.0\t78.0")


def test_two_tables_of_one_width_have_their_own_heads_and_captions(tmp_path: Path) -> None:
    def stack(top: float, caption: str, heads: tuple[str, str]) -> list[Draw]:
        ends = [(72, top + y, 302, top + y) for y in (16, 36, 76)]
        return [said(top, caption), cells(top + 30, [heads, ("Barat", "12"), ("Timur", "31")],
                (120, 110)), rules(*ends)]  # fmt: skip

    page = [*stack(100, "Table 1: Trees", ("Site", "Trees")), said(220, *TEXT),
            *stack(320, "Table 2: Birds", ("Place", "Birds"))]  # fmt: skip
    contexts = [context for context, cells in rows(read(tmp_path, [page])) if "Timur" in cells]
    assert contexts == ["Table 1: Trees: Site | Trees", "Table 2: Birds: Place | Birds"]


def test_heads_repeated_on_every_page_are_no_running_heads(tmp_path: Path) -> None:
    widths, heads = (150, 120, 120), ("Desa", "Luas (ha)", "Petani")
    pages = [
        [cells(60, [heads, (f"Desa {name}", "10", "40"), (f"Dusun {name}", "11", "41")], widths),
         frame(60, 3, widths), said(200, *TEXT)]
        for name in ("Wangun", "Cikole", "Lembang", "Cibodas")
    ]  # fmt: skip
    contexts = [context for context, cells in rows(read(tmp_path, pages)) if "Dusun" in cells]
    assert contexts == ["Desa | Luas (ha) | Petani"] * 4


def test_a_form_has_no_heads(tmp_path: Path) -> None:
    table = [("Judul", "Rute terpendek ke pusat kota"), ("Penulis", "Ani Budi"), ("Tahun", "2022")]
    page = [said(100, *TEXT), cells(230, table, (120, 250)), frame(230, 3, (120, 250))]
    assert [context for context, _ in rows(read(tmp_path, [page]))] == ["", "", ""]


def test_a_label_in_the_middle_of_its_rows_is_read_before_all_of_them(tmp_path: Path) -> None:
    """Ruled, and with strokes between groups alone, as typesetters set it."""
    table = [("Daerah", "Desa", "Warga"), ("", "Cikole", "12"), ("Utara", "Lembang", "31"),
             ("", "Wangun", "14"), ("", "Cibodas", "50"), ("Selatan", "Suntenjaya", "61"),
             ("", "Cikidang", "72")]  # fmt: skip
    strokes = [rules(*((72, y, 372, y) for y in (88, 104, 146, 188)))]
    walls = [rules(*((x, 88, x, 188) for x in (72, 172, 272, 372)),
                   *((172, y, 372, y) for y in (118, 132, 160, 174)))]  # fmt: skip
    for drawn in (strokes, strokes + walls):
        page = [said(80, "Tabel 4.1 Warga"), cells(100, table, (100, 100, 100), row=14), *drawn,
                said(230, *TEXT)]  # fmt: skip
        assert rows(read(tmp_path, [page]))[1:] == [
            ("Tabel 4.1 Warga: Daerah | Desa | Warga", "Utara\tCikole\t12"),
            ("Tabel 4.1 Warga: Daerah Utara | Desa | Warga", "Lembang\t31"),
            ("Tabel 4.1 Warga: Daerah Utara | Desa | Warga", "Wangun\t14"),
            ("Tabel 4.1 Warga: Daerah | Desa | Warga", "Selatan\tCibodas\t50"),
            ("Tabel 4.1 Warga: Daerah Selatan | Desa | Warga", "Suntenjaya\t61"),
            ("Tabel 4.1 Warga: Daerah Selatan | Desa | Warga", "Cikidang\t72"),
        ]


def test_a_label_of_two_lines_in_the_middle_of_a_ruled_cell(tmp_path: Path) -> None:
    table = [("Desa", "Daerah", "Warga"), ("Cikole", "", "12"), ("Lembang", "Utara", "31"),
             ("Wangun", "atas", "14"), ("Cibodas", "", "50")]  # fmt: skip
    drawn = [*((72, y, 372, y) for y in (88, 104, 160)),
             *((x, y, x + 100, y) for x in (72, 272) for y in (118, 132, 146)),
             *((x, 88, x, 160) for x in (72, 172, 272, 372))]  # fmt: skip
    page = [said(80, "Tabel 4.1 Warga"), cells(100, table, (100, 100, 100), row=14), rules(*drawn),
            said(230, *TEXT)]  # fmt: skip
    assert [said for _, said in rows(read(tmp_path, [page]))[1:]] == [
        "Cikole\tUtara\natas\t12", "Lembang\t\t31", "Wangun\t\t14", "Cibodas\t\t50"]  # fmt: skip


def test_a_cell_set_around_the_height_of_its_row_stays_in_one_piece(tmp_path: Path) -> None:
    page = [said(80, "Table 3.1: Forms"), rules(*((72, y, 372, y) for y in (88, 104, 190))),
            cells(100, [("Form", "Share", "Context"), ("idd", "0.82", "become")], (100, 100, 100)),
            said(148, "gone", x=276), cells(156, [("odd", "0.72")], (100, 100)),
            said(164, "gotten", x=276), said(230, *TEXT)]  # fmt: skip
    assert [said for _, said in rows(read(tmp_path, [page]))[1:]] == [
        "idd\t0.82\tbecome", "odd\t0.72\tgone\ngotten"]  # fmt: skip


def test_heads_right_above_numbers_without_a_rule_between(tmp_path: Path) -> None:
    table = [("", "Chain ladder", "Linear"), ("Total reserve", "140,769", "140,771"),
             ("Error", "80,935", "46,259")]  # fmt: skip
    page = [said(80, "Table 7.1: Methods"), cells(100, table, (120, 100, 100), row=14),
            rules(*((72, y, 392, y) for y in (88, 136)),
                  *((x, 88, x, 136) for x in (72, 192, 292, 392))), said(230, *TEXT)]  # fmt: skip
    assert rows(read(tmp_path, [page]))[1] == (
        "Table 7.1: Methods: Chain ladder | Linear", "Total reserve\t140,769\t140,771")  # fmt: skip


def test_what_follows_the_caption_of_one_table_is_no_other(tmp_path: Path) -> None:
    table = [("Desa", "Warga", "Guru"), ("Cikole", "12", "3"), ("Lembang", "31", "4")]
    gloss = [("Bahasa", "aku", "punya", "rumah"), ("Inggris", "I", "have", "house"),
             ("Jerman", "ich", "habe", "Haus")]  # fmt: skip
    page = [cells(100, table, (100, 100, 100), row=14), said(150, "Tabel 4.1 Warga dan guru"),
            said(170, *TEXT), said(244, "Sebuah contoh dari wawancara itu:"),
            cells(264, gloss, (80, 80, 80, 80), row=14), said(330, *TEXT)]  # fmt: skip
    assert [said for _, said in rows(read(tmp_path, [page]))] == [
        "Desa\tWarga\tGuru", "Cikole\t12\t3", "Lembang\t31\t4"]  # fmt: skip


def test_a_caption_set_wider_than_the_text_is_read_to_its_end(tmp_path: Path) -> None:
    caption = ["Gambar 4.1 Warga yang menjawab tidak setuju menurut desa dan umur, dihitung dari",
               "jawaban yang sah saja, tanpa mereka yang tidak menjawab."]  # fmt: skip
    page = [said(100, *TEXT), said(300, caption[0]), said(320, caption[1]), said(360, *TEXT)]
    assert blocks(read(tmp_path, [page]), "caption") == [" ".join(caption)]


def test_the_end_of_a_cell_on_the_next_page_stands_under_its_head(tmp_path: Path) -> None:
    def box(top: float, *steps: float) -> Draw:
        ys = [top, *(top + step for step in steps)]
        return rules(
            *((72, y, 472, y) for y in ys), *((x, ys[0], x, ys[-1]) for x in (72, 172, 472))
        )

    first = [said(60, *TEXT), said(680, "Tabel 4 Wawancara"), box(688, 18, 82),
             cells(700, [("Nama", "Jawaban"), ("Ani", "Saya setuju dengan rencana kota karena")],
                   (100, 300)), said(740, "harga rumah naik dan jalan ke kota", x=176)]  # fmt: skip
    then = [box(60, 20, 40), said(74, "menjadi lebih baik.", x=176),
            cells(94, [("Budi", "Saya tidak setuju.")], (100, 300)), said(160, *TEXT)]  # fmt: skip
    assert rows(read(tmp_path, [first, then]))[2:] == [
        ("Tabel 4 Wawancara: Jawaban", "menjadi lebih baik."),
        ("Tabel 4 Wawancara: Nama | Jawaban", "Budi\tSaya tidak setuju."),
    ]


# Headings


def test_the_title_of_a_chart_is_no_heading(tmp_path: Path) -> None:
    page = [
        said(100, "BAB IV HASIL", font="Times-Bold"),
        said(130, *TEXT),
        said(240, "Kematian menurut Tahun", x=200, font="Times-Bold"),
        said(420, "Gambar 4.1 Kematian akibat overdosis"),
        said(460, *TEXT),
    ]
    assert blocks(read(tmp_path, [page]), "heading") == ["BAB IV HASIL"]


def test_what_a_chart_below_its_caption_says_is_no_heading(tmp_path: Path) -> None:
    axis = [said(260 + 30 * n, f"{40 - 10 * n}%", x=90) for n in range(5)]
    page = [
        said(100, "BAB IV HASIL", font="Times-Bold"),
        said(130, *TEXT),
        said(230, "Gambar 4.1 Asal para menteri menurut masa jabatan", x=130, font="Times-Bold"),
        said(420, *TEXT),
        *axis,
        said(300, "Jawa", x=300, font="Times-Bold"),
        said(340, "Sulawesi", x=320, font="Times-Bold"),
    ]
    assert blocks(read(tmp_path, [page]), "heading") == ["BAB IV HASIL"]


def test_the_name_of_an_axis_right_above_a_caption_is_no_heading(tmp_path: Path) -> None:
    page = [
        said(100, "BAB IV HASIL", font="Times-Bold"),
        said(130, *TEXT),
        said(230, "0 10 20 30 40", x=150),
        said(262, "Tahun", x=250, font="Times-Bold"),
        said(290, "Gambar 4.1- Perubahan panjang gletser"),
        said(330, *TEXT),
    ]
    assert blocks(read(tmp_path, [page]), "heading") == ["BAB IV HASIL"]


def test_a_caption_is_its_number_and_the_title_below(tmp_path: Path) -> None:
    page = [
        said(100, "BAB II LANDASAN TEORI", font="Times-Bold"),
        said(130, *TEXT),
        said(240, "Gambar 2.1", x=280, font="Times-Bold"),
        said(258, "Pohon Kecurangan", x=262, font="Times-Bold"),
        said(300, *TEXT),
    ]
    document = read(tmp_path, [page])
    assert blocks(document, "caption") == ["Gambar 2.1 Pohon Kecurangan"]
    assert len(blocks(document, "heading")) == 1


def test_chapters_that_only_count_up_are_no_running_heads(tmp_path: Path) -> None:
    pages = [
        page
        for n, title in enumerate(("INTRODUCTION", "METHODS", "RESULTS", "CONCLUSION"), start=1)
        for page in (
            [said(80, f"CHAPTER {n}", title, font="Times-Bold"), said(130, *TEXT)],
            [said(130, *TEXT)],
        )
    ]
    document = read(tmp_path, pages)
    sections = {block.section[0] for block in document.blocks if block.kind == "text"}
    assert "CHAPTER 3 RESULTS" in sections


def test_what_an_outline_of_the_thesis_says_is_no_chapter(tmp_path: Path) -> None:
    pages = [
        [said(100, f"BAB {n}", font="Times-Bold"), said(118, title, font="Times-Bold"),
         said(150, *TEXT)]
        for n, title in (("I", "PENDAHULUAN"), ("II", "KOPI"), ("III", "METODE"))
    ]  # fmt: skip
    pages[0] += [said(260, "Bab II Kopi"), said(290, *TEXT)]
    document = read(tmp_path, pages)
    sections = [block.section[0] for block in document.blocks if block.kind == "text"]
    assert sections[:2] == ["BAB I PENDAHULUAN"] * 2


def test_a_table_of_numbers_beside_words_is_no_page_of_two_columns(tmp_path: Path) -> None:
    lines = [
        (f"Lagophylla ramosissima pada petak {n}", f"{n}.57  -0.61  8.27  -1.05  13.34")
        for n in range(1, 13)
    ]
    page = [cells(100, lines, (260, 200), row=18), said(400, *TEXT)]
    text = read(tmp_path, [page]).pages[0].text
    assert text.index("1.57") < text.index("petak 2")


# Other


def test_what_is_filled_into_a_form_is_read(tmp_path: Path) -> None:
    def field(canvas: Any) -> None:
        canvas.setFont("Times-Roman", 12)
        canvas.drawString(72, HEIGHT - 100, "Nama mahasiswa:")
        canvas.acroForm.textfield(
            name="nama", value="Ratna Dewi", x=180, y=HEIGHT - 105, width=200, height=18
        )

    text = read(tmp_path, [[field, said(140, *TEXT)]]).pages[0].text
    assert text.startswith("Nama mahasiswa: Ratna Dewi\n")


@pytest.mark.parametrize(
    ("above", "below", "whole"),
    [
        ("pengobatan kompre-", "hensif", "pengobatan komprehensif"),
        ("selama COVID-", "19 berlangsung", "selama COVID-19 berlangsung"),
        ("model GPT-", "3.5 dipakai", "model GPT-3.5 dipakai"),
        ("rumah \u2014", "bukan sekolah", "rumah \u2014 bukan sekolah"),
    ],
)
def test_hyphens_at_line_ends(above: str, below: str, whole: str) -> None:
    assert read_on([above, below]) == whole


def test_a_small_stamp_between_two_lines_cuts_no_paragraph(tmp_path: Path) -> None:
    def stamp(canvas: Any) -> None:
        canvas.setFont("Helvetica", 6)
        canvas.drawString(250, HEIGHT - 127, "REPOSITORI")

    pages = [
        [said(100, *TEXT[:2]), stamp, said(136, f"menurut panitia ke-{name}", *TEXT[2:])]
        for name in ("satu", "dua", "tiga", "empat")
    ]
    document = read(tmp_path, pages)
    assert blocks(document, "furniture") == ["REPOSITORI"] * 4
    assert [text[:40] for text in blocks(document, "text", page=1)] == [TEXT[0][:40]]
