"""The version that the next one follows."""

from __future__ import annotations

from brandbrain_core.errors import SnapshotNotFound
from brandbrain_core.ids import BrandId
from brandbrain_core.model.stored_snapshot import StoredSnapshot
from brandbrain_core.ports import UnitOfWork


async def newest_snapshot(work: UnitOfWork, brand: BrandId) -> StoredSnapshot | None:
    """Return the brand's newest version; None: it has none yet."""
    try:
        return await work.snapshots.latest(brand)
    except SnapshotNotFound:
        return None
