"""What all suites share: the clock, and short ways to put things into a store."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

import attrs
import pytest

from brandbrain_core.ids import JobId, RunId
from brandbrain_core.model.brand import Brand
from brandbrain_core.model.job import Job, Lease, LeaseTerms
from brandbrain_core.model.reports import RunReport
from brandbrain_core.model.run import CompileRun
from brandbrain_core.model.source import Source
from brandbrain_core.ports import Ended, Store
from brandbrain_core.testing import build
from brandbrain_core.testing.clock import NOON, ManualClock

TERMS: Final = LeaseTerms()
WORKER: Final = "loft-00000001"
OTHER_WORKER: Final = "loft-00000002"
SECOND: Final = timedelta(seconds=1)


class StoreContract:
    """Base of all suites; a subclass supplies the async fixture ``store``, an empty `Store`."""

    @pytest.fixture
    def clock(self) -> ManualClock:
        """A clock at noon; the suites give every moment explicitly."""
        return ManualClock()


async def add_brand(store: Store, number: int = 1, **changes: Any) -> Brand:
    """Store brand *number*."""
    brand = build.brand(number, **changes)
    async with store.transaction() as work:
        await work.brands.add(brand)
    return brand


async def add_source(store: Store, number: int = 1, **changes: Any) -> Source:
    """Store source *number*; its brand must be there."""
    source = build.source(number, **changes)
    async with store.transaction() as work:
        await work.sources.add(source)
    return source


async def enqueue(store: Store, number: int = 1, *, brand: int = 1, **changes: Any) -> Job:
    """
    Store job *number* with its run, of brand *brand*, which is added if it is not there; *changes* of the job.

    The inputs of the run were captured when the job was made.
    """
    brand_id = build.brand_id(brand)
    async with store.reading() as work:
        known = {each.id for each in await work.brands.page(after=None, limit=100)}
    if brand_id not in known:
        await add_brand(store, brand)
    job = build.job(number, brand_id=brand_id, **changes)
    run = build.compile_run(
        number,
        brand_id=brand_id,
        inputs=build.frozen_inputs(captured_at=job.created_at),
        inputs_hash=job.inputs_hash,
        force_refresh=job.force_refresh,
        created_at=job.created_at,
    )
    async with store.transaction() as work:
        await work.jobs.add(run, job)
    return job


async def claim_all(store: Store, worker: str = WORKER, *, limit: int = 100, **when: Any) -> tuple[Lease, ...]:
    """Claim what is ready at ``now``, noon if not given."""
    async with store.step() as work:
        return await work.jobs.claim(worker, limit=limit, terms=TERMS, now=when.get("now", NOON))


async def claim_one(store: Store, worker: str = WORKER, **when: Any) -> Lease:
    """Claim the first job that is ready; there must be one."""
    (lease,) = await claim_all(store, worker, limit=1, **when)
    return lease


async def running(store: Store, number: int = 1, **changes: Any) -> Lease:
    """Enqueue and claim job *number*."""
    await enqueue(store, number, **changes)
    return await claim_one(store)


async def complete(store: Store, lease: Lease, *, report: RunReport | None = None, **when: Any) -> Ended:
    """Complete the job under this lease."""
    async with store.step() as work:
        return await work.jobs.complete(lease, report or build.run_report(), now=when.get("now", NOON))


async def fail(
    store: Store, lease: Lease, error: str = "boom", *, retry: bool = True, terms: LeaseTerms = TERMS, **more: Any
) -> Ended:
    """Fail the attempt under this lease."""
    report, now = more.get("report"), more.get("now", NOON)
    async with store.step() as work:
        return await work.jobs.fail(lease, error, retry=retry, report=report, terms=terms, now=now)


async def hand_back(store: Store, lease: Lease, *, delay: timedelta = timedelta(0), **when: Any) -> Ended:
    """Hand the job back under this lease."""
    async with store.step() as work:
        return await work.jobs.hand_back(lease, delay=delay, now=when.get("now", NOON))


async def cancel(store: Store, run: RunId, **when: Any) -> Job:
    """Cancel a run."""
    async with store.step() as work:
        return await work.jobs.cancel(run, now=when.get("now", NOON))


async def job_now(store: Store, job: JobId) -> Job:
    """Return the job as it is stored."""
    async with store.reading() as work:
        return await work.jobs.get(job)


async def run_now(store: Store, job: Job) -> CompileRun:
    """Return the run of this job as it is stored."""
    async with store.reading() as work:
        return await work.runs.get(job.brand_id, job.compile_run_id)


async def both_now(store: Store, job: JobId) -> tuple[Job, CompileRun]:
    """Return the job and its run as they are stored."""
    stored = await job_now(store, job)
    return stored, await run_now(store, stored)


def forged(lease: Lease, **changes: Any) -> Lease:
    """Return a lease that was never given, or is another's."""
    return attrs.evolve(lease, **changes)
