"""A store behind a bad network: what is lost, undone, carried out all the same, and carried out twice."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from random import Random
from typing import Any

import attrs
import pytest

from brandbrain_core.errors import Unavailable
from brandbrain_core.memory import MemoryStore
from brandbrain_core.model.job import Job, JobStatus, Lease
from brandbrain_core.ports import Store
from brandbrain_core.testing import build
from brandbrain_core.testing.simulation.clocks import SimulatedClock
from brandbrain_core.testing.simulation.invariants import InvariantBroken
from brandbrain_core.testing.simulation.loop import SimulatedLoop
from brandbrain_core.testing.simulation.network import GOOD_NETWORK, Link, Network, NetworkFaults
from brandbrain_core.testing.simulation.processes import Process
from brandbrain_core.testing.simulation.scenario import SHORT
from brandbrain_core.testing.simulation.store import FaultyStore, Server
from brandbrain_core.testing.simulation.trace import Trace
from brandbrain_core.testing.simulation.wakeups import Bell
from brandbrain_core.testing.simulation.watcher import Watcher


@attrs.define
class Bench:
    """A store with one job, and a process that is connected with it."""

    loop: SimulatedLoop
    inner: MemoryStore
    watcher: Watcher
    network: Network
    process: Process
    link: Link
    store: Store

    async def claim(self) -> Lease:
        """Claim the job."""
        async with self.store.transaction() as work:
            (lease,) = await work.jobs.claim("w1", limit=1, terms=SHORT)
        return lease

    async def fail(self, lease: Lease) -> None:
        """Fail an attempt."""
        async with self.store.transaction() as work:
            await work.jobs.fail(lease, "boom", retry=True, report=None, terms=SHORT)

    async def job(self) -> Job:
        """Return the job as it is stored."""
        async with self.inner.reading() as work:
            return await work.jobs.get(build.job_id(1))


def on_bench(act: Callable[[Bench], Awaitable[Any]], **faults: Any) -> Bench:
    """Run *act* with these faults of the network, then wait until nothing is on its way; return the bench."""
    random = Random(1)
    loop = SimulatedLoop.seeded(random)
    clock = SimulatedClock(loop.time)
    inner = MemoryStore(clock, draw=random.random)

    def halt(broken: InvariantBroken) -> None:
        loop.halted = broken

    watcher = Watcher(inner, [build.BRAND], clock=clock, terms=SHORT, trace=Trace(loop.time), halt=halt)
    network = Network(loop, random, GOOD_NETWORK)
    process, store_process = Process(loop, "w1"), Process(loop, "store")
    link = Link(network, process)
    server = Server(inner, watcher, Bell(random), store_process, loop.call_later)
    bench = Bench(loop, inner, watcher, network, process, link, FaultyStore(server, link))

    async def main() -> None:
        async with bench.store.transaction() as work:
            await work.brands.add(build.brand())
            await work.jobs.add(build.compile_run(), build.job())
        network.faults = NetworkFaults(**faults)
        await act(bench)
        await asyncio.sleep(1000)

    loop.run(main())
    return bench


def test_a_commit_whose_answer_is_lost_has_happened() -> None:
    """The caller is told that the connection broke; the store has committed."""

    async def act(bench: Bench) -> None:
        with pytest.raises(Unavailable):
            await bench.claim()
        assert JobStatus.RUNNING is (await bench.job()).status

    on_bench(act, lost_answers=1.0)


def test_a_lost_message_undoes_the_transaction() -> None:
    """Whatever is lost, the caller is told, and the store undoes what had not been committed."""

    async def act(bench: Bench) -> None:
        async def cut_off() -> None:
            async with bench.store.transaction() as work:
                await work.jobs.claim("w1", limit=1, terms=SHORT)
                bench.link.cut(5)
                await work.jobs.stats()

        with pytest.raises(Unavailable):
            await cut_off()
        await asyncio.sleep(1)
        assert JobStatus.PENDING is (await bench.job()).status

    on_bench(act)


def test_a_broken_connection_that_nobody_notices_blocks_until_the_store_is_tired_of_it() -> None:
    """Until then, the next writer waits."""

    async def act(bench: Bench) -> None:
        async def cut_off() -> None:
            async with bench.store.transaction() as work:
                await work.jobs.stats()
                bench.link.cut(1)
                await work.jobs.stats()

        with pytest.raises(Unavailable):
            await cut_off()
        began = bench.loop.time()
        await asyncio.sleep(1)
        await bench.claim()
        assert 19 < bench.loop.time() - began < 21

    bench = on_bench(act, unnoticed=1.0)

    assert 1 == bench.watcher.counts["idle transactions undone"]


def test_a_stopped_process_loses_its_transaction() -> None:
    """Its locks are not held for ever; when it goes on, it is told."""

    async def act(bench: Bench) -> None:
        async def hold() -> None:
            async with bench.store.transaction() as work:
                await work.jobs.claim("w1", limit=1, terms=SHORT)
                await asyncio.sleep(1)
                await work.jobs.stats()

        holding = bench.process.spawn(hold())
        await asyncio.sleep(0.5)
        bench.process.pause(100)
        with pytest.raises(Unavailable):
            await holding
        assert JobStatus.PENDING is (await bench.job()).status

    on_bench(act)


def test_a_killed_process_leaves_nothing_half_written() -> None:
    """Killed within a transaction, it has written nothing."""

    async def act(bench: Bench) -> None:
        async def hold() -> None:
            async with bench.store.transaction() as work:
                await work.jobs.claim("w1", limit=1, terms=SHORT)
                await asyncio.sleep(10)

        holding = bench.process.spawn(hold())
        await asyncio.sleep(1)
        bench.process.kill()
        await asyncio.wait([holding])
        await asyncio.sleep(1)
        assert JobStatus.PENDING is (await bench.job()).status

    on_bench(act)


def test_a_dead_process_reaches_nobody() -> None:
    """What it still tries is cancelled."""

    async def act(bench: Bench) -> None:
        bench.process.kill()
        with pytest.raises(asyncio.CancelledError):
            await bench.claim()
        assert JobStatus.PENDING is (await bench.job()).status

    on_bench(act)


def test_a_doubled_call_is_carried_out_twice() -> None:
    """The second one is refused, and the caller hears of the first."""

    async def act(bench: Bench) -> None:
        lease = await bench.claim()
        await bench.fail(lease)
        assert (JobStatus.PENDING, 1) == ((await bench.job()).status, (await bench.job()).attempts)

    assert 1 == on_bench(act, doubled=1.0).watcher.counts["refused doubles"]


def test_a_repeated_transaction_comes_again_later() -> None:
    """A claim and a failure are delivered once more: the claim finds nothing, the failure is refused."""

    async def act(bench: Bench) -> None:
        lease = await bench.claim()
        await asyncio.sleep(5)
        await bench.fail(lease)

    bench = on_bench(act, repeated=1.0, latest=1.0)

    assert (2, 1, 1) == (
        bench.watcher.counts["accepted claim"],
        bench.watcher.counts["accepted fail"],
        bench.watcher.counts["refused fail"],
    )
