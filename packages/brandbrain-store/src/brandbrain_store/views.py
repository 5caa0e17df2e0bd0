"""The reads that are asked for most, each within its budget of statements; documents and reports are handed through."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Select, Uuid, and_, bindparam, func, select

from brandbrain_core import wire
from brandbrain_core.errors import BrandNotFound, RunNotFound, SnapshotNotFound
from brandbrain_core.ids import BrandId, RunId, SnapshotId
from brandbrain_core.model.run import Progress, RunStatus
from brandbrain_core.model.stored_snapshot import Origin, SnapshotHead
from brandbrain_core.model.views import (
    BrandState,
    HistoryView,
    LatestView,
    Published,
    RunEntry,
    RunsView,
    RunView,
)
from brandbrain_store.brands import brand_of, onboarding_of
from brandbrain_store.built import built_once
from brandbrain_store.columns import Utf8
from brandbrain_store.overrides import overrides_of
from brandbrain_store.snapshots import FAR, HEAD_COLUMNS, SqlSnapshots
from brandbrain_store.sources import SqlSources
from brandbrain_store.tables import brands, compile_runs, jobs, onboardings, overrides, snapshots
from brandbrain_store.work import Work, inline, visible

_DOCUMENT: Final = Utf8(snapshots.c.document).label("document")
_SHOWN: Final = (snapshots.c.id, snapshots.c.compile_run_id, _DOCUMENT, snapshots.c.created_at)
_ENTRY: Final = (
    compile_runs.c.id,
    compile_runs.c.status,
    compile_runs.c.force_refresh,
    compile_runs.c.cancelled,
    compile_runs.c.error,
    compile_runs.c.created_at,
    compile_runs.c.started_at,
    compile_runs.c.finished_at,
)


class SqlViews:
    """See `brandbrain_core.ports.ViewRepository`."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def latest(self, brand: BrandId, *, report: bool = False) -> LatestView:
        """Return the newest version; raise `BrandNotFound`, or `SnapshotNotFound` if there is none."""
        row = await self._work.first(_latest(self._work.is_scoped, report), self._work.given(brand=brand))
        if row is None:
            raise BrandNotFound(brand)
        if row.id is None:
            raise SnapshotNotFound
        return LatestView(
            id=SnapshotId(row.id),
            brand_id=brand,
            compile_run_id=row.compile_run_id,
            document=row.document,
            created_at=row.created_at,
            report=row.report if report else None,
        )

    async def run(self, brand: BrandId, run: RunId) -> RunView:
        """Return a run; raise `RunNotFound`, also when it is another brand's or the brand is not there."""
        row = await self._work.first(_run(self._work.is_scoped), self._work.given(brand=brand, run=run))
        if row is None:
            raise RunNotFound(run)
        return _run_view(brand, row)

    async def history(self, brand: BrandId, *, before_version: int | None, offset: int, limit: int) -> HistoryView:
        """Return entries, newest first; raise `BrandNotFound`. Versions have no gap: the newest one counts them all."""
        row = await self._work.first(_versions(self._work.is_scoped), self._work.given(brand=brand))
        if row is None:
            raise BrandNotFound(brand)
        repository = SqlSnapshots(self._work)
        entries = await repository.history(brand, before_version=before_version, offset=offset, limit=limit)
        return HistoryView(entries=entries, total=row.total)

    async def runs(self, brand: BrandId, *, after: RunId | None, offset: int, limit: int) -> RunsView:
        """Return runs, newest first, behind *after*; raise `BrandNotFound`."""
        row = await self._work.first(_runs(self._work.is_scoped), self._work.given(brand=brand))
        if row is None:
            raise BrandNotFound(brand)
        found = select(*_ENTRY).where(compile_runs.c.brand_id == brand)
        if after is not None:
            found = found.where(compile_runs.c.id < after)
        found = found.order_by(compile_runs.c.id.desc()).offset(min(offset, FAR)).limit(limit)
        return RunsView(entries=tuple(_entry(row) for row in await self._work.all(found)), total=row.total)

    async def state(self, brand: BrandId, *, document: bool = False) -> BrandState:
        """Return everything small about the brand, and the newest text if asked for; raise `BrandNotFound`."""
        row = await self._work.first(_state(self._work.is_scoped, document), self._work.given(brand=brand))
        if row is None:
            raise BrandNotFound(brand)
        members = row._mapping  # noqa: SLF001
        newest = {column.name: members[f"head_{column.name}"] for column in HEAD_COLUMNS}
        return BrandState(
            brand=brand_of(row),
            onboarding=onboarding_of(brand, row.tier, row.answers, row.answered_at),
            sources=await SqlSources(self._work).of_brand(brand),
            overrides=overrides_of(brand, members),
            head=None if newest["id"] is None else SnapshotHead(**newest),
            document=row.document if document else None,
        )


