"""How far a run is, told at most once a second; on simulated time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from itertools import pairwise
from random import Random
from typing import Any, TypeVar

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.pipeline.conftest import Quiet, Workshop, open_workshop

from brandbrain_core.errors import LeaseLost, SynthesisFailed, Unavailable
from brandbrain_core.memory import MemoryStore
from brandbrain_core.memory.jobs import MemoryJobs
from brandbrain_core.memory.store import MemoryUnitOfWork
from brandbrain_core.memory.tables import Tables
from brandbrain_core.model.job import Lease, LeaseTerms
from brandbrain_core.model.run import Progress, RunStatus, Stage
from brandbrain_core.pipeline.plan import Plan
from brandbrain_core.pipeline.telling import BETWEEN, Teller
from brandbrain_core.pipeline.tools import Tools
from brandbrain_core.services.sources import connect_source
from brandbrain_core.testing import build
from brandbrain_core.testing.clock import ManualClock, SequentialIds
from brandbrain_core.testing.simulation.loop import SimulatedLoop

T = TypeVar("T")


@attrs.define
class Told:
    """What was stored of how far a run is, and when; *away_until* the store cannot be reached."""

    stored: list[tuple[float, Progress]] = attrs.field(factory=list)
    away_until: float = 0.0


class Watched(MemoryStore):
    """A store that notes each progress that it stores."""

    def __init__(self, told: Told) -> None:
        super().__init__(ManualClock())
        self._told = told

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[MemoryUnitOfWork]:
        """Begin a transaction, if the store can be reached."""
        if asyncio.get_running_loop().time() < self._told.away_until:
            raise Unavailable("database", "it is away")
        async with super().transaction() as work:
            yield work

    def jobs_in(self, tables: Tables) -> MemoryJobs:
        """Return jobs that note their progress."""
        return _WatchedJobs(self._told, tables, clock=ManualClock(), draw=lambda: 0.0)


class _WatchedJobs(MemoryJobs):
    def __init__(self, told: Told, tables: Tables, **more: Any) -> None:
        super().__init__(tables, **more)
        self._told = told

    async def progress(self, lease: Lease, progress: Progress) -> None:
        await super().progress(lease, progress)
        self._told.stored.append((asyncio.get_running_loop().time(), progress))


Act = Callable[[Teller, Tools], Awaitable[T]]


def on_simulated_time(act: Act[T], told: Told | None = None) -> tuple[T, Told]:
    """Do something with a teller of a running job; return what that returns, and what was stored."""
    told = told or Told()

    async def main() -> T:
        tools = await _leased(Watched(told))
        return await act(Teller(tools), tools)

    return SimulatedLoop.seeded(Random(1)).run(main()), told


async def _leased(store: MemoryStore) -> Tools:
    async with store.transaction() as work:
        await work.brands.add(build.brand())
        await work.jobs.add(build.compile_run(), build.job())
        (lease,) = await work.jobs.claim("loft-00000001", limit=1, terms=LeaseTerms())
    plan = Plan(synthesizers=(Quiet(),))
    return Tools(store=store, clock=ManualClock(), ids=SequentialIds(), plan=plan, lease=lease)


async def _lose(tools: Tools) -> None:
    async with tools.store.transaction() as work:
        await work.jobs.hand_back(tools.lease)


def step(number: int) -> Progress:
    """Return a step that can be told from others."""
    return build.progress(Stage.INGESTION, number, 1000)


@given(gaps=st.lists(st.floats(0.0, 3.0), min_size=1, max_size=20))
def test_the_store_is_told_once_a_second_and_nothing_that_lasts_is_left_out(gaps: list[float]) -> None:
    """Writes are a second apart or more, in order, and whatever stood for a second is among them, at most that late."""
    begun: list[float] = []

    async def work(teller: Teller, tools: Tools) -> None:
        async with teller.telling():
            for number, gap in enumerate(gaps):
                begun.append(asyncio.get_running_loop().time())
                await teller.tell(step(number))
                await asyncio.sleep(gap)

    _, told = on_simulated_time(work)

    moments = [moment for moment, _ in told.stored]
    assert all(later - sooner >= BETWEEN - 1e-9 for sooner, later in pairwise(moments))
    numbers = [progress.sources_completed for _, progress in told.stored]
    assert sorted(set(numbers)) == numbers
    lasted = [number for number, gap in enumerate(gaps) if gap > BETWEEN]
    assert set(lasted) <= set(numbers)
    assert all(told.stored[numbers.index(number)][0] <= begun[number] + BETWEEN + 1e-9 for number in lasted)


def test_the_first_step_is_told_before_its_work_begins() -> None:
    """Whoever polls sees it at once."""

    async def work(teller: Teller, tools: Tools) -> list[int]:
        async with teller.telling():
            await teller.tell(step(0))
            run = await tools.read(lambda work: work.runs.get(build.BRAND, build.run_id(1)))
        return [] if run.progress is None else [run.progress.sources_completed]

    assert [0] == on_simulated_time(work)[0]


def test_whoever_watches_from_inside_is_told_of_every_step() -> None:
    """However fast they follow each other."""
    seen: list[int] = []

    async def work(teller: Teller, tools: Tools) -> None:
        watched = Teller(attrs.evolve(tools, reached=lambda progress: seen.append(progress.sources_completed)))
        async with watched.telling():
            for number in range(5):
                await watched.tell(step(number))

    _, told = on_simulated_time(work)

    assert ([0, 1, 2, 3, 4], [step(0)]) == (seen, [progress for _, progress in told.stored])


def test_a_lost_lease_stops_work_within_a_second() -> None:
    """Work that waits for something long is cancelled when the store refuses what came within the second."""

    ended_at: list[float] = []

    async def work(teller: Teller, tools: Tools) -> None:
        async with teller.telling():
            await teller.tell(step(0))
            await _lose(tools)
            await teller.tell(step(1))
            try:
                await asyncio.sleep(3600)
            finally:
                ended_at.append(asyncio.get_running_loop().time())

    with pytest.raises(LeaseLost):
        on_simulated_time(work)

    assert [BETWEEN] == ended_at


def test_a_lost_lease_is_told_by_the_next_step() -> None:
    """After a second without any, before the next stage begins."""

    begun: list[str] = []

    async def work(teller: Teller, tools: Tools) -> None:
        async with teller.telling():
            await teller.tell(step(0))
            begun.append("the first")
            await _lose(tools)
            await asyncio.sleep(20)
            await teller.tell(step(1))
            begun.append("the second")

    with pytest.raises(LeaseLost):
        on_simulated_time(work)

    assert ["the first"] == begun


def test_work_goes_on_while_the_store_is_away() -> None:
    """Nothing waits for it; the newest step is told when it is back."""
    told = Told()

    async def work(teller: Teller, tools: Tools) -> float:
        told.away_until = 10.5
        async with teller.telling():
            for number in range(3):
                await teller.tell(step(number))
            done_at = asyncio.get_running_loop().time()
            await asyncio.sleep(60)
        return done_at

    done_at, _ = on_simulated_time(work, told)

    assert (0.0, [(11.0, step(2))]) == (done_at, told.stored)


def test_an_error_of_the_work_stays_what_it_is() -> None:
    """With its cause, and without the group that it came in."""

    async def work(teller: Teller, tools: Tools) -> None:
        async with teller.telling():
            await teller.tell(step(0))
            raise ValueError("broken") from KeyError("why")

    with pytest.raises(ValueError, match="broken") as caught:
        on_simulated_time(work)

    assert isinstance(caught.value.__cause__, KeyError)


def test_a_quick_compile_stores_its_progress_once() -> None:
    """With six sources as with one; the last step is stored with the end."""
    told = Told()

    async def compile_brand() -> Any:
        workshop = await open_workshop(lambda _: Watched(told))
        for number in range(5):
            account = f"@loft{number}"
            await connect_source(
                workshop.deps, workshop.brand, platform="instagram", capability="posts", identifier=account
            )
        return await workshop.run(await workshop.compile())

    run = SimulatedLoop.seeded(Random(1)).run(compile_brand())

    assert RunStatus.SUCCEEDED == run.status
    assert [Stage.INGESTION, Stage.MERGING] == [progress.stage for _, progress in told.stored]
    assert Progress(stage=Stage.MERGING, sources_completed=6, sources_total=6) == run.progress


async def test_a_failed_run_says_where_it_failed(workshop: Workshop) -> None:
    """However soon that was."""
    broken = workshop.planned(synthesizers=(Quiet(result=SynthesisFailed("quiet", "no answer")),))

    run = await broken.run(await broken.compile())

    assert (RunStatus.FAILED, Stage.COMPILING) == (run.status, run.progress.stage)
