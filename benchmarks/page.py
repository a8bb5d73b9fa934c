"""How soon the page answers: with a real browser, a server of its own and one thesis indexed.

    python benchmarks/page.py [THESIS.pdf] [--questions FILE.jsonl] [--library FOLDER]

By default jijiau.pdf and its gold questions from THESIS_QA_DATA. Each answerable question is asked
once in one conversation after three that warm up. Taken are: from the server's first sign of life
until a question can be typed, in a browser that is already open (three visits); from Enter until
the first quote is seen, and until the answer is whole; from following a citation until the page's
picture with its highlight has arrived, the first time and again.

With --library, a folder with `documents` or an `index` of several theses: whether the highlight is
in sight when a citation is followed, in its card and large, five of each thesis, on a desk and on a
phone; and how long six theses take to be compared by eleven topics. Needs /usr/bin/chromium.
"""

import argparse
import json
import os
import shutil
import statistics
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from soak import serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, ViewportSize

CHROMIUM = "/usr/bin/chromium"
WARM = 3  # questions before any is timed
VISITS = 3
PICTURES = 12


def main() -> None:
    data = Path(os.environ.get("THESIS_QA_DATA", "../shared/data"))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("thesis", type=Path, nargs="?", default=data / "theses" / "jijiau.pdf")
    parser.add_argument("--library", type=Path)
    parser.add_argument("--questions", type=Path, default=data / "gold" / "jijiau.jsonl")
    given = parser.parse_args()
    if given.library:
        with browsing() as browser, serving(given.library) as address:
            tell("page usable after the server is up", visits(browser, address))
            in_sight(browser, address)
            compared(browser, address)
        return
    lines = given.questions.read_text(encoding="utf-8").splitlines()
    questions = [q["question"] for q in map(json.loads, lines) if q["answerable"]]
    with tempfile.TemporaryDirectory() as folder, browsing() as browser:
        (Path(folder) / "documents").mkdir()
        shutil.copy(given.thesis, Path(folder) / "documents")
        with serving(Path(folder)) as address:
            tell("page usable after the server is up", visits(browser, address))
            page = opened(browser, address)
            ask(page, questions)
            pictures(page, address)
            page.close()


@contextmanager
def browsing() -> Iterator["Browser"]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


def opened(browser: "Browser", address: str) -> "Page":
    page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    page.goto(address)
    page.locator("#question textarea").wait_for()
    return page


def visits(browser: "Browser", address: str) -> list[float]:
    """Seconds until a question can be typed: of the first visit after the start, and more."""
    found = []
    for _ in range(VISITS):
        started = time.perf_counter()
        page = opened(browser, address)
        found.append(time.perf_counter() - started)
        page.context.close()
    return found


# Noted in the page itself: Playwright looks again only every half second.
WATCH = """() => {
  const has = {first: "#log .answer", whole: "#log .acts:not(.off) button[name=retry]"};
  const before = document.querySelectorAll(has.first).length;
  window.seen = {};
  const box = document.querySelector("#question textarea");
  box.addEventListener("keydown", () => (seen.asked = performance.now()), {once: true});
  const look = () => {
    const now = performance.now() - seen.asked;
    if (!seen.first && document.querySelectorAll(has.first).length > before) seen.first = now;
    if (seen.first && document.querySelector(has.whole)) seen.whole = now;
    if (seen.whole) watcher.disconnect();
  };
  const watcher = new MutationObserver(() => requestAnimationFrame(look));
  watcher.observe(document.querySelector("#log"), {subtree: true, childList: true});
}"""


def ask(page: "Page", questions: Sequence[str]) -> None:
    seen = []
    for question in [*questions[:WARM], *questions]:
        page.locator("#question textarea").fill(question)
        page.evaluate(WATCH)
        page.locator("#question textarea").press("Enter")
        page.wait_for_function("() => window.seen.whole", timeout=60_000)
        seen.append(page.evaluate("window.seen"))
    for name, what in (("first", "first evidence after Enter"), ("whole", "whole answer")):
        tell(what, [one[name] / 1000 for one in seen[WARM:]])


def pictures(page: "Page", address: str) -> None:
    """The picture of a page with its highlight, as the card asks for it."""
    links = page.locator("#sources .card").evaluate_all(
        "all => all.map(c => c.dataset.spot.replace('/place?', '/picture?'))"
    )
    chosen = list(dict.fromkeys(urllib.parse.urljoin(address, link) for link in links))[-PICTURES:]
    for name in ("picture with highlight, first time", "the same again"):
        seconds = []
        for link in chosen:
            started = time.perf_counter()
            urllib.request.urlopen(link, timeout=30).read()
            seconds.append(time.perf_counter() - started)
        tell(name, seconds)


