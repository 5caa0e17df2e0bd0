from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from brandbrain_core.ids import BrandId, CollectionRunId, SourceId
from brandbrain_core.model.collection import CollectionRun, CollectionStatus
from brandbrain_core.policies import freshness
from brandbrain_core.policies.freshness import Action, FreshnessDecision, decide

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
FAILED = [CollectionStatus.FAILED, CollectionStatus.TIMED_OUT, CollectionStatus.ABORTED]


def run(hours: float, status: CollectionStatus = CollectionStatus.SUCCEEDED, **changes: Any) -> CollectionRun:
    """A collection run that began so many hours before noon."""
    base = CollectionRun(
        id=CollectionRunId(UUID(int=3)),
        brand_id=BrandId(UUID(int=1)),
        source_id=SourceId(UUID(int=2)),
        collector="web",
        fingerprint="same",
        status=status,
        input={},
        started_at=NOON - timedelta(hours=hours),
    )
    return attrs.evolve(base, **changes)


def decision(*runs: CollectionRun, **changes: Any) -> FreshnessDecision:
    """What is decided at noon, with a TTL of 24 hours."""
    given: dict[str, Any] = {"fingerprint": "same", "allowed": True, "forced": False, "now": NOON, "ttl_hours": 24}
    return decide(runs, **{**given, **changes})


FRESH = run(1)
STALE = run(30)
NEVER = "No successful run exists for this source"


@pytest.mark.parametrize(
    ("runs", "changes", "action", "reason"),
    [
        ([FRESH], {"allowed": False, "forced": True}, Action.SKIP, "Capability disabled (feature flag)"),
        ([], {"allowed": False}, Action.SKIP, "Capability disabled (feature flag)"),
        ([FRESH], {"forced": True}, Action.REFRESH, "force_refresh=True"),
        ([], {}, Action.REFRESH, NEVER),
        ([FRESH], {"fingerprint": "other"}, Action.REFRESH, NEVER),
        ([run(1, CollectionStatus.RUNNING)], {}, Action.REFRESH, NEVER),
        ([run(1, CollectionStatus.PENDING)], {}, Action.REFRESH, NEVER),
        ([run(1, CollectionStatus.FAILED)], {}, Action.REFRESH, NEVER),
        ([FRESH], {}, Action.REUSE, "Cached run is fresh (1.0h old, TTL=24h)"),
        ([run(24)], {}, Action.REUSE, "Cached run is fresh (24.0h old, TTL=24h)"),
        ([run(0.04)], {}, Action.REUSE, "Cached run is fresh (0.0h old, TTL=24h)"),
        ([run(-5)], {}, Action.REUSE, "Cached run is fresh (0.0h old, TTL=24h)"),
        ([run(24.001)], {}, Action.REFRESH, "Cached run is stale (24.0h old, TTL=24h)"),
        ([STALE], {}, Action.REFRESH, "Cached run is stale (30.0h old, TTL=24h)"),
        ([STALE], {"ttl_hours": 48}, Action.REUSE, "Cached run is fresh (30.0h old, TTL=48h)"),
        ([STALE], {"ttl_hours": 10**30}, Action.REUSE, f"Cached run is fresh (30.0h old, TTL={10**30}h)"),
        ([STALE, FRESH], {}, Action.REUSE, "Cached run is fresh (1.0h old, TTL=24h)"),
        ([FRESH, STALE], {}, Action.REUSE, "Cached run is fresh (1.0h old, TTL=24h)"),
        ([STALE, run(0.1, CollectionStatus.FAILED)], {}, Action.REFRESH, "Cached run is stale (30.0h old, TTL=24h)"),
        ([run(2.26)], {}, Action.REUSE, "Cached run is fresh (2.3h old, TTL=24h)"),
    ],
)
def test_decision_table(runs: list[CollectionRun], changes: dict[str, Any], action: Action, reason: str) -> None:
    """The first row that matches decides, and its words are shown to users."""
    decided = decision(*runs, **changes)

    assert (action, reason) == (decided.action, decided.reason)


