"""What is looked at when a worker writes under a lease: was it rightly accepted or refused, and what did it change."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from brandbrain_core.errors import JobNotFound, LeaseLost, RunNotFound
from brandbrain_core.model.job import Job, JobStatus, Lease, LeaseTerms
from brandbrain_core.model.run import CompileRun
from brandbrain_core.ports import UnitOfWork
from brandbrain_core.testing.simulation.calls import Call
from brandbrain_core.testing.simulation.invariants import require

Rows = tuple[Job | None, CompileRun | None]


async def fenced(work: UnitOfWork, call: Call) -> Any:
    """
    Carry out a write under a lease.

    Raises:
        InvariantBroken: It was accepted or refused wrongly, or changed a row though it was refused or repeated.
    """
    lease: Lease = call.args[0]
    before = await _rows(work, lease)
    may, has_succeeded = _holds(before[0], lease), call.name == "complete" and _has_succeeded(before[0], lease)
    try:
        result = await getattr(work.jobs, call.name)(*call.args, **call.more)
    except LeaseLost:
        require(not may, 3, f"{call.name} under token {lease.token} was refused though the lease holds")
        require(not has_succeeded, 5, f"a repeated complete under token {lease.token} was refused")
        require(before == await _rows(work, lease), 3, f"a refused {call.name} has changed a row")
        raise
    require(may or has_succeeded, 3, f"{call.name} under token {lease.token} was accepted though the lease is lost")
    if call.name == "complete":
        require(result.repeated == has_succeeded, 5, "complete does not tell rightly whether it was repeated")
    if has_succeeded or call.name == "fence":
        require(before == await _rows(work, lease), 5, f"a {call.name} that changes nothing has changed a row")
    return result


async def extended(work: UnitOfWork, call: Call, *, terms: LeaseTerms, now: datetime) -> Any:
    """
    Carry out a sign of life.

    Raises:
        InvariantBroken: It said something wrong of a lease, or extended one that it must not.
    """
    leases: tuple[Lease, ...] = tuple(call.args[0])
    before = [await _job(work, lease) for lease in leases]
    beats = await work.jobs.extend(*call.args, **call.more)
    require([lease.job_id for lease in leases] == [beat.job_id for beat in beats], 3, "a beat for each lease, in order")
    accepted = {beat.job_id for beat in beats if not (beat.lost or beat.cancel)}
    for lease, row, beat in zip(leases, before, beats, strict=True):
        require(beat.lost != _holds(row, lease), 3, f"a sign of life under token {lease.token} was judged wrongly")
        stops = row is not None and not beat.lost and _must_stop(row, terms, now)
        require(
            beat.cancel == stops, 8, f"a sign of life under token {lease.token} does not tell rightly whether to stop"
        )
        after = await _job(work, lease)
        if beat.lost:
            require(row == after or lease.job_id in accepted, 3, "a refused sign of life has changed a row")
        elif beat.cancel:
            require(row == after, 8, "a lease was extended past its deadline or cancellation")
        elif row is not None and row.locked_at is not None and after is not None:
            require(after.locked_at == max(now, row.locked_at), 8, "a lease was not extended to this moment")
    return beats


def _holds(job: Job | None, lease: Lease) -> bool:
    return job is not None and (job.status, job.lease_token) == (JobStatus.RUNNING, lease.token)


def _has_succeeded(job: Job | None, lease: Lease) -> bool:
    return job is not None and (job.status, job.lease_token) == (JobStatus.SUCCEEDED, lease.token)


def _must_stop(job: Job, terms: LeaseTerms, now: datetime) -> bool:
    return job.cancel_requested or (job.started_at is not None and now > job.started_at + terms.deadline)


async def _job(work: UnitOfWork, lease: Lease) -> Job | None:
    try:
        return await work.jobs.get(lease.job_id)
    except JobNotFound:
        return None


async def _rows(work: UnitOfWork, lease: Lease) -> Rows:
    try:
        run = await work.runs.get(lease.brand_id, lease.compile_run_id)
    except RunNotFound:
        run = None
    return await _job(work, lease), run
