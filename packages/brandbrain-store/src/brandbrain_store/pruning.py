"""
Deleting what is over, a batch at a time.

A batch looks at the next so many rows and deletes those of them that may go. If it looked for so many that may go, it
would pass by all that stays, again for every batch.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, func, select, tuple_

from brandbrain_core.ids import CollectionRunId, JobId
from brandbrain_core.model.collection import CollectionStatus
from brandbrain_core.ports import Pruned
from brandbrain_store.tables import collection_runs, compile_runs, jobs, raw_items, snapshots
from brandbrain_store.work import Work, inline


async def prune_jobs(
    work: Work, *, finished_before: datetime, limit: int, after: tuple[datetime, JobId] | None
) -> Pruned[tuple[datetime, JobId]]:
    """
    Of the next *limit* jobs that ended before, oldest first, delete those that may go, and their runs.

    The run of a brand's newest snapshot stays; older snapshots forget theirs. What others have locked is left to the
    next time.
    """
    looked_at = await work.all(_ended(finished_before, limit, after))
    over = [row for row in looked_at if not row.is_head]
    if over:
        await work.run(delete(jobs).where(jobs.c.id.in_([row.id for row in over])))
        await work.run(delete(compile_runs).where(compile_runs.c.id.in_([row.compile_run_id for row in over])))
    last = looked_at[-1] if len(looked_at) == limit else None
    return Pruned(deleted=len(over), last=None if last is None else (last.finished_at, JobId(last.id)))


async def prune_raw_items(
    work: Work, *, started_before: datetime, limit: int, after: CollectionRunId | None
) -> Pruned[CollectionRunId]:
    """
    Of the next *limit* collection runs that began before, by id, empty those that have been replaced.

    The newest succeeded run of a source keeps its raw items. Evidence keeps its references to what is gone.
    """
    looked_at = await work.all(_collected(started_before, limit, after))
    replaced = [row.id for row in looked_at if row.is_replaced]
    deleted = 0
    if replaced:
        deleted = (await work.run(delete(raw_items).where(raw_items.c.run_id.in_(replaced)))).rowcount
    last = looked_at[-1] if len(looked_at) == limit else None
    return Pruned(deleted=deleted, last=None if last is None else CollectionRunId(last.id))


def _ended(before: datetime, limit: int, after: tuple[datetime, JobId] | None) -> Select[Any]:
    newer = snapshots.alias("newer")
    newest = select(func.max(newer.c.version)).where(newer.c.brand_id == snapshots.c.brand_id).scalar_subquery()
    head = select(snapshots.c.id).where(
        snapshots.c.compile_run_id == jobs.c.compile_run_id, snapshots.c.version == newest
    )
    found = select(jobs.c.id, jobs.c.compile_run_id, jobs.c.finished_at, head.exists().label("is_head"))
    found = found.where(jobs.c.finished_at.is_not(None), jobs.c.finished_at < before)
    if after is not None:
        found = found.where(tuple_(jobs.c.finished_at, jobs.c.id) > after)
    return found.order_by(jobs.c.finished_at, jobs.c.id).limit(limit).with_for_update(of=jobs, skip_locked=True)


def _collected(before: datetime, limit: int, after: CollectionRunId | None) -> Select[Any]:
    newer = collection_runs.alias("newer")
    replaced = select(newer.c.id).where(
        newer.c.source_id == collection_runs.c.source_id,
        newer.c.status == inline(CollectionStatus.SUCCEEDED),
        newer.c.started_at > collection_runs.c.started_at,
    )
    found = select(collection_runs.c.id, replaced.exists().label("is_replaced"))
    found = found.where(collection_runs.c.started_at < before)
    if after is not None:
        found = found.where(collection_runs.c.id > after)
    return found.order_by(collection_runs.c.id).limit(limit)
