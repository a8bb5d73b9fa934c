"""Nobody is kept out: axe-core finds nothing serious, and the page holds at twice the size."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect
from visitors import DESK, PHONE, Visit, visiting

SERIOUS = ("serious", "critical")
ASKED = "Berapa jumlah responden nelayan di Wakatobi?"
LOOKS = {
    "desk": {"size": DESK, "dark": False, "locale": "en-US"},
    "dark desk": {"size": DESK, "dark": True, "locale": "id-ID"},
    "phone": {"size": PHONE, "dark": False, "locale": "id-ID"},
    "dark phone": {"size": PHONE, "dark": True, "locale": "en-US"},
    "twice the size": {"size": (DESK[0] // 2, DESK[1] // 2), "dark": False, "locale": "en-US"},
}


@pytest.fixture(params=LOOKS)
def look(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Visit]:
    with visiting(browser, address, **LOOKS[request.param]) as visit:  # type: ignore[arg-type]
        visit.name = request.param.replace(" ", "-")
        yield visit.open()


def check(visit: Visit, state: str) -> None:
    """Nobody is kept out of what is seen now, and nothing is wider than the screen."""
    visit.picture(f"{state}-{visit.name}")
    visit.rest()  # colours fade in
    found = Axe().run(visit.page).response["violations"]
    serious = [
        f"{finding['id']}: {node['html'][:200]} ({node['failureSummary'][:200]})"
        for finding in found
        if finding["impact"] in SERIOUS
        for node in finding["nodes"]
    ]
    assert serious == [], state
    width = visit.page.evaluate("document.documentElement.scrollWidth")
    assert width <= visit.page.viewport_size["width"], state  # type: ignore[index]


def open_tab(visit: Visit, name: str) -> None:
    """Open a tab; on a phone it comes up as a sheet."""
    visit.page.locator(f"[role=tab][aria-controls={name}-tab]").click()
    expect(visit.page.locator(f"#{name}-tab")).to_be_visible()


def test_nobody_is_kept_out_of_questions_and_answers(look: Visit) -> None:
    page = look.page
    page.locator("#offers button").first.wait_for()
    check(look, "start")
    look.ask(ASKED)
    look.settle()
    check(look, "answer")
    page.locator("#log a.cite").first.click()
    expect(page.locator("#sources .card.current .sheet img").first).to_be_visible()
    expect(page.locator("#sources .card.current")).to_be_in_viewport()
    check(look, "source")
    page.locator("#sources .card .sheet").first.click()
    expect(page.locator("#reader .sheet img")).to_be_visible()
    check(look, "page")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")  # the sheet, on a phone
    look.ask("What is the capital of France?")
    look.settle()
    check(look, "declined")
    page.locator("[data-talks]").click()
    expect(page.locator("#talks li")).to_have_count(1)
    check(look, "conversations")


def test_nobody_is_kept_out_of_the_rest(look: Visit) -> None:
    page = look.page
    for name in ("compare", "find", "evaluation"):
        open_tab(look, name)
        check(look, name)
    open_tab(look, "library")
    expect(page.locator("#shelf .book").first).to_be_visible()
    check(look, "library")
    page.locator("#shelf button[name=card][value='karang.pdf']").click()
    expect(page.locator("#card .thesis-card")).to_have_attribute("aria-busy", "false")
    check(look, "card")
    open_tab(look, "library")
    page.locator("#shelf button[data-document='karang.pdf']").click()
    expect(page.locator("#book .book.open")).to_be_visible()
    page.locator("#described > button").click()
    page.locator("#book-acts button").last.click()
    check(look, "thesis")
    page.keyboard.press("Escape")
    page.locator("[data-about]").click()
    expect(page.locator("#about")).to_contain_text("multilingual-e5-small")
    check(look, "about")


def test_nobody_is_kept_out_of_pages_by_themselves(look: Visit) -> None:
    look.page.goto(f"{look.address}/place?document=karang.pdf&page=2&mark=2:0-20")
    check(look, "place")
    look.page.goto(f"{look.address}/thesis?document=karang.pdf")
    check(look, "reference")
