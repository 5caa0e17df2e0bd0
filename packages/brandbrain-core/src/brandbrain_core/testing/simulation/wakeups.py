"""Wake-ups: a bell that rings when a job may have become ready, and is not heard by everybody every time."""

from __future__ import annotations

import asyncio
from random import Random
from typing import Final

MISSED: Final = 0.3
"""Share of rings that somebody who waits does not hear."""


class Bell:
    """Rung by the store; those who wait for it wait here."""

    def __init__(self, random: Random) -> None:
        self._random = random.random
        self._waiting: dict[asyncio.Future[bool], None] = {}

    def ring(self) -> None:
        """Wake those who hear it."""
        for waiting in list(self._waiting):
            if self._random() >= MISSED:
                _answer(waiting, heard=True)

    async def wait(self, seconds: float) -> bool:
        """Wait until it is heard (True), or for that many seconds (False)."""
        loop = asyncio.get_running_loop()
        waiting: asyncio.Future[bool] = loop.create_future()
        self._waiting[waiting] = None
        timer = loop.call_later(seconds, lambda: _answer(waiting, heard=False))
        try:
            return await waiting
        finally:
            timer.cancel()
            del self._waiting[waiting]

    async def close(self) -> None:
        """Do nothing: the bell is the store's."""


def _answer(waiting: asyncio.Future[bool], *, heard: bool) -> None:
    if not waiting.done():
        waiting.set_result(heard)
