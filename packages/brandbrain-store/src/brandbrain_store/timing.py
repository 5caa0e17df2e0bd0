"""
How a statement knows what the time is: it is told, or it asks PostgreSQL's own clock.

Told, a statement takes the moment as the value ``now``, and earlier ones as values of their own. Not told, it takes
durations in place of the earlier moments; then the clock decides that the row is on.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Interval, bindparam, func, select

from brandbrain_store.columns import Moment

_CLOCK: Final = func.clock_timestamp(type_=Moment())
"""The wall clock, not the transaction's, which would shorten the lease of a claim that waited."""


def moment(is_told: bool) -> ColumnElement[datetime]:
    """Return what the time is when the statement reaches the row."""
    return bindparam("now", type_=Moment()) if is_told else _CLOCK


def moment_once(is_told: bool) -> ColumnElement[datetime]:
    """Return what the time is when the statement begins: one value, so that an index can serve it."""
    return bindparam("now", type_=Moment()) if is_told else select(_CLOCK).scalar_subquery()


def before(is_told: bool, name: str) -> ColumnElement[datetime]:
    """Return the moment that is as long ago as the value *name* says."""
    if is_told:
        return bindparam(name, type_=Moment())
    return select(_CLOCK - bindparam(name, type_=Interval())).scalar_subquery()


def values(told: datetime | None, *, needs_now: bool = True, **ago: timedelta) -> dict[str, Any]:
    """Return what such a statement must be given; *told* None: it is not told."""
    if told is None:
        return dict(ago)
    return ({"now": told} if needs_now else {}) | {name: told - duration for name, duration in ago.items()}
