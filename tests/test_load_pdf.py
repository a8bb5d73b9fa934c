"""A PDF is read page by page, and whatever is quoted from it can be found again."""

import json
import re
import unicodedata
from pathlib import Path

import pytest

from pdfs import HEIGHT, lines, prose, write_pdf, write_picture_pdf
from thesis_qa.errors import DocumentError
from thesis_qa.read.glyphs import boxes, unpack
from thesis_qa.structure.document import load
from thesis_qa.types import Document

SENTENCE = "Penelitian ini memakai metode kualitatif dengan wawancara mendalam di Jakarta"


def read(path: Path) -> Document:
    return load(path, path.name)


def texts(document: Document, kind: str) -> list[str]:
    """The texts of all blocks of a kind."""
    return [
        " ".join(document.pages[s.page].text[s.start : s.end] for s in block.spans)
        for block in document.blocks
        if block.kind == kind
    ]


def test_pages_keep_their_number_and_label(tmp_path: Path) -> None:
    pages = [lines(*prose(f"{SENTENCE} {n}")) for n in range(4)]
    labels = [(0, "ROMAN_LOWER", 1), (2, "ARABIC", 1)]
    document = read(write_pdf(tmp_path / "a.pdf", pages, labels=labels))
    assert [p.number for p in document.pages] == [1, 2, 3, 4]
    assert [p.label for p in document.pages] == ["i", "ii", "1", "2"]


def test_a_word_divided_at_a_line_end_is_whole_again(tmp_path: Path) -> None:
    document = read(
        write_pdf(
            tmp_path / "a.pdf",
            [lines("Kerja sama terhambat karena sulitnya perizin-", "an dari pemerintah kota.")],
        )
    )
    assert "perizinan dari" in document.pages[0].text.replace("\n", " ")


@pytest.mark.parametrize(
    ("above", "below", "whole"),
    [
        ("Narasumber penelitian ini adalah anak-", "anak sekolah dasar di Jakarta.", "anak-anak"),
        ("The period of the cooperation was 2017-", "2019 in both of the cities.", "2017-2019"),
    ],
)
def test_a_real_hyphen_stays(tmp_path: Path, above: str, below: str, whole: str) -> None:
    document = read(write_pdf(tmp_path / "a.pdf", [lines(above, below)]))
    assert whole in document.pages[0].text


def test_running_heads_and_page_numbers_are_no_part_of_the_text(tmp_path: Path) -> None:
    pages = [
        [(72, 40, "Universitas Contoh Indonesia"), *lines(*prose(SENTENCE)), (290, 810, str(n))]
        for n in range(1, 6)
    ]
    document = read(write_pdf(tmp_path / "a.pdf", pages))
    assert len(texts(document, "furniture")) == 10
    assert not any("Universitas Contoh" in text for text in texts(document, "text"))


def test_printed_numbers_beat_missing_labels(tmp_path: Path) -> None:
    front = [[*lines(*prose(SENTENCE)), (290, 810, n)] for n in ("i", "ii", "iii", "iv")]
    body = [[*lines(*prose(SENTENCE)), (520, 40, str(n))] for n in range(1, 7)]
    body[3] = lines(*prose(SENTENCE))  # a chapter opens without a number
    document = read(write_pdf(tmp_path / "a.pdf", [*front, *body]))
    assert [p.label for p in document.pages] == ["i", "ii", "iii", "iv", *"123456"]


def test_a_paragraph_goes_on_over_the_page_turn(tmp_path: Path) -> None:
    first = [*lines(*prose(SENTENCE, 30)), (290, 810, "1")]
    second = [*lines("dan Hanoi pada tahun 2019.", *prose(SENTENCE, 3)), (290, 810, "2")]
    document = read(write_pdf(tmp_path / "a.pdf", [first, second]))
    (block,) = (b for b in document.blocks if {s.page for s in b.spans} == {0, 1})
    assert "di Jakarta dan Hanoi pada tahun" in " ".join(texts(document, block.kind)).replace(
        "\n", " "
    )


