"""What a `CollectionRepository` promises."""

from __future__ import annotations

from datetime import timedelta

import attrs

from brandbrain_core.ids import CollectionRunId
from brandbrain_core.model.collection import CollectionRun, CollectionStatus
from brandbrain_core.ports import Pruned, Store
from brandbrain_core.testing import build
from brandbrain_core.testing.contracts.base import StoreContract, add_brand, add_source


class CollectionsContract(StoreContract):
    """Collection runs and raw items."""

    async def test_a_run_comes_back_with_all_it_has(self, store: Store) -> None:
        """Every member survives an update, those that cannot change are kept."""
        await _prepare(store)
        run = build.collection_run(dataset_id="d", external_run_id="x", input={"b": [1, None], "a": "ü"})
        ended = attrs.evolve(
            run,
            status=CollectionStatus.FAILED,
            external_run_id="y",
            dataset_id="e",
            finished_at=build.NOON + timedelta(seconds=1.5),
            raw_count=3,
            normalised_count=2,
            rejected_count=1,
            error="It was not there.",
            error_code="unreachable",
            retry_at=build.NOON + timedelta(hours=1),
        )
        async with store.transaction() as work:
            await work.collections.add(run)
            await work.collections.update(attrs.evolve(ended, started_at=build.NOON + timedelta(9), input={}))
        async with store.reading() as work:
            assert {run.source_id: (ended,)} == await work.collections.latest([run.source_id])

    async def test_latest_gives_the_telling_runs(self, store: Store) -> None:
        """The newest, the newest that succeeded, the newest that runs: newest first, by the start of the collection."""
        await _prepare(store)
        statuses = {
            1: CollectionStatus.SUCCEEDED,
            2: CollectionStatus.RUNNING,
            3: CollectionStatus.SUCCEEDED,
            4: CollectionStatus.RUNNING,
            5: CollectionStatus.FAILED,
        }
        async with store.transaction() as work:
            for number in (4, 2, 5, 1, 3):
                await work.collections.add(_at_hour(number, status=statuses[number]))
        async with store.reading() as work:
            latest = await work.collections.latest([build.SOURCE])
        assert [5, 4, 3] == [_hour(run) for run in latest[build.SOURCE]]

    async def test_a_run_that_is_telling_twice_comes_once(self, store: Store) -> None:
        """The newest may be the newest success."""
        await _prepare(store)
        async with store.transaction() as work:
            await work.collections.add(_at_hour(1, status=CollectionStatus.FAILED))
            await work.collections.add(_at_hour(2, status=CollectionStatus.SUCCEEDED))
        async with store.reading() as work:
            latest = await work.collections.latest([build.SOURCE])
        assert [2] == [_hour(run) for run in latest[build.SOURCE]]

    async def test_latest_of_many_sources(self, store: Store) -> None:
        """Each gets its own; one without runs is not there."""
        await _prepare(store)
        await add_source(store, 2)
        await add_source(store, 3)
        async with store.transaction() as work:
            await work.collections.add(_at_hour(1))
            await work.collections.add(_at_hour(2, source_id=build.source_id(2)))
        sources = [build.source_id(number) for number in (1, 2, 3)]
        async with store.reading() as work:
            latest = await work.collections.latest(sources)
            assert {} == await work.collections.latest([])
        assert {sources[0]: [1], sources[1]: [2]} == {
            source: [_hour(run) for run in runs] for source, runs in latest.items()
        }

    async def test_raw_items_come_back_by_index(self, store: Store) -> None:
        """Whatever the order in which they were stored, and at most so many."""
        await _prepare(store)
        items = {index: build.raw_item(index + 1) for index in (2, 0, 1)}
        async with store.transaction() as work:
            await work.collections.add(build.collection_run())
            await work.collections.add_raw_items(list(items.values()))
            await work.collections.add_raw_items([])
        async with store.reading() as work:
            assert (items[0], items[1]) == await work.collections.raw_items(build.collection_run_id(1), limit=2)

    async def test_payloads_survive(self, store: Store) -> None:
        """Raw items are stored as they came: any JSON, in its order, with numbers of both kinds."""
        await _prepare(store)
        payload = {"z": [None, True, 1.5, 2**53 + 1, "ü\n\"'\\⛵"], "a": {"b": {"c": {}}}, "": ""}
        item = build.raw_item(payload=payload)
        async with store.transaction() as work:
            await work.collections.add(build.collection_run())
            await work.collections.add_raw_items([item])
        async with store.reading() as work:
            (stored,) = await work.collections.raw_items(build.collection_run_id(1), limit=9)
        assert item == stored
        assert list(payload) == list(stored.payload)

    async def test_replaced_raw_items_are_pruned(self, store: Store) -> None:
        """Those of older runs, whatever became of these, so many runs at a time; the newest success keeps its own."""
        await _prepare(store)
        for hour, status in enumerate((_SUCCEEDED, CollectionStatus.FAILED, _SUCCEEDED), start=1):
            await _collect(store, hour, status)
        first = await _prune(store, before_hour=9, limit=1)
        second = await _prune(store, before_hour=9, limit=9, after=first.last)
        assert [2, 2] == [first.deleted, second.deleted]
        assert [build.collection_run_id(1), None] == [first.last, second.last]
        assert [0, 0, 2] == [await _raw_items(store, hour) for hour in (1, 2, 3)]

    async def test_raw_items_that_nothing_replaced_stay(self, store: Store) -> None:
        """A newer run that failed replaces nothing, and nor does one of another source."""
        await _prepare(store)
        await add_source(store, 2)
        await _collect(store, 1, _SUCCEEDED)
        await _collect(store, 2, CollectionStatus.FAILED)
        await _collect(store, 3, _SUCCEEDED, source_id=build.source_id(2))
        assert Pruned(deleted=0) == await _prune(store, before_hour=9, limit=9)

    async def test_young_raw_items_stay(self, store: Store) -> None:
        """Only those of runs that began before the moment are pruned."""
        await _prepare(store)
        for hour in (1, 2):
            await _collect(store, hour, _SUCCEEDED)
        assert [0, 2] == [(await _prune(store, before_hour=hour, limit=9)).deleted for hour in (1, 2)]


_SUCCEEDED = CollectionStatus.SUCCEEDED


async def _collect(store: Store, hour: int, status: CollectionStatus, **changes: object) -> None:
    """Store a run that began at that hour and brought two raw items."""
    run = _at_hour(hour, status=status, **changes)
    items = [build.raw_item(10 * hour + index, run_id=run.id, index=index) for index in (0, 1)]
    async with store.transaction() as work:
        await work.collections.add(run)
        await work.collections.add_raw_items(items)


async def _prune(
    store: Store, *, before_hour: int, limit: int, after: CollectionRunId | None = None
) -> Pruned[CollectionRunId]:
    before = build.NOON + timedelta(hours=before_hour)
    async with store.transaction() as work:
        return await work.collections.prune_raw_items(started_before=before, limit=limit, after=after)


async def _raw_items(store: Store, hour: int) -> int:
    async with store.reading() as work:
        return len(await work.collections.raw_items(build.collection_run_id(hour), limit=9))


async def _prepare(store: Store) -> None:
    await add_brand(store)
    await add_source(store)


def _at_hour(number: int, **changes: object) -> CollectionRun:
    return build.collection_run(number, started_at=build.NOON + timedelta(hours=number), **changes)


def _hour(run: CollectionRun) -> int:
    return round((run.started_at - build.NOON) / timedelta(hours=1))
