"""Where structure parts two things by a number, what lies just inside and just outside of it."""

import pickle
import resource
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pdfs import set_line, set_row
from thesis_qa.errors import DocumentError
from thesis_qa.read.blocks import RawBlock
from thesis_qa.read.pdf.lines import SLANTED, TextLine
from thesis_qa.read.pdf.pages import OutlineEntry, PageLines
from thesis_qa.structure import apart, columns, flow, furniture, grids, heads, kinds, tables
from thesis_qa.structure.apart import _Child
from thesis_qa.structure.document import load
from thesis_qa.structure.front_cues import name_at_start, role
from thesis_qa.structure.front_lines import (
    FrontLine,
    _goes_on,
    _one_line,
    _without_names,
    front_lines,
)
from thesis_qa.structure.front_lines import front_lines as lines_of_front
from thesis_qa.structure.front_matter import _Front
from thesis_qa.structure.front_persons import _is_prose, thanked
from thesis_qa.structure.furniture import Margins, stamps
from thesis_qa.structure.grids import Grid, ruled_grids
from thesis_qa.structure.headings import (
    are_entries,
    is_contents_title,
    is_paragraph,
    names_institution,
    parse_heading,
    role_of,
)
from thesis_qa.structure.heads import Table
from thesis_qa.structure.kinds import KindJudge, Typed, is_formula
from thesis_qa.structure.layout import View, _Continued
from thesis_qa.structure.outline import outlined
from thesis_qa.structure.page_text import BlockLine
from thesis_qa.structure.paragraphs import Draft, Item, Paragraphs, _begins_reference, right_edges
from thesis_qa.structure.style import PageStyle, _numbers_sections, style
from thesis_qa.types import Block, Page, Span

STYLE = PageStyle(size=10, leading=12, bold_tells=True, chapters=True)
PROSE = "petani di desa itu menanam padi setiap musim hujan"  # 50 characters


def front(text: str, size: float = 10, top: float = 0, left: float = 0, **more: Any) -> FrontLine:
    width = more.pop("width", 5 * len(text))
    whole = {"span": Span(0, 0, len(text)), "kind": "text", "block": 0, **more}
    return FrontLine(text, size=size, top=top, left=left, right=left + width, **whole)


def cells(*texts: str, top: float = 100, apart_by: float = 100) -> list[TextLine]:
    """The lines of a row of a table."""
    return [set_line(text, 50 + apart_by * n, top, 5) for n, text in enumerate(texts)]


def read(folder: Path, text: str, name: str = "a.txt") -> Any:
    (folder / name).write_text(text, "utf-8")
    return load(folder / name, name)


# A process of its own


