"""Where a number parts two things, what lies just inside and just outside of it is told apart."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from thesis_qa.answer import passages
from thesis_qa.answer.evidence import find_evidence, logit, reweigh
from thesis_qa.answer.found import Found, Library
from thesis_qa.assistant import Assistant
from thesis_qa.library import Index
from thesis_qa.model.span_reader import Reading, read_own, write_own
from thesis_qa.question import route
from thesis_qa.read.glyphs import PLACES_PER_POINT
from thesis_qa.read.pdf import file
from thesis_qa.read.pdf.drawn import drawn_on, with_fields
from thesis_qa.read.pdf.lines import TextLine
from thesis_qa.read.pdf.pages import PageLines
from thesis_qa.read.pdf.right_to_left import in_logical_order
from thesis_qa.retrieve.retriever import Retriever
from thesis_qa.settings import Settings
from thesis_qa.structure import apart
from thesis_qa.structure.document import load
from thesis_qa.structure.front_lines import front_lines
from thesis_qa.structure.furniture import Margins, furniture, stamps
from thesis_qa.structure.grids import ruled_grids
from thesis_qa.types import Block, Page, Progress, Span
from thesis_qa.web import picture
from thesis_qa.web.context import AppContext
from thesis_qa.web.picture import PagePictures
from thesis_qa.write.facts import held_numbers
from thesis_qa.write.models import LanguageModel, Options
from thesis_qa.write.prompt import budget

NOBODY = cast(Assistant, None)  # asks


def set_line(text: str, left: float, top: float, step: float = 6, size: float = 10) -> TextLine:
    """A line of letters `step` wide and `size` high."""
    starts = left + step * np.arange(len(text))
    sides = (starts, np.full(len(text), top), starts + step, np.full(len(text), top + size))
    places = np.round(np.stack(sides, axis=1) * PLACES_PER_POINT).astype(np.int16)
    return TextLine(text, places, size)


# Reading


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


# Structure


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
    assert all((0 in furniture(each, margins)) == is_head for each in pages)


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


# Searching and answering


def test_a_cross_encoder_reads_thirty_passages(tmp_path: Path) -> None:
    texts = {f"{n}.txt": f"Desa nomor {n} menanam padi pada musim hujan." for n in range(45)}
    index = Index.from_texts(texts, tmp_path / "index")
    read: list[int] = []

    class Counting:
        def scores(self, question: str, passages: Sequence[str]) -> list[float]:
            read.append(len(passages))
            return [0.0] * len(passages)

    retriever = Retriever(index.catalog, index.vectors, index.embedding.name, cast(Any, Counting()))
    retriever.ranked(index.question("Kapan padi ditanam?"), 5)
    index.close()
    assert read == [30]


def test_no_probability_counts_more_than_ten_thousand_to_one() -> None:
    assert logit(0.0) == logit(1e-4) == pytest.approx(-9.21, abs=0.01)
    assert logit(1.0) == pytest.approx(-logit(0.0))


def test_what_was_trained_is_kept_in_steps_of_a_sixty_third(tmp_path: Path) -> None:
    matrix = np.linspace(-1, 1, 1001, dtype=np.float32)[None]
    write_own({"l6.q.w": matrix}, tmp_path / "reader.npz")
    kept = read_own(tmp_path / "reader.npz")[0]["l6.q.w"].dense()
    assert len(np.unique(kept)) == 127


def test_a_span_is_marked_in_its_sentence_where_it_is_likely(sister_city: Index) -> None:
    question, library = sister_city.question("Apa hambatan yang terjadi?"), Library(sister_city)
    evidence = find_evidence(question, library, library.passages(question))

    def marked(probability: float) -> bool:
        class Reader:
            def read(self, asked: str, texts: Sequence[str]) -> list[Reading]:
                at_start = np.array([(0, 4)]), np.ones(1, np.float32)
                return [Reading(0, 4, probability, 0.9, *at_start) for _ in texts]

        read = reweigh(cast(Any, Reader()), question, evidence)
        return any(each.answer == (0, 4) for each in read)

    assert marked(0.35)
    assert not marked(0.25)


def test_a_sentence_that_is_hardly_an_answer_to_a_standing_question_is_none() -> None:
    assert passages._doubted(Found(0.55, kind="answer")).kind == "answer"
    assert passages._doubted(Found(0.45, kind="answer")).kind == "decline"


def test_questions_of_twelve_words_and_more_are_equally_long() -> None:
    assert "long 12" in route._grams("padi " * 14)
    assert "long 11" in route._grams("padi " * 11)


# Writing


def test_capitals_are_numerals_as_far_as_theses_have_chapters() -> None:
    assert Decimal(39) in held_numbers("Lampiran XXXIX")
    assert Decimal(40) not in held_numbers("kaus ukuran XL")


def test_a_model_elsewhere_is_given_three_thousand_tokens_of_evidence() -> None:
    far = LanguageModel("openai:m", Options("https://models.example.org/v1", context=100_000))
    assert budget(far) == 3000


# The page


def test_sixty_four_wait_in_line_and_one_more_is_told_to_come_back() -> None:
    line = AppContext(NOBODY, Settings()).line
    assert all(line.enter() is not None for _ in range(64))
    assert line.enter() is None


@pytest.mark.parametrize(("done", "told"), [(4, False), (6, True)])
def test_the_time_left_is_told_from_a_twentieth_of_the_work(
    monkeypatch: pytest.MonkeyPatch, done: int, told: bool
) -> None:
    from thesis_qa.web import work

    states: Iterator[Progress | None] = iter([Progress("x", 1, 1, done, 100)])
    [shown] = work._watched(states, "x")
    assert (shown.left is not None) == told


async def test_a_page_that_could_not_be_drawn_is_tried_again_after_a_minute(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.pdf").write_bytes(b"")
    tried: list[float] = []
    now = [1000.0]
    pictures = PagePictures()

    async def fails(*given: object) -> None:
        tried.append(now[0])

    monkeypatch.setattr(pictures, "_draw", fails)
    monkeypatch.setattr(picture.time, "monotonic", lambda: now[0])
    for later in (0.0, 50.0, 65.0):
        now[0] = 1000 + later
        with pytest.raises(Exception, match=r"a\.pdf"):
            await pictures.draw(tmp_path / "a.pdf", 1, [], 640)
    assert tried == [1000.0, 1065.0]
