"""Compiling in this very process: with signs of life, and following whoever is at it already."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

import attrs

from brandbrain import local_worker
from brandbrain_core.errors import LeaseLost, Unavailable
from brandbrain_core.ids import BrandId, RunId
from brandbrain_core.model.job import Job, JobStatus, Lease
from brandbrain_core.model.run import CompileRun, Progress, RunStatus
from brandbrain_core.ports import Beat, Ended
from brandbrain_core.services.compile_now import carry_out, compile_now
from brandbrain_core.services.deps import Deps
from brandbrain_core.services.kickoff import KickoffStatus

LOOK_EVERY: Final = 0.15
"""Seconds between looks at how far a run is."""

Watch = Callable[[CompileRun, Job], None]
"""Is shown a run and its job, again and again while it is under way."""


@attrs.frozen(kw_only=True)
class Compiled:
    """
    What came of it.

    Attributes:
        is_unchanged: Nothing had to be done.
        run: As it stands now; None: nothing had to be done, and the run of that time is gone.
        job: Of the run; None with *run*, or where the job was pruned.
    """

    is_unchanged: bool
    run: CompileRun | None
    job: Job | None


async def compile_here(deps: Deps, brand: BrandId, *, force: bool, watch: Watch) -> Compiled:
    """
    Compile a brand in this process, or follow the process that does.

    Returns when the run has ended, or when an attempt of this process has failed and another one may be made later.

    Raises:
        BrandNotFound, GatingFailed: As for `brandbrain_core.services.kickoff.kick_off`.
        LeaseLost, Unavailable: As for the pipeline.
        asyncio.CancelledError: The caller stopped it; the job was handed back.
    """

    async def work_on(deps: Deps, lease: Lease) -> Ended:
        return await _beating(deps, lease, watch)

    while True:
        done = await compile_now(
            deps, brand, force=force, worker=local_worker.name(), is_dead=local_worker.is_dead, work_on=work_on
        )
        run_id = done.kickoff.run_id
        if done.kickoff.status is KickoffStatus.UNCHANGED or run_id is None:
            return Compiled(is_unchanged=True, run=None, job=None)
        if done.ended is not None:
            run, job = await _look(deps, brand, run_id)
            return Compiled(is_unchanged=False, run=run, job=job)
        followed = await _follow(deps, brand, run_id, watch)
        if followed is not None:
            return followed


async def _follow(deps: Deps, brand: BrandId, run_id: RunId, watch: Watch) -> Compiled | None:
    """Watch a run until it has ended; None: it waits, or its worker died, and this process may do it."""
    while True:
        run, job = await _look(deps, brand, run_id)
        watch(run, job)
        if run.status in (RunStatus.SUCCEEDED, RunStatus.FAILED):
            return Compiled(is_unchanged=False, run=run, job=job)
        await asyncio.sleep(LOOK_EVERY)
        is_ready = job.status is JobStatus.PENDING and job.available_at <= deps.clock.now()
        if is_ready or (job.status is JobStatus.RUNNING and local_worker.is_dead(job.locked_by or "")):
            return None


async def _beating(deps: Deps, lease: Lease, watch: Watch) -> Ended:
    """Carry out the work of a lease, giving signs of life and showing each step."""
    run, job = await _look(deps, lease.brand_id, lease.compile_run_id)

    def reached(progress: Progress) -> None:
        watch(attrs.evolve(run, progress=progress), job)

    work = asyncio.create_task(carry_out(deps, lease, reached=reached))
    verdicts: list[Beat] = []
    beats = asyncio.create_task(_beat(deps, lease, work, verdicts))
    try:
        return await work
    except asyncio.CancelledError:
        if not verdicts:
            raise
        if verdicts[0].lost:
            raise LeaseLost(lease.job_id, lease.token) from None
        async with deps.store.transaction() as unit:
            return await unit.jobs.hand_back(lease)
    finally:
        beats.cancel()
        await asyncio.gather(beats, return_exceptions=True)


async def _beat(deps: Deps, lease: Lease, work: asyncio.Task[Ended], verdicts: list[Beat]) -> None:
    while True:
        await asyncio.sleep(deps.plan.terms.heartbeat.total_seconds())
        try:
            async with deps.store.transaction() as unit:
                (beat,) = await unit.jobs.extend([lease], terms=deps.plan.terms)
        except Unavailable:
            continue
        if beat.lost or beat.cancel:
            verdicts.append(beat)
            work.cancel()
            return


async def _look(deps: Deps, brand: BrandId, run_id: RunId) -> tuple[CompileRun, Job]:
    async with deps.store.reading() as unit:
        return await unit.runs.get(brand, run_id), await unit.jobs.of_run(run_id)
