"""The sources of brands, in memory."""

from __future__ import annotations

import attrs

from brandbrain_core.errors import SourceExists, SourceNotFound
from brandbrain_core.ids import BrandId, SourceId
from brandbrain_core.memory.tables import SourceKey, Tables
from brandbrain_core.model.platform import Capability, Platform
from brandbrain_core.model.source import Source


class MemorySources:
    """Implements `brandbrain_core.ports.SourceRepository`."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def add(self, source: Source) -> None:
        """Store a new source."""
        self._take(source)
        self._tables.sources[source.id] = source
        known = self._tables.sources_of_brand.get(source.brand_id, ())
        self._tables.sources_of_brand[source.brand_id] = (*known, source.id)

    async def get(self, source: SourceId) -> Source:
        """Return the source."""
        found = self._tables.sources.get(source)
        if found is None or found.brand_id not in self._tables.brands:
            raise SourceNotFound(source)
        return found

    async def find(self, brand: BrandId, platform: Platform, capability: Capability, identifier: str) -> Source | None:
        """Return the source of this identity, or None."""
        found = self._tables.source_ids.get((brand, platform, capability, identifier))
        return None if found is None or brand not in self._tables.brands else self._tables.sources[found]

    async def of_brand(self, brand: BrandId) -> tuple[Source, ...]:
        """Return all sources of the brand, newest first."""
        if brand not in self._tables.brands:
            return ()
        sources = (self._tables.sources[source] for source in self._tables.sources_of_brand.get(brand, ()))
        return tuple(sorted(sources, key=lambda source: (source.created_at, source.id), reverse=True))

    async def update(self, source: Source) -> None:
        """Replace what can change."""
        stored = await self.get(source.id)
        changed = attrs.evolve(
            stored,
            identifier=source.identifier,
            is_enabled=source.is_enabled,
            settings=source.settings,
            updated_at=source.updated_at,
        )
        self._take(changed)
        if changed.identifier != stored.identifier:
            del self._tables.source_ids[_key(stored)]
        self._tables.sources[source.id] = changed

    async def delete(self, source: SourceId) -> None:
        """Delete the source, its collection runs, raw items and sightings."""
        stored = await self.get(source)
        for run in self._tables.runs_of_source.pop(source, ()):
            self._tables.collection_runs.pop(run, None)
            self._tables.raw_items.pop(run, None)
        self._tables.sightings.pop(source, None)
        others = tuple(other for other in self._tables.sources_of_brand[stored.brand_id] if other != source)
        self._tables.sources_of_brand[stored.brand_id] = others
        del self._tables.source_ids[_key(stored)]
        del self._tables.sources[source]

    def _take(self, source: Source) -> None:
        """Make the identity this source's; raise `SourceExists` if it is another's."""
        if self._tables.source_ids.get(_key(source), source.id) != source.id:
            raise SourceExists
        self._tables.source_ids[_key(source)] = source.id


def _key(source: Source) -> SourceKey:
    return source.brand_id, source.platform, source.capability, source.identifier
