"""
Who owns a job, and what becomes of it: every decision about leases, as functions from a job to the job after it.

Authority is (job, token, running), see `holds`. Time never takes authority away: a lease past its end stays valid until
the sweep changes the row. An adapter locks the row, asks these functions, and writes what they say, or says the same in
one conditional statement. All moments are aware, UTC, and come from one clock, that of the store.

A job that waits has no ``locked_at``, ``locked_by`` and ``started_at``; one that ends keeps those of its last attempt.
``lease_token`` is never cleared: a worker whose answer was lost must be able to find that it has succeeded.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import attrs

from brandbrain_core.ids import RunId
from brandbrain_core.model.job import Job, JobStatus, Lease, LeaseTerms
from brandbrain_core.model.reports import RunReport
from brandbrain_core.model.run import CompileRun
from brandbrain_core.policies.storable import cut_to_bytes, storable
from brandbrain_core.policies.transitions import ENDED, RUN_STATUS, JobEvent, next_status

JOB_TYPE: Final = "compile"
"""The only type of job that a claim takes."""

CANCELLED: Final = "Cancelled"
UNKNOWN_ERROR: Final = "Unknown error"
MAX_ERROR_BYTES: Final = 8 * 1024


def superseded_text(by: RunId) -> str:
    """Return the error of a run that gives way to a newer kick-off of its brand."""
    return f"Superseded by compile run {by}"


def released_text(worker: str) -> str:
    """Return the error of an attempt whose lease was taken away, where another attempt follows."""
    return f"Released from stale lock (was locked by {worker})"


def stale_text(attempts: int) -> str:
    """Return the error of a job whose last lease was taken away."""
    return f"Stale lock after {attempts} attempts"


def sanitise_error(error: str) -> str:
    r"""
    Return *error* as every database takes it: no NUL, no lone surrogates, at most 8 KiB in UTF-8, never blank.

    >>> sanitise_error("bad\x00 byte")
    'bad byte'
    """
    return cut_to_bytes(storable(error), MAX_ERROR_BYTES) if storable(error).strip() else UNKNOWN_ERROR


def holds(job: Job, lease: Lease) -> bool:
    """Tell whether a write under *lease* is accepted: it names the job and its token, and the job is running."""
    return job.id == lease.job_id and job.status is JobStatus.RUNNING and job.lease_token == lease.token


def has_completed(job: Job, lease: Lease) -> bool:
    """Tell whether this very lease has completed the job already."""
    return job.id == lease.job_id and job.status is JobStatus.SUCCEEDED and job.lease_token == lease.token


def is_ready(job: Job, *, brand_is_busy: bool, now: datetime) -> bool:
    """Tell whether the job can be claimed; *brand_is_busy*: a job of its brand is running."""
    waits = job.status is JobStatus.PENDING and job.job_type == JOB_TYPE
    return waits and job.available_at <= now and not brand_is_busy


def claim_order(job: Job) -> tuple[datetime, datetime, str]:
    """Return the key by which ready jobs are claimed, least first."""
    return job.available_at, job.created_at, str(job.id)


def claimed(job: Job, *, worker: str, token: int, now: datetime) -> Job:
    """Return the job once *worker* has claimed it; *token* is larger than any given before."""
    return attrs.evolve(
        job,
        status=next_status(job.status, JobEvent.CLAIM),
        attempts=job.attempts + 1,
        locked_at=now,
        locked_by=worker,
        started_at=now,
        lease_token=token,
        updated_at=now,
    )


def lease_of(job: Job) -> Lease:
    """
    Return the lease that the claim of this running job gave.

    Raises:
        ValueError: The job is not running.
    """
    if job.status is not JobStatus.RUNNING or job.lease_token is None or not job.locked_by or not job.started_at:
        raise ValueError(f"nobody holds job {job.id}")
    return Lease(
        job_id=job.id,
        compile_run_id=job.compile_run_id,
        brand_id=job.brand_id,
        token=job.lease_token,
        worker=job.locked_by,
        attempt=job.attempts,
        max_attempts=job.max_attempts,
        force_refresh=job.force_refresh,
        claimed_at=job.started_at,
        available_at=job.available_at,
    )


def is_overdue(job: Job, terms: LeaseTerms, now: datetime) -> bool:
    """Tell whether the deadline of the running attempt has passed."""
    return job.started_at is not None and job.started_at < now - terms.deadline


def is_stale(job: Job, terms: LeaseTerms, now: datetime) -> bool:
    """Tell whether the sweep takes this lease away: no sign of life for too long, or the deadline has passed."""
    if job.status is not JobStatus.RUNNING or job.locked_at is None:
        return False
    return job.locked_at < now - terms.stale_after or is_overdue(job, terms, now)


def extended(job: Job, terms: LeaseTerms, now: datetime) -> Job | None:
    """
    Return the running job after a sign of life; None: it is to stop, and the lease is not extended.

    A clock that was set back does not make the sign of life older.
    """
    if job.cancel_requested or is_overdue(job, terms, now):
        return None
    return attrs.evolve(job, status=next_status(job.status, JobEvent.EXTEND), locked_at=max(now, job.locked_at or now))


def completed(job: Job, *, now: datetime) -> Job:
    """Return the job once its work is published. A cancellation that came too late changes nothing."""
    return attrs.evolve(job, status=next_status(job.status, JobEvent.COMPLETE), updated_at=now, finished_at=now)


def failed(job: Job, error: str, *, retry: bool, waiting: RunId | None, wait: timedelta, now: datetime) -> Job:
    """
    Return the job after its attempt failed.

    Args:
        job: Running.
        error: Why; it is sanitised here.
        retry: Whether another attempt may do better.
        waiting: The run of the brand's pending job, if there is one; there is no room for two.
        wait: The backoff before the next attempt.
        now: The moment to decide by.
    """
    if job.cancel_requested:
        return _ended(job, CANCELLED, now)
    if not retry or job.attempts >= job.max_attempts:
        return _ended(job, sanitise_error(error), now)
    return _waits_again(job, sanitise_error(error), waiting=waiting, available_at=now + wait, now=now)


def released(job: Job, *, waiting: RunId | None, now: datetime) -> Job:
    """Return the running job after its lease was taken away; *waiting* as for `failed`."""
    if job.cancel_requested:
        return _ended(job, CANCELLED, now)
    if job.attempts >= job.max_attempts:
        return _ended(job, stale_text(job.attempts), now)
    error = released_text(sanitise_error(job.locked_by or "nobody"))
    return _waits_again(job, error, waiting=waiting, available_at=now, now=now)


def handed_back(job: Job, *, waiting: RunId | None, delay: timedelta, now: datetime) -> Job:
    """Return the running job unfinished and unblamed: the attempt is given back. *waiting* as for `failed`."""
    if job.cancel_requested:
        return _ended(job, CANCELLED, now)
    if waiting is not None:
        return _ended(job, superseded_text(waiting), now)
    return attrs.evolve(
        _unlocked(job),
        status=next_status(job.status, JobEvent.HAND_BACK),
        attempts=job.attempts - 1,
        available_at=now + delay,
        updated_at=now,
    )


def cancelled(job: Job, *, now: datetime) -> Job:
    """Return the active job after a person cancelled it: one that waits has failed, one that runs is asked to stop."""
    if job.status is JobStatus.RUNNING:
        asked = next_status(job.status, JobEvent.ASK_TO_CANCEL)
        return job if job.cancel_requested else attrs.evolve(job, status=asked, cancel_requested=True, updated_at=now)
    return attrs.evolve(
        job,
        status=next_status(job.status, JobEvent.CANCEL),
        cancel_requested=True,
        last_error=CANCELLED,
        updated_at=now,
        finished_at=now,
    )


def retried(job: Job, *, now: datetime) -> Job:
    """Return the failed job after a person wants it again: as if it were new, but for its token."""
    return _anew(attrs.evolve(job, status=next_status(job.status, JobEvent.RETRY)), now)


def replaced(job: Job, *, inputs_hash: str, force: bool, now: datetime) -> Job:
    """Return the pending job with newer inputs: a new budget, no backoff; *force* makes it forced, never unforced."""
    pending = next_status(job.status, JobEvent.REPLACE)
    return _anew(
        attrs.evolve(job, status=pending, inputs_hash=inputs_hash, force_refresh=job.force_refresh or force), now
    )


def run_after(run: CompileRun, job: Job, *, report: RunReport | None = None) -> CompileRun:
    """
    Return the run as its job now is.

    A run that waits or runs has no error, report or end; its *progress* goes when it waits again. `started_at` is the
    start of the first attempt that was not handed back. *report* is what an ended run reports.
    """
    ended = job.status in ENDED
    has_failed = job.status is JobStatus.FAILED
    first_start = (run.started_at or job.started_at) if job.attempts else None
    return attrs.evolve(
        run,
        status=RUN_STATUS[job.status],
        force_refresh=job.force_refresh,
        progress=None if job.status is JobStatus.PENDING else run.progress,
        error=job.last_error if has_failed else None,
        cancelled=has_failed and job.cancel_requested,
        report=report if ended else None,
        started_at=first_start,
        finished_at=job.finished_at,
    )


def _ended(job: Job, error: str, now: datetime) -> Job:
    status = next_status(job.status, JobEvent.FAIL)
    return attrs.evolve(job, status=status, last_error=error, updated_at=now, finished_at=now)


def _waits_again(job: Job, error: str, *, waiting: RunId | None, available_at: datetime, now: datetime) -> Job:
    if waiting is not None:
        return _ended(job, superseded_text(waiting), now)
    status = next_status(job.status, JobEvent.TRY_AGAIN)
    return attrs.evolve(_unlocked(job), status=status, last_error=error, available_at=available_at, updated_at=now)


def _unlocked(job: Job) -> Job:
    return attrs.evolve(job, locked_at=None, locked_by=None, started_at=None)


def _anew(job: Job, now: datetime) -> Job:
    return attrs.evolve(
        _unlocked(job),
        attempts=0,
        available_at=now,
        cancel_requested=False,
        last_error=None,
        updated_at=now,
        finished_at=None,
    )
