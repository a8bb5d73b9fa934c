"""A line for questions: a few are worked on at once, and the others are told their place."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from functools import wraps
from typing import Any

from thesis_qa.web.render import notice
from thesis_qa.web.texts import Texts

LOOK = 0.2  # seconds between two looks at the line

SAID = {"style": "in-line", "role": "status"}  # how it is shown above the question box

Steps = Iterator[tuple[Any, ...]]


class WaitingLine:
    """Lets `at_once` through, in the order they came, while at most `most` are in it."""

    def __init__(self, at_once: int, most: int) -> None:
        self._at_once, self._most = at_once, most
        self._tickets: list[object] = []  # the first of them are being worked on

    def __len__(self) -> int:
        return len(self._tickets)

    async def wait(self, ticket: object) -> AsyncIterator[int]:
        """One's place while it isn't one's turn, from 1, whenever it changes."""
        told = 0
        while (place := self._tickets.index(ticket) - self._at_once + 1) > 0:
            if place != told:
                yield place
                told = place
            await asyncio.sleep(LOOK)

    def enter(self) -> object:
        """A ticket; None where so many are waiting that one more would wait for minutes."""
        if len(self._tickets) >= self._most:
            return None
        ticket = object()
        self._tickets.append(ticket)
        return ticket

    def leave(self, ticket: object) -> None:
        """Give the ticket back, from wherever in the line."""
        self._tickets.remove(ticket)


def lined_up(
    line: WaitingLine, handler: Callable[..., Steps], outputs: int, texts: Texts
) -> Callable[..., AsyncIterator[tuple[Any, ...]]]:
    """`handler`, whose first step costs nothing, as one that waits in `line` before the second.

    It has one value more than the handler's `outputs`: what is said about the line.
    """

    @wraps(handler)
    async def waiting(*given: Any) -> AsyncIterator[tuple[Any, ...]]:
        import gradio as gr

        if (ticket := line.enter()) is None:
            full = notice(texts.shelf.line_full, texts, **SAID)
            yield (*(gr.skip() for _ in range(outputs)), full)
            return
        try:
            steps = handler(*given)
            step = await asyncio.to_thread(next, steps, None)
            async for place in line.wait(ticket):
                if step:
                    yield (*step, notice(texts.shelf.in_line.format(place=place), texts, **SAID))
            while step:
                yield (*step, "")
                step = await asyncio.to_thread(next, steps, None)
        finally:  # also when the visitor stops or leaves
            line.leave(ticket)

    return waiting
