"""What an `OverridesRepository` promises."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import attrs
import pytest

from brandbrain_core.errors import BrandNotFound
from brandbrain_core.model.overrides import Overrides
from brandbrain_core.ports import Store
from brandbrain_core.testing import build
from brandbrain_core.testing.contracts.base import StoreContract, add_brand


class OverridesContract(StoreContract):
    """Overrides and pins."""

    async def test_a_brand_without_a_record(self, store: Store) -> None:
        """It has an empty one; a brand that is not there has none."""
        await add_brand(store)
        async with store.transaction() as work:
            assert Overrides(brand_id=build.BRAND) == await work.overrides.get(build.BRAND)
            assert Overrides(brand_id=build.BRAND) == await work.overrides.get(build.BRAND, for_update=True)
            with pytest.raises(BrandNotFound):
                await work.overrides.get(build.brand_id(2))

    async def test_a_record_comes_back_as_it_was_saved(self, store: Store) -> None:
        """All of it, with the order of the pins."""
        await add_brand(store)
        record = build.overrides(
            values={"b": ["x"], "a": {"n": 1.5, "z": None}, "t": False},
            pinned_paths=("z", "a"),
            pinned_values={"z": None, "a": [1]},
            kept_items={"pillars.craft": {"name": "Craft", "themes": []}},
        )
        async with store.transaction() as work:
            await work.overrides.save(record)
        async with store.reading() as work:
            assert record == await work.overrides.get(build.BRAND)

    async def test_saving_replaces_the_record(self, store: Store) -> None:
        """Of this brand and no other."""
        await add_brand(store)
        await add_brand(store, 2)
        empty = Overrides(brand_id=build.BRAND, updated_at=build.NOON + timedelta(1))
        other = build.overrides(brand_id=build.brand_id(2))
        async with store.transaction() as work:
            await work.overrides.save(build.overrides())
            await work.overrides.save(other)
            await work.overrides.save(empty)
        async with store.reading() as work:
            assert empty == await work.overrides.get(build.BRAND)
            assert other == await work.overrides.get(other.brand_id)

    @pytest.mark.parametrize("there_is_a_record", [True, False])
    async def test_of_many_editors_at_once_none_is_lost(self, store: Store, *, there_is_a_record: bool) -> None:
        """Who asks for update waits for the others, also where there is no record yet."""
        await add_brand(store)
        if there_is_a_record:
            async with store.transaction() as work:
                await work.overrides.save(build.overrides(values={}))

        async def edit(editor: int) -> None:
            async with store.transaction() as work:
                record = await work.overrides.get(build.BRAND, for_update=True)
                await asyncio.sleep(0)
                await work.overrides.save(attrs.evolve(record, values={**record.values, f"field{editor}": editor}))

        await asyncio.gather(*(edit(editor) for editor in range(5)))
        async with store.reading() as work:
            record = await work.overrides.get(build.BRAND)
        assert {f"field{editor}": editor for editor in range(5)} == record.values
