"""A store with a planted bug, to see what the driver of the simulation says about one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from brandbrain_core.ids import JobId
from brandbrain_core.memory import MemoryStore
from brandbrain_core.memory.jobs import MemoryJobs
from brandbrain_core.memory.tables import Tables
from brandbrain_core.model.run import CompileRun
from brandbrain_core.ports import Clock, Store


class DroppingJobs(MemoryJobs):
    """Newer inputs of a kick-off that finds a waiting one are forgotten."""

    async def replace_pending(self, job: JobId, run: CompileRun, *, force: bool, now: datetime | None = None) -> None:
        """Leave the old inputs where they are."""


class DroppingStore(MemoryStore):
    """A store with such jobs."""

    def jobs_in(self, tables: Tables) -> MemoryJobs:
        """Return the repository of jobs."""
        return DroppingJobs(tables, clock=self._clock, draw=self._draw)


def open_store(clock: Clock, draw: Callable[[], float]) -> Store:
    """Make an empty one."""
    return DroppingStore(clock, draw=draw)
