"""How a worker goes about its work."""

from __future__ import annotations

from datetime import timedelta

import attrs
from attrs import validators as v


def _above_zero(seconds: float) -> timedelta:
    return attrs.field(default=timedelta(seconds=seconds), validator=v.gt(timedelta(0)))


@attrs.frozen(kw_only=True)
class WorkerOptions:
    """
    How a worker goes about its work.

    Attributes:
        concurrency: Jobs at a time, 1 or more.
        poll_interval: Longest wait before the queue is looked at without a wake-up.
        stale_check_interval: Between sweeps of stale leases.
        drain_timeout: How long running jobs may take to end after the first stop signal, before they are handed back.
        max_jobs: Stop after so many; 0: no limit.
        once: Do one job, or none if the queue is empty, then stop.
    """

    concurrency: int = attrs.field(default=8, validator=v.ge(1))
    poll_interval: timedelta = _above_zero(5)
    stale_check_interval: timedelta = _above_zero(60)
    drain_timeout: timedelta = attrs.field(default=timedelta(seconds=30), validator=v.ge(timedelta(0)))
    max_jobs: int = attrs.field(default=0, validator=v.ge(0))
    once: bool = False

    @property
    def limit(self) -> int | None:
        """How many jobs are done in all; None: no limit."""
        return 1 if self.once else self.max_jobs or None
