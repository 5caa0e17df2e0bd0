"""Reads put together, in memory."""

from __future__ import annotations

import attrs

from brandbrain_core import wire
from brandbrain_core.errors import RunNotFound
from brandbrain_core.ids import BrandId, RunId
from brandbrain_core.memory.brands import MemoryBrands
from brandbrain_core.memory.overrides import MemoryOverrides
from brandbrain_core.memory.runs import MemoryRuns
from brandbrain_core.memory.snapshots import MemorySnapshots
from brandbrain_core.memory.sources import MemorySources
from brandbrain_core.memory.tables import Tables
from brandbrain_core.model.run import RunStatus
from brandbrain_core.model.stored_snapshot import StoredSnapshot
from brandbrain_core.model.views import (
    BrandState,
    HistoryView,
    LatestView,
    Published,
    RunEntry,
    RunsView,
    RunView,
)

_ENTRY_FIELDS = tuple(field.name for field in attrs.fields(RunEntry))


class MemoryViews:
    """Implements `brandbrain_core.ports.ViewRepository`."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._brands = MemoryBrands(tables)
        self._overrides = MemoryOverrides(tables)
        self._runs = MemoryRuns(tables)
        self._snapshots = MemorySnapshots(tables)
        self._sources = MemorySources(tables)

    async def latest(self, brand: BrandId, *, report: bool = False) -> LatestView:
        """Return the newest version."""
        await self._brands.get(brand)
        snapshot = await self._snapshots.latest(brand)
        run = None if snapshot.compile_run_id is None else self._tables.runs.get(snapshot.compile_run_id)
        found = None if run is None or not report else run.report
        return LatestView(
            id=snapshot.id,
            brand_id=snapshot.brand_id,
            compile_run_id=snapshot.compile_run_id,
            document=snapshot.document.encode(),
            created_at=snapshot.created_at,
            report=None if found is None else wire.dumps(found),
        )

    async def run(self, brand: BrandId, run: RunId) -> RunView:
        """Return a run."""
        if brand not in self._tables.brands:
            raise RunNotFound(run)
        found = await self._runs.get(brand, run)
        job = self._tables.jobs[self._tables.job_of_run[run]]
        snapshot = await self._snapshots.of_run(run)
        return RunView(
            id=found.id,
            brand_id=found.brand_id,
            status=found.status,
            progress=found.progress if found.status is RunStatus.RUNNING else None,
            error=found.error,
            cancelled=found.cancelled,
            attempts=job.attempts,
            available_at=job.available_at,
            last_error=job.last_error,
            report=None if found.report is None else wire.dumps(found.report),
            published=None if snapshot is None else _published(snapshot),
            created_at=found.created_at,
        )

    async def history(self, brand: BrandId, *, before_version: int | None, offset: int, limit: int) -> HistoryView:
        """Return entries, newest first."""
        await self._brands.get(brand)
        entries = await self._snapshots.history(brand, before_version=before_version, offset=offset, limit=limit)
        return HistoryView(entries=entries, total=await self._snapshots.count(brand))

    async def runs(self, brand: BrandId, *, after: RunId | None, offset: int, limit: int) -> RunsView:
        """Return runs, newest first."""
        await self._brands.get(brand)
        ids = (self._tables.jobs[job].compile_run_id for job in self._tables.jobs_of_brand.get(brand, ()))
        runs = [self._tables.runs[run] for run in sorted(ids, reverse=True)]
        wanted = [run for run in runs if after is None or run.id < after][offset : offset + limit]
        entries = tuple(RunEntry(**{name: getattr(run, name) for name in _ENTRY_FIELDS}) for run in wanted)
        return RunsView(entries=entries, total=len(runs))

    async def state(self, brand: BrandId, *, document: bool = False) -> BrandState:
        """Return everything small about the brand."""
        head = await self._snapshots.head(brand)
        return BrandState(
            brand=await self._brands.get(brand),
            onboarding=await self._brands.onboarding(brand),
            sources=await self._sources.of_brand(brand),
            overrides=await self._overrides.get(brand),
            head=head,
            document=self._tables.snapshots[head.id].document if document and head is not None else None,
        )


def _published(snapshot: StoredSnapshot) -> Published:
    return Published(id=snapshot.id, document=snapshot.document.encode(), created_at=snapshot.created_at)
