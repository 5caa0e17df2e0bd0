"""What a `SnapshotRepository` promises."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import attrs
import pytest

from brandbrain_core.errors import Conflict, SnapshotNotFound
from brandbrain_core.model.stored_snapshot import HistoryEntry, Origin, SnapshotHead, StoredSnapshot
from brandbrain_core.ports import Store
from brandbrain_core.testing import build
from brandbrain_core.testing.contracts.base import StoreContract, claim_one, complete, enqueue


class SnapshotsContract(StoreContract):
    """Versions of brands."""

    async def test_a_version_comes_back_as_it_was_stored(self, store: Store) -> None:
        """Its document byte for byte."""
        await _runs(store, 1)
        document = '{"b":1,  "a":"ü ⛵ \\u00fc","n":1.0}'
        snapshot = build.stored_snapshot(
            document=document, degraded=True, created_at=build.NOON + timedelta(microseconds=3)
        )
        await _append(store, snapshot)
        async with store.reading() as work:
            assert snapshot == await work.snapshots.latest(build.BRAND)
            assert snapshot == await work.snapshots.get(build.BRAND, snapshot.id)
            assert snapshot == await work.snapshots.of_run(build.run_id(1))

    async def test_a_brand_without_snapshot(self, store: Store) -> None:
        """It has no head, no history, and none can be found."""
        await _runs(store, 1)
        async with store.reading() as work:
            assert await work.snapshots.head(build.BRAND) is None
            assert await work.snapshots.of_run(build.run_id(1)) is None
            assert () == await work.snapshots.history(build.BRAND, before_version=None, offset=0, limit=9)
            assert 0 == await work.snapshots.count(build.BRAND)
            with pytest.raises(SnapshotNotFound):
                await work.snapshots.latest(build.BRAND)
            with pytest.raises(SnapshotNotFound):
                await work.snapshots.get(build.BRAND, build.snapshot_id(1))

    async def test_the_head_is_the_newest_version(self, store: Store) -> None:
        """All that is known of it without its document."""
        await _runs(store, 2)
        await _append(store, build.stored_snapshot(1))
        newest = build.stored_snapshot(2, degraded=True, input_hash="2" * 64)
        await _append(store, newest)
        expected = SnapshotHead(**{a.name: getattr(newest, a.name) for a in attrs.fields(SnapshotHead)})
        async with store.reading() as work:
            assert expected == await work.snapshots.head(build.BRAND)
            assert newest == await work.snapshots.latest(build.BRAND)

    @pytest.mark.parametrize("version", [1, 2, 4])
    async def test_versions_grow_by_one(self, store: Store, version: int) -> None:
        """A version that does not follow the newest is refused, and nothing is stored."""
        await _runs(store, 4)
        await _append(store, build.stored_snapshot(1))
        await _append(store, build.stored_snapshot(2))
        with pytest.raises(Conflict):
            await _append(
                store,
                build.stored_snapshot(version, id=build.snapshot_id(9), compile_run_id=build.run_id(4)),
            )
        async with store.reading() as work:
            assert 2 == await work.snapshots.count(build.BRAND)

    async def test_the_first_version_is_one(self, store: Store) -> None:
        """Not zero, not two."""
        await _runs(store, 1)
        for version in (0, 2):
            with pytest.raises(Conflict):
                await _append(store, build.stored_snapshot(version, compile_run_id=build.run_id(1)))
        async with store.reading() as work:
            assert 0 == await work.snapshots.count(build.BRAND)

    async def test_inputs_never_go_back(self, store: Store) -> None:
        """A snapshot of older inputs is refused; one of the same inputs is not."""
        await _runs(store, 3)
        await _append(store, build.stored_snapshot(1))
        with pytest.raises(Conflict):
            await _append(store, build.stored_snapshot(2, inputs_at=build.NOON - timedelta(microseconds=1)))
        await _append(store, build.stored_snapshot(2))
        async with store.reading() as work:
            assert 2 == await work.snapshots.count(build.BRAND)

    async def test_a_run_publishes_once(self, store: Store) -> None:
        """A second compile's snapshot of one run is refused; versions that re-merge its draft are not."""
        await _runs(store, 1)
        await _append(store, build.stored_snapshot(1))
        with pytest.raises(Conflict):
            await _append(store, build.stored_snapshot(2, compile_run_id=build.run_id(1)))
        for version in (2, 3):
            await _append(
                store,
                build.stored_snapshot(version, compile_run_id=build.run_id(1), origin=Origin.OVERRIDE),
            )
        async with store.reading() as work:
            published = await work.snapshots.of_run(build.run_id(1))
        assert published is not None
        assert 1 == published.version

    async def test_of_two_that_append_at_once_one_wins(self, store: Store) -> None:
        """The versions have no gap and no double."""
        await _runs(store, 2)
        results = await asyncio.gather(
            *(
                _append(store, build.stored_snapshot(1, id=build.snapshot_id(n), compile_run_id=build.run_id(n)))
                for n in (1, 2)
            ),
            return_exceptions=True,
        )
        assert [None] == [result for result in results if not isinstance(result, Conflict)]
        async with store.reading() as work:
            assert 1 == await work.snapshots.count(build.BRAND)

    async def test_another_brands_version_is_not_found(self, store: Store) -> None:
        """Brands have versions of their own."""
        await _runs(store, 1)
        await enqueue(store, 9, brand=2)
        await _append(store, build.stored_snapshot(1))
        other = build.stored_snapshot(
            1, id=build.snapshot_id(9), brand_id=build.brand_id(2), compile_run_id=build.run_id(9)
        )
        await _append(store, other)
        async with store.reading() as work:
            assert other == await work.snapshots.latest(other.brand_id)
            with pytest.raises(SnapshotNotFound):
                await work.snapshots.get(other.brand_id, build.snapshot_id(1))

    async def test_history_is_newest_first_and_paged(self, store: Store) -> None:
        """By a version to begin below, or by offset, or both."""
        await _runs(store, 4)
        for version in (1, 2, 3, 4):
            await _append(store, build.stored_snapshot(version))
        async with store.reading() as work:
            whole = await work.snapshots.history(build.BRAND, before_version=None, offset=0, limit=9)
            below = await work.snapshots.history(build.BRAND, before_version=4, offset=0, limit=2)
            skipped = await work.snapshots.history(build.BRAND, before_version=4, offset=1, limit=9)
            nothing = await work.snapshots.history(build.BRAND, before_version=1, offset=0, limit=9)
            beyond = await work.snapshots.history(build.BRAND, before_version=None, offset=9, limit=9)
        versions = [[entry.version for entry in page] for page in (whole, below, skipped, nothing, beyond)]
        assert [[4, 3, 2, 1], [3, 2], [2, 1], [], []] == versions

    async def test_a_line_of_history(self, store: Store) -> None:
        """It says what a reader of the list wants to know."""
        await _runs(store, 1)
        await _append(store, build.stored_snapshot(1))
        changed = build.stored_snapshot(
            2,
            origin=Origin.OVERRIDE,
            compile_run_id=build.run_id(1),
            diff_summary=build.diff_summary(1, 2, 3),
            created_at=build.NOON + timedelta(hours=1),
        )
        await _append(store, changed)
        async with store.reading() as work:
            newest, first = await work.snapshots.history(build.BRAND, before_version=None, offset=0, limit=9)
        assert first.diff_summary is None
        assert newest == HistoryEntry(
            id=changed.id,
            version=2,
            origin=Origin.OVERRIDE,
            diff_summary=build.diff_summary(1, 2, 3),
            created_at=changed.created_at,
        )


async def _runs(store: Store, count: int) -> None:
    """Store so many completed runs of the first brand."""
    for number in range(1, count + 1):
        await enqueue(store, number)
        await complete(store, await claim_one(store))


async def _append(store: Store, snapshot: StoredSnapshot) -> None:
    async with store.transaction() as work:
        await work.snapshots.append(snapshot)
