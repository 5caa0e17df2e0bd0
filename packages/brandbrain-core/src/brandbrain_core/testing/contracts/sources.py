"""What a `SourceRepository` promises."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import attrs
import pytest

from brandbrain_core.errors import SourceExists, SourceNotFound
from brandbrain_core.model.platform import Capability, Platform
from brandbrain_core.ports import Store
from brandbrain_core.testing import build
from brandbrain_core.testing.contracts.base import StoreContract, add_brand, add_source


class SourcesContract(StoreContract):
    """The sources of brands."""

    async def test_a_source_comes_back_as_it_was_stored(self, store: Store) -> None:
        """Settings are any JSON object."""
        await add_brand(store)
        source = await add_source(store, settings={"paths": ["a", None], "ü": {"n": 1}}, is_enabled=False)
        async with store.reading() as work:
            assert source == await work.sources.get(source.id)

    async def test_no_settings_are_not_empty_settings(self, store: Store) -> None:
        """None stays None, and an empty object stays one."""
        await add_brand(store)
        without, empty = await add_source(store, 1), await add_source(store, 2, settings={})
        async with store.reading() as work:
            assert [None, {}] == [(await work.sources.get(each.id)).settings for each in (without, empty)]

    async def test_an_unknown_source_is_not_found(self, store: Store) -> None:
        """Not by reading, changing or deleting it."""
        await add_brand(store)
        async with store.transaction() as work:
            with pytest.raises(SourceNotFound):
                await work.sources.get(build.SOURCE)
            with pytest.raises(SourceNotFound):
                await work.sources.update(build.source())
            with pytest.raises(SourceNotFound):
                await work.sources.delete(build.SOURCE)

    async def test_identity_is_unique_within_a_brand(self, store: Store) -> None:
        """Brand, platform, capability and identifier together; each alone may recur."""
        await add_brand(store)
        await add_brand(store, 2)
        await add_source(store, 1, identifier="same")
        with pytest.raises(SourceExists):
            await add_source(store, 2, identifier="same", is_enabled=False)
        await add_source(store, 3, identifier="same", capability=Capability.REELS)
        await add_source(store, 4, identifier="same", brand_id=build.brand_id(2))
        await add_source(store, 5, identifier="other")
        async with store.reading() as work:
            assert 3 == len(await work.sources.of_brand(build.BRAND))

    async def test_two_writers_of_one_identity(self, store: Store) -> None:
        """Of several that add the same source at once one wins, and the others are told."""
        await add_brand(store)
        adding = (add_source(store, number, identifier="same") for number in (1, 2, 3))
        results = await asyncio.gather(*adding, return_exceptions=True)
        (winner,) = [result for result in results if not isinstance(result, SourceExists)]
        async with store.reading() as work:
            assert (winner,) == await work.sources.of_brand(build.BRAND)

    async def test_find_by_identity(self, store: Store) -> None:
        """All four members must be the same."""
        await add_brand(store)
        source = await add_source(store, identifier="marrowby")
        async with store.reading() as work:
            found = await work.sources.find(build.BRAND, Platform.INSTAGRAM, Capability.POSTS, "marrowby")
            other = await work.sources.find(build.BRAND, Platform.INSTAGRAM, Capability.REELS, "marrowby")
            elsewhere = await work.sources.find(build.brand_id(2), Platform.INSTAGRAM, Capability.POSTS, "marrowby")
        assert (source, None, None) == (found, other, elsewhere)

    async def test_sources_of_a_brand_are_newest_first(self, store: Store) -> None:
        """By time of creation, then id, both descending; no other brand's among them."""
        await add_brand(store)
        await add_brand(store, 2)
        later = build.NOON + timedelta(hours=1)
        for number, created_at in ((1, later), (2, build.NOON), (3, build.NOON)):
            await add_source(store, number, created_at=created_at)
        await add_source(store, 9, brand_id=build.brand_id(2))
        async with store.reading() as work:
            sources = await work.sources.of_brand(build.BRAND)
        assert [build.source_id(number) for number in (1, 3, 2)] == [source.id for source in sources]

    async def test_update_replaces_what_can_change(self, store: Store) -> None:
        """Identifier, switch, settings and time of change; not brand, platform, capability or time of creation."""
        await add_brand(store)
        source = await add_source(store, settings={"a": 1})
        changed = attrs.evolve(
            source, identifier="new", is_enabled=False, settings=None, updated_at=build.NOON + timedelta(1)
        )
        async with store.transaction() as work:
            await work.sources.update(attrs.evolve(changed, created_at=build.NOON - timedelta(1)))
        async with store.reading() as work:
            assert changed == await work.sources.get(source.id)
            assert changed == await work.sources.find(build.BRAND, Platform.INSTAGRAM, Capability.POSTS, "new")
            assert await work.sources.find(build.BRAND, Platform.INSTAGRAM, Capability.POSTS, "marrowby1") is None

    async def test_update_cannot_take_another_identity(self, store: Store) -> None:
        """The other keeps it, and nothing has changed."""
        await add_brand(store)
        first, second = await add_source(store, 1), await add_source(store, 2)
        with pytest.raises(SourceExists):
            async with store.transaction() as work:
                await work.sources.update(attrs.evolve(second, identifier=first.identifier))
        async with store.reading() as work:
            assert second == await work.sources.get(second.id)

    async def test_delete_takes_collections_and_sightings_along(self, store: Store) -> None:
        """Runs and raw items go; the evidence stays, but was not seen under this source any more."""
        await add_brand(store)
        source, other = await add_source(store, 1), await add_source(store, 2)
        async with store.transaction() as work:
            await work.collections.add(build.collection_run())
            await work.collections.add_raw_items([build.raw_item()])
            item = build.normalised_item()
            await work.evidence.upsert(build.BRAND, [build.sighting(item)], at=build.NOON)
            await work.evidence.upsert(
                build.BRAND,
                [build.sighting(build.normalised_item(2), source_id=other.id, identifier=other.identifier)],
                at=build.NOON,
            )
            await work.sources.delete(source.id)
        pairs = [(source.id, source.identifier), (other.id, other.identifier)]
        async with store.reading() as work:
            assert {} == await work.collections.latest([source.id])
            assert () == await work.collections.raw_items(build.collection_run_id(1), limit=9)
            corpus = await work.evidence.corpus(build.BRAND, pairs, limit=9)
            assert ["post-2"] == [item.external_id for item in corpus]
            assert 2 == await work.evidence.count(build.BRAND)

    async def test_a_deleted_source_can_be_added_again(self, store: Store) -> None:
        """Its identity is free, and its old evidence is not its own."""
        await add_brand(store)
        source = await add_source(store)
        async with store.transaction() as work:
            await work.evidence.upsert(build.BRAND, [build.sighting()], at=build.NOON)
            await work.sources.delete(source.id)
        again = await add_source(store, 2, identifier=source.identifier)
        async with store.reading() as work:
            assert () == await work.evidence.corpus(build.BRAND, [(again.id, again.identifier)], limit=9)
