"""How the queue stands, in one statement; on PostgreSQL also what slows it down."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, func, select, text

from brandbrain_core.model.job import JobStatus
from brandbrain_core.ports import QueueStats
from brandbrain_store import timing
from brandbrain_store.tables import WAITS, jobs
from brandbrain_store.work import Work, inline

_BURDEN = text(
    """select
        (select n_dead_tup from pg_stat_user_tables where relid = to_regclass('jobs')) as dead_rows,
        (select max(age(backend_xmin)) from pg_stat_activity where backend_xmin is not null) as oldest_snapshot_age"""
)


async def queue_stats(work: Work, *, now: datetime | None) -> QueueStats:
    """Return how the queue stands; both partial indexes serve the counts."""
    told = work.told(now)
    moment = timing.moment(told is not None).label("moment")
    waits = jobs.c.status == inline(JobStatus.PENDING)
    ready = (WAITS, jobs.c.available_at <= timing.moment_once(told is not None))
    found = select(
        moment,
        _count(waits).label("pending"),
        _count(*ready).label("ready"),
        _count(jobs.c.status == inline(JobStatus.RUNNING)).label("running"),
        select(func.min(jobs.c.available_at)).where(*ready).scalar_subquery().label("oldest_ready_at"),
    )
    row = (await work.run(found, timing.values(told))).one()
    burden = (await work.run(_BURDEN)).one() if work.database.name == "postgresql" else None
    return QueueStats(
        now=row.moment,
        pending=row.pending,
        ready=row.ready,
        running=row.running,
        oldest_ready_at=row.oldest_ready_at,
        dead_rows=None if burden is None else burden.dead_rows,
        oldest_snapshot_age=None if burden is None else burden.oldest_snapshot_age,
    )


def _count(*where: ColumnElement[bool]) -> ColumnElement[int]:
    return select(func.count()).select_from(jobs).where(*where).scalar_subquery()
