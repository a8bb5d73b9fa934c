"""Where reading a file parts two things by a number, what lies just inside and just outside."""

import subprocess
import sys
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from pdfs import HEIGHT, set_line, set_row, slanted, write_drawn, write_picture_pdf
from thesis_qa.errors import DocumentError
from thesis_qa.read import convert, epub, html, maths, ocr, text, xml
from thesis_qa.read.archive import Archive
from thesis_qa.read.blocks import RawBlock, TableCell, bounded, table_blocks, text_blocks
from thesis_qa.read.docx_parts import WordStyles
from thesis_qa.read.encoding import decode
from thesis_qa.read.glyphs import PLACES_PER_POINT, _lines
from thesis_qa.read.ocr import OcrLine
from thesis_qa.read.pdf import characters, child, drawn, file, pages, right_to_left, scripts
from thesis_qa.read.pdf.characters import _joined, spaced
from thesis_qa.read.pdf.drawn import drawn_on, with_fields
from thesis_qa.read.pdf.page_picture import _pixels, draw_page
from thesis_qa.read.pdf.pages import PageLines
from thesis_qa.read.pdf.right_to_left import in_logical_order
from thesis_qa.structure import apart

WORDS = "petani di desa itu menanam padi setiap musim hujan"


# Archives


def archive(*members: tuple[int, int], count: int = 0) -> Archive:
    """An archive whose members have these sizes, unpacked and packed."""
    made = Archive.__new__(Archive)
    infos = [SimpleNamespace(file_size=size, compress_size=packed) for size, packed in members]
    infos += [SimpleNamespace(file_size=1, compress_size=1)] * count
    made.name = "a.docx"
    made.members = cast(Any, dict(enumerate(infos)))
    return made


@pytest.mark.parametrize(
    ("members", "count", "refused"),
    [
        ([], 20_000, False),
        ([], 20_001, True),
        ([(2_000_000_000, 10**9)], 0, False),
        ([(2_000_000_001, 10**9)], 0, True),
        ([(10_000_000, 1)], 0, False),  # a ratio does no harm below ten megabytes
        ([(10_000_001, 1)], 0, True),
        ([(50_000_000, 100_000)], 0, False),  # five hundred times
        ([(50_000_001, 100_000)], 0, True),
    ],
)
def test_what_unpacks_too_large(
    members: Sequence[tuple[int, int]], count: int, refused: bool
) -> None:
    made = archive(*members, count=count)
    if refused:
        with pytest.raises(DocumentError):
            made._refuse_bomb()
    else:
        made._refuse_bomb()


@pytest.mark.parametrize(("size", "refused"), [(100_000_000, False), (100_000_001, True)])
def test_a_part_of_an_archive_has_a_hundred_megabytes(size: int, refused: bool) -> None:
    made = Archive.__new__(Archive)
    info = SimpleNamespace(flag_bits=0, file_size=size)
    made.name, made.kind, made.members = "a.docx", "DOCX", cast(Any, {"a": info})

    def opened(member: object) -> Any:
        raise OSError("opened")

    made._zip = cast(Any, SimpleNamespace(open=opened))
    with pytest.raises(DocumentError) as caught:
        made.read("a")
    assert (caught.value.code == "unpacks-too-large") == refused


@pytest.mark.parametrize(("size", "refused"), [(500_000_000, False), (500_000_001, True)])
def test_a_file_to_convert_has_half_a_gigabyte(tmp_path: Path, size: int, refused: bool) -> None:
    path = tmp_path / "a.rtf"
    path.write_bytes(b"{\\rtf1 teks}")
    with path.open("r+b") as sparse:
        sparse.truncate(size)
    if refused:
        with pytest.raises(DocumentError):
            convert._refuse(path, path.name)
    else:
        convert._refuse(path, path.name)


def test_a_conversion_is_waited_for_three_minutes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    started = SimpleNamespace(wait=waited.append, pid=0)
    monkeypatch.setattr(convert.subprocess, "Popen", lambda *given, **more: started)
    monkeypatch.setattr(convert, "_end", lambda ended: None)
    convert._convert(["soffice"], tmp_path / "a.rtf", "a.rtf")
    assert waited == [180]


