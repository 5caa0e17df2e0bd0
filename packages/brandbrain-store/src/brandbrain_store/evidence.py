"""The evidence items of brands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, tuple_

from brandbrain_core.errors import EvidenceNotFound
from brandbrain_core.ids import BrandId, EvidenceId, SourceId
from brandbrain_core.model.evidence import EvidenceItem
from brandbrain_core.model.platform import Platform
from brandbrain_core.policies.evidence_merge import first_seen, fold
from brandbrain_core.ports import Sighting, UpsertCounts
from brandbrain_store.built import built_once, filled, labelled, slots
from brandbrain_store.dialects import Database, Upsert
from brandbrain_store.evidence_rows import ITEM_COLUMNS, item_of, row_of
from brandbrain_store.evidence_upsert import CREATED, UNCHANGED, UPDATED, upsert
from brandbrain_store.tables import evidence, evidence_sightings
from brandbrain_store.work import Work

_NEWEST_FIRST: Final = (evidence.c.age, evidence.c.identity, evidence.c.platform)


class SqlEvidence:
    """See `brandbrain_core.ports.EvidenceRepository`."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def upsert(self, brand: BrandId, sightings: Sequence[Sighting], *, at: datetime) -> UpsertCounts:
        """
        Store items by (brand, platform, identity), merged into what is stored.

        One atomic statement for each item, sent in one batch. Rows are taken in the order of their ids, so that two
        batches that share items never wait for each other in a circle.
        """
        seen = [
            first_seen(one.item, brand_id=brand, source_id=one.source_id, raw_ref=one.raw_ref, at=at)
            for one in sightings
        ]
        items = sorted(fold(seen), key=lambda item: item.id)
        if not items:
            return UpsertCounts(created=0, updated=0, unchanged=0)
        await self._work.run(upsert(self._work.database), [row_of(item) for item in items])
        seen_under: defaultdict[tuple[SourceId, str], set[EvidenceId]] = defaultdict(set)
        for one, item in zip(sightings, seen, strict=True):
            seen_under[one.source_id, one.identifier].add(item.id)
        await self._note_sightings(seen_under)
        outcomes = await self._outcomes([item.id for item in items])
        return UpsertCounts(
            created=outcomes.get(CREATED, 0), updated=outcomes.get(UPDATED, 0), unchanged=outcomes.get(UNCHANGED, 0)
        )

    async def get(self, evidence_id: EvidenceId) -> EvidenceItem:
        """Return the item; raise `EvidenceNotFound`, also when its brand was deleted."""
        row = await self._work.first(
            select(*ITEM_COLUMNS).where(evidence.c.id == evidence_id, self._work.lives(evidence.c.brand_id))
        )
        if row is None:
            raise EvidenceNotFound(evidence_id)
        return item_of(row)

    async def batch(self, ids: Sequence[EvidenceId]) -> tuple[EvidenceItem, ...]:
        """Return the items in the order asked, unknown ids left out. One query."""
        if not ids:
            return ()
        database = self._work.database
        these = database.one_of(evidence.c.id, "these"), self._work.lives(evidence.c.brand_id)
        rows = await self._work.all(select(*ITEM_COLUMNS).where(*these), {"these": database.ids(set(ids))})
        found = {row.id: item_of(row) for row in rows}
        return tuple(found[wanted] for wanted in ids if wanted in found)

    async def corpus(
        self, brand: BrandId, sources: Sequence[tuple[SourceId, str]], *, limit: int
    ) -> tuple[EvidenceItem, ...]:
        """Return up to *limit* items that were seen under any of these (source, identifier) pairs, newest first."""
        if not sources:
            return ()
        pairs = tuple_(evidence_sightings.c.source_id, evidence_sightings.c.identifier)
        sighted = select(evidence_sightings.c.evidence_id).where(pairs.in_(sources))
        found = select(*ITEM_COLUMNS).where(
            evidence.c.brand_id == brand, evidence.c.id.in_(sighted), self._work.lives(brand)
        )
        return await self._items(found.order_by(*_NEWEST_FIRST).limit(limit))

    async def page(
        self,
        brand: BrandId,
        *,
        platform: Platform | None,
        content_type: str | None,
        after: EvidenceId | None,
        limit: int,
    ) -> tuple[EvidenceItem, ...]:
        """Return up to *limit* items of the brand in the corpus's order, beginning behind *after*."""
        found = select(*ITEM_COLUMNS).where(evidence.c.brand_id == brand, self._work.lives(brand))
        if platform is not None:
            found = found.where(evidence.c.platform == platform)
        if content_type is not None:
            found = found.where(evidence.c.content_type == content_type)
        if after is not None:
            last = await self._work.first(
                select(*_NEWEST_FIRST).where(evidence.c.id == after, evidence.c.brand_id == brand)
            )
            if last is None:
                return ()
            found = found.where(_behind(last))
        return await self._items(found.order_by(*_NEWEST_FIRST).limit(limit))

    async def count(self, brand: BrandId) -> int:
        """Return the number of items of the brand."""
        counted = (
            select(func.count()).select_from(evidence).where(evidence.c.brand_id == brand, self._work.lives(brand))
        )
        return int(await self._work.value(counted))

    async def _items(self, found: Select[Any]) -> tuple[EvidenceItem, ...]:
        return tuple(item_of(row) for row in await self._work.many(found))

    async def _note_sightings(self, items: Mapping[tuple[SourceId, str], Collection[EvidenceId]]) -> None:
        """Note under which source and identifier items were seen, those sources that come first first."""
        database = self._work.database
        for (source, identifier), ids in sorted(items.items()):
            pair = filled({"source_id": source, "identifier": identifier})
            await self._work.run(_note(database), pair | {"these": database.ids(ids)})

    async def _outcomes(self, ids: Collection[EvidenceId]) -> dict[str, int]:
        """Return how many of the rows were created, updated and left as they were by the upsert just made."""
        database = self._work.database
        return {row[0]: row[1] for row in await self._work.all(_count(database), {"these": database.ids(ids)})}


@built_once
def _note(database: Database) -> Upsert:
    pair = labelled(slots(evidence_sightings, "source_id", "identifier"))
    seen = select(*pair, evidence.c.id).where(database.one_of(evidence.c.id, "these")).order_by(evidence.c.id)
    names = ["source_id", "identifier", "evidence_id"]
    return database.insert(evidence_sightings).from_select(names, seen).on_conflict_do_nothing()


@built_once
def _count(database: Database) -> Select[Any]:
    counted = select(evidence.c.last_upsert, func.count()).where(database.one_of(evidence.c.id, "these"))
    return counted.group_by(evidence.c.last_upsert)


def _behind(last: Any) -> ColumnElement[bool]:
    """Return the condition that an item comes after *last* in the corpus's order."""
    age, identity, platform = _NEWEST_FIRST
    tied = or_(identity > last.identity, and_(identity == last.identity, platform > last.platform))
    return and_(age >= last.age, or_(age > last.age, tied))