def test_the_run_that_decided_is_named() -> None:
    """With its age from its start; where no run decided there is none."""
    assert (FRESH, 1.0) == (decision(FRESH, STALE).run, decision(FRESH).age_hours)
    assert (STALE, 30.0) == (decision(STALE).run, decision(STALE).age_hours)
    assert (None, None) == (decision().run, decision(FRESH, forced=True).run)


@pytest.mark.parametrize("status", FAILED)
@pytest.mark.parametrize("older", [[], [STALE]])
def test_a_source_that_failed_just_now_is_left_alone(status: CollectionStatus, older: list[CollectionRun]) -> None:
    """Until its moment has come, unless it is forced; then it is tried again."""
    failed = run(0.1, status, retry_at=NOON + timedelta(minutes=9))

    waiting = decision(*older, failed)
    assert (Action.SKIP, failed) == (waiting.action, waiting.run)
    assert "Last run failed (0.1h ago), not tried again before 2026-03-01 12:09 UTC" == waiting.reason
    assert Action.REFRESH is decision(*older, failed, forced=True).action
    assert Action.REFRESH is decision(*older, failed, now=NOON + timedelta(minutes=9)).action
    assert Action.REFRESH is decision(*older, failed, fingerprint="other").action


def test_a_failure_does_not_hide_a_fresh_success() -> None:
    """What was collected within the TTL is used, whatever failed since; an old failure is forgotten after a success."""
    later = run(0.1, CollectionStatus.FAILED, retry_at=NOON + timedelta(hours=1))
    earlier = run(40, CollectionStatus.FAILED, retry_at=NOON + timedelta(hours=1))

    assert Action.REUSE is decision(FRESH, later).action
    assert Action.REFRESH is decision(earlier, STALE).action


@given(
    st.lists(
        st.builds(
            run,
            st.integers(0, 60),
            st.sampled_from(CollectionStatus),
            fingerprint=st.sampled_from(["same", "other"]),
            retry_at=st.none() | st.integers(-60, 60).map(lambda minutes: NOON + timedelta(minutes=minutes)),
        ),
        max_size=4,
        unique_by=lambda made: made.started_at,
    ),
    st.randoms(),
    st.booleans(),
)
def test_the_order_of_runs_does_not_count(runs: list[CollectionRun], chance: Any, forced: bool) -> None:
    """One set of runs, one decision; and a reused run is a fresh success of this very input."""
    shuffled = list(runs)
    chance.shuffle(shuffled)
    decided = decision(*runs, forced=forced)

    assert decided == decision(*shuffled, forced=forced)
    if decided.action is Action.REUSE:
        assert decided.run is not None
        assert (CollectionStatus.SUCCEEDED, "same") == (decided.run.status, decided.run.fingerprint)
        assert decided.run.started_at >= NOON - timedelta(hours=24)


def test_a_fingerprint_is_of_collector_version_and_input() -> None:
    """Another of the three is another fingerprint; the order of the input's members is not."""
    base = freshness.fingerprint("web", "1", {"url": "a", "pages": ["b"]})

    assert base == freshness.fingerprint("web", "1", {"pages": ["b"], "url": "a"})
    others = [("file", "1", {"url": "a", "pages": ["b"]}), ("web", "2", {"url": "a", "pages": ["b"]})]
    others += [("web", "1", {"url": "c", "pages": ["b"]}), ("web", "1", {"url": "a", "pages": []})]
    assert base not in {freshness.fingerprint(*other) for other in others}


@pytest.mark.parametrize(
    ("retry_after", "minutes"),
    [(None, 15), (math.nan, 15), (600.0, 10), (0.0, 1), (-5.0, 1), (math.inf, 24 * 60), (1e12, 24 * 60)],
)
def test_advice_of_a_failure_is_kept_within_bounds(retry_after: float | None, minutes: int) -> None:
    """A source is left alone for a minute at least and a day at most."""
    assert NOON + timedelta(minutes=minutes) == freshness.retry_at(NOON, retry_after)
