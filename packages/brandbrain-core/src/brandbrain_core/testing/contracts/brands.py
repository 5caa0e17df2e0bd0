"""What a `BrandRepository` promises."""

from __future__ import annotations

from datetime import timedelta

import attrs
import pytest

from brandbrain_core.errors import BrandNotFound
from brandbrain_core.model.brand import Onboarding
from brandbrain_core.model.json import JsonObject
from brandbrain_core.ports import Store
from brandbrain_core.testing import build
from brandbrain_core.testing.contracts.base import StoreContract, add_brand


class BrandsContract(StoreContract):
    """Brands and their answers."""

    async def test_a_brand_comes_back_as_it_was_stored(self, store: Store) -> None:
        """Name, website and time survive, to the microsecond."""
        brand = await add_brand(
            store,
            name="Ünïcode & Söhne ⛵",
            website_url="https://marrowby.example/?a=b",
            created_at=build.NOON + timedelta(microseconds=1),
        )
        async with store.reading() as work:
            assert brand == await work.brands.get(brand.id)

    async def test_a_brand_without_website(self, store: Store) -> None:
        """No website comes back as none."""
        brand = await add_brand(store)
        async with store.reading() as work:
            assert (await work.brands.get(brand.id)).website_url is None

    async def test_an_unknown_brand_is_not_found(self, store: Store) -> None:
        """Nothing is made up: not the brand, not its answers."""
        async with store.reading() as work:
            with pytest.raises(BrandNotFound):
                await work.brands.get(build.BRAND)
            with pytest.raises(BrandNotFound):
                await work.brands.onboarding(build.BRAND)

    async def test_the_oldest_of_a_name_is_found(self, store: Store) -> None:
        """Of several brands of one name the oldest is meant; the name must be exactly the same."""
        await add_brand(store, 1, name="Marrowby", created_at=build.NOON + timedelta(days=1))
        oldest = await add_brand(store, 2, name="Marrowby")
        await add_brand(store, 3, name="marrowby", created_at=build.NOON - timedelta(days=1))
        async with store.reading() as work:
            assert oldest == await work.brands.find_by_name("Marrowby")
            assert await work.brands.find_by_name("MARROWBY") is None
            assert await work.brands.find_by_name("Marrow%") is None

    async def test_pages_are_newest_first_and_do_not_overlap(self, store: Store) -> None:
        """Page by page every brand comes once, by id descending, whatever the order in which they were added."""
        brands = {number: await add_brand(store, number) for number in (3, 1, 5, 2, 4)}
        async with store.reading() as work:
            first = await work.brands.page(after=None, limit=2)
            second = await work.brands.page(after=first[-1].id, limit=2)
            third = await work.brands.page(after=second[-1].id, limit=2)
        assert [brands[number] for number in (5, 4, 3, 2, 1)] == [*first, *second, *third]

    async def test_update_replaces_name_and_website_only(self, store: Store) -> None:
        """The time of creation is not to be changed."""
        brand = await add_brand(store, website_url="https://old.example/")
        changed = attrs.evolve(brand, name="New", website_url=None)
        async with store.transaction() as work:
            await work.brands.update(attrs.evolve(changed, created_at=build.NOON + timedelta(days=9)))
        async with store.reading() as work:
            assert changed == await work.brands.get(brand.id)

    async def test_an_unknown_brand_cannot_be_updated_or_deleted(self, store: Store) -> None:
        """Both say that there is no such brand."""
        async with store.transaction() as work:
            with pytest.raises(BrandNotFound):
                await work.brands.update(build.brand())
            with pytest.raises(BrandNotFound):
                await work.brands.delete(build.BRAND, at=build.NOON)

    async def test_answers_that_were_never_saved(self, store: Store) -> None:
        """A brand that has answered nothing is in tier 0."""
        brand = await add_brand(store)
        async with store.reading() as work:
            assert Onboarding(brand_id=brand.id) == await work.brands.onboarding(brand.id)

    async def test_answers_come_back_as_they_were_given(self, store: Store) -> None:
        """Any JSON survives: nested, empty, null, unicode, numbers of both kinds."""
        await add_brand(store)
        answers: JsonObject = {"z": None, "a": ["x", {"ü": 1.5}], "n": 2**40, "e": [], "t": True, "o": {}}
        saved = build.onboarding(answers=answers, tier=2)
        async with store.transaction() as work:
            await work.brands.save_onboarding(saved)
        async with store.reading() as work:
            assert saved == await work.brands.onboarding(build.BRAND)

    async def test_saved_answers_replace_all_earlier_ones(self, store: Store) -> None:
        """What is not answered any more is gone."""
        await add_brand(store)
        await add_brand(store, 2)
        replaced = build.onboarding(answers={"b": 2}, tier=0, updated_at=build.NOON + timedelta(hours=1))
        async with store.transaction() as work:
            await work.brands.save_onboarding(build.onboarding(answers={"a": 1}))
            await work.brands.save_onboarding(replaced)
        async with store.reading() as work:
            assert replaced == await work.brands.onboarding(build.BRAND)
            assert {} == (await work.brands.onboarding(build.brand_id(2))).answers
