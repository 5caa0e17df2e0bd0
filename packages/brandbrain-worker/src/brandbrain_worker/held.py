"""The leases that a worker holds, shared by the loop that works and the thread that beats."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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
    """
    Why the work of a lease must stop.

    LOST: the lease is another's or nobody's. CANCELLED: a person wants it stopped. OVERDUE: its deadline has passed.
    UNCONFIRMED: no sign of life could be given for too long. RETURNED: the worker itself stops.
    """

    LOST = "lost"
    CANCELLED = "cancelled"
    OVERDUE = "overdue"
    UNCONFIRMED = "unconfirmed"
    RETURNED = "returned"


class HeldLease:
    """
    A lease and how it stands. Safe to use from any thread.

    Attributes:
        lease: As it was claimed.
        begun: Monotonic time before the claim; seconds.
        confirmed: Monotonic time before the last sign of life that the store accepted, or before the claim; seconds.
    """

    def __init__(self, lease: Lease, *, begun: float) -> None:
        self.lease = lease
        self.begun = begun
        self.confirmed = begun
        self._lock = threading.Lock()
        self._stop: Callable[[Verdict], None] | None = None
        self._verdict: Verdict | None = None
        self._is_finishing = False

    @property
    def verdict(self) -> Verdict | None:
        """Why the work must stop; None: it need not."""
        with self._lock:
            return self._verdict

    @property
    def is_finishing(self) -> bool:
        """Whether the end is being written."""
        with self._lock:
            return self._is_finishing

    @property
    def needs_beats(self) -> bool:
        """Whether signs of life make sense: the work goes on and its end is not being written."""
        with self._lock:
            return self._verdict is None and not self._is_finishing

    def arm(self, stop: Callable[[Verdict], None]) -> None:
        """Say how the work is stopped; it is at once if that was judged already."""
        with self._lock:
            self._stop = stop
            verdict = self._verdict
        if verdict is not None:
            stop(verdict)

    def finishing(self) -> None:
        """Note that the end is being written: a sign of life would only wait for it."""
        with self._lock:
            self._is_finishing = True

    def judge(self, verdict: Verdict, *, even_finishing: bool = False) -> None:
        """
        Stop the work, once.

        The end of work that is being written is left to the fence, unless *even_finishing*: then nobody waits longer.
        """
        with self._lock:
            if self._verdict is not None or (self._is_finishing and not even_finishing):
                return
            self._verdict = verdict
            stop = self._stop
        if stop is not None:
            stop(verdict)

    def check(self) -> None:
        """Raise `LeaseLost` if the work must stop; for work that never awaits."""
        if self.verdict is not None:
            raise LeaseLost(self.lease.job_id, self.lease.token)

    def margin(self, terms: LeaseTerms, monotonic: float) -> timedelta:
        """Return how long the work may go on without another confirmed sign of life; negative: it must stop."""
        return SELF_FENCE * terms.stale_after - timedelta(seconds=monotonic - self.confirmed)

    def is_overdue(self, terms: LeaseTerms, monotonic: float) -> bool:
        """Tell whether the attempt has certainly taken longer than its deadline allows."""
        return timedelta(seconds=monotonic - self.begun) >= terms.deadline


class HeldLeases:
    """All leases that a worker holds."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: dict[tuple[JobId, int], HeldLease] = {}

    @contextmanager
    def holding(self, held: HeldLease) -> Iterator[None]:
        """
        Hold a lease while the block runs.

        Whoever is given a job anew has lost it before, perhaps without having been told: that work stops.
        """
        with self._lock:
            before = [each for each in self._held.values() if each.lease.job_id == held.lease.job_id]
            self._held[_key(held.lease)] = held
        for each in before:
            each.judge(Verdict.LOST)
        try:
            yield
        finally:
            with self._lock:
                del self._held[_key(held.lease)]

    def all(self) -> tuple[HeldLease, ...]:
        """Return every lease that is held now."""
        with self._lock:
            return tuple(self._held.values())

    def of(self, lease: Lease) -> HeldLease | None:
        """Return how this lease stands; None: it is not held."""
        with self._lock:
            return self._held.get(_key(lease))

    def needing_beats(self) -> tuple[HeldLease, ...]:
        """Return those that signs of life make sense for; one of a job at the most."""
        return tuple(each for each in self.all() if each.needs_beats)


def _key(lease: Lease) -> tuple[JobId, int]:
    return lease.job_id, lease.token
