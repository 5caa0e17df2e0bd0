"""Overrides and pins, in memory."""

from __future__ import annotations

from brandbrain_core.errors import BrandNotFound
from brandbrain_core.ids import BrandId
from brandbrain_core.memory.tables import Tables
from brandbrain_core.model.overrides import Overrides


class MemoryOverrides:
    """Implements `brandbrain_core.ports.OverridesRepository`."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def get(self, brand: BrandId, *, for_update: bool = False) -> Overrides:  # noqa: ARG002
        """Return the record, or an empty one; there is one writer at a time anyhow."""
        if brand not in self._tables.brands:
            raise BrandNotFound(brand)
        return self._tables.overrides.get(brand) or Overrides(brand_id=brand)

    async def save(self, overrides: Overrides) -> None:
        """Replace the record."""
        self._tables.overrides[overrides.brand_id] = overrides
