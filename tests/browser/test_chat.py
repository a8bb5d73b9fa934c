"""What a visitor does with answers: takes them along, says how they were, asks further."""

import csv
import io
import json
import re
from pathlib import Path

import docx
import pytest
from playwright.sync_api import Browser, Page, expect
from visitors import HOSTILE_NAME, SAMPLE, Visit, visiting

from thesis_qa.evaluate import read_questions

NOWHERE = "Kapal pinisi dibuat tanpa paku oleh tukang kayu dari Bulukumba."
ASKED = "Berapa jumlah responden nelayan di Wakatobi?"


@pytest.fixture
def answered(visit: Visit) -> Visit:
    """A visitor who asked what the small library answers."""
    visit.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    visit.open().ask(ASKED)
    visit.settle()
    return visit


def act(page: Page, name: str) -> None:
    page.locator(f"#log button.act[name={name}]").last.click()


def clipboard(page: Page) -> str:
    expect(page.locator("#toast")).to_have_class("shown")
    copied: str = page.evaluate("navigator.clipboard.readText()")
    return copied


def tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name, exact=True).click()


def test_a_copied_answer_brings_its_citations(answered: Visit) -> None:
    answered.page.get_by_label("IEEE").check()
    act(answered.page, "copy")
    copied = clipboard(answered.page)
    assert "137 responden nelayan di Wakatobi.” [1, p. 2]" in copied
    assert "[1] “Terumbu Karang,”" in copied


def test_a_link_opens_the_answer_with_the_same_quotes(answered: Visit, browser: Browser) -> None:
    act(answered.page, "link")
    link = clipboard(answered.page)
    assert link.startswith(f"{answered.address}/en/?answer=")
    with visiting(browser, answered.address) as other:
        other.open(link.removeprefix(answered.address))
        expect(other.page.locator("#log .asked")).to_have_text(ASKED)
        expect(other.page.locator("#log .kind")).to_contain_text("found again on its page")
        expect(other.page.locator("#sources blockquote").first).to_contain_text("137 responden")
        other.page.locator("#log a.cite").first.click()
        expect(other.page.locator("#sources .card.current .sheet img").first).to_be_visible()


def test_a_link_that_is_none_says_so(visit: Visit) -> None:
    visit.open("/id/?answer=%3Cscript%3Ewindow.hacked%3D1%3C%2Fscript%3E")
    expect(visit.page.locator("#log .answer")).to_contain_text("Tautan ini tidak dapat dibuka")
    assert visit.page.evaluate("window.hacked") is None


def test_an_earlier_question_is_changed_and_what_followed_replaced(answered: Visit) -> None:
    page = answered.page
    answered.ask("What is the capital of France?")
    answered.settle()
    page.locator("#log .user-row").first.hover()
    page.locator("#log button.act[name=edit]").first.click()
    box = page.locator("#question textarea")
    expect(box).to_have_value(ASKED)
    expect(page.locator("#changing")).to_contain_text("will be replaced")
    page.get_by_role("button", name="Keep it").click()
    expect(box).to_have_value("")
    expect(page.locator("#log .asked")).to_have_count(2)
    page.locator("#log .user-row").first.hover()
    page.locator("#log button.act[name=edit]").first.click()
    expect(box).to_have_value(ASKED)
    box.fill("Di mana respondennya?")
    box.press("Enter")
    expect(page.locator("#log .asked")).to_have_text(["Di mana respondennya?"])


def test_asking_again_and_beginning_anew(answered: Visit) -> None:
    page = answered.page
    first = page.locator("#sources .sources").get_attribute("id")
    act(page, "retry")
    page.wait_for_function("id => !document.getElementById(id)", arg=first)
    answered.settle()
    expect(page.locator("#log .asked")).to_have_text([ASKED])
    page.get_by_role("button", name="New conversation").click()
    expect(page.get_by_text("What would you like to know?")).to_be_visible()
    expect(page.locator("#sources .card")).to_have_count(0)