# Formats without pages


def test_a_document_has_two_hundred_thousand_blocks() -> None:
    block = RawBlock("a")
    assert len(bounded([block] * 200_000, "a.txt")) == 200_000
    with pytest.raises(DocumentError):
        bounded([block] * 200_001, "a.txt")


def test_a_document_has_twenty_million_characters() -> None:
    block = RawBlock("a" * 1_000_000)
    assert len(bounded([block] * 20, "a.txt")) == 20
    with pytest.raises(DocumentError):
        bounded([block] * 20 + [RawBlock("a")], "a.txt")


@pytest.mark.parametrize(("length", "named"), [(80, True), (81, False)])
def test_the_name_of_a_column_has_eighty_characters(length: int, named: bool) -> None:
    rows = [["Desa", "a" * length], ["Sukamaju", "12"], ["Sukasari", "14"]]
    assert any(block.context for block in table_blocks(rows)) == named


def test_a_cell_goes_over_sixty_three_columns() -> None:
    wide, narrow = [TableCell("Panen", across=1000)], [f"d{n}" for n in range(99)]
    first, *_ = table_blocks([wide, narrow, ["12"] * 99], heads=2)
    assert first.text.count("Panen") == 63


@pytest.mark.parametrize(("count", "kind"), [(3, "table"), (2, "text")])
def test_a_typed_table_has_three_lines(count: int, kind: str) -> None:
    [*_, last] = text_blocks("\n".join(["Sukamaju\t12 ton"] * count))
    assert last.kind == kind


@pytest.mark.parametrize(("gap", "kind"), [(2, "table"), (1, "text")])
def test_columns_of_a_typed_table_are_two_spaces_apart(gap: int, kind: str) -> None:
    lines = [f"desa{n}{' ' * gap}padi{n}  x" if gap > 1 else f"desa{n} padi{n}" for n in range(4)]
    [*_, last] = text_blocks("\n".join(line.replace("  x", "") for line in lines))
    assert last.kind == kind


def test_styles_are_followed_twenty_steps() -> None:
    styles = WordStyles(None)
    w = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    for n in range(40):
        based = f'<w:style xmlns:w="{w}"><w:basedOn w:val="s{n + 1}"/></w:style>'
        styles.elements[f"s{n}"] = xml.parse(based.encode())
    assert len(styles._chain("s0")) == 20


@pytest.mark.parametrize(("control", "binary"), [(10, False), (11, True)])
def test_a_hundredth_of_a_text_may_be_control_characters(control: int, binary: bool) -> None:
    data = b"\x01" * control + b"a" * (1000 - control)
    if binary:
        with pytest.raises(DocumentError):
            decode(data, "a.txt")
    else:
        assert len(decode(data, "a.txt")) == 1000


@pytest.mark.parametrize(("foreign", "western"), [(25, True), (26, False)])
def test_a_quarter_of_the_letters_may_have_accents(foreign: int, western: bool) -> None:
    from thesis_qa.read.encoding import _is_western

    assert _is_western("é" * foreign + "a" * (100 - foreign)) == western


@pytest.mark.parametrize(("count", "refused"), [(5000, False), (5001, True)])
def test_a_book_has_five_thousand_chapters(count: int, refused: bool) -> None:
    package = xml.parse(b"<package>" + b"<itemref/>" * count + b"</package>")
    book = cast(Archive, SimpleNamespace(name="a.epub"))
    if refused:
        with pytest.raises(DocumentError):
            epub._chapters(package, "", book)
    else:
        assert epub._chapters(package, "", book) == []


def test_twenty_missing_chapters_are_named(tmp_path: Path) -> None:
    ids, kind = range(30), "application/xhtml+xml"
    items = "".join(f'<item id="c{n}" href="c{n}.xhtml" media-type="{kind}"/>' for n in ids)
    spine = "".join(f'<itemref idref="c{n}"/>' for n in ids)
    package = (
        f'<package xmlns="http://www.idpf.org/2007/opf"><manifest>{items}</manifest>'
        f"<spine>{spine}</spine></package>"
    )
    container = (
        '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="a.opf"/></rootfiles></container>'
    )
    path = tmp_path / "a.epub"
    with zipfile.ZipFile(path, "w") as book:
        book.writestr("META-INF/container.xml", container)
        book.writestr("a.opf", package)
        book.writestr("c0.xhtml", "<html><body><p>Petani menanam padi.</p></body></html>")
    assert len(epub.read_epub(path, "a.epub").warnings) == 20


