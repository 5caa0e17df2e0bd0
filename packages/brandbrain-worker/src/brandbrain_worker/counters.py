"""What a worker counts and measures, for logs and metrics. Safe to use from any thread."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import timedelta

from brandbrain_core.ports import QueueStats


class Counters:
    """
    Counts since the worker began, and the last measurements.

    `as_dict` holds counts only where there was something to count:

    - ``claimed``, of these ``claimed_unawares`` by a claim whose answer was lost;
    - by how the attempt ended ``succeeded``, ``failed``, ``retried``, ``cancelled``, ``overdue``, ``handed_back``,
      ``lost``, ``dropped``;
    - ``released``: leases that its sweeps took away;
    - ``refused_<kind>``: writes that a fence refused: ``heartbeat``, ``progress``, ``evidence``, ``complete``,
      ``fail``, ``hand_back``;
    - ``idle_waits``: waits because nothing was ready; ``lost_races``: claims that others were quicker than;
    - ``unanswered_<what>``: calls that the database did not answer: ``claim``, ``heartbeat``, ``sweep``;
    - ``margin_seconds``, ``least_margin_seconds``: time left at a sign of life before the work would have been
      stopped, the last and the least;
    - ``pick_up_seconds``, ``longest_pick_up_seconds``: from when a job could be claimed until it was;
    - of the queue, as it last was seen: ``depth``, ``ready``, ``running``, ``oldest_ready_seconds``,
      ``clock_ahead_seconds`` (this machine's clock less the store's), ``dead_rows``, ``oldest_snapshot_age``.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()
        self._gauges: dict[str, float] = {}

    def add(self, name: str, count: int = 1) -> None:
        """Count."""
        if count:
            with self._lock:
                self._counts[name] += count

    def refused(self, kind: str) -> None:
        """Count a write of this kind that was refused."""
        self.add(f"refused_{kind}")

    def unanswered(self, what: str) -> None:
        """Count a call of this kind that the database did not answer."""
        self.add(f"unanswered_{what}")

    def margin(self, left: timedelta) -> None:
        """Note how much time was left at a sign of life."""
        seconds = round(left.total_seconds(), 3)
        with self._lock:
            self._gauges["margin_seconds"] = seconds
            self._gauges["least_margin_seconds"] = min(self._gauges.get("least_margin_seconds", seconds), seconds)

    def picked_up(self, after: timedelta) -> None:
        """Note how long a job that could be claimed has waited for it."""
        seconds = round(after.total_seconds(), 3)
        with self._lock:
            self._gauges["pick_up_seconds"] = seconds
            self._gauges["longest_pick_up_seconds"] = max(self._gauges.get("longest_pick_up_seconds", seconds), seconds)

    def queue(self, stats: QueueStats, *, clock_ahead: timedelta) -> None:
        """Note how the queue stands."""
        seen: dict[str, float | None] = {
            "depth": stats.pending,
            "ready": stats.ready,
            "running": stats.running,
            "oldest_ready_seconds": round(stats.oldest_ready_age.total_seconds(), 3),
            "clock_ahead_seconds": round(clock_ahead.total_seconds(), 3),
            "dead_rows": stats.dead_rows,
            "oldest_snapshot_age": stats.oldest_snapshot_age,
        }
        with self._lock:
            self._gauges.update({name: value for name, value in seen.items() if value is not None})

    def count(self, name: str) -> int:
        """Return one count."""
        with self._lock:
            return self._counts[name]

    def as_dict(self) -> dict[str, float]:
        """Return all counts and measurements by name."""
        with self._lock:
            return {**self._counts, **self._gauges}