# Several theses

USUAL = (
    "Metode penelitian apa yang digunakan?", "Apa tujuan penelitian ini?", "What data was used?",
    "Apa hasil penelitian ini?", "Apa kesimpulan penelitian ini?", "Apa saran penelitian ini?",
)  # fmt: skip
DESK: "ViewportSize" = {"width": 1366, "height": 768}
PHONE: "ViewportSize" = {"width": 360, "height": 740}
EACH = 5  # citations of a thesis
COMPARED, TOPICS = 6, 11
# All that is marked first lies within its frame and the window, once its picture is there.
IN_SIGHT = """(frame) => {
  const [mark] = frame.querySelectorAll(".marks rect, mark");
  if ([...frame.querySelectorAll("img")].some((image) => !image.complete)) return null;
  if (!mark) return frame.childElementCount ? false : null;
  const [at, around] = [mark.getBoundingClientRect(), frame.getBoundingClientRect()];
  const [top, bottom] = [Math.max(0, around.top), Math.min(innerHeight, around.bottom)];
  return at.top >= top - 1 && at.bottom <= bottom + 1 && at.left >= -1 && at.left < innerWidth;
}"""


def in_sight(browser: "Browser", address: str) -> None:
    page = opened(browser, address)
    names = page.locator("#theses .pick input").evaluate_all("all => all.map(e => e.value)")
    seen: dict[str, list[bool]] = {}
    first: list[float] = []
    for name in names:
        page.goto(address)
        page.locator(f"#theses .pick input[value='{name}']").check()
        page.set_viewport_size(DESK)
        for question in USUAL:
            page.locator("#question textarea").fill(question)
            page.evaluate(WATCH)
            page.locator("#question textarea").press("Enter")
            page.wait_for_function("() => window.seen.whole", timeout=60_000)
            first.append(page.evaluate("window.seen.first") / 1000)
            if page.locator("#log a.cite").count() >= EACH:
                break
        for size, called in ((DESK, "desk"), (PHONE, "phone")):
            page.set_viewport_size(size)
            page.reload()
            page.locator("#log .answer").first.wait_for()
            for number in range(min(EACH, page.locator("#log a.cite").count())):
                for where, visible in follow(page, number):
                    seen.setdefault(f"{called}, {where}", []).append(visible)
    tell("first evidence after Enter", first)
    for where, found in seen.items():
        print(f"highlight in sight, {where}: {sum(found)} of {len(found)}", flush=True)
    page.context.close()


def follow(page: "Page", number: int) -> Iterator[tuple[str, bool]]:
    """Whether the highlight of a citation is in sight in its card, and large."""
    cite = page.locator("#log a.cite").nth(number)
    card = f"[id='{(cite.get_attribute('href') or '')[1:]}']"
    cite.evaluate("link => link.click()")
    yield "in its card", visible(page, f"{card} .paragraphs")
    page.locator(f"{card} a.large").evaluate("link => link.click()")
    page.wait_for_function("() => document.querySelector('#reader').open")
    yield "large", visible(page, "#reader .content")
    page.evaluate("document.querySelector('#reader').close()")


def visible(page: "Page", frame: str) -> bool:
    """Judged half a second after all is there, when nothing scrolls any more."""
    element = page.locator(frame).element_handle()
    page.wait_for_function(f"frame => ({IN_SIGHT})(frame) !== null", arg=element)
    page.wait_for_timeout(500)
    return bool(page.evaluate(IN_SIGHT, element))


def compared(browser: "Browser", address: str) -> None:
    page = opened(browser, address)
    for box in page.locator("#theses .pick input").all()[:COMPARED]:
        box.check()
    page.locator("[role=tab][aria-controls=compare-tab]").click()
    for topic in page.locator("#compare-topics input").all():
        topic.check()
    started = time.perf_counter()
    page.locator("#compare").click()
    page.locator("#comparison .comparison[aria-busy=false]").wait_for(timeout=600_000)
    cells = page.locator("#comparison td").count()
    assert cells == COMPARED * TOPICS, cells
    tell(f"{COMPARED} theses compared by {TOPICS} topics", [time.perf_counter() - started])
    page.context.close()


def tell(what: str, seconds: Sequence[float]) -> None:
    middle, most = statistics.median(seconds), max(seconds)
    print(f"{what}: median {middle:.3f} s, most {most:.3f} s of {len(seconds)}", flush=True)


if __name__ == "__main__":
    main()
