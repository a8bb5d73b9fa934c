"""Questions of the page wait in line, and are told their place."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from functools import wraps
from typing import Any

from thesis_qa.api.service import WaitingLine
from thesis_qa.web.render import notice
from thesis_qa.web.texts import Texts

SAID = {"style": "in-line", "role": "status"}  # how it is shown above the question box

Steps = Iterator[tuple[Any, ...]]


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
            full = notice(texts.library.line_full, texts, **SAID)
            yield (*(gr.skip() for _ in range(outputs)), full)
            return
        try:
            steps = handler(*given)
            step = await asyncio.to_thread(next, steps, None)
            async for place in line.wait(ticket):
                if step:
                    yield (*step, notice(texts.library.in_line.format(place=place), texts, **SAID))
            while step:
                yield (*step, "")
                step = await asyncio.to_thread(next, steps, None)
        finally:  # also when the visitor stops or leaves
            line.leave(ticket)

    return waiting
