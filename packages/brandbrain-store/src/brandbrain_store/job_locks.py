"""A job's row, locked while a decision about it is made, and the writing of what was decided."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import attrs
from sqlalchemy import BigInteger, ColumnElement, Select, Text, Update, Uuid, bindparam, select, update

from brandbrain_core.errors import Unavailable
from brandbrain_core.ids import JobId, RunId
from brandbrain_core.model.job import Job, JobStatus
from brandbrain_core.model.reports import RunReport
from brandbrain_core.model.run import CompileRun
from brandbrain_core.policies.lease import run_after
from brandbrain_core.policies.transitions import ENDED
from brandbrain_store import timing
from brandbrain_store.built import built_once, filled, slots
from brandbrain_store.job_rows import CHANGEABLE, JOB_COLUMNS, changeable_of, job_of
from brandbrain_store.runs import OUTCOME, outcome_of, run_of
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


async def lock_job(work: Work, job_id: JobId, *, now: datetime | None) -> Held | None:
    """
    Lock a job; None: there is none.

    The time and the waiting job are asked for in a second statement: the first one may have waited, and would tell
    what was before.
    """
    return await _held(work, await work.first(_lock_job(), {"job": job_id}), now)


async def lock_job_of(work: Work, run: RunId, *, now: datetime | None) -> Held | None:
    """Lock the job of a run, as `lock_job`."""
    return await _held(work, await work.first(_lock_job_of(), {"run": run}), now)


async def write_outcome(work: Work, held: Held, after: Job, *, report: RunReport | None = None) -> None:
    """Write what was decided about a job, and its run with it."""
    if after != held.job:
        same = {"job": after.id, "old_status": held.job.status, "old_token": held.job.lease_token}
        await work.run(_write_job(), filled(changeable_of(after)) | same)
    outcome = outcome_of(run_after(held.run, after, report=report))
    if outcome != outcome_of(held.run):
        await work.run(_write_run(), filled(outcome) | {"run": held.run.id})
    frees_the_brand = held.job.status is JobStatus.RUNNING and after.status in ENDED and held.waiting is not None
    work.has_ready |= after.status is JobStatus.PENDING or frees_the_brand


async def running_jobs(
    work: Work, which: ColumnElement[bool], given: dict[str, Any], *, limit: int | None
) -> tuple[JobId, ...]:
    """Lock running jobs, the longest silent first, and return their ids; rows that others have locked are skipped."""
    found = select(jobs.c.id).where(which, jobs.c.status == inline(JobStatus.RUNNING))
    found = found.order_by(jobs.c.locked_at, jobs.c.id).limit(limit)
    rows = await work.all(found.with_for_update(key_share=True, skip_locked=True), given)
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


async def _held(work: Work, job_row: Any, now: datetime | None) -> Held | None:
    if job_row is None:
        return None
    job, told = job_of(job_row), work.told(now)
    given = timing.values(told) | {"job": job.id, "brand": job.brand_id, "run": job.compile_run_id}
    row = (await work.run(_under_lock(is_told=told is not None), given)).one()
    waiting = None if row.waiting is None else RunId(row.waiting)
    return Held(job=job, run=run_of(row), waiting=waiting, now=row.moment)


@built_once
def _lock_job() -> Select[Any]:
    this = jobs.c.id == bindparam("job", type_=Uuid())
    return select(*JOB_COLUMNS).where(this).with_for_update(key_share=True)


@built_once
def _lock_job_of() -> Select[Any]:
    this = jobs.c.compile_run_id == bindparam("run", type_=Uuid())
    return select(*JOB_COLUMNS).where(this).with_for_update(key_share=True)


@built_once
def _under_lock(*, is_told: bool) -> Select[Any]:
    pending = select(jobs.c.compile_run_id).where(
        jobs.c.brand_id == bindparam("brand", type_=Uuid()),
        jobs.c.status == inline(JobStatus.PENDING),
        jobs.c.id != bindparam("job", type_=Uuid()),
    )
    found = select(
        compile_runs, pending.scalar_subquery().label("waiting"), timing.moment(is_told).label("moment")
    ).where(compile_runs.c.id == bindparam("run", type_=Uuid()))
    return found.with_for_update(key_share=True, of=compile_runs)


@built_once
def _write_job() -> Update:
    as_read = (
        jobs.c.id == bindparam("job", type_=Uuid()),
        jobs.c.status == bindparam("old_status", type_=Text()),
        jobs.c.lease_token.is_not_distinct_from(bindparam("old_token", type_=BigInteger())),
    )
    return update(jobs).where(*as_read).values(slots(jobs, *CHANGEABLE))


@built_once
def _write_run() -> Update:
    this = compile_runs.c.id == bindparam("run", type_=Uuid())
    return update(compile_runs).where(this).values(slots(compile_runs, *OUTCOME))
