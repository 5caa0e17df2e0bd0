"""Versions of brands, in memory."""

from __future__ import annotations

import attrs

from brandbrain_core.errors import Conflict, SnapshotNotFound
from brandbrain_core.ids import BrandId, RunId, SnapshotId
from brandbrain_core.memory.tables import Tables
from brandbrain_core.model.stored_snapshot import HistoryEntry, Origin, SnapshotHead, StoredSnapshot

_HEAD_FIELDS = tuple(field.name for field in attrs.fields(SnapshotHead))
_ENTRY_FIELDS = tuple(field.name for field in attrs.fields(HistoryEntry))


class MemorySnapshots:
    """Implements `brandbrain_core.ports.SnapshotRepository`."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def head(self, brand: BrandId) -> SnapshotHead | None:
        """Return what must be known of the newest version."""
        newest = self._newest(brand)
        return None if newest is None else SnapshotHead(**{name: getattr(newest, name) for name in _HEAD_FIELDS})

    async def latest(self, brand: BrandId) -> StoredSnapshot:
        """Return the newest version."""
        newest = self._newest(brand)
        if newest is None:
            raise SnapshotNotFound
        return newest

    async def get(self, brand: BrandId, snapshot: SnapshotId) -> StoredSnapshot:
        """Return one version."""
        found = self._tables.snapshots.get(snapshot)
        if found is None or found.brand_id != brand or brand not in self._tables.brands:
            raise SnapshotNotFound(snapshot)
        return found

    async def of_run(self, run: RunId) -> StoredSnapshot | None:
        """Return the version that a compile run published, or None."""
        snapshots = (self._tables.snapshots[each] for each in self._tables.snapshots_of_run.get(run, ()))
        return next((snapshot for snapshot in snapshots if snapshot.origin is Origin.COMPILE), None)

    async def append(self, snapshot: StoredSnapshot) -> None:
        """Store a new version."""
        versions = self._tables.versions.get(snapshot.brand_id, ())
        newest = self._tables.snapshots[versions[-1]] if versions else None
        if snapshot.version != len(versions) + 1:
            raise Conflict(f"version {snapshot.version} does not follow {len(versions)}")
        if newest is not None and snapshot.inputs_at < newest.inputs_at:
            raise Conflict("the newest version rests on newer inputs")
        run = snapshot.compile_run_id
        if snapshot.origin is Origin.COMPILE and run is not None and await self.of_run(run) is not None:
            raise Conflict(f"run {run} has published a version already")
        self._tables.snapshots[snapshot.id] = snapshot
        self._tables.versions[snapshot.brand_id] = (*versions, snapshot.id)
        if run is not None:
            self._tables.snapshots_of_run[run] = (*self._tables.snapshots_of_run.get(run, ()), snapshot.id)

    async def history(
        self, brand: BrandId, *, before_version: int | None, offset: int, limit: int
    ) -> tuple[HistoryEntry, ...]:
        """Return entries, newest first."""
        end = None if before_version is None else max(before_version - 1, 0)
        ids = self._visible(brand)[:end][::-1][offset : offset + limit]
        snapshots = (self._tables.snapshots[snapshot] for snapshot in ids)
        return tuple(HistoryEntry(**{name: getattr(s, name) for name in _ENTRY_FIELDS}) for s in snapshots)

    async def count(self, brand: BrandId) -> int:
        """Return the number of versions of the brand."""
        return len(self._visible(brand))

    def _visible(self, brand: BrandId) -> tuple[SnapshotId, ...]:
        return self._tables.versions.get(brand, ()) if brand in self._tables.brands else ()

    def _newest(self, brand: BrandId) -> StoredSnapshot | None:
        versions = self._visible(brand)
        return self._tables.snapshots[versions[-1]] if versions else None
