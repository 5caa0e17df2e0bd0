"""The leases that a worker holds, shared by the loop that works and the thread that beats."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum
from typing import Final

from brandbrain_core.errors import LeaseLost
from brandbrain_core.ids import JobId
from brandbrain_core.model.job import Lease, LeaseTerms

SELF_FENCE: Final = 0.8
"""
After this share of the stale time without a confirmed sign of life a worker stops the work, whatever the database says.
"""


class Verdict(StrEnum):
    """Why the work of a lease must stop."""

    LOST = "lost"
    CANCELLED = "cancelled"
    UNCONFIRMED = "unconfirmed"


class HeldLease:
    """
    A lease and how it stands. Safe to use from any thread.

    Attributes:
        lease: As it was claimed.
        confirmed: Monotonic time before the last sign of life that the store accepted, or before the claim; seconds.
    """

    def __init__(self, lease: Lease, *, confirmed: float, stop: Callable[[Verdict], None]) -> None:
        self.lease = lease
        self.confirmed = confirmed
        self._stop = stop
        self._lock = threading.Lock()
        self._verdict: Verdict | None = None
        self._is_finishing = False

    @property
    def verdict(self) -> Verdict | None:
        """Why the work must stop; None: it need not."""
        with self._lock:
            return self._verdict

    @property
    def needs_beats(self) -> bool:
        """Whether signs of life make sense: the work goes on and its end is not being written."""
        with self._lock:
            return self._verdict is None and not self._is_finishing

    def finishing(self) -> None:
        """Note that the end is being written: a sign of life would only wait for it."""
        with self._lock:
            self._is_finishing = True

    def judge(self, verdict: Verdict) -> None:
        """Stop the work, once; the end of work that is already being written is left to the fence."""
        with self._lock:
            if self._verdict is not None or self._is_finishing:
                return
            self._verdict = verdict
        self._stop(verdict)

    def check(self) -> None:
        """Raise `LeaseLost` if the work must stop; for work that never awaits."""
        if self.verdict is not None:
            raise LeaseLost(self.lease.job_id, self.lease.token)

    def margin(self, terms: LeaseTerms, monotonic: float) -> timedelta:
        """Return how long the work may go on without another confirmed sign of life; negative: it must stop."""
        return SELF_FENCE * terms.stale_after - timedelta(seconds=monotonic - self.confirmed)


class HeldLeases:
    """All leases that a worker holds."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: dict[JobId, HeldLease] = {}

    def add(self, held: HeldLease) -> None:
        """Begin to hold a lease."""
        with self._lock:
            self._held[held.lease.job_id] = held

    def remove(self, job: JobId) -> None:
        """Hold it no longer."""
        with self._lock:
            self._held.pop(job, None)

    def needing_beats(self) -> tuple[HeldLease, ...]:
        """Return those that signs of life make sense for."""
        with self._lock:
            held = tuple(self._held.values())
        return tuple(each for each in held if each.needs_beats)
