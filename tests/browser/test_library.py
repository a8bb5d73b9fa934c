"""What visitors do with the library: look after a thesis, click through it, or only read."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas
from servers import PATIENCE, indexed, serving
from visitors import PASSWORD, PHONE, Visit, visiting

from thesis_qa.library import Index
from thesis_qa.web.texts import TEXTS

THESIS = """# Perahu nelayan

## BAB I Pendahuluan

Perahu nelayan di Wakatobi berangkat sebelum matahari terbit.

### 1.1 Latar belakang

Ikan karang semakin jarang ditangkap sejak tahun 2015.

## BAB II Metode

Responden penelitian ini berjumlah 137 orang nelayan.
"""

KOPI = [
    ["SKRIPSI", "", "ANALISIS PASAR KOPI DI DATARAN TINGGI GAYO", "", "Dony Erlangga", "",
     "NPM: 2012730071", "", "UNIVERSITAS KATOLIK PARAHYANGAN", "2017"],
    ["BAB I PENDAHULUAN", "1.1 Ruang Lingkup", "Ruang lingkup penelitian ini adalah:",
     *(f"{n}. Pasar {place} diamati selama satu minggu penuh." for n, place in
       enumerate("Bebesen Kebayakan Pegasing Bies Silih Linge Atu Rusip".split(), start=1))],
    ["1.2 Kualitas Sangrai (KuSa)",
     "Kualitas Sangrai (KuSa) mengukur berapa banyak biji yang pecah setelah pukul sepuluh pagi.",
     "Nilai KuSa dihitung setiap hari oleh petugas pasar dan dicatat dalam buku besar koperasi.",
     "Buku itu diperiksa setiap bulan oleh ketua koperasi bersama kepala desa di kantornya.",
     "1.3 Gudang", "Gudang kopi menampung paling banyak 240 karung biji kering setiap musim."],
]  # fmt: skip


def library(folder: Path) -> Path:
    (folder / "documents").mkdir()
    (folder / "documents" / "perahu.md").write_text(THESIS, encoding="utf-8")
    canvas = Canvas(str(folder / "documents" / "kopi.pdf"), pagesize=A4)
    canvas.setTitle("<<Judul Bahasa Inggris>>")  # of the university's template
    canvas.setAuthor("2012730071 - Dony Erlangga")
    for lines in KOPI:
        for number, line in enumerate(lines):
            canvas.drawString(72, 760 - 20 * number, line)
        canvas.showPage()
    canvas.save()
    return indexed(folder)


@pytest.fixture(scope="module")
def shelf_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return library(tmp_path_factory.mktemp("shelf"))


@pytest.fixture(scope="module")
def shelf_address(shelf_folder: Path) -> Iterator[str]:
    with serving(shelf_folder) as address:
        yield address


@pytest.fixture(params=["desktop-en", "phone-id"])
def shelf(request: pytest.FixtureRequest, browser: Browser, shelf_address: str) -> Iterator[Visit]:
    """The library, opened on a desk in English and on a dark phone in Indonesian."""
    phone = {"size": PHONE, "dark": True, "locale": "id-ID"} if "phone" in request.param else {}
    with visiting(browser, shelf_address, **phone) as visit:  # type: ignore[arg-type]
        visit.name = request.param
        visit.open().page.locator("[role=tab][aria-controls*=library]").click()
        yield visit
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= max(
            360,
            visit.page.viewport_size["width"],  # type: ignore[index]
        )


def open_book(visit: Visit, name: str) -> Locator:
    visit.page.locator(f"#shelf button[data-document='{name}']").click()
    book = visit.page.locator("#book")
    expect(book.locator(".book.open")).to_be_visible()
    return book


def test_the_contents_of_a_text_lead_to_the_paragraph(shelf: Visit) -> None:
    book = open_book(shelf, "perahu.md")
    expect(shelf.page.locator("#book-back")).to_be_focused()
    shelf.picture(f"book-{shelf.name}")
    book.get_by_role("link", name="BAB II Metode").click()
    reader = shelf.page.locator("#reader")
    expect(reader.locator("mark")).to_have_text("BAB II Metode")
    expect(reader).to_contain_text("137 orang")
    shelf.page.keyboard.press("Escape")
    shelf.page.locator("#book-back").click()
    expect(shelf.page.locator("#shelf .book")).to_have_count(2)


def test_the_contents_of_a_pdf_lead_to_its_page(shelf: Visit) -> None:
    book = open_book(shelf, "kopi.pdf")
    expect(book).to_contain_text("2")
    book.locator(".outline a").first.click()
    picture = shelf.page.locator("#reader .sheet img")
    expect(picture).to_be_visible()
    shelf.page.wait_for_function("image => image.naturalWidth > 0", arg=picture.element_handle())
    shelf.picture(f"outline-{shelf.name}")


def test_a_template_states_no_title_and_a_list_is_whole_and_no_question_mixes_languages(
    browser: Browser, shelf_address: str
) -> None:
    with visiting(browser, shelf_address) as visit:
        page = visit.open().page
        pick = page.locator("#theses .pick", has_text="KOPI")
        expect(pick.locator(".title")).to_have_text("ANALISIS PASAR KOPI DI DATARAN TINGGI GAYO")
        expect(pick.locator(".byline")).to_have_text("Dony Erlangga · 2017")
        visit.ask("What is KuSa?")
        visit.settle()
        for offered in page.locator("#log .option").all_text_contents():
            assert "Kualitas" not in offered
            assert "Gudang" not in offered
        page.get_by_role("tab", name="Library").click()
        page.locator("#shelf button[name=card][value='kopi.pdf']").click()
        scope = page.locator("#card section", has=page.get_by_role("heading", name="Scope"))
        expect(scope.locator("blockquote")).to_have_count(8)


def test_what_is_typed_about_a_thesis_is_shown_from_then_on(
    shelf: Visit, shelf_folder: Path
) -> None:
    book = open_book(shelf, "kopi.pdf")
    book.locator("#described > button").click()
    author = f"Ana <b>{shelf.name}</b>"
    shelf.page.locator("#field-author").locator("input, textarea").fill(author)
    shelf.page.locator("#field-year").locator("input, textarea").fill("2021")
    shelf.picture(f"described-{shelf.name}")
    shelf.page.locator("#save-fields").click()
    expect(book.locator(".byline")).to_contain_text(f"{author} · 2021")
    beside = shelf_folder / "documents" / "kopi.pdf.meta.toml"
    assert f'author = "{author}"' in beside.read_text(encoding="utf-8")
    shelf.page.locator("#field-year").locator("input, textarea").fill("abc")
    shelf.page.locator("#save-fields").click()
    expect(shelf.page.locator("#progress li")).to_contain_text("2021")  # … four digits, like 2021


def test_a_thesis_is_read_again_and_removed(shelf: Visit, shelf_folder: Path) -> None:
    documents = shelf_folder / "documents"
    name = f"sementara {shelf.name}"
    said = f"Catatan {shelf.name}: pasar buka hari Senin."
    (documents / f"{name}.txt").write_text(said, encoding="utf-8")
    indexed(shelf_folder)  # as by another program
    shelf.page.reload()
    shelf.page.locator("#theses .pick", has_text=name).click()
    shelf.ask("Kapan pasar buka?")
    shelf.settle()
    kept = "JSON.stringify({...localStorage}).includes('buka hari Senin')"
    shelf.page.wait_for_function(kept)
    shelf.page.locator("[role=tab][aria-controls*=library]").click()
    open_book(shelf, f"{name}.txt")
    shelf.page.locator("#book-acts button").first.click()
    expect(shelf.page.locator("#progress li")).to_contain_text(f"{name}.txt")
    shelf.page.locator("#book-acts button").last.click()
    shelf.page.locator("#sure button").last.click()  # no, keep it
    expect(shelf.page.locator("#sure")).to_be_hidden()
    shelf.page.locator("#book-acts button").last.click()
    shelf.picture(f"removing-{shelf.name}")
    shelf.page.locator("#sure button").first.click()
    expect(shelf.page.locator("#progress li")).to_contain_text("documents/.removed")
    expect(shelf.page.locator("#shelf .book")).to_have_count(2)
    assert (documents / ".removed" / f"{name}.txt").is_file()
    shelf.page.reload()  # what was answered from it is gone with it
    gone = TEXTS[shelf.language].answers.gone.format(document=f"{name}.txt")
    expect(shelf.page.locator("#log .answer")).to_have_text(gone)
    shelf.page.wait_for_function(f"!{kept}")


def test_while_a_thesis_is_removed_nothing_is_said_of_reading(
    shelf: Visit, shelf_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, seen, forget = f"singkat {shelf.name}.txt", threading.Event(), Index.remove

    def slowly(index: Index, *documents: str) -> None:
        seen.wait(PATIENCE)
        forget(index, *documents)

    monkeypatch.setattr(Index, "remove", slowly)  # else it is over before it is seen
    (shelf_folder / "documents" / name).write_text("Pasar buka pada hari Senin.", encoding="utf-8")
    indexed(shelf_folder)
    shelf.page.reload()
    shelf.page.locator("[role=tab][aria-controls*=library]").click()
    open_book(shelf, name)
    shelf.page.locator("#book-acts button").last.click()
    shelf.page.locator("#sure button").first.click()
    progress, texts = shelf.page.locator("#progress"), TEXTS[shelf.language]
    said = texts.library.removing_now.format(document=name)
    try:
        expect(progress.locator("p")).to_have_text(said)
        expect(progress.get_by_role("progressbar")).to_have_attribute("aria-label", said)
        expect(progress).not_to_contain_text(texts.reading.format(document=name))
    finally:
        seen.set()
    expect(progress.locator("li")).to_contain_text("documents/.removed")
    expect(progress.locator("p")).to_have_count(0)


def test_several_files_at_once_and_each_is_accounted_for(
    shelf: Visit, shelf_folder: Path, tmp_path: Path
) -> None:
    good, bad = tmp_path / f"pasar {shelf.name}.txt", tmp_path / "palsu.pdf"
    good.write_text(f"Pasar {shelf.name} buka pada hari Senin.", encoding="utf-8")
    bad.write_bytes(b"MZ" + b"\0" * 500)
    shelf.page.locator("#files input[type=file]").set_input_files([str(good), str(bad)])
    expect(shelf.page.locator("#progress li")).to_have_count(2)
    expect(shelf.page.locator("#progress")).to_contain_text(good.name)
    expect(shelf.page.locator("#progress")).to_contain_text("palsu.pdf")
    expect(shelf.page.locator("#shelf")).to_contain_text(good.name)
    shelf.picture(f"uploaded-{shelf.name}")
    open_book(shelf, good.name)
    shelf.page.locator("#book-acts button").last.click()
    shelf.page.locator("#sure button").first.click()
    expect(shelf.page.locator("#shelf")).not_to_contain_text(good.name)


def test_a_read_only_library_offers_nothing_to_change(browser: Browser, shelf_folder: Path) -> None:
    closed = serving(shelf_folder, THESIS_QA_READ_ONLY="true")
    with closed as address, visiting(browser, address) as visit:
        visit.open().page.get_by_role("tab", name="Library").click()
        expect(visit.page.locator("#files")).to_have_count(0)
        expect(visit.page.get_by_text("can be read and asked, not changed")).to_be_visible()
        book = open_book(visit, "perahu.md")
        expect(book.locator("#changing-book")).to_have_count(0)
        visit.picture("read-only-desktop-en")


def test_an_empty_library_says_what_to_do(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with serving(tmp_path_factory.mktemp("empty")) as address, visiting(browser, address) as visit:
        page = visit.open().page
        expect(
            page.get_by_role("heading", name="Add the first thesis, then ask it")
        ).to_be_visible()
        expect(page.locator("#offers button")).to_have_count(0)
        visit.picture("empty-desktop-en")
        thesis = tmp_path_factory.mktemp("sent") / "perahu.md"
        thesis.write_text(THESIS, encoding="utf-8")
        with page.expect_file_chooser() as chooser:
            page.locator(".dropzone").click()
        chooser.value.set_files(thesis)
        expect(page.locator("#theses .pick")).to_contain_text("Perahu nelayan")
        visit.page.get_by_role("tab", name="Library").click()
        expect(visit.page.locator("#shelf")).to_contain_text("perahu.md")


def test_users_sign_in_first_and_sign_out(browser: Browser, shut: str) -> None:
    with visiting(browser, shut) as visit:
        visit.page.goto(f"{shut}/en/")
        expect(visit.page.get_by_role("heading", name="Thesis QA")).to_be_visible()
        visit.picture("sign-in-desktop-en")
        visit.page.get_by_label("Name").fill("ana")
        visit.page.get_by_label("Password").fill(PASSWORD)
        visit.page.get_by_role("button", name="Sign in").click()
        visit.page.locator("#question textarea").wait_for()
        assert visit.page.url == f"{shut}/en/"
        visit.picture("signed-in-desktop-en")
        visit.leave(visit.page.get_by_role("button", name="Sign out"))
        expect(visit.page.get_by_label("Password")).to_be_visible()
        visit.page.goto(f"{shut}/file?document=karang.pdf")
        expect(visit.page.get_by_label("Password")).to_be_visible()
