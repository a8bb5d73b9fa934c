"""What a visitor sees: cited answers, the place of a quote, uploads; on a desk and on a phone."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pypdfium2.raw
import pytest
from playwright.sync_api import Browser, expect
from servers import indexed, program, serving
from visitors import DESK, HOSTILE_NAME, PHONE, SAMPLE, Visit, visiting, write_pdf


@pytest.mark.parametrize("question", ["What obstacles occurred?", "Apa hambatan yang terjadi?"])
def test_the_first_citation_is_the_sentence_that_answers(
    browser: Browser, sister_city: str, question: str
) -> None:
    with visiting(browser, sister_city) as visit:
        visit.open().ask(question)
        card = visit.page.locator("#sources .card").first
        expect(card.locator("blockquote")).to_contain_text("sulitnya mendapatkan perizinan")
        expect(card.locator("blockquote")).to_contain_text("pasifnya Pemerintah Kota Hanoi")
        expect(card).to_contain_text("kerja-sama-sister-city-jakarta-hanoi.md")
        expect(visit.page.locator("#log .answer .quote").first).to_contain_text("perizinan")


def test_a_citation_leads_to_the_paragraph_with_its_neighbours(
    browser: Browser, sister_city: str
) -> None:
    with visiting(browser, sister_city) as visit:
        visit.open().ask("What obstacles occurred?")
        visit.page.locator("#log a.cite").first.click()
        card = visit.page.locator("#sources .card.current")
        expect(card).to_have_count(1)
        expect(card).to_be_focused()
        expect(card.locator(".paragraphs mark").first).to_contain_text("perizinan")
        expect(card.locator(".paragraphs")).to_contain_text("Penelitian ini berfokus")
        visit.picture("citation-desktop-en")


def test_a_page_of_a_pdf_is_shown_with_the_sentence_highlighted(visit: Visit) -> None:
    visit.open().ask("Berapa jumlah responden nelayan di Wakatobi?")
    card = visit.page.locator("#sources .card").first
    expect(card.locator("blockquote")).to_contain_text("137 responden")
    expect(visit.page.locator("#log .answer .scope")).to_have_text("Terumbu Karang")  # whose it is
    expect(card.locator(".where")).to_contain_text("p. 2")
    visit.page.locator("#log a.cite").first.click()
    picture = card.locator(".sheet img").first
    expect(picture).to_be_visible()
    visit.page.wait_for_function(
        "image => image.complete && image.naturalWidth > 0", arg=picture.element_handle()
    )
    visit.picture("page-desktop-en")
    card.locator(".sheet").first.click()
    reader = visit.page.locator("#reader")
    expect(reader).to_be_visible()
    expect(reader).to_contain_text("Page 2 of 3")
    expect(reader.locator(".marks rect").first).to_be_in_viewport()
    visit.page.keyboard.press("ArrowRight")
    expect(reader).to_contain_text("Page 3 of 3")
    visit.picture("reader-desktop-en")
    visit.page.keyboard.press("Escape")
    expect(reader).to_be_hidden()


def test_what_the_documents_do_not_say_is_declined_kindly(visit: Visit) -> None:
    visit.open().ask("What is the capital of France?")
    answer = visit.page.locator("#log .answer").last
    expect(answer).to_contain_text("The documents don’t say")
    expect(answer).to_have_class("answer declined")
    expect(visit.page.locator("#sources .sources.nearest, #sources .nearest").first).to_be_visible()
    visit.picture("declined-desktop-en")


def test_the_page_speaks_the_browsers_language_and_can_be_switched(
    browser: Browser, address: str
) -> None:
    with visiting(browser, address, locale="id-ID") as visit:
        page = visit.open().page
        expect(page.locator("html")).to_have_attribute("lang", "id")
        expect(page.get_by_text("Apa yang ingin Anda ketahui?")).to_be_visible()
        visit.leave(page.get_by_role("link", name="English"))
        expect(page.get_by_text("What would you like to know?")).to_be_visible()
        expect(page.locator("html")).to_have_attribute("lang", "en")


def test_what_is_offered_was_tried_and_asks_itself(visit: Visit) -> None:
    page = visit.open().page
    offers = page.locator("#offers button")
    offers.first.wait_for()
    question = offers.first.text_content() or ""
    offers.first.click()
    expect(page.locator("#log .answer")).to_have_class("answer quoted")
    expect(page.locator("#log .asked")).to_have_text(question)


def test_the_first_screen_shows_the_theses_to_choose_from(visit: Visit) -> None:
    page = visit.open().page
    sister_city = page.locator("#theses .pick", has_text="SISTER CITY")
    expect(sister_city).to_contain_text("The focus of this study is the sister city cooperation")
    page.locator("#offers button").first.wait_for()
    visit.picture("start-desktop-en")
    page.locator("#theses .pick", has_text="Terumbu Karang").click()
    expect(page.locator("#chosen .chip")).to_have_text("Terumbu Karang")
    visit.ask("Apa hambatan yang terjadi?")
    expect(page.locator("#log .scope .chip")).to_have_text("Terumbu Karang")
    for file in page.locator("#sources .card .file").all_text_contents():
        assert file == "karang.pdf"
    visit.settle()
    page.locator("#log .scope .chip").click()  # asked again, of all
    expect(page.locator("#log .answer .quote").first).to_contain_text("perizinan")
    expect(page.locator("#log .scope .chip")).to_have_count(0)
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator("#chosen .chip")).to_have_count(0)
    expect(page.locator(".among")).to_contain_text("all theses")


def test_a_thesis_named_in_the_question_is_shown_and_can_be_lifted(visit: Visit) -> None:
    page = visit.open().page
    visit.ask("Apa hambatan di skripsi tentang sister city?")
    visit.settle()
    expect(page.locator("#log .scope .chip")).to_contain_text("SISTER CITY")
    page.locator("#log .scope .chip").click()
    visit.settle()
    expect(page.locator("#log .scope .chip")).to_have_count(0)
    expect(page.locator("#log .asked")).to_have_text("Apa hambatan di skripsi tentang sister city?")


def test_an_answer_is_read_from_its_beginning(browser: Browser, sister_city: str) -> None:
    with visiting(browser, sister_city, size=(1280, 480)) as visit:
        visit.open().ask("What obstacles occurred?")
        visit.settle()
        visit.ask("Which research method was used?")
        visit.settle()
        expect(visit.page.locator("#log .asked").last).to_be_in_viewport()
        expect(visit.page.locator("#log .answer .kind").last).to_be_in_viewport()


def test_on_a_phone_in_the_dark_nothing_is_wider_than_the_screen(
    browser: Browser, address: str
) -> None:
    with visiting(browser, address, locale="id-ID", size=PHONE, dark=True) as visit:
        visit.open().picture("start-phone-id")
        visit.ask("Apa hambatan yang terjadi?")
        visit.picture("answer-phone-id")
        expect(visit.page.locator("#log .answer .kind")).to_be_in_viewport()
        for name in ("sources", "library", "card", "compare", "find", "evaluation"):
            expect(visit.page.locator(f"[role=tab][aria-controls={name}-tab]")).to_be_in_viewport()
        visit.page.locator("#log a.cite").first.click()
        expect(visit.page.locator("#sources .card.current")).to_be_in_viewport()
        expect(visit.page.locator(".card.current :is(mark, .marks rect)").first).to_be_in_viewport()
        visit.picture("source-phone-id")
        visit.page.get_by_role("button", name="Kembali ke jawaban").click()
        expect(visit.page.locator("#sources .card.current")).not_to_be_in_viewport()
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= 360


MARKETS = """# Sampah pasar