def test_chapters_and_sections_are_found_without_an_outline(tmp_path: Path) -> None:
    page = [
        (240, 100, "BAB IV"),
        (200, 120, "HASIL DAN PEMBAHASAN"),
        (72, 160, "4.3 HAMBATAN KERJA SAMA"),
        *lines(*prose(SENTENCE, 20), top=200),
    ]
    document = read(write_pdf(tmp_path / "a.pdf", [page]))
    sections = {block.section for block in document.blocks if block.kind == "text"}
    assert sections == {("BAB IV HASIL DAN PEMBAHASAN", "4.3 HAMBATAN KERJA SAMA")}


def test_a_contents_page_is_marked(tmp_path: Path) -> None:
    entries = [f"4.{n} Bagian nomor {n} {'.' * 40} {20 + n}" for n in range(1, 15)]
    page = [(240, 80, "DAFTAR ISI"), *lines(*entries)]
    document = read(write_pdf(tmp_path / "a.pdf", [page, lines(*prose(SENTENCE))]))
    assert len(texts(document, "contents")) == len(entries)


def test_every_character_has_its_place(tmp_path: Path) -> None:
    document = read(write_pdf(tmp_path / "a.pdf", [lines("Satu dua tiga.", "Empat lima.")]))
    page = document.pages[0]
    assert unpack(page).shape == (len(page.text), 4)
    start = page.text.index("dua")
    ((x0, y0, x1, y1),) = boxes(page, start, start + 3)
    assert 72 < x0 < x1 < 160
    assert 105 < y0 < 121 < y1 < 126
    assert len(boxes(page, 0, len(page.text))) == 2


def test_reading_twice_gives_the_same(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "a.pdf", [lines(*prose(SENTENCE))])
    assert read(path) == read(path)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"this is no PDF at all", "can't be read as PDF"),
        (b"%PDF-1.7\n%damaged", "can't be read as PDF"),
    ],
)
def test_what_is_no_pdf_is_said(tmp_path: Path, content: bytes, says: str) -> None:
    (tmp_path / "a b.pdf").write_bytes(content)
    with pytest.raises(DocumentError, match=says) as error:
        read(tmp_path / "a b.pdf")
    assert "'a b.pdf'" in str(error.value)


def test_a_password_is_said(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "a.pdf", [lines(SENTENCE)], password="secret")
    with pytest.raises(DocumentError, match="password"):
        read(path)


def test_an_empty_password_is_none(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "a.pdf", [lines(SENTENCE)], password="")
    assert SENTENCE in read(path).pages[0].text


def test_a_file_that_lost_its_end_is_read(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "a.pdf", [lines(*prose(SENTENCE))] * 3)
    path.write_bytes(path.read_bytes()[:-12])
    assert SENTENCE in read(path).pages[0].text


def test_a_file_that_lost_its_pages_is_said(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "a.pdf", [lines(*prose(SENTENCE))] * 3)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 3])
    with pytest.raises(DocumentError, match=r"'a\.pdf' can't be read as PDF"):
        read(path)


def test_pictures_without_text_are_said(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="no text"):
        read(write_picture_pdf(tmp_path / "a.pdf", 2))


def test_a_page_without_text_is_named(tmp_path: Path) -> None:
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(str(tmp_path / "a.pdf"))
    canvas.drawString(72, HEIGHT - 200, SENTENCE)
    canvas.showPage()
    canvas.rect(100, 100, 300, 300, fill=1)
    canvas.showPage()
    canvas.save()
    assert any("page 2" in warning for warning in read(tmp_path / "a.pdf").warnings)


def bare(text: str) -> str:
    return re.sub(r"[\s-]+", "", unicodedata.normalize("NFKC", text)).casefold()


@pytest.mark.parametrize("thesis", ["jijiau", "ajb"])
def test_every_gold_quote_is_found_on_its_page(data: Path, thesis: str) -> None:
    document = load(data / "theses" / f"{thesis}.pdf", f"{thesis}.pdf")
    pages = [bare(page.text) for page in document.pages]
    for line in (data / "gold" / f"{thesis}.jsonl").read_text(encoding="utf-8").splitlines():
        for evidence in json.loads(line)["evidence"]:
            assert bare(evidence["quote"]) in pages[evidence["pdf_page"] - 1]
            assert document.pages[evidence["pdf_page"] - 1].label == evidence["printed_page"]
