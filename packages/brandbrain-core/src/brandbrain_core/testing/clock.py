"""A clock that moves only when it is told to, and ids that are the same in every run."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from brandbrain_core.ids import uuid7

NOON: Final = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
"""When everything begins: a Monday."""


class ManualClock:
    """
    Implements `brandbrain_core.ports.Clock`: stands still until it is moved.

    >>> clock = ManualClock()
    >>> str(clock.advance(seconds=30))
    '2026-03-02 12:00:30+00:00'
    """

    def __init__(self, now: datetime = NOON) -> None:
        self._now = now

    def now(self) -> datetime:
        """Return the moment it stands at."""
        return self._now

    def advance(self, by: timedelta = timedelta(0), *, seconds: float = 0) -> datetime:
        """Move on, or back if negative; return the new moment."""
        self._now += by + timedelta(seconds=seconds)
        return self._now

    def set(self, now: datetime) -> datetime:
        """Move to a moment, aware and UTC, and return it."""
        self._now = now
        return now


class SequentialIds:
    """
    Implements `brandbrain_core.ports.Ids`: UUIDv7 a millisecond apart, the same in every run.

    >>> ids = SequentialIds()
    >>> ids.new() < ids.new()
    True
    """

    def __init__(self, start: datetime = NOON) -> None:
        self._start = start
        self._made = 0

    def new(self) -> UUID:
        """Return the next id."""
        self._made += 1
        made = self._made
        return uuid7(self._start + timedelta(milliseconds=made), lambda bits: made % (1 << bits))
