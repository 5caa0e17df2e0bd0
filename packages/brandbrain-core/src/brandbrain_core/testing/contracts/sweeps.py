"""What a `JobRepository` promises about leases that are taken away."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest

from brandbrain_core.errors import LeaseLost
from brandbrain_core.model.job import JobStatus
from brandbrain_core.model.run import RunStatus
from brandbrain_core.policies import lease as policy
from brandbrain_core.ports import Released, Store
from brandbrain_core.testing import build
from brandbrain_core.testing.contracts.base import (
    OTHER_WORKER,
    SECOND,
    TERMS,
    WORKER,
    StoreContract,
    both_now,
    cancel,
    claim_one,
    complete,
    enqueue,
    job_now,
    running,
)

SILENT = build.NOON + TERMS.stale_after
STALE = SILENT + timedelta(microseconds=1)


class SweepContract(StoreContract):
    """The sweep takes leases away, any number of times and by anybody."""

    async def test_a_silent_lease_is_released(self, store: Store) -> None:
        """Job and run wait again, at once; what is returned says who held it since when."""
        lease = await running(store)
        before, run = await both_now(store, lease.job_id)
        (released,) = await _sweep(store, STALE)
        assert (
            Released(
                job_id=lease.job_id,
                compile_run_id=lease.compile_run_id,
                worker=WORKER,
                locked_at=build.NOON,
                token=lease.token,
                attempts=1,
                status=JobStatus.PENDING,
            )
            == released
        )
        expected = policy.released(before, waiting=None, now=STALE)
        assert (expected, policy.run_after(run, expected)) == await both_now(store, lease.job_id)
        assert (f"Released from stale lock (was locked by {WORKER})", STALE) == (
            expected.last_error,
            expected.available_at,
        )

    async def test_a_lease_is_not_released_before_its_time(self, store: Store) -> None:
        """Up to and at the very end of the stale time it is alive; a sign of life begins it anew."""
        lease = await running(store)
        assert () == await _sweep(store, SILENT)
        async with store.transaction() as work:
            await work.jobs.extend([lease], terms=TERMS, now=build.NOON + SECOND)
        assert () == await _sweep(store, STALE)
        assert 1 == len(await _sweep(store, STALE + SECOND))

    async def test_the_deadline_ends_a_lively_attempt(self, store: Store) -> None:
        """Signs of life do not help."""
        lease = await running(store)
        end = build.NOON + TERMS.deadline
        async with store.transaction() as work:
            await work.jobs.extend([lease], terms=TERMS, now=end)
        assert () == await _sweep(store, end)
        assert 1 == len(await _sweep(store, end + timedelta(microseconds=1)))

    async def test_sweeping_again_does_nothing(self, store: Store) -> None:
        """Nobody needs to be the leader."""
        await running(store)
        assert 1 == len(await _sweep(store, STALE))
        assert () == await _sweep(store, STALE)

    async def test_sweepers_at_once_release_each_lease_once(self, store: Store) -> None:
        """They share, or wait for each other."""
        for number in range(1, 7):
            await running(store, number, brand=number)
        sweeps = await asyncio.gather(*(_sweep(store, STALE) for _ in range(4)))
        rest = await _sweep(store, STALE)
        jobs = [released.job_id for sweep in (*sweeps, rest) for released in sweep]
        assert {build.job_id(number) for number in range(1, 7)} == set(jobs)
        assert 6 == len(jobs)

    async def test_a_sweep_takes_at_most_so_many(self, store: Store) -> None:
        """The rest is for the next one."""
        for number in range(1, 4):
            await running(store, number, brand=number)
        sizes = [len(await _sweep(store, STALE, limit=2)) for _ in range(3)]
        assert [2, 1, 0] == sizes

    async def test_waiting_and_ended_jobs_are_not_swept(self, store: Store) -> None:
        """Only running ones have a lease."""
        await enqueue(store, 1, brand=1)
        await complete(store, await running(store, 2, brand=2))
        jobs = [await job_now(store, build.job_id(number)) for number in (1, 2)]
        assert () == await _sweep(store, build.NOON + timedelta(days=9))
        assert jobs == [await job_now(store, build.job_id(number)) for number in (1, 2)]

    async def test_a_job_that_kills_its_workers_ends(self, store: Store) -> None:
        """After exactly max_attempts, and its run with it."""
        job = await enqueue(store, max_attempts=2)
        now = build.NOON
        for attempt in (1, 2):
            assert attempt == (await claim_one(store, now=now)).attempt
            before, run = await both_now(store, job.id)
            now += TERMS.stale_after + SECOND
            (released,) = await _sweep(store, now)
        expected = policy.released(before, waiting=None, now=now)
        assert (expected, policy.run_after(run, expected)) == await both_now(store, job.id)
        assert (JobStatus.FAILED, "Stale lock after 2 attempts") == (released.status, expected.last_error)
        assert RunStatus.FAILED is policy.run_after(run, expected).status

    async def test_a_newer_kickoff_supersedes_a_stale_attempt(self, store: Store) -> None:
        """It is not retried."""
        lease = await running(store, 1)
        waiting = await enqueue(store, 2)
        (released,) = await _sweep(store, STALE)
        job, run = await both_now(store, lease.job_id)
        text = f"Superseded by compile run {waiting.compile_run_id}"
        assert (JobStatus.FAILED, text, text) == (released.status, job.last_error, run.error)

    async def test_a_stale_lease_that_was_to_be_cancelled(self, store: Store) -> None:
        """Is cancelled: nobody is there to be told."""
        lease = await running(store)
        await cancel(store, lease.compile_run_id)
        (released,) = await _sweep(store, STALE)
        job, run = await both_now(store, lease.job_id)
        assert (JobStatus.FAILED, "Cancelled", True) == (released.status, job.last_error, run.cancelled)

    async def test_a_worker_that_is_known_to_be_dead(self, store: Store) -> None:
        """All of its leases are released at once, nobody else's."""
        for number in (1, 2):
            await running(store, number, brand=number)
        await enqueue(store, 3, brand=3)
        other = await claim_one(store, OTHER_WORKER)
        async with store.transaction() as work:
            released = await work.jobs.release_worker(WORKER, now=build.NOON + SECOND)
            assert () == await work.jobs.release_worker("nobody", now=build.NOON + SECOND)
        assert {build.job_id(1), build.job_id(2)} == {each.job_id for each in released}
        assert {(WORKER, JobStatus.PENDING)} == {(each.worker, each.status) for each in released}
        assert JobStatus.RUNNING is (await job_now(store, other.job_id)).status

    async def test_the_sweep_does_not_disturb_a_finish(self, store: Store) -> None:
        """A job whose row is locked by its finish is skipped, or found to have ended; the completion stands."""
        lease = await running(store)
        async with store.transaction() as work:
            await work.jobs.fence(lease)
            sweep = asyncio.create_task(_sweep(store, STALE))
            await asyncio.sleep(0)
            await work.jobs.complete(lease, build.run_report(), now=STALE)
        assert () == await sweep
        assert JobStatus.SUCCEEDED is (await job_now(store, lease.job_id)).status

    async def test_a_finish_after_the_sweep_is_refused(self, store: Store) -> None:
        """Taken is lost, though the sweep and the finish came at the same moment."""
        lease = await running(store)
        await _sweep(store, STALE)
        with pytest.raises(LeaseLost):
            await complete(store, lease, now=STALE)


async def _sweep(store: Store, now: datetime, *, limit: int = 100) -> tuple[Released, ...]:
    async with store.transaction() as work:
        return await work.jobs.release_stale(limit=limit, terms=TERMS, now=now)
