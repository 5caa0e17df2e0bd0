"""The whole worker over a store in memory, on simulated time: hours of stopping, blocking and outages in no time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from random import Random
from typing import Any

import attrs
import pytest
from tests.worker.conftest import Between, Silent, publish

from brandbrain_core.errors import LeaseLost, Unavailable
from brandbrain_core.memory import MemoryStore
from brandbrain_core.model.job import Job, LeaseTerms
from brandbrain_core.pipeline.plan import Plan
from brandbrain_core.pipeline.tools import Tools
from brandbrain_core.ports import Ended, Released, Store
from brandbrain_core.services.deps import Deps
from brandbrain_core.testing import build
from brandbrain_core.testing.clock import SequentialIds
from brandbrain_core.testing.simulation.clocks import SimulatedClock
from brandbrain_core.testing.simulation.loop import SimulatedLoop
from brandbrain_core.testing.simulation.processes import Process
from brandbrain_worker import Outcome, Work, Worker, WorkerOptions
from brandbrain_worker.counters import Counters
from brandbrain_worker.heartbeat import OpenStore, beat_for_ever
from brandbrain_worker.held import HeldLeases

TERMS = LeaseTerms(heartbeat=timedelta(seconds=30), stale_after=timedelta(seconds=600))
STALE = TERMS.stale_after.total_seconds()
FENCED_AT = 0.8 * STALE
"""Seconds without a sign of life after which a worker stops its work."""


@attrs.define
class SimulatedHeart:
    """Beats on the second thread of a simulated process."""

    process: Process
    beats: Callable[[], Awaitable[None]]
    beating: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin."""
        self.beating = self.process.spawn(_as_coroutine(self.beats()), beating=True)

    def stop(self) -> None:
        """End."""
        if self.beating is not None:
            self.beating.cancel()


class World:
    """A store in memory, one process for a worker, and the time that both live by."""

    def __init__(self, loop: SimulatedLoop) -> None:
        self.loop = loop
        self.is_away = False
        clock = SimulatedClock(loop.time)
        self.store: Store = MemoryStore(clock, draw=lambda: 0.0)
        self.process = Process(loop, "w1")
        plan = Plan(synthesizers=(Silent(),), terms=TERMS)
        self.deps = Deps(store=self.store, clock=clock, ids=SequentialIds(), plan=plan)

    def hire(self, work: Work, **options: Any) -> tuple[Worker, asyncio.Task[Outcome]]:
        """Start a worker in the process; it reaches the store while that is not away."""
        deps = attrs.evolve(self.deps, store=Between(self.store, before=self._reach))
        process = self.process

        def make_heart(
            open_store: OpenStore,
            leases: HeldLeases,
            terms: LeaseTerms,
            counters: Counters,
            monotonic: Callable[[], float],
        ) -> SimulatedHeart:
            return SimulatedHeart(process, lambda: beat_for_ever(open_store, leases, terms, counters, monotonic))

        async def opened() -> Store:
            return deps.store

        worker = Worker(
            deps,
            name="loft-00000001",
            options=WorkerOptions(**options),
            open_store=opened,
            work=work,
            monotonic=self.loop.time,
            jitter=Random(1),
            make_heart=make_heart,
        )
        return worker, process.spawn(worker.run())

    async def enqueue(self, *numbers: int) -> None:
        """Put jobs into the queue, each of a brand of its own."""
        async with self.store.transaction() as work:
            for number in numbers:
                brand_id = build.brand_id(number)
                await work.brands.add(build.brand(number))
                job = build.job(number, brand_id=brand_id, available_at=self.deps.clock.now())
                await work.jobs.add(build.compile_run(number, brand_id=brand_id), job)

    async def sweep(self) -> tuple[Released, ...]:
        """Take stale leases away, as any other worker does."""
        async with self.store.transaction() as work:
            return await work.jobs.release_stale(limit=100, terms=TERMS)

    async def job(self, number: int = 1) -> Job:
        """Return a job as it is stored."""
        async with self.store.reading() as work:
            return await work.jobs.get(build.job_id(number))

    async def ended(self, number: int = 1) -> tuple[str, int, int]:
        """Return the job's status and attempts, and how many snapshots its brand has."""
        job = await self.job(number)
        async with self.store.reading() as work:
            return job.status, job.attempts, await work.snapshots.count(build.brand_id(number))

    async def until(self, second: float) -> None:
        """Wait for this second."""
        await asyncio.sleep(second - self.loop.time())

    def _reach(self) -> None:
        if self.is_away:
            raise Unavailable("database", "it is away")


