"""Deleting what is over, a batch at a time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, delete, func, select

from brandbrain_core.model.collection import CollectionStatus
from brandbrain_store.tables import collection_runs, compile_runs, jobs, raw_items, snapshots
from brandbrain_store.work import Work, inline


async def prune_jobs(work: Work, *, finished_before: datetime, limit: int) -> int:
    """
    Delete up to *limit* jobs that ended before, oldest first, and their runs; return how many.

    The run of a brand's newest snapshot stays; older snapshots forget theirs.
    """
    newer = snapshots.alias("newer")
    newest = select(func.max(newer.c.version)).where(newer.c.brand_id == snapshots.c.brand_id).scalar_subquery()
    head = select(snapshots.c.id).where(
        snapshots.c.compile_run_id == jobs.c.compile_run_id, snapshots.c.version == newest
    )
    over = (
        select(jobs.c.id, jobs.c.compile_run_id)
        .where(and_(jobs.c.finished_at.is_not(None), jobs.c.finished_at < finished_before), ~head.exists())
        .order_by(jobs.c.finished_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = await work.all(over)
    if rows:
        await work.run(delete(jobs).where(jobs.c.id.in_([row.id for row in rows])))
        await work.run(delete(compile_runs).where(compile_runs.c.id.in_([row.compile_run_id for row in rows])))
    return len(rows)


async def prune_raw_items(work: Work, *, started_before: datetime, limit: int) -> int:
    """
    Delete up to *limit* raw items of collection runs that began before; return how many.

    Those of the newest succeeded run of a source stay. Evidence keeps its references to what is gone.
    """
    newer = collection_runs.alias("newer")
    replaced = select(newer.c.id).where(
        newer.c.source_id == collection_runs.c.source_id,
        newer.c.status == inline(CollectionStatus.SUCCEEDED),
        newer.c.started_at > collection_runs.c.started_at,
    )
    stale = (
        select(raw_items.c.id)
        .join(collection_runs, collection_runs.c.id == raw_items.c.run_id)
        .where(collection_runs.c.started_at < started_before, replaced.exists())
        .limit(limit)
    )
    return (await work.run(delete(raw_items).where(raw_items.c.id.in_(stale)))).rowcount
