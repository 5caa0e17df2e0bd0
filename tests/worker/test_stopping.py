"""Work that must stop: lost and cancelled leases, deadlines, signals."""

from __future__ import annotations

import asyncio
import threading
from datetime import datetime, timedelta

import attrs
from tests.worker.conftest import Between, Idling, Lab, publish

from brandbrain_core.errors import Unavailable
from brandbrain_core.pipeline.tools import Tools
from brandbrain_core.ports import Ended
from brandbrain_core.testing import build
from brandbrain_worker import Outcome, Worker

HOUR = timedelta(hours=1)
DONE = ("succeeded", "SUCCEEDED", 1, 1, None)


@attrs.define
class Endless:
    """Work that tells when it has begun, ends when it is let, and notes when it is cancelled."""

    begun: asyncio.Event = attrs.field(factory=asyncio.Event)
    let: asyncio.Event = attrs.field(factory=asyncio.Event)
    cancelled: bool = False

    async def __call__(self, tools: Tools) -> Ended:
        """Do it."""
        self.begun.set()
        try:
            await self.let.wait()
        except asyncio.CancelledError:
            self.cancelled = True
            raise
        return await publish(tools)


async def started(lab: Lab, worker: Worker, work: Endless) -> asyncio.Task[Outcome]:
    """Run the worker until its work has begun."""
    running = asyncio.create_task(lab.done(worker))
    await asyncio.wait_for(work.begun.wait(), 20)
    return running


async def test_a_lost_lease_cancels_the_work(lab: Lab) -> None:
    """Somebody takes the lease away; the next sign of life says so, and the paid work stops."""
    await lab.enqueue(1)
    work = Endless()
    worker = lab.worker(work, once=True)
    running = await started(lab, worker, work)

    async with lab.store.transaction() as other:
        await other.jobs.release_worker(worker.name)
    await running

    assert work.cancelled
    assert (1, 1) == (worker.counters.count("lost"), worker.counters.count("refused_heartbeat"))
    assert ("pending", "PENDING", 1, 0, None) == await lab.ended(1)


async def test_a_taken_over_worker_changes_nothing_and_the_new_one_finishes(lab: Lab) -> None:
    """The zombie ends its work while another holds the lease: refused, counted, and one snapshot in the end."""
    await lab.enqueue(1)
    terms = {"heartbeat": HOUR, "stale_after": 3 * HOUR}
    work = Endless()
    zombie = lab.with_terms(**terms).worker(work, once=True)
    running = await started(lab, zombie, work)
    async with lab.store.transaction() as other:
        await other.jobs.release_worker(zombie.name)
    (lease,) = await lab.claim()
    before = await lab.job(1), await lab.run(1)

    work.let.set()
    await running

    assert before == (await lab.job(1), await lab.run(1))
    assert 0 == await lab.snapshots(1)
    assert (1, 1) == (zombie.counters.count("lost"), zombie.counters.count("refused_complete"))
    assert 2 == lease.attempt


async def test_progress_and_ends_of_a_zombie_are_refused_by_kind(lab: Lab) -> None:
    """Each write tells what it was when it is refused."""
    await lab.enqueue(1)
    kinds: list[str] = []

    async def writes(tools: Tools) -> Ended:
        async with lab.store.transaction() as other:
            await other.jobs.release_worker(tools.lease.worker)
        lease, terms = tools.lease, tools.plan.terms
        acts = {
            "progress": tools.end(lambda work: work.jobs.progress(lease, build.progress())),
            "evidence": tools.write(lambda work: work.evidence.upsert(lease.brand_id, (), at=build.NOON)),
            "fail": tools.end(lambda work: work.jobs.fail(lease, "x", retry=True, report=None, terms=terms)),
            "hand_back": tools.end(lambda work: work.jobs.hand_back(lease)),
        }
        for kind, act in acts.items():
            try:
                await act
            except Exception as error:  # noqa: BLE001  all are looked at below
                kinds.append(f"{kind}: {type(error).__name__}")
        return await publish(tools)

    worker = lab.with_terms(heartbeat=HOUR, stale_after=3 * HOUR).worker(writes, once=True)
    await lab.done(worker)

    assert [f"{kind}: LeaseLost" for kind in ("progress", "evidence", "fail", "hand_back")] == kinds
    refused = {name: n for name, n in worker.counters.as_dict().items() if name.startswith("refused_")}
    expected = dict.fromkeys(("progress", "evidence", "fail", "hand_back", "complete"), 1)
    assert {f"refused_{kind}": n for kind, n in expected.items()} == refused


async def test_cancelling_a_running_job_stops_it_within_a_beat(lab: Lab) -> None:
    """The run ends FAILED ``Cancelled``, and no snapshot appears."""
    await lab.enqueue(1)
    work = Endless()
    worker = lab.worker(work, once=True)
    running = await started(lab, worker, work)

    async with lab.store.transaction() as person:
        await person.jobs.cancel(build.run_id(1))
    await running

    assert work.cancelled
    assert ("failed", "FAILED", 1, 0, "Cancelled") == await lab.ended(1)
    assert (await lab.run(1)).cancelled
    assert 1 == worker.counters.count("cancelled")