def simulated(scene: Callable[[World], Awaitable[None]], seed: int) -> None:
    """Play a scene; nothing may have broken in the worker's process."""
    loop = SimulatedLoop.seeded(Random(seed))
    world = World(loop)
    loop.run(_as_coroutine(scene(world)))
    assert [] == world.process.crashed


def lasting(seconds: float) -> Work:
    """Return work that waits so long and then publishes."""

    async def work(tools: Tools) -> Ended:
        await asyncio.sleep(seconds)
        return await publish(tools)

    return work


seeds = pytest.mark.parametrize("seed", range(5))


@seeds
def test_jobs_are_claimed_as_they_come(seed: int) -> None:
    """Two at a time while there are slots, the third when one is free, the fourth within the time between two looks."""

    async def scene(world: World) -> None:
        await world.enqueue(1, 2, 3)
        _, running = world.hire(lasting(100), concurrency=2, max_jobs=4)
        await world.until(50.5)
        assert ["running", "running", "pending"] == [(await world.job(n)).status for n in (1, 2, 3)]
        await world.until(300.5)
        await world.enqueue(4)
        await world.until(306.0)
        assert "running" == (await world.job(4)).status

        assert Outcome(done=4, handed_back=0) == await running
        assert [("succeeded", 1, 1)] * 4 == [await world.ended(number) for number in (1, 2, 3, 4)]

    simulated(scene, seed)


@seeds
def test_a_blocked_loop_loses_nothing(seed: int) -> None:
    """Signs of life go on while the worker's loop hangs for two stale times, and nobody takes its lease."""

    async def scene(world: World) -> None:
        await world.enqueue(1)
        worker, running = world.hire(lasting(60), once=True)
        await world.until(10.5)
        world.process.block(2 * STALE)
        for minute in range(1, 20):
            await world.until(60.0 * minute + 0.5)
            assert () == await world.sweep()

        assert Outcome(done=1, handed_back=0) == await running
        assert ("succeeded", 1, 1) == await world.ended()
        assert 0 == worker.counters.count("refused_heartbeat")

    simulated(scene, seed)


@seeds
def test_a_stopped_process_is_told_that_it_lost_its_lease(seed: int) -> None:
    """Another one finishes the job meanwhile; the first one writes nothing more, and goes on with the next job."""

    async def scene(world: World) -> None:
        await world.enqueue(1)
        worker, running = world.hire(lasting(400), max_jobs=2)
        await world.until(100.5)
        world.process.pause(1.5 * STALE)
        await world.until(100.5 + STALE + 1)
        assert [build.job_id(1)] == [released.job_id for released in await world.sweep()]
        async with world.store.transaction() as work:
            (other,) = await work.jobs.claim("other-00000002", limit=1, terms=TERMS)
        await publish(Tools(lease=other, **_outside(world)))
        before = await world.job()
        await world.enqueue(2)

        assert Outcome(done=2, handed_back=0) == await running
        assert before == await world.job()
        assert [("succeeded", 2, 1), ("succeeded", 1, 1)] == [await world.ended(number) for number in (1, 2)]
        assert 1 == sum(worker.counters.count(end) for end in ("lost", "dropped"))

    simulated(scene, seed)


