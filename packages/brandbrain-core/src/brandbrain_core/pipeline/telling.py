"""
Telling how far a run is: to whoever watches from inside at every step, to the store at most once a second.

A step that comes within the second is stored when the second is over, unless another one has taken its place by then: a
stage that lasts is always seen. What was not stored until the end is written with the end. A lost lease is noticed at
each step that is a second behind the last one, and at the end of every second in which something was left untold; it
stops the work.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from brandbrain_core.errors import Unavailable
from brandbrain_core.model.run import Progress
from brandbrain_core.pipeline.tools import Tools
from brandbrain_core.ports import UnitOfWork

BETWEEN: Final = 1.0
"""Seconds from when one step is being stored until the next may be."""


class Teller:
    """Tells how far one attempt is."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._group = asyncio.TaskGroup()
        self._storing = asyncio.Lock()
        self._newest: Progress | None = None
        self._stored: Progress | None = None
        self._second: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def telling(self) -> AsyncIterator[None]:
        """
        Tell while the block runs; once.

        Raises:
            LeaseLost: It was found out while the block did something else, which was cancelled.
        """
        try:
            async with self._group:
                yield
                await self._stop()
        except BaseExceptionGroup as several:
            first = several.exceptions[0]
            raise first from first.__cause__

    async def tell(self, progress: Progress) -> None:
        """
        Tell of a step. A store that is out of reach does not stop the work; it is told when it is back.

        Raises:
            LeaseLost: The lease is gone.
        """
        self._tools.reached(progress)
        self._newest = progress
        if self._second is None:
            self._second = self._group.create_task(self._wait_and_store())
            await self._store()

    async def catch_up(self, work: UnitOfWork) -> None:
        """Store, in a transaction of the caller's, what was not stored yet; raise `LeaseLost`."""
        if self._newest is not None and self._newest is not self._stored:
            await work.jobs.progress(self._tools.lease, self._newest)

    async def _wait_and_store(self) -> None:
        await self._tools.pause(BETWEEN)
        while self._newest is not self._stored:
            await self._store()
            await self._tools.pause(BETWEEN)
        self._second = None

    async def _store(self) -> None:
        async with self._storing:
            newest = self._newest
            if newest is None or newest is self._stored:
                return
            try:
                async with self._tools.store.step() as work:
                    await work.jobs.progress(self._tools.lease, newest)
            except Unavailable:
                return
            self._stored = newest

    async def _stop(self) -> None:
        """Let what is being stored be stored, and nothing after it."""
        async with self._storing:
            if self._second is not None:
                self._second.cancel()
