"""
Whether a source is collected anew: one decision for the compile, for the no-op test and for the list of sources.

A brand whose sources are all decided `Action.REUSE` or `Action.SKIP` is up to date as far as evidence goes: a compile
would collect nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import attrs

from brandbrain_core.model.collection import CollectionRun, CollectionStatus
from brandbrain_core.model.json import JsonObject
from brandbrain_core.policies.hashing import digest

BACKOFF: Final = timedelta(minutes=15)
"""How long a failed source is left alone where the failure gives no advice."""

BACKOFF_MIN: Final = timedelta(minutes=1)
BACKOFF_MAX: Final = timedelta(hours=24)

_FAILED: Final = frozenset({CollectionStatus.FAILED, CollectionStatus.TIMED_OUT, CollectionStatus.ABORTED})


class Action(StrEnum):
    """What a compile does with a source."""

    REUSE = "reuse"
    REFRESH = "refresh"
    SKIP = "skip"


@attrs.frozen(kw_only=True)
class FreshnessDecision:
    """
    What to do with a source, and why.

    Attributes:
        reason: A sentence for people; of the decision table's rows it is the contract's.
        run: The collection run that the decision rests on; None: on none.
        age_hours: Of *run*, from its start; hours, 0.0 or more.
    """

    action: Action
    reason: str
    run: CollectionRun | None = None
    age_hours: float | None = None


def decide(
    runs: Iterable[CollectionRun], *, fingerprint: str, allowed: bool, forced: bool, now: datetime, ttl_hours: int
) -> FreshnessDecision:
    """
    Decide what to do with one source.

    Args:
        runs: Of this source, in any order: at least the newest of all and the newest that succeeded.
        fingerprint: Of what would be collected now; runs with another count as absent.
        allowed: Whether its capability is allowed.
        forced: Whether everything is to be collected anew; a source that failed just now, too.
        ttl_hours: A run of this age is still fresh.
    """
    if not allowed:
        return FreshnessDecision(action=Action.SKIP, reason="Capability disabled (feature flag)")
    if forced:
        return FreshnessDecision(action=Action.REFRESH, reason="force_refresh=True")
    same = sorted((run for run in runs if run.fingerprint == fingerprint), key=lambda run: run.started_at)
    succeeded = [run for run in same if run.status is CollectionStatus.SUCCEEDED]
    latest = succeeded[-1] if succeeded else None
    if latest is not None and age_hours(latest, now) <= ttl_hours:
        return _by_age(Action.REUSE, "fresh", latest, now, ttl_hours)
    if same and _is_backing_off(same[-1], now):
        return _left_alone(same[-1], now)
    if latest is None:
        return FreshnessDecision(action=Action.REFRESH, reason="No successful run exists for this source")
    return _by_age(Action.REFRESH, "stale", latest, now, ttl_hours)


def fingerprint(collector: str, version: str, given: JsonObject) -> str:
    """
    Return the fingerprint of a collection: of the collector's name, its version and the input it is *given*.

    >>> fingerprint("web", "1", {"url": "a"}) == fingerprint("web", "2", {"url": "a"})
    False
    """
    return digest({"collector": collector, "version": version, "input": given})


def retry_at(failed_at: datetime, retry_after: float | None) -> datetime:
    """
    Return before which moment a source that failed is not tried again.

    Args:
        retry_after: The failure's own advice in seconds, kept between `BACKOFF_MIN` and `BACKOFF_MAX`; None: `BACKOFF`.
    """
    if retry_after is None or math.isnan(retry_after):
        return failed_at + BACKOFF
    seconds = min(max(retry_after, BACKOFF_MIN.total_seconds()), BACKOFF_MAX.total_seconds())
    return failed_at + timedelta(seconds=seconds)


def age_hours(run: CollectionRun, now: datetime) -> float:
    """Return the age of a run in hours, from its start; a start in the future is 0.0 hours ago."""
    return max((now - run.started_at).total_seconds(), 0.0) / 3600


def _by_age(action: Action, word: str, run: CollectionRun, now: datetime, ttl_hours: int) -> FreshnessDecision:
    age = age_hours(run, now)
    reason = f"Cached run is {word} ({age:.1f}h old, TTL={ttl_hours}h)"
    return FreshnessDecision(action=action, reason=reason, run=run, age_hours=age)


def _is_backing_off(run: CollectionRun, now: datetime) -> bool:
    return run.status in _FAILED and run.retry_at is not None and now < run.retry_at


def _left_alone(run: CollectionRun, now: datetime) -> FreshnessDecision:
    age = age_hours(run, now)
    reason = f"Last run failed ({age:.1f}h ago), not tried again before {run.retry_at:%Y-%m-%d %H:%M} UTC"
    return FreshnessDecision(action=Action.SKIP, reason=reason, run=run, age_hours=age)
