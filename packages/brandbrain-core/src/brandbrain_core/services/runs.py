"""Compile runs: cancel."""

from __future__ import annotations

from brandbrain_core.ids import BrandId, RunId
from brandbrain_core.services.deps import Deps


async def cancel_run(deps: Deps, brand_id: BrandId, run_id: RunId) -> None:
    """
    Cancel a run: one that waits has failed at once, one that runs is told with its worker's next sign of life.

    Raises:
        RunNotFound: There is no such run, or it is another brand's.
        RunFinished: It has ended already.
    """
    async with deps.store.transaction() as work:
        await work.runs.get(brand_id, run_id)
        await work.jobs.cancel(run_id)
