"""
When a process notifies workers: not for every job that becomes ready, but once in a while.

A notification slows down the commits of all that send one at the same time. So the first transaction sends it with its
commit, and those within the next milliseconds leave it to one that is sent after them.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Final

from brandbrain_core.errors import BrandBrainError

_log = logging.getLogger(__name__)

QUIET_SECONDS: Final = 0.02
"""After a notification, the next one is sent no sooner."""


class Bell:
    """
    Tells whose turn it is to notify, and notifies for those whose turn it was not.

    Belongs to one event loop. A notification that could not be sent is dropped: workers look by themselves, too.

    Args:
        ring: Sends one.
        quiet: Seconds after a notification before the next one.
        monotonic: Seconds, from any beginning.
    """

    def __init__(
        self,
        ring: Callable[[], Awaitable[None]],
        *,
        quiet: float = QUIET_SECONDS,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ring = ring
        self._quiet = quiet
        self._monotonic = monotonic
        self._quiet_until = float("-inf")
        self._timer: asyncio.TimerHandle | None = None
        self._ringing: asyncio.Task[None] | None = None

    def takes_turn(self) -> bool:
        """Tell whether the caller is to send one now; if so, it is quiet afterwards. Else call `ring_later`."""
        now = self._monotonic()
        if now < self._quiet_until:
            return False
        self._quiet_until = now + self._quiet
        return True

    def ring_later(self) -> None:
        """Have one sent as soon as it has been quiet for long enough. Call it after the commit."""
        if self._timer is None:
            wait = max(self._quiet_until - self._monotonic(), 0.0)
            self._timer = asyncio.get_running_loop().call_later(wait, self._start)

    async def close(self) -> None:
        """Send at once what is left to send."""
        if self._timer is not None:
            self._timer.cancel()
            self._start()
        if self._ringing is not None:
            await self._ringing

    def _start(self) -> None:
        self._timer = None
        self._quiet_until = self._monotonic() + self._quiet
        self._ringing = asyncio.ensure_future(self._rung(after=self._ringing))

    async def _rung(self, after: asyncio.Task[None] | None) -> None:
        if after is not None:
            await after
        try:
            await self._ring()
        except Exception as error:  # noqa: BLE001 - it is a hint, and nobody waits for it
            reason = str(error) if isinstance(error, BrandBrainError) else type(error).__name__
            _log.debug("workers could not be notified", extra={"reason": reason})
