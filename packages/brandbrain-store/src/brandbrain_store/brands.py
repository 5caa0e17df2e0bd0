"""Brands, and what each answered."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import Select, Uuid, bindparam, insert, select, update

from brandbrain_core.errors import BrandNotFound
from brandbrain_core.ids import DEFAULT_TENANT, BrandId
from brandbrain_core.model.brand import Brand, Onboarding
from brandbrain_core.policies.canonical import canonical
from brandbrain_store.built import built_once, replace
from brandbrain_store.tables import brands, onboardings
from brandbrain_store.work import Work, visible

_COLUMNS = (brands.c.id, brands.c.name, brands.c.website_url, brands.c.created_at)


class SqlBrands:
    """See `brandbrain_core.ports.BrandRepository`."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def add(self, brand: Brand) -> None:
        """Store a new brand."""
        row = {"id": brand.id, "name": brand.name, "website_url": brand.website_url, "created_at": brand.created_at}
        row["tenant"] = self._work.tenant or DEFAULT_TENANT
        await self._work.run(insert(brands).values(row))

    async def get(self, brand: BrandId) -> Brand:
        """Return the brand; raise `BrandNotFound` if there is none or it was deleted."""
        row = await self._work.first(select(*_COLUMNS).where(brands.c.id == brand, self._work.sees()))
        if row is None:
            raise BrandNotFound(brand)
        return brand_of(row)

    async def find_by_name(self, name: str) -> Brand | None:
        """Return the oldest brand of exactly this name, or None."""
        found = select(*_COLUMNS).where(brands.c.name == name, self._work.sees())
        row = await self._work.first(found.order_by(brands.c.created_at, brands.c.id).limit(1))
        return None if row is None else brand_of(row)

    async def page(self, *, after: BrandId | None, limit: int) -> tuple[Brand, ...]:
        """Return up to *limit* brands, newest first (by id), beginning behind *after*."""
        found = select(*_COLUMNS).where(self._work.sees()).order_by(brands.c.id.desc()).limit(limit)
        if after is not None:
            found = found.where(brands.c.id < after)
        return tuple(brand_of(row) for row in await self._work.all(found))

    async def update(self, brand: Brand) -> None:
        """Replace name and website; raise `BrandNotFound`."""
        changed = update(brands).where(brands.c.id == brand.id, self._work.sees())
        await self._change(brand.id, changed.values(name=brand.name, website_url=brand.website_url))

    async def delete(self, brand: BrandId, *, at: datetime) -> None:
        """Make the brand not exist any more, for every reader and every kick-off; raise `BrandNotFound`."""
        await self._change(brand, update(brands).where(brands.c.id == brand, self._work.sees()).values(deleted_at=at))

    async def onboarding(self, brand: BrandId) -> Onboarding:
        """Return the saved answers, or tier 0 without answers; raise `BrandNotFound`."""
        row = await self._work.first(_onboarding(self._work.is_scoped), self._work.given(brand=brand))
        if row is None:
            raise BrandNotFound(brand)
        return onboarding_of(brand, row.tier, row.answers, row.updated_at)

    async def save_onboarding(self, onboarding: Onboarding) -> None:
        """Replace all answers of the brand."""
        row = {
            "brand_id": onboarding.brand_id,
            "tier": onboarding.tier,
            "answers": canonical(onboarding.answers),
            "updated_at": onboarding.updated_at,
        }
        await self._work.run(replace(self._work.database, onboardings), row)

    async def _change(self, brand: BrandId, statement: Any) -> None:
        if await self._work.first(statement.returning(brands.c.id)) is None:
            raise BrandNotFound(brand)


@built_once
def _onboarding(is_scoped: bool) -> Select[Any]:
    found = select(onboardings.c.tier, onboardings.c.answers, onboardings.c.updated_at).select_from(
        brands.outerjoin(onboardings, onboardings.c.brand_id == brands.c.id)
    )
    return found.where(brands.c.id == bindparam("brand", type_=Uuid()), visible(is_scoped))


def onboarding_of(brand: BrandId, tier: int | None, answers: str | None, updated_at: datetime | None) -> Onboarding:
    """Return the answers that columns of ``onboardings`` hold; None in them: nothing was saved."""
    if tier is None or answers is None:
        return Onboarding(brand_id=brand)
    return Onboarding(brand_id=brand, tier=tier, answers=json.loads(answers), updated_at=updated_at)


def brand_of(row: Any) -> Brand:
    """Return the brand that a row holds."""
    return Brand(id=BrandId(row.id), name=row.name, website_url=row.website_url, created_at=row.created_at)