## BAB IV HASIL

Tabel 4.1 Berat sampah organik lima pasar

| Lokasi | Januari (kilogram) | Februari (kilogram) | Maret (kilogram) | Keterangan petugas |
| --- | --- | --- | --- | --- |
| Pasar Ciroyom | 10 | 14 | 19 | ditimbang pagi |
| Pasar Kosambi | 40 | 44 | 49 | ditimbang sore |
| Pasar Cicadas | 20 | 24 | 29 | tidak dipilah |
| Pasar Balubur | 30 | 34 | 39 | ditimbang pagi |
| Pasar Ujung | 50 | 54 | 59 | ditimbang sore |
"""


@pytest.fixture(scope="module")
def markets(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("markets")
    (folder / "documents").mkdir()
    (folder / "documents" / "pasar.md").write_text(MARKETS, encoding="utf-8")
    with serving(indexed(folder)) as address:
        yield address


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_quoted_rows_are_a_table_with_the_numbers_that_lead_to_the_sources(
    browser: Browser, markets: str, size: tuple[int, int]
) -> None:
    with visiting(browser, markets, locale="id-ID", size=size, dark=size == PHONE) as visit:
        visit.open().ask("Berapa berat sampah organik di Pasar Kosambi?")
        visit.settle()
        table = visit.page.locator("#log .answer .rows")
        expect(table.locator("caption")).to_have_text("Tabel 4.1 Berat sampah organik lima pasar")
        expect(table.locator("th")).to_have_count(5)
        row = table.locator("tbody tr", has_text="Kosambi")
        expect(row.locator("td").nth(2)).to_have_text("44")
        visit.picture(f"row-{size[0]}")
        named = row.locator("td").nth(2).evaluate("e => getComputedStyle(e, '::before').content")
        assert named == ("none" if size == DESK else '"Februari (kilogram)"')
        if size == DESK:
            table.locator("a.cite").hover()
            expect(visit.page.locator("#peek td").first).to_have_text("Pasar Kosambi")
            visit.picture("row-hover")
        table.locator("a.cite").click()
        card = visit.page.locator("#sources .card.current")
        expect(card.locator("blockquote td").first).to_have_text("Pasar Kosambi")
        expect(card.locator(".place mark").first).to_be_in_viewport()
        visit.picture(f"row-source-{size[0]}")
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= size[0]
        for cell in (row.locator("td").last, card.locator("td").last):  # none is cut off
            assert cell.evaluate("e => e.getBoundingClientRect().right") <= size[0]


def test_text_of_documents_and_questions_is_never_markup(visit: Visit) -> None:
    question = "<img src=x onerror=window.hacked=1> ![a](https://evil.example/q.png) **Apa?**"
    visit.open().ask(question)
    expect(visit.page.locator("#log .asked")).to_contain_text(question)
    visit.ask("Apa kendala utama laboratorium kimia?")
    quote = visit.page.locator("#sources .card blockquote", has_text="laboratorium").first
    expect(quote).to_contain_text("<script>window.hacked=1</script>")
    expect(quote).to_contain_text("![foto](https://evil.example/foto.png)")
    visit.page.get_by_role("tab", name="Library").click()
    expect(visit.page.locator("#shelf")).to_contain_text(HOSTILE_NAME)
    assert visit.page.evaluate("window.hacked") is None


def test_a_question_that_cannot_be_asked_gets_a_clear_line(visit: Visit) -> None:
    visit.open().ask("?!")
    expect(visit.page.locator("#log .answer").last).not_to_be_empty()
    visit.ask("x" * 20_000)
    expect(visit.page.locator("#log .answer").last).not_to_be_empty()


@pytest.fixture
def library(visit: Visit) -> Visit:
    visit.open().page.get_by_role("tab", name="Library").click()
    return visit


def send(visit: Visit, *files: Path) -> None:
    visit.page.locator("#files input[type=file]").set_input_files([str(file) for file in files])


def test_an_upload_is_read_saved_and_can_be_asked(
    library: Visit, tmp_path: Path, folder: Path
) -> None:
    thesis = tmp_path / "kopi gayo.pdf"
    write_pdf(thesis, ["Harga kopi gayo naik karena cuaca buruk di dataran tinggi Aceh."], "Kopi")
    send(library, thesis)
    expect(library.page.locator("#progress")).to_contain_text("kopi gayo.pdf")
    expect(library.page.locator("#progress")).to_contain_text("ready to be asked")
    expect(library.page.locator("#shelf")).to_contain_text("kopi gayo.pdf")
    library.picture("library-desktop-en")
    assert (folder / "documents" / "kopi gayo.pdf").is_file()
    library.ask("Mengapa harga kopi gayo naik?")
    library.page.get_by_role("tab", name="Sources").click()
    card = library.page.locator("#sources .card").first
    expect(card.locator("blockquote")).to_contain_text("cuaca buruk")
    expect(card).to_contain_text("kopi gayo.pdf")


def test_an_upload_goes_on_when_the_page_is_left(library: Visit, tmp_path: Path) -> None:
    texts = [tmp_path / f"pasar {number}.txt" for number in range(4)]
    for text in texts:
        text.write_text(f"Pasar {text.stem} buka pada hari Senin. " * 40, encoding="utf-8")
    send(library, *texts)
    expect(library.page.locator("#progress .upload")).to_contain_text("of 4 files done")
    library.page.reload()
    library.page.get_by_role("tab", name="Library").click()
    for text in texts:
        expect(library.page.locator("#shelf")).to_contain_text(text.name)


def test_a_file_that_is_too_large_is_told_in_the_readers_language(
    browser: Browser, address: str, tmp_path: Path
) -> None:
    with visiting(browser, address, locale="id-ID") as visit:
        visit.open().page.get_by_role("tab", name="Pustaka").click()
        (tmp_path / "besar.pdf").write_bytes(b"%PDF-" + b"0" * 1_200_000)
        (tmp_path / "tabel.xlsx").write_bytes(b"PK")
        send(visit, tmp_path / "besar.pdf")
        expect(visit.page.locator("#toast")).to_contain_text("besar.pdf lebih besar dari 1 MB")
        send(visit, tmp_path / "tabel.xlsx")
        expect(visit.page.locator("#progress .bad")).to_contain_text("Tidak ditambahkan")
        expect(visit.page.locator("#progress .bad")).to_contain_text("tabel.xlsx")


def test_an_answer_is_within_five_tabs(visit: Visit) -> None:
    visit.open().ask("Berapa jumlah responden nelayan di Wakatobi?")
    visit.settle()
    visit.page.locator("#question textarea").focus()
    inside = "document.querySelector('#log')?.contains(document.activeElement)"
    for _ in range(5):
        visit.page.keyboard.press("Tab")
        if visit.page.evaluate(inside):
            break
    assert visit.page.evaluate(inside)


def test_the_pdf_is_taken_along_with_the_quotes_highlighted(visit: Visit) -> None:
    visit.open().ask("Berapa jumlah responden nelayan di Wakatobi?")
    with visit.page.expect_download() as download:
        visit.page.locator("#sources a[download]", has_text="karang.pdf").click()
    pdf = pypdfium2.PdfDocument(download.value.path())
    note = pypdfium2.raw.FPDFPage_GetAnnot(pdf[1], 0)
    assert pypdfium2.raw.FPDFAnnot_GetSubtype(note) == pypdfium2.raw.FPDF_ANNOT_HIGHLIGHT
    assert pypdfium2.raw.FPDFAnnot_CountAttachmentPoints(note) == 2  # lines
    pypdfium2.raw.FPDFPage_CloseAnnot(note)
    pdf.close()


def test_what_is_no_document_is_refused_with_a_reason_and_not_kept(
    library: Visit, tmp_path: Path, folder: Path
) -> None:
    disguised = tmp_path / "bukan.pdf"
    disguised.write_bytes(b"MZ" + b"\x00" * 500)
    send(library, disguised)
    expect(library.page.locator("#progress")).to_contain_text("Not added")
    expect(library.page.locator("#progress")).to_contain_text("bukan.pdf")
    assert not (folder / "documents" / "bukan.pdf").exists()


def test_two_visitors_ask_at_once_and_keep_apart(browser: Browser, address: str) -> None:
    with visiting(browser, address) as one, visiting(browser, address) as other:
        one.open()
        other.open()
        for visit, question in ((one, SAMPLE), (other, "What is the capital of France?")):
            visit.page.locator("#question textarea").fill(question)
            visit.page.locator("#question textarea").press("Enter")
        one.page.locator("#log .answer").wait_for()
        other.page.locator("#log .answer").wait_for()
        expect(one.page.locator("#log .asked")).to_have_text(SAMPLE)
        expect(other.page.locator("#log .asked")).to_have_text("What is the capital of France?")


def test_the_page_itself_may_load_nothing_from_elsewhere(visit: Visit) -> None:
    response = visit.page.goto(f"{visit.address}/en/")
    assert response is not None
    assert "default-src 'self'" in response.headers["content-security-policy"]


def test_a_question_goes_to_the_chosen_thesis_only(visit: Visit) -> None:
    page = visit.open().page
    page.locator("[data-choose]").click()
    page.locator("#choosing .pick", has_text="Terumbu Karang").click()
    page.get_by_role("button", name="Done").click()
    visit.ask("Apa hambatan yang terjadi?")
    for file in page.locator("#sources .card .file").all_text_contents():
        assert file == "karang.pdf"


def test_the_conversation_is_saved_with_its_quotes_and_references(
    browser: Browser, sister_city: str
) -> None:
    with visiting(browser, sister_city) as visit:
        visit.open().ask("What obstacles occurred?")
        visit.page.get_by_label("BibTeX").check()
        with visit.page.expect_download() as download:
            visit.page.get_by_role("button", name="Save the conversation").click()
        saved = download.value.path().read_text(encoding="utf-8")
        assert "## What obstacles occurred?" in saved
        assert "sulitnya mendapatkan perizinan" in saved
        assert "@thesis{" in saved


def test_the_server_is_stopped_without_a_word_while_a_page_is_open(
    browser: Browser, folder: Path
) -> None:
    with tempfile.TemporaryFile() as errors:
        with program(folder, errors) as address:
            page = browser.new_page()
            page.goto(address)
            page.locator("#question textarea").wait_for()
        page.close()
        errors.seek(0)
        assert errors.read() == b""
