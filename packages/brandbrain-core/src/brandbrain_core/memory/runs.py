"""Compile runs, in memory: read here, written with their jobs."""

from __future__ import annotations

from brandbrain_core.errors import RunNotFound
from brandbrain_core.ids import BrandId, RunId
from brandbrain_core.memory.tables import AS_NUMBER, Tables
from brandbrain_core.model.run import CompileRun


class MemoryRuns:
    """Implements `brandbrain_core.ports.RunRepository`."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def get(self, brand: BrandId, run: RunId) -> CompileRun:
        """Return the run."""
        found = self._tables.runs.get(run)
        if found is None or found.brand_id != brand or brand not in self._tables.brands:
            raise RunNotFound(run)
        return found

    async def page(self, brand: BrandId, *, after: RunId | None, limit: int) -> tuple[CompileRun, ...]:
        """Return runs of the brand, newest first."""
        if brand not in self._tables.brands:
            return ()
        jobs = (self._tables.jobs[job] for job in self._tables.jobs_of_brand.get(brand, ()))
        ids = sorted((job.compile_run_id for job in jobs), key=AS_NUMBER, reverse=True)
        return tuple(self._tables.runs[run] for run in ids if after is None or run < after)[:limit]
