"""
Jobs and their runs: created, retried and ended together.

Every decision is made by `brandbrain_core.policies.lease`. A job's row is locked before it is decided upon, and what
is decided is written only where job, token and state still are those that were read.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    or_,
    select,
    update,
)

from brandbrain_core import wire
from brandbrain_core.errors import (
    Conflict,
    JobNotFound,
    LeaseLost,
    RetryRefused,
    RunFinished,
    RunNotFound,
)
from brandbrain_core.ids import BrandId, JobId, RunId
from brandbrain_core.model.job import Job, JobStatus, Lease, LeaseTerms
from brandbrain_core.model.reports import RunReport
from brandbrain_core.model.run import CompileRun, Progress
from brandbrain_core.policies import lease as policy
from brandbrain_core.policies.backoff import backoff
from brandbrain_core.policies.coalescing import why_not_retry
from brandbrain_core.policies.transitions import ENDED
from brandbrain_core.ports import Beat, Ended, Pruned, QueueStats, Released
from brandbrain_store import claiming, hot_postgres, runs, timing
from brandbrain_store import job_statements as statements
from brandbrain_store.brands import SqlBrands
from brandbrain_store.built import filled
from brandbrain_store.counting import note_statement
from brandbrain_store.errors import unique_violation_as
from brandbrain_store.job_locks import Held, lock_job, lock_job_of, running_jobs, set_aside, write_outcome
from brandbrain_store.job_rows import JOB_COLUMNS, job_of, row_of
from brandbrain_store.pruning import prune_jobs
from brandbrain_store.queue_stats import queue_stats
from brandbrain_store.rivals import rivals_of
from brandbrain_store.tables import compile_runs, jobs
from brandbrain_store.work import Work, inline


class SqlJobs:
    """See `brandbrain_core.ports.JobRepository`."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def add(self, run: CompileRun, job: Job) -> None:
        """Store a PENDING run and its pending job; raise `BrandNotFound`, or `Conflict` if one waits already."""
        add = self._add_at_once if self._work.database.changes_several else self._add_one_by_one
        if not await add(row_of(job), runs.row_of(run)):
            await SqlBrands(self._work).get(job.brand_id)
            raise Conflict("a compile run of the brand is waiting already")
        self._work.has_ready = True

    async def get(self, job: JobId) -> Job:
        """Return the job; raise `JobNotFound`."""
        row = await self._work.first(select(*JOB_COLUMNS).where(jobs.c.id == job))
        if row is None:
            raise JobNotFound(job)
        return job_of(row)

    async def of_run(self, run: RunId) -> Job:
        """Return the job of a run; raise `RunNotFound`."""
        row = await self._work.first(select(*JOB_COLUMNS).where(jobs.c.compile_run_id == run))
        if row is None:
            raise RunNotFound(run)
        return job_of(row)

    async def active(self, brand: BrandId) -> tuple[Job, ...]:
        """
        Return the brand's running and pending jobs, locked against change until the transaction ends.

        The brand is locked first, by a statement of its own, so that none can be added meanwhile either: whoever asks
        so waits, and then reads what the one before has left. Locks are always taken in this order: brand, job, run.
        """
        if self._work.writes:
            await self._work.run(statements.lock_brand(), {"brand": brand})
        rows = await self._work.all(statements.active(locks=self._work.writes), {"brand": brand})
        return tuple(job_of(row) for row in rows)

    async def replace_pending(self, job: JobId, run: CompileRun, *, force: bool, now: datetime | None = None) -> None:
        """Give a pending job the inputs of *run*, a new budget, no backoff; raise `JobNotFound`, or `Conflict`."""
        held = await lock_job(self._work, job, now=now)
        if held is None:
            raise JobNotFound(job)
        if held.job.status is not JobStatus.PENDING:
            raise Conflict("the compile run waits no more")
        after = policy.replaced(held.job, inputs_hash=run.inputs_hash, force=force, now=held.now)
        await write_outcome(self._work, held, after)
        newer = update(compile_runs).where(compile_runs.c.id == held.job.compile_run_id)
        await self._work.run(newer.values(inputs=wire.dumps(run.inputs), inputs_hash=run.inputs_hash))

    async def page(
        self, *, status: JobStatus | None, brand: BrandId | None, after: JobId | None, limit: int
    ) -> tuple[Job, ...]:
        """Return up to *limit* jobs, newest first (by id), beginning behind *after*."""
        found = select(*JOB_COLUMNS)
        if status is not None:
            found = found.where(jobs.c.status == inline(status))
        if status in ENDED:
            found = found.where(jobs.c.finished_at.is_not(None))
        if brand is not None:
            found = found.where(jobs.c.brand_id == brand)
        if after is not None:
            found = found.where(jobs.c.id < after)
        return tuple(job_of(row) for row in await self._work.all(found.order_by(jobs.c.id.desc()).limit(limit)))

    async def stats(self, *, now: datetime | None = None) -> QueueStats:
        """Return how the queue stands."""
        return await queue_stats(self._work, now=now)

    async def claimable(self, *, limit: int, now: datetime | None = None) -> tuple[Job, ...]:
        """Return what `claim` would take, and change nothing."""
        return await claiming.claimable(self._work, limit=limit, now=now)

    async def claim(
        self,
        worker: str,
        *,
        limit: int,
        terms: LeaseTerms,  # noqa: ARG002
        now: datetime | None = None,
    ) -> tuple[Lease, ...]:
        """Take the first *limit* ready jobs by (available_at, created_at, id)."""
        return await claiming.claim(self._work, worker, limit=limit, now=now)

    async def claim_run(
        self,
        run: RunId,
        worker: str,
        *,
        terms: LeaseTerms,  # noqa: ARG002
        now: datetime | None = None,
    ) -> Lease | None:
        """Take the job of this run, if it is ready as for `claim`; else None."""
        leases = await claiming.claim(self._work, worker, limit=1, now=now, run=run)
        return leases[0] if leases else None

    async def fence(self, lease: Lease) -> None:
        """Lock the job's row until the transaction ends; raise `LeaseLost` unless the lease holds."""
        if await self._work.first(statements.fence(), {"job": lease.job_id, "token": lease.token}) is None:
            raise LeaseLost(lease.job_id, lease.token)

    async def extend(
        self, leases: Sequence[Lease], *, terms: LeaseTerms, now: datetime | None = None
    ) -> tuple[Beat, ...]:
        """Give a sign of life for all of these leases, in one statement; a lost one is told, not raised."""
        if not leases:
            return ()
        told = self._work.told(now)
        given = self._work.database.pairs([(lease.job_id, lease.token) for lease in leases])
        extended = statements.extend(self._work.database, is_told=told is not None)
        rows = await self._work.all(extended, given | timing.values(told, deadline=terms.deadline))
        stopped = {(row.id, row.lease_token): row.stops for row in rows}
        return tuple(_beat(lease, stopped.get((lease.job_id, lease.token))) for lease in leases)

    async def progress(self, lease: Lease, progress: Progress) -> None:
        """Write how far the run is; raise `LeaseLost`."""
        given = {"job": lease.job_id, "token": lease.token, "new_progress": wire.dumps(progress)}
        if await self._work.first(statements.progress(), given) is None:
            raise LeaseLost(lease.job_id, lease.token)

    async def complete(self, lease: Lease, report: RunReport, *, now: datetime | None = None) -> Ended:
        """End job and run as succeeded; a repeated call says so and changes nothing. Raise `LeaseLost`."""
        if self._work.database.changes_several and await self._complete_at_once(lease, report, now):
            return Ended(job_id=lease.job_id, status=JobStatus.SUCCEEDED)
        held = await lock_job(self._work, lease.job_id, now=now)
        if held is not None and policy.has_completed(held.job, lease):
            return Ended(job_id=held.job.id, status=held.job.status, repeated=True)
        if held is None or not policy.holds(held.job, lease):
            raise LeaseLost(lease.job_id, lease.token)
        return await self._end(held, policy.completed(held.job, now=held.now), report=report)

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
        """End the attempt: the job waits again after its backoff, or it and its run have failed. Raise `LeaseLost`."""
        held = await self._held(lease, now)
        wait = backoff(held.job.attempts, terms, self._work.draw())
        after = policy.failed(held.job, error, retry=retry, waiting=held.waiting, wait=wait, now=held.now)
        return await self._end(held, after, report=report)

    async def hand_back(self, lease: Lease, *, delay: timedelta = timedelta(0), now: datetime | None = None) -> Ended:
        """Return the job unfinished: pending, available after *delay*, the attempt given back. Raise `LeaseLost`."""
        held = await self._held(lease, now)
        return await self._end(held, policy.handed_back(held.job, waiting=held.waiting, delay=delay, now=held.now))

    async def release_stale(
        self, *, limit: int, terms: LeaseTerms, now: datetime | None = None
    ) -> tuple[Released, ...]:
        """Take away up to *limit* leases without a sign of life, or past their deadline."""
        told = self._work.told(now)
        silent = jobs.c.locked_at < timing.before(told is not None, "stale_after")
        overdue = jobs.c.started_at < timing.before(told is not None, "deadline")
        durations = {"stale_after": terms.stale_after, "deadline": terms.deadline}
        given = timing.values(told, needs_now=False, **durations)
        return await self._release(or_(silent, overdue), given, limit=limit, now=now)

    async def release_worker(self, worker: str, *, now: datetime | None = None) -> tuple[Released, ...]:
        """Take away every lease of one worker that is known to be dead; as for `release_stale`."""
        return await self._release(jobs.c.locked_by == worker, {}, limit=None, now=now)

    async def cancel(self, run: RunId, *, now: datetime | None = None) -> Job:
        """Cancel; raise `RunNotFound`, or `RunFinished`."""
        held = await lock_job_of(self._work, run, now=now)
        if held is None:
            raise RunNotFound(run)
        if held.job.status in ENDED:
            raise RunFinished
        after = policy.cancelled(held.job, now=held.now)
        await write_outcome(self._work, held, after)
        return after

    async def retry(self, job: JobId, *, now: datetime | None = None) -> Job:
        """Make a failed job pending again; raise `JobNotFound`, or `RetryRefused` with the reason."""
        await self._work.run(statements.lock_brand_of(), {"job": job})
        held = await lock_job(self._work, job, now=now)
        if held is None:
            raise JobNotFound(job)
        inputs_at = held.run.inputs.captured_at
        why = why_not_retry(held.job, inputs_at=inputs_at, rivals=await rivals_of(self._work, held))
        if why is not None:
            raise RetryRefused(job, why)
        after = policy.retried(held.job, now=held.now)
        with unique_violation_as(RetryRefused(job, "Another compile run of the brand is waiting")):
            await write_outcome(self._work, held, after)
        return after

    async def prune(
        self, *, finished_before: datetime, limit: int, after: tuple[datetime, JobId] | None = None
    ) -> Pruned[tuple[datetime, JobId]]:
        """Delete jobs that ended before, with their runs; a brand's newest snapshot's run stays."""
        return await prune_jobs(self._work, finished_before=finished_before, limit=limit, after=after)

    async def _add_at_once(self, job: dict[str, Any], run: dict[str, Any]) -> bool:
        rings = self._work.bell.takes_turn()
        text = hot_postgres.add(tuple(job), tuple(run), is_scoped=self._work.is_scoped, rings=rings)
        tenant = [self._work.tenant] if self._work.is_scoped else []
        added = bool(await self._work.send(text, [*job.values(), *run.values(), *tenant]))
        self._work.has_rung |= added and rings
        return added

    async def _add_one_by_one(self, job: dict[str, Any], run: dict[str, Any]) -> bool:
        added = statements.add(self._work.database, is_scoped=self._work.is_scoped)
        if await self._work.first(added, self._work.given(**filled(job))) is None:
            return False
        await self._work.run(statements.add_run(), run)
        return True

    async def _complete_at_once(self, lease: Lease, report: RunReport, now: datetime | None) -> bool:
        """
        Complete in one statement; False: the lease does not hold, or another transaction has locked the job.

        A step that is not told the time goes together with what others complete at this moment.
        """
        end = (lease.job_id, lease.token, wire.dumps(report))
        if now is None and (steps := self._work.lone_step) is not None:
            note_statement()
            row = await steps.complete(end)
            self._work.is_spent = row is not None
        else:
            text = hot_postgres.complete(is_told=now is not None)
            row = next(iter(await self._work.send(text, end if now is None else (*end, now))), None)
        self._work.has_ready |= row is not None and row["frees_the_brand"]
        return row is not None

    async def _held(self, lease: Lease, now: datetime | None) -> Held:
        held = await lock_job(self._work, lease.job_id, now=now)
        if held is None or not policy.holds(held.job, lease):
            raise LeaseLost(lease.job_id, lease.token)
        return held

    async def _end(self, held: Held, after: Job, *, report: RunReport | None = None) -> Ended:
        await write_outcome(self._work, held, after, report=report)
        waits = after.status is JobStatus.PENDING
        return Ended(job_id=after.id, status=after.status, available_at=after.available_at if waits else None)

    async def _release(
        self, which: ColumnElement[bool], given: dict[str, Any], *, limit: int | None, now: datetime | None
    ) -> tuple[Released, ...]:
        released: list[Released] = []
        for job in await running_jobs(self._work, which, given, limit=limit):
            async with set_aside(self._work, job):
                released.append(await self._release_one(job, now))
        return tuple(released)

    async def _release_one(self, job: JobId, now: datetime | None) -> Released:
        held = await lock_job(self._work, job, now=now)
        if held is None:
            raise JobNotFound(job)
        after = policy.released(held.job, waiting=held.waiting, now=held.now)
        await write_outcome(self._work, held, after)
        return _released(held.job, after)


def _beat(lease: Lease, stops: bool | None) -> Beat:
    """Return what a sign of life brought; *stops* None: no row had this lease."""
    return Beat(job_id=lease.job_id, lost=stops is None, cancel=bool(stops))


def _released(job: Job, after: Job) -> Released:
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