@pytest.mark.parametrize(("count", "contents"), [(3, True), (2, False)])
def test_a_list_of_three_links_leads_on(count: int, contents: bool) -> None:
    links = "".join(f'<li><a href="#b{n}">Bab {n}</a></li>' for n in range(count))
    [listed] = html.parse_html(f"<ul>{links}</ul>").iter("ul")
    assert html._leads_on(listed) == contents


def test_twenty_parts_that_are_not_read_are_named() -> None:
    frames = "".join(f'<iframe src="bab{n}.html"></iframe>' for n in range(30))
    assert len(html._parts(html.parse_html(f"<p>Padi</p>{frames}"))) == 20


@pytest.mark.parametrize(
    ("reads", "name", "most"),
    [(html.read_html, "a.html", 100_000_000), (text.read_text, "a.txt", 50_000_000)],
)
def test_how_large_a_text_may_be(tmp_path: Path, reads: Any, name: str, most: int) -> None:
    (tmp_path / name).touch()
    with (tmp_path / name).open("r+b") as sparse:
        sparse.truncate(most + 1)
    with pytest.raises(DocumentError) as caught:
        reads(tmp_path / name, name)
    assert caught.value.code == "too-large"
    assert f"{most // 1_000_000}" in str(caught.value)


def test_symbols_of_fonts_are_private_from_f000() -> None:
    assert [maths.is_private(chr(code)) for code in (0xEFFF, 0xF000, 0xF0FF, 0xF100)] == [
        False, True, True, False
    ]  # fmt: skip


@pytest.mark.parametrize(("count", "head"), [(3, True), (2, False)])
def test_a_running_head_of_a_text_stands_on_three_pages(count: int, head: bool) -> None:
    paged = [f"Skripsi Ani\nPetani {chr(97 + n)} menanam padi." for n in range(count)]
    assert ("Skripsi" not in text._pages_joined([*paged, "Harga beras naik."])) == head


@pytest.mark.parametrize(("count", "refused"), [(3_000_000, False), (3_000_001, True)])
def test_xml_has_three_million_tags(
    monkeypatch: pytest.MonkeyPatch, count: int, refused: bool
) -> None:
    def parsed(data: bytes, parser: object) -> None:
        raise InterruptedError

    monkeypatch.setattr(xml.etree, "fromstring", parsed)
    with pytest.raises(MemoryError if refused else InterruptedError):
        xml.parse(b"<" * count)


# Characters of a PDF


@pytest.mark.parametrize(("down", "count"), [(45, 1), (55, 2)])
def test_characters_that_share_half_their_height_are_one_line(down: int, count: int) -> None:
    placed = [[0, 0, 50, 100], [50, down, 100, 100 + down]]
    assert len(list(_lines(placed))) == count


@pytest.mark.parametrize(("gap", "count"), [(2, 1), (3, 2)])
def test_letters_of_turned_text_are_two_tenths_of_a_point_apart(gap: int, count: int) -> None:
    placed = [[0, 100, 100, 150], [0, 50 - gap, 100, 100 - gap]]
    assert len(list(_lines(placed))) == count


def texts(gap: float) -> str:
    return spaced(set_row(("padi", 50), ("sawah", 74 + gap))).text


def test_a_gap_of_a_sixth_of_the_size_parts_words() -> None:
    assert (texts(1.3), texts(1.7)) == ("padisawah", "padi sawah")
    pieces = [set_line("padi", 50), set_line("sawah", 74 + 1.7)]
    assert [line.text for line in _joined(pieces)] == ["padi sawah"]


@pytest.mark.parametrize(("letters", "read"), [("P A D I S", "PADIS"), ("P A D I", "P A D I")])
def test_a_letter_spaced_word_has_five_letters(letters: str, read: str) -> None:
    assert spaced(set_line(letters, 50, step=3)).text == read


