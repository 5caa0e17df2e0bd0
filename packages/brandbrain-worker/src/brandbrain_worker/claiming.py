"""Claiming: what is taken, and how long to wait before the next try."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from random import Random
from typing import Final

import attrs

from brandbrain_core.errors import BrandBrainError
from brandbrain_core.model.job import Job, JobStatus, Lease
from brandbrain_core.policies.lease import lease_of
from brandbrain_core.ports import WakeUps
from brandbrain_core.services.deps import Deps
from brandbrain_worker.counters import Counters
from brandbrain_worker.options import WorkerOptions

log = logging.getLogger(__name__)

AFTER_A_RACE: Final = timedelta(milliseconds=20)
"""The first pause after others were quicker though jobs wait; it doubles as long as that goes on."""

AFTER_AN_ERROR: Final = timedelta(milliseconds=200)
"""The first pause after the database did not answer; it doubles as long as that goes on."""

_PAGE: Final = 200

Pause = Callable[[], Awaitable[None]]


@attrs.frozen(kw_only=True)
class Claim:
    """
    What a try to claim brought.

    Attributes:
        leases: What was claimed.
        found_nothing: The queue was looked at, and nothing in it is ready.
        pause: What to wait for before the next try; None: try at once.
    """

    leases: tuple[Lease, ...] = ()
    found_nothing: bool = False
    pause: Pause | None = None


class Claims:
    """
    Claims jobs for one worker.

    Args:
        deps: The store and the terms of leases.
        worker: Its name.
        options: How long it waits.
        counters: Told of lost races, idle waits, and calls that the database did not answer.
        wake_ups: Ends a wait for jobs early; None: nothing does.
        jitter: Spreads the looks of many workers.
    """

    def __init__(
        self,
        deps: Deps,
        worker: str,
        options: WorkerOptions,
        counters: Counters,
        *,
        wake_ups: WakeUps | None,
        jitter: Random,
    ) -> None:
        self._deps = deps
        self._worker = worker
        self._options = options
        self._counters = counters
        self._wake_ups = wake_ups
        self._jitter = jitter
        self._errors = 0
        self._races = 0
        self._last_token = 0

    async def claim(self, count: int) -> Claim:
        """
        Try to claim up to *count* jobs. Never raises for what the store does.

        A claim whose answer was lost may have been carried out; the next one begins with what it brought.
        """
        try:
            lost_claim = await self._claimed_unawares() if self._errors else ()
            claim = Claim(leases=lost_claim) if lost_claim else await self._claimed(count)
        except BrandBrainError as error:
            log.warning("claim failed", extra={"error": f"{type(error).__name__}: {error}"})
        except Exception:
            log.exception("claim broke")
        else:
            self._errors = 0
            self._last_token = max([self._last_token, *(lease.token for lease in claim.leases)])
            return claim
        self._counters.unanswered("claim")
        self._errors += 1
        seconds = self._growing(AFTER_AN_ERROR, self._errors)
        return Claim(pause=lambda: asyncio.sleep(seconds))

    async def _claimed(self, count: int) -> Claim:
        async with self._deps.store.step() as work:
            leases = await work.jobs.claim(self._worker, limit=count, terms=self._deps.plan.terms)
        if leases:
            self._races = 0
            return Claim(leases=leases)
        if await claimable(self._deps, limit=1):
            self._races += 1
            self._counters.add("lost_races")
            seconds = self._growing(AFTER_A_RACE, self._races)
            return Claim(pause=lambda: asyncio.sleep(seconds))
        self._races = 0
        return Claim(found_nothing=True, pause=self._until_woken)

    async def _claimed_unawares(self) -> tuple[Lease, ...]:
        """Return leases that this worker was given and not told of: their tokens are larger than any known."""
        found: list[Job] = []
        async with self._deps.store.reading() as work:
            while page := await work.jobs.page(
                status=JobStatus.RUNNING, brand=None, after=found[-1].id if found else None, limit=_PAGE
            ):
                found.extend(page)
        leases = (lease_of(job) for job in found if job.locked_by == self._worker)
        unknown = tuple(lease for lease in leases if lease.token > self._last_token)
        self._counters.add("claimed_unawares", len(unknown))
        return unknown

    async def _until_woken(self) -> None:
        self._counters.add("idle_waits")
        seconds = self._options.poll_interval.total_seconds() * self._jitter.uniform(0.8, 1.0)
        if self._wake_ups is None:
            await asyncio.sleep(seconds)
            return
        try:
            await self._wake_ups.wait(seconds)
        except BrandBrainError as error:
            log.warning("waiting for a wake-up failed", extra={"error": f"{type(error).__name__}: {error}"})
            await asyncio.sleep(seconds)

    def _growing(self, first: timedelta, times: int) -> float:
        longest = self._options.poll_interval.total_seconds()
        return min(first.total_seconds() * 2.0 ** min(times - 1, 20), longest) * self._jitter.uniform(0.5, 1.0)


async def claimable(deps: Deps, *, limit: int) -> tuple[Job, ...]:
    """Return what a worker would claim now, and change nothing."""
    async with deps.store.reading() as work:
        return await work.jobs.claimable(limit=limit)
