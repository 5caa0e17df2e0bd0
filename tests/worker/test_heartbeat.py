"""Signs of life, one by one, with a clock of the test's own."""

from __future__ import annotations

import time
from datetime import timedelta
from itertools import chain, repeat

import pytest
from tests.worker.conftest import Between, Lab

from brandbrain_core.errors import Unavailable
from brandbrain_core.model.job import Lease, LeaseTerms
from brandbrain_core.testing import build
from brandbrain_worker.counters import Counters
from brandbrain_worker.heartbeat import HeartbeatThread, beat
from brandbrain_worker.held import HeldLease, HeldLeases, Verdict
from brandbrain_worker.watching import Watch

TERMS = LeaseTerms()


class Bench:
    """Leases that are held since second 0, and a monotonic clock."""

    def __init__(self, lab: Lab, *leases: Lease) -> None:
        self.lab = lab
        self.counters = Counters()
        self.leases = HeldLeases()
        self.held = [HeldLease(lease, begun=0.0) for lease in leases]
        self._stack = [self.leases.holding(held) for held in self.held]
        for each in self._stack:
            each.__enter__()

    async def beat(self, at: float, *, away: bool = False) -> bool:
        """Give a sign of life at this second."""

        def database() -> None:
            if away:
                raise Unavailable("database", "it is away")

        store = Between(self.lab.store, before=database)
        return await beat(store, Watch(self.leases, TERMS, lambda: at), self.counters)

    @property
    def verdicts(self) -> list[Verdict | None]:
        """What was judged, by lease."""
        return [held.verdict for held in self.held]


async def test_one_statement_beats_for_all_and_judges_each(lab: Lab) -> None:
    """Of three leases one goes on, one is lost, one is to be cancelled."""
    await lab.enqueue(1, 2, 3)
    bench = Bench(lab, *await lab.claim(limit=3))
    async with lab.store.transaction() as work:
        await work.jobs.hand_back(bench.held[1].lease)
        await work.jobs.cancel(build.run_id(3))

    assert await bench.beat(30.0)

    assert [None, Verdict.LOST, Verdict.CANCELLED] == bench.verdicts
    assert 30.0 == bench.held[0].confirmed
    assert 1 == bench.counters.count("refused_heartbeat")


async def test_an_unreachable_database_stops_the_work_in_time(lab: Lab) -> None:
    """Without a confirmed beat for 0.8 of the stale time the work stops, and not before."""
    await lab.enqueue(1)
    bench = Bench(lab, *await lab.claim())

    assert not await bench.beat(479.0, away=True)
    assert [None] == bench.verdicts
    assert not await bench.beat(480.0, away=True)
    assert [Verdict.UNCONFIRMED] == bench.verdicts


async def test_a_confirmed_beat_begins_the_count_anew(lab: Lab) -> None:
    """The margin counts from before the beat was sent, not from its answer."""
    await lab.enqueue(1)
    bench = Bench(lab, *await lab.claim())

    await bench.beat(470.0)
    await bench.beat(949.0, away=True)

    assert [None] == bench.verdicts
    assert {"margin_seconds": 1.0, "least_margin_seconds": 1.0, "unanswered_heartbeat": 1} == bench.counters.as_dict()


async def test_an_end_that_is_being_written_gets_no_beats_but_has_a_limit(lab: Lab) -> None:
    """A beat would wait for the row; an end that hangs is given up with the lease."""
    await lab.enqueue(1)
    bench = Bench(lab, *await lab.claim())
    bench.held[0].finishing()
    before = await lab.job(1)

    await bench.beat(100.0)
    assert (before, [None]) == (await lab.job(1), bench.verdicts)
    await bench.beat(480.0)
    assert [Verdict.UNCONFIRMED] == bench.verdicts


async def test_a_passed_deadline_is_told_from_a_cancellation(lab: Lab) -> None:
    """Both come back as the same answer; the worker's own clock tells which it is."""
    await lab.enqueue(1)
    bench = Bench(lab, *await lab.claim())
    async with lab.store.transaction() as work:
        await work.jobs.cancel(build.run_id(1))

    await bench.beat(3600.0)

    assert [Verdict.OVERDUE] == bench.verdicts


async def test_a_deadline_that_passes_while_the_beat_is_on_its_way_is_one(lab: Lab) -> None:
    """The database looks at its clock after the worker has looked at its own."""
    await lab.enqueue(1)
    bench = Bench(lab, *await lab.claim())
    async with lab.store.transaction() as work:
        await work.jobs.cancel(build.run_id(1))
    moments = chain([3599.9], repeat(3600.1))

    await beat(lab.store, Watch(bench.leases, TERMS, lambda: next(moments)), bench.counters)

    assert [Verdict.OVERDUE] == bench.verdicts


async def test_the_thread_outlives_a_store_that_cannot_be_opened(sqlite_lab: Lab) -> None:
    """Two tries fail, in different ways; the third one beats."""
    await sqlite_lab.enqueue(1)
    (lease,) = await sqlite_lab.claim()
    errors = iter([Unavailable("database", "it is away"), RuntimeError("a driver's own")])

    async def opened() -> object:
        if (error := next(errors, None)) is not None:
            raise error
        return await sqlite_lab.opened()

    leases, counters = HeldLeases(), Counters()
    terms = LeaseTerms(heartbeat=timedelta(milliseconds=200), stale_after=timedelta(seconds=60))
    held = HeldLease(lease, begun=time.monotonic())
    begun = held.confirmed
    thread = HeartbeatThread(opened, leases, terms, counters)  # type: ignore[arg-type]
    with leases.holding(held):
        thread.start()
        while held.confirmed == begun:
            await sqlite_lab.job(1)
        thread.stop()

    assert 2 <= counters.count("unanswered_heartbeat")


def test_a_thread_that_never_began_can_be_stopped(sqlite_lab: Lab) -> None:
    """So that a worker which fails while it starts ends cleanly."""
    HeartbeatThread(sqlite_lab.opened, HeldLeases(), TERMS, Counters()).stop()


@pytest.mark.parametrize("verdict", list(Verdict))
def test_a_lease_is_judged_once(verdict: Verdict) -> None:
    """The first verdict stands; work that never awaits can ask for it."""
    stops: list[Verdict] = []
    held = HeldLease(build.lease(), begun=0.0)
    held.judge(verdict)
    held.arm(stops.append)
    held.judge(Verdict.LOST)

    assert ([verdict], verdict) == (stops, held.verdict)
    with pytest.raises(Exception, match="lost"):
        held.check()