def test_feedback_becomes_a_draft_question(answered: Visit, tmp_path: Path) -> None:
    page = answered.page
    act(page, "helpful")
    chosen = page.locator("#log button.act[name=helpful]")
    expect(chosen).to_have_attribute("aria-pressed", "true")
    answered.ask("What is the capital of France?")
    answered.settle()
    act(page, "wrong-answer")
    page.get_by_label("What should it have been?").fill("Lihat <b>halaman</b> 3")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_label("What should it have been?")).to_be_hidden()
    expect(page.locator("#toast")).to_contain_text("kept on this machine only")
    tab(page, "Evaluation")
    page.get_by_role("button", name="Draft questions from feedback").click()
    drafts = page.locator("#draft-set textarea")
    expect(drafts).to_have_value(re.compile(re.escape("Lihat <b>halaman</b> 3")))
    edited = drafts.input_value().replace("What is the capital of France?", "Siapa presidennya?")
    drafts.fill(edited)
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as a file").click()
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    asked = {q.question: q for q in read_questions(path).questions}
    assert asked[ASKED].document == "karang.pdf"
    assert asked[ASKED].evidence[0].pdf_page == 2
    assert "Siapa presidennya?" in asked
    page.get_by_role("button", name="Run these").click()
    expect(page.locator("#results .results")).to_contain_text("feedback.yaml")
    answered.picture("drafts-desktop-en")


def test_the_conversation_as_a_word_document(answered: Visit) -> None:
    answered.page.get_by_label("Word").check()
    with answered.page.expect_download() as download:
        answered.page.get_by_role("button", name="Save the conversation").click()
    assert download.value.suggested_filename == f"{ASKED.rstrip('?')}.docx"
    paragraphs = docx.Document(io.BytesIO(download.value.path().read_bytes())).paragraphs
    assert ASKED in [paragraph.text for paragraph in paragraphs]


def test_the_library_opens_a_card_that_leads_to_the_pages(visit: Visit) -> None:
    page = visit.open().page
    tab(page, "Library")
    book = page.locator("#shelf .book", has_text="karang.pdf")
    book.get_by_role("button", name="Thesis card").click()
    card = page.locator("#card .thesis-card")
    expect(card.locator("h2")).to_have_text("Terumbu Karang")
    expect(card).to_have_attribute("aria-busy", "false")
    expect(card).to_contain_text("Not stated")
    visit.picture("card-desktop-en")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as Markdown").click()
    assert "# Thesis card: Terumbu Karang" in download.value.path().read_text(encoding="utf-8")


def test_a_card_quotes_its_thesis(browser: Browser, sister_city: str) -> None:
    with visiting(browser, sister_city, locale="id-ID") as visit:
        page = visit.open().page
        tab(page, "Kartu")
        obstacles = page.locator("#card section", has_text="Hambatan dan keterbatasan")
        expect(obstacles).to_contain_text("sulitnya mendapatkan perizinan")
        visit.picture("card-desktop-id")
        obstacles.locator("a.at").first.click()
        expect(page.locator("#reader mark").first).to_contain_text("perizinan")


def test_the_card_of_a_hostile_file_is_text(visit: Visit) -> None:
    page = visit.open().page
    tab(page, "Library")
    book = page.locator("#shelf .book", has_text="kimia")
    book.get_by_role("button", name="Thesis card").click()
    expect(page.locator("#card h2")).to_contain_text(HOSTILE_NAME)
    assert page.evaluate("window.hacked") is None


def test_an_evaluation_is_run_and_compared_with_the_last(visit: Visit) -> None:
    page = visit.open().page
    tab(page, "Evaluation")
    run = page.get_by_role("button", name="Run", exact=True)
    results = page.locator("#results .results")
    run.click()
    results.wait_for()
    run.click()  # the progress bar may be gone before it is looked for
    expect(results).to_contain_text("Changes are against the run of")
    expect(results.locator("tr", has_text="page_hit@1").first).to_contain_text("1.000")
    expect(results).to_contain_text("Changes are against the run of")
    failure = results.locator("details", has_text="itu?")
    expect(failure).to_contain_text("answered anyway")
    failure.locator("summary").click()
    expect(failure.locator(".paragraphs .marks rect").first).to_be_visible()
    visit.picture("evaluation-desktop-en")
    failure.locator("a[data-reader]").first.dispatch_event("click")  # shown anew, it is folded
    expect(page.locator("#reader")).to_contain_text("Page 2 of 3")
    page.keyboard.press("Escape")
    with page.expect_download() as download:
        page.get_by_role("button", name="Run (JSON)").click()
    saved = json.loads(download.value.path().read_text(encoding="utf-8"))
    assert saved["metrics"]["answered_rate"]["value"] == 1.0


