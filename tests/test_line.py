"""Questions wait in a line, know their place, and give it back however they end."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from thesis_qa.api.service import WaitingLine
from thesis_qa.web.chat import lined_up
from thesis_qa.web.texts import TEXTS

EN = TEXTS["en"]


def answering(name: str) -> Iterator[tuple[str]]:
    yield (f"{name}: asked",)
    yield (f"{name}: answered",)


def start(line: WaitingLine, name: str, handler: Any = answering) -> Any:
    return lined_up(line, handler, 1, EN)(name)


async def test_who_comes_later_is_told_the_place_and_comes_through_in_turn() -> None:
    line = WaitingLine(at_once=1, most=9)
    first, second, third = (start(line, name) for name in "abc")
    assert await anext(first) == ("a: asked", "")
    assert "number 1 in line" in (await anext(second))[1]
    shown, said = await anext(third)
    assert shown == "c: asked"
    assert "number 2 in line" in said
    assert [step async for step in first] == [("a: answered", "")]
    assert [step async for step in second][-1] == ("b: answered", "")
    assert [step async for step in third][-1] == ("c: answered", "")
    assert len(line) == 0


async def test_as_many_as_may_are_worked_on_at_once() -> None:
    line = WaitingLine(at_once=2, most=9)
    first, second = start(line, "a"), start(line, "b")
    assert (await anext(first))[1] == ""
    assert (await anext(second))[1] == ""


async def test_who_leaves_gives_the_place_back() -> None:
    line = WaitingLine(at_once=1, most=9)
    first, second = start(line, "a"), start(line, "b")
    await anext(first)
    await anext(second)
    await first.aclose()
    assert [step async for step in second][-1] == ("b: answered", "")
    assert len(line) == 0


async def test_who_leaves_while_waiting_gives_the_place_back() -> None:
    line = WaitingLine(at_once=1, most=9)
    first, second = start(line, "a"), start(line, "b")
    await anext(first)
    await anext(second)
    waiting = asyncio.create_task(anext(second))
    await asyncio.sleep(0)
    waiting.cancel()
    with suppress(asyncio.CancelledError):
        await waiting
    assert len(line) == 1
    await first.aclose()


async def test_what_goes_wrong_gives_the_place_back() -> None:
    def failing(name: str) -> Iterator[tuple[str]]:
        yield (name,)
        raise ZeroDivisionError

    line = WaitingLine(at_once=1, most=9)
    steps = start(line, "a", failing)
    await anext(steps)
    with suppress(ZeroDivisionError):
        await anext(steps)
    assert len(line) == 0


async def test_a_line_that_is_full_says_so_and_keeps_the_question() -> None:
    line = WaitingLine(at_once=1, most=1)
    first = start(line, "a")
    await anext(first)
    ((kept, said),) = [step async for step in start(line, "b")]
    assert kept == {"__type__": "update"}
    assert "Ask again in a minute" in said
    await first.aclose()
