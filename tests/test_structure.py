"""Chapters, sections, paragraphs, tables and footnotes are found by how they are set."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from pdfs import HEIGHT, WIDTH
from thesis_qa.structure.document import load
from thesis_qa.structure.page_text import read_on
from thesis_qa.types import Document

WORDS = (
    "kerja sama antara Jakarta dan Hanoi berjalan sejak tahun 2013 dalam bidang transportasi "
    "kebudayaan pendidikan serta lingkungan hidup yang dikelola oleh pemerintah kota masing "
).split()

Set = tuple[float, float, str, str, float]
"""x, y from the top, text, font, size."""


def body(top: float, count: int, left: float = 85, width: float = 425) -> list[Set]:
    """A paragraph of full lines; each is different."""
    from reportlab.pdfbase.pdfmetrics import stringWidth

    texts, at = [], 0
    for _ in range(count):
        line = ""
        while stringWidth(f"{line} {WORDS[at % len(WORDS)]}", "Times-Roman", 12) < width:
            line = f"{line} {WORDS[at % len(WORDS)]}".strip()
            at += 1
        texts.append(line)
    return [(left, top + 18 * i, text, "Times-Roman", 12) for i, text in enumerate(texts)]


def centred(y: float, text: str, size: float = 14, font: str = "Times-Bold") -> Set:
    from reportlab.pdfbase.pdfmetrics import stringWidth

    return ((WIDTH - stringWidth(text, font, size)) / 2, y, text, font, size)


def bold(y: float, text: str, x: float = 85) -> Set:
    return (x, y, text, "Times-Bold", 12)


def plain(y: float, text: str, x: float = 85, size: float = 12) -> Set:
    return (x, y, text, "Times-Roman", size)


def made(
    path: Path,
    pages: Sequence[Sequence[Set]],
    rules: Sequence[tuple[float, float, float, float]] = (),
    outline: Sequence[tuple[str, int, int]] = (),
) -> Document:
    """The document read from a file of those texts; `rules` are drawn on its first page."""
    from reportlab.pdfgen.canvas import Canvas

    canvas: Any = Canvas(str(path), pagesize=(WIDTH, HEIGHT))
    for number, page in enumerate(pages):
        for title, level, at in outline:
            if at == number:
                canvas.bookmarkPage(title)
                canvas.addOutlineEntry(title, title, level)
        for x, y, text, font, size in page:
            canvas.setFont(font, size)
            canvas.drawString(x, HEIGHT - y, text)
        for x0, y0, x1, y1 in rules if number == 0 else ():
            canvas.line(x0, HEIGHT - y0, x1, HEIGHT - y1)
        canvas.showPage()
    canvas.save()
    return load(path, path.name)


def blocks(document: Document, kind: str) -> list[str]:
    return [
        " ".join(" ".join(document.pages[s.page].text[s.start : s.end] for s in b.spans).split())
        for b in document.blocks
        if b.kind == kind
    ]


def sections(document: Document, kind: str = "text") -> list[tuple[str, ...]]:
    return list(dict.fromkeys(b.section for b in document.blocks if b.kind == kind))


def test_a_chapter_title_may_be_centred_over_two_lines(tmp_path: Path) -> None:
    page = [
        centred(100, "BAB II"),
        centred(124, "TINJAUAN PUSTAKA DAN"),
        centred(148, "KERANGKA PEMIKIRAN"),
        bold(190, "2.1 Penelitian Terdahulu"),
        *body(215, 20),
    ]
    assert sections(made(tmp_path / "a.pdf", [page])) == [
        ("BAB II TINJAUAN PUSTAKA DAN KERANGKA PEMIKIRAN", "2.1 Penelitian Terdahulu")
    ]


def test_sections_without_bold_are_known_by_their_numbers(tmp_path: Path) -> None:
    page = [
        centred(100, "BAB I PENDAHULUAN", font="Times-Roman", size=12),
        plain(140, "1.1 Latar Belakang"),
        *body(165, 8),
        plain(330, "1.2 Rumusan Masalah"),
        *body(355, 8),
    ]
    chapter = "BAB I PENDAHULUAN"
    assert sections(made(tmp_path / "a.pdf", [page])) == [
        (chapter, "1.1 Latar Belakang"),
        (chapter, "1.2 Rumusan Masalah"),
    ]


def test_a_number_in_running_text_opens_no_section(tmp_path: Path) -> None:
    lines = body(160, 10)
    lines[4] = plain(
        lines[4][1], "3.5 Persen dari anggaran dipakai untuk bidang kebudayaan dan pendidikan"
    )
    page = [centred(100, "BAB I PENDAHULUAN"), bold(130, "1.1 Latar Belakang"), *lines]
    assert len(sections(made(tmp_path / "a.pdf", [page]))) == 1


def test_references_and_appendices_close_the_chapter(tmp_path: Path) -> None:
    pages = [
        [centred(100, "BAB V PENUTUP"), bold(130, "5.1 Kesimpulan"), *body(160, 10)],
        [
            centred(100, "DAFTAR PUSTAKA"),
            plain(140, "Acharya, A. 2014. Constructing a Security Community in Southeast Asia."),
            plain(158, "London: Routledge.", x=110),
            plain(176, "Keohane, R. 1984. After Hegemony. Princeton: Princeton University Press."),
        ],
        [centred(100, "LAMPIRAN A"), centred(120, "PEDOMAN WAWANCARA"), *body(160, 10)],
    ]
    document = made(tmp_path / "a.pdf", pages)
    assert len(blocks(document, "references")) == 2
    assert sections(document, "references") == [("DAFTAR PUSTAKA",)]
    assert sections(document)[-1] == ("LAMPIRAN A PEDOMAN WAWANCARA",)


def test_the_outline_names_what_does_not_look_like_a_heading(tmp_path: Path) -> None:
    page = [plain(100, "Metode yang dipakai"), *body(130, 6), plain(300, "Hasil"), *body(330, 6)]
    outline = [("Metode yang dipakai", 0, 0), ("Hasil", 0, 0)]
    document = made(tmp_path / "a.pdf", [page], outline=outline)
    assert sections(document) == [("Metode yang dipakai",), ("Hasil",)]


def test_a_table_is_read_by_rows_with_its_heads_and_caption(tmp_path: Path) -> None:
    rules = [(85, y, 485, y) for y in (130, 150, 190, 210)]
    rules += [(x, 130, x, 210) for x in (85, 185, 335, 485)]
    page = [
        plain(108, "Tabel 4.1 Hambatan kerja sama antara Jakarta dan Hanoi menurut"),
        plain(122, "laporan tahunan"),
        *(bold(145, text, x) for x, text in ((90, "Bidang"), (190, "Hambatan"), (340, "Tahun"))),
        plain(165, "Transportasi", 90),
        plain(165, "perizinan yang", 190),
        plain(183, "sulit didapat", 190),
        plain(165, "2017", 340),
        *(plain(205, text, x) for x, text in ((90, "Budaya"), (190, "dana"), (340, "2018"))),
        *body(250, 12),
    ]
    document = made(tmp_path / "a.pdf", [page], rules)
    assert blocks(document, "table") == [
        "Bidang Hambatan Tahun",
        "Transportasi perizinan yang sulit didapat 2017",
        "Budaya dana 2018",
    ]
    rows = [b for b in document.blocks if b.kind == "table"]
    caption = "Tabel 4.1 Hambatan kerja sama antara Jakarta dan Hanoi menurut laporan tahunan"
    assert rows[1].context == f"{caption}: Bidang | Hambatan | Tahun"


def test_a_word_divided_in_a_column_head_is_made_whole() -> None:
    assert read_on(["Pengalaman Ku\x02", "bernetes"]) == "Pengalaman Kubernetes"
    assert (
        read_on(["Dimensi dan Sub-", "Metrik (97", " Fixture)"])
        == "Dimensi dan Sub-Metrik (97 Fixture)"
    )
    assert read_on(["2017-", "2019"]) == "2017-2019"
    assert read_on([]) == ""


def test_a_footnote_is_kept_apart_from_the_paragraph_it_interrupts(tmp_path: Path) -> None:
    first = [*body(80, 36), plain(750, "1 Lihat laporan tahunan pemerintah kota.", size=9)]
    second = [plain(80, "dan berakhir pada tahun 2019."), *body(110, 10)]
    document = made(tmp_path / "a.pdf", [first, second])
    assert blocks(document, "footnote") == ["1 Lihat laporan tahunan pemerintah kota."]
    (turned,) = (b for b in document.blocks if {s.page for s in b.spans} == {0, 1})
    assert turned.kind == "text"
    assert len(turned.spans) == 2


def test_a_word_divided_by_the_page_turn_leaves_its_hyphen_on_the_page(tmp_path: Path) -> None:
    whole = plain(70, "Hambatan utama adalah perizinan.")
    first = [whole, *body(88, 36), plain(88 + 18 * 36, f"{' '.join(WORDS[:11])} sulitnya perizin-")]
    second = [plain(80, "an dari pemerintah kota."), *body(110, 10)]
    document = made(tmp_path / "a.pdf", [first, second])
    (turned,) = (b for b in document.blocks if {s.page for s in b.spans} == {0, 1})
    page, span = document.pages[0].text, turned.spans[0]
    assert page[: span.end].endswith("perizin")
    assert page[span.end :].startswith("-")


def test_two_columns_are_read_one_after_the_other(tmp_path: Path) -> None:
    left, right = body(100, 20, left=60, width=215), body(100, 20, left=320, width=215)
    left[0] = plain(100, "Kolom kiri dimulai di sini dan terus ke", x=60)
    right[0] = plain(100, "Kolom kanan dimulai di sini lalu ke", x=320)
    mixed = [line for pair in zip(left, right, strict=True) for line in pair]
    text = made(tmp_path / "a.pdf", [mixed]).pages[0].text
    assert text.index(left[19][2]) < text.index("Kolom kanan")


def test_feet_with_a_name_and_a_number_are_furniture_and_number_the_pages(tmp_path: Path) -> None:
    pages = [
        [*body(100, 20), (400.0, 800.0, f"Universitas Contoh {n}", "Times-Roman", 10.0)]
        for n in range(11, 17)
    ]
    document = made(tmp_path / "a.pdf", pages)
    assert len(blocks(document, "furniture")) == 6
    assert [page.label for page in document.pages] == ["11", "12", "13", "14", "15", "16"]


def test_a_letter_spaced_title_is_closed_up(tmp_path: Path) -> None:
    from reportlab.pdfgen.canvas import Canvas

    canvas: Any = Canvas(str(tmp_path / "a.pdf"), pagesize=(WIDTH, HEIGHT))
    text = canvas.beginText(150, HEIGHT - 100)
    text.setFont("Times-Bold", 14)
    text.setCharSpace(8)
    text.textLine("KERJA SAMA")
    canvas.drawText(text)
    canvas.save()
    assert load(tmp_path / "a.pdf", "a.pdf").pages[0].text == "KERJA SAMA"


def test_that_a_table_goes_on_is_furniture(tmp_path: Path) -> None:
    foot = centred(500, "bersambung ke halaman berikutnya", font="Times-Italic", size=10)
    document = made(tmp_path / "a.pdf", [[*body(100, 20), foot]])
    assert blocks(document, "furniture") == ["bersambung ke halaman berikutnya"]


def test_a_blank_page_is_furniture(tmp_path: Path) -> None:
    page = [centred(400, "Halaman ini sengaja dikosongkan", font="Times-Italic", size=12)]
    document = made(tmp_path / "a.pdf", [body(100, 20), page, body(100, 20)])
    assert blocks(document, "furniture") == ["Halaman ini sengaja dikosongkan"]


def test_a_caption_of_two_lines_is_one_block(tmp_path: Path) -> None:
    page = [
        *body(80, 6),
        plain(
            300,
            "Gambar 2.1 Peta kerja sama antara Jakarta dan Hanoi dalam transportasi",
            100,
        ),
        plain(314, "dan kebudayaan sejak tahun 2013", 100),
        *body(360, 10),
    ]
    (caption,) = blocks(made(tmp_path / "a.pdf", [page]), "caption")
    assert caption.endswith("sejak tahun 2013")


@pytest.mark.parametrize(
    ("chapter", "title"),
    [("BAB SATU", "PENDAHULUAN"), ("Chapter One", "Introduction"), ("1", "Introduction")],
)
def test_chapters_are_numbered_in_words_and_by_a_large_number_alone(
    tmp_path: Path, chapter: str, title: str
) -> None:
    page = [
        (85, 95, chapter, "Times-Bold", 20),
        (85, 135, title, "Times-Bold", 20),
        bold(170, "1.1 Latar Belakang"),
        *body(200, 20),
    ]
    assert sections(made(tmp_path / "a.pdf", [page])) == [
        (f"{chapter} {title}", "1.1 Latar Belakang")
    ]


def test_chapters_by_roman_numbers_alone(tmp_path: Path) -> None:
    pages = [
        [bold(100, f"{number}. {title}"), bold(130, "A. Tinjauan"), *body(160, 20)]
        for number, title in (("I", "PENDAHULUAN"), ("II", "METODE PENELITIAN"))
    ]
    assert sections(made(tmp_path / "a.pdf", pages)) == [
        ("I. PENDAHULUAN", "A. Tinjauan"),
        ("II. METODE PENELITIAN", "A. Tinjauan"),
    ]


def test_a_chapter_that_nothing_emphasises_is_known_at_the_top_of_its_page(tmp_path: Path) -> None:
    pages = [
        [plain(100, "Chapter 1: Introduction"), plain(130, "1.1 Motivation"), *body(160, 20)],
        [
            *body(100, 5),
            plain(200, "Chapter 1: Introduction has told what this is about"),
            *body(218, 9),
        ],
        [plain(100, "References"), plain(130, "Keohane, R. 1984. After Hegemony.")],
    ]
    document = made(tmp_path / "a.pdf", pages)
    assert sections(document) == [("Chapter 1: Introduction", "1.1 Motivation")]
    assert sections(document, "references") == [("References",)]


def test_without_numbers_the_size_of_a_heading_is_its_level(tmp_path: Path) -> None:
    def page(title: str, *parts: str) -> list[Set]:
        texts: list[Set] = [(85, 110, title, "Times-Bold", 20)]
        for number, part in enumerate(parts):
            top = 150 + 200 * number
            texts += [(85, top, part, "Times-Bold", 14), *body(top + 28, 8)]
        return texts

    pages = [
        [(85, 110, "Abstract", "Times-Bold", 20), *body(150, 20)],
        page("Introduction", "Motivation", "Research Questions"),
        page("Literature Review", "Theory of Use"),
        [(85, 110, "References", "Times-Bold", 20), plain(150, "Keohane, R. 1984. Hegemony.")],
    ]
    document = made(tmp_path / "a.pdf", pages)
    assert sections(document) == [
        ("Abstract",),
        ("Introduction", "Motivation"),
        ("Introduction", "Research Questions"),
        ("Literature Review", "Theory of Use"),
    ]
    assert sections(document, "references") == [("References",)]


def test_a_foot_below_the_page_number_does_not_hide_it(tmp_path: Path) -> None:
    pages = [
        [*body(100, 20), plain(795, str(n), x=295), bold(812, "Universitas Indonesia", x=400)]
        for n in range(7, 12)
    ]
    document = made(tmp_path / "a.pdf", pages)
    assert [page.label for page in document.pages] == ["7", "8", "9", "10", "11"]
    assert len(blocks(document, "furniture")) == 10