_BRAND: Final = bindparam("brand", type_=Uuid())
_STORED: Final = snapshots.alias("stored")
_NEWEST: Final = select(func.max(_STORED.c.version)).where(_STORED.c.brand_id == _BRAND).scalar_subquery()
_IS_NEWEST: Final = and_(snapshots.c.brand_id == brands.c.id, snapshots.c.version == _NEWEST)
_PUBLISHED: Final = and_(snapshots.c.compile_run_id == compile_runs.c.id, snapshots.c.origin == inline(Origin.COMPILE))


@built_once
def _latest(is_scoped: bool, report: bool) -> Select[Any]:
    newest = brands.outerjoin(snapshots, _IS_NEWEST)
    if report:
        with_run = newest.outerjoin(compile_runs, compile_runs.c.id == snapshots.c.compile_run_id)
        found = select(*_SHOWN, compile_runs.c.report).select_from(with_run)
    else:
        found = select(*_SHOWN).select_from(newest)
    return found.where(brands.c.id == _BRAND, visible(is_scoped))


@built_once
def _run(is_scoped: bool) -> Select[Any]:
    with_job = brands.join(compile_runs, compile_runs.c.brand_id == brands.c.id).join(
        jobs, jobs.c.compile_run_id == compile_runs.c.id
    )
    found = select(
        compile_runs.c.id,
        compile_runs.c.status,
        compile_runs.c.cancelled,
        compile_runs.c.error,
        compile_runs.c.created_at,
        compile_runs.c.progress,
        compile_runs.c.report,
        jobs.c.attempts,
        jobs.c.available_at,
        jobs.c.last_error,
        snapshots.c.id.label("snapshot_id"),
        snapshots.c.created_at.label("published_at"),
        _DOCUMENT,
    ).select_from(with_job.outerjoin(snapshots, _PUBLISHED))
    this = compile_runs.c.id == bindparam("run", type_=Uuid())
    return found.where(this, brands.c.id == _BRAND, visible(is_scoped))


@built_once
def _versions(is_scoped: bool) -> Select[Any]:
    total = func.coalesce(_NEWEST, 0).label("total")
    return select(total).select_from(brands).where(brands.c.id == _BRAND, visible(is_scoped))


@built_once
def _runs(is_scoped: bool) -> Select[Any]:
    counted = select(func.count()).select_from(compile_runs).where(compile_runs.c.brand_id == _BRAND)
    total = counted.scalar_subquery().label("total")
    return select(total).select_from(brands).where(brands.c.id == _BRAND, visible(is_scoped))


@built_once
def _state(is_scoped: bool, document: bool) -> Select[Any]:
    return (
        select(
            brands.c.id,
            brands.c.name,
            brands.c.website_url,
            brands.c.created_at,
            onboardings.c.tier,
            onboardings.c.answers,
            onboardings.c.updated_at.label("answered_at"),
            overrides,
            *(column.label(f"head_{column.name}") for column in HEAD_COLUMNS),
            *([snapshots.c.document] if document else ()),
        )
        .select_from(
            brands.outerjoin(onboardings, onboardings.c.brand_id == brands.c.id)
            .outerjoin(overrides, overrides.c.brand_id == brands.c.id)
            .outerjoin(snapshots, _IS_NEWEST)
        )
        .where(brands.c.id == _BRAND, visible(is_scoped))
    )


def _entry(row: Any) -> RunEntry:
    return RunEntry(
        id=RunId(row.id),
        status=RunStatus(row.status),
        force_refresh=row.force_refresh,
        cancelled=row.cancelled,
        error=row.error,
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
    )


def _run_view(brand: BrandId, row: Any) -> RunView:
    status, published = RunStatus(row.status), None
    is_running = status is RunStatus.RUNNING
    if row.snapshot_id is not None:
        published = Published(id=SnapshotId(row.snapshot_id), document=row.document, created_at=row.published_at)
    return RunView(
        id=RunId(row.id),
        brand_id=brand,
        status=status,
        progress=wire.loads(row.progress, Progress) if is_running and row.progress is not None else None,
        error=row.error,
        cancelled=row.cancelled,
        attempts=row.attempts,
        available_at=row.available_at,
        last_error=row.last_error,
        report=row.report,
        published=published,
        created_at=row.created_at,
    )
