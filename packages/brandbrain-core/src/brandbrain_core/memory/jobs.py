"""Jobs and their runs, in memory: rows are found here, `brandbrain_core.policies.lease` says what becomes of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice

import attrs

from brandbrain_core.errors import (
    BrandNotFound,
    Conflict,
    JobNotFound,
    LeaseLost,
    RetryRefused,
    RunFinished,
    RunNotFound,
)
from brandbrain_core.ids import BrandId, JobId, RunId
from brandbrain_core.memory.job_rows import JobRows
from brandbrain_core.memory.tables import AS_NUMBER, Tables
from brandbrain_core.model.job import Job, JobStatus, Lease, LeaseTerms
from brandbrain_core.model.reports import RunReport
from brandbrain_core.model.run import CompileRun, Progress
from brandbrain_core.policies import lease as policy
from brandbrain_core.policies.backoff import backoff
from brandbrain_core.policies.coalescing import Rivals, why_not_retry
from brandbrain_core.policies.transitions import ENDED
from brandbrain_core.ports import Beat, Clock, Ended, Pruned, QueueStats, Released


class MemoryJobs:
    """Implements `brandbrain_core.ports.JobRepository`."""

    def __init__(self, tables: Tables, *, clock: Clock, draw: Callable[[], float]) -> None:
        self._tables = tables
        self._rows = JobRows(tables)
        self._clock = clock
        self._draw = draw

    async def add(self, run: CompileRun, job: Job) -> None:
        """Store a PENDING run and its pending job."""
        if job.brand_id not in self._tables.brands:
            raise BrandNotFound(job.brand_id)
        self._rows.insert(job)
        self._tables.runs[run.id] = run

    async def get(self, job: JobId) -> Job:
        """Return the job."""
        try:
            return self._tables.jobs[job]
        except KeyError:
            raise JobNotFound(job) from None

    async def of_run(self, run: RunId) -> Job:
        """Return the job of a run."""
        try:
            return self._tables.jobs[self._tables.job_of_run[run]]
        except KeyError:
            raise RunNotFound(run) from None

    async def active(self, brand: BrandId) -> tuple[Job, ...]:
        """Return the brand's running and pending jobs."""
        ids = (self._tables.running.get(brand), self._tables.pending.get(brand))
        return tuple(self._tables.jobs[job] for job in ids if job is not None)

    async def replace_pending(self, job: JobId, run: CompileRun, *, force: bool, now: datetime | None = None) -> None:
        """Give a pending job newer inputs."""
        stored = await self.get(job)
        if stored.status is not JobStatus.PENDING:
            raise Conflict(f"job {job} is {stored.status}")
        newer = attrs.evolve(self._tables.runs[stored.compile_run_id], inputs=run.inputs, inputs_hash=run.inputs_hash)
        self._tables.runs[newer.id] = newer
        self._rows.save(policy.replaced(stored, inputs_hash=run.inputs_hash, force=force, now=self._moment(now)))

    async def page(
        self, *, status: JobStatus | None, brand: BrandId | None, after: JobId | None, limit: int
    ) -> tuple[Job, ...]:
        """Return jobs, newest first."""
        ids = self._tables.jobs_of_brand.get(brand, ()) if brand is not None else self._tables.jobs
        behind = (job for job in ids if after is None or job < after)
        jobs = (self._tables.jobs[job] for job in sorted(behind, key=AS_NUMBER, reverse=True))
        return tuple(job for job in jobs if status in (None, job.status))[:limit]

    async def stats(self, *, now: datetime | None = None) -> QueueStats:
        """Return how the queue stands."""
        moment = self._moment(now)
        ready = [self._tables.jobs[key[-1]].available_at for key in self._tables.queue if key[0] <= moment]
        return QueueStats(
            now=moment,
            pending=len(self._tables.pending),
            ready=len(ready),
            running=len(self._tables.running),
            oldest_ready_at=min(ready, default=None),
        )

    async def claimable(self, *, limit: int, now: datetime | None = None) -> tuple[Job, ...]:
        """Return what `claim` would take."""
        return self._first_ready(limit, self._moment(now))

    async def claim(
        self,
        worker: str,
        *,
        limit: int,
        terms: LeaseTerms,  # noqa: ARG002
        now: datetime | None = None,
    ) -> tuple[Lease, ...]:
        """Take the first ready jobs."""
        moment = self._moment(now)
        return tuple(self._claim(job, worker, moment) for job in self._first_ready(limit, moment))

    async def claim_run(
        self,
        run: RunId,
        worker: str,
        *,
        terms: LeaseTerms,  # noqa: ARG002
        now: datetime | None = None,
    ) -> Lease | None:
        """Take the job of this run, if it is ready."""
        found = self._tables.job_of_run.get(run)
        moment = self._moment(now)
        if found is None or not self._is_ready(self._tables.jobs[found], moment):
            return None
        return self._claim(self._tables.jobs[found], worker, moment)

    async def fence(self, lease: Lease) -> None:
        """Raise `LeaseLost` unless the lease holds."""
        self._held(lease)

    async def extend(
        self, leases: Sequence[Lease], *, terms: LeaseTerms, now: datetime | None = None
    ) -> tuple[Beat, ...]:
        """Give a sign of life for all of these leases."""
        moment = self._moment(now)
        return tuple(self._beat(lease, terms, moment) for lease in leases)

    async def progress(self, lease: Lease, progress: Progress) -> None:
        """Write how far the run is."""
        run = self._held(lease).compile_run_id
        self._tables.runs[run] = attrs.evolve(self._tables.runs[run], progress=progress)

    async def complete(self, lease: Lease, report: RunReport, *, now: datetime | None = None) -> Ended:
        """End job and run as succeeded."""
        stored = self._tables.jobs.get(lease.job_id)
        if stored is not None and policy.has_completed(stored, lease):
            return _ended(stored, repeated=True)
        job = policy.completed(self._held(lease), now=self._moment(now))
        return _ended(self._rows.save(job, report=report))

    async def fail(
        self,
        lease: Lease,
        error: str,
        *,
        retry: bool,
        report: RunReport | None,
        terms: LeaseTerms,
        now: datetime | None = None,
    ) -> Ended:
        """End the attempt."""
        job = self._held(lease)
        wait = backoff(job.attempts, terms, self._draw())
        after = policy.failed(job, error, retry=retry, waiting=self._waiting(job), wait=wait, now=self._moment(now))
        return _ended(self._rows.save(after, report=report))

    async def hand_back(self, lease: Lease, *, delay: timedelta = timedelta(0), now: datetime | None = None) -> Ended:
        """Return the job unfinished."""
        job = self._held(lease)
        after = policy.handed_back(job, waiting=self._waiting(job), delay=delay, now=self._moment(now))
        return _ended(self._rows.save(after))

    async def release_stale(
        self, *, limit: int, terms: LeaseTerms, now: datetime | None = None
    ) -> tuple[Released, ...]:
        """Take away leases without a sign of life, or past their deadline."""
        moment = self._moment(now)
        stale = [job for job in self._running() if policy.is_stale(job, terms, moment)]
        return tuple(self._release(job, moment) for job in stale[:limit])

    async def release_worker(self, worker: str, *, now: datetime | None = None) -> tuple[Released, ...]:
        """Take away every lease of one worker."""
        moment = self._moment(now)
        return tuple(self._release(job, moment) for job in list(self._running()) if job.locked_by == worker)

    async def cancel(self, run: RunId, *, now: datetime | None = None) -> Job:
        """Cancel the run's job, or have it cancelled."""
        job = await self.of_run(run)
        if job.status in ENDED:
            raise RunFinished
        return self._rows.save(policy.cancelled(job, now=self._moment(now)))

    async def retry(self, job: JobId, *, now: datetime | None = None) -> Job:
        """Make a failed job pending again."""
        stored = await self.get(job)
        inputs_at = self._inputs_at(stored)
        if why := why_not_retry(stored, inputs_at=inputs_at, rivals=self._rivals(stored.brand_id)):
            raise RetryRefused(job, why)
        return self._rows.save(policy.retried(stored, now=self._moment(now)))

    async def prune(
        self, *, finished_before: datetime, limit: int, after: tuple[datetime, JobId] | None = None
    ) -> Pruned[tuple[datetime, JobId]]:
        """Delete ended jobs and runs."""
        behind = (each for each in self._tables.ended if each[0] < finished_before and (after is None or each > after))
        looked_at = list(islice(behind, limit))
        over = [job for job in (self._tables.jobs[key[1]] for key in looked_at) if not self._is_head(job)]
        for job in over:
            self._forget_run(job.compile_run_id)
            self._rows.delete(job)
        return Pruned(deleted=len(over), last=looked_at[-1] if len(looked_at) == limit else None)

    def _moment(self, now: datetime | None) -> datetime:
        return self._clock.now() if now is None else now

    def _held(self, lease: Lease) -> Job:
        """Return the job; raise `LeaseLost` unless the lease holds."""
        job = self._tables.jobs.get(lease.job_id)
        if job is None or not policy.holds(job, lease):
            raise LeaseLost(lease.job_id, lease.token)
        return job

    def _is_ready(self, job: Job, now: datetime) -> bool:
        return policy.is_ready(job, brand_is_busy=job.brand_id in self._tables.running, now=now)

    def _first_ready(self, limit: int, now: datetime) -> tuple[Job, ...]:
        ready: list[Job] = []
        for available_at, *_, job in self._tables.queue:
            if len(ready) >= limit or available_at > now:
                break
            if self._is_ready(self._tables.jobs[job], now):
                ready.append(self._tables.jobs[job])
        return tuple(ready)

    def _claim(self, job: Job, worker: str, now: datetime) -> Lease:
        token = self._tables.counters.get("token", 0) + 1
        self._tables.counters["token"] = token
        return policy.lease_of(self._rows.save(policy.claimed(job, worker=worker, token=token, now=now)))

    def _beat(self, lease: Lease, terms: LeaseTerms, now: datetime) -> Beat:
        job = self._tables.jobs.get(lease.job_id)
        if job is None or not policy.holds(job, lease):
            return Beat(job_id=lease.job_id, lost=True)
        extended = policy.extended(job, terms, now)
        if extended is None:
            return Beat(job_id=lease.job_id, cancel=True)
        self._rows.touch(extended)
        return Beat(job_id=lease.job_id)

    def _running(self) -> Iterator[Job]:
        """Return all running jobs, the longest silent first."""
        jobs = (self._tables.jobs[job] for job in self._tables.running.values())
        return iter(sorted(jobs, key=lambda job: (job.locked_at or job.updated_at, job.id)))

    def _waiting(self, job: Job) -> RunId | None:
        """Return the run of the brand's pending job."""
        pending = self._tables.pending.get(job.brand_id)
        return None if pending is None else self._tables.jobs[pending].compile_run_id

    def _inputs_at(self, job: Job) -> datetime:
        """Return when the inputs of the job's run were captured."""
        return self._tables.runs[job.compile_run_id].inputs.captured_at

    def _rivals(self, brand: BrandId) -> Rivals:
        running = self._tables.running.get(brand)
        versions = self._tables.versions.get(brand, ())
        return Rivals(
            one_waits=brand in self._tables.pending,
            running_inputs_at=None if running is None else self._inputs_at(self._tables.jobs[running]),
            published_inputs_at=self._tables.snapshots[versions[-1]].inputs_at if versions else None,
        )

    def _release(self, job: Job, now: datetime) -> Released:
        after = self._rows.save(policy.released(job, waiting=self._waiting(job), now=now))
        lease = policy.lease_of(job)
        return Released(
            job_id=job.id,
            compile_run_id=job.compile_run_id,
            worker=lease.worker,
            locked_at=job.locked_at or lease.claimed_at,
            token=lease.token,
            attempts=after.attempts,
            status=after.status,
        )

    def _is_head(self, job: Job) -> bool:
        """Tell whether the brand's newest snapshot rests on the job's run."""
        versions = self._tables.versions.get(job.brand_id, ())
        return len(versions) > 0 and self._tables.snapshots[versions[-1]].compile_run_id == job.compile_run_id

    def _forget_run(self, run: RunId) -> None:
        for snapshot in self._tables.snapshots_of_run.pop(run, ()):
            self._tables.snapshots[snapshot] = attrs.evolve(self._tables.snapshots[snapshot], compile_run_id=None)


def _ended(job: Job, *, repeated: bool = False) -> Ended:
    available_at = job.available_at if job.status is JobStatus.PENDING else None
    return Ended(job_id=job.id, status=job.status, available_at=available_at, repeated=repeated)
