"""Evidence items, in memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from brandbrain_core.errors import EvidenceNotFound
from brandbrain_core.ids import BrandId, EvidenceId, SourceId
from brandbrain_core.memory.tables import Tables
from brandbrain_core.model.evidence import EvidenceItem
from brandbrain_core.model.platform import Platform
from brandbrain_core.policies.evidence_merge import first_seen, fold, merge, same_content
from brandbrain_core.ports import Sighting, UpsertCounts


class MemoryEvidence:
    """Implements `brandbrain_core.ports.EvidenceRepository`."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def upsert(self, brand: BrandId, sightings: Sequence[Sighting], *, at: datetime) -> UpsertCounts:
        """Store items by identity, merged into what is stored."""
        seen = [first_seen(s.item, brand_id=brand, source_id=s.source_id, raw_ref=s.raw_ref, at=at) for s in sightings]
        for sighting, item in zip(sightings, seen, strict=True):
            self._note_sighting(sighting, item.id)
        created: list[EvidenceId] = []
        updated = unchanged = 0
        for item in fold(seen):
            stored = self._tables.evidence.get(item.id)
            merged = merge(stored, item)
            self._tables.evidence[item.id] = merged
            if stored is None:
                created.append(item.id)
            elif same_content(stored, merged):
                unchanged += 1
            else:
                updated += 1
        self._tables.evidence_of_brand[brand] = (*self._tables.evidence_of_brand.get(brand, ()), *created)
        return UpsertCounts(created=len(created), updated=updated, unchanged=unchanged)

    async def get(self, evidence: EvidenceId) -> EvidenceItem:
        """Return the item."""
        for item in self._visible([evidence]):
            return item
        raise EvidenceNotFound(evidence)

    async def batch(self, ids: Sequence[EvidenceId]) -> tuple[EvidenceItem, ...]:
        """Return the items in the order asked, unknown ids left out."""
        return tuple(self._visible(ids))

    async def corpus(
        self, brand: BrandId, sources: Sequence[tuple[SourceId, str]], *, limit: int
    ) -> tuple[EvidenceItem, ...]:
        """Return items seen under any of these (source, identifier) pairs, newest first."""
        ids: set[EvidenceId] = set()
        for source, identifier in sources:
            ids |= self._tables.sightings.get(source, {}).get(identifier, frozenset())
        items = (item for item in self._visible(ids) if item.brand_id == brand)
        return tuple(sorted(items, key=_newest_first)[:limit])

    async def page(
        self,
        brand: BrandId,
        *,
        platform: Platform | None,
        content_type: str | None,
        after: EvidenceId | None,
        limit: int,
    ) -> tuple[EvidenceItem, ...]:
        """Return items of the brand in the corpus's order."""
        items = sorted(self._of_brand(brand), key=_newest_first)
        if after is not None:
            cursor = next((item for item in items if item.id == after), None)
            items = [] if cursor is None else items[items.index(cursor) + 1 :]
        wanted = (
            item for item in items if platform in (None, item.platform) and content_type in (None, item.content_type)
        )
        return tuple(wanted)[:limit]

    async def count(self, brand: BrandId) -> int:
        """Return the number of items of the brand."""
        return sum(1 for _ in self._of_brand(brand))

    def _of_brand(self, brand: BrandId) -> Iterable[EvidenceItem]:
        return self._visible(self._tables.evidence_of_brand.get(brand, ()))

    def _visible(self, ids: Iterable[EvidenceId]) -> Iterable[EvidenceItem]:
        """Return those that are there and whose brand was not deleted."""
        items = (self._tables.evidence[item] for item in ids if item in self._tables.evidence)
        return (item for item in items if item.brand_id in self._tables.brands)

    def _note_sighting(self, sighting: Sighting, item: EvidenceId) -> None:
        of_source = self._tables.sightings.get(sighting.source_id, {})
        under_identifier = of_source.get(sighting.identifier, frozenset())
        if item not in under_identifier:
            self._tables.sightings[sighting.source_id] = {**of_source, sighting.identifier: under_identifier | {item}}


def _newest_first(item: EvidenceItem) -> tuple[bool, float, str, str]:
    """Return the key of the corpus's order: by time of publication descending, unknown last, then identity and id."""
    unknown = item.published_at is None
    return unknown, 0.0 if item.published_at is None else -item.published_at.timestamp(), item.identity, str(item.id)
