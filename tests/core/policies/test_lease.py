"""Leases: who may write, what becomes of an attempt, and that the table of states is all there is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import product
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from brandbrain_core.ids import RunId
from brandbrain_core.model.job import Job, JobStatus, LeaseTerms
from brandbrain_core.model.run import RunStatus
from brandbrain_core.policies import lease as policy
from brandbrain_core.policies.backoff import backoff
from brandbrain_core.policies.transitions import (
    ENDED,
    RUN_STATUS,
    TRANSITIONS,
    IllegalTransition,
    JobEvent,
    next_status,
)
from brandbrain_core.testing import build
from brandbrain_core.testing.clock import NOON

TERMS = LeaseTerms()
TICK = timedelta(microseconds=1)
LATER = NOON + timedelta(minutes=5)
NEWER = build.run_id(2)


def running(**changes: Any) -> Job:
    """Return a job that was claimed at noon, for the first time."""
    return attrs.evolve(policy.claimed(build.job(), worker="w", token=7, now=NOON), **changes)


@pytest.mark.parametrize(("status", "event"), list(product(JobStatus, JobEvent)))
def test_every_pair_of_state_and_event(status: JobStatus, event: JobEvent) -> None:
    """It leads where the table says, or it cannot happen."""
    if (status, event) in TRANSITIONS:
        assert TRANSITIONS[status, event] is next_status(status, event)
    else:
        with pytest.raises(IllegalTransition, match=f"A {status} job does not know the event {event}"):
            next_status(status, event)


def test_only_a_persons_retry_leaves_an_end() -> None:
    """And only from failure."""
    assert {(JobStatus.FAILED, JobEvent.RETRY)} == {pair for pair in TRANSITIONS if pair[0] in ENDED}


def test_a_run_is_as_its_job() -> None:
    """Each state of a job is one of the run's, by the same name."""
    assert {status: RunStatus[status.name] for status in JobStatus} == RUN_STATUS


@pytest.mark.parametrize("status", [JobStatus.PENDING, JobStatus.SUCCEEDED, JobStatus.FAILED])
def test_authority_ends_with_running(status: JobStatus) -> None:
    """The right token does not help when the job is not running."""
    lease = policy.lease_of(running())
    assert policy.holds(running(), lease)
    assert not policy.holds(running(status=status), lease)


def test_authority_is_job_and_token() -> None:
    """Neither another token nor another job will do; time does not matter."""
    lease = policy.lease_of(running())
    assert not policy.holds(running(), attrs.evolve(lease, token=lease.token - 1))
    assert not policy.holds(running(), attrs.evolve(lease, token=lease.token + 1))
    assert not policy.holds(attrs.evolve(running(), id=build.job_id(2)), lease)


def test_nobody_holds_a_waiting_job() -> None:
    """There is no lease to speak of."""
    with pytest.raises(ValueError, match="nobody holds"):
        policy.lease_of(build.job())


@pytest.mark.parametrize(
    ("change", "busy", "ready"),
    [
        ({}, False, True),
        ({}, True, False),
        ({"available_at": NOON + TICK}, False, False),
        ({"job_type": "tidy"}, False, False),
        ({"status": JobStatus.RUNNING}, False, False),
        ({"status": JobStatus.FAILED}, False, False),
    ],
)
def test_what_can_be_claimed(change: dict[str, Any], busy: bool, ready: bool) -> None:
    """A waiting job of the known type, whose time has come, of a brand that is not busy."""
    assert ready is policy.is_ready(build.job(**change), brand_is_busy=busy, now=NOON)


@pytest.mark.parametrize(
    ("locked", "started", "stale"),
    [
        (TERMS.stale_after, timedelta(0), False),
        (TERMS.stale_after + TICK, timedelta(0), True),
        (timedelta(0), TERMS.deadline, False),
        (timedelta(0), TERMS.deadline + TICK, True),
        (-timedelta(hours=1), timedelta(0), False),
    ],
)
def test_what_the_sweep_takes(locked: timedelta, started: timedelta, stale: bool) -> None:
    """Silence for longer than the stale time, or an attempt beyond its deadline; ages as given, to the microsecond."""
    job = running(locked_at=LATER - locked, started_at=LATER - started)
    assert stale is policy.is_stale(job, TERMS, LATER)
    assert not policy.is_stale(attrs.evolve(job, status=JobStatus.SUCCEEDED), TERMS, LATER)


def test_signs_of_life_end_with_the_deadline() -> None:
    """At the deadline one still counts; after it, or once cancelled, none does."""
    end = NOON + TERMS.deadline
    extended = policy.extended(running(), TERMS, end)
    assert extended is not None
    assert end == extended.locked_at
    assert policy.extended(running(), TERMS, end + TICK) is None
    assert policy.extended(running(cancel_requested=True), TERMS, NOON) is None


