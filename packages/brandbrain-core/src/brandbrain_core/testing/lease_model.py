"""
A plain model of jobs, runs and versions, to check stores against: lists, loops and the rules in so many words.

It shares no code with `brandbrain_core.policies`: a mistake there must not be made here again.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import attrs

from brandbrain_core.ids import BrandId, JobId, RunId
from brandbrain_core.model.job import Job, Lease
from brandbrain_core.model.run import CompileRun, Progress

STALE_AFTER: Final = timedelta(seconds=600)
DEADLINE: Final = timedelta(seconds=3600)
WAIT_AFTER_ATTEMPT: Final = {1: timedelta(seconds=60), 2: timedelta(seconds=120)}
MAX_ATTEMPTS: Final = 3


@attrs.define(kw_only=True)
class ModelJob:
    """A job with its run, as far as the rules are about them; *inputs_at* and *inputs_hash* are the run's."""

    id: JobId
    run_id: RunId
    brand: BrandId
    status: str = "pending"
    attempts: int = 0
    available_at: datetime
    created_at: datetime
    locked_at: datetime | None = None
    locked_by: str | None = None
    started_at: datetime | None = None
    token: int | None = None
    cancel: bool = False
    error: str | None = None
    force: bool
    inputs_at: datetime
    inputs_hash: str
    finished_at: datetime | None = None
    run_started_at: datetime | None = None
    progress: Progress | None = None

    @property
    def run_status(self) -> str:
        """What users see."""
        return self.status.upper()

    @property
    def run_error(self) -> str | None:
        """What users see of the error: only that of a run that has failed."""
        return self.error if self.status == "failed" else None


def as_model(job: Job, run: CompileRun) -> ModelJob:
    """Return what a store has of a job and its run as the model would have it."""
    return ModelJob(
        id=job.id,
        run_id=job.compile_run_id,
        brand=job.brand_id,
        status=job.status.value,
        attempts=job.attempts,
        available_at=job.available_at,
        created_at=job.created_at,
        locked_at=job.locked_at,
        locked_by=job.locked_by,
        started_at=job.started_at,
        token=job.lease_token,
        cancel=job.cancel_requested,
        error=job.last_error,
        force=job.force_refresh,
        inputs_at=run.inputs.captured_at,
        inputs_hash=run.inputs_hash,
        finished_at=job.finished_at,
        run_started_at=run.started_at,
        progress=run.progress,
    )


