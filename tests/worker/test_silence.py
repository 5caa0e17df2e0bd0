"""Signs of life on simulated time: of a database that says nothing, and of a process that slept."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack, asynccontextmanager
from datetime import timedelta
from random import Random

import pytest
from tests.worker.conftest import Between, Lab, Silent

from brandbrain_core.errors import Unavailable
from brandbrain_core.memory import MemoryStore
from brandbrain_core.model.job import LeaseTerms
from brandbrain_core.pipeline.plan import Plan
from brandbrain_core.ports import Store, UnitOfWork
from brandbrain_core.services.deps import Deps
from brandbrain_core.testing import build
from brandbrain_core.testing.clock import SequentialIds
from brandbrain_core.testing.simulation.clocks import SimulatedClock
from brandbrain_core.testing.simulation.loop import SimulatedLoop
from brandbrain_core.testing.simulation.processes import Process
from brandbrain_worker.counters import Counters
from brandbrain_worker.heartbeat import OpenStore, beat, beat_for_ever
from brandbrain_worker.held import HeldLease, HeldLeases, Verdict
from brandbrain_worker.watching import Watch, has_slept

TERMS = LeaseTerms(heartbeat=timedelta(seconds=30), stale_after=timedelta(seconds=600))
FENCED_AFTER = 480.0
"""Seconds since the last confirmed sign of life after which a worker stops its work."""
GRACE = 15.0
"""Seconds for which a worker that slept waits for an answer."""


class Far(Between):
    """
    A store behind a network that takes its time, or falls silent: then nothing is answered and nothing refused.

    Attributes:
        there: Seconds until the store hears.
        back: Seconds until its answer is heard.
        is_silent: Whether whatever is asked now is never answered.
        closing: Seconds until a silent transaction that is broken off has let go of its connection.
    """

    there = 0.0
    back = 0.0
    is_silent = False
    closing = 0.0

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[UnitOfWork]:
        """Begin one."""
        if self.is_silent:
            try:
                await asyncio.Event().wait()
            finally:
                await asyncio.sleep(self.closing)
        await asyncio.sleep(self.there)
        async with super().transaction() as work:
            yield work
        await asyncio.sleep(self.back)


class Scene:
    """
    A process that holds the lease of one job, and what beats for it.

    Attributes:
        stopped: When the work was told to stop, and why.
    """

    def __init__(self, loop: SimulatedLoop) -> None:
        self.loop = loop
        clock = SimulatedClock(loop.time)
        deps = Deps(
            store=MemoryStore(clock, draw=lambda: 0.0),
            clock=clock,
            ids=SequentialIds(),
            plan=Plan(synthesizers=(Silent(),), terms=TERMS),
        )
        self.lab = Lab(url="memory", deps=deps)
        self.far = Far(self.lab.store, before=self._reach)
        self.is_away = False
        self.leases, self.counters = HeldLeases(), Counters()
        self.watch = Watch(self.leases, TERMS, loop.time)
        self.process = Process(loop, "w1")
        self.stopped: list[tuple[float, Verdict]] = []
        self._holding = ExitStack()
        self._beating: asyncio.Task[None] | None = None

    async def hold(self) -> HeldLease:
        """Claim a job and hold its lease from now on."""
        await self.lab.enqueue(1)
        (lease,) = await self.lab.claim("loft-00000001")
        held = HeldLease(lease, begun=self.loop.time())
        held.arm(lambda verdict: self.stopped.append((self.loop.time(), verdict)))
        self._holding.enter_context(self.leases.holding(held))
        return held

    async def beat(self) -> bool:
        """Give one sign of life."""
        return await beat(self.far, self.watch, self.counters)

    def begin(self, open_store: OpenStore | None = None) -> None:
        """Begin to beat."""
        beats = beat_for_ever(open_store or self._opened, self.leases, TERMS, self.counters, self.loop.time)
        self._beating = self.process.spawn(beats, beating=True)

    async def end(self) -> None:
        """Beat no more, and let connections close."""
        if self._beating is not None:
            self._beating.cancel()
            await asyncio.wait((self._beating,))
        await self.watch.close()

    async def until(self, second: float) -> None:
        """Wait for this second."""
        await asyncio.sleep(second - self.loop.time())

    async def rob(self) -> None:
        """Take the stale lease away, and claim the job for another worker."""
        async with self.lab.store.transaction() as work:
            assert 1 == len(await work.jobs.release_stale(limit=100, terms=TERMS))
        assert 1 == len(await self.lab.claim())

    async def _opened(self) -> Store:
        return self.far

    def _reach(self) -> None:
        if self.is_away:
            raise Unavailable("database", "it is away")


Play = Callable[[Callable[[Scene], Awaitable[None]]], None]


@pytest.fixture(params=range(5))
def play(request: pytest.FixtureRequest) -> Play:
    """Play a scene, with what is due at the same moment in some order; nothing may have broken in the process."""

    def play(scenario: Callable[[Scene], Awaitable[None]]) -> None:
        loop = SimulatedLoop.seeded(Random(request.param))
        scene = Scene(loop)

        async def run() -> None:
            try:
                await scenario(scene)
            finally:
                await scene.end()

        loop.run(run())
        assert ([], [], []) == (scene.process.crashed, scene.process.tasks(), loop.faults)

    return play


@pytest.mark.parametrize("closing", [0.0, 100_000.0], ids=["closes", "hangs when closing"])
def test_silence_stops_the_work_in_time(play: Play, closing: float) -> None:
    """While the answer is waited for, and however long the silent connection takes to close."""

    async def scenario(scene: Scene) -> None:
        await scene.hold()
        scene.far.is_silent, scene.far.closing = True, closing
        await scene.until(470.0)

        assert not await scene.beat()
        assert [(FENCED_AFTER, Verdict.UNCONFIRMED)] == scene.stopped
        assert FENCED_AFTER == scene.loop.time()
        assert 1 == scene.counters.count("unanswered_heartbeat")

    play(scenario)


def test_an_answer_is_waited_for_as_long_as_a_beat_may_take(play: Play) -> None:
    """After that another one is asked for; the lease is still good."""

    async def scenario(scene: Scene) -> None:
        await scene.hold()
        scene.far.is_silent = True
        await scene.until(100.0)

        assert not await scene.beat()
        assert (130.0, []) == (scene.loop.time(), scene.stopped)

    play(scenario)


def test_a_connection_that_hangs_does_not_hold_up_the_next_sign_of_life(play: Play) -> None:
    """It is tried again a quarter of the usual time after the one that was broken off."""

    async def scenario(scene: Scene) -> None:
        held = await scene.hold()
        scene.far.is_silent, scene.far.closing = True, 100_000.0
        scene.begin()
        await scene.until(61.0)
        scene.far.is_silent = False
        await scene.until(70.0)

        assert (67.5, []) == (held.confirmed, scene.stopped)

    play(scenario)


def test_the_work_is_stopped_between_two_signs_of_life(play: Play) -> None:
    """Where the last one ended in silence, the pause before the next is no reason to stop later."""

    async def scenario(scene: Scene) -> None:
        scene.is_away = True
        scene.begin()
        await scene.until(3.0)
        await scene.hold()
        await scene.until(449.0)
        scene.is_away, scene.far.is_silent = False, True
        await scene.until(600.0)

        assert [(3.0 + FENCED_AFTER, Verdict.UNCONFIRMED)] == scene.stopped

    play(scenario)


def test_the_work_is_stopped_while_a_store_is_opened(play: Play) -> None:
    """Opening it may take as long as it likes."""

    async def scenario(scene: Scene) -> None:
        async def opened() -> Store:
            await asyncio.Event().wait()
            raise AssertionError("it is never set")

        await scene.hold()
        scene.begin(opened)
        await scene.until(600.0)

        assert [(FENCED_AFTER, Verdict.UNCONFIRMED)] == scene.stopped

    play(scenario)


@pytest.mark.parametrize("there", [0.0, 5.0])
@pytest.mark.parametrize("stop", [89.0, 92.0], ids=["between two signs of life", "during one"])
def test_a_process_that_slept_asks_first(play: Play, stop: float, there: float) -> None:
    """It hears that its lease is lost, which is counted, and does not judge by the time that has passed."""

    async def scenario(scene: Scene) -> None:
        await scene.hold()
        scene.far.there = there
        scene.begin()
        await scene.until(stop)
        scene.process.pause(900.0)
        await scene.until(stop + 800.0)
        await scene.rob()
        await scene.until(stop + 1000.0)

        ((second, verdict),) = scene.stopped
        assert Verdict.LOST is verdict
        assert second <= stop + 900.0 + there
        assert 1 == scene.counters.count("refused_heartbeat")

    play(scenario)


def test_a_process_that_slept_in_its_last_pause_asks_first(play: Play) -> None:
    """The pause would have ended with the lease; the process wakes up long after that."""

    async def scenario(scene: Scene) -> None:
        scene.is_away = True
        scene.begin()
        await scene.until(3.0)
        await scene.hold()
        await scene.until(481.0)
        scene.process.pause(900.0)
        await scene.until(1300.0)
        scene.is_away = False
        await scene.rob()
        await scene.until(1400.0)

        assert [(1381.0, Verdict.LOST)] == scene.stopped

    play(scenario)


def test_an_answer_from_before_the_sleep_is_asked_for_again(play: Play) -> None:
    """It said that all was well, but it has been lying there while the lease went to somebody else."""

    async def scenario(scene: Scene) -> None:
        await scene.hold()
        scene.far.back = 5.0
        scene.begin()
        await scene.until(32.0)
        scene.process.pause(900.0)
        await scene.until(832.0)
        await scene.rob()
        await scene.until(1000.0)

        assert [(937.0, Verdict.LOST)] == scene.stopped
        assert 1 == scene.counters.count("refused_heartbeat")

    play(scenario)


@pytest.mark.parametrize("stop", [89.0, 92.0], ids=["between two signs of life", "during one"])
def test_a_process_that_slept_waits_only_a_little_for_a_silent_database(play: Play, stop: float) -> None:
    """Nobody says whose the lease is: the work stops by itself."""

    async def scenario(scene: Scene) -> None:
        await scene.hold()
        scene.begin()
        await scene.until(61.0)
        scene.far.is_silent = True
        await scene.until(stop)
        scene.process.pause(900.0)
        await scene.until(2000.0)

        assert [(stop + 900.0 + GRACE, Verdict.UNCONFIRMED)] == scene.stopped
        assert 0 == scene.counters.count("refused_heartbeat")

    play(scenario)


def test_a_process_that_slept_keeps_a_lease_that_nobody_took(play: Play) -> None:
    """A lease that has lapsed is not lost; the answer says that the work may go on."""

    async def scenario(scene: Scene) -> None:
        held = await scene.hold()
        scene.begin()
        await scene.until(100.0)
        scene.process.pause(900.0)
        await scene.until(1010.0)

        assert (1000.0, []) == (held.confirmed, scene.stopped)

    play(scenario)


@pytest.mark.parametrize(
    ("took", "slept"), [(10.0, False), (10.0 + GRACE, False), (10.001 + GRACE, True), (9.9, False)]
)
def test_whoever_wakes_up_much_too_late_has_slept(took: float, slept: bool) -> None:
    """A busy machine is a little late, too."""
    assert slept is has_slept(TERMS, timedelta(seconds=10), timedelta(seconds=took))


@pytest.mark.parametrize("stale_after", [90.0, 600.0])
def test_whose_lease_was_taken_knows_that_it_slept(stale_after: float) -> None:
    """However rare signs of life are: the earliest moment for a sweep is later than a process that is awake stops."""
    terms = LeaseTerms(heartbeat=timedelta(seconds=30), stale_after=timedelta(seconds=stale_after))

    planned = HeldLease(build.lease(), begun=0.0).margin(terms, 0.0)

    assert has_slept(terms, planned, terms.stale_after)
