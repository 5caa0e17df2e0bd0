"""What a `JobRepository` promises to people: cancel, retry, prune."""

from __future__ import annotations

from datetime import datetime, timedelta

import attrs
import pytest

from brandbrain_core.errors import JobNotFound, RetryRefused, RunFinished, RunNotFound
from brandbrain_core.ids import JobId
from brandbrain_core.model.job import Job, JobStatus, Lease
from brandbrain_core.policies import lease as policy
from brandbrain_core.ports import Pruned, Store
from brandbrain_core.testing import build
from brandbrain_core.testing.contracts.base import (
    SECOND,
    StoreContract,
    both_now,
    cancel,
    claim_all,
    claim_one,
    complete,
    enqueue,
    fail,
    job_now,
    run_now,
    running,
)

LATER = build.NOON + timedelta(minutes=5)


class OperatorContract(StoreContract):
    """What a person may do to a job, and what not."""

    async def test_cancelling_a_waiting_job(self, store: Store) -> None:
        """It has failed at once, and its run with it."""
        job = await enqueue(store)
        run = await run_now(store, job)
        cancelled = await cancel(store, job.compile_run_id, now=LATER)
        assert policy.cancelled(job, now=LATER) == cancelled
        assert (cancelled, policy.run_after(run, cancelled)) == await both_now(store, job.id)
        assert (JobStatus.FAILED, "Cancelled", True) == (
            cancelled.status,
            cancelled.last_error,
            policy.run_after(run, cancelled).cancelled,
        )

    async def test_cancelling_a_running_job(self, store: Store) -> None:
        """It is asked to stop; asking again changes nothing."""
        lease = await running(store)
        before, run = await both_now(store, lease.job_id)
        cancelled = await cancel(store, lease.compile_run_id, now=LATER)
        assert policy.cancelled(before, now=LATER) == cancelled
        assert cancelled == await cancel(store, lease.compile_run_id, now=LATER + SECOND)
        assert (cancelled, run) == await both_now(store, lease.job_id)

    async def test_what_has_ended_cannot_be_cancelled(self, store: Store) -> None:
        """However it ended."""
        leases = [await running(store, number, brand=number) for number in (1, 2)]
        await complete(store, leases[0])
        await fail(store, leases[1], retry=False)
        for lease in leases:
            before = await both_now(store, lease.job_id)
            with pytest.raises(RunFinished):
                await cancel(store, lease.compile_run_id)
            assert before == await both_now(store, lease.job_id)
        with pytest.raises(RunNotFound):
            await cancel(store, build.run_id(9))

    async def test_cancelling_leaves_others_alone(self, store: Store) -> None:
        """The waiting one can be cancelled while the older one runs on."""
        lease = await running(store, 1)
        waiting = await enqueue(store, 2)
        await cancel(store, waiting.compile_run_id)
        assert not (await job_now(store, lease.job_id)).cancel_requested
        assert not (await complete(store, lease)).repeated

    async def test_a_failed_job_can_be_retried(self, store: Store) -> None:
        """It waits as if it were new, at once, with all its attempts; tokens go on growing."""
        lease = await running(store)
        await fail(store, lease, retry=False, report=build.run_report())
        before, run = await both_now(store, lease.job_id)
        retried = await _retry(store, lease.job_id)
        assert policy.retried(before, now=LATER) == retried
        assert (retried, policy.run_after(run, retried)) == await both_now(store, lease.job_id)
        again = await claim_one(store, now=LATER)
        assert 1 == again.attempt
        assert lease.token < again.token

    async def test_a_cancelled_job_can_be_retried(self, store: Store) -> None:
        """The cancellation is forgotten."""
        job = await enqueue(store)
        await cancel(store, job.compile_run_id)
        assert not (await _retry(store, job.id)).cancel_requested
        lease = await claim_one(store, now=LATER)
        await complete(store, lease)
        assert not (await run_now(store, job)).cancelled

    async def test_only_failed_jobs_can_be_retried(self, store: Store) -> None:
        """Not one that waits, runs or has succeeded, and not an unknown one."""
        await complete(store, await running(store, 1))
        await running(store, 2, brand=2)
        await enqueue(store, 3, brand=3)
        for number in (1, 2, 3):
            await _assert_refused(store, build.job_id(number), "Only a failed job can be retried")
        with pytest.raises(JobNotFound):
            await _retry(store, build.job_id(9))

    async def test_not_beside_one_that_waits(self, store: Store) -> None:
        """There is room for one, be it newer or older."""
        old, new = await _failed(store, 1), await _failed(store, 2)
        await enqueue(store, 3, created_at=build.NOON + 3 * SECOND)
        for job in (old, new):
            await _assert_refused(store, job.id, "Another compile run of the brand is waiting")

    async def test_not_behind_a_newer_one_that_runs(self, store: Store) -> None:
        """Its inputs would be older than what is there by then."""
        old = await _failed(store, 1)
        await running(store, 2, created_at=build.NOON + SECOND)
        await _assert_refused(store, old.id, "A newer compile run of the brand is running")

    async def test_not_after_a_newer_one_has_succeeded(self, store: Store) -> None:
        """What it wanted is superseded."""
        old = await _failed(store, 1)
        newer = build.NOON + SECOND
        await _publish(store, await running(store, 2, created_at=newer), inputs_at=newer)
        await _assert_refused(store, old.id, "A newer compile run of the brand has succeeded")

    async def test_newer_is_what_was_given_newer_inputs(self, store: Store) -> None:
        """A run that was made earlier and got newer inputs while it waited stands in the way of one made later."""
        lease = await running(store, 1)
        later = await enqueue(store, 2, created_at=build.NOON + SECOND)
        await cancel(store, later.compile_run_id)
        await fail(store, lease)
        newest = build.NOON + 2 * SECOND
        refrozen = build.compile_run(1, inputs=build.frozen_inputs(captured_at=newest), inputs_hash="f" * 64)
        async with store.transaction() as work:
            await work.jobs.replace_pending(lease.job_id, refrozen, force=False, now=newest)
        lease = await claim_one(store, now=newest)
        await _assert_refused(store, later.id, "A newer compile run of the brand is running")
        await _publish(store, lease, inputs_at=newest)
        await _assert_refused(store, later.id, "A newer compile run of the brand has succeeded")

    async def test_behind_an_older_one(self, store: Store) -> None:
        """An older one that runs, succeeded or failed does not stand in the way, and another brand's never does."""
        await _publish(store, await running(store, 1), inputs_at=build.NOON)
        await _failed(store, 2)
        lease = await running(store, 3, created_at=build.NOON + 3 * SECOND)
        newest = await enqueue(store, 4, created_at=build.NOON + 4 * SECOND)
        await cancel(store, newest.compile_run_id)
        await enqueue(store, 5, brand=2, created_at=build.NOON + timedelta(days=1))
        assert JobStatus.PENDING is (await _retry(store, newest.id)).status
        assert JobStatus.RUNNING is (await job_now(store, lease.job_id)).status

    async def test_pruning_deletes_what_ended_before(self, store: Store) -> None:
        """Jobs with their runs, ended before that moment, so many at a time; nothing that is active."""
        for number in range(1, 6):
            lease = await running(store, number, brand=number)
            await fail(store, lease, retry=False, now=build.NOON + number * SECOND)
        await running(store, 6, brand=6)
        await enqueue(store, 7, brand=7)
        before = build.NOON + 4 * SECOND
        first = await _prune(store, before, limit=2)
        second = await _prune(store, before, limit=2, after=first.last)
        assert [2, 1] == [first.deleted, second.deleted]
        assert [build.job_id(2), None] == [first.last and first.last[1], second.last]
        async with store.reading() as work:
            left = await work.jobs.page(status=None, brand=None, after=None, limit=99)
            assert () == await work.runs.page(build.brand_id(1), after=None, limit=9)
            with pytest.raises(RunNotFound):
                await work.jobs.of_run(build.run_id(1))
        assert [build.job_id(number) for number in (7, 6, 5, 4)] == [job.id for job in left]

    async def test_the_run_of_the_newest_snapshot_stays(self, store: Store) -> None:
        """Older snapshots stay, too, but do not know their run any more."""
        for number in (1, 2):
            lease = await running(store, number)
            async with store.transaction() as work:
                await work.snapshots.append(build.stored_snapshot(number))
                await work.jobs.complete(lease, build.run_report(), now=build.NOON)
        assert Pruned(deleted=1) == await _prune(store, build.NOON + timedelta(days=1))
        async with store.reading() as work:
            assert [build.run_id(2)] == [run.id for run in await work.runs.page(build.BRAND, after=None, limit=9)]
            first = await work.snapshots.get(build.BRAND, build.snapshot_id(1))
            newest = await work.snapshots.latest(build.BRAND)
            assert await work.snapshots.of_run(build.run_id(1)) is None
        assert attrs.evolve(build.stored_snapshot(1), compile_run_id=None) == first
        assert build.stored_snapshot(2) == newest

    async def test_what_stays_is_looked_at_once(self, store: Store) -> None:
        """A batch may delete nothing; the next one begins behind it."""
        for number in (1, 2, 3):
            lease = await running(store, number, brand=number)
            if number < 3:
                await _publish(store, lease, inputs_at=build.NOON, number=number)
            else:
                await fail(store, lease, retry=False, now=LATER + SECOND)
        before = LATER + timedelta(days=1)
        deleted, after = [], None
        for _ in range(4):
            pruned = await _prune(store, before, limit=1, after=after)
            deleted.append(pruned.deleted)
            after = pruned.last
        assert [0, 0, 1, 0] == deleted
        assert after is None

    async def test_a_pruned_brand_goes_on(self, store: Store) -> None:
        """The next kick-off, claim and sweep find everything in order."""
        await fail(store, await running(store, 1), retry=False)
        await _prune(store, build.NOON + SECOND)
        await enqueue(store, 2)
        assert [build.job_id(2)] == [lease.job_id for lease in await claim_all(store)]


