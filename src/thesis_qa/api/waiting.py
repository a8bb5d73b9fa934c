"""A line for questions: a few are worked on at once, and the others are told their place."""

import asyncio
from collections.abc import AsyncIterator

ASKING = 4  # questions worked on at once; more make all of them slower on a small machine
WAITING = 64  # questions in line, a few minutes' work; more are told to come back
LOOK = 0.2  # seconds between two looks at the line


class WaitingLine:
    """Lets `at_once` through, in the order they came, while at most `most` are in it."""

    def __init__(self, at_once: int = ASKING, most: int = WAITING) -> None:
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
