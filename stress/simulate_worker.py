"""
The real worker in a simulated world: its claims, attempts, signs of life and sweeps, on simulated time.

Only what begins threads or asks the machine's clock is put together anew here: the outermost loop of
`brandbrain_worker.runner` and the thread of `brandbrain_worker.heartbeat`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

import attrs

from brandbrain_core.model.job import Lease, LeaseTerms
from brandbrain_core.testing.simulation import Seat
from brandbrain_core.testing.simulation.naps import nap
from brandbrain_worker.attempt import attempt
from brandbrain_worker.claiming import Claims
from brandbrain_worker.counters import Counters
from brandbrain_worker.heartbeat import SOONER, beat
from brandbrain_worker.held import HeldLease, HeldLeases, Verdict
from brandbrain_worker.options import WorkerOptions
from brandbrain_worker.refusals import CountingStore
from brandbrain_worker.sweeping import sweep
from brandbrain_worker.watching import Watch


class SimulatedLease(HeldLease):
    """A held lease whose time is the simulated machine's, whoever asks."""

    def __init__(self, lease: Lease, *, begun: float, monotonic: Callable[[], float]) -> None:
        super().__init__(lease, begun=begun)
        self._monotonic = monotonic

    def margin(self, terms: LeaseTerms, monotonic: float) -> timedelta:  # noqa: ARG002
        """Return how long the work may go on without another confirmed sign of life."""
        return super().margin(terms, self._monotonic())


class RealWorker:
    """A worker made of the parts of the real one."""

    def __init__(self, seat: Seat) -> None:
        self._seat = seat
        self._counters = Counters()
        self._leases = HeldLeases()
        self._deps = attrs.evolve(seat.deps, store=CountingStore(seat.deps.store, self._counters, self._leases))
        options = WorkerOptions(concurrency=seat.slots, poll_interval=timedelta(seconds=seat.poll))
        self._claims = Claims(
            self._deps, seat.name, options, self._counters, wake_ups=seat.wake_ups, jitter=seat.random
        )
        self._tasks: list[asyncio.Task[None]] = []

    async def run(self) -> None:
        """Work until told to stop; then hand back what is held."""
        self._seat.spawn_beating(self._beat())
        await sweep(self._deps, self._counters)
        others = [self._seat.spawn(self._sweep()), self._seat.spawn(self._claim())]
        await self._seat.stopping.wait()
        for task in others:
            task.cancel()
        for held in self._leases.all():
            held.judge(Verdict.RETURNED)
        for task in self._tasks:
            await task

    async def _claim(self) -> None:
        while True:
            self._tasks = [task for task in self._tasks if not task.done()]
            if len(self._tasks) >= self._seat.slots:
                await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
                continue
            before = self._seat.monotonic()
            claim = await self._claims.claim(self._seat.slots - len(self._tasks))
            for lease in claim.leases:
                held = SimulatedLease(lease, begun=before, monotonic=self._seat.monotonic)
                self._tasks.append(self._seat.spawn(self._do(held)))
            if claim.pause is not None:
                await claim.pause()

    async def _do(self, held: HeldLease) -> None:
        with self._leases.holding(held):
            await attempt(self._deps, held, work=self._seat.work)

    async def _beat(self) -> None:
        terms = self._deps.plan.terms
        watch, pause = Watch(self._leases, terms, self._seat.monotonic), terms.heartbeat
        while True:
            await watch.rest(pause)
            answered = await beat(self._seat.deps.store, watch, self._counters)
            pause = terms.heartbeat if answered else terms.heartbeat / SOONER

    async def _sweep(self) -> None:
        while True:
            await nap(self._seat.sweep)
            await sweep(self._deps, self._counters)


async def real_worker(seat: Seat) -> None:
    """Be the real worker."""
    await RealWorker(seat).run()
