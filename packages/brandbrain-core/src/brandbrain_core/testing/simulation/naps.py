"""Naps: sleeping on a simulated loop in one step instead of two; most of what a simulation does is to wait."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator
from contextvars import Context
from typing import Any


class Nap:
    """
    Awaited once, by a task of *loop*, it is over after *seconds*.

    It is what asyncio calls future-like: the timer calls the task itself, where a future would have it called later.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, seconds: float) -> None:
        self._asyncio_future_blocking = False
        self._loop = loop
        self._seconds = seconds
        self._is_cancelled = False
        self._timer: asyncio.TimerHandle | None = None
        self._wake: tuple[Callable[[Any], object], Context | None] | None = None

    def __await__(self) -> Generator[Any, None, None]:
        self._asyncio_future_blocking = True
        yield self
        self.result()

    def get_loop(self) -> asyncio.AbstractEventLoop:
        """Return the loop."""
        return self._loop

    def add_done_callback(self, wake: Callable[[Any], object], *, context: Context | None = None) -> None:
        """Begin: *wake* is called when it is over."""
        self._wake = wake, context
        self._timer = self._loop.call_later(self._seconds, wake, self, context=context)

    def cancel(self, msg: object = None) -> bool:
        """End it now; the task that takes it is cancelled."""
        del msg
        if self._is_cancelled or self._timer is None or self._wake is None:
            return False
        self._is_cancelled = True
        self._timer.cancel()
        wake, context = self._wake
        self._loop.call_soon(wake, self, context=context)
        return True

    def result(self) -> None:
        """Return; raise CancelledError if it was cancelled."""
        if self._is_cancelled:
            raise asyncio.CancelledError
