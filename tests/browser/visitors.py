"""Visitors of the page, and documents for them to ask."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Frame,
    Locator,
    Page,
    Request,
)
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas
from servers import PATIENCE

from thesis_qa.types import Language

PASSWORD = "tanah air beta"  # of every user
DESK, PHONE = (1280, 800), (360, 740)
HOSTILE = (
    "Kendala utama laboratorium kimia adalah <img src=x onerror=window.hacked=1>"
    " ![foto](https://evil.example/foto.png) <script>window.hacked=1</script> yang mahal."
)
HOSTILE_NAME = "kimia <img src=x onerror=window.hacked=1>.txt"
SAMPLE = "Sampel penelitian terumbu karang terdiri atas 137 responden nelayan di Wakatobi."
QUESTIONS = """\
{"id": "1", "question": "Berapa jumlah responden nelayan di Wakatobi?", "answerable": true, \
"document": "karang.pdf", "evidence": [{"pdf_page": 2, "printed_page": null, \
"quote": "137 responden nelayan"}]}
{"id": "2", "question": "Berapa jumlah responden nelayan di Wakatobi itu?", "answerable": false, \
"document": "karang.pdf"}
"""
FILLER = "Bagian ini menguraikan latar belakang pengelolaan pesisir secara umum."


def write_pdf(path: Path, pages: list[str], title: str = "") -> None:
    """A PDF with these texts, one a page, in lines of at most 70 characters."""
    canvas = Canvas(str(path), pagesize=A4)
    canvas.setTitle(title)
    for text in pages:
        canvas.setFont("Times-Roman", 12)
        words, y = text.split(), 760
        while words:
            line = [words.pop(0)]
            while words and len(" ".join([*line, words[0]])) < 70:
                line.append(words.pop(0))
            canvas.drawString(72, y, " ".join(line))
            y -= 18
        canvas.showPage()
    canvas.save()


GIVEN_UP = ("AbortError", "Connection errored out")  # what Gradio says of a page that was left


def _given_up(words: str) -> bool:
    return any(given in words for given in GIVEN_UP)


class Visit:
    """A visitor's page, with everything that must not happen noted down."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.name = ""  # of its pictures
        self.outside: list[str] = []
        self.complaints: list[str] = []
        self.left = self.leaving = False  # a page before this one; this page, just now
        page.on("request", self._note)
        page.on("framenavigated", self._arrive)
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self._complain(str(error)))

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._complain(f"{message.text} {message.location.get('url', '')}")

    def _complain(self, words: str) -> None:
        if not (self.leaving or (self.left and _given_up(words))):
            self.complaints.append(words)

    def leave(self, link: Locator) -> None:
        """Follow `link` to another page."""
        with self.page.expect_navigation():
            link.click()

    def _note(self, request: Request) -> None:
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.outside.append(request.url)
        # The page is left: what it gives up for that, it complains of to nobody.
        if request.is_navigation_request() and request.frame == self.page.main_frame:
            self.left = self.leaving = self.page.url != "about:blank"
            self.complaints = [words for words in self.complaints if not _given_up(words)]

    def _arrive(self, frame: Frame) -> None:
        if frame == self.page.main_frame:
            self.leaving = False

    def open(self, path: str = "/") -> "Visit":
        self.page.goto(self.address + path)
        self.page.locator("#question textarea").wait_for()
        return self

    def ask(self, question: str) -> None:
        before = self.page.locator("#log .answer").count()
        box = self.page.locator("#question textarea")
        box.fill(question)
        box.press("Enter")
        self.page.locator("#log .answer").nth(before).wait_for()

    def settle(self) -> None:
        """Wait until the last answer is whole: something can be done with it."""
        self.page.locator("#log .acts:not(.off) button[name=retry]").wait_for()

    @property
    def language(self) -> Language:
        """Of the page."""
        return "id" if "/id/" in self.page.url else "en"

    def rest(self) -> None:
        """Wait until nothing moves or fades any more, but for what never stops."""
        self.page.wait_for_function(
            """() => document.getAnimations().every((animation) =>
                animation.playState !== "running" ||
                animation.effect.getComputedTiming().endTime === Infinity)"""
        )

    def picture(self, name: str) -> None:
        """Keep what is seen, where THESIS_QA_SCREENSHOTS names a folder for it."""
        if folder := os.environ.get("THESIS_QA_SCREENSHOTS"):
            self.rest()
            self.page.screenshot(path=Path(folder) / f"{name}.png")


@contextmanager
def visiting(
    browser: Browser,
    address: str,
    *,
    locale: str = "en-US",
    size: tuple[int, int] = DESK,
    dark: bool = False,
) -> Iterator[Visit]:
    """A visitor with a browser of their own; nothing may leave the machine or go wrong."""
    with _profile(browser, locale) as context:
        page = context.new_page()
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.emulate_media(color_scheme="dark" if dark else "light")
        visit = Visit(page, address)
        yield visit
        assert visit.outside == [], visit.outside
        assert visit.complaints == [], visit.complaints


_FREE: dict[str, list[BrowserContext]] = {}  # by language: they know the page's scripts already


@contextmanager
def _profile(browser: Browser, locale: str) -> Iterator[BrowserContext]:
    """A browser's profile in which nothing is left of who had it before."""
    free = _FREE.setdefault(locale, [])
    context = free.pop() if free else browser.new_context(locale=locale)
    context.set_default_timeout(1000 * PATIENCE)
    yield context
    for page in context.pages:
        if page.url.startswith("http"):
            page.evaluate("localStorage.clear(), sessionStorage.clear()")
        page.close()
    context.clear_cookies()
    context.clear_permissions()
    free.append(context)  # after a failure it is not used again
