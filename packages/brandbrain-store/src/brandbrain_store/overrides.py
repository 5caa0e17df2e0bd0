"""Overrides and pins, one record for a brand."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Executable, Select, Uuid, bindparam, select

from brandbrain_core.errors import BrandNotFound
from brandbrain_core.ids import BrandId
from brandbrain_core.model.overrides import Overrides
from brandbrain_core.policies.canonical import canonical
from brandbrain_store import tables
from brandbrain_store.built import built_once, filled, labelled, replace, slots
from brandbrain_store.dialects import Database
from brandbrain_store.tables import brands, overrides
from brandbrain_store.work import Work, visible


class SqlOverrides:
    """See `brandbrain_core.ports.OverridesRepository`."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def get(self, brand: BrandId, *, for_update: bool = False) -> Overrides:
        """
        Return the record, or an empty one; raise `BrandNotFound`.

        With *for_update* the record is locked until the transaction ends, and made first if there is none. One
        statement does both: one that only waits for a lock would read what was there before it waited.
        """
        if for_update:
            empty = filled(overrides_row(Overrides(brand_id=brand)))
            locked = _locked(self._work.database, is_scoped=self._work.is_scoped)
            row = await self._work.first(locked, self._work.given(**empty))
        else:
            row = await self._work.first(_found(self._work.is_scoped), self._work.given(brand=brand))
        if row is None:
            raise BrandNotFound(brand)
        return overrides_of(brand, row._mapping)  # noqa: SLF001

    async def save(self, overrides: Overrides) -> None:
        """Replace the record."""
        await self._work.run(replace(self._work.database, tables.overrides), overrides_row(overrides))


@built_once
def _found(is_scoped: bool) -> Select[Any]:
    found = select(overrides, brands.c.id).select_from(brands.outerjoin(overrides, overrides.c.brand_id == brands.c.id))
    return found.where(brands.c.id == bindparam("brand", type_=Uuid()), visible(is_scoped))


@built_once
def _locked(database: Database, *, is_scoped: bool) -> Executable:
    places = slots(overrides)
    lives = select(visible(is_scoped)).where(brands.c.id == places["brand_id"]).scalar_subquery()
    insert = database.insert(overrides).from_select(list(places), select(*labelled(places)).where(lives))
    same = {"updated_at": overrides.c.updated_at}
    return insert.on_conflict_do_update(index_elements=["brand_id"], set_=same).returning(overrides)


def overrides_row(record: Overrides) -> dict[str, Any]:
    """Return the row that holds a record."""
    return {
        "brand_id": record.brand_id,
        "values": canonical(record.values),
        "pinned_paths": canonical(record.pinned_paths),
        "pinned_values": canonical(record.pinned_values),
        "kept_items": canonical(record.kept_items),
        "updated_at": record.updated_at,
    }


def overrides_of(brand: BrandId, row: Any) -> Overrides:
    """Return the record that a row, by name of column, holds; an empty one where there is none."""
    if row["brand_id"] is None:
        return Overrides(brand_id=brand)
    return Overrides(
        brand_id=brand,
        values=json.loads(row["values"]),
        pinned_paths=tuple(json.loads(row["pinned_paths"])),
        pinned_values=json.loads(row["pinned_values"]),
        kept_items=json.loads(row["kept_items"]),
        updated_at=row["updated_at"],
    )
