"""The state machine of leases finds each of the bugs that are planted for it: mistakes that queues have really made."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import attrs
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from brandbrain_core.errors import LeaseLost, RetryRefused
from brandbrain_core.ids import JobId, RunId
from brandbrain_core.memory.jobs import MemoryJobs
from brandbrain_core.memory.store import MemoryStore, MemoryUnitOfWork
from brandbrain_core.memory.tables import Tables
from brandbrain_core.model.job import Job, JobStatus, Lease, LeaseTerms
from brandbrain_core.model.reports import RunReport
from brandbrain_core.model.run import CompileRun
from brandbrain_core.policies import lease as policy
from brandbrain_core.ports import Beat, Ended, Released, Store
from brandbrain_core.testing.clock import ManualClock
from brandbrain_core.testing.lease_machine import lease_machine


class GuardById(MemoryJobs):
    """Whoever knows the job's id may write."""

    def _held(self, lease: Lease) -> Job:
        job = self._tables.jobs.get(lease.job_id)
        if job is None or job.status is not JobStatus.RUNNING:
            job = None if job is None else attrs.evolve(job, status=JobStatus.RUNNING)
        if job is None:
            raise LeaseLost(lease.job_id, lease.token)
        return job


class GuardByState(MemoryJobs):
    """Whoever knows the id of a running job may write."""

    def _held(self, lease: Lease) -> Job:
        job = self._tables.jobs.get(lease.job_id)
        if job is None or job.status is not JobStatus.RUNNING:
            raise LeaseLost(lease.job_id, lease.token)
        return job


class GuardByWorker(MemoryJobs):
    """A worker that lost a job and got it again may write under the old lease."""

    def _held(self, lease: Lease) -> Job:
        job = self._tables.jobs.get(lease.job_id)
        if job is None or job.status is not JobStatus.RUNNING or job.locked_by != lease.worker:
            raise LeaseLost(lease.job_id, lease.token)
        return job


class GuardByToken(MemoryJobs):
    """The holder may go on writing after the end."""

    def _held(self, lease: Lease) -> Job:
        job = self._tables.jobs.get(lease.job_id)
        if job is None or job.lease_token != lease.token:
            raise LeaseLost(lease.job_id, lease.token)
        return attrs.evolve(job, status=JobStatus.RUNNING)


class BeatWithoutToken(MemoryJobs):
    """A sign of life of a zombie keeps the lease of another alive."""

    def _beat(self, lease: Lease, terms: LeaseTerms, now: datetime) -> Beat:
        job = self._tables.jobs.get(lease.job_id)
        if job is not None and job.status is JobStatus.RUNNING and job.lease_token is not None:
            return super()._beat(attrs.evolve(lease, token=job.lease_token), terms, now)
        return super()._beat(lease, terms, now)


class ExtendPastDeadline(MemoryJobs):
    """A worker that hangs keeps its job for ever."""

    async def extend(
        self, leases: Sequence[Lease], *, terms: LeaseTerms, now: datetime | None = None
    ) -> tuple[Beat, ...]:
        """Extend whatever the hour."""
        return await super().extend(leases, terms=attrs.evolve(terms, deadline=timedelta(days=999)), now=now)


class ExtendCancelled(MemoryJobs):
    """A cancellation does not reach the worker."""

    def _beat(self, lease: Lease, terms: LeaseTerms, now: datetime) -> Beat:
        beat = super()._beat(lease, terms, now)
        return Beat(job_id=lease.job_id) if beat.cancel else beat


class SweepWithoutDeadline(MemoryJobs):
    """A worker that beats and hangs is never relieved."""

    async def release_stale(
        self, *, limit: int, terms: LeaseTerms, now: datetime | None = None
    ) -> tuple[Released, ...]:
        """Look at signs of life only."""
        return await super().release_stale(
            limit=limit, terms=attrs.evolve(terms, deadline=timedelta(days=999)), now=now
        )


class SweepTooEarly(MemoryJobs):
    """A lease is taken at the very end of its time instead of after it."""

    async def release_stale(
        self, *, limit: int, terms: LeaseTerms, now: datetime | None = None
    ) -> tuple[Released, ...]:
        """Be one microsecond ahead."""
        return await super().release_stale(limit=limit, terms=terms, now=self._moment(now) + timedelta(microseconds=1))


