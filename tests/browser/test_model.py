"""What a visitor sees of a language model: its steps, what it states and what is struck out, and
one line where it fails. The model is a server on this machine that says what the test wants."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from servers import serving
from visitors import SAMPLE, Visit, visiting

from scripted import END, chunk, number_of
from scripted import serving as answering

ASKED = "Berapa jumlah responden nelayan di Wakatobi?"
TRUE = "Responden penelitian itu 137 nelayan di Wakatobi."
FALSE = "Responden penelitian itu 731 nelayan di Wakatobi."


def calling(name: str, **given: str) -> list[bytes]:
    """A call of a tool as OpenAI's servers stream it."""
    call = {"name": name, "arguments": json.dumps(given)}
    delta = {"tool_calls": [{"index": 0, "id": "1", "type": "function", "function": call}]}
    return [chunk("", delta=delta), chunk("", finish_reason="tool_calls"), b"data: [DONE]\n\n"]


def model(request: Any) -> tuple[int, list[bytes]]:
    """Looks further once, then states what is true and what is not; it mends nothing."""
    told = "\n".join(str(message["content"]) for message in request["messages"])
    if request.get("tools") and not any(m["role"] == "tool" for m in request["messages"]):
        return 200, calling("search", query="responden nelayan")
    number = int(number_of(SAMPLE[:30], told))
    said = (
        [] if FALSE in told else [{"text": text, "sentences": [number]} for text in (TRUE, FALSE)]
    )
    return 200, [chunk(json.dumps({"statements": said})), END]


@pytest.fixture
def visit(request: pytest.FixtureRequest, browser: Browser, folder: Path) -> Iterator[Visit]:
    with answering(request.param) as (address, _):
        llm = {"LLM": "openai:m", "LLM_BASE_URL": address, "LLM_WAY": "agent"}
        named = {f"THESIS_QA_{name}": value for name, value in llm.items()}
        with serving(folder, **named) as here, visiting(browser, here) as visit:
            yield visit


@pytest.mark.parametrize("visit", [model], indirect=True)
def test_what_stands_is_shown_with_its_source_and_what_does_not_is_struck(visit: Visit) -> None:
    visit.open("/id/").ask(ASKED)
    visit.settle()
    answer = visit.page.locator("#log .answer").last
    expect(answer).to_contain_text(TRUE.rstrip("."))
    steps, struck = answer.locator("details.struck").all()
    steps.locator("summary").click()
    expect(steps.locator("li")).to_have_text(["Mencari “responden nelayan”"])
    struck.locator("summary").click()
    expect(struck.locator("s")).to_have_text(FALSE)
    expect(struck).to_contain_text("731")
    expect(visit.page.locator("#sources blockquote").first).to_contain_text("137 responden")


def refusing(request: Any) -> tuple[int, list[bytes]]:
    return 401, [b'{"error": {"message": "no"}}']


@pytest.mark.parametrize("visit", [refusing], indirect=True)
def test_where_it_fails_the_quotes_stay_and_one_line_says_why(visit: Visit) -> None:
    visit.open("/id/").ask(ASKED)
    visit.settle()
    answer = visit.page.locator("#log .answer").last
    expect(answer).to_contain_text("137 responden nelayan")
    line = answer.locator("p.quiet").last
    expect(line).to_contain_text("Tidak ada jawaban tertulis: mesin ini meminta kunci lain")
    expect(line).to_contain_text("Kutipannya tetap berlaku.")
