"""What a `RunRepository` promises."""

from __future__ import annotations

from datetime import timedelta

import pytest

from brandbrain_core.errors import RunNotFound
from brandbrain_core.model.platform import Capability, Platform
from brandbrain_core.ports import Store
from brandbrain_core.testing import build
from brandbrain_core.testing.contracts.base import StoreContract, add_brand, claim_one, complete, enqueue


class RunsContract(StoreContract):
    """Compile runs, as they are read."""

    async def test_a_run_comes_back_as_it_was_stored(self, store: Store) -> None:
        """With all of its frozen inputs."""
        await add_brand(store)
        page = build.frozen_source(
            platform=Platform.WEB, capability=Capability.CRAWL_PAGES, settings={"extra_start_urls": ["x"]}
        )
        run = build.compile_run(
            inputs=build.frozen_inputs(
                captured_at=build.NOON + timedelta(microseconds=7),
                answers={"b": [1, None], "a": "ü"},
                sources=(build.frozen_source(), page),
                configuration=build.configuration(synthesizers=("llm", "rules"), model="m-1"),
            ),
            inputs_hash="a" * 64,
            force_refresh=True,
        )
        async with store.transaction() as work:
            await work.jobs.add(run, build.job(inputs_hash=run.inputs_hash, force_refresh=True))
        async with store.reading() as work:
            assert run == await work.runs.get(build.BRAND, run.id)

    async def test_another_brands_run_is_not_found(self, store: Store) -> None:
        """Nor is one that does not exist."""
        job = await enqueue(store)
        await add_brand(store, 2)
        async with store.reading() as work:
            with pytest.raises(RunNotFound):
                await work.runs.get(build.brand_id(2), job.compile_run_id)
            with pytest.raises(RunNotFound):
                await work.runs.get(build.BRAND, build.run_id(9))

    async def test_pages_are_newest_first(self, store: Store) -> None:
        """By id descending, without gap or overlap, and of this brand alone."""
        for number in (2, 1, 3):
            await enqueue(store, number)
            await complete(store, await claim_one(store))
        await enqueue(store, 9, brand=2)
        async with store.reading() as work:
            first = await work.runs.page(build.BRAND, after=None, limit=2)
            second = await work.runs.page(build.BRAND, after=first[-1].id, limit=2)
        assert [build.run_id(number) for number in (3, 2, 1)] == [run.id for run in (*first, *second)]

    async def test_a_report_comes_back_as_it_was_given(self, store: Store) -> None:
        """What a run reported at its end is all there."""
        job = await enqueue(store)
        report = build.run_report()
        await complete(store, await claim_one(store), report=report)
        async with store.reading() as work:
            assert report == (await work.runs.get(build.BRAND, job.compile_run_id)).report
