"""Taking away the leases of workers that show no sign of life; any worker does it, as often as it likes."""

from __future__ import annotations

import logging
from typing import Final

from brandbrain_core.errors import BrandBrainError
from brandbrain_core.ports import Released
from brandbrain_core.services.deps import Deps
from brandbrain_worker.counters import Counters

log = logging.getLogger(__name__)

BATCH: Final = 100


async def sweep(deps: Deps, counters: Counters) -> int:
    """
    Release every stale lease, batch by batch; return how many. Never raises for what the store does.
    """
    count = 0
    while True:
        try:
            async with deps.store.transaction() as work:
                released = await work.jobs.release_stale(limit=BATCH, terms=deps.plan.terms)
        except BrandBrainError as error:
            log.warning("sweep failed", extra={"error": type(error).__name__})
            return count
        for each in released:
            _tell(each)
        counters.add("released", len(released))
        count += len(released)
        if len(released) < BATCH:
            return count


def _tell(released: Released) -> None:
    log.warning(
        "stale lease released",
        extra={
            "job": str(released.job_id),
            "run": str(released.compile_run_id),
            "held_by": released.worker,
            "last_sign_of_life": released.locked_at.isoformat(),
            "token": released.token,
            "attempts": released.attempts,
            "now": released.status,
        },
    )
