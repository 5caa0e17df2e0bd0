"""What commands read of a brand: its newest snapshot, the report of its run, versions by number or id."""

from __future__ import annotations

from typing import Final
from uuid import UUID

import attrs

from brandbrain.brand_choice import choose_brand
from brandbrain_core import wire
from brandbrain_core.errors import InvalidInput, RunNotFound, SnapshotNotFound
from brandbrain_core.ids import BrandId, SnapshotId
from brandbrain_core.model.brand import Brand
from brandbrain_core.model.reports import RunReport
from brandbrain_core.model.snapshot import Snapshot
from brandbrain_core.model.stored_snapshot import HistoryEntry, StoredSnapshot
from brandbrain_core.ports import UnitOfWork
from brandbrain_core.services.deps import Deps

_LONGEST_NUMBER: Final = 9
"""Digits; no brand has so many versions."""


class NoSuchVersion(SnapshotNotFound):
    """The brand has no version of this number or id."""

    def __init__(self, version: str) -> None:
        super().__init__()
        self.args = (version,)
        self.version = version

    def __str__(self) -> str:
        return f"There is no version {self.version}; `brandbrain history` lists them"


class NothingCompiled(SnapshotNotFound):
    """The brand has no snapshot yet."""

    def __init__(self, brand: str) -> None:
        super().__init__()
        self.args = (brand,)
        self.brand = brand

    def __str__(self) -> str:
        return f"{self.brand} has no snapshot yet; `brandbrain compile` makes it"


@attrs.frozen(kw_only=True)
class Newest:
    """
    A brand's newest snapshot.

    Attributes:
        report: Of the run that made it; None: the run is gone.
    """

    brand: Brand
    stored: StoredSnapshot
    report: RunReport | None

    @property
    def snapshot(self) -> Snapshot:
        """The snapshot, read from its document."""
        return wire.loads(self.stored.document, Snapshot)


async def newest(deps: Deps, wanted: str | None) -> Newest:
    """Return the newest snapshot of the brand that is wanted; errors as `choose_brand`, or `NothingCompiled`."""
    async with deps.store.reading() as work:
        brand = await choose_brand(work, wanted)
        return await newest_of(work, brand)


async def newest_of(work: UnitOfWork, brand: Brand) -> Newest:
    """Return the newest snapshot of *brand*; raise `NothingCompiled`."""
    try:
        stored = await work.snapshots.latest(brand.id)
    except SnapshotNotFound:
        raise NothingCompiled(brand.name) from None
    return Newest(brand=brand, stored=stored, report=await _report(work, stored))


async def version_of(work: UnitOfWork, brand: BrandId, named: str) -> SnapshotId:
    """Return the id of the version that a number or an id names; raise `NoSuchVersion`, or `InvalidInput`."""
    text = named.strip().removeprefix("v")
    if text.isascii() and text.isdigit():
        if len(text) > _LONGEST_NUMBER:
            raise NoSuchVersion(f"{text[:_LONGEST_NUMBER]}...")
        found = await work.snapshots.history(brand, before_version=int(text) + 1, offset=0, limit=1)
        if not found or found[0].version != int(text):
            raise NoSuchVersion(named)
        return found[0].id
    try:
        snapshot = SnapshotId(UUID(text))
    except ValueError:
        raise InvalidInput(f"{named!r} is neither the number of a version nor the id of a snapshot") from None
    try:
        return (await work.snapshots.get(brand, snapshot)).id
    except SnapshotNotFound:
        raise NoSuchVersion(named) from None


async def entry_of(work: UnitOfWork, brand: BrandId, snapshot: SnapshotId) -> HistoryEntry:
    """Return the line of the history that a snapshot has."""
    stored = await work.snapshots.get(brand, snapshot)
    return HistoryEntry(
        id=stored.id,
        version=stored.version,
        origin=stored.origin,
        diff_summary=stored.diff_summary,
        created_at=stored.created_at,
    )


async def _report(work: UnitOfWork, stored: StoredSnapshot) -> RunReport | None:
    if stored.compile_run_id is None:
        return None
    try:
        return (await work.runs.get(stored.brand_id, stored.compile_run_id)).report
    except RunNotFound:
        return None