async def _failed(store: Store, number: int) -> Job:
    """Return job *number* after its failure; it was created so many seconds after the first."""
    lease = await running(store, number, created_at=build.NOON + (number - 1) * SECOND)
    await fail(store, lease, retry=False)
    return await job_now(store, lease.job_id)


async def _publish(store: Store, lease: Lease, *, inputs_at: datetime, number: int = 1) -> None:
    """Publish snapshot *number* as its brand's first version under this lease."""
    snapshot = attrs.evolve(
        build.stored_snapshot(number, brand_id=lease.brand_id, inputs_at=inputs_at),
        version=1,
        compile_run_id=lease.compile_run_id,
    )
    async with store.transaction() as work:
        await work.jobs.fence(lease)
        await work.snapshots.append(snapshot)
        await work.jobs.complete(lease, build.run_report(), now=LATER)


async def _retry(store: Store, job: JobId) -> Job:
    async with store.transaction() as work:
        return await work.jobs.retry(job, now=LATER)


async def _assert_refused(store: Store, job: JobId, why: str) -> None:
    before = await both_now(store, job)
    with pytest.raises(RetryRefused) as caught:
        await _retry(store, job)
    assert why == str(caught.value)
    assert before == await both_now(store, job)


async def _prune(
    store: Store, finished_before: datetime, *, limit: int = 100, after: tuple[datetime, JobId] | None = None
) -> Pruned[tuple[datetime, JobId]]:
    async with store.transaction() as work:
        return await work.jobs.prune(finished_before=finished_before, limit=limit, after=after)
