"""The repository of jobs and their runs: leases, fences, ends."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

import attrs

from brandbrain_core.ids import BrandId, JobId, RunId
from brandbrain_core.model.job import Job, JobStatus, Lease, LeaseTerms
from brandbrain_core.model.reports import RunReport
from brandbrain_core.model.run import CompileRun, Progress
from brandbrain_core.ports.pruning import Pruned


@attrs.frozen(kw_only=True)
class Beat:
    """
    What a sign of life brought.

    Attributes:
        lost: The lease is not this worker's any more: stop at once.
        cancel: Cancellation was requested or the deadline has passed; the lease was not extended: stop.
    """

    job_id: JobId
    lost: bool = False
    cancel: bool = False


@attrs.frozen(kw_only=True)
class Ended:
    """
    How an attempt ended.

    Attributes:
        status: The job's, after it: PENDING where another attempt follows.
        available_at: When the next attempt may be claimed; None: there is none.
        repeated: This very call had already been carried out before (its answer was lost); nothing was changed.
    """

    job_id: JobId
    status: JobStatus
    available_at: datetime | None = None
    repeated: bool = False


@attrs.frozen(kw_only=True)
class Released:
    """A lease that was taken away: who held it, since when, and what the job became."""

    job_id: JobId
    compile_run_id: RunId
    worker: str
    locked_at: datetime
    token: int
    attempts: int
    status: JobStatus


@attrs.frozen(kw_only=True)
class QueueStats:
    """
    How the queue stands at one moment.

    Attributes:
        now: That moment, by the store's clock.
        pending: Jobs that wait, also those whose time has not come or whose brand is busy.
        ready: Those of them whose time has come.
        running: Jobs under a lease.
        oldest_ready_at: Since when the longest waiting ready job could be claimed.
        dead_rows: Versions of rows that nobody needs and nothing has removed yet; None: the store knows no such thing.
        oldest_snapshot_age: How many transactions the oldest open view of the data is behind; a large number slows
            claims. None as above.
    """

    now: datetime
    pending: int
    ready: int
    running: int
    oldest_ready_at: datetime | None = None
    dead_rows: int | None = None
    oldest_snapshot_age: int | None = None

    @property
    def oldest_ready_age(self) -> timedelta:
        """How long the longest waiting ready job has been ready; 0 where none is."""
        return max(self.now - self.oldest_ready_at, timedelta(0)) if self.oldest_ready_at else timedelta(0)


class JobRepository(Protocol):
    """
    Jobs and their runs: they are created, retried and ended together.

    Every method is one conditional statement or a few in the surrounding transaction. *now* is the moment to decide by;
    None lets the store tell it (PostgreSQL its own clock, inside the statement). Methods that take a *lease* or token
    are fenced: they raise `LeaseLost` and change no row unless the job is running with exactly that token.

    What becomes of job and run, field by field, is what `brandbrain_core.policies.lease` returns: `claimed`,
    `extended`, `completed`, `failed`, `released`, `handed_back`, `cancelled`, `retried`, `replaced`, and `run_after`
    for the run.
    """

    async def add(self, run: CompileRun, job: Job) -> None:
        """
        Store a PENDING run and its pending job.

        Raise `BrandNotFound`, also if the brand was deleted, or `Conflict` if it has a pending job already.
        """

    async def get(self, job: JobId) -> Job:
        """Return the job; raise `JobNotFound`."""

    async def of_run(self, run: RunId) -> Job:
        """Return the job of a run; raise `RunNotFound`."""

    async def active(self, brand: BrandId) -> tuple[Job, ...]:
        """
        Return the brand's running and pending jobs (at most one of each), locked against change until the transaction
        ends.
        """

    async def replace_pending(self, job: JobId, run: CompileRun, *, force: bool, now: datetime | None = None) -> None:
        """
        Give a pending job newer inputs, a new budget of attempts, no backoff.

        Of *run* only `inputs` and `inputs_hash` are taken. *force* makes the job forced, never unforced. Raise
        `JobNotFound`, or `Conflict` if it is not pending any more.
        """

    async def page(
        self, *, status: JobStatus | None, brand: BrandId | None, after: JobId | None, limit: int
    ) -> tuple[Job, ...]:
        """Return up to *limit* jobs, newest first (by id), beginning behind *after*."""

    async def stats(self, *, now: datetime | None = None) -> QueueStats:
        """Return how the queue stands."""

    async def claimable(self, *, limit: int, now: datetime | None = None) -> tuple[Job, ...]:
        """Return what `claim` would take, and change nothing."""

    async def claim(
        self, worker: str, *, limit: int, terms: LeaseTerms, now: datetime | None = None
    ) -> tuple[Lease, ...]:
        """
        Take the first *limit* ready jobs by (available_at, created_at, id).

        Ready is a pending job of type ``compile`` that is available and whose brand has no running job. Rows that
        others have locked are skipped. The runs become RUNNING. Tokens grow over all claims, in the order returned.
        """

    async def claim_run(
        self, run: RunId, worker: str, *, terms: LeaseTerms, now: datetime | None = None
    ) -> Lease | None:
        """Take the job of this run, if it is ready as for `claim`; else None."""

    async def fence(self, lease: Lease) -> None:
        """
        Lock the job's row until the transaction ends; raise `LeaseLost` unless the lease holds. Call it before any
        write.
        """

    async def extend(
        self, leases: Sequence[Lease], *, terms: LeaseTerms, now: datetime | None = None
    ) -> tuple[Beat, ...]:
        """
        Give a sign of life for all of these leases, in one statement; return a beat for each, in their order.

        A lost lease is told, not raised.
        """

    async def progress(self, lease: Lease, progress: Progress) -> None:
        """Write how far the run is."""

    async def complete(self, lease: Lease, report: RunReport, *, now: datetime | None = None) -> Ended:
        """
        End job and run as succeeded. In the same transaction, before it: `fence`, then the snapshot.

        A repeated call says so (`Ended.repeated`) and changes nothing. Only this method knows repetition: after an end
        `fence` and all others raise `LeaseLost`.
        """

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
        """
        End the attempt. With attempts left and *retry*, and no newer kick-off of the brand waiting, the job waits again
        after its backoff and the run is PENDING; else both have failed. *error* is sanitised here.

        A job that was to be cancelled has failed with ``Cancelled``, however its attempt ends: here, by `hand_back` or
        by the sweep.
        """

    async def hand_back(self, lease: Lease, *, delay: timedelta = timedelta(0), now: datetime | None = None) -> Ended:
        """
        Return the job unfinished: pending, available after *delay*, the attempt given back.

        Where a newer kick-off of the brand waits, it has failed instead, superseded.
        """

    async def release_stale(
        self, *, limit: int, terms: LeaseTerms, now: datetime | None = None
    ) -> tuple[Released, ...]:
        """
        Take away up to *limit* leases without a sign of life, or past their deadline.

        Rows that others have locked are skipped. Returned is who held each lease, read before it was cleared.
        """

    async def release_worker(self, worker: str, *, now: datetime | None = None) -> tuple[Released, ...]:
        """Take away every lease of one worker that is known to be dead; as for `release_stale`."""

    async def cancel(self, run: RunId, *, now: datetime | None = None) -> Job:
        """
        Cancel. A pending job fails at once with ``Cancelled``, a running one is told with its next sign of life.

        Raise `RunNotFound`, or `RunFinished`.
        """

    async def retry(self, job: JobId, *, now: datetime | None = None) -> Job:
        """
        Make a failed job pending again with no attempts used.

        Raise `JobNotFound`, or `RetryRefused` with the reason that `brandbrain_core.policies.coalescing.why_not_retry`
        gives.
        """

    async def prune(
        self, *, finished_before: datetime, limit: int, after: tuple[datetime, JobId] | None = None
    ) -> Pruned[tuple[datetime, JobId]]:
        """
        Of the next *limit* jobs that ended before, by (finished_at, id) and behind *after*, delete those that may go,
        with their runs; a brand's newest snapshot's run stays.
        """
