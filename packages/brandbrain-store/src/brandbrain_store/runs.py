"""Compile runs, as users see them."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Select, Uuid, bindparam, select

from brandbrain_core import wire
from brandbrain_core.errors import RunNotFound
from brandbrain_core.ids import BrandId, RunId
from brandbrain_core.model.reports import RunReport
from brandbrain_core.model.run import CompileRun, FrozenInputs, Progress, RunStatus
from brandbrain_store.built import built_once
from brandbrain_store.tables import brands, compile_runs
from brandbrain_store.work import Work, visible


class SqlRuns:
    """See `brandbrain_core.ports.RunRepository`."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def get(self, brand: BrandId, run: RunId) -> CompileRun:
        """Return the run; raise `RunNotFound`, also when it is another brand's."""
        row = await self._work.first(_one(self._work.is_scoped), self._work.given(brand=brand, run=run))
        if row is None:
            raise RunNotFound(run)
        return run_of(row)

    async def page(self, brand: BrandId, *, after: RunId | None, limit: int) -> tuple[CompileRun, ...]:
        """Return up to *limit* runs of the brand, newest first (by id), beginning behind *after*."""
        found = select(compile_runs).where(compile_runs.c.brand_id == brand, self._work.lives(brand))
        if after is not None:
            found = found.where(compile_runs.c.id < after)
        found = found.order_by(compile_runs.c.id.desc()).limit(limit)
        return tuple(run_of(row) for row in await self._work.all(found))


@built_once
def _one(is_scoped: bool) -> Select[Any]:
    of_brand = brands.join(compile_runs, compile_runs.c.brand_id == brands.c.id)
    these = brands.c.id == bindparam("brand", type_=Uuid()), compile_runs.c.id == bindparam("run", type_=Uuid())
    return select(compile_runs).select_from(of_brand).where(*these, visible(is_scoped))


OUTCOME: Final = ("status", "force_refresh", "progress", "error", "cancelled", "report", "started_at", "finished_at")
"""The columns of a run that follow its job."""


def run_of(row: Any) -> CompileRun:
    """Return the run that a row of ``compile_runs`` holds."""
    return CompileRun(
        id=RunId(row.id),
        brand_id=BrandId(row.brand_id),
        status=RunStatus(row.status),
        inputs=wire.loads(row.inputs, FrozenInputs),
        inputs_hash=row.inputs_hash,
        force_refresh=row.force_refresh,
        progress=None if row.progress is None else wire.loads(row.progress, Progress),
        error=row.error,
        cancelled=row.cancelled,
        report=None if row.report is None else wire.loads(row.report, RunReport),
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
    )


def row_of(run: CompileRun) -> dict[str, Any]:
    """Return the row of ``compile_runs`` that holds a run."""
    return {
        "id": run.id,
        "brand_id": run.brand_id,
        "inputs": wire.dumps(run.inputs),
        "inputs_hash": run.inputs_hash,
        "created_at": run.created_at,
        **outcome_of(run),
    }


def outcome_of(run: CompileRun) -> dict[str, Any]:
    """Return the values of `OUTCOME`."""
    return {
        "status": run.status,
        "force_refresh": run.force_refresh,
        "progress": None if run.progress is None else wire.dumps(run.progress),
        "error": run.error,
        "cancelled": run.cancelled,
        "report": None if run.report is None else wire.dumps(run.report),
        "started_at": run.started_at,
        "finished_at": run.finished_at,
    }
