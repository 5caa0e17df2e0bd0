"""Simulated schedules find the bugs that are planted for the state machine of leases, and some of workers."""

from __future__ import annotations

import runpy
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import attrs
import pytest

from brandbrain_core.memory import MemoryStore
from brandbrain_core.memory.jobs import MemoryJobs
from brandbrain_core.model.job import Job, LeaseTerms
from brandbrain_core.pipeline.tools import Tools
from brandbrain_core.policies import lease as policy
from brandbrain_core.ports import Clock, Ended, Released, Store
from brandbrain_core.testing.simulation import (
    InvariantBroken,
    MakeStore,
    Scenario,
    Seat,
    WorkerMain,
    reference_worker,
    simulate,
)
from brandbrain_core.testing.simulation.work import next_version

PLANTED: dict[str, Any] = runpy.run_path(str(Path(__file__).parents[1] / "test_lease_machine_catches_bugs.py"))


NEEDS_NO_LOCKS = "ReadThenWriteSweep"
"""Its store has no locks; there, transactions of a simulation overlap, and much is broken beside its sweep."""


def with_bug(bug: type[Any]) -> MakeStore:
    """Return what makes stores with this bug."""
    make: Callable[..., Store] = PLANTED["buggy_store"](bug)

    def make_store(clock: Clock, draw: Callable[[], float]) -> Store:
        return make(clock, draw=draw)

    return make_store


def first_broken(
    seeds: int,
    *,
    make_store: MakeStore = lambda clock, draw: MemoryStore(clock, draw=draw),
    worker: WorkerMain = reference_worker,
    scenario: Scenario | None = None,
) -> InvariantBroken | None:
    """Return what the first schedule that breaks a rule has broken."""
    for seed in range(seeds):
        done = simulate(seed, worker=worker, make_store=make_store, scenario=scenario)
        if done.broken is not None:
            return done.broken
    return None


@pytest.mark.parametrize("bug", [bug for bug in PLANTED["BUGS"] if bug.__name__ != NEEDS_NO_LOCKS])
def test_a_buggy_store_is_found(bug: type[Any]) -> None:
    """A store with this bug breaks a rule within sixty schedules."""
    assert first_broken(60, make_store=with_bug(bug)) is not None


def test_a_sweep_that_reads_then_writes_is_found() -> None:
    """A sweep that acts on what the one before has read takes leases away that are not stale any more."""
    seen: list[Job] = []

    class LateJobs(MemoryJobs):
        async def release_stale(
            self, *, limit: int, terms: LeaseTerms, now: datetime | None = None
        ) -> tuple[Released, ...]:
            moment = self._moment(now)
            before = seen[:limit]
            seen[:] = [job for job in self._running() if policy.is_stale(job, terms, moment)]
            return tuple(self._release(job, moment) for job in before if job.id in self._tables.jobs)

    broken = first_broken(20, make_store=with_bug(LateJobs))

    assert broken is not None
    assert 10 == broken.rule


def test_a_crew_that_never_sweeps_is_found() -> None:
    """Where nobody looks for the dead, the jobs of the dead stay active."""

    async def never_sweeps(seat: Seat) -> None:
        await reference_worker(attrs.evolve(seat, sweep=1e9))

    broken = first_broken(20, worker=never_sweeps, scenario=Scenario(faults=6, storm=120.0, clocks_off=0.0))

    assert broken is not None
    assert 12 == broken.rule


def test_work_that_publishes_without_a_fence_is_found() -> None:
    """A snapshot that is written before the fence is asked must not be committed under a lost lease."""

    async def publishes_first(tools: Tools) -> Ended:
        run = await tools.read(lambda work: work.runs.get(tools.lease.brand_id, tools.lease.compile_run_id))

        async def append(work: Any) -> None:
            await work.snapshots.append(await next_version(tools, work, run))

        await tools.end(append)
        return await tools.end(lambda work: work.jobs.hand_back(tools.lease))

    async def careless(seat: Seat) -> None:
        await reference_worker(attrs.evolve(seat, work=publishes_first))

    broken = first_broken(5, worker=careless)

    assert broken is not None
    assert 3 == broken.rule


def test_a_worker_that_breaks_is_found() -> None:
    """An error that a worker lets through is reported as its own."""

    async def breaks(seat: Seat) -> None:
        raise RuntimeError("broken")

    broken = first_broken(1, worker=breaks, scenario=Scenario(acts=0, faults=0, storm=30.0))

    assert "a process let an error through: RuntimeError('broken')" == str(broken)