def test_theses_are_compared_cell_by_cell_and_taken_along(visit: Visit) -> None:
    page = visit.open().page
    tab(page, "Compare")
    page.get_by_label("Questions of your own, one a line").fill(ASKED)
    page.locator("#compare").click()
    table = page.locator("#comparison .comparison")
    expect(table).to_have_attribute("aria-busy", "false")
    row = table.locator("tbody tr", has_text="Terumbu Karang")
    expect(row.locator("td").last).to_contain_text("137 responden")
    expect(row.locator("td").first).to_have_text("Not stated.")
    visit.picture("compare-desktop-en")
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").click()
    rows = list(csv.reader(io.StringIO(download.value.path().read_text(encoding="utf-8-sig"))))
    assert len(rows) > 3  # heads, and each thesis
    assert rows[0][-1] == ASKED
    assert any("137 responden" in row[-1] for row in rows)
    row.locator("a.at").click()
    expect(page.locator("#reader .marks rect").first).to_be_in_viewport()


def test_a_sentence_of_a_draft_is_found_where_it_stands(visit: Visit) -> None:
    page = visit.open().page
    tab(page, "Find")
    nearly = SAMPLE.replace("terdiri atas", "meliputi")
    page.get_by_label("A sentence or a paragraph").fill(f"{SAMPLE} {nearly} {NOWHERE}")
    page.get_by_role("button", name="Find it").click()
    found = page.locator("#found .match")
    expect(found).to_have_count(3)
    expect(page.locator("#found")).to_contain_text("2 of 3 sentences stand in the theses")
    expect(found.nth(0).locator(".how").first).to_contain_text("Verbatim · Terumbu Karang")
    expect(found.nth(1).locator(".how").first).to_contain_text("Nearly")
    expect(found.nth(2)).to_contain_text("Nowhere")
    visit.picture("find-desktop-en")
    found.nth(0).locator("a.at").first.click()
    expect(page.locator("#reader")).to_contain_text("Page 2 of 3")
    expect(page.locator("#reader .marks rect").first).to_be_in_viewport()
    page.keyboard.press("Escape")
    page.get_by_label("A sentence or a paragraph").fill("Apa?")
    page.get_by_role("button", name="Find it").click()
    expect(page.locator("#found [role=alert]")).not_to_be_empty()


def test_a_set_that_cannot_be_run_says_why(visit: Visit, tmp_path: Path) -> None:
    path = tmp_path / "<img src=x>.jsonl"
    path.write_text('{"id": "1", "question": "Apa?"}\n')
    page = visit.open().page
    tab(page, "Evaluation")
    page.locator("#evaluation-tab input[type=file]").set_input_files(str(path))
    expect(page.locator("#set input")).to_have_value("↑ img src=x.jsonl")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.locator("#results")).to_contain_text("line 1: the field 'answerable' is missing")


def test_the_keyboard_is_enough(answered: Visit) -> None:
    page = answered.page
    box = page.locator("#question textarea")
    page.keyboard.press("Escape")
    expect(box).not_to_be_focused()
    page.keyboard.press("/")
    expect(box).to_be_focused()
    box.press_sequentially("Baris satu")
    box.press("Shift+Enter")
    box.press_sequentially("baris dua?")
    expect(box).to_have_value("Baris satu\nbaris dua?")
    page.locator("#log a.cite").first.focus()
    page.keyboard.press("Enter")
    first = page.locator("#sources .card").first
    expect(first).to_be_focused()
    page.keyboard.press("ArrowDown")
    second = page.locator("#sources .card").nth(1)
    if second.count():
        expect(second).to_be_focused()
        page.keyboard.press("ArrowUp")
        expect(first).to_be_focused()


def test_pointing_at_a_citation_shows_its_quote(answered: Visit) -> None:
    page = answered.page
    peek = page.locator("#peek")
    expect(peek).to_be_hidden()
    page.get_by_role("link", name="Source 1").first.hover()
    expect(peek).to_be_visible()
    expect(peek).to_contain_text("137 responden nelayan di Wakatobi.")
    expect(peek).to_contain_text("p. 2 · Indonesian")
    answered.picture("peek-desktop-en")
    page.mouse.move(5, 5)
    expect(peek).to_be_hidden()


def test_what_is_shown_stays_where_it_is_while_an_answer_grows(answered: Visit) -> None:
    """The first answer doesn't move inside the conversation when the second comes."""
    page = answered.page
    # In one step: what is drawn anew meanwhile would be an element that stands nowhere.
    place = """() => document.querySelector("#log .answer").offsetTop"""
    before = page.evaluate(place)
    answered.ask("What is the capital of France?")
    during = page.evaluate(place)
    answered.settle()
    assert before == during == page.evaluate(place)
