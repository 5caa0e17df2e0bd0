"""The work of simulated jobs: a compile or its last stage; some of it fails, hangs, or kills its process."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from enum import StrEnum
from functools import cache
from random import Random
from typing import Final

import attrs

from brandbrain_core import wire
from brandbrain_core.errors import CompileFailed
from brandbrain_core.ids import RunId, SnapshotId
from brandbrain_core.model.run import CompileRun, Stage
from brandbrain_core.model.stored_snapshot import Origin, StoredSnapshot
from brandbrain_core.pipeline import compile_leased
from brandbrain_core.pipeline.tools import Tools
from brandbrain_core.policies.hashing import input_hash
from brandbrain_core.ports import Ended, UnitOfWork
from brandbrain_core.testing import build
from brandbrain_core.testing.simulation.naps import nap
from brandbrain_core.testing.simulation.processes import Process

STAGES: Final = (Stage.INGESTION, Stage.COMPILING, Stage.MERGING)


class Nature(StrEnum):
    """What becomes of the work of a run."""

    GOOD = "good"
    FLAKY = "flaky"
    HOPELESS = "hopeless"
    HANGS = "hangs"
    KILLS = "kills"


class Works:
    """
    Gives every run its nature, and does its work accordingly.

    Attributes:
        deaths: How many processes the work of a run has killed.
    """

    def __init__(self, random: Random, *, hard_runs: float, full_compiles: bool, usual: float) -> None:
        self.deaths: dict[RunId, int] = {}
        self._random = random
        self._hard_runs = hard_runs
        self._full_compiles = full_compiles
        self._usual = usual
        self._natures: dict[RunId, Nature] = {}

    def of(self, process: Process) -> Callable[[Tools], Awaitable[Ended]]:
        """Return the work as it is done in this process."""

        async def work(tools: Tools) -> Ended:
            return await self._done(process, tools)

        return work

    async def _done(self, process: Process, tools: Tools) -> Ended:
        nature = self._nature(tools.lease.compile_run_id)
        if nature is Nature.HANGS:
            await asyncio.Event().wait()
        if nature is Nature.KILLS:
            await nap(self._some_time())
            self._die(process, tools.lease.compile_run_id)
        if nature is Nature.HOPELESS or (nature is Nature.FLAKY and self._random.random() < 0.5):
            return await self._failed(tools, retry=nature is Nature.FLAKY or self._random.random() < 0.5)
        if self._full_compiles:
            return await compile_leased(tools)
        return await self._published(tools)

    def _nature(self, run: RunId) -> Nature:
        if run not in self._natures:
            hard = self._random.random() < self._hard_runs
            self._natures[run] = self._random.choice(list(Nature)[1:]) if hard else Nature.GOOD
        return self._natures[run]

    def _some_time(self) -> float:
        """Return mostly a moment, now and then much longer than usual; seconds."""
        return self._usual * self._random.choice([0.01, 0.3, 1.0, 6.0]) * self._random.random()

    def _die(self, process: Process, run: RunId) -> None:
        self.deaths[run] = self.deaths.get(run, 0) + 1
        process.kill()

    async def _failed(self, tools: Tools, *, retry: bool) -> Ended:
        await nap(self._some_time())
        lease, terms = tools.lease, tools.plan.terms
        tools.finishing()
        return await tools.end(lambda work: work.jobs.fail(lease, "boom", retry=retry, report=None, terms=terms))

    async def _published(self, tools: Tools) -> Ended:
        lease = tools.lease
        run = await tools.read(lambda work: work.runs.get(lease.brand_id, lease.compile_run_id))
        for stage in STAGES:
            await nap(self._some_time())
            await _advance(tools, stage)
        tools.finishing()
        try:
            return await tools.end(lambda work: _publish(tools, work, run))
        except CompileFailed as failure:
            error, terms = str(failure), tools.plan.terms
            return await tools.end(lambda work: work.jobs.fail(lease, error, retry=False, report=None, terms=terms))


async def _advance(tools: Tools, stage: Stage) -> None:
    await tools.end(lambda work: work.jobs.progress(tools.lease, build.progress(stage)))


async def _publish(tools: Tools, work: UnitOfWork, run: CompileRun) -> Ended:
    """Publish as `brandbrain_core.pipeline.publish` does, but always the same document."""
    if await work.snapshots.of_run(run.id) is None:
        await work.jobs.fence(tools.lease)
        await work.snapshots.append(await next_version(tools, work, run))
    return await work.jobs.complete(tools.lease, build.run_report())


async def next_version(tools: Tools, work: UnitOfWork, run: CompileRun) -> StoredSnapshot:
    """Return the brand's next version as this run makes it; raise `CompileFailed` if a newer one is there."""
    overrides = await work.overrides.get(run.brand_id, for_update=True)
    head = await work.snapshots.head(run.brand_id)
    if head is not None and head.inputs_at > run.inputs.captured_at:
        raise CompileFailed(f"Superseded by compile run {head.compile_run_id}")
    return StoredSnapshot(
        id=SnapshotId(tools.ids.new()),
        brand_id=run.brand_id,
        version=head.version + 1 if head else 1,
        origin=Origin.COMPILE,
        compile_run_id=run.id,
        inputs_at=run.inputs.captured_at,
        inputs_hash=run.inputs_hash,
        input_hash=input_hash(run.inputs_hash, overrides),
        degraded=False,
        diff_summary=None,
        document=_document(),
        created_at=tools.clock.now(),
    )


@cache
def _document() -> str:
    return wire.dumps(attrs.evolve(build.snapshot(), pillars=()))
