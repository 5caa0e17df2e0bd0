"""What a kick-off finds, and when a person may retry."""

from __future__ import annotations

from datetime import timedelta

import pytest

from brandbrain_core.model.job import Job, JobStatus
from brandbrain_core.policies.coalescing import Kickoff, KickoffChoice, Rivals, choose, why_not_retry
from brandbrain_core.testing import build
from brandbrain_core.testing.clock import NOON

SAME, OTHER = "0" * 64, "1" * 64
BEFORE, AFTER = NOON - timedelta(microseconds=1), NOON + timedelta(microseconds=1)


def pending(**changes: object) -> Job:
    """Return a waiting job."""
    return build.job(2, **changes)


def running(**changes: object) -> Job:
    """Return a running job."""
    return build.job(1, status=JobStatus.RUNNING, **changes)


@pytest.mark.parametrize(
    ("active", "inputs", "force", "choice"),
    [
        ((), SAME, False, KickoffChoice.ENQUEUE),
        ((running(),), SAME, False, KickoffChoice.JOIN_RUNNING),
        ((running(),), OTHER, False, KickoffChoice.ENQUEUE),
        ((running(),), SAME, True, KickoffChoice.ENQUEUE),
        ((running(force_refresh=True),), SAME, True, KickoffChoice.JOIN_RUNNING),
        ((running(force_refresh=True),), SAME, False, KickoffChoice.JOIN_RUNNING),
        ((running(cancel_requested=True),), SAME, False, KickoffChoice.ENQUEUE),
        ((pending(),), SAME, False, KickoffChoice.JOIN_PENDING),
        ((pending(),), OTHER, False, KickoffChoice.REPLACE_PENDING),
        ((pending(),), SAME, True, KickoffChoice.REPLACE_PENDING),
        ((pending(force_refresh=True),), SAME, True, KickoffChoice.JOIN_PENDING),
        ((running(), pending(inputs_hash=OTHER)), OTHER, False, KickoffChoice.JOIN_PENDING),
        ((running(), pending(inputs_hash=OTHER)), SAME, False, KickoffChoice.REPLACE_PENDING),
    ],
)
def test_what_a_kickoff_does(active: tuple[Job, ...], inputs: str, force: bool, choice: KickoffChoice) -> None:
    """The waiting job comes first, then a running one that does the same, then a new one; in any order of the rows."""
    by_choice = {
        KickoffChoice.ENQUEUE: None,
        KickoffChoice.JOIN_RUNNING: JobStatus.RUNNING,
        KickoffChoice.JOIN_PENDING: JobStatus.PENDING,
        KickoffChoice.REPLACE_PENDING: JobStatus.PENDING,
    }
    job = next((job for job in active if job.status is by_choice[choice]), None)
    for order in (active, active[::-1]):
        assert Kickoff(choice=choice, job=job) == choose(order, inputs_hash=inputs, force=force)


@pytest.mark.parametrize(
    ("rivals", "why"),
    [
        (Rivals(), None),
        (Rivals(one_waits=True), "Another compile run of the brand is waiting"),
        (Rivals(running_inputs_at=AFTER), "A newer compile run of the brand is running"),
        (Rivals(published_inputs_at=AFTER), "A newer compile run of the brand has succeeded"),
        (Rivals(running_inputs_at=BEFORE, published_inputs_at=BEFORE), None),
        (Rivals(running_inputs_at=NOON, published_inputs_at=NOON), None),
    ],
)
def test_what_stands_in_the_way_of_a_retry(rivals: Rivals, why: str | None) -> None:
    """Anything that waits, and whatever has newer inputs and runs or was published; publishing asks no more, either."""
    assert why == why_not_retry(build.job(status=JobStatus.FAILED), inputs_at=NOON, rivals=rivals)


@pytest.mark.parametrize("status", [JobStatus.PENDING, JobStatus.RUNNING, JobStatus.SUCCEEDED])
def test_only_failed_jobs_are_retried(status: JobStatus) -> None:
    """Whatever else the brand has."""
    why = why_not_retry(build.job(status=status), inputs_at=NOON, rivals=Rivals())
    assert "Only a failed job can be retried" == why
