"""Make the pictures of the page in docs/images again: `.venv/bin/python scripts/pictures.py`.

Every state is seen in both languages, on a desk and on a phone, in light and in dark.
"""

import shutil
import sys
import tempfile
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

PROJECT = Path(__file__).parent.parent
IMAGES = PROJECT / "docs" / "images"
sys.path.insert(0, str(PROJECT / "tests" / "browser"))

from servers import PATIENCE, indexed, serving  # noqa: E402
from visitors import DESK, FILLER, PHONE, SAMPLE, Visit, write_pdf  # noqa: E402

LOOKS = {
    "desk-en": {"size": DESK, "dark": False, "locale": "en-US"},
    "desk-dark-id": {"size": DESK, "dark": True, "locale": "id-ID"},
    "phone-id": {"size": PHONE, "dark": False, "locale": "id-ID"},
    "phone-dark-en": {"size": PHONE, "dark": True, "locale": "en-US"},
}
ASKED = "Berapa jumlah responden nelayan di Wakatobi?"
DRAFT = (
    f"{SAMPLE} Kerja sama sister city antara Jakarta dan Hanoi diteliti di sini."
    " Kapal pinisi dibuat tanpa paku oleh tukang kayu dari Bulukumba."
)
COLOURS = 128  # a picture of the page needs no more, and takes a third of the room


def main() -> None:
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        quiet = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync"]
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=quiet)
        with serving(_library(Path(name))) as address:
            for look in LOOKS:
                _look(browser, address, look)
    shutil.copy(IMAGES / "citation-desk-en.png", IMAGES / "web-chat.png")  # of the README


def _library(folder: Path) -> Path:
    shutil.copytree(PROJECT / "documents", folder / "documents")
    (folder / "evaluation").mkdir()
    shutil.copy(PROJECT / "evaluation" / "sister-city.jsonl", folder / "evaluation")
    pages = [FILLER, f"{FILLER} {SAMPLE} " + f"{FILLER} " * 40, FILLER]
    write_pdf(folder / "documents" / "karang.pdf", pages, "Terumbu Karang Wakatobi")
    return indexed(folder)


def _look(browser: Browser, address: str, look: str) -> None:
    seen = LOOKS[look]
    width, height = seen["size"]  # type: ignore[misc]
    context = browser.new_context(
        locale=str(seen["locale"]),
        viewport={"width": width, "height": height},
        color_scheme="dark" if seen["dark"] else "light",
    )
    context.set_default_timeout(1000 * PATIENCE)
    visit = Visit(context.new_page(), address).open()
    page = visit.page

    def keep(state: str) -> None:
        visit.rest()
        picture = Image.open(BytesIO(page.screenshot())).convert("RGB")
        picture.quantize(COLOURS).save(IMAGES / f"{state}-{look}.png", optimize=True)

    page.locator("#offers button").first.wait_for()
    keep("start")
    visit.ask(ASKED)
    visit.settle()
    keep("answer")
    page.locator("#log a.cite").first.click()
    _loaded(page, ".card.current .sheet img")
    keep("citation")
    page.locator(".card.current a.large").click()
    _loaded(page, "#reader .sheet img")
    keep("page")
    page.keyboard.press("Escape")
    if page.locator("#sheet-close").is_visible():
        page.locator("#sheet-close").click()
    page.locator("[data-talks]").click()
    page.locator("#talks li").first.wait_for()
    keep("conversations")
    page.keyboard.press("Escape")

    def tab(name: str) -> None:
        page.locator(f"[role=tab][aria-controls={name}-tab]").click()

    tab("compare")
    page.locator("#compare").click()
    page.locator("#as-XLSX").wait_for()
    keep("compare")
    tab("find")
    page.locator("#draft textarea").fill(DRAFT)
    page.locator("#find").click()
    page.locator("#found .match").first.wait_for()
    keep("find")
    tab("evaluation")
    page.locator("#evaluate").click()
    page.locator("#results .results").wait_for()
    keep("evaluation")
    failure = page.locator("#results details", has=page.locator(".chip")).first
    failure.locator("summary").click()
    failure.scroll_into_view_if_needed()
    failure.locator(".paragraphs :is(p, img)").first.wait_for()
    keep("failure")
    tab("library")
    page.locator("#shelf .book").first.wait_for()
    keep("library")
    page.locator("#shelf button[name=card]").last.click()
    page.locator("#card .thesis-card[aria-busy=false]").wait_for()
    keep("card")
    tab("library")
    page.locator("#shelf button[data-document]").last.click()
    page.locator("#book .book.open").wait_for()
    keep("thesis")
    page.goto(f"{address}/thesis?document=karang.pdf")
    keep("reference")
    context.close()


def _loaded(page: Page, image: str) -> None:
    shown = page.locator(image).first
    shown.wait_for()
    page.wait_for_function(
        "image => image.complete && image.naturalWidth > 0", arg=shown.element_handle()
    )


if __name__ == "__main__":
    main()
