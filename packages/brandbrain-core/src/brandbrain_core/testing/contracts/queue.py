"""What a `JobRepository` promises about the queue: adding, joining, replacing, listing."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import attrs
import pytest

from brandbrain_core.errors import BrandNotFound, Conflict, JobNotFound, RunNotFound
from brandbrain_core.model.job import JobStatus
from brandbrain_core.policies.lease import replaced, run_after
from brandbrain_core.ports import Store
from brandbrain_core.testing import build
from brandbrain_core.testing.contracts.base import (
    StoreContract,
    add_brand,
    both_now,
    cancel,
    claim_one,
    complete,
    enqueue,
    fail,
    job_now,
    running,
)

LATER = build.NOON + timedelta(hours=1)


class QueueContract(StoreContract):
    """One pending and one running job of a brand, and never a run without its job."""

    async def test_a_job_comes_back_as_it_was_stored(self, store: Store) -> None:
        """By its id and by its run."""
        job = await enqueue(store, force_refresh=True, max_attempts=7, available_at=LATER)
        async with store.reading() as work:
            assert job == await work.jobs.get(job.id)
            assert job == await work.jobs.of_run(job.compile_run_id)

    async def test_unknown_jobs_and_runs(self, store: Store) -> None:
        """Each is not found as what it was asked for."""
        async with store.reading() as work:
            with pytest.raises(JobNotFound):
                await work.jobs.get(build.job_id(1))
            with pytest.raises(RunNotFound):
                await work.jobs.of_run(build.run_id(1))

    async def test_a_job_needs_its_brand(self, store: Store) -> None:
        """Without it neither run nor job is stored."""
        with pytest.raises(BrandNotFound):
            async with store.transaction() as work:
                await work.jobs.add(build.compile_run(), build.job())
        async with store.reading() as work:
            with pytest.raises(JobNotFound):
                await work.jobs.get(build.job_id(1))

    async def test_a_brand_has_one_pending_job(self, store: Store) -> None:
        """A second is refused with its run; another brand's is not."""
        job = await enqueue(store, 1)
        with pytest.raises(Conflict):
            await enqueue(store, 2)
        other = await enqueue(store, 3, brand=2)
        async with store.reading() as work:
            assert (other, job) == await work.jobs.page(status=None, brand=None, after=None, limit=9)
            assert 1 == len(await work.runs.page(build.BRAND, after=None, limit=9))

    async def test_of_many_kickoffs_at_once_one_is_added(self, store: Store) -> None:
        """The others are told."""
        await add_brand(store)
        kickoffs = (enqueue(store, number) for number in range(1, 6))
        results = await asyncio.gather(*kickoffs, return_exceptions=True)
        (winner,) = [result for result in results if not isinstance(result, Conflict)]
        async with store.reading() as work:
            assert (winner,) == await work.jobs.page(status=None, brand=None, after=None, limit=9)

    async def test_one_may_wait_behind_the_running_one(self, store: Store) -> None:
        """One, not two."""
        await running(store, 1)
        await enqueue(store, 2)
        with pytest.raises(Conflict):
            await enqueue(store, 3)

    async def test_active_jobs_of_a_brand(self, store: Store) -> None:
        """The pending and the running one, no ended one and no other brand's."""
        await complete(store, await running(store, 1))
        lease = await running(store, 2)
        waiting = await enqueue(store, 3)
        await enqueue(store, 4, brand=2)
        async with store.transaction() as work:
            active = await work.jobs.active(build.BRAND)
            assert () == await work.jobs.active(build.brand_id(9))
        assert {lease.job_id, waiting.id} == {job.id for job in active}
        assert {JobStatus.RUNNING, JobStatus.PENDING} == {job.status for job in active}

    async def test_newer_inputs_replace_those_of_the_pending_job(self, store: Store) -> None:
        """Its run stays the one that was answered; the budget is new and nothing waits for a backoff."""
        job = await enqueue(store)
        await fail(store, await claim_one(store))
        before, run = await both_now(store, job.id)
        newer = build.compile_run(
            9, inputs=build.frozen_inputs(captured_at=LATER, answers={"new": 1}), inputs_hash="9" * 64
        )
        async with store.transaction() as work:
            await work.jobs.replace_pending(job.id, newer, force=False, now=LATER)
        expected = replaced(before, inputs_hash=newer.inputs_hash, force=False, now=LATER)
        expected_run = run_after(attrs.evolve(run, inputs=newer.inputs, inputs_hash=newer.inputs_hash), expected)
        assert (expected, expected_run) == await both_now(store, job.id)
        assert (0, LATER) == (expected.attempts, expected.available_at)

    @pytest.mark.parametrize(("was", "force"), [(False, True), (True, False), (True, True)])
    async def test_force_is_added_and_never_taken_away(self, store: Store, *, was: bool, force: bool) -> None:
        """A forced kick-off makes the waiting one forced; one that is not leaves it so."""
        job = await enqueue(store, force_refresh=was)
        async with store.transaction() as work:
            await work.jobs.replace_pending(job.id, build.compile_run(9), force=force, now=LATER)
        stored, run = await both_now(store, job.id)
        assert (True, True) == (stored.force_refresh, run.force_refresh)

    async def test_only_a_pending_job_is_replaced(self, store: Store) -> None:
        """One that was claimed meanwhile keeps its inputs, and the kick-off is told; so for an unknown one."""
        lease = await running(store)
        before = await both_now(store, lease.job_id)
        async with store.transaction() as work:
            with pytest.raises(Conflict):
                await work.jobs.replace_pending(lease.job_id, build.compile_run(9), force=True, now=LATER)
            with pytest.raises(JobNotFound):
                await work.jobs.replace_pending(build.job_id(9), build.compile_run(9), force=True, now=LATER)
        assert before == await both_now(store, lease.job_id)

    async def test_pages_are_newest_first(self, store: Store) -> None:
        """By id descending, behind a job that need not match the filter, by status and by brand."""
        await complete(store, await running(store, 1))
        failed = await running(store, 2)
        await cancel(store, failed.compile_run_id)
        await fail(store, failed)
        await running(store, 3)
        await enqueue(store, 4)
        await enqueue(store, 5, brand=2)

        async def numbers(
            status: JobStatus | None = None, brand: int | None = None, after: int | None = None, limit: int = 9
        ) -> list[int]:
            async with store.reading() as work:
                jobs = await work.jobs.page(
                    status=status,
                    brand=None if brand is None else build.brand_id(brand),
                    after=None if after is None else build.job_id(after),
                    limit=limit,
                )
            return [number for job in jobs for number in range(1, 6) if job.id == build.job_id(number)]

        assert [5, 4, 3, 2, 1] == await numbers()
        assert [5, 4] == await numbers(limit=2)
        assert [3, 2] == await numbers(after=4, limit=2)
        assert [4, 3, 2, 1] == await numbers(brand=1)
        assert [5, 4] == await numbers(status=JobStatus.PENDING)
        assert [2] == await numbers(status=JobStatus.FAILED, brand=1, after=4)
        assert [] == await numbers(status=JobStatus.RUNNING, brand=2)

    async def test_claimable_changes_nothing(self, store: Store) -> None:
        """It shows what a claim would take, in its order, as often as it is asked."""
        second = await enqueue(store, 1, brand=1, available_at=build.NOON)
        first = await enqueue(store, 2, brand=2, available_at=build.NOON - timedelta(seconds=1))
        await enqueue(store, 3, brand=3, available_at=LATER)
        for _ in range(2):
            async with store.reading() as work:
                assert (first, second) == await work.jobs.claimable(limit=9, now=build.NOON)
                assert (first,) == await work.jobs.claimable(limit=1, now=build.NOON)
                assert () == await work.jobs.claimable(limit=0, now=build.NOON)
        assert first == await job_now(store, first.id)

    async def test_how_the_queue_stands(self, store: Store) -> None:
        """How many wait, are ready and run, and since when the longest ready one could have been claimed."""
        moment = build.NOON + timedelta(minutes=1)
        async with store.reading() as work:
            empty = await work.jobs.stats(now=moment)
        assert (0, 0, 0, None) == (empty.pending, empty.ready, empty.running, empty.oldest_ready_at)
        await complete(store, await running(store, 1))
        await running(store, 2)
        await enqueue(store, 3, brand=2, available_at=build.NOON + timedelta(seconds=5))
        await enqueue(store, 4, brand=3, available_at=build.NOON + timedelta(seconds=20))
        await enqueue(store, 5, brand=4, available_at=LATER)
        async with store.reading() as work:
            stats = await work.jobs.stats(now=moment)
        assert (moment, 3, 2, 1) == (stats.now, stats.pending, stats.ready, stats.running)
        assert timedelta(seconds=55) == stats.oldest_ready_age