@pytest.mark.parametrize(("gap", "read"), [(9, "PADIS AWAH"), (7, "PADISAWAH")])
def test_words_of_a_letter_spaced_line_are_further_apart(gap: float, read: str) -> None:
    parts = [(c, 50 + 11 * n + (gap - 5 if n > 4 else 0)) for n, c in enumerate("PADISAWAH")]
    assert spaced(set_row(*parts)).text == read


@pytest.mark.parametrize(("degrees", "upright"), [(2.5, True), (3.5, False)])
def test_text_within_three_degrees_is_upright(
    tmp_path: Path, degrees: float, upright: bool
) -> None:
    read = pages.read_pages(
        write_drawn(tmp_path / "a.pdf", [[slanted("Petani padi", degrees, 100, 400)]]), "a.pdf"
    )
    assert all((line.turn == 0) == upright for line in read.pages[0].lines)


def test_a_line_is_code_where_three_quarters_are_of_fixed_width(tmp_path: Path) -> None:
    def mixed(canvas: Any) -> None:
        for top, fonts in ((100, ["Courier"] * 2 + ["Times-Roman"]), (200, ["Courier"] * 3)):
            line = canvas.beginText(72, HEIGHT - top)
            for font in fonts:
                line.setFont(font, 12)
                line.textOut("abcdefghij")
            canvas.drawText(line)

    read = pages.read_pages(write_drawn(tmp_path / "a.pdf", [[mixed]]), "a.pdf")
    assert [line.fixed for line in read.pages[0].lines] == [False, True]


