"""A plain worker that keeps all the rules, for simulations of stores; other workers are simulated in its place."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Final

import attrs

from brandbrain_core.errors import BrandBrainError, LeaseLost, Unavailable
from brandbrain_core.model.job import Lease
from brandbrain_core.pipeline.tools import Tools
from brandbrain_core.ports import Ended
from brandbrain_core.services.jobs import release_stale
from brandbrain_core.testing.simulation.naps import nap
from brandbrain_core.testing.simulation.seats import Seat

PATIENCE: Final = timedelta(seconds=10)


@attrs.define(eq=False)
class _Held:
    """A lease and the task that works on it; *confirmed* is the time before the last accepted sign of life."""

    lease: Lease
    confirmed: float
    work: asyncio.Future[Ended] | None = None
    doing: asyncio.Task[None] | None = None
    is_finishing: bool = False
    verdict: str | None = None

    def stop(self, verdict: str) -> None:
        if self.verdict is None:
            self.verdict = verdict
            if self.work is not None:
                self.work.cancel()


async def reference_worker(seat: Seat) -> None:
    """Claim, work, beat and sweep until told to stop; then hand back what is held."""
    worker = _Worker(seat)
    seat.spawn_beating(worker.beat())
    sweeper = seat.spawn(worker.sweep())
    claimer = seat.spawn(worker.claim())
    await seat.stopping.wait()
    claimer.cancel()
    sweeper.cancel()
    await worker.hand_back()


class _Worker:
    def __init__(self, seat: Seat) -> None:
        self._seat = seat
        self._terms = seat.deps.plan.terms
        self._held: list[_Held] = []

    async def claim(self) -> None:
        """Take jobs while there are free slots."""
        seat = self._seat
        while True:
            free = seat.slots - len(self._held)
            if free:
                before = seat.monotonic()
                try:
                    async with seat.deps.store.transaction() as work:
                        leases = await work.jobs.claim(seat.name, limit=free, terms=self._terms)
                except Unavailable:
                    leases = ()
                for lease in leases:
                    self._begin(_Held(lease, before))
            await seat.wake_ups.wait(seat.poll * seat.random.uniform(0.5, 1.0))

    async def sweep(self) -> None:
        """Look for the dead."""
        while True:
            try:
                async for _ in release_stale(self._seat.deps):
                    pass
            except Unavailable:
                pass
            await nap(self._seat.sweep)

    async def beat(self) -> None:
        """Give signs of life, and stop what must stop."""
        while True:
            await nap(self._terms.heartbeat.total_seconds())
            held = [each for each in self._held if each.verdict is None and not each.is_finishing]
            before = self._seat.monotonic()
            if held:
                await self._beat(held, before)
            for each in list(self._held):
                if self._seat.monotonic() - each.confirmed > 0.8 * self._terms.stale_after.total_seconds():
                    each.stop("unconfirmed")

    async def hand_back(self) -> None:
        """Stop all work and give it back."""
        for held in list(self._held):
            held.stop("returned")
        for doing in [held.doing for held in self._held if held.doing is not None]:
            await doing

    async def _beat(self, held: list[_Held], before: float) -> None:
        try:
            async with (
                asyncio.timeout(self._terms.heartbeat.total_seconds()),
                self._seat.deps.store.transaction() as work,
            ):
                beats = await work.jobs.extend([each.lease for each in held], terms=self._terms)
        except (Unavailable, TimeoutError):
            return
        for each, beat in zip(held, beats, strict=True):
            if beat.lost:
                each.stop("lost")
            elif beat.cancel:
                each.stop("ended")
            else:
                each.confirmed = before

    def _begin(self, held: _Held) -> None:
        self._held.append(held)
        held.doing = self._seat.spawn(self._do(held))

    async def _do(self, held: _Held) -> None:
        """Do the work of a lease, and end its job if the work did not."""
        held.work = asyncio.ensure_future(self._seat.work(self._tools(held)))
        try:
            await asyncio.wait([held.work])
            error = None if held.work.cancelled() else held.work.exception()
            await self._end(held, error)
        except BrandBrainError:
            return
        finally:
            held.work.cancel()
            self._held.remove(held)

    async def _end(self, held: _Held, error: BaseException | None) -> None:
        lease, terms = held.lease, self._terms
        if held.verdict == "returned":
            await self._tools(held).end(lambda work: work.jobs.hand_back(lease))
        elif held.verdict == "ended" or not (error is None or isinstance(error, LeaseLost | Unavailable)):
            await self._tools(held).end(
                lambda work: work.jobs.fail(lease, "stopped", retry=True, report=None, terms=terms)
            )

    def _tools(self, held: _Held) -> Tools:
        def finishing() -> None:
            held.is_finishing = True

        deps = self._seat.deps
        return Tools(
            store=deps.store,
            clock=deps.clock,
            ids=deps.ids,
            plan=deps.plan,
            lease=held.lease,
            patience=PATIENCE,
            finishing=finishing,
        )
