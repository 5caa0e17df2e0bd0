"""Brands and their answers, in memory."""

from __future__ import annotations

from datetime import datetime

import attrs

from brandbrain_core.errors import BrandNotFound
from brandbrain_core.ids import BrandId
from brandbrain_core.memory.tables import Tables
from brandbrain_core.model.brand import Brand, Onboarding


class MemoryBrands:
    """Implements `brandbrain_core.ports.BrandRepository`."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def add(self, brand: Brand) -> None:
        """Store a new brand."""
        self._tables.brands[brand.id] = brand

    async def get(self, brand: BrandId) -> Brand:
        """Return the brand."""
        try:
            return self._tables.brands[brand]
        except KeyError:
            raise BrandNotFound(brand) from None

    async def find_by_name(self, name: str) -> Brand | None:
        """Return the oldest brand of exactly this name, or None."""
        named = (brand for brand in self._tables.brands.values() if brand.name == name)
        return min(named, key=lambda brand: (brand.created_at, brand.id), default=None)

    async def page(self, *, after: BrandId | None, limit: int) -> tuple[Brand, ...]:
        """Return brands, newest first."""
        ids = sorted((brand for brand in self._tables.brands if after is None or brand < after), reverse=True)
        return tuple(self._tables.brands[brand] for brand in ids[:limit])

    async def update(self, brand: Brand) -> None:
        """Replace name and website."""
        stored = await self.get(brand.id)
        self._tables.brands[brand.id] = attrs.evolve(stored, name=brand.name, website_url=brand.website_url)

    async def delete(self, brand: BrandId, *, at: datetime) -> None:  # noqa: ARG002
        """Forget the brand, so that all that belongs to it is hidden."""
        await self.get(brand)
        del self._tables.brands[brand]

    async def onboarding(self, brand: BrandId) -> Onboarding:
        """Return the saved answers, or tier 0 without answers."""
        await self.get(brand)
        return self._tables.onboarding.get(brand) or Onboarding(brand_id=brand)

    async def save_onboarding(self, onboarding: Onboarding) -> None:
        """Replace all answers of the brand."""
        self._tables.onboarding[onboarding.brand_id] = onboarding