def test_the_font_of_a_line_is_looked_up_at_three_characters(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked: list[int] = []

    def font(text_page: object, at: int) -> tuple[float, bool, bool]:
        looked.append(at)
        return 10.0, False, False

    monkeypatch.setattr(characters, "_font", font)
    places = np.zeros((30, 6), np.int64)
    characters._line(None, "a" * 30, places, np.arange(30), (0, 30))
    assert len(looked) == 3


@pytest.mark.parametrize(("down", "together"), [(6, True), (7, False)])
def test_pieces_of_an_arabic_line_share_a_third_of_their_height(
    down: float, together: bool
) -> None:
    pieces = [set_line("بسم الله الرحمن", 100), set_line("الرحيم", 220, 100 + down)]
    assert (len(right_to_left.in_logical_order(pieces)) == 1) == together


@pytest.mark.parametrize(("letters", "together"), [(4, True), (5, False)])
def test_four_letters_may_be_set_off(letters: int, together: bool) -> None:
    pieces = [set_line("بسم الله الرحمن", 100), set_line("ي" * letters, 220, 115)]
    assert (len(right_to_left.in_logical_order(pieces)) == 1) == together


@pytest.mark.parametrize(("gap", "space"), [(1.7, True), (1.3, False)])
def test_a_gap_of_a_sixth_of_the_size_parts_arabic_words(gap: float, space: bool) -> None:
    found = right_to_left._spaced(set_row(("بسم", 50), ("الله", 68 + gap)))
    assert (" " in found.text) == space


def raised(height: float, up: float) -> int:
    """How a last digit, so high and so far above the line, is taken: 1 for raised, -1 lowered."""
    letters, digit = set_line("padi", 50, 100), set_line("2", 74, 110 - height - up, size=height)
    line = replace(letters, text="padi2", places=np.concatenate([letters.places, digit.places]))

    def bottoms(placed: Any) -> Any:
        return placed[:, 3].astype(float)

    return int(scripts._shifts(line, bottoms)[-1])


@pytest.mark.parametrize(
    ("height", "up", "shift"),
    [
        (8.5, 4, 1),
        (9.5, 4, 0),  # as large as the letters
        (6, 1.4, 1),  # an eighth of their height
        (6, 1.0, 0),
        (6, -0.7, -1),
        (6, -0.5, 0),
    ],
)
def test_what_is_raised_or_lowered(height: float, up: float, shift: int) -> None:
    assert raised(height, up) == shift


@pytest.mark.parametrize(("large", "height"), [(3, 12), (2, 10)])
def test_a_quarter_of_the_characters_show_how_high_letters_are(large: int, height: int) -> None:
    heights = np.array([12] * large + [10] * (10 - large))
    assert scripts._letter_height(heights) == height


# What is drawn


@pytest.mark.parametrize(("length", "rule"), [(11, True), (9, False)])
def test_a_rule_is_ten_points_long(tmp_path: Path, length: float, rule: bool) -> None:
    import pypdfium2

    path = write_drawn(
        tmp_path / "a.pdf", [[lambda c: c.rect(90, 500, length, 0.5, stroke=0, fill=1)]]
    )
    pdf = pypdfium2.PdfDocument(path)
    found, _ = drawn.drawn_on(pdf[0], textless=False)
    pdf.close()
    assert bool(found) == rule


def test_four_thousand_objects_are_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pypdfium2
    import pypdfium2.raw as raw

    pdf = pypdfium2.PdfDocument(write_picture_pdf(tmp_path / "a.pdf"))
    monkeypatch.setattr(drawn, "_bounds", lambda handle, forms: (0.0, 0.0, 100.0, 1.0))
    for count, found in ((4000, 4000), (4001, 0)):
        many = [(raw.FPDF_PAGEOBJ_PATH, None, ())] * count
        monkeypatch.setattr(drawn, "_objects", lambda page, many=many: many)
        assert len(drawn.drawn_on(pdf[0], textless=False)[0]) == found
    pdf.close()


def test_forms_in_forms_are_followed_three_deep(monkeypatch: pytest.MonkeyPatch) -> None:
    import pypdfium2.raw as raw

    form, path = raw.FPDF_PAGEOBJ_FORM, raw.FPDF_PAGEOBJ_PATH
    monkeypatch.setattr(raw, "FPDFPage_CountObjects", lambda page: 1)
    monkeypatch.setattr(raw, "FPDFPage_GetObject", lambda page, at: 1)
    monkeypatch.setattr(raw, "FPDFFormObj_CountObjects", lambda holder: 1)
    monkeypatch.setattr(raw, "FPDFFormObj_GetObject", lambda holder, at: holder + 1)
    monkeypatch.setattr(raw, "FPDFPageObj_GetType", lambda handle: path if handle == 9 else form)
    [(kind, handle, forms)] = drawn._objects(SimpleNamespace(raw=0))
    assert (kind, handle, len(forms)) == (form, 4, 3)


def field(text: str, width: float, height: float, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(drawn, "as_displayed", lambda page, boxes: boxes)
    return drawn._line(None, text, (0.0, 0.0, width, height))


def test_letters_of_a_field_have_twelve_points_and_half_their_size(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    line = field("Laras", 200, 100, monkeypatch)
    assert line.size == 12
    assert line.width == pytest.approx(30, abs=0.2)
    assert field("Laras", 200, 10, monkeypatch).size == pytest.approx(7)


# Pages


def page(lines: Sequence[Any] = (), pictured: float = 0.0) -> PageLines:
    return PageLines(tuple(lines), pictured=pictured)


GARBAGE = "xkqzw " * 34  # 204 characters with spaces, 170 without


@pytest.mark.parametrize(
    ("pictured", "lines", "front", "again"),
    [
        (0.51, [set_line("xkqzw " * 20, 50)], True, True),
        (0.49, [set_line("xkqzw " * 20, 50)], True, False),
        (0.03, [], False, True),
        (0.01, [], False, False),
        (0.21, [set_line("12345678", 50)], True, True),
        (0.19, [set_line("12345678", 50)], True, False),
        (0.21, [set_line("123456789", 50)], True, False),
        (0.21, [set_line("12345678", 50)], False, False),
    ],
)
def test_which_pages_are_recognised(
    pictured: float, lines: Sequence[Any], front: bool, again: bool
) -> None:
    read = [page([set_line(WORDS, 50)])] * (9 if front else 10)
    read.append(page(lines, pictured))
    assert file.unreadable(read) == ([len(read) - 1] if again else [])


@pytest.mark.parametrize(
    ("words", "again"), [("xkqzw " * 30 + "padi " * 8, True), ("xkqzw " * 30 + "padi " * 20, False)]
)
def test_a_font_is_coded_wrongly_where_less_than_a_third_are_words(words: str, again: bool) -> None:
    lines = [set_line(words, 50), set_line(words, 50, 120)]
    assert (file.unreadable([page(lines)]) == [0]) == again


@pytest.mark.parametrize(("count", "again"), [(40, True), (39, False)])
def test_two_hundred_characters_are_enough_to_judge_by(count: int, again: bool) -> None:
    assert (file.unreadable([page([set_line("xkqzw " * count, 50)])]) == [0]) == again


def test_twenty_pages_are_listed() -> None:
    assert file.listed(range(20)).endswith("20")
    assert file.listed(range(21)).endswith("20 …")


def test_letters_that_were_recognised_fill_four_fifths_of_their_box() -> None:
    found = OcrLine("a", ((0.0, 0.0, 10.0, 20.0),), 0.9)
    assert file._line(found, 2).size == pytest.approx(8)


def test_a_page_without_an_answer_is_waited_for_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    timer = SimpleNamespace(start=lambda: None, cancel=lambda: None)
    monkeypatch.setattr(pages, "Timer", lambda seconds, kill: waited.append(seconds) or timer)
    nothing = SimpleNamespace(read=lambda size: b"")
    started = SimpleNamespace(stdout=nothing, kill=lambda: None)
    assert pages._frame(cast(Any, started)) is None
    assert waited == [60]


def test_a_file_is_given_up_after_fifty_pages_that_crash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    about = {"pages": 99, "outline": [], "properties": {}}
    monkeypatch.setattr(pages, "_frames", lambda job: iter([(about, b"")]))
    read = pages.read_pages(tmp_path / "a.pdf", "a.pdf")
    errors = [each.error for each in read.pages]
    assert errors.count(errors[0]) == 51
    assert len(errors) == 99


# Pictures


@pytest.mark.parametrize(("side", "scale"), [(72, 200 / 72), (4000, (12_000_000**0.5) / 4000)])
def test_a_picture_to_recognise_has_twelve_million_pixels(side: float, scale: float) -> None:
    def render(**how: Any) -> Any:
        from PIL import Image

        return SimpleNamespace(to_pil=lambda: Image.new("L", (1, 1)))

    sheet = SimpleNamespace(get_size=lambda: (side, side), render=render, close=lambda: None)
    about, _ = child._picture([sheet], 0, {"dpi": 200})
    assert about["scale"] == pytest.approx(scale)


def test_a_page_is_drawn_four_times_as_high_as_wide(tmp_path: Path) -> None:
    from io import BytesIO

    from PIL import Image
    from reportlab.pdfgen.canvas import Canvas

    path = tmp_path / "a.pdf"
    canvas = Canvas(str(path), pagesize=(100, 900))
    canvas.drawString(10, 10, "padi")
    canvas.save()
    assert Image.open(BytesIO(draw_page(str(path), 1, [], 50))).size == (50, 200)


def test_a_mark_is_drawn_a_point_and_a_half_around_its_characters() -> None:
    assert _pixels((10, 10, 20, 20), 10, (1000, 1000)) == (85, 85, 215, 215)


# Recognised text


def piece(x0: float, x1: float, y: float) -> OcrLine:
    return OcrLine("a", ((x0, y, x1, y + 10),), 0.9)


@pytest.mark.parametrize(
    ("parted", "whole", "columns"), [(6, 0, True), (5, 0, False), (6, 9, True), (6, 10, False)]
)
def test_six_rows_and_two_fifths_of_them_show_two_columns(
    parted: int, whole: int, columns: bool
) -> None:
    rows = [[piece(0, 40, 20 * n), piece(60, 100, 20 * n)] for n in range(parted)]
    rows += [[piece(0, 100, 20 * (n + parted))] for n in range(whole)]
    assert (ocr._gutter(rows) is not None) == columns


@pytest.mark.parametrize(("gap", "read"), [(16, "ab cd"), (14, "abcd")])
def test_a_lost_space_is_one_and_a_half_characters_wide(gap: float, read: str) -> None:
    lefts = (0, 10, 20 + gap, 30 + gap)
    corners = [("x", 1.0, [(x, 0), (x + 10, 0), (x + 10, 20), (x, 20)]) for x in lefts]
    assert ocr._piece("abcd", corners, 0.9).text == read


def test_how_pages_are_recognised(monkeypatch: pytest.MonkeyPatch) -> None:
    """On two processors, in lines of 1,280 pixels, one at a time, each with even odds at least."""
    rapidocr = pytest.importorskip("rapidocr")
    told: dict[str, Any] = {}
    monkeypatch.setattr(rapidocr, "RapidOCR", lambda params: told.update(params))
    ocr._engine.__wrapped__()
    names = ("Global.text_score", "Det.limit_side_len", "Rec.rec_batch_num",
             "EngineConfig.onnxruntime.intra_op_num_threads")  # fmt: skip
    assert [told[name] for name in names] == [0.5, 1280, 1, 2]


def test_places_are_tenths_of_a_point() -> None:
    assert (PLACES_PER_POINT, set_line("a", 50).places[0, 0]) == (10, 500)


@pytest.mark.parametrize(("thickness", "parts"), [(2.9, True), (3.4, False)])
def test_a_line_of_three_points_parts_cells_and_a_bar_does_not(
    tmp_path: Path, thickness: float, parts: bool
) -> None:
    import pypdfium2

    from pdfs import write_drawn

    path = write_drawn(
        tmp_path / "bar.pdf", [[lambda c: c.rect(90, 500, 200, thickness, stroke=0, fill=1)]]
    )
    pdf = pypdfium2.PdfDocument(path)
    rules, _ = drawn_on(pdf[0], textless=False)
    pdf.close()
    assert bool([rule for rule in rules if rule[2] - rule[0] > 100]) == parts


def test_letters_of_a_field_are_seven_tenths_of_its_height(tmp_path: Path) -> None:
    import pypdfium2

    from pdfs import write_drawn

    def field(canvas: Any) -> None:
        canvas.acroForm.textfield(
            name="a", value="Laras", x=100, y=500, width=200, height=12, borderWidth=0
        )

    pdf = pypdfium2.PdfDocument(write_drawn(tmp_path / "form.pdf", [[field]]))
    pdf.init_forms()
    [line] = with_fields(pdf, pdf[0], [])
    pdf.close()
    assert line.text == "Laras"
    assert 8 <= line.size <= 9


@pytest.mark.parametrize(("away", "together"), [(8.0, True), (10.0, False)])
def test_a_few_marks_set_off_by_less_than_their_size_belong_to_the_line(
    away: float, together: bool
) -> None:
    line = set_line("بسم الله الرحمن", 100, 200)
    marks = set_line("يس", 220, 210 + away)
    assert len(in_logical_order([line, marks])) == (1 if together else 2)


@pytest.mark.parametrize(("words", "again"), [(11, True), (15, False)])
def test_a_scan_is_recognised_again_where_less_than_three_fifths_are_words(
    words: int, again: bool
) -> None:
    lines = [set_line(f"petani {'panen ' * words}{'xkqzw ' * (20 - words)}", 50, 20 * n)
             for n in range(5)]  # fmt: skip
    assert file.unreadable([PageLines(tuple(lines), pictured=0.9)]) == ([0] if again else [])


def test_pages_are_recognised_at_two_hundred_dots_an_inch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pdfs import write_picture_pdf

    sizes: list[tuple[int, int]] = []
    monkeypatch.setattr(file.ocr, "available", lambda: True)
    monkeypatch.setattr(file.ocr, "recognise", lambda seen: sizes.append(seen.size) or [])
    path = write_picture_pdf(tmp_path / "scan.pdf")
    file.recognised(path, [PageLines(pictured=0.9)], "")
    [(width, height)] = sizes
    assert (width // 10, height // 10) == (165, 233)  # A4


def test_a_file_that_takes_all_its_time_is_told_from_one_that_takes_all_memory() -> None:
    def said(signal: str) -> str:
        script = f"import os, signal; os.kill(os.getpid(), signal.{signal})"
        child = apart._Child(subprocess.Popen([sys.executable, "-c", script]))
        assert child.process
        child.process.wait()
        return child._lost("tesis.docx", 1.0).code

    assert (said("SIGXCPU"), said("SIGKILL")) == ("too-slow", "too-much")
