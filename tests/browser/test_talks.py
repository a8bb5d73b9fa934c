"""Conversations stay: whatever happens to the page, until their owner deletes them."""

import re
from pathlib import Path

from playwright.sync_api import Browser, Page, expect
from servers import free_port, serving
from visitors import PASSWORD, SAMPLE, Visit, visiting

ASKED = "Berapa jumlah responden nelayan di Wakatobi?"
FRANCE = "What is the capital of France?"


def questions(page: Page, *asked: str) -> None:
    """These questions are shown, with an answer each."""
    expect(page.locator("#log .asked")).to_have_text(list(asked))
    expect(page.locator("#log .answer")).to_have_count(len(asked))


def test_a_conversation_survives_reload_language_and_going_back(visit: Visit) -> None:
    page = visit.open().page
    visit.ask(ASKED)
    visit.settle()
    expect(page).to_have_url(re.compile(r"/en/\?c=[0-9a-f]{16}$"))
    address = page.url
    page.reload()
    questions(page, ASKED)
    expect(page.locator("#sources .card blockquote").first).to_contain_text("137 responden")
    visit.leave(page.get_by_role("link", name="Bahasa Indonesia"))
    questions(page, ASKED)
    expect(page).to_have_url(address.replace("/en/", "/id/"))
    visit.ask("Di mana respondennya?")
    visit.settle()
    page.get_by_role("button", name="Percakapan baru").click()
    expect(page.locator("#theses .pick").first).to_be_visible()
    expect(page).to_have_url(f"{visit.address}/id/")
    page.go_back()
    questions(page, ASKED, "Di mana respondennya?")


def test_a_question_that_was_cut_off_can_be_asked_again(visit: Visit) -> None:
    page = visit.open().page
    box = page.locator("#question textarea")
    box.fill(SAMPLE)
    box.press("Enter")
    expect(page).to_have_url(re.compile(r"\?c="))
    page.reload()
    expect(page.locator("#log .asked")).to_have_text(SAMPLE)
    page.locator("#log button[name=retry]").last.click()
    page.locator("#log .answer a.cite").first.wait_for()


def test_a_conversation_survives_the_servers_restart(browser: Browser, folder: Path) -> None:
    port = free_port()
    with visiting(browser, f"http://127.0.0.1:{port}") as visit:
        page, box = visit.page, visit.page.locator("#question textarea")
        with serving(folder, port=port):
            visit.open().ask(ASKED)
            visit.settle()
        box.fill("Di mana respondennya?")
        box.press("Enter")
        expect(page.locator("#toast")).to_contain_text("The page opens again by itself")
        page.evaluate("window.isOld = true")
        with serving(folder, port=port):
            page.wait_for_function("!window.isOld && window.thesisQA")
            questions(page, ASKED)
            expect(box).to_have_value("Di mana respondennya?")
            box.press("Enter")
            questions(page, ASKED, "Di mana respondennya?")
            visit.complaints.clear()  # of the time without a server


def test_conversations_are_listed_found_renamed_saved_and_deleted(visit: Visit) -> None:
    page = visit.open().page
    for question in (ASKED, FRANCE):
        visit.ask(question)
        visit.settle()
        page.get_by_role("button", name="New conversation").click()
        expect(page.locator("#theses .pick").first).to_be_visible()
    talks = page.locator("#talks")
    page.get_by_role("button", name="Conversations", exact=True).click()
    expect(talks.locator("li a")).to_have_text([FRANCE, ASKED])
    visit.picture("conversations-desktop-en")
    talks.get_by_role("searchbox").fill("wakatobi")
    expect(talks.locator("li a")).to_have_text([ASKED])
    talks.get_by_role("button", name="Rename").click()
    talks.get_by_role("textbox", name="Rename").fill("Nelayan <b>")
    page.keyboard.press("Enter")
    expect(talks.locator("li a")).to_have_text(["Nelayan <b>"])
    with page.expect_download() as download:
        talks.get_by_role("button", name="Save").click()
    assert "137 responden" in download.value.path().read_text(encoding="utf-8")
    talks.get_by_role("button", name="Delete", exact=True).click()
    talks.get_by_role("searchbox").fill("")
    expect(talks.locator("li a")).to_have_text([FRANCE])
    page.locator("#toast").get_by_role("button", name="Undo").click()
    expect(talks.locator("li")).to_have_count(2)
    visit.leave(talks.get_by_role("link", name=FRANCE))
    questions(page, FRANCE)
    page.get_by_role("button", name="Conversations", exact=True).click()
    talks.get_by_role("button", name="Delete all").click()
    expect(talks.locator("li")).to_have_count(0)
    expect(talks.locator("p.nothing")).to_be_visible()
    kept = "Object.keys(localStorage).filter((key) => key.startsWith('thesis-qa-talk'))"
    assert page.evaluate(kept) == []
    page.keyboard.press("Escape")
    expect(page.locator("#log .asked")).to_have_count(0)  # what was shown is gone too


def test_two_tabs_go_on_with_one_conversation_or_with_their_own(visit: Visit) -> None:
    page = visit.open().page
    visit.ask(ASKED)
    visit.settle()
    other = Visit(visit.page.context.new_page(), visit.address)
    other.open().ask(FRANCE)
    other.settle()
    questions(page, ASKED)
    other.page.goto(page.url)
    questions(other.page, ASKED)
    other.ask("Di mana respondennya?")
    other.settle()
    questions(page, ASKED, "Di mana respondennya?")


def test_an_address_without_its_conversation_says_so(visit: Visit) -> None:
    page = visit.open("/en/?c=0123456789abcdef").page
    expect(page.locator("#toast")).to_contain_text("is not kept here")
    expect(page.locator("#theses .pick").first).to_be_visible()
    page.evaluate(
        "localStorage.setItem('thesis-qa-talk-00000000000000aa', JSON.stringify("
        "{id: '00000000000000aa', title: 'x', when: '', turns: [{question: 7}]}))"
    )
    visit.open("/en/?c=00000000000000aa")
    expect(page.locator("#log .answer")).to_contain_text("can’t be opened any more")


def test_users_find_their_conversations_on_every_machine_and_nobody_elses(
    browser: Browser, shut: str
) -> None:
    with visiting(browser, shut) as visit:
        sign_in(visit, "ana")
        visit.ask(ASKED)
        visit.settle()
        talk = visit.page.url
        assert visit.page.evaluate("Object.keys(localStorage).length") == 0
    with visiting(browser, shut) as visit:
        sign_in(visit, "ana")
        visit.page.goto(talk)
        questions(visit.page, ASKED)
        expect(visit.page.get_by_role("tab", name="Evaluation")).to_be_visible()
    with visiting(browser, shut) as visit:
        sign_in(visit, "budi")
        visit.page.get_by_role("button", name="Conversations", exact=True).click()
        expect(visit.page.locator("#talks p.nothing")).to_be_visible()
        expect(visit.page.get_by_role("tab", name="Find")).to_be_visible()
        expect(visit.page.get_by_role("tab", name="Evaluation")).to_be_hidden()


def sign_in(visit: Visit, name: str) -> None:
    visit.page.goto(f"{visit.address}/en/")
    visit.page.get_by_label("Name").fill(name)
    visit.page.get_by_label("Password").fill(PASSWORD)
    visit.page.get_by_role("button", name="Sign in").click()
    visit.page.locator("#question textarea").wait_for()
