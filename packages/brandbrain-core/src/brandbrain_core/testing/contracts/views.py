"""What a `ViewRepository` promises."""

from __future__ import annotations

from datetime import timedelta

import attrs
import pytest

from brandbrain_core import wire
from brandbrain_core.errors import BrandNotFound, RunNotFound, SnapshotNotFound
from brandbrain_core.model.reports import RunReport
from brandbrain_core.model.run import RunStatus, Stage
from brandbrain_core.model.stored_snapshot import Origin, StoredSnapshot
from brandbrain_core.model.views import LatestView, Published
from brandbrain_core.ports import Store
from brandbrain_core.testing import build
from brandbrain_core.testing.contracts.base import (
    StoreContract,
    add_brand,
    add_source,
    claim_one,
    complete,
    enqueue,
    fail,
    running,
)

HUGE = 10**30
OTHER = build.brand_id(2)


class ViewsContract(StoreContract):
    """Reads put together: each says what the repositories say, and nothing of another brand."""

    async def test_the_newest_version_with_its_report(self, store: Store) -> None:
        """The report is the text that the wire gives, and is there if asked for."""
        report = build.run_report()
        await _published(store, report)
        async with store.reading() as work:
            view = await work.views.latest(build.BRAND, report=True)
            plain = await work.views.latest(build.BRAND)
        assert _newest(build.stored_snapshot(), report) == view
        assert attrs.evolve(view, report=None) == plain

    async def test_an_edited_version_has_the_report_of_its_run(self, store: Store) -> None:
        """It rests on that run's draft."""
        await _published(store, build.run_report())
        edited = build.stored_snapshot(2, origin=Origin.OVERRIDE, compile_run_id=build.run_id(1))
        async with store.transaction() as work:
            await work.snapshots.append(edited)
        async with store.reading() as work:
            view = await work.views.latest(build.BRAND, report=True)
        assert _newest(edited, build.run_report()) == view

    async def test_a_version_without_a_run(self, store: Store) -> None:
        """It has no report."""
        await add_brand(store)
        async with store.transaction() as work:
            await work.snapshots.append(build.stored_snapshot(compile_run_id=None))
        async with store.reading() as work:
            assert (await work.views.latest(build.BRAND, report=True)).report is None

    async def test_no_brand_and_no_version_are_told_apart(self, store: Store) -> None:
        """By their errors."""
        await add_brand(store)
        async with store.reading() as work:
            with pytest.raises(SnapshotNotFound):
                await work.views.latest(build.BRAND)
            with pytest.raises(BrandNotFound):
                await work.views.latest(OTHER)

    async def test_a_run_from_kick_off_to_its_end(self, store: Store) -> None:
        """What it says follows what happens to its job."""
        job = await enqueue(store)
        async with store.reading() as work:
            view = await work.views.run(build.BRAND, job.compile_run_id)
        assert (RunStatus.PENDING, 0, job.available_at) == (view.status, view.attempts, view.available_at)
        lease = await claim_one(store)
        progress = build.progress(stage=Stage.BUNDLING)
        async with store.transaction() as work:
            await work.jobs.progress(lease, progress)
        async with store.reading() as work:
            view = await work.views.run(build.BRAND, job.compile_run_id)
        assert (RunStatus.RUNNING, 1, progress, None) == (view.status, view.attempts, view.progress, view.published)
        async with store.transaction() as work:
            await work.jobs.fence(lease)
            await work.snapshots.append(build.stored_snapshot())
        await complete(store, lease)
        async with store.reading() as work:
            view = await work.views.run(build.BRAND, job.compile_run_id)
        stored = build.stored_snapshot()
        published = Published(id=stored.id, document=stored.document.encode(), created_at=stored.created_at)
        assert (RunStatus.SUCCEEDED, published, None) == (view.status, view.published, view.progress)
        assert wire.dumps(build.run_report()) == view.report

    async def test_a_run_that_waits_for_its_next_attempt(self, store: Store) -> None:
        """It says why, and until when."""
        lease = await running(store)
        ended = await fail(store, lease, "the site was away")
        async with store.reading() as work:
            view = await work.views.run(build.BRAND, lease.compile_run_id)
        assert (RunStatus.PENDING, 1, "the site was away") == (view.status, view.attempts, view.last_error)
        assert ended.available_at == view.available_at

    async def test_the_run_of_another_brand_is_not_found(self, store: Store) -> None:
        """Nor one that never was, nor one of a brand that never was."""
        await add_brand(store, 2)
        job = await enqueue(store)
        unknown = build.run_id(9)
        pairs = ((OTHER, job.compile_run_id), (build.BRAND, unknown), (build.brand_id(9), job.compile_run_id))
        async with store.reading() as work:
            for brand, run in pairs:
                with pytest.raises(RunNotFound):
                    await work.views.run(brand, run)

    async def test_history_is_paged(self, store: Store) -> None:
        """By number and by version; the total counts all, and a page past the end is empty."""
        await _versions(store, 5)
        async with store.reading() as work:
            second = await work.views.history(build.BRAND, before_version=None, offset=2, limit=2)
            behind = await work.views.history(build.BRAND, before_version=3, offset=0, limit=9)
            past = await work.views.history(build.BRAND, before_version=None, offset=HUGE, limit=9)
            with pytest.raises(BrandNotFound):
                await work.views.history(OTHER, before_version=None, offset=0, limit=9)
        assert ([3, 2], 5) == ([entry.version for entry in second.entries], second.total)
        assert ([2, 1], 5) == ([entry.version for entry in behind.entries], behind.total)
        assert ((), 5) == (past.entries, past.total)

    async def test_runs_are_paged(self, store: Store) -> None:
        """Newest first, of this brand only."""
        for number in range(1, 4):
            await complete(store, await running(store, number))
        await enqueue(store, 9, brand=2)
        async with store.reading() as work:
            second = await work.views.runs(build.BRAND, after=None, offset=1, limit=1)
            behind = await work.views.runs(build.BRAND, after=build.run_id(3), offset=0, limit=9)
            past = await work.views.runs(build.BRAND, after=None, offset=HUGE, limit=9)
            with pytest.raises(BrandNotFound):
                await work.views.runs(build.brand_id(8), after=None, offset=0, limit=9)
        assert ([build.run_id(2)], 3) == ([entry.id for entry in second.entries], second.total)
        assert [build.run_id(2), build.run_id(1)] == [entry.id for entry in behind.entries]
        assert RunStatus.SUCCEEDED == behind.entries[0].status
        assert ((), 3) == (past.entries, past.total)

    async def test_the_state_of_a_new_brand(self, store: Store) -> None:
        """Nothing but itself."""
        brand = await add_brand(store)
        async with store.reading() as work:
            state = await work.views.state(build.BRAND)
            assert await work.brands.onboarding(build.BRAND) == state.onboarding
            assert await work.overrides.get(build.BRAND) == state.overrides
            with pytest.raises(BrandNotFound):
                await work.views.state(OTHER)
        assert (brand, (), None) == (state.brand, state.sources, state.head)

    async def test_the_state_of_a_brand_with_everything(self, store: Store) -> None:
        """It is what the repositories say."""
        await _versions(store, 2)
        await add_source(store, 1)
        await add_source(store, 2, created_at=build.NOON + timedelta(seconds=1), settings={"a": [1]})
        async with store.transaction() as work:
            await work.brands.save_onboarding(build.onboarding())
            await work.overrides.save(build.overrides())
        async with store.reading() as work:
            state = await work.views.state(build.BRAND)
            assert build.onboarding() == state.onboarding
            assert build.overrides() == state.overrides
            assert await work.sources.of_brand(build.BRAND) == state.sources
            assert await work.snapshots.head(build.BRAND) == state.head
            with_text = await work.views.state(build.BRAND, document=True)
        assert 2 == len(state.sources)
        assert state == attrs.evolve(with_text, document=None)
        assert build.stored_snapshot(2).document == with_text.document
        assert state.head is not None
        assert 2 == state.head.version


def _newest(snapshot: StoredSnapshot, report: RunReport) -> LatestView:
    return LatestView(
        id=snapshot.id,
        brand_id=snapshot.brand_id,
        compile_run_id=snapshot.compile_run_id,
        document=snapshot.document.encode(),
        created_at=snapshot.created_at,
        report=wire.dumps(report),
    )


async def _published(store: Store, report: RunReport) -> None:
    lease = await running(store)
    async with store.transaction() as work:
        await work.snapshots.append(build.stored_snapshot())
    await complete(store, lease, report=report)


async def _versions(store: Store, number: int) -> None:
    await add_brand(store)
    async with store.transaction() as work:
        for version in range(1, number + 1):
            await work.snapshots.append(build.stored_snapshot(version, compile_run_id=None))