def test_a_file_may_take_a_minute_of_work() -> None:
    script = (
        "import resource; from thesis_qa.structure.apart import _limit_time; _limit_time();"
        "print(resource.getrlimit(resource.RLIMIT_CPU)[0])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert 60 <= int(done.stdout) <= 60 + min(15, used.ru_utime + used.ru_stime)


def test_a_reader_is_waited_for_ten_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []

    class Timer:
        daemon = False

        def __init__(self, seconds: float, kill: object) -> None:
            waited.append(seconds)

        def start(self) -> None: ...
        def cancel(self) -> None: ...

    monkeypatch.setattr(apart, "Timer", Timer)
    with subprocess.Popen(
        [sys.executable, "-c", "pass"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert _Child(process)._answer(b"\n") is None
    assert waited == [600]


def test_a_reader_ends_after_a_hundred_files(monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[int] = []
    child = _Child()
    monkeypatch.setattr(child, "_start", lambda: None)
    monkeypatch.setattr(
        child, "_answer", lambda job: pickle.dumps(DocumentError("binary", file=""))
    )
    monkeypatch.setattr(child, "end", lambda: ended.append(child.done))
    for _ in range(100):
        with pytest.raises(DocumentError):
            child.read(Path("a.txt"), "a.txt")
    assert ended == [100]


# Columns


def two_columns(count: int, text: str = "a" * 30) -> list[TextLine]:
    """Lines of two columns, each beside the other, line by line."""
    return [set_line(text, left, 100 + 12 * n) for n in range(count) for left in (50.0, 300.0)]


def is_reordered(lines: Sequence[TextLine]) -> bool:
    found = columns.in_reading_order(lines, 595)
    return any(a is not b for a, b in zip(found, lines, strict=True))


@pytest.mark.parametrize(("count", "parted"), [(8, True), (7, False)])
def test_columns_have_eight_lines(count: int, parted: bool) -> None:
    assert is_reordered(two_columns(count)) == parted


@pytest.mark.parametrize(("turns", "mixed"), [(4, False), (5, True)])
def test_a_file_that_turns_four_times_between_columns_keeps_its_order(
    turns: int, mixed: bool
) -> None:
    lines = two_columns(12)
    runs = [lines[n % 2 :: 2][n // 2 * 4 :][:4] for n in range(turns + 1)]
    assert is_reordered([line for run in runs for line in run]) == mixed


@pytest.mark.parametrize(("across", "parted"), [(17, True), (18, False)])
def test_three_lines_of_ten_may_run_across_a_gutter(across: int, parted: bool) -> None:
    lines = [*two_columns(20), *(set_line("a" * 80, 50, 400 + 12 * n) for n in range(across))]
    assert (columns._gutter(lines, 595) is not None) == parted


@pytest.mark.parametrize(("text", "parted"), [("aaa1" * 8, True), ("aa1" * 10, False)])
def test_seven_of_ten_characters_of_a_column_are_letters(text: str, parted: bool) -> None:
    assert (columns._gutter(two_columns(9, text), 595) is not None) == parted


@pytest.mark.parametrize(("gap", "wide"), [(13, True), (11, False)])
def test_a_gap_between_columns_is_wider_than_the_letters(gap: float, wide: bool) -> None:
    line = set_row(("padi", 50), ("sawah", 50 + 24 + gap))
    assert (columns._widest_gap(line) is not None) == wide


# Formats without pages


@pytest.mark.parametrize(("size", "read_"), [(100_000, True), (100_001, False)])
def test_corrections_of_a_thesis_take_a_hundred_kilobytes(
    tmp_path: Path, size: int, read_: bool
) -> None:
    stated = "year = 1999\n"
    (tmp_path / "a.txt.meta.toml").write_text(stated + "#" * (size - len(stated)))
    document = read(tmp_path, "Petani menanam padi di desa itu.")
    assert (document.metadata.year == 1999) == read_


@pytest.mark.parametrize(("length", "title_page"), [(70, True), (71, False)])
def test_lines_of_a_title_page_have_seventy_characters(length: int, title_page: bool) -> None:
    assert flow._is_title_page(["UNIVERSITAS INDONESIA", "a" * length]) == title_page


@pytest.mark.parametrize(("length", "kind"), [(79, "heading"), (80, "text")])
def test_a_heading_before_its_paragraph_has_less_than_eighty_characters(
    length: int, kind: str
) -> None:
    lead = "Sampel" + " desa" * 30
    lead = lead[: length - 2] + "a."
    first, *_ = flow._run_in(RawBlock(f"{lead} Peneliti {PROSE} {PROSE}.", lead=lead))
    assert first.kind == kind


@pytest.mark.parametrize(("length", "kind"), [(80, "heading"), (79, "text")])
def test_a_letter_heads_a_paragraph_of_eighty_characters(length: int, kind: str) -> None:
    blocks = [RawBlock("H. Letak Desa"), RawBlock((PROSE * 2)[: length - 1] + ".")]
    assert flow._with_sections(blocks)[0].kind == kind


# Front matter


@pytest.mark.parametrize(("count", "said"), [(9, "supervisors"), (10, "")])
def test_a_label_has_nine_words(count: int, said: str) -> None:
    assert role(" ".join(["pembimbing"] * count)) == said


def test_degrees_have_fourteen_characters() -> None:
    assert name_at_start("Ani Wijaya, M.Si. M.Kom.") == "Ani Wijaya, M.Si. M.Kom."
    assert name_at_start("Ani Wijaya, M.Si. M.Kom. S.T.") == "Ani Wijaya"


@pytest.mark.parametrize(("words", "goes_on"), [(45, True), (46, False)])
def test_a_title_has_forty_five_words(words: int, goes_on: bool) -> None:
    assert _goes_on([front("padi " * words, size=0)], front("sawah", size=0)) == goes_on


@pytest.mark.parametrize(
    ("size", "pitch", "goes_on"),
    [
        (10, 31, True),  # 1.35 × 2.4 times the size
        (10, 34, False),
        (9.2, 25, True),  # nine tenths
        (8.8, 25, False),
        (7.2, 15, True),  # seven tenths: a subtitle right below
        (6.8, 15, False),
        (7.2, 21, False),
    ],
)
def test_a_title_goes_on_near_and_in_its_size(size: float, pitch: float, goes_on: bool) -> None:
    assert _goes_on([front("PANEN PADI")], front("DI DESA", size, top=pitch)) == goes_on


@pytest.mark.parametrize(("pitch", "near"), [(13, True), (14, False)])
def test_a_title_goes_on_in_its_own_pitch(pitch: float, near: bool) -> None:
    run = [front("PANEN PADI"), front("DAN JAGUNG", top=10)]
    assert _goes_on(run, front("DI DESA", top=10 + pitch)) == near


def test_lines_of_a_paragraph_are_less_than_two_heights_apart() -> None:
    assert front("a").is_near(front("b", top=17.5))
    assert not front("a").is_near(front("b", top=18.5))


def test_a_name_begins_within_twelve_points_of_its_label() -> None:
    label = front("Pembimbing", left=100, width=50)
    assert front("Ani", left=161, width=20).shares_column(label)
    assert not front("Ani", left=163, width=20).shares_column(label)


@pytest.mark.parametrize(("gap", "joined"), [(14, True), (16, False)])
def test_cells_nearer_than_one_and_a_half_heights_are_one_line(gap: float, joined: bool) -> None:
    text = "Nama Ani"
    one = front("Nama", width=20)
    other = front("Ani", left=20 + gap, span=Span(0, 5, 8))
    assert (_one_line(one, other, [Page(1, None, text)]) is not None) == joined


def test_front_matter_without_pages_has_six_hundred_lines() -> None:
    page = Page(1, None, "padi\n" * 700)
    blocks = [Block((Span(0, 5 * n, 5 * n + 4),)) for n in range(700)]
    assert len(lines_of_front([page], blocks)) == 601


@pytest.mark.parametrize(("line", "kept"), [("oleh siapa:", False), ("oleh siapa::", True)])
def test_lines_of_twelve_characters_belong_to_an_abstract(line: str, kept: bool) -> None:
    page = Page(1, None, f"{line}\nPetani menanam padi di desa itu setiap musim.")
    [span] = _without_names([page], [Span(0, 0, len(page.text))])
    assert (span.start == 0) == kept


@pytest.mark.parametrize(("words", "prose"), [(7, True), (6, False)])
def test_a_line_of_a_sentence_has_seven_words(words: int, prose: bool) -> None:
    assert _is_prose(front("padi " * words)) == prose


TITLE = "PENGARUH PUPUK ORGANIK TERHADAP HASIL PADI\n\nSKRIPSI\n\n"
BODY = "\n\nBAB I PENDAHULUAN\n\nIzin sulit didapat.\n"


@pytest.mark.parametrize(("between", "found"), [(4, True), (5, False)])
def test_a_name_stands_within_five_lines_of_its_label(
    tmp_path: Path, between: int, found: bool
) -> None:
    text = "Pembimbing\n\n" + "Desa Sukamaju\n\n" * between + "Dr. Siti Aminah, M.Si."
    known = read(tmp_path, TITLE + text + BODY).metadata
    assert ("Dr. Siti Aminah, M.Si." in known.supervisors) == found


@pytest.mark.parametrize(("length", "joined"), [(39, True), (40, False)])
def test_a_university_goes_on_with_less_than_forty_characters(
    tmp_path: Path, length: int, joined: bool
) -> None:
    rest = f"“{'VETERAN ' * 6}"[: length - 1] + "”"
    text = f"{TITLE}UNIVERSITAS PEMBANGUNAN NASIONAL\n\n{rest}\n\n2020{BODY}"
    assert ("“" in read(tmp_path, text).metadata.university) == joined


def first_pages(*lines: FrontLine, text: str = "") -> Any:
    """The pages before the first chapter, of which only `lines` are known."""
    made = _Front.__new__(_Front)
    made.pages, made.lines, made.title_page = [Page(1, None, text)], lines, list(lines)
    made.teachers, made.said, made.entry = set(), set(), None
    return made


@pytest.mark.parametrize(("weight", "taken"), [(2.0, True), (1.9, False)])
def test_an_author_is_who_two_signs_name(
    monkeypatch: pytest.MonkeyPatch, weight: float, taken: bool
) -> None:
    person = [("Ani Wijaya", (Span(0, 0, 10),))]
    monkeypatch.setattr(_Front, "_named_authors", lambda self: iter([(person, weight)]))
    monkeypatch.setattr(_Front, "_in_mixed_case", lambda self, found: found)
    assert (first_pages()._author() is not None) == taken


def test_a_title_page_without_pages_has_sixty_lines() -> None:
    lines = [front(f"padi {n}", top=n) for n in range(90)]
    assert len(first_pages(*lines)._title_page()) == 60


@pytest.mark.parametrize(("size", "title"), [(11.3, True), (11.1, False)])
def test_a_title_that_nothing_else_tells_is_set_an_eighth_larger(
    monkeypatch: pytest.MonkeyPatch, size: float, title: bool
) -> None:
    monkeypatch.setattr(_Front, "_dates", lambda self, without: [])
    monkeypatch.setattr(_Front, "_usual_size", lambda self: 10.0)
    line = front("Panen padi di desa", size)
    assert (first_pages(line)._weight([line], []) > 0) == title


@pytest.mark.parametrize(("left", "goes_on"), [(121, True), (119, False)])
def test_the_value_of_a_label_is_set_in_by_twenty_points(left: float, goes_on: bool) -> None:
    label, below = front("Judul Skripsi: Panen padi", left=100), front("di desa", left=left, top=12)
    [(title, _)] = first_pages(label, below)._labelled_titles()
    assert title.endswith("di desa") == goes_on


def test_who_is_thanked_is_named_within_two_hundred_and_fifty_characters() -> None:
    names = [f"Ani Wi{chr(97 + n)}aya" for n in range(26)]
    text = "I thank my supervisors, " + " and ".join(names) + "."
    line = front(text)
    named = [name for name, _ in thanked([Page(1, None, text)], [line])]
    assert 16 <= len(named) <= 17


# Running heads


@pytest.mark.parametrize(("pages", "trusted"), [(3, True), (2, False)])
def test_three_pages_agree_on_their_numbers(pages: int, trusted: bool) -> None:
    assert bool(furniture.sequences([[f"Skripsi Ani {n + 5}"] for n in range(pages)])) == trusted


@pytest.mark.parametrize(("top", "edge"), [(108, True), (112, False)])
def test_running_heads_stand_in_the_upper_eighth(top: float, edge: bool) -> None:
    assert bool(furniture._edges([set_line("Skripsi", 80, top)], 1000)) == edge


def test_three_lines_at_each_edge_can_be_running_heads() -> None:
    lines = [set_line(f"Skripsi {n}", 80, 10 + 12 * n) for n in range(9)]
    assert len(furniture._edges(lines, 1000)) == 3


@pytest.mark.parametrize(("pages", "notice"), [(3, True), (2, False)])
def test_a_notice_stands_on_three_pages(pages: int, notice: bool) -> None:
    line = replace(set_line("Milik Perpustakaan", 80, 300), turn=90)
    found = furniture.stamps([(n, [line]) for n in range(pages)])
    assert all(bool(each) == notice for each in found)


@pytest.mark.parametrize(("marked", "stamp"), [(5, True), (4, False)])
def test_a_stamp_stands_on_half_of_the_pages(marked: int, stamp: bool) -> None:
    text = set_line("Petani di desa itu menanam padi setiap musim.", 80, 300)
    over = set_line("Perpustakaan Daerah", 90, 302)
    pages = [(n, [text, over] if n < marked else [set_line("a b c", 80, 300)]) for n in range(9)]
    assert bool(furniture.stamps(pages)[0]) == stamp


@pytest.mark.parametrize(("below", "outermost"), [(1.8, True), (2.4, False)])
def test_heads_of_one_height_are_within_two_points(below: float, outermost: bool) -> None:
    lines = [set_line("Skripsi", 80, 40), set_line("12", 300, 40 + below), set_line("Padi", 80, 90)]
    assert furniture._is_page_number(lines[1], lines) == outermost


@pytest.mark.parametrize(("size", "number"), [(12, True), (13, False)])
def test_a_number_set_a_quarter_larger_is_a_chapters(size: float, number: bool) -> None:
    line = set_line("4", 80, 40, size=size)
    assert (
        furniture._is_page_number(line, [line, *(set_line("a", 80, 60 + n) for n in range(4))])
        == number
    )


def test_slanted_text_on_two_pages_is_a_stamp() -> None:
    line = replace(set_line("DRAF", 80, 300), turn=SLANTED)
    assert furniture.stamps([(0, [line]), (1, [line])]) == [{0}, {0}]


# Tables that are drawn


def levels(count: int, width: float = 200) -> list[tuple[float, float, float, float]]:
    return [(100.0, 100.0 + 20 * n, 100 + width, 100.5 + 20 * n) for n in range(count)]


@pytest.mark.parametrize(("count", "table"), [(1500, True), (1501, False)])
def test_more_than_fifteen_hundred_strokes_are_a_drawing(count: int, table: bool) -> None:
    assert (
        bool(ruled_grids([(100.0, n, 300.0, n + 0.4) for n in np.arange(0, 4 * count, 4.0)]))
        == table
    )


@pytest.mark.parametrize(("width", "table"), [(62, True), (58, False)])
def test_rules_one_below_the_other_make_a_table_of_sixty_points(width: float, table: bool) -> None:
    assert bool(ruled_grids(levels(3, width))) == table


@pytest.mark.parametrize(("width", "rows"), [(110, 3), (90, 2)])
def test_a_rule_of_half_the_width_parts_two_rows(width: float, rows: int) -> None:
    upright = [(x, 100.0, x + 0.5, 140.5) for x in (100.0, 200.0, 300.0)]
    part = (100.0, 120.0, 100 + width, 120.5)
    [grid] = ruled_grids([*upright, levels(3)[0], levels(3)[2], part])
    assert len(grid.ys) == rows


def test_parts_of_a_table_adjoin_within_twenty_points() -> None:
    above = Grid((100, 100, 300, 140))
    assert grids._adjoins(above, Grid((100, 159, 300, 200)))
    assert not grids._adjoins(above, Grid((100, 161, 300, 200)))


@pytest.mark.parametrize(("held", "is_row"), [(3, True), (2, False)])
def test_a_row_below_the_rules_has_three_fifths_of_the_cells(held: int, is_row: bool) -> None:
    inside = [*cells(*"abcde", top=100), *cells(*"fghij", top=112)]
    below = cells(*"klmno", top=124)[:held]
    lines = [*inside, *below]
    grid = Grid((40, 95, 500, 125), ys=(95, 125))
    found = grids.beyond(lines, grid, dict(enumerate(inside)), ())
    assert bool(found) == is_row


@pytest.mark.parametrize(("down", "count"), [(5.5, 1), (6.5, 2)])
def test_lines_within_six_tenths_of_their_height_stand_beside_each_other(
    down: float, count: int
) -> None:
    lines = [set_line("padi", 50, 100), set_line("sawah", 150, 100 + down)]
    assert len(grids.levels_of(lines)) == count


def run_of(tops: Sequence[float], *, wide: int = 0, edge: float = 90) -> int:
    """How many lines below a caption at `edge` are a table; the last is `wide` letters wide."""
    rows = [cells("padi", "12", top=top) for top in tops]
    if wide:
        rows[-1] = [set_line("a" * wide, 50, tops[-1], 5)]
    return len(grids._run(rows, edge, 200))


@pytest.mark.parametrize(
    ("tops", "lines"),
    [
        ([128, 140, 152], 6),  # forty points below the caption
        ([132, 144, 156], 0),
        ([100, 112], 0),  # three rows at least
        ([100, 112, 124, 158], 8),  # 2.6 heights further on
        ([100, 112, 124, 162], 6),
    ],
)
def test_a_table_without_rules_has_three_rows_near_its_caption(
    tops: Sequence[float], lines: int
) -> None:
    assert run_of(tops) == lines


@pytest.mark.parametrize(("wide", "lines"), [(22, 9), (26, 6)])
def test_a_line_of_three_fifths_of_the_width_is_text(wide: int, lines: int) -> None:
    rows = [cells("padi", "12", top=top) for top in (100, 112, 124, 136, 148)]
    rows[3] = [set_line("a" * wide, 50, 136, 5)]
    assert len(grids._run(rows, 90, 200)) == lines


@pytest.mark.parametrize(("gap", "count"), [(9.5, 1), (10.5, 2)])
def test_a_gap_of_the_letters_size_parts_cells(gap: float, count: int) -> None:
    assert len(grids.stretches([set_row(("padi", 50), ("12", 74 + gap))])) == count


# Cells


def table(rows: Sequence[Sequence[TextLine]], ruled: bool = False) -> bool:
    found = [tuple((line,) if line.text else () for line in row) for row in rows]
    return tables._is_table(found, [line for row in rows for line in row], ruled)


@pytest.mark.parametrize(
    ("rows", "is_table"),
    [
        ([("a", "1"), ("b", "2")], True),
        ([("a", "1")], False),  # two rows
        ([("a", "1"), ("b", "2"), ("c", ""), ("d", "")], True),  # half of them with two cells
        ([("a", "1"), ("b", "2"), ("c", ""), ("d", ""), ("e", "")], False),
        ([("a", "(2.1)"), ("b", "1"), ("c", "2"), ("d", "3")], True),  # less than a third
        ([("a", "(2.1)"), ("b", "(2.2)"), *[("c", "3")] * 4], False),
        ([("a" * 250, "1"), ("b", "2")], True),
        ([("a" * 251, "1"), ("b", "2")], False),
    ],
)
def test_what_makes_a_table(rows: Sequence[Sequence[str]], is_table: bool) -> None:
    assert table([cells(*row) for row in rows]) == is_table


@pytest.mark.parametrize(("length", "is_table"), [(1200, True), (1201, False)])
def test_a_cell_in_a_frame_has_twelve_hundred_characters(length: int, is_table: bool) -> None:
    assert table([cells("a" * length, "1"), cells("b", "2")], ruled=True) == is_table


@pytest.mark.parametrize(("whole", "prose"), [(2, False), (3, True)])
def test_a_quarter_of_the_lines_may_run_through(whole: int, prose: bool) -> None:
    lines = [line for n in range(7) for line in cells("padi", "12", top=100 + 12 * n)]
    lines += [set_line("a" * 24, 50, 300 + 12 * n, 5) for n in range(whole)]
    assert tables._is_prose(lines) == prose


@pytest.mark.parametrize(("across", "rows", "columns_"), [(1, 8, 2), (2, 12, 2), (2, 11, 1)])
def test_one_line_of_seven_may_cross_a_gap(across: int, rows: int, columns_: int) -> None:
    lines = [line for n in range(rows) for line in cells("padi", "12", top=100 + 12 * n)]
    for n in range(across):
        lines += [set_line("a" * 24, 50, 300 + 12 * n, 5), set_line("b", 300, 300 + 12 * n)]
    inner = [x for x in grids.gaps(lines)[1:-1] if x < 160]
    assert len(inner) == columns_ - 1


@pytest.mark.parametrize(("held", "parted"), [(4, True), (3, False)])
def test_three_of_ten_lines_have_cells_beside_a_gap(held: int, parted: bool) -> None:
    rows = [[*cells("padi", "12", top=100 + 12 * n)] for n in range(10)]
    for n in range(held):
        rows[9 - n].append(set_line("9", 250, 100 + 12 * (9 - n), 5))
    found = grids.gaps([line for row in rows for line in row])
    assert any(160 < x < 250 for x in found[1:-1]) == parted


@pytest.mark.parametrize(("gap", "count"), [(6.5, 1), (7.5, 2)])
def test_columns_of_a_drawn_table_may_be_near(gap: float, count: int) -> None:
    lines = [set_row(("padi", 50), ("12", 74 + gap), top=100 + 12 * n) for n in range(4)]
    assert len(grids.gaps(lines)) - 1 == count


def test_three_words_tell_that_a_cell_goes_on() -> None:
    line = set_line("Musim hujan", 50, 112, 5)
    assert tables._goes_on(set_line("Petani menanam padi", 50, 100, 5), line, 150, bordered=True)
    assert not tables._goes_on(set_line("Petani menanam", 50, 100, 5), line, 130, bordered=True)


@pytest.mark.parametrize(("several", "parted"), [(7, True), (5, False)])
def test_three_fifths_of_a_column_show_that_it_is_two(several: int, parted: bool) -> None:
    lines = [line for n in range(several) for line in cells("padi", "12", top=100 + 12 * n)]
    lines += [set_line("padi", 50, 300 + 12 * n, 5) for n in range(10 - several)]
    assert (len(tables._with_gaps((40, 400), lines)) == 3) == parted


def test_words_a_sixth_of_their_size_apart_stand_in_two_cells() -> None:
    near, far = (set_row(("padi", 50), ("12", 74 + gap)) for gap in (1.3, 1.8))
    assert [len(tables._parts(line, (40, 74.5, 200))) for line in (near, far)] == [1, 2]


@pytest.mark.parametrize(("length", "is_head"), [(60, True), (61, False)])
def test_a_head_has_sixty_characters(length: int, is_head: bool) -> None:
    assert heads._is_head(["a" * length, "Panen"], [["Sukamaju", "12"]]) == is_head


def headed(rows: Sequence[Sequence[str]], first_band: int) -> Table:
    found = tuple(tuple((line,) for line in cells(*row)) for row in rows)
    none, plain = frozenset[int](), tuple(range(len(rows[0])))
    return Table(
        found, (0, 0, 1, 1), none, (), (none,) * len(rows), (plain,) * len(rows), first_band
    )


def test_three_rows_are_heads_at_most() -> None:
    rows = [["Desa", "Panen"]] * 4 + [["Sukamaju", "12"]]
    assert headed(rows, 3).head_rows == 3
    assert headed(rows, 4).head_rows < 4


@pytest.mark.parametrize(
    ("filled", "form"), [("satu dua tiga", False), ("satu dua tiga lima", True)]
)
def test_four_words_beside_a_label_are_filled_in(filled: str, form: bool) -> None:
    assert headed([["Nama", filled], ["Desa", "Sukamaju"]], 0)._is_form() == form


# What a line is


@pytest.mark.parametrize(("size", "numbers"), [(11.8, True), (11.2, False)])
def test_a_number_above_a_chapter_is_set_a_sixth_larger(size: float, numbers: bool) -> None:
    line, below = set_line("4", 80, 60, size=size), set_line("Hasil", 80, 90, size=14)
    assert KindJudge(STYLE)._numbers_chapter(line, None, below) == numbers


@pytest.mark.parametrize(
    ("size", "top", "note"), [(9.2, 700, True), (9.4, 700, False), (9, 460, True), (9, 440, False)]
)
def test_footnotes_are_smaller_and_stand_at_the_foot(size: float, top: float, note: bool) -> None:
    line = set_line("1 Lihat Sari", 80, top, size=size)
    assert bool(kinds.footnotes([line], 1000, STYLE, lambda _: False)) == note


@pytest.mark.parametrize(("ending", "contents"), [(5, True), (4, False)])
def test_half_of_a_contents_page_leads_elsewhere(ending: int, contents: bool) -> None:
    texts = [f"Panen padi {n} ........ {n}" for n in range(ending)] + [PROSE] * (10 - ending)
    assert kinds.is_contents_page([set_line(t, 50, 20, 5) for t in texts], False) == contents


@pytest.mark.parametrize(("gap", "heads_"), [(19, True), (21, False)])
def test_labels_two_letters_apart_are_no_heading(gap: float, heads_: bool) -> None:
    line = replace(set_row(("Hasil", 80), ("Panen", 110 + gap)), bold=True)
    line = replace(line, text="HasilPanen")
    judge = KindJudge(STYLE, in_body=True)
    assert (
        judge.judge(line, None, None, alone=True, on_contents=False).kind == "heading"
    ) == heads_


@pytest.mark.parametrize(("above", "labels"), [(52, True), (48, False)])
def test_a_picture_is_forty_points_high(above: float, labels: bool) -> None:
    lines = [set_line("Hasil", 200, 400 - above, 5), set_line("Gambar 4.1 Panen", 80, 400, 5)]
    assert bool(kinds.labels(lines, STYLE)) == labels


@pytest.mark.parametrize(("step", "kind"), [(18, "caption"), (20, "text")])
def test_the_title_of_a_table_stands_below_its_number(step: float, kind: str) -> None:
    judge = KindJudge(STYLE, in_body=True)
    number = set_line("Tabel 2.1", 80, 100)
    judge.judge(number, None, None, alone=False, on_contents=False)
    assert judge._captions(set_line("hasil panen padi", 80, 100 + step)) == (kind == "caption")


@pytest.mark.parametrize(("text", "formula"), [("a b c d ", True), ("a b c d e", False)])
def test_eight_characters_without_a_word_are_a_piece_of_a_formula(text: str, formula: bool) -> None:
    assert is_formula(text) == formula


# Pages


@pytest.mark.parametrize(("off", "goes_on"), [(5.5, True), (6.5, False)])
def test_a_table_goes_on_in_the_same_columns(off: float, goes_on: bool) -> None:
    other = replace(headed([["a", "b"]], 0), xs=(50.0, 100 + off, 200.0))
    assert _Continued(0, (50.0, 100.0, 200.0), (), "").goes_on(1, other, "") == goes_on


def view(*texts: str) -> View:
    lines = tuple(set_line(text, 80, 40 + 12 * n) for n, text in enumerate(texts))
    return View(0, PageLines(lines), lines)


@pytest.mark.parametrize(("found", "believed"), [(3, True), (2, False)])
def test_an_outline_is_believed_that_finds_three_fifths(found: int, believed: bool) -> None:
    names = ["Panen Padi", "Panen Jagung", "Musim Hujan", "Musim Kering", "Harga Beras"]
    entries = [OutlineEntry(1, name, 0) for name in names]
    assert bool(outlined([view(*names[:found])], entries)) == believed


@pytest.mark.parametrize(("lines", "found"), [(4, True), (5, False)])
def test_a_heading_has_four_lines(lines: int, found: bool) -> None:
    words = [f"panen{chr(97 + n)}" for n in range(lines)]
    assert bool(outlined([view(*words)], [OutlineEntry(1, " ".join(words), 0)])) == found


# Paragraphs


def item(line: TextLine, kind: Any = "text") -> Item:
    return Item(0, ((line, 0),), Typed(kind), line.right)


def draft(*lines: TextLine, kind: Any = "text") -> Draft:
    return Draft(kind, [BlockLine(0, line) for line in lines])


@pytest.mark.parametrize(("left", "begins"), [(73, True), (75, False)])
def test_a_reference_that_hangs_out_by_six_points_begins(left: float, begins: bool) -> None:
    before = draft(set_line("padi", 80, 100), set_line("sawah", 80, 112), kind="references")
    assert _begins_reference(before, item(set_line("ladang", left, 124))) == begins


@pytest.mark.parametrize(("gap", "same"), [(15, True), (16.5, False)])
def test_a_gap_of_a_third_more_begins_a_paragraph(gap: float, same: bool) -> None:
    line = set_line("dan jagung", 80, 100 + gap)
    before = draft(set_line("Petani menanam padi", 80, 100))
    assert Paragraphs(STYLE)._same_paragraph(before, item(line)) == same


@pytest.mark.parametrize(("size", "same"), [(11.8, True), (11.2, False)])
def test_a_heading_set_a_sixth_larger_may_end_its_lines_early(size: float, same: bool) -> None:
    line = set_line("dan Jagung", 80, 112, size=size)
    before = draft(set_line("Panen", 80, 100, size=size), kind="heading")
    far = replace(item(line, "heading"), right=500)
    assert Paragraphs(STYLE)._same_heading(before, far) == same


@pytest.mark.parametrize(("letters", "shows"), [(21, True), (19, False)])
def test_a_line_of_a_hundred_points_shows_where_its_column_ends(letters: int, shows: bool) -> None:
    long, short = set_line("a" * letters, 80, 100, 5), set_line("a" * 10, 80, 112, 5)
    assert (right_edges([long, short])[1] == long.right) == shows


@pytest.mark.parametrize(("size", "larger"), [(10.9, True), (10.7, False)])
def test_what_is_set_a_twelfth_larger_stands_out(size: float, larger: bool) -> None:
    assert STYLE.stands_out(set_line("Hasil", 80, 100, size=size)) == larger


@pytest.mark.parametrize(("at", "opens"), [(3, True), (4, False)])
def test_a_chapter_opens_a_page_in_one_of_its_first_four_lines(at: int, opens: bool) -> None:
    page = [set_line(PROSE, 80, 100 + 12 * n) for n in range(9)]
    page[at] = set_line("BAB IV", 80, 100 + 12 * at)
    assert style([page, page]).opening == opens


@pytest.mark.parametrize(("count", "numbered"), [(3, True), (2, False)])
def test_three_numbered_headings_show_that_sections_are_numbered(
    count: int, numbered: bool
) -> None:
    page = [set_line(PROSE, 80, 100 + 12 * n) for n in range(30)]
    page += [set_line(f"4.{n + 1} Panen Padi", 80, 500 + 12 * n) for n in range(count)]
    assert _numbers_sections([page]) == numbered


@pytest.mark.parametrize(("letters", "leading"), [(41, 15), (40, 12)])
def test_lines_of_more_than_forty_characters_show_the_leading(letters: int, leading: float) -> None:
    page = [set_line("a" * letters, 80, 100 + 15 * n) for n in range(9)]
    assert style([page]).leading == leading


@pytest.mark.parametrize(("bold", "tells"), [(5, True), (7, False)])
def test_bold_tells_nothing_where_a_third_is_bold(bold: int, tells: bool) -> None:
    page = [replace(set_line("a" * 20, 80, 100 + 12 * n), bold=n < bold) for n in range(20)]
    assert style([page]).bold_tells == tells


# Headings


def test_a_heading_has_two_hundred_characters() -> None:
    assert not is_paragraph("a" * 200)
    assert is_paragraph("a" * 201)


def test_an_institution_has_seventy_characters() -> None:
    assert names_institution("UNIVERSITAS " + "A" * 58)
    assert not names_institution("UNIVERSITAS " + "A" * 59)


def test_the_title_of_contents_has_seventy_characters() -> None:
    assert is_contents_title("DAFTAR" + " " * 61 + "ISI")
    assert not is_contents_title("DAFTAR" + " " * 62 + "ISI")


def test_four_entries_are_contents_under_any_name() -> None:
    entries = ["BAB I PENDAHULUAN 1", "BAB II TEORI 5", "2.1 Padi Sawah 6", "2.2 Jagung Ladang 9"]
    assert are_entries(entries)
    assert not are_entries(entries[:3])


def test_the_words_of_a_role_are_a_third_of_a_title() -> None:
    assert role_of("Hasil Panen Sawah") is None
    assert role_of("Hasil Panen Ku") == "results"


def test_a_chapter_is_of_the_first_level() -> None:
    found = parse_heading("BAB IV HASIL")
    assert found
    assert found.level == 1


def test_front_matter_is_looked_for_on_the_first_25_pages() -> None:
    pages = [Page(n + 1, None, f"Baris pada halaman {n + 1}") for n in range(40)]
    blocks = [Block((Span(n, 0, len(page.text)),), "text") for n, page in enumerate(pages)]
    assert len(front_lines(pages, blocks)) == 25


@pytest.mark.parametrize(("length", "is_one"), [(150, False), (240, True)])
def test_an_abstract_has_two_hundred_characters(tmp_path: Path, length: int, is_one: bool) -> None:
    said = "The farmers of the village were asked how they sell their rice. " * 5
    text = f"# Rice in the Village\n\n## Abstract\n\n{said[:length]}.\n\n## Introduction\n\nRice."
    (tmp_path / "rice.md").write_text(text)
    assert ("en" in load(tmp_path / "rice.md", "rice.md").metadata.abstracts) == is_one


@pytest.mark.parametrize(("covered", "is_stamp"), [(4.5, True), (3.0, False)])
def test_what_is_printed_over_other_lines_on_most_pages_is_a_stamp(
    covered: float, is_stamp: bool
) -> None:
    text = [set_line("Petani di desa itu menanam padi setiap musim.", 80, 300)]
    stamp = set_line("Perpustakaan Daerah", 90, 300 + 10 - covered)
    found = stamps([(number, [*text, stamp]) for number in range(4)])
    assert all((1 in numbers) == is_stamp for numbers in found)


@pytest.mark.parametrize(("letters", "is_head"), [(60, True), (80, False)])
def test_a_line_that_fills_its_column_is_no_running_head(letters: int, is_head: bool) -> None:
    def page(number: int) -> tuple[int, Sequence[TextLine], float]:
        head = set_line(("Panen Padi " * 9)[:letters], 80, 40, step=4)
        body = [set_line(chr(97 + number) * 100, 80, 54 + 12 * n, step=4) for n in range(40)]
        return number, [head, *body], 842

    pages = [page(number) for number in range(4)]
    margins = Margins.of(pages)
    assert all((0 in furniture.furniture(each, margins)) == is_head for each in pages)


@pytest.mark.parametrize(("gap", "meet"), [(2.5, True), (3.6, False)])
def test_rules_within_three_points_meet(gap: float, meet: bool) -> None:
    level = [(100.0, y, 300.0, y + 0.5) for y in (200.0, 220.0, 240.0)]
    upright = [(300 + gap, 200.0, 300.5 + gap, 240.5), (200.0, 200.0, 200.5, 240.5)]
    [grid, *_] = ruled_grids([*level, *upright])
    assert (grid.box[2] > 301) == meet


@pytest.mark.parametrize(("above", "has"), [(60, True), (80, False)])
def test_a_caption_stands_within_an_inch_of_its_table(
    tmp_path: Path, above: float, has: bool
) -> None:
    from pdfs import HEIGHT, write_drawn

    def draw(canvas: Any) -> None:
        canvas.setFont("Helvetica", 10)
        canvas.drawString(100, HEIGHT - 400 + above, "Tabel 4.1 Hasil panen menurut desa")
        for y in (400, 420, 440, 460):
            canvas.line(100, HEIGHT - y, 400, HEIGHT - y)
        for x in (100, 250, 400):
            canvas.line(x, HEIGHT - 400, x, HEIGHT - 460)
        rows = [("Desa", "Panen"), ("Sukamaju", "12 ton"), ("Sukasari", "14 ton")]
        for n, (one, other) in enumerate(rows):
            canvas.drawString(105, HEIGHT - 414 - 20 * n, one)
            canvas.drawString(255, HEIGHT - 414 - 20 * n, other)

    document = load(write_drawn(tmp_path / "tabel.pdf", [[draw]]), "tabel.pdf")
    contexts = [block.context or "" for block in document.blocks if block.kind == "table"]
    assert contexts
    assert any("Hasil panen" in context for context in contexts) == has
