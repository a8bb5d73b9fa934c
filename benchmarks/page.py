"""How soon the page answers: with a real browser, a server of its own and one thesis indexed.

    python benchmarks/page.py [THESIS.pdf] [--questions FILE.jsonl]

By default jijiau.pdf and its gold questions from THESIS_QA_DATA. Each answerable question is asked
once in one conversation after three that warm up. Taken are: from the server's first sign of life
until a question can be typed, in a browser that is already open (three visits); from Enter until
the first quote is seen, and until the answer is whole; from following a citation until the page's
picture with its highlight has arrived, the first time and again. Needs /usr/bin/chromium.
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
    from playwright.sync_api import Browser, Page

CHROMIUM = "/usr/bin/chromium"
WARM = 3  # questions before any is timed
VISITS = 3
PICTURES = 12


def main() -> None:
    data = Path(os.environ.get("THESIS_QA_DATA", "../shared/data"))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("thesis", type=Path, nargs="?", default=data / "theses" / "jijiau.pdf")
    parser.add_argument("--questions", type=Path, default=data / "gold" / "jijiau.jsonl")
    given = parser.parse_args()
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


def tell(what: str, seconds: Sequence[float]) -> None:
    middle, most = statistics.median(seconds), max(seconds)
    print(f"{what}: median {middle:.3f} s, most {most:.3f} s of {len(seconds)}", flush=True)


if __name__ == "__main__":
    main()
