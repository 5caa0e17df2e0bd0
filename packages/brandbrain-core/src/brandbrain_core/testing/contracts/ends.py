"""What a `JobRepository` promises about the ends of attempts: completed, failed, handed back."""

from __future__ import annotations

from datetime import timedelta

import attrs
import pytest

from brandbrain_core.model.job import Job, JobStatus, Lease
from brandbrain_core.model.reports import RunReport
from brandbrain_core.model.run import CompileRun, RunStatus
from brandbrain_core.policies import lease as policy
from brandbrain_core.ports import Ended, Store
from brandbrain_core.testing import build
from brandbrain_core.testing.contracts.base import (
    SECOND,
    TERMS,
    StoreContract,
    both_now,
    cancel,
    claim_all,
    claim_one,
    complete,
    enqueue,
    fail,
    hand_back,
    job_now,
    running,
)

LATER = build.NOON + timedelta(minutes=5)


class EndsContract(StoreContract):
    """Job and run end together, once."""

    async def test_completing_ends_job_and_run(self, store: Store) -> None:
        """With the report; the token stays, so that the answer can be asked for again."""
        lease = await running(store)
        job, run = await both_now(store, lease.job_id)
        report = build.run_report()
        ended = await complete(store, lease, report=report, now=LATER)
        assert Ended(job_id=job.id, status=JobStatus.SUCCEEDED) == ended
        await _assert_now(store, run, policy.completed(job, now=LATER), report=report)
        assert lease.token == (await job_now(store, job.id)).lease_token

    async def test_a_cancellation_that_came_too_late(self, store: Store) -> None:
        """A completion that commits counts, whoever wished otherwise meanwhile."""
        lease = await running(store)
        await cancel(store, lease.compile_run_id)
        await complete(store, lease)
        job, run = await both_now(store, lease.job_id)
        assert (JobStatus.SUCCEEDED, RunStatus.SUCCEEDED, False) == (job.status, run.status, run.cancelled)

    async def test_a_failed_attempt_waits_before_the_next(self, store: Store) -> None:
        """First 60 seconds, then 120; the third failure is final. The run is PENDING in between, and never FAILED."""
        job = await enqueue(store)
        now = build.NOON
        for attempt, wait in ((1, timedelta(seconds=60)), (2, timedelta(seconds=120))):
            lease = await claim_one(store, now=now)
            before, run = await both_now(store, job.id)
            ended = await fail(store, lease, f"boom {attempt}", now=now)
            expected = policy.failed(before, f"boom {attempt}", retry=True, waiting=None, wait=wait, now=now)
            assert Ended(job_id=job.id, status=JobStatus.PENDING, available_at=now + wait) == ended
            await _assert_now(store, run, expected)
            assert () == await claim_all(store, now=now + wait - timedelta(microseconds=1))
            now += wait
        lease = await claim_one(store, now=now)
        ended = await fail(store, lease, "boom 3", report=build.run_report(), now=now)
        assert Ended(job_id=job.id, status=JobStatus.FAILED) == ended
        stored, run = await both_now(store, job.id)
        assert (3, "boom 3", now) == (stored.attempts, stored.last_error, stored.finished_at)
        assert (RunStatus.FAILED, "boom 3", build.run_report()) == (run.status, run.error, run.report)

    async def test_a_failure_that_no_retry_mends(self, store: Store) -> None:
        """Is final at once."""
        lease = await running(store)
        before, run = await both_now(store, lease.job_id)
        ended = await fail(store, lease, retry=False, report=build.run_report(), now=LATER)
        expected = policy.failed(before, "boom", retry=False, waiting=None, wait=SECOND, now=LATER)
        assert Ended(job_id=lease.job_id, status=JobStatus.FAILED) == ended
        await _assert_now(store, run, expected, report=build.run_report())

    async def test_backoff_has_a_cap_and_jitter(self, store: Store) -> None:
        """The wait is never below the backoff and never above it by more than its jitter."""
        terms = attrs.evolve(TERMS, backoff_cap=timedelta(seconds=45), jitter=0.5)
        ended = await fail(store, await running(store), terms=terms)
        assert ended.available_at is not None
        wait = ended.available_at - build.NOON
        assert timedelta(seconds=45) <= wait <= timedelta(seconds=67.5)
        assert ended.available_at == (await job_now(store, ended.job_id)).available_at

    @pytest.mark.parametrize(
        ("error", "stored"),
        [
            ("a\x00b\ud800c", "abc"),
            ("ü" * 10_000_000, "ü" * 4096),
            ("x" + "⛵" * 4000, "x" + "⛵" * 2730),
            ("", "Unknown error"),
            ("\x00", "Unknown error"),
            ('it\'s "quoted"; drop table jobs; --\n%s :x', 'it\'s "quoted"; drop table jobs; --\n%s :x'),
        ],
    )
    async def test_errors_are_made_storable(self, store: Store, error: str, stored: str) -> None:
        """The job fails normally and its neighbour does not notice."""
        lease, neighbour = await running(store, 1), await running(store, 2, brand=2)
        await fail(store, lease, error, retry=False)
        job, run = await both_now(store, lease.job_id)
        assert (stored, stored) == (job.last_error, run.error)
        assert not (await complete(store, neighbour)).repeated

    async def test_a_newer_kickoff_supersedes_a_failed_attempt(self, store: Store) -> None:
        """It is not retried beside the waiting one, which then goes first."""
        lease = await running(store, 1)
        waiting = await enqueue(store, 2)
        before, run = await both_now(store, lease.job_id)
        ended = await fail(store, lease, now=LATER)
        expected = policy.failed(before, "boom", retry=True, waiting=waiting.compile_run_id, wait=SECOND, now=LATER)
        assert Ended(job_id=lease.job_id, status=JobStatus.FAILED) == ended
        await _assert_now(store, run, expected)
        assert f"Superseded by compile run {waiting.compile_run_id}" == expected.last_error
        assert [waiting.id] == [lease.job_id for lease in await claim_all(store)]

    async def test_a_final_failure_keeps_its_own_error(self, store: Store) -> None:
        """What waits behind it did not supersede it."""
        lease = await running(store, 1)
        await enqueue(store, 2)
        await fail(store, lease, retry=False)
        assert "boom" == (await job_now(store, lease.job_id)).last_error

    async def test_another_brands_kickoff_supersedes_nothing(self, store: Store) -> None:
        """Brands do not know each other."""
        lease = await running(store, 1)
        await enqueue(store, 2, brand=2)
        assert JobStatus.PENDING is (await fail(store, lease)).status

    @pytest.mark.parametrize("retry", [True, False])
    async def test_a_failing_attempt_that_was_to_be_cancelled(self, store: Store, *, retry: bool) -> None:
        """Was cancelled, whatever its error."""
        lease = await running(store)
        await cancel(store, lease.compile_run_id)
        await fail(store, lease, retry=retry)
        await _assert_cancelled(store, lease)

    async def test_handing_back_gives_the_attempt_back(self, store: Store) -> None:
        """The job waits as if it had not been claimed, but for its token."""
        lease = await running(store)
        before, run = await both_now(store, lease.job_id)
        ended = await hand_back(store, lease, now=LATER)
        expected = policy.handed_back(before, waiting=None, delay=timedelta(0), now=LATER)
        assert Ended(job_id=lease.job_id, status=JobStatus.PENDING, available_at=LATER) == ended
        await _assert_now(store, run, expected)
        assert (0, lease.token) == (expected.attempts, expected.lease_token)

    async def test_handing_back_for_later(self, store: Store) -> None:
        """A snoozed job is not ready before its time."""
        lease = await running(store)
        ended = await hand_back(store, lease, delay=timedelta(minutes=10))
        assert build.NOON + timedelta(minutes=10) == ended.available_at
        assert () == await claim_all(store, now=build.NOON + timedelta(minutes=9))
        assert 1 == (await claim_one(store, now=build.NOON + timedelta(minutes=10))).attempt

    async def test_handing_back_keeps_earlier_failures(self, store: Store) -> None:
        """Only this attempt is given back."""
        await fail(store, await running(store))
        later = build.NOON + timedelta(hours=1)
        lease = await claim_one(store, now=later)
        await hand_back(store, lease, now=later)
        job, run = await both_now(store, lease.job_id)
        assert (1, "boom", build.NOON) == (job.attempts, job.last_error, run.started_at)

    async def test_handing_back_where_a_newer_kickoff_waits(self, store: Store) -> None:
        """There is room for one: the older gives way."""
        lease = await running(store, 1)
        waiting = await enqueue(store, 2)
        before, run = await both_now(store, lease.job_id)
        assert JobStatus.FAILED is (await hand_back(store, lease, now=LATER)).status
        expected = policy.handed_back(before, waiting=waiting.compile_run_id, delay=timedelta(0), now=LATER)
        await _assert_now(store, run, expected)
        assert 1 == expected.attempts

    async def test_handing_back_what_was_to_be_cancelled(self, store: Store) -> None:
        """Cancels it."""
        lease = await running(store)
        await cancel(store, lease.compile_run_id)
        await hand_back(store, lease)
        await _assert_cancelled(store, lease)


async def _assert_now(store: Store, run: CompileRun, job: Job, *, report: RunReport | None = None) -> None:
    """Assert that this is the job as it is stored, and that its run, which was *run*, has followed it."""
    expected = policy.run_after(run, job, report=report)
    assert (job, expected) == await both_now(store, job.id)


async def _assert_cancelled(store: Store, lease: Lease) -> None:
    job, run = await both_now(store, lease.job_id)
    assert (JobStatus.FAILED, "Cancelled") == (job.status, job.last_error)
    assert (RunStatus.FAILED, "Cancelled", True) == (run.status, run.error, run.cancelled)
