"""Every version of every brand; versions are appended, never rewritten."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import BigInteger, Executable, Integer, Select, Uuid, and_, bindparam, func, select

from brandbrain_core import wire
from brandbrain_core.errors import Conflict, SnapshotNotFound
from brandbrain_core.ids import BrandId, RunId, SnapshotId
from brandbrain_core.model.reports import DiffSummary
from brandbrain_core.model.stored_snapshot import HistoryEntry, Origin, SnapshotHead, StoredSnapshot
from brandbrain_store.built import built_once, filled, labelled, slots
from brandbrain_store.dialects import Database
from brandbrain_store.tables import brands, snapshots
from brandbrain_store.work import Work, inline, visible

HEAD_COLUMNS: Final = (
    snapshots.c.id,
    snapshots.c.brand_id,
    snapshots.c.version,
    snapshots.c.compile_run_id,
    snapshots.c.inputs_at,
    snapshots.c.inputs_hash,
    snapshots.c.input_hash,
    snapshots.c.degraded,
    snapshots.c.created_at,
)
_ENTRY: Final = (
    snapshots.c.id,
    snapshots.c.version,
    snapshots.c.origin,
    snapshots.c.diff_summary,
    snapshots.c.created_at,
)
_NAMES: Final = tuple(snapshots.c.keys())
FAR: Final = 1 << 62
"""More rows than there can be, and a number that every database takes."""


class SqlSnapshots:
    """See `brandbrain_core.ports.SnapshotRepository`."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def head(self, brand: BrandId) -> SnapshotHead | None:
        """Return what must be known of the newest version, without its document; None: there is none."""
        row = await self._work.first(_newest(self._work.is_scoped, is_whole=False), self._work.given(brand=brand))
        return None if row is None else SnapshotHead(**row._mapping)  # noqa: SLF001

    async def latest(self, brand: BrandId) -> StoredSnapshot:
        """Return the newest version; raise `SnapshotNotFound` if there is none."""
        row = await self._work.first(_newest(self._work.is_scoped, is_whole=True), self._work.given(brand=brand))
        if row is None:
            raise SnapshotNotFound
        return snapshot_of(row)

    async def get(self, brand: BrandId, snapshot: SnapshotId) -> StoredSnapshot:
        """Return one version; raise `SnapshotNotFound`, also when it is another brand's."""
        row = await self._work.first(_one(self._work.is_scoped), self._work.given(brand=brand, snapshot=snapshot))
        if row is None:
            raise SnapshotNotFound(snapshot)
        return snapshot_of(row)

    async def of_run(self, run: RunId) -> StoredSnapshot | None:
        """Return the version that a compile run published (origin ``compile``), or None."""
        compiled = and_(snapshots.c.compile_run_id == run, snapshots.c.origin == inline(Origin.COMPILE))
        row = await self._work.first(select(snapshots).where(compiled, self._work.lives(snapshots.c.brand_id)))
        return None if row is None else snapshot_of(row)

    async def append(self, snapshot: StoredSnapshot) -> None:
        """
        Store a new version, in one conditional statement.

        Raise `Conflict` unless its version follows the newest one's, its inputs are not older, and (origin
        ``compile``) its run has published none.
        """
        given = filled(row_of(snapshot)) | {"version_before": snapshot.version - 1}
        if await self._work.first(_append(self._work.database), given) is None:
            raise Conflict("the snapshot does not follow the newest one")

    async def history(
        self, brand: BrandId, *, before_version: int | None, offset: int, limit: int
    ) -> tuple[HistoryEntry, ...]:
        """Return up to *limit* entries, newest first, of versions below *before_version*, after skipping *offset*."""
        below = {} if before_version is None else {"below": before_version}
        given = self._work.given(brand=brand, skip=min(offset, FAR), limit=limit, **below)
        rows = await self._work.all(_history(self._work.is_scoped, is_below=bool(below)), given)
        return tuple(_entry(row) for row in rows)

    async def count(self, brand: BrandId) -> int:
        """Return the number of versions of the brand."""
        counted = (
            select(func.count()).select_from(snapshots).where(snapshots.c.brand_id == brand, self._work.lives(brand))
        )
        return int(await self._work.value(counted))


_OF_BRAND: Final = brands.join(snapshots, snapshots.c.brand_id == brands.c.id)
_BRAND: Final = brands.c.id == bindparam("brand", type_=Uuid())


@built_once
def _newest(is_scoped: bool, *, is_whole: bool) -> Select[Any]:
    columns = snapshots.c if is_whole else HEAD_COLUMNS
    found = select(*columns).select_from(_OF_BRAND).where(_BRAND, visible(is_scoped))
    return found.order_by(snapshots.c.version.desc()).limit(1)


@built_once
def _one(is_scoped: bool) -> Select[Any]:
    this = snapshots.c.id == bindparam("snapshot", type_=Uuid())
    return select(snapshots).select_from(_OF_BRAND).where(_BRAND, this, visible(is_scoped))


@built_once
def _history(is_scoped: bool, *, is_below: bool) -> Select[Any]:
    found = select(*_ENTRY).select_from(_OF_BRAND).where(_BRAND, visible(is_scoped))
    if is_below:
        found = found.where(snapshots.c.version < bindparam("below", type_=Integer()))
    skip, limit = bindparam("skip", type_=BigInteger()), bindparam("limit", type_=BigInteger())
    return found.order_by(snapshots.c.version.desc()).offset(skip).limit(limit)


@built_once
def _append(database: Database) -> Executable:
    """Return the insert of a version if exactly the version before is the newest, and its inputs are not newer."""
    places = slots(snapshots)
    stored = snapshots.alias("stored")
    mine = stored.c.brand_id == places["brand_id"]
    before = bindparam("version_before", type_=Integer())
    newest = func.coalesce(select(func.max(stored.c.version)).where(mine).scalar_subquery(), 0)
    has_newer_inputs = select(stored.c.id).where(
        mine, stored.c.version == before, stored.c.inputs_at > places["inputs_at"]
    )
    follows = and_(newest == before, ~has_newer_inputs.exists())
    insert = database.insert(snapshots).from_select(list(places), select(*labelled(places)).where(follows))
    return insert.on_conflict_do_nothing().returning(snapshots.c.id)


def row_of(snapshot: StoredSnapshot) -> dict[str, Any]:
    """Return the row that holds a version."""
    return {
        "id": snapshot.id,
        "brand_id": snapshot.brand_id,
        "version": snapshot.version,
        "origin": snapshot.origin,
        "compile_run_id": snapshot.compile_run_id,
        "inputs_at": snapshot.inputs_at,
        "inputs_hash": snapshot.inputs_hash,
        "input_hash": snapshot.input_hash,
        "degraded": snapshot.degraded,
        "created_at": snapshot.created_at,
        "diff_summary": None if snapshot.diff_summary is None else wire.dumps(snapshot.diff_summary),
        "document": snapshot.document,
    }


def snapshot_of(row: Any) -> StoredSnapshot:
    """Return the version that a row holds, whatever else is in it."""
    members = {name: getattr(row, name) for name in _NAMES}
    return StoredSnapshot(**members | {"origin": Origin(row.origin), "diff_summary": _diff(row.diff_summary)})


def _entry(row: Any) -> HistoryEntry:
    return HistoryEntry(
        id=SnapshotId(row.id),
        version=row.version,
        origin=Origin(row.origin),
        diff_summary=_diff(row.diff_summary),
        created_at=row.created_at,
    )


def _diff(stored: str | None) -> DiffSummary | None:
    return None if stored is None else wire.loads(stored, DiffSummary)
