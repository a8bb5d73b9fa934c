"""Nobody is kept out: axe-core finds nothing serious, and the page holds at twice the size."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect
from visitors import DESK, PHONE, Visit, visiting

SERIOUS = ("serious", "critical")
LOOKS = {
    "light": {"size": DESK, "dark": False, "locale": "en-US"},
    "dark phone": {"size": PHONE, "dark": True, "locale": "id-ID"},
}


@pytest.fixture(params=LOOKS)
def look(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Visit]:
    with visiting(browser, address, **LOOKS[request.param]) as visit:  # type: ignore[arg-type]
        yield visit.open()


def barriers(visit: Visit) -> list[str]:
    """What axe-core finds serious, each with the elements it is about."""
    visit.rest()  # colours fade in
    found = Axe().run(visit.page).response["violations"]
    return [
        f"{finding['id']}: {node['html'][:200]} ({node['failureSummary'][:200]})"
        for finding in found
        if finding["impact"] in SERIOUS
        for node in finding["nodes"]
    ]


def tab(visit: Visit, name: str) -> None:
    """Open a tab; on a phone it comes up as a sheet."""
    visit.page.locator(f"[role=tab][aria-controls={name}-tab]").click()
    expect(visit.page.locator(f"#{name}-tab")).to_be_visible()


def test_the_first_page(look: Visit) -> None:
    assert barriers(look) == []


def test_an_answer_with_its_sources_and_a_page(look: Visit) -> None:
    look.ask("Berapa jumlah responden nelayan di Wakatobi?")
    look.page.locator("#log a.cite").first.click()
    picture = look.page.locator("#sources .card .sheet img").first
    expect(picture).to_be_visible()
    assert barriers(look) == []
    look.page.locator("#sources .card .sheet").first.click()
    expect(look.page.locator("#reader .sheet img")).to_be_visible()
    assert barriers(look) == []


def test_what_the_documents_do_not_say(look: Visit) -> None:
    look.ask("What is the capital of France?")
    assert barriers(look) == []


def test_the_library_and_one_of_its_theses(look: Visit) -> None:
    tab(look, "library")
    expect(look.page.locator("#shelf .book").first).to_be_visible()
    assert barriers(look) == []
    look.page.locator("#shelf button[data-document='karang.pdf']").click()
    expect(look.page.locator("#book .book.open")).to_be_visible()
    look.page.locator("#described > button").click()
    look.page.locator("#book-acts button").last.click()
    assert barriers(look) == []


def test_what_it_is(look: Visit) -> None:
    look.page.locator("[data-about]").click()
    expect(look.page.locator("#about")).to_contain_text("multilingual-e5-small")
    assert barriers(look) == []


def test_a_place_by_itself(look: Visit) -> None:
    look.page.goto(f"{look.address}/place?document=karang.pdf&page=2&mark=2:0-20")
    assert barriers(look) == []


def test_at_twice_the_size_everything_is_still_there(browser: Browser, address: str) -> None:
    half = (DESK[0] // 2, DESK[1] // 2)  # what a window of this size shows at 200 %
    with visiting(browser, address, size=half) as visit:
        visit.open().ask("Berapa jumlah responden nelayan di Wakatobi?")
        expect(visit.page.locator("#log .answer")).to_be_visible()
        visit.page.locator("#log a.cite").first.click()
        expect(visit.page.locator("#sources .card.current")).to_be_in_viewport()
        visit.picture("zoomed-desktop-en")
        for name in ("library", "find"):
            tab(visit, name)
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= half[0]
