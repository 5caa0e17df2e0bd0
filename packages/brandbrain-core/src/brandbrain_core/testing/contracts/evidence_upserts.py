"""What an `EvidenceRepository` promises about writing: the rules of `evidence_merge`, on any sequence of batches."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from itertools import count

import attrs
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from brandbrain_core.ids import BrandId, EvidenceId
from brandbrain_core.model.evidence import EvidenceItem, NormalisedItem, RawRef, SecondaryKind
from brandbrain_core.model.platform import Capability, ContentType
from brandbrain_core.policies.evidence_merge import first_seen, fold, merge, same_content
from brandbrain_core.ports import Sighting, Store, UpsertCounts
from brandbrain_core.testing import build
from brandbrain_core.testing.contracts.base import StoreContract, add_brand, add_source
from brandbrain_core.testing.strategies.evidence import normalised_items, raw_refs

LATER = build.NOON + timedelta(hours=1)
_BRAND_NUMBERS = count(1000)


class UpsertContract(StoreContract):
    """Storing evidence again and again loses nothing."""

    async def test_counts_tell_what_happened(self, store: Store) -> None:
        """Created, updated, unchanged: each distinct item is counted once."""
        await _prepare(store)
        one, two = build.normalised_item(1), build.normalised_item(2)
        changed = attrs.evolve(two, metrics={"likes": 99})
        assert UpsertCounts(created=2, updated=0, unchanged=0) == await _upsert(store, one, two, one)
        assert UpsertCounts(created=0, updated=1, unchanged=1) == await _upsert(store, one, changed)
        assert UpsertCounts(created=0, updated=0, unchanged=0) == await _upsert(store)

    async def test_an_unchanged_item_keeps_its_time(self, store: Store) -> None:
        """Normalising twice changes nothing; a real change moves `updated_at`, never `created_at`."""
        await _prepare(store)
        item = build.normalised_item()
        await _upsert(store, item)
        await _upsert(store, item, at=LATER)
        before = await _stored(store)
        await _upsert(store, attrs.evolve(item, title="New"), at=LATER)
        after = await _stored(store)
        assert (build.NOON, build.NOON) == (before.created_at, before.updated_at)
        assert (build.NOON, LATER) == (after.created_at, after.updated_at)

    async def test_where_it_was_seen_is_no_change(self, store: Store) -> None:
        """Another raw item is remembered, newest first, but the content stays as old as it is."""
        await _prepare(store)
        for number in (1, 2, 1):
            counts = await _upsert(store, build.normalised_item(), refs=number, at=LATER)
        stored = await _stored(store)
        assert UpsertCounts(created=0, updated=0, unchanged=1) == counts
        assert (build.raw_ref(2), build.raw_ref(1)) == stored.raw_refs

    async def test_the_newest_twenty_places_are_remembered(self, store: Store) -> None:
        """Older ones are forgotten."""
        await _prepare(store)
        for number in range(1, 24):
            await _upsert(store, build.normalised_item(), refs=number)
        refs = (await _stored(store)).raw_refs
        assert [build.raw_ref(number) for number in range(23, 3, -1)] == list(refs)

    async def test_a_poorer_sighting_loses_nothing(self, store: Store) -> None:
        """Nulls and empty values overwrite nothing; the keys of metrics, media and flags that are not there stay."""
        await _prepare(store)
        rich = build.normalised_item(
            title="Title",
            language="en",
            text_secondary="Spoken.",
            secondary_kind=SecondaryKind.TRANSCRIPT,
            flags={"is_ad": True, "is_coauthored": True},
            media={"type": "video", "tags": ["a"]},
        )
        poor = build.normalised_item(
            published_at=None,
            author_ref=None,
            text_primary="",
            hashtags=(),
            metrics={"likes": 13},
            media={"type": None, "tags": [], "duration": 3},
            flags={"is_ad": False},
            text_secondary="A description.",
            secondary_kind=SecondaryKind.DESCRIPTION,
        )
        await _upsert(store, rich)
        await _upsert(store, poor, at=LATER)
        stored = await _stored(store)
        expected = attrs.evolve(
            _item_of(rich),
            metrics={"likes": 13, "comments": 3},
            media={"type": "video", "tags": ["a"], "duration": 3},
            flags={"is_ad": False, "is_coauthored": True},
            updated_at=LATER,
        )
        assert expected == stored

    async def test_the_reel_wins_in_either_order(self, store: Store) -> None:
        """One medium that comes through posts and reels is one item: a reel, of the reels' source."""
        await _prepare(store)
        await add_source(store, 2, capability=Capability.REELS)
        post = build.normalised_item(canonical_url="https://www.instagram.com/p/1/")
        reel = build.normalised_item(
            canonical_url="https://www.instagram.com/reel/1/",
            capability=Capability.REELS,
            content_type=ContentType.REEL,
        )
        pair = {post.capability: build.SOURCE, reel.capability: build.source_id(2)}
        for order in ((post, reel), (reel, post)):
            for item in order:
                sighting = build.sighting(item, source_id=pair[item.capability])
                async with store.transaction() as work:
                    await work.evidence.upsert(build.BRAND, [sighting], at=build.NOON)
            stored = await _stored(store)
            assert (Capability.REELS, ContentType.REEL) == (stored.capability, stored.content_type)
            assert (reel.canonical_url, build.source_id(2)) == (stored.canonical_url, stored.source_id)
        async with store.reading() as work:
            assert 1 == await work.evidence.count(build.BRAND)

    async def test_text_that_cannot_be_stored_is_cleaned(self, store: Store) -> None:
        """A NUL or half a character in one item does not stop its neighbours."""
        await _prepare(store)
        bad = build.normalised_item(1, title="a\x00b", text_primary="\ud800c", media={"k\x00": ["\x00v"]})
        await _upsert(store, bad, build.normalised_item(2))
        stored = await _stored(store)
        assert ("ab", "c", {"k": ["v"]}) == (stored.title, stored.text_primary, stored.media)

    async def test_writers_of_the_same_items_at_once(self, store: Store) -> None:
        """None fails, whatever the order of their items, and nothing that one of them knew is lost."""
        await _prepare(store)
        numbers = range(1, 6)

        async def write(writer: int) -> None:
            items = [build.normalised_item(number, metrics={f"by{writer}": writer}) for number in numbers]
            await _upsert(store, *(items if writer % 2 else reversed(items)), refs=writer)

        await asyncio.gather(*(write(writer) for writer in range(1, 5)))
        for number in numbers:
            stored = await _stored(store, number)
            assert {f"by{writer}": writer for writer in range(1, 5)} == stored.metrics
            assert {build.raw_ref(writer) for writer in range(1, 5)} == set(stored.raw_refs)

    @settings(
        max_examples=60,
        deadline=None,
        suppress_health_check=[
            HealthCheck.function_scoped_fixture,
            HealthCheck.too_slow,
            HealthCheck.differing_executors,
        ],
    )
    @given(
        batches=st.lists(
            st.lists(st.tuples(normalised_items, st.integers(0, 1), raw_refs), max_size=5), min_size=1, max_size=4
        )
    )
    async def test_any_batches_are_merged_as_the_policy_says(
        self, store: Store, batches: list[list[tuple[NormalisedItem, int, RawRef | None]]]
    ) -> None:
        """Item by item and count by count the store does what `evidence_merge` does, also twice over."""
        number = next(_BRAND_NUMBERS)
        brand = (await add_brand(store, number)).id
        sources = [await add_source(store, 2 * number + side, brand_id=brand) for side in (0, 1)]
        expected: dict[EvidenceId, EvidenceItem] = {}
        for hour, batch in enumerate([*batches, *batches]):
            at = build.NOON + timedelta(hours=hour)
            sightings = [
                build.sighting(item, source_id=sources[side].id, identifier=sources[side].identifier, raw_ref=ref)
                for item, side, ref in batch
            ]
            async with store.transaction() as work:
                counts = await work.evidence.upsert(brand, sightings, at=at)
            assert _expect(expected, brand, sightings, hour) == counts
        async with store.reading() as work:
            stored = await work.evidence.batch(list(expected))
            assert len(expected) == await work.evidence.count(brand)
        assert list(expected.values()) == list(stored)


