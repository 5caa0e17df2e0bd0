"""The statements about jobs that are asked for all the time, built once."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Insert,
    Select,
    Uuid,
    bindparam,
    case,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.sql.dml import ReturningInsert, ReturningUpdate

from brandbrain_core.model.job import JobStatus
from brandbrain_store import timing
from brandbrain_store.built import built_once, labelled, slots
from brandbrain_store.dialects import Database
from brandbrain_store.job_rows import JOB_COLUMNS
from brandbrain_store.tables import brands, compile_runs, jobs
from brandbrain_store.work import inline, visible

RUNNING: Final = jobs.c.status == inline(JobStatus.RUNNING)
ACTIVE: Final = or_(jobs.c.status == inline(JobStatus.PENDING), RUNNING)


@built_once
def add(database: Database, *, is_scoped: bool) -> ReturningInsert[Any]:
    """Return the insert of a job if its brand is there and has none that waits."""
    places = slots(jobs)
    lives = select(visible(is_scoped)).where(brands.c.id == places["brand_id"]).scalar_subquery()
    insert = database.insert(jobs).from_select(list(places), select(*labelled(places)).where(lives))
    return insert.on_conflict_do_nothing().returning(jobs.c.id)


@built_once
def add_run() -> Insert:
    """Return the insert of a run."""
    return insert(compile_runs)


@built_once
def lock_brand() -> Select[Any]:
    """Return what lets no other kick-off or retry of the brand begin until the transaction ends."""
    return select(brands.c.id).where(brands.c.id == bindparam("brand", type_=Uuid())).with_for_update(key_share=True)


@built_once
def lock_brand_of() -> Select[Any]:
    """Return `lock_brand`, by one of the brand's jobs."""
    owner = select(jobs.c.brand_id).where(jobs.c.id == bindparam("job", type_=Uuid())).scalar_subquery()
    return select(brands.c.id).where(brands.c.id == owner).with_for_update(key_share=True)


@built_once
def active(*, locks: bool) -> Select[Any]:
    """Return what finds the active jobs of a brand, *locks* them."""
    found = select(*JOB_COLUMNS).where(jobs.c.brand_id == bindparam("brand", type_=Uuid()), ACTIVE)
    found = found.order_by(jobs.c.id)
    return found.with_for_update(key_share=True) if locks else found


@built_once
def fence() -> Select[Any]:
    """Return what locks a job's row if a lease holds."""
    return _held(jobs.c.id)


@built_once
def extend(database: Database, *, is_told: bool) -> ReturningUpdate[Any]:
    """Return one sign of life for many leases; it tells which of them are to stop."""
    moment = timing.moment(is_told)
    stops = or_(jobs.c.cancel_requested, jobs.c.started_at < timing.before(is_told, "deadline"))
    beat = case((or_(stops, jobs.c.locked_at > moment), jobs.c.locked_at), else_=moment)
    held = database.one_of_pairs(jobs.c.id, jobs.c.lease_token)
    extended = update(jobs).where(held, RUNNING).values(locked_at=beat)
    return extended.returning(jobs.c.id, jobs.c.lease_token, stops.label("stops"))


@built_once
def progress() -> ReturningUpdate[Any]:
    """Return the update of a run's progress if a lease holds, which locks the job's row, too."""
    held = _held(jobs.c.compile_run_id).cte("held").prefix_with("materialized", dialect="postgresql")
    this = compile_runs.c.id == held.c.compile_run_id
    return update(compile_runs).where(this).values(slots(compile_runs, "progress")).returning(compile_runs.c.id)


def _held(column: ColumnElement[Any]) -> Select[Any]:
    """Return *column* of a job, its row locked, if a lease holds."""
    authority = (
        jobs.c.id == bindparam("job", type_=Uuid()),
        jobs.c.lease_token == bindparam("token", type_=BigInteger()),
        RUNNING,
    )
    return select(column).where(*authority).with_for_update(key_share=True)
