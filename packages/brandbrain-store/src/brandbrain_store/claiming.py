"""
The claim: who gets which job, in one statement.

The rows are chosen in a materialised expression of its own, locked there with others' rows skipped; without that
fence a plan may choose again for every row that it updates. Tokens are given in the order of the claim.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select, update

from brandbrain_core.ids import RunId
from brandbrain_core.model.job import Job, JobStatus, Lease
from brandbrain_core.model.run import RunStatus
from brandbrain_core.policies.lease import JOB_TYPE, claim_order, lease_of
from brandbrain_store.job_rows import JOB_COLUMNS, job_of
from brandbrain_store.tables import compile_runs, jobs
from brandbrain_store.work import Work, inline


async def claim(
    work: Work, worker: str, *, limit: int, now: datetime | None, run: RunId | None = None
) -> tuple[Lease, ...]:
    """Give *worker* the first *limit* ready jobs, or the one of *run* if it is ready; least token first."""
    if limit < 1:
        return ()
    claimed = [job_of(row) for row in await work.all(_claim(work, worker, limit=limit, now=now, run=run))]
    if not claimed:
        return ()
    leases = sorted((lease_of(job) for job in claimed), key=lambda lease: lease.token)
    if (noted := work.database.keep_tokens(leases[-1].token)) is not None:
        await work.run(noted)
    await _start_runs(work, claimed)
    return tuple(leases)


async def claimable(work: Work, *, limit: int, now: datetime | None) -> tuple[Job, ...]:
    """Return what `claim` would take."""
    ready = _ready(work, select(*JOB_COLUMNS), now=now).order_by(*_ORDER).limit(limit)
    return tuple(sorted((job_of(row) for row in await work.all(ready)), key=claim_order))


_ORDER = (jobs.c.available_at, jobs.c.created_at, jobs.c.id)


def _ready(work: Work, columns: Select[Any], *, now: datetime | None) -> Select[Any]:
    other = jobs.alias("other")
    busy = select(other.c.id).where(other.c.brand_id == jobs.c.brand_id, other.c.status == inline(JobStatus.RUNNING))
    return columns.where(
        jobs.c.status == inline(JobStatus.PENDING),
        jobs.c.job_type == JOB_TYPE,
        jobs.c.available_at <= work.database.moment_once(now),
        ~busy.exists(),
    )


def _claim(work: Work, worker: str, *, limit: int, now: datetime | None, run: RunId | None) -> Any:
    chosen = _ready(work, select(*_ORDER), now=now)
    if run is not None:
        chosen = chosen.where(jobs.c.compile_run_id == run)
    chosen = chosen.order_by(*_ORDER).limit(limit).with_for_update(key_share=True, skip_locked=True, of=jobs)
    ready = chosen.cte("ready").prefix_with("materialized", dialect="postgresql")
    order = (ready.c.available_at, ready.c.created_at, ready.c.id)
    in_order = select(*order).order_by(*order).offset(0).subquery("in_order")
    numbered = select(in_order.c.id, work.database.token(*in_order.c).label("token")).cte("numbered")
    numbered = numbered.prefix_with("materialized", dialect="postgresql")
    moment = work.moment(now)
    return (
        update(jobs)
        .where(jobs.c.id == numbered.c.id)
        .values(
            status=JobStatus.RUNNING,
            attempts=jobs.c.attempts + 1,
            locked_at=moment,
            locked_by=worker,
            started_at=moment,
            lease_token=numbered.c.token,
            updated_at=moment,
        )
        .returning(*JOB_COLUMNS)
    )


async def _start_runs(work: Work, claimed: list[Job]) -> None:
    started = func.coalesce(compile_runs.c.started_at, jobs.c.started_at)
    runs = (
        update(compile_runs)
        .where(compile_runs.c.id == jobs.c.compile_run_id, jobs.c.id.in_([job.id for job in claimed]))
        .values(status=RunStatus.RUNNING, started_at=started)
    )
    await work.run(runs)
