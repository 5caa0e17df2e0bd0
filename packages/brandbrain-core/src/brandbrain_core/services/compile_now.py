"""Kick off and do the work right here: for one machine, without a worker."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import attrs

from brandbrain_core.ids import BrandId
from brandbrain_core.model.job import JobStatus, Lease
from brandbrain_core.model.run import Progress
from brandbrain_core.pipeline.compile import compile_leased
from brandbrain_core.pipeline.tools import Tools
from brandbrain_core.ports import Ended
from brandbrain_core.services.deps import Deps
from brandbrain_core.services.kickoff import Kickoff, KickoffStatus, kick_off


@attrs.frozen(kw_only=True)
class CompiledNow:
    """
    What came of it.

    Attributes:
        kickoff: UNCHANGED: nothing had to be done.
        ended: How the attempt ended; None: nothing was done here, since nothing had to, or somebody else is at it.
    """

    kickoff: Kickoff
    ended: Ended | None


def nobody_is_dead(worker: str) -> bool:
    """Return False: without knowledge of its process, a worker counts as alive until its lease is stale."""
    del worker
    return False


def _unwatched(progress: Progress) -> None:
    del progress


async def carry_out(deps: Deps, lease: Lease, *, reached: Callable[[Progress], None] = _unwatched) -> Ended:
    """
    Do the work of a lease; raises as `brandbrain_core.pipeline.compile_leased`.

    *reached* is called at every step, also at those that follow each other too soon to be stored.
    """
    tools = Tools(store=deps.store, clock=deps.clock, ids=deps.ids, plan=deps.plan, lease=lease, reached=reached)
    return await compile_leased(tools)


async def compile_now(
    deps: Deps,
    brand_id: BrandId,
    *,
    force: bool = False,
    worker: str = "here",
    is_dead: Callable[[str], bool] = nobody_is_dead,
    work_on: Callable[[Deps, Lease], Awaitable[Ended]] = carry_out,
) -> CompiledNow:
    """
    Compile a brand and return when that has ended.

    What an interrupted compile left behind is taken over: at once where *is_dead* knows its worker to be gone.

    Args:
        deps: The store, time, ids and plan.
        brand_id: The brand.
        force: Collect every source anew.
        worker: This process's name on the lease.
        is_dead: Tells whether a worker of this name has certainly stopped.
        work_on: Does the work of the lease.

    Raises:
        BrandNotFound, GatingFailed: As for `kick_off`.
        LeaseLost, Unavailable: As for the pipeline.
        asyncio.CancelledError: The caller stopped it; the job was handed back.
    """
    await _release_dead(deps, brand_id, is_dead)
    kickoff = await kick_off(deps, brand_id, force=force)
    if kickoff.status is not KickoffStatus.PENDING or kickoff.run_id is None:
        return CompiledNow(kickoff=kickoff, ended=None)
    async with deps.store.transaction() as work:
        lease = await work.jobs.claim_run(kickoff.run_id, worker, terms=deps.plan.terms)
    if lease is None:
        return CompiledNow(kickoff=kickoff, ended=None)
    try:
        return CompiledNow(kickoff=kickoff, ended=await work_on(deps, lease))
    except asyncio.CancelledError:
        await asyncio.shield(_hand_back(deps, lease))
        raise


async def _release_dead(deps: Deps, brand_id: BrandId, is_dead: Callable[[str], bool]) -> None:
    async with deps.store.transaction() as work:
        for job in await work.jobs.active(brand_id):
            if job.status is JobStatus.RUNNING and job.locked_by and is_dead(job.locked_by):
                await work.jobs.release_worker(job.locked_by)


async def _hand_back(deps: Deps, lease: Lease) -> None:
    async with deps.store.transaction() as work:
        await work.jobs.hand_back(lease)