class SweepLeavesRunRunning(MemoryJobs):
    """A job that dies by stale lease leaves its run as it was."""

    def _release(self, job: Job, now: datetime) -> Released:
        run = self._tables.runs[job.compile_run_id]
        released = super()._release(job, now)
        self._tables.runs[run.id] = run
        return released


class TokenByAttempt(MemoryJobs):
    """The attempt number serves as token, and is given again after it was given back."""

    def _claim(self, job: Job, worker: str, now: datetime) -> Lease:
        return policy.lease_of(self._rows.save(policy.claimed(job, worker=worker, token=job.attempts + 1, now=now)))


class CompleteClearsToken(MemoryJobs):
    """Who asks again after a lost answer is told that the lease was lost."""

    async def complete(self, lease: Lease, report: RunReport, *, now: datetime | None = None) -> Ended:
        """Forget the token."""
        ended = await super().complete(lease, report, now=now)
        job = self._tables.jobs[lease.job_id]
        self._tables.jobs[job.id] = attrs.evolve(job, lease_token=None)
        return ended


class ClaimWithoutBrandRule(MemoryJobs):
    """Two compiles of one brand run side by side."""

    def _is_ready(self, job: Job, now: datetime) -> bool:
        ready = policy.is_ready(job, brand_is_busy=False, now=now)
        if ready:
            self._tables.running.pop(job.brand_id, None)
        return ready


class ClaimBeforeTime(MemoryJobs):
    """The backoff is not waited for."""

    def _first_ready(self, limit: int, now: datetime) -> tuple[Job, ...]:
        return super()._first_ready(limit, now + timedelta(hours=2))


class ClaimInAnyOrder(MemoryJobs):
    """Some jobs starve: the last ready ones are taken instead of the first."""

    def _first_ready(self, limit: int, now: datetime) -> tuple[Job, ...]:
        return tuple(reversed(super()._first_ready(1000, now)))[:limit]


class AttemptsCountedAtTheEnd(MemoryJobs):
    """A job that kills its worker before it can fail is tried for ever."""

    def _claim(self, job: Job, worker: str, now: datetime) -> Lease:
        lease = super()._claim(job, worker, now)
        self._tables.jobs[job.id] = attrs.evolve(self._tables.jobs[job.id], attempts=job.attempts)
        return lease


class HandBackKeepsAttempt(MemoryJobs):
    """Three restarts of a worker use up a job."""

    async def hand_back(self, lease: Lease, *, delay: timedelta = timedelta(0), now: datetime | None = None) -> Ended:
        """Count the attempt all the same."""
        ended = await super().hand_back(lease, delay=delay, now=now)
        job = self._tables.jobs[lease.job_id]
        if job.status is JobStatus.PENDING:
            self._tables.jobs[job.id] = attrs.evolve(job, attempts=job.attempts + 1)
        return ended


class FollowUpDropped(MemoryJobs):
    """Newer inputs of a kick-off that finds a waiting one are forgotten."""

    async def replace_pending(self, job: JobId, run: CompileRun, *, force: bool, now: datetime | None = None) -> None:
        """Leave the old inputs where they are."""


class FollowUpKilled(MemoryJobs):
    """What waits behind a failing attempt is ended in its place."""

    def _waiting(self, job: Job) -> RunId | None:
        waiting = self._tables.pending.get(job.brand_id)
        if waiting is not None:
            self._rows.save(policy.cancelled(self._tables.jobs[waiting], now=self._clock.now()))
        return None


class RetriesBesideNewer(MemoryJobs):
    """A person's retry of an old run goes ahead though a newer one has succeeded."""

    async def retry(self, job: JobId, *, now: datetime | None = None) -> Job:
        """Ask whether there is room, and nothing else."""
        stored = await self.get(job)
        if stored.status is JobStatus.FAILED and stored.brand_id not in self._tables.pending:
            return self._rows.save(policy.retried(stored, now=self._moment(now)))
        return await super().retry(job, now=now)


