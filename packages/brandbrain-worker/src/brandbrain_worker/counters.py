"""What a worker counts, for logs and metrics. Safe to use from any thread."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import timedelta


class Counters:
    """
    Counts since the worker began.

    Attributes of a snapshot (`as_dict`): ``claimed``, ``succeeded``, ``failed``, ``retried``, ``lost``, ``cancelled``,
    ``handed_back``, ``released``, ``refused_<kind>`` for writes that a fence refused, and ``margin_seconds`` (least
    time left at a sign of life before the work would have been stopped).
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()
        self._margin: float | None = None

    def add(self, name: str, count: int = 1) -> None:
        """Count."""
        with self._lock:
            self._counts[name] += count

    def refused(self, kind: str) -> None:
        """Count a write of this kind that was refused."""
        self.add(f"refused_{kind}")

    def margin(self, left: timedelta) -> None:
        """Note how much time was left at a sign of life."""
        with self._lock:
            seconds = left.total_seconds()
            self._margin = seconds if self._margin is None else min(self._margin, seconds)

    def as_dict(self) -> dict[str, float]:
        """Return all counts by name."""
        with self._lock:
            margin = {} if self._margin is None else {"margin_seconds": round(self._margin, 3)}
            return {**self._counts, **margin}
