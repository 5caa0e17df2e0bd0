"""What may become of one job and its run in one transaction, in so many words; no code is shared with the policies."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import attrs

from brandbrain_core.model.job import Job, JobStatus
from brandbrain_core.model.run import CompileRun
from brandbrain_core.testing.simulation.invariants import require

Row = tuple[Job, CompileRun]

ENDED: Final = frozenset({JobStatus.SUCCEEDED, JobStatus.FAILED})
SWEEPS: Final = frozenset({"release_stale", "release_worker"})

_CAUSES: Final = {
    (JobStatus.PENDING, JobStatus.RUNNING): frozenset({"claim"}),
    (JobStatus.PENDING, JobStatus.FAILED): frozenset({"cancel"}),
    (JobStatus.PENDING, JobStatus.PENDING): frozenset({"replace_pending"}),
    (JobStatus.RUNNING, JobStatus.RUNNING): frozenset({"extend", "cancel", "progress"}),
    (JobStatus.RUNNING, JobStatus.SUCCEEDED): frozenset({"complete"}),
    (JobStatus.RUNNING, JobStatus.FAILED): frozenset({"fail", "hand_back"}) | SWEEPS,
    (JobStatus.RUNNING, JobStatus.PENDING): frozenset({"fail", "hand_back"}) | SWEEPS,
    (JobStatus.FAILED, JobStatus.PENDING): frozenset({"retry"}),
}
"""By which calls a job gets from one state to another."""


def check_new(row: Row) -> None:
    """Raise `InvariantBroken` unless a row may begin like this."""
    job, _ = row
    require(job.status is JobStatus.PENDING, 4, f"a new job is {job.status}")
    require(job.attempts == 0, 7, "a new job has attempts")
    check_row(row)


def check_row(row: Row) -> None:
    """Raise `InvariantBroken` unless job and run say the same, within bounds."""
    job, run = row
    ended = job.status in ENDED
    require(job.status.value.upper() == run.status.value, 4, f"the run of a {job.status} job is {run.status}")
    require(run.error == (job.last_error if job.status is JobStatus.FAILED else None), 4, "job and run differ on why")
    require(ended == (job.finished_at is not None), 4, f"a {job.status} job that finished at {job.finished_at}")
    require(job.finished_at == run.finished_at, 4, "job and run ended at different times")
    require(job.inputs_hash == run.inputs_hash, 4, "job and run have different inputs")
    require(0 <= job.attempts <= job.max_attempts, 7, f"{job.attempts} of {job.max_attempts} attempts")
    if job.status is JobStatus.RUNNING:
        require(job.attempts >= 1, 7, "a job runs that was never counted")
        known = None not in (job.lease_token, job.locked_at, job.locked_by, job.started_at)
        require(known, 3, "a job runs under nobody's lease")
    if job.status is JobStatus.FAILED:
        require((job.last_error or "").strip(), 9, "a run ended without a reason")


def check_step(before: Row, after: Row, causes: Collection[str]) -> None:
    """Raise `InvariantBroken` unless these calls may have made this of a row."""
    (old, old_run), (new, new_run) = before, after
    step = (old.status, new.status)
    may = _CAUSES.get(step, frozenset())
    if old.status in ENDED:
        is_retried = step == (JobStatus.FAILED, JobStatus.PENDING) and not may.isdisjoint(causes)
        require(is_retried or before == after, 11, f"an ended job went from {old.status} to {new.status}")
    require(not may.isdisjoint(causes), 4, f"a job went from {old.status} to {new.status} by {list(causes)}")
    check_row(after)
    _check_attempts(old, new, causes)
    _check_lease(old, new)
    if new.status is JobStatus.RUNNING and old.status is JobStatus.RUNNING:
        require(old_run == attrs.evolve(new_run, progress=old_run.progress), 4, "a run changed while its job went on")


def check_gone(before: Row, names: Collection[str]) -> None:
    """Raise `InvariantBroken` unless these calls may have deleted a row."""
    require("prune" in names, 11, f"a {before[0].status} job has gone")
    require(before[0].status in ENDED, 9, f"a {before[0].status} job was pruned")


def _check_attempts(old: Job, new: Job, causes: Collection[str]) -> None:
    by = new.attempts - old.attempts
    match (old.status, new.status):
        case (JobStatus.PENDING, JobStatus.RUNNING):
            require(by == 1, 7, f"a claim counted {by} attempts")
        case (_, JobStatus.PENDING) if "replace_pending" in causes or "retry" in causes:
            require(new.attempts == 0, 7, "new input or a person's retry left attempts behind")
        case (JobStatus.RUNNING, JobStatus.PENDING) if "hand_back" in causes:
            require(by == -1, 7, f"handing back counted {by} attempts")
        case _:
            require(by == 0, 7, f"{list(causes)} counted {by} attempts")
    if new.status is JobStatus.PENDING:
        require(new.attempts < new.max_attempts, 7, "a job waits though its attempts are used up")


def _check_lease(old: Job, new: Job) -> None:
    if (old.status, new.status) == (JobStatus.PENDING, JobStatus.RUNNING):
        require((new.lease_token or 0) > (old.lease_token or 0), 2, "a claim gave no larger token")
        return
    require(old.lease_token == new.lease_token, 2, "a token changed without a claim")
    if new.status is JobStatus.RUNNING and old.locked_at is not None and new.locked_at is not None:
        require((old.locked_by, old.started_at) == (new.locked_by, new.started_at), 3, "a lease changed hands")
        require(old.locked_at <= new.locked_at, 8, "a sign of life went back")