class RetriesByAge(MemoryJobs):
    """A run that was made later counts as newer, though one made earlier was given newer inputs since."""

    async def retry(self, job: JobId, *, now: datetime | None = None) -> Job:
        """Refuse only for what was made later."""
        stored = await self.get(job)
        later = [each for each in self._tables.jobs.values() if each.brand_id == stored.brand_id and each.id > job]
        outdone = {JobStatus.RUNNING, JobStatus.SUCCEEDED} & {each.status for each in later}
        if outdone or stored.status is not JobStatus.FAILED or stored.brand_id in self._tables.pending:
            raise RetryRefused(job, "something newer is there")
        return self._rows.save(policy.retried(stored, now=self._moment(now)))


class PrunesTheHead(MemoryJobs):
    """The run behind what is served is deleted."""

    def _is_head(self, job: Job) -> bool:  # noqa: ARG002
        return False


class ReadThenWriteSweep(MemoryJobs):
    """The sweep writes what it has read a moment ago, over a completion that came between."""

    async def release_stale(
        self, *, limit: int, terms: LeaseTerms, now: datetime | None = None
    ) -> tuple[Released, ...]:
        """Read, let others go on, then write."""
        moment = self._moment(now)
        stale = [job for job in self._running() if policy.is_stale(job, terms, moment)]
        for _ in range(5):
            await asyncio.sleep(0)
        return tuple(self._release(job, moment) for job in stale[:limit])


class UnlockedStore(MemoryStore):
    """A store whose writers do not wait for each other: each sees what was committed last before it wrote."""

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[MemoryUnitOfWork]:
        """Begin a transaction without a lock."""
        tables = Tables(self._committed, writable=True)
        yield self._unit_of_work(tables)
        tables.commit()


BUGS = (
    GuardById,
    GuardByState,
    GuardByWorker,
    GuardByToken,
    BeatWithoutToken,
    ExtendPastDeadline,
    ExtendCancelled,
    SweepWithoutDeadline,
    SweepTooEarly,
    SweepLeavesRunRunning,
    TokenByAttempt,
    CompleteClearsToken,
    ClaimWithoutBrandRule,
    ClaimBeforeTime,
    ClaimInAnyOrder,
    AttemptsCountedAtTheEnd,
    HandBackKeepsAttempt,
    FollowUpDropped,
    FollowUpKilled,
    RetriesBesideNewer,
    PrunesTheHead,
    ReadThenWriteSweep,
)
RARE = (RetriesByAge,)
"""What needs so much to come together that only a machine that aims at it finds it soon."""

UNTIL_FOUND = settings(
    max_examples=1000,
    stateful_step_count=40,
    phases=[Phase.generate],
    database=None,
    derandomize=True,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    report_multiple_bugs=False,
    print_blob=False,
)


@pytest.mark.parametrize("bug", [*BUGS, *RARE])
def test_the_machine_catches(bug: type[MemoryJobs]) -> None:
    """A store with this bug does not agree with the model for long."""
    make_store = buggy_store(bug)

    async def open_store(clock: ManualClock) -> Store:
        return make_store(clock)

    with pytest.raises(AssertionError):
        run_state_machine_as_test(lease_machine(open_store), settings=UNTIL_FOUND)


def test_a_store_without_locks_is_not_what_is_found() -> None:
    """The store of the sweep's bug agrees with the model as long as its sweep reads and writes in one go."""

    async def open_store(clock: ManualClock) -> Store:
        return UnlockedStore(clock)

    run_state_machine_as_test(
        lease_machine(open_store), settings=settings(UNTIL_FOUND, max_examples=20, stateful_step_count=40)
    )


def buggy_store(bug: type[MemoryJobs]) -> Callable[[ManualClock], MemoryStore]:
    """Return what makes stores whose repository of jobs has this bug."""
    base = UnlockedStore if bug is ReadThenWriteSweep else MemoryStore

    class BuggyStore(base):  # type: ignore[misc, valid-type]
        def jobs_in(self, tables: Tables) -> MemoryJobs:
            return bug(tables, clock=self._clock, draw=self._draw)

    return BuggyStore
