"""
Waiting for a database that may never answer, no longer than the leases allow.

A network can fall silent: nothing is answered and nothing refused, and closing a connection takes its time, too. So the
work of a lease is stopped when its time is over, whatever is waited for at that moment.

A process can also sleep through that moment (SIGSTOP, a host that was suspended). Somebody else may have its leases
then, and the database knows: it is asked first, and they are judged by what it says. Only if it says nothing for a
short while are they given up all the same.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Coroutine
from datetime import timedelta
from typing import Any, Final, TypeVar

from brandbrain_core.model.job import LeaseTerms
from brandbrain_worker.held import HeldLease, HeldLeases, Verdict

log = logging.getLogger(__name__)

T = TypeVar("T")

GRACE: Final = 0.5
"""
How long a process that slept waits for an answer, and how much later than planned it must wake up to count as one that
slept; a share of the time between two signs of life.

A lease can be taken away 0.2 of the stale time after its work should have stopped, which is 0.6 of the time between two
signs of life or more. So a worker that lost a lease while it slept knows that it slept, and one that did not sleep has
stopped before.
"""


def patience(terms: LeaseTerms, margin: timedelta) -> timedelta:
    """
    Return how long an answer is waited for.

    Args:
        terms: How often signs of life are given.
        margin: Until the first lease must be given up; not positive: the process slept through that moment.

    >>> [patience(LeaseTerms(), timedelta(seconds=n)).total_seconds() for n in (300, 20, -300)]
    [30.0, 20.0, 15.0]
    """
    return min(terms.heartbeat, margin) if margin > timedelta(0) else terms.heartbeat * GRACE


def has_slept(terms: LeaseTerms, planned: timedelta, took: timedelta) -> bool:
    """Tell whether a process that wanted to wait so long, and took so long, slept meanwhile."""
    return took - planned > terms.heartbeat * GRACE


class Watch:
    """
    Waits for whoever beats, no longer than the leases allow, and gives up those whose time is over.

    Attributes:
        leases: Those that are held.
        terms: How often signs of life are given, and when a lease that cannot be confirmed is given up.
        monotonic: The time by which the leases are held; seconds.
    """

    def __init__(self, leases: HeldLeases, terms: LeaseTerms, monotonic: Callable[[], float]) -> None:
        self.leases = leases
        self.terms = terms
        self.monotonic = monotonic
        self._under_way: set[asyncio.Future[Any]] = set()

    async def answer(self, asking: Coroutine[Any, Any, T | None]) -> T | None:
        """
        Return what *asking* brings; None also if it takes longer than the time between two signs of life, or than the
        leases allow. Then it is broken off, and nobody waits until it has let go of its connection.
        """
        task = asyncio.ensure_future(asking)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        planned, slept = patience(self.terms, self._margin()), True
        try:
            while slept and not task.done():
                slept = await self._slept(planned, asyncio.wait((task,), timeout=planned.total_seconds()))
                planned = self.terms.heartbeat * GRACE
            if task.done():
                return task.result()
            log.warning("the database does not answer", extra={"leases": len(self.leases.all())})
            return None
        finally:
            task.cancel()

    async def rest(self, pause: timedelta) -> None:
        """Wait for *pause*, or until a lease must be given up, and do so; return at once if that moment has passed."""
        margin = self._margin()
        planned = max(min(pause, margin), timedelta(0))
        slept = await self._slept(planned, asyncio.sleep(planned.total_seconds()))
        if timedelta(0) < margin <= pause and not slept:
            self.fence()

    def fence(self, *, sparing: Collection[HeldLease] = ()) -> None:
        """
        Stop the work of every lease that could not be confirmed for too long, also where its end is being written.

        Args:
            sparing: Leases that were just answered for. If the process slept while the answer was on its way, that
                tells nothing of now, and is no silence either: the next question comes at once.
        """
        now = self.monotonic()
        for each in self.leases.all():
            if each not in sparing and each.margin(self.terms, now) <= timedelta(0):
                each.judge(Verdict.UNCONFIRMED, even_finishing=True)

    async def close(self) -> None:
        """Return when all that was broken off has let go of its connection."""
        if self._under_way:
            await asyncio.wait(self._under_way)

    def _margin(self) -> timedelta:
        """Return how long it is until the first lease must be given up."""
        now = self.monotonic()
        margins = (each.margin(self.terms, now) for each in self.leases.all() if each.verdict is None)
        return min(margins, default=timedelta.max)

    async def _slept(self, planned: timedelta, waiting: Awaitable[object]) -> bool:
        """Wait; tell whether the process slept meanwhile."""
        began = self.monotonic()
        await waiting
        return has_slept(self.terms, planned, timedelta(seconds=self.monotonic() - began))
