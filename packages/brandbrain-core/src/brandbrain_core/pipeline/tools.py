"""What every stage of one compile has at hand, and how it reads and writes: under the lease, and with patience."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final, TypeVar

import attrs

from brandbrain_core.errors import Unavailable
from brandbrain_core.model.job import Lease
from brandbrain_core.model.run import Progress
from brandbrain_core.pipeline.plan import Plan
from brandbrain_core.ports import Clock, Ids, Store, UnitOfWork

T = TypeVar("T")

FIRST_PAUSE: Final = timedelta(milliseconds=100)
LONGEST_PAUSE: Final = timedelta(seconds=5)


def _nothing() -> None:
    return None


def _unwatched(progress: Progress) -> None:
    del progress


@attrs.frozen(kw_only=True)
class Tools:
    """
    The store, time, ids, the plan, and the lease under which everything is written.

    Attributes:
        patience: How long an unreachable database is tried again before the work is given up.
        finishing: Called before the end of the run is written: from then on signs of life would only wait for it.
        reached: Called at every step, before anything of it is stored.
        pause: Waits between two tries, and between two writes of progress; seconds.
    """

    store: Store
    clock: Clock
    ids: Ids
    plan: Plan
    lease: Lease
    patience: timedelta = timedelta(0)
    finishing: Callable[[], None] = _nothing
    reached: Callable[[Progress], None] = _unwatched
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def read(self, act: Callable[[UnitOfWork], Awaitable[T]]) -> T:
        """Run *act* in a reading transaction; raise `Unavailable` when patience is over."""

        async def once() -> T:
            async with self.store.reading() as work:
                return await act(work)

        return await self._patiently(once)

    async def write(self, act: Callable[[UnitOfWork], Awaitable[T]]) -> T:
        """
        Run *act* in a transaction that holds the lease. It must bear repeating: a commit whose answer was lost is
        repeated.

        Raises:
            LeaseLost: Nothing was written.
            Unavailable: Patience is over.
        """

        async def fenced(work: UnitOfWork) -> T:
            await work.jobs.fence(self.lease)
            return await act(work)

        return await self.end(fenced)

    async def end(self, act: Callable[[UnitOfWork], Awaitable[T]]) -> T:
        """Run *act*, which sees to its own fence, in a transaction; otherwise as `write`."""

        async def once() -> T:
            async with self.store.transaction() as work:
                return await act(work)

        return await self._patiently(once)

    async def step(self, act: Callable[[UnitOfWork], Awaitable[T]]) -> T:
        """Run *act*, a single call that sees to its own fence, as `Store.step` does; otherwise as `write`."""

        async def once() -> T:
            async with self.store.step() as work:
                return await act(work)

        return await self._patiently(once)

    async def _patiently(self, once: Callable[[], Awaitable[T]]) -> T:
        left, pause = self.patience, FIRST_PAUSE
        while True:
            try:
                return await once()
            except Unavailable:
                if left <= timedelta(0):
                    raise
            await self.pause(pause.total_seconds())
            left, pause = left - pause, min(2 * pause, LONGEST_PAUSE)
