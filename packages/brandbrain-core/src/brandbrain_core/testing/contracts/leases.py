"""What a `JobRepository` promises about leases: authority, signs of life, progress."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import attrs
import pytest

from brandbrain_core.errors import LeaseLost
from brandbrain_core.model.job import Job, Lease
from brandbrain_core.model.run import CompileRun, Stage
from brandbrain_core.ports import Beat, Store, UnitOfWork
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
    fail,
    forged,
    hand_back,
    job_now,
    run_now,
    running,
)

FencedCall = Callable[[UnitOfWork, Lease], Awaitable[object]]


async def _fence(work: UnitOfWork, lease: Lease) -> None:
    await work.jobs.fence(lease)


async def _progress(work: UnitOfWork, lease: Lease) -> None:
    await work.jobs.progress(lease, build.progress(Stage.QA))


async def _complete(work: UnitOfWork, lease: Lease) -> None:
    await work.jobs.complete(lease, build.run_report(), now=build.NOON)


async def _fail(work: UnitOfWork, lease: Lease) -> None:
    await work.jobs.fail(lease, "boom", retry=True, report=None, terms=TERMS, now=build.NOON)


async def _fail_for_good(work: UnitOfWork, lease: Lease) -> None:
    await work.jobs.fail(lease, "boom", retry=False, report=build.run_report(), terms=TERMS, now=build.NOON)


async def _hand_back(work: UnitOfWork, lease: Lease) -> None:
    await work.jobs.hand_back(lease, now=build.NOON)


FENCED: list[FencedCall] = [_fence, _progress, _complete, _fail, _fail_for_good, _hand_back]


class LeaseContract(StoreContract):
    """A write is accepted if and only if its token is the job's token and the job is running."""

    @pytest.mark.parametrize("call", FENCED)
    async def test_a_lease_that_was_taken_over_can_write_nothing(self, store: Store, call: FencedCall) -> None:
        """The second holder is unharmed by the first, though both have the same worker's name."""
        zombie = await running(store)
        await _release_all(store)
        await claim_one(store, now=build.NOON + timedelta(hours=2))
        await _assert_refused(store, call, zombie)

    @pytest.mark.parametrize("call", FENCED)
    async def test_a_lease_of_a_waiting_job_can_write_nothing(self, store: Store, call: FencedCall) -> None:
        """Taken is lost, before anybody else has claimed it."""
        zombie = await running(store)
        await _release_all(store)
        await _assert_refused(store, call, zombie)

    @pytest.mark.parametrize("call", FENCED)
    async def test_a_lease_that_was_handed_back_can_write_nothing(self, store: Store, call: FencedCall) -> None:
        """Also after its attempt number was given to the next."""
        zombie = await running(store)
        await hand_back(store, zombie)
        await _assert_refused(store, call, zombie)
        again = await claim_one(store)
        assert zombie.attempt == again.attempt
        await _assert_refused(store, call, zombie)

    @pytest.mark.parametrize("call", FENCED)
    async def test_a_lease_of_a_failed_job_can_write_nothing(self, store: Store, call: FencedCall) -> None:
        """What has failed stays so; a repeated failure is a lost lease."""
        lease = await running(store)
        await fail(store, lease, retry=False)
        await _assert_refused(store, call, lease)

    @pytest.mark.parametrize("call", [call for call in FENCED if call is not _complete])
    async def test_a_lease_of_a_completed_job_can_write_nothing(self, store: Store, call: FencedCall) -> None:
        """Nothing but the same completion again."""
        lease = await running(store)
        await complete(store, lease)
        await _assert_refused(store, call, lease)

    @pytest.mark.parametrize("call", FENCED)
    async def test_a_token_that_is_not_the_jobs_can_write_nothing(self, store: Store, call: FencedCall) -> None:
        """Smaller, larger, another job's, or for a job that does not exist."""
        lease, other = await running(store, 1), await running(store, 2, brand=2)
        for forgery in (
            forged(lease, token=lease.token - 1),
            forged(lease, token=other.token + 1),
            forged(lease, token=other.token),
            forged(other, token=lease.token),
            forged(lease, job_id=build.job_id(9)),
        ):
            await _assert_refused(store, call, forgery, jobs=(lease, other))

    @pytest.mark.parametrize("call", FENCED)
    async def test_a_lapsed_lease_is_not_lost(self, store: Store, call: FencedCall) -> None:
        """Time alone takes nothing away: until the sweep has changed the row, the holder may write."""
        job = await enqueue(store, available_at=build.NOON - timedelta(days=30))
        async with store.transaction() as work:
            lease = await work.jobs.claim_run(
                job.compile_run_id, WORKER, terms=TERMS, now=build.NOON - timedelta(days=30)
            )
        assert lease is not None
        async with store.transaction() as work:
            await call(work, lease)

    async def test_completing_twice_is_reported_once(self, store: Store) -> None:
        """The second call says so and changes nothing, even with another report."""
        lease = await running(store)
        assert not (await complete(store, lease)).repeated
        before = await both_now(store, lease.job_id)
        ended = await complete(store, lease, report=build.run_report(qa_report=None), now=build.NOON + SECOND)
        assert ended.repeated
        assert before == await both_now(store, lease.job_id)

    async def test_the_completion_of_another_is_not_a_repetition(self, store: Store) -> None:
        """A zombie learns that it has lost, not that it has succeeded."""
        zombie = await running(store)
        await hand_back(store, zombie)
        await complete(store, await claim_one(store))
        await _assert_refused(store, _complete, zombie)

    async def test_a_sign_of_life_extends(self, store: Store) -> None:
        """It moves `locked_at` and nothing else, on all leases at once and in their order."""
        leases = [await running(store, number, brand=number) for number in (1, 2, 3)]
        before = [await both_now(store, lease.job_id) for lease in leases]
        now = build.NOON + timedelta(seconds=30)
        beats = await _extend(store, *reversed(leases), now=now)
        assert tuple(Beat(job_id=lease.job_id) for lease in reversed(leases)) == beats
        expected = [(attrs.evolve(job, locked_at=now), run) for job, run in before]
        assert expected == [await both_now(store, lease.job_id) for lease in leases]

    async def test_no_leases_no_beats(self, store: Store) -> None:
        """A worker without work may say so."""
        assert () == await _extend(store)

    async def test_lost_leases_are_told_apart(self, store: Store) -> None:
        """Lost, to be cancelled, and well, in one call."""
        lost, told, well = [await running(store, number, brand=number) for number in (1, 2, 3)]
        await hand_back(store, lost)
        await cancel(store, told.compile_run_id)
        unknown = forged(well, job_id=build.job_id(9))
        beats = await _extend(store, lost, told, well, unknown, now=build.NOON + SECOND)
        assert (
            Beat(job_id=lost.job_id, lost=True),
            Beat(job_id=told.job_id, cancel=True),
            Beat(job_id=well.job_id),
            Beat(job_id=unknown.job_id, lost=True),
        ) == beats
        locked = [(await job_now(store, lease.job_id)).locked_at for lease in (lost, told, well)]
        assert [None, build.NOON, build.NOON + SECOND] == locked

    async def test_another_holders_lease_is_not_extended(self, store: Store) -> None:
        """The zombie's sign of life is not the holder's."""
        zombie = await running(store)
        await hand_back(store, zombie)
        holder = await claim_one(store, OTHER_WORKER)
        assert (Beat(job_id=zombie.job_id, lost=True),) == await _extend(store, zombie, now=build.NOON + SECOND)
        assert build.NOON == (await job_now(store, holder.job_id)).locked_at

    async def test_the_deadline_is_not_extended(self, store: Store) -> None:
        """Up to the deadline it is, after it the worker is told to stop and the sign of life does not count."""
        lease = await running(store)
        end = build.NOON + TERMS.deadline
        (at_the_end,) = await _extend(store, lease, now=end)
        (too_late,) = await _extend(store, lease, now=end + timedelta(microseconds=1))
        assert (False, True) == (at_the_end.cancel, too_late.cancel)
        assert end == (await job_now(store, lease.job_id)).locked_at

    async def test_a_clock_that_was_set_back_does_not_age_a_lease(self, store: Store) -> None:
        """The last sign of life never moves back."""
        lease = await running(store)
        await _extend(store, lease, now=build.NOON + SECOND)
        assert (Beat(job_id=lease.job_id),) == await _extend(store, lease, now=build.NOON - timedelta(hours=1))
        assert build.NOON + SECOND == (await job_now(store, lease.job_id)).locked_at

    async def test_progress_is_the_runs(self, store: Store) -> None:
        """It shows on the run; the job is not touched."""
        lease = await running(store)
        job, run = await both_now(store, lease.job_id)
        for progress in (build.progress(Stage.INGESTION, 0, 3), build.progress(Stage.COMPILING, 3, 3)):
            async with store.transaction() as work:
                await work.jobs.progress(lease, progress)
            assert (job, attrs.evolve(run, progress=progress)) == await both_now(store, lease.job_id)

    async def test_progress_of_an_attempt_goes_with_it(self, store: Store) -> None:
        """A run that waits again is not half done."""
        lease = await running(store)
        async with store.transaction() as work:
            await work.jobs.progress(lease, build.progress())
        await hand_back(store, lease)
        assert (await run_now(store, await job_now(store, lease.job_id))).progress is None


async def _extend(store: Store, *leases: Lease, now: datetime = build.NOON) -> tuple[Beat, ...]:
    async with store.step() as work:
        return await work.jobs.extend(leases, terms=TERMS, now=now)


async def _release_all(store: Store) -> None:
    async with store.transaction() as work:
        (released,) = await work.jobs.release_stale(limit=9, terms=TERMS, now=build.NOON + timedelta(hours=1))
    assert released.token > 0


async def _assert_refused(
    store: Store, call: FencedCall, lease: Lease, *, jobs: tuple[Lease, ...] | None = None
) -> None:
    """Assert that the call raises `LeaseLost` with the lease's own facts, and that no row of these jobs changes."""
    known = jobs or (lease,)
    before: list[tuple[Job, CompileRun]] = [await both_now(store, each.job_id) for each in known]
    async with store.transaction() as work:
        with pytest.raises(LeaseLost) as caught:
            await call(work, lease)
    assert (lease.job_id, lease.token) == (caught.value.job, caught.value.token)
    assert before == [await both_now(store, each.job_id) for each in known]
