"""One brand, one compile at a time: what a kick-off finds, and when a person may retry."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

import attrs

from brandbrain_core.model.job import Job, JobStatus


class KickoffChoice(StrEnum):
    """What a kick-off does about the jobs that the brand already has."""

    ENQUEUE = "enqueue"
    JOIN_PENDING = "join_pending"
    REPLACE_PENDING = "replace_pending"
    JOIN_RUNNING = "join_running"


@attrs.frozen(kw_only=True)
class Kickoff:
    """The choice, and the job that is joined or replaced; None: a new one is made."""

    choice: KickoffChoice
    job: Job | None = None


def choose(active: Iterable[Job], *, inputs_hash: str, force: bool) -> Kickoff:
    """
    Decide what a kick-off with these inputs does.

    A pending job is joined, with the newer inputs and forced where this is forced; else a running one with the same
    inputs that is as forced as this is joined, unless it is being cancelled; else a job is added.

    Args:
        active: The brand's pending and running jobs, at most one of each.
        inputs_hash: Of the inputs as they are now.
        force: Whether every source is to be collected anew.
    """
    by_status = {job.status: job for job in active}
    if pending := by_status.get(JobStatus.PENDING):
        same = _covers(pending, inputs_hash=inputs_hash, force=force)
        return Kickoff(choice=KickoffChoice.JOIN_PENDING if same else KickoffChoice.REPLACE_PENDING, job=pending)
    running = by_status.get(JobStatus.RUNNING)
    if running and not running.cancel_requested and _covers(running, inputs_hash=inputs_hash, force=force):
        return Kickoff(choice=KickoffChoice.JOIN_RUNNING, job=running)
    return Kickoff(choice=KickoffChoice.ENQUEUE)


def why_not_retry(job: Job, others: Iterable[Job]) -> str | None:
    """
    Return why a person may not retry *job*; None: they may.

    Args:
        job: The job.
        others: The other jobs of its brand that are pending, running or succeeded.
    """
    if job.status is not JobStatus.FAILED:
        return "Only a failed job can be retried"
    statuses = {other.status for other in others if other.status is JobStatus.PENDING or _age(other) > _age(job)}
    if JobStatus.PENDING in statuses:
        return "Another compile run of the brand is waiting"
    if JobStatus.RUNNING in statuses:
        return "A newer compile run of the brand is running"
    if JobStatus.SUCCEEDED in statuses:
        return "A newer compile run of the brand has succeeded"
    return None


def _covers(job: Job, *, inputs_hash: str, force: bool) -> bool:
    return job.inputs_hash == inputs_hash and (job.force_refresh or not force)


def _age(job: Job) -> tuple[datetime, str]:
    return job.created_at, str(job.id)