@seeds
def test_a_lost_lease_cancels_the_work(seed: int) -> None:
    """With the first sign of life that is refused, however long the work would still wait."""
    stopped: list[float] = []

    async def scene(world: World) -> None:
        async def work(tools: Tools) -> Ended:
            try:
                await asyncio.sleep(100_000)
            finally:
                stopped.append(world.loop.time())
            raise LeaseLost(tools.lease.job_id, tools.lease.token)

        await world.enqueue(1)
        worker, running = world.hire(work, once=True)
        await world.until(100.5)
        async with world.store.transaction() as other:
            await other.jobs.release_worker(worker.name)

        assert Outcome(done=1, handed_back=0) == await running
        assert [120.0] == [round(second) for second in stopped]
        assert (1, 1) == (worker.counters.count("lost"), worker.counters.count("refused_heartbeat"))

    simulated(scene, seed)


@seeds
def test_an_outage_is_waited_out_until_the_worker_must_stop(seed: int) -> None:
    """Work goes on without its database, and its end is tried again and again; a short outage costs nothing."""

    async def scene(world: World) -> None:
        await world.enqueue(1)
        worker, running = world.hire(lasting(100), once=True, stale_check_interval=timedelta(hours=9))
        await world.until(50.5)
        world.is_away = True
        await world.until(400.5)
        world.is_away = False

        assert Outcome(done=1, handed_back=0) == await running
        assert world.loop.time() < 410
        assert ("succeeded", 1, 1) == await world.ended()
        assert worker.counters.count("unanswered_heartbeat") > 0

    simulated(scene, seed)


@seeds
def test_a_long_outage_ends_the_work_at_the_local_deadline(seed: int) -> None:
    """Before anybody could take the lease; when the database is back the job is done by another attempt."""
    stopped: list[float] = []

    async def scene(world: World) -> None:
        async def work(tools: Tools) -> Ended:
            try:
                await asyncio.sleep(1500 if tools.lease.attempt == 1 else 1)
            finally:
                stopped.append(world.loop.time())
            return await publish(tools)

        await world.enqueue(1)
        worker, running = world.hire(work, max_jobs=2)
        await world.until(50.5)
        world.is_away = True
        await world.until(1000.5)
        assert FENCED_AT <= stopped[0] - 30 < FENCED_AT + 10
        assert 1 == worker.counters.count("dropped")
        world.is_away = False

        assert Outcome(done=2, handed_back=0) == await running
        assert ("succeeded", 2, 1) == await world.ended()

    simulated(scene, seed)


@seeds
def test_work_that_breaks_while_the_database_is_away_is_told_later(seed: int) -> None:
    """Its failure is written once the database is back, as long as the lease is surely held."""

    async def scene(world: World) -> None:
        async def work(tools: Tools) -> Ended:
            await asyncio.sleep(100)
            raise ZeroDivisionError

        await world.enqueue(1)
        worker, running = world.hire(work, once=True)
        await world.until(50.5)
        world.is_away = True
        await world.until(300.5)
        world.is_away = False

        assert Outcome(done=1, handed_back=0) == await running
        assert ("pending", 1, 0) == await world.ended()
        assert 1 == worker.counters.count("retried")

    simulated(scene, seed)


@seeds
def test_what_does_not_end_in_time_is_handed_back(seed: int) -> None:
    """The first signal drains, for as long as is allowed; then the job waits again, its attempt not counted."""

    async def scene(world: World) -> None:
        await world.enqueue(1)
        worker, running = world.hire(lasting(1000), drain_timeout=timedelta(seconds=30))
        await world.until(100.5)
        worker.stop()

        assert Outcome(done=0, handed_back=1) == await running
        assert 130 == round(world.loop.time())
        assert ("pending", 0, 0) == await world.ended()

    simulated(scene, seed)


def _outside(world: World) -> dict[str, Any]:
    deps = world.deps
    return {"store": deps.store, "clock": deps.clock, "ids": deps.ids, "plan": deps.plan}


async def _as_coroutine(awaitable: Awaitable[Any]) -> Any:
    return await awaitable
