"""Reading pictures of pages: the words, in reading order, each character with its place."""

import os
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from thesis_qa.read import ocr
from thesis_qa.read.ocr import OcrLine, recognise

DATA = Path(os.environ.get("THESIS_QA_DATA", Path(__file__).parents[2] / "shared" / "data"))
needs_ocr = pytest.mark.skipif(not ocr.available(), reason="the extra `ocr` is not installed")

LEFT = [
    "Penelitian ini berfokus",
    "pada kerja sama kota",
    "Jakarta dan Hanoi dalam",
    "revitalisasi",
]
LEFT += ["Kota Tua pada periode", "dua ribu tujuh belas", "sampai dua ribu sembilan"]
RIGHT = ["Hambatannya adalah", "sulitnya mendapatkan", "perizinan dan pasifnya", "Pemerintah"]
RIGHT += ["Kota Hanoi dalam", "menjalin kerja sama", "dengan Jakarta"]


def picture(*texts: tuple[int, int, str], size: tuple[int, int] = (1400, 900)) -> Image.Image:
    image = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(size=36)
    for x, y, text in texts:
        draw.text((x, y), text, fill="black", font=font)
    return image


def piece(text: str, x0: float, y0: float, width: float = 10, height: float = 20) -> OcrLine:
    boxes = [
        None if c == " " else (x0 + i * width, y0, x0 + (i + 1) * width, y0 + height)
        for i, c in enumerate(text)
    ]
    return OcrLine(text, tuple(boxes), 1.0)


@needs_ocr
def test_lines_are_read_with_a_box_for_every_character() -> None:
    texts = [(100, 100, "BAB IV HASIL"), (100, 200, "Izin sulit didapat di Hanoi (2019).")]
    lines = recognise(picture(*texts))
    assert [line.text for line in lines] == [text for _, _, text in texts]
    for line, (x, y, text) in zip(lines, texts, strict=True):
        assert len(line.boxes) == len(text)
        assert line.confidence > 0.8
        assert [box is None for box in line.boxes] == [c == " " for c in text]
        for box in filter(None, line.boxes):
            assert x - 20 <= box[0] < box[2]
            assert y - 20 <= box[1] < box[3] <= y + 70
        starts = [box[0] for box in line.boxes if box]
        assert starts == sorted(starts)


@needs_ocr
def test_two_columns_are_read_one_after_the_other() -> None:
    left = [(80, 140 + 70 * i, text) for i, text in enumerate(LEFT)]
    right = [(780, 140 + 70 * i, text) for i, text in enumerate(RIGHT)]
    heading = (80, 40, "KERJA SAMA KOTA JAKARTA DAN KOTA HANOI DALAM REVITALISASI")
    lines = [line.text for line in recognise(picture(heading, *left, *right))]
    assert lines == [heading[2], *LEFT, *RIGHT]


@needs_ocr
def test_an_empty_page_has_no_lines() -> None:
    assert recognise(picture()) == []


@needs_ocr
def test_reading_twice_gives_the_same() -> None:
    image = picture((100, 100, "Izin sulit didapat."))
    assert recognise(image) == recognise(image)


def test_lost_spaces_of_justified_lines_are_put_back() -> None:
    def corners(x: int) -> list[list[int]]:
        return [[x, 0], [x + 18, 0], [x + 18, 40], [x, 40]]

    places = [0, 20, 40, 110, 130, 150, 200, 220]
    line = ocr._piece(
        "abcdef gh", [(c, 1.0, corners(x)) for c, x in zip("abcdefgh", places, strict=True)], 0.9
    )
    assert line.text == "abc def gh"
    assert line.boxes[3] is None
    assert line.boxes[4] == (110, 0, 128, 40)
    assert len(line.boxes) == len(line.text)


def test_pieces_of_a_row_become_one_line() -> None:
    pieces = [
        piece("tiga", 300, 3),
        piece("satu", 0, 0),
        piece("dua", 100, 2),
        piece("bawah", 0, 40),
    ]
    assert [line.text for line in ocr._in_reading_order(pieces)] == ["satu dua tiga", "bawah"]


def test_a_few_wide_gaps_make_no_columns() -> None:
    rows = [piece("satu baris penuh yang panjang", 0, 40 * i) for i in range(10)]
    parted = [piece("kiri", 0, 400), piece("kanan", 200, 400)]
    lines = ocr._in_reading_order([*rows, *parted])
    assert lines[-1].text == "kiri kanan"


@needs_ocr
@pytest.mark.skipif(not DATA.is_dir(), reason="THESIS_QA_DATA names no folder with the scans")
def test_a_scanned_law() -> None:
    pdfium = pytest.importorskip("pypdfium2")
    with pdfium.PdfDocument(DATA / "awkward" / "law_pp_2021_34.pdf") as document:
        image = document[2].render(scale=ocr.DPI / 72).to_pil()
    text = " ".join(line.text for line in recognise(image))
    assert "(2) Dalam hal jabatan sebagaimana dimaksud pada ayat (1) belum dapat diduduki" in text
    assert "pemeriksaan, pengujian, penyidikan, dan pengembangan sistem pengawasan" in text
