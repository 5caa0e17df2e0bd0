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


@attrs.frozen(kw_only=True)
class Rivals:
    """
    What else a brand has when a person wants one of its failed jobs again.

    Attributes:
        one_waits: Another job is pending.
        running_inputs_at: When the inputs of the running job were captured; None: none runs.
        published_inputs_at: When those of the newest snapshot were; None: there is none.
    """

    one_waits: bool = False
    running_inputs_at: datetime | None = None
    published_inputs_at: datetime | None = None


def why_not_retry(job: Job, *, inputs_at: datetime, rivals: Rivals) -> str | None:
    """
    Return why a person may not retry *job*; None: they may.

    Newer is what rests on newer inputs, as it is for publishing: whenever its run was made, it may have been given
    newer ones while it waited.

    Args:
        job: The job.
        inputs_at: When the inputs of its run were captured.
        rivals: What else its brand has.
    """
    if job.status is not JobStatus.FAILED:
        return "Only a failed job can be retried"
    if rivals.one_waits:
        return "Another compile run of the brand is waiting"
    if rivals.running_inputs_at is not None and rivals.running_inputs_at > inputs_at:
        return "A newer compile run of the brand is running"
    if rivals.published_inputs_at is not None and rivals.published_inputs_at > inputs_at:
        return "A newer compile run of the brand has succeeded"
    return None


def _covers(job: Job, *, inputs_hash: str, force: bool) -> bool:
    return job.inputs_hash == inputs_hash and (job.force_refresh or not force)
