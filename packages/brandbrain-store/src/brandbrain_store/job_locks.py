"""A job's row, locked while a decision about it is made, and the writing of what was decided."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

import attrs
from sqlalchemy import ColumnElement, select, update

from brandbrain_core.errors import Unavailable
from brandbrain_core.ids import JobId, RunId
from brandbrain_core.model.job import Job, JobStatus
from brandbrain_core.model.reports import RunReport
from brandbrain_core.model.run import CompileRun
from brandbrain_core.policies.lease import run_after
from brandbrain_core.policies.transitions import ENDED
from brandbrain_store.job_rows import JOB_COLUMNS, changes_of, job_of
from brandbrain_store.runs import outcome_of, run_of
from brandbrain_store.tables import compile_runs, jobs
from brandbrain_store.work import Work, inline

_log = logging.getLogger(__name__)


@attrs.frozen(kw_only=True)
class Held:
    """
    A job with its run, both locked until the transaction ends.

    Attributes:
        waiting: The run of another job of the brand that is pending; read under the lock.
        now: The moment to decide by; told under the lock.
    """

    job: Job
    run: CompileRun
    waiting: RunId | None
    now: datetime


async def lock_job(work: Work, which: ColumnElement[bool], *, now: datetime | None) -> Held | None:
    """
    Lock the one job that *which* names; None: there is none.

    The time and the waiting job are asked for in a second statement: the first one may have waited, and would tell
    what was before.
    """
    job_row = await work.first(select(*JOB_COLUMNS).where(which).with_for_update(key_share=True))
    if job_row is None:
        return None
    job = job_of(job_row)
    pending = select(jobs.c.compile_run_id).where(
        jobs.c.brand_id == job.brand_id, jobs.c.status == inline(JobStatus.PENDING), jobs.c.id != job.id
    )
    found = select(compile_runs, pending.scalar_subquery().label("waiting"), work.moment(now).label("moment")).where(
        compile_runs.c.id == job.compile_run_id
    )
    row = (await work.run(found.with_for_update(key_share=True, of=compile_runs))).one()
    waiting = None if row.waiting is None else RunId(row.waiting)
    return Held(job=job, run=run_of(row), waiting=waiting, now=row.moment)


async def write_outcome(work: Work, held: Held, after: Job, *, report: RunReport | None = None) -> None:
    """Write what was decided about a job, and its run with it."""
    changes = changes_of(held.job, after)
    if changes:
        unchanged = jobs.c.lease_token.is_not_distinct_from(held.job.lease_token)
        same = jobs.c.id == after.id, jobs.c.status == inline(held.job.status), unchanged
        await work.run(update(jobs).where(*same).values(changes))
    outcome = outcome_of(run_after(held.run, after, report=report))
    if outcome != outcome_of(held.run):
        await work.run(update(compile_runs).where(compile_runs.c.id == held.run.id).values(outcome))
    frees_the_brand = held.job.status is JobStatus.RUNNING and after.status in ENDED and held.waiting is not None
    work.has_ready |= after.status is JobStatus.PENDING or frees_the_brand


async def running_jobs(work: Work, which: ColumnElement[bool], *, limit: int | None) -> tuple[JobId, ...]:
    """Lock running jobs, the longest silent first, and return their ids; rows that others have locked are skipped."""
    found = select(jobs.c.id).where(which, jobs.c.status == inline(JobStatus.RUNNING))
    found = found.order_by(jobs.c.locked_at, jobs.c.id).limit(limit)
    rows = await work.all(found.with_for_update(key_share=True, skip_locked=True))
    return tuple(JobId(row.id) for row in rows)


@asynccontextmanager
async def set_aside(work: Work, job: JobId) -> AsyncIterator[None]:
    """Undo and log what errs inside, so that one bad row never stops a sweep; a database out of reach does."""
    try:
        async with work.savepoint():
            yield
    except Unavailable:
        raise
    except Exception:  # noqa: BLE001 - whatever it is, it is this row's
        _log.exception("a lease could not be taken away; it is set aside", extra={"job_id": str(job)})
