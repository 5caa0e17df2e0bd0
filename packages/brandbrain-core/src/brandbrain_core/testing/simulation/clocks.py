"""Clocks of a simulated world: the store's, and those of processes, which are fast, slow, and wrong."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from brandbrain_core.testing.clock import NOON


class SimulatedClock:
    """
    Implements `brandbrain_core.ports.Clock` over simulated seconds.

    Attributes:
        ahead: How far it is ahead of the true time; seconds, negative: behind.
    """

    def __init__(self, seconds: Callable[[], float], *, ahead: float = 0.0) -> None:
        self._seconds = seconds
        self.ahead = ahead

    def now(self) -> datetime:
        """Return this moment as this clock has it: noon plus the seconds that have passed, if it is right."""
        return NOON + timedelta(seconds=self._seconds() + self.ahead)


class Stopwatch:
    """Monotonic seconds of one machine: they begin anywhere, and are a little longer or shorter than true ones."""

    def __init__(self, seconds: Callable[[], float], *, began: float, rate: float) -> None:
        self._seconds = seconds
        self._began = began
        self._rate = rate

    def __call__(self) -> float:
        """Return the seconds since some moment in the past."""
        return self._began + self._rate * self._seconds()
