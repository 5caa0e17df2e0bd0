"""
The claim: who gets which job, in one statement.

The rows are chosen in a materialised expression of its own, locked there with others' rows skipped; without that
fence a plan may choose again for every row that it updates. Tokens are given in the order of the claim.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Text,
    Update,
    Uuid,
    bindparam,
    func,
    literal_column,
    select,
    update,
)
from sqlalchemy.sql.dml import ReturningUpdate

from brandbrain_core.ids import RunId
from brandbrain_core.model.job import Job, JobStatus, Lease
from brandbrain_core.model.run import RunStatus
from brandbrain_core.policies.lease import JOB_TYPE, claim_order, lease_of
from brandbrain_store import hot_postgres, timing
from brandbrain_store.built import built_once
from brandbrain_store.columns import Moment
from brandbrain_store.dialects import Database
from brandbrain_store.job_rows import JOB_COLUMNS, job_of
from brandbrain_store.tables import WAITS, compile_runs, jobs
from brandbrain_store.work import Work, inline

_IS_COMPILE: Final[ColumnElement[bool]] = literal_column(f"coalesce(jobs.job_type = '{JOB_TYPE}', false)")
"""Said so that PostgreSQL does not guess from the statistics of an idle queue that no job is of this type."""

_ORDER: Final = (jobs.c.available_at, jobs.c.created_at, jobs.c.id)


async def claim(
    work: Work, worker: str, *, limit: int, now: datetime | None, run: RunId | None = None
) -> tuple[Lease, ...]:
    """Give *worker* the first *limit* ready jobs, or the one of *run* if it is ready; least token first."""
    if limit < 1:
        return ()
    if work.database.changes_several:
        return await _claim_at_once(work, worker, limit=limit, now=now, run=run)
    told = work.told(now)
    given = timing.values(told) | {"worker": worker, "how_many": limit} | ({} if run is None else {"run": run})
    statement = _claim(work.database, is_told=told is not None, is_of_run=run is not None)
    claimed = [job_of(row) for row in await work.all(statement, given)]
    if not claimed:
        return ()
    leases = sorted((lease_of(job) for job in claimed), key=lambda lease: lease.token)
    if (noted := work.database.keep_tokens(leases[-1].token)) is not None:
        await work.run(noted)
    await work.run(_start_run(), [{"run": job.compile_run_id, "begun": job.started_at} for job in claimed])
    return tuple(leases)


async def _claim_at_once(
    work: Work, worker: str, *, limit: int, now: datetime | None, run: RunId | None
) -> tuple[Lease, ...]:
    """Claim in one statement, above the floor first; who tells the time or names the run asks about all that waits."""
    if now is not None or run is not None:
        return await _sent_claim(work, worker, limit=limit, now=now, run=run)
    floor = work.floor.lowest()
    leases = await _sent_claim(work, worker, limit=limit, floor=floor)
    if floor is not None and not leases:
        floor = None
        leases = await _sent_claim(work, worker, limit=limit)
    work.floor.moves(leases[0].available_at if len(leases) == limit else None, from_beginning=floor is None)
    return leases


async def _sent_claim(
    work: Work,
    worker: str,
    *,
    limit: int,
    now: datetime | None = None,
    run: RunId | None = None,
    floor: datetime | None = None,
) -> tuple[Lease, ...]:
    given = [value for value in (now, run, floor) if value is not None]
    text = hot_postgres.claim(limit, is_told=now is not None, is_of_run=run is not None, has_floor=floor is not None)
    return tuple(Lease(**row) for row in await work.send(text, (worker, *given)))


async def claimable(work: Work, *, limit: int, now: datetime | None) -> tuple[Job, ...]:
    """Return what `claim` would take."""
    told = work.told(now)
    ready = _ready(select(*JOB_COLUMNS), is_told=told is not None).order_by(*_ORDER).limit(limit)
    rows = await work.all(ready, timing.values(told))
    return tuple(sorted((job_of(row) for row in rows), key=claim_order))


def _ready(columns: Select[Any], *, is_told: bool) -> Select[Any]:
    other = jobs.alias("other")
    busy = select(other.c.id).where(other.c.brand_id == jobs.c.brand_id, other.c.status == inline(JobStatus.RUNNING))
    return columns.where(
        WAITS,
        _IS_COMPILE,
        jobs.c.available_at <= timing.moment_once(is_told),
        ~busy.exists(),
    )


@built_once
def _claim(database: Database, *, is_told: bool, is_of_run: bool) -> ReturningUpdate[Any]:
    chosen = _ready(select(*_ORDER), is_told=is_told)
    if is_of_run:
        chosen = chosen.where(jobs.c.compile_run_id == bindparam("run", type_=Uuid()))
    chosen = chosen.order_by(*_ORDER).limit(bindparam("how_many", type_=BigInteger()))
    chosen = chosen.with_for_update(key_share=True, skip_locked=True, of=jobs)
    ready = chosen.cte("ready").prefix_with("materialized", dialect="postgresql")
    order = (ready.c.available_at, ready.c.created_at, ready.c.id)
    in_order = select(*order).order_by(*order).offset(0).subquery("in_order")
    numbered = select(in_order.c.id, database.token(*in_order.c).label("token")).cte("numbered")
    numbered = numbered.prefix_with("materialized", dialect="postgresql")
    moment = timing.moment(is_told)
    return (
        update(jobs)
        .where(jobs.c.id == numbered.c.id)
        .values(
            status=JobStatus.RUNNING,
            attempts=jobs.c.attempts + 1,
            locked_at=moment,
            locked_by=bindparam("worker", type_=Text()),
            started_at=moment,
            lease_token=numbered.c.token,
            updated_at=moment,
        )
        .returning(*JOB_COLUMNS)
    )


@built_once
def _start_run() -> Update:
    started = func.coalesce(compile_runs.c.started_at, bindparam("begun", type_=Moment()))
    this = compile_runs.c.id == bindparam("run", type_=Uuid())
    return update(compile_runs).where(this).values(status=RunStatus.RUNNING, started_at=started)
