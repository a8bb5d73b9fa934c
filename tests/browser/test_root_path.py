"""The page under a path of a site that has others, as a proxy serves it."""

import re
from pathlib import Path

from playwright.sync_api import Browser, expect
from servers import serving
from visitors import visiting


def test_everything_is_asked_for_under_the_path(browser: Browser, folder: Path) -> None:
    with serving(folder, THESIS_QA_ROOT_PATH="/tesis") as address:
        under = f"{address}/tesis"  # what is asked for elsewhere counts as outside
        with visiting(browser, under) as visit:
            visit.open("/id/").ask("Berapa jumlah responden nelayan di Wakatobi?")
            visit.settle()
            visit.page.locator("#log a.cite").first.click()
            expect(visit.page.locator("#sources .card.current .sheet img").first).to_be_visible()
            assert visit.page.locator("html").get_attribute("lang") == "id"
            visit.leave(visit.page.locator("a.language"))
            expect(visit.page).to_have_url(re.compile(rf"^{re.escape(under)}/en/\?c=\w+$"))
