"""What a deleted brand means: nobody finds anything of it any more."""

from __future__ import annotations

import pytest

from brandbrain_core.errors import (
    BrandNotFound,
    EvidenceNotFound,
    NotFound,
    RunNotFound,
    SnapshotNotFound,
    SourceNotFound,
)
from brandbrain_core.ids import EvidenceId, evidence_id
from brandbrain_core.model.platform import Capability, Platform
from brandbrain_core.ports import Store
from brandbrain_core.testing import build
from brandbrain_core.testing.contracts.base import StoreContract, add_brand, add_source, claim_one, complete, enqueue


class DeletedBrandContract(StoreContract):
    """A deleted brand does not exist for any reader, while its neighbour notices nothing."""

    async def test_the_brand_itself_is_gone(self, store: Store) -> None:
        """Not by id, by name, in a page, and it cannot be changed or deleted again."""
        await _two_brands_of_which_one_is_deleted(store)
        async with store.transaction() as work:
            with pytest.raises(BrandNotFound):
                await work.brands.get(build.BRAND)
            with pytest.raises(BrandNotFound):
                await work.brands.onboarding(build.BRAND)
            with pytest.raises(BrandNotFound):
                await work.brands.update(build.brand())
            with pytest.raises(BrandNotFound):
                await work.brands.delete(build.BRAND, at=build.NOON)
            assert await work.brands.find_by_name(build.brand().name) is None
            assert [build.brand_id(2)] == [brand.id for brand in await work.brands.page(after=None, limit=9)]

    async def test_its_sources_are_gone(self, store: Store) -> None:
        """By id, by identity and in the list."""
        await _two_brands_of_which_one_is_deleted(store)
        async with store.transaction() as work:
            assert () == await work.sources.of_brand(build.BRAND)
            assert await work.sources.find(build.BRAND, Platform.INSTAGRAM, Capability.POSTS, "marrowby1") is None
            with pytest.raises(SourceNotFound):
                await work.sources.get(build.SOURCE)
            with pytest.raises(SourceNotFound):
                await work.sources.update(build.source())
            with pytest.raises(SourceNotFound):
                await work.sources.delete(build.SOURCE)

    async def test_its_evidence_is_gone(self, store: Store) -> None:
        """By id, in a batch, in the corpus, in pages and in the count."""
        gone = await _two_brands_of_which_one_is_deleted(store)
        async with store.reading() as work:
            with pytest.raises(EvidenceNotFound):
                await work.evidence.get(gone)
            assert () == await work.evidence.batch([gone])
            assert () == await work.evidence.corpus(build.BRAND, [(build.SOURCE, "marrowby1")], limit=9)
            assert () == await work.evidence.page(build.BRAND, platform=None, content_type=None, after=None, limit=9)
            assert 0 == await work.evidence.count(build.BRAND)

    async def test_its_overrides_runs_and_snapshots_are_gone(self, store: Store) -> None:
        """By id and in every list."""
        await _two_brands_of_which_one_is_deleted(store)
        async with store.reading() as work:
            with pytest.raises(BrandNotFound):
                await work.overrides.get(build.BRAND)
            with pytest.raises(RunNotFound):
                await work.runs.get(build.BRAND, build.run_id(1))
            assert () == await work.runs.page(build.BRAND, after=None, limit=9)
            assert await work.snapshots.head(build.BRAND) is None
            assert () == await work.snapshots.history(build.BRAND, before_version=None, offset=0, limit=9)
            assert 0 == await work.snapshots.count(build.BRAND)
            with pytest.raises(SnapshotNotFound):
                await work.snapshots.latest(build.BRAND)
            with pytest.raises(SnapshotNotFound):
                await work.snapshots.get(build.BRAND, build.snapshot_id(1))

    async def test_nothing_more_can_be_compiled_of_it(self, store: Store) -> None:
        """A kick-off that comes too late is refused."""
        await _two_brands_of_which_one_is_deleted(store)
        with pytest.raises(NotFound):
            async with store.transaction() as work:
                await work.jobs.add(build.compile_run(9), build.job(9))
        async with store.reading() as work:
            assert () == await work.jobs.claimable(limit=9, now=build.NOON)

    async def test_its_neighbour_is_untouched(self, store: Store) -> None:
        """Everything of the other brand is still there."""
        await _two_brands_of_which_one_is_deleted(store)
        async with store.reading() as work:
            other = build.brand_id(2)
            assert build.brand(2) == await work.brands.get(other)
            assert 1 == len(await work.sources.of_brand(other))
            assert 1 == await work.evidence.count(other)
            assert 1 == await work.snapshots.count(other)
            assert 1 == len(await work.runs.page(other, after=None, limit=9))


async def _two_brands_of_which_one_is_deleted(store: Store) -> EvidenceId:
    """Store two brands with one of everything, delete the first; return the id of its evidence."""
    for number in (1, 2):
        brand = await add_brand(store, number)
        source = await add_source(store, number, brand_id=brand.id)
        await enqueue(store, number, brand=number)
        await complete(store, await claim_one(store))
        async with store.transaction() as work:
            await work.overrides.save(build.overrides(brand_id=brand.id))
            await work.brands.save_onboarding(build.onboarding(brand_id=brand.id))
            sighting = build.sighting(source_id=source.id, identifier=source.identifier)
            await work.evidence.upsert(brand.id, [sighting], at=build.NOON)
            snapshot = build.stored_snapshot(
                1, id=build.snapshot_id(number), brand_id=brand.id, compile_run_id=build.run_id(number)
            )
            await work.snapshots.append(snapshot)
    async with store.transaction() as work:
        await work.brands.delete(build.BRAND, at=build.NOON)
    return evidence_id(build.BRAND, "instagram", "post-1")
