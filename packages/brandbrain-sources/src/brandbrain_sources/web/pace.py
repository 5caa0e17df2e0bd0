"""How fast one host is asked: the pause that its ``robots.txt`` wants, within the time there is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TypeAlias

from brandbrain_core.ports import Clock
from brandbrain_sources.web.fetching import FetchFailed

Sleep: TypeAlias = Callable[[float], Awaitable[None]]
"""Waits that many seconds, as `asyncio.sleep` does."""


class Pace:
    """
    Gives each request to a host its turn.

    Args:
        deadline: Nothing waits past it.
    """

    def __init__(self, clock: Clock, sleep: Sleep, deadline: datetime) -> None:
        self._clock = clock
        self._sleep = sleep
        self._deadline = deadline
        self._next: dict[str, datetime] = {}

    async def turn(self, host: str, delay: float, url: str) -> None:
        """
        Wait until *host* may be asked again, *delay* seconds after the last time.

        Raises:
            FetchFailed: With the code ``timeout``: the turn would come after the deadline.
        """
        if delay <= 0.0:
            return
        now = self._clock.now()
        turn = max(now, self._next.get(host, now))
        seconds = (turn - now).total_seconds()
        if turn >= self._deadline:
            raise FetchFailed("timeout", url, "would have to wait longer than there is time: its site asks for pauses")
        self._next[host] = turn + timedelta(seconds=min(delay, 86_400.0))
        if seconds > 0.0:
            await self._sleep(seconds)