def test_the_three_failures_of_a_job() -> None:
    """After 60 seconds, after 120, and for good."""
    job = build.job()
    waits = []
    for _ in range(3):
        job = policy.claimed(job, worker="w", token=1, now=NOON)
        wait = backoff(job.attempts, TERMS, 0.0)
        job = policy.failed(job, "boom", retry=True, waiting=None, wait=wait, now=NOON)
        waits.append((job.status, job.available_at - NOON))
    assert [
        (JobStatus.PENDING, timedelta(seconds=60)),
        (JobStatus.PENDING, timedelta(seconds=120)),
        (JobStatus.FAILED, timedelta(seconds=120)),
    ] == waits


@pytest.mark.parametrize(
    ("job", "waiting", "error"),
    [
        (running(), NEWER, f"Superseded by compile run {NEWER}"),
        (running(attempts=3), NEWER, "Stale lock after 3 attempts"),
        (running(attempts=3), None, "Stale lock after 3 attempts"),
        (running(cancel_requested=True), NEWER, "Cancelled"),
        (running(attempts=3, cancel_requested=True), None, "Cancelled"),
    ],
)
def test_a_release_that_is_the_end(job: Job, waiting: RunId | None, error: str) -> None:
    """A cancellation counts first, then the attempts, then the newer kick-off."""
    released = policy.released(job, waiting=waiting, now=LATER)
    assert (JobStatus.FAILED, error, LATER) == (released.status, released.last_error, released.finished_at)
    assert ("w", NOON) == (released.locked_by, released.locked_at)


def test_a_release_with_attempts_left() -> None:
    """The job waits, at once; nobody holds it, but its token stays."""
    released = policy.released(running(), waiting=None, now=LATER)
    assert "Released from stale lock (was locked by w)" == released.last_error
    assert (JobStatus.PENDING, LATER, 1, 7) == (
        released.status,
        released.available_at,
        released.attempts,
        released.lease_token,
    )
    assert (None, None, None) == (released.locked_at, released.locked_by, released.started_at)


def test_a_refused_event_is_an_error_of_the_program() -> None:
    """A guard that was left out does not pass silently."""
    ended = running(status=JobStatus.SUCCEEDED)
    calls: list[Callable[[], object]] = [
        lambda: policy.claimed(ended, worker="w", token=8, now=NOON),
        lambda: policy.completed(ended, now=NOON),
        lambda: policy.failed(ended, "x", retry=False, waiting=None, wait=timedelta(0), now=NOON),
        lambda: policy.released(ended, waiting=None, now=NOON),
        lambda: policy.handed_back(ended, waiting=None, delay=timedelta(0), now=NOON),
        lambda: policy.cancelled(ended, now=NOON),
        lambda: policy.retried(ended, now=NOON),
        lambda: policy.replaced(ended, inputs_hash="x", force=False, now=NOON),
    ]
    for call in calls:
        with pytest.raises(IllegalTransition):
            call()


def test_a_run_that_waits_again_shows_no_traces() -> None:
    """No error, no progress, no end; but the start of its first attempt."""
    run = attrs.evolve(policy.run_after(build.compile_run(), running()), progress=build.progress())
    after = policy.released(running(), waiting=None, now=LATER)
    again = policy.run_after(run, after, report=build.run_report())
    assert attrs.evolve(build.compile_run(), started_at=NOON) == again


@given(st.text(alphabet=st.characters(codec=None), max_size=3000).map(lambda text: text * 5))
def test_errors_are_always_storable(error: str) -> None:
    """Whatever the text: UTF-8 of at most 8 KiB, without NUL, never blank, and clean text of that size is kept."""
    clean = policy.sanitise_error(error)
    encoded = clean.encode("utf-8")
    assert len(encoded) <= policy.MAX_ERROR_BYTES
    assert b"\0" not in encoded
    assert clean.strip()
    assert clean == policy.sanitise_error(clean)


@given(
    attempts=st.integers(0, 5000),
    base=st.integers(1, 10**6),
    cap=st.integers(1, 10**6),
    jitter=st.floats(0, 1),
    draw=st.floats(0, 1, exclude_max=True),
)
def test_backoff_grows_to_its_cap(attempts: int, base: int, cap: int, jitter: float, draw: float) -> None:
    """base × 2^attempts, never more than the cap, and the jitter's share on top; for any number of attempts."""
    terms = LeaseTerms(backoff_base=timedelta(seconds=base), backoff_cap=timedelta(seconds=cap), jitter=jitter)
    plain = timedelta(seconds=min(base * 2**attempts, cap))
    assert plain == backoff(attempts, terms, 0.0)
    assert plain <= backoff(attempts, terms, draw) <= plain * (1 + jitter)
    assert backoff(attempts, terms, 0.0) <= backoff(attempts + 1, terms, 0.0)
