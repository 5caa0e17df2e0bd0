"""What a `Store` promises about transactions."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from brandbrain_core.errors import BrandNotFound, EvidenceNotFound, JobNotFound, SourceNotFound
from brandbrain_core.ids import evidence_id
from brandbrain_core.model.overrides import Overrides
from brandbrain_core.ports import Store, UnitOfWork
from brandbrain_core.testing import build
from brandbrain_core.testing.contracts.base import TERMS, StoreContract, add_brand, enqueue, job_now


class _Interrupted(Exception):
    """Something that goes wrong in the middle of a transaction."""


class TransactionsContract(StoreContract):
    """What is written together is seen together, or not at all."""

    async def test_what_was_written_is_seen_afterwards(self, store: Store) -> None:
        """By another transaction, of either kind."""
        brand = await add_brand(store)
        async with store.transaction() as work:
            assert brand == await work.brands.get(brand.id)
        async with store.reading() as work:
            assert brand == await work.brands.get(brand.id)

    async def test_a_transaction_sees_its_own_writes(self, store: Store) -> None:
        """Before anybody else does."""
        async with store.transaction() as work:
            await work.brands.add(build.brand())
            assert build.brand() == await work.brands.get(build.BRAND)

    async def test_nobody_sees_what_is_not_committed(self, store: Store) -> None:
        """A reader does not wait for the writer and sees what was committed last."""
        async with store.transaction() as work:
            await work.brands.add(build.brand())
            async with store.reading() as other:
                with pytest.raises(BrandNotFound):
                    await other.brands.get(build.BRAND)
        async with store.reading() as other:
            assert build.brand() == await other.brands.get(build.BRAND)

    async def test_an_exception_undoes_everything(self, store: Store) -> None:
        """Whatever was written by whichever repository; and the exception is the caller's."""
        await add_brand(store)
        with pytest.raises(_Interrupted):
            await _interrupted(store, _write_everything)
        async with store.reading() as work:
            await _assert_untouched(work)

    async def test_undone_deletions_and_changes_come_back(self, store: Store) -> None:
        """A job that was claimed, a brand that was deleted."""
        job = await enqueue(store)

        async def claim_and_delete(work: UnitOfWork) -> None:
            await work.jobs.claim("w", limit=1, terms=TERMS, now=build.NOON)
            await work.brands.delete(job.brand_id, at=build.NOON)

        with pytest.raises(_Interrupted):
            await _interrupted(store, claim_and_delete)
        assert job == await job_now(store, job.id)
        async with store.reading() as work:
            assert (job,) == await work.jobs.claimable(limit=9, now=build.NOON)
            assert build.brand() == await work.brands.get(job.brand_id)

    async def test_a_cancelled_task_leaves_nothing(self, store: Store) -> None:
        """Cancellation is an exception like any other, and the store goes on working."""
        inside = asyncio.Event()

        async def write() -> None:
            async with store.transaction() as work:
                await work.brands.add(build.brand())
                inside.set()
                await asyncio.Event().wait()

        task = asyncio.create_task(write())
        await inside.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        async with store.reading() as work:
            with pytest.raises(BrandNotFound):
                await work.brands.get(build.BRAND)
        assert build.brand() == await add_brand(store)

    async def test_reading_refuses_to_write(self, store: Store) -> None:
        """It is an error, and nothing is stored."""
        await add_brand(store)
        writes: list[Callable[[UnitOfWork], Awaitable[object]]] = [
            lambda work: work.brands.add(build.brand(2)),
            lambda work: work.overrides.save(build.overrides()),
            lambda work: work.jobs.add(build.compile_run(), build.job()),
            lambda work: work.evidence.upsert(build.BRAND, [build.sighting()], at=build.NOON),
        ]
        for write in writes:
            with pytest.raises(Exception, match=r"(?i)read.?only"):
                async with store.reading() as work:
                    await write(work)
        async with store.reading() as work:
            await _assert_untouched(work)
            with pytest.raises(BrandNotFound):
                await work.brands.get(build.brand_id(2))

    async def test_writers_at_once_all_succeed(self, store: Store) -> None:
        """They may wait for each other, but none is refused."""
        await asyncio.gather(*(add_brand(store, number) for number in range(1, 9)))
        async with store.reading() as work:
            assert 8 == len(await work.brands.page(after=None, limit=99))

    async def test_closing_twice_does_nothing(self, store: Store) -> None:
        """A store may be closed by whoever comes first."""
        await store.close()
        await store.close()


async def _interrupted(store: Store, write: Callable[[UnitOfWork], Awaitable[None]]) -> None:
    """Write in a transaction that raises before its end."""
    async with store.transaction() as work:
        await write(work)
        raise _Interrupted


async def _write_everything(work: UnitOfWork) -> None:
    await work.brands.update(build.brand(name="Changed"))
    await work.brands.save_onboarding(build.onboarding())
    await work.sources.add(build.source())
    await work.collections.add(build.collection_run())
    await work.collections.add_raw_items([build.raw_item()])
    await work.evidence.upsert(build.BRAND, [build.sighting()], at=build.NOON)
    await work.overrides.save(build.overrides())
    await work.jobs.add(build.compile_run(), build.job())
    await work.jobs.claim("w", limit=1, terms=TERMS, now=build.NOON)
    await work.snapshots.append(build.stored_snapshot())


async def _assert_untouched(work: UnitOfWork) -> None:
    """Assert that there is a brand, and nothing else of what `_write_everything` writes."""
    assert build.brand() == await work.brands.get(build.BRAND)
    assert {} == (await work.brands.onboarding(build.BRAND)).answers
    with pytest.raises(SourceNotFound):
        await work.sources.get(build.SOURCE)
    assert {} == await work.collections.latest([build.SOURCE])
    assert () == await work.collections.raw_items(build.collection_run_id(1), limit=9)
    with pytest.raises(EvidenceNotFound):
        await work.evidence.get(evidence_id(build.BRAND, "instagram", "post-1"))
    assert Overrides(brand_id=build.BRAND) == await work.overrides.get(build.BRAND)
    with pytest.raises(JobNotFound):
        await work.jobs.get(build.job_id(1))
    assert () == await work.jobs.claimable(limit=9, now=build.NOON)
    assert () == await work.runs.page(build.BRAND, after=None, limit=9)
    assert 0 == await work.snapshots.count(build.BRAND)
