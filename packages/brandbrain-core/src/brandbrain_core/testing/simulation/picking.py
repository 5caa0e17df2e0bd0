"""What is looked at when jobs are picked: by a claim, by a sweep, or by a person who wants one retried."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from brandbrain_core.errors import RetryRefused
from brandbrain_core.model.job import Job, JobStatus, Lease, LeaseTerms
from brandbrain_core.ports import Released, UnitOfWork
from brandbrain_core.testing.simulation.calls import Call
from brandbrain_core.testing.simulation.invariants import require

EVERYTHING: Final = 10_000


async def claimed(work: UnitOfWork, call: Call, *, now: datetime) -> Any:
    """
    Carry out a claim.

    Raises:
        InvariantBroken: It took others than the first ready jobs, or gave a token twice.
    """
    limit: int = call.more["limit"]
    jobs = await _all(work)
    busy = {job.brand_id for job in jobs if job.status is JobStatus.RUNNING}
    waiting = (job for job in jobs if job.status is JobStatus.PENDING)
    ready = [job for job in waiting if job.available_at <= now and job.brand_id not in busy]
    ready.sort(key=lambda job: (job.available_at, job.created_at, str(job.id)))
    leases: tuple[Lease, ...] = await work.jobs.claim(*call.args, **call.more)
    expected = [job.id for job in ready[:limit]]
    require(expected == [lease.job_id for lease in leases], 10, f"{len(leases)} claimed, {len(ready)} ready, {limit=}")
    for job, lease in zip(ready, leases, strict=False):
        require(lease.attempt == job.attempts + 1, 7, f"attempt {lease.attempt} after {job.attempts}")
        require(job.lease_token is None or lease.token > job.lease_token, 2, "the token of a job did not grow")
    return leases


async def released(work: UnitOfWork, call: Call, *, terms: LeaseTerms, now: datetime) -> Any:
    """
    Carry out a sweep by a store that locks as a whole, so that no row is skipped because somebody else has it.

    Raises:
        InvariantBroken: It took away a lease that is not stale, or left one that is.
    """
    limit: int = call.more["limit"]
    running = (job for job in await _all(work) if job.status is JobStatus.RUNNING)
    stale = [job for job in running if _is_stale(job, terms, now)]
    swept: tuple[Released, ...] = await work.jobs.release_stale(*call.args, **call.more)
    require(min(limit, len(stale)) == len(swept), 10, f"{len(swept)} leases taken away, {len(stale)} stale, {limit=}")
    held = {job.id: (job.lease_token, job.locked_by, job.locked_at) for job in stale}
    for each in swept:
        known = held.get(each.job_id)
        require(known is not None, 10, f"the lease with token {each.token} was taken away though it is not stale")
        require(
            known == (each.token, each.worker, each.locked_at), 10, "the sweep does not tell rightly who held a lease"
        )
    return swept


async def retried(work: UnitOfWork, call: Call) -> Any:
    """
    Carry out a person's retry.

    Raises:
        InvariantBroken: It was accepted though something of the brand waits, or runs or has succeeded with newer
            inputs, or refused though nothing does.
    """
    job = await work.jobs.get(call.args[0])
    of_brand = await work.jobs.page(status=None, brand=job.brand_id, after=None, limit=EVERYTHING)
    others = [other for other in of_brand if other.id != job.id]
    waits = any(other.status is JobStatus.PENDING for other in others)
    inputs_at = await _inputs_at(work, job)
    newer = [await _inputs_at(work, other) for other in others if other.status is JobStatus.RUNNING]
    if (head := await work.snapshots.head(job.brand_id)) is not None:
        newer.append(head.inputs_at)
    outdone = any(each > inputs_at for each in newer)
    may = job.status is JobStatus.FAILED and not waits and not outdone
    try:
        result = await work.jobs.retry(*call.args, **call.more)
    except RetryRefused:
        require(not may, 9, "a retry was refused though nothing newer is there")
        raise
    require(may, 9, "a person's retry went ahead beside something newer")
    return result


async def _inputs_at(work: UnitOfWork, job: Job) -> datetime:
    return (await work.runs.get(job.brand_id, job.compile_run_id)).inputs.captured_at


def _is_stale(job: Job, terms: LeaseTerms, now: datetime) -> bool:
    is_silent = job.locked_at is not None and now > job.locked_at + terms.stale_after
    return is_silent or (job.started_at is not None and now > job.started_at + terms.deadline)


async def _all(work: UnitOfWork) -> tuple[Job, ...]:
    return await work.jobs.page(status=None, brand=None, after=None, limit=EVERYTHING)