async def test_a_deadline_ends_the_attempt(lab: Lab) -> None:
    """Beats go on, but not for ever: the attempt fails, and it was the only one."""
    await lab.enqueue(1, max_attempts=1)
    work = Endless()
    worker = lab.with_terms(deadline=timedelta(milliseconds=150)).worker(work, once=True, stale_check_interval=HOUR)
    running = await started(lab, worker, work)

    await running

    assert work.cancelled
    assert ("failed", "FAILED", 1, 0, "The attempt took longer than its deadline allows") == await lab.ended(1)
    assert 1 == worker.counters.count("overdue")


async def test_work_that_blocks_the_loop_does_not_stop_the_beats(lab: Lab) -> None:
    """The loop stands still until three signs of life have been seen from outside; then the job is done, once."""
    await lab.enqueue(1)
    seen: set[datetime | None] = set()

    async def watch() -> None:
        store = await lab.opened()
        while len(seen) < 3:
            async with store.reading() as work:
                seen.add((await work.jobs.get(build.job_id(1))).locked_at)
        await store.close()

    async def blocks(tools: Tools) -> Ended:
        watching = threading.Thread(target=lambda: asyncio.run(watch()))
        watching.start()
        watching.join(20)
        return await publish(tools)

    await lab.done(lab.worker(blocks, once=True))

    assert 3 == len(seen)
    assert DONE == await lab.ended(1)


async def test_the_first_signal_drains(lab: Lab) -> None:
    """Nothing more is claimed, beats go on, and what runs is done."""
    await lab.enqueue(1, 2)
    work = Endless()
    worker = lab.worker(work, concurrency=1)
    running = await started(lab, worker, work)

    worker.stop()
    at_the_signal = await lab.job(1)
    now = at_the_signal
    while now.locked_at == at_the_signal.locked_at:
        now = await lab.job(1)
    work.let.set()

    assert Outcome(done=1, handed_back=0) == await running
    assert DONE == await lab.ended(1)
    assert ("pending", "PENDING", 0, 0, None) == await lab.ended(2)


async def test_the_second_signal_hands_back_without_using_up_an_attempt(lab: Lab) -> None:
    """The job waits as if it had never been claimed, and another worker gets it at once."""
    await lab.enqueue(1)
    work = Endless()
    worker = lab.worker(work)
    running = await started(lab, worker, work)

    worker.stop()
    worker.stop()
    outcome = await running

    assert Outcome(done=0, handed_back=1) == outcome
    assert not outcome.is_drained
    assert ("pending", "PENDING", 0, 0, None) == await lab.ended(1)
    assert 1 == len(await lab.claim())


async def test_a_drain_ends_after_its_time(lab: Lab) -> None:
    """What has not ended by then is handed back."""
    await lab.enqueue(1)
    work = Endless()
    worker = lab.worker(work, drain_timeout=timedelta(milliseconds=10))
    running = await started(lab, worker, work)

    worker.stop()

    assert Outcome(done=0, handed_back=1) == await running


async def test_an_idle_worker_stops_at_once(lab: Lab) -> None:
    """A long poll does not hold it."""
    idling = Idling()
    worker = lab.worker(poll_interval=HOUR, stale_check_interval=HOUR, wake_ups=idling)
    running = asyncio.create_task(lab.done(worker))
    await idling.waits.wait()

    worker.stop()

    assert Outcome(done=0, handed_back=0) == await running


async def test_an_end_that_is_being_written_is_not_interrupted(lab: Lab) -> None:
    """The second signal comes while the snapshot is being published: it is published."""
    await lab.enqueue(1)
    finishing, go_on = asyncio.Event(), asyncio.Event()

    async def slow(tools: Tools) -> Ended:
        tools.finishing()
        finishing.set()
        await go_on.wait()
        return await publish(tools)

    worker = lab.worker(slow)
    running = asyncio.create_task(lab.done(worker))
    await finishing.wait()
    worker.stop()
    worker.stop()
    go_on.set()

    assert Outcome(done=1, handed_back=0) == await running
    assert DONE == await lab.ended(1)


async def test_a_database_that_stays_away_drops_the_work_at_the_local_deadline(lab: Lab) -> None:
    """The end is tried again and again, until no sign of life was confirmed for too long; the worker lives on."""
    await lab.enqueue(1)
    away = False

    def database() -> None:
        if away:
            raise Unavailable("database", "it is away")

    async def ends(tools: Tools) -> Ended:
        nonlocal away
        away = True
        return await publish(tools)

    quick = lab.with_terms(heartbeat=timedelta(milliseconds=20), stale_after=timedelta(milliseconds=300))
    worker = quick.worker(ends, once=True, store=Between(lab.store, before=database))
    await lab.done(worker)

    assert 1 == worker.counters.count("dropped")
    assert ("running", "RUNNING", 1, 0, None) == await lab.ended(1)
