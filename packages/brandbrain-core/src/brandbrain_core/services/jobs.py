"""What operators do with jobs: look at them, try again, cancel, take stale leases away, prune."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Final

import attrs

from brandbrain_core.ids import BrandId, CollectionRunId, JobId
from brandbrain_core.model.job import Job, JobStatus
from brandbrain_core.model.run import CompileRun
from brandbrain_core.ports import QueueStats, Released
from brandbrain_core.services.deps import Deps

PRUNED_AT_ONCE: Final = 1_000
"""How many jobs one transaction looks at, so that none is long."""

EMPTIED_AT_ONCE: Final = 100
"""How many collections' raw items one transaction looks at."""

RELEASED_AT_ONCE: Final = 100
"""How many leases one transaction takes away."""


@attrs.frozen(kw_only=True)
class JobAndRun:
    """A job with the compile run whose work it is."""

    job: Job
    run: CompileRun


async def list_jobs(
    deps: Deps,
    *,
    status: JobStatus | None = None,
    brand: BrandId | None = None,
    after: JobId | None = None,
    limit: int = 50,
) -> tuple[Job, ...]:
    """Return up to *limit* jobs, newest first, beginning behind *after*."""
    async with deps.store.reading() as work:
        return await work.jobs.page(status=status, brand=brand, after=after, limit=limit)


async def show_job(deps: Deps, job: JobId) -> JobAndRun:
    """Return a job with its run; raise `JobNotFound`."""
    async with deps.store.reading() as work:
        found = await work.jobs.get(job)
        return JobAndRun(job=found, run=await work.runs.get(found.brand_id, found.compile_run_id))


async def retry_job(deps: Deps, job: JobId) -> Job:
    """Make a failed job wait again, with no attempts used; raise `JobNotFound`, or `RetryRefused` with the reason."""
    async with deps.store.transaction() as work:
        return await work.jobs.retry(job)


async def cancel_job(deps: Deps, job: JobId) -> Job:
    """
    Cancel a job: one that waits has failed at once, one that runs is told with its worker's next sign of life.

    Raises:
        JobNotFound: There is no such job.
        RunFinished: It has ended already.
    """
    async with deps.store.transaction() as work:
        found = await work.jobs.get(job)
        return await work.jobs.cancel(found.compile_run_id)


async def queue_stats(deps: Deps) -> QueueStats:
    """Return how the queue stands."""
    async with deps.store.reading() as work:
        return await work.jobs.stats()


async def release_stale(deps: Deps, *, batch: int = RELEASED_AT_ONCE) -> AsyncIterator[tuple[Released, ...]]:
    """
    Take away every lease without a sign of life, a batch and a transaction at a time; yield what each batch took.

    Any process may do it at any time, several at once; what others have locked is left to the next time.
    """
    while True:
        async with deps.store.transaction() as work:
            released = await work.jobs.release_stale(limit=batch, terms=deps.plan.terms)
        yield released
        if len(released) < batch:
            return


async def prune_jobs(deps: Deps, *, older_than: timedelta, batch: int = PRUNED_AT_ONCE) -> AsyncIterator[int]:
    """
    Delete jobs and runs that ended longer ago, a batch and a transaction at a time; yield how many each batch deleted.

    The run of a brand's newest snapshot stays.
    """
    before = deps.clock.now() - older_than
    after: tuple[datetime, JobId] | None = None
    while True:
        async with deps.store.transaction() as work:
            pruned = await work.jobs.prune(finished_before=before, limit=batch, after=after)
        yield pruned.deleted
        if pruned.last is None:
            return
        after = pruned.last


async def prune_raw_items(deps: Deps, *, older_than: timedelta, batch: int = EMPTIED_AT_ONCE) -> AsyncIterator[int]:
    """
    Delete raw items that were collected longer ago and replaced since; a batch of collections at a time.

    Those of the newest successful collection of every source stay, and so does all evidence.
    """
    before = deps.clock.now() - older_than
    after: CollectionRunId | None = None
    while True:
        async with deps.store.transaction() as work:
            pruned = await work.collections.prune_raw_items(started_before=before, limit=batch, after=after)
        yield pruned.deleted
        if pruned.last is None:
            return
        after = pruned.last
