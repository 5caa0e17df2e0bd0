"""What is over is deleted a batch at a time, and what is needed stays."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from brandbrain_core.model.collection import CollectionStatus
from brandbrain_core.testing import build
from brandbrain_store import SqlStore, open_store

HOUR = timedelta(hours=1)
LATER = build.NOON + 9 * HOUR


@pytest.fixture(params=["sqlite_url", "emptied_postgres"])
async def store(request: pytest.FixtureRequest) -> AsyncIterator[SqlStore]:
    """A store with a brand and a source."""
    opened = await open_store(request.getfixturevalue(request.param), migrate=False)
    async with opened.transaction() as work:
        await work.brands.add(build.brand())
        await work.sources.add(build.source())
    yield opened
    await opened.close()


async def test_raw_items_that_were_replaced_are_pruned(store: SqlStore) -> None:
    """Those of older collections, whatever became of these; the newest success keeps its own."""
    statuses = [CollectionStatus.SUCCEEDED, CollectionStatus.FAILED, CollectionStatus.SUCCEEDED]
    for number, status in enumerate(statuses, start=1):
        await _collect(store, number, status)

    assert 4 == await _prune_until_nothing_is_left(store)

    assert [0, 0, 2] == [await _raw_items(store, number) for number in (1, 2, 3)]


async def test_raw_items_that_nothing_replaced_stay(store: SqlStore) -> None:
    """A newer collection that failed replaces nothing."""
    await _collect(store, 1, CollectionStatus.SUCCEEDED)
    await _collect(store, 2, CollectionStatus.FAILED)

    assert 0 == await _prune_until_nothing_is_left(store)


async def test_young_raw_items_stay(store: SqlStore) -> None:
    """Only collections that began before the moment are pruned."""
    await _collect(store, 1, CollectionStatus.SUCCEEDED)
    await _collect(store, 2, CollectionStatus.SUCCEEDED)

    async with store.transaction() as work:
        assert 0 == await work.collections.prune_raw_items(started_before=build.NOON + HOUR, limit=9)


async def _collect(store: SqlStore, number: int, status: CollectionStatus) -> None:
    run = build.collection_run(number, status=status, started_at=build.NOON + number * HOUR)
    async with store.transaction() as work:
        await work.collections.add(run)
        await work.collections.add_raw_items(
            [build.raw_item(10 * number + index, run_id=run.id, index=index) for index in (0, 1)]
        )


async def _prune_until_nothing_is_left(store: SqlStore) -> int:
    """Prune three at a time; return how many there were."""
    pruned = 0
    while True:
        async with store.transaction() as work:
            batch = await work.collections.prune_raw_items(started_before=LATER, limit=3)
        assert batch <= 3
        if not batch:
            return pruned
        pruned += batch


async def _raw_items(store: SqlStore, number: int) -> int:
    async with store.reading() as work:
        return len(await work.collections.raw_items(build.collection_run_id(number), limit=9))
