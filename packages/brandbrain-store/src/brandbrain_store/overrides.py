"""Overrides and pins, one record for a brand."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select

from brandbrain_core.errors import BrandNotFound
from brandbrain_core.ids import BrandId
from brandbrain_core.model.overrides import Overrides
from brandbrain_core.policies.canonical import canonical
from brandbrain_store import tables
from brandbrain_store.tables import brands
from brandbrain_store.work import Work


class SqlOverrides:
    """See `brandbrain_core.ports.OverridesRepository`."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def get(self, brand: BrandId, *, for_update: bool = False) -> Overrides:
        """
        Return the record, or an empty one; raise `BrandNotFound`.

        With *for_update* the brand is locked until the transaction ends. The lock is a statement of its own: one that
        reads while it waits would read what was there before it waited.
        """
        if for_update:
            lock = select(brands.c.id).where(brands.c.id == brand, self._work.sees()).with_for_update(key_share=True)
            await self._work.run(lock)
        found = (
            select(tables.overrides)
            .add_columns(brands.c.id)
            .select_from(brands.outerjoin(tables.overrides, tables.overrides.c.brand_id == brands.c.id))
            .where(brands.c.id == brand, self._work.sees())
        )
        row = await self._work.first(found)
        if row is None:
            raise BrandNotFound(brand)
        return overrides_of(brand, row._mapping)  # noqa: SLF001

    async def save(self, overrides: Overrides) -> None:
        """Replace the overrides."""
        row = {
            "values": canonical(overrides.values),
            "pinned_paths": canonical(overrides.pinned_paths),
            "pinned_values": canonical(overrides.pinned_values),
            "kept_items": canonical(overrides.kept_items),
            "updated_at": overrides.updated_at,
        }
        saved = self._work.database.insert(tables.overrides).values({"brand_id": overrides.brand_id, **row})
        await self._work.run(saved.on_conflict_do_update(index_elements=["brand_id"], set_=row))


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
