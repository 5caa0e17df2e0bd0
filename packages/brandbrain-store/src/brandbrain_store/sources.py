"""The sources of brands."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Select, Uuid, bindparam, delete, select, update

from brandbrain_core.errors import SourceExists, SourceNotFound
from brandbrain_core.ids import BrandId, SourceId
from brandbrain_core.model.platform import Capability, Platform
from brandbrain_core.model.source import Source
from brandbrain_core.policies.canonical import canonical
from brandbrain_store.built import built_once
from brandbrain_store.errors import unique_violation_as
from brandbrain_store.tables import brands, sources
from brandbrain_store.work import Work, visible


class SqlSources:
    """See `brandbrain_core.ports.SourceRepository`."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def add(self, source: Source) -> None:
        """Store a new source; raise `SourceExists` if brand, platform, capability and identifier are taken."""
        row = {
            "id": source.id,
            "brand_id": source.brand_id,
            "platform": source.platform,
            "capability": source.capability,
            "created_at": source.created_at,
            **_changeable(source),
        }
        added = self._work.database.insert(sources).values(row).on_conflict_do_nothing()
        if await self._work.first(added.returning(sources.c.id)) is None:
            raise SourceExists

    async def get(self, source: SourceId) -> Source:
        """Return the source; raise `SourceNotFound`, also when its brand was deleted."""
        row = await self._work.first(
            select(sources).where(sources.c.id == source, self._work.lives(sources.c.brand_id))
        )
        if row is None:
            raise SourceNotFound(source)
        return _source(row)

    async def find(self, brand: BrandId, platform: Platform, capability: Capability, identifier: str) -> Source | None:
        """Return the source of this identity, or None."""
        row = await self._work.first(
            select(sources).where(
                sources.c.brand_id == brand,
                sources.c.platform == platform,
                sources.c.capability == capability,
                sources.c.identifier == identifier,
                self._work.lives(brand),
            )
        )
        return None if row is None else _source(row)

    async def of_brand(self, brand: BrandId) -> tuple[Source, ...]:
        """Return all sources of the brand, newest first (created_at, then id, descending)."""
        rows = await self._work.all(_of_brand(self._work.is_scoped), self._work.given(brand=brand))
        return tuple(_source(row) for row in rows)

    async def update(self, source: Source) -> None:
        """Replace identifier, is_enabled, settings, updated_at; raise `SourceNotFound`, or `SourceExists`."""
        changed = (
            update(sources)
            .where(sources.c.id == source.id, self._work.lives(sources.c.brand_id))
            .values(_changeable(source))
        )
        with unique_violation_as(SourceExists()):
            if await self._work.first(changed.returning(sources.c.id)) is None:
                raise SourceNotFound(source.id)

    async def delete(self, source: SourceId) -> None:
        """Delete the source, its collection runs, raw items and sightings; raise `SourceNotFound`."""
        gone = (
            delete(sources).where(sources.c.id == source, self._work.lives(sources.c.brand_id)).returning(sources.c.id)
        )
        if await self._work.first(gone) is None:
            raise SourceNotFound(source)


@built_once
def _of_brand(is_scoped: bool) -> Select[Any]:
    found = select(sources).select_from(brands.join(sources, sources.c.brand_id == brands.c.id))
    found = found.where(brands.c.id == bindparam("brand", type_=Uuid()), visible(is_scoped))
    return found.order_by(sources.c.created_at.desc(), sources.c.id.desc())


def _changeable(source: Source) -> dict[str, Any]:
    return {
        "identifier": source.identifier,
        "is_enabled": source.is_enabled,
        "settings": None if source.settings is None else canonical(source.settings),
        "updated_at": source.updated_at,
    }


def _source(row: Any) -> Source:
    return Source(
        id=SourceId(row.id),
        brand_id=BrandId(row.brand_id),
        platform=Platform(row.platform),
        capability=Capability(row.capability),
        identifier=row.identifier,
        is_enabled=row.is_enabled,
        settings=None if row.settings is None else json.loads(row.settings),
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