@attrs.define
class Model:
    """All jobs by id, and of each brand the inputs and the run of every version."""

    jobs: dict[JobId, ModelJob] = attrs.field(factory=dict)
    versions: dict[BrandId, list[tuple[datetime, RunId | None]]] = attrs.field(factory=dict)
    last_token: int = 0

    def of_brand(self, brand: BrandId, status: str) -> ModelJob | None:
        """Return the brand's job of this status that is neither more nor less than one, or None."""
        return next((job for job in self.jobs.values() if job.brand == brand and job.status == status), None)

    def of_run(self, run: RunId) -> ModelJob | None:
        """Return the job of a run."""
        return next((job for job in self.jobs.values() if job.run_id == run), None)

    def holder(self, lease: Lease) -> ModelJob | None:
        """Return the job if it runs under exactly this lease."""
        job = self.jobs.get(lease.job_id)
        return job if job is not None and job.status == "running" and job.token == lease.token else None

    def kick_off(self, new: ModelJob, now: datetime) -> RunId:
        """Add *new* or join what is there; return the run that does the work."""
        pending, running = self.of_brand(new.brand, "pending"), self.of_brand(new.brand, "running")
        if pending is not None:
            if pending.inputs_hash != new.inputs_hash or (new.force and not pending.force):
                self._begin_anew(pending, now)
                pending.inputs_at, pending.inputs_hash = new.inputs_at, new.inputs_hash
                pending.force = pending.force or new.force
            return pending.run_id
        if running is not None and not running.cancel and _covers(running, new):
            return running.run_id
        self.jobs[new.id] = new
        return new.run_id

    def ready(self, now: datetime) -> list[ModelJob]:
        """Return what may be claimed, in order."""
        ready = [
            job
            for job in self.jobs.values()
            if job.status == "pending" and job.available_at <= now and not self.of_brand(job.brand, "running")
        ]
        return sorted(ready, key=lambda job: (job.available_at, job.created_at, str(job.id)))

    def claim(self, job: ModelJob, worker: str, token: int, now: datetime) -> None:
        """Note that *worker* has the job under *token*, which must be larger than any before."""
        assert token > self.last_token, f"token {token} was given after {self.last_token}"
        self.last_token = token
        job.status, job.attempts, job.token = "running", job.attempts + 1, token
        job.locked_at, job.locked_by, job.started_at = now, worker, now
        job.run_started_at = job.run_started_at or now

    def beat(self, lease: Lease, now: datetime) -> str:
        """Give a sign of life; return ``lost``, ``cancel`` or ``well``."""
        job = self.holder(lease)
        if job is None or job.started_at is None or job.locked_at is None:
            return "lost"
        if job.cancel or now > job.started_at + DEADLINE:
            return "cancel"
        job.locked_at = max(now, job.locked_at)
        return "well"

    def stale(self, now: datetime) -> list[ModelJob]:
        """Return running jobs whose lease may be taken away."""
        return [job for job in self.jobs.values() if job.status == "running" and _is_stale(job, now)]

    def succeed(self, job: ModelJob, now: datetime) -> None:
        """End the job with a new version of its brand."""
        self.versions.setdefault(job.brand, []).append((job.inputs_at, job.run_id))
        job.status, job.finished_at = "succeeded", now

    def end_attempt(
        self, job: ModelJob, error: str | None, now: datetime, *, final: str | None, wait: timedelta, refund: bool
    ) -> None:
        """
        End the attempt without success.

        Args:
            job: Running.
            error: What is noted if the job waits again; None: nothing.
            now: The moment.
            final: The error if there is no other attempt; None: there is.
            wait: Until the next attempt.
            refund: Whether this attempt does not count.
        """
        newer = self.of_brand(job.brand, "pending")
        if job.cancel:
            self._fail(job, "Cancelled", now)
        elif final is not None:
            self._fail(job, final, now)
        elif newer is not None:
            self._fail(job, f"Superseded by compile run {newer.run_id}", now)
        else:
            job.status, job.available_at, job.error = "pending", now + wait, error or job.error
            job.locked_at = job.locked_by = job.started_at = job.progress = None
            job.attempts -= refund
            job.run_started_at = job.run_started_at if job.attempts else None

    def cancel(self, job: ModelJob, now: datetime) -> None:
        """Cancel a job that has not ended."""
        job.cancel = True
        if job.status == "pending":
            self._fail(job, "Cancelled", now)

    def may_retry(self, job: ModelJob) -> bool:
        """Tell whether a person may retry the job: nothing waits, and no newer inputs run or are published."""
        running = self.of_brand(job.brand, "running")
        newer = [] if running is None else [running.inputs_at]
        newer += [inputs_at for inputs_at, _ in self.versions.get(job.brand, [])[-1:]]
        waits = self.of_brand(job.brand, "pending") is not None
        return job.status == "failed" and not waits and all(inputs_at <= job.inputs_at for inputs_at in newer)

    def retry(self, job: ModelJob, now: datetime) -> None:
        """Let a failed job wait again."""
        job.status = "pending"
        self._begin_anew(job, now)

    def prune(self, finished_before: datetime) -> list[ModelJob]:
        """Forget what ended before, but for the runs of the newest versions; return what was forgotten."""
        heads = {versions[-1][1] for versions in self.versions.values()}
        gone = [
            job
            for job in self.jobs.values()
            if job.finished_at is not None and job.finished_at < finished_before and job.run_id not in heads
        ]
        for job in gone:
            del self.jobs[job.id]
            versions = self.versions.get(job.brand, [])
            versions[:] = [(at, None if run == job.run_id else run) for at, run in versions]
        return gone

    def _fail(self, job: ModelJob, error: str, now: datetime) -> None:
        job.status, job.error, job.finished_at = "failed", error, now

    def _begin_anew(self, job: ModelJob, now: datetime) -> None:
        job.attempts, job.available_at, job.cancel, job.error, job.finished_at = 0, now, False, None, None
        job.locked_at = job.locked_by = job.started_at = job.run_started_at = job.progress = None


def _covers(job: ModelJob, wanted: ModelJob) -> bool:
    return job.inputs_hash == wanted.inputs_hash and (job.force or not wanted.force)


def _is_stale(job: ModelJob, now: datetime) -> bool:
    assert job.locked_at is not None
    assert job.started_at is not None
    return now > job.locked_at + STALE_AFTER or now > job.started_at + DEADLINE
