"""What `Store.scoped` promises: another tenant's brands, and all that is theirs, do not exist."""

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
from brandbrain_core.ids import DEFAULT_TENANT, EvidenceId, TenantId
from brandbrain_core.model.brand import Onboarding
from brandbrain_core.model.platform import Capability, Platform
from brandbrain_core.ports import Store
from brandbrain_core.testing import build
from brandbrain_core.testing.contracts.base import StoreContract, add_brand, add_source, claim_one, complete, enqueue

OURS = TenantId("ours")
THEIRS = TenantId("theirs")
UNKNOWN = build.brand_id(99)


class TenantsContract(StoreContract):
    """A brand belongs to the tenant in whose store it was added."""

    async def test_brands_are_listed_for_their_tenant(self, store: Store) -> None:
        """The store itself sees all of them."""
        await _one_brand_each(store)
        assert [3, 2, 1] == await _listed(store)
        assert [1] == await _listed(store.scoped(OURS))
        assert [2] == await _listed(store.scoped(THEIRS))
        assert [3] == await _listed(store.scoped(DEFAULT_TENANT))
        assert [] == await _listed(store.scoped(TenantId("nobody")))

    async def test_pages_are_full(self, store: Store) -> None:
        """The brands of others take up no room in a page."""
        for number in range(1, 9):
            await add_brand(store.scoped(OURS if number % 2 else THEIRS), number)
        async with store.scoped(OURS).reading() as work:
            page = await work.brands.page(after=build.brand_id(7), limit=2)
        assert [build.brand_id(5), build.brand_id(3)] == [brand.id for brand in page]

    async def test_the_brand_of_another_is_not_there(self, store: Store) -> None:
        """Not by id, by name, and it cannot be changed or deleted."""
        await _everything_of_ours(store)
        async with store.scoped(THEIRS).transaction() as work:
            for read in (work.brands.get, work.brands.onboarding, work.overrides.get, work.views.state):
                with pytest.raises(BrandNotFound):
                    await read(build.BRAND)
            with pytest.raises(BrandNotFound):
                await work.brands.update(build.brand(name="Stolen"))
            with pytest.raises(BrandNotFound):
                await work.brands.delete(build.BRAND, at=build.NOON)
            assert await work.brands.find_by_name(build.brand().name) is None
        async with store.scoped(OURS).reading() as work:
            assert build.brand() == await work.brands.get(build.BRAND)

    async def test_its_sources_are_not_there(self, store: Store) -> None:
        """By id, by identity and in the list."""
        await _everything_of_ours(store)
        async with store.scoped(THEIRS).transaction() as work:
            assert () == await work.sources.of_brand(build.BRAND)
            assert await work.sources.find(build.BRAND, Platform.INSTAGRAM, Capability.POSTS, "marrowby1") is None
            with pytest.raises(SourceNotFound):
                await work.sources.get(build.SOURCE)
            with pytest.raises(SourceNotFound):
                await work.sources.update(build.source(is_enabled=False))
            with pytest.raises(SourceNotFound):
                await work.sources.delete(build.SOURCE)

    async def test_its_runs_and_snapshots_are_not_there(self, store: Store) -> None:
        """By id and in every list; no run can be added to it."""
        await _everything_of_ours(store)
        async with store.scoped(THEIRS).transaction() as work:
            assert () == await work.runs.page(build.BRAND, after=None, limit=9)
            assert await work.snapshots.head(build.BRAND) is None
            for read in (work.runs.get, work.views.run):
                with pytest.raises(RunNotFound):
                    await read(build.BRAND, build.run_id(1))
            with pytest.raises(SnapshotNotFound):
                await work.snapshots.get(build.BRAND, build.snapshot_id(1))
            with pytest.raises(BrandNotFound):
                await work.views.latest(build.BRAND)
            with pytest.raises(BrandNotFound):
                await work.views.history(build.BRAND, before_version=None, offset=0, limit=9)
            with pytest.raises(BrandNotFound):
                await work.views.runs(build.BRAND, after=None, offset=0, limit=9)
            with pytest.raises(NotFound):
                await work.jobs.add(build.compile_run(2), build.job(2))

    async def test_its_evidence_is_not_there(self, store: Store) -> None:
        """By id, in a batch, in pages and in the count."""
        item = await _everything_of_ours(store)
        async with store.scoped(THEIRS).reading() as work:
            with pytest.raises(EvidenceNotFound):
                await work.evidence.get(item)
            assert () == await work.evidence.batch([item])
            assert () == await work.evidence.page(build.BRAND, platform=None, content_type=None, after=None, limit=9)
            assert 0 == await work.evidence.count(build.BRAND)

    async def test_its_own_tenant_sees_everything(self, store: Store) -> None:
        """As the store itself does."""
        item = await _everything_of_ours(store)
        for view in (store, store.scoped(OURS)):
            async with view.reading() as work:
                assert build.SOURCE == (await work.sources.get(build.SOURCE)).id
                assert item == (await work.evidence.get(item)).id
                assert build.snapshot_id(1) == (await work.views.latest(build.BRAND)).id
                assert build.run_id(1) == (await work.views.run(build.BRAND, build.run_id(1))).id

    async def test_a_scoped_store_can_be_checked(self, store: Store) -> None:
        """As the store itself can."""
        await store.check()
        await store.scoped(OURS).check()


async def _one_brand_each(store: Store) -> None:
    await add_brand(store.scoped(OURS), 1)
    await add_brand(store.scoped(THEIRS), 2)
    await add_brand(store, 3)


async def _listed(store: Store) -> list[int]:
    numbers = {build.brand_id(number): number for number in range(1, 10)}
    async with store.reading() as work:
        return [numbers[brand.id] for brand in await work.brands.page(after=None, limit=9)]


async def _everything_of_ours(store: Store) -> EvidenceId:
    """Store the first brand with one of everything as ours; return the id of its evidence."""
    ours = store.scoped(OURS)
    await add_brand(ours)
    await add_source(ours)
    job = await enqueue(ours)
    lease = await claim_one(store)
    sighting = build.sighting()
    async with ours.transaction() as work:
        await work.brands.save_onboarding(Onboarding(brand_id=build.BRAND, tier=1, updated_at=build.NOON))
        await work.overrides.save(build.overrides())
        await work.evidence.upsert(build.BRAND, [sighting], at=build.NOON)
        await work.snapshots.append(build.stored_snapshot(compile_run_id=job.compile_run_id))
        (item,) = await work.evidence.page(build.BRAND, platform=None, content_type=None, after=None, limit=9)
    await complete(store, lease)
    return item.id