def _expect(
    items: dict[EvidenceId, EvidenceItem], brand: BrandId, sightings: list[Sighting], hour: int
) -> UpsertCounts:
    """Merge into *items* as the policy says, and return the counts."""
    at = build.NOON + timedelta(hours=hour)
    seen = [first_seen(s.item, brand_id=brand, source_id=s.source_id, raw_ref=s.raw_ref, at=at) for s in sightings]
    created = unchanged = 0
    folded = fold(seen)
    for item in folded:
        before = items.get(item.id)
        items[item.id] = merge(before, item)
        created += before is None
        unchanged += before is not None and same_content(before, items[item.id])
    return UpsertCounts(created=created, updated=len(folded) - created - unchanged, unchanged=unchanged)


async def _prepare(store: Store) -> None:
    await add_brand(store)
    await add_source(store)


async def _upsert(store: Store, *items: NormalisedItem, refs: int = 1, at: datetime = build.NOON) -> UpsertCounts:
    """Store items as seen by the first source, in raw item *refs*."""
    sightings = [build.sighting(item, raw_ref=build.raw_ref(refs)) for item in items]
    async with store.transaction() as work:
        return await work.evidence.upsert(build.BRAND, sightings, at=at)


async def _stored(store: Store, number: int = 1) -> EvidenceItem:
    async with store.reading() as work:
        return await work.evidence.get(build.evidence_item(number).id)


def _item_of(item: NormalisedItem) -> EvidenceItem:
    return first_seen(item, brand_id=build.BRAND, source_id=build.SOURCE, raw_ref=build.raw_ref(1), at=build.NOON)
