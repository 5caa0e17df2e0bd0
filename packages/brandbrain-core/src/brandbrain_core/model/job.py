"""A job: how a compile run gets done, by whoever holds its lease."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

import attrs
from attrs import validators as v

from brandbrain_core.ids import BrandId, JobId, RunId


class JobStatus(StrEnum):
    """A cancelled job is FAILED with that error."""

    PENDING = "pending"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


@attrs.frozen(kw_only=True)
class Job:
    """
    The work of one compile run.

    Attributes:
        attempts: How many claims it has had that were not handed back; 0 to *max_attempts*.
        available_at: It cannot be claimed before this moment.
        locked_at: The last sign of life of the worker that holds it; stays after the end.
        locked_by: That worker, ``{hostname}-{8 hex}``.
        lease_token: Given by the last claim; only grows; stays after the end. None: never claimed.
        cancel_requested: A person wants it stopped.
        force_refresh: Collect every source anew.
        inputs_hash: Of the run's frozen inputs; decides whether a kick-off may join.
    """

    id: JobId
    brand_id: BrandId
    compile_run_id: RunId
    job_type: str = "compile"
    status: JobStatus = JobStatus.PENDING
    attempts: int = 0
    max_attempts: int = 3
    available_at: datetime
    locked_at: datetime | None = None
    locked_by: str | None = None
    started_at: datetime | None = None
    lease_token: int | None = None
    cancel_requested: bool = False
    last_error: str | None = None
    force_refresh: bool = False
    inputs_hash: str
    created_at: datetime
    updated_at: datetime
    finished_at: datetime | None = None


@attrs.frozen(kw_only=True)
class Lease:
    """
    The right to do a job's work: (job, token), as long as the job is running with this token.

    Attributes:
        token: Grows over all claims ever made; anything outside may refuse writes under a smaller one.
        attempt: Which attempt this is, from 1.
        claimed_at: Aware, UTC, by the store's clock.
        available_at: Since when it could be claimed, by the same clock; None: not known.
    """

    job_id: JobId
    compile_run_id: RunId
    brand_id: BrandId
    token: int
    worker: str
    attempt: int
    max_attempts: int
    force_refresh: bool
    claimed_at: datetime
    available_at: datetime | None = None


def _positive(seconds: int) -> timedelta:
    return attrs.field(default=timedelta(seconds=seconds), validator=v.gt(timedelta(0)))


@attrs.frozen(kw_only=True)
class LeaseTerms:
    """
    The durations of leases.

    Attributes:
        heartbeat: Between two signs of life; at most a third of *stale_after*.
        stale_after: Without a sign of life for longer, the lease is taken away.
        deadline: Of one attempt; no heartbeat extends it.
        backoff_base: Wait after failed attempt n: base × 2^n, at most *backoff_cap*.
        jitter: Share of the wait that is added at random, 0.0 to 1.0.
        max_attempts: Claims a job gets before it fails for good.
    """

    heartbeat: timedelta = _positive(30)
    stale_after: timedelta = _positive(600)
    deadline: timedelta = _positive(3600)
    backoff_base: timedelta = _positive(30)
    backoff_cap: timedelta = _positive(3600)
    jitter: float = attrs.field(default=0.0, validator=[v.ge(0.0), v.le(1.0)])
    max_attempts: int = attrs.field(default=3, validator=v.ge(1))

    def __attrs_post_init__(self) -> None:
        if self.heartbeat * 3 > self.stale_after:
            raise ValueError("heartbeat must be at most a third of stale_after")
